"""Units are made under orders that are open, in the number that was ordered."""

from asbuilt.core.events.identity import SerialRangeReserved, UnitCommissioned
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
from asbuilt.core.events.setups import SetupActivated
from asbuilt.core.rules.rule import rule
from asbuilt.core.rules.wording import listed
from asbuilt.core.states.known import Known
from asbuilt.core.states.orders import counts_of, scrapped_under
from asbuilt.core.states.records.identity import LifeCycle
from asbuilt.core.states.records.orders import OrderCounts, WorkOrderState

_Making = UnitCommissioned | OperationStarted | OperationCompleted
_OfAnOrder = (
    _Making | SerialRangeReserved | WorkOrderSplit | WorkOrderHeld | WorkOrderResumed | WorkOrderClosed | SetupActivated
)
_UnderAnOrder = _OfAnOrder | LotOperationStarted | LotOperationCompleted


def _order(event: _OfAnOrder, known: Known) -> WorkOrderState | None:
    return None if event.work_order is None else known.work_orders.get(event.work_order)


def _entered(event: _Making, known: Known) -> WorkOrderState | None:
    """The order that a unit comes to belong to: by its birth, or by the first work that names one."""
    if isinstance(event, UnitCommissioned):
        return _order(event, known)
    if event.work_order is None:
        return None
    state = known.unit(event.unit)
    return _order(event, known) if state is not None and state.work_order is None else None


@rule(
    "PRO-001",
    *(UnitCommissioned, OperationStarted, OperationCompleted, SerialRangeReserved),
    *(WorkOrderSplit, WorkOrderHeld, WorkOrderResumed, WorkOrderClosed, SetupActivated),
    *(LotOperationStarted, LotOperationCompleted),
)
def work_order_is_open(event: _UnderAnOrder, known: Known) -> str | None:
    """Units are made under work orders that were released and not closed."""
    if event.work_order is None:
        return None
    order = known.work_orders.get(event.work_order)
    if order is None:
        return f"work order {event.work_order} was not released here; check the number, or release it first"
    if not order.is_open:
        return f"work order {order.work_order} is closed; use an open order"
    return None


@rule("PRO-002", WorkOrderReleased, WorkOrderSplit)
def work_order_is_new(event: WorkOrderReleased | WorkOrderSplit, known: Known) -> str | None:
    """A work order is released once."""
    new = event.work_order if isinstance(event, WorkOrderReleased) else event.into
    if known.work_orders.get(new) is None:
        return None
    return f"work order {new} was released already; give the new order its own number"


@rule("PRO-003", UnitCommissioned, OperationStarted, OperationCompleted, SerialRangeReserved)
def unit_is_of_the_ordered_part(event: _Making | SerialRangeReserved, known: Known) -> str | None:
    """A unit issued, or first worked on, under a work order is of the part that was ordered."""
    order = _order(event, known) if isinstance(event, SerialRangeReserved) else _entered(event, known)
    part = event.part if isinstance(event, SerialRangeReserved) else event.unit.part
    if order is None or order.part == part:
        return None
    return f"work order {order.work_order} makes {order.part}, not {part}; check the order number"


@rule("PRO-030", UnitCommissioned, OperationStarted, OperationCompleted)
def work_order_is_not_held(event: _Making, known: Known) -> str | None:
    """While a work order is held no unit is born or begun under it; what is under way is ended."""
    order = _order(event, known)
    if order is None and not isinstance(event, UnitCommissioned):
        state = known.unit(event.unit)
        order = None if state is None or state.work_order is None else known.work_orders.get(state.work_order)
    if order is None or not order.is_held:
        return None
    if isinstance(event, OperationCompleted) and known.open_start(event.unit, event.operation) is not None:
        return None
    return f"work order {order.work_order} is held ({order.hold_reason}); put the unit aside until it is resumed"


@rule("PRO-031", UnitCommissioned, OperationStarted, OperationCompleted)
def work_order_has_room(event: _Making, known: Known) -> str | None:
    """No more units are made under a work order than were ordered and may overrun; scrapped ones are replaced."""
    order = _entered(event, known)
    if order is None or order.started < order.most:
        return None
    scrapped = scrapped_under(known, order)
    if order.started - scrapped < order.most:
        return None
    units = f"{order.started} units" + (f", {scrapped} of them scrapped" if scrapped else "")
    allowed = f"{order.quantity}" + (f" and {order.overrun_max} more" if order.overrun_max else "")
    return (
        f"work order {order.work_order} is for {allowed}, and has {units}; use another order, "
        "or release one for what is to be made beyond it"
    )


