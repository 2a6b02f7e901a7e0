"""Many writers at one moment, each with the database open for itself as another process would have it."""

import contextlib
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import apsw
import psycopg

from asbuilt.capture.answers import Acknowledgement, Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.serials import SerialRequest, issue_serials
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Database
from tests.databases import Made
from tests.world import ACTOR, START, World


class Racers:
    """Threads that send at the same moment."""

    def __init__(self, world: World, databases: list[Database]) -> None:
        self.world = world
        self._databases = databases
        self._pool = ThreadPoolExecutor(len(databases))
        self._line = threading.Barrier(len(databases))

    def race(self, *calls: list[Event]) -> list[list[Answer]]:
        """Each racer sends one call; gives the answers in the order of the calls."""
        assert len(calls) == len(self._databases)
        return list(self._pool.map(self._send, self._databases, calls))

    def each(self, work: Callable[[Database], object]) -> list[object]:
        """Each racer does some work with its own database."""
        return list(self._pool.map(lambda database: self._started(work, database), self._databases))

    def _send(self, database: Database, call: list[Event]) -> list[Answer]:
        submission = Submission(events=tuple(map(captured, call)), actor=ACTOR)
        self._line.wait(timeout=60)
        (answers,) = capture(database, self.world.site, [submission], now=self.world.now + timedelta(seconds=1))
        return answers

    def _started(self, work: Callable[[Database], object], database: Database) -> object:
        self._line.wait(timeout=60)
        return work(database)


@contextlib.contextmanager
def racers(made: Made, world: World, count: int) -> Iterator[Racers]:
    with contextlib.ExitStack() as stack:
        databases = [stack.enter_context(made.opened()) for _ in range(count)]
        racing = Racers(world, databases)
        yield racing
        racing._pool.shutdown()


def is_recorded(answer: Answer) -> bool:
    return isinstance(answer, Acknowledgement)


# The control: what goes wrong when one looks first and writes then


def naive_doubles(made: Made, *, writers: int) -> int:
    """How often too much is written when each writer checks that nothing is there, and then writes it."""
    numbers = _check_then_insert(
        made,
        writers=writers,
        check="SELECT count(*) FROM naive WHERE number = 7",
        insert=lambda count: "INSERT INTO naive VALUES (7)" if count == 0 else "",
    )
    return len(numbers) - 1


def naive_serials(made: Made, *, writers: int) -> list[int]:
    """The numbers issued when each writer looks for the highest one, and takes the next."""
    return _check_then_insert(
        made,
        writers=writers,
        check="SELECT coalesce(max(number), 0) FROM naive",
        insert=lambda highest: f"INSERT INTO naive VALUES ({highest + 1})",
    )


def _check_then_insert(made: Made, *, writers: int, check: str, insert: Callable[[int], str]) -> list[int]:
    with _connected(made) as execute:
        execute("CREATE TABLE naive (number integer)")
    line = threading.Barrier(writers)

    def write() -> None:
        with _connected(made) as execute:
            line.wait(timeout=60)
            found = execute(check)[0][0]
            line.wait(timeout=60)  # whatever else a request does between the two
            if sql := insert(found):
                execute(sql)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with _connected(made) as execute:
        return [number for (number,) in execute("SELECT number FROM naive")]


@contextlib.contextmanager
def _connected(made: Made) -> Iterator[Callable[[str], list[tuple]]]:
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.path))
        connection.set_busy_timeout(30_000)
        yield lambda sql: connection.execute(sql).fetchall()
        connection.close()
        return
    with psycopg.connect(made.url, autocommit=True) as connection:
        yield lambda sql: list(connection.execute(sql)) if sql.startswith("SELECT") else connection.execute(sql)


# Processes


def issue_in_processes(made: Made, site: str, part: str, *, processes: int, calls: int, count: int) -> list[str]:
    """Serial numbers issued by processes at the same time, `calls` times `count` each."""
    context = multiprocessing.get_context("spawn")  # a fork would share connections
    with context.Pool(processes) as pool:
        work = [(made.url, site, part, calls, count)] * processes
        return [serial for issued in pool.map(_issue, work) for serial in issued]


def _issue(work: tuple[str, str, str, int, int]) -> list[str]:
    url, site_name, part, calls, count = work
    issued: list[str] = []
    with Made(url.partition(":")[0], url).opened() as database:
        site = database.site(site_name)
        request = SerialRequest(part=part_named(part, own_issuer=site.issuer), count=count)
        for _ in range(calls):
            units = issue_serials(
                database,
                site,
                request,
                actor=ACTOR,
                record=lambda submission: capture(database, site, [submission], now=START)[0],
                now=START,
                new_event_id=uuid4,
            )
            issued.extend(str(unit) for unit in units)
    return issued
