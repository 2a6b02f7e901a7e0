"""Reads the whole ledger of a site again and names every event that is not as it was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from asbuilt.core.identifiers.subjects import Issuer, Part, Station, Subject, SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.codec import Malformed, as_uuid, microseconds, stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.ledger.digest import FIRST, entry_digest, payload_digest
from asbuilt.ledger.subjects import SITE_SCOPE, subject_of_row

# The whole ledger, chain by chain (serves verify). Subjects come first, so that a chain without its events shows too.
CHAINS = """
SELECT subject.subject_id, subject.version, subject.head_digest,
       event.sequence, event.event_id, event.event_type, event.event_time, event.record_time, event.actor, event.source,
       event.subject_version, event.previous_digest, event.payload, event.payload_digest, event.site_id,
       subject.kind, subject.scope_id, subject.name, subject.name_key
FROM subject LEFT JOIN event ON event.subject_id = subject.subject_id
WHERE subject.site_id = $1
ORDER BY subject.subject_id, event.subject_version
"""
# Events that are about nothing that is registered at the site.
STRAYS = """
SELECT event.sequence, event.event_id, event.event_type FROM event
LEFT JOIN subject ON subject.subject_id = event.subject_id AND subject.site_id = event.site_id
WHERE event.site_id = $1 AND subject.subject_id IS NULL
"""
# The few subjects that others are named in, or that no event is about (serves verify).
FRAME = """
SELECT subject_id, kind, scope_id, name, name_key FROM subject WHERE site_id = $1 AND kind IN (1, 2, 7)
"""
NAMES = """
SELECT subject.name, part.name FROM subject LEFT JOIN subject AS part ON part.subject_id = subject.scope_id
WHERE subject.subject_id = $1
"""


class Fault(StrEnum):
    """What is wrong with an event or a chain."""

    PAYLOAD = "payload"
    """The stored bytes do not have the digest written beside them."""
    COLUMNS = "columns"
    """A column disagrees with the payload."""
    GAP = "gap"
    """An event is missing from the chain, or one was put in."""
    CHAIN = "chain"
    """An event does not follow from the one before: one of the two was changed."""
    HEAD = "head"
    """The chain does not end where its subject says."""
    SUBJECT = "subject"
    """What the events are about is registered under another name, or not at all."""
    STRAY = "stray"
    """An event is about nothing that is registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault, and the event it shows at (None when the event is gone)."""

    fault: Fault
    subject: str
    sequence: int | None
    event_id: UUID | None
    message: str


class _Envelope(msgspec.Struct):
    """The part of a payload that columns repeat."""

    type: str
    event_id: UUID
    event_time: datetime
    source: str = ""
    station: str = ""


@dataclass(slots=True)
class _Chain:
    """How far the chain of a subject has been followed."""

    subject_id: int
    version: int
    head_digest: bytes
    seen: int = 0
    digest: bytes = FIRST
    last: tuple[int, UUID] | None = None


@dataclass(slots=True)
class _Frame:
    """Parts and issuers by id, and the names of stations: as registered, and as the events say."""

    rows: dict[int, Row]
    stations: dict[str, tuple[int, UUID]] = field(default_factory=dict)

    def subject(self, kind: int, scope_id: int, name: str, name_key: str) -> Subject | None:
        """The subject that a row names; None when the row contradicts itself."""
        scope = self.subject(*self.rows[scope_id][1:]) if scope_id in self.rows else None
        needed = _SCOPES.get(kind)
        fits = scope_id == SITE_SCOPE if needed is None else isinstance(scope, needed)
        if not fits or normal_form(name) != name_key:
            return None
        return subject_of_row(kind, scope, name)


_SCOPES: dict[int, type[Subject]] = {SubjectKind.PART: Issuer, SubjectKind.UNIT: Part, SubjectKind.LOT: Part}
_ENVELOPE = msgspec.json.Decoder(_Envelope)
CHECKED_A_REPORT = 1000


def verify(reader: Reader, *, checked: Callable[[int], None] | None = None) -> Iterator[Finding]:
    """Every fault in the ledger of a site; none when it is internally consistent.

    It shows events that were changed, cut out, put in or exchanged. It cannot see a ledger that was rewritten from some
    event on as a whole: for that it needs a checkpoint kept elsewhere. checked: told how many events were read so far.
    """
    chain: _Chain | None = None
    frame = _Frame({row[0]: row for row in reader.rows(FRAME, reader.site.site_id)})
    count = 0
    for row in reader.stream(CHAINS, reader.site.site_id):
        if chain is None or row[0] != chain.subject_id:
            if chain is not None:
                yield from _end(reader, chain)
            chain = _Chain(row[0], row[1], bytes(row[2]))
        if row[3] is not None:
            yield from _event(reader, chain, row, frame)
            count += 1
            if checked is not None and count % CHECKED_A_REPORT == 0:
                checked(count)
    if chain is not None:
        yield from _end(reader, chain)
    for sequence, event_id, event_type in reader.rows(STRAYS, reader.site.site_id):
        message = f"{event_type} is about a subject that is not registered"
        yield Finding(fault=Fault.STRAY, subject="", sequence=sequence, event_id=as_uuid(event_id), message=message)
    yield from _missing_stations(frame)
    if checked is not None:
        checked(count)


def _event(reader: Reader, chain: _Chain, row: Row, frame: _Frame) -> Iterator[Finding]:
    """Check one event and its link to the one before."""
    sequence, event_id, version = row[3], as_uuid(row[4]), row[10]
    payload, stated = bytes(row[12]), bytes(row[13])

    def found(fault: Fault, message: str, *, at: tuple[int, UUID] | None = (sequence, event_id)) -> Finding:
        place = (None, None) if at is None else at
        return Finding(fault=fault, subject=_name(reader, chain), sequence=place[0], event_id=place[1], message=message)

    if payload_digest(payload) != stated:
        yield found(Fault.PAYLOAD, "the payload does not have its digest: one of the two was changed")
    disagreeing = _columns_that_disagree(reader, row, payload, frame)
    if disagreeing:
        yield found(Fault.COLUMNS, f"{disagreeing} disagrees with the payload")
    if chain.seen == 0 and not _is_registered(row, payload, frame):
        yield found(Fault.SUBJECT, "the event is about something else than what its subject is registered as")
    if version != chain.seen + 1:
        yield found(Fault.GAP, f"version {version} follows version {chain.seen}: an event was taken out or put in")
    elif bytes(row[11]) != chain.digest:
        at = chain.last if chain.last is not None else (sequence, event_id)
        message = f"version {version} does not follow from version {chain.seen}: one of the two was changed"
        yield found(Fault.CHAIN, message, at=at)
    chain.seen = version
    chain.last = (sequence, event_id)
    chain.digest = entry_digest(
        sequence=sequence,
        site_id=row[14],
        record_time=row[7],
        actor=row[8],
        source=row[9],
        subject_id=chain.subject_id,
        subject_version=version,
        previous_digest=bytes(row[11]),
        digest_of_payload=stated,
    )


def _columns_that_disagree(reader: Reader, row: Row, payload: bytes, frame: _Frame) -> str:
    """The columns that do not say what the payload says."""
    try:
        envelope = _ENVELOPE.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "everything (the payload is no event)"
    if envelope.station:
        frame.stations.setdefault(envelope.station, (row[3], envelope.event_id))
    pairs = (
        ("event_id", envelope.event_id == as_uuid(row[4])),
        ("event_type", envelope.type == row[5]),
        ("event_time", envelope.event_time.tzinfo is not None and microseconds(envelope.event_time) == row[6]),
        ("source", envelope.source == row[9]),
        ("site_id", row[14] == reader.site.site_id),
    )
    return ", ".join(name for name, agrees in pairs if not agrees)


def _is_registered(row: Row, payload: bytes, frame: _Frame) -> bool:
    """Whether the subject of the first event of a chain is the one that its row names, in the same spelling."""
    try:
        subject = stored_event(payload).subject
    except Malformed:
        return True  # found as a payload that is no event
    registered = frame.subject(*row[15:19])
    return registered is not None and registered == subject and registered.name == subject.name


def _missing_stations(frame: _Frame) -> Iterator[Finding]:
    """No event is about a station, so that a station under another name shows in those that name it only."""
    registered = {row[4] for row in frame.rows.values() if row[1] == SubjectKind.STATION}
    for name, (sequence, event_id) in frame.stations.items():
        if Station(name).name_key not in registered:
            message = f"the event names station {name}, which is not registered"
            yield Finding(fault=Fault.SUBJECT, subject=name, sequence=sequence, event_id=event_id, message=message)


def _end(reader: Reader, chain: _Chain) -> Iterator[Finding]:
    """Check that a chain ends where its subject says."""
    if chain.seen == chain.version and chain.digest == chain.head_digest:
        return
    sequence, event_id = chain.last or (None, None)
    if chain.seen < chain.version:
        message = f"ends at version {chain.seen} of {chain.version}: later events were taken out"
    elif chain.seen > chain.version:
        message = f"goes on to version {chain.seen} after {chain.version}: later events were put in"
    else:
        message = f"version {chain.seen} is not the one its subject ends with: one of the two was changed"
    yield Finding(fault=Fault.HEAD, subject=_name(reader, chain), sequence=sequence, event_id=event_id, message=message)


def _name(reader: Reader, chain: _Chain) -> str:
    for name, scope in reader.rows(NAMES, chain.subject_id):
        return str(name) if scope is None else f"{scope}/{name}"
    return f"subject {chain.subject_id}"
