"""What a database must offer, and the small shapes both dialects share.

SQL is written once, in PostgreSQL's way: numbered parameters `$1`, and `= ANY($1)` for a set. The SQLite dialect
understands the first as it stands and spells the second its own way. What differs more is in the dialect modules.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from asbuilt.core.identifiers.names import SiteName
from asbuilt.core.identifiers.subjects import Subject

Row = tuple[Any, ...]
"""A database row. Any: columns have the types of their SQL; rows are turned into records where they are read."""


class Unavailable(Exception):
    """The database cannot serve now (locked, full, read-only, unreachable); nothing was recorded. Try again later."""


class UnsafeDatabase(Exception):
    """The database would lose what it acknowledged, or is not ours; the text names the setting and the mend."""


class Collision(Exception):
    """Another process wrote the same at the same moment; the transaction was rolled back and may be tried again."""


@dataclass(frozen=True, slots=True)
class Site:
    """A plant. Rows of other sites are out of sight."""

    site_id: int
    name: SiteName
    issuer: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is written: its columns, the key first, with their PostgreSQL types."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def key_columns(self) -> tuple[str, ...]:
        return self.key or (self.columns[0][0],)


KeptRows = dict[str, dict[int, list[Row]]]
"""Rows by the statement that reads them and the id that they are asked for by."""


class KeptDefinitions:
    """What a process has read of each site's definitions, for as long as none of them changes.

    Safe to use from several threads: who goes on at an older version than others have met fills rows that nobody asks
    any more.
    """

    def __init__(self) -> None:
        self._by_site: dict[int, tuple[int, KeptRows]] = {}

    def at(self, site_id: int, version: int) -> KeptRows:
        """The rows read at this version of the definitions, to look in and to add to."""
        newest, rows = self._by_site.get(site_id, (-1, {}))
        if version == newest:
            return rows
        fresh: KeptRows = {}
        if version > newest:
            self._by_site[site_id] = (version, fresh)
        return fresh


class Names(dict[tuple[int, int, int, str], int]):
    """Ids of subjects by (site_id, kind, scope_id, name_key), as far as a process has met them.

    spelled: the same subjects by (site_id, subject_id), as they were first written, each with the id of what it is
    named in. Ids and spellings never change. definitions: what was read of the definitions of each site.
    """

    def __init__(self) -> None:
        super().__init__()
        self.spelled: dict[tuple[int, int], tuple[Subject, int]] = {}
        self.definitions = KeptDefinitions()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain of a subject stands."""

    version: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """What was recorded under an event id."""

    sequence: int
    record_time: int
    subject_version: int
    payload: bytes


class Reader(Protocol):
    """A consistent view of one site."""

    dialect: str
    """`sqlite` or `postgresql`, for the few statements that are written for each."""

    @property
    def site(self) -> Site: ...

    @property
    def definitions_version(self) -> int:
        """How often definitions of the site had changed when the transaction began."""

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """All rows of a query."""

    def ahead(self, sql: str, *parameters: object) -> None:
        """Say that `rows` is asked for this soon.

        Where a question is a trip to a server, it travels with the next one and is answered after it. Whoever asks
        ahead writes nothing in between that would change the answer.
        """

    def stream(self, sql: str, *parameters: object) -> Iterator[Row]:
        """The rows of a query one by one, in constant memory."""

    def find_names(self, names: Sequence[tuple[int, int, str]]) -> list[int | None]:
        """The subject ids of (kind, scope_id, name_key), None where there is none."""

    def recorded(self, event_ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
        """What is recorded under these event ids."""

    def recorded_ahead(self, event_ids: Sequence[UUID]) -> None:
        """Say that `recorded` is asked for these soon."""


class Locker(Reader, Protocol):
    """A view of one site in which subjects are kept from others, so that what is decided by it stays true."""

    def lock(self, subject_ids: Iterable[int]) -> dict[int, Head]:
        """Keep these subjects to ourselves until the end, and say where their chains stand."""

    def lock_serials(self, *, alone: bool) -> None:
        """Keep others from giving serials that might be the same; with others, or alone."""

    def next_number(self, part_id: int) -> int:
        """The running number of a part that is handed out next; it is ours until the end."""

    def exclude_others(self) -> None:
        """Wait until no other transaction writes to the site, and let none begin before this one ends."""


class Writer(Locker, Protocol):
    """A transaction on one site; committed when its context ends without an exception."""

    def next_sequences(self, count: int) -> Sequence[int]: ...

    def sequences_ahead(self, count: int) -> None:
        """Say that so many are asked for soon; they are taken after what is locked before."""

    def next_subject_ids(self, count: int) -> Sequence[int]: ...

    def insert(self, table: Table, rows: Sequence[Row]) -> None: ...

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert, or replace all columns of the row with the same key."""

    def delete(self, table: Table, keys: Sequence[Row]) -> None: ...

    def move_heads(self, heads: Sequence[tuple[int, int, bytes]]) -> None:
        """Set (subject_id, version, head digest)."""

    def take_numbers(self, part_id: int, count: int) -> int:
        """Hand out `count` running numbers of a part, and say the first. Never the same twice."""

    def next_number(self, part_id: int) -> int:
        """The running number of a part that would be handed out next; kept to ourselves until the end."""

    def skip_numbers(self, part_id: int, next_number: int) -> None:
        """Hand out no number below `next_number` any more."""

    def lock_serials(self, *, alone: bool) -> None:
        """Give serials together with others, or alone in the whole database, until the end."""

    def definitions_changed(self) -> None:
        """Say that this transaction wrote definitions. Last of all: others who wrote some wait for its end."""

    def run(self, sql: str, *parameters: object) -> None: ...


class Database(Protocol):
    """An open database. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """For messages: where it is, without a password."""

    def sites(self) -> tuple[Site, ...]: ...

    def site(self, name: str) -> Site:
        """Raises LookupError when there is none of that name."""

    def reading(self, site: Site) -> AbstractContextManager[Reader]: ...

    def writing(self, site: Site) -> AbstractContextManager[Writer]:
        """Raises Collision or Unavailable; then nothing was written."""

    def check_safety(self) -> None:
        """Raise UnsafeDatabase when what it acknowledges could be lost."""

    def known_names(self) -> Names:
        """Ids of subjects by (site_id, kind, scope_id, name_key), kept between transactions; ids never change."""

    def close(self) -> None: ...


class Keeper(Protocol):
    """The owner of a database: makes and migrates it."""

    def migrate(self) -> list[str]:
        """Bring the schema up to date and say which migrations were applied."""

    def pending(self) -> list[str]:
        """The migrations not yet applied."""

    def add_site(self, name: str, issuer: str) -> None: ...

    def close(self) -> None: ...


def site_named(sites: Iterable[Site], name: str) -> Site:
    """The site of that name. Raises LookupError, naming those there are."""
    sites = tuple(sites)
    for site in sites:
        if site.name == name:
            return site
    raise LookupError(f"there is no site {name!r} here; there is {', '.join(site.name for site in sites) or 'none'}")
