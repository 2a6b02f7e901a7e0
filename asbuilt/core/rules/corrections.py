"""Corrections name a real event and leave the rest of the history whole."""

from collections.abc import Iterator

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    LotDefined,
    PartDefined,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import DuplicateReported, UnitCommissioned, UnitReidentified, UnitsMerged
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules.groups import RECORDED_BY_THE_INTERLOCK, WORKS_ON_A_UNIT
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.genealogy import component_of, link_removed_by, parent_of
from asbuilt.core.states.known import Known, units_in
from asbuilt.core.states.panels import place_of
from asbuilt.core.states.quality import held_subject
from asbuilt.core.states.records.corrections import RecordedEvent
from asbuilt.core.states.records.defects import DefectState
from asbuilt.core.states.records.genealogy import Installation
from asbuilt.core.states.records.panels import place_key
from asbuilt.core.states.routes import position
from asbuilt.core.states.setups import in_force

_DEFINED_ANEW = (
    PartDefined,
    SerialProfileDefined,
    SpecificationDefined,
    RoutingDefined,
    BillOfMaterialsDefined,
    SetupListDefined,
    WorkCenterDefined,
    EquipmentDefined,
    CodeDefined,
    WorkOrderReleased,
)


@rule("COR-001", EventCorrected, cites="EPCIS 2.0 section 7.4.1.4 errorDeclaration")
def corrected_event_exists(event: EventCorrected, known: Known) -> str | None:
    """A correction names an event that was recorded."""
    if event.corrected_event_id in known.recorded:
        return None
    return f"event {event.corrected_event_id} was never recorded here; check the event id"


@rule("COR-002", EventCorrected)
def corrected_event_counts(event: EventCorrected, known: Known) -> str | None:
    """An event is corrected once, and a correction is not corrected but followed by the true event."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None:
        return None
    if isinstance(wrong.event, EventCorrected):
        return "a correction cannot be corrected; record again, as a new event, what did happen"
    if wrong.is_corrected:
        return f"event {event.corrected_event_id} was corrected already"
    return None


@rule("COR-003", EventCorrected)
def definitions_are_defined_anew(event: EventCorrected, known: Known) -> str | None:
    """Definitions that others rely on are replaced by a new definition, not corrected."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None or not isinstance(wrong.event, _DEFINED_ANEW):
        return None
    return f"{type(wrong.event).__name__} cannot be declared wrong; define {wrong.subject} anew, or close the order"


