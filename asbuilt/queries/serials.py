"""Ranges of serial numbers: who has them, what is used, voided and left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from asbuilt.core.events.identity import RangeKind
from asbuilt.core.identifiers.serial_format import SerialContext, issuing, written
from asbuilt.core.identifiers.subjects import Part, SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.serials import NUMBERS_OF_UNITS
from asbuilt.queries.naming import NotFound, escaped
from asbuilt.queries.parts import PartView
from asbuilt.queries.units import PART, ids_named

Shown = TypeVar("Shown")

_COLUMNS = """
SELECT serial_range.sequence, issuer.name, part.name, serial_range.range_number, serial_range.kind, serial_range.holder,
       serial_range.first_number, serial_range.count, serial_range.low_watermark, serial_range.serial_format,
       serial_range.reserved_at,
       (SELECT count(*) FROM serial_number WHERE serial_number.part_id = serial_range.part_id
        AND serial_number.number >= serial_range.first_number
        AND serial_number.number < serial_range.first_number + serial_range.count AND serial_number.is_void = 0),
       (SELECT count(*) FROM serial_number WHERE serial_number.part_id = serial_range.part_id
        AND serial_number.number >= serial_range.first_number
        AND serial_number.number < serial_range.first_number + serial_range.count AND serial_number.is_void = 1)
FROM serial_range
JOIN subject AS part ON part.subject_id = serial_range.part_id
JOIN subject AS issuer ON issuer.subject_id = part.scope_id
"""
# Lists ranges, newest first, with what became of their numbers; of one part when its name is given.
RANGES = f"""{_COLUMNS}
WHERE serial_range.site_id = $1 AND ($2 = 1 OR serial_range.part_id = ANY($3))
ORDER BY serial_range.sequence DESC
"""
# A page of the ranges of a part, newest first (serves the page of a part).
RANGES_OF_PART = f"""{_COLUMNS}
WHERE serial_range.part_id = $1 AND serial_range.sequence < $2
ORDER BY serial_range.sequence DESC LIMIT $3
"""
# The ranges of a part that fall below their low watermark, whatever page they are on.
LOW_RANGES_OF_PART = """
SELECT count(*) FROM serial_range
WHERE part_id = $1 AND count - low_watermark < (
    SELECT count(*) FROM serial_number WHERE serial_number.part_id = serial_range.part_id
    AND serial_number.number >= serial_range.first_number
    AND serial_number.number < serial_range.first_number + serial_range.count)
"""
# The ranges that are held for an order (serves its page).
RANGES_OF_ORDER = f"""{_COLUMNS} WHERE serial_range.work_order_id = $1 ORDER BY serial_range.first_number"""
# A range by its number.
RANGE_NAMED = f"""{_COLUMNS} WHERE serial_range.part_id = $1 AND serial_range.range_number = $2"""
# A page of the voided serials of a part, the latest first, with who voided them (serves the page of a part).
VOIDED_OF_PART = """
SELECT serial_number.sequence, unit.name, serial_number.number, serial_number.reason, event.event_time, event.actor
FROM serial_number CROSS JOIN subject AS unit CROSS JOIN event
WHERE serial_number.part_id = $1 AND serial_number.is_void = 1 AND serial_number.sequence < $2
  AND unit.subject_id = serial_number.unit_id AND event.sequence = serial_number.sequence
ORDER BY serial_number.sequence DESC LIMIT $3
"""

_LAST = 2**62
_LOOKED_AT = 50
"""Running numbers that are looked at for the next free serials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRangeView:
    """A range of running numbers. reserved, used, voided and left count numbers; left is what may still be given."""

    part: str
    issuer: str
    part_number: str
    range_number: str
    kind: RangeKind
    holder: str
    first_number: int
    last_number: int
    serial_format: str
    reserved: int
    used: int
    voided: int
    left: int
    low_watermark: int
    below_watermark: bool
    reserved_at: datetime


def serial_ranges(
    reader: Reader, *, part_number: str = "", holder: str = "", only_low: bool = False
) -> Iterator[SerialRangeView]:
    """Ranges, newest first. only_low: those of which fewer numbers are left than their low watermark."""
    parts = ids_named(reader, part_number, PART)
    for row in reader.stream(RANGES, reader.site.site_id, int(not part_number), parts):
        view = _view(row)
        if holder in ("", view.holder) and (view.below_watermark or not only_low):
            yield view


def ranges_of_order(reader: Reader, work_order_id: int) -> Iterator[SerialRangeView]:
    """The ranges that are held for a work order, the lowest numbers first."""
    return map(_view, reader.rows(RANGES_OF_ORDER, work_order_id))


