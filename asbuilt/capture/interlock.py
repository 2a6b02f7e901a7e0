"""May this operation be done? Judged as a capture would judge it, and nothing is recorded."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.capture.noted import Work
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Phase
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules import production
from asbuilt.core.rules.catalogue import OVERRIDABLE, broken_rules
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import LotWork, progress_of
from asbuilt.core.states.routes import position_of
from asbuilt.ledger.codec import Decoder, Malformed
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.looking import Looking
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around

BROUGHT_LATER = frozenset({production.characteristics_are_recorded.number})
"""What only the completion itself brings: its measured values are not there yet when it is asked for."""


_NEVER_RECORDED = UUID(int=0)


_EVENTS = {Phase.START: OperationStarted, Phase.COMPLETE: OperationCompleted}
_EVENTS_OF_LOTS = {Phase.START: LotOperationStarted, Phase.COMPLETE: LotOperationCompleted}
_QUANTITY = {Phase.START: "quantity", Phase.COMPLETE: "passed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether an operation may be done now; every reason why not; and what the routing wants next.

    unit, or lot: what was judged, as events have to name it. overridable: whether somebody with the permission may have
    it done all the same. routing: by which it is made, empty when none applies; `next` is then empty too. Of a lot it
    is every operation at which some of it waits.
    """

    unit: str = ""
    lot: str = ""
    may: bool
    reasons: tuple[Broken, ...]
    overridable: bool
    next: tuple[Operation, ...]
    routing: str


def asked(site: Site, phase: Phase, given: Mapping[str, str | bool], *, at: datetime) -> Work:
    """The event that a question is about, made from fields as a client writes them. Raises Malformed.

    With `lot` it is about some of a lot: `quantity` of it, which had failed there before where it `is_retry`.
    """
    said = {name: value for name, value in given.items() if value}
    kinds = _EVENTS
    if "lot" in said:
        kinds = _EVENTS_OF_LOTS
        if "quantity" not in said:
            raise Malformed("quantity is missing; say how much of the lot would be worked on")
        said[_QUANTITY[phase]] = said.pop("quantity")
    elif "quantity" in said or "is_retry" in said:
        raise Malformed("quantity and is_retry are of a lot; name the lot")
    event = {
        "type": kinds[phase].__name__,
        "event_id": str(_NEVER_RECORDED),
        "event_time": at.isoformat(),
        **said,
    }
    read = Decoder(site.issuer).one(json.dumps(event).encode()).event
    assert isinstance(read, Work), "a phase is one of the two"
    return read


def rework_operations(database: Database, site: Site, unit: Unit, *, at: datetime) -> tuple[Operation, ...]:
    """The rework operations of the routing by which a unit is made; none when no routing applies to it."""
    asked_about = OperationStarted(event_id=_NEVER_RECORDED, event_time=at, unit=unit, operation=Operation("?"))
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, [asked_about], Directory(looking, database.known_names())).known
        place = position_of(known, asked_about)
    return () if place is None else tuple(name for name, step in place.routing.steps.items() if step.is_rework)


def judge(database: Database, site: Site, event: Work) -> Judgement:
    """Judge the start or completion of an operation. Another process may record something the moment after."""
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, [event], Directory(looking, database.known_names())).known
        reasons = tuple(one for one in broken_rules(event, known) if one.rule not in BROUGHT_LATER)
    if isinstance(event, LotOperationStarted | LotOperationCompleted):
        return _of_lot(known, event, reasons)
    place = position_of(known, event)
    return Judgement(
        unit=str(event.unit),
        may=not reasons,
        reasons=reasons,
        overridable=_is_overridable(reasons),
        next=() if place is None else tuple(place.next_operations()),
        routing="" if place is None else str(place.routing.routing),
    )


def _is_overridable(reasons: Sequence[Broken]) -> bool:
    return bool(reasons) and all(one.rule in OVERRIDABLE for one in reasons)


def _of_lot(known: Known, event: LotWork, reasons: tuple[Broken, ...]) -> Judgement:
    found = progress_of(known, event.lot)
    routing = None if found is None else found.routing
    waiting = (
        () if found is None or routing is None else (name for name in routing.steps if (found.left(name) or 0) > 0)
    )
    return Judgement(
        lot=str(event.lot),
        may=not reasons,
        reasons=reasons,
        overridable=_is_overridable(reasons),
        next=tuple(waiting),
        routing="" if routing is None else str(routing.routing),
    )
