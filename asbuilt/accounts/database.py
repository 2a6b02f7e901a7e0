"""Where the accounts are kept: a small SQLite file, or the schema `accounts` of the plant's PostgreSQL."""

from pathlib import Path

from django.core.management import call_command
from django.db import connection
from psycopg import sql

ACCOUNTS_SCHEMA = "accounts"


def ensure_accounts_schema(*, app_role: str | None = None) -> None:
    """Make room for the accounts, if there is none: the schema `accounts` on PostgreSQL, the file's folder on SQLite.

    app_role: the database role the server runs under, when it is not the one that migrates; it may then read and write
    the accounts' tables, but not make or change any.
    """
    if connection.vendor != "postgresql":
        path = Path(str(connection.settings_dict["NAME"]))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return
    schema = sql.Identifier(ACCOUNTS_SCHEMA)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
        if app_role is None:
            return
        role = sql.Identifier(app_role)
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role))
        for statement in (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT USAGE ON SEQUENCES TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(schema, role))


def migrate_accounts(*, app_role: str | None = None) -> None:
    """Bring the accounts' tables up to date, making them when there are none. Safe to repeat."""
    ensure_accounts_schema(app_role=app_role)
    call_command("migrate", interactive=False, verbosity=0)
