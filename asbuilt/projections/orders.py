"""work_order_state and work_order_hold, and how far the units of an order have come."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Part, WorkOrder
from asbuilt.core.states.records.orders import OrderCounts, OrderHold, UnitGroup, WorkOrderState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader, Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_sequence,
    by_subject,
    id_of,
    moment_or_none,
    time_of,
)

WORK_ORDER_STATE = Table(
    "work_order_state",
    (
        ("work_order_id", "bigint"),
        ("site_id", "integer"),
        ("part_id", "bigint"),
        ("quantity", "bigint"),
        ("sales_order", "text"),
        ("overrun_max", "bigint"),
        ("last_operation", "text"),
        ("is_open", "smallint"),
        ("released_at", "bigint"),
        ("started", "bigint"),
        ("hold_reason", "text"),
        ("split_from", "bigint"),
        ("closed_at", "bigint"),
        ("closed_started", "bigint"),
        ("closed_good", "bigint"),
        ("closed_scrapped", "bigint"),
    ),
)
WORK_ORDER_HOLD = Table(
    "work_order_hold",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("work_order_id", "bigint"),
        ("reason", "text"),
        ("held_at", "bigint"),
        ("resumed_sequence", "bigint"),
        ("resumed_at", "bigint"),
        ("resumption", "text"),
    ),
)

# Reads the work orders around a batch.
WORK_ORDER_STATES = """
SELECT work_order_id, part_id, quantity, sales_order, overrun_max, last_operation, is_open, released_at, started,
       hold_reason, split_from, closed_at, closed_started, closed_good, closed_scrapped
