"""Group commit: captures that wait at the same time share one transaction, and each caller gets its own answers."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from asbuilt.capture.answers import Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.ledger.database import Database, Site, Unavailable

EVENTS_PER_TRANSACTION = 2_000
"""When this many events are gathered, no further call joins the transaction."""

EVENTS_WAITING_MAX = 50_000
"""When this many events wait, further calls are turned away: better a clear no than an ever longer queue."""

log = logging.getLogger(__name__)


class Overloaded(Unavailable):
    """Too much is waiting to be recorded; nothing of this call was taken. Send it again later."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    site: Site
    submission: Submission
    answers: "Future[list[Answer]]"


class Collector:
    """Takes captures from many threads and records them in common transactions, in the order of their arrival.

    clock: gives the record time. One thread writes; it ends when `close` is called, after what waits is recorded.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._events_waiting = 0
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="collector", daemon=True)
        self._thread.start()

    def capture(self, site: Site, submission: Submission) -> list[Answer]:
        """Record one call's events and wait for the answers. Raises Unavailable, then nothing was recorded."""
        waiting = _Waiting(site, submission, Future())
        count = len(submission.events)
        with self._lock:
            if self._is_closed:
                raise Unavailable("the server is stopping; send it again in a moment")
            if self._events_waiting and self._events_waiting + count > EVENTS_WAITING_MAX:
                raise Overloaded(f"{self._events_waiting} events are waiting to be recorded; send it again in a moment")
            self._events_waiting += count
            self._queue.put(waiting)
        try:
            return waiting.answers.result()
        finally:
            with self._lock:
                self._events_waiting -= count

    def close(self) -> None:
        """Record what waits, then stop."""
        with self._lock:
            self._is_closed = True
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, is_last = self._gather(first)
            for site in dict.fromkeys(waiting.site for waiting in group):
                self._record(site, [waiting for waiting in group if waiting.site == site])
            if is_last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """What is waiting right now, up to a full transaction; and whether the end was asked for."""
        group, events = [first], len(first.submission.events)
        while events < EVENTS_PER_TRANSACTION:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
            events += len(following.submission.events)
        return group, False

    def _record(self, site: Site, group: Sequence[_Waiting]) -> None:
        try:
            answers = capture(self._database, site, [one.submission for one in group], now=self._clock())
        except Unavailable as problem:
            for waiting in group:
                waiting.answers.set_exception(problem)
        except BaseException as problem:  # the caller's thread gets it: a lost answer would leave it waiting for ever
            if len(group) == 1:
                group[0].answers.set_exception(problem)
                return
            # One call brought the transaction down; the others shall not suffer for it.
            log.exception("a common transaction failed; its %d calls are tried one by one", len(group))
            for waiting in group:
                self._record(site, [waiting])
        else:
            for waiting, answer in zip(group, answers, strict=True):
                waiting.answers.set_result(answer)
