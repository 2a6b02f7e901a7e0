"""What a bill of materials is made of: its lines, and for which units each holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

from asbuilt.core.events.event import EventProblem, check_given, check_quantity
from asbuilt.core.identifiers.names import Operation, ReferenceDesignator
from asbuilt.core.identifiers.serial_ranges import RangeProblem, SerialRange
from asbuilt.core.identifiers.subjects import Part

ALTERNATING_MAX = 100
"""Most lines of one bill for the same item or reference designator."""

_EVER, _NEVER_MORE = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A component of an assembly: what, how much of it and where, and in which units.

    quantity: in all, over its reference designators, in the part's uom; without it, as much as is needed.
    revision: of a unit of the part; alternates are taken in any. operation: where it is fitted.
    effective_from, effective_until: the line holds for units that came into being in that time, the end excluded;
    serial_from, serial_to: and that have a serial number in that range, both ends included.
    """

    item: str
    part: Part
    alternates: tuple[Part, ...] = ()
    reference_designators: tuple[ReferenceDesignator, ...] = ()
    quantity: Decimal | None = None
    revision: str = ""
    operation: Operation = Operation("")
    is_optional: bool = False
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    serial_from: str = ""
    serial_to: str = ""

    @property
    def allowed(self) -> tuple[Part, ...]:
        """What may be fitted: the part, and what may stand in for it."""
        return (self.part, *self.alternates)

    @property
    def serials(self) -> SerialRange:
        return SerialRange(self.serial_from, self.serial_to)

    def holds_for(self, serial_number: str, born: datetime) -> bool | None:
        """Whether it holds for a unit of a serial and a birth; None when the serial cannot be compared."""
        if born < (self.effective_from or _EVER) or born >= (self.effective_until or _NEVER_MORE):
            return False
        return self.serials.holds(serial_number) if self.serial_from or self.serial_to else True

    def check(self) -> None:
        """Raise EventProblem when it holds for no unit, or what it asks for cannot be."""
        check_given(item=self.item)
        check_quantity(self.quantity, what=f"quantity of item {self.item}")
        if not all(self.reference_designators) or len(set(self.reference_designators)) != len(
            self.reference_designators
        ):
            raise EventProblem(f"item {self.item}: reference_designators holds an empty one, or one twice")
        if len(set(self.allowed)) != len(self.allowed):
            raise EventProblem(f"item {self.item}: alternates names {self.part} or another part twice")
        if self.effective_from and self.effective_until and self.effective_from >= self.effective_until:
            raise EventProblem(f"item {self.item} would end before it begins; let effective_until be later")
        try:
            self.serials.check()
        except RangeProblem as problem:
            raise EventProblem(f"item {self.item}: {problem}") from None

    def meets(self, other: "BillLine") -> bool:
        """Whether both may hold for the same unit."""
        begins = max(self.effective_from or _EVER, other.effective_from or _EVER)
        ends = min(self.effective_until or _NEVER_MORE, other.effective_until or _NEVER_MORE)
        return begins < ends and self.serials.meets(other.serials)


def check_bill(part: Part, lines: Sequence[BillLine]) -> None:
    """Raise EventProblem unless every unit has one line at most for an item, and for a reference designator."""
    by_name: dict[tuple[str, str], list[BillLine]] = {}
    for line in lines:
        line.check()
        if part in line.allowed:
            raise EventProblem(f"item {line.item}: {part} would be made of itself")
        by_name.setdefault(("item", line.item), []).append(line)
        for place in line.reference_designators:
            by_name.setdefault(("reference designator", place), []).append(line)
    if len({line.serials.series for line in lines} - {None}) > 1:
        raise EventProblem(
            "serial ranges of the lines are of several series, and no serial can be compared with all of them: "
            "give ranges that differ in the running number only, or dates"
        )
    for (what, name), named in by_name.items():
        if len(named) > ALTERNATING_MAX:
            raise EventProblem(f"{what} {name} is on {len(named)} lines; at most {ALTERNATING_MAX} may alternate")
        for one, other in combinations(named, 2):
            if one.meets(other):
                raise EventProblem(
                    f"{what} {name} is on two lines that hold for the same unit; let their dates or serial ranges "
                    "not meet"
                )
