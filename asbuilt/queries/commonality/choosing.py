"""Which units failed, and which others they are compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.production import Result
from asbuilt.ledger.database import Reader
from asbuilt.queries.characteristic import Attempts, completions
from asbuilt.queries.measured import Measured, Taken, completed
from asbuilt.queries.naming import Ambiguous, NotFound, unit_meant
from asbuilt.queries.shop_floor import Scope, WorkFilter, scope_of
from asbuilt.queries.whereabouts import NAMES
from asbuilt.queries.windows import Misasked, Window
from asbuilt.queries.yields import units_worked_on

FAULTS_SHOWN = 100
"""Faults of a list that are told one by one."""

# The units with a defect of a code, when it was found and by which operation (serves commonality).
UNITS_WITH_DEFECT = """
SELECT defect.unit_id, defect.found_at, defect.operation, unit.scope_id
FROM defect CROSS JOIN subject AS unit
WHERE defect.site_id = $1 AND defect.code = $2 AND defect.found_at >= $3 AND defect.found_at < $4
  AND ($5 = 0 OR defect.settled_sequence IS NULL) AND unit.subject_id = defect.unit_id
  AND ($6 = 1 OR unit.scope_id = ANY($7))
ORDER BY defect.found_at DESC, defect.sequence DESC
"""
# The units of some parts (serves commonality).
UNITS_OF_PARTS = """
SELECT unit.subject_id FROM subject AS unit CROSS JOIN unit_state
WHERE unit.scope_id = ANY($1) AND unit.kind = 3 AND unit_state.unit_id = unit.subject_id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in a list, as written, and the number of its line."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRule:
    """What a failing unit is: exactly one of `units`, `defect` (a code) and `failed` (operation, of part_number).

    controls: the others, by name; empty: all other units of the same parts that came as far. open_only: of defects.
    characteristic: with `failed`: units that were outside its limits there. attempts: first or all (any of them).
    work: part_number, work_order and station of the others; with `failed` of the failing units, too, and with `defect`
    the part_number.
    """

    units: tuple[Line, ...] | None = None
    defect: str = ""
    open_only: bool = False
    failed: str = ""
    characteristic: str = ""
    attempts: Attempts = Attempts.FIRST
    work: WorkFilter = field(default_factory=WorkFilter)
    controls: tuple[Line, ...] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Cases and controls. until: the time at which a unit was judged, after which nothing counts; empty: all counts."""

    cases: frozenset[int]
    controls: frozenset[int]
    until: dict[int, int]

    @property
    def every(self) -> list[int]:
        return sorted(self.cases | self.controls)


def chosen(reader: Reader, rule: CaseRule, window: Window) -> Chosen:
    """Cases and controls. Raises Misasked, saying what is wrong with the question, or NotFound when one is empty."""
    if (rule.units is not None) + bool(rule.defect.strip()) + bool(rule.failed.strip()) != 1:
        raise Misasked("say which units failed in one way: a list of units, a defect code, or a failed operation")
    if rule.characteristic and not rule.failed.strip():
        raise Misasked("characteristic goes with failed: a value is judged where it was measured")
    if rule.units is not None:
        found = _of_list(reader, rule, rule.units, window)
    elif rule.defect.strip():
        found = _of_defect(reader, rule, window)
    else:
        found = _of_operation(reader, rule, window)
    if rule.controls is not None:
        found = _with_controls(found, _ids_of(reader, rule.controls, what="controls"), rule.controls)
    if not found.cases:
        raise NotFound("no unit failed so; check the names and the window")
    if not found.controls:
        raise NotFound("there is no other unit to compare with; widen the window, or give controls")
    return found


def _of_list(reader: Reader, rule: CaseRule, lines: Sequence[Line], window: Window) -> Chosen:
    cases = frozenset(_ids_of(reader, lines, what="cases"))
    if rule.controls is not None or not cases:
        return Chosen(cases, frozenset(), {})
    parts = sorted({row[1] for row in reader.rows(NAMES, sorted(cases))})
    scope = replace(scope_of(reader, rule.work, window), part_ids=parts)
    # Without any restriction also units on which nothing was completed yet are others of the same part.
    restricts = window.first is not None or window.end is not None or rule.work.work_order or rule.work.station
    found = units_worked_on(reader, scope) if restricts else [row[0] for row in reader.rows(UNITS_OF_PARTS, parts)]
    return Chosen(cases, frozenset(found) - cases, {})


def _of_defect(reader: Reader, rule: CaseRule, window: Window) -> Chosen:
    scope = scope_of(reader, rule.work, window)
    parts = scope.part_ids
    rows = reader.rows(
        UNITS_WITH_DEFECT, reader.site.site_id, rule.defect.strip(), window.since, window.until,
        int(rule.open_only), int(parts is None), parts or [],
    )  # fmt: skip
    until = {row[0]: row[1] for row in rows}
    cases = frozenset(until)
    of_parts = sorted({row[3] for row in rows})
    operations = sorted({row[2] for row in rows})
    if "" in operations:
        # Found outside an operation: nothing says how far another unit has to have come to be judged too.
        others = frozenset(row[0] for row in reader.rows(UNITS_OF_PARTS, of_parts))
        return Chosen(cases, others - cases, {})
    for operation in operations:
        judged = replace(scope, operation=operation, part_ids=of_parts)
        for row in completions(reader, judged, window, Attempts.ALL):
            if row[1] not in cases:
                until[row[1]] = max(until.get(row[1], row[3]), row[3])
    return Chosen(cases, frozenset(until) - cases, until)


def _of_operation(reader: Reader, rule: CaseRule, window: Window) -> Chosen:
    """All units that were judged there in the window; those that failed are the cases."""
    work = replace(rule.work, operation=rule.failed)
    if not work.part_number.strip():
        raise Misasked("part_number is missing; units of one part are compared, at an operation that failed them")
    scope: Scope = scope_of(reader, work, window)
    measured = Measured(reader, rule.characteristic.strip()) if rule.characteristic.strip() else None
    failed: dict[int, int] = {}
    passed: dict[int, int] = {}
    for _, unit, _, at, payload, result in completions(reader, scope, window, rule.attempts):
        fails = result == Result.FAILED if measured is None else _is_outside(measured.of(completed(payload)))
        if fails:
            failed[unit] = min(failed.get(unit, at), at)
        elif fails is not None:
            passed[unit] = max(passed.get(unit, at), at)
    return Chosen(frozenset(failed), frozenset(passed) - frozenset(failed), {**passed, **failed})


def _is_outside(taken: Iterable[Taken]) -> bool | None:
    """Whether a result is outside its limits, or failed by word; None where nothing was measured."""
    found = None
    for one in taken:
        limits = Characteristic(
            characteristic=one.characteristic, lower_limit=one.lower_limit, upper_limit=one.upper_limit
        )
        found = found or one.passed is False or (one.value is not None and not limits.is_met_by(one.value))
    return found


def _with_controls(found: Chosen, controls: dict[int, Line], lines: Sequence[Line]) -> Chosen:
    both = [line for unit, line in controls.items() if unit in found.cases]
    if both:
        raise Misasked(f"{len(both)} controls are cases, too; take them from one of the lists: {_told(both)}")
    if not lines:
        raise Misasked("the list of controls is empty; leave it out to compare with all other units of the same parts")
    # Nobody said when these were judged, so nothing is cut off: to cut one side only would make differences.
    return Chosen(found.cases, frozenset(controls), {})


def _ids_of(reader: Reader, lines: Sequence[Line], *, what: str) -> dict[int, Line]:
    """The units of a list. Raises Misasked with every line that names none, or several."""
    if not lines and what == "cases":
        raise Misasked("the list of cases is empty; give one unit a line")
    found: dict[int, Line] = {}
    wrong: list[Line] = []
    for line in lines:
        try:
            found.setdefault(unit_meant(reader, line.text).subject_id, line)
        except (NotFound, Ambiguous):
            wrong.append(line)
    if wrong:
        raise Misasked(
            f"{len(wrong)} of {len(lines)} {what} name no unit, or several; write issuer:part/serial: {_told(wrong)}"
        )
    return found


def _told(lines: Sequence[Line]) -> str:
    shown = ", ".join(f"line {line.number} {line.text!r}" for line in lines[:FAULTS_SHOWN])
    return f"{shown} and {len(lines) - FAULTS_SHOWN} more" if len(lines) > FAULTS_SHOWN else shown
