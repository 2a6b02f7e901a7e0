"""Validated batch capture against writing the same rows, unread and unchecked, into one bare table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import apsw
import psycopg

from asbuilt.ledger.append import EVENT
from asbuilt.ledger.database import Row
from bench import door, floor
from bench.clocks import Stopwatch
from bench.databases import Made, made
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "validated batch capture of test results with 10 measurements, in batches of 1,000"
GOAL = "≤ 6×"
WARMING = 2
"""Batches before the first that counts."""

# The rows that a batch has written, as they stand in the ledger (what the bare table gets).
WRITTEN = f"SELECT {', '.join(EVENT.column_names)} FROM event WHERE sequence > $1 ORDER BY sequence"

Write = Callable[[Sequence[Row]], None]


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        for inline in (False, True):
            with made(kind) as database:
                _measure(report, database, size.batch_events, inline=inline)


def _measure(report: Report, made: Made, events: int, *, inline: bool) -> None:
    """Each batch through the door, then its rows into the bare table: two neighbours in time, over and over.

    Every third batch is written by its statements alone, which shows what of the ratio is SQL.
    """
    with made.opened() as (database, site), _bare(made) as write:
        units = [f"MOD-5/U{number:06d}" for number in range(max(door.BATCH, events // 3))]
        door.define(database, site, door.catalogue())
        door.define(database, site, ({"type": "UnitCommissioned", "unit": unit} for unit in units), start=2)
        backends = made.backends()
        watch = Stopwatch(lambda: backends)
        ids = door.Ids(3)
        count = events + events // 2 + WARMING * door.BATCH
        texts = (door.result(units[n % len(units)], ids.next(), n, inline=inline) for n in range(count))
        for number, raw in enumerate(door.batches(texts)):
            if number == WARMING:
                watch.spent.clear()
            with database.reading(site) as reader:
                ((last,),) = reader.rows("SELECT max(sequence) FROM event")
            way = "statements" if number % 3 == WARMING else "capture"
            if way == "capture":
                answers = watch.measure(way, lambda raw=raw: door.record(database, site, raw))
                door.all_recorded(answers)
            else:
                notes = floor.writes_of(database, site, door.submission(site, raw))
                watch.measure(way, lambda notes=notes: floor.written(database, site, notes))
            with database.reading(site) as reader:
                rows = reader.rows(WRITTEN, last)
            assert len(rows) == door.BATCH, "every event is one row"
            watch.measure(f"bare after {way}", lambda rows=rows: write(rows))
    _tell(report, made.kind, watch, "measurements with limits" if inline else "packed values")


def _tell(report: Report, kind: str, watch: Stopwatch, what: str) -> None:
    each = 1e6 / door.BATCH
    against = "executemany" if kind == "sqlite" else "COPY"
    for way, goal in (("capture", GOAL), ("statements", "")):
        ours, bare = watch.spent[way], watch.spent[f"bare after {way}"]
        name = what if way == "capture" else f"{what}: statements alone"
        whole = f"whole run {sum(ours.wall) / sum(bare.wall):.3g} ×"
        report.figure(
            f"{name}, wall",
            kind,
            ratio=watch.wall_ratio(way, f"bare after {way}"),
            value=ours.wall_s * each,
            unit="µs/event",
            goal=goal,
            note=f"{against} {bare.wall_s * each:.1f} µs/event, {whole}",
        )
        report.figure(
            f"{name}, processor",
            kind,
            ratio=watch.cpu_ratio(way, f"bare after {way}"),
            value=ours.cpu_s * each,
            unit="µs/event",
            goal=goal,
            note=f"{against} {bare.cpu_s * each:.1f} µs/event",
        )


@contextmanager
def _bare(made: Made) -> Iterator[Write]:
    """Writes rows into a table without keys, indexes or checks, durable at the end of every batch."""
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.folder / "bare.sqlite3"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE bare ({', '.join(EVENT.column_names)})")
        insert = f"INSERT INTO bare VALUES ({', '.join('?' for _ in EVENT.columns)})"

        def executemany(rows: Sequence[Row]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, rows)
            connection.execute("COMMIT")

        yield executemany
        connection.close()
        return
    with psycopg.connect(made.url) as connection:
        columns = ", ".join(f"{name} {kind}" for name, kind in EVENT.columns)
        connection.execute(f"CREATE TABLE public.bare ({columns})")
        connection.commit()
        kinds = [kind for _, kind in EVENT.columns]

        def copy_in(rows: Sequence[Row]) -> None:
            statement = "COPY public.bare FROM STDIN (FORMAT BINARY)"
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.set_types(kinds)
                for row in rows:
                    copy.write_row(row)
            connection.commit()

        yield copy_in
