"""/api/v1/commonality: what failing units have in common that others have not."""

import msgspec
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import decoded, flag, format_of, json_response, only, rows_response, whole
from asbuilt.ledger.database import Reader
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.commonality.adjusting import Correction
from asbuilt.queries.commonality.choosing import CaseRule, Line
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.ranking import CommonalityQuestion, CommonFinding, Exposed, commonality, exposed_units
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Window, window_of

SHOWN = 100
"""Findings in an answer when nobody says how many."""

_TEXTS = ("defect", "failed", "characteristic", "part_number", "work_order", "station", "since", "until", "zone")
_MOST = 10**9


class Drill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value of a factor, as a finding spells it, whose units are asked for."""

    factor: Factor
    value: str


class CommonalityWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which units failed: `cases` (by name), a `defect` code, or the operation they `failed` (of `part_number`).

    controls: the others, by name; without them all others that came as far. drill: list the units with a value instead.
    """

    cases: tuple[str, ...] | None = None
    controls: tuple[str, ...] | None = None
    defect: str = ""
    open_only: bool = False
    failed: str = ""
    characteristic: str = ""
    attempts: Attempts = Attempts.FIRST
    part_number: str = ""
    work_order: str = ""
    station: str = ""
    since: str = ""
    until: str = ""
    zone: str = ""
    by: tuple[Factor, ...] = ()
    correction: Correction = Correction.BH
    limit: int = SHOWN
    drill: Drill | None = None


@takes(*SAFE, "POST")
@requires(Action.READ)
@answering_problems
def commonality_view(request: ActorRequest) -> HttpResponseBase:
    """Rank what failing units have in common. GET takes what fits into an address, POST lists of units, too."""
    if request.method == "POST":
        only(request, "format")
        with body_of(request) as raw:
            wanted = decoded(raw, CommonalityWanted)
    else:
        wanted = _from_address(request)
    if not 1 <= wanted.limit <= _MOST:
        raise malformed(f"limit is {wanted.limit}; it is a whole number from 1 to {_MOST} - at `$.limit`")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return _answer(request, reader, wanted, window_of(wanted.since, wanted.until, wanted.zone or "UTC"))


def _from_address(request: ActorRequest) -> CommonalityWanted:
    only(request, *_TEXTS, "open_only", "attempts", "by", "correction", "limit", "factor", "value", "format")
    asked = request.GET
    texts = {name: asked.get(name, "") for name in _TEXTS}
    factors = [one.strip() for one in asked.get("by", "").split(",") if one.strip()]
    said = {**texts, "by": factors, "open_only": flag(request, "open_only")}
    said |= {name: asked[name] for name in ("attempts", "correction") if name in asked}
    said["limit"] = whole(request, "limit", least=1, most=_MOST) or SHOWN
    if ("factor" in asked) != ("value" in asked):
        raise malformed("factor and value go together: the units that have this value are listed")
    if "factor" in asked:
        said["drill"] = {"factor": asked["factor"], "value": asked["value"]}
    try:
        return msgspec.convert(said, CommonalityWanted)
    except msgspec.ValidationError as problem:
        raise malformed(str(problem)) from None


def _answer(request: ActorRequest, reader: Reader, wanted: CommonalityWanted, window: Window) -> HttpResponseBase:
    form = format_of(request)
    question = CommonalityQuestion(
        rule=CaseRule(
            units=_lines(wanted.cases),
            controls=_lines(wanted.controls),
            defect=wanted.defect,
            open_only=wanted.open_only,
            failed=wanted.failed,
            characteristic=wanted.characteristic,
            attempts=wanted.attempts,
            work=WorkFilter(part_number=wanted.part_number, work_order=wanted.work_order, station=wanted.station),
        ),
        by=tuple(dict.fromkeys(wanted.by)),
        correction=wanted.correction,
        limit=wanted.limit,
    )
    index = plant().indexes.of(reader)
    if wanted.drill is not None:
        factor, value = wanted.drill.factor, wanted.drill.value
        rows = exposed_units(reader, question, window, factor=factor, value=value, index=index)
        return rows_response(rows, Exposed, form, name="units", head={"factor": factor, "value": value})
    found = commonality(reader, question, window, index=index)
    if form == "json":
        return json_response(found)
    return rows_response(found.findings, CommonFinding, form, name="findings")


def _lines(names: tuple[str, ...] | None) -> tuple[Line, ...] | None:
    """Units as a list numbers them, from 1."""
    return None if names is None else tuple(Line(place, name) for place, name in enumerate(names, start=1))
