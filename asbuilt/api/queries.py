"""GET /api/v1/…: the ways out. Each question is one request."""

import re
from contextlib import AbstractContextManager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.fleet import counted_response, groupings
from asbuilt.api.problems import SAFE, Problem, answering_problems, malformed, takes
from asbuilt.api.wire import FORMATS, PARQUET, flag, format_of, json_response, moment, only, rows_response, whole
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.states.records.identity import Status
from asbuilt.exchange.as_built.pdf import MEDIA_TYPE, served_pdf_of
from asbuilt.ledger.database import Reader
from asbuilt.queries import record as records
from asbuilt.queries import units as unit_queries
from asbuilt.queries.as_built import AsBuilt, ComponentView, as_built, lines
from asbuilt.queries.history import HistoryEntry, history
from asbuilt.queries.identity import DuplicateView, every_open_duplicate, open_duplicates
from asbuilt.queries.lots import lot
from asbuilt.queries.naming import Named, meant
from asbuilt.queries.parts import PartFilter, PartView, every_part, parts
from asbuilt.queries.units import PAGE_MAX, UnitFilter, UnitRow, every_unit, unit
from asbuilt.queries.where_used import Affected, where_used

UNITS_SHOWN = 100
NESTING_MAX = 400
"""Levels of a record that are nested in JSON; readers of JSON give up not far beyond."""
_SEQUENCE_MAX = 2**62

_KINDS = {"units": SubjectKind.UNIT, "lots": SubjectKind.LOT}
_NEXT_NUMBER = re.compile(r"[0-9]{1,18}")
_NEXT_NAME = re.compile(r".*:[0-9]{1,18}", re.DOTALL)
"""What `next` of a page looks like: of the newest, and of those found by their name."""


def meant_in_path(reader: Reader, kind: str, name: str) -> Named:
    """The unit or lot that a path names. Raises NotFound or Ambiguous."""
    if "\0" in name:
        raise malformed("the name holds a NUL character; check the scan")
    return meant(reader, name, kinds=(_KINDS[kind],))


def _reading(request: ActorRequest) -> AbstractContextManager[Reader]:
    opened = plant()
    return opened.database.reading(opened.site(request.actor.site))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def units_list(request: ActorRequest) -> HttpResponseBase:
    """Units, newest first or by the beginning of their serial number; as CSV or NDJSON all of them."""
    wanted = _filter(request)
    form = format_of(request)
    if form != "json":
        if "limit" in request.GET or "after" in request.GET:
            raise malformed(f"{form} gives all units that are chosen; limit and after are for the pages of JSON")
        with _reading(request) as reader:
            return rows_response(every_unit(reader, wanted), UnitRow, form, name="units")
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or UNITS_SHOWN
    after = request.GET.get("after", "")
    if after and not (_NEXT_NAME if wanted.q else _NEXT_NUMBER).fullmatch(after):
        raise malformed(f"after is {after!r}; it is the `next` of the page before")
    with _reading(request) as reader:
        return json_response(unit_queries.units(reader, wanted, after=after, limit=limit))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def parts_list(request: ActorRequest) -> HttpResponseBase:
    """Parts in order of part number, with their serial profile; as CSV or NDJSON all of them."""
    only(request, "q", "tracking", "limit", "after", "format")
    wanted = PartFilter(q=request.GET.get("q", ""), tracking=request.GET.get("tracking", ""))
    if wanted.tracking and wanted.tracking not in set(Tracking):
        raise malformed(f"tracking is {wanted.tracking!r}; it is one of {', '.join(Tracking)}")
    form = format_of(request)
    if form != "json":
        if "limit" in request.GET or "after" in request.GET:
            raise malformed(f"{form} gives all parts that are chosen; limit and after are for the pages of JSON")
        with _reading(request) as reader:
            return rows_response(every_part(reader, wanted), PartView, form, name="parts")
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or UNITS_SHOWN
    after = request.GET.get("after", "")
    if after and not _NEXT_NAME.fullmatch(after):
        raise malformed(f"after is {after!r}; it is the `next` of the page before")
    with _reading(request) as reader:
        return json_response(parts(reader, wanted, after=after, limit=limit))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def duplicates_list(request: ActorRequest) -> HttpResponseBase:
    """Duplicates from outside that wait for a decision, the oldest first; as CSV or NDJSON all of them."""
    only(request, "after", "limit", "format")
    form = format_of(request)
    if form != "json":
        if "limit" in request.GET or "after" in request.GET:
            raise malformed(f"{form} gives all open questions; limit and after are for the pages of JSON")
        with _reading(request) as reader:
            return rows_response(every_open_duplicate(reader), DuplicateView, form, name="duplicates")
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or UNITS_SHOWN
    after = whole(request, "after", most=_SEQUENCE_MAX) or 0
    with _reading(request) as reader:
        return json_response(open_duplicates(reader, after=after, limit=limit))


