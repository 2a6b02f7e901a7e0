"""/api/v1/serial-ranges: blocks of serial numbers set apart for a line, printer or supplier, and what is left."""

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import SAFE, Problem, answering_problems, malformed, takes
from asbuilt.api.serials import KEY_HEADER
from asbuilt.api.wire import decoded, flag, format_of, json_response, only, rows_response
from asbuilt.capture.ranges import RangeRequest, reserve_range
from asbuilt.capture.repeats import KeyUsed, id_of_key
from asbuilt.capture.serials import SERIALS_MAX
from asbuilt.core.events.identity import RangeKind
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.core.identifiers.text import checked_name
from asbuilt.ledger.database import Site
from asbuilt.queries.serials import SerialRangeView, serial_ranges


class RangeWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a reservation."""

    part_number: str
    range_number: str
    kind: RangeKind
    holder: str
    count: int
    low_watermark: int = 0
    source: str = ""
    operator: str = ""


class RangeReserved(msgspec.Struct, frozen=True):
    """A range that nobody else gets, and its serial numbers, to be printed or handed over."""

    issuer: str
    part_number: str
    range_number: str
    first_number: int
    last_number: int
    count: int
    serial_numbers: list[str]


@takes(*SAFE, "POST")
@requires(Action.READ)
@answering_problems
def ranges(request: ActorRequest) -> HttpResponseBase:
    """Reserve a range, for those who may issue serial numbers; or list ranges."""
    if request.method != "POST":
        return _list(request)
    if not may(request.actor.role, Action.ISSUE_SERIALS):
        raise PermissionDenied(refusal_of(request.actor, Action.ISSUE_SERIALS))
    return _reserve(request)


def _list(request: ActorRequest) -> HttpResponseBase:
    """Ranges, newest first: reserved, used, voided, left, and whether few are left."""
    only(request, "part_number", "holder", "low", "format")
    form, opened = format_of(request), plant()
    wanted = {name: request.GET.get(name, "") for name in ("part_number", "holder")}
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        rows = serial_ranges(reader, **wanted, only_low=flag(request, "low"))
        return rows_response(rows, SerialRangeView, form, name="serial_ranges")


def _reserve(request: ActorRequest) -> HttpResponse:
    only(request)
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        wanted = _request(decoded(raw, RangeWanted), site)
    key, actor = request.headers.get(KEY_HEADER), request.actor.name
    key = None if key is None else f"range\0{site.name}\0{actor}\0{checked_name(key, what=KEY_HEADER)}"
    try:
        reserved = reserve_range(
            opened.database,
            site,
            wanted,
            actor=actor,
            record=partial(opened.collector.capture, site),
            now=datetime.now(UTC),
            event_id=new_event_id() if key is None else id_of_key(key, 0),
        )
    except KeyUsed as problem:
        title = "The key stands for something else"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key-used", title, f"{KEY_HEADER}: {problem}") from None
    event = reserved.event
    body = RangeReserved(
        issuer=event.part.issuer,
        part_number=event.part.part_number,
        range_number=event.range_number,
        first_number=event.first_number,
        last_number=event.last_number,
        count=event.count,
        serial_numbers=list(reserved.serials(site)),
    )
    return json_response(body, status=HTTPStatus.CREATED)


def _request(wanted: RangeWanted, site: Site) -> RangeRequest:
    if not 1 <= wanted.count <= SERIALS_MAX:
        raise malformed(f"count is {wanted.count}; it is a whole number from 1 to {SERIALS_MAX} - at `$.count`")
    if not 0 <= wanted.low_watermark <= wanted.count:
        raise malformed(f"low_watermark is {wanted.low_watermark}; it is from 0 to count - at `$.low_watermark`")
    return RangeRequest(
        part=part_named(wanted.part_number, own_issuer=site.issuer),
        range_number=wanted.range_number.strip(),
        kind=wanted.kind,
        holder=wanted.holder.strip(),
        count=wanted.count,
        low_watermark=wanted.low_watermark,
        source=wanted.source.strip(),
        operator=wanted.operator.strip(),
    )
