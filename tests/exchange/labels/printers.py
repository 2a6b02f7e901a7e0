"""Printers that behave, and some that do not: real sockets on this machine."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

Conduct = Callable[[socket.socket], bytes]
"""What a printer does with a connection; gives what it read."""


def reads_all(connection: socket.socket) -> bytes:
    """As printers do: read until the other side is done, then close."""
    taken = bytearray()
    while piece := connection.recv(1 << 20):
        taken += piece
    return bytes(taken)


def reads_slowly(connection: socket.socket) -> bytes:
    taken = b""
    while piece := connection.recv(256):
        taken += piece
        threading.Event().wait(0.005)
    return taken


def chatters(connection: socket.socket) -> bytes:
    """Answers something, which nobody asked for."""
    connection.sendall(b"\x02030,0,0\x03\r\n")
    return reads_all(connection)


def resets(connection: socket.socket) -> bytes:
    """Breaks off after a few bytes, as a printer does whose cable is pulled or which is switched off."""
    taken = connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return taken


def closes_half_way(connection: socket.socket) -> bytes:
    """Closes in good order after a few bytes."""
    return connection.recv(10)


class FakePrinter:
    """A printer at 127.0.0.1. taken: the labels it read, each from a connection of its own."""

    def __init__(self, conduct: Conduct | None) -> None:
        self.conduct = conduct
        self.taken: list[bytes] = []
        self.connections = 0
        self._let_go = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._let_go.set()
        # Closing a socket does not wake up whoever waits at it; a connection does.
        self._listener.settimeout(0)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                if self.conduct is None:  # hangs
                    self._let_go.wait(30)
                    continue
                with contextlib.suppress(OSError):
                    self.taken.append(self.conduct(connection))


@contextlib.contextmanager
def printer(conduct: Conduct | None = reads_all) -> Iterator[FakePrinter]:
    """A printer; None: one that accepts and then hangs."""
    made = FakePrinter(conduct)
    try:
        yield made
    finally:
        made.close()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