@rule("PRO-032", WorkOrderSplit)
def split_leaves_enough(event: WorkOrderSplit, known: Known) -> str | None:
    """No more is split off a work order than is left of it, and something stays."""
    order = _order(event, known)
    if order is None:
        return None
    if event.quantity >= order.quantity:
        return f"work order {order.work_order} is for {order.quantity}; split off at most {order.quantity - 1}"
    left = max(0, order.quantity - order.started + scrapped_under(known, order))
    wanted = event.quantity - len(event.units)
    if wanted <= left:
        return None
    return (
        f"{left} of {order.work_order} are not begun, and {wanted} would have to be; "
        f"name {wanted - left} more units that go with it, or split off fewer"
    )


@rule("PRO-033", WorkOrderSplit)
def units_belong_to_the_order(event: WorkOrderSplit, known: Known) -> str | None:
    """Units that go to a new work order belong to the one that is split, and are not scrapped."""
    strange, scrapped = [], []
    for unit in event.units:
        state = known.unit(unit)
        if state is None:
            continue  # IDN-001 says so
        if state.work_order != event.work_order:
            strange.append(str(unit))
        elif state.life_cycle is LifeCycle.SCRAPPED:
            scrapped.append(str(unit))
    if strange:
        return f"{_some(strange)} not of work order {event.work_order}; check the scan, or leave them out"
    if scrapped:
        remain = "remains" if len(scrapped) == 1 else "remain"
        return f"{_some(scrapped)} scrapped and {remain} with {event.work_order}; leave them out"
    return None


_NAMED_MAX = 5


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED_MAX
    shown = [*names[:_NAMED_MAX], *([f"{more} more"] if more > 0 else [])]
    return " ".join((listed(shown), "is" if len(names) == 1 else "are"))


@rule("PRO-034", WorkOrderHeld)
def work_order_is_held_once(event: WorkOrderHeld, known: Known) -> str | None:
    """A work order is held when it is not held already."""
    order = _order(event, known)
    if order is None or not order.is_held:
        return None
    return f"work order {order.work_order} is held already ({order.hold_reason}); nothing is to be done"


@rule("PRO-035", WorkOrderResumed)
def work_order_is_resumed_after_a_hold(event: WorkOrderResumed, known: Known) -> str | None:
    """Only a work order that is held is resumed."""
    order = _order(event, known)
    if order is None or order.is_held:
        return None
    return f"work order {order.work_order} is not held; nothing is to be done"


@rule("PRO-036", WorkOrderClosed)
def open_ends_have_a_reason(event: WorkOrderClosed, known: Known) -> str | None:
    """A work order with units in process, or pieces not begun, is closed with a reason."""
    order = _order(event, known)
    if order is None or event.reason:
        return None
    counts = counts_of(known, order)
    if not counts.in_process and not counts.missing:
        return None
    return f"{order.work_order}: {_told(counts)}; finish them, or give a reason for closing it as it is"


def _told(counts: OrderCounts) -> str:
    return (
        f"of {counts.ordered} ordered {counts.good} are good, {counts.scrapped} scrapped, "
        f"{counts.in_process} in process and {counts.missing} not begun"
    )


@rule("PRO-037", WorkOrderClosed)
def stated_counts_agree(event: WorkOrderClosed, known: Known) -> str | None:
    """What another system has counted of a work order that is closed is what was counted here."""
    order = _order(event, known)
    if order is None or (event.good is None and event.scrapped is None):
        return None
    counts = counts_of(known, order)
    differences = [
        f"{stated} {name} stated, {counted} here ({counted - stated:+d})"
        for name, stated, counted in (
            ("good", event.good, counts.good),
            ("scrapped", event.scrapped, counts.scrapped),
        )
        if stated is not None and stated != counted
    ]
    if not differences:
        return None
    return f"{order.work_order}: {listed(differences)}; find the units that differ, or close it without these counts"


@rule("PRO-038", UnitCommissioned)
def number_is_not_kept_for_another_order(event: UnitCommissioned, known: Known) -> str | None:
    """A number of a range that is held for a work order goes to units of that order only."""
    found = known.serials.range_of(event.unit)
    kept_for = None if found is None else found[0].work_order
    if found is None or kept_for is None or kept_for == event.work_order:
        return None
    under = "no order" if event.work_order is None else str(event.work_order)
    return f"number {found[1]} is held for work order {kept_for}, not for {under}; use the next number, or that order"
