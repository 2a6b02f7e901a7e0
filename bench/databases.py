"""Databases to measure on: made for a run, gone at its end."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.opening import open_database, open_keeper

SERVER = os.environ.get("ASBUILT_BENCH_POSTGRESQL", "postgresql://127.0.0.1:5432/postgres")
"""A database on the server where a superuser may make others. It has to run on this machine, for its processor time."""

KINDS = ("sqlite", "postgresql")
SITE, ISSUER = "BENCH", "ACME"

_numbers = count(1)

# The server processes that work for one database.
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = %s"


@dataclass(frozen=True, slots=True)
class Made:
    """A database with a site, and a folder for what belongs to it."""

    kind: str
    url: str
    folder: Path

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def name(self) -> str:
        """The name of a PostgreSQL database."""
        return self.url.rpartition("/")[2]

    @contextlib.contextmanager
    def opened(self) -> Iterator[tuple[Database, Site]]:
        database = open_database(self.url)
        try:
            yield database, database.site(SITE)
        finally:
            database.close()

    def backends(self) -> list[int]:
        """The processes of PostgreSQL that work for this database."""
        if self.kind == "sqlite":
            return []
        return [pid for (pid,) in _watching().execute(BACKENDS, (self.name,))]


@contextlib.contextmanager
def made(kind: str) -> Iterator[Made]:
    """A migrated database with one site, on the disk where temporary files go."""
    folder = Path(tempfile.mkdtemp(prefix="asbuilt-bench-"))
    name = f"asbuilt_bench_{os.getpid()}_{next(_numbers)}"
    url = f"sqlite:///{folder}/asbuilt.sqlite3" if kind == "sqlite" else f"{SERVER.rpartition('/')[0]}/{name}"
    try:
        if kind == "postgresql":
            _run("CREATE DATABASE {}", name)
        try:
            keeper = open_keeper(url)
            keeper.migrate()
            keeper.add_site(SITE, ISSUER)
            keeper.close()
            yield Made(kind, url, folder)
        finally:
            if kind == "postgresql":
                _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    finally:
        shutil.rmtree(folder)


def reachable(kind: str) -> str:
    """Why databases of a kind cannot be had; '' when they can."""
    if kind == "sqlite":
        return ""
    try:
        with _server():
            return ""
    except psycopg.OperationalError as problem:
        return f"no PostgreSQL at {SERVER}: {str(problem).strip()}"


def server_version() -> str:
    with _server() as connection:
        ((version,),) = connection.execute("SHOW server_version").fetchall()
    return str(version).split()[0]


@cache
def _watching() -> psycopg.Connection:
    """The connection that looks at the server; kept, because a busy server may have none left when it is asked for."""
    return psycopg.connect(SERVER, autocommit=True, connect_timeout=5)


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=5) as connection:
        yield connection


def _run(statement: str, name: str) -> None:
    with _server() as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
