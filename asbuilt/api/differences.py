"""GET /api/v1/units/…/diff: how a unit differs from its bill of materials, or from itself at another time."""

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, takes
from asbuilt.api.queries import meant_in_path
from asbuilt.api.wire import format_of, json_response, moment, moment_from, only, rows_response
from asbuilt.queries.comparing.comparison import Against, Baseline, compare
from asbuilt.queries.comparing.differences import DifferenceView


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def diff(request: ActorRequest, name: str) -> HttpResponseBase:
    """What differs from what is expected, now or `at` a time; as CSV and NDJSON the differences alone."""
    only(request, "against", "at", "format")
    form, at, against = format_of(request), moment(request, "at"), _against(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        found = compare(reader, meant_in_path(reader, "units", name), against=against, at=at)
    if form == "json":
        return json_response(found)
    return rows_response(found.differences, DifferenceView, form, name="differences")


def _against(request: ActorRequest) -> Against:
    text = request.GET.get("against") or Baseline.DESIGNED.value
    return Baseline(text) if text in set(Baseline) else moment_from(text, "against")
