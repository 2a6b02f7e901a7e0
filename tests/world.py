"""The language in which tests tell what happens on the floor.

    world.unit("PUMP-200/1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    assert world.refusals(ComponentInstalled, "PUMP-200/2", component="PCB-10/7") == ["GEN-001"]

The first name after the event type is what the event is about. Names are written as text. Time goes on by a minute
with every event.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from types import UnionType
from typing import Any, get_args, get_type_hints
from uuid import UUID

from asbuilt.capture.answers import Acknowledgement, Answer, Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.core.events.corrections import CorrectionReason, EventCorrected
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import WorkOrderReleased
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Lot, Part, Subject, Unit, WorkOrder, lot_named, part_named, unit_named
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Database, Site
from asbuilt.queries import as_built as as_built_query
from asbuilt.queries import defects as defect_query
from asbuilt.queries import history as history_query
from asbuilt.queries import lots as lot_query
from asbuilt.queries import units as unit_query
from asbuilt.queries import where_used as where_used_query
from asbuilt.queries.naming import lot_meant, unit_meant, unit_or_lot_meant

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""When the early shift begins in every test."""

MINUTE = timedelta(minutes=1)
ACTOR = ActorName("anna")

_IN_PART = {Unit: unit_named, Lot: lot_named, Part: part_named}


