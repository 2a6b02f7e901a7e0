"""PostgreSQL, for a plant: owner and application roles, row-level security per site, row locks in sorted order."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql as composing
from psycopg_pool import ConnectionPool, PoolTimeout

from asbuilt.core.identifiers.names import SiteName
from asbuilt.ledger.database import (
    Collision,
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
from asbuilt.ledger.migrations import MIGRATIONS

OLDEST = 150_000
"""server_version_num of the first PostgreSQL we support."""

OWNER_ROLE = "asbuilt_owner"
APP_ROLE = "asbuilt_app"
SCHEMA = "asbuilt"
POOL_MAX = 16
WAIT_S = 30.0
MANY = 100
"""Names or heads at once from which on planning anew costs nothing beside the work."""
WRITING = 0x61736275
"""Advisory lock class: writers of a site hold it shared, a rebuild holds it alone."""
SERIALS = 0x61736E72
"""Advisory lock class: births of units hold it shared, those whose serials are unique beyond their part alone."""

# Looks subjects up by their identity (serves every capture). OFFSET, here and below, makes each of them a probe of the
# index: as a plain join it was planned, from what the site held some time ago, as a reading of all that it holds.
FIND_NAMES = """
SELECT asked.place, found.subject_id
FROM unnest($2::smallint[], $3::bigint[], $4::text[]) WITH ORDINALITY AS asked (kind, scope_id, name_key, place)
CROSS JOIN LATERAL (
  SELECT subject_id FROM subject
  WHERE site_id = $1 AND name_key = asked.name_key AND kind = asked.kind AND scope_id = asked.scope_id OFFSET 0
) AS found
"""
# Serves idempotency: what is recorded under event ids.
FIND_EVENTS = """
SELECT found.event_id, found.sequence, found.record_time, found.subject_version, found.payload
FROM unnest($2::uuid[]) AS asked (event_id)
CROSS JOIN LATERAL (
  SELECT event_id, sequence, record_time, subject_version, payload FROM event
  WHERE site_id = $1 AND event_id = asked.event_id OFFSET 0
) AS found
"""
# Keeps subjects to this transaction. Sorted, so that two transactions wait for each other in one direction only.
LOCK = """
SELECT subject_id, version, head_digest FROM subject
WHERE subject_id = ANY($1::bigint[]) ORDER BY subject_id FOR UPDATE
"""
MOVE_HEADS = """
UPDATE subject SET version = moved.version, head_digest = moved.digest
FROM unnest($1::bigint[], $2::integer[], $3::bytea[]) AS moved (subject_id, version, digest)
WHERE subject.subject_id = moved.subject_id
"""
NEXT_SEQUENCES = "SELECT nextval('event_sequence') FROM generate_series(1, $1::integer)"
# Hands out running numbers; the row stays locked until the end of the transaction.
TAKE_NUMBERS = """
INSERT INTO serial_counter (part_id, site_id, next_number) VALUES ($1, $2, $3::bigint + 1)
ON CONFLICT (part_id) DO UPDATE SET next_number = serial_counter.next_number + $3::bigint
RETURNING next_number - $3::bigint
"""
# A counter to look at, locked, or to move past numbers that were set apart.
MAKE_COUNTER = """
INSERT INTO serial_counter (part_id, site_id, next_number) VALUES ($1, $2, 1) ON CONFLICT (part_id) DO NOTHING
"""
NEXT_NUMBER = "SELECT next_number FROM serial_counter WHERE part_id = $1 FOR UPDATE"
# Counts the transactions that wrote definitions (serves keeping what was read of them).
DEFINITIONS_CHANGED = """
INSERT INTO definitions_version (site_id, version) VALUES ($1, 1)
ON CONFLICT (site_id) DO UPDATE SET version = definitions_version.version + 1
"""
SKIP_NUMBERS = "UPDATE serial_counter SET next_number = $2 WHERE part_id = $1 AND next_number < $2"
SAFETY_SETTINGS = """
SELECT name, setting FROM pg_settings
WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version_num')
"""


class PostgresqlReader:
    """A transaction on one site."""

    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Row], site: Site, definitions_version: int) -> None:
        self._connection = connection
        self._cursor = psycopg.RawCursor(connection)
        self._cursor.format = psycopg.pq.Format.BINARY
        self.site = site
        self.definitions_version = definitions_version
        self._put_off: list[_Statement] = []
        self._asked: dict[_Question, _Statement] = {}
        self._answers: dict[_Question, list[Row]] = {}

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        if self._asked or self._answers:
            question = _question(sql, parameters)
            self._asked.pop(question, None)
            found = self._answers.pop(question, None)
            if found is not None:
                return found
        return self._run(sql, parameters or None).fetchall()

    def ahead(self, sql: str, *parameters: object) -> None:
        self._asked[_question(sql, parameters)] = (sql, parameters or None, None)

    def _run(
        self, sql: str, parameters: Sequence[object] | None = None, *, prepare: bool | None = None
    ) -> psycopg.RawCursor[Row]:
        """Run a statement and wait for its end, with what was put off before it and what was asked ahead after it."""
        if not self._put_off and not self._asked:
            return self._cursor.execute(sql, parameters, prepare=prepare)
        put_off, self._put_off, asked, self._asked = self._put_off, [], self._asked, {}
        answers = {}
        with self._connection.pipeline():
            for statement in put_off:
                self._sent(statement)
            cursor = self._sent((sql, parameters, prepare))
            for question, statement in asked.items():
                answers[question] = self._sent(statement)
        self._answers.update((question, one.fetchall()) for question, one in answers.items())
        return cursor

    def _sent(self, statement: "_Statement") -> psycopg.RawCursor[Row]:
        sql, parameters, prepare = statement
        cursor = psycopg.RawCursor(self._connection)
        cursor.format = psycopg.pq.Format.BINARY
        return cursor.execute(sql, parameters, prepare=prepare)

    def stream(self, sql: str, *parameters: object) -> Iterator[Row]:
        with psycopg.RawServerCursor(self._connection, name="stream", scrollable=False) as cursor:
            cursor.format = psycopg.pq.Format.BINARY
            cursor.itersize = 5000
            cursor.execute(sql, parameters or None)
            yield from cursor

    def find_names(self, names: Sequence[tuple[int, int, str]]) -> list[int | None]:
        found: list[int | None] = [None] * len(names)
        if names:
            kinds, scopes, keys = map(list, zip(*names, strict=True))
            asked = (self.site.site_id, kinds, scopes, keys)
            for place, subject_id in self._run(FIND_NAMES, asked, prepare=_prepared(names)).fetchall():
                found[place - 1] = subject_id
        return found

    def recorded(self, event_ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
        rows = self.rows(FIND_EVENTS, self.site.site_id, list(event_ids))
        return {event_id: StoredEvent(*rest) for event_id, *rest in rows}

    def recorded_ahead(self, event_ids: Sequence[UUID]) -> None:
        self.ahead(FIND_EVENTS, self.site.site_id, list(event_ids))


class PostgresqlWriter(PostgresqlReader):
    """A write transaction.

    What answers nothing is put off: it is sent in one round trip, before the next reading or with the commit. What is
    wrong with it (a key that exists) is found out then.
    """

    def stream(self, sql: str, *parameters: object) -> Iterator[Row]:
        self._send_put_off()  # what is streamed is asked by a statement of its own
        return super().stream(sql, *parameters)

    def _later(self, sql: str, parameters: Sequence[object] | None = None, *, prepare: bool | None = None) -> None:
        """Send a statement that answers nothing with the next one that does; what was asked before may change by it."""
        self._asked.clear()
        self._answers.clear()
        self._put_off.append((sql, parameters, prepare))

    def _send_put_off(self) -> None:
        if self._put_off:
            self._run("SELECT")

    def commit(self) -> None:
        """Send what was put off, and the commit with it."""
        self._asked.clear()
        self._run("COMMIT", prepare=False)

    def lock(self, subject_ids: Iterable[int]) -> dict[int, Head]:
        self._let_sequences_go()
        return {subject_id: Head(version, digest) for subject_id, version, digest in self.rows(LOCK, list(subject_ids))}

    def next_sequences(self, count: int) -> Sequence[int]:
        return [sequence for (sequence,) in self.rows(NEXT_SEQUENCES, count)]

    def sequences_ahead(self, count: int) -> None:
        self.ahead(NEXT_SEQUENCES, count)

    def next_subject_ids(self, count: int) -> Sequence[int]:
        rows = self.rows("SELECT nextval('subject_sequence') FROM generate_series(1, $1::integer)", count)
        return [subject_id for (subject_id,) in rows]

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self._later(_insert_sql(table), _columns(rows))

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        self._later(_upsert_sql(table), _columns(rows))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        self._later(_delete_sql(table), _columns(keys))

    def move_heads(self, heads: Sequence[tuple[int, int, bytes]]) -> None:
        self._later(MOVE_HEADS, _columns(heads), prepare=_prepared(heads))

    def take_numbers(self, part_id: int, count: int) -> int:
        ((first,),) = self.rows(TAKE_NUMBERS, part_id, self.site.site_id, count)
        return int(first)

    def next_number(self, part_id: int) -> int:
        self._later(MAKE_COUNTER, (part_id, self.site.site_id))
        ((number,),) = self.rows(NEXT_NUMBER, part_id)
        return int(number)

    def skip_numbers(self, part_id: int, next_number: int) -> None:
        self._later(SKIP_NUMBERS, (part_id, next_number))

    def lock_serials(self, *, alone: bool) -> None:
        kind = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        self._run(f"SELECT {kind}($1, 0)", (SERIALS,))

    def definitions_changed(self) -> None:
        self._later(DEFINITIONS_CHANGED, (self.site.site_id,))

    def run(self, sql: str, *parameters: object) -> None:
        # Alone, because psycopg forgets what it has prepared when a table is dropped, and in a pipeline too late.
        self._send_put_off()
        self._cursor.execute(sql, parameters or None)

    def exclude_others(self) -> None:
        self._run("SELECT pg_advisory_xact_lock($1, $2)", (WRITING, self.site.site_id))
        self._let_sequences_go()

    def _let_sequences_go(self) -> None:
        """Forget sequences taken before: they follow what is locked, so that histories are in their order."""
        self._answers = {question: rows for question, rows in self._answers.items() if question[0] != NEXT_SEQUENCES}


def _prepared(names: Sequence[object]) -> bool | None:
    """Whether to keep a plan. One made while a plant was empty read all units of a part for each of many names."""
    return False if len(names) >= MANY else None


_Statement = tuple[str, Sequence[object] | None, bool | None]
"""SQL, parameters, and whether it is prepared."""
_Question = tuple[str, tuple[object, ...]]
"""SQL and parameters, by which an answer is found again."""


def _question(sql: str, parameters: Sequence[object]) -> _Question:
    return sql, tuple(tuple(one) if isinstance(one, list) else one for one in parameters)


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _unnested(columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(columns, start=1))


@lru_cache(maxsize=64)
def _insert_sql(table: Table) -> str:
    names = ", ".join(table.column_names)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({_unnested(table.columns)})"


@lru_cache(maxsize=64)
def _upsert_sql(table: Table) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in table.column_names if name not in table.key_columns)
    return f"{_insert_sql(table)} ON CONFLICT ({', '.join(table.key_columns)}) DO UPDATE SET {changes}"


@lru_cache(maxsize=64)
def _delete_sql(table: Table) -> str:
    keys = [column for column in table.columns if column[0] in table.key_columns]
    names = ", ".join(name for name, _ in keys)
    matches = " AND ".join(f"{table.name}.{name} = gone.{name}" for name, _ in keys)
    return f"DELETE FROM {table.name} USING unnest({_unnested(keys)}) AS gone ({names}) WHERE {matches}"


class PostgresqlDatabase:
    """An open PostgreSQL database. Every connection works as the application role and sees one site."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._names = Names()
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url, min_size=0, max_size=POOL_MAX, timeout=WAIT_S, configure=as_app, open=True, name="asbuilt"
        )

    @property
    def name(self) -> str:
        return without_password(self._url)

    def known_names(self) -> Names:
        return self._names

    def sites(self) -> tuple[Site, ...]:
        with self._connected() as connection:
            rows = connection.execute("SELECT site_id, name, issuer FROM site ORDER BY site_id").fetchall()
        return tuple(Site(site_id, SiteName(name), issuer) for site_id, name, issuer in rows)

    def site(self, name: str) -> Site:
        return site_named(self.sites(), name)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Row]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as problem:
            raise Collision(str(problem)) from problem
        except psycopg.errors.UniqueViolation as problem:
            raise Collision(str(problem)) from problem
        except PoolTimeout:
            raise Unavailable(f"{self.name} cannot be reached; check that PostgreSQL runs and accepts us") from None
        except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as problem:
            raise Unavailable(f"{self.name}: {str(problem).strip()}") from problem

    @contextmanager
    def reading(self, site: Site) -> Iterator[PostgresqlReader]:
        with self._connected() as connection:
            version = _begun(connection, site, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with _undone_on_error(connection):
                yield PostgresqlReader(connection, site, version)
                connection.execute("COMMIT", prepare=False)

    @contextmanager
    def writing(self, site: Site) -> Iterator[PostgresqlWriter]:
        begin = f"BEGIN; SELECT pg_advisory_xact_lock_shared({WRITING}, {int(site.site_id)})"
        with self._connected() as connection:
            version = _begun(connection, site, begin)
            with _undone_on_error(connection):
                writer = PostgresqlWriter(connection, site, version)
                yield writer
                writer.commit()

    def check_safety(self) -> None:
        with self._connected() as connection:
            settings = dict(connection.execute(SAFETY_SETTINGS).fetchall())
            pending = pending_at(connection)
            ((role, bypasses),) = connection.execute(
                "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            ).fetchall()
        if int(settings["server_version_num"]) < OLDEST:
            raise UnsafeDatabase(f"{self.name} is older than PostgreSQL 15; upgrade the server")
        for name in ("fsync", "full_page_writes"):
            if settings[name] != "on":
                raise UnsafeDatabase(
                    f"{self.name}: {name} is off, so a power cut loses data; "
                    f"set {name} = on in postgresql.conf and restart"
                )
        if settings["synchronous_commit"] == "off":
            raise UnsafeDatabase(
                f"{self.name}: synchronous_commit is off, so acknowledged events can be lost; "
                "set synchronous_commit = on in postgresql.conf, and for the role and database if set there"
            )
        if bypasses:
            raise UnsafeDatabase(f"{self.name}: role {role} bypasses row-level security; run `asbuilt init` again")
        if pending:
            raise UnsafeDatabase(f"{self.name} lacks {', '.join(pending)}; run `asbuilt migrate` as its owner")

    def close(self) -> None:
        self._pool.close()


def _begun(connection: psycopg.Connection[Row], site: Site, begin: str) -> int:
    """Begin a transaction that sees one site, in one round trip, and say at which version its definitions are."""
    site_id = int(site.site_id)
    version = f"SELECT version FROM definitions_version WHERE site_id = {site_id}"
    cursor = connection.execute(f"{begin}; SET LOCAL asbuilt.site_id = {site_id}; {version}", prepare=False)
    while cursor.nextset():
        pass
    rows = cursor.fetchall()
    return int(rows[0][0]) if rows else 0


@contextmanager
def _undone_on_error(connection: psycopg.Connection[Row]) -> Iterator[None]:
    try:
        yield
    except psycopg.Error:
        # psycopg loses count of what it has prepared when a pipeline fails: the next statement would not exist.
        connection.close()
        raise
    except BaseException:
        if not connection.closed and not connection.broken:
            connection.execute("ROLLBACK", prepare=False)
        raise


def as_app(connection: psycopg.Connection[Any]) -> None:
    """Work as the application role, whoever logged in, so that history cannot be changed even by an owner's login."""
    try:
        connection.execute(composing.SQL("SET ROLE {}").format(composing.Identifier(APP_ROLE)))
    except psycopg.errors.Error as problem:
        connection.rollback()
        raise UnsafeDatabase(
            f"cannot work as role {APP_ROLE} ({str(problem).strip()}); run `asbuilt init`"
        ) from problem
    connection.execute(composing.SQL("SET search_path TO {}").format(composing.Identifier(SCHEMA)))
    # What is streamed is read to its end; a plan made for the first rows took 50 times as long for all of them.
    connection.execute("SET cursor_tuple_fraction TO 1")
    # Every statement has its index. A plan made while a table was small reads it whole when it is large.
    connection.execute("SET enable_seqscan TO off")
    connection.execute("SET jit TO off")  # what it compiles for takes less long than compiling
    connection.commit()
    connection.autocommit = True  # transactions are begun and ended by name, below
    connection.prepare_threshold = 2


def pending_at(connection: psycopg.Connection[Any]) -> list[str]:
    """The migrations that a database lacks."""
    ((exists,),) = connection.execute("SELECT to_regclass('asbuilt.schema_migration')").fetchall()
    if exists is None:
        return list(MIGRATIONS)
    done = {name for (name,) in connection.execute("SELECT name FROM asbuilt.schema_migration")}
    return [name for name in MIGRATIONS if name not in done]


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@")))
