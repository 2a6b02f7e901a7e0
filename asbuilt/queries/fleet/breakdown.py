"""What a walk reached, counted by where it is and how it stands."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from asbuilt.projections.fleet.arrays import NOBODY
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import I32, LOT, UNIT, Grouping
from asbuilt.queries.fleet.walk import kept

OF_THE_ASSEMBLY = frozenset(
    {Grouping.LOCATION, Grouping.CONTAINER, Grouping.CUSTOMER, Grouping.SHIPMENT, Grouping.CUSTODY}
)
"""A component is where its outermost assembly is; its status and work order are its own."""

BINS_MAX = 1 << 22
"""Most combinations that are counted in one array; with more they are sorted."""

CLIMBS_MAX = 8
"""Assemblies in assemblies that are climbed one at a time; where they go deeper, all of the site are worked out."""

Counts = Counter[tuple[str, ...]]
"""How many affected units and lots there are, by what they are grouped by, in its order."""


@dataclass(frozen=True, slots=True)
class Column:
    """Codes of what was reached, how many codes there may be, and what each says. Two codes may say the same."""

    codes: I32
    size: int
    text: Callable[[int], str]


def counted(live: Live, numbers: I32, by: Sequence[Grouping]) -> Counts:
    """How many of the units and lots with these numbers are in each group, as where-used would show them."""
    numbers = kept(numbers, is_told(live, numbers))
    columns = columns_of(live, numbers, by)
    return counted_by([columns[one] for one in by], len(numbers))


def is_told(live: Live, numbers: I32) -> NDArray[np.bool_]:
    """Which of some subjects stand in the record as units or lots; others are only spoken of."""
    found: NDArray[np.bool_] = (live.marks.take(numbers) & (UNIT | LOT)) != 0
    return found


def columns_of(live: Live, numbers: I32, by: Collection[Grouping]) -> dict[Grouping, Column]:
    """What some units and lots are grouped under."""
    tops = outermost(live, numbers) if OF_THE_ASSEMBLY & set(by) else numbers
    return {
        one: Column(
            live.codes(one, tops if one in OF_THE_ASSEMBLY else numbers), live.codes_of(one), partial(live.text, one)
        )
        for one in by
    }


def counted_by(columns: Sequence[Column], length: int) -> Counts:
    """How many of so many subjects are in each group."""
    found: Counts = Counter()
    for codes, count in _combinations(columns, length) if length else ():
        found[tuple(column.text(code) for column, code in zip(columns, codes, strict=True))] += count
    return found


def outermost(live: Live, numbers: I32) -> I32:
    """The outermost unit that each of some units and lots is part of; itself when it is part of none."""
    tops = numbers.copy()
    climbing: NDArray[np.intp] | None = None
    for _ in range(CLIMBS_MAX):
        parents = live.installed_in(tops if climbing is None else tops.take(climbing))
        goes_on = parents != NOBODY
        places = np.flatnonzero(goes_on)
        parents = kept(parents, goes_on)
        is_unit = (live.marks.take(parents) & UNIT) != 0
        if not is_unit.all():
            places, parents = places[is_unit], parents[is_unit]
        climbing = places if climbing is None else climbing.take(places)
        if not len(climbing):
            return tops
        tops[climbing] = parents
    return _outermost_of_all(live).take(tops)


def _outermost_of_all(live: Live) -> I32:
    """The outermost unit of every subject: what it is in, what that is in, and so on, twice as far at each turn."""
    everyone = np.arange(len(live), dtype=np.int32)
    tops = live.installed_in(everyone)
    goes_on = tops != NOBODY
    goes_on[goes_on] = (live.marks.take(tops[goes_on]) & UNIT) != 0
    tops = np.where(goes_on, tops, everyone)
    while True:
        further = tops.take(tops)
        if np.array_equal(further, tops):
            return tops
        tops = further


def _combinations(columns: Sequence[Column], length: int) -> Iterator[tuple[Sequence[int], int]]:
    """The combinations of codes that occur, and how often each does."""
    sizes = [column.size for column in columns]
    if prod(sizes) <= BINS_MAX:
        combined = columns[0].codes
        for column in columns[1:]:
            combined = combined * np.int32(column.size) + column.codes
        bins = np.bincount(combined)
        used = np.flatnonzero(bins)
        codes = np.unravel_index(used, sizes)
        yield from zip(zip(*(one.tolist() for one in codes), strict=True), bins[used].tolist(), strict=True)
        return
    ranks = np.zeros(length, np.int64)
    for column in columns:
        _, ranks = np.unique(ranks * column.size + column.codes, return_inverse=True)
    _, places, counts = np.unique(ranks, return_index=True, return_counts=True)
    codes_at = zip(*(column.codes[places].tolist() for column in columns), strict=True)
    yield from zip(codes_at, counts.tolist(), strict=True)
