"""Django with the accounts of the environment, started for the few verbs that need it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from asbuilt.accounts.configuration import read_environment
from asbuilt.cli.exits import Exit, Problem

SETTINGS_MODULE = "asbuilt.site.settings"
PASSWORD_VARIABLE, PIN_VARIABLE = "ASBUILT_PASSWORD", "ASBUILT_PIN"


@contextmanager
def accounts() -> Iterator[None]:
    """The accounts are there within. Raises Problem for what a person has to mend."""
    _start_django()
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, OperationalError, ProgrammingError

    from asbuilt.accounts.problems import AccountProblem

    try:
        yield
    except AccountProblem as problem:
        raise Problem(str(problem), Exit.NOT_FOUND) from problem
    except (OperationalError, ProgrammingError) as problem:
        if _are_missing():
            raise Problem("the accounts are not made yet; run `asbuilt migrate`", Exit.UNREACHABLE) from problem
        raise Problem(f"the accounts cannot be used: {_first_line(problem)}", Exit.UNREACHABLE) from problem
    except (DatabaseError, ImproperlyConfigured) as problem:
        raise Problem(f"the accounts cannot be used: {_first_line(problem)}", Exit.UNREACHABLE) from problem


def migrate_accounts() -> None:
    """Make the accounts' tables or bring them up to date; the application's role may use them."""
    with accounts():
        from asbuilt.accounts.database import migrate_accounts as migrate
        from asbuilt.ledger.postgresql import APP_ROLE

        migrate(app_role=APP_ROLE)


def check_accounts() -> None:
    """Raise Problem unless the accounts' tables are there and up to date."""
    with accounts():
        if _pending():
            raise Problem("the accounts are not up to date; run `asbuilt migrate`", Exit.UNREACHABLE)


def password_given(*, is_new: bool) -> str:
    """A password: asked for at a terminal (a new one twice), else of ASBUILT_PASSWORD or the first line of stdin.

    Raises Problem when there is none.
    """
    return _secret("Password", PASSWORD_VARIABLE, is_new=is_new)


def new_pin() -> str:
    """A PIN: asked for twice at a terminal, else of ASBUILT_PIN or the first line of stdin. Raises Problem for none."""
    return _secret("PIN", PIN_VARIABLE, is_new=True)


def _secret(what: str, variable: str, *, is_new: bool) -> str:
    given = os.environ.get(variable)
    if given:
        return given
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, confirmation_prompt=is_new, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        named = what if what == "PIN" else what.lower()
        raise Problem(f"no {named} given; set {variable}, or write it to stdin", Exit.USAGE)
    return line


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    # What was done is said by the command itself; the log is for servers.
    os.environ.setdefault("ASBUILT_LOG_LEVEL", "WARNING")
    import django

    django.setup()


def _pending() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _are_missing() -> bool:
    from django.db import DatabaseError

    settings = read_environment(os.environ)
    if not settings.is_postgresql and not settings.accounts_path.exists():
        return True
    try:
        return _pending()
    except DatabaseError:
        return False


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0]
