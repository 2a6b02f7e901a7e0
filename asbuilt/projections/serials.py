"""serial_range, serial_number and enterprise_serial, and who bears the serials of a batch.

Serials that are unique beyond their part cannot be held apart by the unique identity of subjects. So every birth of a
unit holds a lock of the whole database, shared; one under a profile that reaches further holds it alone, and so does
the definition of a profile. Two units of the same serial therefore come one after the other, and the second is seen.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from asbuilt.core.events.definitions import SerialProfileDefined, UniqueWithin
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import RangeKind, SerialNumberVoided, SerialRangeReserved, UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.serial_format import SerialContext, issuing, number_in, parsed, written
from asbuilt.core.identifiers.subjects import Part, Unit, WorkOrder
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.serials import EnterpriseSerial, SerialNumber, SerialRange
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Locker, Row, Table, Writer
from asbuilt.projections.definitions import load_parts
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, id_of, time_of

SERIAL_RANGE = Table(
    "serial_range",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("part_id", "bigint"),
        ("range_number", "text"),
        ("kind", "text"),
        ("holder", "text"),
        ("first_number", "bigint"),
        ("count", "bigint"),
        ("low_watermark", "bigint"),
        ("serial_format", "text"),
        ("reserved_at", "bigint"),
        ("work_order_id", "bigint"),
    ),
)
SERIAL_NUMBER = Table(
    "serial_number",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("part_id", "bigint"),
        ("unit_id", "bigint"),
        ("number", "bigint"),
        ("is_void", "smallint"),
        ("reason", "text"),
    ),
)
ENTERPRISE_SERIAL = Table(
    "enterprise_serial",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("part_key", "text"),
        ("serial_key", "text"),
    ),
)

_RANGE_COLUMNS = """
SELECT sequence, part_id, range_number, kind, holder, first_number, count, low_watermark, serial_format, reserved_at,
       work_order_id
FROM serial_range
"""
# Reads the ranges of a part in which the numbers lie that a batch gives, from the lowest to the highest of them.
RANGES_AT = f"""{_RANGE_COLUMNS}
WHERE part_id = $1 AND first_number <= $3 AND first_number >= coalesce(
    (SELECT max(one.first_number) FROM serial_range AS one WHERE one.part_id = $1 AND one.first_number <= $2), 0)
