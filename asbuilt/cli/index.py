"""`asbuilt index`: the genealogy index of a site, by which a whole fleet is walked."""

import os
from dataclasses import asdict, dataclass
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
from asbuilt.projections.fleet.index import build, folder_of, opened
from asbuilt.queries.fleet.status import IndexStatus, status_of


def index_home() -> Path:
    """The folder of the indexes, as the environment names it."""
    return read_environment(os.environ).index_home


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(IndexStatus):
    """An index as it stands, and where it lies."""

    folder: str


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


def _status(plant: Opened) -> Located:
    folder = folder_of(index_home(), plant.site)
    with plant.database.reading(plant.site) as reader:
        found = opened(folder, reader)
        found.arrays.details()
        return Located(**asdict(status_of(reader, found)), folder=str(folder))


def _facts(found: Located) -> list[tuple[str, str]]:
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
