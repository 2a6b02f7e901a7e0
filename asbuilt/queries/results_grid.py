"""Serial × test: what was measured at one operation on the units of a part; and what is measured at all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.production import Result
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.measured import Measured, Specifications, Taken, completed
from asbuilt.queries.naming import NotFound, escaped
from asbuilt.queries.shop_floor import ids_meant
from asbuilt.queries.units import full_names
from asbuilt.queries.windows import Misasked

AMONG = 2000
"""Completions, the newest, among which what is measured is looked for."""
COLUMNS_MAX = 60
"""Characteristics in a grid, in the order in which they are first met."""
_LAST = 2**62

# The newest completions of a site with what was recorded (serves the choice of what to chart).
NEWEST_COMPLETIONS = """
SELECT issuer.name, part.name, run.operation, event.payload FROM (
    SELECT sequence, unit_id, operation FROM operation_run WHERE site_id = $1 ORDER BY completed_at DESC LIMIT $2
) AS run CROSS JOIN subject AS unit CROSS JOIN subject AS part CROSS JOIN subject AS issuer CROSS JOIN event
WHERE unit.subject_id = run.unit_id AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
  AND event.sequence = run.sequence
"""
# A page of the units of a part on which an operation was done, the newest first (serves the grid).
UNITS_TESTED = """
SELECT unit.subject_id FROM subject AS unit
WHERE unit.scope_id = $1 AND unit.kind = 3 AND unit.subject_id < $2
  AND EXISTS (SELECT 1 FROM operation_run AS run WHERE run.unit_id = unit.subject_id AND run.operation = $3)
ORDER BY unit.subject_id DESC LIMIT $4
"""
# What was recorded of an operation on some units, in order (serves the grid).
TESTS_OF_UNITS = """
SELECT run.unit_id, run.completed_at, run.result, event.payload FROM operation_run AS run CROSS JOIN event
WHERE run.unit_id = ANY($1) AND run.operation = $2 AND event.sequence = run.sequence
ORDER BY run.unit_id DESC, run.completed_at, run.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """Something that is measured at an operation on a part, and how many of the completions looked at tell of it."""

    part: str
    operation: str
    characteristic: str
    results: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCell:
    """The last result of a characteristic on a unit. passed: within its limits. attempts: how often it was taken."""

    shown: str
    number: Decimal | None
    uom: str
    passed: bool
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResults:
    """A unit with its results. cells: by the columns of the grid, None where nothing was taken."""

    unit: str
    attempts: int
    passed: bool
    completed_at: datetime
    cells: tuple[ResultCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsGrid:
    """Units in rows, characteristics in columns. next: where the following page begins, None on the last.

    is_cut: whether there were more characteristics than columns.
    """

    part: str
    operation: str
    columns: tuple[str, ...]
    rows: tuple[UnitResults, ...]
    is_cut: bool
    next: int | None


def measurables(reader: Reader, *, among: int = AMONG) -> list[Measurable]:
    """What was measured lately, by part, operation and characteristic."""
    names = Measured(reader, "")
    counts: Counter[tuple[str, str, str]] = Counter()
    for issuer, part, operation, payload in reader.rows(NEWEST_COMPLETIONS, reader.site.site_id, among):
        for name in names.names(completed(bytes(payload))):
            counts[f"{escaped(issuer)}:{escaped(part)}", operation, name] += 1
    return [
        Measurable(part=part, operation=operation, characteristic=name, results=count)
        for (part, operation, name), count in sorted(counts.items())
    ]


def results_grid(
    reader: Reader, *, part_number: str, operation: str, after: int | None = None, limit: int = 50
) -> ResultsGrid:
    """A page of the grid, the newest units first. Raises Misasked, or NotFound for a part that is not known."""
    part_ids = ids_meant(reader, part_number, SubjectKind.PART, "part")
    if part_ids is None or not operation.strip():
        raise Misasked("a grid is of one part at one operation; name both")
    if len(part_ids) > 1:
        raise Misasked("several parts have that number; write it with its issuer, as ISSUER:NUMBER")
    start = _LAST if after is None else after
    ids = [row[0] for row in reader.rows(UNITS_TESTED, part_ids[0], start, operation.strip(), limit + 1)]
    page = ids[:limit]
    if not page and after is None:
        raise NotFound(f"{operation.strip()} was completed on no unit of this part; check part and operation")
    names = full_names(reader, page)
    rows = reader.rows(TESTS_OF_UNITS, page, operation.strip()) if page else []
    found = list(_taken(reader, rows))
    every = tuple(dict.fromkeys(name for _, _, taken in found for name in taken))
    return ResultsGrid(
        part=part_number,
        operation=operation.strip(),
        columns=every[:COLUMNS_MAX],
        rows=tuple(_row(names[unit_id], runs, taken, every[:COLUMNS_MAX]) for unit_id, runs, taken in found),
        is_cut=len(every) > COLUMNS_MAX,
        next=page[-1] if len(ids) > limit else None,
    )


_OfUnit = tuple[int, list[Row], dict[str, list[Taken]]]


def _taken(reader: Reader, rows: list[Row]) -> Iterator[_OfUnit]:
    """Of each unit: its runs, and by characteristic what was taken, in order."""
    specifications = Specifications(reader)
    for unit_id, of_unit in groupby(rows, key=lambda row: row[0]):
        runs, taken = list(of_unit), dict[str, list[Taken]]()
        for run in runs:
            for one in all_taken(run[3], specifications):
                taken.setdefault(one.characteristic, []).append(one)
        yield unit_id, runs, taken


def all_taken(payload: bytes, specifications: Specifications) -> Iterator[Taken]:
    """Everything that an event tells of, first in full, then packed."""
    found = completed(bytes(payload))
    yield from found.measurements
    if not found.specification:
        return
    for limits, value in found.packed(specifications.characteristics(found.specification)):
        yield Taken(
            characteristic=limits.characteristic,
            value=value,
            uom=limits.uom,
            lower_limit=limits.lower_limit,
            upper_limit=limits.upper_limit,
        )


def _row(unit: str, runs: list[Row], taken: dict[str, list[Taken]], columns: tuple[str, ...]) -> UnitResults:
    _, completed_at, result, _ = runs[-1]
    return UnitResults(
        unit=unit,
        attempts=len(runs),
        passed=result == Result.PASSED,
        completed_at=moment_of(completed_at),
        cells=tuple(_cell(taken[name]) if name in taken else None for name in columns),
    )


def _cell(taken: list[Taken]) -> ResultCell:
    last = taken[-1]
    limits = Characteristic(
        characteristic=last.characteristic, lower_limit=last.lower_limit, upper_limit=last.upper_limit
    )
    within = last.value is None or limits.is_met_by(last.value)
    return ResultCell(
        shown=last.text,
        number=last.value,
        uom=last.uom,
        passed=last.passed is not False and within,
        attempts=len(taken),
    )
