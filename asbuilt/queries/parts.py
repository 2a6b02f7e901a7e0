"""Parts as they are defined, with the serial profile that holds and the running number that is next."""

from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.core.events.definitions import Requirement, Tracking, UniqueWithin
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.core.identifiers.subjects import Part
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.serials import DEFAULT_FORMAT
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.naming import NotFound, escaped

PAGE_MAX = 1000
DIGITS_MAX = 18
"""Most digits of a number that any database key has."""

_SERIALIZED = frozenset({Tracking.SERIALIZED, Tracking.SERIALIZED_AND_LOT})

_COLUMNS = """
SELECT part.subject_id, part.name_key, issuer.name, part.name, part_state.description, part_state.revision,
       part_state.tracking, part_state.uom, part_state.gtin, part_state.serial_format, serial_profile.serial_format,
       serial_profile.received_format, serial_profile.at_receipt, serial_profile.at_build, serial_profile.at_shipment,
       serial_profile.unique_within, serial_profile.part_family, serial_counter.next_number,
       part_state.component_record, part_state.process_record, part_state.is_complete_to_ship
FROM subject AS part CROSS JOIN subject AS issuer CROSS JOIN part_state
LEFT JOIN serial_profile ON serial_profile.part_id = part.subject_id
LEFT JOIN serial_counter ON serial_counter.part_id = part.subject_id
"""
_DEFINED = "AND issuer.subject_id = part.scope_id AND part_state.part_id = part.subject_id"
# Lists parts in order of part number, from where it begins with a text (serves the list of parts).
PARTS_BEGINNING = f"""{_COLUMNS}
WHERE part.site_id = $1 AND part.kind = 2 AND part.name_key >= $2 AND part.name_key < $3
  AND (part.name_key > $4 OR part.subject_id > $5) {_DEFINED}
  AND ($7 = '' OR part_state.tracking = $7)
ORDER BY part.name_key, part.subject_id LIMIT $6
"""
# Reads the parts of a number, whoever issued it (serves the page of a part).
PARTS_OF_NUMBER = f"""{_COLUMNS}
WHERE part.site_id = $1 AND part.kind = 2 AND part.name_key = $2 {_DEFINED}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part. serial_format: in which serials are issued here now; empty when it is not serialized.

    received_format: of serials from outside, empty: any. next_number: the running number that is handed out next.
    component_record, process_record: what has to be recorded of its units; is_complete_to_ship: before they ship.
    """

    part: str
    issuer: str
    part_number: str
    description: str
    revision: str
    tracking: Tracking
    uom: str
    gtin: str
    serial_format: str
    received_format: str
    at_receipt: Requirement
    at_build: Requirement
    at_shipment: Requirement
    unique_within: UniqueWithin
    part_family: str
    next_number: int
    component_record: ComponentRecord
    process_record: ProcessRecord
    is_complete_to_ship: bool

    @property
    def is_serialized(self) -> bool:
        """Whether individuals of it have a serial number."""
        return self.tracking in _SERIALIZED


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPage:
    """Some parts, and where the next page begins (None: this is the last)."""

    parts: tuple[PartView, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFilter:
    """Which parts to list; empty texts do not restrict. q: beginning of the part number."""

    q: str = ""
    tracking: str = ""


def parts(reader: Reader, wanted: PartFilter, *, after: str = "", limit: int = 100) -> PartPage:
    """A page of parts in order of part number. after: `next` of the page before.

    Raises ValueError for a limit outside 1…1000 or an `after` that is none.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE_MAX}")
    prefix = normal_form(wanted.q)
    name_key, colon, last = after.rpartition(":")
    if after and not (colon and last.isascii() and last.isdigit() and len(last) <= DIGITS_MAX):
        raise ValueError(f"{after!r} is not the `next` of a page")
    start, end = name_key or prefix, prefix + "\U0010ffff"
    found = reader.rows(
        PARTS_BEGINNING, reader.site.site_id, start, end, name_key, int(last or 0), limit + 1, wanted.tracking
    )
    page = found[:limit]
    following = f"{page[-1][1]}:{page[-1][0]}" if len(found) > limit else None
    return PartPage(parts=tuple(map(_view, page)), next=following)


def every_part(reader: Reader, wanted: PartFilter) -> Iterator[PartView]:
    """All parts that a filter lets pass, page after page, in constant memory."""
    after: str | None = ""
    while after is not None:
        page = parts(reader, wanted, after=after, limit=PAGE_MAX)
        yield from page.parts
        after = page.next


def part(reader: Reader, wanted: Part) -> PartView:
    """A part as it is defined now. Raises NotFound."""
    for row in reader.rows(PARTS_OF_NUMBER, reader.site.site_id, wanted.name_key):
        if normal_form(row[2]) == normal_form(wanted.issuer):
            return _view(row)
    raise NotFound(f"part {wanted} is not defined here; check the part number, or define the part first")


def _view(row: Row) -> PartView:
    tracking = Tracking(row[6])
    serial_format = row[10] or row[9] or DEFAULT_FORMAT
    return PartView(
        part=f"{escaped(row[2])}:{escaped(row[3])}",
        issuer=row[2],
        part_number=row[3],
        description=row[4],
        revision=row[5],
        tracking=tracking,
        uom=row[7],
        gtin=row[8],
        serial_format=serial_format if tracking in _SERIALIZED else "",
        received_format=row[11] or "",
        at_receipt=Requirement(row[12] or Requirement.OPTIONAL),
        at_build=Requirement(row[13] or Requirement.OPTIONAL),
        at_shipment=Requirement(row[14] or Requirement.OPTIONAL),
        unique_within=UniqueWithin(row[15] or UniqueWithin.PART),
        part_family=row[16] or "",
        next_number=row[17] or 1,
        component_record=ComponentRecord(row[18]),
        process_record=ProcessRecord(row[19]),
        is_complete_to_ship=bool(row[20]),
    )
