"""What is in units, by the genealogy index."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from asbuilt.core.events.event import Evidence
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.arrays import NOBODY, Arrays
from asbuilt.projections.fleet.tables import I32, I64, LOT, U8, Thing, thing_of
from asbuilt.queries.commonality.factors import GRADES, Factor
from asbuilt.queries.commonality.gathering import Gathering
from asbuilt.queries.commonality.packing import packed
from asbuilt.queries.fleet.walk import rows_of
from asbuilt.queries.naming import escaped
from asbuilt.queries.units import full_names
from asbuilt.queries.whereabouts import NAMES

NAMED_AT_ONCE = 1000
FED_AT_ONCE = 1 << 22
"""Passes looked at together for what they fed."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is, or ever was, directly in subjects, by number of the parent.

    start: where the contents of each begin (one more: the end). place: of links a code of their designators, of what
    was fed the place of its window. at: since when (microseconds). grade: of evidence, as a place in GRADES.
    """

    start: I64
    component: I32
    place: I32
    at: I64
    grade: U8


class Down:
    """An index seen from above."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays

    @cached_property
    def _ends(self) -> tuple[I32, I32]:
        """(component, parent) of all links, in the order of their places."""
        arrays = self.arrays
        opened = np.repeat(np.arange(len(arrays.ids), dtype=np.int32), np.diff(arrays.open_start))
        component = np.concatenate([opened, arrays.ended_component])
        return component, np.concatenate([arrays.open_parent, arrays.ended_parent])

    @cached_property
    def linked(self) -> Contents:
        """By links."""
        arrays = self.arrays
        component, parent = self._ends
        return _contents(
            len(arrays.ids),
            parent,
            component,
            arrays.details().place.codes,
            np.concatenate([arrays.open_installed_at, arrays.ended_installed_at]),
            np.concatenate([arrays.open_evidence, arrays.ended_evidence]),
        )

    def fed(self, chosen: Mask) -> Contents:
        """By what was loaded where some of the subjects passed."""
        arrays, windows = self.arrays, self.arrays.windows
        grade = GRADES.index(Evidence.SETUP_WINDOW)
        counts = windows.last - windows.first
        ends = np.cumsum(counts)
        found: list[tuple[I32, I32, I32, I64]] = [(_NONE, _NONE, _NONE, np.empty(0, np.int64))]
        begin = 0
        while begin < len(counts):
            limit = (ends[begin - 1] if begin else 0) + FED_AT_ONCE
            end = max(begin + 1, int(np.searchsorted(ends, limit, "right")))
            some = np.arange(begin, end, dtype=np.int32)
            rows = rows_of(windows.first[begin:end], windows.last[begin:end])
            window = np.repeat(some, counts[begin:end])
            unit = arrays.passes.unit[rows]
            kept = np.flatnonzero(chosen[unit])
            window = window[kept]
            found.append((unit[kept], windows.lot[window], window, arrays.passes.completed_at[rows][kept]))
            begin = end
        unit, lot, window, at = (np.concatenate(column) for column in zip(*found, strict=True))
        return _contents(len(arrays.ids), unit, lot, window, at, np.full(len(unit), grade, np.uint8))

    def parents_of(self, numbers: I32) -> I32:
        """What some subjects are or were in, by links and by being fed; NOBODY among them is passed over."""
        component, parent = self._ends
        chosen = np.zeros(len(self.arrays.ids) + 1, np.bool_)
        chosen[numbers] = True
        chosen[-1] = False
        windows = self.arrays.windows
        fed = np.flatnonzero(chosen[windows.lot])
        by_links: I32 = parent[chosen[component]]
        passed: I32 = self.arrays.passes.unit[rows_of(windows.first[fed], windows.last[fed])]
        return np.concatenate([by_links, passed])

    def with_all_above(self, chosen: Mask) -> Mask:
        """Some subjects and all that they are or were in, at any level."""
        return _closed(chosen, self.parents_of)

    def with_all_below(self, chosen: Mask) -> Mask:
        """Some subjects and all that is or was in them, by links."""
        linked = self.linked
        return _closed(chosen, lambda new: linked.component[rows_of(linked.start[new], linked.start[new + 1])])


