"""A unit as it stands, and the further names and markings of units and lots."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from asbuilt.core.events.identity import DuplicateDecision
from asbuilt.core.identifiers.names import Container, Location
from asbuilt.core.identifiers.subjects import Lot, Unit, WorkOrder


class LifeCycle(StrEnum):
    """How far the making of a unit has come."""

    ISSUED = "issued"
    IN_PROCESS = "in_process"
    SCRAPPED = "scrapped"


class Custody(StrEnum):
    """Who has the unit."""

    IN_HOUSE = "in_house"
    SHIPPED = "shipped"
    RETURNED = "returned"
    """In house again."""


class Status(StrEnum):
    """The one word shown for a unit: the first of these that holds. Derived, never stored."""

    SCRAPPED = "scrapped"
    ON_HOLD = "on_hold"
    SHIPPED = "shipped"
    INSTALLED = "installed"
    FAILED = "failed"
    RETURNED = "returned"
    PACKED = "packed"
    IN_PROCESS = "in_process"
    ISSUED = "issued"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """Life cycle, custody, place and quality of a unit: separate facts, never one status field."""

    unit: Unit
    revision: str
    work_order: WorkOrder | None
    life_cycle: LifeCycle
    custody: Custody
    location: Location
    container: Container
    customer: str
    shipment: str
    expires_on: date | None
    installed_in: Unit | Lot | None
    open_holds: tuple[str, ...]
    commissioned_at: datetime
    last_operation: str
    last_result: str
    last_event_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A further name of a unit or lot, from the event that assigned it (`sequence`)."""

    sequence: int
    subject: Unit | Lot
    scheme: str
    value: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """A part and serial number that a unit bears besides its key, from the event that gave it (`sequence`).

    claims: whether the unit got it by this event; not when it went back to one that was its own before.
    """

    sequence: int
    unit: Unit
    marked_as: Unit
    claims: bool
    reason: str
    marked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A question whether what arrived under the number of `unit` is that unit; open until it is decided."""

    sequence: int
    question: UUID
    unit: Unit
    supplier: str
    document: str
    location: Location
    scheme: str
    value: str
    description: str
    reported_at: datetime
    resolved_sequence: int | None = None
    decision: DuplicateDecision | None = None
    other_unit: Unit | None = None
    resolution: str = ""
    resolved_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_sequence is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """That `duplicate` is a record of the same physical unit as `unit`, since the event at `sequence`."""

    duplicate: Unit
    unit: Unit
    sequence: int
    reason: str
    merged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPrint:
    """A label of a unit or lot that a printer took, from the event that says so (`sequence`)."""

    sequence: int
    subject: Unit | Lot
    template: str
    printer: str
    copies: int
    job: str
    reason: str
    printed_at: datetime
