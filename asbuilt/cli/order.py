"""`asbuilt order`: work orders are listed, shown, released, split, held, resumed and closed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Answer, Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.ranges import RangeRequest, Reserved, reserve_range
from asbuilt.capture.serials import SERIALS_MAX, SerialsRefused
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, os_user, site_option
from asbuilt.cli.output import Column, Listing, facts, format_option, short, table_lines, write_record, write_rows
from asbuilt.cli.times import shown
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import RangeKind
from asbuilt.core.events.production import (
    ORDER_MAX,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Part, WorkOrder, part_named, unit_named
from asbuilt.ledger.codec import Malformed, captured
from asbuilt.queries.orders import OrderFilter, OrderRow, OrderStatus, OrderView, every_order
from asbuilt.queries.orders import order as order_view

SHOWN = 1000
"""Orders in a list when nobody says how many."""

COUNT = click.IntRange(1, ORDER_MAX)
COUNTED = click.IntRange(0, 2 * ORDER_MAX)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def order() -> None:
    """Work orders: list, show, release, split, hold, resume, close."""


@order.command("list")
@click.option("--status", type=click.Choice([one.value for one in OrderStatus]), help="Open ones, held ones too.")
@click.option("--part", "part_number", default="", metavar="PART", help="For this part.")
@click.option("--sales-order", default="", metavar="NUMBER", help="For this order of a customer.")
@click.option("--limit", type=click.IntRange(1, 10**12), default=SHOWN, show_default=True, help="At most so many.")
@site_option
@format_option
def list_(*, status: str | None, part_number: str, sales_order: str, limit: int, site: str | None, form: str) -> None:
    """List work orders, the newest first."""
    wanted = OrderFilter(status=status or "", part_number=part_number, sales_order=sales_order)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        listing = Listing(OrderRow, _columns(plant.site.issuer), "work_orders", {})
        write_rows(islice(every_order(reader, wanted), limit), listing, form)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("work order", lambda row: row.work_order),
        Column("status", lambda row: row.status.value),
        Column("part", lambda row: short(row.part, own_issuer)),
        Column("ordered", lambda row: str(row.quantity)),
        Column("started", lambda row: str(row.started)),
        Column("good", lambda row: "" if row.closed_good is None else str(row.closed_good)),
        Column("sales order", lambda row: row.sales_order),
        Column("released", lambda row: shown(row.released_at)),
        Column("held", lambda row: row.hold_reason),
    )


@order.command()
@click.argument("number", metavar="ORDER")
@site_option
@format_option
def show(*, number: str, site: str | None, form: str) -> None:
    """Show a work order: counts, units by status, progress at the operations, ranges of serial numbers."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        view = order_view(reader, number)
    write_record(view, form, lambda: _lines(view, plant.site.issuer))


def _lines(view: OrderView, own_issuer: str) -> Iterator[str]:
    closed = ""
    if view.closed_at is not None:
        counts = f"{view.closed_started} started, {view.closed_good} good, {view.closed_scrapped} scrapped"
        closed = f"{shown(view.closed_at)}: {counts}"
    yield from facts(
        (
            ("work order", view.work_order),
            ("status", view.status.value),
            ("held", view.hold_reason),
            ("part", short(view.part, own_issuer)),
            ("description", view.description),
            ("sales order", view.sales_order),
            ("released", shown(view.released_at)),
            ("closed", closed),
            ("split from", view.split_from),
            *(("split off", f"{one.work_order} ({one.started} of {one.quantity} started)") for one in view.split_off),
            ("ordered", f"{view.ordered}" + (f", and {view.overrun_max} more" if view.overrun_max else "")),
            ("started", str(view.started)),
            ("good", f"{view.good}" + (f" by {view.last_operation}" if view.last_operation else "")),
            ("scrapped", str(view.scrapped)),
            ("in process", str(view.in_process)),
            ("missing", str(view.missing)),
            ("units", ", ".join(f"{one.units} {one.status.value}" for one in view.units)),
            *(
                ("serial numbers", f"{one.range_number}: {one.first_number}-{one.last_number}, {one.left} left")
                for one in view.ranges
            ),
        )
    )
    if view.operations:
        yield ""
        columns = (
            Column("operation", lambda row: row.operation + (" (last)" if row.is_last else "")),
            Column("passed", lambda row: str(row.passed)),
            Column("failed", lambda row: str(row.failed)),
        )
        yield from table_lines(view.operations, columns)


@order.command()
@click.argument("number", metavar="ORDER")
@click.option("--part", required=True, metavar="PART", help="What is to be made: part number, or issuer:part number.")
@click.option("--quantity", required=True, type=COUNT, help="Pieces ordered.")
@click.option("--overrun-max", default=0, type=click.IntRange(0, ORDER_MAX), help="So many more may be made.")
@click.option("--last-operation", default="", metavar="NAME", help="By whose passing a unit counts as good.")
@click.option("--sales-order", default="", metavar="NUMBER", help="The customer's order.")
@click.option("--reserve", is_flag=True, help="Hold a range of serial numbers for it; print them, one a line.")
@site_option
def release(
    *, number: str, part: str, quantity: int, overrun_max: int, reserve: bool, site: str | None, **said: str
) -> None:
    """Release a work order."""
    if reserve and quantity > SERIALS_MAX:
        raise click.UsageError(
            f"--reserve holds at most {SERIALS_MAX} numbers; use `asbuilt serial reserve`, repeatedly"
        )
    with open_plant(site) as plant:
        of_part = part_named(part, own_issuer=plant.site.issuer)
        released = WorkOrderReleased(
            **_about(),
            work_order=WorkOrder(number),
            part=of_part,
            quantity=quantity,
            overrun_max=overrun_max,
            last_operation=Operation(said["last_operation"]),
            sales_order=said["sales_order"],
        )
        _record(plant, released)
        if not reserve:
            click.echo(f"work order {number} is released")
            return
        for serial in _reserved(plant, of_part, number, quantity).serials(plant.site):
            click.echo(serial)


