"""Factors of control charts for samples of 2 to 10 from a normal distribution.

d2 is the mean and d3 the standard deviation of the range of n independent standard normal values; all others follow
from them. Source: H. L. Harter, Tables of range and studentized range, Ann. Math. Statist. 31 (1960); the rounded
factors are those of ISO 7870-2:2013 table 2 and ASTM E2587. A test integrates both anew.
"""

from math import sqrt

SIZE_MAX = 10
"""Largest subgroup; of larger ones the range tells too little."""

D2 = {
    2: 1.128379167,
    3: 1.692568751,
    4: 2.058750746,
    5: 2.325928947,
    6: 2.534412721,
    7: 2.704356751,
    8: 2.847200612,
    9: 2.970026324,
    10: 3.077505462,
}
D3 = {
    2: 0.852502466,
    3: 0.888368004,
    4: 0.879808203,
    5: 0.864081941,
    6: 0.848039686,
    7: 0.833205336,
    8: 0.819831490,
    9: 0.807834275,
    10: 0.797050674,
}


def lower_range_factor(size: int) -> float:
    """D3 of the tables: the lower limit of a range chart, in mean ranges."""
    return max(0.0, 1 - 3 * D3[size] / D2[size])


def upper_range_factor(size: int) -> float:
    """D4 of the tables: the upper limit of a range chart, in mean ranges."""
    return 1 + 3 * D3[size] / D2[size]


def mean_factor(size: int) -> float:
    """A2 of the tables: half the width between the limits of a chart of means, in mean ranges."""
    return 3 / (D2[size] * sqrt(size))
