"""`asbuilt where-used`: where a unit or lot went."""

from datetime import datetime

import click

from asbuilt.cli.counting import Groupings, write_counts
from asbuilt.cli.naming import kind_option, thing_meant
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import PARQUET, Column, Listing, format_option_with, short, write_rows
from asbuilt.cli.times import AT_HELP, Time, shown
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.counts import Question
from asbuilt.queries.naming import spelled
from asbuilt.queries.where_used import Affected
from asbuilt.queries.where_used import where_used as affected_by


@click.command()
@click.argument("name", metavar="UNIT|LOT")
@click.option("--at", type=Time(), help=AT_HELP)
@click.option("--ever", is_flag=True, help="Also what no longer contains it.")
@click.option("--by", type=Groupings(Grouping), help=f"Count what contains it, by any of {', '.join(Grouping)}.")
@click.option("--check", is_flag=True, help="With --by: count by SQL too, and compare.")
@kind_option
@site_option
@format_option_with(PARQUET)
def where_used(
    *,
    name: str,
    at: datetime | None,
    ever: bool,
    by: tuple[Grouping, ...] | None,
    check: bool,
    kind: str | None,
    site: str | None,
    form: str,
) -> None:
    """Show everything that contains a unit or lot, at every level, and where each of them is now.

    The answer is complete: there is no limit to its depth or length. With --by it is counted instead, by the genealogy
    index where there is one (`asbuilt index build`), which is many times faster.
    """
    if at is not None and ever:
        raise click.UsageError("--at and --ever exclude each other")
    if check and by is None:
        raise click.UsageError("--check compares what --by counts")
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        named = thing_meant(reader, name, kind)
        if by is not None:
            asked = Question(named=named, by=by, at=at, ever=ever)
            write_counts(reader, asked, form, check=check)
            return
        head: dict[str, object] = {"name": named.name, "at": at, "ever": ever}
        listing = Listing(Affected, _columns(plant.site.issuer), "affected", head)
        write_rows(affected_by(reader, named, at=at, ever=ever), listing, form)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("level", lambda row: str(row.level)),
        Column("affected", lambda row: short(_name(row), own_issuer)),
        Column("description", lambda row: row.description),
        Column("status", lambda row: row.status),
        Column("where", _where),
        Column("in unit", lambda row: short(row.in_unit, own_issuer)),
        Column("through", lambda row: short(row.component, own_issuer)),
        Column("position", lambda row: row.reference_designator),
        Column("evidence", lambda row: row.evidence),
        Column("since", lambda row: shown(row.installed_at)),
        Column("until", lambda row: shown(row.removed_at)),
    )


def _name(row: Affected) -> str:
    return row.unit or spelled(row.issuer, row.part_number, row.lot_number)


def _where(row: Affected) -> str:
    places = (row.customer, row.shipment) if row.custody == "shipped" else (row.location, row.container)
    return ", ".join(place for place in places if place)