class World:
    """One plant, its clock, and what is known of it."""

    def __init__(self, database: Database, site: Site) -> None:
        self.database = database
        self.site = site
        self.now = START
        self._ids = (UUID(int=(site.site_id << 64) + number) for number in count(1))
        self._declared: set[Subject] = set()

    # What is there

    def part(self, part_number: str, **fields: Any) -> Part:
        """Define a part."""
        part = part_named(part_number, own_issuer=self.site.issuer)
        self.captures(PartDefined, part, **fields)
        self._declared.add(part)
        return part

    def unit(self, name: str, **fields: Any) -> Unit:
        """Commission a unit, and define its part when that was not done."""
        unit = unit_named(name, own_issuer=self.site.issuer)
        self._need(unit.part, Tracking.SERIALIZED)
        self.captures(UnitCommissioned, unit, **fields)
        return unit

    def units(self, *names: str) -> None:
        for name in names:
            self.unit(name)

    def lot(self, name: str, **fields: Any) -> Lot:
        """Define a lot, and its part when that was not done."""
        lot = lot_named(name, own_issuer=self.site.issuer)
        self._need(lot.part, Tracking.LOT)
        self.captures(LotDefined, lot, **fields)
        self._declared.add(lot)
        return lot

    def order(
        self, name: str, *, part: str, quantity: int = 100, tracking: Tracking = Tracking.SERIALIZED
    ) -> WorkOrder:
        """Release a work order, and define its part when that was not done."""
        self._need(part_named(part, own_issuer=self.site.issuer), tracking)
        self.captures(WorkOrderReleased, name, part=part, quantity=quantity)
        return WorkOrder(name)

    def _need(self, part: Part, tracking: Tracking) -> None:
        if part not in self._declared:
            self.part(str(part), tracking=tracking)

    # What happens

    def captures(self, event_type: type[Event], subject: Any = None, /, **fields: Any) -> Event:
        """Record an event; it is an error when that is refused."""
        event = self.event(event_type, subject, **fields)
        (answer,) = self.submit(event)
        assert isinstance(answer, Acknowledgement), f"{event} was refused: {answer}"
        return event

    def refusals(self, event_type: type[Event], subject: Any = None, /, **fields: Any) -> list[str]:
        """The numbers of the rules that an event breaks; it is an error when it is recorded."""
        return [one.rule for one in self.refused(event_type, subject, **fields).broken]

    def reason(self, event_type: type[Event], subject: Any = None, /, **fields: Any) -> str:
        """What the operator is told when an event is refused."""
        return "; ".join(one.reason for one in self.refused(event_type, subject, **fields).broken)

    def refused(self, event_type: type[Event], subject: Any = None, /, **fields: Any) -> Refusal:
        event = self.event(event_type, subject, **fields)
        (answer,) = self.submit(event)
        assert isinstance(answer, Refusal), f"{event} was recorded: {answer}"
        return answer

    def corrects(self, wrong: Event | UUID, **fields: Any) -> Event:
        """Declare that an event did not occur."""
        return self.captures(EventCorrected, wrong, **_correction(fields))

    def correction_refused(self, wrong: Event | UUID, **fields: Any) -> Refusal:
        return self.refused(EventCorrected, wrong, **_correction(fields))

    def overrides(
        self, event_type: type[Event], subject: Any = None, /, *, why: str = "agreed", **fields: Any
    ) -> Event:
        """Record an operation as somebody who may override the interlock; it is an error when that is refused."""
        event = self.event(event_type, subject, override_reason=why, **fields)
        (answer,) = self.submit(event, may_override=True)
        assert isinstance(answer, Acknowledgement), f"{event} was refused: {answer}"
        return event

    def made(self, event_type: type[Event], name: str) -> list[dict[str, Any]]:
        """What asbuilt itself has recorded of a unit by events of a type."""
        return [entry.event for entry in self.history(name) if entry.type == event_type.__name__]

    def submit(self, *events: Event, atomic: bool = False, may_override: bool = False) -> list[Answer]:
        """Send events in one call."""
        sent = tuple(map(captured, events))
        (answers,) = self.submit_all(Submission(events=sent, actor=ACTOR, atomic=atomic, may_override=may_override))
        return answers

    def submit_all(self, *submissions: Submission) -> list[list[Answer]]:
        """Send several calls that are recorded in one transaction, as the collector does."""
        return capture(self.database, self.site, submissions, now=self.now + timedelta(seconds=1))

    def event(self, event_type: type[Event], subject: Any = None, /, *, at: datetime | None = None, **fields: Any):
        """An event that was not sent yet. at: when it happened, otherwise a minute after the one before."""
        self.now += MINUTE
        if subject is not None:
            fields[self._subject_field(event_type, subject)] = subject
        hints = get_type_hints(event_type)
        made = {name: self._value(hints[name], value) for name, value in fields.items()}
        made.setdefault("event_id", self.new_id())
        return event_type(event_time=at or self.now, **made)

    def new_id(self) -> UUID:
        return next(self._ids)

    def _subject_field(self, event_type: type[Event], subject: Any) -> str:
        if event_type is EventCorrected:
            return "corrected_event_id"
        if len(event_type.SUBJECT) == 1:
            return event_type.SUBJECT[0]
        is_lot = isinstance(subject, Lot) or (
            isinstance(subject, str) and "/" in subject and self._lot(subject) in self._declared
        )
        return next(field for field in event_type.SUBJECT if field.endswith("lot") == is_lot)

    def _lot(self, name: str) -> Lot:
        return lot_named(name, own_issuer=self.site.issuer)

    def _value(self, hint: Any, value: Any) -> Any:
        """A value of the type a field has, from what is easy to write."""
        kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        if value is None or not isinstance(value, str | int | Event):
            return value
        for kind in kinds:
            if kind in _IN_PART and isinstance(value, str):
                return _IN_PART[kind](value, own_issuer=self.site.issuer)
            if isinstance(kind, type) and issubclass(kind, Subject) and isinstance(value, str):
                return kind(value)
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                return kind(value)
            if kind is Decimal:
                return Decimal(value)
            if kind is date:
                return date.fromisoformat(value)
            if kind is UUID and isinstance(value, Event):
                return value.event_id
        return value

    # What is asked

    def defects(self, name: str) -> list[defect_query.DefectView]:
        """What is and was wrong with a unit, the open ones first."""
        with self.database.reading(self.site) as reader:
            return list(defect_query.defects_of(reader, unit_meant(reader, name)))

    def open_defects(self, name: str) -> list[str]:
        """The numbers of what is wrong with a unit."""
        return [one.number for one in self.defects(name) if one.is_open]

    def lot_view(self, name: str) -> lot_query.LotView:
        with self.database.reading(self.site) as reader:
            return lot_query.lot(reader, lot_meant(reader, name))

    def unit_view(self, name: str) -> unit_query.UnitView:
        with self.database.reading(self.site) as reader:
            return unit_query.unit(reader, unit_meant(reader, name))

    def as_built(self, name: str, *, at: datetime | None = None) -> as_built_query.AsBuilt:
        with self.database.reading(self.site) as reader:
            return as_built_query.as_built(reader, unit_or_lot_meant(reader, name), at=at)

    def components(self, name: str, *, at: datetime | None = None) -> list[str]:
        """What a unit or lot is made of, at every level, by part and number, each before what it contains."""
        flat = as_built_query.flattened(self.as_built(name, at=at))
        return [short(one.name) for one in flat]

    def where_used(self, name: str, *, at: datetime | None = None, ever: bool = False) -> list[str]:
        """What contains a unit or lot, nearest first, by part and number."""
        return [short(spelled_of(one)) for one in self.affected(name, at=at, ever=ever)]

    def affected(self, name: str, *, at: datetime | None = None, ever: bool = False) -> list[where_used_query.Affected]:
        with self.database.reading(self.site) as reader:
            named = unit_or_lot_meant(reader, name)
            return list(where_used_query.where_used(reader, named, at=at, ever=ever))

    def history(self, name: str) -> list[history_query.HistoryEntry]:
        with self.database.reading(self.site) as reader:
            return list(history_query.history(reader, unit_or_lot_meant(reader, name)))

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.database.reading(self.site) as reader:
            return reader.rows(sql, *parameters)


def short(name: str) -> str:
    """A full name without its issuer."""
    return name.partition(":")[2] or name


def spelled_of(one: where_used_query.Affected) -> str:
    return one.unit or f"{one.issuer}:{one.part_number}/{one.lot_number}"


def recorded(answers: Iterable[Answer]) -> list[str]:
    """What became of each event of a call: the outcome, or the rules it breaks."""
    return [
        "+".join(one.rule for one in answer.broken) if isinstance(answer, Refusal) else answer.outcome.value
        for answer in answers
    ]


def _correction(fields: dict[str, Any]) -> dict[str, Any]:
    return {"reason": CorrectionReason.DID_NOT_OCCUR, "explanation": "scanned at the wrong station", **fields}
