"""`asbuilt demo`: a plant to look at."""

import os
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from asbuilt.accounts.configuration import Settings, make_home, read_environment
from asbuilt.cli.demo.build import Highlights, build, highlights, is_complete, is_foreign
from asbuilt.cli.demo.definitions import CONTROLLER, ISSUER, SITE
from asbuilt.cli.demo.floor import Floor
from asbuilt.cli.demo.login import Login, login
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.init import add_site, make_ledger
from asbuilt.cli.opening import open_checked
from asbuilt.cli.patience import collect_rarely
from asbuilt.cli.progress import Shown, progress
from asbuilt.cli.serve import PORT, Server, is_free, run
from asbuilt.ledger.database import Database, Site
from asbuilt.queries.units import UnitFilter, units

HOST = "127.0.0.1"
HOME = Path("var") / "demo"
PORTS_TRIED = 50
UNITS = 2_000
UNITS_MAX = 100_000_000


@click.command()
@click.option("--units", "count", default=UNITS, show_default=True, type=click.IntRange(1, UNITS_MAX))
@click.option("--seed", default=1, show_default=True, help="Another seed is another plant of the same kind.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help=f"Where it is kept. [default: {HOME}]")
@click.option("--database", metavar="URL", help="A database of its own. [default: SQLite in its home]")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Only build it.")
def demo(*, count: int, seed: int, home: Path | None, database: str | None, port: int, no_serve: bool) -> None:
    """Build a plant that makes infusion pump controllers, serve it, and say what to try.

    It is built through the capture door, as any client's events; the same seed and number give the same plant. Run
    again it goes on where it was stopped, and serves what is complete. Nothing but its home and database is touched.
    """
    settings = _own_environment((home or HOME).absolute(), database)
    make_home(settings)
    make_ledger(settings.ledger_url)
    with open_checked(settings) as opened:
        site = _site(opened, settings)
        floor = Floor(seed=seed, units=count)
        if is_foreign(opened, site, floor):
            where = where_it_is(settings)
            raise click.UsageError(f"{where} holds other records; give this plant a --home or --database of its own")
        if not is_complete(opened, site, floor):
            _build(opened, site, floor)
        sights = highlights(opened, site, floor)
        some_unit = sights.repaired_unit or _newest(opened, site)
    come_in = login(settings.home, SITE)
    server = None if no_serve else _server(port)
    _say(settings, come_in, replace(sights, repaired_unit=some_unit), server)
    if server is not None:
        run(server)


def _own_environment(home: Path, database: str | None) -> Settings:
    """The demo's own settings, whatever the environment says: it must never write into a real plant."""
    for name in [name for name in os.environ if name.startswith("ASBUILT_")]:
        del os.environ[name]
    os.environ["ASBUILT_HOME"] = str(home)
    if database is not None:
        os.environ["ASBUILT_DATABASE_URL"] = database
    return read_environment(os.environ)


def _site(database: Database, settings: Settings) -> Site:
    """The demo's site in a database that has no other."""
    sites = database.sites()
    if not sites:
        add_site(settings.ledger_url, SITE, ISSUER)
    elif [(site.name, site.issuer) for site in sites] != [(SITE, ISSUER)]:
        raise click.UsageError(f"{database.name} has sites of its own; give the demo a --home or --database of its own")
    return database.site(SITE)


def _build(database: Database, site: Site, floor: Floor) -> None:
    collect_rarely()
    click.echo(f"Building a plant of {floor.units:,} infusion pump controllers in {database.name}", err=True)
    started = time.monotonic()
    with progress("Recording", total=floor.calendar.end, beside=Shown.SHARE) as move_to:
        built = build(database, site, floor, progress=move_to)
    seconds = time.monotonic() - started
    again = f" ({built.repeated:,} of them were there already)" if built.repeated else ""
    click.echo(f"{built.events:,} events in {seconds:.1f} s, {built.events / seconds:,.0f} a second{again}", err=True)


def _newest(database: Database, site: Site) -> str:
    with database.reading(site) as reader:
        page = units(reader, UnitFilter(part_number=CONTROLLER.part.part_number), limit=1)
    return page.units[0].serial_number


def _server(wanted: int) -> Server:
    """The server, at the wanted port or the next one that is free."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if is_free(HOST, port):
            if port != wanted:
                click.echo(f"Port {wanted} is taken by another program, so it is {port}.", err=True)
            return Server(host=HOST, port=port)
    raise Problem(f"no port from {wanted} on is free; name one with --port", Exit.UNREACHABLE)


def _say(settings: Settings, come_in: Login, sights: Highlights, server: Server | None) -> None:
    program = _program()
    click.echo("\nThe demo plant is ready.\n")
    if server is not None:
        click.echo(f"  {server.address}")
    click.echo(f"  user {come_in.user}, password {come_in.password}")
    click.echo(f"  token {come_in.token}")
    click.echo("\nTry, in another terminal:\n" if server else "\nTry:\n")
    click.echo(f"  export ASBUILT_HOME={shlex.quote(str(settings.home))}")
    if "ASBUILT_DATABASE_URL" in os.environ:
        click.echo(f"  export ASBUILT_DATABASE_URL={shlex.quote(where_it_is(settings))}")
    for words in _three_to_try(sights):
        click.echo(f"  {program} {words}")
    if server is None:
        click.echo(f"  {program} serve")
    click.echo("")


def _three_to_try(sights: Highlights) -> tuple[str, str, str]:
    """What to look at: a unit, why units fail, and what was done about it; else where a lot is."""
    unit = sights.repaired_unit
    if not sights.recall:
        return f"as-built {unit}", f"history {unit}", f"where-used {sights.held_lot}"
    why = f"commonality --failed OP70 --part-number {CONTROLLER.part.part_number}"
    return f"as-built {unit}", why, f"recall report {sights.recall}"


def where_it_is(settings: Settings) -> str:
    """Where the ledger is, without a password."""
    from asbuilt.ledger.postgresql import without_password

    return without_password(settings.ledger_url)


def _program() -> str:
    """How this program was called, as short as it can be written from here."""
    called = Path(sys.argv[0])
    if called.name != "asbuilt":
        return "asbuilt"
    relative = os.path.relpath(called)
    return relative if len(relative) < len(str(called)) else str(called)
