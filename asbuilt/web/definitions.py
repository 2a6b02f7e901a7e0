"""The page of a lot."""

from itertools import islice

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import as_built
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.lots import LotView
from asbuilt.queries.lots import lot as lot_view
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.queries.where_used import where_used
from asbuilt.web.addresses import name_in, page_of
from asbuilt.web.asking import as_of, whole
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.records import Alarm
from asbuilt.web.telling import facts, happened_at, number
from asbuilt.web.templatetags.asbuilt import moment
from asbuilt.web.timeline import beginning
from asbuilt.web.unit_page import genealogy_of, history_of, zone_of
from asbuilt.web.unknown import unanswered
from asbuilt.web.uses import shares, uses
from asbuilt.web.words import Tone

USES_ON_A_PAGE = 50
USES_COUNTED = 5000
"""Affected units counted by status on the page; the file has all, however many they are."""

PART_OF_PAGE = {"where-used": "asbuilt/parts/lot_uses.html", "history": "asbuilt/parts/timeline.html"}


@require_safe
@requires(Action.READ)
@answering_pages
def lot(request: ActorRequest, name: str) -> HttpResponse:
    """A lot: what it is, where it went, what befell it, what it was made from. `ever`: also where it no longer is."""
    text = name_in(name)
    with reading(request) as reader:
        try:
            named = meant(reader, text, kinds=(SubjectKind.LOT,))
            context = _lot_page(reader, named, request.GET)
        except (NotFound, Ambiguous):
            return unanswered(request, reader, text)
    template = PART_OF_PAGE.get(request.htmx.target or "", "asbuilt/lot.html")
    return render(request, template, context)


def _lot_page(reader: Reader, named: Named, query: QueryDict) -> dict[str, object]:
    view = lot_view(reader, named)
    read = beginning(reader, named)
    record = as_built(reader, named)
    told = history_of(reader, named, read, record, query)
    return {
        "lot": view,
        "own_issuer": reader.site.issuer,
        "alarms": _alarms(view, read),
        "is_fed": any(entry.type == "MaterialLoaded" for entry in read),
        "timeline": told,
        "genealogy": genealogy_of(record, as_of(query, zone=zone_of(read)), reader),
        **_where_it_went(reader, named, query),
    }


def _where_it_went(reader: Reader, named: Named, query: QueryDict) -> dict[str, object]:
    """A page of what contains the lot, and where all that is, as far as it was counted."""
    ever = query.get("ever", "") in {"1", "true"}
    page = whole(query, "page", least=1)
    start = (page - 1) * USES_ON_A_PAGE
    affected = where_used(reader, named, ever=ever)
    counted = list(islice(affected, max(USES_COUNTED, start + USES_ON_A_PAGE) + 1))
    is_more = len(counted) > max(USES_COUNTED, start + USES_ON_A_PAGE)
    rows = counted[start : start + USES_ON_A_PAGE]
    first = {"ever": "1" if ever else ""}
    return {
        "ever": ever,
        "uses": uses(rows, reader.site.issuer),
        "first": start + 1,
        "last": start + len(rows),
        "count": len(counted) - is_more,
        "is_more": is_more,
        "shares": list(shares(counted[: len(counted) - is_more])),
        "previous": page_of("lot", named.name, **first, page=str(page - 1)) if page > 1 else "",
        "next": page_of("lot", named.name, **first, page=str(page + 1))
        if len(counted) > start + USES_ON_A_PAGE
        else "",
    }


def _alarms(view: LotView, read: list[HistoryEntry]) -> list[Alarm]:
    """The holds that are open, with why they were placed."""
    placed = {entry.event["hold"]: entry for entry in read if entry.type == "HoldPlaced" and entry.corrected_by is None}
    found = []
    for hold in view.open_holds:
        entry = placed.get(hold)
        text = number(hold) if entry is None else facts(entry.event["reason"], number(hold), moment(happened_at(entry)))
        found.append(Alarm(Tone.HOLD, _("On hold."), text))
    return found
