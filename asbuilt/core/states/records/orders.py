"""Production orders, what they wait for, and what has been made under them."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Part, Routing, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCounts:
    """What has become of the pieces of an order.

    started: units that belong to it, however they ended. in_process: neither good nor scrapped. missing: ordered, and
    not started.
    """

    ordered: int
    started: int
    good: int
    scrapped: int

    @property
    def in_process(self) -> int:
        return self.started - self.good - self.scrapped

    @property
    def missing(self) -> int:
        return max(0, self.ordered - self.started)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderState:
    """A production order, and whether it is open.

    quantity: pieces ordered, without those that were split off. started: units that belong to it. hold_reason: why it
    waits, empty while it does not. split_from: the order it was split off. closed_counts: as counted at its closing.
    """

    work_order: WorkOrder
    part: Part
    quantity: int
    sales_order: str
    overrun_max: int
    last_operation: Operation
    is_open: bool
    released_at: datetime
    started: int = 0
    hold_reason: str = ""
    split_from: WorkOrder | None = None
    closed_at: datetime | None = None
    closed_counts: OrderCounts | None = None

    @property
    def is_held(self) -> bool:
        return bool(self.hold_reason)

    @property
    def most(self) -> int:
        """How many units may belong to it that are not scrapped."""
        return self.quantity + self.overrun_max


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHold:
    """That an order waited, since the event at `sequence`; until `resumed_sequence`, None while it does."""

    sequence: int
    work_order: WorkOrder
    reason: str
    held_at: datetime
    resumed_sequence: int | None = None
    resumed_at: datetime | None = None
    resumption: str = ""

    @property
    def is_open(self) -> bool:
        return self.resumed_sequence is None


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units of an order that have come equally far: by which routing, what was completed last, and how it ended."""

    routing: Routing | None
    last_operation: str
    last_result: str
    is_scrapped: bool
