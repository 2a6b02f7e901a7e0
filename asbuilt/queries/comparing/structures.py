"""What is in a unit, and what should be, as two structures that can be compared. Nothing here reads a database.

A structure is a list of assemblies by name, each with what is directly in it: a unit that is in a lot that is in many
places is looked at once, and what is inside itself ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import Part

PROVEN = frozenset({Evidence.SCANNED, Evidence.KITTED, Evidence.SETUP_WINDOW})
"""Somebody read or picked this very component, or its lot at the slot; the others are conclusions, or a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A component in an assembly.

    kind: unit, lot, or declared: a name in a document, without a part. place: reference designator, or station and slot
    of line-fed material. quantity: in `uom`; None where nothing was said, which means one, but for line-fed material,
    of which nobody knows how much went into which unit. delivered_as: key of what has since come in under a declared
    name, whose part it then has.
    """

    kind: str
    name: str
    part: Part | None
    revision: str = ""
    place: str = ""
    quantity: Decimal | None = None
    uom: str = ""
    evidence: Evidence = Evidence.SCANNED
    is_line_fed: bool = False
    delivered_as: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def amount(self) -> Decimal:
        """How much it is, in the uom it was said in: one where nothing is said."""
        return Decimal(1) if self.quantity is None else self.quantity

    @property
    def is_proven(self) -> bool:
        return self.evidence in PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a bill of materials asks for in an assembly.

    allowed: the part, then its alternates. for_others: what the bill has at this item or these places for other units,
    by date or serial number. quantity: in `uom` over all places; None: as much as is needed.
    """

    item: str
    allowed: tuple[Part, ...]
    for_others: frozenset[Part] = frozenset()
    places: tuple[str, ...] = ()
    quantity: Decimal | None = None
    uom: str = ""
    revision: str = ""
    is_optional: bool = False

    @property
    def part(self) -> Part:
        return self.allowed[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What should be directly in a unit. lines: None when its serial cannot be compared with the ranges of the bill."""

    bill_of_materials: str
    lines: Sequence[Line] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What is in a unit or lot at a time: by the key of each assembly, what is directly in it."""

    root: str
    inside: Mapping[str, Sequence[Fitted]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """What should be in a unit, and in each unit within it that has a bill of materials, by key.

    born_at: when each of these came into being.
    """

    root: str
    assemblies: Mapping[str, Assembly]
    born_at: Mapping[str, datetime] = field(default_factory=dict)


Structure = Built | Designed


def named(key: str) -> str:
    """The name of a unit or lot, from its key."""
    return key.partition(" ")[2]
