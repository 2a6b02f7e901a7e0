"""The steps upwards with how surely each is known: by the genealogy index, or by SQL alone, which find the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asbuilt.core.events.event import Evidence
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.arrays import NOBODY, PassList, WindowList
from asbuilt.projections.fleet.live import REMADE, Live
from asbuilt.projections.fleet.reading import columns_of
from asbuilt.projections.fleet.tables import I32, I64, NEVER, STRENGTHS, U8
from asbuilt.queries.fleet.closure import Steps
from asbuilt.queries.fleet.walk import kept, rows_of, sources
from asbuilt.queries.walks import EDGES_ABOVE, Moment

FED = np.uint8(STRENGTHS[Evidence.SETUP_WINDOW])


@dataclass(frozen=True, slots=True)
class _Found:
    """Steps from some subjects of a level. component: by number."""

    component: I32
    parent: I32
    strength: U8


class StepsOfIndex:
    """The steps that count now, or (is_ever) at any time, by an index with its tail.

    ids: of all subjects and seeds, ascending; each is known here by its place among them. That is its number in the
    index, unless there are seeds that the index does not know of, or subjects of the tail with lower ids.
    """

    def __init__(self, live: Live, seed_ids: I64, *, is_ever: bool) -> None:
        self.live = live
        self._is_ever = is_ever
        self.ids: I64 = live.all_ids
        self._number: I32 | None = None
        strangers = seed_ids[live.numbers(seed_ids) == NOBODY]
        has_new = len(live) > len(live.arrays.ids)
        if len(strangers) or (has_new and (self.ids[1:] < self.ids[:-1]).any()):
            ids = np.concatenate([self.ids, strangers])
            order = np.argsort(ids, kind="stable").astype(np.int32)
            self.ids = ids[order]
            self._number = np.where(order < len(live), order, np.int32(NOBODY))
            self._place = np.argsort(order, kind="stable").astype(np.int32)

    def numbers(self, places: I32) -> I32:
        """The numbers in the index of subjects by their places; NOBODY for those it does not know of."""
        return places if self._number is None else self._number[places]

    def above(self, frontier: I32) -> Steps:
        """The steps from a level."""
        if self._number is None:
            return self._above(frontier)
        numbers = self._number[frontier]
        known = np.flatnonzero(numbers != NOBODY)
        steps = self._above(numbers[known])
        return Steps(known[steps.place], self._place[steps.parent], steps.strength)

    def _above(self, frontier: I32) -> Steps:
        """By number. Those of a level are ascending, unless the ids of the tail are not."""
        arrays, said = self.live.arrays, sources(self.live, frontier)
        found = [self._believed(self._opened(said.indexed))]
        if self._is_ever:
            found.append(self._believed(self._ended(said.ended(arrays))))
        if len(said.added):
            found.append(self._added(said.added))
        if len(said.fed):
            found.extend(self._fed(arrays.windows, said.fed))
        if len(said.reloaded):
            found.extend(self._fed(self.live.windows, said.reloaded))
        found = [one for one in found if len(one.parent)] or found[:1]
        component = np.concatenate([one.component for one in found])
        order = None if self._number is None else np.argsort(frontier)
        place = np.searchsorted(frontier, component, sorter=order)
        return Steps(
            place=place if order is None else order[place],
            parent=np.concatenate([one.parent for one in found]),
            strength=np.concatenate([one.strength for one in found]),
        )

    def _believed(self, found: _Found) -> _Found:
        """Without those whose links or passes are read from the tail."""
        if not len(self.live.tail.remade):
            return found
        is_kept = (self.live.changes.take(found.parent) & REMADE) == 0
        return _Found(kept(found.component, is_kept), kept(found.parent, is_kept), found.strength[is_kept])

    def _opened(self, numbers: I32) -> _Found:
        arrays, at = self.live.arrays, numbers.astype(np.intp)
        first, last = arrays.open_start.take(at), arrays.open_start[1:].take(at)
        rows = rows_of(first, last)
        return _Found(np.repeat(numbers, last - first), arrays.open_parent[rows], arrays.open_evidence[rows])

    def _ended(self, numbers: I32) -> _Found:
        arrays = self.live.arrays
        first, last = (np.searchsorted(arrays.ended_component, numbers, side) for side in ("left", "right"))
        rows = rows_of(first, last)
        return _Found(np.repeat(numbers, last - first), arrays.ended_parent[rows], arrays.ended_evidence[rows])

    def _added(self, numbers: I32) -> _Found:
        """By the links of the tail."""
        links = self.live.links
        first, last = (np.searchsorted(links.component, numbers, side) for side in ("left", "right"))
        rows = rows_of(first, last)
        holds = np.ones(int((last - first).sum()), np.bool_) if self._is_ever else links.removed_at[rows] == NEVER
        component = np.repeat(numbers, last - first)
        return _Found(component[holds], links.parent[rows][holds], links.evidence[rows][holds])

    def _fed(self, windows: WindowList, lots: I32) -> Sequence[_Found]:
        """By what passed the stations while some lots were loaded: passes of the index, and of the tail."""
        live = self.live
        begin, end = (np.searchsorted(windows.lot, lots, side) for side in ("left", "right"))
        rows, lot = rows_of(begin, end), np.repeat(lots, end - begin)
        station, loaded, unloaded = windows.station[rows], windows.loaded_at[rows], windows.unloaded_at[rows]
        indexed = _passed(live.arrays.passes, lot, windows.first[rows], windows.last[rows])
        return [self._believed(indexed), _passed(live.passes, lot, *live.passes.ranges(station, loaded, unloaded))]


def _passed(passes: PassList, lot: I32, first: I64, last: I64) -> _Found:
    parent: I32 = passes.unit[rows_of(first, last)]
    return _Found(np.repeat(lot, last - first), parent, np.full(len(parent), FED, np.uint8))


class StepsOfRows:
    """The same steps, read by SQL: everything above some subjects at once. ids: of the numbers, ascending."""

    def __init__(self, reader: Reader, seed_ids: I64, *, is_ever: bool) -> None:
        sql = EDGES_ABOVE[reader.dialect][Moment.EVER if is_ever else Moment.NOW]
        rows = reader.stream(sql, seed_ids.tolist()) if len(seed_ids) else iter(())
        component, parent, strength = columns_of(rows, 3)
        self.ids: I64 = np.unique(np.concatenate([component, parent, seed_ids]))
        component = np.searchsorted(self.ids, component)
        order = np.argsort(component, kind="stable")
        self._parent = np.searchsorted(self.ids, parent)[order].astype(np.int32)
        self._strength = strength[order].astype(np.uint8)
        self._start = np.searchsorted(component[order], np.arange(len(self.ids) + 1))

    def above(self, frontier: I32) -> Steps:
        """The steps from a level."""
        first, last = self._start[frontier], self._start[frontier + 1]
        rows = rows_of(first, last)
        place = np.repeat(np.arange(len(frontier)), last - first)
        return Steps(place=place, parent=self._parent[rows], strength=self._strength[rows])
