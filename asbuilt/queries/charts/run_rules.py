"""Rules by which a pattern of points tells that a process is out of control, by their numbers.

Western Electric: Statistical Quality Control Handbook (1956), tests for instability. Nelson: L. S. Nelson, The Shewhart
control chart: tests for special causes, J. Quality Technology 16 (1984) 237-239. A point on a limit is not beyond it,
one on the centre line is on neither side, and a rule is broken at the point that completes its pattern.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asbuilt.queries.charts.constants import lower_range_factor, upper_range_factor
from asbuilt.queries.charts.limits import Control
from asbuilt.queries.charts.series import Plotted

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where points lie. sides: 1 above the centre, -1 below. zones: how many sigma a point is beyond, 0 to 3.

    steps: 1 higher than the point before, -1 lower. judged: whether there is a spread to judge by.
    """

    sides: NDArray[np.int8]
    zones: NDArray[np.int8]
    steps: NDArray[np.int8]
    judged: Marks


@dataclass(frozen=True, slots=True)
class RunRule:
    """A rule: its number, what breaks it, over how many points its pattern goes, and where it is broken."""

    number: str
    text: str
    length: int
    breaks: Callable[[Pattern], Marks]


def pattern_of(points: Plotted, control: Control) -> Pattern:
    """Where the points lie against what they are held against."""
    deviations, units = control.deviations, control.units
    distance = np.abs(deviations)
    zones = np.zeros(len(points), dtype=np.int8)
    for sigmas in (1, 2, 3):
        zones += np.asarray(distance > sigmas * units, dtype=np.int8)
    sides = np.asarray(deviations > 0, dtype=np.int8) - np.asarray(deviations < 0, dtype=np.int8)
    totals = points.totals
    steps = np.zeros(len(points), dtype=np.int8)
    steps[1:] = np.asarray(totals[1:] > totals[:-1], dtype=np.int8) - np.asarray(
        totals[1:] < totals[:-1], dtype=np.int8
    )
    judged = np.asarray(units > 0, dtype=np.bool_)
    return Pattern(sides, zones, steps, judged)


def _of_last(marks: Marks, needed: int, among: int) -> Marks:
    """Where a marked point is at least the `needed`-th marked one among the last `among`."""
    counts = np.zeros(len(marks) + 1, dtype=np.int64)
    counts[1:] = np.cumsum(marks)
    before = np.zeros(len(marks), dtype=np.int64)
    before[among:] = counts[1 : max(len(marks) - among, 0) + 1]
    found: Marks = marks & (counts[1:] - before >= needed)
    return found


def _beyond(zone: int, needed: int, among: int) -> Callable[[Pattern], Marks]:
    """So many of the last points farther than `zone` sigma from the centre, on one side of it."""

    def breaks(found: Pattern) -> Marks:
        far = found.zones >= zone
        return _of_last(far & (found.sides > 0), needed, among) | _of_last(far & (found.sides < 0), needed, among)

    return breaks


def _rising_or_falling(found: Pattern) -> Marks:
    return _of_last(found.steps > 0, 5, 5) | _of_last(found.steps < 0, 5, 5)


def _up_and_down(found: Pattern) -> Marks:
    turns = np.zeros(len(found.steps), dtype=np.bool_)
    turns[1:] = found.steps[1:] * found.steps[:-1] < 0
    return _of_last(turns, 12, 12)


def _hugging(found: Pattern) -> Marks:
    return _of_last((found.zones == 0) & found.judged, 15, 15)


def _avoiding(found: Pattern) -> Marks:
    return _of_last(found.zones >= 1, 8, 8)


WESTERN_ELECTRIC: tuple[RunRule, ...] = (
    RunRule("WE1", "one point beyond 3 sigma", 1, _beyond(3, 1, 1)),
    RunRule("WE2", "two of three points beyond 2 sigma on one side", 3, _beyond(2, 2, 3)),
    RunRule("WE3", "four of five points beyond 1 sigma on one side", 5, _beyond(1, 4, 5)),
    RunRule("WE4", "eight points in a row on one side of the centre", 8, _beyond(0, 8, 8)),
)
NELSON: tuple[RunRule, ...] = (
    RunRule("N1", "one point beyond 3 sigma", 1, _beyond(3, 1, 1)),
    RunRule("N2", "nine points in a row on one side of the centre", 9, _beyond(0, 9, 9)),
    RunRule("N3", "six points in a row rising or falling", 6, _rising_or_falling),
    RunRule("N4", "fourteen points in a row alternating up and down", 14, _up_and_down),
    RunRule("N5", "two of three points beyond 2 sigma on one side", 3, _beyond(2, 2, 3)),
    RunRule("N6", "four of five points beyond 1 sigma on one side", 5, _beyond(1, 4, 5)),
    RunRule("N7", "fifteen points in a row within 1 sigma", 15, _hugging),
    RunRule("N8", "eight points in a row beyond 1 sigma, on either side", 8, _avoiding),
)
RANGE = RunRule("R1", "a range beyond its limits", 1, lambda found: found.judged)
"""Of the range chart, which has only its limits."""

RULE_SETS: dict[str, tuple[RunRule, ...]] = {
    "both": (*WESTERN_ELECTRIC, *NELSON),
    "western-electric": WESTERN_ELECTRIC,
    "nelson": NELSON,
    "none": (),
}


def broken(points: Plotted, control: Control, rules: tuple[RunRule, ...]) -> list[tuple[RunRule, int]]:
    """Which rules are broken at which points, in order of points; the range chart's one after them."""
    pattern = pattern_of(points, control)
    since = control.since  # what comes before it is held against nothing yet
    found = [(rule, since + int(point)) for rule in rules for point in np.flatnonzero(rule.breaks(pattern)[since:])]
    found.extend((RANGE, int(point)) for point in np.flatnonzero(_beyond_range(points, control)))
    return sorted(found, key=lambda one: one[1])


def _beyond_range(points: Plotted, control: Control) -> Marks:
    means = control.mean_ranges
    ranges = points.ranges.astype(np.float64)
    low, high = lower_range_factor(control.range_size), upper_range_factor(control.range_size)
    found: Marks = (ranges > high * means) | (ranges < low * means)
    found[: max(control.since, points.rangeless)] = False
    return found
