"""`asbuilt work-centers`, `asbuilt equipment`, `asbuilt codes`: what is defined at a site."""

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write_rows
from asbuilt.queries import resources
from asbuilt.queries.resources import CodeView, EquipmentView, WorkCenterView


@click.command("work-centers")
@site_option
@format_option
def work_centers(site: str | None, form: str) -> None:
    """List work centers."""
    columns = (
        Column("work center", lambda row: row.work_center),
        Column("area", lambda row: row.area),
        Column("description", lambda row: row.description),
    )
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        write_rows(resources.work_centers(reader), Listing(WorkCenterView, columns, "work_centers", {}), form)


@click.command()
@site_option
@format_option
def equipment(site: str | None, form: str) -> None:
    """List the stations that were defined, with where they are."""
    columns = (
        Column("station", lambda row: row.station),
        Column("work center", lambda row: row.work_center),
        Column("class", lambda row: row.equipment_class),
        Column("description", lambda row: row.description),
    )
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        write_rows(resources.equipment(reader), Listing(EquipmentView, columns, "equipment", {}), form)


@click.command()
@click.option("--list", "code_list", default="", metavar="NAME", help="Codes of this list, such as defect.")
@site_option
@format_option
def codes(code_list: str, site: str | None, form: str) -> None:
    """List the codes of defects, reasons and other lists; retired ones too."""
    columns = (
        Column("list", lambda row: row.code_list),
        Column("code", lambda row: row.code),
        Column("description", lambda row: row.description),
        Column("retired", lambda row: "yes" if row.is_retired else ""),
    )
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        write_rows(resources.codes(reader, code_list=code_list), Listing(CodeView, columns, "codes", {}), form)
