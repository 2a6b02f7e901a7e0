"""Each component is in one place, each place holds one component, and nothing is inside itself."""

from asbuilt.core.events.event import QUANTITY_MAX, Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.genealogy import (
    component_of,
    is_in_uom_of_lot,
    link_to_remove,
    parent_of,
    quantity_used,
)
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.genealogy import Installation


@rule("GEN-001", ComponentInstalled, MaterialConsumed, cites="EPCIS 2.0 section 7.4.6 AssociationEvent")
def component_is_free(event: ComponentInstalled | MaterialConsumed, known: Known) -> str | None:
    """A unit is in one assembly at a time."""
    state = None if event.component is None else known.unit(event.component)
    if state is None or state.installed_in is None or event.evidence is Evidence.ALTERNATIVE:
        return None
    return f"{state.unit} is installed in {state.installed_in}; remove it there first, or check the scan"


@rule("GEN-002", ComponentInstalled, MaterialConsumed)
def assembly_has_no_cycle(event: ComponentInstalled | MaterialConsumed, known: Known) -> str | None:
    """Nothing is inside itself, at any depth."""
    parent, component = parent_of(event), component_of(event)
    if parent == component:
        return f"{component} cannot be installed in itself; check which of the two was scanned twice"
    if parent in known.contents(component):
        return f"{component} contains {parent}, so it cannot go into it; check the direction"
    return None


@rule("GEN-003", ComponentInstalled)
def position_is_free(event: ComponentInstalled, known: Known) -> str | None:
    """A reference designator holds one serialized component at a time."""
    if not event.reference_designator or event.evidence is Evidence.ALTERNATIVE:
        return None
    for link in known.open_links(event.unit):
        if link.reference_designator == event.reference_designator and _excludes(link, event):
            return (
                f"{event.reference_designator} of {event.unit} holds {link.component}; "
                "remove that first, or check the reference designator"
            )
    return None


def _excludes(link: Installation, event: ComponentInstalled) -> bool:
    # Two lots at one place are normal (a reel change in the middle of a bead of glue); a unit shares with nothing.
    return link.binds_component or (event.component is not None and link.evidence is not Evidence.ALTERNATIVE)


@rule("GEN-008", ComponentInstalled)
def component_is_fitted_or_alternative(event: ComponentInstalled, known: Known) -> str | None:
    """A unit that is fitted in an assembly is not an alternative in it as well."""
    if event.component is None:
        return None
    is_alternative = event.evidence is Evidence.ALTERNATIVE
    for link in known.open_links(event.unit, event.component):
        if link.binds_component == is_alternative:
            entered = "installed" if link.binds_component else "entered as an alternative"
            place = f" at {link.reference_designator}" if link.reference_designator else ""
            return f"{link.component} is {entered} in {event.unit}{place}; remove that entry first"
    return None


@rule("GEN-004", ComponentRemoved, cites="EPCIS 2.0 section 7.4.6 AssociationEvent, action DELETE")
def component_is_installed_there(event: ComponentRemoved, known: Known) -> str | None:
    """Only what is installed in a unit is removed from it."""
    if link_to_remove(known, event) is not None:
        return None
    component = component_of(event)
    links = known.open_links(event.unit, component)
    if not links:
        return f"{component} is not installed in {event.unit}; check both scans"
    places = ", ".join(sorted(link.reference_designator or "(no position)" for link in links))
    if event.reference_designator:
        return f"{component} is in {event.unit} at {places}, not at {event.reference_designator}"
    return f"{component} is in {event.unit} more than once, at {places}; say at which reference designator"


@rule("GEN-005", ComponentInstalled, MaterialConsumed)
def lot_suffices(event: ComponentInstalled | MaterialConsumed, known: Known) -> str | None:
    """No more is used of a lot than there is."""
    state = None if event.lot is None else known.lot(event.lot)
    if state is None or not is_in_uom_of_lot(event, state):
        return None
    if state.remaining is None:
        if state.used + quantity_used(event) < QUANTITY_MAX:
            return None
        return f"lot {state.lot} would be used beyond 10^12 {state.uom}; check the quantity and its uom"
    if quantity_used(event) <= state.remaining:
        return None
    return (
        f"lot {state.lot} has {state.remaining.normalize():f} {state.uom} left, "
        f"{quantity_used(event):f} are asked for; take another lot or correct the lot's quantity"
    )


@rule("GEN-009", ComponentInstalled, MaterialConsumed)
def quantity_is_in_uom_of_lot(event: ComponentInstalled | MaterialConsumed, known: Known) -> str | None:
    """What is used of a counted lot is said in the unit of measure the lot is kept in."""
    state = None if event.lot is None else known.lot(event.lot)
    if state is None or state.quantity is None or is_in_uom_of_lot(event, state):
        return None
    kept = state.uom or "pieces (no uom)"
    return f"lot {state.lot} is kept in {kept}, the quantity is in {event.uom}; give it in {kept}"


@rule("GEN-006", MaterialLoaded)
def slot_is_free(event: MaterialLoaded, known: Known) -> str | None:
    """A slot is fed by one lot at a time."""
    window = known.loaded_material(event.station, event.slot)
    if window is None:
        return None
    return f"slot {event.slot} of {event.station} is fed by {window.lot}; unload that first"


@rule("GEN-007", MaterialUnloaded)
def lot_is_loaded_there(event: MaterialUnloaded, known: Known) -> str | None:
    """Only the lot that is in a slot is unloaded from it."""
    window = known.loaded_material(event.station, event.slot)
    if window is not None and window.lot == event.lot:
        return None
    there = "nothing" if window is None else str(window.lot)
    return f"slot {event.slot} of {event.station} holds {there}, not {event.lot}; check the scan"
