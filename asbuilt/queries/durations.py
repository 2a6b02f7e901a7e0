"""How long things took, in few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from asbuilt.queries.charts.series import rounded

MEDIAN, P95 = Fraction(1, 2), Fraction(19, 20)
_PLACES = 6
"""A second has a million microseconds; times are no finer."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How many there are, and in seconds their mean, median and 95th percentile; None when there are none."""

    count: int
    mean_s: Decimal | None
    median_s: Decimal | None
    p95_s: Decimal | None


def durations(microseconds: Sequence[int]) -> Durations:
    """What is to be said of some durations in microseconds."""
    if not microseconds:
        return Durations(0, None, None, None)
    ordered = sorted(microseconds)
    mean = Fraction(sum(ordered), len(ordered))
    return Durations(
        len(ordered), _seconds(mean), _seconds(quantile(ordered, MEDIAN)), _seconds(quantile(ordered, P95))
    )


def quantile(ordered: Sequence[int], share: Fraction) -> Fraction:
    """The value below which a share of ordered numbers lies, between two of them in proportion.

    Source: definition 7 of R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, Amer. Statist. 50 (1996);
    that of percentile_cont in SQL, of NumPy and of spreadsheets.
    """
    place = share * (len(ordered) - 1)
    below = int(place)
    if below == len(ordered) - 1:
        return Fraction(ordered[below])
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def _seconds(microseconds: Fraction) -> Decimal:
    return rounded(microseconds / 10**6, _PLACES)