@rule("COR-004", EventCorrected)
def nothing_later_depends_on_it(event: EventCorrected, known: Known) -> str | None:
    """An event is corrected only when no later event that still counts depends on it."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None or wrong.is_corrected:
        return None
    return (
        _records_were_merged(wrong, known)
        or _existence_is_relied_on(wrong, known)
        or _interval_is_closed(wrong, known)
        or _order_went_on(wrong, known)
        or _unit_went_on(wrong, known)
        or _place_was_taken(wrong, known)
        or _defect_went_on(wrong, known)
    )


def _existence_is_relied_on(wrong: RecordedEvent, known: Known) -> str | None:
    if isinstance(wrong.event, UnitCommissioned | UnitReceived):
        later = [
            entry
            for entry in known.histories[wrong.event.unit]
            if entry.sequence != wrong.sequence and not isinstance(entry.event, RECORDED_BY_THE_INTERLOCK)
        ]
        if later:
            return f"{wrong.subject} has {len(later)} more events that count; correct those first, or scrap the unit"
    if isinstance(wrong.event, UnitReidentified):
        for marking in known.markings_with(wrong.event.marked_as):
            if marking.sequence > wrong.sequence:
                return f"{marking.unit} was marked {marking.marked_as} again since; correct that first"
    if isinstance(wrong.event, LotDefined) and known.is_lot_in_use(wrong.event.lot):
        return f"{wrong.subject} has been used, loaded or held since; correct that first, or place a hold on the lot"
    return None


def _interval_is_closed(wrong: RecordedEvent, known: Known) -> str | None:
    what: str | None = None
    if isinstance(wrong.event, ComponentInstalled | MaterialConsumed):
        link = known.installations.get(wrong.sequence)
        what = None if link is None or link.is_open else "the component was removed later; correct the removal first"
    elif isinstance(wrong.event, MaterialLoaded):
        window = known.setup_windows.get(wrong.sequence)
        what = None if window is None or window.is_open else "the lot was unloaded later; correct the unloading first"
    elif isinstance(wrong.event, SetupActivated):
        setup = known.setup_activations.get(wrong.sequence)
        what = None if setup is None or setup.is_open else "the setup was ended later; correct that first"
    elif isinstance(wrong.event, HoldPlaced):
        hold = known.holds.get(wrong.sequence)
        what = None if hold is None or hold.is_open else "the hold was released later; correct the release first"
    elif isinstance(wrong.event, DuplicateReported):
        question = known.duplicates.get(wrong.sequence)
        what = None if question is None or question.is_open else "the question was decided later; correct that first"
    elif isinstance(wrong.event, OperationStarted):
        start = known.operation_starts.get(wrong.sequence)
        what = None if start is None or start.is_open else "the operation was completed later; correct that first"
    elif isinstance(wrong.event, WorkOrderHeld):
        wait = known.order_holds.get(wrong.sequence)
        what = None if wait is None or wait.is_open else "the order was resumed later; correct that first"
    elif isinstance(wrong.event, WorkOrderResumed):
        wait = known.open_order_hold(wrong.event.work_order)
        what = None if wait is None else "the order was held again later; correct that first"
    return what


def _order_went_on(wrong: RecordedEvent, known: Known) -> str | None:
    """Whether anything was recorded of an order that a split made, or of one that a unit went on to."""
    if not isinstance(wrong.event, WorkOrderSplit):
        return None
    into, moved = wrong.event.into, wrong.event.units
    order = known.work_orders.get(into)
    told = any(one.subject == into and not one.is_corrected for one in known.recorded.values())
    if order is None or order.started != len(moved) or told or into in known.orders_in_use:
        return f"work order {into} was worked with since; close that, or split it again"
    for unit in moved:
        state = known.unit(unit)
        if state is None or state.work_order != into:
            return f"{unit} is not of work order {into} any more; correct first what took it away"
        for later in _later(unit, wrong.sequence, known):
            if isinstance(later, OperationStarted | OperationCompleted) and later.work_order == into:
                return _depends(unit, later)
    return None


def _later(unit: Unit, sequence: int, known: Known) -> Iterator[Event]:
    """What has happened to a unit since, as far as it counts."""
    return (entry.event for entry in known.histories[unit] if entry.sequence > sequence)


_FOLLOWERS: dict[type[Event], tuple[type[Event], ...]] = {
    UnitShipped: (UnitReturned,),
    UnitReturned: (*WORKS_ON_A_UNIT, MaterialConsumed),
    UnitPacked: (UnitUnpacked,),
    UnitUnpacked: (UnitPacked,),
    UnitPanelled: (UnitDepanelled,),
    UnitDepanelled: (UnitPanelled, UnitPacked, UnitShipped),
}
"""What could not have happened without the event before it."""


def _unit_went_on(wrong: RecordedEvent, known: Known) -> str | None:
    followers = _FOLLOWERS.get(type(wrong.event), ())
    for unit in units_in(wrong.event):
        for later in _later(unit, wrong.sequence, known):
            if isinstance(later, followers):
                return _depends(unit, later)
    if isinstance(wrong.event, OperationCompleted):
        used_again = _start_was_used_again(wrong.event, wrong.sequence, known)
        return used_again or _route_went_on(wrong.event, wrong.sequence, known)
    return None


def _depends(unit: Unit, later: Event) -> str:
    return f"{unit}: a later {type(later).__name__} depends on it; correct that first"


def _start_was_used_again(event: OperationCompleted, sequence: int, known: Known) -> str | None:
    """Without this completion, its start would have been ended by the next one that has no start of its own."""
    if all(start.completed_sequence != sequence for start in known.operation_starts):
        return None
    begun = 0
    for later in _later(event.unit, sequence, known):
        if isinstance(later, OperationStarted) and later.operation == event.operation:
            begun += 1
        elif isinstance(later, OperationCompleted) and later.operation == event.operation:
            if begun == 0:
                return _depends(event.unit, later)
            begun -= 1
    return None


def _route_went_on(event: OperationCompleted, sequence: int, known: Known) -> str | None:
    """Whether something was done since that was in its turn on the routing because of this completion only."""
    routing = known.routing_of(event.unit)
    if routing is None:
        return None
    runs, accepted = known.runs(event.unit), known.accepted_runs(event.unit)
    for entry in known.histories[event.unit]:
        later = entry.event
        if entry.sequence <= sequence or not isinstance(later, OperationStarted | OperationCompleted):
            continue
        step = routing.steps.get(later.operation)
        before = [run for run in runs if run.sequence < entry.sequence]
        without = [run for run in before if run.sequence != sequence]
        if step is None or not position(routing, before, accepted=accepted).is_in_turn(step):
            continue
        if not position(routing, without, accepted=accepted).is_in_turn(step):
            return f"{event.unit}: {later.operation} was done since, which comes after this; correct that first"
    return None


def _defect_went_on(wrong: RecordedEvent, known: Known) -> str | None:
    """Whether something was decided or done since about a defect that an event found, or about which it decided."""
    event = wrong.event
    if isinstance(event, OperationCompleted | DefectRecorded):
        numbers = {one.number for one in known.defects_with(event.unit) if one.sequence == wrong.sequence}
    elif isinstance(event, DefectDispositioned | DefectRepaired):
        numbers = {event.defect}
    else:
        return None
    for later in _later(event.unit, wrong.sequence, known):
        if isinstance(later, DefectDispositioned | DefectRepaired) and later.defect in numbers:
            return f"defect {later.defect}: {_depends(event.unit, later)}"
        if isinstance(later, OperationStarted | OperationCompleted) and _decided_its_turn(event, known):
            return _depends(event.unit, later)
    return None


def _decided_its_turn(event: Event, known: Known) -> bool:
    """Whether work on a routing may have been in its turn because of what was decided about a defect."""
    return isinstance(event, DefectDispositioned) and known.routing_of(event.unit) is not None


def _place_was_taken(wrong: RecordedEvent, known: Known) -> str | None:
    event = wrong.event
    if isinstance(event, ComponentRemoved):
        link = link_removed_by(known, event, wrong.sequence)
        return None if link is None else _component_went_on(link, wrong.sequence, known)
    if isinstance(event, MaterialUnloaded):
        for window in known.setup_windows:
            if (window.station, window.slot) == (event.station, event.slot) and window.sequence > wrong.sequence:
                return f"slot {event.slot} of {event.station} was loaded with {window.lot} since; correct that first"
    if isinstance(event, SetupDeactivated):
        there_now = in_force(known, event.station)
        return None if there_now is None else f"{there_now.setup_list} is in force there since; correct that first"
    if isinstance(event, UnitDepanelled):
        there = place_of(known, place_key(event.panel, event.position))
        return None if there is None else f"{there.unit} is at that position since; separate that first"
    if isinstance(event, HoldReleased):
        subject = held_subject(event)
        for hold in known.holds:
            if (hold.subject, hold.hold) == (subject, event.hold) and hold.sequence > wrong.sequence:
                return f"hold {event.hold} was placed on {subject} again; correct that first"
    return None


def _component_went_on(link: Installation, sequence: int, known: Known) -> str | None:
    """Whether a removed component, or the place it left, was used since; also when that has ended by now."""
    component = link.component
    if isinstance(component, Unit):
        for later in _later(component, sequence, known):
            if _needs_removal(later, component, link):
                return _depends(component, later)
    if link.parent in known.contents(component):
        return f"{component} contains {link.parent} since; remove that first"
    if isinstance(link.parent, Unit):
        for later in _later(link.parent, sequence, known):
            if isinstance(later, ComponentInstalled) and _takes_place_of(later, link):
                place = link.reference_designator or component
                return f"{place} of {link.parent}: {component_of(later)} was installed since; correct that first"
            if isinstance(later, ComponentRemoved) and _might_mean(later, link):
                return _depends(link.parent, later)
    return None


def _needs_removal(event: Event, component: Unit, link: Installation) -> bool:
    """Whether `event` could only happen because the component had come out of its place."""
    if isinstance(event, ComponentInstalled | MaterialConsumed) and event.component == component:
        return parent_of(event) == link.parent or (link.binds_component and event.evidence is not Evidence.ALTERNATIVE)
    return link.binds_component and isinstance(event, UnitMoved | UnitPacked | UnitShipped)


def _takes_place_of(event: ComponentInstalled, link: Installation) -> bool:
    if event.unit != link.parent or event.reference_designator != link.reference_designator:
        return False
    if event.lot is not None and event.lot == link.component:
        return True  # which of the two was then removed could not be told
    excludes = link.binds_component or (event.component is not None and link.evidence is not Evidence.ALTERNATIVE)
    return bool(link.reference_designator) and event.evidence is not Evidence.ALTERNATIVE and excludes


def _might_mean(event: ComponentRemoved, link: Installation) -> bool:
    """Whether a removal that does not say where would have been ambiguous, had the component stayed in its place."""
    is_the_same = event.unit == link.parent and component_of(event) == link.component
    return is_the_same and event.reference_designator in ("", link.reference_designator)


def _records_were_merged(wrong: RecordedEvent, known: Known) -> str | None:
    """Whether a merge was judged by the event; or what one record of a merge began, the other ended."""
    for unit in units_in(wrong.event):
        for later in _later(unit, wrong.sequence, known):
            if isinstance(later, UnitsMerged):
                return f"{later.duplicate} was merged into {later.unit} since; correct that first, and merge them again"
    return _merge_is_relied_on(wrong.event, wrong.sequence, known) if isinstance(wrong.event, UnitsMerged) else None


def _merge_is_relied_on(event: UnitsMerged, sequence: int, known: Known) -> str | None:
    for entry in known.histories[event.duplicate]:
        link = known.installations.get(entry.sequence)
        hold = known.holds.get(entry.sequence)
        start = known.operation_starts.get(entry.sequence)
        decided = {one.decided_sequence or one.settled_sequence for one in _defects_found_by(entry, event.unit, known)}
        ended = {
            "removed": None if link is None else link.removed_sequence,
            "released": None if hold is None else hold.released_sequence,
            "completed": None if start is None else start.completed_sequence,
            "settled or decided upon": max((at for at in decided if at is not None), default=None),
        }
        for how, ended_at in ended.items():
            if ended_at is not None and ended_at > sequence:
                what = f"what {type(entry.event).__name__} began under {event.duplicate}"
                return f"{what} was {how} under {event.unit} since; correct that first"
    return _left_since(event.unit, sequence, known)


_ENTERED: dict[type[Event], type[Event]] = {
    UnitUnpacked: UnitPacked,
    UnitReturned: UnitShipped,
    UnitDepanelled: UnitPanelled,
}
"""What ends a stay in a container, with a customer or on a panel, and what begins it."""


def _defects_found_by(entry: RecordedEvent, unit: Unit, known: Known) -> Iterator[DefectState]:
    return (one for one in known.defects_with(unit) if one.sequence == entry.sequence)


def _left_since(unit: Unit, sequence: int, known: Known) -> str | None:
    """Whether the unit left a container or a customer since, to which it may have come under either record."""
    begun: set[type[Event]] = set()
    for later in _later(unit, sequence, known):
        begun.add(type(later))
        entered = _ENTERED.get(type(later))
        if entered is not None:
            if entered not in begun:
                return _depends(unit, later)
            begun.discard(entered)
    return None
