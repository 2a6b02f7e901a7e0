"""Work is done under open orders."""

from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    WorkOrderClosed,
    WorkOrderReleased,
)
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known


@rule("PRO-001", UnitCommissioned, OperationStarted, OperationCompleted, WorkOrderClosed)
def work_order_is_open(
    event: UnitCommissioned | OperationStarted | OperationCompleted | WorkOrderClosed, known: Known
) -> str | None:
    """Units are made under work orders that were released and not closed."""
    if event.work_order is None:
        return None
    order = known.work_orders.get(event.work_order)
    if order is None:
        return f"work order {event.work_order} was not released here; check the number, or release it first"
    if not order.is_open:
        return f"work order {order.work_order} is closed; use an open order"
    return None


@rule("PRO-002", WorkOrderReleased)
def work_order_is_new(event: WorkOrderReleased, known: Known) -> str | None:
    """A work order is released once."""
    if known.work_orders.get(event.work_order) is None:
        return None
    return f"work order {event.work_order} was released already; give the new order its own number"


@rule("PRO-003", UnitCommissioned)
def unit_is_of_the_ordered_part(event: UnitCommissioned, known: Known) -> str | None:
    """A unit issued under a work order is of the part that was ordered."""
    order = None if event.work_order is None else known.work_orders.get(event.work_order)
    if order is None or order.part == event.unit.part:
        return None
    return f"work order {order.work_order} makes {order.part}, not {event.unit.part}; check the order number"
