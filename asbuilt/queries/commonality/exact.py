"""Fisher's exact test and odds ratios of many tables of counts at once.

A table stands for something that units may have: `cases` failing units, `with_it` of them with it; `controls` others,
`controls_with` of them with it. All arrays have one entry a table.
Sources: R. A. Fisher, Statistical Methods for Research Workers, 5th ed. 1934, section 21.02 (exact test); B. Woolf,
Ann. Hum. Genet. 19 (1955) 251 (interval of the odds ratio); J. B. S. Haldane, Ann. Hum. Genet. 20 (1956) 309 and
F. J. Anscombe, Biometrika 43 (1956) 461 (a half added to every count where one is 0).
"""

from dataclasses import dataclass

import numpy as np

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]
Real = np.ndarray[tuple[int], np.dtype[np.float64]]

Z_95 = 1.959963984540054
"""Standard deviations on either side of the middle that hold 95 % of a normal distribution."""
_NEGLIGIBLE = 2.0**-60
"""Share of a sum below which further terms, each smaller than the one before, do not change it."""


@dataclass(frozen=True, slots=True)
class OddsRatios:
    """Odds ratios with their intervals of 95 %."""

    ratio: Real
    lower: Real
    upper: Real


def greater(with_it: Whole, controls_with: Whole, *, cases: int, controls: int) -> Real:
    """The chance, were cases drawn blindly from all units, that at least so many of them have it (one-sided p).

    Every distinct table is worked out once; a table costs about as many steps as cases have a spread.
    """
    assert cases > 0, "a test needs cases"
    assert controls > 0, "a test needs controls"
    if not len(with_it):
        return np.zeros(0)
    pairs, place = np.unique(np.stack([with_it, controls_with]), axis=1, return_inverse=True)
    seen, exposed = pairs[0], pairs[0] + pairs[1]
    # Sums upwards where few are left above, and downwards, for the complement, where few are below.
    is_above = seen * (cases + controls) > cases * exposed
    found = np.empty(len(seen))
    found[is_above] = _tail(seen[is_above], exposed[is_above], cases, controls, upwards=True)
    below = _tail(seen[~is_above] - 1, exposed[~is_above], cases, controls, upwards=False)
    found[~is_above] = 1.0 - below
    found = np.clip(found, 0.0, 1.0)
    return np.asarray(found[place.reshape(-1)], dtype=np.float64)


def _tail(first: Whole, exposed: Whole, cases: int, controls: int, *, upwards: bool) -> Real:
    """The chance of `first` and of all beyond it in one direction, in which the chances fall."""
    x = first.astype(np.float64)
    n = exposed.astype(np.float64)
    term = _chance(first, exposed, cases, controls)
    total = term.copy()
    active = np.flatnonzero(term > 0)
    while len(active):
        at, some = x[active], n[active]
        if upwards:
            ratio = (cases - at) * (some - at) / ((at + 1) * (controls - some + at + 1))
            x[active] = at + 1
        else:
            ratio = at * (controls - some + at) / ((cases - at + 1) * (some - at + 1))
            x[active] = at - 1
        term[active] *= ratio
        total[active] += term[active]
        active = active[term[active] > total[active] * _NEGLIGIBLE]
    return total


def _chance(x: Whole, exposed: Whole, cases: int, controls: int) -> Real:
    """The hypergeometric chance of exactly x; 0 where x is impossible."""
    possible = (x >= np.maximum(0, exposed - controls)) & (x <= np.minimum(exposed, cases))
    chance = np.zeros(len(x))
    at, n = x[possible], exposed[possible]
    every = cases + controls
    logs = _log_factorials(every)
    log = (
        (logs[cases] - logs[at] - logs[cases - at])
        + (logs[controls] - logs[n - at] - logs[controls - n + at])
        - (logs[every] - logs[n] - logs[every - n])
    )
    chance[possible] = np.exp(log).astype(np.float64)
    return chance


def _log_factorials(most: int) -> np.ndarray[tuple[int], np.dtype[np.longdouble]]:
    """Logarithms of 0!, 1!, …, in the widest machine number there is: differences of large ones are taken."""
    logs = np.zeros(most + 1, dtype=np.longdouble)
    np.cumsum(np.log(np.arange(1, most + 1, dtype=np.longdouble)), out=logs[1:])
    return logs


def odds_ratios(with_it: Whole, controls_with: Whole, *, cases: int, controls: int) -> OddsRatios:
    """Odds of having it among cases to those among controls; with a half added to all four counts where one is 0."""
    cells = np.stack([with_it, cases - with_it, controls_with, controls - controls_with]).astype(np.float64)
    cells[:, (cells == 0).any(axis=0)] += 0.5
    a, b, c, d = cells
    ratio = (a * d) / (b * c)
    width = np.exp(Z_95 * np.sqrt((1 / cells).sum(axis=0)))
    return OddsRatios(ratio, ratio / width, ratio * width)
