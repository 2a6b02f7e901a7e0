"""GET /api/v1/yield, /api/v1/spc, /api/v1/refusals: what the floor makes, how steadily, and what was stopped."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import format_of, json_response, only, rows_response, whole
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.lot_pareto import LotDefectCount
from asbuilt.queries.lot_yields import LotYield
from asbuilt.queries.overrides import OverrideView
from asbuilt.queries.pareto import DefectCount
from asbuilt.queries.refusals import ReasonCount, RefusalView, refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.spc import SUBGROUP_SIZE, Capability, Chart, ChartPoint, RuleBroken, SpcQuestion, control_chart
from asbuilt.queries.stuck import StuckUnit
from asbuilt.queries.windows import SHIFTS, Window, window_of
from asbuilt.queries.yields import (
    STUCK_AFTER_H,
    GroupBy,
    OperationYield,
    PartYield,
    YieldQuestion,
    yield_report,
)

YIELD_ROWS: dict[str, type] = {
    "operations": OperationYield,
    "parts": PartYield,
    "lots": LotYield,
    "lot_defects": LotDefectCount,
    "defects": DefectCount,
    "stuck": StuckUnit,
}
"""What CSV and NDJSON can be of; the first, when nobody says."""
SPC_ROWS: dict[str, type] = {"points": ChartPoint, "broken": RuleBroken, "capability": Capability}
REFUSAL_ROWS: dict[str, type] = {"refusals": RefusalView, "reasons": ReasonCount, "overrides": OverrideView}
HOURS_MAX = 10**6
POINTS_MAX = 10**6
_WINDOW = ("since", "until", "zone")
_WORK = ("part_number", "work_order", "operation", "station")

Word = TypeVar("Word", bound=StrEnum)


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def yields(request: ActorRequest) -> HttpResponseBase:
    """Throughput, yields, defects, units stuck, cycle and waiting times."""
    only(request, *_WORK, *_WINDOW, "group_by", "shifts", "last_operation", "stuck_after_h", "show", "format")
    asked = request.GET
    hours = whole(request, "stuck_after_h", most=HOURS_MAX)
    wanted = YieldQuestion(
        work=WorkFilter(**{name: asked.get(name, "") for name in _WORK}),
        group_by=_word(request, "group_by", GroupBy.NOTHING),
        shifts=tuple(asked["shifts"].split(",")) if "shifts" in asked else SHIFTS,
        last_operation=asked.get("last_operation", ""),
        stuck_after_h=STUCK_AFTER_H if hours is None else hours,
    )
    window = _window(request)
    show = _shown(request, YIELD_ROWS)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        report = yield_report(reader, wanted, window, now=datetime.now(UTC))
    return _answer(request, report, show, YIELD_ROWS)


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def spc(request: ActorRequest) -> HttpResponseBase:
    """A control chart: limits, points, broken rules, capability."""
    baseline = ("baseline_since", "baseline_until")
    chart = ("attempts", "chart", "subgroup_size", "moving", "rules", "show", "format")
    only(request, *_WORK, "characteristic", "uom", *_WINDOW, *baseline, *chart)
    asked = request.GET
    show = _shown(request, SPC_ROWS)
    size = whole(request, "subgroup_size", most=POINTS_MAX)
    wanted = SpcQuestion(
        **{name: asked.get(name, "") for name in (*_WORK, "characteristic", "uom")},
        attempts=_word(request, "attempts", Attempts.FIRST),
        chart=_word(request, "chart", Chart.I_MR),
        subgroup_size=SUBGROUP_SIZE if size is None else size,
        baseline=_window(request, *baseline) if any(asked.get(name) for name in baseline) else None,
        moving=whole(request, "moving", most=POINTS_MAX) or 0,
        rules=asked.get("rules", "both"),
        with_points=show in ("", "points"),
    )
    window = _window(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        found = control_chart(reader, wanted, window)
    return _answer(request, found, show, SPC_ROWS)


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def refusals(request: ActorRequest) -> HttpResponseBase:
    """Operations that were refused, the reasons by their frequency, and what was done in spite of the interlock."""
    work = ("part_number", "operation", "station")
    only(request, *work, "rule", *_WINDOW, "show", "format")
    wanted = WorkFilter(**{name: request.GET.get(name, "") for name in work})
    window = _window(request)
    show = _shown(request, REFUSAL_ROWS)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        report = refusal_report(reader, wanted, window, rule=request.GET.get("rule", ""))
    return _answer(request, report, show, REFUSAL_ROWS)


def _window(request: ActorRequest, since: str = "since", until: str = "until") -> Window:
    asked = request.GET
    return window_of(asked.get(since, ""), asked.get(until, ""), asked.get("zone", ""))


def _word(request: ActorRequest, name: str, default: Word) -> Word:
    """A parameter that is one word of a closed set."""
    kind = type(default)
    return kind(_one_of(request, name, [*kind], default))


def _shown(request: ActorRequest, kinds: dict[str, type]) -> str:
    return _one_of(request, "show", kinds, "")


def _one_of(request: ActorRequest, name: str, words: Iterable[str], default: str) -> str:
    text = request.GET.get(name, default)
    if text != default and text not in words:
        raise malformed(f"{name} is {text!r}; it is one of {', '.join(words)}")
    return text


def _answer(request: ActorRequest, record: object, show: str, kinds: dict[str, type]) -> HttpResponseBase:
    """The whole record as JSON; or the rows of one of its lists."""
    form = format_of(request)
    if form == "json" and not show:
        return json_response(record)
    name = show or next(iter(kinds))
    rows: list[Any] = getattr(record, name)
    return rows_response(rows, kinds[name], form, name=name)
