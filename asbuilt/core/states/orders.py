"""Orders are released, split, held, resumed and closed, and units come to belong to them.

A unit belongs to the order under which it was commissioned, else to the first one under which it was worked on, until
a split takes it along to another. Work under a further order, such as one for rework, does not change that.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from asbuilt.core.events.production import (
    Result,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Routing, Unit, WorkOrder
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import made_under
from asbuilt.core.states.records.identity import LifeCycle, UnitState
from asbuilt.core.states.records.orders import OrderCounts, OrderHold, UnitGroup, WorkOrderState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.routes import last_main


def fold_work_order_released(known: Known, event: WorkOrderReleased, sequence: int) -> None:
    known.work_orders.put(
        event.work_order,
        WorkOrderState(
            work_order=event.work_order,
            part=event.part,
            quantity=event.quantity,
            sales_order=event.sales_order,
            overrun_max=event.overrun_max,
            last_operation=event.last_operation,
            is_open=True,
            released_at=event.event_time,
            started=_belonging_to(known, event.work_order),
        ),
    )


def _belonging_to(known: Known, work_order: WorkOrder) -> int:
    """How many units belong to an order that is being entered.

    Those that a split moves have moved already. Others can belong to it when it was there before: a split that made it
    was declared wrong, and so was, later, what had brought the unit to another order first.
    """
    count = known.belonged_before.get(work_order, 0)
    for unit, after in known.units.changed.items():
        count += (_order_of(after) == work_order) - (_order_of(known.units.loaded.get(unit)) == work_order)
    return count


def fold_work_order_split(known: Known, event: WorkOrderSplit, sequence: int) -> None:
    """The pieces go to the new order; the units have moved already."""
    order = known.work_orders.get(event.work_order)
    assert order is not None, "PRO-001: an order is released before it is split"
    known.work_orders.put(event.work_order, replace(order, quantity=order.quantity - event.quantity))
    known.work_orders.put(
        event.into,
        replace(
            order,
            work_order=event.into,
            quantity=event.quantity,
            overrun_max=0,
            released_at=event.event_time,
            started=_belonging_to(known, event.into),
            split_from=event.work_order,
        ),
    )
    if order.is_held:
        known.add_order_hold(_hold(event.into, order.hold_reason, event.event_time, sequence))


def undo_work_order_split(known: Known, event: WorkOrderSplit, sequence: int) -> None:
    """The pieces go back; the units follow when their histories are folded again."""
    order = known.work_orders.get(event.work_order)
    assert order is not None, "PRO-001: an order is released before it is split"
    known.work_orders.put(event.work_order, replace(order, quantity=order.quantity + event.quantity))
    known.work_orders.take_out(event.into)
    known.order_holds.take_out(sequence)


def unit_after_split(state: UnitState | None, event: WorkOrderSplit, unit: Unit) -> UnitState | None:
    if state is None or state.work_order != event.work_order:
        return state
    return replace(state, work_order=event.into, last_event_time=event.event_time)


def fold_work_order_held(known: Known, event: WorkOrderHeld, sequence: int) -> None:
    known.add_order_hold(_hold(event.work_order, event.reason, event.event_time, sequence))
    _set_hold(known, event.work_order, event.reason)


def undo_work_order_held(known: Known, event: WorkOrderHeld, sequence: int) -> None:
    known.order_holds.take_out(sequence)
    _set_hold(known, event.work_order, "")


def fold_work_order_resumed(known: Known, event: WorkOrderResumed, sequence: int) -> None:
    hold = known.open_order_hold(event.work_order)
    assert hold is not None, "PRO-036: only an order that is held is resumed"
    known.add_order_hold(replace(hold, resumed_sequence=sequence, resumed_at=event.event_time, resumption=event.reason))
    _set_hold(known, event.work_order, "")


def undo_work_order_resumed(known: Known, event: WorkOrderResumed, sequence: int) -> None:
    for hold in known.holds_of_order(event.work_order):
        if hold.resumed_sequence == sequence:
            known.add_order_hold(replace(hold, resumed_sequence=None, resumed_at=None, resumption=""))
            _set_hold(known, event.work_order, hold.reason)


def _hold(order: WorkOrder, reason: str, held_at: datetime, sequence: int) -> OrderHold:
    return OrderHold(sequence=sequence, work_order=order, reason=reason, held_at=held_at)


def _set_hold(known: Known, work_order: WorkOrder, reason: str) -> None:
    order = known.work_orders.get(work_order)
    assert order is not None, "PRO-001: an order is released before it is held"
    known.work_orders.put(work_order, replace(order, hold_reason=reason))


def fold_work_order_closed(known: Known, event: WorkOrderClosed, sequence: int) -> None:
    order = known.work_orders.get(event.work_order)
    assert order is not None, "PRO-001: an order is released before it is closed"
    closed = replace(order, is_open=False, closed_at=event.event_time, closed_counts=counts_of(known, order))
    known.work_orders.put(event.work_order, closed)


def undo_work_order_closed(known: Known, event: WorkOrderClosed, sequence: int) -> None:
    order = known.work_orders.get(event.work_order)
    assert order is not None, "PRO-001: an order is released before it is closed"
    known.work_orders.put(event.work_order, replace(order, is_open=True, closed_at=None, closed_counts=None))


def recount(known: Known, before: UnitState | None, after: UnitState | None) -> None:
    """Count a unit out of the order that it belonged to and into the one it belongs to."""
    left, entered = _order_of(before), _order_of(after)
    if left != entered:
        for work_order, by in ((left, -1), (entered, 1)):
            order = None if work_order is None else known.work_orders.get(work_order)
            if order is not None:  # None: of a split that is being entered, or taken out
                known.work_orders.put(order.work_order, replace(order, started=order.started + by))
    for work_order, state, by in ((left, before, -1), (entered, after, 1)):
        if work_order is not None and state is not None and state.life_cycle is LifeCycle.SCRAPPED:
            known.scrapped_under[work_order] = known.scrapped_under.get(work_order, 0) + by


def _order_of(state: UnitState | None) -> WorkOrder | None:
    return None if state is None else state.work_order


def scrapped_under(known: Known, order: WorkOrderState) -> int:
    """How many units of an order are scrapped, where that was asked for."""
    return known.scrapped_under.get(order.work_order, 0)


def counts_of(known: Known, order: WorkOrderState) -> OrderCounts:
    """What has become of the pieces of an order: what was counted before the batch, and what that changed."""
    groups = Counter(known.units_under.get(order.work_order, {}))
    for unit, after in known.units.changed.items():
        for state, by in ((known.units.loaded.get(unit), -1), (after, 1)):
            if state is not None and state.work_order == order.work_order:
                groups[group_of(state, known.routing_at(unit.part, state.commissioned_at))] += by
    routings = {one.routing: one for one in known.routings_for(order.part)}
    return with_lots(counted(order, groups, routings), made_under(known, order))


def with_lots(counts: OrderCounts, made: tuple[int, int, int]) -> OrderCounts:
    """Counts of units with those of lots: what was begun, is good and was scrapped."""
    started, good, scrapped = made
    return OrderCounts(
        ordered=counts.ordered,
        started=counts.started + started,
        good=counts.good + good,
        scrapped=counts.scrapped + scrapped,
    )


def group_of(state: UnitState, routing: RoutingState | None) -> UnitGroup:
    is_scrapped = state.life_cycle is LifeCycle.SCRAPPED
    return UnitGroup(None if routing is None else routing.routing, state.last_operation, state.last_result, is_scrapped)


def counted(
    order: WorkOrderState, groups: Mapping[UnitGroup, int], routings: Mapping[Routing, RoutingState]
) -> OrderCounts:
    """The counts of an order from those of its groups of units. routings: those that the groups name."""
    good = scrapped = 0
    for group, count in groups.items():
        if group.is_scrapped:
            scrapped += count
        elif _is_good(order, group, None if group.routing is None else routings[group.routing]):
            good += count
    return OrderCounts(ordered=order.quantity, started=sum(groups.values()), good=good, scrapped=scrapped)


def _is_good(order: WorkOrderState, group: UnitGroup, routing: RoutingState | None) -> bool:
    """Whether the last operation has passed, or one that comes after it."""
    return group.last_result == Result.PASSED and group.last_operation in finishing(order.last_operation, routing)


def finishing(last_operation: Operation, routing: RoutingState | None) -> set[Operation]:
    """The operations whose passing leaves a unit good: the last one of the order, and those that come after it."""
    if routing is None:
        return {last_operation} if last_operation else set()
    last = last_operation or last_main(routing.operations)
    return routing.from_there_on(last) if last in routing.steps else {last}
