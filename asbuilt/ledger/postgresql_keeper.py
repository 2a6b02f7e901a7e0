"""The owner of a PostgreSQL database: makes the roles, migrates the schema, adds plants."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql as composing

from asbuilt.ledger.database import Unavailable, UnsafeDatabase
from asbuilt.ledger.migrations import migration_sql
from asbuilt.ledger.postgresql import APP_ROLE, OWNER_ROLE, SCHEMA, pending_at, without_password


class PostgresqlKeeper:
    """Makes the roles and migrates the schema; needs a login that may do so."""

    def __init__(self, url: str) -> None:
        self._name = without_password(url)
        with self._explained():
            self._connection: psycopg.Connection[Any] = psycopg.connect(url)

    def migrate(self) -> list[str]:
        with self._explained():
            return self._migrate(self._connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what PostgreSQL says of rights into an UnsafeDatabase that says what to do."""
        try:
            yield
        except psycopg.errors.InsufficientPrivilege as problem:
            mend = f"use the login that owns the database, made a member of {OWNER_ROLE} and {APP_ROLE}, or a superuser"
            raise UnsafeDatabase(f"{self._name}: {str(problem).strip()}; {mend}") from problem
        except psycopg.OperationalError as problem:
            raise Unavailable(f"{self._name}: {str(problem).strip()}") from problem

    def _migrate(self, connection: psycopg.Connection[Any]) -> list[str]:
        with connection.transaction():
            # Two keepers at once would make the same roles.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('asbuilt.migrate'))")
            self._make_roles()
            connection.execute(composing.SQL("SET LOCAL ROLE {}").format(composing.Identifier(OWNER_ROLE)))
            connection.execute(composing.SQL("SET LOCAL search_path TO {}").format(composing.Identifier(SCHEMA)))
            connection.execute("CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY)")
            connection.execute(f"GRANT SELECT ON schema_migration TO {APP_ROLE}")
            applied = self.pending()
            for name in applied:
                connection.execute(migration_sql("postgresql", name))
                connection.execute("INSERT INTO schema_migration (name) VALUES (%s)", (name,))
        return applied

    def _make_roles(self) -> None:
        connection = self._connection
        for role in (OWNER_ROLE, APP_ROLE):
            self._make_role(role)
            member = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", (role,)).fetchone()
            if member != (True,):
                connection.execute(composing.SQL("GRANT {} TO CURRENT_USER").format(composing.Identifier(role)))
        schema = composing.Identifier(SCHEMA)
        owner, app = composing.Identifier(OWNER_ROLE), composing.Identifier(APP_ROLE)
        connection.execute(composing.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner))
        connection.execute(composing.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, app))
        ((database,),) = connection.execute("SELECT current_database()").fetchall()
        connection.execute(
            composing.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(composing.Identifier(database), app)
        )

    def _make_role(self, role: str) -> None:
        connection = self._connection
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None:
            return
        try:
            with connection.transaction():
                connection.execute(composing.SQL("CREATE ROLE {} NOLOGIN").format(composing.Identifier(role)))
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass  # roles are of the whole server: another database of it was made at the same moment

    def pending(self) -> list[str]:
        return pending_at(self._connection)

    def add_site(self, name: str, issuer: str) -> None:
        with self._explained(), self._connection.transaction():
            self._connection.execute(composing.SQL("SET LOCAL ROLE {}").format(composing.Identifier(OWNER_ROLE)))
            self._connection.execute(
                "INSERT INTO asbuilt.site (site_id, name, issuer) VALUES (nextval('asbuilt.site_sequence'), %s, %s)",
                (name, issuer),
            )

    def close(self) -> None:
        self._connection.close()
