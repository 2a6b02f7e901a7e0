"""What was measured of late at the operations of a unit, on units of the same part: the company that a result is in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.queries.measured import Completed, Measured, completed
from asbuilt.queries.naming import Named

RUNS_LOOKED_AT = 2_000
"""Newest operations of the site among which those of the part are looked for: a page must not read a whole table."""

VALUES_MAX = 40
"""Results told of a characteristic."""

# What was done at some operations on units of the same part, the newest first, up to a time (serves the unit page).
RECENT_RUNS = """
SELECT run.operation, run.sequence, run.unit_id
FROM (
    SELECT sequence, unit_id, operation, completed_at FROM operation_run
    WHERE site_id = $1 AND completed_at <= $2 ORDER BY completed_at DESC LIMIT $3
) AS run CROSS JOIN subject AS unit CROSS JOIN subject AS same
WHERE run.operation = ANY($4) AND unit.subject_id = run.unit_id
  AND same.subject_id = $5 AND unit.scope_id = same.scope_id
ORDER BY run.completed_at DESC, run.sequence DESC
"""
# The recorded bytes of some events.
RECENT_EVENTS = "SELECT sequence, payload FROM event WHERE sequence = ANY($1) ORDER BY sequence"


@dataclass(frozen=True, slots=True)
class Recent:
    """Results of one characteristic at one operation, the oldest first, all in `uom`."""

    operation: str
    characteristic: str
    values: tuple[Decimal, ...]
    uom: str


def recent_values(
    reader: Reader, named: Named, wanted: Collection[tuple[str, str]], *, until: datetime
) -> dict[tuple[str, str], Recent]:
    """The last results, up to a time, of (operation, characteristic) on units of the part of a unit.

    Its own are the last; none are told where they are not among those looked at. Results in another uom than the newest
    are left out; so are those that are no numbers.
    """
    operations = sorted({operation for operation, _ in wanted})
    if not operations:
        return {}
    rows = reader.rows(
        RECENT_RUNS, reader.site.site_id, microseconds(until), RUNS_LOOKED_AT, operations, named.subject_id
    )
    chosen: dict[str, list[int]] = {}
    for operation, sequence, unit_id in rows:
        if operation not in chosen and unit_id != named.subject_id:
            continue  # done on another unit after it was last done on this one
        runs = chosen.setdefault(operation, [])
        if len(runs) < VALUES_MAX:
            runs.append(sequence)
    every = sorted(sequence for runs in chosen.values() for sequence in runs)
    events = {row[0]: completed(row[1]) for row in reader.rows(RECENT_EVENTS, every)}
    found = {}
    for operation, characteristic in sorted(wanted):
        done = [events[sequence] for sequence in chosen.get(operation, ())]
        found[operation, characteristic] = _recent(reader, operation, characteristic, done)
    return found


def _recent(reader: Reader, operation: str, characteristic: str, newest_first: list[Completed]) -> Recent:
    measured = Measured(reader, characteristic)
    values: list[Decimal] = []
    uom: str | None = None
    for event in newest_first:
        for taken in measured.of(event):
            if taken.value is None or uom not in (None, taken.uom):
                continue
            uom = taken.uom
            values.append(taken.value)
        if not values:
            break  # when it was last done on this unit, this was not measured
    return Recent(operation, characteristic, tuple(reversed(values)), uom or "")
