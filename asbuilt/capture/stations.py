"""What is to be done with a unit at a station: the operation whose turn it is, what that needs, and what is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asbuilt.core.events.event import Characteristic, Evidence
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Part, Specification, Station, Unit
from asbuilt.core.rules.production import fault_at
from asbuilt.core.states.known import Known
from asbuilt.core.states.routes import Position, position_of
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.looking import Looking
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around

_NEVER_RECORDED = UUID(int=0)
_ANY = Operation("?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a unit that the operation fills. fitted: what is there, as events name it. fault: what is wrong."""

    reference_designator: str
    parts: tuple[Part, ...]
    quantity: Decimal | None
    fitted: tuple[str, ...]
    fault: str

    @property
    def is_done(self) -> bool:
        return not self.fault


@dataclass(frozen=True, slots=True, kw_only=True)
class StationWork:
    """A unit at a station. operation: what is to be done with it here; empty where nobody can tell.

    next: what the routing wants next, here or elsewhere; routing: empty where none applies. started: it has begun.
    steps: the operations of the main route, and of the rework it is in, each with whether it has passed.
    """

    unit: Unit
    operation: Operation
    routing: str
    started: bool
    is_rework: bool
    attempt: int
    next: tuple[Operation, ...]
    steps: tuple[tuple[Operation, bool], ...]
    places: tuple[Place, ...]
    specification: Specification | None
    characteristics: tuple[Characteristic, ...]
    tool_class: str
    program: str

    @property
    def wanted(self) -> Place | None:
        """The place that is filled next."""
        return next((one for one in self.places if not one.is_done), None)

    @property
    def needs_nothing(self) -> bool:
        """Whether a scan is enough to complete it: nothing is to be fitted or measured."""
        return self.wanted is None and not any(one.is_required for one in self.characteristics)


def work_at(
    database: Database, site: Site, unit: Unit, station: Station, *, at: datetime, operation: Operation = _ANY
) -> StationWork:
    """What is to be done with a unit at a station. operation: which of several, or without a routing."""
    asked = OperationCompleted(event_id=_NEVER_RECORDED, event_time=at, unit=unit, operation=operation, station=station)
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, [asked], Directory(looking, database.known_names())).known
        place = position_of(known, asked)
    chosen = _chosen(known, place, unit, station, operation)
    step = None if place is None else place.routing.steps.get(chosen)
    specification = None if step is None else step.specification
    state = None if specification is None else known.specifications.get(specification)
    return StationWork(
        unit=unit,
        operation=chosen,
        routing="" if place is None else str(place.routing.routing),
        started=bool(chosen) and known.open_start(unit, chosen) is not None,
        is_rework=step is not None and step.is_rework,
        attempt=1 if place is None else place.attempts[chosen] + 1,
        next=() if place is None else tuple(place.next_operations()),
        steps=() if place is None else tuple(_steps(place)),
        places=() if step is None else tuple(_places(known, unit, step)),
        specification=specification,
        characteristics=() if state is None else tuple(state.characteristics),
        tool_class="" if step is None else step.tool_class,
        program="" if step is None else step.program,
    )


def _chosen(known: Known, place: Position | None, unit: Unit, station: Station, operation: Operation) -> Operation:
    """What was begun here, else what may be done here now, else what comes next anywhere: the rules say why not."""
    if operation != _ANY:
        return operation
    if place is None:
        return Operation("")
    steps = place.routing.steps
    here = [name for name, step in steps.items() if not step.stations or station in step.stations]
    begun = [name for name in here if _began(known, unit, name, station)]
    turn = place.next_operations()
    named = [name for name in turn if station in steps[name].stations]
    found = begun or named or [name for name in turn if name in here] or turn or here
    return found[0] if found else Operation("")


def _began(known: Known, unit: Unit, operation: Operation, station: Station) -> bool:
    start = known.open_start(unit, operation)
    return start is not None and start.station in (None, station)


def _steps(place: Position) -> Iterator[tuple[Operation, bool]]:
    for one in place.routing.operations:
        if not one.is_rework or one.operation in (place.rework, *place.next_operations()):
            yield one.operation, place.has_passed(one.operation)


def _places(known: Known, unit: Unit, step: RouteOperation) -> Iterator[Place]:
    links = [link for link in known.open_links(unit) if link.evidence is not Evidence.ALTERNATIVE]
    for one in step.components:
        there = [link for link in links if link.reference_designator == one.reference_designator]
        yield Place(
            reference_designator=one.reference_designator,
            parts=_parts(one),
            quantity=one.quantity,
            fitted=tuple(str(link.component) for link in there),
            fault=fault_at(one, there, known) or "",
        )


def _parts(component: RouteComponent) -> tuple[Part, ...]:
    return (component.part, *component.alternates)
