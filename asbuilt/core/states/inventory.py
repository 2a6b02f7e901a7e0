"""Where a unit is and who has it."""

from dataclasses import replace

from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.identifiers.names import Container, Location
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states.records.identity import Custody, UnitState


def unit_after_move(state: UnitState | None, event: UnitMoved, unit: Unit) -> UnitState | None:
    if state is None:
        return None
    return replace(state, location=event.location, last_event_time=event.event_time)


def unit_after_packing(state: UnitState | None, event: UnitPacked, unit: Unit) -> UnitState | None:
    if state is None:
        return None
    return replace(state, container=event.container, last_event_time=event.event_time)


def unit_after_unpacking(state: UnitState | None, event: UnitUnpacked, unit: Unit) -> UnitState | None:
    if state is None:
        return None
    return replace(state, container=Container(""), last_event_time=event.event_time)


def unit_after_shipment(state: UnitState | None, event: UnitShipped, unit: Unit) -> UnitState | None:
    """With the customer; no longer at any location of ours."""
    if state is None:
        return None
    return replace(
        state,
        custody=Custody.SHIPPED,
        customer=event.customer,
        shipment=event.shipment,
        location=Location(""),
        last_event_time=event.event_time,
    )


def unit_after_return(state: UnitState | None, event: UnitReturned, unit: Unit) -> UnitState | None:
    """In house again, out of its container; the history keeps who had it."""
    if state is None:
        return None
    return replace(
        state,
        custody=Custody.RETURNED,
        customer="",
        shipment="",
        container=Container(""),
        location=event.location,
        last_event_time=event.event_time,
    )