"""
# The forms in which the numbers of the ranges of a part are written, one after the other by the index.
FORMATS = """
WITH RECURSIVE form (serial_format) AS (
    SELECT (SELECT min(serial_format) FROM serial_range WHERE part_id = $1)
    UNION ALL
    SELECT (SELECT min(serial_format) FROM serial_range WHERE part_id = $1 AND serial_format > form.serial_format)
    FROM form WHERE form.serial_format IS NOT NULL
)
SELECT serial_format FROM form WHERE serial_format IS NOT NULL
"""
# Reads the ranges of the parts of a batch that have the numbers it gives to new ones.
RANGES_NAMED = f"{_RANGE_COLUMNS} WHERE part_id = ANY($1) AND range_number = ANY($2)"
RANGES_OF_EVENTS = f"{_RANGE_COLUMNS} WHERE sequence = ANY($1)"
_NUMBER_COLUMNS = "SELECT sequence, unit_id, number, is_void, reason FROM serial_number"
# Reads what became of numbers of ranges.
NUMBERS = f"{_NUMBER_COLUMNS} WHERE part_id = ANY($1) AND number = ANY($2)"
# Reads which serials were voided.
NUMBERS_OF_UNITS = f"{_NUMBER_COLUMNS} WHERE unit_id = ANY($1)"
NUMBERS_OF_EVENTS = f"{_NUMBER_COLUMNS} WHERE sequence = ANY($1)"
ENTERPRISE_OF_EVENTS = "SELECT sequence, unit_id FROM enterprise_serial WHERE sequence = ANY($1)"
# Whether any profile of the site makes serials unique beyond their part.
WIDE_PROFILE = "SELECT part_id FROM serial_profile WHERE site_id = $1 AND unique_within <> 'part' LIMIT 1"
# Who bears the serials that a batch gives, whatever the part.
BEARERS = """
SELECT subject.subject_id, subject.scope_id FROM subject JOIN unit_state ON unit_state.unit_id = subject.subject_id
WHERE subject.site_id = $1 AND subject.name_key = ANY($2) AND subject.kind = 3
"""
# Which of the serials that a batch gives are unique in the enterprise and were given at another site.
ELSEWHERE = "SELECT serial_key, part_key FROM enterprise_serial WHERE serial_key = ANY($1) AND site_id <> $2"

# The ranges that are held for an order, the lowest first (serves issuing its serials).
RANGES_OF_ORDER = f"{_RANGE_COLUMNS} WHERE work_order_id = $1 ORDER BY first_number"
# The highest number of a part that is used or void, within two.
HIGHEST = "SELECT max(number) FROM serial_number WHERE part_id = $1 AND number >= $2 AND number <= $3"
# All of them.
USED_WITHIN = "SELECT number FROM serial_number WHERE part_id = $1 AND number >= $2 AND number <= $3"

_BIRTHS = (UnitCommissioned, UnitReceived)


def range_row(one: SerialRange, ids: Ids, site_id: int) -> Row:
    return (
        one.sequence,
        site_id,
        ids[one.part],
        one.range_number,
        one.kind.value,
        one.holder,
        one.first_number,
        one.count,
        one.low_watermark,
        one.serial_format,
        time_of(one.reserved_at),
        id_of(one.work_order, ids),
    )


def number_row(one: SerialNumber, ids: Ids, site_id: int) -> Row:
    return one.sequence, site_id, ids[one.unit.part], ids[one.unit], one.number, int(one.is_void), one.reason


def enterprise_row(one: EnterpriseSerial, ids: Ids, site_id: int) -> Row:
    return one.sequence, site_id, ids[one.unit], one.unit.part.key, one.unit.name_key


def lock_serials(loading: Loading, writer: Locker, events: Sequence[Event]) -> None:
    """Let no serial be given elsewhere that might be the same as one of the batch."""
    defines = any(isinstance(event, SerialProfileDefined) for event in events)
    parts = {event.unit.part for event in events if isinstance(event, _BIRTHS)}
    if not defines and not parts:
        return
    if not defines:
        load_parts(loading, loading.ids(parts))
    writer.lock_serials(alone=defines or _any_wide(loading, parts))


def _any_wide(loading: Loading, parts: Iterable[Part]) -> bool:
    profiles = loading.known.serials.profiles
    return any((profile := profiles.get(part)) is not None and profile.is_wide for part in parts)


def load_serials(loading: Loading, writer: Locker, events: Sequence[Event]) -> None:
    """Read what the rules ask about the serials that a batch gives, voids and reserves."""
    units = [event.unit for event in events if isinstance(event, (*_BIRTHS, SerialNumberVoided))]
    reserved = {event.part for event in events if isinstance(event, SerialRangeReserved)}
    if not units and not reserved:
        return
    for part in reserved:
        if part in loading.directory.ids:
            loading.known.serials.next_numbers[part] = writer.next_number(loading.directory.ids[part])
    if reserved:
        numbers = sorted({event.range_number for event in events if isinstance(event, SerialRangeReserved)})
        _load_ranges(loading, RANGES_NAMED, loading.ids(reserved), numbers)
    _load_ranges_of(loading, units)
    _load_taken(loading, units)
    known_units = loading.ids(units)
    if known_units:
        _load_numbers(loading, loading.reader.rows(NUMBERS_OF_UNITS, known_units))
    if any(isinstance(event, _BIRTHS) for event in events):
        if _any_wide(loading, (unit.part for unit in units)):
            writer.lock_serials(alone=True)  # held already, unless the profile was defined while we waited
        _load_bearers(loading, units, events)


GAP = 1000
"""Numbers further apart than this are asked for apart, so that what lies between them is not read."""

RUNS_MAX = 20
"""Most such questions for one part; numbers scattered more widely are asked for at once."""


def _load_ranges_of(loading: Loading, units: Sequence[Unit]) -> None:
    """Read the ranges in which the numbers of units may lie, however many ranges their parts have."""
    by_part: dict[Part, list[str]] = {}
    for unit in units:
        by_part.setdefault(unit.part, []).append(unit.serial_number)
    for part, serials in by_part.items():
        part_id = loading.directory.ids.get(part)
        formats = [] if part_id is None else [row[0] for row in loading.reader.rows(FORMATS, part_id)]
        found = (number_in(parsed(form), serial) for form in formats for serial in serials)
        for first, last in runs(sorted({number for number in found if number is not None})):
            _load_ranges(loading, RANGES_AT, part_id, first, last)


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted numbers as stretches from one to another, without the wide gaps between them."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number - found[-1][1] <= GAP:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found if len(found) <= RUNS_MAX else [(found[0][0], found[-1][1])]


def _load_taken(loading: Loading, units: Iterable[Unit]) -> None:
    """Read what became of the numbers that the batch's units bear. Those of a range made in the batch are free."""
    serials = loading.known.serials
    if not serials.ranges_of:
        return
    found = [(unit.part, place[1]) for unit in units if (place := serials.range_of(unit)) is not None]
    if found:
        part_ids = loading.ids(part for part, _ in found)
        _load_numbers(loading, loading.reader.rows(NUMBERS, part_ids, sorted({number for _, number in found})))


