"""Process control: control charts of what was measured, and the grid of serial numbers and tests."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.queries.naming import NotFound
from asbuilt.queries.results_grid import ResultCell, UnitResults, measurables, results_grid
from asbuilt.queries.spc import Chart, ChartPoint, ControlChart, SpcQuestion, control_chart
from asbuilt.queries.windows import Misasked, window_of
from asbuilt.web.addresses import chart_as_csv, charts_with, page_of, tests_with
from asbuilt.web.asking import one_of, whole
from asbuilt.web.drawn_chart import Drawing, Mark, drawn, named, shown
from asbuilt.web.reading import answering_pages, reading

DRAWN = 120
"""Points on a page; limits and rules are those of all points in the window."""
ROWS_ON_A_PAGE = 25
RULE_SET_NAMES: dict[str, str | Promise] = {
    "both": gettext_lazy("Western Electric and Nelson"),
    "western-electric": "Western Electric",
    "nelson": "Nelson",
    "none": gettext_lazy("none"),
}
RULE_WORDS: dict[str, Promise] = {
    "WE1": gettext_lazy("one point beyond 3 sigma"),
    "WE2": gettext_lazy("two of three points beyond 2 sigma on one side"),
    "WE3": gettext_lazy("four of five points beyond 1 sigma on one side"),
    "WE4": gettext_lazy("eight points in a row on one side of the center"),
    "N1": gettext_lazy("one point beyond 3 sigma"),
    "N2": gettext_lazy("nine points in a row on one side of the center"),
    "N3": gettext_lazy("six points in a row rising or falling"),
    "N4": gettext_lazy("fourteen points in a row alternating up and down"),
    "N5": gettext_lazy("two of three points beyond 2 sigma on one side"),
    "N6": gettext_lazy("four of five points beyond 1 sigma on one side"),
    "N7": gettext_lazy("fifteen points in a row within 1 sigma"),
    "N8": gettext_lazy("eight points in a row beyond 1 sigma, on either side"),
    "R1": gettext_lazy("a range beyond its limits"),
}
"""What breaks each rule; a test holds that none is missing."""
CHART_WORDS: dict[str, str | Promise] = {
    Chart.I_MR: gettext_lazy("Single values and moving ranges"),
    Chart.XBAR_R: gettext_lazy("Means and ranges of subgroups"),
}
_ASKED = ("part_number", "operation", "characteristic", "station", "uom", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLine:
    """A point in the table. units: with their pages. broken: the rules with their words."""

    point: ChartPoint
    value: str
    range: str
    units: tuple[tuple[str, str], ...]
    broken: tuple[tuple[str, str | Promise], ...]


@require_safe
@requires(Action.READ)
@answering_pages
def charts(request: ActorRequest) -> HttpResponse:
    """A control chart, everything that chooses it in the address; without a choice, what there is to choose from."""
    asked = {name: request.GET.get(name, "").strip() for name in _ASKED}
    chart = one_of(Chart, request.GET.get("chart", ""), otherwise=Chart.I_MR)
    rules = request.GET.get("rules", "both")
    rules = rules if rules in RULE_SET_NAMES else "both"
    size = whole(request.GET, "subgroup_size") or 5
    filters = asked | {"chart": chart.value, "rules": rules, "subgroup_size": str(size) if chart != Chart.I_MR else ""}
    context: dict[str, object] = {
        "wanted": asked | {"subgroup_size": str(size)},
        "is_chosen": any(asked.values()),
        "chart_kinds": [(one.value, CHART_WORDS[one], charts_with(**filters | {"chart": one})) for one in Chart],
        "chart_kind": chart.value,
        "rule_sets": list(RULE_SET_NAMES.items()),
        "rules": rules,
        "csv": chart_as_csv(**filters),
        "grid": tests_with(part_number=asked["part_number"], operation=asked["operation"]),
    }
    wanted = SpcQuestion(
        part_number=asked["part_number"],
        operation=asked["operation"],
        characteristic=asked["characteristic"],
        station=asked["station"],
        uom=asked["uom"],
        chart=chart,
        subgroup_size=size,
        rules=rules,
    )
    with reading(request) as reader:
        context["own_issuer"] = own_issuer = reader.site.issuer
        if not any(asked.values()):
            context["choices"] = [
                (one, charts_with(part_number=one.part, operation=one.operation, characteristic=one.characteristic))
                for one in measurables(reader)
            ]
        else:
            try:
                found = control_chart(reader, wanted, window_of(asked["since"], asked["until"], ""))
                context |= _told(found, filters, own_issuer, upto=whole(request.GET, "upto"))
            except (Misasked, NotFound) as wrong:
                context["problem"] = str(wrong)
    return render(request, "asbuilt/charts.html", context)


def _told(found: ControlChart, filters: dict[str, str], own_issuer: str, *, upto: int) -> dict[str, object]:
    """The chart with its newest points, or those up to a point, as drawings and as a table."""
    end = upto if 0 < upto < len(found.points) else len(found.points)
    start = max(0, end - DRAWN)
    shown_points = found.points[start:end]
    lines = [_line(one, own_issuer) for one in shown_points]
    return {
        "chart": found,
        "values": _values(found, lines),
        "ranges": _ranges(found, lines),
        "lines": lines[::-1],
        "first": start + 1,
        "last": end,
        "older": charts_with(**filters, upto=str(start)) if start else "",
        "newer": charts_with(**filters, upto=str(min(end + DRAWN, len(found.points))))
        if end < len(found.points)
        else "",
        "broken_count": len({one.point for one in found.broken}),
        "broken_rules": _by_rule(found),
        "center": shown(found.center_line),
        "lower": shown(found.lower_control_limit),
        "upper": shown(found.upper_control_limit),
        "sigma": shown(found.sigma),
        "capability": [
            (one, [shown(index) for index in (one.cp, one.cpk, one.pp, one.ppk)]) for one in found.capability
        ],
    }


def _by_rule(found: ControlChart) -> list[tuple[str, Promise, int, datetime]]:
    """Each rule that is broken, how often, and when the last time."""
    last = {one.rule: one.completed_at for one in found.broken}
    return [
        (rule, RULE_WORDS[rule], sum(one.rule == rule for one in found.broken), last[rule])
        for rule in RULE_WORDS
        if rule in last
    ]


def _line(point: ChartPoint, own_issuer: str) -> PointLine:
    return PointLine(
        point=point,
        value=number_format(point.value),
        range=shown(point.range),
        units=tuple((page_of("unit", unit), unit.removeprefix(f"{own_issuer}:")) for unit in point.units),
        broken=tuple((rule, RULE_WORDS[rule]) for rule in point.broken),
    )


def _values(found: ControlChart, lines: list[PointLine]) -> Drawing:
    marks = [_mark(one, one.point.value, tuple(rule for rule in one.point.broken if rule != "R1")) for one in lines]
    across = [
        ("control", named(_("UCL"), found.upper_control_limit), found.upper_control_limit),
        ("center", named(_("Mean"), found.center_line), found.center_line),
        ("control", named(_("LCL"), found.lower_control_limit), found.lower_control_limit),
    ]
    if len(found.capability) == 1:
        limits = found.capability[0]
        across.append(("limit", named(_("Upper limit"), limits.upper_limit), limits.upper_limit))
        across.append(("limit", named(_("Lower limit"), limits.lower_limit), limits.lower_limit))
    return drawn(marks, across)


def _ranges(found: ControlChart, lines: list[PointLine]) -> Drawing:
    marks = [_mark(one, one.point.range, tuple(rule for rule in one.point.broken if rule == "R1")) for one in lines]
    across = [
        ("control", named(_("UCL"), found.upper_range_limit), found.upper_range_limit),
        ("center", named(_("Mean"), found.range_center_line), found.range_center_line),
        ("control", named(_("LCL"), found.lower_range_limit), found.lower_range_limit),
    ]
    return drawn(marks, across)


def _mark(line: PointLine, value: Decimal | None, broken: tuple[str, ...]) -> Mark:
    path, name = line.units[-1]
    said = "; ".join(f"{rule}: {RULE_WORDS[rule]}" for rule in broken)
    return Mark(value, broken, path, f"{name} · {shown(value)}{f' · {said}' if said else ''}")


@require_safe
@requires(Action.READ)
@answering_pages
def tests(request: ActorRequest) -> HttpResponse:
    """Serial × test: units in rows, characteristics in columns, the last result and the attempts in the cells."""
    asked = {name: request.GET.get(name, "").strip() for name in ("part_number", "operation")}
    after = whole(request.GET, "after") or None
    context: dict[str, object] = {"wanted": asked, "is_chosen": any(asked.values()), "is_first": after is None}
    with reading(request) as reader:
        context["own_issuer"] = own_issuer = reader.site.issuer
        if not any(asked.values()):
            found = dict.fromkeys((one.part, one.operation) for one in measurables(reader))
            context["choices"] = [
                (part, operation, tests_with(part_number=part, operation=operation)) for part, operation in found
            ]
        else:
            try:
                grid = results_grid(reader, **asked, after=after, limit=ROWS_ON_A_PAGE)
            except (Misasked, NotFound) as wrong:
                context["problem"] = str(wrong)
            else:
                context |= {
                    "grid": grid,
                    "columns": [(name, charts_with(**asked, characteristic=name)) for name in grid.columns],
                    "rows": [_results(row, own_issuer) for row in grid.rows],
                    "first": tests_with(**asked),
                    "next": tests_with(**asked, after=str(grid.next)) if grid.next else "",
                }
    return render(request, "asbuilt/tests.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsLine:
    """A unit in the grid. cells: the value as it is read, whether it passed, and the attempts; None: not taken."""

    row: UnitResults
    path: str
    name: str
    cells: tuple[tuple[str, bool, int] | None, ...]


def _results(row: UnitResults, own_issuer: str) -> ResultsLine:
    return ResultsLine(
        row=row,
        path=page_of("unit", row.unit),
        name=row.unit.removeprefix(f"{own_issuer}:").partition("/")[2],
        cells=tuple(None if one is None else (_result(one), one.passed, one.attempts) for one in row.cells),
    )


def _result(cell: ResultCell) -> str:
    if cell.number is not None:
        return f"{number_format(cell.number)} {cell.uom}".strip()
    return cell.shown or (_("passed") if cell.passed else _("failed"))
