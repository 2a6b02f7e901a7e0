"""The floor: the rows of an operation written, or read, by the same SQL, with nothing decoded, checked or rendered.

An operation is first rehearsed: it runs as ever, what it writes and asks for is noted, and its transaction is rolled
back. Then the noted statements run again by themselves, and that is what is measured.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from asbuilt.capture.capture import Submission, capture
from asbuilt.ledger.append import EVENT
from asbuilt.ledger.database import Database, Reader, Site, Writer
from bench import door

T = TypeVar("T")

WRITES = frozenset({"insert", "upsert", "delete", "move_heads", "take_numbers"})
READS = frozenset({"rows", "find_names", "recorded", "lock"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a reader or writer: as good as one statement."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class Notes:
    """What an operation asked of the database, in order."""

    calls: list[Call] = field(default_factory=list)


class _Noting:
    """A reader or writer that notes what it is asked for, and does it."""

    def __init__(self, inner: Any, notes: Notes) -> None:
        self._inner, self._notes = inner, notes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in WRITES | READS:
            return found

        def noting(*arguments: Any) -> Any:
            self._notes.calls.append(Call(name, arguments))
            return found(*arguments)

        return noting


class _Rehearsed(Exception):
    """Ends a transaction without writing."""


class _Rehearsal:
    """A database that writes nothing. Only what capture asks of a database is there."""

    def __init__(self, database: Database, notes: Notes) -> None:
        self.name, self.known_names = database.name, database.known_names
        self._database, self._notes = database, notes

    @contextmanager
    def writing(self, site: Site) -> Iterator[_Noting]:
        with self._database.writing(site) as writer:
            yield _Noting(writer, self._notes)
            raise _Rehearsed


def statements_of(database: Database, site: Site, submission: Submission) -> list[Call]:
    """Everything that recording a submission asks of the database. Nothing is written."""
    notes = Notes()
    with suppress(_Rehearsed):
        capture(_Rehearsal(database, notes), site, [submission], now=door.NOW)
    return notes.calls


def writes_of(database: Database, site: Site, submission: Submission) -> Notes:
    """What recording a submission would write. Nothing is written, and nothing may be refused."""
    calls = [call for call in statements_of(database, site, submission) if call.name in WRITES]
    written = [call.arguments for call in calls if call.name == "insert"]
    (rows,) = (rows for table, rows in written if table is EVENT)
    assert len(rows) == len(submission.events), "every event is one row"
    return Notes(calls)


def written(database: Database, site: Site, notes: Notes) -> None:
    """Write the same rows by the same statements, in one transaction."""
    with database.writing(site) as writer:
        _again(writer, notes)


def reads_of(database: Database, site: Site, question: Callable[[Reader], T]) -> tuple[Notes, T]:
    """What a question asks of the database, and its answer."""
    notes = Notes()
    with database.reading(site) as reader:
        answer = question(_Noting(reader, notes))
    return notes, answer


def read(database: Database, site: Site, notes: Notes) -> None:
    """Fetch the same rows by the same statements, in one transaction."""
    with database.reading(site) as reader:
        _again(reader, notes)


def _again(where: Reader | Writer, notes: Notes) -> None:
    for call in notes.calls:
        getattr(where, call.name)(*call.arguments)
