"""What has left the house is not worked on, and what is inside an assembly goes with it."""

from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules.groups import WORKS_ON_A_UNIT
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.completeness import requirements
from asbuilt.core.states.known import Known, units_in
from asbuilt.core.states.records.identity import Custody


@rule("INV-001", *WORKS_ON_A_UNIT, MaterialConsumed)
def unit_is_in_house(event: Event, known: Known) -> str | None:
    """Units that were shipped, or are inside one that was, are not worked on until they are returned."""
    for unit in units_in(event):
        assembly = known.outermost(unit)
        if isinstance(event, ComponentInstalled | MaterialConsumed) and event.evidence.is_statement:
            # A partner's statement on what is in an assembly may come when that has long been shipped.
            assembly = known.unit(unit) if unit == event.component else None
        if assembly is not None and assembly.custody is Custody.SHIPPED:
            within = "" if assembly.unit == unit else f" inside {assembly.unit}"
            return f"{unit} was shipped to {assembly.customer}{within}; record its return first, or check the scan"
    return None


@rule("INV-002", UnitReturned)
def unit_was_shipped(event: UnitReturned, known: Known) -> str | None:
    """Only what was shipped is returned."""
    state = known.unit(event.unit)
    if state is None or state.custody is Custody.SHIPPED:
        return None
    assembly = known.outermost(event.unit)
    if assembly is not None and assembly.custody is Custody.SHIPPED:
        return f"{event.unit} was shipped inside {assembly.unit}; record the return of that, then remove it there"
    place = f" at {state.location}" if state.location else ""
    return f"{event.unit} was not shipped; it is in house{place}: check the scan"


@rule("INV-003", UnitMoved, UnitPacked, UnitShipped)
def unit_stands_alone(event: UnitMoved | UnitPacked | UnitShipped, known: Known) -> str | None:
    """An installed unit is moved, packed and shipped as part of its assembly only."""
    state = known.unit(event.unit)
    if state is None or state.installed_in is None:
        return None
    return f"{event.unit} is installed in {state.installed_in}; scan that, or remove the component first"


@rule("INV-004", UnitPacked)
def unit_is_not_packed(event: UnitPacked, known: Known) -> str | None:
    """A unit is in one container at a time."""
    state = known.unit(event.unit)
    if state is None or not state.container:
        return None
    return f"{event.unit} is packed in {state.container}; unpack it there first"


@rule("INV-005", UnitUnpacked)
def unit_is_in_that_container(event: UnitUnpacked, known: Known) -> str | None:
    """A unit is unpacked from the container it is in."""
    state = known.unit(event.unit)
    if state is None or state.container == event.container:
        return None
    return f"{event.unit} is {f'packed in {state.container}' if state.container else 'not packed'}; check the container"


@rule("INV-006", ComponentInstalled, MaterialConsumed)
def component_is_not_packed(event: ComponentInstalled | MaterialConsumed, known: Known) -> str | None:
    """A packed unit is unpacked before it is installed."""
    state = None if event.component is None else known.unit(event.component)
    if state is None or not state.container or event.evidence.is_statement:
        return None
    return f"{state.unit} is packed in {state.container}; unpack it first"


@rule("INV-007", UnitShipped, cites="IPC-1782: agreed levels of traceability")
def shipped_record_is_complete(event: UnitShipped, known: Known) -> str | None:
    """Where its part says so, a unit is shipped, by itself or in another, when all the part asks for is recorded."""
    if not any(part.is_complete_to_ship for part in known.parts):
        return None
    for unit in (event.unit, *known.contents(event.unit)):
        part = known.parts.get(unit.part)
        if part is None or not part.is_complete_to_ship or not isinstance(unit, Unit):
            continue
        asked = requirements(known, unit)
        missing = [one for one in asked if not one.recorded]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            return (
                f"{len(asked) - len(missing)} of {len(asked)} are recorded of {unit}, missing is {missing[0]}{more}; "
                "record it first (`asbuilt completeness` lists all)"
            )
    return None
