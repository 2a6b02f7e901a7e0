"""The walk up the genealogy index: level by level, each level as one set.

It meets every subject once, is cut off at no depth and no number, and finds what `queries.walks` finds by SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asbuilt.projections.fleet.arrays import NOBODY, Arrays, PassList, WindowList
from asbuilt.projections.fleet.live import ADDED, COMPONENT, RELOADED, REMADE, Live
from asbuilt.projections.fleet.tables import HAS_ENDED, I32, I64, IS_FED, NEVER
from asbuilt.queries.walks import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What contains the seeds, by number, nearest first. ends: how many there are up to and with each level."""

    numbers: I32
    ends: tuple[int, ...]

    def levels(self) -> I32:
        """The level of each: 1 when it contains a seed itself."""
        counts = np.diff((0, *self.ends))
        return np.repeat(np.arange(1, len(counts) + 1, dtype=np.int32), counts)


def reached(live: Live, seeds: Sequence[int], moment: Moment, *, time: int = 0) -> Reached:
    """Everything above some subjects (ids), without them. time: microseconds, for Moment.AT."""
    frontier = live.numbers(np.unique(np.array(seeds, np.int64)))
    frontier = frontier[frontier != NOBODY]
    is_met = np.zeros(len(live), np.bool_)
    is_met[frontier] = True
    owner = np.empty(len(live), np.int32)
    steps = _Steps(live, moment, time)
    levels: list[I32] = []
    while len(frontier):
        above = steps.above(frontier)
        above = kept(above, ~is_met.take(above))
        frontier = above if _grows(above) else _once(above, owner)
        is_met[frontier.astype(np.intp)] = True
        levels.append(frontier)
    ends = np.cumsum([len(level) for level in levels if len(level)], dtype=np.int64)
    numbers = np.concatenate(levels) if levels else np.empty(0, np.int32)
    return Reached(numbers=numbers, ends=tuple(ends.tolist()))


def kept(numbers: I32, chosen: NDArray[np.bool_]) -> I32:
    """Those that are chosen; mostly that is all of them, and then nothing is copied."""
    return numbers if chosen.all() else numbers[chosen]


def _grows(numbers: I32) -> bool:
    """Whether each is greater than the one before, as most levels are; then none is there twice."""
    return bool((numbers[1:] > numbers[:-1]).all())


