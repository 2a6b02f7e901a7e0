"""Server processes for tests: each on a port and database of its own, killed by its id, started again at the same address.

Everything stays on 127.0.0.1. A server is started as `asbuilt serve` starts it, or with another WSGI application in its
place: one with a fault built in, for negative controls.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import httpx

from asbuilt.ledger.opening import open_keeper
from tests.databases import empty_database, migrate

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("asbuilt")
HOST = "127.0.0.1"
ASBUILT = "asbuilt.site.wsgi:application"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
THREADS = 16
"""Requests a server works on at once; each may take a database connection for the accounts and one for the ledger."""

# Makes the accounts and their tokens in one process, because starting Django takes longer than all the rest.
MAKE_TOKENS = dedent("""
    import json, sys
    import django
    django.setup()
    from asbuilt.accounts.database import migrate_accounts
    from asbuilt.accounts.tokens import create_token
    from asbuilt.ledger.postgresql import APP_ROLE
    migrate_accounts(app_role=APP_ROLE)
    wanted = json.load(sys.stdin)
    json.dump([create_token(name, site, role) for name, site, role in wanted], sys.stdout)
""")


def free_port() -> int:
    """A port where nobody listens.

    Granian sets SO_REUSEPORT: two servers on one port would share its connections without a word. So a port is taken
    from below the range that the kernel hands out by itself, where only another test could be, and tried without
    sharing; it stays ours while the server is down.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        return port


@dataclass(frozen=True, slots=True)
class Line:
    """One site of a plant, where a test is alone, and its tokens by role."""

    site: str
    tokens: dict[str, str]

    @property
    def token(self) -> str:
        """Of a system that may record everything."""
        return self.tokens["integrator"]


@dataclass(slots=True)
class Plant:
    """A database with sites and accounts, ready to be served."""

    kind: str
    url: str
    home: Path
    lines: list[Line] = field(default_factory=list)
    _taken: int = 0

    def new_line(self) -> Line:
        """A site that no test has used before."""
        line = self.lines[self._taken]
        self._taken += 1
        return line

    def environment(self, **more: str) -> dict[str, str]:
        """What the processes of this plant get, and nothing of the caller's own settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("ASBUILT_", "DJANGO_"))}
        return {
            **own,
            "ASBUILT_HOME": str(self.home),
            "ASBUILT_DATABASE_URL": self.url,
            "ASBUILT_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "asbuilt.site.settings",
            "PYTHONPATH": str(ROOT),
            **more,
        }


@contextlib.contextmanager
def made_plant(
    kind: str, *, sites: int = 1, roles: Sequence[str] = ("integrator",), folder: Path | None = None
) -> Iterator[Plant]:
    """A new database with sites LINE-1, LINE-2 … of the issuer ACME and a token for each role at each.

    folder: where a SQLite file is to lie, otherwise in memory where there is some.
    """
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{folder}/asbuilt.sqlite3" if folder and kind == "sqlite" else None
        url = url or stack.enter_context(empty_database(kind))
        home = folder / "home" if folder else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="asbuilt-")))
        home.mkdir(mode=0o700, exist_ok=True)
        plant = Plant(kind, url, home)
        prepare(plant, sites=sites, roles=roles)
        yield plant


def prepare(plant: Plant, *, sites: int = 1, roles: Sequence[str] = ("integrator",)) -> None:
    """Make the tables, sites and tokens of a plant."""
    migrate(plant.url)
    names = [f"LINE-{number}" for number in range(1, sites + 1)]
    keeper = open_keeper(plant.url)
    try:
        for name in names:
            keeper.add_site(name, "ACME")
    finally:
        keeper.close()
    wanted = [(f"{name}-{role}", name, role) for name in names for role in roles]
    made = iter(make_tokens(plant, wanted))
    plant.lines += [Line(name, {role: next(made) for role in roles}) for name in names]


def make_tokens(plant: Plant, wanted: Sequence[tuple[str, str, str]]) -> list[str]:
    """Tokens of these names, sites and roles."""
    run = subprocess.run(
        [sys.executable, "-c", MAKE_TOKENS],
        input=json.dumps(wanted),
        env=plant.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


class Server:
    """A server process with its workers. It may be killed and started again at the same address."""

    def __init__(
        self,
        plant: Plant,
        *,
        application: str = ASBUILT,
        threads: int = THREADS,
        unchecked: bool = False,
        log: Path | None = None,
        **environment: str,
    ) -> None:
        """unchecked: without the checks of `asbuilt serve` before it, for those who start again and again."""
        self.plant = plant
        self._application = application
        self._unchecked = unchecked or application != ASBUILT
        self._threads = threads
        self._environment = environment
        self.port = free_port()
        self.log = log or plant.home / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "it is not running"
        return self._process.pid

    def start(self) -> "Server":
        assert self._process is None, "it is running"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env=self.plant.environment(**self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that its workers can be killed together with it, and nobody else
            )
        self._wait_until_ready()
        return self

    def _command(self) -> list[str]:
        where = ["--host", HOST, "--port", str(self.port)]
        if not self._unchecked:
            return [str(PROGRAM), "serve", *where, "--threads", str(self._threads)]
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"]
        return [*granian, *where, "--blocking-threads", str(self._threads), self._application]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, f"the server ended at once:\n{self.log.read_text()[-3000:]}"
            try:
                if httpx.get(f"{self.address}/healthz", timeout=1, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                time.sleep(0.02)
        raise AssertionError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End it by kill -9, the workers too; what is only in their memory is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an administrator does."""
        self._end(signal.SIGTERM)

    def _end(self, sent: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if sent == signal.SIGKILL:
                os.killpg(process.pid, sent)
            else:
                process.send_signal(sent)
        try:
            process.wait(STOP_TIMEOUT_S)
            _wait_until_gone(process.pid)
        except TimeoutError:
            raise AssertionError(f"workers are left {STOP_TIMEOUT_S} s after their server") from None
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"the server did not stop within {STOP_TIMEOUT_S} s") from None

    def close(self) -> None:
        """End it for good."""
        self.kill()

    def client(self, token: str, **more: object) -> httpx.Client:
        """A client that shows a token."""
        return httpx.Client(
            base_url=self.address,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            **{"timeout": 60, **more},
        )


def _wait_until_gone(group: int) -> None:
    """Until the last process of a group has ended: a worker that ends a moment later still has the port and the files."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)
    raise TimeoutError


@contextlib.contextmanager
def serving(plant: Plant, **how: object) -> Iterator[Server]:
    """A running server of a plant."""
    server = Server(plant, **how)
    try:
        yield server.start()
    finally:
        server.close()
