"""Where-used: the whole answer, and its parts, against the bare recursive CTE on the same tables."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.queries.naming import Named, unit_or_lot_meant
from asbuilt.queries.units import STATUS
from asbuilt.queries.walks import STEPS_ABOVE, Moment
from asbuilt.queries.where_used import where_used
from bench.clocks import Stopwatch
from bench.databases import Made
from bench.floor import read, reads_of
from bench.plant import Plant
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "where-used by SQL alone, against the bare recursive CTE; processor time"
GOAL = "≤ 1.5×"

_STEPS = {
    "sqlite": """
    SELECT link.parent_id FROM affected CROSS JOIN installation AS link
    WHERE link.component_id = affected.subject_id AND link.removed_sequence IS NULL
    UNION
    SELECT run.unit_id FROM affected CROSS JOIN setup_window AS setup CROSS JOIN operation_run AS run
    WHERE setup.lot_id = affected.subject_id AND run.station_id = setup.station_id
      AND run.completed_at >= setup.loaded_at
      AND (setup.unloaded_at IS NULL OR run.completed_at < setup.unloaded_at)
""",
    "postgresql": """
    SELECT above.subject_id FROM affected CROSS JOIN LATERAL (
        SELECT link.parent_id AS subject_id FROM installation AS link
        WHERE link.component_id = affected.subject_id AND link.removed_sequence IS NULL
        UNION ALL
        SELECT run.unit_id FROM setup_window AS setup JOIN operation_run AS run ON run.station_id = setup.station_id
        WHERE setup.lot_id = affected.subject_id AND run.completed_at >= setup.loaded_at
          AND (setup.unloaded_at IS NULL OR run.completed_at < setup.unloaded_at)
    ) AS above
""",
}
_AFFECTED = {
    kind: f"WITH RECURSIVE affected (subject_id) AS (SELECT CAST($1 AS bigint) UNION {steps})"
    for kind, steps in _STEPS.items()
}
# Nothing but the ids of what is affected: the limit.
BARE = {kind: f"{affected} SELECT subject_id FROM affected" for kind, affected in _AFFECTED.items()}
_STATE_OF = {
    "sqlite": "FROM affected CROSS JOIN unit_state WHERE unit_state.unit_id = affected.subject_id",
    "postgresql": "FROM unit_state WHERE unit_id = ANY(ARRAY(SELECT subject_id FROM affected))",
}
# How many affected units there are, by status and customer, counted where they are.
BREAKDOWN = {
    kind: f"{_AFFECTED[kind]} SELECT {STATUS}, customer, count(*) {_STATE_OF[kind]} GROUP BY 1, 2" for kind in _AFFECTED
}
# The same joined straight to the table: what PostgreSQL makes of it is the trap to know of.
NAIVE = {
    kind: f"{_AFFECTED[kind]} SELECT {STATUS}, customer, count(*) FROM affected "
    "JOIN unit_state ON unit_state.unit_id = affected.subject_id GROUP BY 1, 2"
    for kind in _AFFECTED
}


@dataclass(frozen=True, slots=True)
class _Question:
    """A lot to ask about."""

    what: str
    lot: str
    affected: int
    rounds: int


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, plant = plants.of(kind, max(size.affected))
        with made.opened() as (database, site):
            for question in _questions(plant, size):
                _measure(report, made, database, site, question)


def _questions(plant: Plant, size: Size) -> list[_Question]:
    by_lot = [
        _Question(f"{affected:,} affected", plant.lots[affected], affected, _rounds(affected))
        for affected in size.affected
    ]
    return [*by_lot, _Question("2,000 affected, line-fed", plant.any_reel(), 2000, _rounds(2000))]


def _rounds(affected: int) -> int:
    return 15 if affected < 5000 else 7 if affected < 50_000 else 3


def _measure(report: Report, made: Made, database: Database, site: Site, question: _Question) -> None:
    kind = made.kind
    with database.reading(site) as reader:
        named = unit_or_lot_meant(reader, question.lot)
        works = _works(reader, kind, named)
        works["its statements alone"] = _statements(database, site, named)
        found = len(works["bare"]()) - 1
        assert found == question.affected, f"{found} affected by {question.lot}, not {question.affected}"
        assert sum(row[2] for row in works["breakdown"]()) == found, "the breakdown counts every unit"
        assert sum(works["whole answer"]().values()) == found, "where-used gives every unit"
        works["its statements alone"]()
        backends = made.backends()
        watch = Stopwatch(lambda: backends)
        for _ in range(question.rounds):
            for name, work in works.items():
                watch.measure(name, work)
    bare = watch.spent["bare"]
    for name in list(works)[1:]:
        took = watch.spent[name]
        per_unit = f", {took.cpu_s / found * 1e6:.3g} µs/unit" if name == "whole answer" else ""
        report.figure(
            f"{question.what}: {name}",
            kind,
            ratio=watch.cpu_ratio(name, "bare"),
            value=took.cpu_s * 1e3,
            unit="ms",
            goal=GOAL if name in ("walk", "breakdown", "whole answer") else "",
            note=f"bare CTE {bare.cpu_s * 1e3:.3g} ms{per_unit}; wall {watch.wall_ratio(name, 'bare'):.3g} ×",
        )


def _works(reader: Reader, kind: str, named: Named) -> dict[str, Callable[[], Sequence]]:
    """What is measured side by side. All fetch through the same connection, in one transaction."""
    seed = named.subject_id
    return {
        "bare": lambda: reader.rows(BARE[kind], seed),
        "walk": lambda: reader.rows(STEPS_ABOVE[kind][Moment.NOW], [seed]),
        "breakdown": lambda: reader.rows(BREAKDOWN[kind], seed),
        "breakdown, joined naively": lambda: reader.rows(NAIVE[kind], seed),
        "whole answer": lambda: Counter((one.status, one.customer) for one in where_used(reader, named)),
    }


def _statements(database: Database, site: Site, named: Named) -> Callable[[], Sequence]:
    """Fetches all rows of the whole answer by its own statements, and makes nothing of them."""
    notes, _ = reads_of(database, site, lambda reader: sum(1 for _ in where_used(reader, named)))

    def again() -> Sequence:
        read(database, site, notes)
        return ()

    return again
