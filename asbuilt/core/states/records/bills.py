"""What a part is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from asbuilt.core.events.bills import BillLine
from asbuilt.core.identifiers.names import Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import BillOfMaterials, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class BillState:
    """The lines of a bill of materials, for the units that come into being from `effective_from` on."""

    bill: BillOfMaterials
    part: Part
    effective_from: datetime
    lines: tuple[BillLine, ...]
    at_place: dict[ReferenceDesignator, list[BillLine]] = field(init=False, repr=False, compare=False)
    of_part: dict[Part, list[BillLine]] = field(init=False, repr=False, compare=False)
    """Lines by the part, and by each that may stand in for it."""
    fitted_at: dict[Operation, list[BillLine]] = field(init=False, repr=False, compare=False)

    ranged: list[BillLine] = field(init=False, repr=False, compare=False)
    """Lines that hold for a range of serials only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at_place", {})
        object.__setattr__(self, "of_part", {})
        object.__setattr__(self, "fitted_at", {})
        object.__setattr__(self, "ranged", [one for one in self.lines if one.serials.series is not None])
        for line in self.lines:
            for place in line.reference_designators:
                self.at_place.setdefault(place, []).append(line)
            for part in line.allowed:
                self.of_part.setdefault(part, []).append(line)
            if line.operation:
                self.fitted_at.setdefault(line.operation, []).append(line)

    def holding(self, lines: Iterable[BillLine], serial_number: str, born: datetime) -> list[BillLine]:
        """Those of some lines that hold for a unit."""
        return [line for line in lines if line.holds_for(serial_number, born)]

    def not_comparable(self, serial_number: str, born: datetime) -> BillLine | None:
        """A line of which cannot be told whether it holds for a unit."""
        return next((line for line in self.ranged if line.holds_for(serial_number, born) is None), None)
