"""What a recall covers, with its bounds and counts: by the genealogy index, and by SQL alone."""

import subprocess
import sys
from collections.abc import Sequence

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.projections.fleet.index import Index, build, folder_of, opened
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.scope import Scope, scope_of
from asbuilt.queries.recall.suspects import Grouping, counted_in, suspects
from bench.clocks import Stopwatch
from bench.databases import Made
from bench.plant import Plant
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "what a recall covers, counted by certainty, status and customer, by the index and by SQL; processor time"
GOAL_SQL, GOAL_GROWTH = "≥ 30×", "≤ 1.3×"
BY = (Grouping.CERTAINTY, Grouping.STATUS, Grouping.CUSTOMER)
ROUNDS, SHOWN = 5, 50

# A process of its own, for its peak of memory.
COUNTER = """
import sys
from pathlib import Path
from asbuilt.ledger.opening import open_database
from asbuilt.projections.fleet.index import folder_of, opened
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.scope import scope_of
from asbuilt.queries.recall.suspects import Grouping, counted_in
url, site, home, lot, how = sys.argv[1:]
database = open_database(url)
site = database.site(site)
with database.reading(site) as reader:
    index = opened(folder_of(Path(home), site), reader) if how == "index" else None
    scope = scope_of(reader, seeds_from([seed_of("lot=" + lot)], own_issuer=site.issuer), index=index)
    counted_in(reader, scope, (Grouping.CERTAINTY, Grouping.STATUS, Grouping.CUSTOMER))
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024)
"""


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, plant = plants.of(kind, max(size.affected), units=size.units)
        with made.opened() as (database, site):
            build(database, site, made.folder / "index")
            per_unit = _ask(report, made, database, site, plant, size)
        large = sorted(per_unit)[-2:]
        report.figure(
            f"per affected unit, {large[1]:,} ÷ {large[0]:,}",
            kind,
            ratio=per_unit[large[1]] / per_unit[large[0]],
            goal=GOAL_GROWTH,
        )
        _memory(report, made, plant.lots[max(size.affected)])


def _ask(report: Report, made: Made, database: Database, site: Site, plant: Plant, size: Size) -> dict[int, float]:
    """Processor time of the whole answer by the index for each affected unit, by how many are affected."""
    per_unit: dict[int, float] = {}
    with database.reading(site) as reader:
        index = opened(folder_of(made.folder / "index", site), reader)
        for affected in size.affected:
            watch = _measured(reader, index, made, plant.lots[affected], affected)
            per_unit[affected] = watch.spent["index"].cpu_s / affected
            _tell(report, made.kind, f"{affected:,} affected", watch)
    return per_unit


def _measured(reader: Reader, index: Index, made: Made, lot: str, affected: int) -> Stopwatch:
    seeds = seeds_from([seed_of(f"lot={lot}")], own_issuer=reader.site.issuer)

    def scope(by: Index | None) -> Scope:
        return scope_of(reader, seeds, index=by)

    watch = Stopwatch(made.backends)
    for _ in range(ROUNDS):
        found = watch.measure("scope", lambda: scope(index))
        assert len(found) == affected + 1, "with the lot itself"
        groups = watch.measure("index", lambda: counted_in(reader, scope(index), BY))
        watch.measure("page", lambda: list(suspects(reader, found, limit=SHOWN)))  # noqa: B023 - measured at once
    by_rows = watch.measure("SQL scope", lambda: scope(None))
    assert watch.measure("SQL", lambda: counted_in(reader, by_rows, BY)) == groups, "both count alike"
    return watch


def _tell(report: Report, kind: str, what: str, watch: Stopwatch) -> None:
    spent = watch.spent
    by_rows = spent["SQL scope"].cpu_s + spent["SQL"].cpu_s
    report.figure(
        f"{what}: scope with bounds",
        kind,
        ratio=spent["SQL scope"].cpu_s / spent["scope"].cpu_s,
        value=spent["scope"].cpu_s * 1e3,
        unit="ms",
        goal=GOAL_SQL,
        note=f"SQL {spent['SQL scope'].cpu_s * 1e3:.4g} ms",
    )
    report.figure(
        f"{what}: counted",
        kind,
        ratio=by_rows / spent["index"].cpu_s,
        value=spent["index"].cpu_s * 1e3,
        unit="ms",
        goal=GOAL_SQL,
        note=f"SQL {by_rows * 1e3:.4g} ms; the first {SHOWN} described in {spent['page'].cpu_s * 1e3:.3g} ms",
    )


def _memory(report: Report, made: Made, lot: str) -> None:
    for how in ("index", "SQL"):
        words = [sys.executable, "-c", COUNTER, made.url, "BENCH", made.folder / "index", lot, how]
        done = subprocess.run([str(one) for one in words], capture_output=True, text=True, check=True)
        report.figure(f"peak memory of a process that counts by {how}", made.kind, value=float(done.stdout), unit="MB")
