"""Reads what the rules may ask about the making of units: their routings, and how far they have come on them."""

from collections.abc import Sequence

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.identifiers.subjects import Part
from asbuilt.projections import definitions, production
from asbuilt.projections.loading import Loading


def parts_defined(event: Event) -> list[Part]:
    """The part whose routing an event defines: it is locked, so that two come one after the other."""
    return [event.part] if isinstance(event, RoutingDefined) else []


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the routings of the units worked on and, of those that have one, what was done to them before."""
    worked_on = {event.unit for event in events if isinstance(event, OperationStarted | OperationCompleted)}
    new = [event for event in events if isinstance(event, RoutingDefined)]
    part_ids = loading.ids({*(unit.part for unit in worked_on), *(event.part for event in new)})
    if part_ids:
        definitions.load_routings_of_parts(loading, part_ids)
    if new:
        definitions.load_routings(loading, loading.ids(event.routing for event in new))
        definitions.load_latest_births(loading, loading.ids(event.part for event in new))
    routed = {*loading.known.routings_of, *(event.part for event in new)}
    unit_ids = loading.ids(unit for unit in worked_on if unit.part in routed) if routed else []
    if unit_ids:
        production.load_runs_of_units(loading, unit_ids)
