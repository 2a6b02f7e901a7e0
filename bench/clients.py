"""HTTP clients in one thread: raw connections kept open, each sending its next request when the last was answered."""

import re
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.clocks import percentile

TIMEOUT_S = 60.0
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"transfer-encoding: *chunked", re.IGNORECASE)
_REFUSED = re.compile(rb'"refused":(\d+)')
_OK = range(200, 300)

Operation = Sequence[bytes]
"""Requests sent one after the other that are one thing to the person at the station."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and the token to show it."""

    host: str
    port: int
    token: str = ""

    def get(self, path: str) -> bytes:
        return self._head("GET", path) + b"\r\n"

    def post(self, path: str, body: str | bytes) -> bytes:
        raw = body.encode() if isinstance(body, str) else body
        return (
            self._head("POST", path) + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw
        )

    def _head(self, method: str, path: str) -> bytes:
        token = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        return f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{token}".encode()


@dataclass(slots=True)
class Outcome:
    """What came of some operations. took_s: of each that went well; failures: what the others were answered."""

    took_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    wall_s: float = 0.0
    own_cpu_s: float = 0.0
    last_body: bytes = b""

    @property
    def count(self) -> int:
        return len(self.took_s) + len(self.failures)

    @property
    def rate(self) -> float:
        """Operations that went well, a second."""
        return len(self.took_s) / self.wall_s

    def milliseconds(self, share: float) -> float:
        return percentile(self.took_s, share) * 1e3

    def add(self, other: "Outcome") -> None:
        self.took_s += other.took_s
        self.failures += other.failures
        self.wall_s += other.wall_s
        self.own_cpu_s += other.own_cpu_s
        self.last_body = other.last_body


class _Connection:
    """One client: its connection, and how far it is."""

    def __init__(self, address: Address, script: Iterator[Operation], outcome: Outcome) -> None:
        self.socket = socket.create_connection((address.host, address.port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._script, self._outcome = script, outcome
        self._waiting: list[bytes] = []
        self._received = bytearray()
        self._needed = 0
        self._began = 0.0
        self._failure = ""

    def begin(self) -> bool:
        """Send the first request of the next operation; says whether there was one."""
        operation = next(self._script, None)
        if operation is None:
            self.socket.close()
            return False
        self._waiting = list(reversed(operation))
        self._failure = ""
        self._began = time.perf_counter()
        self.socket.sendall(self._waiting.pop())
        return True

    def receive(self) -> bool:
        """Take what has come; says whether the client goes on."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            self._outcome.failures.append("the server closed the connection")
            self.socket.close()
            return False
        self._received += piece
        if not self._is_complete():
            return True
        self._judge()
        self._received.clear()
        self._needed = 0
        if self._waiting and not self._failure:
            self.socket.sendall(self._waiting.pop())
            return True
        if self._failure:
            self._outcome.failures.append(self._failure)
        else:
            self._outcome.took_s.append(time.perf_counter() - self._began)
        return self.begin()

    def _is_complete(self) -> bool:
        if not self._needed:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self._received[:end])
            length = _LENGTH.search(head)
            self._needed = end + 4 + int(length[1]) if length else -1
            assert length or _CHUNKED.search(head), head
        if self._needed < 0:  # in chunks: JSON has no line breaks, so that its end cannot be mistaken
            return self._received.endswith(b"\r\n0\r\n\r\n")
        return len(self._received) >= self._needed

    def _judge(self) -> None:
        status = int(self._received[9:12])
        start = self._received.find(b"\r\n\r\n") + 4
        refused = _REFUSED.search(self._received, start, start + 120)
        if status not in _OK or (refused is not None and refused[1] != b"0"):
            self._failure = bytes(self._received[start : start + 500]).decode(errors="replace") or str(status)
        self._outcome.last_body = bytes(self._received[start:])


def work_through(address: Address, scripts: Iterable[Iterable[Operation]]) -> Outcome:
    """Let a client for each script do its operations one by one, all at the same time, until every script ends."""
    outcome = Outcome()
    connections = [_Connection(address, iter(script), outcome) for script in scripts]
    with selectors.DefaultSelector() as selector:
        wall, cpu = time.perf_counter(), time.process_time()
        active = 0
        for connection in connections:
            if connection.begin():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                active += 1
        while active:
            for key, _ in selector.select(TIMEOUT_S):
                if not key.data.receive():
                    selector.unregister(key.fileobj)
                    active -= 1
        outcome.wall_s = time.perf_counter() - wall
        outcome.own_cpu_s = time.process_time() - cpu
    return outcome


def until(moment: float, operations: Iterator[Operation]) -> Iterator[Operation]:
    """Operations up to a moment of time.perf_counter()."""
    while time.perf_counter() < moment:
        yield next(operations)
