"""How two structures of a unit can differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum


class Difference(StrEnum):
    """What is different about a component."""

    MISSING = "missing"
    """It should be there, and is not."""
    EXTRA = "extra"
    """It is there, and should not be."""
    REPLACED = "replaced"
    """Another component is at its place than at the other time."""
    MOVED = "moved"
    """It is at another place than at the other time."""
    QUANTITY_CHANGED = "quantity_changed"
    """There is more or less of it than at the other time."""
    WRONG_PART = "wrong_part"
    """A part is at a place for which the bill does not list it."""
    WRONG_ALTERNATE = "wrong_alternate"
    """A part that the bill lists there for other units only, by date or serial number."""
    WRONG_REVISION = "wrong_revision"
    """A unit of the listed part, of another revision."""
    WRONG_POSITION = "wrong_position"
    """A listed part at a place where the bill does not have it, while its own place is empty."""
    WRONG_QUANTITY = "wrong_quantity"
    """More or less of it than the bill lists."""
    UNPROVEN = "unproven"
    """Nobody has read or picked it: it is concluded from a feeder, a document, a booking, or is one of several."""
    NOT_COMPARABLE = "not_comparable"
    """The serial number of the assembly cannot be compared with the ranges of its bill: nobody can tell what is due."""
    ALTERNATE_USED = "alternate_used"
    """An alternate that the bill allows. To be known, and no fault."""


NOTED = frozenset({Difference.ALTERNATE_USED})
"""Differences that are no fault."""

_MIRRORED = {Difference.MISSING: Difference.EXTRA, Difference.EXTRA: Difference.MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A component as one of the two structures has it. what: its name, or the parts that are allowed."""

    what: str
    places: tuple[str, ...] = ()
    quantity: Decimal | None = None
    uom: str = ""
    revision: str = ""
    evidence: str = ""


NOTHING = Side(what="")


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignedLine:
    """A line that holds for a unit, or for a unit in it. level: 1 for what should be directly in the unit.

    assembly: the unit whose bill it is of, or the part where no such unit is there.
    quantity: in `uom` over all its places; None: as much as is needed.
    """

    level: int
    assembly: str
    bill_of_materials: str
    item: str
    part: str
    alternates: tuple[str, ...]
    reference_designators: tuple[str, ...]
    quantity: Decimal | None
    uom: str
    revision: str
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """One difference: what is expected, by the bill or at the other time, and what is found instead.

    level: 1 for what is directly in the unit. assembly: the unit or lot in which it is. item: of the bill of materials.
    quantities: in the uom beside them; None where nothing was said, or as much as is needed.
    contents: what is missing with an assembly that is missing, at every level, for one piece of it; no difference of
    its own.
    """

    difference: Difference
    is_fault: bool
    level: int
    assembly: str
    item: str
    expected: str
    expected_places: tuple[str, ...]
    expected_quantity: Decimal | None
    expected_uom: str
    expected_revision: str
    expected_evidence: str
    found: str
    found_places: tuple[str, ...]
    found_quantity: Decimal | None
    found_uom: str
    found_revision: str
    found_evidence: str
    contents: list[DesignedLine] = field(default_factory=list, hash=False)


@dataclass(frozen=True, slots=True)
class Where:
    """The assembly that is being compared, and the level of what is in it."""

    assembly: str
    level: int

    def differs(
        self, difference: Difference, *, expected: Side = NOTHING, found: Side = NOTHING, item: str = ""
    ) -> DifferenceView:
        return DifferenceView(
            difference=difference,
            is_fault=difference not in NOTED,
            level=self.level,
            assembly=self.assembly,
            item=item,
            expected=expected.what,
            expected_places=expected.places,
            expected_quantity=expected.quantity,
            expected_uom=expected.uom,
            expected_revision=expected.revision,
            expected_evidence=expected.evidence,
            found=found.what,
            found_places=found.places,
            found_quantity=found.quantity,
            found_uom=found.uom,
            found_revision=found.revision,
            found_evidence=found.evidence,
        )


def mirrored(one: DifferenceView) -> DifferenceView:
    """The same difference seen from the other side: what was expected is found, what is missing is extra."""
    return replace(
        one,
        difference=_MIRRORED.get(one.difference, one.difference),
        expected=one.found,
        expected_places=one.found_places,
        expected_quantity=one.found_quantity,
        expected_uom=one.found_uom,
        expected_revision=one.found_revision,
        expected_evidence=one.found_evidence,
        found=one.expected,
        found_places=one.expected_places,
        found_quantity=one.expected_quantity,
        found_uom=one.expected_uom,
        found_revision=one.expected_revision,
        found_evidence=one.expected_evidence,
    )


def in_order(differences: Iterable[DifferenceView]) -> list[DifferenceView]:
    """Level by level and assembly by assembly, what is wrong at one place together."""
    return sorted(
        differences,
        key=lambda one: (
            *(one.level, one.assembly, one.expected_places or one.found_places, one.item),
            *(one.expected, one.found, one.found_places, one.difference),
        ),
    )
