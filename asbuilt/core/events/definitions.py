"""Reference data: parts, lots and specifications are defined (ISA-95 material, lot and test definitions)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from asbuilt.core.events.bills import BillLine, check_bill
from asbuilt.core.events.event import Characteristic, Event, EventProblem, check_given, check_quantity
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.core.events.routes import RouteOperation, check_route
from asbuilt.core.events.setups import SetupSlot, check_slots
from asbuilt.core.identifiers.gs1.check_digits import is_gtin
from asbuilt.core.identifiers.names import Operation, Uom
from asbuilt.core.identifiers.serial_format import FormatProblem, SerialFormat, issuing, parsed
from asbuilt.core.identifiers.subjects import (
    BillOfMaterials,
    CodeList,
    Lot,
    Operator,
    Part,
    Routing,
    SetupList,
    Specification,
    Station,
    Tool,
    WorkCenter,
)


class Tracking(StrEnum):
    """How individuals of a part are told apart."""

    SERIALIZED = "serialized"
    LOT = "lot"
    SERIALIZED_AND_LOT = "serialized_and_lot"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDefined(Event):
    """A part was defined, or defined anew: the last definition holds.

    serial_format: how serials issued here are written: `IPC26-######`, or with tokens as `IPC{year:2}{week}-{number:6}`
    (core.identifiers.serial_format). A serial profile's format goes before it.
    gtin: the GS1 trade item number that its marks bear, of 8, 12, 13 or 14 digits; a scan of it then means this part.
    component_record, process_record: what has to be recorded of each of its units. is_complete_to_ship: a unit is not
    shipped before it is, by itself or in another unit.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("part",)

    part: Part
    description: str = ""
    revision: str = ""
    tracking: Tracking = Tracking.SERIALIZED
    uom: Uom = Uom("")
    serial_format: str = ""
    gtin: str = ""
    component_record: ComponentRecord = ComponentRecord.NOT_ASKED
    process_record: ProcessRecord = ProcessRecord.NOT_ASKED
    is_complete_to_ship: bool = False

    def check(self) -> None:
        asked = (self.component_record, self.process_record)
        if self.is_complete_to_ship and asked == (ComponentRecord.NOT_ASKED, ProcessRecord.NOT_ASKED):
            raise EventProblem(
                "is_complete_to_ship needs a component_record or a process_record that asks for anything"
            )
        if self.gtin and not is_gtin(self.gtin):
            raise EventProblem(
                f"gtin {self.gtin!r} is no GTIN: it has 8, 12, 13 or 14 digits, of which the last is the check digit"
            )
        check_format(self.serial_format, what="serial_format", read=issuing)


