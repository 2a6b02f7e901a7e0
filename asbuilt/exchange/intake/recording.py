"""Hands events to the capture door, in transactions of a useful size, and notes the answers.

An event made from a document has an id derived from the site and the event's own content, or from the name of the
statement it comes from. So the same statement makes the same event in every run, from every file, in every order, and
comes back as repeated; and no id ever stands for two contents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from asbuilt.capture.answers import Acknowledgement, Answer, Outcome, Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.intake.findings import Concern, Place, Remarks
from asbuilt.ledger.codec import Captured, Malformed, captured
from asbuilt.ledger.database import Database, Site

EVENTS_PER_TRANSACTION = 1_000

NO_ID = UUID(int=0)
_NAMESPACE = UUID("7c1b1e0e-8d5c-5d0a-9d1e-2f6f0f7a4c11")


@dataclass(frozen=True, slots=True)
class Pending:
    """An event to be recorded, and the place in the documents it comes from."""

    captured: Captured
    place: Place

    @property
    def event_id(self) -> UUID:
        return self.captured.event.event_id


@dataclass(frozen=True, slots=True)
class Recorder:
    """Where events go to: a site of a database, in the name of an actor."""

    database: Database
    site: Site
    actor: ActorName
    clock: Callable[[], datetime]
    findings: Remarks

    def prepared(self, event: Event, place: Place, *, identity: str = "") -> Pending | None:
        """An event with its id; None when it cannot be, which is then refused.

        identity: what the id is derived from, when that is not the content of the event: the name of a statement that
        is only made once, whatever is understood of it.
        """
        try:
            identity = identity or captured(event).payload.decode()
            return Pending(captured(replace(event, event_id=self.id_of(identity))), place)
        except Malformed as problem:
            self.findings.refuse(place, Concern.TEXT, str(problem))
            return None

    def id_of(self, identity: str) -> UUID:
        """The event id that stands for an identity at this site."""
        return uuid5(_NAMESPACE, f"{self.site.name}\n{identity}")

    def record(self, pending: Sequence[Pending]) -> list[Answer]:
        """Record events in this order and note what is refused."""
        answers = self.answers(pending)
        for one, answer in zip(pending, answers, strict=True):
            if isinstance(answer, Refusal):
                self.note_refusal(one, answer)
        return answers

    def answers(self, pending: Sequence[Pending]) -> list[Answer]:
        """Record events in this order and count them; refusals are left to the caller."""
        answers: list[Answer] = []
        for start in range(0, len(pending), EVENTS_PER_TRANSACTION):
            some = pending[start : start + EVENTS_PER_TRANSACTION]
            submission = Submission(events=tuple(one.captured for one in some), actor=self.actor)
            (given,) = capture(self.database, self.site, [submission], now=self.clock())
            answers.extend(given)
        recorded = sum(isinstance(answer, Acknowledgement) and answer.outcome is Outcome.RECORDED for answer in answers)
        self.findings.recorded += recorded
        self.findings.repeated += sum(isinstance(answer, Acknowledgement) for answer in answers) - recorded
        return answers

    def note_refusal(self, one: Pending, answer: Refusal) -> None:
        for broken in answer.broken:
            self.findings.refuse(one.place, broken.rule, broken.reason)
