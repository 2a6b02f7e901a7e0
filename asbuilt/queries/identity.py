"""What units are marked as now, beside the key that each keeps for ever; and duplicates that arrived from outside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import moment_or_none
from asbuilt.queries.naming import spelled

# The markings of some units, the latest last (serves every answer that names units). CROSS JOIN keeps SQLite to this
# order.
MARKINGS = """
SELECT marking.unit_id, marking.marked_as_id, issuer.name, part.name, marked.name
FROM marking CROSS JOIN subject AS marked CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE marking.unit_id = ANY($1) AND marked.subject_id = marking.marked_as_id
  AND part.subject_id = marked.scope_id AND issuer.subject_id = part.scope_id
ORDER BY marking.unit_id, marking.sequence
"""


def markings(reader: Reader, unit_ids: Iterable[int]) -> dict[int, str]:
    """What those of the units that were marked anew are marked as now, by their full name."""
    found: dict[int, str] = {}
    for unit_id, marked_as_id, issuer, part_number, serial_number in reader.rows(MARKINGS, sorted(unit_ids)):
        found[unit_id] = "" if marked_as_id == unit_id else spelled(issuer, part_number, serial_number)
    return found


# The records that were merged into a unit (serves the unit page and its history).
MERGED_INTO = """
SELECT merged_unit.duplicate_id, issuer.name, part.name, duplicate.name
FROM merged_unit CROSS JOIN subject AS duplicate CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE merged_unit.unit_id = $1 AND duplicate.subject_id = merged_unit.duplicate_id
  AND part.subject_id = duplicate.scope_id AND issuer.subject_id = part.scope_id
ORDER BY merged_unit.sequence
"""


def merged_into(reader: Reader, unit_id: int) -> dict[int, str]:
    """The full names of the records that were merged into a unit, by id."""
    return {row[0]: spelled(row[1], row[2], row[3]) for row in reader.rows(MERGED_INTO, unit_id)}


PAGE_MAX = 1000
_FIRST = 0
_COLUMNS = """
SELECT duplicate.sequence, duplicate.question, issuer.name, part.name, unit.name, duplicate.supplier,
       duplicate.document, duplicate.location, duplicate.scheme, duplicate.value, duplicate.description,
       duplicate.reported_at, duplicate.decision, other_issuer.name, other_part.name, other.name,
       duplicate.resolution, duplicate.resolved_at
FROM duplicate CROSS JOIN subject AS unit CROSS JOIN subject AS part CROSS JOIN subject AS issuer
LEFT JOIN subject AS other ON other.subject_id = duplicate.other_unit_id
LEFT JOIN subject AS other_part ON other_part.subject_id = other.scope_id
LEFT JOIN subject AS other_issuer ON other_issuer.subject_id = other_part.scope_id
"""
_NAMED = """
  AND unit.subject_id = duplicate.unit_id AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
ORDER BY duplicate.sequence
"""
# A page of the open questions, the oldest first (serves those who decide them).
OPEN_DUPLICATES = f"""{_COLUMNS}
WHERE duplicate.site_id = $1 AND duplicate.sequence > $2 AND duplicate.resolved_sequence IS NULL {_NAMED} LIMIT $3
"""
# One question, open or decided (serves the page on which it is decided).
DUPLICATE_ASKED = f"{_COLUMNS} WHERE duplicate.site_id = $1 AND duplicate.question = $2 {_NAMED}"
# How many questions are open, up to a number that says enough (serves the navigation).
OPEN_COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM duplicate WHERE site_id = $1 AND sequence > 0 AND resolved_sequence IS NULL LIMIT $2
) AS counted
"""
# Everything that ever arrived under the number of a unit (serves the unit page).
DUPLICATES_OF_UNIT = f"{_COLUMNS} WHERE duplicate.unit_id = $1 {_NAMED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateView:
    """Something that arrived under the number of a unit that exists.

    question: the event id of the report, which names the question. decision, other_unit, resolution and resolved_at:
    what it has turned out to be; empty while that is open.
    """

    question: UUID
    unit: str
    supplier: str
    document: str
    location: str
    scheme: str
    value: str
    description: str
    reported_at: datetime
    decision: str
    other_unit: str
    resolution: str
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePage:
    """Some open questions, and where the next page begins (None: this is the last)."""

    duplicates: tuple[DuplicateView, ...]
    next: int | None


def open_duplicates(reader: Reader, *, after: int = _FIRST, limit: int = 100) -> DuplicatePage:
    """A page of the open questions, the oldest first. after: `next` of the page before.

    Raises ValueError for a limit outside 1…1000.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE_MAX}")
    rows = reader.rows(OPEN_DUPLICATES, reader.site.site_id, after, limit + 1)
    page = rows[:limit]
    return DuplicatePage(
        duplicates=tuple(_duplicate(row) for row in page), next=page[-1][0] if len(rows) > limit else None
    )


def every_open_duplicate(reader: Reader) -> Iterator[DuplicateView]:
    """All open questions, page after page, in constant memory."""
    after: int | None = _FIRST
    while after is not None:
        page = open_duplicates(reader, after=after, limit=PAGE_MAX)
        yield from page.duplicates
        after = page.next


def duplicate_asked(reader: Reader, question: UUID) -> DuplicateView | None:
    """A question by the event id of its report, open or decided."""
    rows = reader.rows(DUPLICATE_ASKED, reader.site.site_id, str(question))
    return _duplicate(rows[0]) if rows else None


def open_duplicate_count(reader: Reader, *, most: int) -> int:
    """How many questions are open, counted up to `most`."""
    ((count,),) = reader.rows(OPEN_COUNT, reader.site.site_id, most)
    return int(count)


def duplicates_of(reader: Reader, unit_id: int) -> tuple[DuplicateView, ...]:
    """Everything that ever arrived under the number of a unit."""
    return tuple(_duplicate(row) for row in reader.rows(DUPLICATES_OF_UNIT, unit_id))


def _duplicate(row: Row) -> DuplicateView:
    return DuplicateView(
        question=UUID(row[1]),
        unit=spelled(row[2], row[3], row[4]),
        supplier=row[5],
        document=row[6],
        location=row[7],
        scheme=row[8],
        value=row[9],
        description=row[10],
        reported_at=moment_of(row[11]),
        decision=row[12],
        other_unit="" if row[13] is None else spelled(row[13], row[14], row[15]),
        resolution=row[16],
        resolved_at=moment_or_none(row[17]),
    )