def _once(numbers: I32, owner: I32) -> I32:
    """Each number once. Whoever wrote last owns it; to sort them would take several times as long."""
    places = np.arange(len(numbers), dtype=np.int32)
    at = numbers.astype(np.intp)
    owner[at] = places
    is_owner: NDArray[np.bool_] = owner.take(at) == places
    return numbers[is_owner]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the steps upwards from some subjects are read.

    added: of these the tail has links. reloaded: of these it has windows. fed: windows of the index are believed of
    these. indexed: links of the index are believed of these, as components.
    """

    added: I32
    reloaded: I32
    fed: I32
    indexed: I32

    def ended(self, arrays: Arrays) -> I32:
        """Those of which the index has links that have ended."""
        ended: I32 = self.indexed[(arrays.marks.take(self.indexed) & HAS_ENDED) != 0]
        return ended


def sources(live: Live, frontier: I32) -> Sources:
    """What is read of the tail, and what the index is believed of."""
    marks, nobody = live.arrays.marks, np.empty(0, np.int32)
    if not live.is_changed:
        return Sources(nobody, nobody, frontier[(marks.take(frontier) & IS_FED) != 0], frontier)
    changes = live.changes.take(frontier)
    is_indexed = frontier < len(live.arrays.ids)
    fed = kept(frontier, is_indexed & ((changes & REMADE) == 0))
    return Sources(
        added=frontier[(changes & ADDED) != 0],
        reloaded=frontier[(changes & RELOADED) != 0],
        fed=fed[(marks.take(fed) & IS_FED) != 0],
        indexed=kept(frontier, is_indexed & ((changes & COMPONENT) == 0)),
    )


class _Steps:
    """The steps upwards that count at a moment."""

    def __init__(self, live: Live, moment: Moment, time: int) -> None:
        self._live = live
        self._moment = moment
        self._time = time

    def above(self, frontier: I32) -> I32:
        """What the subjects of a level went into, with repetitions."""
        arrays, said = self._live.arrays, sources(self._live, frontier)
        found: list[I32] = []
        if len(said.added):
            found.append(self._added(said.added))
        if len(said.reloaded):
            found.append(self._fed(self._live.windows, said.reloaded))
        if len(said.fed):
            found.append(self._fed(arrays.windows, said.fed))
        found.append(self._believed(self._opened(said.indexed)))
        if self._moment is not Moment.NOW:
            ended = said.ended(arrays)
            if len(ended):
                found.append(self._believed(self._ended(ended)))
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _believed(self, parents: I32) -> I32:
        """Without those whose links or passes are read from the tail."""
        if not len(self._live.tail.remade):
            return parents
        return kept(parents, (self._live.changes.take(parents) & REMADE) == 0)

    def _opened(self, frontier: I32) -> I32:
        arrays = self._live.arrays
        at = frontier.astype(np.intp)
        rows = rows_of(arrays.open_start.take(at), arrays.open_start[1:].take(at))
        parents: I32 = arrays.open_parent[rows]
        if self._moment is Moment.AT:
            return kept(parents, arrays.open_installed_at[rows] <= self._time)
        return parents

    def _ended(self, frontier: I32) -> I32:
        arrays, sorted_by = self._live.arrays, self._live.arrays.ended_component
        rows = rows_of(np.searchsorted(sorted_by, frontier, "left"), np.searchsorted(sorted_by, frontier, "right"))
        parents: I32 = arrays.ended_parent[rows]
        if self._moment is Moment.AT:
            held = (arrays.ended_installed_at[rows] <= self._time) & (arrays.ended_removed_at[rows] > self._time)
            return parents[held]
        return parents

    def _added(self, frontier: I32) -> I32:
        """By the links of the tail."""
        links = self._live.links
        first, last = (np.searchsorted(links.component, frontier, side) for side in ("left", "right"))
        rows = rows_of(first, last)
        parents: I32 = links.parent[rows]
        if self._moment is Moment.NOW:
            is_open: NDArray[np.bool_] = links.removed_at[rows] == NEVER
            return parents[is_open]
        if self._moment is Moment.AT:
            held: NDArray[np.bool_] = (links.installed_at[rows] <= self._time) & (links.removed_at[rows] > self._time)
            return parents[held]
        return parents

    def _fed(self, windows: WindowList, lots: I32) -> I32:
        """By what passed the stations while some lots were loaded."""
        live = self._live
        rows = rows_of(np.searchsorted(windows.lot, lots, "left"), np.searchsorted(windows.lot, lots, "right"))
        found = [self._believed(self._passed(live.arrays.passes, windows.station[rows], _of(windows, rows)))]
        if len(live.passes.unit):
            station = windows.station[rows]
            ranges = live.passes.ranges(station, windows.loaded_at[rows], windows.unloaded_at[rows])
            found.append(self._passed(live.passes, station, ranges))
        return np.concatenate(found)

    def _passed(self, passes: PassList, station: I64, ranges: tuple[I64, I64]) -> I32:
        first, last = ranges
        if self._moment is Moment.AT:
            last = np.maximum(first, passes.cut(station, last, self._time))
        units: I32 = passes.unit[rows_of(first, last)]
        return units


def _of(windows: WindowList, rows: NDArray[np.integer] | slice) -> tuple[I64, I64]:
    return windows.first[rows], windows.last[rows]


Rows = NDArray[np.intp] | slice


def rows_of(first: NDArray[np.signedinteger], last: NDArray[np.signedinteger]) -> Rows:
    """All places from each `first` to before its `last`, one range after the other."""
    if len(first) == 1:
        return slice(int(first[0]), int(last[0]))
    counts = last - first
    most = int(counts.max(initial=0))
    if most <= 1:
        there = counts > 0
        return (first if there.all() else first[there]).astype(np.intp, copy=False)
    counts = counts.astype(np.intp, copy=False)
    ends = np.cumsum(counts)
    return np.repeat(first - (ends - counts), counts) + np.arange(ends[-1])
