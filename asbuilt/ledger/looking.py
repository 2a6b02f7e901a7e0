"""Judging without recording: what a writer would lock is only looked at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from asbuilt.ledger.database import Head, Reader, Row, Site, StoredEvent

# Where the chains of subjects stand (serves judging an event that is not recorded).
HEADS = "SELECT subject_id, version, head_digest FROM subject WHERE subject_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class Looking:
    """A Locker that keeps nothing from others: the next moment what was found may be otherwise."""

    reader: Reader

    @property
    def dialect(self) -> str:
        return self.reader.dialect

    @dialect.setter
    def dialect(self, name: str) -> None:
        raise AttributeError("the dialect is that of the reader")

    @property
    def site(self) -> Site:
        return self.reader.site

    @property
    def definitions_version(self) -> int:
        return self.reader.definitions_version

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        return self.reader.rows(sql, *parameters)

    def ahead(self, sql: str, *parameters: object) -> None:
        self.reader.ahead(sql, *parameters)

    def stream(self, sql: str, *parameters: object) -> Iterator[Row]:
        return self.reader.stream(sql, *parameters)

    def find_names(self, names: Sequence[tuple[int, int, str]]) -> list[int | None]:
        return self.reader.find_names(names)

    def recorded(self, event_ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
        return self.reader.recorded(event_ids)

    def recorded_ahead(self, event_ids: Sequence[UUID]) -> None:
        self.reader.recorded_ahead(event_ids)

    def lock(self, subject_ids: Iterable[int]) -> dict[int, Head]:
        rows = self.rows(HEADS, list(subject_ids))
        return {subject_id: Head(version, digest) for subject_id, version, digest in rows}

    def lock_serials(self, *, alone: bool) -> None:
        """Nothing is given, so nothing is kept from others."""

    def exclude_others(self) -> None:
        """Nothing is written, so nobody has to wait."""

    def next_number(self, part_id: int) -> int:
        raise AssertionError("whoever only looks reserves no numbers")
