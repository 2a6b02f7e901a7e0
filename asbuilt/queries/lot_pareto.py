"""Which defects make most of what failed and was scrapped of lots. Definitions: docs/concepts/yield.md."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from asbuilt.ledger.database import Reader
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.measured import Completed, Specifications, completed, first_outside
from asbuilt.queries.pareto import SHARE_PLACES
from asbuilt.queries.shop_floor import Scope, restricted

# What failed or was scrapped of lots in a window, as it was recorded (serves the defects of lots).
LOT_FAILURES = """
SELECT run.operation, run.lot_id, state.uom, run.failed + run.scrapped, event.payload
FROM lot_run AS run CROSS JOIN subject AS lot CROSS JOIN lot_state AS state CROSS JOIN event
WHERE run.site_id = $1 AND run.happened_at >= $2 AND run.happened_at < $3 AND ($4 = '' OR run.operation = $4)
  AND lot.subject_id = run.lot_id AND ($5 = 1 OR lot.scope_id = ANY($6))
  AND ($7 = 1 OR run.station_id = ANY($8)) AND ($9 = 1 OR run.work_order_id = ANY($10))
  AND state.lot_id = run.lot_id AND run.failed + run.scrapped > 0 AND event.sequence = run.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDefectCount:
    """A defect of lots at an operation, with its share and that of it and all more frequent ones of the same uom.

    quantity: of the defect, as it was reported; where none was, what failed and was scrapped, with the characteristic
    that was the first outside its limits, if one was. defect, position, characteristic: as in DefectCount.
    """

    operation: str
    defect: str
    position: str
    characteristic: str
    uom: str
    quantity: Decimal
    lots: int
    share: Decimal
    cumulative_share: Decimal


@dataclass(slots=True)
class _Count:
    """quantity: in millionths."""

    quantity: int = 0
    lots: set[int] = field(default_factory=set)


_MILLION = 10**6


def lot_pareto(reader: Reader, scope: Scope) -> list[LotDefectCount]:
    """The defects of lots in the window, by unit of measure, the most frequent first, those as frequent by name."""
    specifications = Specifications(reader)
    counts: dict[str, dict[tuple[str, str, str, str], _Count]] = {}
    for operation, lot_id, uom, lost, payload in reader.rows(
        LOT_FAILURES,
        reader.site.site_id,
        scope.window.since,
        scope.window.until,
        scope.operation,
        *restricted(scope.part_ids),
        *restricted(scope.station_ids),
        *restricted(scope.order_ids),
    ):
        for defect, position, characteristic, quantity in _found(completed(payload), lost, specifications):
            key = (operation, defect, position, characteristic)
            count = counts.setdefault(uom, {}).setdefault(key, _Count())
            count.quantity += quantity
            count.lots.add(lot_id)
    return [row for uom in sorted(counts) for row in _ranked(uom, counts[uom])]


def _found(event: Completed, lost: int, specifications: Specifications) -> Iterator[tuple[str, str, str, int]]:
    """Defect, position, characteristic and quantity in millionths."""
    if event.defects:
        yield from ((one.code, one.position, "", one.quantity * _MILLION) for one in event.defects)
    else:
        yield "", "", first_outside(event, specifications), lost


def _ranked(uom: str, counts: dict[tuple[str, str, str, str], _Count]) -> Iterator[LotDefectCount]:
    total, so_far = sum(count.quantity for count in counts.values()), 0
    for key, count in sorted(counts.items(), key=lambda one: (-one[1].quantity, one[0])):
        so_far += count.quantity
        operation, defect, position, characteristic = key
        quantity = quantity_of(count.quantity)
        assert quantity is not None, "a sum is a number"
        yield LotDefectCount(
            operation=operation,
            defect=defect,
            position=position,
            characteristic=characteristic,
            uom=uom,
            quantity=quantity,
            lots=len(count.lots),
            share=rounded(Fraction(count.quantity, total), SHARE_PLACES),
            cumulative_share=rounded(Fraction(so_far, total), SHARE_PLACES),
        )
