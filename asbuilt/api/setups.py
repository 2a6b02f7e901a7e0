"""GET /api/v1/setups and setups/{station}: which setup lists there are, and how a station is set up now."""

from datetime import UTC, datetime

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, takes
from asbuilt.api.wire import format_of, json_response, only, rows_response, whole
from asbuilt.queries import setups as queries
from asbuilt.queries.setups import LOW_UNITS, SetupListView, SlotView

LOW_UNITS_MAX = 1_000_000


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def setup_lists(request: ActorRequest) -> HttpResponseBase:
    """Setup lists, in the order in which they were defined, with where and since when each is in force."""
    only(request, "format")
    form, opened = format_of(request), plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return rows_response(queries.setup_lists(reader), SetupListView, form, name="setups")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def setup(request: ActorRequest, name: str) -> HttpResponseBase:
    """What is in force at a station, and slot by slot what is asked for, loaded, verified and left."""
    only(request, "low_units", "format")
    asked = whole(request, "low_units", most=LOW_UNITS_MAX)
    low_units = LOW_UNITS if asked is None else asked
    form, opened = format_of(request), plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        found = queries.setup(reader, name, at=datetime.now(UTC), low_units=low_units)
    if form == "json":
        return json_response(found)
    return rows_response(found.slots, SlotView, form, name="setup")
