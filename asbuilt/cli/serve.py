"""`asbuilt serve`: serves the pages and the HTTP interface, in the foreground."""

import errno
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from asbuilt import __version__
from asbuilt.accounts.configuration import LOCAL_HOSTS, Settings, Tls, read_environment
from asbuilt.cli.accounts import SETTINGS_MODULE, check_accounts
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_checked

APPLICATION = "asbuilt.site.wsgi:application"
PORT = 8000
THREADS = 16
"""Requests worked on at once in a process. Most of them wait for the disk, together, so they may be more than cores."""

LEAVE_TO_FINISH_S = 20
"""A worker that is told to stop may finish what it is doing for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where and how to serve."""

    host: str
    port: int
    workers: int = 1
    threads: int = THREADS
    certificate: Path | None = None
    key: Path | None = None

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for the network.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 256), help="Threads of each.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="With ASBUILT_TLS=1.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its key, PKCS#8.")
def serve(*, host: str, port: int, workers: int, threads: int, certificate: Path | None, key: Path | None) -> None:
    """Serve until told to stop (Ctrl+C, SIGTERM).

    Refuses to start on a database that could lose what it acknowledged.
    """
    settings = read_environment(os.environ)
    _check_tls(settings, certificate, key)
    with open_checked(settings) as database:
        if not database.sites():
            raise Problem(f"{database.name} has no site yet; run `asbuilt init`", Exit.UNREACHABLE)
    check_accounts()
    server = Server(host=host, port=port, workers=workers, threads=threads, certificate=certificate, key=key)
    if not is_free(host, port):
        raise Problem(f"{server.address} is taken by another program; choose another --port", Exit.UNREACHABLE)
    if host not in ("127.0.0.1", "localhost", "::1") and settings.allowed_hosts == LOCAL_HOSTS:
        click.echo(
            "Only requests for localhost are answered; set ASBUILT_ALLOWED_HOSTS=name,name for others.", err=True
        )
    click.echo(f"asbuilt {__version__} at {server.address} (Ctrl+C stops it)")
    run(server)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there. Raises Problem when the address is none of this machine's.

    Asked here, because the server shares a port with whoever asks for sharing, and every other request goes astray.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of a server just stopped linger on; they do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as problem:
            raise Problem(f"port {port} needs special rights; take one above 1023", Exit.UNREACHABLE) from problem
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                return False
            raise Problem(f"cannot listen at {host}: {problem.strerror}", Exit.UNREACHABLE) from problem
    return True


def run(server: Server) -> NoReturn:
    """Become the server. What the command has read is gone from memory, and signals reach the server directly."""
    arguments = [
        *("--interface", "wsgi", "--no-ws", "--host", server.host, "--port", str(server.port)),
        *("--workers", str(server.workers), "--blocking-threads", str(server.threads)),
        *("--workers-kill-timeout", str(LEAVE_TO_FINISH_S), "--log-level", "error"),
    ]
    if server.certificate is not None and server.key is not None:
        arguments += ["--ssl-certificate", str(server.certificate), "--ssl-keyfile", str(server.key)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(  # noqa: S606 - no shell is meant
        sys.executable, [sys.executable, "-m", "granian", *arguments, APPLICATION], environment
    )


def _check_tls(settings: Settings, certificate: Path | None, key: Path | None) -> None:
    if (settings.tls is Tls.OURSELVES) != (certificate is not None) or (certificate is None) != (key is None):
        raise click.UsageError("ASBUILT_TLS=1, --certificate and --key belong together: set all three, or none")
