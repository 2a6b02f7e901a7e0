"""What must not be used, and what never will be again."""

from dataclasses import dataclass
from typing import ClassVar

from asbuilt.core.events.event import Event, check_exactly_one, check_given
from asbuilt.core.identifiers.names import HoldNumber, Location
from asbuilt.core.identifiers.subjects import Lot, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """A unit or lot must not be used, consumed or shipped until this hold is released."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    hold: HoldNumber
    reason: str

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_given(hold=self.hold, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(Event):
    """A hold was lifted from a unit or lot, for a reason."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    unit: Unit | None = None
    lot: Lot | None = None
    hold: HoldNumber
    reason: str

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)
        check_given(hold=self.hold, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScrapped(Event):
    """A unit was made unusable. Its serial number is never issued again. Source: CBV `destroying`."""

    unit: Unit
    reason: str
    location: Location = Location("")

    def check(self) -> None:
        check_given(reason=self.reason)
