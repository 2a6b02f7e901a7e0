"""100,000 serial numbers issued by one call, against the same one by one, and against rows with a commit each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from secrets import randbelow
from time import perf_counter
from uuid import UUID

import apsw
import psycopg

from asbuilt.capture.answers import Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.serials import SERIALS_MAX, SerialRequest, issue_serials
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.ledger.database import Database, Site
from bench import door
from bench.databases import Made, made
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = f"{SERIALS_MAX:,} serial numbers issued by one call"
GOAL = "≥ 20×"
ROW_BY_ROW = 1_000
"""Serials and rows that are written one by one; the time of one does not depend on how many there are."""

FORMATS = {
    "running numbers": "A#######",
    "dates, base 34 and a check": "A{year:2}{week}{number:5:base34}{check:mod37-2}",
}

BARE_TABLE = "CREATE TABLE bare_unit (unit_id bigint PRIMARY KEY, part text NOT NULL, serial text NOT NULL UNIQUE)"
BARE_ROW = "INSERT INTO bare_unit (unit_id, part, serial) VALUES ({}, 'ACME:PUMP-200', 'B{}')"


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        with made(kind) as database:
            _measure(report, database)


def _measure(report: Report, made: Made) -> None:
    with made.opened() as (database, site), _bare(made) as execute:
        door.define(database, site, door.catalogue())
        events = _one_by_one(site)
        known = _seconds_each(lambda: _record(database, site, next(events)))
        execute(BARE_TABLE)
        numbers = iter(range(ROW_BY_ROW))
        bare = _seconds_each(lambda: _insert(execute, next(numbers)))
        ids = door.Ids(9)
        for name, serial_format in FORMATS.items():
            part = f"PUMP-{len(name)}"
            definition = {"type": "PartDefined", "part": part, "serial_format": serial_format}
            door.define(database, site, [definition], start=50 + len(name))
            one_by_one = _seconds_each(partial(_issue, database, site, part, ids, count=1))
            each = _issue(database, site, part, ids, count=SERIALS_MAX) / SERIALS_MAX
            ways = (
                ("issued one by one", one_by_one),
                ("given serials, recorded one by one", known),
                ("a bare INSERT and commit each", bare),
            )
            for way, seconds in ways:
                report.figure(
                    f"{name} against {way}",
                    made.kind,
                    ratio=seconds / each,
                    goal=GOAL if seconds is one_by_one else "",
                    note=f"{each * 1e6:.0f} µs a serial, {seconds * 1e6:.0f} µs row by row",
                )


def _issue(database: Database, site: Site, part: str, ids: door.Ids, *, count: int) -> float:
    """Seconds that one call takes."""
    request = SerialRequest(part=part_named(part, own_issuer=site.issuer), count=count)
    began = perf_counter()
    units = issue_serials(
        database,
        site,
        request,
        actor=door.ACTOR,
        record=partial(_record, database, site),
        now=door.NOW,
        new_event_id=lambda: UUID(ids.next()),
        random_below=randbelow,
    )
    seconds = perf_counter() - began
    assert len(set(units)) == count, "every serial once"
    return seconds


def _record(database: Database, site: Site, submission: Submission) -> list[Answer]:
    (answers,) = capture(database, site, [submission], now=door.NOW)
    return answers


def _one_by_one(site: Site) -> Iterator[Submission]:
    ids = door.Ids(8)
    for number in range(ROW_BY_ROW):
        raw = door.event("UnitCommissioned", ids.next(), unit=f"PUMP-200/R{number}")
        yield door.submission(site, f"[{raw}]".encode())


def _insert(execute: Callable[[str], object], number: int) -> None:
    execute(BARE_ROW.format(number, number))


def _seconds_each(work: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in islice(iter(int, 1), ROW_BY_ROW):
        work()
    return (perf_counter() - began) / ROW_BY_ROW


@contextmanager
def _bare(made: Made) -> Iterator[Callable[[str], object]]:
    """A database as bare as it gets, on the same disk, that commits every statement as durably as ours."""
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.folder / "bare.sqlite3"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        yield connection.execute
        connection.close()
        return
    with psycopg.connect(made.url, autocommit=True) as owner:
        yield owner.execute
