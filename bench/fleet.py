"""Where-used by the genealogy index: against a walk in C over the same edges, and against our own SQL."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.projections.fleet import reading
from asbuilt.projections.fleet.arrays import Arrays
from asbuilt.projections.fleet.index import Built, Index, build, folder_of, live, opened, sections_of
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import Grouping, Tables
from asbuilt.projections.fleet.tail import Tail
from asbuilt.queries.fleet.breakdown import counted
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql
from asbuilt.queries.fleet.walk import reached
from asbuilt.queries.naming import unit_or_lot_meant
from asbuilt.queries.walks import STEPS_ABOVE, Moment
from bench import door
from bench.clocks import Stopwatch
from bench.databases import Made
from bench.fleet_graph import SHAPES, compiled, walk_in_c
from bench.plant import Plant, units_of
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "where-used by the genealogy index, against a walk in C, and SQL against it; processor time"
GOAL, GOAL_SQL, GOAL_BYTES, GOAL_GROWTH = "≤ 4×", "≥ 30×", "≤ 16 bytes", "≤ 1.3×"
BY = (Grouping.STATUS, Grouping.CUSTOMER)
TAIL = (100, 10_000)
"""Events since the index was built."""
SHAPES_OF = {"small": (100_000, 1_000_000), "full": (1_000_000, 10_000_000), "huge": ()}
"""Units in plants that are made of arrays alone."""
ROUNDS = 7

WALKED = ("open_start", "open_parent", "open_installed_at", "open_evidence")
WALKED += ("ended_component", "ended_parent", "ended_installed_at", "ended_removed_at", "ended_evidence")

OPENER = """
import sys, time
from pathlib import Path
from asbuilt.ledger.opening import open_database
from asbuilt.projections.fleet.index import folder_of, opened
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.counts import Question, counts_by_index
from asbuilt.queries.naming import unit_or_lot_meant
url, site, home, lot = sys.argv[1:]
def status(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024
database = open_database(url)
site = database.site(site)
with database.reading(site) as reader:
    named = unit_or_lot_meant(reader, lot)
    before, began = status("VmRSS"), time.perf_counter()
    index = opened(folder_of(Path(home), site), reader)
    took = time.perf_counter() - began
    counts_by_index(reader, index, Question(named=named, by=(Grouping.STATUS, Grouping.CUSTOMER)))
print(before, took, status("VmHWM"), status("RssAnon"))
"""


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, plant = plants.of(kind, max(size.affected), units=size.units)
        with made.opened() as (database, site):
            _build(report, made, database, site)
            _ask(report, made, database, site, plant, size)
            _open_anew(report, made, plant.lots[max(size.affected)])
            _follow(report, made, database, site, plant, max(size.affected))
    _shapes(report, size)


def _build(report: Report, made: Made, database: Database, site: Site) -> None:
    watch = Stopwatch(made.backends)
    with database.reading(site) as reader:
        began = time.perf_counter()
        reading.all_tables(reader, until=2**62)
        read_s = time.perf_counter() - began
    built: Built = watch.measure("build", lambda: build(database, site, made.folder / "index", anew=True))
    with database.reading(site) as reader:
        arrays = opened(folder_of(made.folder / "index", site), reader).arrays
    report.figure(
        "the index, built from nothing",
        made.kind,
        value=watch.spent["build"].wall_s,
        unit="s",
        note=f"{built.subjects:,} units and lots, {built.links:,} links, {built.passes:,} passes, "
        f"{built.windows:,} loads; {read_s:.3g} s of it are reading; file {built.size / 1e6:.0f} MB",
    )
    _bytes(report, made.kind, arrays)


def _bytes(report: Report, kind: str, arrays: Arrays) -> None:
    walked = sum(getattr(arrays, name).nbytes for name in WALKED)
    passes = sum(getattr(arrays.passes, name).nbytes for name in ("start", "unit", "completed_at"))
    rest = sum(one.nbytes for one in sections_of(arrays).values()) - walked - passes
    report.figure(
        "what is walked, per link",
        kind,
        value=walked / max(arrays.links, 1),
        unit="bytes",
        goal=GOAL_BYTES,
        note=f"{passes / max(len(arrays.passes.unit), 1):.3g} per pass; all else {rest / len(arrays.ids):.3g} per unit",
    )


def _ask(report: Report, made: Made, database: Database, site: Site, plant: Plant, size: Size) -> None:
    asked = [*((affected, plant.lots[affected]) for affected in size.affected), (2000, plant.any_reel())]
    per_unit: dict[int, float] = {}
    library = compiled(made.folder)
    with database.reading(site) as reader:
        index = opened(folder_of(made.folder / "index", site), reader)
        for affected, lot in asked:
            works, sql = _works(reader, index, lot)
            if library is not None:
                works["C"], _ = walk_in_c(library, index.arrays, unit_or_lot_meant(reader, lot).subject_id)
                assert works["C"]() == affected, "the walk in C finds what there is"
            assert len(works["walk"]().numbers) == affected
            watch = Stopwatch(made.backends)
            for _ in range(ROUNDS):
                for name, work in works.items():
                    watch.measure(name, work)
            for name, work in sql.items():
                watch.measure(name, work)
            what = f"{affected:,} affected" + (", line-fed" if lot == plant.any_reel() else "")
            _tell(report, made.kind, what, watch, affected)
            if "line-fed" not in what:
                per_unit[affected] = watch.spent["with breakdown"].cpu_s / affected
    large = sorted(per_unit)[-2:]
    ratio = per_unit[large[1]] / per_unit[large[0]]
    report.figure(f"per affected unit, {large[1]:,} ÷ {large[0]:,}", made.kind, ratio=ratio, goal=GOAL_GROWTH)


def _works(reader: Reader, index: Index, lot: str) -> tuple[dict[str, Callable[[], object]], dict]:
    """What is measured side by side; and the same by SQL, once."""
    named = unit_or_lot_meant(reader, lot)
    asked, now = Question(named=named, by=BY), live(index, reader)
    seed = [named.subject_id]
    return {
        "walk": lambda: reached(now, seed, Moment.NOW),
        "with breakdown": lambda: counted(now, reached(now, seed, Moment.NOW).numbers, BY),
        "ever": lambda: reached(now, seed, Moment.EVER),
        "at": lambda: reached(now, seed, Moment.AT, time=2**60),
        "whole answer": lambda: counts_by_index(reader, index, asked),
    }, {
        "SQL walk": lambda: reader.rows(STEPS_ABOVE[reader.dialect][Moment.NOW], seed),
        "SQL whole answer": lambda: counts_by_sql(reader, asked),
    }


def _tell(report: Report, kind: str, what: str, watch: Stopwatch, affected: int) -> None:
    spent = watch.spent
    for name in ("walk", "with breakdown", "ever", "at", "whole answer"):
        base = f"walk in C {spent['C'].cpu_s * 1e3:.3g} ms" if "C" in spent else "no C compiler"
        report.figure(
            f"{what}: {name}",
            kind,
            ratio=watch.cpu_ratio(name, "C") if "C" in spent else None,
            value=spent[name].cpu_s * 1e3,
            unit="ms",
            goal=GOAL if name == "with breakdown" else "",
            note=f"{base}; {spent[name].cpu_s / affected * 1e9:.3g} ns/unit",
        )
    for name, ours in (("SQL walk", "walk"), ("SQL whole answer", "whole answer")):
        report.figure(
            f"{what}: {name} ÷ {ours} by the index",
            kind,
            ratio=spent[name].cpu_s / spent[ours].cpu_s,
            value=spent[name].cpu_s * 1e3,
            unit="ms",
            goal=GOAL_SQL,
        )


def _open_anew(report: Report, made: Made, lot: str) -> None:
    """A process that has nothing but the index."""
    words = [sys.executable, "-c", OPENER, made.url, "BENCH", made.folder / "index", lot]
    done = subprocess.run([str(one) for one in words], capture_output=True, text=True, check=True)
    before, took, peak, own = map(float, done.stdout.split())
    report.figure(
        "opened by a new process, every byte checked",
        made.kind,
        value=took * 1e3,
        unit="ms",
        note=f"memory {before:.0f} MB before, at peak {peak:.0f} MB, of which {own:.0f} MB are its own at the end",
    )


def _follow(report: Report, made: Made, database: Database, site: Site, plant: Plant, affected: int) -> None:
    """Answers with a tail, and an index that follows."""
    ids, recorded = door.Ids(77), 0
    for events in TAIL:
        units = units_of(plant, events - recorded, first=recorded)
        raw = [door.event("HoldPlaced", ids.next(), unit=unit, hold="QH-1", reason="audit") for unit in units]
        for batch in door.batches(raw):
            door.all_recorded(door.record(database, site, batch))
        recorded = events
        with database.reading(site) as reader:
            index = opened(folder_of(made.folder / "index", site), reader)
            asked = Question(named=unit_or_lot_meant(reader, plant.lots[affected]), by=BY)
            watch = Stopwatch(made.backends)
            for _ in range(3):
                _, fresh = watch.measure("answer", lambda: counts_by_index(reader, index, asked))  # noqa: B023
        assert fresh.events_since == events
        spent = watch.spent["answer"].cpu_s
        what = f"{affected:,} affected, {events:,} events since"
        report.figure(what, made.kind, value=spent * 1e3, unit="ms")
    watch = Stopwatch(made.backends)
    watch.measure("follow", lambda: build(database, site, made.folder / "index"))
    report.figure(f"following {events:,} events", made.kind, value=watch.spent["follow"].wall_s, unit="s")


def _shapes(report: Report, size: Size) -> None:
    """Plants that hurt, made of arrays; no database is asked."""
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder))
        if library is None:
            report.say("there is no C compiler to measure against")
            return
        for count in SHAPES_OF[size.name]:
            for name, shape in SHAPES.items():
                _shape(report, library, f"{name}, {count:,}", shape(count))


def _shape(report: Report, library: object, what: str, arrays: Arrays) -> None:
    now = Live(arrays, nothing_since())
    in_c, edges = walk_in_c(library, arrays, 1)
    found = reached(now, [1], Moment.NOW)
    assert len(found.numbers) == in_c(), "both walks find as many"
    watch = Stopwatch()
    for _ in range(5):
        watch.measure("C", in_c)
        watch.measure("walk", lambda: reached(now, [1], Moment.NOW))
        watch.measure("breakdown", lambda: counted(now, reached(now, [1], Moment.NOW).numbers, BY))
    report.figure(
        what,
        "arrays",
        ratio=watch.cpu_ratio("breakdown", "C"),
        value=watch.spent["breakdown"].cpu_s * 1e3,
        unit="ms",
        goal=GOAL,
        note=f"walk alone {watch.cpu_ratio('walk', 'C'):.3g} ×; in C {watch.spent['C'].cpu_s * 1e3:.3g} ms; "
        f"{len(found.numbers):,} affected in {len(found.ends):,} levels, {edges:,} edges",
    )


def nothing_since() -> Tail:
    """The tail of an index that is up to date."""
    nobody = np.empty(0, np.int64)
    tables = Tables(
        links=reading.links_of(()),
        passes=reading.passes_of(()),
        windows=reading.windows_of(()),
        states=reading.states_of(None, (), ()),
    )
    return Tail(events=0, until=0, record_time=0, remade=nobody, components=nobody, restated=nobody, tables=tables)
