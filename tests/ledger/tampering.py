"""Ways into a database that go round everything that protects the record."""

import contextlib
from collections.abc import Iterator

import apsw
import psycopg

from asbuilt.ledger.database import Reader, Site
from asbuilt.ledger.postgresql import PostgresqlReader
from asbuilt.ledger.sqlite import SqliteReader
from tests.databases import Made


@contextlib.contextmanager
def tampered(made: Made, site: Site, *statements: str) -> Iterator[Reader]:
    """What a reader sees after someone with all rights has changed the record; undone at the end."""
    if made.kind == "sqlite":
        with contextlib.closing(apsw.Connection(str(made.path))) as connection:  # which rolls back
            connection.execute("BEGIN IMMEDIATE")
            for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name[0]}")
            for statement in statements:
                connection.execute(statement)
            yield SqliteReader(connection, site)
        return
    with psycopg.connect(made.url, options="-c search_path=asbuilt") as connection:
        connection.execute("SET session_replication_role = replica")  # a superuser's way past triggers and references
        for statement in statements:
            connection.execute(statement)
        yield PostgresqlReader(connection, site, 0)
        connection.rollback()


def edited(column: str, old: str, new: str, kind: str) -> str:
    """SQL for bytes of a column with a text in it exchanged."""
    if kind == "sqlite":
        return f"CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') AS BLOB)"
    return f"convert_to(replace(convert_from({column}, 'UTF8'), '{old}', '{new}'), 'UTF8')"


def as_blob(value: bytes, kind: str) -> str:
    return f"x'{value.hex()}'" if kind == "sqlite" else f"'\\x{value.hex()}'::bytea"
