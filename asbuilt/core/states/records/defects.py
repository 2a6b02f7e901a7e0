"""Defects of units, open and settled."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from asbuilt.core.events.defects import Disposition
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Station, Unit


class DefectKey(NamedTuple):
    """The event that found a defect, and which of its defects it is, from 1."""

    sequence: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectState:
    """A defect of a unit and how far it has come; open while `settled_sequence` is None.

    operation: what found it, empty when it was found outside an operation. characteristic: when no defect was named,
    the first that was outside its limits. retest: the operation whose passing settles it, empty when none has to.
    decided_…, reworked_…, repaired_…: since the latest decision. settled_by: by which way it was settled.
    """

    sequence: int
    place: int
    unit: Unit
    number: DefectNumber
    operation: Operation
    station: Station | None
    code: str
    position: ReferenceDesignator
    component: str
    quantity: int
    note: str
    characteristic: str
    found_at: datetime
    disposition: Disposition | None = None
    rework: Operation = Operation("")
    retest: Operation = Operation("")
    reason: str = ""
    decided_sequence: int | None = None
    decided_at: datetime | None = None
    reworked_sequence: int | None = None
    repaired_sequence: int | None = None
    repaired_at: datetime | None = None
    repair: str = ""
    replaced: ReferenceDesignator = ReferenceDesignator("")
    settled_sequence: int | None = None
    settled_at: datetime | None = None
    settled_by: Disposition | None = None

    @property
    def key(self) -> DefectKey:
        return DefectKey(self.sequence, self.place)

    @property
    def is_open(self) -> bool:
        return self.settled_sequence is None

    @property
    def is_accepted(self) -> bool:
        """Whether it was settled by taking the unit as it is."""
        return self.settled_by is not None and self.settled_by.accepts

    @property
    def waits_for_work(self) -> bool:
        """Whether it has to be repaired or reworked before what found it can settle it."""
        if self.disposition is Disposition.REPAIR:
            return self.repaired_sequence is None
        return self.disposition is Disposition.REWORK and self.reworked_sequence is None

    def __str__(self) -> str:
        where = f" at {self.position}" if self.position else ""
        what = self.code or self.characteristic or "not said"
        by = f", {self.operation}" if self.operation else ""
        return f"{self.number} ({what}{where}{by})"
