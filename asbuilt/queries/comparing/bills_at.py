"""The bills of materials that apply to what came into being at some times."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from asbuilt.core.events.bills import BillLine
from asbuilt.ledger.codec import values_from
from asbuilt.ledger.database import Reader

K = TypeVar("K", bound=Hashable)

# From when on which bills of some parts apply, without their lines, of which a part may have had very many.
BILL_TIMES = "SELECT bill_id, part_id, effective_from FROM bill_state WHERE part_id = ANY($1)"
# Some bills with their lines (serves what units should contain).
BILLS_BY_ID = """
SELECT bill_state.bill_id, bill.name, bill_state.lines
FROM bill_state CROSS JOIN subject AS bill
WHERE bill_state.bill_id = ANY($1) AND bill.subject_id = bill_state.bill_id
"""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill of materials with its lines."""

    name: str
    lines: tuple[BillLine, ...]


def bills_at(reader: Reader, births: Mapping[K, tuple[int, int]]) -> dict[K, Bill]:
    """The bill that applies to each of some things: of those of its part, the latest that was not after its birth.

    births: id of the part and time of birth (microseconds). What no bill applies to is left out.
    """
    times: dict[int, list[tuple[int, int]]] = {}
    part_ids = sorted({part_id for part_id, _ in births.values()})
    for bill_id, part_id, effective_from in reader.rows(BILL_TIMES, part_ids) if part_ids else ():
        times.setdefault(part_id, []).append((effective_from, bill_id))
    chosen = {}
    for key, (part_id, born) in births.items():
        applied = [one for one in times.get(part_id, ()) if one[0] <= born]
        if applied:
            chosen[key] = max(applied)[1]
    rows = reader.rows(BILLS_BY_ID, sorted(set(chosen.values()))) if chosen else []
    bills = {bill_id: Bill(name, values_from(BillLine, lines)) for bill_id, name, lines in rows}
    return {key: bills[bill_id] for key, bill_id in chosen.items()}
