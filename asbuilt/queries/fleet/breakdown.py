"""What a walk reached, counted by where it is and how it stands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asbuilt.projections.fleet.arrays import NOBODY
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import I32, I64, LOT, UNIT, Grouping

OF_THE_ASSEMBLY = frozenset({Grouping.LOCATION, Grouping.CONTAINER, Grouping.CUSTOMER, Grouping.SHIPMENT})
"""A component is where its outermost assembly is; its status and work order are its own."""

BINS_MAX = 1 << 22
"""Most combinations that are counted in one array; with more they are sorted."""

Counts = Counter[tuple[str, ...]]
"""How many affected units and lots there are, by what they are grouped by, in its order."""


@dataclass(frozen=True, slots=True)
class _Column:
    """Codes of what was reached, and how many codes there may be."""

    grouping: Grouping
    codes: I32
    size: int


def counted(live: Live, numbers: I32, by: Sequence[Grouping]) -> Counts:
    """How many of the units and lots with these numbers are in each group, as where-used would show them."""
    numbers = numbers[(live.marks[numbers] & (UNIT | LOT)) != 0]
    if not len(numbers):
        return Counter()
    tops = outermost(live, numbers) if OF_THE_ASSEMBLY & set(by) else numbers
    columns = [
        _Column(one, live.codes(one, tops if one in OF_THE_ASSEMBLY else numbers), live.codes_of(one)) for one in by
    ]
    places, counts = _combined(columns, len(numbers))
    texts = [[live.text(one.grouping, code) for code in one.codes[places].tolist()] for one in columns]
    found: Counts = Counter()
    for group, count in zip(zip(*texts, strict=True) if texts else [()], counts.tolist(), strict=True):
        found[group] += count
    return found


def outermost(live: Live, numbers: I32) -> I32:
    """The outermost unit that each of some units and lots is part of; itself when it is part of none."""
    tops = numbers.copy()
    climbing = np.arange(len(tops))
    while len(climbing):
        parents = live.installed_in(tops[climbing])
        goes_on = parents != NOBODY
        goes_on[goes_on] = (live.marks[parents[goes_on]] & UNIT) != 0
        climbing = climbing[goes_on]
        tops[climbing] = parents[goes_on]
    return tops


def _combined(columns: Sequence[_Column], length: int) -> tuple[I64, I64]:
    """For each combination of codes that occurs: a place at which it does, and how often."""
    combined, size = np.zeros(length, np.int64), 1
    for column in columns:
        if size * column.size > BINS_MAX and size > 1:
            _, combined = np.unique(combined, return_inverse=True)
            size = int(combined.max()) + 1
        combined = combined * column.size + column.codes
        size *= column.size
    if size > BINS_MAX:
        _, places, counts = np.unique(combined, return_index=True, return_counts=True)
        return places, counts
    bins = np.bincount(combined, minlength=size)
    where = np.empty(size, np.int64)
    where[combined] = np.arange(length)
    used = np.flatnonzero(bins)
    return where[used], bins[used]
