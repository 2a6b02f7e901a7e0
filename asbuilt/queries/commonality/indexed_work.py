"""Who and what worked on units, where and when, by the genealogy index."""

from collections.abc import Callable, Sequence
from datetime import timedelta, tzinfo

import numpy as np

from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.arrays import NOBODY, Arrays
from asbuilt.projections.fleet.tables import I32, I64, NOWHERE, Grouping
from asbuilt.queries.commonality.factors import SHIFTS, Factor
from asbuilt.queries.commonality.gathering import Gathering
from asbuilt.queries.commonality.packing import packed, places_of
from asbuilt.queries.whereabouts import NAMES
from asbuilt.queries.windows import day_of, local, shift_of, shifts_of

QUARTER = 15 * 60 * 1_000_000
"""Microseconds of a quarter of an hour: days and shifts begin, and clocks of zones differ, by whole ones."""


def work_of(
    reader: Reader,
    arrays: Arrays,
    found: Gathering,
    numbers: I32,
    until: I64 | None,
    *,
    wanted: frozenset[Factor],
    zone: tzinfo,
) -> None:
    """Add what was done on units. numbers: of each unit asked for, NOBODY where it is not to be looked at."""
    passes, details = arrays.passes, arrays.details()
    place = places_of(numbers, len(arrays.ids))[passes.unit]
    is_asked = place != NOBODY
    if until is not None:
        is_asked &= passes.completed_at <= until[place]
    rows = np.flatnonzero(is_asked)
    places = place[rows].astype(np.int64)
    for factor, coded in (
        (Factor.TOOL, details.tool),
        (Factor.PROGRAM, details.program),
        (Factor.OPERATOR, details.operator),
    ):
        if factor in wanted:
            found.add(factor, coded.texts, coded.codes[rows].astype(np.int64), places)
    if Factor.STATION in wanted:
        _add_stations(reader, arrays, found, rows, places)
    if Factor.WORK_ORDER in wanted:
        _add_orders(arrays, found, rows, places)
    _add_times(arrays, found, rows, places, wanted=wanted, zone=zone)


def _add_stations(reader: Reader, arrays: Arrays, found: Gathering, rows: I64, places: I64) -> None:
    passes = arrays.passes
    named = [one for one in passes.stations.tolist() if one != NOWHERE]
    names = {row[0]: row[2] for row in reader.rows(NAMES, named)} if named else {}
    texts = [names.get(one, "") for one in passes.stations.tolist()]
    codes = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(passes.start))
    found.add(Factor.STATION, texts, codes[rows], places)


def _add_orders(arrays: Arrays, found: Gathering, rows: I64, places: I64) -> None:
    """The order of the work, else of the unit."""
    own = arrays.details().work_order
    codes = own.codes[rows].astype(np.int64)
    of_unit = arrays.codes[Grouping.WORK_ORDER][arrays.passes.unit[rows]] + len(own.texts)
    texts = [*own.texts, *arrays.texts[Grouping.WORK_ORDER].all()]
    found.add(Factor.WORK_ORDER, texts, np.where(codes == 0, of_unit, codes), places)


def _add_times(
    arrays: Arrays, found: Gathering, rows: I64, places: I64, *, wanted: frozenset[Factor], zone: tzinfo
) -> None:
    shifts = shifts_of(SHIFTS)

    def week_of(moment: int) -> str:
        day = local(moment, zone).date()
        return (day - timedelta(days=day.weekday())).isoformat()

    ways: dict[Factor, Callable[[int], str]] = {
        Factor.DAY: lambda moment: day_of(moment, zone),
        Factor.SHIFT: lambda moment: shift_of(moment, zone, shifts),
        Factor.WEEK: week_of,
    }
    asked = {factor: way for factor, way in ways.items() if factor in wanted}
    if not asked:
        return
    operation = arrays.details().operation
    operations = operation.codes[rows].astype(np.int64)
    quarters, quarter = np.unique(arrays.passes.completed_at[rows] // QUARTER, return_inverse=True)
    for factor, way in asked.items():
        texts: dict[str, int] = {}
        codes = [texts.setdefault(way(one * QUARTER), len(texts)) for one in quarters.tolist()]
        said = np.array(codes, np.int64)[quarter] if codes else np.empty(0, np.int64)
        _add_pairs(found, factor, (operation.texts, operations), (list(texts), said), places)


def _add_pairs(
    found: Gathering, factor: Factor, first: tuple[Sequence[str], I64], second: tuple[Sequence[str], I64], places: I64
) -> None:
    """Values that are two texts."""
    pairs, codes = packed(first[1] * len(second[0]) + second[1])
    texts = [f"{first[0][one // len(second[0])]} {second[0][one % len(second[0])]}" for one in pairs.tolist()]
    found.add(factor, texts, codes, places)
