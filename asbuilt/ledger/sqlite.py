"""SQLite, the embedded default: one file, WAL, synchronous FULL, one writer at a time.

SQLite has no roles. In their place the application's connections carry an authorizer that lets them prepare no
statement which changes history or the schema; only the keeper's connection may.
"""

import json
import re
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import apsw

from asbuilt.core.identifiers.names import SiteName
from asbuilt.ledger.database import (
    Head,
    Names,
    Row,
    Site,
    StoredEvent,
    Table,
    Unavailable,
    UnsafeDatabase,
    site_named,
)
from asbuilt.ledger.migrations import MIGRATIONS, migration_sql

OLDEST_SAFE = (3, 51, 3)
"""First SQLite without the WAL-reset race, by which a checkpoint during a commit could lose pages."""

BUSY_TIMEOUT_MS = 60_000
CACHE_KIB = 32_768
MANY = 20
"""Names at once from which on one statement for all costs less than one for each."""

# Looks a subject up by its identity (serves every capture).
FIND_NAME = "SELECT subject_id FROM subject WHERE site_id = ?1 AND name_key = ?2 AND kind = ?3 AND scope_id = ?4"
# The same for many names at once: [kind, scope, name key] each.
FIND_NAMES = """
SELECT asked.key, subject.subject_id FROM json_each(?2) AS asked
CROSS JOIN subject ON subject.site_id = ?1 AND subject.name_key = asked.value ->> 2
  AND subject.kind = asked.value ->> 0 AND subject.scope_id = asked.value ->> 1
"""
# Serves idempotency: what is recorded under an event id.
FIND_EVENT = """
SELECT sequence, record_time, subject_version, payload FROM event WHERE site_id = ?1 AND event_id = ?2
"""
FIND_HEAD = "SELECT version, head_digest FROM subject WHERE subject_id = ?1 AND site_id = ?2"
MOVE_HEAD = "UPDATE subject SET version = ?2, head_digest = ?3 WHERE subject_id = ?1"
# Hands out running numbers; the row is locked by the transaction.
TAKE_NUMBERS = """
INSERT INTO serial_counter (part_id, site_id, next_number) VALUES (?1, ?2, ?3 + 1)
ON CONFLICT (part_id) DO UPDATE SET next_number = next_number + ?3
RETURNING next_number - ?3
"""
# A counter to look at, or to move past numbers that were set apart.
MAKE_COUNTER = """
INSERT INTO serial_counter (part_id, site_id, next_number) VALUES (?1, ?2, 1) ON CONFLICT (part_id) DO NOTHING
"""
NEXT_NUMBER = "SELECT next_number FROM serial_counter WHERE part_id = ?1"
# Counts the transactions that wrote definitions (serves keeping what was read of them).
DEFINITIONS_CHANGED = """
INSERT INTO definitions_version (site_id, version) VALUES (?1, 1)
ON CONFLICT (site_id) DO UPDATE SET version = version + 1
"""
DEFINITIONS_VERSION = "SELECT version FROM definitions_version WHERE site_id = ?1"
SKIP_NUMBERS = "UPDATE serial_counter SET next_number = ?2 WHERE part_id = ?1 AND next_number < ?2"

_SET = re.compile(r"= ANY\(\$(\d+)\)")
_PARAMETER = re.compile(r"\$(\d+)")
_HISTORY = frozenset({"event", "site", "schema_migration"})
_NEVER_DELETED = _HISTORY | {"subject", "serial_counter", "print_job", "definitions_version"}
_GUARDS = frozenset(
    {
        "foreign_keys",
        "ignore_check_constraints",
        "journal_mode",
        "query_only",
        "recursive_triggers",
        "synchronous",
        "writable_schema",
    }
)
"""Settings by which a connection could come round what holds for it."""


