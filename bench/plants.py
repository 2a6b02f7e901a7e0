"""Plants by size, each filled once in a run and used by all who measure on it."""

import time
from contextlib import ExitStack

from bench.databases import Made, made
from bench.plant import Plant, fill, trees_for
from bench.report import Report


class Plants:
    """Fills plants when they are first asked for; they are gone with the run."""

    def __init__(self, report: Report, stack: ExitStack) -> None:
        self._report, self._stack = report, stack
        self._filled: dict[tuple[str, int], tuple[Made, Plant]] = {}

    def of(self, kind: str, affected: int, *, units: int = 0) -> tuple[Made, Plant]:
        """A plant with a lot of so many affected units, and with so many units at least."""
        trees = max(trees_for(affected), -(-units // 3))
        key = (kind, trees)
        if key not in self._filled:
            began = time.perf_counter()
            database = self._stack.enter_context(made(kind))
            plant = fill(database, trees)
            self._filled[key] = database, plant
            self._report.say(f"{kind}: a plant of {plant.units:,} units in {time.perf_counter() - began:.0f} s")
        return self._filled[key]