class Requirement(StrEnum):
    """Whether a serial number is recorded at a step."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    REFUSED = "refused"


class UniqueWithin(StrEnum):
    """Among which units a serial number is given once. Within issuer and part it always is."""

    PART = "part"
    FAMILY = "family"
    SITE = "site"
    ENTERPRISE = "enterprise"
    """Every site in this database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialProfileDefined(Event):
    """How the serial numbers of a part are written, where they are wanted and where unique; the last one holds.

    serial_format: of serials issued here, before that of the part. received_format: of those that come from outside.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("part",)

    part: Part
    serial_format: str = ""
    received_format: str = ""
    at_receipt: Requirement = Requirement.OPTIONAL
    at_build: Requirement = Requirement.OPTIONAL
    at_shipment: Requirement = Requirement.OPTIONAL
    unique_within: UniqueWithin = UniqueWithin.PART
    part_family: str = ""

    def check(self) -> None:
        check_format(self.serial_format, what="serial_format", read=issuing)
        check_format(self.received_format, what="received_format", read=parsed)
        if self.unique_within is UniqueWithin.FAMILY and not self.part_family:
            raise EventProblem("unique_within is family, and part_family is empty; say which family it is")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDefined(Event):
    """A lot of material became known here. Without a quantity it is not counted down."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("lot",)

    lot: Lot
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    supplier: str = ""
    supplier_lot: str = ""
    purchase_order: str = ""
    manufactured_on: date | None = None
    expires_on: date | None = None

    def check(self) -> None:
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationDefined(Event):
    """The characteristics measured together, in order, with their limits. A change is a new specification."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("specification",)

    specification: Specification
    characteristics: tuple[Characteristic, ...]

    def check(self) -> None:
        if not self.characteristics:
            raise EventProblem("characteristics is empty; a specification names at least one")
        names = [characteristic.characteristic for characteristic in self.characteristics]
        if len(set(names)) != len(names):
            raise EventProblem("characteristics names the same characteristic twice")
        for characteristic in self.characteristics:
            characteristic.check()


OPERATIONS_MAX = 1_000
"""Most operations of one routing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingDefined(Event):
    """How the units of a part are made that come into being from `effective_from` on. A change is a new routing.

    effective_from: without it, the event time.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("routing",)

    routing: Routing
    part: Part
    operations: tuple[RouteOperation, ...]
    effective_from: datetime | None = None
    description: str = ""

    @property
    def applies_from(self) -> datetime:
        return self.effective_from or self.event_time

    def check(self) -> None:
        if not 0 < len(self.operations) <= OPERATIONS_MAX:
            raise EventProblem(f"operations are {len(self.operations)}; a routing has 1 to {OPERATIONS_MAX}")
        check_route(self.operations)


BILL_LINES_MAX = 5_000
"""Most lines of one bill of materials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillOfMaterialsDefined(Event):
    """What the units of a part are made of that come into being from `effective_from` on. A change is a new bill.

    effective_from: without it, the event time.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("bill_of_materials",)

    bill_of_materials: BillOfMaterials
    part: Part
    lines: tuple[BillLine, ...]
    effective_from: datetime | None = None
    description: str = ""

    @property
    def applies_from(self) -> datetime:
        return self.effective_from or self.event_time

    def check(self) -> None:
        if not 0 < len(self.lines) <= BILL_LINES_MAX:
            raise EventProblem(f"lines are {len(self.lines)}; a bill of materials has 1 to {BILL_LINES_MAX}")
        check_bill(self.part, self.lines)


SETUP_SLOTS_MAX = 1_000
"""Most slots of one setup list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupListDefined(Event):
    """What a station is set up with for a job: part and use of each slot. A change is a new list, or revision.

    part, routing, operation, program: what it is for; what is left out, for any.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("setup_list",)

    setup_list: SetupList
    station: Station
    slots: tuple[SetupSlot, ...]
    part: Part | None = None
    routing: Routing | None = None
    operation: Operation = Operation("")
    program: str = ""
    description: str = ""

    def check(self) -> None:
        if not 0 < len(self.slots) <= SETUP_SLOTS_MAX:
            raise EventProblem(f"slots are {len(self.slots)}; a setup list has 1 to {SETUP_SLOTS_MAX}")
        check_slots(self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCenterDefined(Event):
    """A work center was defined, or defined anew: the last definition holds (ISA-95 part 1, role-based equipment)."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("work_center",)

    work_center: WorkCenter
    area: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentDefined(Event):
    """A station was defined, or defined anew: the last definition holds (ISA-95 work unit, equipment class)."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("station",)

    station: Station
    work_center: WorkCenter | None = None
    equipment_class: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDefined(Event):
    """A code was entered in a list of codes, or changed there: the last definition holds.

    is_retired: it stays readable in what was recorded, and is not to be used any more.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("code_list",)

    code_list: CodeList
    code: str
    description: str = ""
    is_retired: bool = False

    def check(self) -> None:
        check_given(code=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalibrated(Event):
    """A tool was calibrated or checked; until the day it is due again it may be used for its class of work."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("tool",)

    tool: Tool
    tool_class: str
    due_on: date
    passed: bool = True
    certificate: str = ""

    def check(self) -> None:
        check_given(tool_class=self.tool_class)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorQualified(Event):
    """Somebody was trained or examined, and may do a kind of work until a day."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("person",)

    person: Operator
    qualification: str
    valid_until: date | None = None
    certificate: str = ""

    def check(self) -> None:
        check_given(qualification=self.qualification)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRevoked(Event):
    """Somebody may not do a kind of work any more."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("person",)

    person: Operator
    qualification: str
    reason: str

    def check(self) -> None:
        check_given(qualification=self.qualification, reason=self.reason)


def check_format(text: str, *, what: str, read: Callable[[str], SerialFormat]) -> None:
    """Raise EventProblem unless `text` is empty or a serial format."""
    try:
        if text:
            read(text)
    except FormatProblem as problem:
        raise EventProblem(f"{what}: {problem}") from None
