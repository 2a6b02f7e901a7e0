"""Databases for tests: one per test process and kind, and some to be damaged."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from asbuilt.ledger.database import Database, Keeper, Site
from asbuilt.ledger.opening import open_database, open_keeper

SERVER = os.environ.get("ASBUILT_TEST_POSTGRESQL", "postgresql://127.0.0.1:5432/postgres")
"""The URL of a database on a server where we may make others."""

KINDS = ("sqlite", "postgresql")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Made:
    """A database made for tests, migrated, without sites."""

    kind: str
    url: str

    @property
    def name(self) -> str:
        """The name of a PostgreSQL database."""
        return self.url.rpartition("/")[2]

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    def add_site(self, name: str, issuer: str = "ACME") -> None:
        keeper = open_keeper(self.url)
        try:
            keeper.add_site(name, issuer)
        finally:
            keeper.close()

    def analyze(self) -> None:
        """Let PostgreSQL count its rows, as it does by itself a minute after many were written."""
        if self.kind == "postgresql":
            with psycopg.connect(self.url, autocommit=True) as owner:
                owner.execute("ANALYZE")

    @contextlib.contextmanager
    def opened(self) -> Iterator[Database]:
        database = open_database(self.url)
        try:
            yield database
        finally:
            database.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """A database open for a whole test process."""

    made: Made
    database: Database
    keeper: Keeper

    def new_site(self, issuer: str = "ACME") -> Site:
        name = f"SITE-{next(_numbers)}"
        self.keeper.add_site(name, issuer)
        return self.database.site(name)


@contextlib.contextmanager
def opened_database(kind: str) -> Iterator[Opened]:
    """A database for many tests, each with a site of its own."""
    with made_database(kind) as made, made.opened() as database:
        keeper = open_keeper(made.url)
        try:
            yield Opened(made, database, keeper)
        finally:
            keeper.close()


@contextlib.contextmanager
def empty_database(kind: str, *, like: str = "template1") -> Iterator[str]:
    """The URL of a database without anything in it, or a copy of another; gone at the end."""
    number = next(_numbers)
    if kind == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix=f"asbuilt-test-{os.getpid()}-", dir=_quick_folder()))
        try:
            yield f"sqlite:///{folder}/asbuilt.sqlite3"
        finally:
            shutil.rmtree(folder)
        return
    name = f"asbuilt_test_{os.getpid()}_{number}"
    with server() as connection:
        names = sql.Identifier(name), sql.Identifier(like)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        with server() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def made_database(kind: str, *, like: Made | None = None) -> Iterator[Made]:
    """A migrated database; gone at the end. like: one that nobody has open, to be copied, which is quicker."""
    with empty_database(kind, like="template1" if like is None else like.name) as url:
        if kind == "sqlite" or like is None:
            migrate(url)
        yield Made(kind, url)


def migrate(url: str) -> list[str]:
    keeper = open_keeper(url)
    try:
        # Roles belong to the whole server, and two test processes would make the same ones in the same moment.
        with server_lock(url):
            return keeper.migrate()
    finally:
        keeper.close()


@contextlib.contextmanager
def server_lock(url: str) -> Iterator[None]:
    if url.startswith("sqlite"):
        yield
        return
    with server() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('asbuilt.tests'))")
        yield


@contextlib.contextmanager
def server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=5) as connection:
        yield connection


def need_postgresql() -> None:
    """Skip the test where there is no server to be had, and fail in continuous integration."""
    try:
        with server():
            return
    except psycopg.OperationalError as problem:
        reason = f"no PostgreSQL at {SERVER}, so half of the promises are not tested: {problem}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _quick_folder() -> str | None:
    """Memory, where there is some: what these tests ask is what is recorded, not whether the disk keeps it."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
