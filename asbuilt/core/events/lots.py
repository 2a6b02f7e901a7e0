"""Work is done on part of a lot: some of its pieces at a time, which have no serial numbers of their own."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from asbuilt.core.events.defects import DEFECTS_MAX, Defect
from asbuilt.core.events.event import Event, EventProblem, Measurement, check_given, check_quantity
from asbuilt.core.events.production import MEASUREMENTS_MAX
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Specification, Station, WorkOrder

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOperationStarted(Event):
    """Work on some of a lot began at a station. quantity: how much of it, in the uom of the lot.

    is_retry: whether all of it had failed at the operation before, and is tried again. override_reason: why it is done
    although the interlock is against it; this needs the permission override_interlock.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("lot",)

    lot: Lot
    operation: Operation
    quantity: Decimal
    is_retry: bool = False
    station: Station | None = None
    work_order: WorkOrder | None = None
    tool: str = ""
    program: str = ""
    override_reason: str = ""

    def check(self) -> None:
        check_given(operation=self.operation)
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOperationCompleted(Event):
    """Work on some of a lot ended: how much of it passed, failed and was scrapped, in the uom of the lot.

    A start need not have been reported. What failed may be tried again, or go into rework; what is scrapped is gone.
    is_retry: whether all of it had failed at the operation before; what is new and what is not are two events.
    Measurements are of all of it, in full or packed as in OperationCompleted. Where a value lies outside its limits,
    what is said to have passed has failed. defects: what was found, with its quantity. override_reason: as in
    LotOperationStarted.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("lot",)

    lot: Lot
    operation: Operation
    passed: Decimal
    failed: Decimal = _NONE
    scrapped: Decimal = _NONE
    is_retry: bool = False
    station: Station | None = None
    work_order: WorkOrder | None = None
    tool: str = ""
    program: str = ""
    defects: tuple[Defect, ...] = ()
    specification: Specification | None = None
    values: tuple[Decimal | None, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    override_reason: str = ""

    def check(self) -> None:
        check_given(operation=self.operation)
        given = {"passed": self.passed, "failed": self.failed, "scrapped": self.scrapped}
        for name, quantity in given.items():
            check_quantity(quantity or None, what=name)
        if not any(given.values()):
            raise EventProblem("nothing passed, failed or was scrapped; say how much of the lot it was done to")
        if len(self.measurements) + len(self.values) > MEASUREMENTS_MAX:
            raise EventProblem(f"more than {MEASUREMENTS_MAX} measurements in one event; split it")
        if self.values and self.specification is None:
            raise EventProblem("values need the specification that says what they are")
        for measurement in self.measurements:
            measurement.check()
        if self.defects and not (self.failed or self.scrapped):
            raise EventProblem("defects were found, so some of it failed or was scrapped; say how much")
        if len(self.defects) > DEFECTS_MAX:
            raise EventProblem(f"more than {DEFECTS_MAX} defects in one event; say the quantity of each code")
        for one in self.defects:
            one.check()


def quantity_worked_on(event: LotOperationStarted | LotOperationCompleted) -> Decimal:
    """How much of a lot an event is about."""
    if isinstance(event, LotOperationStarted):
        return event.quantity
    return event.passed + event.failed + event.scrapped
