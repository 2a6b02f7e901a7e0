"""`asbuilt sites`: plants."""

import os

import click

from asbuilt.accounts.configuration import read_environment
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.init import add_site
from asbuilt.cli.opening import open_checked
from asbuilt.cli.output import Column, Listing, format_option, write_rows
from asbuilt.ledger.database import Site

COLUMNS = (Column("site", lambda row: row.name), Column("issuer", lambda row: row.issuer))


@click.group()
def sites() -> None:
    """Sites are plants; what one records the others do not see."""


@sites.command("list")
@format_option
def list_sites(form: str) -> None:
    """List the sites."""
    with open_checked(read_environment(os.environ)) as database:
        found = database.sites()
    write_rows(found, Listing(Site, COLUMNS, "sites", {}), form)


@sites.command("add")
@click.argument("name")
@click.option("--issuer", required=True, metavar="TEXT", help="Who gives the numbers written without an issuer.")
def add(name: str, issuer: str) -> None:
    """Add a site. Neither its name nor its issuer can be changed later."""
    settings = read_environment(os.environ)
    with open_checked(settings) as database:
        if any(site.name == name.strip() for site in database.sites()):
            raise Problem(f"there is a site {name} already", Exit.NOT_FOUND)
    add_site(settings.ledger_url, name, issuer)
    click.echo(f"Added site {name.strip()}.")
