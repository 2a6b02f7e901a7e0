"""`asbuilt init`: makes the database, the first site and the accounts."""

import os

import click

from asbuilt.accounts.configuration import Settings, make_home, read_environment
from asbuilt.cli.accounts import migrate_accounts
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_checked
from asbuilt.core.identifiers.text import checked_name
from asbuilt.ledger.opening import open_keeper

FIRST_SITE = "MAIN"
FIRST_ISSUER = "OWN"


@click.command()
@click.option("--site", metavar="NAME", help=f"Name of the first site. [default: {FIRST_SITE}]")
@click.option(
    "--issuer",
    metavar="TEXT",
    help="Who gives the numbers that are written without an issuer: your company's name, DUNS or GS1 prefix. "
    f"It becomes part of every name and never changes. [default: {FIRST_ISSUER}]",
)
@click.option("--database", metavar="URL", help="Instead of ASBUILT_DATABASE_URL.")
def init(site: str | None, issuer: str | None, database: str | None) -> None:
    """Make the database, the first site and the accounts, and say what to do next. Safe to repeat."""
    if database is not None:
        os.environ["ASBUILT_DATABASE_URL"] = database
    settings = read_environment(os.environ)
    make_home(settings)
    for name in make_ledger(settings.ledger_url):
        click.echo(f"Applied {name}.")
    _make_site(settings, site, issuer)
    migrate_accounts()
    _say_what_next(settings, is_named=database is not None)


def make_ledger(url: str) -> list[str]:
    """Make or migrate the ledger's database; gives the migrations applied."""
    keeper = open_keeper(url)
    try:
        return keeper.migrate()
    finally:
        keeper.close()


def add_site(url: str, name: str, issuer: str) -> None:
    """Add a site. Raises NameProblem."""
    name, issuer = checked_name(name, what="site"), checked_name(issuer, what="issuer")
    keeper = open_keeper(url)
    try:
        keeper.add_site(name, issuer)
    finally:
        keeper.close()


def _make_site(settings: Settings, name: str | None, issuer: str | None) -> None:
    """Add the site unless it is there."""
    with open_checked(settings) as database:
        sites = database.sites()
    if sites and name is None:
        there = ", ".join(f"{site.name} (issuer {site.issuer})" for site in sites)
        click.echo(f"The database is there, with {there}.")
        return
    wanted = name or FIRST_SITE
    found = next((site for site in sites if site.name == wanted), None)
    if found is None:
        add_site(settings.ledger_url, wanted, issuer or FIRST_ISSUER)
        click.echo(f"Added site {wanted}; numbers written without an issuer are of issuer {issuer or FIRST_ISSUER}.")
    elif issuer is not None and found.issuer != issuer:
        message = f"site {found.name} is there with issuer {found.issuer}, which never changes; omit --issuer"
        raise Problem(message, Exit.NOT_FOUND)
    else:
        click.echo(f"Site {found.name} (issuer {found.issuer}) is there.")


def _say_what_next(settings: Settings, *, is_named: bool) -> None:
    from asbuilt.ledger.postgresql import without_password

    click.echo(f"The ledger is in {without_password(settings.ledger_url)}, everything else in {settings.home}.")
    click.echo("\nNext:")
    if is_named:
        click.echo("  export ASBUILT_DATABASE_URL=…                # as given here, for all other commands")
    click.echo("  asbuilt user add NAME --role administrator    # who may log in")
    click.echo("  asbuilt token add NAME --role integrator      # for a station or system")
    click.echo("  asbuilt serve                                 # http://127.0.0.1:8000")
