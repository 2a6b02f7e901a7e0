"""Locks and reads the work orders that a batch concerns: those it names, and those to which its units belong.

The orders of a batch are locked after its units, and only where a batch may change what is counted of them: most work
is done on units that belong to their order since their birth, and need not wait for one another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitCommissioned, UnitsMerged
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.identifiers.subjects import Subject, WorkOrder
from asbuilt.projections import definitions, lots, orders
from asbuilt.projections.loading import Loading

_CHANGES_ORDERS = (
    UnitCommissioned,
    WorkOrderReleased,
    WorkOrderSplit,
    WorkOrderHeld,
    WorkOrderResumed,
    WorkOrderClosed,
    UnitsMerged,
    EventCorrected,
)
_OF_HOLDS = (WorkOrderSplit, WorkOrderHeld, WorkOrderResumed)

_ON_LOTS = (LotOperationStarted, LotOperationCompleted)

Lock = Callable[[Iterable[int]], None]


def load(loading: Loading, events: Sequence[Event], mentioned: Iterable[Subject], lock: Lock) -> None:
    """Lock and read the orders around a batch. The states of its units have been read."""
    units = loading.known.units
    work = [event for event in events if isinstance(event, OperationStarted | OperationCompleted)]
    found = {subject for subject in mentioned if isinstance(subject, WorkOrder)}
    changing = any(isinstance(event, _CHANGES_ORDERS) for event in events)
    if changing:
        found |= {state.work_order for state in units if state.work_order is not None}
        locked = found
    else:
        own = {event.unit: state.work_order for event in work if (state := units.get(event.unit)) is not None}
        found |= {order for order in own.values() if order is not None}
        locked = {event.work_order for event in work if event.work_order is not None and own.get(event.unit) is None}
    # Closing an order counts what is done to lots under it.
    locked |= {event.work_order for event in events if isinstance(event, _ON_LOTS) and event.work_order is not None}
    _read(loading, found, locked, lock)
    if locked:
        _load_scrapped(loading, events)
    if found and changing:
        _load_counts(loading, events)


def _read(loading: Loading, found: set[WorkOrder], locked: set[WorkOrder], lock: Lock) -> None:
    if locked:
        lock(loading.ids(locked))
    order_ids = loading.ids(found)
    if order_ids:
        orders.load_work_orders(loading, order_ids)


def _load_counts(loading: Loading, events: Sequence[Event]) -> None:
    """Read of the orders that are changed what was counted of them, as far as the rules ask for it."""
    held = loading.ids(
        order
        for event in events
        if isinstance(event, _OF_HOLDS)
        for order in (event.work_order, *([event.into] if isinstance(event, WorkOrderSplit) else []))
    )
    if held:
        orders.load_order_holds(loading, held)
    entered = loading.ids(
        event.into if isinstance(event, WorkOrderSplit) else event.work_order
        for event in events
        if isinstance(event, WorkOrderReleased | WorkOrderSplit)
    )
    if entered:
        orders.load_belonging(loading, entered)
    closed = [event.work_order for event in events if isinstance(event, WorkOrderClosed)]
    ids = loading.directory.ids
    if closed:
        known = loading.known
        parts = {state.part for order in closed if (state := known.work_orders.get(order)) is not None}
        definitions.load_routings_of_parts(loading, loading.ids(parts))
        orders.load_units_under(loading, {order: ids[order] for order in closed if order in ids})
        lots.load_runs_under(loading, loading.ids(closed))


def _load_scrapped(loading: Loading, events: Sequence[Event]) -> None:
    full = loading.ids({*_nearly_full(loading, events), *_split(events)})
    if full:
        orders.load_scrapped(loading, full)


def _split(events: Iterable[Event]) -> Iterable[WorkOrder]:
    return (event.work_order for event in events if isinstance(event, WorkOrderSplit))


def _nearly_full(loading: Loading, events: Iterable[Event]) -> Iterable[WorkOrder]:
    """The orders that may be full before the batch ends, so that only scrapped units make room."""
    entering = Counter(
        event.work_order
        for event in events
        if isinstance(event, UnitCommissioned | OperationStarted | OperationCompleted) and event.work_order is not None
    )
    for order, count in entering.items():
        state = loading.known.work_orders.get(order)
        if state is not None and state.started + count > state.most:
            yield order


def load_around_corrections(loading: Loading, wrong: Sequence[Event], lock: Lock) -> None:
    """Read the orders to which units belonged by their histories, and whether those that were split off are in use."""
    known = loading.known
    named = {
        order
        for history in known.histories.values()
        for entry in history
        for order in (getattr(entry.event, "work_order", None), getattr(entry.event, "into", None))
        if isinstance(order, WorkOrder)
    }
    loading.directory.find(named)
    unread = {order for order in named if order not in known.work_orders.loaded}
    _read(loading, unread, unread, lock)
    held = loading.ids(event.work_order for event in wrong if isinstance(event, _OF_HOLDS))
    if held:
        orders.load_order_holds(loading, held)
