"""Pages about units and how they are found."""

from dataclasses import asdict, dataclass
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.database import Reader
from asbuilt.queries.find import Found, Match, held
from asbuilt.queries.history import history
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.queries.scans import find_scanned
from asbuilt.queries.units import UnitFilter, UnitRow
from asbuilt.queries.units import units as unit_rows
from asbuilt.web.addresses import defect_page, name_in, page_of, recall_page, units_as_csv, units_with
from asbuilt.web.history_parts import Show
from asbuilt.web.reading import NO_PLANT, answering_pages, reading
from asbuilt.web.timeline import EVENTS_ON_A_PAGE, Beside, timeline
from asbuilt.web.unit_page import unit_page
from asbuilt.web.unknown import choices_page, unanswered
from asbuilt.web.words import STATUS_WORDS

NEWEST_SHOWN = 10
FAILED_AMONG = 1000
"""Newest units among which failed ones are looked for: a glance must not read a whole table."""

FAILED_SHOWN = 8
UNITS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is useful at a glance: the newest units, what is on hold, and what failed of late."""

    own_issuer: str
    newest: tuple[UnitRow, ...]
    held: tuple[Match, ...]
    failed: tuple[UnitRow, ...]
    failed_among: int


@require_safe
@requires(Action.READ)
def home(request: ActorRequest) -> HttpResponse:
    """Where one lands after logging in: a box to scan into, and what is useful at a glance."""
    try:
        with reading(request) as reader:
            glance = _glance(reader)
    except NO_PLANT as problem:
        return render(request, "asbuilt/home.html", {"problem": str(problem)})
    return render(request, "asbuilt/home.html", {"glance": glance})


def _glance(reader: Reader) -> Glance:
    newest = unit_rows(reader, UnitFilter(), limit=FAILED_AMONG).units
    failed = tuple(unit for unit in newest if unit.status is Status.FAILED)
    return Glance(
        own_issuer=reader.site.issuer,
        newest=newest[:NEWEST_SHOWN],
        held=held(reader),
        failed=failed[:FAILED_SHOWN],
        failed_among=len(newest),
    )


@require_safe
@requires(Action.READ)
@answering_pages
def find(request: ActorRequest) -> HttpResponse:
    """What the find box leads to. `text`: anything scanned or typed. One thing named: its page. Never a guess."""
    text = request.GET.get("text", "").strip()
    if not text:
        return redirect("web:home")
    with reading(request) as reader:
        found = find_scanned(reader, text)
        if found.count == 1:
            return redirect(_only(found))
        return choices_page(request, found, own_issuer=reader.site.issuer)


def _only(found: Found) -> str:
    """The page of the one thing that a text names."""
    if found.matches:
        return page_of(found.matches[0].kind, found.matches[0].name)
    if found.work_orders:
        return units_with(work_order=found.work_orders[0])
    if found.part_numbers:
        return units_with(part_number=found.part_numbers[0])
    if found.recalls:
        return recall_page(found.recalls[0])
    if found.holds:
        one = found.holds[0].held[0]
        return page_of(one.kind, one.name)
    if found.defects:
        return defect_page(found.defects[0].unit.name, found.defects[0].number)
    if found.customers:
        return units_with(customer=found.customers[0])
    return units_with(container=found.containers[0])


@require_safe
@requires(Action.READ)
@answering_pages
def units(request: ActorRequest) -> HttpResponse:
    """The list of units, page by page, with its filters in the address."""
    asked = {name: request.GET.get(name, "").strip() for name in asdict(UnitFilter())}
    if asked["status"] not in set(Status):
        asked["status"] = ""
    wanted = UnitFilter(**asked)
    problem = ""
    with reading(request) as reader:
        try:
            page = unit_rows(reader, wanted, after=request.GET.get("after", ""), limit=UNITS_ON_A_PAGE)
        except ValueError:
            problem = _("This page of the list cannot be found; here is the first one.")
            page = unit_rows(reader, wanted, limit=UNITS_ON_A_PAGE)
        own_issuer = reader.site.issuer
    context = {
        "units": page.units,
        "wanted": wanted,
        "is_filtered": any(asked.values()),
        "is_first": problem or not request.GET.get("after"),
        "first": units_with(**asked),
        "next": units_with(**asked, after=page.next) if page.next else "",
        "csv": units_as_csv(**asked),
        "statuses": [(status.value, STATUS_WORDS[status].word) for status in Status],
        "own_issuer": own_issuer,
        "problem": problem,
    }
    return render(request, "asbuilt/units.html", context)


@require_safe
@requires(Action.READ)
@answering_pages
def unit(request: ActorRequest, name: str) -> HttpResponse:
    """A unit: everything that is known of it. htmx gets the part that it replaces."""
    text = name_in(name)
    with reading(request) as reader:
        try:
            named = meant(reader, text, kinds=(SubjectKind.UNIT,))
        except (NotFound, Ambiguous):
            return unanswered(request, reader, text)
        try:
            page = unit_page(reader, named, request.GET)
        except NotFound:
            return _withdrawn(request, reader, named)
    return render(request, _template(request), {"page": page, "timeline": page.timeline})


def _template(request: ActorRequest) -> str:
    return "asbuilt/parts/timeline.html" if request.htmx.target == "history" else "asbuilt/unit.html"


def _withdrawn(request: ActorRequest, reader: Reader, named: Named) -> HttpResponse:
    """A serial that no unit bears: it was voided, or its commissioning declared wrong. It has a history only."""
    read = list(history(reader, named, limit=EVENTS_ON_A_PAGE))
    beside = Beside(own_issuer=reader.site.issuer, descriptions={}, operations={})
    told = timeline(reader, named, read, beside, show=Show.ALL, after=0)
    voided = [entry for entry in read if entry.type == "SerialNumberVoided" and entry.corrected_by is None]
    context = {
        "named": named,
        "own_issuer": reader.site.issuer,
        "timeline": told,
        "void_reason": voided[-1].event["reason"] if voided else "",
    }
    return render(request, "asbuilt/withdrawn.html", context, status=HTTPStatus.GONE)
