"""A network that fails: a proxy between client and server that resets, swallows, cuts, delays and doubles.

One connection carries one request, and meets at most one fault.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import Self

from tests.reliability.server import HOST

CHUNK = 65_536


class Fault(StrEnum):
    """What may happen to a request."""

    RESET = "reset"
    """The connection is reset before anything arrives."""
    REQUEST_CUT = "request_cut"
    """The server gets the beginning of the request only, and then the end of the connection."""
    REQUEST_SWALLOWED = "request_swallowed"
    """The server gets the beginning of the request only, and then nothing, as long as the client waits."""
    ANSWER_CUT = "answer_cut"
    """The server does its work; the client gets the beginning of the answer only."""
    ANSWER_SWALLOWED = "answer_swallowed"
    """The server does its work; the client gets nothing."""
    LATE = "late"
    """Request and answer arrive late, maybe after the client has given up and sent again."""
    DOUBLED = "doubled"
    """The server gets the request twice."""


class FaultyNetwork:
    """Listens on a port of its own and passes connections on, each to the next server in turn."""

    def __init__(self, ports: list[int], seed: int, *, share: float = 0.6) -> None:
        """share: of all requests, how many meet a fault."""
        self.met: Counter[Fault] = Counter()
        self._ports, self._share = ports, share
        self._chance = random.Random(seed)
        self._taken = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task] = set()  # the loop itself forgets tasks that nobody else knows of

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._wait_for(asyncio.start_server(self._pass_on, HOST, 0))
        return self

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        # Also what was accepted at the last moment.
        while under_way := asyncio.all_tasks(self._loop) | self._under_way:
            for task in under_way:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(under_way, timeout=1))
        self._loop.run_until_complete(asyncio.sleep(0.01))  # transports end a turn after they are closed
        self._loop.close()

    def _wait_for(self, work: Awaitable):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _pass_on(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        fault = self._chance.choice(list(Fault)) if self._chance.random() < self._share else None
        self._taken += 1
        port = self._ports[self._taken % len(self._ports)]
        try:
            request = await _whole_request(client_reader)
            if fault is not None:
                self.met[fault] += 1
            await self._deliver(fault, request, port, client_reader, client_writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            client_writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await client_writer.wait_closed()

    async def _deliver(self, fault, request: bytes, port: int, client_reader, client_writer) -> None:
        if fault is Fault.RESET:
            client_writer.transport.abort()
            return
        if fault is Fault.DOUBLED:
            await asyncio.gather(_asked(port, request), self._answered(port, request, client_writer))
            return
        if fault in (Fault.REQUEST_CUT, Fault.REQUEST_SWALLOWED):
            part = request[: self._chance.randrange(len(request))]
            hold = client_reader.read if fault is Fault.REQUEST_SWALLOWED else None
            await _begin_only(port, part, hold)
            client_writer.transport.abort()
            return
        if fault is Fault.LATE:
            await asyncio.sleep(self._chance.uniform(0.05, 0.6))
        if fault is Fault.ANSWER_SWALLOWED:
            await _asked(port, request)
            await client_reader.read()  # until the client gives up
            return
        await self._answered(port, request, client_writer, cut=fault is Fault.ANSWER_CUT)

    async def _answered(self, port: int, request: bytes, client_writer, *, cut: bool = False) -> None:
        answer = await _asked(port, request)
        client_writer.write(answer[: self._chance.randrange(len(answer))] if cut and answer else answer)
        await client_writer.drain()


async def _whole_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    # The answer's end is the end of the connection.
    return head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + await reader.readexactly(length)


async def _asked(port: int, request: bytes) -> bytes:
    """Deliver a request and give the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()


async def _begin_only(port: int, part: bytes, hold: Callable[[], Awaitable[bytes]] | None) -> None:
    """Deliver the beginning of a request; with `hold`, leave the server waiting for the rest until the client goes."""
    _, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(part)
        await writer.drain()
        if hold is not None:
            await hold()
    finally:
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()
