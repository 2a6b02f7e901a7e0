"""What the record holds already of the items and links that documents speak of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Part, Subject, SubjectKind, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.definitions import PartState
from asbuilt.core.states.records.identity import Alias
from asbuilt.exchange.catenax.values import CatenaXId, catenax_id
from asbuilt.ledger.codec import moment_of, stored_event
from asbuilt.ledger.database import Database, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_parts
from asbuilt.projections.identity import load_aliases
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import quantity_of

SCHEME = "catenax"
"""The scheme of the alias that is a Catena-X id."""

SOURCE = "catenax"
"""The source of every event that comes from a document."""

ALTERNATIVE_SOURCE = f"{SOURCE} (alternative)"
"""Source of the declaration of a component that may be there: the event has no field of its own for that."""

# Who bears a Catena-X id, the first to get it first.
HOLDERS = """
SELECT alias.value, subject.kind, issuer.name, part.name, subject.name
FROM alias CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE alias.site_id = $1 AND alias.value_key = ANY($2) AND alias.scheme = 'catenax'
  AND subject.subject_id = alias.subject_id
  AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id
ORDER BY alias.sequence
"""
# Which of some units and lots exist.
EXISTING = """
SELECT unit_id FROM unit_state WHERE unit_id = ANY($1)
UNION ALL SELECT lot_id FROM lot_state WHERE lot_id = ANY($1)
"""
# The events by which units and lots came to be known.
FIRST_EVENTS = "SELECT subject_id, payload FROM event WHERE subject_id = ANY($1) AND subject_version = 1"
# The links and declared components that some parents have or had, with the events they come from.
LINKS = """
SELECT link.parent_id, link.component_id, event.event_id, event.source, link.quantity, link.uom, link.evidence,
       link.removed_sequence
FROM installation AS link CROSS JOIN event
WHERE link.parent_id = ANY($1) AND event.sequence = link.sequence
ORDER BY link.sequence
"""
DECLARED = """
SELECT declared.parent_id, declared.value, event.event_id, event.source, declared.quantity, declared.uom
FROM declared_component AS declared CROSS JOIN event
WHERE declared.parent_id = ANY($1) AND declared.scheme = 'catenax' AND event.sequence = declared.sequence
ORDER BY declared.sequence
"""
# Where components that are now delivered were declared.
DECLARED_OF = """
SELECT declared.value, subject.kind, issuer.name, part.name, subject.name, declared.quantity, declared.uom,
       declared.declared_at, event.source
FROM declared_component AS declared CROSS JOIN event
CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE declared.site_id = $1 AND declared.value_key = ANY($2) AND declared.scheme = 'catenax'
  AND event.sequence = declared.sequence AND subject.subject_id = declared.parent_id
  AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id
