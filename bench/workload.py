"""The shop-floor workload W1 to W7 over HTTP: processor time of the server for each operation, against its floor."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from asbuilt.ledger.database import Database, Site
from bench import station
from bench.clients import Operation, Outcome, work_through
from bench.clocks import Pace, Stopwatch, pace
from bench.databases import Made
from bench.plants import Plants
from bench.report import Report
from bench.server import Server, serving
from bench.size import Size
from bench.station import Shift

TITLE = "the shop-floor workload over HTTP, server processor time per operation, against the same rows by bare SQL"
MEMORY_GOAL = "≤ 200 MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One kind of operation. each: what one operation counts for (1,000 serials in one call are 1,000)."""

    name: str
    goal: str
    count: int
    """Operations a round and client."""
    operations: Callable[[Shift, int], Iterator[Operation]]
    """Endless operations of a round, as requests."""
    floor: Callable[[Shift, Database, Site, int], Iterator[Callable[[], None]]] | None = None
    """Endless operations of a round, as bare SQL."""
    floors: int = 5
    floor_parts: int = 1
    """How many pieces of bare SQL make one operation."""
    each: int = 1
    clients: int = 1


WORKS: tuple[Work, ...] = (
    Work(
        name="W1 issue 1,000 serials, per serial",
        goal="≤ 0.1 ms",
        count=1,
        operations=station.serials(1000),
        floor=station.serials_floor(1000),
        floors=1,
        each=1000,
    ),
    Work(
        name="W1 issue one serial",
        goal="≤ 2 ms",
        count=20,
        operations=station.serials(1),
        floor=station.serials_floor(1),
    ),
    Work(
        name="W2 record one result",
        goal="≤ 1.5 ms",
        count=40,
        operations=station.results(1),
        floor=station.results_floor(1),
    ),
    Work(
        name="W2 in batches of 100, per result",
        goal="≤ 0.1 ms",
        count=3,
        operations=station.results(100),
        floor=station.results_floor(100),
        floors=2,
        each=100,
    ),
    Work(
        name="W3 assembly of 5 components and a lot",
        goal="≤ 4 ms",
        count=station.ASSEMBLIES,
        operations=station.assemblies,
        floor=station.assemblies_floor,
        floors=station.FLOOR_ASSEMBLIES,
    ),
    Work(
        name="W4 as-built of it",
        goal="≤ 2 ms",
        count=40,
        operations=station.as_builts,
        floor=station.as_builts_floor,
    ),
    Work(
        name="W5 where-used of a lot, 1,998 affected",
        goal="≤ 30 ms",
        count=3,
        operations=station.where_useds,
        floor=station.where_useds_floor,
        floors=2,
    ),
    Work(
        name="W6 scan + record + move, 3 requests",
        goal="≤ 4 ms",
        count=20,
        operations=station.scans(apart=True),
        floor=station.scans_floor,
        floor_parts=2,
    ),
    Work(
        name="W6 the same by four clients",
        goal="≤ 4 ms",
        count=20,
        operations=station.scans(apart=True),
        clients=4,
    ),
    Work(
        name="W6 scan, then record and move at once",
        goal="≤ 4 ms",
        count=20,
        operations=station.scans(apart=False),
    ),
    Work(
        name="W7 all data of a unit page",
        goal="≤ 10 ms",
        count=20,
        operations=station.records,
        floor=station.records_floor,
    ),
)


@dataclass(slots=True)
class Taken:
    """What one kind of operation took, round by round. Milliseconds of processor time."""

    outcome: Outcome = field(default_factory=Outcome)
    cpu_ms: list[float] = field(default_factory=list)
    floor_ms: list[float] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, plant = plants.of(kind, size.grown_to)
        with made.opened() as (database, site):
            shift = Shift(plant, rounds=size.workload_rounds)
            station.prepare(shift, database, site)
            with serving(made) as server:
                shift.address = server.address
                idle_mb = server.peak_mb()
                taken = {work.name: Taken() for work in WORKS}
                for number in range(size.workload_rounds):
                    for work in WORKS:
                        _round(work, taken[work.name], shift, server, number)
                        _floor(work, taken[work.name], shift, made, database, site, number)
                _tell(report, kind, taken, idle_mb, server.peak_mb())


def _round(work: Work, taken: Taken, shift: Shift, server: Server, number: int) -> None:
    """One round of operations over HTTP. The first is for warming and does not count."""
    source = work.operations(shift, number)
    scripts = [[next(source) for _ in range(work.count)] for _ in range(work.clients)]
    before = server.cpu_s()
    outcome = work_through(server.address, scripts)
    cpu_s = server.cpu_s() - before
    if number == 0:
        taken.outcome.failures += outcome.failures
        return
    taken.outcome.add(outcome)
    taken.cpu_ms.append(cpu_s * 1e3 / (work.count * work.clients * work.each))
    taken.paces.append(pace())


def _floor(work: Work, taken: Taken, shift: Shift, made: Made, database: Database, site: Site, number: int) -> None:
    """The same by bare SQL, right after. Making an operation ready is not measured."""
    if work.floor is None:
        return
    source = work.floor(shift, database, site, number)
    backends = made.backends()
    watch = Stopwatch(lambda: backends)
    for _ in range(work.floors * work.floor_parts):
        watch.measure("floor", next(source))
    if number > 0:
        taken.floor_ms.append(sum(watch.spent["floor"].cpu) * 1e3 / (work.floors * work.each))


def _tell(report: Report, kind: str, taken: dict[str, Taken], idle_mb: float, peak_mb: float) -> None:
    for work in WORKS:
        mine = taken[work.name]
        floors = mine.floor_ms
        against = f"floor {statistics.median(floors):.2g} ms, " if floors else ""
        p50, p95 = mine.outcome.milliseconds(0.5), mine.outcome.milliseconds(0.95)
        machine = f"loops {statistics.median(one.python_ms for one in mine.paces):.0f}"
        machine += f"/{statistics.median(one.sqlite_ms for one in mine.paces):.0f} ms"
        report.figure(
            work.name,
            kind,
            ratio=statistics.median(ours / base for ours, base in zip(mine.cpu_ms, floors, strict=True))
            if floors
            else None,
            value=statistics.median(mine.cpu_ms),
            unit="ms",
            goal=work.goal,
            note=f"{against}p50 {p50:.1f} ms, p95 {p95:.1f} ms, {len(mine.outcome.failures)} failed, {machine}",
        )
        for failure in mine.outcome.failures[:3]:
            report.say(f"failed: {failure[:300]}")
    report.figure("memory of the server at peak", kind, value=peak_mb, unit="MB", goal=MEMORY_GOAL)
    report.figure("memory of the server when started", kind, value=idle_mb, unit="MB")
