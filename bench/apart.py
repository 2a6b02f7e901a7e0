"""The product's application with another way of committing, for comparison only: what `bench single` measures against.

BENCH_COMMIT=one: the collector takes one call into a transaction, so that every request waits for a commit of its own.
BENCH_COMMIT=each: no collector; the thread of each request writes its own transaction. PostgreSQL may then still flush
several commits at once by itself, SQLite writes one after the other.
"""

import os
from collections.abc import Callable
from datetime import datetime

from asbuilt.accounts import plant
from asbuilt.capture.answers import Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.collector import Collector
from asbuilt.ledger.database import Database, Site


class OneByOne(Collector):
    """Groups of one."""

    def _gather(self, first):
        return [first], False


class Each:
    """Every request by itself."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def capture(self, site: Site, submission: Submission) -> list[Answer]:
        (answers,) = capture(self._database, site, [submission], now=self._clock())
        return answers

    def close(self) -> None:
        """Nothing waits."""


plant.Collector = {"one": OneByOne, "each": Each}[os.environ["BENCH_COMMIT"]]

from asbuilt.site.wsgi import application  # noqa: E402, F401 - what granian asks for, made with the above
