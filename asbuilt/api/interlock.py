"""GET /api/v1/interlock: whether an operation may be done on a unit, here, now, with this."""

from datetime import UTC, datetime

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import json_response, moment, only
from asbuilt.capture.interlock import asked, judge
from asbuilt.core.events.production import Phase
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import NotFound, unit_meant

_FIELDS = ("unit", "operation", "station", "work_order", "tool", "program", "operator")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def interlock(request: ActorRequest) -> HttpResponseBase:
    """Answer yes, or no with every reason. Nothing is recorded."""
    only(request, *_FIELDS, "phase", "at")
    phase = request.GET.get("phase", Phase.START.value)
    if phase not in set(Phase):
        raise malformed(f"phase is {phase!r}; it is one of {', '.join(Phase)}")
    opened = plant()
    site = opened.site(request.actor.site)
    given = {name: request.GET.get(name, "") for name in _FIELDS}
    if given["unit"]:
        with opened.database.reading(site) as reader:
            given["unit"] = _spelled_out(reader, given["unit"])
    event = asked(site, Phase(phase), given, at=moment(request, "at") or datetime.now(UTC))
    return json_response(judge(opened.database, site, event))


def _spelled_out(reader: Reader, text: str) -> str:
    """The full name of the unit that a text means; the text itself when it means none, which is then the answer."""
    try:
        return unit_meant(reader, text).name
    except NotFound:
        return text
