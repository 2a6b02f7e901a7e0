"""GET /api/v1/interlock: whether an operation may be done on a unit, or on some of a lot, here, now, with this."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import flag, json_response, moment, only
from asbuilt.capture.interlock import asked, judge
from asbuilt.core.events.production import Phase
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import Named, NotFound, lot_meant, unit_meant

_FIELDS = ("unit", "lot", "operation", "quantity", "station", "work_order", "tool", "program", "operator")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def interlock(request: ActorRequest) -> HttpResponseBase:
    """Answer yes, or no with every reason. Nothing is recorded."""
    only(request, *_FIELDS, "is_retry", "phase", "at")
    phase = request.GET.get("phase", Phase.START.value)
    if phase not in set(Phase):
        raise malformed(f"phase is {phase!r}; it is one of {', '.join(Phase)}")
    opened = plant()
    site = opened.site(request.actor.site)
    given: dict[str, str | bool] = {name: request.GET.get(name, "") for name in _FIELDS}
    given["is_retry"] = flag(request, "is_retry")
    for kind, named in (("unit", unit_meant), ("lot", lot_meant)):
        if given[kind]:
            with opened.database.reading(site) as reader:
                given[kind] = _spelled_out(reader, str(given[kind]), named)
    event = asked(site, Phase(phase), given, at=moment(request, "at") or datetime.now(UTC))
    return json_response(judge(opened.database, site, event))


def _spelled_out(reader: Reader, text: str, named: Callable[[Reader, str], Named]) -> str:
    """The full name of what a text means; the text itself when it means none, which is then the answer."""
    try:
        return named(reader, text).name
    except NotFound:
        return text
