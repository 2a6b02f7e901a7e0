"""An edge of somebody else's genealogy: that a component was in a parent, from when to when."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.names import ReferenceDesignator, Uom
from asbuilt.core.identifiers.subjects import Lot, Part, SubjectKind, Unit
from asbuilt.exchange.intake.findings import Place

KINDS = {"unit": SubjectKind.UNIT, "lot": SubjectKind.LOT}


@dataclass(frozen=True)
class Name:
    """A unit or lot as a set spells it. kind: where the set says which of the two it is."""

    part: Part
    number: str
    kind: SubjectKind | None = None

    @cached_property
    def as_unit(self) -> Unit:
        return Unit(self.part, self.number)

    @cached_property
    def as_lot(self) -> Lot:
        return Lot(self.part, self.number)

    def __str__(self) -> str:
        return str(self.as_unit)

    def of_kind(self, kind: SubjectKind) -> Unit | Lot:
        """What is meant, when it is known which of the two."""
        return self.as_unit if kind is SubjectKind.UNIT else self.as_lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line of a set. since is the first moment at which it holds, until the first at which it does no more."""

    file: str
    line: int
    parent: Name
    component: Name
    reference_designator: ReferenceDesignator
    quantity: Decimal | None
    uom: Uom
    since: datetime
    until: datetime | None
    reason: str
    evidence: Evidence

    def place(self, field: str = "") -> Place:
        return Place(self.file, f"line {self.line}, {field}" if field else f"line {self.line}")

    def holds_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or self.until > moment)


@dataclass(frozen=True, slots=True)
class Link:
    """An edge whose ends are known to be a unit or a lot each."""

    edge: Edge
    parent: Unit | Lot
    component: Unit | Lot

    @property
    def key(self) -> tuple[Unit | Lot, Unit | Lot, str]:
        return self.parent, self.component, self.edge.reference_designator

    @property
    def binds(self) -> bool:
        """Whether it keeps the component from being anywhere else, as a unit that is really fitted does."""
        return isinstance(self.component, Unit) and self.edge.evidence is not Evidence.ALTERNATIVE
