"""The one place where events are written."""

from collections.abc import Sequence
from dataclasses import dataclass

from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Head, Row, Table, Writer
from asbuilt.ledger.digest import FIRST, entry_digest, payload_digest

EVENT = Table(
    "event",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("event_id", "uuid"),
        ("event_type", "text"),
        ("event_time", "bigint"),
        ("record_time", "bigint"),
        ("actor", "text"),
        ("source", "text"),
        ("subject_id", "bigint"),
        ("subject_version", "integer"),
        ("previous_digest", "bytea"),
        ("payload", "bytea"),
        ("payload_digest", "bytea"),
    ),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that passed its rules, about to be written."""

    sequence: int
    event: Event
    payload: bytes
    subject: Subject
    actor: ActorName


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as written."""

    sequence: int
    event: Event
    subject_version: int


def append(
    writer: Writer,
    accepted: Sequence[Accepted],
    *,
    ids: dict[Subject, int],
    heads: dict[int, Head],
    record_time: int,
) -> list[Entry]:
    """Write accepted events and move the heads of their subjects.

    ids: of every subject, registered before. heads: of the subjects that were locked; others have no event yet.
    record_time: microseconds since the epoch. The caller holds the locks and commits.
    """
    rows: list[Row] = []
    entries: list[Entry] = []
    moved: dict[int, Head] = {}
    site_id = writer.site.site_id
    for item in accepted:
        subject_id = ids[item.subject]
        head = moved.get(subject_id) or heads.get(subject_id) or Head(0, FIRST)
        row, moved[subject_id] = _following(item, head, subject_id, site_id=site_id, record_time=record_time)
        rows.append(row)
        entries.append(Entry(item.sequence, item.event, head.version + 1))
    if rows:
        writer.insert(EVENT, rows)
        writer.move_heads([(subject_id, head.version, head.digest) for subject_id, head in moved.items()])
    return entries


def _following(item: Accepted, head: Head, subject_id: int, *, site_id: int, record_time: int) -> tuple[Row, Head]:
    """The row of an event that follows the head of its subject's chain, and the head it leaves."""
    event, version = item.event, head.version + 1
    digest_of_payload = payload_digest(item.payload)
    digest = entry_digest(
        sequence=item.sequence,
        site_id=site_id,
        record_time=record_time,
        actor=item.actor,
        source=event.source,
        subject_id=subject_id,
        subject_version=version,
        previous_digest=head.digest,
        digest_of_payload=digest_of_payload,
    )
    row = (
        item.sequence,
        site_id,
        event.event_id,
        type(event).__name__,
        microseconds(event.event_time),
        record_time,
        item.actor,
        event.source,
        subject_id,
        version,
        head.digest,
        item.payload,
        digest_of_payload,
    )
    return row, Head(version, digest)
