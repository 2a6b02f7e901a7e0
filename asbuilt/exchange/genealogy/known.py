"""What the record knows of the units, lots and parts that a set names, each question for many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asbuilt.core.events.definitions import Tracking
from asbuilt.core.identifiers.subjects import Lot, Part, Subject, SubjectKind, Unit
from asbuilt.core.states.known import Known
from asbuilt.exchange.genealogy.edges import Name
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_parts
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import quantity_of

AT_ONCE = 5_000
"""Names asked for at once."""

# Which of some units and lots anything was ever recorded of.
EXISTING = "SELECT subject_id FROM subject WHERE subject_id = ANY($1) AND version > 0"
# The links that some parents have or had, with the events they come from.
LINKS = """
SELECT link.parent_id, link.component_id, link.reference_designator, link.quantity, link.installed_at, link.removed_at,
       event.event_id
FROM installation AS link CROSS JOIN event
WHERE link.parent_id = ANY($1) AND event.sequence = link.sequence
ORDER BY link.sequence
"""


@dataclass(slots=True)
class Names:
    """What names stand for. existing: units and lots on record, with their ids. parts: those that are defined.

    otherwise: what a name is taken for that nothing on record bears, and nothing says what it is.
    """

    existing: dict[Unit | Lot, int] = field(default_factory=dict)
    parts: dict[Part, Tracking] = field(default_factory=dict)
    otherwise: SubjectKind | None = None

    def meant(self, name: Name) -> Unit | Lot | None:
        """The unit or lot that a name means: as the set says, as it exists, or as its part is tracked.

        None where that leaves both, or neither.
        """
        if name.kind is not None:
            return name.of_kind(name.kind)
        there: list[Unit | Lot] = [one for one in (name.as_unit, name.as_lot) if one in self.existing]
        if len(there) == 1:
            return there[0]
        tracking = None if there else self.parts.get(name.part)
        if tracking is Tracking.SERIALIZED:
            return name.as_unit
        if tracking is Tracking.LOT:
            return name.as_lot
        return None if there or self.otherwise is None else name.of_kind(self.otherwise)


def names_known(
    database: Database, site: Site, names: Iterable[Name], *, otherwise: SubjectKind | None = None
) -> Names:
    """What the record knows of some names. otherwise: as in Names."""
    distinct = list({name.as_unit: name for name in names}.values())
    found = Names(otherwise=otherwise)
    with database.reading(site) as reader:
        for start in range(0, len(distinct), AT_ONCE):
            _look_up(reader, database, distinct[start : start + AT_ONCE], found)
    return found


def _look_up(reader: Reader, database: Database, names: Sequence[Name], found: Names) -> None:
    directory = Directory(reader, database.known_names())
    directory.find([subject for name in names for subject in (name.as_unit, name.as_lot)])
    subjects: list[Unit | Lot] = [
        subject for name in names for subject in (name.as_unit, name.as_lot) if subject in directory.ids
    ]
    ids = {subject: directory.ids[subject] for subject in subjects}
    existing = {subject_id for (subject_id,) in reader.rows(EXISTING, sorted(ids.values()))}
    found.existing.update({subject: one for subject, one in ids.items() if one in existing})
    loading = Loading(reader, directory, Known())
    load_parts(loading, sorted({directory.ids[name.part] for name in names if name.part in directory.ids}))
    found.parts.update({part: state.tracking for part, state in loading.known.parts.loaded.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A link on record."""

    event_id: UUID
    quantity: Decimal | None
    removed_at: datetime | None


Key = tuple[Subject, Subject, str, datetime]
"""Parent, component, reference designator, and when it was installed."""


def links_known(database: Database, site: Site, parents: Iterable[Unit | Lot]) -> dict[Key, Recorded]:
    """The links that some parents have or had."""
    wanted = list(dict.fromkeys(parents))
    found: dict[Key, Recorded] = {}
    with database.reading(site) as reader:
        for start in range(0, len(wanted), AT_ONCE):
            directory = Directory(reader, database.known_names())
            directory.find(wanted[start : start + AT_ONCE])
            ids = [directory.ids[one] for one in wanted[start : start + AT_ONCE] if one in directory.ids]
            rows = reader.rows(LINKS, sorted(ids))
            named = directory.subjects({one for row in rows for one in row[:2]})
            for parent_id, component_id, designator, quantity, installed_at, removed_at, event_id in rows:
                key = (named[parent_id], named[component_id], designator, moment_of(installed_at))
                found[key] = Recorded(
                    event_id=event_id if isinstance(event_id, UUID) else UUID(bytes=event_id),
                    quantity=quantity_of(quantity),
                    removed_at=None if removed_at is None else moment_of(removed_at),
                )
    return found


def kind_word(subject: Subject) -> str:
    return "unit" if subject.kind is SubjectKind.UNIT else "lot"
