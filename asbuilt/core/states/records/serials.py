"""Serial profiles, ranges of numbers, and what became of the numbers."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.events.definitions import Requirement, UniqueWithin
from asbuilt.core.events.identity import RangeKind
from asbuilt.core.identifiers.subjects import Part, Unit, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialProfile:
    """How a part's serials are written, where they are wanted and within what they are unique."""

    part: Part
    serial_format: str
    received_format: str
    at_receipt: Requirement
    at_build: Requirement
    at_shipment: Requirement
    unique_within: UniqueWithin
    part_family: str

    @property
    def is_wide(self) -> bool:
        """Whether its serials are unique beyond the part."""
        return self.unique_within is not UniqueWithin.PART

    def reaches(self, other: "SerialProfile | None") -> bool:
        """Whether a part with the `other` profile, at the same site, may not bear the same serial."""
        if self.unique_within is UniqueWithin.FAMILY:
            return other is not None and other.part_family.upper() == self.part_family.upper()
        return self.is_wide


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRange:
    """A block of running numbers, in the format that held when it was reserved; from the event at `sequence`."""

    sequence: int
    part: Part
    range_number: str
    kind: RangeKind
    holder: str
    first_number: int
    count: int
    low_watermark: int
    serial_format: str
    reserved_at: datetime
    work_order: WorkOrder | None = None

    @property
    def last_number(self) -> int:
        return self.first_number + self.count - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialNumber:
    """A serial that a unit took out of a range, or that was voided; from the event at `sequence`.

    number: its running number in a range of the part, None outside of them.
    """

    sequence: int
    unit: Unit
    number: int | None
    is_void: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseSerial:
    """A serial that is unique among all sites; from the event at `sequence`."""

    sequence: int
    unit: Unit
