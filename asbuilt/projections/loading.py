"""What is being read around a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.states.known import Known
from asbuilt.ledger.database import KeptRows, Reader, Row
from asbuilt.ledger.subjects import Directory

KEPT_MAX = 20_000
"""Most ids of which the rows of one statement are kept: more parts, tools or people than almost every plant has."""


@dataclass(frozen=True, slots=True)
class Loading:
    """The tables read from, the names already found, and the Known being filled.

    kept: rows of definitions that need not be read again.
    """

    reader: Reader
    directory: Directory
    known: Known
    kept: KeptRows = field(default_factory=dict)

    def definitions(self, sql: str, ids: Sequence[int], *, by: int = 0) -> list[Row]:
        """The rows that a statement finds for these ids, of a table that nothing but definitions writes.

        sql: takes the ids as `$1`. by: the column with the id that a row was found for.
        """
        kept = self.kept.setdefault(sql, {})
        found = {one: rows for one in ids if (rows := kept.get(one)) is not None}
        missing = [one for one in ids if one not in found]
        if missing:
            read: dict[int, list[Row]] = {one: [] for one in missing}
            for row in self.reader.rows(sql, missing):
                read[row[by]].append(row)
            if len(kept) + len(read) > KEPT_MAX:
                kept.clear()
            kept.update(read)
            found |= read
        return [row for one in ids for row in found[one]]

    def named(self, subject_ids: Iterable[int]) -> dict[int, Subject]:
        return self.directory.subjects(set(subject_ids))

    def ids(self, subjects: Iterable[Subject]) -> list[int]:
        """The ids of those subjects that have one, sorted."""
        found = self.directory.ids
        return sorted({found[subject] for subject in subjects if subject in found})
