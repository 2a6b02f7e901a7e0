"""What the floor makes, how much of it right the first time, how long it takes. Definitions: docs/concepts/yield.md."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from math import prod

from asbuilt.core.events.production import Result
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.queries.attempts import Attempt, Run, attempts_of
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.durations import durations
from asbuilt.queries.lot_pareto import LotDefectCount, lot_pareto
from asbuilt.queries.lot_yields import LotRunDone, LotYield, lot_yields
from asbuilt.queries.naming import escaped
from asbuilt.queries.pareto import SHARE_PLACES, DefectCount, Pareto
from asbuilt.queries.shop_floor import Scope, WorkFilter, restricted, scope_of
from asbuilt.queries.stuck import StuckUnit, stuck_units, subject_names
from asbuilt.queries.whereabouts import PARTS
from asbuilt.queries.windows import SHIFTS, Misasked, Window, day_of, shift_of, shifts_of

CHUNK = 500
HOUR_S = 3600
STUCK_AFTER_H = 24
"""Hours without an event after which a unit is stuck, when nobody says."""

# Which units were worked on in a window (serves yield and commonality); an order is that of the run, else of the unit.
UNITS_WORKED_ON = """
SELECT DISTINCT run.unit_id FROM operation_run AS run CROSS JOIN subject AS unit
LEFT JOIN unit_state ON unit_state.unit_id = run.unit_id
WHERE run.site_id = $1 AND run.completed_at >= $2 AND run.completed_at < $3 AND ($4 = '' OR run.operation = $4)
  AND unit.subject_id = run.unit_id AND ($5 = 1 OR unit.scope_id = ANY($6))
  AND ($7 = 1 OR run.station_id = ANY($8))
  AND ($9 = 1 OR coalesce(run.work_order_id, unit_state.work_order_id) = ANY($10))
ORDER BY run.unit_id
"""
# All that was done on some units before a time, in order.
RUNS_OF_UNITS = """
SELECT run.unit_id, unit.scope_id, run.operation, run.station_id,
       coalesce(run.work_order_id, unit_state.work_order_id), run.started_at, run.completed_at, run.result, run.sequence