def _load_bearers(loading: Loading, units: Sequence[Unit], events: Sequence[Event]) -> None:
    serials, site_id = loading.known.serials, loading.reader.site.site_id
    keys = sorted({unit.name_key for unit in units})
    for serial_key, part_key in loading.reader.rows(ELSEWHERE, keys, site_id):
        serials.elsewhere.setdefault(serial_key, set()).add(part_key)
    serials.is_watched = bool(loading.reader.rows(WIDE_PROFILE, site_id)) or any(
        isinstance(event, SerialProfileDefined) and event.unique_within is not UniqueWithin.PART for event in events
    )
    if not serials.is_watched:
        return
    rows = loading.reader.rows(BEARERS, site_id, keys)
    for unit in loading.named(unit_id for unit_id, _ in rows).values():
        assert isinstance(unit, Unit), "BEARERS asks for units"
        serials.bearers.setdefault(unit.name_key, set()).add(unit)
    load_parts(loading, sorted({part_id for _, part_id in rows}))


def load_serials_of_events(loading: Loading, sequences: list[int]) -> None:
    """Read the rows that events which are declared wrong have made."""
    _load_ranges(loading, RANGES_OF_EVENTS, sequences)
    _load_numbers(loading, loading.reader.rows(NUMBERS_OF_EVENTS, sequences))
    rows = loading.reader.rows(ENTERPRISE_OF_EVENTS, sequences)
    names = loading.named(unit_id for _, unit_id in rows)
    for sequence, unit_id in rows:
        unit = names[unit_id]
        assert isinstance(unit, Unit), "only units have serials"
        loading.known.serials.enterprise.loaded[sequence] = EnterpriseSerial(sequence=sequence, unit=unit)


def serials_kept_for(
    loading: Loading, order: WorkOrder, part: Part, count: int, context: SerialContext, tried: Collection[str]
) -> list[str]:
    """The next free serials of a part in ranges held for an order, at most `count`, without those tried before.

    They go on behind the highest that is used; what was left out below that is taken at last. Raises FormatProblem.
    """
    loading.directory.find([order])
    for order_id in loading.ids([order]):
        _load_ranges(loading, RANGES_OF_ORDER, order_id)
    kept = [one for one in loading.known.serials.ranges.loaded.values() if one.part == part]
    serials = (serial for one in kept for serial in _free_in(loading, one, context) if serial not in tried)
    return list(islice(serials, count))


def _free_in(loading: Loading, one: SerialRange, context: SerialContext) -> Iterator[str]:
    part_id = loading.directory.ids[one.part]
    form, context = issuing(one.serial_format), replace(context, day=one.reserved_at.date(), line=one.holder)
    ((highest,),) = loading.reader.rows(HIGHEST, part_id, one.first_number, one.last_number)
    behind = one.first_number if highest is None else highest + 1
    yield from filter(None, (written(form, context, number) for number in range(behind, one.last_number + 1)))
    if behind > one.first_number:
        used = {number for (number,) in loading.reader.rows(USED_WITHIN, part_id, one.first_number, behind - 1)}
        left = (number for number in range(one.first_number, behind) if number not in used)
        yield from filter(None, (written(form, context, number) for number in left))


def _load_ranges(loading: Loading, sql: str, *asked: object) -> None:
    rows = loading.reader.rows(sql, *asked)
    names = loading.named(value for row in rows for value in (row[1], row[10]) if value is not None)
    for row in rows:
        part, order = names[row[1]], names.get(row[10])
        assert isinstance(part, Part), "ranges are of parts"
        found = SerialRange(
            sequence=row[0],
            part=part,
            range_number=row[2],
            kind=RangeKind(row[3]),
            holder=row[4],
            first_number=row[5],
            count=row[6],
            low_watermark=row[7],
            serial_format=row[8],
            reserved_at=moment_of(row[9]),
            work_order=order if isinstance(order, WorkOrder) else None,
        )
        loading.known.serials.ranges.loaded[found.sequence] = found
        loading.known.serials.index_range(found)


def _load_numbers(loading: Loading, rows: Sequence[Row]) -> None:
    names = loading.named(row[1] for row in rows)
    for sequence, unit_id, number, is_void, reason in rows:
        unit = names[unit_id]
        assert isinstance(unit, Unit), "numbers are of units"
        found = SerialNumber(sequence=sequence, unit=unit, number=number, is_void=bool(is_void), reason=reason)
        loading.known.serials.numbers.loaded[sequence] = found
        loading.known.serials.index_number(found)


def move_counters(writer: Writer, known: Known, ids: Ids) -> None:
    """Bring the counters past the ranges that a batch reserved."""
    for one in known.serials.ranges.changed.values():
        if one is not None:
            writer.skip_numbers(ids[one.part], one.last_number + 1)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(SERIAL_RANGE, lambda known: known.serials.ranges, range_row, by_sequence),
    Projection(SERIAL_NUMBER, lambda known: known.serials.numbers, number_row, by_sequence),
    Projection(ENTERPRISE_SERIAL, lambda known: known.serials.enterprise, enterprise_row, by_sequence),
)
