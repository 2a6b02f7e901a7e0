"""What is referred to was defined, and definitions that others rely on do not change under them."""

from asbuilt.core.events.definitions import LotDefined, RoutingDefined, SerialProfileDefined, SpecificationDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import SerialNumberVoided, SerialRangeReserved, UnitCommissioned, UnitReidentified
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known


@rule(
    "DEF-001",
    UnitCommissioned,
    UnitReceived,
    UnitReidentified,
    SerialNumberVoided,
    LotDefined,
    WorkOrderReleased,
    RoutingDefined,
    SerialProfileDefined,
    SerialRangeReserved,
)
def part_is_defined(event: Event, known: Known) -> str | None:
    """Units, lots, orders, routings and serials are of parts that were defined before."""
    subject = event.marked_as if isinstance(event, UnitReidentified) else event.subject
    part = subject.part if isinstance(subject, Unit | Lot) else getattr(event, "part", None)
    if not isinstance(part, Part) or known.parts.get(part) is not None:
        return None
    return f"part {part} is not defined here; check the part number, or define the part first"


@rule("DEF-002", LotDefined)
def lot_is_unique(event: LotDefined, known: Known) -> str | None:
    """A lot number is given once within issuer and part."""
    if known.lot(event.lot) is None:
        return None
    return f"lot {event.lot} is defined already; give a second delivery its own lot number"


@rule("DEF-003", LotDefined)
def part_is_lot_tracked(event: LotDefined, known: Known) -> str | None:
    """Only parts tracked by lot have lots."""
    part = known.parts.get(event.lot.part)
    if part is None or part.is_lot_tracked:
        return None
    return f"{part.part} is tracked as {part.tracking.value}; it has no lots: define the part as lot tracked first"


@rule("DEF-004", SpecificationDefined, cites="21 CFR 820.30(i): design changes are identified before they apply")
def specification_is_new(event: SpecificationDefined, known: Known) -> str | None:
    """A specification never changes; a change has a new name or revision."""
    if known.specifications.get(event.specification) is None:
        return None
    return f"specification {event.specification} exists and results rely on it; define the change as a new revision"


@rule("DEF-005", OperationCompleted)
def specification_is_defined(event: OperationCompleted, known: Known) -> str | None:
    """Packed values refer to a specification that was defined before."""
    if event.specification is None or known.specifications.get(event.specification) is not None:
        return None
    return f"specification {event.specification} is not defined here; define it, or send measurements with their limits"


@rule("DEF-006", OperationCompleted)
def values_fit_the_specification(event: OperationCompleted, known: Known) -> str | None:
    """Packed values are as many as the specification has characteristics."""
    specification = None if event.specification is None else known.specifications.get(event.specification)
    if specification is None or len(event.values) in (0, len(specification.characteristics)):
        return None
    return (
        f"{len(event.values)} values for the {len(specification.characteristics)} characteristics of "
        f"{event.specification}; send one for each, null where none was taken"
    )


@rule("DEF-007", RoutingDefined, cites="21 CFR 820.70(b): production and process changes")
def routing_is_new(event: RoutingDefined, known: Known) -> str | None:
    """A routing never changes; a change has a new name or revision."""
    if known.routings.get(event.routing) is None:
        return None
    return f"routing {event.routing} exists and units are made by it; define the change as a new revision"


@rule("DEF-008", RoutingDefined)
def routing_applies_from_now_on(event: RoutingDefined, known: Known) -> str | None:
    """A routing applies to units that come into being after it is defined, and after the routing before it."""
    others = [one for one in known.routings_for(event.part) if one.effective_from >= event.applies_from]
    if others:
        newest = others[-1]
        return (
            f"routing {newest.routing} of {event.part} applies from {newest.effective_from:%Y-%m-%d %H:%M %Z}; "
            "let effective_from be later"
        )
    born = [one.commissioned_at for one in known.units if one.unit.part == event.part]
    if event.part in known.latest_births:
        born.append(known.latest_births[event.part])
    if born and max(born) >= event.applies_from:
        return (
            f"a unit of {event.part} came into being at {max(born):%Y-%m-%d %H:%M:%S %Z}, and what is begun keeps its "
            "routing; let effective_from be later"
        )
    return None


@rule("DEF-009", RoutingDefined)
def what_a_routing_asks_for_is_defined(event: RoutingDefined, known: Known) -> str | None:
    """The components and specifications of a routing were defined before it."""
    for one in event.operations:
        if one.specification is not None and known.specifications.get(one.specification) is None:
            return f"{one.operation}: specification {one.specification} is not defined here; define it first"
        for component in one.components:
            for part in (component.part, *component.alternates):
                if known.parts.get(part) is None:
                    return f"{one.operation}: part {part} is not defined here; check it, or define the part first"
    return None
