"""What is loaded is what the setup list asks for, and the line runs when all of it is there."""

from collections.abc import Iterator
from decimal import Decimal

from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.rules.rule import rule
from asbuilt.core.rules.wording import either, listed, shown
from asbuilt.core.states.genealogy import window_to_unload
from asbuilt.core.states.known import Known
from asbuilt.core.states.setups import (
    SlotCheck,
    SlotStatus,
    Work,
    asked_of,
    counted_slots,
    feeding,
    in_force,
    is_unusable,
    list_in_force,
    listed_slots,
)

SPLICED_MAX = 2
"""Most loads of a slot at a time: the one that comes to its end, and the one that follows."""


@rule("PRO-040", SetupActivated)
def setup_list_is_for_the_station(event: SetupActivated, known: Known) -> str | None:
    """A setup list that comes into force was defined before, for that station."""
    found = known.setup_lists.get(event.setup_list)
    if found is None:
        return f"setup list {event.setup_list} is not defined here; check its name and revision, or define it first"
    if found.station == event.station:
        return None
    return f"setup list {event.setup_list} is for {found.station}, not {event.station}; take the list of that station"


@rule("PRO-041", SetupActivated, SetupDeactivated)
def setup_follows_the_one_before_it(event: SetupActivated | SetupDeactivated, known: Known) -> str | None:
    """A setup begins after the one before it, and only the one in force ends."""
    there = in_force(known, event.station)
    if isinstance(event, SetupDeactivated) and (there is None or there.setup_list != event.setup_list):
        found = "no setup" if there is None else str(there.setup_list)
        return f"{found} is in force at {event.station}, not {event.setup_list}; check the name"
    if there is None:
        return None
    if isinstance(event, SetupActivated) and (there.setup_list, there.work_order) == (
        event.setup_list,
        event.work_order,
    ):
        return f"{there.setup_list} is in force at {event.station} already; nothing is to be done"
    if event.event_time < there.activated_at:
        since = f"{there.activated_at:%Y-%m-%d %H:%M:%S %Z}"
        return f"{there.setup_list} is in force at {event.station} since {since}; give a later event_time"
    return None


@rule("PRO-042", MaterialLoaded, cites="IEC 62264-3: production resource management; line setup verification")
def lot_is_what_the_slot_takes(event: MaterialLoaded, known: Known) -> str | None:
    """What is loaded is the part that the setup list in force asks for in the slot, or an alternate."""
    found = list_in_force(known, event.station, event.event_time)
    if found is None:
        return None
    wanted = found.by_slot.get(event.slot)
    if wanted is None:
        slots = [one.slot for one in found.slots if event.lot.part in one.allowed]
        where = f"{event.lot.part} goes to {either(slots)}" if slots else "check the slot and the lot"
        return f"{found.setup_list} knows no slot {event.slot} of {event.station}; {where}"
    if event.lot.part in wanted.allowed:
        return None
    takes = either(wanted.allowed)
    return f"slot {event.slot} of {event.station} takes {takes} by {found.setup_list}, not {event.lot.part}; load that"


@rule("PRO-043", MaterialLoaded)
def splice_follows_one_load(event: MaterialLoaded, known: Known) -> str | None:
    """A lot is spliced to the one load that is in the slot, of the same part or of one that the list allows."""
    if not event.is_splice:
        return None
    there = known.loaded_material(event.station, event.slot)
    where = f"slot {event.slot} of {event.station}"
    if not there:
        return f"{where} is empty, so there is nothing to splice to; load it without is_splice"
    if len(there) >= SPLICED_MAX:
        return f"{where} is fed by {listed(one.lot for one in there)}; unload the first before a third is spliced"
    is_listed = list_in_force(known, event.station, event.event_time) is not None
    if is_listed or there[0].lot.part == event.lot.part:
        return None
    return f"{where} is fed with {there[0].lot.part}, {event.lot.part} is another part; unload and load it instead"


@rule("PRO-044", MaterialLoaded)
def lot_is_at_one_place(event: MaterialLoaded, known: Known) -> str | None:
    """Where a setup is in force, a lot that feeds elsewhere is loaded only with a quantity that it has besides."""
    if list_in_force(known, event.station, event.event_time) is None:
        return None
    others = [one for one in known.setup_windows if one.is_open and one.lot == event.lot]
    if not others:
        return None
    places = listed(f"slot {one.slot} of {one.station}" for one in others)
    there = [one.quantity for one in others]
    if event.quantity is None or None in there:
        what = "say the quantity on each reel" if None not in there else "a reel is at one place"
        return f"{event.lot} feeds {places}: {what}; unload it there first"
    lot = known.lot(event.lot)
    loaded = sum((one for one in there if one is not None), Decimal(0))
    if lot is None or lot.remaining is None or loaded + event.quantity <= lot.remaining:
        return None
    return (
        f"{event.lot} has {shown(lot.remaining)}, of which {shown(loaded)} feeds {places}; "
        f"{shown(event.quantity)} more cannot be on this one: check the quantity"
    )


