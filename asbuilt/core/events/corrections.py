"""History is mended by saying what was wrong with it, never by changing it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from asbuilt.core.events.event import Event, check_given


class CorrectionReason(StrEnum):
    """Why an event is declared wrong. Source: EPCIS 2.0, CBV error reason identifiers."""

    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCorrected(Event):
    """An earlier event was declared wrong: it no longer counts, and stays readable for ever.

    corrective_event_ids: the events that say it right, if any; they may be recorded before or after.
    Source: EPCIS 2.0 section 7.4.1.4 errorDeclaration.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ()

    corrected_event_id: UUID
    reason: CorrectionReason
    explanation: str
    corrective_event_ids: tuple[UUID, ...] = ()

    def check(self) -> None:
        check_given(explanation=self.explanation)
