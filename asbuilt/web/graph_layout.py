"""Where the things of a genealogy graph are drawn: in layers from left to right, what is in it to the right.

A layer of very many things is folded into several columns, so that a drawing of ten thousand is about as high as it is
wide. Within a layer things stand near what they are linked to (barycentres, Sugiyama, Tagawa and Toda 1981).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 190, 30
"""Of a thing, in pixels at the size at which it is read."""
COLUMN, ROW, GAP = 206, 38, 110
"""From one column, and one row, to the next; and more between two layers."""
ROWS_MIN = 16
"""Rows before a layer is folded."""
SWEEPS = 3

Numbers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """x, y: the middle of each thing, in pixels; the root is at x = 0. level: 0 for the root, above it less."""

    x: Reals
    y: Reals
    level: Numbers


def laid_out(count: int, root: int, above: Sequence[int], below: Sequence[int]) -> Layout:
    """Lay out `count` things, numbered from 0; things above[i] contain things below[i]. Things may contain themselves.

    The order of the numbers decides between equals, so the same graph is always drawn alike.
    """
    over, under = np.asarray(above, np.int64), np.asarray(below, np.int64)
    level = levels(count, root, over, under)
    order = _ordered(level, over, under)
    x, y = np.zeros(count), np.zeros(count)
    for sign in (1, -1):
        edge = COLUMN / 2 if sign > 0 else -COLUMN / 2
        depths = sorted({int(one) for one in level[level * sign > 0]}, key=abs)
        for depth in depths:
            of_layer = np.flatnonzero(level == depth)
            of_layer = of_layer[np.argsort(order[of_layer], kind="stable")]
            rows = _rows(len(of_layer))
            column, row = np.divmod(np.arange(len(of_layer)), rows)
            columns = int(column[-1]) + 1
            x[of_layer] = edge + sign * (GAP + COLUMN * (column + 0.5))
            in_column = np.minimum(rows, len(of_layer) - column * rows)
            y[of_layer] = (row - (in_column - 1) / 2) * ROW
            edge += sign * (GAP + COLUMN * columns)
    return Layout(x, y, level)


def levels(count: int, root: int, above: Numbers, below: Numbers) -> Numbers:
    """How far each thing is below the root (positive) or above it (negative), by the longest way; 0: the root alone.

    Late events and line-fed material can put a thing into itself: on such a ring it is as deep as it is first reached.
    """
    down = _longest(count, root, above, below)
    up = _longest(count, root, below, above)
    return np.where(down > 0, down, -up)


def _longest(count: int, root: int, source: Numbers, target: Numbers) -> Numbers:
    """The longest way from the root to each thing, 0 for what it does not lead to."""
    following: list[list[int]] = [[] for _ in range(count)]
    for one, other in zip(source.tolist(), target.tolist(), strict=True):
        if other not in {one, root}:
            following[one].append(other)
    first = _nearest(root, following)
    entering = np.zeros(count, np.int64)
    for one in first:
        np.add.at(entering, following[one], 1)
    depth, is_done = np.zeros(count, np.int64), np.zeros(count, bool)
    ready = [root]
    for one in ready:  # it grows while it is read
        is_done[one] = True
        for other in following[one]:
            depth[other] = max(depth[other], depth[one] + 1)
            entering[other] -= 1
            if entering[other] == 0:
                ready.append(other)
    for one, steps in first.items():
        if not is_done[one]:
            depth[one] = max(steps, 1)
    return depth


def _nearest(root: int, following: list[list[int]]) -> dict[int, int]:
    """How few links lead from the root to each thing."""
    first, waiting = {root: 0}, [root]
    for one in waiting:  # it grows while it is read
        for other in following[one]:
            if other not in first:
                first[other] = first[one] + 1
                waiting.append(other)
    return first


def _rows(count: int) -> int:
    """How many things stand above each other in a layer."""
    return max(ROWS_MIN, int(np.ceil(np.sqrt(count * COLUMN / ROW))))


def _ordered(level: Numbers, above: Numbers, below: Numbers) -> Reals:
    """The place of each thing within its layer, from 0 to 1: near the middle of what it is linked to."""
    count = len(level)
    place = np.zeros(count)
    layers = [np.flatnonzero(level == one) for one in np.unique(level)]
    for of_layer in layers:
        place[of_layer] = _spread(np.arange(len(of_layer), dtype=np.float64))
    for sweep in range(SWEEPS):
        inward = sweep % 2 == 1
        for of_layer in sorted(layers, key=lambda one: abs(int(level[one[0]])), reverse=inward):
            wanted = _middles(of_layer, place, level, above, below, inward=inward)
            place[of_layer] = _spread(wanted)
    return place


def _middles(of_layer: Numbers, place: Reals, level: Numbers, above: Numbers, below: Numbers, *, inward: bool) -> Reals:
    """The mean place of what each thing of a layer is linked to on one side; where it stands, when that is nothing."""
    count = len(level)
    is_mine = np.zeros(count, bool)
    is_mine[of_layer] = True
    total, links = np.zeros(count), np.zeros(count)
    nearness = np.abs(level)
    for mine, other in ((above, below), (below, above)):
        counts = is_mine[mine] & ((nearness[other] > nearness[mine]) if inward else (nearness[other] < nearness[mine]))
        total += np.bincount(mine[counts], weights=place[other[counts]], minlength=count)
        links += np.bincount(mine[counts], minlength=count)
    return np.where(links[of_layer] > 0, total[of_layer] / np.maximum(links[of_layer], 1), place[of_layer])


def _spread(wanted: Reals) -> Reals:
    """Places from 0 to 1, evenly, in the order that is wanted."""
    spread = np.empty(len(wanted))
    spread[np.argsort(wanted, kind="stable")] = (np.arange(len(wanted)) + 0.5) / max(len(wanted), 1)
    return spread
