"""Work orders: which there are, and what has become of the pieces of one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import made_under, progress
from asbuilt.core.states.orders import counted, finishing, with_lots
from asbuilt.core.states.records.identity import Status
from asbuilt.core.states.records.orders import UnitGroup, WorkOrderState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.routes import last_main
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Names, Reader, Row
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_routings_of_parts
from asbuilt.projections.loading import Loading
from asbuilt.projections.lots import load_runs_under
from asbuilt.projections.orders import load_work_orders, units_under
from asbuilt.projections.projection import moment_or_none
from asbuilt.queries.naming import NotFound, escaped
from asbuilt.queries.serials import SerialRangeView, ranges_of_order
from asbuilt.queries.shop_floor import ids_meant, restricted
from asbuilt.queries.units import PAGE_MAX, STATUS, ids_named


class OrderStatus(StrEnum):
    """The one word shown for an order."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


_COLUMNS = """
SELECT ordered.work_order_id, work_order.name, issuer.name, part.name, part_state.description, ordered.sales_order,
       ordered.quantity, ordered.overrun_max, ordered.last_operation, ordered.started, ordered.is_open,
       ordered.hold_reason, ordered.released_at, before.name, ordered.closed_at, ordered.closed_started,
       ordered.closed_good, ordered.closed_scrapped
FROM work_order_state AS ordered CROSS JOIN subject AS work_order CROSS JOIN subject AS part
CROSS JOIN subject AS issuer
LEFT JOIN part_state ON part_state.part_id = ordered.part_id
LEFT JOIN subject AS before ON before.subject_id = ordered.split_from
"""
_NAMED = """
work_order.subject_id = ordered.work_order_id AND part.subject_id = ordered.part_id
AND issuer.subject_id = part.scope_id
"""
_CHOSEN = f"""
  AND ordered.work_order_id < $2 AND ($3 = 1 OR ordered.part_id = ANY($4))
  AND ($5 = '' OR ordered.sales_order = $5) AND ($6 = 0 OR ordered.hold_reason <> '')
  AND {_NAMED} ORDER BY ordered.work_order_id DESC LIMIT $7
"""
# A page of the orders of a site, the newest first (serves the list of orders).
ALL_ORDERS = f"{_COLUMNS} WHERE ordered.site_id = $1 {_CHOSEN}"
# The same of open ones.
OPEN_ORDERS = f"{_COLUMNS} WHERE ordered.site_id = $1 AND ordered.is_open = 1 {_CHOSEN}"
# The same of closed ones.
CLOSED_ORDERS = f"{_COLUMNS} WHERE ordered.site_id = $1 AND ordered.is_open = 0 {_CHOSEN}"
# An order by its number.
ORDER = f"{_COLUMNS} WHERE ordered.work_order_id = $1 AND {_NAMED}"
# What was split off an order.
SPLIT_OFF = """
SELECT subject.name, work_order_state.quantity, work_order_state.started
FROM work_order_state CROSS JOIN subject
WHERE work_order_state.split_from = $1 AND subject.subject_id = work_order_state.work_order_id
ORDER BY work_order_state.work_order_id
"""
# When an order waited, the latest first.
HOLDS = """
SELECT reason, held_at, resumed_at, resumption FROM work_order_hold WHERE work_order_id = $1
ORDER BY sequence DESC LIMIT 100
"""
# How many units of an order have which status (serves its page).
UNITS_BY_STATUS = f"""
SELECT {STATUS}, count(*) FROM unit_state WHERE unit_state.work_order_id = $1 GROUP BY {STATUS}
"""
# How far the units of an order have come: at each operation, how often the latest attempt ended how.
PROGRESS = """
SELECT latest.operation, latest.last % 2, count(*)
FROM (
    SELECT operation_run.operation, max(operation_run.sequence * 2
           + CASE WHEN operation_run.result = 'passed' THEN 1 ELSE 0 END) AS last
    FROM unit_state CROSS JOIN operation_run
    WHERE unit_state.work_order_id = $1 AND operation_run.unit_id = unit_state.unit_id
    GROUP BY operation_run.unit_id, operation_run.operation
) AS latest
GROUP BY latest.operation, latest.last % 2
"""

