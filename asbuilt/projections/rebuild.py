"""Folds every projection again from the ledger, and says where the tables differed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from asbuilt.core.states.fold import fold
from asbuilt.ledger.append import Entry
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Database, Row, Site, Writer
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around
from asbuilt.projections.catalogue import TABLES
from asbuilt.projections.write import subject_of, write

BATCH = 1000
DIFFERENCES_MAX = 1000
"""Most differences named per table; the count of a broken table is not the news, the first rows are."""

# The ledger in its order, batch by batch (serves rebuild).
EVENTS = """
SELECT event.sequence, event.payload, event.subject_version FROM event
WHERE event.site_id = $1 AND event.sequence > $2 ORDER BY event.sequence LIMIT $3
"""


class _NotKept(Exception):
    """Ends the transaction of a rebuild that only checks."""

    def __init__(self, report: "RebuildReport") -> None:
        super().__init__()
        self.report = report


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that differs: as it stood (None: it was not there), and as folded (None: it should not be there)."""

    table: str
    stored: Row | None
    folded: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """How many events were folded, and every row that differed."""

    events: int
    differences: tuple[Difference, ...]


def rebuild(
    database: Database, site: Site, *, keep: bool = True, progress: Callable[[int], None] | None = None
) -> RebuildReport:
    """Fold every projection of a site again, in one transaction, and compare with what stood there.

    keep: leave the folded tables in place (they are the truth); otherwise everything is left as it was.
    """
    try:
        with database.writing(site) as writer:
            report = _rebuilt(writer, database, progress)
            if not keep:
                raise _NotKept(report)  # noqa: TRY301 - how a transaction is left without writing
    except _NotKept as end:
        return end.report
    return report


def _rebuilt(writer: Writer, database: Database, progress: Callable[[int], None] | None) -> RebuildReport:
    writer.exclude_others()
    _set_aside(writer)
    events = _fold_all(writer, database, progress)
    differences = tuple(_differences(writer))
    for table in TABLES:
        writer.run(f"DROP TABLE before_{table.name}")
    writer.definitions_changed()  # also when none is left
    return RebuildReport(events=events, differences=differences)


def _set_aside(writer: Writer) -> None:
    """Copy every table as it stands, and empty it."""
    of_site = f"WHERE site_id = {writer.site.site_id}"  # a parameter is not allowed in CREATE TABLE AS
    for table in TABLES:
        columns = ", ".join(table.column_names)
        writer.run(f"CREATE TEMPORARY TABLE before_{table.name} AS SELECT {columns} FROM {table.name} {of_site}")
        writer.run(f"DELETE FROM {table.name} {of_site}")


def _fold_all(writer: Writer, database: Database, progress: Callable[[int], None] | None) -> int:
    """Fold the whole ledger in its order; a correction takes its event out again, as it did when it was captured."""
    after, count = 0, 0
    while True:
        rows = writer.rows(EVENTS, writer.site.site_id, after, BATCH)
        if not rows:
            return count
        _fold_batch(writer, database, rows)
        after = rows[-1][0]
        count += len(rows)
        if progress is not None:
            progress(count)


def _fold_batch(writer: Writer, database: Database, rows: Sequence[Row]) -> None:
    entries = [Entry(sequence, stored_event(bytes(payload)), version) for sequence, payload, version in rows]
    directory = Directory(writer, database.known_names())
    surroundings = around(writer, [entry.event for entry in entries], directory, before=entries[0].sequence)
    known = surroundings.known
    for entry in entries:
        fold(known, entry.event, sequence=entry.sequence)
        known.remember(entry.event, sequence=entry.sequence, subject=subject_of(entry.event, known))
    write(writer, entries, known, surroundings.directory.ids)


def _differences(writer: Writer) -> Iterator[Difference]:
    for table in TABLES:
        columns = ", ".join(table.column_names)
        now = f"SELECT {columns} FROM {table.name} WHERE site_id = {writer.site.site_id}"
        before = f"SELECT {columns} FROM before_{table.name}"
        keys = [table.column_names.index(name) for name in table.key_columns]
        stored = {_key(row, keys): row for row in writer.rows(f"{before} EXCEPT {now} LIMIT {DIFFERENCES_MAX}")}
        folded = {_key(row, keys): row for row in writer.rows(f"{now} EXCEPT {before} LIMIT {DIFFERENCES_MAX}")}
        for key in sorted(stored.keys() | folded.keys()):
            yield Difference(table=table.name, stored=stored.get(key), folded=folded.get(key))


def _key(row: Row, places: Sequence[int]) -> tuple[object, ...]:
    return tuple(row[place] for place in places)
