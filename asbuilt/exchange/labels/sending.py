"""Sends a label to a printer over TCP, and says for sure what became of it, or that nobody can say.

A raw port gives no answer. What can be known: a printer that took all of it reads until we are done, and then closes
the connection itself. Everything short of that may have left a label in the printer, from the first byte on.
"""

import fcntl
import os
import socket
import struct
import termios
import time
from dataclasses import dataclass

ANSWER_MAX = 65_536
"""Most bytes of what a printer says that are read; none of it is needed."""

_ASKED_EVERY_S = 0.02
_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a printer may take, in seconds: to answer, to take the label, to close the connection."""

    connect_s: float = 3.0
    send_s: float = 10.0
    close_s: float = 5.0


PATIENCE = Patience()


class NotSent(Exception):
    """Nothing reached the printer, so that the label can be sent again; the text says why."""


class FateUnknown(Exception):
    """The label may be printed or not; the text says how far it came."""


def send(host: str, port: int, data: bytes, *, patience: Patience = PATIENCE) -> None:
    """Send `data`; the printer has taken it all when this returns. Raises NotSent, FateUnknown."""
    with _connected(host, port, patience.connect_s) as connection:
        _hand_over(connection, data, patience.send_s)
        _await_end(connection, data, patience.close_s)


def _connected(host: str, port: int, connect_s: float) -> socket.socket:
    where = f"printer {host}:{port}"
    try:
        return socket.create_connection((host, port), timeout=connect_s)
    except TimeoutError:
        raise NotSent(f"{where} did not answer within {connect_s:g} s; check that it is on and connected") from None
    except ConnectionRefusedError:
        raise NotSent(f"{where} refused the connection; check that it is on, ready, and not busy for others") from None
    except socket.gaierror as problem:
        raise NotSent(f"{where}: the name is not known ({problem.strerror}); check the address") from None
    except (OSError, UnicodeError) as problem:
        raise NotSent(f"{where} cannot be reached: {_why(problem)}") from None


def _hand_over(connection: socket.socket, data: bytes, send_s: float) -> None:
    end = time.monotonic() + send_s
    taken = 0
    while taken < len(data):
        connection.settimeout(max(end - time.monotonic(), _ASKED_EVERY_S))
        try:
            taken += connection.send(data[taken : taken + _CHUNK])
        except OSError as problem:
            if taken == 0:
                raise NotSent(f"the printer took nothing of the label: {_why(problem)}") from None
            how = "stopped reading" if isinstance(problem, TimeoutError) else f"broke off ({_why(problem)})"
            raise FateUnknown(f"the printer {how} within {taken} of {len(data)} bytes") from None


def _await_end(connection: socket.socket, data: bytes, close_s: float) -> None:
    """Say that we are done, and wait until the printer is."""
    end = time.monotonic() + close_s
    size = f"{len(data)} bytes"
    try:
        connection.shutdown(socket.SHUT_WR)
        said = 0
        while True:
            connection.settimeout(max(end - time.monotonic(), _ASKED_EVERY_S))
            answer = connection.recv(4096)
            if not answer:
                break
            said += len(answer)
            if said > ANSWER_MAX:
                raise FateUnknown(f"the printer talks without end instead of closing the connection after {size}")
        while _unconfirmed(connection):
            _check_error(connection)
            if time.monotonic() > end:
                raise FateUnknown(f"the printer closed the connection before it confirmed the {size}")
            time.sleep(_ASKED_EVERY_S)
        _check_error(connection)
    except TimeoutError:
        raise FateUnknown(f"the printer was sent {size}, and did not close the connection in {close_s:g} s") from None
    except OSError as problem:
        raise FateUnknown(f"the printer broke off ({_why(problem)}) before it had read the {size}") from None


def _unconfirmed(connection: socket.socket) -> int:
    """Bytes, the end included, that the other side has not confirmed: it may close before it has taken all."""
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    return int(struct.unpack("i", answer)[0])


def _check_error(connection: socket.socket) -> None:
    number = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, os.strerror(number))


def _why(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "it did not read in time"
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)
