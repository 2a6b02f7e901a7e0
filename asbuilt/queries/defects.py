"""What is wrong with units, and what was decided about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from asbuilt.core.events.defects import Disposition
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.codec import as_uuid, moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import moment_or_none
from asbuilt.queries.naming import Named, spelled
from asbuilt.queries.shop_floor import ids_meant, restricted
from asbuilt.queries.units import PAGE_MAX

UNDECIDED = "undecided"
DECISIONS = (UNDECIDED, *(one.value for one in Disposition))
"""What a list of defects may be narrowed to: those of which nothing was decided, or one decision."""

PLACES_MAX = 10**4
"""More than the defects of one event."""

COLUMNS = """
SELECT defect.sequence, defect.place, issuer.name, part.name, unit.name, defect.number, defect.code, defect.position,
       defect.component, defect.quantity, defect.note, defect.characteristic, defect.operation, station.name,
       defect.found_at, finding.payload, finding.actor, defect.disposition, defect.rework, defect.retest, defect.reason,
       deciding.payload, deciding.actor, defect.decided_at, defect.reworked_sequence, defect.repaired_at, defect.repair,
       defect.replaced, defect.settled_at, defect.settled_by, finding.event_id
FROM defect CROSS JOIN subject AS unit CROSS JOIN subject AS part CROSS JOIN subject AS issuer
CROSS JOIN event AS finding
LEFT JOIN subject AS station ON station.subject_id = defect.station_id
LEFT JOIN event AS deciding ON deciding.sequence = defect.decided_sequence
"""
NAMED = """
  AND unit.subject_id = defect.unit_id AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
  AND finding.sequence = defect.sequence
"""
_CHOSEN = f"""
  AND (defect.sequence > $2 OR defect.sequence = $2 AND defect.place > $3)
  AND ($5 = '' OR defect.operation = $5) AND ($6 = '' OR defect.code = $6)
  AND ($11 = '' OR $11 = defect.disposition OR $11 = 'undecided' AND defect.disposition = '')
  AND ($7 = 1 OR unit.scope_id = ANY($8)) AND ($9 = 1 OR defect.station_id = ANY($10))
  {NAMED} ORDER BY defect.sequence, defect.place LIMIT $4
"""
# A page of what is wrong with units and not settled, the oldest first (serves those who decide, and the floor).
OPEN_DEFECTS = f"{COLUMNS} WHERE defect.site_id = $1 AND defect.sequence >= $2 AND settled_sequence IS NULL {_CHOSEN}"
# The same of all defects, settled or not.
ALL_DEFECTS = f"{COLUMNS} WHERE defect.site_id = $1 AND defect.sequence >= $2 {_CHOSEN}"
# What is and was wrong with a unit (serves the unit page).
DEFECTS_OF_UNIT = f"""{COLUMNS} WHERE defect.unit_id = $1 {NAMED}
ORDER BY CASE WHEN defect.settled_sequence IS NULL THEN 0 ELSE 1 END, defect.sequence, defect.place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectView:
    """A defect of a unit.

    code: what is wrong; where nothing was said, `characteristic` is the first outside its limits. operation: what found
    it, empty outside an operation. found_by, decided_by: who did the work, else who recorded it. retest: the operation
    whose passing settles it. is_reworked: whether the rework that was decided has passed. settled_by: in which way it
    was settled, empty while it is open. event_id: of the event that found it.
    """

    unit: str
    number: str
    is_open: bool
    code: str
    position: str
    component: str
    quantity: int
    note: str
    characteristic: str
    operation: str
    station: str
    found_at: datetime
    found_by: str
    disposition: str
    rework: str
    retest: str
    reason: str
    decided_at: datetime | None
    decided_by: str
    is_reworked: bool
    repaired_at: datetime | None
    repair: str
    replaced: str
    settled_at: datetime | None
    settled_by: str
    event_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectFilter:
    """Which defects to list; empty texts do not restrict. part_number: also issuer:part. settled: these too.

    disposition: one of DECISIONS.
    """

    part_number: str = ""
    operation: str = ""
    station: str = ""
    code: str = ""
    disposition: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectPage:
    """Some defects, and where the next page begins (None: this is the last)."""

    defects: tuple[DefectView, ...]
    next: int | None


def defects(reader: Reader, wanted: DefectFilter, *, after: int = 0, limit: int = 100) -> DefectPage:
    """A page of the defects of a site, the oldest first. after: `next` of the page before.

    Raises NotFound for a part or station that is not known, ValueError for a limit outside 1…1000 or a
    disposition that is none.
    """
    if wanted.disposition not in ("", *DECISIONS):
        raise ValueError(f"disposition is {wanted.disposition!r}; it is one of {', '.join(DECISIONS)}")
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE_MAX}")
    sequence, place = divmod(after, PLACES_MAX)
    rows = reader.rows(
        ALL_DEFECTS if wanted.settled else OPEN_DEFECTS,
        reader.site.site_id,
        sequence,
        place,
        limit + 1,
        wanted.operation.strip(),
        wanted.code.strip(),
        *restricted(ids_meant(reader, wanted.part_number, SubjectKind.PART, "part")),
        *restricted(ids_meant(reader, wanted.station, SubjectKind.STATION, "station")),
        wanted.disposition,
    )
    page = rows[:limit]
    following = page[-1][0] * PLACES_MAX + page[-1][1] if len(rows) > limit else None
    return DefectPage(defects=tuple(map(view_of, page)), next=following)


def every_defect(reader: Reader, wanted: DefectFilter) -> Iterator[DefectView]:
    """All defects that are chosen, page after page, in constant memory."""
    after: int | None = 0
    while after is not None:
        page = defects(reader, wanted, after=after, limit=PAGE_MAX)
        yield from page.defects
        after = page.next


def defects_of(reader: Reader, named: Named) -> tuple[DefectView, ...]:
    """What is and was wrong with a unit: the open ones first, then those settled, each the oldest first."""
    return tuple(map(view_of, reader.rows(DEFECTS_OF_UNIT, named.subject_id)))


def view_of(row: Row) -> DefectView:
    """A defect from COLUMNS."""
    return DefectView(
        unit=spelled(row[2], row[3], row[4]),
        number=row[5],
        is_open=row[28] is None,
        code=row[6],
        position=row[7],
        component=row[8],
        quantity=row[9],
        note=row[10],
        characteristic=row[11],
        operation=row[12],
        station=row[13] or "",
        found_at=moment_of(row[14]),
        found_by=who(row[15], row[16]),
        disposition=row[17],
        rework=row[18],
        retest=row[19],
        reason=row[20],
        decided_at=moment_or_none(row[23]),
        decided_by="" if row[21] is None else who(row[21], row[22]),
        is_reworked=row[24] is not None,
        repaired_at=moment_or_none(row[25]),
        repair=row[26],
        replaced=row[27],
        settled_at=moment_or_none(row[28]),
        settled_by=row[29],
        event_id=as_uuid(row[30]),
    )


class _Worker(msgspec.Struct):
    """What of an event says who did the work."""

    operator: str = ""


_WORKER = msgspec.json.Decoder(_Worker)


def who(payload: bytes, actor: str) -> str:
    """Who did the work that an event tells of, else who recorded it."""
    return _WORKER.decode(payload).operator or actor
