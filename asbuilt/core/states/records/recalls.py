"""What is called back, who was told, and what became of each unit and lot."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.events.recalls import RecallDisposition, RecallSeed
from asbuilt.core.identifiers.subjects import Lot, Recall, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeCounts:
    """How many units and lots a recall covers, how many of them certainly, and how many have no disposition yet."""

    units: int = 0
    lots: int = 0
    certain: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallState:
    """A recall. frozen_*, digest and meaning: what was settled last, None and empty before that."""

    recall: Recall
    reason: str
    seeds: tuple[RecallSeed, ...]
    is_drill: bool
    opened_at: datetime
    opened_sequence: int
    frozen_at: datetime | None = None
    frozen_sequence: int | None = None
    frozen_units: int = 0
    frozen_lots: int = 0
    frozen_certain: int = 0
    digest: str = ""
    meaning: str = ""
    closed_at: datetime | None = None
    closed_sequence: int | None = None
    close_reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_sequence is None

    def is_settled_as(self, counts: ScopeCounts) -> bool:
        """Whether what is listed is what was frozen."""
        frozen = (self.frozen_units, self.frozen_lots, self.frozen_certain)
        return self.frozen_sequence is not None and frozen == (counts.units, counts.lots, counts.certain)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallMember:
    """A unit or lot that a recall covers, and what became of it. customer: who had it when it was listed."""

    recall: Recall
    subject: Unit | Lot
    is_certain: bool
    listed_sequence: int
    customer: str = ""
    disposition: RecallDisposition | None = None
    dispositioned_sequence: int | None = None
    dispositioned_at: datetime | None = None

    @property
    def key(self) -> tuple[Recall, Unit | Lot]:
        return self.recall, self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNotice:
    """That a customer was told, by the event at `sequence`, and that he has answered."""

    sequence: int
    recall: Recall
    customer: str
    reference: str
    medium: str
    issued_at: datetime
    answered_sequence: int | None = None
    answered_at: datetime | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.answered_sequence is None
