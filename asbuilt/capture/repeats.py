"""What is sent twice is done once: an issue of serial numbers by its key, events by their ids.

A key stands for one issue. The events of the issue get ids that follow from the key, so that what was recorded under it
is found again in the ledger, and there is nothing else to keep, to expire or to lose.
Source: draft-ietf-httpapi-idempotency-key-header; RFC 9562 section 5.8 for the ids.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from asbuilt.capture.answers import Acknowledgement, Answer, Refusal
from asbuilt.capture.capture import ATTEMPTS_MAX, SAME_EVENT_ID, Submission
from asbuilt.capture.serials import Record, SerialRequest, SerialsRefused, issue_serials
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.ledger.codec import captured, stored_event
from asbuilt.ledger.database import Database, Reader, Site, StoredEvent, Unavailable


class KeyUsed(ValueError):
    """An id or key that stands for something else."""


def id_of_key(key: str, number: int) -> UUID:
    """The id of the how manieth event under a key: a UUIDv8 that follows from it."""
    digest = hashlib.sha256(f"asbuilt serials\0{key}\0{number}".encode()).digest()[:16]
    value = int.from_bytes(digest) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | 0x8 << 76 | 0b10 << 62)


class _Ids:
    """The event ids of one issue. An id whose event was refused stays free for the number taken in its place."""

    def __init__(self, key: str, count: int) -> None:
        self.all = [id_of_key(key, number) for number in range(count)]
        self._free = list(reversed(self.all))

    def take(self) -> UUID:
        return self._free.pop()

    def are_taken(self, recorded: Sequence[UUID]) -> None:
        taken = set(recorded)
        self._free = [event_id for event_id in self._free if event_id not in taken]

    def give_back(self, answers: Sequence[Answer]) -> None:
        self._free.extend(answer.event_id for answer in reversed(answers) if isinstance(answer, Refusal))


def issue_serials_once(
    database: Database,
    site: Site,
    request: SerialRequest,
    *,
    key: str,
    actor: ActorName,
    record: Record,
    now: datetime,
    random_below: Callable[[int], int],
) -> list[Unit]:
    """What was issued under a key before, and what of it is still missing: after a crash, or because more is asked.

    Raises KeyUsed when the key stands for another issue, and what issue_serials raises.
    """
    ids = _Ids(key, request.count)

    def recording(submission: Submission) -> list[Answer]:
        answers = record(submission)
        ids.give_back(answers)
        return answers

    while True:
        with database.reading(site) as reader:
            found = _recorded_under(reader, ids.all, request)
        missing = request.count - len(found)
        if not missing:
            return list(found.values())
        ids.are_taken(list(found))
        try:
            issue_serials(
                database,
                site,
                replace(request, count=missing),
                actor=actor,
                record=recording,
                now=now,
                new_event_id=ids.take,
                random_below=random_below,
            )
        except SerialsRefused as refused:
            # The same request is answered somewhere else at this moment; what that recorded is ours as well.
            if any(one.rule != SAME_EVENT_ID for one in refused.broken):
                raise


def issued_under(reader: Reader, key: str, count: int) -> list[Unit]:
    """The units issued under a key, at most `count`, in order of recording."""
    stored = reader.recorded([id_of_key(key, number) for number in range(count)])
    events = (stored_event(one.payload) for one in sorted(stored.values(), key=_sequence))
    return [event.unit for event in events if isinstance(event, UnitCommissioned)]


def _recorded_under(reader: Reader, ids: list[UUID], request: SerialRequest) -> dict[UUID, Unit]:
    """The units issued under these ids, in order of recording. Raises KeyUsed when they were not asked for so."""
    found: dict[UUID, Unit] = {}
    for event_id, one in sorted(reader.recorded(ids).items(), key=lambda item: _sequence(item[1])):
        event = stored_event(one.payload)
        if not isinstance(event, UnitCommissioned) or not _is_as_asked(event, request):
            raise KeyUsed(f"it was used for another issue ({event.subject}); make a new key for a new issue")
        found[event_id] = event.unit
    return found


def _sequence(stored: StoredEvent) -> int:
    return stored.sequence


def _is_as_asked(event: UnitCommissioned, wanted: SerialRequest) -> bool:
    return (
        event.unit.part == wanted.part
        and event.work_order == wanted.work_order
        and (event.revision, event.location) == (wanted.revision, wanted.location)
        and (event.source, event.operator) == (wanted.source, wanted.operator)
    )


def record_once(
    database: Database,
    site: Site,
    events: Sequence[Event],
    *,
    actor: ActorName,
    record: Record,
    may_override: bool = False,
    may_work: bool = True,
    signed_by: str = "",
) -> list[Answer]:
    """Record events that whoever pressed the button twice sends with the same ids at another time; all or none.

    What is recorded already, but for the time, counts as done: it keeps the time of the first sending. Another content
    under a recorded id is refused (CAP-001). may_override, may_work, signed_by: as of a Submission.
    Raises Malformed, Unavailable.
    """
    for _ in range(ATTEMPTS_MAX):
        with database.reading(site) as reader:
            stored = reader.recorded([event.event_id for event in events])
        first = [_as_first_sent(event, stored.get(event.event_id)) for event in events]
        answers = record(
            Submission(
                events=tuple(map(captured, first)),
                actor=actor,
                atomic=True,
                may_override=may_override,
                may_work=may_work,
                signed_by=signed_by,
            )
        )
        if not any(isinstance(answer, Refusal) and _is_overtaken(answer, stored) for answer in answers):
            return answers
    raise Unavailable("the same was sent many times at once; look whether it is recorded before it is sent again")


def _as_first_sent(event: Event, stored: StoredEvent | None) -> Event:
    return event if stored is None else replace(event, event_time=stored_event(stored.payload).event_time)


def _is_overtaken(refusal: Refusal, stored: dict[UUID, StoredEvent]) -> bool:
    """Whether the same form was recorded by another request after we looked."""
    is_conflict = any(one.rule == SAME_EVENT_ID for one in refusal.broken)
    return is_conflict and refusal.event_id not in stored


def was_recorded(answers: Sequence[Answer]) -> bool:
    """Whether everything that was sent is in the ledger."""
    return all(isinstance(answer, Acknowledgement) for answer in answers)
