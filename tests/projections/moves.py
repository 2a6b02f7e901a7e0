"""Things that may happen in a small plant, as Hypothesis makes them up: many make sense, some do not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import Defect, DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import BillOfMaterialsDefined, LotDefined, SetupListDefined
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    DuplicateResolved,
    LabelPrinted,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part, Unit
from tests.projections.model import Record, UnitFacts
from tests.world import World

UNITS = tuple(f"{part}/{number}" for part in ("PUMP", "PCB") for number in (1, 2, 3))
LATE_UNITS = ("PUMP/3", "PCB/3")
"""Units that are commissioned in the course of the story, if at all."""
LOTS = ("CAP/L1", "CAP/L2", "MIX/M1")
COUNTED = {"CAP/L1": "4"}
LATE_LOTS = ("CAP/L2",)

_PCB, _CAP = Part("ACME", "PCB"), Part("ACME", "CAP")
BILL = (
    BillLine(item="10", part=_PCB, alternates=(_CAP,), reference_designators=("A1", "A2"), serial_to="2"),
    BillLine(item="10", part=_PCB, reference_designators=("A1",), quantity=Decimal(1), serial_from="3"),
    BillLine(item="20", part=_CAP, quantity=Decimal(3), operation="OP-20"),
)

SETUPS = {
    "SU-1": SetupSlot(slot="F01", part=_CAP, quantity=Decimal(1), is_counted=True),
    "SU-2": SetupSlot(slot="F01", part=_CAP, alternates=(Part("ACME", "MIX"),), is_optional=True),
}

_units = st.sampled_from([*UNITS, *(unit for unit in UNITS if unit not in LATE_UNITS), "PUMP/1", "PCB/1"])
_lots = st.sampled_from([*LOTS, *(lot for lot in LOTS if lot not in LATE_LOTS)])
_places = st.sampled_from(["", "", "A1", "A2"])
_feeders = {"station": st.sampled_from(["SMT-1", "SMT-2"]), "slot": st.sampled_from(["F01"])}
_work = {
    "operation": st.sampled_from(["OP-10", "OP-20"]),
    "station": st.sampled_from([None, "SMT-1", "SMT-1", "SMT-2"]),
    "work_order": st.sampled_from([None, None, None, "WO-1", "WO-1", "WO-2"]),
}
_orders = st.sampled_from(["WO-1", "WO-1", "WO-2"])
_ONE, _TWO = (Unit(Part("ACME", "PUMP"), number) for number in "12")
_split = st.sampled_from([(1, ()), (1, (_ONE,)), (1, (_TWO,)), (2, (_ONE,)), (2, (_ONE, _TWO)), (3, ())])


_hold = {"hold": st.sampled_from(["QH-1", "QH-2"]), "reason": st.just("audit")}
_name = {"scheme": st.just("catenax"), "value": st.sampled_from(["urn:1", "urn:2"])}
_evidence = st.sampled_from([Evidence.SCANNED, Evidence.SCANNED, Evidence.SCANNED, Evidence.ALTERNATIVE])


@dataclass(frozen=True)
class Happening:
    """An event to be sent. minutes: how long after the one before it happened; before, when negative."""

    event_type: type[Event]
    subject: str
    fields: dict[str, Any]
    minutes: int = 1


@dataclass(frozen=True)
class Again:
    """An event that was sent before, sent once more, possibly with other content."""

    back: int
    is_changed: bool


@dataclass(frozen=True)
class Ending:
    """Something that is under way comes to its end."""

    pick: int
    minutes: int


@dataclass(frozen=True)
class Correction:
    """An event is declared wrong: one that was recorded, or any that was sent."""

    back: int
    is_recorded: bool


@dataclass(frozen=True)
class Call:
    """What is sent together."""

    moves: tuple[Happening | Again | Ending | Correction, ...] = field(default=())
    atomic: bool = False


_minutes = st.sampled_from([1, 1, 1, 1, 5, 0, -1, -7, -60])


def _happening(event_type: type[Event], subjects, weight: int = 1, /, **fields: Any) -> list[st.SearchStrategy]:
    return [st.builds(Happening, st.just(event_type), subjects, st.fixed_dictionaries(fields), _minutes)] * weight


def _splits(order: str, *into: str) -> list[st.SearchStrategy]:
    fields = st.tuples(st.sampled_from(into), _split).map(
        lambda drawn: {"into": drawn[0], "quantity": drawn[1][0], "units": drawn[1][1]}
    )
    return [st.builds(Happening, st.just(WorkOrderSplit), st.just(order), fields, _minutes)]


_lot_operations = st.sampled_from(["OP-1", "OP-2"])
_rarely = st.sampled_from([False, False, True])
_good, _some = st.sampled_from(["1", "1", "2"]), st.sampled_from(["0", "0", "1", "2"])
_marks = st.sampled_from(["PUMP/9", "PUMP/8", "PCB/9", "PUMP/1", "PCB/3"])
_either = _units | _lots
_fresh_units, _fresh_lots = st.sampled_from(LATE_UNITS), st.sampled_from(LATE_LOTS)
_numbers = st.sampled_from(["F-1", "F-2"])
_found = _numbers.map(lambda number: (Defect(code="x", number=number),))
_dispositions = st.sampled_from(["repair", "repair", "retest", "use_as_is", "no_fault_found", "scrap"])
HAPPENINGS = [
    *_happening(UnitCommissioned, _fresh_units, 2, work_order=st.sampled_from([None, "WO-1"])),
    *_splits("WO-1", "WO-2", "WO-3") * 3,
    *_splits("WO-2", "WO-3") * 2,
    *_happening(WorkOrderHeld, _orders, reason=st.just("x")),
    *_happening(WorkOrderResumed, _orders, 2, reason=st.just("x")),
    *_happening(WorkOrderClosed, _orders, reason=st.sampled_from(["", "x"])),
    *_happening(UnitReceived, _fresh_units, location=st.sampled_from(["", "DOCK"])),
    *_happening(LotDefined, _fresh_lots),
    *_happening(AliasAssigned, _either, **_name),
    *_happening(UnitReidentified, _units, 2, marked_as=_marks, reason=st.just("x")),
    *_happening(UnitsMerged, _units, 4, duplicate=_units, reason=st.just("x")),
    *_happening(LabelPrinted, _either, 2, template=st.just("unit"), reason=st.sampled_from(["", "torn"])),
    *_happening(DuplicateReported, _units, supplier=st.just("SUP")),
    *_happening(OperationStarted, _units, **_work),
    *_happening(OperationCompleted, _units, 4, result=st.sampled_from(["passed", "passed", "failed"]), **_work),
    *_happening(OperationCompleted, _units, 3, result=st.just("failed"), defects=_found, **_work),
    *_happening(ComponentInstalled, _units, 9, component=_units, reference_designator=_places, evidence=_evidence),
    *_happening(ComponentInstalled, _units, 3, lot=_lots, reference_designator=_places),
    *_happening(ComponentRemoved, _units, 3, component=_units, reference_designator=_places, reason=st.just("x")),
    *_happening(ComponentRemoved, _units, lot=_lots, reference_designator=_places, reason=st.just("x")),
    *_happening(MaterialConsumed, _lots, 2, lot=_lots),
    *_happening(MaterialConsumed, _lots, component=_units),
    *_happening(
        LotOperationStarted, _lots, operation=_lot_operations, quantity=st.sampled_from(["1", "3"]), is_retry=_rarely
    ),
    *_happening(
        LotOperationCompleted,
        _lots,
        2,
        operation=_lot_operations,
        passed=_good,
        failed=_some,
        scrapped=_some,
        is_retry=_rarely,
    ),
    *_happening(ComponentDeclared, _either, **_name),
    *_happening(MaterialLoaded, _lots, 4, **_feeders),
    *_happening(MaterialUnloaded, _lots, 2, **_feeders),
    *_happening(MaterialUnloaded, _lots, remaining=st.sampled_from(["0", "1"]), **_feeders),
    *_happening(
        MaterialLoaded, _lots, 2, is_splice=st.just(value=True), quantity=st.sampled_from([None, "2"]), **_feeders
    ),
    *_happening(SetupActivated, st.just("SMT-1"), 3, setup_list=st.sampled_from(["SU-1", "SU-2"])),
    *_happening(SetupDeactivated, st.just("SMT-1"), setup_list=st.sampled_from(["SU-1", "SU-2"])),
    *_happening(UnitMoved, _units, location=st.sampled_from(["CELL-4", "STOCK"])),
    *_happening(UnitPacked, _units, container=st.sampled_from(["BOX-1", "BOX-2"])),
    *_happening(UnitUnpacked, _units, container=st.sampled_from(["BOX-1", "BOX-2"])),
    *_happening(UnitPanelled, _units, 2, panel=st.just("P1"), position=st.sampled_from(["1", "2"])),
    *_happening(UnitDepanelled, _units, panel=st.just("P1"), position=st.sampled_from(["1", "2"])),
    *_happening(UnitShipped, _units, 2, customer=st.just("St. Anna")),
    *_happening(UnitReturned, _units, 2, reason=st.just("x"), location=st.sampled_from(["", "DOCK"])),
    *_happening(HoldPlaced, _either, 2, **_hold),
    *_happening(HoldReleased, _either, 2, **_hold),
    *_happening(UnitScrapped, _units, reason=st.just("x")),
    *_happening(DefectRecorded, _units, 2, code=st.just("x"), number=_numbers),
    *_happening(DefectDispositioned, _units, 3, defect=_numbers, disposition=_dispositions, reason=st.just("x")),
    *_happening(DefectRepaired, _units, 2, defect=_numbers, action=st.just("x")),
]

_back = st.integers(0, 12)
_FREQUENT = [
    *HAPPENINGS,
    *[st.builds(Ending, st.integers(0, 9), _minutes)] * 14,
    *[st.builds(Correction, _back, st.sampled_from([True, True, True, False]))] * 10,
    *[st.builds(Again, _back, st.booleans())] * 2,
]
moves = st.sampled_from(range(len(_FREQUENT))).flatmap(lambda place: _FREQUENT[place])
calls = st.builds(Call, st.lists(moves, min_size=1, max_size=6).map(tuple), st.sampled_from([False, False, True]))
stories = st.lists(calls, min_size=1, max_size=8) | st.lists(calls, min_size=8, max_size=24)


class Story:
    """Turns moves into events."""

    def __init__(self, world: World, record: Record) -> None:
        self.world = world
        self.record = record
        self.sent: list[Event] = []

    def begin(self) -> list[Event]:
        """What is there when the story begins."""
        for part in ("PUMP", "PCB"):
            self.world.part(part)
        for part in ("CAP", "MIX"):
            self.world.part(part, tracking="lot")
        # One of the parts has a bill, so that some of what happens is judged by it, and read around it.
        self.world.captures(BillOfMaterialsDefined, "BOM-PUMP/1", part="PUMP", lines=BILL)
        # And one of the stations has two lists, of which one or none is in force.
        for name, slot in SETUPS.items():
            self.world.captures(SetupListDefined, name, station="SMT-1", operation="OP-10", slots=(slot,))
        released = self.world.captures(
            WorkOrderReleased, "WO-1", part="PUMP", quantity=4, last_operation="OP-20", overrun_max=1
        )
        begun = [released]
        begun += [self.world.captures(UnitCommissioned, unit) for unit in UNITS if unit not in LATE_UNITS]
        defined = [lot for lot in LOTS if lot not in LATE_LOTS]
        begun += [self.world.captures(LotDefined, lot, quantity=COUNTED.get(lot)) for lot in defined]
        self.sent += begun
        return begun

    def event(self, move: Happening | Again | Ending | Correction) -> Event:
        made = self._event(move)
        self.sent.append(made)
        return made

    def _event(self, move: Happening | Again | Ending | Correction) -> Event:
        if isinstance(move, Happening):
            field = self._subject_field(move)
            at = self.world.now + timedelta(minutes=move.minutes)
            return self.world.event(move.event_type, at=at, **{field: move.subject}, **move.fields)
        if isinstance(move, Ending):
            endings = list(self._endings())
            if not endings:
                return self._event(Happening(UnitMoved, UNITS[0], {"location": "STOCK"}, move.minutes))
            event_type, fields = endings[move.pick % len(endings)]
            at = self.world.now + timedelta(minutes=move.minutes)
            return self.world.event(event_type, at=at, **fields)
        if isinstance(move, Again):
            before = self.sent[-1 - move.back % len(self.sent)]
            return replace(before, source="elsewhere") if move.is_changed else before
        events = self.record.accepted if move.is_recorded else self.sent
        before = events[-1 - move.back % len(events)]
        return self.world.event(EventCorrected, before, reason="did_not_occur", explanation="x")

    def _endings(self) -> Iterator[tuple[type[Event], dict[str, str]]]:
        """What could end something that is under way."""
        plant = self.record.plant
        for link in plant.links:
            parent, component, place = link.what
            if link.is_open and parent in plant.units:
                kind = "component" if component in plant.units else "lot"
                removal = {"unit": parent, kind: component, "reference_designator": place, "reason": "x"}
                yield ComponentRemoved, removal
        for window in plant.windows:
            if window.is_open:
                yield MaterialUnloaded, dict(zip(("station", "slot", "lot"), window.what, strict=True))
        for unit, operation, _ in plant.starts:
            yield OperationCompleted, {"unit": unit, "operation": operation}
        for question, unit in plant.questions.items():
            decided = {"unit": unit, "question": question, "reason": "x"}
            yield DuplicateResolved, {**decided, "decision": "same_unit"}
            yield DuplicateResolved, {**decided, "decision": "other_unit", "other_unit": UNITS[0]}
        for lot, holds in plant.lot_holds.items():
            yield from ((HoldReleased, {"lot": lot, "hold": hold, "reason": "x"}) for hold in sorted(holds))
        yield from _endings_of_units(plant.units)

    def _subject_field(self, move: Happening) -> str:
        names = move.event_type.SUBJECT
        if len(names) == 1:
            return names[0]
        return next(name for name in names if name.endswith("lot") == (move.subject in LOTS))


def _endings_of_units(units: dict[str, UnitFacts]) -> Iterator[tuple[type[Event], dict[str, str]]]:
    for name, facts in units.items():
        yield from ((HoldReleased, {"unit": name, "hold": hold, "reason": "x"}) for hold in sorted(facts.holds))
        if facts.custody == "shipped":
            yield UnitReturned, {"unit": name, "reason": "x", "location": "DOCK"}
        elif facts.panel:
            yield UnitDepanelled, {"unit": name, "panel": facts.panel[0], "position": facts.panel[1]}
        elif facts.container:
            yield UnitUnpacked, {"unit": name, "container": facts.container}