def _reserved(plant: Opened, part: Part, number: str, count: int) -> Reserved:
    now = datetime.now(UTC)
    request = RangeRequest(
        part=part,
        range_number=number,
        kind=RangeKind.WORK_ORDER,
        holder=number,
        count=count,
        source="cli",
        operator=os_user(),
    )
    try:
        return reserve_range(
            plant.database,
            plant.site,
            request,
            actor=command_line_actor(),
            record=partial(_captured, plant, now),
            now=now,
            event_id=new_event_id(),
        )
    except SerialsRefused as problem:
        raise Problem(f"the order is released, but no range is held for it: {problem}", Exit.REFUSED) from problem


@order.command()
@click.argument("number", metavar="ORDER")
@click.argument("into", metavar="NEW-ORDER")
@click.option("--quantity", required=True, type=COUNT, help="How many of the pieces go to the new order.")
@click.option("--unit", "units", multiple=True, metavar="UNIT", help="One of them that exists; as often as needed.")
@click.option(
    "--units-from", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The same, one a line."
)
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@site_option
def split(
    *,
    number: str,
    into: str,
    quantity: int,
    units: tuple[str, ...],
    units_from: Path | None,
    reason: str,
    site: str | None,
) -> None:
    """Give some of the pieces of a work order to a new one."""
    listed = [] if units_from is None else units_from.read_text(encoding="utf-8").split("\n")
    with open_plant(site) as plant:
        named = tuple(
            unit_named(name.strip(), own_issuer=plant.site.issuer) for name in (*units, *listed) if name.strip()
        )
        event = WorkOrderSplit(
            **_about(),
            work_order=WorkOrder(number),
            into=WorkOrder(into),
            quantity=quantity,
            units=named,
            reason=reason,
        )
        _record(plant, event)
    click.echo(f"{quantity} of work order {number} go to {into}, {len(named)} of them begun")


@order.command()
@click.argument("number", metavar="ORDER")
@click.option("--reason", required=True, metavar="TEXT", help="Why it waits.")
@site_option
def hold(*, number: str, reason: str, site: str | None) -> None:
    """Hold a work order: nothing is begun under it."""
    with open_plant(site) as plant:
        _record(plant, WorkOrderHeld(**_about(), work_order=WorkOrder(number), reason=reason))
    click.echo(f"work order {number} is held")


@order.command()
@click.argument("number", metavar="ORDER")
@click.option("--reason", required=True, metavar="TEXT", help="Why it goes on.")
@site_option
def resume(*, number: str, reason: str, site: str | None) -> None:
    """Let a work order that is held go on."""
    with open_plant(site) as plant:
        _record(plant, WorkOrderResumed(**_about(), work_order=WorkOrder(number), reason=reason))
    click.echo(f"work order {number} goes on")


@order.command()
@click.argument("number", metavar="ORDER")
@click.option("--reason", default="", metavar="TEXT", help="Why, when not everything is finished.")
@click.option("--good", type=COUNTED, help="Good units as counted elsewhere; refused when that differs.")
@click.option("--scrapped", type=COUNTED, help="Scrapped units as counted elsewhere; refused when that differs.")
@site_option
def close(*, number: str, reason: str, good: int | None, scrapped: int | None, site: str | None) -> None:
    """Close a work order, and say what was made under it."""
    with open_plant(site) as plant:
        event = WorkOrderClosed(**_about(), work_order=WorkOrder(number), reason=reason, good=good, scrapped=scrapped)
        _record(plant, event)
        with plant.database.reading(plant.site) as reader:
            view = order_view(reader, number)
    counts = f"{view.closed_started} started, {view.closed_good} good, {view.closed_scrapped} scrapped"
    click.echo(f"work order {view.work_order} is closed: {counts}")


def _about() -> dict[str, Any]:
    return {"event_id": new_event_id(), "event_time": datetime.now(UTC), "source": "cli", "operator": os_user()}


def _record(plant: Opened, event: Event) -> None:
    try:
        sent = captured(event)
    except Malformed as problem:
        raise Problem(str(problem), Exit.USAGE) from None
    submission = Submission(events=(sent,), actor=command_line_actor())
    for answer in _captured(plant, datetime.now(UTC), submission):
        if isinstance(answer, Refusal):
            raise Problem("; ".join(f"{one.rule}: {one.reason}" for one in answer.broken), Exit.REFUSED)


def _captured(plant: Opened, now: datetime, submission: Submission) -> list[Answer]:
    (answers,) = capture(plant.database, plant.site, [submission], now=now)
    return answers
