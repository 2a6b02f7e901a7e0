"""Work is ordered and done."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from asbuilt.core.events.defects import DEFECTS_MAX, Defect
from asbuilt.core.events.event import (
    Event,
    EventProblem,
    Measurement,
    check_exactly_one,
    check_given,
    check_quantity,
)
from asbuilt.core.identifiers.names import Operation, Panel, PanelPosition
from asbuilt.core.identifiers.subjects import Lot, Part, Specification, Station, Unit, WorkOrder

MEASUREMENTS_MAX = 10_000
"""Most measurements one event carries; waveforms are attached as files."""

ORDER_MAX = 10**9
"""Most pieces of an order."""

SPLIT_UNITS_MAX = 10_000
"""Most units that move to a new order at once."""


class Result(StrEnum):
    """How an operation ended."""

    PASSED = "passed"
    FAILED = "failed"


class Phase(StrEnum):
    """What of an operation is reported or asked for."""

    START = "start"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that was in the way of an operation, and what was said to the operator."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderReleased(Event):
    """A production order may be worked on (ISA-95 operations request).

    overrun_max: how many more units than the quantity may be made under it. Scrapped units are replaced without it.
    last_operation: the operation by whose passing a unit counts as good; empty, it is the last of the main route of the
    routing that the unit is made by.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    part: Part
    quantity: int
    sales_order: str = ""
    overrun_max: int = 0
    last_operation: Operation = Operation("")

    def check(self) -> None:
        if not 0 < self.quantity <= ORDER_MAX:
            raise EventProblem(f"quantity {self.quantity} must be between 1 and 10^9")
        if not 0 <= self.overrun_max <= ORDER_MAX:
            raise EventProblem(f"overrun_max {self.overrun_max} must be between 0 and 10^9")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderSplit(Event):
    """Some of what a production order makes is made under a new order instead.

    into: the new order; it is for the same part and sales order, and its units count as good by the same operation.
    quantity: how many of the pieces ordered go with it. units: those of them that exist; the others are not begun.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    into: WorkOrder
    quantity: int
    units: tuple[Unit, ...] = ()
    reason: str = ""

    def check(self) -> None:
        if not 0 < self.quantity <= ORDER_MAX:
            raise EventProblem(f"quantity {self.quantity} must be between 1 and 10^9")
        if self.into == self.work_order:
            raise EventProblem("into is the order itself; give the new order a number of its own")
        if len(self.units) > SPLIT_UNITS_MAX:
            raise EventProblem(f"more than {SPLIT_UNITS_MAX} units in one split; split the order twice")
        if len(set(self.units)) != len(self.units):
            raise EventProblem("units names a unit twice")
        if len(self.units) > self.quantity:
            raise EventProblem(
                f"{len(self.units)} units are more than the quantity {self.quantity}; raise the quantity"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderHeld(Event):
    """A production order waits: nothing is begun under it until it is resumed. What is under way may be ended."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderResumed(Event):
    """A production order that was held goes on."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderClosed(Event):
    """A production order is finished or stopped; nothing more is made under it. What was made is counted and kept.

    good, scrapped: what another system, such as the ERP, has counted; where given, what is counted here is the same.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    reason: str = ""
    good: int | None = None
    scrapped: int | None = None

    def check(self) -> None:
        for name, count in (("good", self.good), ("scrapped", self.scrapped)):
            if count is not None and not 0 <= count <= 2 * ORDER_MAX:
                raise EventProblem(f"{name} {count} must be between 0 and 2·10^9")


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStarted(Event):
    """Work on a unit began at a station.

    override_reason: why it is done although the interlock is against it; only somebody who may override it gives one.
    """

    unit: Unit
    operation: Operation
    station: Station | None = None
    work_order: WorkOrder | None = None
    tool: str = ""
    program: str = ""
    override_reason: str = ""

    def check(self) -> None:
        check_given(operation=self.operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCompleted(Event):
    """Work on a unit ended, with what was measured. A start need not have been reported.

    Measurements come either in full (`measurements`, each with its limits) or packed: `values` in the order of the
    characteristics of `specification`, null where none was taken. The limits are thereby frozen at capture.
    result: what the station reports; a value outside its limits makes it failed whatever is reported.
    defects: what was found, when it failed. defect: the same in short, one defect with that code. A failed operation
    that names none has found one, of which nothing more is known.
    override_reason: why it counts although the interlock is against it, as of a start.
    """

    unit: Unit
    operation: Operation
    station: Station | None = None
    work_order: WorkOrder | None = None
    result: Result = Result.PASSED
    tool: str = ""
    program: str = ""
    defect: str = ""
    defects: tuple[Defect, ...] = ()
    specification: Specification | None = None
    values: tuple[Decimal | None, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    override_reason: str = ""

    def check(self) -> None:
        check_given(operation=self.operation)
        if len(self.measurements) + len(self.values) > MEASUREMENTS_MAX:
            raise EventProblem(f"more than {MEASUREMENTS_MAX} measurements in one event; split it")
        if self.values and self.specification is None:
            raise EventProblem("values need the specification that says what they are")
        for measurement in self.measurements:
            measurement.check()
        if self.defects:
            self._check_defects()

    def _check_defects(self) -> None:
        if self.defect:
            raise EventProblem("defect is short for one of the defects; give one or the other")
        if self.result is Result.PASSED:
            raise EventProblem(
                "defects were found, so the result is failed; one that fails nothing is a DefectRecorded"
            )
        if len(self.defects) > DEFECTS_MAX:
            raise EventProblem(f"more than {DEFECTS_MAX} defects in one event; say the quantity of each code")
        numbers = [one.number for one in self.defects if one.number]
        if len(set(numbers)) != len(numbers):
            raise EventProblem("defects gives the same number twice")
        for one in self.defects:
            one.check()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPanelled(Event):
    """A unit is the board at a position of a panel. A position without a good board (X-out) has no unit."""

    unit: Unit
    panel: Panel
    position: PanelPosition

    def check(self) -> None:
        check_given(panel=self.panel, position=self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDepanelled(Event):
    """A unit was separated from its panel."""

    unit: Unit
    panel: Panel
    position: PanelPosition
    reason: str = ""

    def check(self) -> None:
        check_given(panel=self.panel, position=self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRefused(Event):
    """The start or completion of an operation was refused. asbuilt records it by itself; nobody sends it.

    refused_event_id: of the event that was sent and not recorded; `event_time`, `operator` and `source` are as it said.
    quantity: how much of the lot it was about; None for a unit. Nothing about the unit or lot changes.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    quantity: Decimal | None = None
    operation: Operation
    phase: Phase
    station: Station | None = None
    tool: str = ""
    program: str = ""
    refused_event_id: UUID
    reasons: tuple[BrokenRule, ...]

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_quantity(self.quantity)
        check_given(operation=self.operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockOverridden(Event):
    """An operation was recorded although the interlock was against it. asbuilt records it by itself; nobody sends it.

    overridden_event_id: the start or completion that was recorded, with it. reason: as given there. reasons: what the
    interlock had against it. quantity: how much of the lot it was done to; None for a unit.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    quantity: Decimal | None = None
    operation: Operation
    phase: Phase
    station: Station | None = None
    overridden_event_id: UUID
    reason: str
    reasons: tuple[BrokenRule, ...]

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_quantity(self.quantity)
        check_given(operation=self.operation, reason=self.reason)
