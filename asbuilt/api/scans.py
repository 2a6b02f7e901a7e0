"""GET /api/v1/scan: what a scan says, and which unit, lot or container it means here."""

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import json_response, only
from asbuilt.queries.scans import resolve


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def scan(request: ActorRequest) -> HttpResponseBase:
    """Read a scan and look up what bears it. What is not in order or not known is an answer, not an error."""
    only(request, "text")
    if "text" not in request.GET:
        raise malformed("text is missing; send what was scanned, percent-encoded, as ?text=")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return json_response(resolve(reader, request.GET["text"]))
