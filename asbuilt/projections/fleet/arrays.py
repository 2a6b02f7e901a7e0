"""The index in its order: subjects by number, links by component, passes by station and time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asbuilt.projections.fleet.tables import (
    HAS_ENDED,
    I32,
    I64,
    IS_FED,
    NEVER,
    U8,
    Coded,
    Grouping,
    Links,
    Passes,
    States,
    Tables,
    Windows,
)

NOBODY = -1
"""No subject has this number."""
ROWS_MAX = 2**31 - 1
"""Most subjects, links and passes of a site: they are numbered in four bytes."""


class TooLarge(Exception):
    """A site has more rows than can be numbered."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Different texts: their UTF-8 bytes one after the other, and where each begins (one more: the end)."""

    data: U8
    start: I64

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, code: int) -> str:
        return self.data[self.start[code] : self.start[code + 1]].tobytes().decode()

    def all(self) -> list[str]:
        """Every text, by code."""
        data = self.data.tobytes()
        return [data[begin:end].decode() for begin, end in zip(self.start, self.start[1:], strict=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassList:
    """Passes by station and time. start: where each station begins (one more: the end). unit: by number."""

    stations: I64
    start: I64
    unit: I32
    completed_at: I64

    def ranges(self, station: I64, since: I64, until: I64) -> tuple[I64, I64]:
        """Where the passes of stations from `since` to before `until` begin and end."""
        first, last = np.zeros(len(station), np.int64), np.zeros(len(station), np.int64)
        for place in self._places(station):
            chosen = np.flatnonzero(station == self.stations[place])
            begin, end = self.start[place], self.start[place + 1]
            times = self.completed_at[begin:end]
            first[chosen] = begin + np.searchsorted(times, since[chosen], "left")
            last[chosen] = begin + np.searchsorted(times, until[chosen], "left")
        return first, np.maximum(first, last)

    def cut(self, station: I64, last: I64, time: int) -> I64:
        """Ends of ranges, with passes after a time left out."""
        found = last.copy()
        for place in self._places(station):
            begin, end = int(self.start[place]), int(self.start[place + 1])
            known = begin + int(np.searchsorted(self.completed_at[begin:end], time, "right"))
            chosen = station == self.stations[place]
            found[chosen] = np.minimum(found[chosen], known)
        return found

    def _places(self, station: I64) -> list[int]:
        return np.flatnonzero(np.isin(self.stations, station)).tolist()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowList:
    """Windows by lot (by number), each with the passes that it fed. station: by id."""

    lot: I32
    station: I64
    loaded_at: I64
    unloaded_at: I64
    first: I64
    last: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is told of links, passes, windows and subjects, each in the order that its arrays have.

    place: of the open links, then of those that have ended.
    """

    place: Coded
    operation: Coded
    tool: Coded
    program: Coded
    operator: Coded
    work_order: Coded
    slot: Coded
    thing: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """An index of N subjects. Everything that names a subject names its place in `ids`.

    open_start (N + 1), open_parent, open_installed_at: what each is installed in now; open_evidence: how surely.
    ended_component, ended_parent, ended_installed_at, ended_removed_at, ended_evidence: what it was installed in, by
    component.
    installed_in: the unit or lot that each is part of, or NOBODY. details: reads them when they are asked for first.
    """

    ids: I64
    marks: U8
    open_start: I32
    open_parent: I32
    open_installed_at: I64
    open_evidence: U8
    ended_component: I32
    ended_parent: I32
    ended_installed_at: I64
    ended_removed_at: I64
    ended_evidence: U8
    passes: PassList
    windows: WindowList
    installed_in: I32
    codes: Mapping[Grouping, I32]
    texts: Mapping[Grouping, Texts]
    details: Callable[[], Details]

    @property
    def links(self) -> int:
        return len(self.open_parent) + len(self.ended_parent)

    def numbers(self, subject_ids: I64) -> I32:
        """The numbers of subjects; NOBODY for those that are not in the index."""
        return numbers_of(self.ids, subject_ids)


def numbers_of(ids: I64, subject_ids: I64) -> I32:
    """Where subjects stand among sorted ids; NOBODY for those that do not."""
    if not len(ids):
        return np.full(len(subject_ids), NOBODY, np.int32)
    places = np.searchsorted(ids, subject_ids)
    np.minimum(places, len(ids) - 1, out=places)
    return np.where(ids[places] == subject_ids, places, NOBODY).astype(np.int32)


def arranged(tables: Tables) -> Arrays:
    """The index of some tables. Raises TooLarge."""
    links, passes, windows, states = tables.links, tables.passes, tables.windows, tables.states
    ids = _all_ids(states.subject, (links.component, links.parent, passes.unit, windows.lot))
    if max(len(ids), len(links.parent), len(passes.unit)) > ROWS_MAX:
        raise TooLarge(f"the index takes {ROWS_MAX:,} subjects, links and passes of a site")
    pass_list = pass_list_of(passes, numbers_of(ids, passes.unit))
    window_list = window_list_of(windows, numbers_of(ids, windows.lot), pass_list)
    place = numbers_of(ids, states.subject)
    marks = np.zeros(len(ids), np.uint8)
    marks[place] = states.marks
    marks[window_list.lot] |= IS_FED
    component, parent = numbers_of(ids, links.component), numbers_of(ids, links.parent)
    is_open = links.removed_at == NEVER
    opened = _by_component(component, is_open)
    ended = _by_component(component, ~is_open)
    marks[component[ended]] |= HAS_ENDED
    thing = Coded(_spread(place, states.thing.codes, len(ids), 0), states.thing.texts)
    details = _details(tables, opened, ended, thing, window_order=np.argsort(windows.lot, kind="stable"))
    return Arrays(
        ids=ids,
        marks=marks,
        open_start=_starts(component[opened], len(ids)),
        open_parent=parent[opened],
        open_installed_at=links.installed_at[opened],
        open_evidence=links.evidence[opened],
        ended_component=component[ended],
        ended_parent=parent[ended],
        ended_installed_at=links.installed_at[ended],
        ended_removed_at=links.removed_at[ended],
        ended_evidence=links.evidence[ended],
        passes=pass_list,
        windows=window_list,
        installed_in=_spread(place, numbers_of(ids, states.installed_in), len(ids), NOBODY),
        codes={grouping: _spread(place, states.codes[grouping], len(ids), 0) for grouping in Grouping},
        texts={grouping: texts_of(states.texts[grouping]) for grouping in Grouping},
        details=lambda: details,
    )


def _details(tables: Tables, opened: I64, ended: I64, thing: Coded, *, window_order: I64) -> Details:
    passes = tables.passes
    order = _pass_order(passes)
    return Details(
        place=tables.links.place.at(np.concatenate([opened, ended])),
        operation=passes.operation.at(order),
        tool=passes.tool.at(order),
        program=passes.program.at(order),
        operator=passes.operator.at(order),
        work_order=passes.work_order.at(order),
        slot=tables.windows.slot.at(window_order),
        thing=thing,
    )


def _all_ids(own: I64, others: Iterable[I64]) -> I64:
    """Every subject, sorted. Nearly all have a state, so that few are looked for elsewhere."""
    ids = np.unique(own)
    for other in others:
        strange = other[numbers_of(ids, other) == NOBODY]
        if len(strange):
            ids = np.union1d(ids, strange)
    return ids


def _by_component(component: I32, chosen: np.ndarray) -> I64:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(component[rows], kind="stable")]


def _starts(component: I32, count: int) -> I32:
    return np.searchsorted(component, np.arange(count + 1)).astype(np.int32)


def _spread(place: I32, values: I32, count: int, absent: int) -> I32:
    found = np.full(count, absent, np.int32)
    found[place] = values
    return found


def _pass_order(passes: Passes) -> I64:
    return np.lexsort((passes.completed_at, passes.station))


def pass_list_of(passes: Passes, unit: I32) -> PassList:
    """Passes in their order. unit: their units, by number."""
    order = _pass_order(passes)
    station = passes.station[order]
    stations, start = np.unique(station, return_index=True)
    return PassList(
        stations=stations,
        start=np.append(start, len(station)).astype(np.int64),
        unit=unit[order],
        completed_at=passes.completed_at[order],
    )


def window_list_of(windows: Windows, lot: I32, passes: PassList) -> WindowList:
    """Windows in their order, with the passes they fed. lot: their lots, by number."""
    order = np.argsort(lot, kind="stable")
    station, loaded_at, unloaded_at = windows.station[order], windows.loaded_at[order], windows.unloaded_at[order]
    first, last = passes.ranges(station, loaded_at, unloaded_at)
    return WindowList(
        lot=lot[order], station=station, loaded_at=loaded_at, unloaded_at=unloaded_at, first=first, last=last
    )


def texts_of(texts: Sequence[str]) -> Texts:
    encoded = [text.encode() for text in texts]
    start = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=start[1:])
    return Texts(np.frombuffer(b"".join(encoded), np.uint8), start)


def tables_of(arrays: Arrays) -> Tables:
    """The tables an index was made of."""
    ids, passes, windows, details = arrays.ids, arrays.passes, arrays.windows, arrays.details()
    component = np.repeat(ids, np.diff(arrays.open_start))
    return Tables(
        links=Links(
            component=np.concatenate([component, ids[arrays.ended_component]]),
            parent=ids[np.concatenate([arrays.open_parent, arrays.ended_parent])],
            installed_at=np.concatenate([arrays.open_installed_at, arrays.ended_installed_at]),
            removed_at=np.concatenate([np.full(len(component), NEVER), arrays.ended_removed_at]),
            evidence=np.concatenate([arrays.open_evidence, arrays.ended_evidence]),
            place=details.place,
        ),
        passes=Passes(
            station=np.repeat(passes.stations, np.diff(passes.start)),
            unit=ids[passes.unit],
            completed_at=passes.completed_at,
            operation=details.operation,
            tool=details.tool,
            program=details.program,
            operator=details.operator,
            work_order=details.work_order,
        ),
        windows=Windows(
            lot=ids[windows.lot],
            station=windows.station,
            loaded_at=windows.loaded_at,
            unloaded_at=windows.unloaded_at,
            slot=details.slot,
        ),
        states=States(
            subject=ids,
            marks=arrays.marks & np.uint8(0b11),
            installed_in=_ids_or(ids, arrays.installed_in),
            codes=arrays.codes,
            texts={grouping: texts.all() for grouping, texts in arrays.texts.items()},
            thing=details.thing,
        ),
    )


def _ids_or(ids: I64, numbers: I32) -> I64:
    if not len(ids):
        return np.zeros(len(numbers), np.int64)
    return np.where(numbers == NOBODY, 0, ids[numbers])
