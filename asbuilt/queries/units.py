"""A unit as it stands, and lists of units."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.identity import status_of
from asbuilt.core.states.records.identity import Custody, LifeCycle, Status
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.identity import DuplicateView, duplicates_of, markings, merged_into
from asbuilt.queries.naming import Named, NotFound, spelled
from asbuilt.queries.overrides import OverrideView, overrides_of

PAGE_MAX = 1000
DIGITS_MAX = 18
"""Most digits of a number that any database key has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasView:
    """A further name."""

    scheme: str
    value: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit in a list. marked_as: the part and serial number it bears now, when that is no longer its key."""

    unit: str
    issuer: str
    part_number: str
    serial_number: str
    marked_as: str
    description: str
    revision: str
    status: Status
    life_cycle: LifeCycle
    custody: Custody
    location: str
    container: str
    customer: str
    shipment: str
    work_order: str
    open_holds: tuple[str, ...]
    expires_on: date | None
    commissioned_at: datetime
    last_operation: str
    last_result: str
    last_event_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView(UnitRow):
    """A unit: identity and state. installed_in is what it is part of now, in_unit the outermost assembly.

    panel, panel_position: where it is on a panel of boards until they are separated.

    duplicates: what arrived from outside under its number, decided or not. merged: other records of the same physical
    unit, which were merged into this one; their aliases are among its own. overrides: what was ever done to it in spite
    of the interlock.
    """

    installed_in: str
    reference_designator: str
    in_unit: str
    panel: str
    panel_position: str
    version: int
    aliases: tuple[AliasView, ...]
    duplicates: tuple[DuplicateView, ...]
    merged: tuple[str, ...]
    overrides: tuple[OverrideView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """Some units, and where the next page begins (None: this is the last)."""

    units: tuple[UnitRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFilter:
    """Which units to list; empty texts do not restrict. q: beginning of the serial number."""

    q: str = ""
    part_number: str = ""
    work_order: str = ""
    status: str = ""
    location: str = ""
    customer: str = ""
    container: str = ""


UNIT_COLUMNS = """
SELECT unit_state.unit_id, issuer.name, part.name, subject.name, part_state.description, unit_state.revision,
       unit_state.life_cycle, unit_state.custody, unit_state.location, unit_state.container, unit_state.customer,
       unit_state.shipment, work_order.name, unit_state.open_holds, unit_state.expires_on, unit_state.commissioned_at,
       unit_state.last_operation, unit_state.last_result, unit_state.last_event_time, unit_state.installed_in,
       subject.version
"""
_JOINS = """
JOIN subject AS part ON part.subject_id = subject.scope_id
JOIN subject AS issuer ON issuer.subject_id = part.scope_id
LEFT JOIN part_state ON part_state.part_id = part.subject_id
LEFT JOIN subject AS work_order ON work_order.subject_id = unit_state.work_order_id
"""
# Reads units by id (serves the unit page and where-used). CROSS JOIN keeps SQLite to this order.
UNITS_BY_ID = f"""{UNIT_COLUMNS}
FROM unit_state CROSS JOIN subject {_JOINS}
WHERE unit_state.unit_id = ANY($1) AND subject.subject_id = unit_state.unit_id
"""
# The one word for a unit; the same order as core.states.identity.status_of, which a test holds against it.
STATUS = """
CASE WHEN unit_state.life_cycle = 'scrapped' THEN 'scrapped'
     WHEN unit_state.open_holds <> '[]' THEN 'on_hold'
     WHEN unit_state.custody = 'shipped' THEN 'shipped'
     WHEN unit_state.installed_in IS NOT NULL THEN 'installed'
     WHEN unit_state.last_result = 'failed' THEN 'failed'
     WHEN unit_state.custody = 'returned' THEN 'returned'
     WHEN unit_state.container <> '' THEN 'packed'
     WHEN unit_state.last_operation <> '' THEN 'in_process'
     WHEN unit_state.life_cycle = 'issued' THEN 'issued'
     ELSE 'available' END
"""


def _conditions(first: int) -> str:
    """The restrictions of a UnitFilter as parameters from `first` on: any part? parts any order? orders, 4 texts."""
    any_part, parts, any_order, orders, status, location, customer, container = (f"${first + n}" for n in range(8))
    return f"""
  AND ({any_part} = 1 OR subject.scope_id = ANY({parts}))
  AND ({any_order} = 1 OR unit_state.work_order_id = ANY({orders}))
  AND ({status} = '' OR {STATUS} = {status})
  AND ({location} = '' OR unit_state.location = {location})
  AND ({customer} = '' OR unit_state.customer = {customer})
  AND ({container} = '' OR unit_state.container = {container})
"""


# Lists units, newest first (serves the unit list).
UNITS_NEWEST = f"""{UNIT_COLUMNS}
FROM unit_state JOIN subject ON subject.subject_id = unit_state.unit_id {_JOINS}
WHERE unit_state.site_id = $1 AND unit_state.unit_id < $2 {_conditions(4)}
ORDER BY unit_state.unit_id DESC LIMIT $3
"""
# Lists the units of one part, newest first.
UNITS_OF_PART = f"""{UNIT_COLUMNS}
FROM subject CROSS JOIN unit_state {_JOINS}
WHERE subject.scope_id = $1 AND subject.kind = 3 AND subject.subject_id < $2
  AND unit_state.unit_id = subject.subject_id {_conditions(4)}
