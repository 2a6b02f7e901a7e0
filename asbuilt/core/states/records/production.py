"""Work under way and work done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.production import Phase, Result
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Station, Unit, WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStart:
    """An operation begun on a unit; still under way while `completed_sequence` is None."""

    sequence: int
    unit: Unit
    operation: Operation
    station: Station | None
    started_at: datetime
    completed_sequence: int | None = None

    @property
    def is_open(self) -> bool:
        return self.completed_sequence is None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRun:
    """An operation ended on a unit. Every attempt has a row of its own; `sequence` is that of the ending event."""

    sequence: int
    unit: Unit
    operation: Operation
    station: Station | None
    work_order: WorkOrder | None
    started_sequence: int | None
    started_at: datetime | None
    completed_at: datetime
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRefusal:
    """An operation that was refused: its start or its completion. rules: the numbers of those it broke."""

    sequence: int
    subject: Unit | Lot
    operation: Operation
    phase: Phase
    station: Station | None
    operator: str
    rules: tuple[str, ...]
    refused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockOverride:
    """An operation that was recorded in spite of the interlock. overridden_event_id: its start or completion."""

    sequence: int
    subject: Unit | Lot
    operation: Operation
    phase: Phase
    station: Station | None
    overridden_event_id: UUID
    rules: tuple[str, ...]
    overridden_at: datetime
