"""Which units have which value of which factor, gathered and put in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asbuilt.core.identifiers.text import normal_form
from asbuilt.projections.fleet.tables import I64
from asbuilt.queries.commonality.factors import RECORDED, Factor, Key

I8 = NDArray[np.int8]

_GRADES_MAX = 8
"""Grades that are told apart, RECORDED among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures:
    """For each key the units that have it.

    units: ids, ascending. names: of the keys, as first written. start: where in `place` and `grade` each key begins
    (one more: the end). place: of units in `units`, ascending for a key. grade: the best by which a unit has it, as a
    place in GRADES, or RECORDED.
    """

    units: I64
    keys: Sequence[Key]
    names: Sequence[str]
    start: I64
    place: I64
    grade: I8

    def of(self, key: int) -> tuple[I64, I8]:
        """The units that have a key, by place, and their grades."""
        rows = slice(int(self.start[key]), int(self.start[key + 1]))
        return self.place[rows], self.grade[rows]


class Gathering:
    """Takes what units have, in any order and as often as it is met."""

    def __init__(self, units: I64) -> None:
        self.units = units
        self._spellings: dict[Factor, dict[str, str]] = {}
        self._keys: dict[Factor, dict[str, int]] = {}
        self._waiting: dict[Factor, list[I64]] = {}

    def add(self, factor: Factor, texts: Sequence[str], values: I64, places: I64, grades: I8 | None = None) -> None:
        """Units (by place) have values (by their place in texts); empty texts say nothing. Without grades: recorded."""
        is_there = np.zeros(len(texts), np.bool_)
        is_there[values] = True
        keys = np.full(len(texts), -1, np.int64)
        for value in np.flatnonzero(is_there).tolist():
            keys[value] = self._key(factor, texts[value])
        said = keys[values]
        graded = 0 if grades is None else grades.astype(np.int64) - RECORDED
        packed = (said * len(self.units) + places) * _GRADES_MAX + graded
        self._waiting.setdefault(factor, []).append(packed if (said >= 0).all() else packed[said >= 0])

    def _key(self, factor: Factor, text: str) -> int:
        if not text.strip():
            return -1
        key = normal_form(text)
        spellings = self._spellings.setdefault(factor, {})
        # Of several spellings the first in order, so that an answer does not depend on the order of reading.
        spellings[key] = min(spellings.get(key, text), text)
        keys = self._keys.setdefault(factor, {})
        return keys.setdefault(key, len(keys))

    def exposures(self) -> Exposures:
        """All of it in order: keys by factor, each unit once with its best grade."""
        keys: list[Key] = []
        names: list[str] = []
        lengths, places, grades = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int8)]
        for factor in Factor:
            of_factor = self._keys.get(factor)
            if not of_factor:
                continue
            packed = np.concatenate(self._waiting.pop(factor))
            packed.sort()
            pairs = packed // _GRADES_MAX
            is_first = np.ones(len(pairs), np.bool_)
            np.not_equal(pairs[1:], pairs[:-1], out=is_first[1:])
            pairs = pairs[is_first]
            grades.append((packed[is_first] % _GRADES_MAX + RECORDED).astype(np.int8))
            places.append(pairs % len(self.units))
            lengths.append(np.bincount(pairs // len(self.units), minlength=len(of_factor)).astype(np.int64))
            keys += [(factor, key) for key in of_factor]
            names += [self._spellings[factor][key] for key in of_factor]
        return Exposures(
            units=self.units,
            keys=keys,
            names=names,
            start=np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
            place=np.concatenate(places),
            grade=np.concatenate(grades),
        )