FROM work_order_state WHERE work_order_id = ANY($1)
"""
# Reads when the orders of a batch waited (serves holding, resuming, splitting and corrections).
HOLDS_OF_ORDERS = """
SELECT sequence, work_order_id, reason, held_at, resumed_sequence, resumed_at, resumption
FROM work_order_hold WHERE work_order_id = ANY($1)
"""
# How far the units of an order have come that came into being within a time (serves closing it, and its page).
UNITS_UNDER = """
SELECT last_operation, last_result, life_cycle = 'scrapped', count(*), min(commissioned_at), max(commissioned_at)
FROM unit_state WHERE work_order_id = $1 AND commissioned_at >= $2 AND commissioned_at < $3
GROUP BY last_operation, last_result, life_cycle = 'scrapped'
"""
# How many units of orders are scrapped (serves births under an order that is full otherwise).
SCRAPPED_UNDER = """
SELECT work_order_id, count(*) FROM unit_state
WHERE work_order_id = ANY($1) AND life_cycle = 'scrapped' GROUP BY work_order_id
"""

# How many units belong to orders (serves releasing one whose number was used before).
BELONGING_TO = """
SELECT work_order_id, count(*) FROM unit_state WHERE work_order_id = ANY($1) GROUP BY work_order_id
"""

EVER = (-(2**62), 2**62)
"""Before and after every time."""


def work_order_row(state: WorkOrderState, ids: Ids, site_id: int) -> Row:
    counts = state.closed_counts
    return (
        ids[state.work_order],
        site_id,
        ids[state.part],
        state.quantity,
        state.sales_order,
        state.overrun_max,
        state.last_operation,
        int(state.is_open),
        time_of(state.released_at),
        state.started,
        state.hold_reason,
        id_of(state.split_from, ids),
        time_of(state.closed_at),
        None if counts is None else counts.started,
        None if counts is None else counts.good,
        None if counts is None else counts.scrapped,
    )


def load_work_orders(loading: Loading, work_order_ids: list[int]) -> None:
    rows = loading.reader.rows(WORK_ORDER_STATES, work_order_ids)
    names = loading.named(value for row in rows for value in (row[0], row[1], row[10]) if value is not None)
    for row in rows:
        order, part, before = names[row[0]], names[row[1]], names.get(row[10])
        assert isinstance(order, WorkOrder), "work_order_state rows are about work orders"
        assert isinstance(part, Part), "a work order is for a part"
        counts = None
        if row[11] is not None:
            counts = OrderCounts(ordered=row[2], started=row[12], good=row[13], scrapped=row[14])
        loading.known.work_orders.loaded[order] = WorkOrderState(
            work_order=order,
            part=part,
            quantity=row[2],
            sales_order=row[3],
            overrun_max=row[4],
            last_operation=Operation(row[5]),
            is_open=bool(row[6]),
            released_at=moment_of(row[7]),
            started=row[8],
            hold_reason=row[9],
            split_from=before if isinstance(before, WorkOrder) else None,
            closed_at=moment_or_none(row[11]),
            closed_counts=counts,
        )


def order_hold_row(hold: OrderHold, ids: Ids, site_id: int) -> Row:
    return (
        hold.sequence,
        site_id,
        ids[hold.work_order],
        hold.reason,
        time_of(hold.held_at),
        hold.resumed_sequence,
        time_of(hold.resumed_at),
        hold.resumption,
    )


def load_order_holds(loading: Loading, work_order_ids: list[int]) -> None:
    rows = loading.reader.rows(HOLDS_OF_ORDERS, work_order_ids)
    names = loading.named(row[1] for row in rows)
    for row in rows:
        order = names[row[1]]
        assert isinstance(order, WorkOrder), "work_order_hold rows are about work orders"
        hold = OrderHold(
            sequence=row[0],
            work_order=order,
            reason=row[2],
            held_at=moment_of(row[3]),
            resumed_sequence=row[4],
            resumed_at=moment_or_none(row[5]),
            resumption=row[6],
        )
        loading.known.order_holds.loaded[hold.sequence] = hold
        loading.known.index_order_hold(hold)


def load_scrapped(loading: Loading, work_order_ids: list[int]) -> None:
    loading.known.scrapped_under.update(_counts(loading, SCRAPPED_UNDER, work_order_ids))


def load_belonging(loading: Loading, work_order_ids: list[int]) -> None:
    loading.known.belonged_before.update(_counts(loading, BELONGING_TO, work_order_ids))


def _counts(loading: Loading, sql: str, work_order_ids: list[int]) -> Iterator[tuple[WorkOrder, int]]:
    rows = loading.reader.rows(sql, work_order_ids)
    names = loading.named(row[0] for row in rows)
    for work_order_id, count in rows:
        order = names[work_order_id]
        assert isinstance(order, WorkOrder), "units belong to work orders"
        yield order, count


def units_under(reader: Reader, work_order_id: int, routings: Iterable[RoutingState]) -> dict[UnitGroup, int]:
    """How far the units of an order have come. routings: of the part, in the order in which they apply.

    The units are read once. Only when a routing became effective in between are they read by the times of their birth.
    """
    applied = list(routings)
    rows = reader.rows(UNITS_UNDER, work_order_id, *EVER)
    if not rows:
        return {}
    first, last = (_applied_at(applied, moment_of(at)) for at in (min(r[4] for r in rows), max(r[5] for r in rows)))
    if first is last:
        return _grouped(first, rows)
    begins = [EVER[0], *(microseconds(one.effective_from) for one in applied), EVER[1]]
    found: dict[UnitGroup, int] = {}
    for place, routing in enumerate([None, *applied]):
        found |= _grouped(routing, reader.rows(UNITS_UNDER, work_order_id, begins[place], begins[place + 1]))
    return found


def _applied_at(routings: list[RoutingState], born: datetime) -> RoutingState | None:
    return next((one for one in reversed(routings) if one.effective_from <= born), None)


def _grouped(routing: RoutingState | None, rows: Iterable[Row]) -> dict[UnitGroup, int]:
    name = None if routing is None else routing.routing
    return {UnitGroup(name, row[0], row[1], bool(row[2])): row[3] for row in rows}


def load_units_under(loading: Loading, orders: Mapping[WorkOrder, int]) -> None:
    """Read how far the units of orders have come. The routings of their parts have been read."""
    for order, work_order_id in orders.items():
        state = loading.known.work_orders.get(order)
        if state is not None:
            routings = loading.known.routings_for(state.part)
            loading.known.units_under[order] = units_under(loading.reader, work_order_id, routings)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(WORK_ORDER_STATE, lambda known: known.work_orders, work_order_row, by_subject),
    Projection(
        WORK_ORDER_HOLD,
        lambda known: known.order_holds,
        order_hold_row,
        by_sequence,
        ends=lambda hold: not hold.is_open,
    ),
)
