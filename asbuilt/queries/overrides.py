"""What was done in spite of the interlock: by whom, why, and which rules were against it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asbuilt.core.events.production import BrokenRule, InterlockOverridden, Phase
from asbuilt.ledger.codec import moment_of, stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.naming import spelled
from asbuilt.queries.windows import END

_OVERRIDE_COLUMNS = """
SELECT issuer.name, part.name, subject.name, station.name, override.rules, override.overridden_at, event.actor,
       event.payload, correction.sequence
FROM interlock_override AS override CROSS JOIN subject CROSS JOIN subject AS part
CROSS JOIN subject AS issuer CROSS JOIN event
LEFT JOIN subject AS station ON station.subject_id = override.station_id
LEFT JOIN event AS work ON work.site_id = override.site_id AND work.event_id = override.overridden_event_id
LEFT JOIN correction ON correction.corrected_sequence = work.sequence
"""
_NAMED = """
  AND subject.subject_id = override.subject_id AND part.subject_id = subject.scope_id
  AND issuer.subject_id = part.scope_id
  AND event.sequence = override.sequence
"""
# The overrides in a time window (serves the list beside the refusals).
OVERRIDES = f"""{_OVERRIDE_COLUMNS}
WHERE override.site_id = $1 AND override.overridden_at >= $2 AND override.overridden_at < $3
  AND ($4 = '' OR override.operation = $4) AND ($5 = 1 OR override.station_id = ANY($6)) AND override.rules LIKE $7
  AND ($8 = 1 OR subject.scope_id = ANY($9)) {_NAMED}
ORDER BY override.overridden_at, override.sequence
"""
# The records that were merged into some units (serves as-built).
MERGED_RECORDS = "SELECT duplicate_id FROM merged_unit WHERE unit_id = ANY($1)"
# Every override on some units or lots (serves their pages and as-built).
OVERRIDES_OF = f"""{_OVERRIDE_COLUMNS}
WHERE override.subject_id = ANY($1) AND override.overridden_at <= $2 {_NAMED}
ORDER BY override.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideView:
    """An operation that was recorded in spite of the interlock. by: who answers for it. reason: as given.

    unit, or lot and how much of it: what it was done to. rules, reasons: what was overridden. is_corrected: whether the
    operation was declared wrong since.
    """

    overridden_at: datetime
    unit: str
    lot: str
    quantity: Decimal | None
    operation: str
    phase: Phase
    station: str
    operator: str
    by: str
    reason: str
    rules: tuple[str, ...]
    reasons: tuple[BrokenRule, ...]
    overridden_event_id: UUID
    is_corrected: bool


def overrides_in(reader: Reader, values: tuple[object, ...]) -> list[OverrideView]:
    """The overrides that a window, and what else is asked of refusals, lets pass; oldest first."""
    return [_override(row) for row in reader.rows(OVERRIDES, *values)]


def overrides_of(reader: Reader, records: Sequence[int], *, until: int = END) -> tuple[OverrideView, ...]:
    """Every override on some records of units or lots, up to a time (microseconds since 1970), as recorded."""
    return tuple(_override(row) for row in reader.rows(OVERRIDES_OF, list(records), until)) if records else ()


def overrides_in_tree(reader: Reader, unit_ids: Sequence[int], *, until: int) -> tuple[OverrideView, ...]:
    """The same of units and of the records that were merged into them."""
    merged = [duplicate_id for (duplicate_id,) in reader.rows(MERGED_RECORDS, list(unit_ids))] if unit_ids else []
    return overrides_of(reader, [*unit_ids, *merged], until=until)


def _override(row: Row) -> OverrideView:
    event = stored_event(bytes(row[7]))
    assert isinstance(event, InterlockOverridden), "a row of interlock_override is of an override"
    return OverrideView(
        overridden_at=moment_of(row[5]),
        unit=spelled(row[0], row[1], row[2]) if event.unit is not None else "",
        lot=spelled(row[0], row[1], row[2]) if event.lot is not None else "",
        quantity=event.quantity,
        operation=event.operation,
        phase=event.phase,
        station=row[3] or "",
        operator=event.operator,
        by=row[6],
        reason=event.reason,
        rules=tuple(json.loads(row[4])),
        reasons=event.reasons,
        overridden_event_id=event.overridden_event_id,
        is_corrected=row[8] is not None,
    )
