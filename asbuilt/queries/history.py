"""What happened to a unit or lot, in the order in which it was recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from asbuilt.ledger.codec import as_uuid, moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.identity import merged_into
from asbuilt.queries.naming import Named, spelled

PAGE = 500
LATE_AFTER_S = 5
"""An event taken this much after (or before) it happened is flagged."""

# One page of the history of a unit or lot: what is about it, and what concerns it.
HISTORY = """
SELECT event.sequence, event.event_id, event.event_type, event.event_time, event.record_time, event.actor, event.source,
       event.subject_id, event.subject_version, event.payload, subject.kind, subject.name, part.name, issuer.name,
       operation_run.result, operation_run.started_at,
       wrong.event_id, correction.reason, correction.explanation,
       CASE WHEN page.is_own = 1 THEN $1 ELSE page.record_id END,
       (SELECT count(*) FROM operation_run AS before WHERE before.unit_id = operation_run.unit_id
        AND before.operation = operation_run.operation AND before.sequence <= operation_run.sequence)
FROM (
    SELECT found.sequence, max(CASE WHEN found.subject_id = $1 THEN 1 ELSE 0 END) AS is_own,
           min(found.subject_id) AS record_id
    FROM (
        SELECT sequence, subject_id FROM event WHERE subject_id = ANY($4) AND sequence > $2
        UNION ALL
        SELECT sequence, subject_id FROM event_subject WHERE subject_id = ANY($4) AND sequence > $2
    ) AS found
    GROUP BY found.sequence ORDER BY found.sequence LIMIT $3
) AS page
JOIN event ON event.sequence = page.sequence
JOIN subject ON subject.subject_id = event.subject_id
LEFT JOIN subject AS part ON part.subject_id = subject.scope_id
LEFT JOIN subject AS issuer ON issuer.subject_id = part.scope_id
LEFT JOIN operation_run ON operation_run.sequence = event.sequence
LEFT JOIN correction ON correction.corrected_sequence = event.sequence
LEFT JOIN event AS wrong ON wrong.sequence = correction.sequence
ORDER BY event.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """An event in the history of a unit or lot.

    role: `subject` when the event is about it, `concerned` when it is about `subject`, of which it is a component or
    material. result, started_at and attempt (1 is the first, in the order of recording): of a completed operation that
    counts. corrected_by: the event that declares this one wrong.
    recorded_as: the record it was recorded for, where that was merged into this one later.
    is_late: recorded more than five seconds after it happened, or before. event: as it was sent.
    """

    sequence: int
    event_id: UUID
    type: str
    event_time: datetime
    record_time: datetime
    actor: str
    operator: str
    source: str
    role: str
    subject: str
    subject_version: int
    recorded_as: str
    result: str
    started_at: datetime | None
    attempt: int | None
    corrected_by: UUID | None
    correction_reason: str
    correction_explanation: str
    is_late: bool
    event: dict[str, Any]


def history(reader: Reader, named: Named, *, after: int = 0, limit: int | None = None) -> Iterator[HistoryEntry]:
    """The history of a unit or lot, oldest first, after a sequence; all of it unless limited."""
    merged = merged_into(reader, named.subject_id)
    records = [named.subject_id, *merged]
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = reader.rows(HISTORY, named.subject_id, after, size, records)
        for row in rows:
            yield _entry(row, records, merged)
        if len(rows) < size:
            return
        after = rows[-1][0]
        left = None if left is None else left - len(rows)


def _entry(row: Row, records: list[int], merged: dict[int, str]) -> HistoryEntry:
    event_time, record_time = moment_of(row[3]), moment_of(row[4])
    event = msgspec.json.decode(row[9])
    return HistoryEntry(
        sequence=row[0],
        event_id=as_uuid(row[1]),
        type=row[2],
        event_time=event_time,
        record_time=record_time,
        actor=row[5],
        operator=event.get("operator", ""),
        source=row[6],
        role="subject" if row[7] in records else "concerned",
        subject=row[11] if row[13] is None else spelled(row[13], row[12], row[11]),
        subject_version=row[8],
        recorded_as=merged.get(row[19], ""),
        result=row[14] or "",
        started_at=None if row[15] is None else moment_of(row[15]),
        attempt=row[20] or None,
        corrected_by=None if row[16] is None else as_uuid(row[16]),
        correction_reason=row[17] or "",
        correction_explanation=row[18] or "",
        is_late=abs((record_time - event_time).total_seconds()) > LATE_AFTER_S,
        event=event,
    )
