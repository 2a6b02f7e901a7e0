"""What a station is set up with, slot by slot, and when which setup is in force there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from asbuilt.core.events.event import Event, EventProblem, check_given, check_quantity
from asbuilt.core.identifiers.names import ReferenceDesignator, Slot, Uom
from asbuilt.core.identifiers.subjects import Part, SetupList, Station, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupSlot:
    """What a slot is loaded with, and how much of it one unit uses.

    quantity: used by one unit, in `uom`, which is that of the part; without it, nothing is counted.
    is_optional: the station may run without it. is_counted: it may not run when what is loaded does not suffice.
    """

    slot: Slot
    part: Part
    alternates: tuple[Part, ...] = ()
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    reference_designators: tuple[ReferenceDesignator, ...] = ()
    is_optional: bool = False
    is_counted: bool = False

    @property
    def allowed(self) -> tuple[Part, ...]:
        """What may be loaded: the part, and what may stand in for it."""
        return (self.part, *self.alternates)

    def check(self) -> None:
        """Raise EventProblem when the fields contradict each other."""
        check_given(slot=self.slot)
        check_quantity(self.quantity, what=f"quantity of slot {self.slot}")
        if len(set(self.allowed)) != len(self.allowed):
            raise EventProblem(f"slot {self.slot}: alternates names {self.part} or another part twice")
        places = self.reference_designators
        if not all(places) or len(set(places)) != len(places):
            raise EventProblem(f"slot {self.slot}: reference_designators holds an empty one, or one twice")
        if self.is_counted and self.quantity is None:
            raise EventProblem(f"slot {self.slot} is_counted, and nobody says what a unit uses; give quantity")


def check_slots(slots: Sequence[SetupSlot]) -> None:
    """Raise EventProblem unless every slot is there once, and every place is filled from one slot."""
    for what, names in (
        ("slot", [one.slot for one in slots]),
        ("reference designator", [place for one in slots for place in one.reference_designators]),
    ):
        doubled = [name for name, count in Counter(names).items() if count > 1]
        if doubled:
            raise EventProblem(f"slots names {what} {doubled[0]} twice; keep one")
    for one in slots:
        one.check()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupActivated(Event):
    """A setup list came into force at a station. It ends the one before it, and is in force until it is ended."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("station",)

    station: Station
    setup_list: SetupList
    work_order: WorkOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupDeactivated(Event):
    """A setup list is in force at a station no longer; nothing is verified there until the next."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("station",)

    station: Station
    setup_list: SetupList
    reason: str = ""