ORDER BY declared.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A containment as recorded. source: of its event. is_open: the component has not been removed since."""

    event_id: UUID
    source: str
    quantity: Decimal | None
    uom: str
    evidence: Evidence
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A component declared earlier, in which parent and how much."""

    component: CatenaXId
    parent: Unit | Lot
    quantity: Decimal | None
    uom: Uom
    declared_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A unit or lot that exists: the event that made it known here, and its further names."""

    first_event: Event
    aliases: frozenset[tuple[str, str, str]]


class Lookup:
    """Questions to the record, each for many things at once, in one consistent view."""

    def __init__(self, reader: Reader, database: Database) -> None:
        self._reader = reader
        self._directory = Directory(reader, database.known_names())

    def recorded(self, event_ids: Sequence[UUID]) -> set[UUID]:
        """Which of these events are in the ledger."""
        return set(self._reader.recorded(event_ids)) if event_ids else set()

    def holders(self, ids: Iterable[CatenaXId]) -> dict[CatenaXId, list[Unit | Lot]]:
        """The units and lots that bear these ids, the first to get an id first."""
        keys = sorted({normal_form(one) for one in ids})
        found: dict[CatenaXId, list[Unit | Lot]] = {}
        for value, *name in self._reader.rows(HOLDERS, self._reader.site.site_id, keys):
            spelled = catenax_id(value)
            if spelled is not None:
                found.setdefault(spelled, []).append(_subject(name))
        return found

    def items(self, subjects: Iterable[Unit | Lot]) -> dict[Unit | Lot, KnownItem]:
        """Those units and lots that exist."""
        ids = self._ids(subjects)
        existing = {subject_id for (subject_id,) in self._reader.rows(EXISTING, sorted(ids.values()))}
        first = {row[0]: stored_event(row[1]) for row in self._reader.rows(FIRST_EVENTS, sorted(existing))}
        aliases = self._aliases(existing)
        return {
            subject: KnownItem(first[subject_id], frozenset(aliases.get(subject, ())))
            for subject, subject_id in ids.items()
            if isinstance(subject, Unit | Lot) and subject_id in existing
        }

    def _aliases(self, subject_ids: Iterable[int]) -> dict[Unit | Lot, list[tuple[str, str, str]]]:
        loading = Loading(self._reader, self._directory, Known())
        load_aliases(loading, sorted(subject_ids))
        found: dict[Unit | Lot, list[tuple[str, str, str]]] = {}
        alias: Alias
        for alias in loading.known.aliases.loaded.values():
            found.setdefault(alias.subject, []).append((alias.scheme, alias.issuer, alias.value))
        return found

    def parts(self, parts: Iterable[Part]) -> dict[Part, PartState]:
        """Those parts that are defined."""
        ids = self._ids(parts)
        loading = Loading(self._reader, self._directory, Known())
        load_parts(loading, sorted(ids.values()))
        return dict(loading.known.parts.loaded)

    def contained(self, parents: Iterable[Unit | Lot]) -> dict[tuple[Unit | Lot, Subject | str], list[Contained]]:
        """What is recorded to be, to have been or to be declared in some parents, by parent and component.

        The component of a declaration is its Catena-X id.
        """
        by_id = {subject_id: subject for subject, subject_id in self._ids(parents).items()}
        found: dict[tuple[Unit | Lot, Subject | str], list[Contained]] = {}
        links = self._reader.rows(LINKS, sorted(by_id))
        components = self._directory.subjects({row[1] for row in links})
        for parent_id, component_id, *rest in links:
            parent = _item(by_id[parent_id])
            found.setdefault((parent, components[component_id]), []).append(_linked(rest))
        for parent_id, value, *rest in self._reader.rows(DECLARED, sorted(by_id)):
            found.setdefault((_item(by_id[parent_id]), catenax_id(value) or value), []).append(_declared(rest))
        return found

    def declared(self, ids: Iterable[CatenaXId]) -> list[Declared]:
        """Where components with these ids were declared."""
        keys = sorted({normal_form(one) for one in ids})
        return [
            Declared(
                component=component,
                parent=_subject(row[1:5]),
                quantity=quantity_of(row[5]),
                uom=Uom(row[6]),
                declared_at=moment_of(row[7]),
                source=row[8],
            )
            for row in self._reader.rows(DECLARED_OF, self._reader.site.site_id, keys)
            if (component := catenax_id(row[0])) is not None
        ]

    def _ids(self, subjects: Iterable[Subject]) -> dict[Subject, int]:
        wanted = list(dict.fromkeys(subjects))
        self._directory.find(wanted)
        return {subject: self._directory.ids[subject] for subject in wanted if subject in self._directory.ids}


def _item(subject: Subject) -> Unit | Lot:
    assert isinstance(subject, Unit | Lot), "only units and lots contain anything"
    return subject


def _subject(row: Sequence[object]) -> Unit | Lot:
    kind, issuer, part_number, number = row
    part = Part(str(issuer), str(part_number))
    return Unit(part, str(number)) if kind == SubjectKind.UNIT else Lot(part, str(number))


def _linked(row: Sequence[Any]) -> Contained:
    """From the rest of a row of LINKS. Any: columns have the types of their SQL."""
    event_id, source, quantity, uom, evidence, removed_sequence = row
    return Contained(
        event_id=_uuid(event_id),
        source=source,
        quantity=quantity_of(quantity),
        uom=uom,
        evidence=Evidence(evidence),
        is_open=removed_sequence is None,
    )


def _declared(row: Sequence[Any]) -> Contained:
    """From the rest of a row of DECLARED."""
    event_id, source, quantity, uom = row
    evidence = Evidence.ALTERNATIVE if source == ALTERNATIVE_SOURCE else Evidence.DECLARED
    return Contained(
        event_id=_uuid(event_id), source=source, quantity=quantity_of(quantity), uom=uom, evidence=evidence
    )


def _uuid(value: UUID | bytes) -> UUID:
    """SQLite gives an event id as bytes."""
    return value if isinstance(value, UUID) else UUID(bytes=value)
