"""The as-built record of a unit of 500 components, joined and rendered, against the bare recursive CTE."""

from collections.abc import Callable, Iterator, Sequence

from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import as_built
from asbuilt.queries.naming import unit_meant
from asbuilt.queries.walks import LINKS_BELOW, Moment
from asbuilt.queries.wire import encode
from bench import door
from bench.clocks import Stopwatch
from bench.floor import read, reads_of
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "as-built of a unit with 500 components on 2 levels, as JSON, against the bare CTE; processor time"
GOAL = "≤ 2×"
BOARDS, MODULES = 20, 24
COMPONENTS = BOARDS * (MODULES + 1)
ROUNDS = 15
CABINET, BARE_CABINET = "KIT-1/CABINET", "KIT-1/BARE-CABINET"

# Nothing but the ids of what a unit is made of: the limit.
BARE = """
WITH RECURSIVE below (subject_id) AS (
    SELECT CAST($1 AS bigint)
    UNION
    SELECT link.component_id FROM below CROSS JOIN installation AS link
    WHERE link.parent_id = below.subject_id AND link.removed_sequence IS NULL
)
SELECT subject_id FROM below
"""


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, _ = plants.of(kind, size.grown_to)
        with made.opened() as (database, site):
            door.define(database, site, cabinet_of(CABINET, tested=True), start=0x20)
            door.define(database, site, cabinet_of(BARE_CABINET, tested=False), start=0x21)
            for name, what in ((CABINET, "with 500 results of 10 values"), (BARE_CABINET, "without results")):
                notes, record = reads_of(
                    database, site, lambda reader, name=name: as_built(reader, unit_meant(reader, name))
                )
                assert record.component_count == COMPONENTS, "nothing is left out"
                with database.reading(site) as reader:
                    works = _works(reader, name)
                    works["its statements alone"] = lambda notes=notes: read(database, site, notes)
                    for work in works.values():
                        work()
                    backends = made.backends()
                    watch = Stopwatch(lambda backends=backends: backends)
                    for _ in range(ROUNDS):
                        for part, work in works.items():
                            watch.measure(part, work)
                _tell(report, kind, what, watch)


def _works(reader: Reader, name: str) -> dict[str, Callable[[], object]]:
    """What is measured side by side. All fetch through the same connection, in one transaction."""
    named = unit_meant(reader, name)
    return {
        "bare": lambda: reader.rows(BARE, named.subject_id),
        "walk": lambda: reader.rows(LINKS_BELOW[Moment.NOW], [named.subject_id]),
        "record as JSON": lambda: encode(as_built(reader, named)),
    }


def _tell(report: Report, kind: str, what: str, watch: Stopwatch) -> None:
    bare = watch.spent["bare"].cpu_s
    for part in ("walk", "its statements alone", "record as JSON"):
        report.figure(
            f"{what}: {part}",
            kind,
            ratio=watch.cpu_ratio(part, "bare"),
            value=watch.spent[part].cpu_s * 1e3,
            unit="ms",
            goal=GOAL if part == "record as JSON" else "",
            note=f"bare CTE {bare * 1e3:.3g} ms; wall {watch.wall_ratio(part, 'bare'):.3g} ×",
        )


def cabinet_of(
    cabinet: str, *, tested: bool, boards: int = BOARDS, modules: int = MODULES
) -> Iterator[dict[str, object]]:
    """A cabinet with boards of as many modules each."""
    values = [f"{4.6 + number / 100:.3f}" for number in range(door.CHARACTERISTICS)]
    test = {"operation": "OP-TEST", "station": "ICT-1", "specification": "ICT-5/1", "values": values}
    number = cabinet.partition("/")[2]
    names = [f"PCB-10/{number}-{one:02d}" for one in range(boards)]
    inside = [[f"MOD-5/{number}-{one:02d}-{two:02d}" for two in range(modules)] for one in range(boards)]
    for unit in (cabinet, *names, *(module for some in inside for module in some)):
        yield {"type": "UnitCommissioned", "unit": unit}
        if tested:
            yield {"type": "OperationCompleted", "unit": unit, **test}
    for one, board in enumerate(names):
        for two, module in enumerate(inside[one]):
            yield _installed(board, module, f"U{two}")
        yield _installed(cabinet, board, f"A{one}")


def _installed(parent: str, component: str, place: str) -> dict[str, object]:
    return {"type": "ComponentInstalled", "unit": parent, "component": component, "reference_designator": place}
