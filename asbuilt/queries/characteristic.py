"""The results of one characteristic at one operation, in the order in which they were taken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.measured import Measured, Taken, completed
from asbuilt.queries.naming import NotFound
from asbuilt.queries.shop_floor import Scope, restricted
from asbuilt.queries.windows import Misasked, Window

NAMES_FROM = 200
"""Results looked at for the characteristics there are, when the one asked for is not among them."""

_CENSORED = re.compile(r"\s*[<>≤≥]")


class Attempts(StrEnum):
    """Which of the times that an operation was done on a unit count."""

    FIRST = "first"
    LAST = "last"
    ALL = "all"


# What was done at one operation in a window (serves spc and commonality); an order is the run's, else the unit's.
COMPLETIONS = """
SELECT run.sequence, run.unit_id, run.station_id, run.completed_at, event.payload, run.result
FROM operation_run AS run CROSS JOIN subject AS unit CROSS JOIN event
LEFT JOIN unit_state ON unit_state.unit_id = run.unit_id
WHERE run.site_id = $1 AND run.completed_at >= $2 AND run.completed_at < $3 AND run.operation = $4
  AND unit.subject_id = run.unit_id AND unit.scope_id = ANY($5)
  AND ($6 = 1 OR run.station_id = ANY($7))
  AND ($8 = 1 OR coalesce(run.work_order_id, unit_state.work_order_id) = ANY($9))
  AND event.sequence = run.sequence
"""
# Only those before which the operation was not done on the unit.
FIRST_COMPLETIONS = f"""{COMPLETIONS}
  AND NOT EXISTS (
    SELECT 1 FROM operation_run AS other
    WHERE other.unit_id = run.unit_id AND other.operation = run.operation
      AND (other.completed_at < run.completed_at
           OR (other.completed_at = run.completed_at AND other.sequence < run.sequence))
  )
"""
# Only those after which, within the window, it was not done again.
LAST_COMPLETIONS = f"""{COMPLETIONS}
  AND NOT EXISTS (
    SELECT 1 FROM operation_run AS other
    WHERE other.unit_id = run.unit_id AND other.operation = run.operation AND other.completed_at < $3
      AND (other.completed_at > run.completed_at
           OR (other.completed_at = run.completed_at AND other.sequence > run.sequence))
  )
"""
_STATEMENTS = {
    Attempts.FIRST: FIRST_COMPLETIONS,
    Attempts.LAST: LAST_COMPLETIONS,
    Attempts.ALL: COMPLETIONS,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits under which values were taken, both inclusive."""

    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Value:
    """A number that was measured: on which unit, where and when, under which limits."""

    completed_at: int
    sequence: int
    unit_id: int
    station_id: int | None
    number: Decimal
    limits: Limits


@dataclass(slots=True)
class Found:
    """What was found of a characteristic.

    results: operations completed. absent: those without any result of it. censored: results such as `<0.01`, which say
    on which side of a number the value lies. not_numeric: other texts, and passed or failed. uoms: of the values.
    resolutions: by limits, the coarsest step of the gauge that the specifications of the values under them name.
    """

    values: list[Value] = field(default_factory=list)
    results: int = 0
    absent: int = 0
    censored: int = 0
    not_numeric: int = 0
    uoms: set[str] = field(default_factory=set)
    resolutions: dict[Limits, Decimal] = field(default_factory=dict)


def found_of(
    reader: Reader, scope: Scope, window: Window, *, characteristic: str, attempts: Attempts, uom: str
) -> Found:
    """All results of a characteristic in a window, in order of time. uom: only those taken in it, '' in any."""
    measured = Measured(reader, characteristic)
    found = Found()
    limits: dict[tuple[Decimal | None, Decimal | None], Limits] = {}
    for sequence, unit_id, station_id, completed_at, payload, _ in completions(reader, scope, window, attempts):
        found.results += 1
        taken = [one for one in measured.of(completed(payload)) if not uom or one.uom == uom]
        found.absent += not taken
        for one in taken:
            if one.value is None:
                _count(found, one)
                continue
            found.uoms.add(one.uom)
            pair = (one.lower_limit, one.upper_limit)
            under = limits.setdefault(pair, Limits(*pair))
            if one.resolution is not None:
                found.resolutions[under] = max(one.resolution, found.resolutions.get(under, one.resolution))
            found.values.append(Value(completed_at, sequence, unit_id, station_id, one.value, under))
    # Sorted here: a database would sort the recorded bytes with it. What one event tells keeps its order.
    found.values.sort(key=lambda value: (value.completed_at, value.sequence))
    return found


def _count(found: Found, one: Taken) -> None:
    if _CENSORED.match(one.text):
        found.censored += 1
    else:
        found.not_numeric += 1


def completions(reader: Reader, scope: Scope, window: Window, attempts: Attempts) -> Iterator[Row]:
    """What was recorded at one operation of some parts in a window, in no order.

    Rows of (sequence, unit id, station id, time, payload, result as judged by us).
    """
    assert scope.part_ids is not None, "work on some parts is looked at"
    return reader.stream(
        _STATEMENTS[attempts],
        reader.site.site_id,
        window.since,
        window.until,
        scope.operation,
        scope.part_ids,
        *restricted(scope.station_ids),
        *restricted(scope.order_ids),
    )


def check_numeric(reader: Reader, scope: Scope, found: Found, *, characteristic: str) -> None:
    """Raise Misasked or NotFound, saying why there is no number to chart, or not one scale."""
    if len(found.uoms) > 1:
        raise Misasked(
            f"{characteristic} was measured in {' and in '.join(sorted(one or 'no uom' for one in found.uoms))}, "
            "which have no scale in common; say in which with uom"
        )
    if found.values:
        return
    if found.not_numeric or found.censored:
        raise Misasked(
            f"{characteristic} is recorded as text, or as passed and failed; a control chart needs numbers "
            "(yield tells how often it passed)"
        )
    if not found.results:
        raise NotFound(
            f"{scope.operation} was completed on no such unit in this time; check part, operation and window"
        )
    names = _names(reader, scope, characteristic)
    told = f"; measured there: {'; '.join(names)}" if names else "; nothing else was measured there either"
    raise NotFound(f"{characteristic} was not measured at {scope.operation} in this time{told}")


def _names(reader: Reader, scope: Scope, characteristic: str) -> list[str]:
    measured = Measured(reader, characteristic)
    rows = islice(completions(reader, scope, scope.window, Attempts.ALL), NAMES_FROM)
    return sorted({name for row in rows for name in measured.names(completed(row[4]))})
