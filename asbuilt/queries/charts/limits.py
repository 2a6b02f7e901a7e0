"""Control limits: the centre and spread each point is held against, frozen from a baseline or moving with it.

Sources: NIST/SEMATECH e-Handbook of Statistical Methods 6.3.2; D. C. Montgomery, Introduction to Statistical Quality
Control, chapter 6; ISO 7870-2:2013.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asbuilt.queries.charts.constants import D2
from asbuilt.queries.charts.series import Numbers, Plotted


@dataclass(frozen=True, slots=True)
class Control:
    """What every point is held against.

    deviations: `count` times a point's total less `center_totals`, exact. center_totals: sum of the totals of the
    `count` points of the baseline. mean_ranges: in offsets. since: the first point that is judged; those before have
    no baseline yet.
    """

    size: int
    count: int
    since: int
    deviations: Numbers
    center_totals: Numbers
    mean_ranges: NDArray[np.float64]
    range_size: int

    @property
    def sigmas(self) -> NDArray[np.float64]:
        """The standard deviation of single values at each point, in offsets, from the mean range."""
        return self.mean_ranges / D2[self.range_size]

    @property
    def units(self) -> NDArray[np.float64]:
        """One standard deviation of what is plotted, on the scale of the deviations."""
        return self.sigmas * (self.count * sqrt(self.size))

    def center(self, point: int) -> Fraction:
        """The centre line at a point, in offsets."""
        return Fraction(int(self.center_totals[point]), self.count * self.size)

    def half_width(self, point: int) -> float:
        """From the centre line to either limit at a point, in offsets."""
        return 3 * float(self.sigmas[point]) / sqrt(self.size)


def least_baseline(size: int) -> int:
    """How many points a baseline needs, to tell a spread at all."""
    return 2 if size == 1 else 1


def frozen(baseline: Plotted, points: Plotted) -> Control:
    """Limits from the points of a baseline (phase 1) for others, or the same (phase 2); both of one series."""
    count, everywhere = len(baseline), len(points)
    assert count >= least_baseline(points.size), "a baseline tells a spread"
    ranges = baseline.ranges[baseline.rangeless :]
    total = int(baseline.totals.sum())
    mean_range = float(Fraction(int(ranges.sum()), len(ranges)))
    return Control(
        size=points.size,
        count=count,
        since=0,
        deviations=points.totals * count - total,
        center_totals=np.broadcast_to(np.array(total, dtype=points.totals.dtype), everywhere),
        mean_ranges=np.broadcast_to(np.float64(mean_range), everywhere),
        range_size=points.range_size,
    )


def moving(points: Plotted, window: int) -> Control:
    """Limits of each point from the `window` points before it."""
    assert window >= least_baseline(points.size), "a baseline tells a spread"
    centers = _sums_before(points.totals, window)
    in_window = window - points.rangeless
    means = _sums_before(points.ranges, in_window).astype(np.float64) / in_window
    since = min(window, len(points))
    deviations = points.totals * window - centers
    deviations[:since] = 0
    means[:since] = 0
    return Control(
        size=points.size,
        count=window,
        since=since,
        deviations=deviations,
        center_totals=centers,
        mean_ranges=means,
        range_size=points.range_size,
    )


def _sums_before(numbers: Numbers, window: int) -> Numbers:
    """The sum of the `window` numbers before each; 0 where there are not as many."""
    sums: Any = np.zeros(len(numbers) + 1, dtype=numbers.dtype)
    sums[1:] = np.cumsum(numbers)
    found: Numbers = np.zeros_like(numbers)
    if len(numbers) > window:
        found[window:] = sums[window:-1] - sums[: -window - 1]
    return found
