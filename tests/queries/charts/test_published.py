"""Limits, spreads and capability against published data sets and their published results."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from asbuilt.queries.charts.capability import indices, spread
from asbuilt.queries.charts.constants import D2, lower_range_factor, mean_factor, upper_range_factor
from asbuilt.queries.charts.limits import frozen, moving
from asbuilt.queries.charts.run_rules import NELSON, RULE_SETS, WESTERN_ELECTRIC, broken
from asbuilt.queries.charts.series import plotted, rounded, series_of
from tests.queries.charts.published import FLOWRATE, PISTON_RINGS, PISTON_RINGS_LATER, accuracy, decimals


def limits(series, control, point=0):
    """Lower limit, centre, upper limit."""
    center, half = control.center(point), Fraction(control.half_width(point))
    return tuple(float(series.value_of(one)) for one in (center - half, center, center + half))


def mean_range(series, control):
    return float(control.mean_ranges[0]) / 10**series.places


def test_nist_flowrate_individuals_chart():
    series = series_of(decimals(FLOWRATE))
    points = plotted(series, 1)
    control = frozen(points, points)
    assert limits(series, control) == pytest.approx((45.8159, 50.81, 55.8041), abs=0.002)  # with d2 rounded to 1.128
    assert mean_range(series, control) == pytest.approx(1.8778, abs=0.00005)
    assert broken(points, control, WESTERN_ELECTRIC) == []


def test_montgomery_piston_rings():
    series = series_of(decimals(PISTON_RINGS))
    points = plotted(series, 5)
    control = frozen(points, points)
    assert len(points) == 25
    assert limits(series, control) == pytest.approx((73.988, 74.001, 74.014), abs=0.0006)
    range_mean = mean_range(series, control)
    assert range_mean == pytest.approx(0.581 / 25, abs=1e-12)
    assert lower_range_factor(5) == 0
    assert upper_range_factor(5) * range_mean == pytest.approx(0.049, abs=0.0005)
    assert broken(points, control, RULE_SETS["both"]) == []


def test_montgomery_piston_rings_capability():
    """Cp 1.68 with the deviation rounded to 0.0099 mm; the mean lies 0.001176 mm off the middle of the limits."""
    found = spread(series_of(decimals(PISTON_RINGS)), 5)
    assert found.within == pytest.approx(0.0099, abs=0.0001)
    able = indices(found.mean, found.within, Decimal("73.95"), Decimal("74.05"))
    assert able.both == pytest.approx(1.68, abs=0.015)
    assert able.nearer == pytest.approx(able.both * (1 - 0.001176 / 0.05))
    upper_only = indices(found.mean, found.within, None, Decimal("74.05"))
    assert (upper_only.both, upper_only.nearer) == (None, able.nearer)
    lower_only = indices(found.mean, found.within, Decimal("73.95"), None)
    assert lower_only.both is None
    assert lower_only.nearer == pytest.approx(able.both * (1 + 0.001176 / 0.05))
    neither = indices(found.mean, found.within, None, None)
    assert (neither.both, neither.nearer) == (None, None)


def test_montgomery_flow_width():
    """The hard bake process, from its published mean 1.5056 and mean range 0.32521 of 25 samples of 5."""
    mean, range_mean = 1.5056, 0.32521
    half = mean_factor(5) * range_mean
    assert (mean - half, mean + half) == pytest.approx((1.31795, 1.69325), abs=0.0001)
    assert upper_range_factor(5) * range_mean == pytest.approx(0.68749, abs=0.0002)
    able = indices(Fraction(mean), range_mean / D2[5], Decimal("1.00"), Decimal("2.00"))
    assert able.both == pytest.approx(1.192, abs=0.0005)


def test_montgomery_piston_rings_phase_2():
    """The limits of the first 25 samples find the shift in the 15 that followed: samples 37 to 39 are beyond."""
    first = decimals(PISTON_RINGS)
    series = series_of(first + decimals(PISTON_RINGS_LATER))
    baseline = plotted(series.part(slice(0, len(first))), 5)
    later = plotted(series.part(slice(len(first), None)), 5)
    control = frozen(baseline, later)
    found = broken(later, control, WESTERN_ELECTRIC)
    assert [26 + point for rule, point in found if rule.number == "WE1"] == [37, 38, 39]


@pytest.mark.parametrize(
    ("values", "mean", "deviation"),
    [
        (decimals("10000001 10000003 10000002"), "10000002", 1),
        (accuracy("1.2", "0.1", 1001), "1.2", 0.1),
        (accuracy("1000000.2", "0.1", 1001), "1000000.2", 0.1),
        (accuracy("10000000.2", "0.1", 1001), "10000000.2", 0.1),
    ],
    ids=["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"],
)
def test_nist_strd_univariate_certified_values(values, mean, deviation):
    """NIST Statistical Reference Datasets, univariate summary statistics, certified to 15 digits."""
    found = spread(series_of(values), 1)
    assert found.mean == Fraction(Decimal(mean))
    assert found.overall == pytest.approx(deviation, rel=1e-15)


def test_nist_strd_in_forty_digits_is_as_exact():
    """The values shifted so far that no machine number holds them."""
    shift = Decimal("1E+30")
    with localcontext(prec=50):
        found = spread(series_of([shift + value for value in accuracy("10000000.2", "0.1", 1001)]), 1)
    assert found.mean == Fraction(shift) + Fraction(Decimal("10000000.2"))
    assert found.overall == pytest.approx(0.1, rel=1e-15)


def test_limits_that_move_are_those_of_the_points_before():
    values = decimals("1 2 4 8 16 32")
    series = series_of(values)
    points = plotted(series, 1)
    control = moving(points, 3)
    assert control.since == 3
    for point in range(3, 6):
        before = plotted(series.part(slice(point - 3, point)), 1)
        assert limits(series, control, point) == pytest.approx(limits(series, frozen(before, before)))
    assert [point for rule, point in broken(points, control, NELSON) if rule.number == "N1"] == [3, 4, 5]
    assert [point for rule, point in broken(points, moving(points, 9), NELSON)] == []


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [(Fraction(1, 3), 4, "0.3333"), (0.0, 6, "0"), (Fraction(1200), 2, "1200"), (-1.50, 3, "-1.5")],
)
def test_numbers_are_rounded_for_people(number, places, text):
    assert str(rounded(number, places)) == text
