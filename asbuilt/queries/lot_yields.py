"""How much of lots passed, failed and was scrapped at each operation. Definitions: docs/concepts/yield.md."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from asbuilt.ledger.database import Reader
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.naming import escaped
from asbuilt.queries.pareto import SHARE_PLACES
from asbuilt.queries.shop_floor import Scope, restricted
from asbuilt.queries.whereabouts import PARTS

# What was completed on some of lots in a time window (serves the yield). CROSS JOIN keeps SQLite to this order.
LOT_RUNS = """
SELECT lot.scope_id, run.lot_id, run.operation, run.station_id, run.work_order_id, run.is_retry, run.passed,
       run.failed, run.scrapped, run.happened_at, state.uom
FROM lot_run AS run CROSS JOIN subject AS lot CROSS JOIN lot_state AS state
WHERE run.site_id = $1 AND run.happened_at >= $2 AND run.happened_at < $3 AND ($4 = '' OR run.operation = $4)
  AND lot.subject_id = run.lot_id AND ($5 = 1 OR lot.scope_id = ANY($6))
  AND ($7 = 1 OR run.station_id = ANY($8)) AND ($9 = 1 OR run.work_order_id = ANY($10))
  AND state.lot_id = run.lot_id AND run.passed + run.failed + run.scrapped > 0
"""


@dataclass(frozen=True, slots=True)
class LotRunDone:
    """What ended on some of a lot: where, under which order, when (microseconds since 1970)."""

    station_id: int | None
    order_id: int | None
    completed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotYield:
    """An operation on lots of a part; quantities in `uom`, of which different ones are counted apart.

    passed, failed, scrapped: all that did so, tried again or not. first: what it was done to for the first time;
    first_passed of it passed then. retried: what it was done to again, having failed there.
    """

    group: str
    part: str
    operation: str
    uom: str
    lots: int
    first: Decimal
    first_passed: Decimal
    first_pass_yield: Decimal | None
    retried: Decimal
    passed: Decimal
    failed: Decimal
    scrapped: Decimal


@dataclass(slots=True)
class _Cell:
    """The sums of one row, in millionths."""

    lots: set[int]
    first: int = 0
    first_passed: int = 0
    retried: int = 0
    passed: int = 0
    failed: int = 0
    scrapped: int = 0


def lot_yields(reader: Reader, scope: Scope, group_of: Callable[[LotRunDone], str]) -> list[LotYield]:
    """What was completed on some of lots in the window, by group, part, operation and unit of measure."""
    cells: dict[tuple[str, int, str, str], _Cell] = {}
    for row in reader.rows(
        LOT_RUNS,
        reader.site.site_id,
        scope.window.since,
        scope.window.until,
        scope.operation,
        *restricted(scope.part_ids),
        *restricted(scope.station_ids),
        *restricted(scope.order_ids),
    ):
        part_id, lot_id, operation, station_id, order_id, is_retry, passed, failed, scrapped, at, uom = row
        group = group_of(LotRunDone(station_id, order_id, at))
        cell = cells.setdefault((group, part_id, operation, uom), _Cell(set()))
        cell.lots.add(lot_id)
        cell.passed += passed
        cell.failed += failed
        cell.scrapped += scrapped
        if is_retry:
            cell.retried += passed + failed + scrapped
        else:
            cell.first += passed + failed + scrapped
            cell.first_passed += passed
    parts = _part_names(reader, {part_id for _, part_id, _, _ in cells})
    rows = ((group, parts[part_id], operation, uom, cell) for (group, part_id, operation, uom), cell in cells.items())
    return [_lot_yield(*row) for row in sorted(rows, key=lambda row: row[:4])]


def _lot_yield(group: str, part: str, operation: str, uom: str, cell: _Cell) -> LotYield:
    share = Fraction(cell.first_passed, cell.first) if cell.first else None
    return LotYield(
        group=group,
        part=part,
        operation=operation,
        uom=uom,
        lots=len(cell.lots),
        first=_quantity(cell.first),
        first_passed=_quantity(cell.first_passed),
        first_pass_yield=None if share is None else rounded(share, SHARE_PLACES),
        retried=_quantity(cell.retried),
        passed=_quantity(cell.passed),
        failed=_quantity(cell.failed),
        scrapped=_quantity(cell.scrapped),
    )


def _quantity(millionths: int) -> Decimal:
    found = quantity_of(millionths)
    assert found is not None, "a sum is a number"
    return found


def _part_names(reader: Reader, ids: set[int]) -> dict[int, str]:
    rows = reader.rows(PARTS, sorted(ids)) if ids else ()
    return {row[0]: f"{escaped(row[1])}:{escaped(row[2])}" for row in rows}
