"""What is known around a batch of events: the rows rules ask about, before and after each accepted event.

`projections.around` fills it from the tables, `fold` changes it event by event, and what changed is written back
once per batch. So rules never touch the database, and a batch costs a handful of statements however long it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asbuilt.core.events.catalogue import EVENT_TYPES, SUBJECT_FIELDS
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import Result, WorkOrderSplit
from asbuilt.core.identifiers.names import HoldNumber, Operation, Slot
from asbuilt.core.identifiers.subjects import (
    BillOfMaterials,
    CodeList,
    Lot,
    Part,
    Recall,
    Routing,
    SetupList,
    Specification,
    Station,
    Subject,
    Unit,
    WorkCenter,
    WorkOrder,
)
from asbuilt.core.states.records.bills import BillState
from asbuilt.core.states.records.corrections import Correction, RecordedEvent
from asbuilt.core.states.records.defects import DefectKey, DefectState
from asbuilt.core.states.records.definitions import LotState, PartState, SpecificationState
from asbuilt.core.states.records.genealogy import DeclaredComponent, Installation, SetupWindow
from asbuilt.core.states.records.identity import Alias, Duplicate, LabelPrint, Marking, Merge, UnitState
from asbuilt.core.states.records.lots import LotRun
from asbuilt.core.states.records.messages import Message
from asbuilt.core.states.records.orders import OrderHold, UnitGroup, WorkOrderState
from asbuilt.core.states.records.panels import PanelPlace, PlaceKey
from asbuilt.core.states.records.production import (
    InterlockOverride,
    OperationRefusal,
    OperationRun,
    OperationStart,
)
from asbuilt.core.states.records.quality import Hold
from asbuilt.core.states.records.recalls import RecallMember, RecallNotice, RecallState, ScopeCounts
from asbuilt.core.states.records.resources import (
    Calibration,
    CodeState,
    EquipmentState,
    Qualification,
    WorkCenterState,
)
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.records.setups import SetupActivation, SetupListState
from asbuilt.core.states.rows import Rows
from asbuilt.core.states.serial_rows import SerialRows


@dataclass(slots=True)
class Known:
    """The rows around a batch, by the names rules use."""

    units: Rows[Unit, UnitState] = field(default_factory=Rows)
    lots: Rows[Lot, LotState] = field(default_factory=Rows)
    parts: Rows[Part, PartState] = field(default_factory=Rows)
    work_orders: Rows[WorkOrder, WorkOrderState] = field(default_factory=Rows)
    order_holds: Rows[int, OrderHold] = field(default_factory=Rows)
    specifications: Rows[Specification, SpecificationState] = field(default_factory=Rows)
    routings: Rows[Routing, RoutingState] = field(default_factory=Rows)
    bills: Rows[BillOfMaterials, BillState] = field(default_factory=Rows)
    work_centers: Rows[WorkCenter, WorkCenterState] = field(default_factory=Rows)
    equipment: Rows[Station, EquipmentState] = field(default_factory=Rows)
    codes: Rows[tuple[CodeList, str], CodeState] = field(default_factory=Rows)
    """By list and normal form; of a list that is asked for, one at least when it has any."""
    calibrations: Rows[int, Calibration] = field(default_factory=Rows)
    qualifications: Rows[int, Qualification] = field(default_factory=Rows)
    aliases: Rows[int, Alias] = field(default_factory=Rows)
    markings: Rows[int, Marking] = field(default_factory=Rows)
    duplicates: Rows[int, Duplicate] = field(default_factory=Rows)
    merges: Rows[Unit, Merge] = field(default_factory=Rows)
    """By the record that was merged into another."""
    label_prints: Rows[int, LabelPrint] = field(default_factory=Rows)
    operation_starts: Rows[int, OperationStart] = field(default_factory=Rows)
    operation_runs: Rows[int, OperationRun] = field(default_factory=Rows)
    lot_runs: Rows[int, LotRun] = field(default_factory=Rows)
    panel_places: Rows[int, PanelPlace] = field(default_factory=Rows)
    operation_refusals: Rows[int, OperationRefusal] = field(default_factory=Rows)
    interlock_overrides: Rows[int, InterlockOverride] = field(default_factory=Rows)
    installations: Rows[int, Installation] = field(default_factory=Rows)
    setup_windows: Rows[int, SetupWindow] = field(default_factory=Rows)
    setup_lists: Rows[SetupList, SetupListState] = field(default_factory=Rows)
    setup_activations: Rows[int, SetupActivation] = field(default_factory=Rows)
    declared_components: Rows[int, DeclaredComponent] = field(default_factory=Rows)
    holds: Rows[int, Hold] = field(default_factory=Rows)
    recalls: Rows[Recall, RecallState] = field(default_factory=Rows)
    recall_members: Rows[tuple[Recall, Unit | Lot], RecallMember] = field(default_factory=Rows)
    recall_notices: Rows[int, RecallNotice] = field(default_factory=Rows)
    defects: Rows[DefectKey, DefectState] = field(default_factory=Rows)
    messages: Rows[int, Message] = field(default_factory=Rows)
    corrections: Rows[int, Correction] = field(default_factory=Rows)
    serials: SerialRows = field(default_factory=SerialRows)

    children: dict[Subject, set[Subject]] = field(default_factory=dict)
    """Open links downwards from everything whose contents a rule may ask for."""
    fed_lots: dict[Unit, set[Lot]] = field(default_factory=dict)
    """Line-fed lots on hold (or put on hold by this batch) that units have consumed."""
    fed_parts: dict[Unit, set[Part]] = field(default_factory=dict)
    """Parts that units were line-fed before the batch, of units whose record may have to be complete."""
    recorded: dict[UUID, RecordedEvent] = field(default_factory=dict)
    """Events that this batch corrects, and those it has accepted so far."""
    histories: dict[Unit, list[RecordedEvent]] = field(default_factory=dict)
    """Whole histories, in order, of the units whose state a correction in this batch changes."""
    lots_in_use: set[Lot] = field(default_factory=set)
    """Of the lots whose definition this batch corrects: those that anything refers to."""
    links_of: dict[Subject, set[int]] = field(default_factory=dict)
    """Installations by parent, and by component, among those loaded or made."""
    places_of: dict[Unit | PlaceKey, set[int]] = field(default_factory=dict)
    """Places on panels that were loaded or taken, by unit and by position."""
    windows_of: dict[tuple[Station, Slot], set[int]] = field(default_factory=dict)
    left_in_windows: dict[int, Decimal | None] = field(default_factory=dict)
    """What is left in counted slots by the sequence of the window, None where nobody knows; never kept."""
    holds_of: dict[Subject, set[int]] = field(default_factory=dict)
    defects_of: dict[Unit, set[DefectKey]] = field(default_factory=dict)
    order_holds_of: dict[WorkOrder, set[int]] = field(default_factory=dict)
    scope_counts: dict[Recall, ScopeCounts] = field(default_factory=dict)
    """What recalls cover, of those that the batch lists, settles or decides anything of."""
    units_under: dict[WorkOrder, dict[UnitGroup, int]] = field(default_factory=dict)
    """How far the units of orders had come before the batch, of those orders that it closes."""
    scrapped_under: dict[WorkOrder, int] = field(default_factory=dict)
    """How many units of orders are scrapped, of those that the batch splits or that have no room but theirs."""
    belonged_before: dict[WorkOrder, int] = field(default_factory=dict)
    """How many units belong to orders before the batch, of those that it releases or splits off."""
    orders_in_use: set[WorkOrder] = field(default_factory=set)
    """Of the orders that a split made which this batch corrects: those of which anything was recorded."""
    starts_of: dict[Unit, set[int]] = field(default_factory=dict)
    runs_of: dict[Unit, set[int]] = field(default_factory=dict)
    """Operations completed in this batch, and those read of units whose routing is asked for."""
    lot_runs_of: dict[Lot, set[int]] = field(default_factory=dict)
    """Work on part of lots that was loaded or recorded."""
    routings_of: dict[Part, set[Routing]] = field(default_factory=dict)
    bills_of: dict[Part, set[BillOfMaterials]] = field(default_factory=dict)
    latest_births: dict[Part, datetime] = field(default_factory=dict)
    """When the newest unit came into being, of the parts for which this batch defines a routing or a bill."""
    markings_of: dict[Unit, set[int]] = field(default_factory=dict)
    """Markings by the unit that bears them, and by what it is marked as."""
    label_prints_of: dict[Unit | Lot, set[int]] = field(default_factory=dict)
    once_known: set[Unit] = field(default_factory=set)
    """Of the names a batch marks units with: those under which a unit was once recorded, rightly or wrongly."""
    last_judged: tuple[Event, Result] | None = None
    """The completed operation judged last, and its result: it is asked for twice in a row."""
    last_placed: tuple[Event, object] | None = None
    """The operation judged last, and where its unit stands on its routing (core.states.routes)."""
    may_override: bool = False
    """Whether who sends the event that is judged may override the interlock."""
    signed_by: str = ""
    """Who gave his password for what is judged."""
    keeps_accepted: bool = False
    """Whether the batch holds corrections, which may concern events accepted earlier in the batch."""

    def unit(self, unit: Unit) -> UnitState | None:
        return self.units.get(unit)

    def lot(self, lot: Lot) -> LotState | None:
        return self.lots.get(lot)

    def exists(self, subject: Unit | Lot) -> bool:
        return (self.unit(subject) if isinstance(subject, Unit) else self.lot(subject)) is not None

    def is_lot_in_use(self, lot: Lot) -> bool:
        """Whether anything refers to a lot: a link, a setup window, a hold, a further name."""
        return (
            lot in self.lots_in_use
            or any(self.installations.get(sequence) for sequence in self.links_of.get(lot, ()))
            or any(window.lot == lot for window in self.setup_windows)
            or any(hold.subject == lot for hold in self.holds)
            or any(declared.parent == lot for declared in self.declared_components)
            or any(alias.subject == lot for alias in self.aliases)
        )

    def open_holds(self, subject: Unit | Lot) -> tuple[str, ...]:
        state = self.unit(subject) if isinstance(subject, Unit) else self.lot(subject)
        return () if state is None else state.open_holds

    def outermost(self, unit: Unit) -> UnitState | None:
        """The assembly that `unit` is finally part of: itself when it is installed nowhere."""
        state = self.unit(unit)
        while state is not None and isinstance(state.installed_in, Unit):
            above = self.unit(state.installed_in)
            if above is None:
                return state
            state = above
        return state

    def contents(self, subject: Unit | Lot) -> Iterator[Unit | Lot]:
        """Everything below `subject`, at every depth, each once."""
        seen: set[Subject] = {subject}
        waiting: list[Subject] = [subject]
        while waiting:
            above = waiting.pop()
            below = self.children.get(above, set())
            if isinstance(above, Unit):
                below = below | self.fed_lots.get(above, set()) | self._fed_in_batch(above)
            for child in below - seen:
                seen.add(child)
                waiting.append(child)
                if isinstance(child, Unit | Lot):
                    yield child

    def _fed_in_batch(self, unit: Unit) -> set[Lot]:
        """Line-fed lots that a unit consumed at the stations it passed in this batch, among the windows loaded."""
        runs = [self.operation_runs.get(sequence) for sequence in self.runs_of.get(unit, ())]
        return {
            window.lot
            for run in runs
            if run is not None and run.unit == unit and run.station is not None
            for window in self.setup_windows
            if window.station == run.station and window.feeds_at(run.completed_at)
        }

    def fed_parts_of(self, unit: Unit) -> set[Part]:
        """The parts of the lots that were fed into a unit, as far as they were loaded or the batch fed them."""
        return self.fed_parts.get(unit, set()) | {lot.part for lot in self._fed_in_batch(unit)}

    def open_links(self, parent: Unit | Lot, component: Unit | Lot | None = None) -> list[Installation]:
        """Open installations in `parent` (of `component`), among those that were loaded, oldest first."""
        found = [self.installations.get(sequence) for sequence in sorted(self.links_of.get(parent, ()))]
        return [
            link
            for link in found
            if link is not None
            and link.is_open
            and link.parent == parent
            and (component is None or link.component == component)
        ]

    def links_with(self, component: Unit | Lot) -> list[Installation]:
        """Open installations of a component, among those that were loaded."""
        found = [self.installations.get(sequence) for sequence in sorted(self.links_of.get(component, ()))]
        return [link for link in found if link is not None and link.is_open and link.component == component]

    def add_link(self, link: Installation) -> None:
        """Enter an installation, new or changed."""
        self.installations.put(link.sequence, link)
        self.index_link(link)
        self._mend_children(link)

    def take_out_link(self, link: Installation) -> None:
        """Forget an installation that was declared wrong."""
        self.installations.take_out(link.sequence)
        self._mend_children(link)

    def index_link(self, link: Installation) -> None:
        self.links_of.setdefault(link.parent, set()).add(link.sequence)
        self.links_of.setdefault(link.component, set()).add(link.sequence)

    def _mend_children(self, link: Installation) -> None:
        if self.open_links(link.parent, link.component):
            self.children.setdefault(link.parent, set()).add(link.component)
        else:
            self.children.get(link.parent, set()).discard(link.component)

    def windows_at(self, station: Station, slot: Slot) -> list[SetupWindow]:
        """What is and was fed from a slot, among the windows that were loaded or made, the first loaded first."""
        found = [self.setup_windows.get(sequence) for sequence in sorted(self.windows_of.get((station, slot), ()))]
        return [window for window in found if window is not None]

    def loaded_material(self, station: Station, slot: Slot) -> list[SetupWindow]:
        """What is being fed from a slot: two loads, while one is spliced to the other."""
        return [window for window in self.windows_at(station, slot) if window.is_open]

    def add_window(self, window: SetupWindow) -> None:
        self.setup_windows.put(window.sequence, window)
        self.windows_of.setdefault((window.station, window.slot), set()).add(window.sequence)

    def markings_with(self, unit: Unit) -> list[Marking]:
        """The markings of a unit, and those by its name, among those that were loaded; oldest first."""
        sequences = self.markings_of.get(unit)
        if not sequences:
            return []
        found = [self.markings.get(sequence) for sequence in sorted(sequences)]
        return [marking for marking in found if marking is not None]

    def marking(self, unit: Unit) -> Marking | None:
        """The latest marking of a unit."""
        own = [marking for marking in self.markings_with(unit) if marking.unit == unit]
        return own[-1] if own else None

    def bearer(self, name: Unit) -> Unit | None:
        """The unit, other than the one with this key, that bears or bore a part and serial number."""
        return next((marking.unit for marking in self.markings_with(name) if marking.unit != name), None)

    def add_marking(self, marking: Marking) -> None:
        self.markings.put(marking.sequence, marking)
        self.index_marking(marking)

    def index_marking(self, marking: Marking) -> None:
        self.markings_of.setdefault(marking.unit, set()).add(marking.sequence)
        self.markings_of.setdefault(marking.marked_as, set()).add(marking.sequence)

    def duplicate(self, question: UUID) -> Duplicate | None:
        """The reported duplicate that a question is about, among those that were loaded or reported in the batch."""
        return next((one for one in self.duplicates if one.question == question), None)

    def labels_printed(self, unit: Unit, template: str) -> list[LabelPrint]:
        """The labels of a unit from a template, of those loaded, since it bears its present marking; oldest first."""
        marking = self.marking(unit)
        found = (self.label_prints.get(sequence) for sequence in sorted(self.label_prints_of.get(unit, ())))
        return [
            one
            for one in found
            if one is not None
            and (one.subject, one.template) == (unit, template)
            and (marking is None or one.sequence > marking.sequence)
        ]

    def add_label_print(self, one: LabelPrint) -> None:
        self.label_prints.put(one.sequence, one)
        self.index_label_print(one)

    def index_label_print(self, one: LabelPrint) -> None:
        self.label_prints_of.setdefault(one.subject, set()).add(one.sequence)

    def record_that_stays(self, unit: Unit) -> Unit:
        """The record that a unit is kept under: itself, unless it was merged into another."""
        merge = self.merges.get(unit)
        return unit if merge is None else merge.unit

    def was_known(self, unit: Unit) -> bool:
        """Whether a unit is or was recorded under this key, also when that was declared wrong."""
        return unit in self.units.loaded or unit in self.units.changed or unit in self.once_known

    def open_hold(self, subject: Unit | Lot, hold: HoldNumber) -> Hold | None:
        for sequence in self.holds_of.get(subject, ()):
            found = self.holds.get(sequence)
            if found is not None and found.is_open and (found.subject, found.hold) == (subject, hold):
                return found
        return None

    def add_hold(self, hold: Hold) -> None:
        self.holds.put(hold.sequence, hold)
        self.holds_of.setdefault(hold.subject, set()).add(hold.sequence)

    def holds_of_order(self, order: WorkOrder) -> list[OrderHold]:
        """Why an order waited and waits, oldest first, among what was loaded or recorded."""
        found = [self.order_holds.get(sequence) for sequence in sorted(self.order_holds_of.get(order, ()))]
        return [one for one in found if one is not None]

    def open_order_hold(self, order: WorkOrder) -> OrderHold | None:
        return next((one for one in self.holds_of_order(order) if one.is_open), None)

    def add_order_hold(self, hold: OrderHold) -> None:
        self.order_holds.put(hold.sequence, hold)
        self.index_order_hold(hold)

    def index_order_hold(self, hold: OrderHold) -> None:
        self.order_holds_of.setdefault(hold.work_order, set()).add(hold.sequence)

    def defects_with(self, unit: Unit) -> list[DefectState]:
        """The defects of a unit, open and settled, oldest first, among those that were loaded or found."""
        found = [self.defects.get(key) for key in sorted(self.defects_of.get(unit, ()))]
        return [one for one in found if one is not None and one.unit == unit]

    def open_defects(self, unit: Unit) -> list[DefectState]:
        return [one for one in self.defects_with(unit) if one.is_open] if unit in self.defects_of else []

    def accepted_runs(self, unit: Unit) -> frozenset[int]:
        """The failed operations of a unit, by their sequence, of which every defect was taken as it is."""
        if unit not in self.defects_of:
            return frozenset()
        found = self.defects_with(unit)
        return frozenset(one.sequence for one in found) - {one.sequence for one in found if not one.is_accepted}

    def add_defect(self, defect: DefectState) -> None:
        self.defects.put(defect.key, defect)
        self.index_defect(defect)

    def index_defect(self, defect: DefectState) -> None:
        self.defects_of.setdefault(defect.unit, set()).add(defect.key)

    def add_routing(self, routing: RoutingState) -> None:
        self.routings.put(routing.routing, routing)
        self.index_routing(routing)

    def index_routing(self, routing: RoutingState) -> None:
        self.routings_of.setdefault(routing.part, set()).add(routing.routing)

    def routings_for(self, part: Part) -> list[RoutingState]:
        """The routings of a part, in the order in which they apply, among those that were loaded or made."""
        found = [self.routings.get(name) for name in self.routings_of.get(part, ())]
        return sorted((one for one in found if one is not None), key=lambda one: one.effective_from)

    def routing_at(self, part: Part, born: datetime) -> RoutingState | None:
        """How a unit of a part is made that came into being at a time: the routing that applied then."""
        applied = [one for one in self.routings_for(part) if one.effective_from <= born]
        return applied[-1] if applied else None

    def routing_of(self, unit: Unit) -> RoutingState | None:
        state = self.unit(unit) if self.routings_of else None
        return None if state is None else self.routing_at(unit.part, state.commissioned_at)

    def add_bill(self, bill: BillState) -> None:
        self.bills.put(bill.bill, bill)
        self.index_bill(bill)

    def index_bill(self, bill: BillState) -> None:
        self.bills_of.setdefault(bill.part, set()).add(bill.bill)

    def bills_for(self, part: Part) -> list[BillState]:
        """The bills of materials of a part, in the order in which they apply, among those that were loaded or made."""
        found = [self.bills.get(name) for name in self.bills_of.get(part, ())]
        return sorted((one for one in found if one is not None), key=lambda one: one.effective_from)

    def bill_at(self, part: Part, born: datetime) -> BillState | None:
        """What a unit of a part is made of that came into being at a time: the bill that applied then."""
        applied = [one for one in self.bills_for(part) if one.effective_from <= born]
        return applied[-1] if applied else None

    def bill_of(self, unit: Unit) -> BillState | None:
        state = self.unit(unit) if self.bills_of else None
        return None if state is None else self.bill_at(unit.part, state.commissioned_at)

    def open_start(self, unit: Unit, operation: Operation) -> OperationStart | None:
        """The latest start of `operation` on `unit` that has not ended."""
        for sequence in sorted(self.starts_of.get(unit, ()), reverse=True):
            start = self.operation_starts.get(sequence)
            if start is not None and start.is_open and (start.unit, start.operation) == (unit, operation):
                return start
        return None

    def add_start(self, start: OperationStart) -> None:
        self.operation_starts.put(start.sequence, start)
        self.starts_of.setdefault(start.unit, set()).add(start.sequence)

    def add_run(self, run: OperationRun) -> None:
        self.operation_runs.put(run.sequence, run)
        self.index_run(run)

    def index_run(self, run: OperationRun) -> None:
        self.runs_of.setdefault(run.unit, set()).add(run.sequence)

    def runs(self, unit: Unit) -> list[OperationRun]:
        """What was completed on a unit, in the order of recording, among what was loaded or recorded."""
        found = [self.operation_runs.get(sequence) for sequence in sorted(self.runs_of.get(unit, ()))]
        return [run for run in found if run is not None and run.unit == unit]

    def remember(self, event: Event, *, sequence: int, subject: Subject) -> None:
        """Keep an accepted event where a correction later in the batch, or a history to be refolded, finds it."""
        if not self.keeps_accepted:
            return
        accepted = RecordedEvent(sequence=sequence, event=event, subject=subject, is_corrected=False)
        self.recorded[event.event_id] = accepted
        for unit in units_in(event):
            if unit in self.histories:
                self.histories[unit].append(accepted)


_JUST_A_UNIT = ("unit",)
UNIT_FIELDS, _LOT_FIELDS = (
    {event_type: tuple(name for name in names if name in SUBJECT_FIELDS[event_type]) for event_type in EVENT_TYPES}
    for names in (("unit", "component", "other_unit", "duplicate"), ("output_lot", "lot"))
)


def units_in(event: Event) -> list[Unit]:
    """The units an event concerns: its subject first, then a component."""
    names = UNIT_FIELDS[type(event)]
    if isinstance(event, WorkOrderSplit):
        return list(event.units)
    if names == _JUST_A_UNIT:  # most events, many times each
        unit = event.unit  # type: ignore[attr-defined]
        return [] if unit is None else [unit]
    return [unit for name in names if (unit := getattr(event, name)) is not None]


def lots_in(event: Event) -> list[Lot]:
    """The lots an event concerns: an output lot first, then what it names as lot."""
    names = _LOT_FIELDS[type(event)]
    return [lot for name in names if (lot := getattr(event, name)) is not None] if names else []
