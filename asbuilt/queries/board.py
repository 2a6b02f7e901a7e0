"""What the floor looks like at this moment, cheaply. Definitions: docs/concepts/board.md.

`floor_now` reads the few rows that are open; `floor_counted` counts what was done in a window, and is asked less often.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from asbuilt.core.events.defects import Disposition
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.naming import escaped
from asbuilt.queries.orders import OrderFilter, OrderRow, OrderStatus, orders
from asbuilt.queries.orders import order as order_view
from asbuilt.queries.pareto import SHARE_PLACES

COUNT_MAX = 999
"""What is more is said to be more: nobody counts a thousand units on a board."""
ORDERS_SHOWN = 10
PIECES_MAX = 5000
"""Pieces of an order up to which its good ones are counted for the board; its own page always counts them."""
RUNS_MAX = 100_000
"""Completions, the newest of a window, among which first attempts are looked for."""
STUCK_AFTER = timedelta(hours=24)
REFUSED_WITHIN = timedelta(hours=8)

# How many units and lots are on hold, up to a number; what was scrapped waits for nobody (serves the board).
HELD_COUNT = """
SELECT coalesce(sum(CASE WHEN held.kind = 3 THEN 1 ELSE 0 END), 0),
       coalesce(sum(CASE WHEN held.kind = 3 THEN 0 ELSE 1 END), 0)
