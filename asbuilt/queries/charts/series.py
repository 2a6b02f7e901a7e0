"""Measured values as whole numbers, so that sums, means and ties are exact; and what a chart plots of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""Whole numbers: int64, or Python's own (dtype object) where the sums to come would not fit."""

_ROOM = 2**62
_WIDE = Context(prec=200, Emin=-(10**6), Emax=10**6)
"""No value has more than 40 digits before or after the point, so that nothing is rounded."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values in order: each is (origin + offset) / 10^places."""

    origin: int
    offsets: Numbers
    places: int

    def __len__(self) -> int:
        return len(self.offsets)

    def part(self, which: Numbers) -> "Series":
        """The values at some places, in their order."""
        return Series(self.origin, self.offsets[which], self.places)

    def value_of(self, offset: Fraction | float) -> Fraction:
        """A place on the scale of the offsets as a value."""
        return (self.origin + Fraction(offset)) / Fraction(10**self.places)


@dataclass(frozen=True, slots=True)
class Plotted:
    """The points of a chart: the total of each subgroup (single values: size 1) and its range.

    Of single values the range is the moving range of two, and that of the first point is 0 and counts for nothing.
    """

    totals: Numbers
    ranges: Numbers
    size: int

    def __len__(self) -> int:
        return len(self.totals)

    @property
    def range_size(self) -> int:
        """How many values a range is of."""
        return max(self.size, 2)

    @property
    def rangeless(self) -> int:
        """How many points at the beginning have no range."""
        return 1 if self.size == 1 else 0


def series_of(values: Sequence[Decimal]) -> Series:
    """Values as whole numbers of the finest decimal place that any of them has."""
    places = max((_places(value) for value in values), default=0)
    whole = [int(value.scaleb(places, _WIDE)) for value in values]
    origin = whole[0] if whole else 0
    spread = max((abs(number - origin) for number in whole), default=0)
    # The largest sums are of deviations: as many times a value as there are points.
    fits = spread * 4 * (len(whole) + 1) < _ROOM
    offsets = np.array([number - origin for number in whole], dtype=np.int64 if fits else object)
    return Series(origin, offsets, places)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "values are numbers: NaN and infinities are refused at capture"
    return max(0, -exponent)


def plotted(series: Series, size: int) -> Plotted:
    """The points of a chart of single values (size 1) or of subgroups; an unfinished last subgroup is left out."""
    offsets = series.offsets
    if size == 1:
        ranges = np.zeros_like(offsets)
        ranges[1:] = abs(offsets[1:] - offsets[:-1])
        return Plotted(offsets, ranges, 1)
    groups = offsets[: len(offsets) // size * size].reshape(-1, size)
    if not len(groups):
        return Plotted(offsets[:0], offsets[:0], size)
    return Plotted(groups.sum(axis=1), groups.max(axis=1) - groups.min(axis=1), size)


def exact(number: int, places: int) -> Decimal:
    """A whole number of 10^-places as a decimal, with that many places."""
    return Decimal(number).scaleb(-places, _WIDE)


def rounded(number: Fraction | float, places: int) -> Decimal:
    """A number as a decimal of at most so many places, half to even, without trailing zeros."""
    scaled = round(Fraction(number) * 10**places)
    found = Decimal(scaled).scaleb(-places, _WIDE).normalize(_WIDE)
    return found if found.as_tuple().exponent <= 0 else found.quantize(Decimal(1), context=_WIDE)  # type: ignore[operator]  # finite
