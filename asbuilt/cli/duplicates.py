"""`asbuilt duplicates`: what arrived under the number of a unit that exists, and waits for a decision."""

from itertools import islice

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, short, write_record, write_rows
from asbuilt.cli.times import shown
from asbuilt.queries.identity import PAGE_MAX, DuplicateView, every_open_duplicate, open_duplicates

SHOWN = 100
"""Questions in a table or in JSON, when nobody says how many."""


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, 10**12), help=f"At most so many. [table, json: {SHOWN}; csv, ndjson: all]"
)
@click.option("--after", type=click.IntRange(0, 2**62), default=0, metavar="NEXT", help="Go on after this page.")
@site_option
@format_option
def duplicates(*, site: str | None, form: str, limit: int | None, after: int) -> None:
    """List duplicates from outside that wait for a decision, the oldest first.

    A question is decided by the event DuplicateResolved, which names it by its event id.
    """
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if form in (Format.CSV, Format.NDJSON) and not after:
            rows = islice(every_open_duplicate(reader), limit)
            write_rows(rows, Listing(DuplicateView, (), "duplicates", {}), form)
            return
        if (limit or SHOWN) > PAGE_MAX:
            raise click.UsageError(f"--limit is at most {PAGE_MAX} a page; --format csv and ndjson give all at once")
        page = open_duplicates(reader, after=after, limit=limit or SHOWN)
        if form == Format.JSON:
            write_record(page, form, lambda: ())
            return
        write_rows(page.duplicates, Listing(DuplicateView, _columns(plant.site.issuer), "duplicates", {}), form)
        if page.next is not None:
            click.echo(f"There are more: --after {page.next}", err=True)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("question", lambda row: str(row.question)),
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("supplier", lambda row: row.supplier),
        Column("document", lambda row: row.document),
        Column("location", lambda row: row.location),
        Column("further name", lambda row: f"{row.scheme} {row.value}".strip()),
        Column("seen", lambda row: row.description),
        Column("reported", lambda row: shown(row.reported_at)),
    )
