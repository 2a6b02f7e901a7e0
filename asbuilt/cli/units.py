"""`asbuilt units`: lists of units."""

import re
from collections.abc import Iterator
from itertools import islice

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, short, write_record, write_rows
from asbuilt.cli.times import shown
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.database import Reader
from asbuilt.queries.units import PAGE_MAX, UnitFilter, UnitRow, every_unit
from asbuilt.queries.units import units as units_page

NEXT = re.compile(r"(?:.+:)?[0-9]{1,18}", re.DOTALL)
SHOWN = 100
"""Units in a table or in JSON, when nobody says how many."""


@click.command()
@click.option("--q", default="", metavar="TEXT", help="Serial numbers that begin so.")
@click.option("--part-number", default="", metavar="PART", help="Units of this part.")
@click.option("--work-order", default="", metavar="ORDER", help="Units made under this order.")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="Units that are so.")
@click.option("--location", default="", metavar="PLACE", help="Units at this place.")
@click.option("--customer", default="", metavar="NAME", help="Units at this customer.")
@click.option("--container", default="", metavar="SSCC", help="Units in this container.")
@click.option(
    "--limit", type=click.IntRange(1, 10**12), help=f"At most so many. [table, json: {SHOWN}; csv, ndjson: all]"
)
@click.option("--after", default="", metavar="NEXT", help="Go on after this page, by its `next`.")
@site_option
@format_option
def units(*, site: str | None, form: str, limit: int | None, after: str, **wanted: str | None) -> None:
    """List units, newest first, or by serial number with --q."""
    wants = UnitFilter(**{name: text or "" for name, text in wanted.items()})
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if form in (Format.CSV, Format.NDJSON) and not after:
            rows = islice(every_unit(reader, wants), limit)
            write_rows(rows, Listing(UnitRow, (), "units", {}), form)
        else:
            _write_page(reader, wants, after=after, limit=limit or SHOWN, form=form)


def _write_page(reader: Reader, wants: UnitFilter, *, after: str, limit: int, form: str) -> None:
    if limit > PAGE_MAX:
        raise click.UsageError(f"--limit is at most {PAGE_MAX} a page; --format csv and ndjson give all at once")
    if after and not NEXT.fullmatch(after):
        raise click.UsageError(f"--after: {after!r} is not the `next` of a page")
    page = units_page(reader, wants, after=after, limit=limit)
    if form == Format.JSON:
        write_record(page, form, lambda: ())
        return
    write_rows(page.units, Listing(UnitRow, _columns(reader.site.issuer), "units", {}), form)
    if page.next is not None:
        click.echo(f"There are more: --after {page.next}", err=True)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("now marked as", lambda row: short(row.marked_as, own_issuer)),
        Column("description", lambda row: row.description),
        Column("status", lambda row: row.status.value),
        Column("where", lambda row: ", ".join(_where(row))),
        Column("work order", lambda row: row.work_order),
        Column("last operation", lambda row: f"{row.last_operation} {row.last_result}".strip()),
        Column("last event", lambda row: shown(row.last_event_time)),
    )


def _where(row: UnitRow) -> Iterator[str]:
    if row.customer:
        yield row.customer
    if row.shipment:
        yield row.shipment
    if row.location:
        yield row.location
    if row.container and not row.customer:
        yield row.container
