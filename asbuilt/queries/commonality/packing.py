"""Numbers, of which few are different, put into an order without gaps."""

import numpy as np

from asbuilt.projections.fleet.arrays import NOBODY
from asbuilt.projections.fleet.tables import I32, I64

TABLE_MAX = 1 << 23
"""Up to so large a number a table is quicker than sorting."""


def packed(values: I64) -> tuple[I64, I64]:
    """The different ones of some numbers from 0 on, ascending, and the place of each among them."""
    most = int(values.max(initial=-1))
    if most >= TABLE_MAX:
        different, places = np.unique(values, return_inverse=True)
        return different, places.astype(np.int64)
    is_there = np.zeros(most + 1, np.bool_)
    is_there[values] = True
    different = np.flatnonzero(is_there)
    table = np.zeros(most + 1, np.int64)
    table[different] = np.arange(len(different))
    return different, table[values]


def places_of(numbers: I32, count: int) -> I32:
    """For each of `count` subjects its place among some that are asked for, NOBODY when it is none of them."""
    places = np.full(count, NOBODY, np.int32)
    known = np.flatnonzero(numbers != NOBODY)
    places[numbers[known]] = known
    return places
