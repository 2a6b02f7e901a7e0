"""`asbuilt user`: people, their passwords and roles."""

from collections.abc import Callable

import click

from asbuilt.accounts.roles import Role
from asbuilt.cli.accounts import accounts, new_pin, password_given
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write_rows
from asbuilt.cli.times import shown

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
    password = password_given(is_new=True)
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
    text = password_given(is_new=True)
    with accounts():
        from asbuilt.accounts.people import set_password

        set_password(name, text)
    click.echo(f"Set the password of {name}.")


@user.command()
@click.argument("name")
@click.option("--code", default="", metavar="CODE", help="The code on the card, as a scanner reads it.")
@click.option("--withdraw", is_flag=True, help="Take the badge away.")
def badge(*, name: str, code: str, withdraw: bool) -> None:
    """Give a person a badge and a PIN to sign on at stations, in place of the one before, or take it away.

    The PIN (4 to 12 digits) is asked for; without a terminal it is read from ASBUILT_PIN or the first line of stdin.
    """
    if bool(code) == withdraw:
        raise click.UsageError("give --code, or --withdraw")
    pin = "" if withdraw else new_pin()
    with accounts():
        from asbuilt.accounts.badges import give_badge, withdraw_badge

        done = withdraw_badge(name) if withdraw else give_badge(name, code, pin)
    click.echo(f"{done} has no badge any more." if withdraw else f"{done} signs on at stations with this badge.")


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
