"""Each rule is broken by its pattern, at the point that completes it, and not by one point less."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.queries.charts.limits import Control, frozen, moving
from asbuilt.queries.charts.run_rules import RANGE, RULE_SETS, Pattern, broken, pattern_of
from asbuilt.queries.charts.series import Plotted, plotted, series_of

CALM = [0.5, -0.5, -0.6, 0.4, 0.6, -0.4]
"""Points near the centre that no rule minds."""

# In sigmas from the centre: what breaks the rule at its last point, and what does not quite.
PATTERNS = {
    "WE1": ([3.1], [3.0]),
    "WE2": ([2.1, 0.0, 2.1], [2.1, 0.0, 0.1, 2.1]),
    "WE3": ([1.1, 1.2, -0.1, 1.3, 1.1], [1.1, 1.2, -0.1, -0.2, 1.3, 1.1]),
    "WE4": ([0.3, 0.2] * 4, [0.3, 0.2] * 3 + [0.1, 0.0]),
    "N1": ([-3.1], [-3.0]),
    "N2": ([-0.3, -0.2] * 4 + [-0.1], [-0.3, -0.2] * 4 + [0.1]),
    "N3": ([-0.9, -0.5, -0.1, 0.3, 0.7, 0.9], [-0.9, -0.5, -0.1, 0.3, 0.3, 0.9]),
    "N4": ([0.5, -0.5] * 7, [0.5, -0.5] * 6 + [-0.4]),
    "N5": ([-2.1, -2.2], [-2.1, 2.2]),
    "N6": ([-1.1, -1.2, -1.3, 0.1, -1.1], [-1.1, -1.2, 1.3, 0.1, -1.1]),
    "N7": ([0.5, -0.5, -0.9] * 5, [0.5, -0.5, -1.1] * 5),
    "N8": ([1.1, -1.2, -1.3, 1.4] * 2, [1.1, -1.2, -1.3, 1.4, 1.1, -1.2, -1.3, 0.9]),
}
BY_NUMBER = {rule.number: rule for rule in RULE_SETS["both"]}


def placed(sigmas: list[float]) -> tuple[Plotted, Control]:
    """Points so many sigmas from a centre of 0, in thousandths."""
    totals = np.array([round(1000 * one) for one in sigmas], dtype=np.int64)
    control = Control(
        size=1,
        count=1,
        since=0,
        deviations=totals,
        center_totals=np.zeros_like(totals),
        mean_ranges=np.full(len(totals), 1128.379167),
        range_size=2,
    )
    return Plotted(totals, np.zeros_like(totals), 1), control


def breaks(number: str, sigmas: list[float]) -> list[int]:
    points, control = placed(sigmas)
    return [point for rule, point in broken(points, control, (BY_NUMBER[number],)) if rule is not RANGE]


def test_every_rule_has_its_pattern():
    assert PATTERNS.keys() == BY_NUMBER.keys()


@pytest.mark.parametrize("number", PATTERNS)
def test_a_pattern_breaks_its_rule_at_its_last_point(number):
    pattern, _ = PATTERNS[number]
    assert breaks(number, pattern) == [len(pattern) - 1]
    assert breaks(number, [-one for one in pattern]) == [len(pattern) - 1], "the other way up"
    assert len(pattern) <= BY_NUMBER[number].length


@pytest.mark.parametrize("number", PATTERNS)
def test_what_is_not_quite_the_pattern_breaks_nothing(number):
    _, nearly = PATTERNS[number]
    assert breaks(number, nearly) == []


@pytest.mark.parametrize("number", PATTERNS)
def test_a_pattern_is_found_wherever_it_stands(number):
    pattern, _ = PATTERNS[number]
    place = len(CALM) + len(pattern) - 1
    assert place in breaks(number, [*CALM, *pattern, *CALM])


def test_a_point_on_the_centre_is_on_neither_side():
    assert breaks("WE4", [0.3] * 7 + [0.0] + [0.3] * 7) == []


def test_a_mean_that_is_a_value_is_met_exactly():
    """0.1 is no machine number; a centre off by its last bit would put these on one side."""
    values = [Decimal("0.1")] * 9 + [Decimal("0.2"), Decimal("0.0")]
    points = plotted(series_of(values), 1)
    assert list(pattern_of(points, frozen(points, points)).sides[:9]) == [0] * 9


def test_what_never_varies_breaks_nothing_and_any_step_from_it_does():
    baseline = series_of([Decimal("5.10")] * 20)
    same = plotted(baseline, 1)
    assert broken(same, frozen(same, same), RULE_SETS["both"]) == []
    series = series_of([Decimal("5.10")] * 20 + [Decimal("5.11")])
    found = broken(
        later := plotted(series.part(slice(20, None)), 1),
        frozen(plotted(series.part(slice(0, 20)), 1), later),
        RULE_SETS["both"],
    )
    assert [rule.number for rule, _ in found] == ["WE1", "N1"]


def test_a_range_beyond_its_limit():
    values = [Decimal(one) for one in (10, 11, 10, 11, 10, 11, 10, 11, 10, 30, 10, 11)]
    points = plotted(series_of(values), 1)
    found = [point for rule, point in broken(points, frozen(points, points), ()) if rule is RANGE]
    assert found == [9, 10]


# Against the rules as one would check them by hand


def by_hand(found: Pattern, number: str) -> list[int]:
    """The points that break a rule, by looking at each with those before it."""
    sides, zones, steps = ([int(one) for one in column] for column in (found.sides, found.zones, found.steps))

    def beyond(zone: int, needed: int, among: int) -> list[int]:
        hits = []
        for last in range(len(sides)):
            first = max(0, last - among + 1)
            for side in (1, -1):
                far = [sides[one] == side and zones[one] >= zone for one in range(first, last + 1)]
                if far[-1] and sum(far) >= needed:
                    hits.append(last)
        return hits

    def in_a_row(length: int, holds) -> list[int]:
        return [last for last in range(length - 1, len(sides)) if holds(range(last - length + 1, last + 1))]

    return {
        "WE1": lambda: beyond(3, 1, 1),
        "WE2": lambda: beyond(2, 2, 3),
        "WE3": lambda: beyond(1, 4, 5),
        "WE4": lambda: beyond(0, 8, 8),
        "N1": lambda: beyond(3, 1, 1),
        "N2": lambda: beyond(0, 9, 9),
        "N3": lambda: in_a_row(6, lambda row: len({steps[one] for one in row[1:]}) == 1 and steps[row[1]] != 0),
        "N4": lambda: in_a_row(14, lambda row: all(steps[one] * steps[one - 1] == -1 for one in row[2:])),
        "N5": lambda: beyond(2, 2, 3),
        "N6": lambda: beyond(1, 4, 5),
        "N7": lambda: in_a_row(15, lambda row: all(zones[one] == 0 and found.judged[one] for one in row)),
        "N8": lambda: in_a_row(8, lambda row: all(zones[one] >= 1 for one in row)),
    }[number]()


@given(st.lists(st.sampled_from([-3.5, -2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5, 3.5]), max_size=40))
def test_the_rules_find_what_one_finds_by_hand(sigmas):
    points, control = placed(sigmas)
    pattern = pattern_of(points, control)
    for number in BY_NUMBER:
        assert breaks(number, sigmas) == by_hand(pattern, number), number


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.sampled_from([1, 2, 3]))
def test_numbers_too_large_for_the_machine_give_the_same(values, size):
    small = series_of([Decimal(value) for value in values])
    large = series_of([Decimal(value) * 10**30 + Decimal("1E-9") for value in values])
    assert large.offsets.dtype == object or len(set(values)) == 1
    for control_of in (lambda points: frozen(points, points), lambda points: moving(points, 2)):
        found = []
        for series in (small, large):
            points = plotted(series, size)
            if len(points) < 2:
                return
            found.append(
                [(rule.number, point) for rule, point in broken(points, control_of(points), RULE_SETS["both"])]
            )
        assert found[0] == found[1]
