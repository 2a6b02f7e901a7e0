"""Fisher's exact test, odds ratios and corrections: against SciPy and against published examples."""

from fractions import Fraction
from math import comb, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact

from asbuilt.queries.commonality.adjusting import Correction, adjusted
from asbuilt.queries.commonality.exact import greater, odds_ratios


def whole(*numbers: int):
    return np.array(numbers, dtype=np.int64)


def test_fishers_tea():
    """R. A. Fisher, The Design of Experiments, 1935, chapter 2: 3 of 4 cups told right, 17 in 70; all 4, 1 in 70."""
    found = greater(whole(3, 4, 0), whole(1, 0, 4), cases=4, controls=4)
    assert found == pytest.approx([17 / 70, 1 / 70, 1.0], rel=1e-14)


def test_fishers_criminal_twins():
    """R. A. Fisher, Statistical Methods for Research Workers, section 21.02: 10 of 13 against 2 of 17, 0.000465."""
    (found,) = greater(whole(10), whole(2), cases=13, controls=17)
    assert round(found, 6) == 0.000465


def exactly(a: int, c: int, cases: int, controls: int) -> Fraction:
    n = a + c
    ways = sum(comb(cases, x) * comb(controls, n - x) for x in range(a, min(cases, n) + 1) if n - x <= controls)
    return Fraction(ways, comb(cases + controls, n))


@st.composite
def tables(draw):
    cases, controls = draw(st.integers(1, 60)), draw(st.integers(1, 400))
    rows = draw(st.lists(st.tuples(st.integers(0, cases), st.integers(0, controls)), min_size=1, max_size=30))
    return cases, controls, rows


@settings(max_examples=100, deadline=None)
@given(tables())
def test_every_chance_is_the_sum_of_its_binomials(given_tables):
    cases, controls, rows = given_tables
    found = greater(whole(*(a for a, _ in rows)), whole(*(c for _, c in rows)), cases=cases, controls=controls)
    assert found == pytest.approx([float(exactly(a, c, cases, controls)) for a, c in rows], rel=1e-11)


def test_a_hundred_thousand_tables_agree_with_scipy():
    chance = np.random.default_rng(7)
    cases, controls = 340, 99_660
    with_it = np.minimum(chance.geometric(0.05, 100_000) - 1, cases)
    controls_with = chance.binomial(controls, chance.random(100_000) ** 4)
    found = greater(with_it, controls_with, cases=cases, controls=controls)
    assert found.min() >= 0
    assert found.max() <= 1
    for place in chance.choice(100_000, 200, replace=False):
        a, c = int(with_it[place]), int(controls_with[place])
        expected = fisher_exact([[a, cases - a], [c, controls - c]], alternative="greater").pvalue
        assert found[place] == pytest.approx(expected, rel=1e-7, abs=1e-12)


def test_a_chance_beyond_what_doubles_add_up_is_still_told():
    """A cause that is in every case and in nothing else: 1 in (200 over 100)."""
    (found,) = greater(whole(100), whole(0), cases=100, controls=100)
    assert found == pytest.approx(1 / comb(200, 100), rel=1e-12)


def test_no_tables_are_no_chances():
    assert len(greater(whole(), whole(), cases=1, controls=1)) == 0
    assert len(adjusted(np.zeros(0), Correction.BH)) == 0


def test_odds_ratio_with_woolfs_interval():
    found = odds_ratios(whole(10), whole(2), cases=13, controls=17)
    width = exp(1.959963984540054 * sqrt(1 / 10 + 1 / 3 + 1 / 2 + 1 / 15))
    assert found.ratio[0] == pytest.approx(25)
    assert (found.lower[0], found.upper[0]) == pytest.approx((25 / width, 25 * width))


def test_odds_ratio_of_an_empty_cell_adds_a_half_to_all_four():
    found = odds_ratios(whole(5), whole(0), cases=5, controls=9)
    assert found.ratio[0] == pytest.approx((5.5 * 9.5) / (0.5 * 0.5))
    assert log(found.upper[0]) - log(found.lower[0]) == pytest.approx(
        2 * 1.959963984540054 * sqrt(1 / 5.5 + 1 / 0.5 + 1 / 0.5 + 1 / 9.5)
    )


BENJAMINI_HOCHBERG = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
)
"""The fifteen chances of section 4.1 of their paper, in which 4 are findings at 5 %, and 3 by Bonferroni."""


def test_the_example_of_benjamini_and_hochberg():
    chances = np.array(BENJAMINI_HOCHBERG)
    assert (adjusted(chances, Correction.BH) <= 0.05).sum() == 4
    assert (adjusted(chances, Correction.BONFERRONI) <= 0.05).sum() == 3
    assert (adjusted(chances, Correction.HOLM) <= 0.05).sum() == 3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_corrections_in_any_order(chances):
    given_chances = np.array(chances)
    assert adjusted(given_chances, Correction.BH) == pytest.approx(false_discovery_control(given_chances))
    holm, bonferroni = adjusted(given_chances, Correction.HOLM), adjusted(given_chances, Correction.BONFERRONI)
    assert (holm <= bonferroni + 1e-15).all()
    assert (holm >= given_chances).all()
    shuffled = given_chances[::-1]
    assert adjusted(shuffled, Correction.HOLM)[::-1] == pytest.approx(holm)
