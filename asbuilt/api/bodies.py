"""Request bodies: read whole or not at all, in bounded memory, and from nobody who is no longer there."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.http.request import RawPostDataException, UnreadablePostError

from asbuilt.accounts.actors import ActorRequest
from asbuilt.api.problems import Problem, malformed

BODY_MAX = 32 * 1024 * 1024
"""Largest request body, in bytes."""

IN_HAND_MAX = 64 * 1024 * 1024
"""Most bytes of request bodies worked on at once; what is made of them takes some ten times that."""

SILENT_S, ASKED_EVERY_S, ASKED_TIMES = 30, 10, 3
"""A peer that was silent for so long is asked whether it is there, so often, before it is given up: after a minute."""


@contextmanager
def body_of(request: ActorRequest) -> Iterator[bytes]:
    """The whole body, counted as being in hand until the end of the context.

    Raises Problem: 413 beyond BODY_MAX, 400 when it ends too early, 503 when there is too much in hand.
    """
    length = _announced(request)
    if length is not None and length > BODY_MAX:
        raise _too_large(length)
    with _in_hand.taking(length or 0):
        raw = _read(request, length)
        if len(raw) > BODY_MAX:
            raise _too_large(len(raw))
        if length is not None and len(raw) < length:
            raise malformed(f"the body ends after {len(raw)} of {length} bytes; nothing of it was taken: send it again")
        with _in_hand.taking(0 if length is not None else len(raw)):
            yield raw


def is_of_known_length(request: ActorRequest) -> bool:
    """Whether the request says how long its body is, so that one that was cut off shows."""
    return _announced(request) is not None


def _announced(request: ActorRequest) -> int | None:
    """The length in bytes that the request announces; None when it is sent in pieces (Transfer-Encoding: chunked)."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return None
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not text.isascii() or not text.isdigit():
        raise malformed(f"Content-Length is {text!r}; it is a number of bytes")
    return int(text)


def _read(request: ActorRequest, length: int | None) -> bytes:
    if length == 0:
        return b""
    if length is None and not request.META.get("wsgi.input_terminated"):
        detail = "say with Content-Length how long the body is"
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "length-required", "The length is missing", detail)
    watch_connections()
    # Django takes a body without a length for an empty one; the server knows where it ends.
    source = request if length is not None else request.META["wsgi.input"]
    try:
        body: bytes = source.read(BODY_MAX + 1)
    except (OSError, UnreadablePostError, RawPostDataException) as problem:
        raise malformed(f"the body could not be read: {problem}") from problem
    return body


def _too_large(size: int) -> Problem:
    detail = f"the body has {size} bytes; at most {BODY_MAX} are taken at once: send several smaller batches"
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The request is too large", detail)


class _InHand:
    """Counts the bytes of bodies that are worked on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    @contextmanager
    def taking(self, size: int) -> Iterator[None]:
        """Room for a body of `size` bytes. Raises Problem 503 when there is none; one body alone is always taken."""
        with self._lock:
            if self._bytes and self._bytes + size > IN_HAND_MAX:
                detail = "too many large requests are worked on; nothing of this one was taken: send it again"
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Cannot be done right now", detail)
            self._bytes += size
        try:
            yield
        finally:
            with self._lock:
                self._bytes -= size


_in_hand = _InHand()


@cache
def watch_connections() -> None:
    """Let the kernel ask silent peers whether they are still there, and end their connections when they are not.

    A station that loses its power in the middle of a request says nothing more, and the thread that reads from it
    would wait for ever. A connection inherits these settings from the socket it was accepted at.
    """
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue  # no socket, or gone by now
        with found:
            if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, SILENT_S)
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASKED_EVERY_S)
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, ASKED_TIMES)
