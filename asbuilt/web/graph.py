"""The genealogy of a unit or lot as a graph: each thing once, with all its links, drawn by the browser on a canvas."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.events.event import Evidence
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import Thing
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.queries.surroundings import Surroundings, surroundings
from asbuilt.web.addresses import components_of, graph_data_of, in_query, name_in, page_of
from asbuilt.web.asking import AsOf, as_of
from asbuilt.web.genealogy import KINDS
from asbuilt.web.graph_layout import HEIGHT, WIDTH, laid_out
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.templatetags.asbuilt import short_name
from asbuilt.web.tree import natural
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import status_said

DRAWN_MAX = 20_000
"""Units and lots in a drawing; where there are more, their list and their file hold them."""

_SURE = (Evidence.SCANNED, Evidence.KITTED, Evidence.SETUP_WINDOW, Evidence.DECLARED)


@require_safe
@requires(Action.READ)
@answering_pages
def graph(request: ActorRequest, kind: str, name: str) -> HttpResponse:
    """The page with the drawing, and with what it draws in words. `at`: as it was at that time."""
    with reading(request) as reader:
        found = _found(request, reader, kind, name, most=0)  # the page says how many; the drawing is fetched
        if isinstance(found, HttpResponse):
            return found
        named, asked, around = found
        own_issuer = reader.site.issuer
    query = in_query(asked.at)
    context = {
        "kind": kind,
        "name": named.name,
        "shown_name": short_name(named.name, own_issuer),
        "path": page_of(kind, named.name, **query),
        "components": components_of(named.name, kind=kind, **query),
        "as_of": asked,
        "count": around.count,
        "drawn_max": DRAWN_MAX,
        "is_drawn": around.count <= DRAWN_MAX,
        "data": graph_data_of(kind, named.name, **query),
    }
    return render(request, "asbuilt/graph.html", context)


@require_safe
@requires(Action.READ)
@answering_pages
def graph_data(request: ActorRequest, kind: str, name: str) -> HttpResponse:
    """What is drawn: things with their places, and links between them.

    {"root": 0, "width", "height": of a thing, "things": [[number, title, status, tone, path, x, y, level], …],
    "links": [above, below, 1 when it is not sure, …]}; above and below are places in `things`.
    """
    with reading(request) as reader:
        found = _found(request, reader, kind, name, most=DRAWN_MAX)
        if isinstance(found, HttpResponse):
            return found
        _named, asked, around = found
        own_issuer = reader.site.issuer
    body = drawing(around, asked, own_issuer)
    return HttpResponse(json.dumps(body, ensure_ascii=False, separators=(",", ":")), content_type="application/json")


def drawing(around: Surroundings, asked: AsOf, own_issuer: str) -> dict[str, Any]:
    """Things with their places, and links, as `graph_data` answers them."""
    ids = sorted(around.things, key=lambda one: _order(around, one))
    places = {one: place for place, one in enumerate(ids)}
    above = [places[one.above] for one in around.links]
    below = [places[one.below] for one in around.links]
    if not ids:
        return {"root": 0, "width": WIDTH, "height": HEIGHT, "things": [], "links": []}
    layout = laid_out(len(ids), places[around.root], above, below)
    query = in_query(asked.at)
    things = []
    for place, one in enumerate(ids):
        told = _told(around.things[one], own_issuer, query)
        at = (int(layout.x[place]), int(layout.y[place]), int(layout.level[place]))
        things.append([*told, *at])
    doubts = (0 if Evidence(one.evidence) in _SURE else 1 for one in around.links)
    links = [number for link in zip(above, below, doubts, strict=True) for number in link]
    return {"root": places[around.root], "width": WIDTH, "height": HEIGHT, "things": things, "links": links}


def _order(around: Surroundings, subject_id: int) -> tuple[object, ...]:
    thing = around.things[subject_id]
    return (thing.issuer, thing.part_number, natural(thing.number), subject_id)


def _told(thing: Thing, own_issuer: str, query: dict[str, str]) -> list[str]:
    """Number, title, status in words, tone and page of a thing."""
    said = status_said(thing.status)
    if thing.kind == "declared":
        return [thing.number, str(_("not delivered here")), str(said.word), said.tone.value, ""]
    full = Named(0, KINDS[thing.kind], thing.issuer, thing.part_number, thing.number).name
    part = thing.part_number if thing.issuer == own_issuer else f"{thing.issuer}:{thing.part_number}"
    title = f"{thing.description} · {part}" if thing.description else part
    return [thing.marked_as or thing.number, title, str(said.word), said.tone.value, page_of(thing.kind, full, **query)]


def _found(
    request: ActorRequest, reader: Reader, kind: str, name: str, *, most: int
) -> tuple[Named, AsOf, Surroundings] | HttpResponse:
    """What a path names, the time that is asked for, and everything around it; or the page that says what is wrong."""
    try:
        named = meant(reader, name_in(name), kinds=(KINDS[kind],))
    except (NotFound, Ambiguous):
        return unanswered(request, reader, name_in(name))
    asked = as_of(request.GET)
    return named, asked, surroundings(reader, named, at=asked.at, most=most)