_LAST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """A work order in a list. started: units that belong to it. closed_…: as counted when it was closed."""

    work_order: str
    status: OrderStatus
    part: str
    description: str
    sales_order: str
    quantity: int
    overrun_max: int
    started: int
    hold_reason: str
    released_at: datetime
    split_from: str
    closed_at: datetime | None
    closed_started: int | None
    closed_good: int | None
    closed_scrapped: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some orders, and where the next page begins (None: this is the last)."""

    work_orders: tuple[OrderRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders to list; empty texts do not restrict. status: with `open` those that are held are listed, too."""

    status: str = ""
    part_number: str = ""
    sales_order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCount:
    """So many units have this status."""

    status: Status
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationProgress:
    """At an operation: units whose latest attempt passed, or failed, and pieces of lots in as far as they did.

    is_last: by its passing they count as good.
    """

    operation: str
    passed: int
    failed: int
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A time in which an order waited; resumed_at is None while it does."""

    reason: str
    held_at: datetime
    resumed_at: datetime | None
    resumption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitView:
    """An order that was split off, with its pieces and the units that belong to it."""

    work_order: str
    quantity: int
    started: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """A work order, and what has become of its pieces, as of now.

    started, good, scrapped and in_process count units, and of lots whole pieces (or whole uoms) done under the order.
    last_operation: by whose passing a unit counts as good: of the order, else of the routing of most of its units.
    """

    work_order: str
    status: OrderStatus
    part: str
    description: str
    sales_order: str
    overrun_max: int
    last_operation: str
    hold_reason: str
    released_at: datetime
    closed_at: datetime | None
    closed_started: int | None
    closed_good: int | None
    closed_scrapped: int | None
    ordered: int
    started: int
    good: int
    scrapped: int
    in_process: int
    missing: int
    split_from: str
    split_off: tuple[SplitView, ...]
    units: tuple[StatusCount, ...]
    operations: tuple[OperationProgress, ...]
    ranges: tuple[SerialRangeView, ...]
    holds: tuple[HoldView, ...]


def orders(reader: Reader, wanted: OrderFilter, *, after: int | None = None, limit: int = 100) -> OrderPage:
    """A page of the orders of a site, the newest first. after: `next` of the page before.

    Raises NotFound for a part that is not known, ValueError for a limit outside 1…1000 or a status there is not.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE_MAX}")
    status = OrderStatus(wanted.status) if wanted.status else None
    statement = CLOSED_ORDERS if status is OrderStatus.CLOSED else ALL_ORDERS if status is None else OPEN_ORDERS
    rows = reader.rows(
        statement,
        reader.site.site_id,
        _LAST if after is None else after,
        *restricted(ids_meant(reader, wanted.part_number, SubjectKind.PART, "part")),
        wanted.sales_order.strip(),
        int(status is OrderStatus.HELD),
        limit + 1,
    )
    page = rows[:limit]
    following = page[-1][0] if len(rows) > limit else None
    return OrderPage(work_orders=tuple(map(_row, page)), next=following)


def every_order(reader: Reader, wanted: OrderFilter) -> Iterator[OrderRow]:
    """All orders that are chosen, page after page, in constant memory."""
    after: int | None = _LAST
    while after is not None:
        page = orders(reader, wanted, after=after, limit=PAGE_MAX)
        yield from page.work_orders
        after = page.next


def order_id_of(reader: Reader, name: str) -> int:
    """The id of the work order of a number, in any spelling. Raises NotFound."""
    for order_id in ids_named(reader, name, SubjectKind.WORK_ORDER) if normal_form(name) else []:
        if reader.rows(ORDER, order_id):
            return order_id
    raise NotFound(f"work order {name} was not released here; check the number")