def _schema_actions() -> frozenset[int]:
    return frozenset(
        getattr(apsw, name)
        for name in (
            "SQLITE_CREATE_TABLE",
            "SQLITE_CREATE_INDEX",
            "SQLITE_CREATE_TRIGGER",
            "SQLITE_CREATE_VIEW",
            "SQLITE_DROP_TABLE",
            "SQLITE_DROP_INDEX",
            "SQLITE_DROP_TRIGGER",
            "SQLITE_DROP_VIEW",
            "SQLITE_ALTER_TABLE",
            "SQLITE_ATTACH",
            "SQLITE_REINDEX",
        )
    )


_SCHEMA_ACTIONS = _schema_actions()


def _as_app(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
    """Allow an application statement unless it changes history or the schema."""
    if action in _SCHEMA_ACTIONS:
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_DELETE and first in _NEVER_DELETED and database != "temp":
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_UPDATE and first in _HISTORY and database != "temp":
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_INSERT and first in ("site", "schema_migration"):
        return apsw.SQLITE_DENY
    if action == apsw.SQLITE_PRAGMA and first in _GUARDS and second:
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK


@lru_cache(maxsize=512)
def spelled(sql: str) -> str:
    """SQL with `$1` and `= ANY($1)` in SQLite's spelling; a set is then passed as a JSON array."""
    return _PARAMETER.sub(r"?\1", _SET.sub(r"IN (SELECT value FROM json_each($\1))", sql))


def _bound(parameters: Sequence[object]) -> tuple[object, ...]:
    return tuple(
        json.dumps(value) if isinstance(value, list) else value.bytes if isinstance(value, UUID) else value
        for value in parameters
    )


def _rows(connection: apsw.Connection, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
    return connection.execute(sql, parameters).fetchall()


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turn what SQLite says of a disk or lock into an Unavailable that says what to do."""
    try:
        yield
    except apsw.BusyError:
        raise Unavailable(f"{path} is locked by another process for over {BUSY_TIMEOUT_MS // 1000} s") from None
    except apsw.FullError:
        raise Unavailable(f"the disk that holds {path} is full; free some space") from None
    except apsw.ReadOnlyError:
        raise Unavailable(f"{path} cannot be written; check the rights of its folder and the mount") from None
    except (apsw.NotADBError, apsw.CorruptError) as problem:
        mend = "restore it from a backup"
        raise UnsafeDatabase(f"{path} is no SQLite database, or is damaged ({problem}); {mend}") from None
    except (apsw.IOError, apsw.CantOpenError) as problem:
        raise Unavailable(f"{path} cannot be read or written: {problem}") from None


def _connect(path: str, *, read_only: bool) -> apsw.Connection:
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE, statementcachesize=200)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # or INSERT OR REPLACE would delete without asking a trigger
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    connection.authorizer = _as_app
    return connection


class SqliteReader:
    """A read transaction on one site."""

    dialect = "sqlite"

    def __init__(self, connection: apsw.Connection, site: Site) -> None:
        self._connection = connection
        self.site = site

    @property
    def definitions_version(self) -> int:
        rows = _rows(self._connection, DEFINITIONS_VERSION, (self.site.site_id,))
        return int(rows[0][0]) if rows else 0

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        return _rows(self._connection, spelled(sql), _bound(parameters))

    def ahead(self, sql: str, *parameters: object) -> None:
        """Nothing to do: a question is no trip."""

    def stream(self, sql: str, *parameters: object) -> Iterator[Row]:
        return iter(self._connection.execute(spelled(sql), _bound(parameters)))

    def find_names(self, names: Sequence[tuple[int, int, str]]) -> list[int | None]:
        execute, site_id = self._connection.execute, self.site.site_id
        found: list[int | None] = []
        if len(names) >= MANY:
            found = [None] * len(names)
            for place, subject_id in execute(FIND_NAMES, (site_id, json.dumps(names))):
                found[place] = subject_id
            return found
        for kind, scope_id, name_key in names:
            row = execute(FIND_NAME, (site_id, name_key, kind, scope_id)).fetchone()
            found.append(None if row is None else row[0])
        return found

    def recorded(self, event_ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
        execute, site_id = self._connection.execute, self.site.site_id
        found: dict[UUID, StoredEvent] = {}
        for event_id in event_ids:
            row = execute(FIND_EVENT, (site_id, event_id.bytes)).fetchone()
            if row is not None:
                found[event_id] = StoredEvent(*row)
        return found

    def recorded_ahead(self, event_ids: Sequence[UUID]) -> None:
        """Nothing to do: a question is no trip."""


class SqliteWriter(SqliteReader):
    """A write transaction: no other writer exists until it ends, so there is nothing to lock."""

    def lock(self, subject_ids: Iterable[int]) -> dict[int, Head]:
        execute, site_id = self._connection.execute, self.site.site_id
        heads: dict[int, Head] = {}
        for subject_id in subject_ids:
            row = execute(FIND_HEAD, (subject_id, site_id)).fetchone()
            if row is not None:
                heads[subject_id] = Head(*row)
        return heads

    def next_sequences(self, count: int) -> Sequence[int]:
        return self._next("SELECT coalesce(max(sequence), 0) FROM event", count)

    def sequences_ahead(self, count: int) -> None:
        """Nothing to do: a question is no trip."""

    def next_subject_ids(self, count: int) -> Sequence[int]:
        return self._next("SELECT coalesce(max(subject_id), 0) FROM subject", count)

    def _next(self, sql: str, count: int) -> Sequence[int]:
        ((last,),) = _rows(self._connection, sql)
        return range(last + 1, last + 1 + count)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self._connection.executemany(_insert_sql(table), _bindable(table, rows))

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        self._connection.executemany(_upsert_sql(table), _bindable(table, rows))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        self._connection.executemany(_delete_sql(table), keys)

    def move_heads(self, heads: Sequence[tuple[int, int, bytes]]) -> None:
        self._connection.executemany(MOVE_HEAD, heads)

    def take_numbers(self, part_id: int, count: int) -> int:
        ((first,),) = _rows(self._connection, TAKE_NUMBERS, (part_id, self.site.site_id, count))
        return int(first)

    def next_number(self, part_id: int) -> int:
        self._connection.execute(MAKE_COUNTER, (part_id, self.site.site_id))
        ((number,),) = _rows(self._connection, NEXT_NUMBER, (part_id,))
        return int(number)

    def skip_numbers(self, part_id: int, next_number: int) -> None:
        self._connection.execute(SKIP_NUMBERS, (part_id, next_number))

    def lock_serials(self, *, alone: bool) -> None:
        """Nothing to do: a write transaction has the file for itself."""

    def definitions_changed(self) -> None:
        self._connection.execute(DEFINITIONS_CHANGED, (self.site.site_id,))

    def run(self, sql: str, *parameters: object) -> None:
        self._connection.execute(spelled(sql), _bound(parameters))

    def exclude_others(self) -> None:
        """Nothing to do: a write transaction has the file for itself."""


def _bindable(table: Table, rows: Sequence[Row]) -> Iterable[Row]:
    """Rows as SQLite takes them: a UUID as its 16 bytes."""
    for place, (_, kind) in enumerate(table.columns):
        if kind == "uuid":
            return ((*row[:place], row[place].bytes, *row[place + 1 :]) for row in rows)
    return rows


@lru_cache(maxsize=64)
def _insert_sql(table: Table) -> str:
    places = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {table.name} ({', '.join(table.column_names)}) VALUES ({places})"


@lru_cache(maxsize=64)
def _upsert_sql(table: Table) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in table.column_names if name not in table.key_columns)
    return f"{_insert_sql(table)} ON CONFLICT ({', '.join(table.key_columns)}) DO UPDATE SET {changes}"


@lru_cache(maxsize=64)
def _delete_sql(table: Table) -> str:
    return f"DELETE FROM {table.name} WHERE {' AND '.join(f'{name} = ?' for name in table.key_columns)}"


class SqliteDatabase:
    """An open SQLite file. Reads run in parallel, one connection a thread; writes take turns."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        if not path.exists():
            raise UnsafeDatabase(f"there is no database at {path}; make one with `asbuilt init`")
        self._local = threading.local()
        self._write_lock = threading.Lock()
        self._writer: apsw.Connection | None = None
        self._readers: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._names = Names()

    @property
    def name(self) -> str:
        return self._path

    def known_names(self) -> Names:
        return self._names

    def _reader(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with _explained(self._path):
                connection = _connect(self._path, read_only=True)
            self._local.connection = connection
            self._readers.add(connection)
        return connection

    def sites(self) -> tuple[Site, ...]:
        with _explained(self._path):
            rows = _rows(self._reader(), "SELECT site_id, name, issuer FROM site ORDER BY site_id")
        return tuple(Site(site_id, SiteName(name), issuer) for site_id, name, issuer in rows)

    def site(self, name: str) -> Site:
        return site_named(self.sites(), name)

    @contextmanager
    def reading(self, site: Site) -> Iterator[SqliteReader]:
        connection = self._reader()
        if connection.in_transaction:  # a query within a query of the same thread sees the same moment
            yield SqliteReader(connection, site)
            return
        with _explained(self._path):
            connection.execute("BEGIN")
            try:
                yield SqliteReader(connection, site)
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def writing(self, site: Site) -> Iterator[SqliteWriter]:
        with self._write_lock, _explained(self._path):
            if self._writer is None:
                self._writer = _connect(self._path, read_only=False)
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteWriter(connection, site)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def check_safety(self) -> None:
        check_library(apsw.sqlite_lib_version())
        with _explained(self._path):
            self._check(self._reader())

    def _check(self, connection: apsw.Connection) -> None:
        ((mode,),) = _rows(connection, "PRAGMA journal_mode")
        if mode != "wal":
            raise UnsafeDatabase(f"{self._path}: journal_mode is {mode}, not wal; run `asbuilt migrate`")
        ((level,),) = _rows(connection, "PRAGMA synchronous")
        if level != 2:  # noqa: PLR2004 - FULL
            raise UnsafeDatabase(f"{self._path}: synchronous is {level}, not 2 (FULL); remove what sets it")
        pending = SqliteKeeper.pending_at(connection)
        if pending:
            raise UnsafeDatabase(f"{self._path} lacks {', '.join(pending)}; run `asbuilt migrate`")

    def close(self) -> None:
        for connection in self._readers:
            connection.close()
        if self._writer is not None:
            self._writer.close()


def check_library(version: str) -> None:
    """Raise UnsafeDatabase for a SQLite that can lose a commit."""
    if tuple(int(number) for number in version.split(".")) < OLDEST_SAFE:
        oldest = ".".join(map(str, OLDEST_SAFE))
        raise UnsafeDatabase(f"SQLite {version} can lose commits in WAL mode; install apsw with {oldest} or later")


class SqliteKeeper:
    """Makes and migrates the file."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        with _explained(self._path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = apsw.Connection(self._path, flags=flags)
            self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)

    def migrate(self) -> list[str]:
        check_library(apsw.sqlite_lib_version())
        with _explained(self._path):
            return self._migrate(self._connection)

    def _migrate(self, connection: apsw.Connection) -> list[str]:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY) STRICT")
            applied = self.pending()
            for name in applied:
                connection.execute(migration_sql("sqlite", name))
                connection.execute("INSERT INTO schema_migration (name) VALUES (?)", (name,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return applied

    def pending(self) -> list[str]:
        return self.pending_at(self._connection)

    @staticmethod
    def pending_at(connection: apsw.Connection) -> list[str]:
        exists = "SELECT 1 FROM sqlite_master WHERE name = 'schema_migration'"
        if connection.execute(exists).fetchone() is None:
            return list(MIGRATIONS)
        done = {name for (name,) in connection.execute("SELECT name FROM schema_migration")}
        return [name for name in MIGRATIONS if name not in done]

    def add_site(self, name: str, issuer: str) -> None:
        with _explained(self._path):
            self._connection.execute("INSERT INTO site (name, issuer) VALUES (?, ?)", (name, issuer))

    def close(self) -> None:
        self._connection.close()