ORDER BY subject.subject_id DESC LIMIT $3
"""
# Lists the units of one work order, newest first.
UNITS_OF_ORDER = f"""{UNIT_COLUMNS}
FROM unit_state CROSS JOIN subject {_JOINS}
WHERE unit_state.work_order_id = $1 AND unit_state.unit_id < $2
  AND subject.subject_id = unit_state.unit_id {_conditions(4)}
ORDER BY unit_state.unit_id DESC LIMIT $3
"""
# Lists units whose serial number begins with a text, in order of serial number.
UNITS_BEGINNING = f"""{UNIT_COLUMNS}
FROM subject CROSS JOIN unit_state {_JOINS}
WHERE subject.site_id = $1 AND subject.name_key >= $2 AND subject.name_key < $3 AND subject.kind = 3
  AND (subject.name_key > $4 OR subject.subject_id > $5)
  AND unit_state.unit_id = subject.subject_id {_conditions(7)}
ORDER BY subject.name_key, subject.subject_id LIMIT $6
"""
# Finds the parts with a part number, or the orders with an order number.
IDS_BY_NAME = """
SELECT subject_id FROM subject WHERE site_id = $1 AND name_key = $2 AND kind = $3 ORDER BY subject_id
"""
# As what a unit is marked now, and the GTIN of a part (serve the label).
MARKED_AS = "SELECT marked_as_id FROM marking WHERE unit_id = $1 ORDER BY sequence DESC LIMIT 1"
GTIN_OF_PART = """
SELECT part_state.gtin FROM subject CROSS JOIN part_state
WHERE subject.subject_id = $1 AND part_state.part_id = subject.scope_id
"""
# Reads the further names of a unit or lot.
ALIASES = "SELECT scheme, value, issuer FROM alias WHERE subject_id = ANY($1) ORDER BY sequence"
# Where a unit is fitted now.
OPEN_LINK = """
SELECT parent_id, reference_designator FROM installation
WHERE component_id = $1 AND removed_sequence IS NULL AND binds = 1
"""
# Names subjects that are parts of parts (units and lots) in full.
FULL_NAMES = """
SELECT subject.subject_id, issuer.name, part.name, subject.name
FROM subject JOIN subject AS part ON part.subject_id = subject.scope_id
JOIN subject AS issuer ON issuer.subject_id = part.scope_id
WHERE subject.subject_id = ANY($1)
"""
# The place of a unit on a panel.
PANEL_PLACE = "SELECT panel, position FROM panel_place WHERE unit_id = $1"
# The assemblies above a unit, innermost first.
ABOVE = """
WITH RECURSIVE above (unit_id, depth) AS (
    SELECT installed_in, 1 FROM unit_state WHERE unit_id = $1 AND installed_in IS NOT NULL
    UNION
    SELECT unit_state.installed_in, above.depth + 1 FROM above
    JOIN unit_state ON unit_state.unit_id = above.unit_id WHERE unit_state.installed_in IS NOT NULL
)
SELECT unit_id FROM above ORDER BY depth
"""

_LAST = 2**62
PART, WORK_ORDER = 2, 5
"""SubjectKind of what a list is narrowed to."""


def unit_rows(reader: Reader, rows: list[Row]) -> dict[int, UnitRow]:
    """UnitRows by id, in their order, from UNIT_COLUMNS."""
    marked = markings(reader, (row[0] for row in rows)) if rows else {}
    return {row[0]: UnitRow(**_fields(row, marked)) for row in rows}


def _fields(row: Row, marked: dict[int, str]) -> dict[str, Any]:
    life_cycle, custody = LifeCycle(row[6]), Custody(row[7])
    return {
        "unit": spelled(row[1], row[2], row[3]),
        "issuer": row[1],
        "part_number": row[2],
        "serial_number": row[3],
        "marked_as": marked.get(row[0], ""),
        "description": row[4] or "",
        "revision": row[5],
        "status": status_of(
            life_cycle=life_cycle,
            custody=custody,
            is_held=row[13] != "[]",
            is_installed=row[19] is not None,
            is_packed=bool(row[9]),
            last_operation=row[16],
            last_result=row[17],
        ),
        "life_cycle": life_cycle,
        "custody": custody,
        "location": row[8],
        "container": row[9],
        "customer": row[10],
        "shipment": row[11],
        "work_order": row[12] or "",
        "open_holds": () if row[13] == "[]" else tuple(json.loads(row[13])),
        "expires_on": None if row[14] is None else date.fromisoformat(row[14]),
        "commissioned_at": moment_of(row[15]),
        "last_operation": row[16],
        "last_result": row[17],
        "last_event_time": moment_of(row[18]),
    }


def unit(reader: Reader, named: Named) -> UnitView:
    """A unit as it stands. Raises NotFound when its commissioning was declared wrong."""
    rows = reader.rows(UNITS_BY_ID, [named.subject_id])
    if not rows:
        raise NotFound(
            f"{named.name} does not exist: its commissioning was declared wrong, or its number voided; see its history"
        )
    row = rows[0]
    link = reader.rows(OPEN_LINK, named.subject_id)
    above = [unit_id for (unit_id,) in reader.rows(ABOVE, named.subject_id)]
    names = full_names(reader, above)
    merged = merged_into(reader, named.subject_id)
    panel, position = next(iter(reader.rows(PANEL_PLACE, named.subject_id)), ("", ""))
    return UnitView(
        **_fields(row, markings(reader, [row[0]])),
        installed_in=names[above[0]] if above else "",
        reference_designator=link[0][1] if link else "",
        in_unit=names[above[-1]] if above else "",
        panel=panel,
        panel_position=position,
        version=row[20],
        aliases=aliases(reader, [named.subject_id, *merged]),
        duplicates=duplicates_of(reader, named.subject_id),
        merged=tuple(merged.values()),
        overrides=overrides_of(reader, [named.subject_id, *merged]),
    )


def aliases(reader: Reader, subject_ids: list[int]) -> tuple[AliasView, ...]:
    """The further names of a unit or lot, and of the records merged into it; each once."""
    found = (AliasView(scheme=one[0], value=one[1], issuer=one[2]) for one in reader.rows(ALIASES, subject_ids))
    return tuple(dict.fromkeys(found))


def full_names(reader: Reader, subject_ids: list[int]) -> dict[int, str]:
    """The full names of units and lots by id."""
    if not subject_ids:
        return {}
    return {row[0]: spelled(row[1], row[2], row[3]) for row in reader.rows(FULL_NAMES, subject_ids)}


def units(reader: Reader, wanted: UnitFilter, *, after: str = "", limit: int = 100) -> UnitPage:
    """A page of units: newest first, or by serial number when `q` is given. after: `next` of the page before.

    Raises ValueError for a limit outside 1…1000 or an `after` that is none.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE_MAX}")
    rows = _rows(reader, wanted, after, limit + 1)
    page, more = rows[:limit], len(rows) > limit
    following = None
    if more:
        last = page[-1]
        following = f"{normal_form(last[3])}:{last[0]}" if wanted.q else str(last[0])
    return UnitPage(units=tuple(unit_rows(reader, page).values()), next=following)


