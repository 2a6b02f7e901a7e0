"""Rows into tables, as quickly as either database takes them. Nothing is checked but what the schema checks."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

import apsw
import psycopg

from asbuilt.ledger.database import Row, Table
from bench.databases import Made


class Sink(Protocol):
    """Takes rows."""

    def insert(self, table: Table, rows: Sequence[Row]) -> None: ...

    def run(self, statement: str, *parameters: object) -> None: ...

    def finish(self, last_sequence: int, last_subject: int) -> None:
        """Go on counting from here."""


@contextlib.contextmanager
def bulk(made: Made) -> Iterator[Sink]:
    """One transaction of the owner; what it wrote is there, and known to the planner, when it ends."""
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.path))
        connection.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN IMMEDIATE")
        yield SqliteSink(connection)
        connection.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    with psycopg.connect(made.url) as owner:
        owner.execute("SET search_path TO asbuilt")
        yield PostgresqlSink(owner)
    with psycopg.connect(made.url, autocommit=True) as owner:
        # The server does it by itself, but some minutes later.
        owner.execute("VACUUM ANALYZE")


class SqliteSink:
    """executemany."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        places = ", ".join("?" for _ in table.columns)
        names = ", ".join(table.column_names)
        self._connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)

    def run(self, statement: str, *parameters: object) -> None:
        self._connection.execute(statement, parameters)

    def finish(self, last_sequence: int, last_subject: int) -> None:
        """Nothing to do: the application counts on from the highest there is."""


class PostgresqlSink:
    """Binary COPY."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        names = ", ".join(table.column_names)
        kinds = [kind for _, kind in table.columns]
        identifier = kinds.index("uuid") if "uuid" in kinds else None
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(row if identifier is None else _with_uuid(row, identifier))

    def run(self, statement: str, *parameters: object) -> None:
        psycopg.RawCursor(self._connection).execute(statement, parameters)

    def finish(self, last_sequence: int, last_subject: int) -> None:
        self._connection.execute("SELECT setval('event_sequence', %s)", (last_sequence,))
        self._connection.execute("SELECT setval('subject_sequence', %s)", (last_subject,))


def _with_uuid(row: Row, place: int) -> Row:
    value = row[place]
    return (*row[:place], value if isinstance(value, UUID) else UUID(bytes=value), *row[place + 1 :])
