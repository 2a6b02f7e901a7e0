"""Opens the database that the environment names, for one command."""

import logging
import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from asbuilt.accounts.configuration import Settings, read_environment
from asbuilt.cli.exits import Exit, Problem
from asbuilt.core.identifiers.names import ActorName
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.opening import open_database, open_keeper

site_option: Callable[..., click.Command] = click.option(
    "--site",
    envvar="ASBUILT_SITE",
    metavar="NAME",
    help="The site; not needed where there is only one. [env: ASBUILT_SITE]",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database and the site a command is about."""

    database: Database
    site: Site


@contextmanager
def open_plant(site_name: str | None) -> Iterator[Opened]:
    """The database and site of the environment. Raises Problem, UnsafeDatabase or Unavailable."""
    with open_checked(read_environment(os.environ)) as database:
        yield Opened(database, chosen_site(database, site_name))


@contextmanager
def open_checked(settings: Settings) -> Iterator[Database]:
    """An open database that is made, up to date and safe."""
    # The pool reports every failed attempt in the log; the command says it once, in its own words.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    if settings.is_postgresql:
        # Asked once and directly, because the pool would go on trying for half a minute.
        open_keeper(settings.ledger_url).close()
    database = open_database(settings.ledger_url)
    try:
        database.check_safety()
        yield database
    finally:
        database.close()


def chosen_site(database: Database, name: str | None) -> Site:
    """The site of that name, or the only one there is. Raises Problem."""
    sites = database.sites()
    if name:
        found = next((site for site in sites if site.name == name), None)
        if found is None:
            there = ", ".join(site.name for site in sites) or "none"
            raise Problem(f"there is no site {name!r} in {database.name}; there is {there}", Exit.NOT_FOUND)
        return found
    if not sites:
        raise Problem(f"{database.name} has no site yet; add one with `asbuilt sites add NAME`", Exit.NOT_FOUND)
    if len(sites) > 1:
        names = ", ".join(site.name for site in sites)
        raise click.UsageError(f"say which site with --site or ASBUILT_SITE; there are {names}")
    return sites[0]


def os_user() -> str:
    """The login name of whoever runs the command, from the system and not from a variable that anyone can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return f"uid-{os.getuid()}"


def command_line_actor() -> ActorName:
    """Who answers for what this command records."""
    return ActorName(f"cli:{os_user()}")
