"""Events declared wrong."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.corrections import CorrectionReason
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """That the event at `corrected_sequence` no longer counts; `sequence` is that of the correcting event."""

    sequence: int
    corrected_sequence: int
    reason: CorrectionReason
    explanation: str
    corrective_event_ids: tuple[UUID, ...]
    corrected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event already in the ledger, with its subject and whether it was declared wrong."""

    sequence: int
    event: Event
    subject: Subject
    is_corrected: bool