def order(reader: Reader, name: str) -> OrderView:
    """A work order with its counts. Raises NotFound."""
    order_id = order_id_of(reader, name)
    (row,) = reader.rows(ORDER, order_id)
    shown = _row(row)
    known, state, groups = _state_of(reader, order_id)
    routings = known.routings_for(state.part)
    counts = with_lots(counted(state, groups, {one.routing: one for one in routings}), made_under(known, state))
    routing = _usual(routings, groups, state)
    last = state.last_operation or (last_main(routing.operations) if routing is not None else Operation(""))
    by_status = Counter({Status(status): count for status, count in reader.rows(UNITS_BY_STATUS, order_id)})
    return OrderView(
        work_order=shown.work_order,
        status=shown.status,
        part=shown.part,
        description=shown.description,
        sales_order=shown.sales_order,
        overrun_max=shown.overrun_max,
        last_operation=last,
        hold_reason=shown.hold_reason,
        released_at=shown.released_at,
        closed_at=shown.closed_at,
        closed_started=shown.closed_started,
        closed_good=shown.closed_good,
        closed_scrapped=shown.closed_scrapped,
        ordered=counts.ordered,
        started=counts.started,
        good=counts.good,
        scrapped=counts.scrapped,
        in_process=counts.in_process,
        missing=counts.missing,
        split_from=shown.split_from,
        split_off=tuple(
            SplitView(work_order=name, quantity=quantity, started=started)
            for name, quantity, started in reader.rows(SPLIT_OFF, order_id)
        ),
        units=tuple(StatusCount(status=one, units=by_status[one]) for one in Status if by_status[one]),
        operations=tuple(_progress(reader, order_id, routing, finishing(last, routing), known)),
        ranges=tuple(ranges_of_order(reader, order_id)),
        holds=tuple(
            HoldView(
                reason=reason, held_at=moment_of(held_at), resumed_at=moment_or_none(resumed_at), resumption=resumption
            )
            for reason, held_at, resumed_at, resumption in reader.rows(HOLDS, order_id)
        ),
    )


def _state_of(reader: Reader, order_id: int) -> tuple[Known, WorkOrderState, dict[UnitGroup, int]]:
    """An order as the rules know it, with the routings of its part and its lots, and how far its units have come."""
    loading = Loading(reader, Directory(reader, Names()), Known())
    load_work_orders(loading, [order_id])
    (state,) = loading.known.work_orders.loaded.values()
    loading.directory.find([state.part])
    load_routings_of_parts(loading, loading.ids([state.part]))
    load_runs_under(loading, [order_id])
    return loading.known, state, units_under(reader, order_id, loading.known.routings_for(state.part))


def _usual(routings: list[RoutingState], groups: dict[UnitGroup, int], state: WorkOrderState) -> RoutingState | None:
    """The routing by which most units of an order are made; while there are none, the one of its release."""
    by_routing: Counter[object] = Counter()
    for group, count in groups.items():
        by_routing[group.routing] += count
    if by_routing:
        ((most, _),) = by_routing.most_common(1)
        return next((one for one in routings if one.routing == most), None)
    return next((one for one in reversed(routings) if one.effective_from <= state.released_at), None)


def _progress(
    reader: Reader, order_id: int, routing: RoutingState | None, last: set[Operation], known: Known
) -> Iterator[OperationProgress]:
    """The operations of the routing in their order, then what else was done; rework only where there was some."""
    found = {(operation, bool(passed)): count for operation, passed, count in reader.rows(PROGRESS, order_id)}
    lots = progress(None, routing, known.lot_runs)
    for name, come in lots.done.items():
        found[name, True] = found.get((name, True), 0) + int(come.passed)
        found[name, False] = found.get((name, False), 0) + int(lots.open_failures(name))
    done = {operation for operation, _ in found}
    steps = [] if routing is None else [one.operation for one in routing.operations if not one.is_rework]
    listed = [*steps, *sorted(done - set(steps))]
    for operation in listed:
        yield OperationProgress(
            operation=operation,
            passed=found.get((operation, True), 0),
            failed=found.get((operation, False), 0),
            is_last=operation in last,
        )


def _row(row: Row) -> OrderRow:
    status = OrderStatus.CLOSED if not row[10] else OrderStatus.HELD if row[11] else OrderStatus.OPEN
    return OrderRow(
        work_order=row[1],
        status=status,
        part=f"{escaped(row[2])}:{escaped(row[3])}",
        description=row[4] or "",
        sales_order=row[5],
        quantity=row[6],
        overrun_max=row[7],
        started=row[9],
        hold_reason=row[11],
        released_at=moment_of(row[12]),
        split_from=row[13] or "",
        closed_at=moment_or_none(row[14]),
        closed_started=row[15],
        closed_good=row[16],
        closed_scrapped=row[17],
    )
