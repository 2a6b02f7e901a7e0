"""An index with its tail: what a walk asks, as it stands in one moment."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from asbuilt.projections.fleet.arrays import (
    NOBODY,
    Arrays,
    arranged,
    numbers_of,
    pass_list_of,
    tables_of,
    window_list_of,
)
from asbuilt.projections.fleet.tables import (
    I32,
    I64,
    U8,
    Coded,
    Grouping,
    Links,
    Passes,
    States,
    Tables,
    Windows,
    joined,
)
from asbuilt.projections.fleet.tail import Tail

T = TypeVar("T", Links, Passes, Windows)

REMADE, COMPONENT, ADDED, RELOADED, RESTATED = 1, 2, 4, 8, 16
"""Changes of a subject: its links as a parent, passes and windows are read from the tail; its links as a component; it
has links, windows in the tail; its state is in the tail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLinks:
    """Links of the tail, by component; subjects by number."""

    component: I32
    parent: I32
    installed_at: I64
    removed_at: I64
    evidence: U8


class Live:
    """The arrays of an index, and what its tail puts in their place.

    Subjects that only the tail knows have the numbers after those of the index.
    """

    def __init__(self, arrays: Arrays, tail: Tail) -> None:
        self.arrays = arrays
        self.tail = tail
        tables = tail.tables
        links, passes, windows, states = tables.links, tables.passes, tables.windows, tables.states
        named = (links.component, links.parent, passes.unit, windows.lot, states.subject)
        named_ids = np.unique(np.concatenate(named)) if tail.events else np.empty(0, np.int64)
        self._new_ids = named_ids[numbers_of(arrays.ids, named_ids) == NOBODY]
        self.is_changed = tail.events > 0
        self.links = self._links_in_order(links)
        self.passes = pass_list_of(passes, self.numbers(passes.unit))
        self.windows = window_list_of(windows, self.numbers(windows.lot), arrays.passes)
        self._states = states
        self._restated = self.numbers(states.subject)
        self._order = np.argsort(self._restated)
        self._installed_in = self.numbers(states.installed_in)
        self.changes = self._changes()
        self.marks = self._marks()

    def __len__(self) -> int:
        """How many subjects there are."""
        return len(self.arrays.ids) + len(self._new_ids)

    def numbers(self, subject_ids: I64) -> I32:
        """The numbers of subjects; NOBODY for those that are not known."""
        found = self.arrays.numbers(subject_ids)
        if len(self._new_ids):
            new = numbers_of(self._new_ids, subject_ids)
            found = np.where(new == NOBODY, found, new + np.int32(len(self.arrays.ids)))
        return found

    def ids(self, numbers: I32) -> I64:
        """The ids of subjects."""
        return self.all_ids[numbers]

    @cached_property
    def all_ids(self) -> I64:
        """The ids of all subjects, by number."""
        return np.concatenate([self.arrays.ids, self._new_ids]) if len(self._new_ids) else self.arrays.ids

    def _links_in_order(self, links: Links) -> AddedLinks:
        component = self.numbers(links.component)
        order = np.argsort(component, kind="stable")
        return AddedLinks(
            component=component[order],
            parent=self.numbers(links.parent)[order],
            installed_at=links.installed_at[order],
            removed_at=links.removed_at[order],
            evidence=links.evidence[order],
        )

    def _changes(self) -> U8:
        changes = np.zeros(len(self), np.uint8)
        tail = self.tail
        for bit, numbers in (
            (REMADE, self.numbers(tail.remade)),
            (COMPONENT, self.numbers(tail.components)),
            (RESTATED, self.numbers(tail.restated)),
            (ADDED, self.links.component),
            (RELOADED, self.windows.lot),
        ):
            changes[numbers[numbers != NOBODY]] |= np.uint8(bit)
        return changes

    def _marks(self) -> U8:
        if not self.is_changed:
            return self.arrays.marks
        marks = np.concatenate([self.arrays.marks, np.zeros(len(self._new_ids), np.uint8)])
        marks[(self.changes & RESTATED) != 0] &= np.uint8(0b11111100)
        marks[self._restated] |= self._states.marks
        return marks

    def installed_in(self, numbers: I32) -> I32:
        """The unit or lot that each of some subjects is part of, or NOBODY."""
        return self._state(numbers, self.arrays.installed_in, self._installed_in, absent=NOBODY)

    def codes(self, grouping: Grouping, numbers: I32) -> I32:
        """What some subjects are grouped under; `text` says what a code means. Two codes may mean the same."""
        return self._state(numbers, self.arrays.codes[grouping], self._tail_codes(grouping), absent=0)

    def _tail_codes(self, grouping: Grouping) -> I32:
        return self._states.codes[grouping] + np.int32(len(self.arrays.texts[grouping]))

    def codes_of(self, grouping: Grouping) -> int:
        """How many codes there are."""
        return len(self.arrays.texts[grouping]) + len(self._states.texts[grouping])

    def text(self, grouping: Grouping, code: int) -> str:
        texts = self.arrays.texts[grouping]
        return texts[code] if code < len(texts) else self._states.texts[grouping][code - len(texts)]

    def _state(self, numbers: I32, own: I32, restated: I32, *, absent: int) -> I32:
        if not self.is_changed:
            return own.take(numbers)
        # Whoever is new is in the tail, so that what is found for it beyond the end is not kept.
        found = own.take(numbers, mode="clip") if len(own) else np.full(len(numbers), absent, np.int32)
        places = np.flatnonzero(self.changes.take(numbers) & RESTATED)
        if len(places):
            found[places] = absent
            order = self._order
            asked = numbers[places]
            at = np.searchsorted(self._restated, asked, sorter=order)
            np.minimum(at, max(len(order) - 1, 0), out=at)
            has_row = self._restated[order[at]] == asked if len(order) else np.zeros(len(asked), bool)
            found[places[has_row]] = restated[order[at[has_row]]]
        return found


