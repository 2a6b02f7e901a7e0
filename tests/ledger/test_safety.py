"""What would lose acknowledged events is refused at start, with the mend in the message."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import apsw
import psycopg
import pytest

from asbuilt.ledger.database import Unavailable, UnsafeDatabase
from asbuilt.ledger.migrations import MIGRATIONS
from asbuilt.ledger.opening import open_database, open_keeper
from asbuilt.ledger.sqlite import check_library
from tests.databases import empty_database, migrate

POSTGRESQL_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def problem_of(url: str) -> str:
    database = open_database(url)
    try:
        with pytest.raises(UnsafeDatabase) as caught:
            database.check_safety()
    finally:
        database.close()
    return str(caught.value)


def test_a_database_as_we_make_it_is_safe(own_database):
    own_database.check_safety()


def test_an_empty_database_lacks_its_tables(kind):
    with empty_database(kind) as url:
        if kind == "sqlite":
            Path(url.removeprefix("sqlite:///")).touch()
            assert "journal_mode is delete, not wal; run `asbuilt migrate`" in problem_of(url)
        else:
            assert f"lacks {', '.join(MIGRATIONS)}; run `asbuilt migrate` as its owner" in problem_of(url)


def test_a_database_that_lacks_a_migration_is_refused(own, kind):
    newest = f"DELETE FROM schema_migration WHERE name = '{MIGRATIONS[-1]}'"
    if kind == "sqlite":
        apsw.Connection(str(own.path)).execute(newest)
    else:
        with psycopg.connect(own.url, options="-c search_path=asbuilt") as connection:
            connection.execute(newest)
    assert f"lacks {MIGRATIONS[-1]}; run `asbuilt migrate`" in problem_of(own.url)


def test_migrating_again_changes_nothing(own, own_world):
    own_world.unit("PUMP-200/1")
    keeper = open_keeper(own.url)
    assert keeper.pending() == []
    assert keeper.migrate() == []
    keeper.close()
    assert own_world.unit_view("PUMP-200/1").serial_number == "1"


def test_a_migration_that_fails_leaves_nothing_behind(kind, monkeypatch):
    with empty_database(kind) as url:
        module = {"sqlite": "asbuilt.ledger.sqlite", "postgresql": "asbuilt.ledger.postgresql_keeper"}[kind]
        original = __import__(module, fromlist=["migration_sql"]).migration_sql

        def broken(dialect: str, name: str) -> str:
            return original(dialect, name) + ("SELECT no_such_column;" if name == MIGRATIONS[-1] else "")

        monkeypatch.setattr(f"{module}.migration_sql", broken)
        with pytest.raises((apsw.SQLError, psycopg.errors.UndefinedColumn)):
            migrate(url)
        monkeypatch.undo()
        assert migrate(url) == list(MIGRATIONS)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_an_old_sqlite_is_refused(version):
    with pytest.raises(
        UnsafeDatabase, match=rf"SQLite {version} can lose commits in WAL mode; install apsw with 3.51.3"
    ):
        check_library(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.0", "3.100.0", "4.0.0"])
def test_a_sqlite_without_the_race_is_accepted(version):
    check_library(version)


def test_sqlite_without_its_write_ahead_log_is_refused(kind, own):
    if kind != "sqlite":
        pytest.skip("a setting of SQLite")
    apsw.Connection(str(own.path)).execute("PRAGMA journal_mode = DELETE")
    assert "journal_mode is delete, not wal" in problem_of(own.url)


def test_sqlite_commits_are_synced_whatever_the_file_was_made_with(kind, own, own_database):
    if kind != "sqlite":
        pytest.skip("a setting of SQLite")
    with own_database.writing(own_database.site("LYON")) as writer:
        assert writer.rows("PRAGMA synchronous") == [(2,)]
        assert writer.rows("PRAGMA journal_mode") == [("wal",)]


def test_there_is_no_database_where_none_was_made(tmp_path):
    with pytest.raises(UnsafeDatabase, match=r"there is no database at .*; make one with `asbuilt init`"):
        open_database(f"sqlite:///{tmp_path}/none.sqlite3")


@pytest.mark.parametrize("url", ["", "mysql://localhost/x", "sqlite:", "sqlite://x", "sqlite:///", "asbuilt.sqlite3"])
def test_a_url_that_names_no_database_is_refused(url):
    with pytest.raises(UnsafeDatabase, match="is no database we know; write postgresql://"):
        open_database(url)


@pytest.mark.parametrize("place", ["database", "role", "login"])
def test_postgresql_that_does_not_wait_for_the_disk_is_refused(kind, own, place):
    if kind != "postgresql":
        pytest.skip("a setting of PostgreSQL")
    url = own.url
    name = url.rpartition("/")[2]
    if place == "login":
        url += "?options=-c%20synchronous_commit%3Doff"
    else:
        who = f"DATABASE {name}" if place == "database" else f"ROLE CURRENT_USER IN DATABASE {name}"
        with psycopg.connect(url) as connection:
            connection.execute(f"ALTER {who} SET synchronous_commit = off")
    assert "synchronous_commit is off, so acknowledged events can be lost; set synchronous_commit = on" in problem_of(
        url
    )


def test_an_unreachable_postgresql_is_said_at_once():
    with pytest.raises(Unavailable, match=r"postgresql://x:…@127\.0\.0\.1:1/none"):
        open_keeper("postgresql://x:secret@127.0.0.1:1/none")


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_postgresql_server_that_could_lose_or_show_too_much_is_refused():
    if os.getuid() != 0 or not POSTGRESQL_PROGRAMS:
        pytest.skip("needs root and PostgreSQL's programs, to start a server of its own")
    with own_server() as url:
        migrate_alone(url)
        for setting in ("fsync", "full_page_writes"):
            configure(url, setting, "off")
            assert f"{setting} is off, so a power cut loses data; set {setting} = on" in problem_of(url)
            configure(url, setting, "on")
        with psycopg.connect(url) as connection:
            connection.execute("ALTER ROLE asbuilt_app BYPASSRLS")
        assert "role asbuilt_app bypasses row-level security" in problem_of(url)
        with psycopg.connect(url) as connection:
            connection.execute("ALTER ROLE asbuilt_app NOBYPASSRLS")
        database = open_database(url)
        database.check_safety()
        database.close()


def migrate_alone(url: str) -> None:
    keeper = open_keeper(url)
    keeper.migrate()
    keeper.close()


def configure(url: str, setting: str, value: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_sleep(0.3)")


@contextlib.contextmanager
def own_server() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="asbuilt-test-"))
    shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    as_postgres = ["runuser", "-u", "postgres", "--"]
    programs = POSTGRESQL_PROGRAMS[0]
    subprocess.run(
        [*as_postgres, programs / "initdb", "-D", data, "-A", "trust", "-N"], check=True, capture_output=True
    )
    control = [*as_postgres, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    try:
        subprocess.run([*control, "start", "-o", options], check=True, capture_output=True)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "stop", "-m", "immediate"], check=False, capture_output=True)
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
