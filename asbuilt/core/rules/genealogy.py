"""Each component is in one place, each place holds one component, and nothing is inside itself."""

from collections.abc import Iterable
from decimal import Decimal

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.event import QUANTITY_MAX, Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.production import OperationCompleted, Result
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules.rule import rule
from asbuilt.core.rules.wording import either, listed, shown
from asbuilt.core.states.bills import Asked, amount, asked, is_fed, lines_for, links_for, total
from asbuilt.core.states.genealogy import (
    component_of,
    is_in_uom_of_lot,
    link_to_remove,
    parent_of,
    quantity_used,
    window_to_unload,
)
from asbuilt.core.states.known import Known
from asbuilt.core.states.production import judged
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
    """A slot is fed by one lot at a time, but for one that is spliced to it."""
    there = known.loaded_material(event.station, event.slot)
    if not there or event.is_splice:
        return None
    fed_by = listed(window.lot for window in there)
    return f"slot {event.slot} of {event.station} is fed by {fed_by}; unload that first"


@rule("GEN-007", MaterialUnloaded)
def lot_is_loaded_there(event: MaterialUnloaded, known: Known) -> str | None:
    """Only the lot that is in a slot is unloaded from it."""
    if window_to_unload(known, event) is not None:
        return None
    windows = known.loaded_material(event.station, event.slot)
    there = listed(window.lot for window in windows) if windows else "nothing"
    return f"slot {event.slot} of {event.station} holds {there}, not {event.lot}; check the scan"


@rule("GEN-010", ComponentInstalled)
def place_is_on_the_bill(event: ComponentInstalled, known: Known) -> str | None:
    """A component is installed at a place that the bill of materials of the unit knows."""
    found = asked(known, event)
    if found is None or not event.reference_designator or found.at_place(event.reference_designator):
        return None
    part = component_of(event).part
    places = [place for line in found.of_part(part) for place in line.reference_designators]
    where = f"{part} goes to {either(places)}" if places else "check the reference designator"
    return f"{found.bill.bill} of {event.unit} knows no place {event.reference_designator}; {where}"


@rule("GEN-011", ComponentInstalled)
def component_is_the_listed_part(event: ComponentInstalled, known: Known) -> str | None:
    """What is installed is the part that the bill of materials of the unit lists there, or an alternate."""
    found = asked(known, event)
    if found is None:
        return None
    part, lines = component_of(event).part, lines_for(found, event)
    if not event.reference_designator:
        return None if lines else f"{part} is not on {found.bill.bill} of {event.unit}; check the scan"
    if not lines or part in lines[0].allowed:
        return None
    return (
        f"{event.reference_designator} of {event.unit} takes {either(lines[0].allowed)} by {found.bill.bill}, "
        f"not {part}; take one of those"
    )


@rule("GEN-012", ComponentInstalled)
def revision_is_the_listed_one(event: ComponentInstalled, known: Known) -> str | None:
    """A unit that is installed is of the revision that the bill of materials lists; an alternate may be of any."""
    found = asked(known, event)
    state = None if found is None or event.component is None else known.unit(event.component)
    if found is None or state is None:
        return None
    lines = [line for line in lines_for(found, event) if state.unit.part in line.allowed]
    wanted = [line.revision for line in lines if line.part == state.unit.part]
    if len(wanted) < len(lines) or not wanted or "" in wanted or state.revision in wanted:
        return None
    is_of = f"of revision {state.revision}" if state.revision else "of no revision"
    revisions = either(dict.fromkeys(wanted))
    return f"{state.unit} is {is_of}, {found.bill.bill} lists revision {revisions}; take one of it"


@rule("GEN-013", ComponentInstalled)
def quantity_is_within_the_bill(event: ComponentInstalled, known: Known) -> str | None:
    """No more is installed than the bill of materials of the unit lists, in the unit of measure of the part."""
    found = asked(known, event)
    part = component_of(event).part
    if found is None or not any(part in line.allowed for line in lines_for(found, event)):
        return None
    here, everywhere = lines_for(found, event), found.of_part(part)
    counted = known.parts.get(part)
    if event.uom and counted is not None and event.uom != counted.uom and total(here) is not None:
        kept = counted.uom or "pieces (no uom)"
        return f"{found.bill.bill} counts {part} in {kept}, the quantity is in {event.uom}; give it in {kept}"
    at_place = [link for link in links_for(known, event.unit, here) if link.reference_designator]
    return (event.reference_designator and _too_much(found, event, here, at_place)) or _too_much(
        found, event, everywhere, links_for(known, event.unit, everywhere)
    )


def _too_much(
    found: Asked, event: ComponentInstalled, lines: list[BillLine], links: Iterable[Installation]
) -> str | None:
    limit, there = total(lines), _sum(links)
    if limit is None or there + amount(event) <= limit:
        return None
    items = listed(dict.fromkeys(line.item for line in lines))
    return (
        f"{found.bill.bill} lists {shown(limit)} for item {items} of {event.unit}, {shown(there)} is installed and "
        f"{shown(amount(event))} would come to it; check the scan and the quantity"
    )


@rule("GEN-014", OperationCompleted)
def bill_is_complete_at_the_operation(event: OperationCompleted, known: Known) -> str | None:
    """An operation passes when what the bill of materials has fitted at it is installed, or fed there from a slot."""
    found = asked(known, event)
    wanted = [] if found is None else found.lines(found.bill.fitted_at.get(event.operation, ()))
    if found is None or not wanted or judged(known, event) is Result.FAILED:
        return None
    for line in wanted:
        if line.is_optional or is_fed(known, event, line):
            continue
        missing = _missing(line, event.unit, known)
        if missing:
            return f"item {line.item} of {found.bill.bill} is fitted at {event.operation}: {missing}"
    return None


def _missing(line: BillLine, unit: Unit, known: Known) -> str | None:
    """What of a line is not installed, and what to do."""
    links = links_for(known, unit, [line])
    placed = [link for link in links if link.reference_designator]
    loose = [link for link in links if not link.reference_designator]
    filled = {link.reference_designator for link in placed}
    empty = [place for place in line.reference_designators if place not in filled]
    if not links or (empty and not loose):
        where = f" at {empty[0]}" if empty else ""
        return f"nothing is installed{where}; install {either(line.allowed)}"
    there = _sum(links)
    if line.quantity is not None and there < line.quantity:
        return f"{shown(there)} of {shown(line.quantity)} is installed; install the rest of {either(line.allowed)}"
    return None


def _sum(links: Iterable[Installation]) -> Decimal:
    return sum((amount(link) for link in links), Decimal(0))
