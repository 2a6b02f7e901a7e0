"""Lists of what the floor works with: lots, the operations of routings, and units that do not go on."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.codec import microseconds, moment_of, values_from
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import date_or_none, quantity_of
from asbuilt.queries.naming import escaped, spelled
from asbuilt.queries.shop_floor import ids_meant, restricted
from asbuilt.queries.units import PAGE_MAX

_LAST = 2**62

# A page of the lots of a site, the newest first.
LOTS = """
SELECT lot_state.lot_id, issuer.name, part.name, lot.name, part_state.description, lot_state.quantity, lot_state.used,
       lot_state.scrapped, lot_state.uom, lot_state.supplier, lot_state.supplier_lot, lot_state.purchase_order,
       lot_state.manufactured_on, lot_state.expires_on, lot_state.open_holds
FROM lot_state CROSS JOIN subject AS lot CROSS JOIN subject AS part CROSS JOIN subject AS issuer
LEFT JOIN part_state ON part_state.part_id = lot.scope_id
WHERE lot_state.site_id = $1 AND lot_state.lot_id < $2 AND lot.subject_id = lot_state.lot_id
  AND part.subject_id = lot.scope_id AND issuer.subject_id = part.scope_id
  AND ($4 = 1 OR lot.scope_id = ANY($5)) AND ($6 = '' OR lot_state.supplier = $6)
  AND ($7 = '' OR lot_state.supplier_lot = $7) AND ($8 = 0 OR lot_state.open_holds <> '[]')
ORDER BY lot_state.lot_id DESC LIMIT $3
"""
# A page of the routings of a site, in the order in which they came to be known.
ROUTINGS = """
SELECT state.routing_id, routing.name, issuer.name, part.name, part_state.description, state.effective_from,
       state.operations
FROM routing_state AS state CROSS JOIN subject AS routing CROSS JOIN subject AS part CROSS JOIN subject AS issuer
LEFT JOIN part_state ON part_state.part_id = state.part_id
WHERE state.site_id = $1 AND state.routing_id > $2 AND ($4 = 1 OR state.part_id = ANY($5))
  AND routing.subject_id = state.routing_id AND part.subject_id = state.part_id AND issuer.subject_id = part.scope_id
ORDER BY state.routing_id LIMIT $3
"""
# A page of the units of open orders about which nothing was heard since a time, as the board counts them.
IDLE = """
SELECT unit_state.unit_id, issuer.name, part.name, unit.name, work_order.name, unit_state.last_operation,
       unit_state.last_result, unit_state.last_event_time, unit_state.location
FROM work_order_state AS ordered CROSS JOIN unit_state CROSS JOIN subject AS unit CROSS JOIN subject AS part
CROSS JOIN subject AS issuer CROSS JOIN subject AS work_order
WHERE ordered.site_id = $1 AND ordered.is_open = 1 AND unit_state.work_order_id = ordered.work_order_id
  AND unit_state.unit_id < $2 AND unit_state.last_event_time < $4
  AND unit_state.life_cycle = 'in_process' AND unit_state.custody <> 'shipped'
  AND unit_state.installed_in IS NULL AND unit_state.container = '' AND unit_state.open_holds = '[]'
  AND NOT (unit_state.last_operation = ordered.last_operation AND unit_state.last_result = 'passed')
  AND unit.subject_id = unit_state.unit_id AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
  AND work_order.subject_id = ordered.work_order_id
ORDER BY unit_state.unit_id DESC LIMIT $3
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows of a list, and where the next page begins (None: this is the last)."""

    rows: tuple[T, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot in a list. quantity, used, scrapped and remaining in `uom`; None where the lot is not counted."""

    lot: str
    issuer: str
    part_number: str
    lot_number: str
    description: str
    status: str
    quantity: Decimal | None
    remaining: Decimal | None
    uom: str
    supplier: str
    supplier_lot: str
    purchase_order: str
    manufactured_on: date | None
    expires_on: date | None
    open_holds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """An operation of a routing, with where and with what it is done. kind: main, optional or rework."""

    part: str
    description: str
    routing: str
    effective_from: datetime
    operation: str
    kind: str
    stations: tuple[str, ...]
    program: str
    tool_class: str
    specification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleRow:
    """A unit about which nothing was heard for a while, with its last operation and how that ended."""

    unit: str
    work_order: str
    last_operation: str
    last_result: str
    last_event_time: datetime
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFilter:
    """Which lots to list; empty texts do not restrict. status: on_hold for those on hold only."""

    part_number: str = ""
    supplier: str = ""
    supplier_lot: str = ""
    status: str = ""


