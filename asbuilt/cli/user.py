"""`asbuilt user`: people, their passwords and roles."""

import os
import sys
from collections.abc import Callable

import click

from asbuilt.accounts.roles import Role
from asbuilt.cli.accounts import accounts
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write_rows
from asbuilt.cli.times import shown

PASSWORD_VARIABLE = "ASBUILT_PASSWORD"  # noqa: S105 - the name of a variable
ROLES = [role.value for role in Role]

role_option: Callable[..., click.Command] = click.option(
    "--role", required=True, type=click.Choice(ROLES), help="What they may do at the site."
)


@click.group()
def user() -> None:
    """People who log in. Nobody is ever deleted, because the record names them.

    A password is asked for; without a terminal it is read from ASBUILT_PASSWORD or the first line of stdin.
    """


@user.command()
@click.argument("name")
@role_option
@click.option("--full-name", default="", help="As shown on pages.")
@site_option
def add(name: str, role: str, full_name: str, site: str | None) -> None:
    """Add a person with a role at a site."""
    place = site_there(site)
    password = _password()
    with accounts():
        from asbuilt.accounts.people import create_user

        person = create_user(name, password, place, role, full_name=full_name)
    click.echo(f"Added {person.username}: {role} at {place}.")


@user.command("list")
@format_option
def list_people(form: str) -> None:
    """List people and their roles."""
    with accounts():
        from asbuilt.accounts.people import Person, list_users

        columns = (
            Column("user", lambda row: row.username),
            Column("name", lambda row: row.full_name),
            Column("roles", lambda row: ", ".join(f"{role} at {site}" for site, role in row.roles.items())),
            Column("active", lambda row: "yes" if row.is_active else "no"),
            Column("last login", lambda row: shown(row.last_login)),
        )
        write_rows(list_users(), Listing(Person, columns, "users", {}), form)


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Set a person's password."""
    text = _password()
    with accounts():
        from asbuilt.accounts.people import set_password

        set_password(name, text)
    click.echo(f"Set the password of {name}.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([*ROLES, "none"]))
@site_option
def give(name: str, role: str, site: str | None) -> None:
    """Give a person another role at a site, or none."""
    place = site_there(site)
    with accounts():
        from asbuilt.accounts.people import give_role, withdraw_role

        if role == "none":
            withdraw_role(name, place)
        else:
            give_role(name, place, role)
    click.echo(f"{name} is {role} at {place} from now on." if role != "none" else f"{name} has no role at {place} now.")


@user.command()
@click.argument("name")
def activate(name: str) -> None:
    """Let a person log in again."""
    _set_active(name, active=True)


@user.command()
@click.argument("name")
def deactivate(name: str) -> None:
    """Let a person no longer log in."""
    _set_active(name, active=False)


def _set_active(name: str, *, active: bool) -> None:
    with accounts():
        from asbuilt.accounts.people import set_active

        set_active(name, active=active)
    click.echo(f"{name} may log in." if active else f"{name} may not log in any more.")


def site_there(name: str | None) -> str:
    """The name of the site that is meant, which exists."""
    with open_plant(name) as plant:
        return plant.site.name


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Problem(f"no password given; set {PASSWORD_VARIABLE}, or write it to stdin", Exit.USAGE)
    return line
