"""The factors of control charts: integrated anew, and as the published tables round them."""

from math import erfc, sqrt

import numpy as np
import pytest

from asbuilt.queries.charts.constants import D2, D3, lower_range_factor, mean_factor, upper_range_factor

# ISO 7870-2:2013 table 2 and ASTM E2587, for 2 to 10: A2, D3, D4, d2.
PUBLISHED = {
    2: (1.880, 0, 3.267, 1.128),
    3: (1.023, 0, 2.575, 1.693),
    4: (0.729, 0, 2.282, 2.059),
    5: (0.577, 0, 2.114, 2.326),
    6: (0.483, 0, 2.004, 2.534),
    7: (0.419, 0.076, 1.924, 2.704),
    8: (0.373, 0.136, 1.864, 2.847),
    9: (0.337, 0.184, 1.816, 2.970),
    10: (0.308, 0.223, 1.777, 3.078),
}


def below_and_above(points: int):
    """A grid over nearly all of the normal distribution, with the probabilities below and above each of its points."""
    grid = np.linspace(-8.5, 8.5, points)
    tail = np.array([erfc(one / sqrt(2)) / 2 for one in grid])
    return grid[1] - grid[0], tail[::-1], tail


def second_moment(size: int, points: int) -> float:
    step, below, above = below_and_above(points)
    total = 0.0
    for place in range(points):
        inner = 1 - below[place:] ** size - above[place] ** size + (below[place:] - below[place]) ** size
        total += inner.sum() - inner[0] / 2
    return 2 * step * step * total


@pytest.mark.parametrize("size", range(2, 11))
def test_d2_and_d3_are_the_moments_of_the_range(size):
    step, below, above = below_and_above(1701)
    mean = step * float(np.sum(1 - below**size - above**size))
    assert mean == pytest.approx(D2[size], abs=1e-8)
    second = (4 * second_moment(size, 1701) - second_moment(size, 851)) / 3  # Richardson
    assert sqrt(second - mean * mean) == pytest.approx(D3[size], abs=2e-8)


@pytest.mark.parametrize("size", range(2, 11))
def test_the_factors_round_to_those_published(size):
    factors = (mean_factor(size), lower_range_factor(size), upper_range_factor(size), D2[size])
    assert factors == pytest.approx(PUBLISHED[size], abs=0.0006)
