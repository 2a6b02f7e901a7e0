"""The work done on one unit, told attempt by attempt. Definitions: docs/concepts/yield.md."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """An operation completed on a unit. Times are microseconds since 1970."""

    unit_id: int
    part_id: int
    operation: str
    station_id: int | None
    order_id: int | None
    started_at: int | None
    completed_at: int
    passed: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run, and what it was among those of its unit.

    is_first: the operation was not done on the unit before. passed_at_last: whether the last of its attempts passed.
    took: from start to completion. waited: from the last completion of anything before, to the start. Microseconds,
    None where no start was reported, or one after the completion.
    """

    run: Run
    is_first: bool
    passed_at_last: bool
    took: int | None
    waited: int | None


def attempts_of(runs: Sequence[Run]) -> Iterator[Attempt]:
    """What each run of one unit was. runs: all of them up to some time, in order of completion, then of recording."""
    completions = [run.completed_at for run in runs]
    passed_at_last = {run.operation: run.passed for run in runs}
    done: set[str] = set()
    for place, run in enumerate(runs):
        started = run.started_at
        if started is None or started > run.completed_at:
            took = waited = None
        else:
            took = run.completed_at - started
            before = bisect_right(completions, started) - 1
            if before == place:  # the run itself took no time
                before -= 1
            waited = started - completions[before] if before >= 0 else None
        yield Attempt(run, run.operation not in done, passed_at_last[run.operation], took, waited)
        done.add(run.operation)