def followed(arrays: Arrays, tail: Tail) -> Arrays:
    """The index as it would be if it were built at the end of the tail."""
    old, new = tables_of(arrays), tail.tables
    is_kept = ~(np.isin(old.links.parent, tail.remade) | np.isin(old.links.component, tail.components))
    passed, loaded = ~np.isin(old.passes.unit, tail.remade), ~np.isin(old.windows.lot, tail.remade)
    return arranged(
        Tables(
            links=_joined(Links, old.links, is_kept, new.links),
            passes=_joined(Passes, old.passes, passed, new.passes),
            windows=_joined(Windows, old.windows, loaded, new.windows),
            states=_states_joined(old.states, ~np.isin(old.states.subject, tail.restated), new.states),
        )
    )


def _joined(kind: type[T], old: T, is_kept: NDArray[np.bool_], new: T) -> T:
    columns: dict[str, Any] = {}
    for one in fields(kind):
        before, after = getattr(old, one.name), getattr(new, one.name)
        is_text = isinstance(before, Coded)
        columns[one.name] = joined(before, is_kept, after) if is_text else np.concatenate([before[is_kept], after])
    return kind(**columns)


def _states_joined(old: States, is_kept: NDArray[np.bool_], new: States) -> States:
    grouped = {
        one: joined(Coded(old.codes[one], old.texts[one]), is_kept, Coded(new.codes[one], new.texts[one]))
        for one in Grouping
    }
    return States(
        subject=np.concatenate([old.subject[is_kept], new.subject]),
        marks=np.concatenate([old.marks[is_kept], new.marks]),
        installed_in=np.concatenate([old.installed_in[is_kept], new.installed_in]),
        codes={one: coded.codes for one, coded in grouped.items()},
        texts={one: coded.texts for one, coded in grouped.items()},
        thing=joined(old.thing, is_kept, new.thing),
    )
