"""POST /api/v1/serials: bulk issue of serial numbers, safe to repeat with an Idempotency-Key.

A key stands for one issue of one actor; asbuilt.capture.repeats says how.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

import secrets
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

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
from asbuilt.capture.repeats import KeyUsed, issue_serials_once
from asbuilt.capture.serials import SERIALS_MAX, SerialRequest, issue_serials
from asbuilt.core.identifiers.names import ActorName, Location
from asbuilt.core.identifiers.subjects import Unit, WorkOrder, part_named
from asbuilt.core.identifiers.text import checked_name
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
    key = None if key is None else checked_name(key, what=KEY_HEADER)
    units = _issued(opened, site, wanted, request.actor.name, key)
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


def _issued(opened: Plant, site: Site, wanted: SerialRequest, actor: ActorName, key: str | None) -> list[Unit]:
    record, now = partial(opened.collector.capture, site), datetime.now(UTC)
    if key is None:
        return issue_serials(
            opened.database,
            site,
            wanted,
            actor=actor,
            record=record,
            now=now,
            new_event_id=new_event_id,
            random_below=secrets.randbelow,
        )
    try:
        return issue_serials_once(
            opened.database,
            site,
            wanted,
            key=f"{site.name}\0{actor}\0{key}",
            actor=actor,
            record=record,
            now=now,
            random_below=secrets.randbelow,
        )
    except KeyUsed as problem:
        title = "The key stands for something else"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key-used", title, f"{KEY_HEADER}: {problem}") from None
