"""Holds as intervals."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.identifiers.names import HoldNumber
from asbuilt.core.identifiers.subjects import Lot, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold on a unit or lot from `placed_at` until `released_at`; `sequence` is that of the placing event."""

    sequence: int
    hold: HoldNumber
    subject: Unit | Lot
    reason: str
    placed_at: datetime
    released_sequence: int | None = None
    released_at: datetime | None = None
    release_reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.released_sequence is None
