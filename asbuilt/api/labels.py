"""/api/v1/units/…/label and /api/v1/print-jobs: labels seen, printed, and what became of them."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import plant
from asbuilt.accounts.printers import PrinterProblem
from asbuilt.accounts.roles import Action, may
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import SAFE, Problem, answering_problems, malformed, takes
from asbuilt.api.queries import meant_in_path
from asbuilt.api.serials import KEY_HEADER
from asbuilt.api.wire import decoded, flag, format_of, json_response, only, rows_response, whole
from asbuilt.capture.repeats import KeyUsed, id_of_key
from asbuilt.core.events.identity import COPIES_MAX
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import checked_name, checked_text
from asbuilt.exchange.labels import serving
from asbuilt.exchange.labels.making import MEDIA_TYPES, LabelRequest, Output, label_of
from asbuilt.exchange.labels.printing import Plant, Wish, queue_label
from asbuilt.exchange.labels.zpl import Dpi
from asbuilt.queries.naming import meant
from asbuilt.queries.print_jobs import PAGE_MAX, PrintJobView, print_jobs

T = TypeVar("T")

JOBS_SHOWN = 100
JOB_MAX = 10**12

_DPIS = {str(one.value): one for one in Dpi}


class PrintWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request to print: the unit or the lot, and what is to be printed where."""

    printer: str
    unit: str = ""
    lot: str = ""
    template: str = "unit"
    content: str = "auto"
    copies: int = 1
    native: bool = False
    reason: str = ""
    source: str = ""


class RetryWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request to try a job again. reason: why, when it was printed by another meanwhile."""

    reason: str = ""


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody who has looked says of a job."""

    printed: bool
    reason: str = ""


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def label(request: ActorRequest, kind: str, name: str) -> HttpResponseBase:
    """The label of a unit or lot as SVG, PDF or ZPL; nothing is recorded."""
    only(request, "template", "content", "format", "dpi", "native")
    output, dpi = _output(request), request.GET.get("dpi", "203")
    if dpi not in _DPIS:
        raise malformed(f"dpi is {dpi!r}; it is one of {', '.join(_DPIS)}")
    wanted = LabelRequest(
        template=request.GET.get("template", "lot" if kind == "lots" else "unit"),
        marking=serving.marking(request.GET.get("content", "auto")),
        dpi=_DPIS[dpi],
        native=flag(request, "native"),
    )
    at = _here(request)
    with at.database.reading(at.site) as reader:
        named = meant_in_path(reader, kind, name)
        made = label_of(reader, named, wanted, output)
    response = HttpResponse(made, content_type=MEDIA_TYPES[output])
    if output is not Output.SVG:
        response["Content-Disposition"] = f'attachment; filename="label.{output.value}"'
    return response


def _output(request: ActorRequest) -> Output:
    """svg, pdf or zpl, by `format` or by the Accept header."""
    asked = request.GET.get("format")
    if asked is not None:
        if asked not in set(Output):
            raise malformed(f"format is {asked!r}; it is one of {', '.join(Output)}")
        return Output(asked)
    accept = request.headers.get("Accept", "")
    if MEDIA_TYPES[Output.PDF] in accept:
        return Output.PDF
    return Output.ZPL if "text/plain" in accept and "svg" not in accept else Output.SVG


@takes(*SAFE, "POST")
@requires(Action.READ)
@answering_problems
def jobs(request: ActorRequest) -> HttpResponseBase:
    """Print a label, for those who may; or list print jobs."""
    if request.method != "POST":
        return _list(request)
    _may_print(request)
    return _print(request)


def _list(request: ActorRequest) -> HttpResponseBase:
    """Print jobs, the newest first."""
    only(request, "open", "before", "limit", "format")
    form, is_open, now = format_of(request), flag(request, "open"), datetime.now(UTC)
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or (JOBS_SHOWN if form == "json" else PAGE_MAX)
    before = whole(request, "before", least=1, most=JOB_MAX) or JOB_MAX
    at = _here(request)
    with at.database.reading(at.site) as reader:
        page = print_jobs(reader, now=now, is_open=is_open, before=before, limit=limit)
    if form != "json":
        return rows_response(page.print_jobs, PrintJobView, form, name="print-jobs")
    return json_response(page)


def _print(request: ActorRequest) -> HttpResponse:
    """Keep the job, and try to send it now; what does not go now is tried again by itself."""
    only(request)
    at = _here(request)
    wanted = _body(request, PrintWanted)
    if bool(wanted.unit) == bool(wanted.lot):
        raise malformed("give exactly one of unit, lot")
    if not 1 <= wanted.copies <= COPIES_MAX:
        raise malformed(f"copies is {wanted.copies}; it is a whole number from 1 to {COPIES_MAX} - at `$.copies`")
    wish = _wish(request, wanted)
    kind = SubjectKind.UNIT if wanted.unit else SubjectKind.LOT
    with at.database.reading(at.site) as reader:
        named = meant(reader, wanted.unit or wanted.lot, kinds=(kind,))
    try:
        number = queue_label(at, named, wish)
    except KeyUsed as problem:
        title = "The key stands for something else"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key-used", title, f"{KEY_HEADER}: {problem}") from None
    return json_response(serving.sent(at, number), status=HTTPStatus.CREATED)


def _wish(request: ActorRequest, wanted: PrintWanted) -> Wish:
    key, actor = request.headers.get(KEY_HEADER), request.actor
    key = None if key is None else f"print\0{actor.site}\0{actor.name}\0{checked_name(key, what=KEY_HEADER)}"
    try:
        printer = serving.printer(wanted.printer)
    except PrinterProblem as problem:
        raise malformed(f"{problem} - at `$.printer`") from None
    return Wish(
        key=new_event_id() if key is None else id_of_key(key, 0),
        template=wanted.template,
        printer=printer,
        actor=actor.name,
        marking=serving.marking(wanted.content),
        copies=wanted.copies,
        native=wanted.native,
        reason=checked_text(wanted.reason, what="reason"),
        source=checked_name(wanted.source, what="source") if wanted.source.strip() else "",
    )


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def one_job(request: ActorRequest, number: int) -> HttpResponseBase:
    """A print job."""
    only(request)
    return json_response(serving.job(_here(request), min(number, JOB_MAX)))


@takes("POST")
@requires(Action.PRINT_LABELS)
@answering_problems
def retry(request: ActorRequest, number: int) -> HttpResponseBase:
    """Send a job again that failed or was given up."""
    only(request)
    wanted = _body(request, RetryWanted)
    reason = checked_text(wanted.reason, what="reason")
    return json_response(serving.retried(_here(request), min(number, JOB_MAX), reason=reason))


@takes("POST")
@requires(Action.PRINT_LABELS)
@answering_problems
def settle(request: ActorRequest, number: int) -> HttpResponseBase:
    """Say what became of a job that broke off on the way."""
    only(request)
    said = _body(request, Settlement)
    reason = checked_text(said.reason, what="reason")
    at, actor = _here(request), request.actor.name
    found = serving.settled(at, min(number, JOB_MAX), is_printed=said.printed, actor=actor, reason=reason)
    return json_response(found)


def _body(request: ActorRequest, kind: type[T]) -> T:
    with body_of(request) as raw:
        return decoded(raw or b"{}", kind)


def _here(request: ActorRequest) -> Plant:
    return serving.printing_at(plant().site(request.actor.site), clock=lambda: datetime.now(UTC))


def _may_print(request: ActorRequest) -> None:
    if not may(request.actor.role, Action.PRINT_LABELS):
        raise PermissionDenied(refusal_of(request.actor, Action.PRINT_LABELS))
