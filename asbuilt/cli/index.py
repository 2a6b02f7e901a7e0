"""`asbuilt index`: the genealogy index of a site, by which a whole fleet is walked."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from asbuilt.accounts.configuration import read_environment
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, open_plant, site_option
from asbuilt.cli.output import facts, format_option, write_record
from asbuilt.cli.progress import progress
from asbuilt.cli.times import shown
from asbuilt.projections.fleet.arrays import TooLarge
from asbuilt.projections.fleet.files import IndexBusy, IndexUnfit
from asbuilt.projections.fleet.index import build, folder_of, freshness, opened
from asbuilt.projections.fleet.tail import tail_since


def index_home() -> Path:
    """The folder of the indexes, as the environment names it."""
    return read_environment(os.environ).index_home


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """An index as it stands. recorded_at: of its last event; events_since: not in it yet, read with each answer."""

    site: str
    folder: str
    sequence: int
    recorded_at: datetime | None
    events_since: int
    until: int
    units_and_lots: int
    links: int
    passes: int
    windows: int
    bytes: int


@click.group()
def index() -> None:
    """The genealogy index, by which `where-used --by` counts a fleet: build it, and say how fresh it is."""


@index.command("build")
@click.option("--anew", is_flag=True, help="Read everything again, also where an index could follow the ledger.")
@site_option
def build_index(*, anew: bool, site: str | None) -> None:
    """Build the index, or bring the one there is up to date. Recording goes on meanwhile."""
    with open_plant(site) as plant, progress("Reading rows") as move_to:
        try:
            built = build(plant.database, plant.site, index_home(), anew=anew, progress=move_to)
        except IndexBusy as busy:
            raise Problem(f"{busy}; wait for it", Exit.UNREACHABLE) from None
        except TooLarge as large:
            raise Problem(str(large), Exit.UNREACHABLE) from None
    how = "built" if built.followed is None else f"followed {built.followed:,} events"
    click.echo(
        f"index of site {plant.site.name} {how}, up to event {built.of.sequence:,}: {built.subjects:,} units and lots, "
        f"{built.links:,} links, {built.passes:,} passes, {built.windows:,} loads, {built.size / 1e6:,.1f} MB"
    )


@index.command("status")
@site_option
@format_option
def show_status(*, site: str | None, form: str) -> None:
    """Check every byte of the index, that it is of this ledger, and say how far it goes."""
    with open_plant(site) as plant:
        try:
            found = _status(plant)
        except IndexUnfit as unfit:
            raise Problem(f"{unfit}; build it with `asbuilt index build`", Exit.NOT_FOUND) from None
    write_record(found, form, lambda: facts(_facts(found)))


def _status(plant: Opened) -> IndexStatus:
    folder = folder_of(index_home(), plant.site)
    with plant.database.reading(plant.site) as reader:
        there = opened(folder, reader)
        fresh = freshness(there, tail_since(reader, there.of.sequence))
    return IndexStatus(
        site=plant.site.name,
        folder=str(folder),
        sequence=fresh.sequence,
        recorded_at=fresh.recorded_at,
        events_since=fresh.events_since,
        until=fresh.until,
        units_and_lots=len(there.arrays.ids),
        links=there.arrays.links,
        passes=len(there.arrays.passes.unit),
        windows=len(there.arrays.windows.lot),
        bytes=there.size,
    )


def _facts(found: IndexStatus) -> list[tuple[str, str]]:
    return [
        ("site", found.site),
        ("folder", found.folder),
        ("up to event", f"{found.sequence:,}, recorded {shown(found.recorded_at)}"),
        ("events since", f"{found.events_since:,}"),
        ("units and lots", f"{found.units_and_lots:,}"),
        ("links", f"{found.links:,}"),
        ("passes", f"{found.passes:,}"),
        ("loads", f"{found.windows:,}"),
        ("size", f"{found.bytes / 1e6:,.1f} MB"),
    ]
