"""What a client is told about each event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from asbuilt.core.rules.rule import Broken


class Outcome(StrEnum):
    """What became of an event."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """Recorded before with the same content; nothing was done again."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The event is in the ledger, durably. record_time: when we took it, UTC."""

    event_id: UUID
    outcome: Outcome
    sequence: int
    record_time: datetime
    subject_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The event is not in the ledger; every rule it breaks, with what to do."""

    event_id: UUID
    broken: tuple[Broken, ...]

    outcome = Outcome.REFUSED


Answer = Acknowledgement | Refusal
