"""What stations are set up with: the list of them, and the page of one with the forms to load, unload and change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, action_for, may
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.names import Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, SetupList, Station, WorkOrder, lot_named
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.ledger.database import Reader, Site
from asbuilt.queries.naming import NotFound
from asbuilt.queries.scans import find_scanned
from asbuilt.queries.setups import SetupView, StationView, lists_of
from asbuilt.queries.setups import setup as setup_view
from asbuilt.queries.setups import stations as station_rows
from asbuilt.web.addresses import order_page, part_action, setup_page, setups_with
from asbuilt.web.forms import SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.slots import Tally, slot_lines, state_said, tally
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import Said

STATIONS_ON_A_PAGE = 25
LISTS_OFFERED = 100
"""Setup lists of a station that are offered to choose from, the newest; any other is written."""
CHOICES_SAID = 5

ACTIVATE_FIELDS = ("setup_list", "work_order")
END_FIELDS = ("setup_list", "reason")
LOAD_FIELDS = ("slot", "lot", "quantity", "uom", "is_splice")
UNLOAD_FIELDS = ("slot", "lot", "remaining", "uom", "reason")
_FIELDS = {"activate": ACTIVATE_FIELDS, "end": END_FIELDS, "load": LOAD_FIELDS, "unload": UNLOAD_FIELDS}
_FILLED = ("slot", "lot", "is_splice")
"""What a link of the page fills in."""
_SCANNED = {"load": ("slot", "lot"), "unload": ("slot", "lot", "remaining")}
"""What is scanned or typed in a form, one after the other."""


@require_safe
@requires(Action.READ)
@answering_pages
def setups(request: ActorRequest) -> HttpResponse:
    """The stations that setup lists were defined for, by name. `station`: a scanned one, whose page is gone to."""
    wanted, after, problem = request.GET.get("station", "").strip(), request.GET.get("after", ""), ""
    now = datetime.now(UTC)
    with reading(request) as reader:
        if wanted:
            try:
                return redirect(setup_page(setup_view(reader, wanted, at=now).station))
            except (NotFound, NameProblem):
                problem = _("No station of this name is known here. Check how it is written.")
        page = station_rows(reader, at=now, after=after, limit=STATIONS_ON_A_PAGE)
        own_issuer = reader.site.issuer
    context = {
        "stations": [_station(one) for one in page.stations],
        "wanted": wanted,
        "problem": problem,
        "is_first": not after,
        "first": setups_with(),
        "next": setups_with(after=page.next) if page.next else "",
        "own_issuer": own_issuer,
    }
    return render(request, "asbuilt/setups.html", context)


def _station(one: StationView) -> tuple[StationView, str, Said, Tally]:
    return one, setup_page(one.setup.station), state_said(one.setup), tally(one.setup)


@require_safe
@requires(Action.READ)
@answering_pages
def setup(request: ActorRequest, name: str) -> HttpResponse:
    """How a station is set up. `form`: which form waits for a scan; `slot`, `lot`, `is_splice`: what stands in it."""
    asked = {one: request.GET.get(one, "") for one in ("form", *_FILLED)}
    return _page(request, unquote(name), asked)


def _page(
    request: ActorRequest, name: str, asked: dict[str, str] | None = None, returned: Form | None = None
) -> HttpResponse:
    """The page of a station with its forms; `returned` is one that came back, with what was typed."""
    with reading(request) as reader:
        try:
            view = setup_view(reader, name, at=datetime.now(UTC))
        except (NotFound, NameProblem):
            return unanswered(request, reader, name)
        context = _context(reader, view)
    role = request.actor.role
    context |= {
        "forms": _forms(view, asked or {}, returned),
        "waiting": _waiting(asked or {}, returned),
        "may_load": may(role, action_for(MaterialLoaded)),
        "may_set_up": may(role, action_for(SetupActivated)),
    }
    return render(request, "asbuilt/setup.html", context, status=200 if returned is None else 422)


def _context(reader: Reader, view: SetupView) -> dict[str, Any]:
    own_issuer = reader.site.issuer
    return {
        "setup": view,
        "said": state_said(view),
        "tally": tally(view),
        "slots": slot_lines(view, own_issuer),
        "lists": lists_of(reader, view.station, limit=LISTS_OFFERED),
        "part_path": part_action("part", view.part) if view.part else "",
        "order_path": order_page(view.work_order) if view.work_order else "",
        "own_issuer": own_issuer,
    }


def _forms(view: SetupView, asked: dict[str, str], returned: Form | None) -> dict[str, Form]:
    """The forms, filled in with what a link of the page says; the one that came back is as it was sent."""
    forms = {name: Form(name, dict.fromkeys(fields, "")) for name, fields in _FIELDS.items()}
    forms["end"].typed["setup_list"] = view.setup_list
    filled = forms.get(asked.get("form", ""))
    if filled is not None:
        filled.typed |= {field: asked[field] for field in _FILLED if field in filled.typed and asked[field]}
    return forms | ({returned.name: returned} if returned is not None else {})


def _waiting(asked: dict[str, str], returned: Form | None) -> str:
    """The id of the field that waits for the next scan: the first that is wrong, or not filled in yet."""
    if returned is not None:
        wrong = next((name for name in returned.typed if name in returned.problems), "")
        return f"{returned.name}-{wrong}" if wrong else ""
    steps = _SCANNED.get(asked.get("form", ""), ())
    waiting = next((name for name in steps if not asked.get(name)), "")
    return f"{asked['form']}-{waiting}" if waiting else ""


@require_POST
@requires(action_for(SetupActivated))
@answering_pages
def activate(request: ActorRequest, name: str) -> HttpResponse:
    """Bring a setup list into force at a station."""
    form = sent("activate", request.POST, *ACTIVATE_FIELDS)
    setup_list, order = form.needed("setup_list"), form.typed["work_order"]

    def event(about: dict[str, Any], station: Station, site: Site) -> Event:
        return SetupActivated(
            **about,
            station=station,
            setup_list=SetupList(setup_list),
            work_order=WorkOrder(order) if order else None,
        )

    said = _("Setup list {name} is in force.").format(name=setup_list)
    return _done(request, unquote(name), form, event, said)


@require_POST
@requires(action_for(SetupDeactivated))
@answering_pages
def end(request: ActorRequest, name: str) -> HttpResponse:
    """End the setup that is in force at a station, and bring none into force."""
    form = sent("end", request.POST, *END_FIELDS)
    setup_list = form.needed("setup_list")

    def event(about: dict[str, Any], station: Station, site: Site) -> Event:
        return SetupDeactivated(**about, station=station, setup_list=SetupList(setup_list), reason=form.typed["reason"])

    return _done(request, unquote(name), form, event, _("Setup list {name} has ended.").format(name=setup_list))


@require_POST
@requires(action_for(MaterialLoaded))
@answering_pages
def load(request: ActorRequest, name: str) -> HttpResponse:
    """Load a lot in a slot, or splice it to what is there."""
    form = sent("load", request.POST, *LOAD_FIELDS)
    slot, lot = form.needed("slot"), _scanned_lot(request, form)
    quantity = form.amount("quantity")

    def event(about: dict[str, Any], station: Station, site: Site) -> Event:
        assert lot is not None, "a form without its lot is not tried"
        return MaterialLoaded(
            **about,
            lot=lot,
            station=station,
            slot=Slot(slot),
            quantity=quantity,
            uom=Uom(form.typed["uom"]),
            is_splice=bool(form.typed["is_splice"]),
        )

    text = _("{lot} is spliced in slot {slot}.") if form.typed["is_splice"] else _("{lot} is loaded in slot {slot}.")
    said = text.format(lot="" if lot is None else lot.lot_number, slot=slot)
    return _done(request, unquote(name), form, event, said)


@require_POST
@requires(action_for(MaterialUnloaded))
@answering_pages
def unload(request: ActorRequest, name: str) -> HttpResponse:
    """Take a lot out of a slot."""
    form = sent("unload", request.POST, *UNLOAD_FIELDS)
    slot, lot = form.needed("slot"), _scanned_lot(request, form)
    remaining = form.amount("remaining")

    def event(about: dict[str, Any], station: Station, site: Site) -> Event:
        assert lot is not None, "a form without its lot is not tried"
        return MaterialUnloaded(
            **about,
            lot=lot,
            station=station,
            slot=Slot(slot),
            reason=form.typed["reason"],
            remaining=remaining,
            uom=Uom(form.typed["uom"]),
        )

    said = _("{lot} is out of slot {slot}.").format(lot="" if lot is None else lot.lot_number, slot=slot)
    return _done(request, unquote(name), form, event, said)


def _scanned_lot(request: ActorRequest, form: Form) -> Lot | None:
    """The one lot that a form names, scanned or typed; None when it names none or several, which is then said."""
    text = form.needed("lot")
    if not text:
        return None
    with reading(request) as reader:
        own_issuer = reader.site.issuer
        found = [one.name for one in find_scanned(reader, text).matches if one.kind == "lot"]
    try:
        if len(found) > 1:
            several = _("Several lots bear this number: {lots}. Write it as part/lot.")
            form.problems["lot"] = several.format(lots=", ".join(found[:CHOICES_SAID]))
            return None
        return lot_named(found[0] if found else text, own_issuer=own_issuer)
    except NameProblem:
        form.problems["lot"] = _("No lot of this number is known here. Check it, or write it as part/lot.")
        return None


def _done(
    request: ActorRequest,
    name: str,
    form: Form,
    event: Callable[[dict[str, Any], Station, Site], Event],
    said: str,
) -> HttpResponse:
    """Record the one event of a form, once; or show the page again with what is wrong."""
    opened = plant()
    site = opened.site(request.actor.site)

    def recording() -> bool:
        about = {
            "event_id": id_of_key(f"setup\0{site.name}\0{form.name}\0{form.key}", 0),
            "event_time": datetime.now(UTC),
            "source": SOURCE,
        }
        made = event(about, Station(name), site)
        raise_refusals(record_once(opened.database, site, [made], actor=request.actor.name, record=recorder(site)))
        return True

    if tried(form, recording) is None:
        return _page(request, name, returned=form)
    messages.success(request, said)
    return redirect(setup_page(name, form=form.name if form.name in ("load", "unload") else ""))
