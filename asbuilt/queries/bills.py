"""Bills of materials: which there are, and what a unit should contain by the one that applied at its birth."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.bills import BillLine
from asbuilt.core.identifiers.subjects import Part, SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.codec import microseconds, moment_of, values_from
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.units import PARTS_OF_ISSUER, ids_named

# When a unit came into being, and of which part it is.
BIRTH = """
SELECT subject.scope_id, unit_state.commissioned_at
FROM subject JOIN unit_state ON unit_state.unit_id = subject.subject_id WHERE subject.subject_id = $1
"""
_COLUMNS = """
SELECT bill.name, issuer.name, part.name, bill_state.effective_from, bill_state.lines
FROM bill_state CROSS JOIN subject AS bill CROSS JOIN subject AS part CROSS JOIN subject AS issuer
"""
_NAMED = "bill.subject_id = bill_state.bill_id AND part.subject_id = bill_state.part_id"
# The bill of a part that applies to a unit that came into being at a time.
BILL_AT = f"""{_COLUMNS}
WHERE bill_state.part_id = $1 AND bill_state.effective_from <= $2
  AND {_NAMED} AND issuer.subject_id = part.scope_id
ORDER BY bill_state.effective_from DESC LIMIT 1
"""
# All bills, or those of some parts, in the order in which they were defined (serves the list of bills).
BILLS = f"""{_COLUMNS}
WHERE bill_state.site_id = $1 AND ($2 = 1 OR bill_state.part_id = ANY($3))
  AND {_NAMED} AND issuer.subject_id = part.scope_id
ORDER BY bill_state.bill_id
"""
# What is in a unit now, by part and place, but for what may be one of several.
INSTALLED = """
SELECT issuer.name, part.name, link.reference_designator, link.quantity
FROM installation AS link CROSS JOIN subject AS component CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE link.parent_id = $1 AND link.removed_sequence IS NULL AND link.evidence <> 'alternative'
  AND component.subject_id = link.component_id AND part.subject_id = component.scope_id
  AND issuer.subject_id = part.scope_id
"""
# What parts of some numbers are called, and what they are measured in.
DESCRIPTIONS = """
SELECT issuer.name, part.name, part_state.description, part_state.uom, part_state.tracking
FROM subject AS part CROSS JOIN part_state CROSS JOIN subject AS issuer
WHERE part.site_id = $1 AND part.kind = 2 AND part.name_key = ANY($2)
  AND part_state.part_id = part.subject_id AND issuer.subject_id = part.scope_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLineView:
    """A line of a bill. quantity: in `uom` over all its places; None: as much as is needed.

    holds: whether it holds for the unit that was asked for; None when its serial number cannot be compared, or when no
    unit was asked for. installed: how much is in that unit now for the line, as far as it is said where.
    """

    item: str
    part: str
    description: str
    alternates: tuple[str, ...]
    reference_designators: tuple[str, ...]
    quantity: Decimal | None
    uom: str
    revision: str
    operation: str
    is_optional: bool
    effective_from: datetime | None
    effective_until: datetime | None
    serial_from: str
    serial_to: str
    holds: bool | None = None
    installed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsDesigned:
    """What a unit should contain: the lines of its bill that hold for it, and those of which nobody can tell."""

    unit: str
    part: str
    bill_of_materials: str
    effective_from: datetime
    lines: list[BillLineView]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillView:
    """A bill of materials, with all its lines."""

    bill_of_materials: str
    part: str
    effective_from: datetime
    line_count: int
    lines: list[BillLineView]


@dataclass(frozen=True, slots=True)
class _Bill:
    name: str
    part: Part
    effective_from: datetime
    lines: tuple[BillLine, ...]


