"""The product's own server, started as `asbuilt serve` starts it, and what it costs."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.clients import Address, work_through
from bench.clocks import cpu_of, peak_memory, tree_of
from bench.databases import SITE, Made

ROOT = Path(__file__).parent.parent
START_S = 60.0
PERSON = ("bench", "looks at pages 26")
"""Who logs in where pages are measured, and the password."""

COMMAND = "from asbuilt.cli.main import main; main()"
# As `asbuilt serve` does it, but with another application.
OTHER_APPLICATION = """
from asbuilt.cli import serve
serve.APPLICATION = "bench.apart:application"
serve.run(serve.Server(host="127.0.0.1", port={port}))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with its database."""

    address: Address
    process: "subprocess.Popen[bytes]"
    made: Made

    def pids(self) -> list[int]:
        """All processes of the server, and those of PostgreSQL that work for its database."""
        return [*tree_of(self.process.pid), *self.made.backends()]

    def cpu_s(self) -> float:
        """Processor seconds of all of them so far."""
        return cpu_of(self.pids())

    def peak_mb(self) -> float:
        """Most memory the server's own processes have had; PostgreSQL's, which are shared, are not in it."""
        return peak_memory(tree_of(self.process.pid))


@contextlib.contextmanager
def serving(made: Made, *, commit: str = "") -> Iterator[Server]:
    """Serve a database. commit: '' as the product does, otherwise a way of bench.apart."""
    environment = _environment(made) | {"BENCH_COMMIT": commit}
    _asbuilt(environment, "init", "--site", SITE)
    token = _asbuilt(environment, "token", "add", f"bench-{time.time_ns()}", "--role", "integrator")
    port = _free_port()
    command = [sys.executable, "-c", OTHER_APPLICATION.format(port=port)]
    if not commit:
        command = [sys.executable, "-c", COMMAND, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            address = Address("127.0.0.1", port, token)
            _wait_for(address, process)
            yield Server(address, process, made)
        finally:
            process.terminate()


def add_person(made: Made) -> None:
    """Let PERSON log in and look."""
    _asbuilt(_environment(made) | {"ASBUILT_PASSWORD": PERSON[1]}, "user", "add", PERSON[0], "--role", "viewer")


def _environment(made: Made) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ASBUILT_")} | {
        "ASBUILT_HOME": str(made.folder / "home"),
        "ASBUILT_DATABASE_URL": made.url,
        "ASBUILT_SITE": SITE,
        "ASBUILT_LOG_LEVEL": "WARNING",
    }


def _asbuilt(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of ours; gives what it says on stdout."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"asbuilt {arguments[0]}: {done.stderr}"
    return done.stdout.strip()


def _free_port() -> int:
    """A port at which nobody listens. Asked for without sharing: whoever shares one takes half of the requests."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(address: Address, process: "subprocess.Popen[bytes]") -> None:
    """Until the server answers a question that needs its database."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, "the server did not start"
        with contextlib.suppress(OSError):
            outcome = work_through(address, [[[address.get("/api/v1/units?limit=1")]]])
            assert not outcome.failures, outcome.failures
            return
        time.sleep(0.1)
    raise TimeoutError(f"no answer from the server in {START_S:.0f} s")
