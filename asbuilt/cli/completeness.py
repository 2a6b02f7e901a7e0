"""`asbuilt completeness`: whether all is recorded that parts ask for."""

from collections.abc import Iterator

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import (
    Column,
    Format,
    Listing,
    facts,
    format_option,
    short,
    table_lines,
    write_record,
    write_rows,
)
from asbuilt.queries.completeness import Completeness, RequirementView, order_completeness
from asbuilt.queries.completeness import completeness as completeness_of
from asbuilt.queries.naming import unit_meant


@click.command()
@click.argument("name", metavar="UNIT", required=False)
@click.option("--order", metavar="ORDER", help="Of every unit of this work order.")
@site_option
@format_option
def completeness(*, name: str | None, order: str | None, site: str | None, form: str) -> None:
    """Show how much of what has to be recorded of a unit, and of the units in it, is recorded, and what is missing.

    What has to be recorded is said by the definition of each part. The exit code is 1 when anything is missing. As csv
    and ndjson only what is missing is given.
    """
    if (name is None) == (order is None):
        raise click.UsageError("give a unit, or a work order with --order")
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if order is not None:
            found = order_completeness(reader, order)
        else:
            found = completeness_of(reader, unit_meant(reader, name or ""))
    if form in (Format.CSV, Format.NDJSON):
        write_rows(found.missing, Listing(RequirementView, (), "missing", {}), form)
    else:
        write_record(found, form, lambda: _lines(found, plant.site.issuer))
    if found.missing_count:
        raise click.exceptions.Exit(int(Exit.NOT_FOUND))


def _lines(found: Completeness, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            ("of", short(found.name, own_issuer)),
            ("recorded", f"{found.recorded_count} of {found.required_count}"),
        )
    )
    yield ""
    columns = (
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("components", lambda row: row.component_record.replace("_", " ")),
        Column("operations", lambda row: row.process_record.replace("_", " ")),
        Column("recorded", lambda row: f"{row.recorded_count} of {row.required_count}"),
        Column("note", lambda row: "complete before it is shipped" if row.is_complete_to_ship else ""),
    )
    yield from table_lines(found.units, columns)
    if found.missing:
        yield ""
        missing = (
            Column("missing", lambda row: row.matter.replace("_", " ")),
            Column("unit", lambda row: short(row.unit, own_issuer)),
            Column("item", lambda row: row.item),
            Column("what", lambda row: " or ".join(short(one, own_issuer) for one in row.what.split(" or "))),
            Column("place", lambda row: row.place),
            Column("level", lambda row: row.level),
        )
        yield from table_lines(found.missing, missing)
