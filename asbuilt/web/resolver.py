"""GS1 Digital Link: the address in a mark, answered by the unit's page, its record, or a set of links (RFC 9264).

Source: GS1 Digital Link Standard: URI Syntax; GS1-Conformant Resolver Standard.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.problems import problem_response
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.queries.find import Found, Match, exact_name
from asbuilt.queries.lots import lot
from asbuilt.queries.naming import NotFound, meant
from asbuilt.queries.record import unit_record
from asbuilt.queries.scans import Outcome, Resolution, resolve
from asbuilt.queries.wire import encode
from asbuilt.web.addresses import download_of, page_of
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import choices_page

LINKSET = "application/linkset+json"
JSON = "application/json"
_VOCABULARY = "https://gs1.org/voc/"


class PrimaryKey:
    """In a path: the application identifier that a Digital Link begins with (GS1 Digital Link: URI Syntax, 4.3)."""

    regex = "00|01|253|255|401|402|414|417|8003|8004|8006|8010|8013|8017|8018"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@require_safe
@requires(Action.READ)
@answering_pages
def digital_link(request: ActorRequest, ai: str, rest: str) -> HttpResponseBase:
    """What a mark leads to. A browser gets the page; a machine the record, or with linkType=linkset all links."""
    address = _address(request, f"{ai}/{rest}")
    wanted = _wanted(request)
    with reading(request) as reader:
        resolution = resolve(reader, address)
        if resolution.outcome is Outcome.INVALID:
            return _refused(request, reader, resolution, HTTPStatus.BAD_REQUEST, wanted)
        if resolution.outcome is not Outcome.KNOWN or not resolution.matches:
            known = resolution.outcome is Outcome.AMBIGUOUS
            status = HTTPStatus.MULTIPLE_CHOICES if known else HTTPStatus.NOT_FOUND
            return _refused(request, reader, resolution, status, wanted)
        answer = _answer(request, reader, resolution, wanted)
    answer["Link"] = f'<{address}?linkType=linkset>; rel="linkset"; type="{LINKSET}"'
    answer["Vary"] = "Accept, Cookie, Authorization"
    return answer


def _address(request: HttpRequest, path: str) -> str:
    """The Digital Link that was asked for. A slash within the last value has lost its escape on the way."""
    segments = path.strip("/").split("/")
    if len(segments) % 2:
        segments[-2:] = ["/".join(segments[-2:])]
    return f"{request.scheme}://{request.get_host()}/{'/'.join(quote(segment, safe='') for segment in segments)}"


def _wanted(request: HttpRequest) -> str:
    """text/html, JSON or LINKSET."""
    if request.GET.get("linkType") in ("linkset", "all") or LINKSET in request.headers.get("Accept", ""):
        return LINKSET
    return str(request.get_preferred_type(["text/html", JSON]) or JSON) if "Accept" in request.headers else JSON


def _answer(request: HttpRequest, reader: Reader, resolution: Resolution, wanted: str) -> HttpResponse:
    (match,) = resolution.matches
    if wanted == LINKSET:
        return HttpResponse(encode(_linkset(request, resolution, match)), content_type=LINKSET)
    if wanted == JSON:
        try:
            return HttpResponse(encode(_record(reader, match)), content_type=JSON)
        except NotFound as problem:
            return problem_response(HTTPStatus.GONE, title="No unit bears this number", detail=str(problem))
    return redirect(page_of(match.kind, match.name))


def _record(reader: Reader, match: Match) -> object:
    name = exact_name(match.issuer, match.part_number, match.number)
    named = meant(reader, name, kinds=(SubjectKind[match.kind.upper()],))
    return unit_record(reader, named) if match.kind == "unit" else lot(reader, named)


def _linkset(request: HttpRequest, resolution: Resolution, match: Match) -> dict[str, Any]:
    """All that there is of a unit or lot, by the link types of the GS1 Web Vocabulary."""

    def link(path: str, title: str, media_type: str) -> dict[str, Any]:
        return {"href": request.build_absolute_uri(path), "title": title, "type": media_type}

    page = link(page_of(match.kind, match.name), match.number, "text/html")
    record = link(download_of(match.kind, "as-built", match.name), f"As-built record of {match.number}", JSON)
    history = link(download_of(match.kind, "history", match.name), f"History of {match.number}", JSON)
    return {
        "linkset": [
            {
                "anchor": resolution.digital_link,
                "itemDescription": match.description or match.part_number,
                f"{_VOCABULARY}defaultLink": [page],
                f"{_VOCABULARY}pip": [page],
                f"{_VOCABULARY}traceability": [history],
                f"{_VOCABULARY}certificationInfo": [record],
            }
        ]
    }


def _refused(
    request: ActorRequest, reader: Reader, resolution: Resolution, status: HTTPStatus, wanted: str
) -> HttpResponse:
    if wanted == "text/html":
        problem = resolution.message if resolution.outcome is Outcome.INVALID else ""
        found = Found(text=resolution.input, matches=resolution.matches, problem=problem)
        return choices_page(request, found, own_issuer=reader.site.issuer)
    return problem_response(status, title="This link leads to no single unit", detail=resolution.message)
