"""The edges of an index one by one, and a walk over them in C; plants that hurt, made of arrays alone."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asbuilt.projections.fleet.arrays import Arrays, arranged
from asbuilt.projections.fleet.tables import (
    LOT,
    NEVER,
    UNIT,
    Coded,
    Grouping,
    Links,
    Passes,
    States,
    Tables,
    Windows,
    blank,
)

SOURCE = Path(__file__).with_name("bfs.c")
HOUR = 3_600_000_000
CUSTOMERS = 40


def compiled(folder: Path) -> ctypes.CDLL | None:
    """The walk in C; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "bfs.so"
    subprocess.run([compiler, "-O3", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    found = ctypes.CDLL(str(library))
    found.bfs.restype = ctypes.c_int64
    return found


def walk_in_c(library: ctypes.CDLL, arrays: Arrays, subject_id: int) -> tuple[Callable[[], int], int]:
    """A walk over every edge that counts now, line-fed ones too; and how many edges there are."""
    component, above = edges(arrays)
    count = len(arrays.ids)
    order = np.argsort(component, kind="stable")
    above = np.ascontiguousarray(above[order])
    start = np.searchsorted(component[order], np.arange(count + 1)).astype(np.int64)
    met, queue = np.empty(count, np.uint8), np.empty(count, np.int32)
    (seed,) = arrays.numbers(np.array([subject_id])).tolist()

    def walk() -> int:
        at_start, at_above, at_met, at_queue = (ctypes.c_void_p(one.ctypes.data) for one in (start, above, met, queue))
        return library.bfs(at_start, at_above, count, seed, at_met, at_queue) - 1

    return walk, len(above)


def edges(arrays: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """(component, parent) by number."""
    opened = np.repeat(np.arange(len(arrays.ids), dtype=np.int32), np.diff(arrays.open_start))
    windows = arrays.windows
    counts = windows.last - windows.first
    fed = np.repeat(windows.lot, counts)
    ends = np.cumsum(counts)
    rows = np.repeat(windows.first - (ends - counts), counts) + np.arange(counts.sum())
    return np.concatenate([opened, fed]), np.concatenate([arrays.open_parent, arrays.passes.unit[rows]])


def one_lot_in_everything(count: int) -> Arrays:
    """Subject 1 is a lot; it is in every unit there is, and these are in nothing."""
    units = np.arange(2, count + 2)
    return _arrays(np.ones(count, np.int64), units, count)


def deep_trees(count: int, depth: int = 1000) -> Arrays:
    """A lot in the lowest of a thousand units each of which is in the next, many times over."""
    units = np.arange(2, count + 2)
    lowest = units[::depth]
    is_lowest = (units - 2) % depth == 0
    component = np.concatenate([np.ones(len(lowest), np.int64), units[:-1][~is_lowest[1:]]])
    return _arrays(component, np.concatenate([lowest, units[1:][~is_lowest[1:]]]), count)


def swapped_parts(count: int, swaps: int = 4) -> Arrays:
    """A module in each board, after four others that were taken out; the lot is in every module."""
    modules = np.arange(2, count // 2 + 2)
    boards = modules + count // 2
    ends = [np.roll(boards, turn) for turn in range(swaps)]
    component = np.concatenate([np.ones(len(modules), np.int64), np.tile(modules, swaps + 1)])
    parent = np.concatenate([modules, boards, *ends])
    removed = np.full(len(parent), NEVER)
    removed[2 * len(modules) :] = 2 * HOUR
    return _arrays(component, parent, count, removed=removed)


def scattered(count: int) -> Arrays:
    """The lot in half of the units, each of them in one of the other half, in no order at all."""
    half = count // 2
    chance = np.random.default_rng(7)
    units = chance.permutation(np.arange(2, count + 2))
    component = np.concatenate([np.ones(half, np.int64), units[:half]])
    return _arrays(component, np.concatenate([units[:half], units[half : 2 * half]]), count)


def many_windows(count: int, passes_each: int = 10, stations: int = 20) -> Arrays:
    """Reels of ten passes each, of one lot of raw material, at twenty stations; every unit passes one."""
    reels = count // passes_each
    lots = np.arange(2, reels + 2)
    units = np.arange(reels + 2, reels + 2 + count)
    turn = np.arange(count)
    windows = Windows(
        lot=lots,
        station=5_000_000_000 + np.arange(reels) % stations,
        loaded_at=np.arange(reels) // stations * HOUR,
        unloaded_at=(np.arange(reels) // stations + 1) * HOUR,
        slot=blank(reels),
    )
    reel = turn % reels
    passes = Passes(
        station=5_000_000_000 + reel % stations,
        unit=units,
        completed_at=reel // stations * HOUR + turn // reels * 1_000_000,
        **_unsaid(count),
    )
    return _arrays(np.ones(reels, np.int64), lots, count + reels, lots=reels, passes=passes, windows=windows)


SHAPES: dict[str, Callable[[int], Arrays]] = {
    "one lot in everything": one_lot_in_everything,
    "a thousand levels": deep_trees,
    "parts swapped four times": swapped_parts,
    "in no order": scattered,
    "reels of ten units": many_windows,
}


def _arrays(
    component: np.ndarray,
    parent: np.ndarray,
    count: int,
    *,
    removed: np.ndarray | None = None,
    lots: int = 0,
    passes: Passes | None = None,
    windows: Windows | None = None,
) -> Arrays:
    """An index of subject 1, a lot, and `count` others, of which the first may be lots too."""
    nothing = np.empty(0, np.int64)
    removed = np.full(len(parent), NEVER) if removed is None else removed
    subject = np.arange(1, count + 2)
    marks = np.where(subject <= lots + 1, LOT, UNIT).astype(np.uint8)
    installed_in = np.zeros(count + 2, np.int64)
    binds = (removed == NEVER) & (component > 1) & (component > lots + 1)
    installed_in[component[binds]] = parent[binds]
    codes = {grouping: np.zeros(count + 1, np.int32) for grouping in Grouping}
    codes[Grouping.STATUS] = (subject % 5).astype(np.int32)
    codes[Grouping.CUSTOMER] = (subject * 7919 % CUSTOMERS).astype(np.int32)
    texts = {grouping: ["", *(f"{grouping}-{number}" for number in range(1, CUSTOMERS))] for grouping in Grouping}
    states = States(
        subject=subject, marks=marks, installed_in=installed_in[1:], codes=codes, texts=texts, thing=blank(count + 1)
    )
    links = Links(
        component=component,
        parent=parent,
        installed_at=np.full(len(parent), HOUR),
        removed_at=removed,
        evidence=np.zeros(len(parent), np.uint8),
        place=blank(len(parent)),
    )
    return arranged(
        Tables(
            links=links,
            passes=passes or Passes(station=nothing, unit=nothing, completed_at=nothing, **_unsaid(0)),
            windows=windows
            or Windows(lot=nothing, station=nothing, loaded_at=nothing, unloaded_at=nothing, slot=blank(0)),
            states=states,
        )
    )


def _unsaid(count: int) -> dict[str, Coded]:
    """What is not told of passes here."""
    return {name: blank(count) for name in ("operation", "tool", "program", "operator", "work_order")}
