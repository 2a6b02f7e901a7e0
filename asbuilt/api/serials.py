"""POST /api/v1/serials: bulk issue of serial numbers, safe to repeat with an Idempotency-Key.

A key stands for one issue of one actor. The events of the issue get ids that follow from the key, so that what was
recorded under it is found again in the ledger, and there is nothing else to keep, to expire or to lose.
Source: draft-ietf-httpapi-idempotency-key-header; RFC 9562 section 5.8 for the ids.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import msgspec
from django.http import HttpResponse

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import Plant, plant
from asbuilt.accounts.roles import Action
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import Problem, answering_problems, malformed, takes
from asbuilt.api.wire import decoded, json_response, only
from asbuilt.capture.answers import Answer, Refusal
from asbuilt.capture.capture import SAME_EVENT_ID, Submission
from asbuilt.capture.serials import SERIALS_MAX, SerialRequest, SerialsRefused, issue_serials
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.identifiers.names import ActorName, Location
from asbuilt.core.identifiers.subjects import Unit, WorkOrder, part_named
from asbuilt.core.identifiers.text import checked_name
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Site

KEY_HEADER = "Idempotency-Key"


class SerialsWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a bulk serial issue."""

    part_number: str
    count: int
    work_order: str = ""
    revision: str = ""
    location: str = ""
    line: str = ""
    source: str = ""
    operator: str = ""


class SerialsIssued(msgspec.Struct, frozen=True):
    """The serial numbers issued; each is a unit that exists now."""

    issuer: str
    part_number: str
    count: int
    serial_numbers: list[str]


@takes("POST")
@requires(Action.ISSUE_SERIALS)
@answering_problems
def serials(request: ActorRequest) -> HttpResponse:
    """Issue the next serial numbers of a part: {"part_number": "PUMP-200", "count": 1000}."""
    only(request)
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        wanted = _request(decoded(raw, SerialsWanted), site)
    key = request.headers.get(KEY_HEADER)
    if key is None:
        units = _issued(opened, site, wanted, request.actor.name, _Ids(wanted.count))
    else:
        units = _issued_once(opened, site, wanted, request.actor.name, checked_name(key, what=KEY_HEADER))
    body = SerialsIssued(
        issuer=units[0].issuer,
        part_number=units[0].part_number,
        count=len(units),
        serial_numbers=[unit.serial_number for unit in units],
    )
    return json_response(body, status=HTTPStatus.CREATED)


def _request(wanted: SerialsWanted, site: Site) -> SerialRequest:
    if not 1 <= wanted.count <= SERIALS_MAX:
        raise malformed(f"count is {wanted.count}; it is a whole number from 1 to {SERIALS_MAX} - at `$.count`")
    return SerialRequest(
        part=part_named(wanted.part_number, own_issuer=site.issuer),
        count=wanted.count,
        work_order=WorkOrder(wanted.work_order) if wanted.work_order else None,
        revision=wanted.revision.strip(),
        location=Location(wanted.location.strip()),
        line=wanted.line.strip(),
        source=wanted.source.strip(),
        operator=wanted.operator.strip(),
    )


class _Ids:
    """The event ids of one issue. An id whose event was refused stays free for the number taken in its place."""

    def __init__(self, count: int, key: str | None = None) -> None:
        self.all = [new_event_id() if key is None else id_of_key(key, number) for number in range(count)]
        self._free = list(reversed(self.all))

    def take(self) -> UUID:
        return self._free.pop()

    def are_taken(self, recorded: Sequence[UUID]) -> None:
        taken = set(recorded)
        self._free = [event_id for event_id in self._free if event_id not in taken]

    def give_back(self, answers: Sequence[Answer]) -> None:
        self._free.extend(answer.event_id for answer in reversed(answers) if isinstance(answer, Refusal))


def id_of_key(key: str, number: int) -> UUID:
    """The id of the how manieth event of an issue: a UUIDv8 that follows from the key."""
    digest = hashlib.sha256(f"asbuilt serials\0{key}\0{number}".encode()).digest()[:16]
    value = int.from_bytes(digest) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | 0x8 << 76 | 0b10 << 62)


def _issued(opened: Plant, site: Site, wanted: SerialRequest, actor: ActorName, ids: _Ids) -> list[Unit]:
    def record(submission: Submission) -> list[Answer]:
        answers = opened.collector.capture(site, submission)
        ids.give_back(answers)
        return answers

    return issue_serials(
        opened.database,
        site,
        wanted,
        actor=actor,
        record=record,
        now=datetime.now(UTC),
        new_event_id=ids.take,
        random_below=secrets.randbelow,
    )


def _issued_once(opened: Plant, site: Site, wanted: SerialRequest, actor: ActorName, key: str) -> list[Unit]:
    """What was issued under a key before, and what of it is still missing: after a crash, or because more is asked."""
    ids = _Ids(wanted.count, f"{site.name}\0{actor}\0{key}")
    while True:
        found = _recorded_under(opened, site, wanted, ids)
        missing = wanted.count - len(found)
        if not missing:
            return list(found.values())
        ids.are_taken(list(found))
        try:
            _issued(opened, site, replace(wanted, count=missing), actor, ids)
        except SerialsRefused as refused:
            # The same request is answered somewhere else at this moment; what that recorded is ours as well.
            if any(one.rule != SAME_EVENT_ID for one in refused.broken):
                raise


def _recorded_under(opened: Plant, site: Site, wanted: SerialRequest, ids: _Ids) -> dict[UUID, Unit]:
    """The units issued under these ids, in order of recording. Raises Problem 422 when they were not asked for so."""
    with opened.database.reading(site) as reader:
        stored = sorted(reader.recorded(ids.all).items(), key=lambda item: item[1].sequence)
    found: dict[UUID, Unit] = {}
    for event_id, one in stored:
        event = stored_event(one.payload)
        if not isinstance(event, UnitCommissioned) or not _is_as_asked(event, wanted):
            detail = f"{KEY_HEADER} was used for another issue ({event.subject}); make a new key for a new issue"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key-used", "The key stands for something else", detail)
        found[event_id] = event.unit
    return found


def _is_as_asked(event: UnitCommissioned, wanted: SerialRequest) -> bool:
    return (
        event.unit.part == wanted.part
        and event.work_order == wanted.work_order
        and (event.revision, event.location) == (wanted.revision, wanted.location)
        and (event.source, event.operator) == (wanted.source, wanted.operator)
    )