def _closed(chosen: Mask, next_to: Callable[[I32], I32]) -> Mask:
    """Some subjects, with what is next to them, and so on."""
    found = chosen.copy()
    new = np.flatnonzero(chosen).astype(np.int32)
    while len(new):
        is_met = np.zeros(len(found), np.bool_)
        is_met[next_to(new)] = True
        is_met &= ~found
        found |= is_met
        new = np.flatnonzero(is_met).astype(np.int32)
    return found


_NONE: I32 = np.empty(0, np.int32)


def _contents(count: int, parent: I32, component: I32, place: I32, at: I64, grade: U8) -> Contents:
    order = np.argsort(parent, kind="stable")
    start = np.searchsorted(parent[order], np.arange(count + 1)).astype(np.int64)
    return Contents(start, component[order], place[order], at[order], grade[order])


@dataclass(frozen=True, slots=True)
class _Level:
    """What was reached at one level: under which unit (by its place), which subject, by which way, how surely."""

    root: I32
    node: I32
    path: I64
    grade: U8


@dataclass(frozen=True, slots=True)
class _Inside:
    """What is directly in the subjects of a level. step: where in the level each is."""

    step: I64
    component: I32
    place: I32
    grade: U8


def components_of(
    reader: Reader, down: Down, found: Gathering, numbers: I32, until: I64 | None, *, wanted: frozenset[Factor]
) -> None:
    """Add what is in units. numbers: of each unit asked for, NOBODY where it is not to be looked at."""
    arrays = down.arrays
    chosen = np.zeros(len(arrays.ids), np.bool_)
    chosen[numbers[numbers != NOBODY]] = True
    chosen[arrays.windows.lot] = True
    fed = down.fed(down.with_all_below(chosen)) if len(arrays.windows.lot) else None
    _Walk(reader, down, fed, found, until, wanted).go(numbers)


