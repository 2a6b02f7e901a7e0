"""`asbuilt verify`: whether the ledger is as it was written."""

from collections.abc import Iterator
from itertools import chain

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, write_rows
from asbuilt.cli.progress import progress
from asbuilt.ledger.verify import Finding
from asbuilt.ledger.verify import verify as findings_in

COLUMNS = (
    Column("fault", lambda row: row.fault.value),
    Column("subject", lambda row: row.subject),
    Column("sequence", lambda row: "" if row.sequence is None else str(row.sequence)),
    Column("event id", lambda row: str(row.event_id or "")),
    Column("what", lambda row: row.message),
)


class _Count:
    """How many events were read and how many faults found."""

    events = 0
    findings = 0


@click.command()
@site_option
@format_option
def verify(site: str | None, form: str) -> None:
    """Read the whole ledger again and name every event that is not as it was written.

    It finds events that were changed, taken out, put in or exchanged. Whoever can write to the database file itself
    could still rewrite all of it consistently; that shows only by comparing with a checkpoint kept elsewhere, and there
    is none yet. Hence "internally consistent".
    """
    count = _Count()
    with (
        open_plant(site) as plant,
        plant.database.reading(plant.site) as reader,
        progress("Reading the ledger") as move_to,
    ):

        def checked(events: int) -> None:
            count.events = events
            move_to(events)

        def counted() -> Iterator[Finding]:
            for finding in findings_in(reader, checked=checked):
                count.findings += 1
                yield finding

        first = next(found := counted(), None)
        if first is not None or form != Format.TABLE:
            rows = chain(() if first is None else (first,), found)
            write_rows(rows, Listing(Finding, COLUMNS, "findings", {}), form)
    events = f"{count.events:,} events of site {plant.site.name}"
    if count.findings:
        click.echo(f"{count.findings:,} faults in {events}", err=True)
        raise click.exceptions.Exit(Exit.NOT_FOUND)
    message = f"{events}: internally consistent only, for there is no checkpoint kept elsewhere to compare with"
    click.echo(message, err=form != Format.TABLE)
