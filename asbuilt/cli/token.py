"""`asbuilt token`: access for devices and systems."""

from datetime import datetime

import click

from asbuilt.cli.accounts import accounts
from asbuilt.cli.opening import command_line_actor, site_option
from asbuilt.cli.output import Column, Listing, format_option, write_rows
from asbuilt.cli.times import Time, shown
from asbuilt.cli.user import role_option, site_there


@click.group()
def token() -> None:
    """Tokens let a station, test bench or other system record and ask, at one site and in one role."""


@token.command()
@click.argument("name")
@role_option
@click.option("--expires", type=Time(), help="When it ends. [default: never]")
@site_option
def add(name: str, role: str, expires: datetime | None, site: str | None) -> None:
    """Make a token and show it, once.

    The token alone goes to stdout, so that it can be put where it is needed: asbuilt token add … > token.
    """
    place = site_there(site)
    with accounts():
        from asbuilt.accounts.tokens import create_token

        made = create_token(name, place, role, expires_at=expires, created_by=command_line_actor())
    click.echo(f"Token {name}: {role} at {place}. It is shown only now:", err=True)
    click.echo(made)


@token.command("list")
@format_option
def list_all(form: str) -> None:
    """List all tokens ever made."""
    with accounts():
        from asbuilt.accounts.tokens import TokenListing, list_tokens

        columns = (
            Column("token", lambda row: row.name),
            Column("begins", lambda row: row.prefix),
            Column("role", lambda row: f"{row.role} at {row.site}"),
            Column("made", lambda row: f"{shown(row.created_at)} by {row.created_by}"),
            Column("last used", lambda row: shown(row.last_used_at)),
            Column("ends", lambda row: f"revoked {shown(row.revoked_at)}" if row.revoked_at else shown(row.expires_at)),
        )
        write_rows(list_tokens(), Listing(TokenListing, columns, "tokens", {}), form)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse a token from now on. Its name stays taken, because the record names the device by it."""
    with accounts():
        from asbuilt.accounts.tokens import revoke_token

        revoke_token(name)
    click.echo(f"Revoked {name}; running servers refuse it within seconds.")
