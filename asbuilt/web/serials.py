"""Serial numbers handed out on the page of a part: issued, set apart in ranges, voided; and fetched as a list."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import Plant, plant
from asbuilt.accounts.roles import Action
from asbuilt.capture.ranges import RangeRequest, reserve_range
from asbuilt.capture.repeats import id_of_key, issue_serials_once, issued_under, record_once
from asbuilt.capture.serials import SERIALS_MAX, SerialRequest
from asbuilt.core.events.identity import RangeKind, SerialNumberVoided
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.serial_format import FormatProblem, SerialContext
from asbuilt.core.identifiers.subjects import Part, Unit, WorkOrder, part_named
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.ledger.database import Site
from asbuilt.queries.naming import NotFound
from asbuilt.queries.serials import range_named, serials_in
from asbuilt.queries.wire import csv_header, csv_row
from asbuilt.web.addresses import page_of, part_action
from asbuilt.web.asking import whole
from asbuilt.web.forms import SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.parts import ISSUE_FIELDS, RESERVE_FIELDS, VOID_FIELDS, meant_part, part_page
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import shown_count

ISSUED_SHOWN = 200
VOIDED_MAX = 1000
"""Serials voided with one form."""

FILES = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """A serial number in a file."""

    issuer: str
    part_number: str
    serial_number: str


@require_POST
@requires(Action.ISSUE_SERIALS)
@answering_pages
def issue(request: ActorRequest, name: str) -> HttpResponse:
    """Issue the next serial numbers of a part and commission their units."""
    form = sent("issue", request.POST, *ISSUE_FIELDS)
    count = form.whole("count", least=1, most=SERIALS_MAX)
    opened, site = _at(request)

    def issuing() -> list[Unit]:
        typed = form.typed
        wanted = SerialRequest(
            part=part_named(name, own_issuer=site.issuer),
            count=count,
            work_order=WorkOrder(typed["work_order"]) if typed["work_order"] else None,
            revision=typed["revision"],
            location=Location(typed["location"]),
            line=typed["line"],
            source=SOURCE,
        )
        return issue_serials_once(
            opened.database,
            site,
            wanted,
            key=_key(site, form.key),
            actor=request.actor.name,
            record=recorder(site),
            now=datetime.now(UTC),
            random_below=secrets.randbelow,
        )

    key = form.key
    if tried(form, issuing) is not None:
        return redirect(part_action("issued-serials", name, key, count=str(count)))
    with reading(request) as reader:
        done = len(issued_under(reader, _key(site, key), count)) if form.refused else 0
    if done:
        said = ngettext("{count} serial number was issued.", "{count} serial numbers were issued.", done)
        form.done = said.format(count=shown_count(done)), part_action("issued-serials", name, key, count=str(count))
    return part_page(request, name, form)


def _at(request: ActorRequest) -> tuple[Plant, Site]:
    opened = plant()
    return opened, opened.site(request.actor.site)


def _key(site: Site, key: UUID) -> str:
    """The key of an issue by a form. No actor's own key of the API begins so: it stands behind the site's name."""
    return f"form\0{site.name}\0{key}"


@require_safe
@requires(Action.READ)
@answering_pages
def issued(request: ActorRequest, name: str, key: UUID) -> HttpResponse:
    """What a form issued. `count`: how many were asked for. `format`: csv or txt, as a file."""
    count = min(whole(request.GET, "count", least=1), SERIALS_MAX)
    with reading(request) as reader:
        try:
            part = meant_part(reader, name)
        except NameProblem:
            return unanswered(request, reader, name)
        units = [unit for unit in issued_under(reader, _key(reader.site, key), count) if unit.part == part]
        own_issuer = reader.site.issuer
    if request.GET.get("format") in FILES:
        return _file(part, (unit.serial_number for unit in units), request.GET, name="serials")
    here = {"count": str(count)}
    context = {
        "part": part,
        "own_issuer": own_issuer,
        "units": [(page_of("unit", str(unit)), unit.serial_number) for unit in units[:ISSUED_SHOWN]],
        "count": len(units),
        "csv": part_action("issued-serials", name, key, **here, format="csv"),
        "txt": part_action("issued-serials", name, key, **here, format="txt"),
    }
    return render(request, "asbuilt/issued.html", context, status=HTTPStatus.OK if units else HTTPStatus.NOT_FOUND)


@require_POST
@requires(Action.ISSUE_SERIALS)
@answering_pages
def reserve(request: ActorRequest, name: str) -> HttpResponse:
    """Set the next numbers of a part apart for a line, printer or supplier."""
    form = sent("reserve", request.POST, *RESERVE_FIELDS)
    range_number, holder = form.needed("range_number"), form.needed("holder")
    kind = form.one_of("kind", RangeKind)
    count = form.whole("reserve_count", least=1, most=SERIALS_MAX)
    low_watermark = form.whole("low_watermark", least=0, most=count)
    opened, site = _at(request)

    def reserving() -> object:
        wanted = RangeRequest(
            part=part_named(name, own_issuer=site.issuer),
            range_number=range_number,
            kind=RangeKind(kind),
            holder=holder,
            count=count,
            low_watermark=low_watermark,
            source=SOURCE,
        )
        return reserve_range(
            opened.database,
            site,
            wanted,
            actor=request.actor.name,
            record=recorder(site),
            now=datetime.now(UTC),
            event_id=form.key,
        )

    if tried(form, reserving) is None:
        return part_page(request, name, form)
    messages.success(request, _("Range {number} is reserved for {holder}.").format(number=range_number, holder=holder))
    return redirect(f"{part_action('part', name)}#ranges")


@require_POST
@requires(Action.ISSUE_SERIALS)
@answering_pages
def void(request: ActorRequest, name: str) -> HttpResponse:
    """Void serial numbers that no unit bears, all or none."""
    form = sent("void", request.POST, *VOID_FIELDS)
    serials = _lines(form)
    reason = form.needed("reason")
    opened, site = _at(request)

    def voiding() -> bool:
        part, now = part_named(name, own_issuer=site.issuer), datetime.now(UTC)
        events = [
            SerialNumberVoided(
                event_id=id_of_key(_key(site, form.key), place),
                event_time=now,
                source=SOURCE,
                unit=Unit(part, serial),
                reason=reason,
            )
            for place, serial in enumerate(serials)
        ]
        raise_refusals(record_once(opened.database, site, events, actor=request.actor.name, record=recorder(site)))
        return True

    if tried(form, voiding) is None:
        return part_page(request, name, form)
    said = ngettext("{count} serial number is void.", "{count} serial numbers are void.", len(serials))
    messages.success(request, said.format(count=shown_count(len(serials))))
    return redirect(f"{part_action('part', name)}#voided")


def _lines(form: Form) -> list[str]:
    """The serial numbers of a form, one a line, each once."""
    lines = list(dict.fromkeys(line.strip() for line in form.typed["serial_numbers"].split("\n") if line.strip()))
    if not lines:
        form.problems["serial_numbers"] = _("Fill this in.")
    elif len(lines) > VOIDED_MAX:
        text = _("At most {most} at a time; these are {count}.")
        form.problems["serial_numbers"] = text.format(most=shown_count(VOIDED_MAX), count=shown_count(len(lines)))
    return lines


@require_safe
@requires(Action.READ)
@answering_pages
def range_serials(request: ActorRequest, name: str) -> HttpResponse:
    """The serial numbers of a range as a file. `range`: its number. `format`: csv or txt."""
    with reading(request) as reader:
        try:
            part = meant_part(reader, name)
            view = range_named(reader, part, request.GET.get("range", ""))
        except (NotFound, NameProblem):
            return unanswered(request, reader, name)
    context = SerialContext(day=view.reserved_at.date(), site=request.actor.site, line=view.holder)
    if view.reserved > SERIALS_MAX:
        return _no_file(_("The range is too long for a file from here; its first and last number say what is in it."))
    try:
        return _file(part, serials_in(view, context), request.GET, name="range")
    except FormatProblem as problem:
        return _no_file(str(problem))


def _no_file(reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", status=HTTPStatus.CONFLICT, content_type=FILES["txt"])


def _file(part: Part, serials: Iterable[str], query: QueryDict, *, name: str) -> HttpResponse:
    """Serial numbers as a file, one a line."""
    form = "csv" if query.get("format") == "csv" else "txt"
    lines = _csv(part, serials) if form == "csv" else (f"{serial}\n" for serial in serials)
    response = HttpResponse("".join(lines), content_type=FILES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _csv(part: Part, serials: Iterable[str]) -> Iterator[str]:
    yield csv_header(SerialLine)
    for serial in serials:
        yield csv_row(SerialLine(issuer=part.issuer, part_number=part.part_number, serial_number=serial))
