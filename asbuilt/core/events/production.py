"""Work is ordered and done."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from asbuilt.core.events.defects import DEFECTS_MAX, Defect
from asbuilt.core.events.event import Event, EventProblem, Measurement, check_given
from asbuilt.core.identifiers.names import Operation, Panel, PanelPosition
from asbuilt.core.identifiers.subjects import Part, Specification, Station, Unit, WorkOrder

MEASUREMENTS_MAX = 10_000
"""Most measurements one event carries; waveforms are attached as files."""


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
    """A production order may be worked on (ISA-95 operations request)."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    part: Part
    quantity: int
    sales_order: str = ""

    def check(self) -> None:
        if not 0 < self.quantity <= 10**9:
            raise EventProblem(f"quantity {self.quantity} must be between 1 and 10^9")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderClosed(Event):
    """A production order is finished or stopped; nothing more is made under it."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_order",)

    work_order: WorkOrder
    reason: str = ""


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
    Nothing about the unit changes.
    """

    unit: Unit
    operation: Operation
    phase: Phase
    station: Station | None = None
    tool: str = ""
    program: str = ""
    refused_event_id: UUID
    reasons: tuple[BrokenRule, ...]

    def check(self) -> None:
        check_given(operation=self.operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockOverridden(Event):
    """An operation was recorded although the interlock was against it. asbuilt records it by itself; nobody sends it.

    overridden_event_id: the start or completion that was recorded, with it. reason: as given there. reasons: what the
    interlock had against it.
    """

    unit: Unit
    operation: Operation
    phase: Phase
    station: Station | None = None
    overridden_event_id: UUID
    reason: str
    reasons: tuple[BrokenRule, ...]

    def check(self) -> None:
        check_given(operation=self.operation, reason=self.reason)
