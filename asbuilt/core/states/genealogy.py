"""Components go in and come out; material is fed and taken away."""

from dataclasses import replace
from decimal import Decimal

from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.identifiers.names import Container, Location, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.definitions import LotState
from asbuilt.core.states.records.genealogy import DeclaredComponent, Installation, SetupWindow
from asbuilt.core.states.records.identity import LifeCycle, UnitState


def parent_of(event: ComponentInstalled | ComponentRemoved | MaterialConsumed) -> Unit | Lot:
    """What a component goes into or comes out of."""
    return event.output_lot if isinstance(event, MaterialConsumed) else event.unit


def component_of(event: ComponentInstalled | ComponentRemoved | MaterialConsumed) -> Unit | Lot:
    """The unit or the lot that goes in or comes out."""
    component = event.component or event.lot
    assert component is not None, "check_exactly_one lets no event without a component pass"
    return component


def is_in_uom_of_lot(event: ComponentInstalled | MaterialConsumed, lot: LotState) -> bool:
    """Whether the event's quantity is in the unit of measure the lot is kept in; without one that is meant."""
    return not event.uom or event.uom == lot.uom


def quantity_used(event: ComponentInstalled | MaterialConsumed) -> Decimal:
    """How much of a lot the event uses, in the lot's uom: one where nothing is said."""
    return Decimal(1) if event.quantity is None else event.quantity


def unit_after_installation(
    state: UnitState | None, event: ComponentInstalled | MaterialConsumed, unit: Unit
) -> UnitState | None:
    """The parent is in process; a component is where its parent is, and in no container of its own."""
    if state is None:
        return None
    if unit == event.component:
        if event.evidence is Evidence.ALTERNATIVE:
            return replace(state, last_event_time=event.event_time)
        return replace(state, installed_in=parent_of(event), container=Container(""), last_event_time=event.event_time)
    # What a partner states of a unit that was scrapped since does not bring it back.
    life_cycle = LifeCycle.SCRAPPED if state.life_cycle is LifeCycle.SCRAPPED else LifeCycle.IN_PROCESS
    return replace(state, life_cycle=life_cycle, last_event_time=event.event_time)


def unit_after_removal(state: UnitState | None, event: ComponentRemoved, unit: Unit) -> UnitState | None:
    """A removed component is at its destination, free to be used again unless something else forbids it."""
    if state is None:
        return None
    if unit == event.component and state.installed_in == event.unit:
        location = event.destination or state.location
        return replace(state, installed_in=None, location=location, last_event_time=event.event_time)
    return replace(state, last_event_time=event.event_time)


def lot_after_use(state: LotState, event: ComponentInstalled | MaterialConsumed, *, sign: int) -> LotState:
    """The lot with the used quantity counted (`sign` 1) or given back (-1: the event was declared wrong)."""
    if not is_in_uom_of_lot(event, state):
        return state  # kilograms are not added to litres; the link keeps what was said
    return replace(state, used=state.used + sign * quantity_used(event))


def fold_component_installed(known: Known, event: ComponentInstalled | MaterialConsumed, sequence: int) -> None:
    designator = event.reference_designator if isinstance(event, ComponentInstalled) else ReferenceDesignator("")
    known.add_link(
        Installation(
            sequence=sequence,
            parent=parent_of(event),
            component=component_of(event),
            reference_designator=designator,
            quantity=event.quantity,
            uom=event.uom,
            operation=event.operation,
            evidence=event.evidence,
            installed_at=event.event_time,
        )
    )
    _use_lot(known, event, sign=1)


def undo_component_installed(known: Known, event: ComponentInstalled | MaterialConsumed, sequence: int) -> None:
    link = known.installations.get(sequence)
    if link is not None:
        known.take_out_link(link)
    _use_lot(known, event, sign=-1)


def _use_lot(known: Known, event: ComponentInstalled | MaterialConsumed, *, sign: int) -> None:
    state = None if event.lot is None else known.lot(event.lot)
    if state is not None:
        known.lots.put(state.lot, lot_after_use(state, event, sign=sign))


def fold_component_removed(known: Known, event: ComponentRemoved, sequence: int) -> None:
    link = link_to_remove(known, event)
    if link is None:
        return
    known.add_link(
        replace(
            link,
            removed_sequence=sequence,
            removed_at=event.event_time,
            removal_reason=event.reason,
            destination=event.destination,
        )
    )


def undo_component_removed(known: Known, event: ComponentRemoved, sequence: int) -> None:
    link = link_removed_by(known, event, sequence)
    if link is not None:
        known.add_link(
            replace(link, removed_sequence=None, removed_at=None, removal_reason="", destination=Location(""))
        )


def link_to_remove(known: Known, event: ComponentRemoved) -> Installation | None:
    """The open installation that the event ends: the one at its reference designator, or the only one."""
    links = known.open_links(event.unit, component_of(event))
    if event.reference_designator:
        links = [link for link in links if link.reference_designator == event.reference_designator]
    return links[0] if len(links) == 1 else None


def link_removed_by(known: Known, event: Event, sequence: int) -> Installation | None:
    return next((link for link in known.installations if link.removed_sequence == sequence), None)


def fold_component_declared(known: Known, event: ComponentDeclared, sequence: int) -> None:
    parent = event.unit or event.output_lot
    assert parent is not None, "ComponentDeclared.check lets no event without a parent pass"
    known.declared_components.put(
        sequence,
        DeclaredComponent(
            sequence=sequence,
            parent=parent,
            scheme=event.scheme,
            value=event.value,
            supplier=event.supplier,
            quantity=event.quantity,
            uom=event.uom,
            declared_at=event.event_time,
        ),
    )


def undo_component_declared(known: Known, event: ComponentDeclared, sequence: int) -> None:
    known.declared_components.take_out(sequence)


def fold_material_loaded(known: Known, event: MaterialLoaded, sequence: int) -> None:
    taken = {window.place for window in known.windows_at(event.station, event.slot) if window.is_open}
    known.add_window(
        SetupWindow(
            sequence=sequence,
            station=event.station,
            slot=event.slot,
            lot=event.lot,
            loaded_at=event.event_time,
            place=2 if 1 in taken else 1,
            quantity=event.quantity,
            uom=event.uom,
        )
    )
    if known.left_in_windows:
        known.left_in_windows[sequence] = event.quantity


def undo_material_loaded(known: Known, event: MaterialLoaded, sequence: int) -> None:
    known.setup_windows.take_out(sequence)


def fold_material_unloaded(known: Known, event: MaterialUnloaded, sequence: int) -> None:
    window = window_to_unload(known, event)
    if window is not None:
        known.add_window(
            replace(window, unloaded_sequence=sequence, unloaded_at=event.event_time, remaining=event.remaining)
        )


def undo_material_unloaded(known: Known, event: MaterialUnloaded, sequence: int) -> None:
    window = next((window for window in known.setup_windows if window.unloaded_sequence == sequence), None)
    if window is not None:
        known.add_window(replace(window, unloaded_sequence=None, unloaded_at=None, remaining=None))


def window_to_unload(known: Known, event: MaterialUnloaded) -> SetupWindow | None:
    """The load that the event ends: of two of the same lot in a slot, the first."""
    there = known.loaded_material(event.station, event.slot)
    return next((window for window in there if window.lot == event.lot), None)