def as_designed(reader: Reader, named: Named) -> AsDesigned:
    """The lines that hold for a unit, with what is installed. Raises NotFound when no bill applies to it."""
    births = reader.rows(BIRTH, named.subject_id)
    found = _bill_at(reader, *births[0]) if births else None
    if found is None:
        raise NotFound(f"no bill of materials applies to {named.name}; define one before units of the part are made")
    born, fitted = moment_of(births[0][1]), _fitted(reader, named.subject_id)
    holding = [(line, line.holds_for(named.number, born)) for line in found.lines]
    kept = [(line, holds) for line, holds in holding if holds is not False]
    called = names_and_uoms(reader, (line for line, _ in kept))
    return AsDesigned(
        unit=named.name,
        part=str(found.part),
        bill_of_materials=found.name,
        effective_from=found.effective_from,
        lines=[_line(line, called, holds=holds, installed=_installed(line, fitted)) for line, holds in kept],
    )


def bill_now(reader: Reader, part: Part, now: datetime) -> BillView | None:
    """The bill that applies to units of a part that come into being now; None when there is none."""
    ids = reader.rows(PARTS_OF_ISSUER, reader.site.site_id, part.name_key, normal_form(part.issuer))
    found = _bill_at(reader, ids[0][0], microseconds(now)) if ids else None
    return None if found is None else _view(reader, found)


def bills(reader: Reader, *, part_number: str = "") -> Iterator[BillView]:
    """Bills of materials in the order in which they were defined, of all parts or of one."""
    part_ids = ids_named(reader, part_number, SubjectKind.PART) if part_number else []
    for row in reader.rows(BILLS, reader.site.site_id, int(not part_number), part_ids):
        yield _view(reader, _bill(row))


def _bill_at(reader: Reader, part_id: int, born: int) -> _Bill | None:
    rows = reader.rows(BILL_AT, part_id, born)
    return _bill(rows[0]) if rows else None


def _bill(row: Row) -> _Bill:
    return _Bill(row[0], Part(row[1], row[2]), moment_of(row[3]), values_from(BillLine, row[4]))


def _view(reader: Reader, found: _Bill) -> BillView:
    called = names_and_uoms(reader, found.lines)
    return BillView(
        bill_of_materials=found.name,
        part=str(found.part),
        effective_from=found.effective_from,
        line_count=len(found.lines),
        lines=[_line(line, called) for line in found.lines],
    )


def names_and_uoms(reader: Reader, lines: Iterable[BillLine]) -> dict[Part, tuple[str, str, str]]:
    """Description, uom and tracking of the parts of some lines."""
    keys = sorted({line.part.name_key for line in lines})
    rows = reader.rows(DESCRIPTIONS, reader.site.site_id, keys) if keys else []
    return {Part(issuer, part): tuple(rest) for issuer, part, *rest in rows}


def _fitted(reader: Reader, unit_id: int) -> dict[tuple[Part, str], Decimal]:
    """How much of a part is at a place of a unit."""
    found: dict[tuple[Part, str], Decimal] = defaultdict(Decimal)
    for issuer, part, place, quantity in reader.rows(INSTALLED, unit_id):
        found[Part(issuer, part), place] += quantity_of(quantity) or Decimal(1)
    return found


def _installed(line: BillLine, fitted: dict[tuple[Part, str], Decimal]) -> Decimal:
    places = line.reference_designators or ("",)
    return sum((fitted.get((part, place), Decimal(0)) for part in line.allowed for place in places), Decimal(0))


def _line(
    line: BillLine,
    called: dict[Part, tuple[str, str, str]],
    *,
    holds: bool | None = None,
    installed: Decimal = Decimal(0),
) -> BillLineView:
    description, uom, _ = called.get(line.part, ("", "", ""))
    return BillLineView(
        item=line.item,
        part=str(line.part),
        description=description,
        alternates=tuple(map(str, line.alternates)),
        reference_designators=tuple(line.reference_designators),
        quantity=line.quantity,
        uom=uom,
        revision=line.revision,
        operation=line.operation,
        is_optional=line.is_optional,
        effective_from=line.effective_from,
        effective_until=line.effective_until,
        serial_from=line.serial_from,
        serial_to=line.serial_to,
        holds=holds,
        installed=installed,
    )
