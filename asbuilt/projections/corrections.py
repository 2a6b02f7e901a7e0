"""correction, and the recorded events and histories that corrections need."""

import json
from collections.abc import Iterable
from uuid import UUID

from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states.records.corrections import Correction, RecordedEvent
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, time_of

CORRECTION = Table(
    "correction",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("corrected_sequence", "bigint"),
        ("reason", "text"),
        ("explanation", "text"),
        ("corrective_event_ids", "text"),
        ("corrected_at", "bigint"),
    ),
)

END_OF_LEDGER = 2**62
"""A sequence that no event reaches."""

# Reads the events that a batch corrects, and whether they were corrected before.
CORRECTED_EVENTS = """
SELECT event.sequence, event.subject_id, event.payload, correction.sequence IS NOT NULL
FROM event LEFT JOIN correction ON correction.corrected_sequence = event.sequence
WHERE event.sequence = ANY($1)
"""
# Reads the events that count of one unit, in order (serves folding it again without a corrected one).
HISTORY = """
SELECT event.sequence, event.subject_id, event.payload
FROM event LEFT JOIN correction ON correction.corrected_sequence = event.sequence
WHERE correction.sequence IS NULL AND event.event_type <> 'EventCorrected' AND event.sequence IN (
    SELECT sequence FROM event WHERE subject_id = $1 AND sequence < $2
    UNION SELECT sequence FROM event_subject WHERE subject_id = $1 AND sequence < $2
)
ORDER BY event.sequence
"""


def correction_row(correction: Correction, ids: Ids, site_id: int) -> Row:
    return (
        correction.sequence,
        site_id,
        correction.corrected_sequence,
        correction.reason.value,
        correction.explanation,
        json.dumps([str(event_id) for event_id in correction.corrective_event_ids]),
        time_of(correction.corrected_at),
    )


def load_corrected_events(loading: Loading, event_ids: Iterable[UUID]) -> list[RecordedEvent]:
    """Read the events that a batch corrects into Known, and give them."""
    stored = loading.reader.recorded(list(event_ids))
    rows = loading.reader.rows(CORRECTED_EVENTS, sorted(one.sequence for one in stored.values()))
    return [_remembered(loading, row[:3], is_corrected=bool(row[3])) for row in rows]


def load_history(loading: Loading, unit: Unit, unit_id: int, *, before: int) -> None:
    """Read the events that count of a unit, up to a sequence, into Known."""
    rows = loading.reader.rows(HISTORY, unit_id, before)
    names = loading.named(row[1] for row in rows)
    loading.known.histories[unit] = [
        RecordedEvent(sequence=sequence, event=stored_event(payload), subject=names[subject_id], is_corrected=False)
        for sequence, subject_id, payload in rows
    ]


def _remembered(loading: Loading, row: Row, *, is_corrected: bool) -> RecordedEvent:
    sequence, subject_id, payload = row
    event = stored_event(payload)
    subject = loading.named([subject_id])[subject_id]
    found = RecordedEvent(sequence=sequence, event=event, subject=subject, is_corrected=is_corrected)
    loading.known.recorded[event.event_id] = found
    return found


PROJECTIONS: tuple[Projection, ...] = (
    Projection(CORRECTION, lambda known: known.corrections, correction_row, by_sequence),
)
