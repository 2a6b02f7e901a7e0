"""Where a unit stands on its routing: worked out from what was done to it, in the order in which it was recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from asbuilt.core.events.defects import DefectDispositioned
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Result
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.production import OperationRun
from asbuilt.core.states.records.routings import RoutingState


@dataclass(slots=True)
class Position:
    """How far a unit has come: of each operation the latest run that counts, and how often it was tried.

    rework: the rework operation done last, while none has led back. accepted: the failed runs, by their sequence, of
    which every defect was taken as it is. Read only, once it is worked out.
    """

    routing: RoutingState
    accepted: frozenset[int] = frozenset()
    last: dict[Operation, OperationRun] = field(default_factory=dict)
    attempts: Counter[Operation] = field(default_factory=Counter)
    made_good: set[Operation] = field(default_factory=set)
    """Operations that failed, before the place at which a rework led back."""
    rejoined: dict[Operation, OperationRun] = field(default_factory=dict)
    """The rework that led back to an operation."""
    rework: Operation | None = None

    def has_passed(self, operation: Operation) -> bool:
        run = self.last.get(operation)
        if run is None or run.result is Result.PASSED:
            return run is not None or operation in self.made_good
        return operation in self.made_good or run.sequence in self.accepted

    def has_failed(self, operation: Operation) -> bool:
        return operation in self.last and not self.has_passed(operation)

    def missing(self, step: RouteOperation) -> list[Operation]:
        """What has to be passed before an operation of the main route, and is not.

        What has passed is looked behind: where the interlock was overridden, what was left out is still to be done.
        """
        found: dict[Operation, None] = {}
        seen: set[Operation] = set()
        waiting = [*self._relied_on(step)]
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if self.has_passed(name):
                waiting.extend(self._relied_on(self.routing.steps[name]))
            else:
                found[name] = None
        return list(found)

    def _relied_on(self, step: RouteOperation) -> Iterator[Operation]:
        """What a step comes after; in place of what was left out, what that comes after."""
        for name in self.routing.before[step.operation]:
            before = self.routing.steps[name]
            if before.is_optional and name not in self.last and name not in self.made_good:
                yield from self._relied_on(before)
            else:
                yield name

    def follows_a_failure(self, step: RouteOperation) -> bool:
        """Whether what a rework operation comes after has failed, or is a rework operation that has passed."""
        return any(
            self.has_passed(name) if self.routing.steps[name].is_rework else self.has_failed(name)
            for name in self.routing.before[step.operation]
        )

    def is_in_turn(self, step: RouteOperation) -> bool:
        """Whether the order of the routing lets it be done now."""
        if self.has_passed(step.operation) and not step.is_repeatable:
            return False
        if step.is_rework:
            return self.follows_a_failure(step)
        return self.rework is None and not self.missing(step)

    def next_operations(self) -> list[Operation]:
        """What may be done now, in the order of the routing; what has passed is not named again."""
        return [
            one.operation
            for one in self.routing.operations
            if self.is_in_turn(one) and not self.has_passed(one.operation) and self.has_attempts_left(one)
        ]

    def has_attempts_left(self, step: RouteOperation) -> bool:
        return step.attempts_max is None or self.attempts[step.operation] < step.attempts_max

    def ready_since(self, step: RouteOperation) -> datetime | None:
        """When the last of what a step comes after ended, or the rework that led back to it."""
        runs = [self.last.get(name) for name in self._relied_on(step)]
        runs.append(self.rejoined.get(step.operation))
        return max((run.completed_at for run in runs if run is not None), default=None)


def position(
    routing: RoutingState, runs: Iterable[OperationRun], *, accepted: frozenset[int] = frozenset()
) -> Position:
    """Where runs, in the order of their recording, have led. What is not on the routing leads nowhere."""
    found = Position(routing, accepted)
    for run in runs:
        step = routing.steps.get(run.operation)
        if step is None:
            continue
        found.attempts[run.operation] += 1
        found.last[run.operation] = run
        found.made_good.discard(run.operation)
        found.rework = run.operation if step.is_rework else None
        if step.rejoins_at and run.result is Result.PASSED:
            _rejoin(found, step, run)
    return found


def _rejoin(found: Position, step: RouteOperation, run: OperationRun) -> None:
    """Go back to the main route: what comes from there on is to be done again."""
    again = found.routing.from_there_on(step.rejoins_at)
    for name in list(found.last):
        if name in again:
            del found.last[name], found.attempts[name]
        elif found.routing.steps[name].is_rework:
            del found.last[name]
        elif found.has_failed(name):
            found.made_good.add(name)
    found.made_good -= again
    found.rejoined[step.rejoins_at] = run
    found.rework = None


def position_of(known: Known, event: OperationStarted | OperationCompleted | DefectDispositioned) -> Position | None:
    """Where the unit of an event stands; None when no routing applies to it. Worked out once for all rules."""
    if not known.routings_of:
        return None  # most plants, many times a second
    if known.last_placed is None or known.last_placed[0] is not event:
        routing = known.routing_of(event.unit)
        placed = None
        if routing is not None:
            placed = position(routing, known.runs(event.unit), accepted=known.accepted_runs(event.unit))
        known.last_placed = (event, placed)
    found = known.last_placed[1]
    assert found is None or isinstance(found, Position), "only this function writes it"
    return found


def was_judged_at_its_start(event: OperationStarted | OperationCompleted, known: Known) -> bool:
    """Whether the work began when it was in its turn; that it was done is then a fact to keep."""
    return isinstance(event, OperationCompleted) and known.open_start(event.unit, event.operation) is not None


def step_of(known: Known, event: Event) -> tuple[Position, RouteOperation] | None:
    """Where the unit stands and the operation of its routing that an event is about; None when there is neither."""
    if not known.routings_of or not isinstance(event, OperationStarted | OperationCompleted):
        return None  # without routings, which most plants have, twelve rules ask in vain for every event
    place = position_of(known, event)
    step = None if place is None else place.routing.steps.get(event.operation)
    return None if place is None or step is None else (place, step)


def last_main(steps: Iterable[RouteOperation]) -> Operation:
    """The last operation of the main route that every unit passes; where all are optional, the last of them."""
    main = [one for one in steps if not one.is_rework]
    return next((one.operation for one in reversed(main) if not one.is_optional), main[-1].operation)
