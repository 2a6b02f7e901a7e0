"""Work on part of lots."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Station, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRun:
    """What one event says of an operation on some of a lot; quantities in the uom of the lot.

    is_retry: whether it had failed there before. started: how much was begun, where the event is a start. passed,
    failed, scrapped: how it ended, as judged.
    """

    sequence: int
    lot: Lot
    operation: Operation
    station: Station | None
    work_order: WorkOrder | None
    is_retry: bool
    started: Decimal
    passed: Decimal
    failed: Decimal
    scrapped: Decimal
    happened_at: datetime

    @property
    def taken(self) -> Decimal:
        return self.passed + self.failed + self.scrapped
