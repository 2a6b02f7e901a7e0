"""What a process can do against limits.

Cp and Cpk use the spread within subgroups (mean range / d2), Pp and Ppk the standard deviation of all values (divisor
n - 1). Sources: NIST/SEMATECH e-Handbook 6.1.6; ISO 22514-2:2017 for the two spreads.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np

from asbuilt.queries.charts.limits import frozen, least_baseline
from asbuilt.queries.charts.series import Series, plotted


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviations of values; None where there are too few of them to tell."""

    mean: Fraction
    within: float | None
    overall: float | None


@dataclass(frozen=True, slots=True)
class Indices:
    """A ratio of the limits to six sigma, and that of the nearer limit to three; None where it has no meaning."""

    both: float | None
    nearer: float | None


def spread(series: Series, size: int) -> Spread:
    """The mean and the spreads of values, in their unit of measure."""
    count = len(series)
    points = plotted(series, size)
    within = None
    if len(points) >= least_baseline(size):
        within = float(frozen(points, points).sigmas[0]) / 10**series.places
    overall = None
    if count > 1:
        total, squares = int(series.offsets.sum()), _sum_of_squares(series)
        variance = Fraction(count * squares - total * total, count * (count - 1))
        # The root is taken of a number of ordinary size, whatever the number of places.
        overall = sqrt(variance / 100**series.places)
    mean = series.value_of(Fraction(int(series.offsets.sum()), count))
    return Spread(mean, within, overall)


def _sum_of_squares(series: Series) -> int:
    offsets = series.offsets
    largest = int(np.abs(offsets).max())
    if largest * largest * len(offsets) < 2**62:
        return int((offsets * offsets).sum())
    return sum(int(offset) ** 2 for offset in offsets)


def indices(mean: Fraction, sigma: float | None, lower: Decimal | None, upper: Decimal | None) -> Indices:
    """Cp and Cpk, or Pp and Ppk, by the spread given. One limit alone gives only the latter."""
    if not sigma:
        return Indices(None, None)
    sides = [
        *([] if upper is None else [float(Fraction(upper) - mean) / (3 * sigma)]),
        *([] if lower is None else [float(mean - Fraction(lower)) / (3 * sigma)]),
    ]
    both = None if lower is None or upper is None else float(Fraction(upper) - Fraction(lower)) / (6 * sigma)
    return Indices(both, min(sides, default=None))
