"""What stations are set up with: the lists, and when each was in force where."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.names import Operation, Slot
from asbuilt.core.identifiers.subjects import Part, Routing, SetupList, Station, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupListState:
    """The slots of a setup list, and what it is for."""

    setup_list: SetupList
    station: Station
    slots: tuple[SetupSlot, ...]
    part: Part | None = None
    routing: Routing | None = None
    operation: Operation = Operation("")
    program: str = ""
    by_slot: dict[Slot, SetupSlot] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_slot", {one.slot: one for one in self.slots})

    def is_for(self, operation: Operation) -> bool:
        """Whether it is asked, and used up, by an operation at its station."""
        return self.operation in ("", operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupActivation:
    """A setup list in force at a station from `activated_at` until `ended_at`."""

    sequence: int
    station: Station
    setup_list: SetupList
    work_order: WorkOrder | None
    activated_at: datetime
    ended_sequence: int | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_sequence is None

    def holds_at(self, moment: datetime) -> bool:
        return self.activated_at <= moment and (self.ended_at is None or moment < self.ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """How often an operation was done at a station from `since` on, while nothing changed there."""

    station: Station
    since: datetime
    operation: Operation
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How much a window began with, and how much of it was used and is left; None: nobody knows."""

    start: Decimal | None
    used: Decimal
    left: Decimal | None
