"""What is being read around a batch."""

from collections.abc import Iterable
from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.states.known import Known
from asbuilt.ledger.database import Reader
from asbuilt.ledger.subjects import Directory


@dataclass(frozen=True, slots=True)
class Loading:
    """The tables read from, the names already found, and the Known being filled."""

    reader: Reader
    directory: Directory
    known: Known

    def named(self, subject_ids: Iterable[int]) -> dict[int, Subject]:
        return self.directory.subjects(set(subject_ids))

    def ids(self, subjects: Iterable[Subject]) -> list[int]:
        """The ids of those subjects that have one, sorted."""
        found = self.directory.ids
        return sorted({found[subject] for subject in subjects if subject in found})
