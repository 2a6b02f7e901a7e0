"""Part of a lot is worked on in the order of its routing, and no more of it than there is."""

from datetime import timedelta
from decimal import Decimal

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted, quantity_worked_on
from asbuilt.core.rules.rule import rule
from asbuilt.core.rules.wording import listed, shown
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import LotWork, newly_begun, progress_of

_LOT_WORK = (LotOperationStarted, LotOperationCompleted)


@rule("PRO-060", *_LOT_WORK)
def lot_operation_is_on_the_routing(event: LotWork, known: Known) -> str | None:
    """What is done to some of a lot is an operation of its routing."""
    found = progress_of(known, event.lot)
    if found is None or found.routing is None or event.operation in found.routing.steps:
        return None
    names = listed(found.routing.steps, last="or")
    return f"{event.operation} is not on routing {found.routing.routing} of lot {event.lot}; it has {names}"


@rule("PRO-061", *_LOT_WORK)
def quantity_has_come_to_the_operation(event: LotWork, known: Known) -> str | None:
    """No more of a lot is worked on than has passed what comes before, and no more tried again than has failed."""
    found = progress_of(known, event.lot)
    if found is None or (found.routing is not None and event.operation not in found.routing.steps):
        return None
    asked = newly_begun(event, found)
    room = found.left(event.operation, is_retry=event.is_retry)
    if room is None or asked <= max(room, Decimal(0)):
        return None
    uom, room = _uom(known, event), max(room, Decimal(0))  # below zero, where more was begun by an override
    if event.is_retry:
        return (
            f"{shown(asked)}{uom} of lot {event.lot} would be tried again at {event.operation}, and {shown(room)} "
            "failed there and are not tried again or in rework yet; count again, or report what failed first"
        )
    return (
        f"{shown(asked)}{uom} of lot {event.lot} would be begun at {event.operation}, and {shown(room)} have come "
        "there and are not begun; count again, report first what was done before it, or say that it is_retry"
    )


@rule("PRO-062", *_LOT_WORK)
def lot_wait_is_kept(event: LotWork, known: Known) -> str | None:
    """Some of a lot is worked on as long after the operation before as the routing asks for, first in first out."""
    found = progress_of(known, event.lot)
    step = None if found is None or found.routing is None else found.routing.steps.get(event.operation)
    if found is None or step is None or (step.wait_min_s is None and step.wait_max_s is None):
        return None
    asked = newly_begun(event, found)
    ready = found.ready(step, asked) if asked and not event.is_retry else None
    if ready is None:
        return None
    first, last = ready
    if step.wait_min_s is not None and event.event_time < last + timedelta(seconds=step.wait_min_s):
        earliest = (last + timedelta(seconds=step.wait_min_s)).astimezone(event.event_time.tzinfo)
        return (
            f"{event.operation} begins {step.wait_min_s} s after what is before it, for the last of the "
            f"{shown(asked)} at {earliest:%Y-%m-%d %H:%M:%S}; wait, or take fewer"
        )
    if step.wait_max_s is not None and event.event_time > first + timedelta(seconds=step.wait_max_s):
        latest = (first + timedelta(seconds=step.wait_max_s)).astimezone(event.event_time.tzinfo)
        return f"{event.operation} had to begin by {latest:%Y-%m-%d %H:%M:%S}; put these pieces aside and ask quality"
    return None


@rule("PRO-063", *_LOT_WORK)
def order_makes_the_lot(event: LotWork, known: Known) -> str | None:
    """A lot is worked on under an order for its part, and begun only while the order is not held."""
    order = None if event.work_order is None else known.work_orders.get(event.work_order)
    if order is None:
        return None  # PRO-001 says so
    if order.part != event.lot.part:
        return f"work order {order.work_order} makes {order.part}, not {event.lot.part}; check the order number"
    found = progress_of(known, event.lot)
    if order.is_held and found is not None and newly_begun(event, found):
        return f"work order {order.work_order} is held ({order.hold_reason}); put the lot aside until it is resumed"
    return None


@rule("PRO-064", EventCorrected)
def what_went_on_is_not_taken_away(event: EventCorrected, known: Known) -> str | None:
    """Work on some of a lot is not corrected while a later operation relies on what passed."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None or not isinstance(wrong.event, LotOperationCompleted):
        return None
    now = progress_of(known, wrong.event.lot)
    then = progress_of(known, wrong.event.lot, without=wrong.sequence)
    overrun = [] if now is None or then is None else [one for one in then.overrun() if one not in now.overrun()]
    if not overrun:
        return None
    return f"what passed has gone on to {overrun[0]}; correct that first, or report what happened to it"


@rule("PRO-065", *_LOT_WORK)
def lot_is_that_large(event: LotWork, known: Known) -> str | None:
    """No more of a lot is worked on at once than it was made of, and no more scrapped than is left of it."""
    state = known.lot(event.lot)
    if state is None or state.quantity is None or state.remaining is None:
        return None
    uom = _uom(known, event)
    asked = quantity_worked_on(event)
    scrapped = event.scrapped if isinstance(event, LotOperationCompleted) else Decimal(0)
    if asked > state.quantity:
        return f"{shown(asked)}{uom} is more than lot {event.lot} has, {shown(state.quantity)}; count again"
    if scrapped > state.remaining:
        left = shown(state.remaining)
        return f"{shown(scrapped)}{uom} of lot {event.lot} cannot be scrapped, {left} are left; count again"
    return None


def _uom(known: Known, event: LotWork) -> str:
    state = known.lot(event.lot)
    return f" {state.uom}" if state is not None and state.uom else ""
