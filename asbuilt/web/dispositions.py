"""Pages about what is wrong with units: the list of it, and a defect with the forms to decide and to repair."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.capture.interlock import rework_operations
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.core.events.defects import DefectDispositioned, DefectRepaired, Disposition
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Part, SubjectKind, Unit
from asbuilt.ledger.database import Reader, Site
from asbuilt.queries.defects import DECISIONS, UNDECIDED, DefectFilter, DefectView, defects_of
from asbuilt.queries.defects import defects as defect_rows
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.web.addresses import defect_action, defect_page, defects_as_csv, defects_with, name_in, page_of
from asbuilt.web.asking import whole
from asbuilt.web.defects import DefectLine, defect_lines
from asbuilt.web.forms import SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import DISPOSITION_WORDS

DEFECTS_ON_A_PAGE = 50
DECISION_FIELDS = ("disposition", "rework", "retest", "reason")
REPAIR_FIELDS = ("action", "replaced", "note")

DISPOSITIONS: dict[Disposition, Promise] = {
    Disposition.RETEST: gettext_lazy("Settled when the operation that found it has passed again."),
    Disposition.REWORK: gettext_lazy("The rework operation named below, then the operation that found it."),
    Disposition.REPAIR: gettext_lazy("Somebody says what was repaired; then the operation that found it."),
    Disposition.USE_AS_IS: gettext_lazy("The unit is good enough, for the reason given. Settled at once."),
    Disposition.NO_FAULT_FOUND: gettext_lazy("A false call. Settled at once."),
    Disposition.SCRAP: gettext_lazy("Settled when the unit was scrapped; nothing else is done with it."),
}
"""What each disposition leads to."""
_NEEDS_REASON = frozenset({Disposition.USE_AS_IS, Disposition.NO_FAULT_FOUND, Disposition.SCRAP})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDefect:
    """A defect in the list, with the unit that it is of."""

    unit: str
    unit_path: str
    path: str
    line: DefectLine


@require_safe
@requires(Action.READ)
@answering_pages
def defects(request: ActorRequest) -> HttpResponse:
    """What is wrong with units, the oldest first, with its filters in the address. `settled`: what is settled, too."""
    names = ("part_number", "operation", "code")
    asked = {name: request.GET.get(name, "").strip() for name in names}
    if (disposition := request.GET.get("disposition", "")) in DECISIONS:
        asked["disposition"] = disposition
    settled = bool(request.GET.get("settled"))
    after, unknown = whole(request.GET, "after"), ""
    with reading(request) as reader:
        try:
            page = defect_rows(reader, DefectFilter(**asked, settled=settled), after=after, limit=DEFECTS_ON_A_PAGE)
        except NotFound as problem:
            page, unknown = None, str(problem)
        own_issuer = reader.site.issuer
    found = () if page is None else page.defects
    filters = asked | {"settled": "1" if settled else ""}
    context = {
        "defects": [_listed(one, line) for one, line in zip(found, defect_lines(found, UTC), strict=True)],
        "wanted": asked,
        "settled": settled,
        "decisions": [(UNDECIDED, _("nothing yet")), *DISPOSITION_WORDS.items()],
        "unknown": unknown,
        "is_filtered": any(filters.values()),
        "is_first": not after,
        "first": defects_with(**filters),
        "next": "" if page is None or page.next is None else defects_with(**filters, after=str(page.next)),
        "csv": defects_as_csv(**filters),
        "own_issuer": own_issuer,
    }
    return render(request, "asbuilt/defects.html", context)


def _listed(one: DefectView, line: DefectLine) -> UnitDefect:
    return UnitDefect(
        unit=one.unit, unit_path=page_of("unit", one.unit), path=defect_page(one.unit, one.number), line=line
    )


@require_safe
@requires(Action.READ)
@answering_pages
def defect(request: ActorRequest, name: str) -> HttpResponse:
    """A defect of a unit: what is known of it, and the forms to decide about it. `number`: which one."""
    forms = Form("decision", dict.fromkeys(DECISION_FIELDS, "")), Form("repair", dict.fromkeys(REPAIR_FIELDS, ""))
    return _page(request, name, request.GET.get("number", ""), *forms)


def _page(request: ActorRequest, name: str, number: str, decision: Form, repair: Form) -> HttpResponse:
    text = name_in(name)
    with reading(request) as reader:
        try:
            named = meant(reader, text, kinds=(SubjectKind.UNIT,))
        except (NotFound, Ambiguous):
            return unanswered(request, reader, text)
        one = _numbered(reader, named, number)
        site = reader.site
    role = request.actor.role
    rework = rework_operations(plant().database, site, _unit(named), at=datetime.now(UTC)) if one.is_open else ()
    context = {
        "defect": one,
        "line": defect_lines([one], UTC)[0],
        "own_issuer": site.issuer,
        "decision": decision,
        "repair": repair,
        "rework_operations": rework,
        "dispositions": [(value, DISPOSITION_WORDS[value], said) for value, said in DISPOSITIONS.items()],
        "decide_path": defect_action("decide-defect", one.unit),
        "repair_path": defect_action("repair-defect", one.unit),
        "may_decide": one.is_open and may(role, Action.DECIDE_DEFECTS),
        "may_repair": one.is_open and may(role, Action.CAPTURE_DEFECTS),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "asbuilt/defect.html", context, status=status)


def _numbered(reader: Reader, named: Named, number: str) -> DefectView:
    found = next((one for one in defects_of(reader, named) if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _unit(named: Named) -> Unit:
    return Unit(Part(named.issuer, named.part_number), named.number)


@require_POST
@requires(Action.DECIDE_DEFECTS)
@answering_pages
def decide(request: ActorRequest, name: str) -> HttpResponse:
    """Decide what becomes of a defect."""
    form = sent("decision", request.POST, *DECISION_FIELDS)
    chosen = form.one_of("disposition", Disposition)
    if chosen == Disposition.REWORK:
        form.needed("rework")
    else:
        form.typed["rework"] = ""
    if chosen in _NEEDS_REASON:
        form.needed("reason")
        form.typed["retest"] = ""

    def decided(unit: Unit, number: DefectNumber, at: datetime, site: Site) -> Event:
        typed = form.typed
        return DefectDispositioned(
            event_id=id_of_key(f"defect decision\0{site.name}\0{form.key}", 0),
            event_time=at,
            source=SOURCE,
            unit=unit,
            defect=number,
            disposition=Disposition(typed["disposition"]),
            rework=Operation(typed["rework"]),
            retest=Operation(typed["retest"]),
            reason=typed["reason"],
        )

    def shown(number: str) -> HttpResponse:
        return _page(request, name, number, form, Form("repair", dict.fromkeys(REPAIR_FIELDS, "")))

    word = DISPOSITION_WORDS.get(chosen, "")
    said = _("Decided on defect {number}: {decision}")
    return _recorded(request, name, form, decided, shown, lambda number: said.format(number=number, decision=word))


@require_POST
@requires(Action.CAPTURE_DEFECTS)
@answering_pages
def repair(request: ActorRequest, name: str) -> HttpResponse:
    """Say what was done about a defect."""
    form = sent("repair", request.POST, *REPAIR_FIELDS)
    form.needed("action")

    def repaired(unit: Unit, number: DefectNumber, at: datetime, site: Site) -> Event:
        typed = form.typed
        return DefectRepaired(
            event_id=id_of_key(f"defect repair\0{site.name}\0{form.key}", 0),
            event_time=at,
            source=SOURCE,
            unit=unit,
            defect=number,
            action=typed["action"],
            replaced=ReferenceDesignator(typed["replaced"]),
            note=typed["note"],
        )

    def shown(number: str) -> HttpResponse:
        return _page(request, name, number, Form("decision", dict.fromkeys(DECISION_FIELDS, "")), form)

    said = _("The repair of defect {number} is recorded.")
    return _recorded(request, name, form, repaired, shown, lambda number: said.format(number=number))


def _recorded(
    request: ActorRequest,
    name: str,
    form: Form,
    event: Callable[[Unit, DefectNumber, datetime, Site], Event],
    shown: Callable[[str], HttpResponse],
    said: Callable[[str], str],
) -> HttpResponse:
    """Record the event of a form about the defect that it names, and go to its page."""
    number = request.POST.get("number", "")
    opened = plant()
    site = opened.site(request.actor.site)
    with reading(request) as reader:
        try:
            named = meant(reader, name_in(name), kinds=(SubjectKind.UNIT,))
        except (NotFound, Ambiguous):
            return unanswered(request, reader, name_in(name))
        one = _numbered(reader, named, number)

    def recording() -> bool:
        made = event(_unit(named), DefectNumber(one.number), datetime.now(UTC), site)
        raise_refusals(record_once(opened.database, site, [made], actor=request.actor.name, record=recorder(site)))
        return True

    if tried(form, recording) is None:
        return shown(number)
    messages.success(request, said(one.number))
    return redirect(defect_page(one.unit, one.number))
