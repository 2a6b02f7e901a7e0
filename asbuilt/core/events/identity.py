"""A unit gets its serial number, further names and markings; doubles are reported, decided and merged."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from asbuilt.core.events.event import Event, EventProblem, check_exactly_one, check_given
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.subjects import Lot, Part, Unit, WorkOrder

RANGE_MAX = 10**9
"""Most running numbers in one range."""

COPIES_MAX = 1_000
"""Most copies of one label in one print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCommissioned(Event):
    """A serial number was given to a unit: it exists from here on. Source: EPCIS ObjectEvent, CBV `commissioning`."""

    unit: Unit
    revision: str = ""
    work_order: WorkOrder | None = None
    location: Location = Location("")
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasAssigned(Event):
    """A unit or lot got a further name: supplier or customer serial, IMEI, MAC, UDI, EPC, Catena-X id.

    scheme says what kind of name it is, issuer who gave it. Several units may bear the same alias.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    scheme: str
    value: str
    issuer: str = ""

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_given(scheme=self.scheme, value=self.value)


class RangeKind(StrEnum):
    """Who holds a range of serial numbers."""

    LINE = "line"
    PRINTER = "printer"
    SUPPLIER = "supplier"
    WORK_ORDER = "work_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRangeReserved(Event):
    """A block of running numbers was set apart for a line, printer, supplier or order; nobody else gets them, ever.

    Units commissioned or received under one of the numbers use it up. low_watermark: warn when fewer are left.
    work_order: of kind work_order, the order whose units alone get the numbers; `holder` is its number.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("part",)

    part: Part
    range_number: str
    kind: RangeKind
    holder: str
    first_number: int
    count: int
    low_watermark: int = 0
    work_order: WorkOrder | None = None

    def check(self) -> None:
        if (self.kind is RangeKind.WORK_ORDER) != (self.work_order is not None):
            raise EventProblem("a range of kind work_order names its work_order, and no other range does")
        if self.work_order is not None and self.holder != str(self.work_order):
            raise EventProblem(f"holder of a range for work order {self.work_order} is that number")
        check_given(range_number=self.range_number, holder=self.holder)
        if not 1 <= self.count <= RANGE_MAX:
            raise EventProblem(f"count {self.count} must be between 1 and 10^9")
        if not 1 <= self.first_number <= 10**18 - RANGE_MAX:
            raise EventProblem(f"first_number {self.first_number} must be between 1 and 10^18")
        if self.low_watermark < 0:
            raise EventProblem(f"low_watermark {self.low_watermark} must not be negative")

    @property
    def last_number(self) -> int:
        return self.first_number + self.count - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialNumberVoided(Event):
    """A serial number was spoiled before any unit bore it (a torn label, a misprint): it is never given again."""

    unit: Unit
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReidentified(Event):
    """A unit was marked anew: with another serial number, another part number, or both. Its key stays what it was.

    unit: by its original key. marked_as: the part and serial number it bears from now on; no other unit ever gets it.
    Source: MIL-STD-130, IUID construct 2: the original part number stays part of the identifier.
    """

    unit: Unit
    marked_as: Unit
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateReported(Event):
    """Something arrived from outside under the part and serial number of a unit that exists: a question to decide.

    unit: the one that exists; nothing else about it changes. The rest says what was seen of the one that arrived:
    scheme and value are a further name it bears, document is the delivery note, message or file that names it.
    The question goes by the event id of this report.
    """

    unit: Unit
    supplier: str = ""
    document: str = ""
    location: Location = Location("")
    scheme: str = ""
    value: str = ""
    description: str = ""

    def check(self) -> None:
        if bool(self.scheme) != bool(self.value):
            raise EventProblem("give both scheme and value of the further name, or neither")


class DuplicateDecision(StrEnum):
    """What a reported duplicate has turned out to be."""

    SAME_UNIT = "same_unit"
    """The unit that exists: it came back, or was told of twice."""
    OTHER_UNIT = "other_unit"
    """Another unit with the same number; it was commissioned or received under a number of its own."""
    REJECTED = "rejected"
    """Nothing that stays here: sent back, or reported by mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateResolved(Event):
    """The question that a reported duplicate raised was decided.

    question: the event id of the report. other_unit: when it is another unit, the one it is recorded as.
    """

    unit: Unit
    question: UUID
    decision: DuplicateDecision
    other_unit: Unit | None = None
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsMerged(Event):
    """Two records were found to be of one physical unit: from now on they are one, and the duplicate is not used again.

    unit: the record that stays; what was recorded under either counts for it. It is undone by correcting this event.
    """

    unit: Unit
    duplicate: Unit
    reason: str

    def check(self) -> None:
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPrinted(Event):
    """A printer took the label of a unit or lot. A further label of a unit from the same template has a reason.

    content: what its symbols hold, as written beside them. job: the print job, as `asbuilt label jobs` names it.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    template: str
    printer: str = ""
    copies: int = 1
    content: str = ""
    job: str = ""
    reason: str = ""

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_given(template=self.template)
        if not 1 <= self.copies <= COPIES_MAX:
            raise EventProblem(f"copies {self.copies} must be between 1 and {COPIES_MAX}")