FROM operation_run AS run CROSS JOIN subject AS unit
LEFT JOIN unit_state ON unit_state.unit_id = run.unit_id
WHERE run.unit_id = ANY($1) AND run.completed_at < $2 AND unit.subject_id = run.unit_id
ORDER BY run.unit_id, run.completed_at, run.sequence
"""


class GroupBy(StrEnum):
    """By what counts are kept apart, besides part and operation."""

    NOTHING = "none"
    DAY = "day"
    SHIFT = "shift"
    STATION = "station"
    WORK_ORDER = "work-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldQuestion:
    """What is counted. last_operation: a unit that passed it is finished. shifts: when they begin."""

    work: WorkFilter
    group_by: GroupBy = GroupBy.NOTHING
    shifts: tuple[str, ...] = SHIFTS
    last_operation: str = ""
    stuck_after_h: int = STUCK_AFTER_H


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationYield:
    """An operation on a part. attempts: completed, failed_attempts of them failed. units: units_passed of them passed.

    first_attempts: units on which it was done for the first time; of these first_passed passed then, and finally_passed
    by the end of the window. cycle: from start to completion. waiting: before the start.
    """

    group: str
    part: str
    operation: str
    attempts: int
    failed_attempts: int
    units: int
    units_passed: int
    first_attempts: int
    first_passed: int
    first_pass_yield: Decimal | None
    finally_passed: int
    final_yield: Decimal | None
    cycle_count: int
    cycle_mean_s: Decimal | None
    cycle_median_s: Decimal | None
    cycle_p95_s: Decimal | None
    waiting_count: int
    waiting_mean_s: Decimal | None
    waiting_median_s: Decimal | None
    waiting_p95_s: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartYield:
    """A part. rolled_throughput_yield: the product of the first-pass yields of `operations` operations.

    finished_units: those that passed the last operation; None when nobody says which that is.
    """

    group: str
    part: str
    units: int
    finished_units: int | None
    operations: int
    rolled_throughput_yield: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldReport:
    """What was made in a window, as it is known at `as_of`."""

    since: datetime | None
    until: datetime | None
    zone: str
    as_of: datetime
    group_by: GroupBy
    stuck_after_h: int
    parts: list[PartYield] = field(default_factory=list)
    operations: list[OperationYield] = field(default_factory=list)
    lots: list[LotYield] = field(default_factory=list)
    lot_defects: list[LotDefectCount] = field(default_factory=list)
    defects: list[DefectCount] = field(default_factory=list)
    stuck: list[StuckUnit] = field(default_factory=list)


@dataclass(slots=True)
class _Cell:
    """The counts of one operation on one part in one group. Attempts come unit by unit."""

    attempts: int = 0
    failed: int = 0
    units: int = 0
    units_passed: int = 0
    first: int = 0
    first_passed: int = 0
    finally_passed: int = 0
    took: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    last_unit: int | None = None
    last_unit_passed: int | None = None

    def add(self, attempt: Attempt) -> None:
        run = attempt.run
        self.attempts += 1
        self.failed += not run.passed
        self.units += self.last_unit != run.unit_id
        self.last_unit = run.unit_id
        if run.passed:
            self.units_passed += self.last_unit_passed != run.unit_id
            self.last_unit_passed = run.unit_id
        if attempt.is_first:
            self.first += 1
            self.first_passed += run.passed
            self.finally_passed += attempt.passed_at_last
        if attempt.took is not None:
            self.took.append(attempt.took)
        if attempt.waited is not None:
            self.waited.append(attempt.waited)


@dataclass(slots=True)
class _PartCell:
    """The units of one part in one group."""

    units: int = 0
    last_unit: int | None = None


@dataclass(slots=True)
class _Counted:
    """Everything counted: by (group, part, operation), by (group, part), and the last run of each unit."""

    cells: dict[tuple[str, int, str], _Cell] = field(default_factory=dict)
    parts: dict[tuple[str, int], _PartCell] = field(default_factory=dict)
    last_runs: dict[int, Run] = field(default_factory=dict)


def yield_report(reader: Reader, wanted: YieldQuestion, window: Window, *, now: datetime) -> YieldReport:
    """Throughput, yields, defects, stuck units and times. Raises Misasked, or NotFound for an unknown name."""
    if wanted.stuck_after_h < 0:
        raise Misasked(f"stuck_after_h is {wanted.stuck_after_h}; it is a number of hours")
    scope = scope_of(reader, wanted.work, window)
    pareto = Pareto(reader)
    group_of = _grouping(reader, wanted, window)
    counted = _counted(reader, scope, group_of, pareto)
    at = microseconds(now)
    return YieldReport(
        since=window.first,
        until=window.end,
        zone=window.zone_name,
        as_of=now,
        group_by=wanted.group_by,
        stuck_after_h=wanted.stuck_after_h,
        parts=_parts(reader, counted, wanted.last_operation.strip()),
        operations=_operations(reader, counted),
        lots=lot_yields(reader, scope, group_of),
        lot_defects=lot_pareto(reader, scope),
        defects=pareto.ranked(),
        stuck=stuck_units(
            reader,
            scope,
            counted.last_runs,
            before=min(window.until, at - wanted.stuck_after_h * HOUR_S * 10**6),
            now=at,
            last_operation=wanted.last_operation.strip(),
        ),
    )


def _grouping(reader: Reader, wanted: YieldQuestion, window: Window) -> Callable[[Run | LotRunDone], str]:
    """The group to which a run belongs."""
    starts: tuple[time, ...] = shifts_of(wanted.shifts)
    names: dict[int | None, str] = {None: ""}

    def name(subject_id: int | None) -> str:
        if subject_id not in names:
            names.update(subject_names(reader, [subject_id]))
        return names[subject_id]

    return {
        GroupBy.NOTHING: lambda _: "",
        GroupBy.DAY: lambda run: day_of(run.completed_at, window.zone),
        GroupBy.SHIFT: lambda run: shift_of(run.completed_at, window.zone, starts),
        GroupBy.STATION: lambda run: name(run.station_id),
        GroupBy.WORK_ORDER: lambda run: name(run.order_id),
    }[wanted.group_by]


def _counted(reader: Reader, scope: Scope, group_of: Callable[[Run], str], pareto: Pareto) -> _Counted:
    counted = _Counted()
    ids = units_worked_on(reader, scope)
    for start in range(0, len(ids), CHUNK):
        failed: list[Run] = []
        for unit_id, runs in groupby(_runs(reader, scope, ids[start : start + CHUNK]), key=lambda run: run.unit_id):
            of_unit = list(runs)
            if _is_meant(of_unit[-1], scope):
                counted.last_runs[unit_id] = of_unit[-1]
            for attempt in attempts_of(of_unit):
                run = attempt.run
                if not _is_meant(run, scope):
                    continue
                group = group_of(run)
                counted.cells.setdefault((group, run.part_id, run.operation), _Cell()).add(attempt)
                part = counted.parts.setdefault((group, run.part_id), _PartCell())
                part.units += part.last_unit != unit_id
                part.last_unit = unit_id
                if not run.passed:
                    failed.append(run)
        pareto.add(failed)
    return counted


def units_worked_on(reader: Reader, scope: Scope) -> list[int]:
    """The units on which the work that is meant was completed in the window."""
    rows = reader.rows(
        UNITS_WORKED_ON,
        reader.site.site_id,
        scope.window.since,
        scope.window.until,
        scope.operation,
        *restricted(scope.part_ids),
        *restricted(scope.station_ids),
        *restricted(scope.order_ids),
    )
    return [unit_id for (unit_id,) in rows]


def _runs(reader: Reader, scope: Scope, unit_ids: list[int]) -> Iterator[Run]:
    for row in reader.rows(RUNS_OF_UNITS, unit_ids, scope.window.until):
        unit_id, part_id, operation, station_id, order_id, started_at, completed_at, result, sequence = row
        passed = result == Result.PASSED
        yield Run(unit_id, part_id, operation, station_id, order_id, started_at, completed_at, passed, sequence)


def _is_meant(run: Run, scope: Scope) -> bool:
    """Whether a run is in the window and of what is asked; its unit is of a part that is."""
    return (
        scope.window.holds(run.completed_at)
        and scope.operation in ("", run.operation)
        and (scope.station_ids is None or run.station_id in scope.station_ids)
        and (scope.order_ids is None or run.order_id in scope.order_ids)
    )


def _operations(reader: Reader, counted: _Counted) -> list[OperationYield]:
    parts = _part_names(reader, counted)
    rows = ((group, parts[part_id], operation, cell) for (group, part_id, operation), cell in counted.cells.items())
    return [_operation(*row) for row in sorted(rows, key=lambda row: row[:3])]


def _operation(group: str, part: str, operation: str, cell: _Cell) -> OperationYield:
    cycle, waiting = durations(cell.took), durations(cell.waited)
    return OperationYield(
        group=group,
        part=part,
        operation=operation,
        attempts=cell.attempts,
        failed_attempts=cell.failed,
        units=cell.units,
        units_passed=cell.units_passed,
        first_attempts=cell.first,
        first_passed=cell.first_passed,
        first_pass_yield=_share(cell.first_passed, cell.first),
        finally_passed=cell.finally_passed,
        final_yield=_share(cell.finally_passed, cell.first),
        cycle_count=cycle.count,
        cycle_mean_s=cycle.mean_s,
        cycle_median_s=cycle.median_s,
        cycle_p95_s=cycle.p95_s,
        waiting_count=waiting.count,
        waiting_mean_s=waiting.mean_s,
        waiting_median_s=waiting.median_s,
        waiting_p95_s=waiting.p95_s,
    )


def _share(some: int, of_all: int) -> Decimal | None:
    return rounded(Fraction(some, of_all), SHARE_PLACES) if of_all else None


def _parts(reader: Reader, counted: _Counted, last_operation: str) -> list[PartYield]:
    names = _part_names(reader, counted)
    firsts: dict[tuple[str, int], list[Fraction]] = {}
    for (group, part_id, _), cell in counted.cells.items():
        if cell.first:
            firsts.setdefault((group, part_id), []).append(Fraction(cell.first_passed, cell.first))
    found = []
    for (group, part_id), part in counted.parts.items():
        yields = firsts.get((group, part_id), [])
        last = counted.cells.get((group, part_id, last_operation), _Cell())
        found.append(
            PartYield(
                group=group,
                part=names[part_id],
                units=part.units,
                finished_units=last.units_passed if last_operation else None,
                operations=len(yields),
                rolled_throughput_yield=rounded(prod(yields, start=Fraction(1)), SHARE_PLACES) if yields else None,
            )
        )
    return sorted(found, key=lambda part: (part.group, part.part))


def _part_names(reader: Reader, counted: _Counted) -> dict[int, str]:
    ids = sorted({part_id for _, part_id in counted.parts})
    return {row[0]: f"{escaped(row[1])}:{escaped(row[2])}" for row in reader.rows(PARTS, ids)} if ids else {}