def _view(row: Row) -> SerialRangeView:
    _, issuer, part, range_number, kind, holder, first, count, low, serial_format, reserved_at, used, voided = row
    left = count - used - voided
    return SerialRangeView(
        part=f"{escaped(issuer)}:{escaped(part)}",
        issuer=issuer,
        part_number=part,
        range_number=range_number,
        kind=RangeKind(kind),
        holder=holder,
        first_number=first,
        last_number=first + count - 1,
        serial_format=serial_format,
        reserved=count,
        used=used,
        voided=voided,
        left=left,
        low_watermark=low,
        below_watermark=left < low,
        reserved_at=moment_of(reserved_at),
    )


@dataclass(frozen=True, slots=True)
class Paged(Generic[Shown]):
    """Some rows, and where the next page begins (None: this is the last)."""

    rows: tuple[Shown, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedSerial:
    """A serial that is never given. number: its running number in a range, None outside of them."""

    serial_number: str
    number: int | None
    reason: str
    voided_at: datetime
    actor: str


def ranges_of(reader: Reader, part: Part, *, before: int = _LAST, limit: int) -> Paged[SerialRangeView]:
    """A page of the ranges of a part, newest first. before: `next` of the page before."""
    rows = reader.rows(RANGES_OF_PART, _part_id(reader, part), before, limit + 1)
    return Paged(tuple(map(_view, rows[:limit])), rows[limit - 1][0] if len(rows) > limit else None)


def low_ranges_of(reader: Reader, part: Part) -> int:
    """How many ranges of a part have fewer numbers left than their low watermark."""
    ((count,),) = reader.rows(LOW_RANGES_OF_PART, _part_id(reader, part))
    return int(count)


def range_named(reader: Reader, part: Part, range_number: str) -> SerialRangeView:
    """A range of a part. Raises NotFound."""
    for row in reader.rows(RANGE_NAMED, _part_id(reader, part), range_number):
        return _view(row)
    raise NotFound(f"no range {range_number!r} of {part} is reserved here; see the ranges of the part")


def voided_of(reader: Reader, part: Part, *, before: int = _LAST, limit: int) -> Paged[VoidedSerial]:
    """A page of the voided serials of a part, the latest first. before: `next` of the page before."""
    rows = reader.rows(VOIDED_OF_PART, _part_id(reader, part), before, limit + 1)
    found = tuple(
        VoidedSerial(serial_number=row[1], number=row[2], reason=row[3], voided_at=moment_of(row[4]), actor=row[5])
        for row in rows[:limit]
    )
    return Paged(found, rows[limit - 1][0] if len(rows) > limit else None)


def _part_id(reader: Reader, part: Part) -> int:
    """The id of a part, 0 when nothing of it is known."""
    (issuer_id,) = reader.find_names([(part.scope.kind, 0, part.scope.name_key)])
    (part_id,) = (None,) if issuer_id is None else reader.find_names([(part.kind, issuer_id, part.name_key)])
    return part_id or 0


def is_void(reader: Reader, unit_id: int) -> bool:
    """Whether a serial was voided, so that no unit ever bears it."""
    return any(row[3] for row in reader.rows(NUMBERS_OF_UNITS, [unit_id]))


def next_serials(reader: Reader, view: PartView, context: SerialContext, *, count: int) -> list[str]:
    """The serials that an issue would give next, leaving out those that were given or voided by hand.

    Fewer than `count` when the format has no more of them. Raises FormatProblem when it cannot be written so.
    """
    found: list[str] = []
    part = Part(view.issuer, view.part_number)
    part_id, serial_format = _part_id(reader, part), issuing(view.serial_format)
    for number in range(view.next_number, min(view.next_number + _LOOKED_AT, serial_format.number_max + 1)):
        serial = written(serial_format, context, number)
        if serial is not None and not _is_taken(reader, part_id, serial):
            found.append(serial)
        if len(found) == count:
            break
    return found


def _is_taken(reader: Reader, part_id: int, serial: str) -> bool:
    return reader.find_names([(SubjectKind.UNIT, part_id, normal_form(serial))]) != [None]


def serials_in(view: SerialRangeView, context: SerialContext) -> Iterator[str]:
    """The serial numbers of a range; a number whose check character would be a blank has none. Raises FormatProblem."""
    serial_format = issuing(view.serial_format)
    for number in range(view.first_number, view.last_number + 1):
        serial = written(serial_format, context, number)
        if serial is not None:
            yield serial