@rule("PRO-045", MaterialLoaded, MaterialUnloaded)
def load_is_counted_as_the_lot(event: MaterialLoaded | MaterialUnloaded, known: Known) -> str | None:
    """What is on a load is counted in the unit of measure of its lot, and is no more than the lot or load had."""
    lot = known.lot(event.lot)
    quantity = event.quantity if isinstance(event, MaterialLoaded) else event.remaining
    if lot is None or quantity is None:
        return None
    if lot.quantity is not None and event.uom not in ("", lot.uom):
        kept = lot.uom or "pieces (no uom)"
        return f"lot {lot.lot} is kept in {kept}, the quantity is in {event.uom}; give it in {kept}"
    most = lot.remaining
    if isinstance(event, MaterialUnloaded):
        window = window_to_unload(known, event)
        most = most if window is None or window.quantity is None else window.quantity
    if most is None or quantity <= most:
        return None
    said = f"{shown(quantity)} of {lot.lot}"
    return f"{said} cannot be there, {shown(most)} was at most; check the count, or correct the lot's quantity"


@rule("PRO-046", OperationStarted, OperationCompleted, cites="IPC-2591: setup verification")
def setup_is_complete(event: Work, known: Known) -> str | None:
    """Work begins when every slot of the setup list in force is loaded with what it asks for."""
    found = asked_of(known, event)
    if found is None:
        return None
    faults = [_said(one) for one in listed_slots(known, found, event.event_time) if one.stops_the_line]
    if not faults:
        return None
    return f"{found.station} is not set up as {found.setup_list} says: {', '.join(faults)}"


def _said(check: SlotCheck) -> str:
    assert check.wanted is not None, "what a list does not know stops no line"
    takes = either(check.wanted.allowed)
    if check.status is SlotStatus.EMPTY:
        return f"slot {check.slot} is empty, load {takes}"
    wrong = listed(one.lot for one in check.loaded if one.lot.part not in check.wanted.allowed)
    return f"slot {check.slot} holds {wrong}, load {takes} instead"


@rule("PRO-047", OperationStarted, OperationCompleted)
def setup_is_for_the_work(event: Work, known: Known) -> str | None:
    """The setup list in force is for the part, the routing and the program of the work."""
    found = asked_of(known, event)
    if found is None:
        return None
    if found.part is not None and found.part != event.unit.part:
        return f"{found.setup_list} at {found.station} is for {found.part}, not {event.unit.part}; change the setup"
    if found.routing is not None:
        routing = known.routing_of(event.unit)
        if routing is None or routing.routing != found.routing:
            made = "no routing" if routing is None else str(routing.routing)
            return f"{found.setup_list} is for routing {found.routing}, {event.unit} has {made}; change the setup"
    if found.program in ("", event.program):
        return None
    runs = f"not {event.program}" if event.program else "and none is named"
    return f"{found.setup_list} is for program {found.program}, {runs}; load that one"


@rule("PRO-048", OperationStarted, OperationCompleted)
def what_is_fed_may_be_used(event: Work, known: Known) -> str | None:
    """What feeds an operation by its setup list is neither on hold nor expired."""
    found = asked_of(known, event)
    if found is None:
        return None
    faults = [fault for one in listed_slots(known, found, event.event_time) for fault in _unusable(one, event, known)]
    return f"{', '.join(faults)}; unload that at {found.station} and load another" if faults else None


def _unusable(check: SlotCheck, event: Work, known: Known) -> Iterator[str]:
    for lot in dict.fromkeys(one.lot for one in check.loaded if is_unusable(known, one.lot, event.event_time)):
        holds = known.open_holds(lot)
        state = known.lot(lot)
        assert state is not None, "what is not known here is not found to be unusable"
        why = f"is on hold ({', '.join(holds)})" if holds else f"expired on {state.expires_on}"
        yield f"slot {check.slot}: {lot} {why}"


@rule("PRO-049", OperationStarted, OperationCompleted)
def counted_material_suffices(event: Work, known: Known) -> str | None:
    """Where a setup list counts a slot, what is loaded there suffices for one more unit."""
    found = asked_of(known, event)
    if found is None or not known.left_in_windows:
        return None
    faults = []
    for slot, quantity in counted_slots(found):
        loads = feeding(known, found.station, slot.slot, event.event_time)
        left = [known.left_in_windows.get(one.sequence) for one in loads]
        there = sum((max(one, Decimal(0)) for one in left if one is not None), Decimal(0))
        if loads and None not in left and there < quantity:
            lots = listed(one.lot for one in loads)
            faults.append(f"slot {slot.slot} has {_measured(there, slot.uom)} of {lots} left")
    if not faults:
        return None
    return f"{', '.join(faults)}, which is not enough for a unit; splice or load another at {found.station}"


def _measured(quantity: Decimal, uom: Uom) -> str:
    return f"{shown(quantity)} {uom}".strip()