def lots(reader: Reader, wanted: LotFilter, *, after: int | None = None, limit: int = 50) -> Page[LotRow]:
    """A page of the lots of a site, the newest first. after: `next` of the page before. Raises NotFound for a part."""
    rows = reader.rows(
        LOTS,
        reader.site.site_id,
        _LAST if after is None else after,
        limit + 1,
        *restricted(ids_meant(reader, wanted.part_number, SubjectKind.PART, "part")),
        wanted.supplier.strip(),
        wanted.supplier_lot.strip(),
        int(wanted.status == "on_hold"),
    )
    return _page(rows, limit, tuple(map(_lot, rows[:limit])))


def operations(
    reader: Reader, *, part_number: str = "", station: str = "", after: int | None = None, limit: int = 25
) -> Page[OperationRow]:
    """The operations of a page of routings. station: only those that may be done there. Raises NotFound for a part."""
    parts = restricted(ids_meant(reader, part_number, SubjectKind.PART, "part"))
    rows = reader.rows(ROUTINGS, reader.site.site_id, after or 0, limit + 1, *parts)
    found = (one for row in rows[:limit] for one in _operations(row))
    return _page(rows, limit, tuple(one for one in found if station.strip() in ("", *one.stations)))


def idle_units(
    reader: Reader, *, now: datetime, longer: timedelta, after: int | None = None, limit: int = 50
) -> Page[IdleRow]:
    """Units of open orders without an event for longer than a time, the newest units first."""
    since = microseconds(now - longer)
    rows = reader.rows(IDLE, reader.site.site_id, _LAST if after is None else after, limit + 1, since)
    return _page(rows, limit, tuple(map(_idle, rows[:limit])))


def every(page_after: Callable[[int | None], Page[T]]) -> Iterator[T]:
    """All rows of a list, page after page, in constant memory."""
    after: int | None = None
    while True:
        page = page_after(after)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


EVERY = PAGE_MAX
"""Rows read at once where a list is given whole."""


def _page(rows: list[Row], limit: int, found: tuple[T, ...]) -> Page[T]:
    return Page(rows=found, next=rows[limit - 1][0] if len(rows) > limit else None)


def _lot(row: Row) -> LotRow:
    quantity, used, scrapped = quantity_of(row[5]), quantity_of(row[6]), quantity_of(row[7])
    gone = (used or Decimal(0)) + (scrapped or Decimal(0))
    holds: tuple[str, ...] = tuple(json.loads(row[14]))
    return LotRow(
        lot=spelled(row[1], row[2], row[3]),
        issuer=row[1],
        part_number=row[2],
        lot_number=row[3],
        description=row[4] or "",
        status="on_hold" if holds else "available",
        quantity=quantity,
        remaining=None if quantity is None else quantity - gone,
        uom=row[8],
        supplier=row[9],
        supplier_lot=row[10],
        purchase_order=row[11],
        manufactured_on=date_or_none(row[12]),
        expires_on=date_or_none(row[13]),
        open_holds=holds,
    )


def _operations(row: Row) -> Iterator[OperationRow]:
    for one in values_from(RouteOperation, row[6]):
        yield OperationRow(
            part=f"{escaped(row[2])}:{escaped(row[3])}",
            description=row[4] or "",
            routing=row[1],
            effective_from=moment_of(row[5]),
            operation=one.operation,
            kind="rework" if one.is_rework else "optional" if one.is_optional else "main",
            stations=tuple(map(str, one.stations)),
            program=one.program,
            tool_class=one.tool_class,
            specification=str(one.specification or ""),
        )


def _idle(row: Row) -> IdleRow:
    return IdleRow(
        unit=spelled(row[1], row[2], row[3]),
        work_order=row[4],
        last_operation=row[5],
        last_result=row[6],
        last_event_time=moment_of(row[7]),
        location=row[8],
    )
