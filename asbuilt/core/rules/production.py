"""Work is done under open orders, and as the routing of the unit says."""

from collections.abc import Iterable
from datetime import timedelta

from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    WorkOrderClosed,
    WorkOrderReleased,
)
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known
from asbuilt.core.states.routes import Position, position_of, step_of


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


_Work = OperationStarted | OperationCompleted


@rule("PRO-010", OperationStarted, OperationCompleted)
def operation_is_on_the_routing(event: _Work, known: Known) -> str | None:
    """What is done to a unit is an operation of its routing."""
    place = position_of(known, event)
    if place is None or event.operation in place.routing.steps:
        return None
    routing = place.routing.routing
    return f"{event.operation} is not on routing {routing} of {event.unit}; {_next(place)}"


@rule("PRO-011", OperationStarted, OperationCompleted)
def operations_before_it_have_passed(event: _Work, known: Known) -> str | None:
    """An operation is done when those that it comes after have passed, and no rework is under way."""
    found = step_of(known, event)
    if found is None or found[1].is_rework or _was_judged_at_its_start(event, known):
        return None
    place, step = found
    if place.rework is not None:
        return f"{event.unit} is in rework, {place.rework} was done last; {_next(place)}"
    missing = place.missing(step)
    if not missing:
        return None
    failed = [name for name in missing if place.has_failed(name)]
    how = f" ({_listed(failed)} failed last)" if failed else ""
    verb = "has" if len(missing) == 1 else "have"
    return f"before {event.operation}, {_listed(missing)} {verb} to pass{how}; {_next(place)}"


@rule("PRO-012", OperationStarted, OperationCompleted)
def rework_follows_a_failure(event: _Work, known: Known) -> str | None:
    """A rework operation is done after the failure that it belongs to, or after the rework before it."""
    found = step_of(known, event)
    if found is None or not found[1].is_rework or _was_judged_at_its_start(event, known):
        return None
    place, step = found
    if place.follows_a_failure(step):
        return None
    before = _listed(place.routing.before[step.operation])
    return f"{event.operation} is rework that follows {before}, and nothing there calls for it; {_next(place)}"


@rule("PRO-013", OperationStarted, OperationCompleted)
def operation_has_not_passed(event: _Work, known: Known) -> str | None:
    """An operation that has passed is done again only where the routing lets it be repeated, or after rework."""
    found = step_of(known, event)
    if found is None:
        return None
    place, step = found
    if step.is_repeatable or not place.has_passed(step.operation):
        return None
    return f"{event.operation} of {event.unit} has passed already; {_next(place)}"


@rule("PRO-014", OperationStarted, OperationCompleted)
def station_is_allowed(event: _Work, known: Known) -> str | None:
    """An operation is done at one of the stations that the routing allows."""
    found = step_of(known, event)
    if found is None or not found[1].stations:
        return None
    start = known.open_start(event.unit, event.operation) if isinstance(event, OperationCompleted) else None
    station = event.station or (start.station if start else None)
    if station in found[1].stations:
        return None
    here = f"not at {station}" if station else "and no station was named"
    return f"{event.operation} is done at {_listed(map(str, found[1].stations))}, {here}; take the unit there"


@rule("PRO-015", OperationStarted, OperationCompleted)
def attempts_are_left(event: _Work, known: Known) -> str | None:
    """An operation is tried as often as the routing allows; then the unit goes into rework."""
    found = step_of(known, event)
    if found is None or found[0].has_attempts_left(found[1]):
        return None
    place, step = found
    return (
        f"{event.operation} of {event.unit} was tried {place.attempts[step.operation]} times, and {step.attempts_max} "
        f"are allowed; {_next(place)}"
    )


@rule("PRO-016", OperationStarted, OperationCompleted)
def wait_is_kept(event: _Work, known: Known) -> str | None:
    """An operation begins as long after the one before it as the routing asks for, neither sooner nor later."""
    found = step_of(known, event)
    if found is None or found[1].operation in found[0].last or _was_judged_at_its_start(event, known):
        return None
    place, step = found
    since = place.ready_since(step)
    if since is None:
        return None
    if step.wait_min_s is not None and event.event_time < since + timedelta(seconds=step.wait_min_s):
        earliest = (since + timedelta(seconds=step.wait_min_s)).astimezone(event.event_time.tzinfo)
        return f"{event.operation} begins {step.wait_min_s} s after what is before it; wait until {earliest:%H:%M:%S}"
    if step.wait_max_s is not None and event.event_time > since + timedelta(seconds=step.wait_max_s):
        latest = (since + timedelta(seconds=step.wait_max_s)).astimezone(event.event_time.tzinfo)
        return f"{event.operation} had to begin by {latest:%Y-%m-%d %H:%M:%S}; put the unit aside and ask quality"
    return None


def _was_judged_at_its_start(event: _Work, known: Known) -> bool:
    """Whether the work began when it was in its turn; that it was done is then a fact to keep."""
    return isinstance(event, OperationCompleted) and known.open_start(event.unit, event.operation) is not None


def _next(place: Position) -> str:
    """What to do with the unit instead."""
    names = place.next_operations()
    if names:
        return f"do {_listed(names, last='or')} next"
    steps: list[RouteOperation] = [one for one in place.routing.operations if not one.is_rework]
    is_done = all(one.is_optional or place.has_passed(one.operation) for one in steps)
    return "its routing is done: check the scan" if is_done else "put the unit aside and ask quality"


def _listed(names: Iterable[str | Operation], *, last: str = "and") -> str:
    *before, final = names
    return f"{', '.join(before)} {last} {final}" if before else str(final)