def every_unit(reader: Reader, wanted: UnitFilter) -> Iterator[UnitRow]:
    """All units that a filter lets pass, page after page, in constant memory."""
    after: str | None = ""
    while after is not None:
        page = units(reader, wanted, after=after, limit=PAGE_MAX)
        yield from page.units
        after = page.next


def _rows(reader: Reader, wanted: UnitFilter, after: str, limit: int) -> list[Row]:
    parts = ids_named(reader, wanted.part_number, PART)
    orders = ids_named(reader, wanted.work_order, WORK_ORDER)
    rest = (
        int(not wanted.part_number),
        parts,
        int(not wanted.work_order),
        orders,
        wanted.status,
        wanted.location,
        wanted.customer,
        wanted.container,
    )
    if wanted.q:
        prefix = normal_form(wanted.q)
        name_key, _, last = after.rpartition(":")
        end = prefix + "\U0010ffff"
        start = name_key or prefix
        return reader.rows(UNITS_BEGINNING, reader.site.site_id, start, end, name_key, _whole(last, 0), limit, *rest)
    last_id = _whole(after, _LAST)
    if wanted.work_order and len(orders) == 1:
        return reader.rows(UNITS_OF_ORDER, orders[0], last_id, limit, *rest)
    if wanted.part_number and len(parts) == 1:
        return reader.rows(UNITS_OF_PART, parts[0], last_id, limit, *rest)
    return reader.rows(UNITS_NEWEST, reader.site.site_id, last_id, limit, *rest)


def ids_named(reader: Reader, name: str, kind: int) -> list[int]:
    """The ids of parts or orders of a name; a part may be written with its issuer."""
    if not name:
        return []
    issuer, colon, number = name.partition(":")
    rows = reader.rows(IDS_BY_NAME, reader.site.site_id, normal_form(name), kind)
    if not rows and colon and kind == PART:
        rows = reader.rows(PARTS_OF_ISSUER, reader.site.site_id, normal_form(number), normal_form(issuer))
    return [row[0] for row in rows]


# Finds a part by its issuer and number.
PARTS_OF_ISSUER = """
SELECT part.subject_id FROM subject AS part JOIN subject AS issuer ON issuer.subject_id = part.scope_id
WHERE part.site_id = $1 AND part.name_key = $2 AND part.kind = 2 AND issuer.name_key = $3
"""


def _whole(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > DIGITS_MAX:
        raise ValueError(f"{text!r} is not the `next` of a page")
    return int(text)


def gtin_borne(reader: Reader, subject_id: int) -> str:
    """The GTIN of the part that a unit or lot bears now, 14 digits; empty when none is known."""
    marked = reader.rows(MARKED_AS, subject_id)
    rows = reader.rows(GTIN_OF_PART, marked[0][0] if marked else subject_id)
    return str(rows[0][0]) if rows else ""
