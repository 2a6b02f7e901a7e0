"""bill_state."""

from functools import lru_cache

from asbuilt.core.events.bills import BillLine
from asbuilt.core.identifiers.subjects import BillOfMaterials, Part
from asbuilt.core.states.records.bills import BillState
from asbuilt.ledger.codec import moment_of, text_of, values_from
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_subject, time_of

BILL_STATE = Table(
    "bill_state",
    (
        ("bill_id", "bigint"),
        ("site_id", "integer"),
        ("part_id", "bigint"),
        ("effective_from", "bigint"),
        ("lines", "text"),
    ),
)

# Reads what the parts around a batch are made of.
BILLS_OF_PARTS = "SELECT bill_id, part_id, effective_from, lines FROM bill_state WHERE part_id = ANY($1)"
# Reads one bill, of whatever part (serves keeping its name to one content).
BILLS = "SELECT bill_id, part_id, effective_from, lines FROM bill_state WHERE bill_id = ANY($1)"


def bill_row(state: BillState, ids: Ids, site_id: int) -> Row:
    return (ids[state.bill], site_id, ids[state.part], time_of(state.effective_from), text_of(state.lines))


def load_bills_of_parts(loading: Loading, part_ids: list[int]) -> None:
    _load(loading, loading.definitions(BILLS_OF_PARTS, part_ids, by=1))


def load_bills(loading: Loading, bill_ids: list[int]) -> None:
    _load(loading, loading.reader.rows(BILLS, bill_ids))


def _load(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in row[:2])
    for bill_id, part_id, effective_from, lines in rows:
        bill, part = names[bill_id], names[part_id]
        assert isinstance(bill, BillOfMaterials), "bill_state rows are about bills"
        assert isinstance(part, Part), "a bill is of a part"
        state = _state(bill, part, effective_from, lines)
        loading.known.bills.loaded[bill] = state
        loading.known.index_bill(state)


@lru_cache(maxsize=1024)
def _state(bill: BillOfMaterials, part: Part, effective_from: int, lines: str) -> BillState:
    # A bill never changes, so that one reading, with its indexes, serves all batches.
    return BillState(bill=bill, part=part, effective_from=moment_of(effective_from), lines=values_from(BillLine, lines))


PROJECTIONS: tuple[Projection, ...] = (
    Projection(BILL_STATE, lambda known: known.bills, bill_row, by_subject, is_definition=True),
)
