"""Everything above some units and lots, level by level, with how surely each is reached.

The steps upwards come from SQL or from the genealogy index; what follows from them is worked out here, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asbuilt.projections.fleet.tables import I32, I64, U8

NOTHING = -1
"""What a seed is reached through."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps upwards from a level.

    place: where in the level each begins. parent: by number. strength: of its evidence, 0 the best.
    """

    place: I64
    parent: I32
    strength: U8


Above = Callable[[I32], Steps]
"""Gives the steps upwards from some subjects (numbers, ascending)."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A component that is certainly affected and may be in several things, none of which is certain for it.

    strength: of the weakest step.
    """

    component: int
    strength: int
    candidates: I32


@dataclass(frozen=True, slots=True)
class Closure:
    """What is reached, nearest first and ascending in each level.

    through: the lowest subject of the level before by which each is reached, NOTHING for a seed. seed: the place of the
    seed by which that was reached.
    """

    numbers: I32
    levels: I32
    through: I32
    seeds: I32
    is_certain: NDArray[np.bool_]
    doubts: Sequence[Doubt]


@dataclass(frozen=True, slots=True)
class _Level:
    """The subjects of a level, and the steps from them."""

    numbers: I32
    through: I32
    seeds: I32
    steps: Steps


def closure(above: Above, count: int, seeds: I32, places: I32, *, limit: int) -> Closure:
    """Everything above some seeds of `count` subjects, and what of it is certain by steps of a strength up to `limit`.

    seeds: numbers, ascending, each once. places: of the seed that means each.
    """
    levels = list(_levels(above, count, seeds, places))
    numbers = np.concatenate([level.numbers for level in levels])
    is_certain = _certain(levels, count, seeds, limit)
    return Closure(
        numbers=numbers,
        levels=np.repeat(np.arange(len(levels), dtype=np.int32), [len(level.numbers) for level in levels]),
        through=np.concatenate([level.through for level in levels]),
        seeds=np.concatenate([level.seeds for level in levels]),
        is_certain=is_certain[numbers],
        doubts=[doubt for level in levels for doubt in _doubts(level, is_certain, limit)],
    )


def _levels(above: Above, count: int, seeds: I32, places: I32) -> Sequence[_Level]:
    is_met = np.zeros(count, np.bool_)
    is_met[seeds] = True
    owner = np.empty(count, np.int64)
    numbers, through, places_met = seeds, np.full(len(seeds), NOTHING, np.int32), places
    levels: list[_Level] = []
    while len(numbers) or not levels:
        steps = above(numbers)
        levels.append(_Level(numbers, through, places_met, steps))
        if not len(steps.parent):
            break
        first = _first(steps, is_met, owner)
        parents, begin = steps.parent[first], steps.place[first]
        order = np.argsort(parents, kind="stable")
        through, places_met = numbers[begin[order]], places_met[begin[order]]
        numbers = parents[order]
        is_met[numbers] = True
    return levels


def _first(steps: Steps, is_met: NDArray[np.bool_], owner: I64) -> I64:
    """Of the steps to each subject that was not met before, the one from the lowest subject of the level."""
    new: I64 = np.flatnonzero(~is_met[steps.parent])
    place = steps.place[new]
    if (place[1:] < place[:-1]).any():
        new = new[np.argsort(place, kind="stable")]
    backwards = new[::-1]
    owner[steps.parent[backwards]] = backwards  # whoever writes last owns it, and that is the first
    first: I64 = new[owner[steps.parent[new]] == new]
    return first


def _certain(levels: Sequence[_Level], count: int, seeds: I32, limit: int) -> NDArray[np.bool_]:
    """What is reached by sure steps alone. A step to the same or a lower level asks for another round."""
    is_certain = np.zeros(count, np.bool_)
    is_certain[seeds] = True
    sure = [
        (level.numbers[level.steps.place[is_sure]], level.steps.parent[is_sure])
        for level in levels
        for is_sure in (level.steps.strength <= limit,)
    ]
    is_changed = True
    while is_changed:
        is_changed = False
        expanded = np.zeros(count, np.bool_)
        for component, parent in sure:
            new = parent[is_certain[component] & ~is_certain[parent]]
            is_certain[new] = True
            expanded[component] = True
            is_changed = is_changed or bool(expanded[new].any())
    return is_certain


def _doubts(level: _Level, is_certain: NDArray[np.bool_], limit: int) -> Sequence[Doubt]:
    steps = level.steps
    weak = steps.strength > limit
    if not weak.any():
        return []
    size = len(level.numbers)
    has_weak = np.bincount(steps.place[weak], minlength=size) > 0
    has_sure = np.bincount(steps.place[~weak], minlength=size) > 0
    doubtful = has_weak & ~has_sure & is_certain[level.numbers]
    chosen = np.flatnonzero(doubtful[steps.place])
    chosen = chosen[np.argsort(steps.place[chosen], kind="stable")]
    places = steps.place[chosen]
    found = []
    for some in np.split(chosen, np.flatnonzero(places[1:] != places[:-1]) + 1) if len(chosen) else []:
        component = int(level.numbers[steps.place[some[0]]])
        found.append(Doubt(component, int(steps.strength[some].max()), np.unique(steps.parent[some])))
    return found
