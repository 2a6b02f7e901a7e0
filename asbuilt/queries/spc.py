"""Control charts and capability of a characteristic. Definitions: docs/concepts/spc.md."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np

from asbuilt.core.events.event import Characteristic
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader
from asbuilt.queries.characteristic import Attempts, Found, Limits, check_numeric, found_of
from asbuilt.queries.charts.capability import indices, spread
from asbuilt.queries.charts.constants import SIZE_MAX, lower_range_factor, upper_range_factor
from asbuilt.queries.charts.limits import Control, frozen, least_baseline, moving
from asbuilt.queries.charts.run_rules import RANGE, RULE_SETS, broken
from asbuilt.queries.charts.series import Plotted, Series, exact, plotted, rounded, series_of
from asbuilt.queries.naming import NotFound, escaped
from asbuilt.queries.shop_floor import Scope, WorkFilter, scope_of
from asbuilt.queries.units import full_names
from asbuilt.queries.whereabouts import NAMES, PARTS
from asbuilt.queries.windows import Misasked, Window

RATIO_PLACES = 4
"""Decimal places of Cp and its like."""
FINER_PLACES = 6
"""Decimal places of what is worked out, beyond those of the values."""
CHUNK = 1000
SUBGROUP_SIZE = 5
"""Values in a subgroup, when nobody says."""


class Chart(StrEnum):
    """What is plotted: single values with their moving ranges, or the means and ranges of subgroups."""

    I_MR = "i-mr"
    XBAR_R = "xbar-r"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpcQuestion:
    """What is charted. part_number, operation and characteristic are needed.

    baseline: the limits are those of this time (phase 1). moving: those of so many points before each. Neither: those
    of all points shown. with_points: without, the list of points stays empty, which is quicker.
    """

    part_number: str
    operation: str
    characteristic: str
    work_order: str = ""
    station: str = ""
    uom: str = ""
    attempts: Attempts = Attempts.FIRST
    chart: Chart = Chart.I_MR
    subgroup_size: int = SUBGROUP_SIZE
    baseline: Window | None = None
    moving: int = 0
    rules: str = "both"
    with_points: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """A point: a value and its moving range, or mean and range of a subgroup. Limits are None before there are any.

    point: from 1. units: of each of its values. completed_at: of the last of them. broken: the rules it breaks.
    """

    point: int
    completed_at: datetime
    units: tuple[str, ...]
    station: str
    value: Decimal
    range: Decimal | None
    lower_control_limit: Decimal | None
    center_line: Decimal | None
    upper_control_limit: Decimal | None
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBroken:
    """A rule that a point breaks, with the points of the pattern it completes."""

    rule: str
    text: str
    first_point: int
    point: int
    completed_at: datetime
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What the process can do against the limits under which values were taken; one for each pair of limits.

    sigma_within: mean range / d2. sigma_overall: of all values. None: too few values, no variation, or no such limit.
    resolution: the smallest step of the gauge, as the specification names it. is_coarse: whether that is more than a
    tenth of what lies between the limits, so that part of the variation is the gauge's own.
    """

    lower_limit: Decimal | None
    upper_limit: Decimal | None
    resolution: Decimal | None
    is_coarse: bool
    values: int
    first_at: datetime
    last_at: datetime
    below: int
    above: int
    mean: Decimal
    sigma_within: Decimal | None
    sigma_overall: Decimal | None
    cp: Decimal | None
    cpk: Decimal | None
    pp: Decimal | None
    ppk: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """A control chart with everything it rests on.

    results: operations completed; absent, censored, not_numeric: results that gave no number; left_over: values of an
    unfinished last subgroup. baseline: all, range or moving, of baseline_points points. Limits of a moving baseline
    stand at each point. varies: whether the baseline has any variation; without, the limits are the centre line.
    """

    part: str
    operation: str
    characteristic: str
    uom: str
    since: datetime | None
    until: datetime | None
    zone: str
    attempts: Attempts
    chart: Chart
    subgroup_size: int
    results: int
    values: int
    absent: int
    censored: int
    not_numeric: int
    left_over: int
    baseline: str
    baseline_since: datetime | None
    baseline_until: datetime | None
    baseline_points: int
    varies: bool
    sigma: Decimal | None
    lower_control_limit: Decimal | None
    center_line: Decimal | None
    upper_control_limit: Decimal | None
    lower_range_limit: Decimal | None
    range_center_line: Decimal | None
    upper_range_limit: Decimal | None
    limits_changed: bool
    points: list[ChartPoint] = field(default_factory=list)
    broken: list[RuleBroken] = field(default_factory=list)
    capability: list[Capability] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The points of a chart, what they are held against, and the scale of both."""

    found: Found
    series: Series
    points: Plotted
    control: Control
    baseline_points: int

    @property
    def places(self) -> int:
        return self.series.places + FINER_PLACES

    def shown(self, offset: Fraction | float) -> Decimal:
        return rounded(self.series.value_of(offset), self.places)

    def mean(self, point: int) -> Decimal:
        """Of a subgroup."""
        return self.shown(Fraction(int(self.points.totals[point]), self.points.size))

    def width(self, offsets: Fraction | float) -> Decimal:
        """A difference of values."""
        return rounded(Fraction(offsets) / 10**self.series.places, self.places)


def control_chart(reader: Reader, wanted: SpcQuestion, window: Window) -> ControlChart:
    """The chart of a characteristic. Raises Misasked, or NotFound when there is too little to chart."""
    _check(wanted)
    work = WorkFilter(
        part_number=wanted.part_number,
        operation=wanted.operation,
        station=wanted.station,
        work_order=wanted.work_order,
    )
    scope, part = _one_part(reader, scope_of(reader, work, window), wanted.part_number)
    found = _found(reader, wanted, scope, window)
    before = None if wanted.baseline is None else _found(reader, wanted, scope, wanted.baseline)
    if before is not None and before.uoms != found.uoms:
        raise Misasked(f"{wanted.characteristic} was measured in another uom in the baseline; choose another baseline")
    drawn = _drawn(wanted, found, before)
    return _told(reader, wanted, window, part, drawn)


def _check(wanted: SpcQuestion) -> None:
    for name in ("part_number", "operation", "characteristic"):
        if not getattr(wanted, name).strip():
            raise Misasked(f"{name} is missing; a chart is of one characteristic, at one operation, of one part")
    if wanted.chart is Chart.XBAR_R and not 2 <= wanted.subgroup_size <= SIZE_MAX:  # noqa: PLR2004 - a range is of two
        raise Misasked(f"subgroup_size is {wanted.subgroup_size}; it is from 2 to {SIZE_MAX}")
    if wanted.moving and wanted.baseline is not None:
        raise Misasked("moving and a baseline exclude each other: limits move, or they are frozen")
    if wanted.moving < 0 or wanted.moving == 1:
        raise Misasked(f"moving is {wanted.moving}; limits need 2 points at least")
    if wanted.rules not in RULE_SETS:
        raise Misasked(f"rules is {wanted.rules!r}; it is one of {', '.join(RULE_SETS)}")


def _one_part(reader: Reader, scope: Scope, asked: str) -> tuple[Scope, str]:
    """The one part that is meant, our own before those of others, and its name. Raises Misasked."""
    rows = reader.rows(PARTS, scope.part_ids)
    own = [row for row in rows if normal_form(row[1]) == normal_form(reader.site.issuer)]
    meant = own if own and ":" not in asked else rows
    names = sorted(f"{escaped(issuer)}:{escaped(part_number)}" for _, issuer, part_number, _ in meant)
    if len(names) != 1:
        raise Misasked(f"several parts have that number; say which: {', '.join(names)}")
    return replace(scope, part_ids=[meant[0][0]]), names[0]


def _found(reader: Reader, wanted: SpcQuestion, scope: Scope, window: Window) -> Found:
    characteristic = wanted.characteristic.strip()
    found = found_of(
        reader, scope, window, characteristic=characteristic, attempts=wanted.attempts, uom=wanted.uom.strip()
    )
    check_numeric(reader, scope, found, characteristic=characteristic)
    return found


def _drawn(wanted: SpcQuestion, found: Found, before: Found | None) -> _Drawn:
    size = wanted.subgroup_size if wanted.chart is Chart.XBAR_R else 1
    first = [] if before is None else before.values
    both = series_of([value.number for value in (*first, *found.values)])
    series = both.part(np.arange(len(first), len(both)))
    points = plotted(series, size)
    if not len(points):
        raise NotFound(f"{len(series)} values are less than one subgroup of {size}")
    if wanted.moving:
        return _Drawn(found, series, points, moving(points, wanted.moving), wanted.moving)
    baseline = points if before is None else plotted(both.part(np.arange(len(first))), size)
    if len(baseline) < least_baseline(size):
        what = "values" if size == 1 else f"values for one subgroup of {size}"
        raise NotFound(f"{len(first) or len(series)} values in the baseline are too few: limits need 2 {what}")
    return _Drawn(found, series, points, frozen(baseline, points), len(baseline))


def _told(reader: Reader, wanted: SpcQuestion, window: Window, part: str, drawn: _Drawn) -> ControlChart:
    found, control = drawn.found, drawn.control
    is_fixed = not wanted.moving
    capability = _capability(drawn)
    center, half, mean_range = control.center(0), control.half_width(0), float(control.mean_ranges[0])
    marks = _broken(reader, wanted, drawn)
    return ControlChart(
        part=part,
        operation=wanted.operation.strip(),
        characteristic=wanted.characteristic.strip(),
        uom=next(iter(found.uoms)),
        since=window.first,
        until=window.end,
        zone=window.zone_name,
        attempts=wanted.attempts,
        chart=wanted.chart,
        subgroup_size=drawn.points.size,
        results=found.results,
        values=len(found.values),
        absent=found.absent,
        censored=found.censored,
        not_numeric=found.not_numeric,
        left_over=len(found.values) - len(drawn.points) * drawn.points.size,
        baseline="moving" if wanted.moving else "all" if wanted.baseline is None else "range",
        baseline_since=None if wanted.baseline is None else wanted.baseline.first,
        baseline_until=None if wanted.baseline is None else wanted.baseline.end,
        baseline_points=drawn.baseline_points,
        varies=bool((control.mean_ranges > 0).any()),
        sigma=drawn.width(float(control.sigmas[0])) if is_fixed else None,
        lower_control_limit=drawn.shown(center - Fraction(half)) if is_fixed else None,
        center_line=drawn.shown(center) if is_fixed else None,
        upper_control_limit=drawn.shown(center + Fraction(half)) if is_fixed else None,
        lower_range_limit=drawn.width(lower_range_factor(control.range_size) * mean_range) if is_fixed else None,
        range_center_line=drawn.width(mean_range) if is_fixed else None,
        upper_range_limit=drawn.width(upper_range_factor(control.range_size) * mean_range) if is_fixed else None,
        limits_changed=len(capability) > 1,
        points=_points(reader, drawn, marks, moves=bool(wanted.moving)) if wanted.with_points else [],
        broken=marks,
        capability=capability,
    )


def _points(reader: Reader, drawn: _Drawn, marks: list[RuleBroken], *, moves: bool) -> list[ChartPoint]:
    size, places = drawn.points.size, drawn.series.places
    values, ranges = drawn.found.values, drawn.points.ranges.tolist()
    units = _unit_names(reader, {value.unit_id for value in values})
    stations = _names(reader, {value.station_id for value in values if value.station_id is not None})
    broken_at: dict[int, list[str]] = {}
    for mark in marks:
        broken_at.setdefault(mark.point, []).append(mark.rule)
    points = []
    for point, limits in enumerate(_limits(drawn, moves=moves)):
        of_point = values[point * size : (point + 1) * size]
        here = {value.station_id for value in of_point}
        points.append(
            ChartPoint(
                point=point + 1,
                completed_at=moment_of(of_point[-1].completed_at),
                units=tuple(units[value.unit_id] for value in of_point),
                station="; ".join(sorted(stations[one] for one in here if one is not None)),
                value=of_point[0].number if size == 1 else drawn.mean(point),
                range=exact(ranges[point], places) if point >= drawn.points.rangeless else None,
                lower_control_limit=limits[0],
                center_line=limits[1],
                upper_control_limit=limits[2],
                broken=tuple(broken_at.get(point + 1, ())),
            )
        )
    return points


def _broken(reader: Reader, wanted: SpcQuestion, drawn: _Drawn) -> list[RuleBroken]:
    size, values = drawn.points.size, drawn.found.values
    marks = broken(drawn.points, drawn.control, RULE_SETS[wanted.rules])
    last = {point: values[(point + 1) * size - 1] for _, point in marks}
    units = _unit_names(reader, {value.unit_id for value in last.values()})
    times = {point: moment_of(value.completed_at) for point, value in last.items()}
    found = []
    for rule, point in marks:
        # A moving range is of this point and the one before.
        length = 2 if rule is RANGE and size == 1 else rule.length
        found.append(
            RuleBroken(
                rule=rule.number,
                text=rule.text,
                first_point=max(0, point - length + 1) + 1,
                point=point + 1,
                completed_at=times[point],
                unit=units[last[point].unit_id],
            )
        )
    return found


_LimitsShown = tuple[Decimal | None, Decimal | None, Decimal | None]


def _limits(drawn: _Drawn, *, moves: bool) -> list[_LimitsShown]:
    """Lower limit, centre line and upper limit of each point."""
    control, count = drawn.control, len(drawn.points)
    none: list[_LimitsShown] = [(None, None, None)] * control.since
    if moves:
        return none + [_limits_at(drawn, point) for point in range(control.since, count)]
    return [_limits_at(drawn, 0)] * count


def _limits_at(drawn: _Drawn, point: int) -> _LimitsShown:
    center, half = drawn.control.center(point), Fraction(drawn.control.half_width(point))
    return drawn.shown(center - half), drawn.shown(center), drawn.shown(center + half)


def _capability(drawn: _Drawn) -> list[Capability]:
    """One for each pair of limits, in the order in which they were first used."""
    places: dict[Limits, list[int]] = {}
    for place, value in enumerate(drawn.found.values):
        places.setdefault(value.limits, []).append(place)
    return [_capability_under(drawn, limits, np.array(held)) for limits, held in places.items()]


def _capability_under(drawn: _Drawn, limits: Limits, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Capability:
    values = [drawn.found.values[place] for place in places]
    told = spread(drawn.series.part(places), drawn.points.size)
    within = indices(told.mean, told.within, limits.lower, limits.upper)
    overall = indices(told.mean, told.overall, limits.lower, limits.upper)
    resolution = drawn.found.resolutions.get(limits)
    read = Characteristic(characteristic="", lower_limit=limits.lower, upper_limit=limits.upper, resolution=resolution)
    return Capability(
        lower_limit=limits.lower,
        upper_limit=limits.upper,
        resolution=resolution,
        is_coarse=read.is_read_too_coarsely,
        values=len(values),
        first_at=moment_of(values[0].completed_at),
        last_at=moment_of(values[-1].completed_at),
        below=0 if limits.lower is None else sum(value.number < limits.lower for value in values),
        above=0 if limits.upper is None else sum(value.number > limits.upper for value in values),
        mean=rounded(told.mean, drawn.places),
        sigma_within=_or_none(told.within, drawn.places),
        sigma_overall=_or_none(told.overall, drawn.places),
        cp=_or_none(within.both, RATIO_PLACES),
        cpk=_or_none(within.nearer, RATIO_PLACES),
        pp=_or_none(overall.both, RATIO_PLACES),
        ppk=_or_none(overall.nearer, RATIO_PLACES),
    )


def _or_none(number: float | None, places: int) -> Decimal | None:
    return None if number is None else rounded(number, places)


def _unit_names(reader: Reader, unit_ids: set[int]) -> dict[int, str]:
    ids = sorted(unit_ids)
    names: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        names.update(full_names(reader, ids[start : start + CHUNK]))
    return names


def _names(reader: Reader, subject_ids: set[int]) -> dict[int, str]:
    return {row[0]: row[2] for row in reader.rows(NAMES, sorted(subject_ids))}
