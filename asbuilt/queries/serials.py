"""Ranges of serial numbers: who has them, what is used, voided and left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.events.identity import RangeKind
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import escaped
from asbuilt.queries.units import PART, ids_named

# Lists ranges, newest first, with what became of their numbers; of one part when its name is given.
RANGES = """
SELECT issuer.name, part.name, serial_range.range_number, serial_range.kind, serial_range.holder,
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
WHERE serial_range.site_id = $1 AND ($2 = 1 OR serial_range.part_id = ANY($3))
ORDER BY serial_range.sequence DESC
"""


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
        issuer, part, range_number, kind, found_holder, first, count, low, serial_format, reserved_at, used, voided = (
            row
        )
        left = count - used - voided
        view = SerialRangeView(
            part=f"{escaped(issuer)}:{escaped(part)}",
            issuer=issuer,
            part_number=part,
            range_number=range_number,
            kind=RangeKind(kind),
            holder=found_holder,
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
        if holder in ("", found_holder) and (view.below_watermark or not only_low):
            yield view
