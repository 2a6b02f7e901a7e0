"""A lot as it stands."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from asbuilt.ledger.database import Reader
from asbuilt.projections.projection import date_or_none, quantity_of
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.units import AliasView, aliases

# Reads one lot (serves the lot page).
LOT = """
SELECT lot_state.quantity, lot_state.used, lot_state.uom, lot_state.supplier, lot_state.supplier_lot,
       lot_state.purchase_order, lot_state.manufactured_on, lot_state.expires_on, lot_state.open_holds,
       part_state.description, lot.version
FROM lot_state JOIN subject AS lot ON lot.subject_id = lot_state.lot_id
LEFT JOIN part_state ON part_state.part_id = lot.scope_id
WHERE lot_state.lot_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot: identity and state. quantity, used and remaining in `uom`; None when the lot is not counted."""

    lot: str
    issuer: str
    part_number: str
    lot_number: str
    description: str
    status: str
    quantity: Decimal | None
    used: Decimal
    remaining: Decimal | None
    uom: str
    supplier: str
    supplier_lot: str
    purchase_order: str
    manufactured_on: date | None
    expires_on: date | None
    open_holds: tuple[str, ...]
    version: int
    aliases: tuple[AliasView, ...]


def lot(reader: Reader, named: Named) -> LotView:
    """A lot as it stands. Raises NotFound when its definition was declared wrong."""
    rows = reader.rows(LOT, named.subject_id)
    if not rows:
        raise NotFound(f"{named.name} does not exist: its definition was declared wrong; see its history")
    row = rows[0]
    quantity, used = quantity_of(row[0]), quantity_of(row[1]) or Decimal(0)
    open_holds: tuple[str, ...] = tuple(json.loads(row[8]))
    return LotView(
        lot=named.name,
        issuer=named.issuer,
        part_number=named.part_number,
        lot_number=named.number,
        description=row[9] or "",
        status="on_hold" if open_holds else "available",
        quantity=quantity,
        used=used,
        remaining=None if quantity is None else quantity - used,
        uom=row[2],
        supplier=row[3],
        supplier_lot=row[4],
        purchase_order=row[5],
        manufactured_on=date_or_none(row[6]),
        expires_on=date_or_none(row[7]),
        open_holds=open_holds,
        version=row[10],
        aliases=aliases(reader, [named.subject_id]),
    )