def _filter(request: ActorRequest) -> UnitFilter:
    fields = ("q", "part_number", "work_order", "status", "location", "customer", "container")
    only(request, *fields, "limit", "after", "format")
    wanted = {name: request.GET.get(name, "") for name in fields}
    if wanted["status"] and wanted["status"] not in set(Status):
        raise malformed(f"status is {wanted['status']!r}; it is one of {', '.join(Status)}")
    return UnitFilter(**wanted)


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def unit_view(request: ActorRequest, name: str) -> HttpResponseBase:
    """A unit: identity and state."""
    only(request)
    with _reading(request) as reader:
        return json_response(unit(reader, meant_in_path(reader, "units", name)))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def unit_record(request: ActorRequest, name: str) -> HttpResponseBase:
    """Everything a unit page shows: identity, state, history, as-built tree, where-used."""
    only(request)
    with _reading(request) as reader:
        return json_response(records.unit_record(reader, meant_in_path(reader, "units", name)))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def lot_view(request: ActorRequest, name: str) -> HttpResponseBase:
    """A lot: identity, quantities, supplier, holds."""
    only(request)
    with _reading(request) as reader:
        return json_response(lot(reader, meant_in_path(reader, "lots", name)))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def history_view(request: ActorRequest, kind: str, name: str) -> HttpResponseBase:
    """What happened to a unit or lot, in order of recording, corrections marked."""
    only(request, "after", "limit", "format")
    form = format_of(request)
    after = whole(request, "after", most=_SEQUENCE_MAX) or 0
    limit = whole(request, "limit", least=1, most=_SEQUENCE_MAX)
    with _reading(request) as reader:
        named = meant_in_path(reader, kind, name)
        rows = history(reader, named, after=after, limit=limit)
        return rows_response(rows, HistoryEntry, form, name="history", head={"name": named.name})


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def as_built_view(request: ActorRequest, kind: str, name: str) -> HttpResponseBase:
    """The as-built record of a unit, or the make-up of a lot, now or at a time."""
    only(request, "at", "format")
    form, at = _form_of_record(request), moment(request, "at")
    with _reading(request) as reader:
        record = as_built(reader, meant_in_path(reader, kind, name), at=at)
    if form in ("json", "pdf"):
        if record.depth > NESTING_MAX:
            detail = f"it is {record.depth} levels deep, too deep for nested JSON; ask for format=ndjson or csv"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "too-deep", "The record is too deep", detail)
        return json_response(record) if form == "json" else _record_as_pdf(record)
    return rows_response(lines(record), ComponentView, form, name="as-built")


def _form_of_record(request: ActorRequest) -> str:
    """json, csv, ndjson, or pdf: by `format` or by the Accept header."""
    asked, accept = request.GET.get("format"), request.headers.get("Accept", "")
    if asked == "pdf" or (asked is None and MEDIA_TYPE in accept and "json" not in accept):
        return "pdf"
    if asked is not None and asked not in FORMATS:
        raise malformed(f"format is {asked!r}; it is one of {', '.join((*FORMATS, 'pdf'))}")
    return format_of(request)


def _record_as_pdf(record: AsBuilt) -> HttpResponse:
    response = HttpResponse(served_pdf_of(record), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="as-built.pdf"'
    return response


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def where_used_view(request: ActorRequest, kind: str, name: str) -> HttpResponseBase:
    """Everything that contains a unit or lot, at every level, and where each is now, or counted. Never cut off."""
    only(request, "at", "ever", "by", "format")
    form, at, ever = format_of(request, PARQUET), moment(request, "at"), flag(request, "ever")
    by = groupings(request.GET["by"]) if "by" in request.GET else ()
    if ever and at is not None:
        raise malformed("at and ever exclude each other: ask for one moment, or for all time")
    with _reading(request) as reader:
        named = meant_in_path(reader, kind, name)
        if by:
            return counted_response(reader, named, by, at=at, ever=ever, form=form)
        head: dict[str, Any] = {"name": named.name, "at": _iso(at), "ever": ever}
        rows = where_used(reader, named, at=at, ever=ever)
        return rows_response(rows, Affected, form, name="affected", head=head)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
