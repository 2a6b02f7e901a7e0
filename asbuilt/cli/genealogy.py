"""`asbuilt genealogy`: closures of units and lots, written out and compared with a set that somebody else keeps."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.naming import kind_option, thing_meant
from asbuilt.cli.opening import Opened, open_plant, site_option
from asbuilt.cli.output import FINDING, Column, Format, facts, section, short, write, write_record
from asbuilt.cli.times import AT_HELP, Time, shown
from asbuilt.ledger.database import Reader
from asbuilt.queries.closures import Closure, ClosureRow, Direction, closures, rows_of
from asbuilt.queries.edges import EdgeRow, edges_below
from asbuilt.queries.wire import csv_header, csv_row, encode

_at_option = click.option("--at", type=Time(), help=f"{AT_HELP} Default: now.")


class Directions(click.ParamType[tuple[Direction, ...]]):
    """down, up, or both."""

    name = "down|up|both"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Direction, ...]:
        """The directions, or a usage error."""
        if value == "both":
            return tuple(Direction)
        if value not in list(Direction):
            self.fail(f"{value!r} is none of down, up, both", param, ctx)
        return (Direction(str(value)),)


_direction_option = click.option(
    "--direction",
    "directions",
    type=Directions(),
    default="both",
    show_default=True,
    help="down: all that is in it; up: all that contains it.",
)


@click.group()
def genealogy() -> None:
    """Whole sets of what is in units, and of what contains lots: write them, compare them with a given set."""


@genealogy.command("export")
@click.argument("names", nargs=-1, metavar="[UNIT|LOT…]")
@_at_option
@_direction_option
@click.option("--edges", "is_edges", is_flag=True, help="Write the links below the named units or lots instead.")
@click.option("--format", "form", type=click.Choice(["csv", "ndjson"]), default="csv", show_default=True)
@kind_option
@site_option
def export_closures(
    *,
    names: Sequence[str],
    at: datetime | None,
    directions: tuple[Direction, ...],
    is_edges: bool,
    form: str,
    kind: str | None,
    site: str | None,
) -> None:
    """Write closures: of each unit all that is in it, of each lot all that contains it, at every level.

    Without names of the whole site: downwards of every unit that is in nothing, upwards of every lot that went into
    anything. csv has a line for each member, ndjson an object for each closure. With --edges each link below the named
    ones is written by itself, as `asbuilt import genealogy` takes it over at another site.
    """
    if is_edges and not names:
        raise click.UsageError("--edges needs the units or lots below which the links are wanted")
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if is_edges:
            _write_edges(reader, [thing_meant(reader, name, kind).subject_id for name in names], at, form)
            return
        found = _closures(reader, names, kind, at or datetime.now(UTC), directions)
        if form == "ndjson":
            write(encode(closure) + b"\n" for closure in found)
        else:
            rows = (csv_row(row) for closure in found for row in rows_of(closure))
            write(chain((csv_header(ClosureRow),), rows))


def _write_edges(reader: Reader, roots: Sequence[int], at: datetime | None, form: str) -> None:
    links = edges_below(reader, roots, at or datetime.now(UTC))
    if form == "ndjson":
        write(encode(one) + b"\n" for one in links)
    else:
        write(chain((csv_header(EdgeRow),), map(csv_row, links)))


def _closures(
    reader: Reader, names: Sequence[str], kind: str | None, at: datetime, directions: tuple[Direction, ...]
) -> Iterator[Closure]:
    roots = [thing_meant(reader, name, kind).subject_id for name in names] if names else None
    return chain.from_iterable(closures(reader, direction, at, roots) for direction in directions)


@genealogy.command("compare")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@_at_option
@_direction_option
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "ndjson"]), default="table", show_default=True
)
@click.option("--json", "form", flag_value="json", help="Short for --format json: the whole report.")
@site_option
def compare_closures(
    *, paths: Sequence[str], at: datetime | None, directions: tuple[Direction, ...], form: str, site: str | None
) -> None:
    """Compare a set somebody else keeps with the record, closure by closure, at an instant.

    PATH is a file, a folder or - for standard input, as for `asbuilt import genealogy`: edges, whose closures are
    worked out apart from the record; or closures as `asbuilt genealogy export` writes them. Exit code 1 tells that
    they differ.
    """
    from asbuilt.exchange.genealogy.comparing import ClosureDifference, compare

    with open_plant(site) as plant:
        found = compare(plant.database, plant.site, paths, at=at or datetime.now(UTC), directions=directions)
        if form == "csv":
            write(chain((csv_header(ClosureDifference),), (csv_row(one) for one in found.differences)))
        elif form == "ndjson":
            write(encode(one) + b"\n" for one in found.differences)
        else:
            write_record(found, Format(form), lambda: _lines(found, plant))
    if found.refused:
        raise click.exceptions.Exit(Exit.REFUSED)
    if found.differences:
        raise click.exceptions.Exit(Exit.NOT_FOUND)


def _lines(found: Any, plant: Opened) -> Iterator[str]:  # noqa: ANN401 - a ClosureComparison, whose module is loaded late
    yield from facts(
        (
            ("at", shown(found.at)),
            ("closures", f"{found.closures:,}"),
            ("equal", f"{found.equal:,}"),
            ("missing", f"{found.missing:,} in the set, not on record" if found.missing else ""),
            ("extra", f"{found.extra:,} on record, not in the set" if found.extra else ""),
            ("unknown", f"{found.unknown:,} not on record at all" if found.unknown else ""),
            ("refused", f"{found.refused:,} lines" if found.refused else ""),
        )
    )
    own = plant.site.issuer
    columns = (
        Column("difference", lambda row: row.difference),
        Column("direction", lambda row: row.direction),
        Column("of", lambda row: short(row.of, own)),
        Column("member", lambda row: short(row.member, own)),
        Column("where", lambda row: f"{row.file} {row.line}".strip()),
    )
    yield from section("Differences", found.differences, columns)
    yield from section("Refused", found.refusals, FINDING)
    yield from section("Warnings", found.warnings, FINDING)
