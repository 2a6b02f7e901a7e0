"""`asbuilt rebuild`: folds every table again from the ledger."""

import click
import msgspec

from asbuilt.cli.exits import Exit
from asbuilt.cli.index import index_home
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, write_rows
from asbuilt.cli.progress import progress
from asbuilt.projections.fleet.files import forget
from asbuilt.projections.fleet.index import folder_of
from asbuilt.projections.rebuild import Difference
from asbuilt.projections.rebuild import rebuild as rebuilt

COLUMNS = (
    Column("table", lambda row: row.table),
    Column("stored", lambda row: _row(row.stored)),
    Column("folded", lambda row: _row(row.folded)),
)


@click.command()
@click.option("--check", is_flag=True, help="Only compare; leave everything as it is.")
@site_option
@format_option
def rebuild(*, check: bool, site: str | None, form: str) -> None:
    """Fold every table again from the ledger, and name each row that differed; none should.

    The ledger is the record; the tables are what is read from it. Recording waits meanwhile.
    """
    with open_plant(site) as plant, progress("Folding the ledger") as move_to:
        report = rebuilt(plant.database, plant.site, keep=not check, progress=move_to)
    if report.differences and not check:
        forget(folder_of(index_home(), plant.site))  # it was made of the rows that were replaced
    if report.differences or form != Format.TABLE:
        write_rows(report.differences, Listing(Difference, COLUMNS, "differences", {"events": report.events}), form)
    if report.differences:
        done = "left as they were" if check else "replaced by what was folded"
        click.echo(f"{len(report.differences):,} rows differed, {done}", err=True)
        raise click.exceptions.Exit(Exit.NOT_FOUND)
    message = f"{report.events:,} events of site {plant.site.name} folded; no row differs"
    click.echo(message, err=form != Format.TABLE)


def _row(row: object) -> str:
    if row is None:
        return "(none)"
    return msgspec.json.encode(row, enc_hook=str).decode()
