"""Reads what the rules may ask about work on part of lots: how far they have come, and what their routings ask for."""

from collections.abc import Sequence

from asbuilt.core.events.event import Event
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.projections import around_production, definitions, lots
from asbuilt.projections.loading import Loading


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the routings of the lots worked on, and what was done to the lots before."""
    work = [event for event in events if isinstance(event, LotOperationStarted | LotOperationCompleted)]
    if not work:
        return
    lot_ids = loading.ids(event.lot for event in work)
    if lot_ids:
        lots.load_runs_of_lots(loading, lot_ids)
    part_ids = loading.ids(event.lot.part for event in work)
    if part_ids:
        definitions.load_routings_of_parts(loading, part_ids)
    if loading.known.routings_of:
        around_production.load_resources(loading, work)
