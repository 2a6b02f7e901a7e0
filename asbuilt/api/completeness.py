"""GET /api/v1/units/…/completeness and work-orders/…/completeness: whether all is recorded that parts ask for."""

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, takes
from asbuilt.api.queries import meant_in_path
from asbuilt.api.wire import format_of, json_response, only, rows_response
from asbuilt.queries.completeness import Completeness, RequirementView, completeness, order_completeness


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def of_unit(request: ActorRequest, name: str) -> HttpResponseBase:
    """Of a unit and of the units in it; as CSV and NDJSON what is missing."""
    only(request, "format")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return _answer(request, completeness(reader, meant_in_path(reader, "units", name)))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def of_order(request: ActorRequest, name: str) -> HttpResponseBase:
    """Of every unit of a work order; as CSV and NDJSON what is missing."""
    only(request, "format")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return _answer(request, order_completeness(reader, name))


def _answer(request: ActorRequest, found: Completeness) -> HttpResponseBase:
    form = format_of(request)
    if form == "json":
        return json_response(found)
    return rows_response(found.missing, RequirementView, form, name="missing")
