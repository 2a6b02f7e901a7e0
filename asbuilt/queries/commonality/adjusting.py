"""Chances of many tests, corrected for their number.

Sources: Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289; S. Holm, Scand. J. Stat. 6 (1979) 65.
"""

from enum import StrEnum

import numpy as np

from asbuilt.queries.commonality.exact import Real


class Correction(StrEnum):
    """What is kept small: the share of false findings (bh), or the chance of a single one (holm, bonferroni)."""

    BH = "bh"
    HOLM = "holm"
    BONFERRONI = "bonferroni"


def adjusted(chances: Real, correction: Correction) -> Real:
    """The level at which each test would just be a finding among all of them, in the order of `chances`; 1 at most."""
    count = len(chances)
    if not count:
        return np.zeros(0)
    if correction is Correction.BONFERRONI:
        return np.minimum(chances * count, 1.0)
    order = np.argsort(chances, kind="stable")
    rising = chances[order]
    if correction is Correction.HOLM:
        stepped = np.maximum.accumulate(rising * np.arange(count, 0, -1))
    else:
        stepped = np.minimum.accumulate((rising * count / np.arange(1, count + 1))[::-1])[::-1]
    found = np.empty(count)
    found[order] = np.minimum(stepped, 1.0)
    return found
