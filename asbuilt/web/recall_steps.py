"""What is done with a recall on its pages."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from asbuilt.accounts.actors import ActorKind, ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.accounts.signing import NotSigned, signed
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.core.events.event import Event
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDisposition,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
)
from asbuilt.core.identifiers.subjects import Lot, Recall, SubjectKind, Unit, lot_named, unit_named
from asbuilt.exchange.recalls.events import deciding
from asbuilt.exchange.recalls.settling import By, IndexDiffers, NothingToHold, Settling, hold_all, settle
from asbuilt.ledger.database import Site
from asbuilt.queries.naming import Ambiguous, NotFound, unit_or_lot_meant
from asbuilt.queries.recall.report import open_holds
from asbuilt.web.addresses import recall_page
from asbuilt.web.forms import SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.recalls import FRESH, OPEN_FIELDS, done, meant_by, now, page_of, seed_lines, workbench
from asbuilt.web.words import shown_count

T = TypeVar("T")


@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def open_(request: ActorRequest) -> HttpResponse:
    """Open a recall of the seeds that were tried."""
    form = sent("open", request.POST, *OPEN_FIELDS)
    number, reason = form.needed("number"), form.needed("reason")
    form.needed("seeds")
    site = plant().site(request.actor.site)

    def recorded() -> bool:
        seeds = meant_by(seed_lines(form.typed["seeds"]), site.issuer)
        drill = bool(form.typed["is_drill"])
        about = _about(form, site)
        _recorded(
            request, site, [RecallOpened(**about, recall=Recall(number), reason=reason, seeds=seeds, is_drill=drill)]
        )
        return True

    if tried(form, recorded) is None:
        return workbench(request, form)
    return done(
        request, _("Recall {number} is open. Settle what it covers.").format(number=number), recall_page(number)
    )


@sensitive_post_parameters("password")
@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def freeze(request: ActorRequest, name: str) -> HttpResponse:
    """Settle what a recall covers, signed with the password, and hold it where that is wished and allowed."""
    form = sent("freeze", request.POST, *FRESH["freeze"])
    meaning, number = form.needed("meaning"), unquote(name)
    signed_by = _signature(request, form)
    opened, site = plant(), plant().site(request.actor.site)
    event_id = id_of_key(f"recall\0{site.name}\0{form.key}", 0)

    def settled() -> bool | None:
        with reading(request) as reader:
            if event_id in reader.recorded([event_id]):
                return True
        record = partial(_recorded, request, site, signed_by=signed_by)
        folder = opened.indexes.folder(site)
        asked = Settling(meaning=meaning, signed_by=signed_by, event_id=event_id, index=folder)
        try:
            settle(opened.database, site, number, asked, by=By(source=SOURCE), record=record, now=now())
        except IndexDiffers as problem:
            form.trouble = str(problem)
            return None
        if form.typed["and_hold"]:
            hold_all(opened.database, site, number, by=By(source=SOURCE), record=record, now=now())
        return True

    return _answered(request, number, form, settled, _("The scope is settled."))


@require_POST
@requires(Action.CAPTURE_QUALITY)
@answering_pages
def hold(request: ActorRequest, name: str) -> HttpResponse:
    """Hold everything that a recall covers."""
    form, number = sent("hold", request.POST), unquote(name)
    opened, site = plant(), plant().site(request.actor.site)
    record = partial(_recorded, request, site)

    def held() -> int:
        return hold_all(opened.database, site, number, by=By(source=SOURCE), record=record, now=now())

    return _answered(request, number, form, held, _("Everything it covers is held."))


@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def notice(request: ActorRequest, name: str) -> HttpResponse:
    """Say that a customer was told."""
    form = sent("notice", request.POST, *FRESH["notice"])
    form.needed("customer")
    return _one(request, name, form, RecallNoticeIssued, _("It is noted that the customer was told."))


@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def answer(request: ActorRequest, name: str) -> HttpResponse:
    """Say that a customer has answered."""
    form = sent("answer", request.POST, *FRESH["answer"])
    form.needed("customer")
    return _one(request, name, form, RecallNoticeAnswered, _("The answer is noted."))


@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def close(request: ActorRequest, name: str) -> HttpResponse:
    """Close a recall."""
    form = sent("close", request.POST, *FRESH["close"])
    return _one(request, name, form, RecallClosed, _("The recall is closed."))


def _one(request: ActorRequest, name: str, form: Form, kind: type[Event], said: str) -> HttpResponse:
    """Record the one event of a form, whose fields are those of the event."""
    site, number = plant().site(request.actor.site), unquote(name)

    def recorded() -> bool:
        make: Any = kind  # each of them has the fields of its form, and what _about says
        _recorded(request, site, [make(**_about(form, site), recall=Recall(number), **form.typed)])
        return True

    return _answered(request, number, form, recorded, said)


@require_POST
@requires(Action.CAPTURE_RECALLS)
@answering_pages
def decide(request: ActorRequest, name: str) -> HttpResponse:
    """Say what became of units and lots; what is good again is held for the recall no more."""
    form = sent("decide", request.POST, *FRESH["decide"])
    lines = list(dict.fromkeys(seed_lines(form.needed("names"))))
    form.one_of("disposition", list(RecallDisposition))
    site, number = plant().site(request.actor.site), unquote(name)

    def decided() -> bool:
        events: list[Event] = []
        for place, line in enumerate(lines):
            events.extend(_decision(request, form, site, number, line, 2 * place))
        _recorded(request, site, events)
        return True

    said = _("{count} decided.").format(count=shown_count(len(lines)))
    return _answered(request, number, form, decided, said)


def _decision(request: ActorRequest, form: Form, site: Site, number: str, line: str, place: int) -> list[Event]:
    """What one line of the form becomes; its events have the ids at `place` and after it, each time it is sent."""
    chosen = RecallDisposition(form.typed["disposition"])
    with reading(request) as reader:
        meant = unit_or_lot_meant(reader, line)
        is_held = number in open_holds(reader, meant.subject_id)
    is_unit = meant.kind is SubjectKind.UNIT
    subject: Unit | Lot = (unit_named if is_unit else lot_named)(meant.name, own_issuer=site.issuer)
    named: dict[str, Any] = {"unit" if is_unit else "lot": subject}
    about, released_id = _about(form, site, place), _about(form, site, place + 1)["event_id"]
    event = RecallDispositioned(
        **about, recall=Recall(number), disposition=chosen, reference=form.typed["reference"], **named
    )
    return [*deciding(event, is_held=is_held, released_id=released_id)]


def _about(form: Form, site: Site, place: int = 0) -> dict[str, Any]:
    return {
        "event_id": id_of_key(f"recall\0{site.name}\0{form.key}", place),
        "event_time": now(),
        "source": SOURCE,
    }


def _signature(request: ActorRequest, form: Form) -> str:
    """Who signs a form with his password, which is not given back; empty, with the reason in the form, for nobody.

    A device has no password: the token answers for it, and the record says that nobody signed.
    """
    # What a form trims may belong to a password.
    password, form.typed["password"] = request.POST.get("password", ""), ""
    if request.actor.kind is not ActorKind.PERSON:
        return ""
    if not password:
        form.problems["password"] = _("Fill this in.")
    if form.is_refused:
        return ""
    site = request.actor.site
    try:
        return signed(request.actor.name, password, site=site, action=Action.CAPTURE_RECALLS, request=request)
    except NotSigned as problem:
        form.problems["password"] = str(problem)
        return ""


def _recorded(request: ActorRequest, site: Site, events: Sequence[Event], *, signed_by: str = "") -> None:
    """Record events, all or none, once. Raises SerialsRefused with the rules, Malformed."""
    database = plant().database
    actor, record = request.actor.name, recorder(site)
    raise_refusals(record_once(database, site, list(events), actor=actor, record=record, signed_by=signed_by))


def _answered(request: ActorRequest, number: str, form: Form, record: Callable[[], T], said: str) -> HttpResponse:
    try:
        found = tried(form, record)
    except (NotFound, Ambiguous, NothingToHold) as problem:
        form.trouble, found = str(problem), None
    if found is None:
        return page_of(request, number, form)
    return done(request, said, recall_page(number))
