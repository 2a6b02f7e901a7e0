"""Bytes the ledger takes for a measurement, with its indexes, as the database's files grow."""

from collections.abc import Sequence

import apsw
import psycopg

from bench import door
from bench.databases import Made, made
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "bytes of the ledger per measurement, packed under a specification"
GOALS = {"sqlite": "≤ 8", "postgresql": "≤ 13"}
EVENTS = 6_000
COUNTS = (10, 150)

# The pages of the event table and of its indexes.
SQLITE_SIZES = "SELECT name, sum(pgsize), sum(payload) FROM dbstat WHERE name LIKE 'event%' GROUP BY name"
POSTGRESQL_SIZES = """
SELECT relname, pg_relation_size(oid) + coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0) FROM pg_class
WHERE relnamespace = 'asbuilt'::regnamespace AND (oid = 'asbuilt.event'::regclass OR oid IN
    (SELECT indexrelid FROM pg_index WHERE indrelid = 'asbuilt.event'::regclass))
"""
VALUES = "SELECT sum(length(payload)), count(*) FROM {} WHERE event_type = 'OperationCompleted'"


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        for count in COUNTS:
            with made(kind) as database:
                _measure(report, database, count)


def _measure(report: Report, made: Made, count: int) -> None:
    with made.opened() as (database, site):
        door.define(database, site, door.catalogue())
        door.define(database, site, [door.specification("LONG-5/1", 150)], start=2)
        door.define(database, site, ({"type": "UnitCommissioned", "unit": f"MOD-5/U{n}"} for n in range(1000)), start=3)
        before = _sizes(made)
        ids = door.Ids(4)
        texts = (door.result(f"MOD-5/U{n % 1000}", ids.next(), n, count=count) for n in range(EVENTS))
        for raw in door.batches(texts):
            door.all_recorded(door.record(database, site, raw))
        with database.reading(site) as reader:
            ((payload, events),) = reader.rows(VALUES.format("event"))
    grown = {name: size - before.get(name, 0) for name, size in _sizes(made).items()}
    table, all_of_it = grown["event"], sum(grown.values())
    report.figure(
        f"{count} measurements an event",
        made.kind,
        value=all_of_it / (EVENTS * count),
        unit="bytes",
        goal=GOALS[made.kind],
        note=f"an event takes {all_of_it / EVENTS:.0f}: payload {payload / events:.0f}, table {table / EVENTS:.0f}, "
        f"indexes {(all_of_it - table) / EVENTS:.0f}",
    )


def _sizes(made: Made) -> dict[str, int]:
    """Bytes by table and index of the ledger's events."""
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.path), flags=apsw.SQLITE_OPEN_READONLY)
        found = {name: size for name, size, _ in connection.execute(SQLITE_SIZES)}
        connection.close()
        return found
    with psycopg.connect(made.url) as connection:
        return dict(connection.execute(POSTGRESQL_SIZES).fetchall())
