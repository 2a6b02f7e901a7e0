"""`asbuilt bom`: bills of materials, and what a unit should contain."""

from collections.abc import Iterator

import click

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
from asbuilt.cli.times import shown
from asbuilt.queries.bills import AsDesigned, BillLineView, BillView, as_designed, bills
from asbuilt.queries.comparing.comparison import designed_lines
from asbuilt.queries.comparing.differences import DesignedLine
from asbuilt.queries.naming import unit_meant


@click.group()
def bom() -> None:
    """Bills of materials."""


@bom.command()
@click.argument("name", metavar="UNIT")
@click.option(
    "--all-levels", is_flag=True, help="Also what the units in it should contain that have a bill themselves."
)
@site_option
@format_option
def show(*, name: str, all_levels: bool, site: str | None, form: str) -> None:
    """Show what a unit should contain by its bill of materials, and how much of it is installed.

    UNIT is written part/serial or issuer:part/serial, as an alias, or as a serial number that only one unit has. As csv
    and ndjson only the lines are given.
    """
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if all_levels:
            lines = designed_lines(reader, unit_meant(reader, name))
            write_rows(lines, Listing(DesignedLine, _level_columns(plant.site.issuer), "lines", {}), form)
            return
        found = as_designed(reader, unit_meant(reader, name))
    if form in (Format.CSV, Format.NDJSON):
        write_rows(found.lines, Listing(BillLineView, (), "lines", {}), form)
        return
    write_record(found, form, lambda: _lines(found, plant.site.issuer))


@bom.command("list")
@click.option("--part", default="", metavar="PART", help="Bills of this part.")
@site_option
@format_option
def list_(part: str, site: str | None, form: str) -> None:
    """List bills of materials, in the order in which they were defined."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        issuer = plant.site.issuer
        columns = (
            Column("bill", lambda row: row.bill_of_materials),
            Column("part", lambda row: short(row.part, issuer)),
            Column("effective from", lambda row: shown(row.effective_from)),
            Column("lines", lambda row: str(row.line_count)),
        )
        write_rows(bills(reader, part_number=part), Listing(BillView, columns, "bills_of_material", {}), form)


def _lines(found: AsDesigned, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            ("unit", short(found.unit, own_issuer)),
            ("bill", found.bill_of_materials),
            ("effective from", shown(found.effective_from)),
        )
    )
    yield ""
    columns = (
        Column("item", lambda row: row.item),
        Column("part", lambda row: " or ".join(short(one, own_issuer) for one in (row.part, *row.alternates))),
        Column("place", lambda row: ", ".join(row.reference_designators)),
        Column("quantity", lambda row: "as needed" if row.quantity is None else f"{row.quantity} {row.uom}".strip()),
        Column("installed", lambda row: f"{row.installed} {row.uom}".strip()),
        Column("fitted at", lambda row: row.operation + (" (optional)" if row.is_optional else "")),
        Column("note", _note),
    )
    yield from table_lines(found.lines, columns)


def _level_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("in", lambda row: "  " * (row.level - 1) + short(row.assembly, own_issuer)),
        Column("bill", lambda row: row.bill_of_materials),
        Column("item", lambda row: row.item),
        Column("part", lambda row: " or ".join(short(one, own_issuer) for one in (row.part, *row.alternates))),
        Column("place", lambda row: ", ".join(row.reference_designators)),
        Column("quantity", lambda row: "as needed" if row.quantity is None else f"{row.quantity} {row.uom}".strip()),
        Column("note", _of_line),
    )


def _of_line(row: DesignedLine) -> str:
    said = [f"rev {row.revision}"] if row.revision else []
    return ", ".join([*said, "optional"] if row.is_optional else said)


def _note(row: BillLineView) -> str:
    said = [f"rev {row.revision}"] if row.revision else []
    if row.holds is None:
        said.append("serial cannot be compared")
    return ", ".join(said)
