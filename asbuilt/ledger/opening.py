"""Opens the database a URL names."""

from pathlib import Path
from urllib.parse import urlsplit

from asbuilt.ledger.database import Database, Keeper, UnsafeDatabase
from asbuilt.ledger.sqlite import SqliteDatabase, SqliteKeeper

SCHEMES = "postgresql://user@host/database, sqlite:////absolute/path or sqlite:///relative/path"


def open_database(url: str) -> Database:
    """Open a database for the application. Raises UnsafeDatabase or Unavailable."""
    if _is_postgresql(url):
        from asbuilt.ledger.postgresql import PostgresqlDatabase  # noqa: PLC0415 - the driver takes 0.15 s to load

        return PostgresqlDatabase(url)
    return SqliteDatabase(_path_of(url))


def open_keeper(url: str) -> Keeper:
    """Open the same for making and migrating it."""
    if _is_postgresql(url):
        from asbuilt.ledger.postgresql_keeper import PostgresqlKeeper  # noqa: PLC0415 - as above

        return PostgresqlKeeper(url)
    return SqliteKeeper(_path_of(url))


def _is_postgresql(url: str) -> bool:
    return urlsplit(url).scheme in ("postgresql", "postgres")


def _path_of(url: str) -> Path:
    scheme, separator, path = url.partition(":///")
    if scheme != "sqlite" or not separator or not path:
        raise UnsafeDatabase(f"{url!r} is no database we know; write {SCHEMES}")
    return Path(path)