FROM (
    SELECT DISTINCT hold.subject_id, subject.kind FROM hold CROSS JOIN subject
    LEFT JOIN unit_state ON unit_state.unit_id = hold.subject_id
    WHERE hold.site_id = $1 AND hold.released_sequence IS NULL AND subject.subject_id = hold.subject_id
      AND coalesce(unit_state.life_cycle, '') <> 'scrapped'
    LIMIT $2
) AS held
"""
# How many defects are open, by what was decided about them, up to a number (serves the board).
OPEN_DEFECT_COUNT = """
SELECT open_defect.disposition, count(*) FROM (
    SELECT disposition FROM defect WHERE site_id = $1 AND settled_sequence IS NULL LIMIT $2
) AS open_defect GROUP BY open_defect.disposition
"""
# How many refusals there were since a time, up to a number (serves the board).
REFUSAL_COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM operation_refusal WHERE site_id = $1 AND refused_at >= $2 AND refused_at < $3 LIMIT $4
) AS refused
"""
# First attempts in a window by part and operation, and how many of them passed (serves the board).
# The same as queries.yields counts them, which a test holds against it; of very many only the newest are looked at.
FIRST_ATTEMPTS = """
SELECT issuer.name, part.name, counted.operation, counted.firsts, counted.passed FROM (
    SELECT unit.scope_id AS part_id, run.operation AS operation, count(*) AS firsts,
           sum(CASE WHEN run.result = 'passed' THEN 1 ELSE 0 END) AS passed
    FROM (
        SELECT sequence, unit_id, operation, completed_at, result FROM operation_run
        WHERE site_id = $1 AND completed_at >= $2 AND completed_at < $3
        ORDER BY completed_at DESC LIMIT $4
    ) AS run CROSS JOIN subject AS unit
    WHERE unit.subject_id = run.unit_id AND NOT EXISTS (
        SELECT 1 FROM operation_run AS earlier
        WHERE earlier.unit_id = run.unit_id AND earlier.operation = run.operation
          AND (earlier.completed_at < run.completed_at
               OR earlier.completed_at = run.completed_at AND earlier.sequence < run.sequence)
    )
    GROUP BY unit.scope_id, run.operation
) AS counted CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE part.subject_id = counted.part_id AND issuer.subject_id = part.scope_id
ORDER BY issuer.name, part.name, counted.operation
"""
# Units of open orders about which nothing was heard since a time, up to a number (serves the board).
# Those built in, packed, shipped, scrapped, on hold or through the last operation of their order wait for nobody.
IDLE_COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM work_order_state AS ordered CROSS JOIN unit_state
    WHERE ordered.site_id = $1 AND ordered.is_open = 1 AND unit_state.work_order_id = ordered.work_order_id
      AND unit_state.last_event_time < $2 AND unit_state.life_cycle = 'in_process' AND unit_state.custody <> 'shipped'
      AND unit_state.installed_in IS NULL AND unit_state.container = '' AND unit_state.open_holds = '[]'
      AND NOT (unit_state.last_operation = ordered.last_operation AND unit_state.last_result = 'passed')
    LIMIT $3
) AS idle
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorNow:
    """What is open at `as_of`. Counts end at COUNT_MAX + 1, which means: more than COUNT_MAX.

    undecided, reworking, repairing: open defects by what was decided. orders: open ones, the newest first.
    """

    as_of: datetime
    orders: tuple[OrderRow, ...]
    has_more_orders: bool
    units_held: int
    lots_held: int
    undecided: int
    reworking: int
    repairing: int
    refusals: int
    refused_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPass:
    """First attempts at an operation on a part, and how many of them passed."""

    part: str
    operation: str
    firsts: int
    passed: int

    @property
    def share(self) -> Decimal:
        """First-pass yield, from 0 to 1."""
        return rounded(Fraction(self.passed, self.firsts), SHARE_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCounted:
    """What was done between `since` and `as_of`, and what stands still.

    good: of each order that is shown, as its page counts them; an order too large to be counted here is missing.
    idle: units of open orders without an event since `idle_since`; ends at COUNT_MAX + 1.
    """

    since: datetime
    as_of: datetime
    first_pass: tuple[FirstPass, ...]
    good: dict[str, int]
    idle: int
    idle_since: datetime


def floor_now(reader: Reader, *, now: datetime) -> FloorNow:
    """What is open. Reads the open rows only, none of the history."""
    site_id, most = reader.site.site_id, COUNT_MAX + 1
    page = orders(reader, OrderFilter(status=OrderStatus.OPEN), limit=ORDERS_SHOWN)
    ((units_held, lots_held),) = reader.rows(HELD_COUNT, site_id, most)
    by_disposition = {row[0]: row[1] for row in reader.rows(OPEN_DEFECT_COUNT, site_id, most)}
    refused_since = now - REFUSED_WITHIN
    ((refusals,),) = reader.rows(REFUSAL_COUNT, site_id, microseconds(refused_since), microseconds(now), most)
    return FloorNow(
        as_of=now,
        orders=page.work_orders,
        has_more_orders=page.next is not None,
        units_held=units_held,
        lots_held=lots_held,
        undecided=by_disposition.get("", 0),
        reworking=by_disposition.get(Disposition.REWORK, 0),
        repairing=by_disposition.get(Disposition.REPAIR, 0),
        refusals=refusals,
        refused_since=refused_since,
    )


def floor_counted(reader: Reader, *, since: datetime, now: datetime) -> FloorCounted:
    """What was done in a window. Reads RUNS_MAX completions at most, and the units of open orders."""
    page = orders(reader, OrderFilter(status=OrderStatus.OPEN), limit=ORDERS_SHOWN)
    countable = [one.work_order for one in page.work_orders if max(one.started, one.quantity) <= PIECES_MAX]
    idle_since = now - STUCK_AFTER
    ((idle,),) = reader.rows(IDLE_COUNT, reader.site.site_id, microseconds(idle_since), COUNT_MAX + 1)
    return FloorCounted(
        since=since,
        as_of=now,
        first_pass=first_pass(reader, since=since, until=now),
        good={name: order_view(reader, name).good for name in countable},
        idle=idle,
        idle_since=idle_since,
    )


def first_pass(reader: Reader, *, since: datetime, until: datetime, most: int = RUNS_MAX) -> tuple[FirstPass, ...]:
    """First-pass yield of each operation on each part, of the newest `most` completions between two times."""
    rows = reader.rows(FIRST_ATTEMPTS, reader.site.site_id, microseconds(since), microseconds(until), most)
    return tuple(
        FirstPass(part=f"{escaped(issuer)}:{escaped(part)}", operation=operation, firsts=firsts, passed=int(passed))
        for issuer, part, operation, firsts, passed in rows
    )
