"""A lot as it stands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import LotProgress, progress_of
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_lots, load_routings_of_parts
from asbuilt.projections.loading import Loading
from asbuilt.projections.lots import load_runs_of_lots
from asbuilt.projections.projection import date_or_none, quantity_of
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.overrides import OverrideView, overrides_of
from asbuilt.queries.units import AliasView, aliases

# Reads one lot (serves the lot page).
LOT = """
SELECT lot_state.quantity, lot_state.used, lot_state.uom, lot_state.supplier, lot_state.supplier_lot,
       lot_state.purchase_order, lot_state.manufactured_on, lot_state.expires_on, lot_state.open_holds,
       part_state.description, lot.version, lot_state.scrapped
FROM lot_state JOIN subject AS lot ON lot.subject_id = lot_state.lot_id
LEFT JOIN part_state ON part_state.part_id = lot.scope_id
WHERE lot_state.lot_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOperationView:
    """How far a lot has come at an operation; quantities in the uom of the lot.

    waiting: how much more may be begun, None where nothing limits it. in_process: begun and not ended. passed, failed,
    scrapped: what was reported, each attempt counted. failed_open: what of failed is neither tried again nor in rework.
    last_at: of the latest report, None where nothing was done.
    """

    operation: str
    waiting: Decimal | None
    in_process: Decimal
    passed: Decimal
    failed: Decimal
    failed_open: Decimal
    scrapped: Decimal
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot: identity and state. quantity, used, scrapped and remaining in `uom`; None when the lot is not counted.

    routing: by which it is made, empty where none applies. operations: of the routing in its order, then others done.
    overrides: what was done to some of it in spite of the interlock.
    """

    lot: str
    issuer: str
    part_number: str
    lot_number: str
    description: str
    status: str
    quantity: Decimal | None
    used: Decimal
    scrapped: Decimal
    remaining: Decimal | None
    uom: str
    supplier: str
    supplier_lot: str
    purchase_order: str
    manufactured_on: date | None
    expires_on: date | None
    open_holds: tuple[str, ...]
    routing: str
    operations: tuple[LotOperationView, ...]
    version: int
    aliases: tuple[AliasView, ...]
    overrides: tuple[OverrideView, ...]


def lot(reader: Reader, named: Named) -> LotView:
    """A lot as it stands. Raises NotFound when its definition was declared wrong."""
    rows = reader.rows(LOT, named.subject_id)
    if not rows:
        raise NotFound(f"{named.name} does not exist: its definition was declared wrong; see its history")
    row = rows[0]
    quantity, used = quantity_of(row[0]), quantity_of(row[1]) or Decimal(0)
    scrapped = quantity_of(row[11]) or Decimal(0)
    open_holds: tuple[str, ...] = tuple(json.loads(row[8]))
    come = _progress(reader, named)
    return LotView(
        lot=named.name,
        issuer=named.issuer,
        part_number=named.part_number,
        lot_number=named.number,
        description=row[9] or "",
        status="on_hold" if open_holds else "available",
        quantity=quantity,
        used=used,
        scrapped=scrapped,
        remaining=None if quantity is None else quantity - used - scrapped,
        uom=row[2],
        supplier=row[3],
        supplier_lot=row[4],
        purchase_order=row[5],
        manufactured_on=date_or_none(row[6]),
        expires_on=date_or_none(row[7]),
        open_holds=open_holds,
        routing="" if come is None or come.routing is None else str(come.routing.routing),
        operations=() if come is None else tuple(_operations(come)),
        version=row[10],
        aliases=aliases(reader, [named.subject_id]),
        overrides=overrides_of(reader, [named.subject_id]),
    )


def _progress(reader: Reader, named: Named) -> LotProgress | None:
    """How far the lot has come, as the rules see it."""
    loading = Loading(reader, Directory(reader, Names()), Known())
    found = loading.named([named.subject_id])[named.subject_id]
    assert isinstance(found, Lot), "only lots are asked for here"
    load_lots(loading, [named.subject_id])
    loading.directory.find([found.part])
    load_routings_of_parts(loading, loading.ids([found.part]))
    load_runs_of_lots(loading, [named.subject_id])
    return progress_of(loading.known, found)


def _waiting(come: LotProgress, operation: Operation) -> Decimal | None:
    """What has come to an operation and is not begun; nothing where an override let more be begun."""
    left = come.left(operation)
    return None if left is None else max(left, Decimal(0))


def _operations(come: LotProgress) -> Iterator[LotOperationView]:
    if come.routing is None and not come.done:
        return
    names = dict.fromkeys(() if come.routing is None else come.routing.steps) | dict.fromkeys(come.done)
    for name in names:
        done = come.at(name)
        yield LotOperationView(
            operation=name,
            waiting=_waiting(come, name),
            in_process=done.first.in_process + done.again.in_process,
            passed=done.passed,
            failed=done.failed,
            failed_open=come.open_failures(name),
            scrapped=done.scrapped,
            last_at=max((run.happened_at for run in come.runs if run.operation == name), default=None),
        )