class _Walk:
    """Goes down from all units at once, level by level, as `exposures` does by rows."""

    def __init__(
        self,
        reader: Reader,
        down: Down,
        fed: Contents | None,
        found: Gathering,
        until: I64 | None,
        wanted: frozenset[Factor],
    ) -> None:
        self._reader, self._down, self._fed = reader, down, fed
        self._found, self._until, self._wanted = found, until, wanted
        self._arrays = down.arrays
        self._thing = self._arrays.details().thing
        things = [thing_of(text) if text else Thing("", "", "", "") for text in self._thing.texts]
        parts: dict[str, int] = {}
        named = [f"{escaped(one.issuer)}:{escaped(one.part_number)}" for one in things]
        self._part = np.array([parts.setdefault(one, len(parts)) for one in named], np.int64)
        self._parts = list(parts)
        self._suppliers = [one.supplier for one in things]
        self._revisions = [f"{part} {one.revision}".strip() for part, one in zip(named, things, strict=True)]
        self._paths = [""]
        self._names: dict[int, str] = {}

    def go(self, numbers: I32) -> None:
        count = len(self._arrays.ids)
        roots = np.flatnonzero(numbers != NOBODY).astype(np.int32)
        size = len(roots)
        level = _Level(roots, numbers[roots], np.zeros(size, np.int64), np.zeros(size, np.uint8))
        entered = np.sort(level.root.astype(np.int64) * count + level.node)
        while len(level.root):
            linked = self._inside(level, self._down.linked)
            below = [self._below(level, linked)]
            self._add_places(level, linked, below[0], is_fed=False)
            if self._fed is not None:
                fed = self._inside(level, self._fed)
                below.append(self._below(level, fed))
                self._add_places(level, fed, below[1], is_fed=True)
            every = _Level(*(np.concatenate(column) for column in zip(*map(_columns, below), strict=True)))
            every = self._with_paths(every)
            self._add(every)
            pairs = every.root.astype(np.int64) * count + every.node
            is_new = _absent(entered, pairs)
            level = _best(_chosen(every, np.flatnonzero(is_new)), count, len(self._paths))
            entered = np.sort(np.concatenate([entered, pairs[is_new]]))

    def _inside(self, level: _Level, contents: Contents) -> _Inside:
        first, last = contents.start[level.node], contents.start[level.node + 1]
        rows = rows_of(first, last)
        step = np.repeat(np.arange(len(level.node)), last - first)
        inside = _Inside(step, contents.component[rows], contents.place[rows], contents.grade[rows])
        if self._until is None:
            return inside
        kept = np.flatnonzero(contents.at[rows] <= self._until[level.root[step]])
        return _Inside(step[kept], inside.component[kept], inside.place[kept], inside.grade[kept])

    def _below(self, level: _Level, inside: _Inside) -> _Level:
        """What is inside as steps of their own; paths are still the way above and the part, as one number."""
        part = self._part[self._thing.codes[inside.component]]
        path = level.path[inside.step] * len(self._parts) + part
        grade = np.maximum(level.grade[inside.step], inside.grade)
        return _Level(level.root[inside.step], inside.component, path, grade)

    def _with_paths(self, level: _Level) -> _Level:
        ways, codes = packed(level.path)
        begin = len(self._paths)
        for way in ways.tolist():
            above, part = divmod(way, len(self._parts))
            self._paths.append(f"{self._paths[above]} > {self._parts[part]}".removeprefix(" > "))
        return _Level(level.root, level.node, codes + begin, level.grade)

    def _add(self, level: _Level) -> None:
        found, wanted = self._found, self._wanted
        root, grade = level.root.astype(np.int64), level.grade.astype(np.int8)
        thing = self._thing.codes[level.node].astype(np.int64)
        for factor, texts, values in (
            (Factor.SUPPLIER, self._suppliers, thing),
            (Factor.PART, self._revisions, thing),
            (Factor.PATH, self._paths, level.path),
        ):
            if factor in wanted:
                found.add(factor, texts, values, root, grade)
        if Factor.LOT in wanted:
            is_lot = np.flatnonzero((self._arrays.marks[level.node] & LOT) != 0)
            lots, codes = packed(level.node[is_lot].astype(np.int64))
            found.add(Factor.LOT, self._named(lots), codes, root[is_lot], grade[is_lot])

    def _add_places(self, level: _Level, inside: _Inside, below: _Level, *, is_fed: bool) -> None:
        factor = Factor.SLOT if is_fed else Factor.POSITION
        if factor not in self._wanted:
            return
        part = self._part[self._thing.codes[inside.component]]
        pairs, codes = packed(inside.place.astype(np.int64) * len(self._parts) + part)
        places = [one // len(self._parts) for one in pairs.tolist()]
        named = self._slots(places) if is_fed else [self._arrays.details().place.texts[one] for one in places]
        parts = [self._parts[one % len(self._parts)] for one in pairs.tolist()]
        texts = [f"{place} {part}" if place else "" for place, part in zip(named, parts, strict=True)]
        found = self._found
        found.add(factor, texts, codes, level.root[inside.step].astype(np.int64), below.grade.astype(np.int8))

    def _slots(self, windows: list[int]) -> list[str]:
        """Station and slot of some windows."""
        of, slot = self._arrays.windows, self._arrays.details().slot
        stations = sorted(set(of.station[windows].tolist()))
        names = {row[0]: row[2] for row in self._reader.rows(NAMES, stations)} if stations else {}
        return [f"{names.get(int(of.station[one]), '')} {slot.texts[slot.codes[one]]}" for one in windows]

    def _named(self, numbers: I64) -> list[str]:
        ids = self._arrays.ids[numbers].tolist()
        unknown = [one for one in ids if one not in self._names]
        for start in range(0, len(unknown), NAMED_AT_ONCE):
            self._names |= full_names(self._reader, unknown[start : start + NAMED_AT_ONCE])
        return [self._names[one] for one in ids]


def _columns(level: _Level) -> tuple[I32, I32, I64, U8]:
    return level.root, level.node, level.path, level.grade


def _chosen(level: _Level, rows: I64) -> _Level:
    return _Level(level.root[rows], level.node[rows], level.path[rows], level.grade[rows])


def _absent(entered: I64, pairs: I64) -> Mask:
    """Which pairs are not among those that were entered, which are in order."""
    if not len(entered):
        return np.ones(len(pairs), np.bool_)
    at = np.minimum(np.searchsorted(entered, pairs), len(entered) - 1)
    is_absent: Mask = entered[at] != pairs
    return is_absent


def _best(level: _Level, count: int, paths: int) -> _Level:
    """Each way to each subject of each unit once, with the best evidence it has."""
    order = np.lexsort((level.grade, level.path, level.node, level.root))
    level = _chosen(level, order)
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (
        (level.root[1:] != level.root[:-1]) | (level.node[1:] != level.node[:-1]) | (level.path[1:] != level.path[:-1])
    )
    return _chosen(level, np.flatnonzero(is_first))
