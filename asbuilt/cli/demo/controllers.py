"""The infusion pump controller: kitted, assembled, bonded, tested, packed; with what goes wrong on the way."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import desks
from asbuilt.cli.demo.calendar import DAY, HOUR, MINUTE
from asbuilt.cli.demo.definitions import PartPlan
from asbuilt.cli.demo.distribution import RUNS_DOWN, Finished, Warehouse
from asbuilt.cli.demo.floor import Desk, Floor, Story
from asbuilt.cli.demo.supply import Stores
from asbuilt.cli.demo.work import Order, complete, finish, measured, release, result_of
from asbuilt.core.events.corrections import CorrectionReason, EventCorrected
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.production import OperationStarted, Result
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.identifiers.names import HoldNumber, Location, Operation, ReferenceDesignator, Uom
from asbuilt.core.identifiers.subjects import Lot, Unit

# In ten thousand controllers:
MIS_SCANNED = 50
UNSAFE = 15
OUT_OF_CALIBRATION = 100
NOISY = 60
WRONG_TOOL, HASTY = 70, 60
HELD = 550
OVERRIDDEN = 2500
"""Of those that are hurried."""
HELD_FOR_GOOD, SCRAPPED_FROM_HOLD = 2000, 500
"""Of those that are held."""

REPAIRED_FIRST = 3
"""The third controller is out of calibration whatever chance says, so that every plant has one to look at."""

HOLD_REASONS = (
    "scratch on housing, upper half",
    "display with a dead pixel",
    "label not legible",
    "torque record of station ASM-2 in doubt",
    "motor noise near the limit",
)
CURE = timedelta(hours=2)
"""How long the adhesive cures, on the wall clock, before the safety test may begin."""
SAFETY_RIG = {"tool": "ST-9", "program": "IEC 60601"}
DUE, UNCURED = "PRO-017", "PRO-016"
"""The rules that stop what is done with a tool that is not calibrated, and before its time."""
BOARD, MOTOR, CELL, BATTERY, DISPLAY = (ReferenceDesignator(name) for name in ("A1", "M1", "PS1", "BT1", "DS1"))


def controller_order(floor: Floor, stores: Stores, warehouse: Warehouse, count: int, pace: int) -> Story:
    """A work order of controllers; one is begun every `pace` seconds of work."""
    order = release(floor, plant.CONTROLLER, count, location="LINE-A")
    # Some are held for good, and shall not keep the whole order in memory.
    for unit in order.take_units():
        floor.start(Controller(floor, stores, warehouse, order, unit).story())
        yield pace


@dataclass(slots=True)
class Controller:
    """One controller on its way. fitted: what is in it now, by reference designator."""

    floor: Floor
    stores: Stores
    warehouse: Warehouse
    order: Order
    unit: Unit
    fitted: dict[ReferenceDesignator, Unit] = field(default_factory=dict)

    def story(self) -> Story:
        """From the kit to the carton."""
        yield from self._assemble()
        yield from self._close()
        is_good = yield from self._prove()
        if is_good:
            finished = Finished(self.unit, self.fitted[BATTERY])
            yield from self.warehouse.pack(self.floor, finished, self.order.work_order)
        finish(self.floor, self.order)

    def _complete(self, desk: Desk, operation: str, **more: object) -> None:
        complete(self.floor, desk, self.unit, operation, work_order=self.order.work_order, **more)

    def _start(self, desk: Desk, operation: str, **more: Any) -> None:  # noqa: ANN401 - fields of the event
        self.floor.report(
            OperationStarted,
            desk,
            unit=self.unit,
            operation=Operation(operation),
            station=desk.station,
            work_order=self.order.work_order,
            **more,
        )

    def _fit(self, plan: PartPlan, designator: ReferenceDesignator, desk: Desk, operation: str) -> Story:
        """Take a component from the shelf, scan it and fit it."""
        component = yield from self.stores.take(self.floor, plan)
        if plan is plant.DISPLAY and self.floor.chance.happens(MIS_SCANNED):
            yield from self._scan_the_wrong_one(component, designator, desk, operation)
        else:
            self._report_fitted(component, designator, desk, operation)
        self.fitted[designator] = component
        self.stores.followed.fitted(component, self.unit)

    def _report_fitted(self, component: Unit, designator: ReferenceDesignator, desk: Desk, operation: str) -> None:
        self.floor.report(
            ComponentInstalled,
            desk,
            unit=self.unit,
            component=component,
            reference_designator=designator,
            operation=Operation(operation),
            evidence=Evidence.SCANNED,
        )

    def _scan_the_wrong_one(
        self, component: Unit, designator: ReferenceDesignator, desk: Desk, operation: str
    ) -> Story:
        """The neighbour on the tray is scanned; it is noticed, declared wrong, and the right one is scanned."""
        wrong = yield from self.stores.take(self.floor, plant.DISPLAY)
        wrong_id = self.floor.report(
            ComponentInstalled,
            desk,
            unit=self.unit,
            component=wrong,
            reference_designator=designator,
            operation=Operation(operation),
        )
        yield 3 * MINUTE
        right_id = self.floor.chance.event_id(self.floor.moment)
        self.floor.report(
            EventCorrected,
            desk,
            corrected_event_id=wrong_id,
            reason=CorrectionReason.INCORRECT_DATA,
            explanation=f"the neighbour on the tray was scanned; fitted is {component.serial_number}",
            corrective_event_ids=(right_id,),
        )
        self.floor.report(
            ComponentInstalled,
            desk,
            event_id=right_id,
            unit=self.unit,
            component=component,
            reference_designator=designator,
            operation=Operation(operation),
        )
        self.floor.shelf(plant.DISPLAY.part).appendleft(wrong)

    def _take_out(self, designator: ReferenceDesignator, reason: str, operation: str) -> None:
        """Take a component out; it goes to the cage for rejected material."""
        component = self.fitted.pop(designator)
        self.floor.report(
            ComponentRemoved,
            desks.REWORK,
            unit=self.unit,
            component=component,
            reference_designator=designator,
            reason=reason,
            destination=Location("MRB"),
            operation=Operation(operation),
        )
        hold = HoldNumber(f"NCR-26-{self.floor.number('hold'):04d}")
        self.floor.report(HoldPlaced, desks.QUALITY, unit=component, hold=hold, reason=reason)

    def _assemble(self) -> Story:
        self._complete(desks.KITTING, "OP10", program="label v3", tool="printer 2")
        yield 15 * MINUTE
        self._start(desks.ASSEMBLY_1, "OP20", tool="TQ-104")
        yield 2 * MINUTE
        yield from self._fit(plant.BOARD, BOARD, desks.ASSEMBLY_1, "OP20")
        yield 2 * MINUTE
        yield from self._fit(plant.MOTOR, MOTOR, desks.ASSEMBLY_1, "OP20")
        yield 9 * MINUTE
        torque = measured(self.floor, plant.TORQUE)
        if self.floor.chance.happens(WRONG_TOOL):
            # The screwdriver next to it, whose calibration has run out.
            self._complete(desks.ASSEMBLY_1, "OP20", tool="TQ-099", measurements=torque, refused=(DUE,))
            yield 2 * MINUTE
        self._complete(desks.ASSEMBLY_1, "OP20", tool="TQ-104", measurements=torque)
        yield 10 * MINUTE
        yield from self._fit(plant.CELL, CELL, desks.ASSEMBLY_2, "OP30")
        yield MINUTE
        yield from self._fit(plant.BATTERY, BATTERY, desks.ASSEMBLY_2, "OP30")
        yield MINUTE
        yield from self._fit(plant.DISPLAY, DISPLAY, desks.ASSEMBLY_2, "OP30")
        yield 8 * MINUTE
        self._complete(desks.ASSEMBLY_2, "OP30", tool="TQ-107", measurements=measured(self.floor, plant.TORQUE))
        yield 12 * MINUTE

    def _close(self) -> Story:
        """Bond the two halves of the housing."""
        one, grams = Decimal(1), Decimal("0.8")
        top, bottom = self.stores.housings
        self._use(top.take(self.floor, one), "H1", one)
        self._use(bottom.take(self.floor, one), "H2", one)
        adhesive = self.stores.adhesive.take(self.floor, grams)
        self._use(adhesive, "", grams, uom="g")
        self.stores.followed.bonded(self.floor, self.unit, adhesive)
        yield 4 * MINUTE
        self._complete(desks.BONDING, "OP40", tool="dispenser 1", program="BOND-4500-C")
        if self.floor.chance.happens(HASTY):
            yield from self._hurry()
        else:
            yield 3 * HOUR

    def _hurry(self) -> Story:
        """The tester is free and the adhesive not cured: the test is stopped; now and then quality answers for it."""
        bonded_at = self.floor.moment
        yield 100 * MINUTE
        if self.floor.moment - bonded_at >= CURE:  # a night or weekend lay between
            return
        self._start(desks.SAFETY, "OP50", **SAFETY_RIG, refused=(UNCURED,))
        yield 5 * MINUTE
        if self.floor.chance.happens(OVERRIDDEN):
            why = "cured at 60 °C in the oven: hardness checked on the spot"
            self._start(replace(desks.QUALITY, source=desks.SAFETY.source), "OP50", **SAFETY_RIG, override_reason=why)
            yield 20 * MINUTE
        else:
            yield HOUR

    def _use(self, lot: Lot, place: str, quantity: Decimal, *, uom: str = "") -> None:
        self.floor.report(
            ComponentInstalled,
            desks.BONDING,
            unit=self.unit,
            lot=lot,
            quantity=quantity,
            uom=Uom(uom),
            reference_designator=ReferenceDesignator(place),
            operation=Operation("OP40"),
            evidence=Evidence.SCANNED,
        )

    def _prove(self) -> Generator[int, None, bool]:
        """Safety, calibration, final test, and whatever quality has to say; tells whether it may be packed."""
        is_unsafe = self.floor.chance.happens(UNSAFE)
        if is_unsafe:
            self._complete(desks.SAFETY, "OP50", result=Result.FAILED, defect="insulation breakdown", **SAFETY_RIG)
            yield HOUR
            self._scrap("insulation breakdown in safety test")
            return False
        values = measured(self.floor, plant.SAFETY)
        self._complete(desks.SAFETY, "OP50", measurements=values, **SAFETY_RIG)
        yield 10 * MINUTE
        yield from self._calibrate()
        followed = self.stores.followed
        if followed.sags(self.fitted[BATTERY]):
            self.floor.start(self._sag(), after=4 * MINUTE, chance=followed.chance)
        yield 20 * MINUTE
        yield from self._test()
        if not self.floor.chance.happens(HELD):
            return True
        return (yield from self._hold())

    def _calibrate(self) -> Story:
        desk = self.floor.chance.among(desks.CALIBRATION)
        rig = {"tool": f"{desk.source} flow rig", "program": "FLOW-4500-C"}
        is_chosen = self.unit.serial_number.endswith(f"00{REPAIRED_FIRST:04d}")
        if self.floor.chance.happens(OUT_OF_CALIBRATION) or is_chosen:
            failing = result_of(self.floor, plant.FLOW_CALIBRATION, failing="flow error at 0.1 ml/h")
            event_id = self.floor.named_id("repair") if is_chosen else None
            self._complete(desk, "OP60", **failing, defect="drift at low flow", **rig, event_id=event_id)
            yield 2 * HOUR
            self._take_out(CELL, "drift at low flow", "OP65")
            yield 10 * MINUTE
            yield from self._fit(plant.CELL, CELL, desks.REWORK, "OP65")
            self._complete(desks.REWORK, "OP65", tool="TQ-107")
            yield HOUR
        self._complete(desk, "OP60", **result_of(self.floor, plant.FLOW_CALIBRATION), **rig)

    def _sag(self) -> Story:
        """The pack sags under load. The retest after a few minutes is good, and nobody asks any further."""
        desk = self.floor.chance.among(desks.FINAL)
        rig = {"tool": f"{desk.source} rig", "program": "FT-4500-C v12"}
        self._start(desk, "OP70", **rig)
        yield 11 * MINUTE
        failing = result_of(self.floor, plant.FINAL_TEST, failing="battery voltage", is_low=True)
        self._complete(desk, "OP70", **failing, defect=RUNS_DOWN, **rig)

    def _test(self) -> Story:
        desk = self.floor.chance.among(desks.FINAL)
        rig = {"tool": f"{desk.source} rig", "program": "FT-4500-C v12"}
        if self.floor.chance.happens(NOISY):
            self._start(desk, "OP70", **rig)
            yield 11 * MINUTE
            failing = result_of(self.floor, plant.FINAL_TEST, failing="motor noise")
            self._complete(desk, "OP70", **failing, defect="motor noise", **rig)
            yield 2 * HOUR
            self._take_out(MOTOR, "motor noise", "OP75")
            yield 20 * MINUTE
            yield from self._fit(plant.MOTOR, MOTOR, desks.REWORK, "OP75")
            self._complete(desks.REWORK, "OP75", tool="TQ-104")
            yield HOUR
        self._start(desk, "OP70", **rig)
        yield 11 * MINUTE
        self._complete(desk, "OP70", **result_of(self.floor, plant.FINAL_TEST), **rig)
        yield 15 * MINUTE

    def _hold(self) -> Generator[int, None, bool]:
        """Quality has a doubt. Most are released, some scrapped, and some decisions are still to be made."""
        chance = self.floor.chance
        hold, reason = HoldNumber(f"NCR-26-{self.floor.number('hold'):04d}"), chance.among(HOLD_REASONS)
        self.floor.report(HoldPlaced, desks.QUALITY, unit=self.unit, hold=hold, reason=reason)
        yield chance.between(DAY // 2, 8 * DAY)
        if chance.happens(HELD_FOR_GOOD):
            yield self.floor.calendar.end
        if chance.happens(SCRAPPED_FROM_HOLD):
            self._scrap(reason)
            return False
        found = "inspected by quality: within specification"
        self.floor.report(HoldReleased, desks.QUALITY, unit=self.unit, hold=hold, reason=found)
        yield 30 * MINUTE
        return True

    def _scrap(self, reason: str) -> None:
        self.floor.report(UnitScrapped, desks.QUALITY, unit=self.unit, reason=reason, location=Location("SCRAP"))
        self.stores.followed.scrapped.add(self.unit)
