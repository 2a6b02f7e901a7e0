"""May this operation be done? Judged as a capture would judge it, and nothing is recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.production import OperationCompleted, OperationStarted, Phase
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules import production
from asbuilt.core.rules.catalogue import OVERRIDABLE, broken_rules
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.routes import position_of
from asbuilt.ledger.codec import Decoder
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.looking import Looking
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around

BROUGHT_LATER = frozenset({production.characteristics_are_recorded.number})
"""What only the completion itself brings: its measured values are not there yet when it is asked for."""


_NEVER_RECORDED = UUID(int=0)


_EVENTS = {Phase.START: OperationStarted, Phase.COMPLETE: OperationCompleted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether an operation may be done now; every reason why not; and what the routing wants next.

    unit: the one that was judged, as events have to name it. overridable: whether somebody with the permission may have
    it done all the same. routing: that of the unit, empty when none applies; `next` is then empty too.
    """

    unit: str
    may: bool
    reasons: tuple[Broken, ...]
    overridable: bool
    next: tuple[Operation, ...]
    routing: str


def asked(site: Site, phase: Phase, given: Mapping[str, str], *, at: datetime) -> OperationStarted | OperationCompleted:
    """The event that a question is about, made from fields as a client writes them. Raises Malformed."""
    event = {
        "type": _EVENTS[phase].__name__,
        "event_id": str(_NEVER_RECORDED),
        "event_time": at.isoformat(),
        **{name: text for name, text in given.items() if text},
    }
    read = Decoder(site.issuer).one(json.dumps(event).encode()).event
    assert isinstance(read, OperationStarted | OperationCompleted), "a phase is one of the two"
    return read


def rework_operations(database: Database, site: Site, unit: Unit, *, at: datetime) -> tuple[Operation, ...]:
    """The rework operations of the routing by which a unit is made; none when no routing applies to it."""
    asked_about = OperationStarted(event_id=_NEVER_RECORDED, event_time=at, unit=unit, operation=Operation("?"))
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, [asked_about], Directory(looking, database.known_names())).known
        place = position_of(known, asked_about)
    return () if place is None else tuple(name for name, step in place.routing.steps.items() if step.is_rework)


def judge(database: Database, site: Site, event: OperationStarted | OperationCompleted) -> Judgement:
    """Judge the start or completion of an operation. Another process may record something the moment after."""
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, [event], Directory(looking, database.known_names())).known
        reasons = tuple(one for one in broken_rules(event, known) if one.rule not in BROUGHT_LATER)
        place = position_of(known, event)
    return Judgement(
        unit=str(event.unit),
        may=not reasons,
        reasons=reasons,
        overridable=bool(reasons) and all(one.rule in OVERRIDABLE for one in reasons),
        next=() if place is None else tuple(place.next_operations()),
        routing="" if place is None else str(place.routing.routing),
    )
