"""The page of a station: scan a unit, fit what it needs, measure, pass or fail it; every scan gets a verdict.

It works with a scanner and nothing focused (static/asbuilt/js/station-page.js), and as plain forms without a script.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import Actor, ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.capture.stations import Place, StationWork, work_at
from asbuilt.core.events.defects import Defect
from asbuilt.core.events.event import Event, EventProblem
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Result
from asbuilt.core.identifiers.names import Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Lot, Part, Station, Unit, lot_named, unit_named
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.core.states.resources import DEFECTS
from asbuilt.queries.find import Match
from asbuilt.queries.resources import codes, equipment_page
from asbuilt.queries.scans import find_scanned
from asbuilt.web.addresses import station_page
from asbuilt.web.forms import Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.station_sign_on import SETTING, badge_scanned, scanned_by_another, turned_away, working
from asbuilt.web.verdicts import Tone, Verdict, not_taken, ready, stopped

STATIONS_ON_A_PAGE = 100
CODES_OFFERED = 12
CHOICES_SAID = 5
KEPT_MAX = timedelta(days=7)
"""How long after a scan a station may send it and have its own time believed."""
_PANEL = "asbuilt/parts/station_panel.html"
_COMPLETION = ("unit", "result", "code", "position", "override_reason")
_SCAN = ("text", "unit", "override_reason")


@dataclass(frozen=True, slots=True)
class _Door:
    """Through which what happens at a station is recorded, by whoever works there. setting: as in the address."""

    request: ActorRequest
    station: Station
    setting: dict[str, str]
    actor: Actor

    def work(self, unit: Unit) -> StationWork:
        opened = plant()
        chosen = {"operation": Operation(self.setting["operation"])} if self.setting["operation"] else {}
        site = opened.site(self.request.actor.site)
        return work_at(opened.database, site, unit, self.station, at=datetime.now(UTC), **chosen)

    @property
    def is_by_badge(self) -> bool:
        return self.actor != self.request.actor

    def _operator(self) -> str:
        """Who signed on with a badge; else who the address says, or who is logged in."""
        return (not self.is_by_badge and self.setting["operator"]) or self.actor.name

    def record(self, form: Form, make: Callable[[dict[str, Any]], Event]) -> bool:
        """Record one event once; False when it was refused, which the form then says."""
        opened, actor = plant(), self.actor
        site = opened.site(actor.site)

        def recording() -> bool:
            about = {
                "event_id": id_of_key(f"station\0{site.name}\0{form.name}\0{form.key}", 0),
                "event_time": _happened(self.request.POST.get("at", "")),
                "source": self.station.name,
                "operator": self._operator(),
            }
            answers = record_once(
                opened.database,
                site,
                [make(about)],
                actor=actor.name,
                record=recorder(site),
                may_override=may(actor.role, Action.OVERRIDE_INTERLOCK),
                may_work=may(actor.role, Action.CAPTURE_PRODUCTION),
            )
            raise_refusals(answers)
            return True

        try:
            return tried(form, recording) is not None
        except EventProblem as problem:
            form.trouble = str(problem)
            return False


def _happened(text: str) -> datetime:
    """When it was scanned, as the station says for what it sends later; now, when it says nothing that can be."""
    now = datetime.now(UTC)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return now
    return said if said.tzinfo is not None and now - KEPT_MAX <= said <= now else now


@require_safe
@requires(Action.READ)
@answering_pages
def stations(request: ActorRequest) -> HttpResponse:
    """The stations of the plant, to choose from. `station`: one that is typed or scanned, which is gone to."""
    wanted = request.GET.get("station", "").strip()
    if wanted:
        return redirect(station_page(wanted))
    with reading(request) as reader:
        page = equipment_page(reader, limit=STATIONS_ON_A_PAGE)
    rows = [(one, station_page(one.station)) for one in page.rows]
    return render(request, "asbuilt/stations.html", {"stations": rows, "has_more": page.next is not None})


@require_safe
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def station(request: ActorRequest, name: str) -> HttpResponse:
    """A station. `unit`: which is being worked on; operation, tool, program, operator: as it is set."""
    door = _door(request, name, request.GET)
    if isinstance(door, HttpResponse):
        return door
    return _answer(door, ready(), request.GET.get("unit", ""))


@require_POST
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def scan(request: ActorRequest, name: str) -> HttpResponse:
    """A scan: a badge, a unit to work on, or a component of the unit that is worked on."""
    form = sent("scan", request.POST, *_SCAN)
    text = form.needed("text")
    badge = badge_scanned(request, unquote(name), text)
    if badge is not None:
        return badge
    door = _door(request, name, request.POST)
    if isinstance(door, HttpResponse):
        return door
    with reading(request) as reader:
        own_issuer = reader.site.issuer
        found = find_scanned(reader, text).matches if text else ()
    current = _unit(form.typed["unit"], own_issuer)
    if len(found) != 1:
        return _answer(door, not_taken(text, _unclear(found)), form.typed["unit"])
    match = found[0]
    scanned = _meant(match, own_issuer)
    if current is not None and scanned != current:
        work = door.work(current)
        place = _place_for(work, scanned)
        if place is not None:
            return _fit(door, form, match, work, place)
    if isinstance(scanned, Lot):
        return _answer(door, not_taken(match.number, _no_place(current)), form.typed["unit"])
    return _begin(door, form, match, scanned)


def _place_for(work: StationWork, scanned: Unit | Lot) -> Place | None:
    """Where something scanned belongs in the unit that is worked on; None when it belongs nowhere."""
    if not work.started:
        return None
    return next((one for one in work.places if not one.is_done and scanned.part in one.parts), None)


def _unclear(found: tuple[Match, ...]) -> str:
    if not found:
        return _("Nothing is known here by this name. Scan it again, or look whether it was delivered here.")
    names = ", ".join(one.name for one in found[:CHOICES_SAID])
    return _("This means several things: {names}. Scan the whole code, or write it as part/serial.").format(names=names)


def _no_place(current: Unit | None) -> str:
    if current is None:
        return _("This is a lot. Scan first the unit that it goes into.")
    return _("This is not asked for here. Put it back, and scan what is asked for.")


def _fit(door: _Door, form: Form, match: Match, work: StationWork, place: Place) -> HttpResponse:
    """Install what was scanned where it belongs."""
    own_issuer = work.unit.part.issuer
    scanned = _meant(match, own_issuer)

    def make(about: dict[str, Any]) -> Event:
        about |= {
            "unit": work.unit,
            "reference_designator": ReferenceDesignator(place.reference_designator),
            "operation": work.operation,
        }
        if isinstance(scanned, Unit):
            return ComponentInstalled(**about, component=scanned)
        return ComponentInstalled(**about, lot=scanned, quantity=place.quantity)

    if not door.record(form, make):
        return _answer(door, _refused(match.number, form), str(work.unit))
    text = _("Fitted at {place}.").format(place=place.reference_designator)
    return _answer(door, Verdict(Tone.OK, match.number, text), str(work.unit))


def _begin(door: _Door, form: Form, match: Match, unit: Unit) -> HttpResponse:
    """Begin the work on a unit; one that is being worked on is passed when it needs nothing more."""
    work = door.work(unit)
    if not work.operation:
        said = _("No routing says what to do with it. Set the operation of this station first.")
        return _answer(door, not_taken(match.number, said), "")
    if work.started and str(unit) == form.typed["unit"] and work.needs_nothing:
        return _complete(door, form, work, Result.PASSED)
    if work.started:
        said = _("{operation} goes on.").format(operation=work.operation)
        return _answer(door, Verdict(Tone.OK, match.number, said), str(unit))

    def make(about: dict[str, Any]) -> Event:
        return OperationStarted(
            **about,
            unit=unit,
            operation=work.operation,
            station=door.station,
            tool=door.setting["tool"],
            program=door.setting["program"],
            override_reason=form.typed["override_reason"],
        )

    if not door.record(form, make):
        again = {"text": form.typed["text"], "unit": ""}
        return _answer(door, _refused(match.number, form, again), "")
    said = _("{operation} begun.").format(operation=work.operation)
    return _answer(door, Verdict(Tone.OK, match.number, said), str(unit))


@require_POST
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def complete(request: ActorRequest, name: str) -> HttpResponse:
    """Pass or fail the unit that is being worked on, with what was measured or found."""
    door = _door(request, name, request.POST)
    if isinstance(door, HttpResponse):
        return door
    form = sent("complete", request.POST, *_COMPLETION)
    with reading(request) as reader:
        unit = _unit(form.typed["unit"], reader.site.issuer)
    if unit is None:
        return redirect("web:stations")
    work = door.work(unit)
    result = Result.FAILED if form.typed["result"] == Result.FAILED else Result.PASSED
    return _complete(door, form, work, result)


def _complete(door: _Door, form: Form, work: StationWork, result: Result) -> HttpResponse:
    values = _values(work, door.request.POST, form)
    typed = form.typed
    code, position = typed.get("code", ""), typed.get("position", "")
    found = (Defect(code=code, position=ReferenceDesignator(position)),) if code and result is Result.FAILED else ()

    def make(about: dict[str, Any]) -> Event:
        return OperationCompleted(
            **about,
            unit=work.unit,
            operation=work.operation,
            station=door.station,
            tool=door.setting["tool"],
            program=door.setting["program"],
            result=result,
            defects=found,
            specification=work.specification if any(one is not None for one in values) else None,
            values=values if any(one is not None for one in values) else (),
            override_reason=typed["override_reason"],
        )

    title = work.unit.serial_number
    if form.problems:
        said = _("Nothing was recorded: {value} is no number.").format(value=", ".join(form.problems.values()))
        return _answer(door, not_taken(title, said), str(work.unit))
    if not door.record(form, make):
        again = {name: typed.get(name, "") for name in ("unit", "code", "position")} | {"result": result}
        again |= {
            name: value
            for name, value in door.request.POST.items()
            if name.startswith("value-") and isinstance(value, str)
        }
        return _answer(door, _refused(title, form, again), str(work.unit))
    return _answer(door, _ended(door, work, result), "")


def _ended(door: _Door, work: StationWork, result: Result) -> Verdict:
    """What became of the unit, and where it goes."""
    after = door.work(work.unit) if not door.setting["operation"] else work
    is_failed = result is Result.FAILED or (work.operation in after.next and after.attempt > work.attempt)
    going = ", ".join(after.next)
    if is_failed:
        said = _("{operation} failed.").format(operation=work.operation)
        return Verdict(Tone.STOP, work.unit.serial_number, f"{said} {_('Next: {next}').format(next=going)}")
    said = _("{operation} passed.").format(operation=work.operation)
    goes = _("Next: {next}").format(next=going) if going else _("The routing is done.")
    return Verdict(Tone.OK, work.unit.serial_number, f"{said} {goes}" if work.routing else said)


def _values(work: StationWork, posted: Mapping[str, str], form: Form) -> tuple[Decimal | None, ...]:
    """What was measured, in the order of the specification; what is no number is put among the problems."""
    found: list[Decimal | None] = []
    for number, one in enumerate(work.characteristics):
        text = "".join(posted.get(f"value-{number}", "").split()).replace(",", ".").replace("−", "-")
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            value = None
            form.problems[one.characteristic] = text
        if value is not None and not value.is_finite():
            form.problems[one.characteristic] = text
            value = None
        found.append(value)
    return tuple(found)


def _refused(title: str, form: Form, again: dict[str, str] | None = None) -> Verdict:
    if form.trouble:
        return not_taken(title, form.trouble)
    return stopped(title, form.refused, again or {})


def _door(request: ActorRequest, name: str, given: Mapping[str, str]) -> _Door | HttpResponse:
    """Where whoever works at the station records; or what is answered instead: to no station, or to nobody."""
    try:
        found = Station(unquote(name))
    except NameProblem:
        return redirect("web:stations")
    who = working(request)
    if who is None or scanned_by_another(request, who):
        return turned_away(request, found.name)
    return _Door(request, found, {one: given.get(one, "").strip() for one in SETTING}, who)


def _unit(name: str, own_issuer: str) -> Unit | None:
    try:
        return unit_named(name, own_issuer=own_issuer) if name else None
    except NameProblem:
        return None


def _meant(match: Match, own_issuer: str) -> Unit | Lot:
    if match.kind == "lot":
        return lot_named(match.name, own_issuer=own_issuer)
    return Unit(Part(match.issuer, match.part_number), match.number)


def _answer(door: _Door, verdict: Verdict, unit: str) -> HttpResponse:
    """The page, or its middle for the script, with a new key for whatever comes next."""
    request = door.request
    with reading(request) as reader:
        own_issuer = reader.site.issuer
        offered = [one for one in codes(reader, code_list=DEFECTS.name) if not one.is_retired][:CODES_OFFERED]
    current = _unit(unit, own_issuer)
    work = None if current is None else door.work(current)
    context = {
        "station": door.station.name,
        "setting": door.setting,
        "verdict": verdict,
        "work": work,
        "measured": [] if work is None else list(enumerate(work.characteristics)),
        "codes": offered,
        "key": new_event_id(),
        "may_override": verdict.is_overridable and may(door.actor.role, Action.OVERRIDE_INTERLOCK),
        "override_to": "complete" if "result" in verdict.again else "scan",
        "own_issuer": own_issuer,
        "who": door.actor,
        "by_badge": door.is_by_badge,
        "shown_name": (not door.is_by_badge and door.setting["operator"]) or door.actor.display_name,
        "panel": _PANEL,
    }
    return render(request, _PANEL if request.htmx else "asbuilt/station.html", context)
