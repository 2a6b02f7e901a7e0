"""Serving, as a real process."""

import json
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import apsw
import pytest

from asbuilt.cli.exits import Problem
from asbuilt.cli.serve import is_free
from tests.cli.conftest import PROGRAM
from tests.cli.events import Events, pumps


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(port: int, path: str, token: str = "") -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.read()


def wait_until_served(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            answer(port, "/login")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("no answer in a minute")


@pytest.mark.slow
@pytest.mark.parametrize("told_by", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(alone, told_by):
    alone.captures(pumps())
    alone.real("migrate")
    token = alone.real("token", "add", "T", "--role", "viewer").stdout.strip()
    port = free_port()
    server = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port)],
        env=alone.real_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_served(port, server)
        status, body = answer(port, "/api/v1/units/PUMP-200/1", token)
        assert status == 200
        assert json.loads(body)["status"] == "shipped"
        assert answer(port, "/api/v1/units")[0] == 401
        second = alone.real("serve", "--port", port, exits=4)
        assert f"http://127.0.0.1:{port} is taken by another program" in second.stderr
    finally:
        server.send_signal(told_by)
        out, errors = server.communicate(timeout=60)
    assert f"at http://127.0.0.1:{port}" in out
    assert server.returncode == 0
    assert "Traceback" not in errors
    assert is_free("127.0.0.1", port)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_request_under_way_is_answered_before_it_stops(alone):
    alone.real("migrate")
    token = alone.real("token", "add", "T", "--role", "integrator").stdout.strip()
    events = Events()
    events.add("PartDefined", part="P")
    for number in range(9_000):
        events.add("UnitCommissioned", unit=f"P/{number}")
    port = free_port()
    server = subprocess.Popen([PROGRAM, "serve", "--port", str(port)], env=alone.real_environment())
    wait_until_served(port, server)
    stopping = threading.Timer(0.3, server.terminate)
    stopping.start()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/events", data=json.dumps(events.events).encode())
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.load(response)["recorded"] == 9_001
    stopping.join()
    assert server.wait(timeout=60) == 0


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_it_refuses_a_database_that_could_lose_what_it_acknowledged(alone, own):
    connection = apsw.Connection(str(own.path))
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    shown = alone.run("serve", exits=4).stderr
    assert "journal_mode is delete, not wal; run `asbuilt migrate`" in shown


def test_it_refuses_accounts_that_are_not_made(alone):
    assert "run `asbuilt migrate`" in alone.real("serve", "--port", free_port(), exits=4).stderr


def test_it_refuses_a_plant_without_a_site(bare):
    bare.run("serve", exits=4)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_tls_is_set_as_a_whole_or_not_at_all(alone, tmp_path):
    file = tmp_path / "pem"
    file.touch()
    for options in ((), ("--certificate", file)):
        alone.environment["ASBUILT_TLS"] = "1"
        assert "belong together" in alone.run("serve", *options, exits=2).stderr
    alone.environment["ASBUILT_TLS"] = "0"
    assert "belong together" in alone.run("serve", "--certificate", file, "--key", file, exits=2).stderr


def test_an_address_of_another_machine_cannot_be_served():
    with pytest.raises(Problem, match=r"cannot listen at 203\.0\.113\.1"):
        is_free("203.0.113.1", 8000)


def test_a_port_that_others_share_is_not_free():
    """The server would join a port whose holder allows it, and requests would go to either."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert not is_free("127.0.0.1", other.getsockname()[1])
