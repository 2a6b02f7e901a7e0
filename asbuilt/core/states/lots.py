"""How far the pieces of a lot have come: worked out from what was done to some of them at a time.

Pieces of a lot cannot be told apart, so that operations are judged by quantities: at an operation no more is worked on
than has passed what it comes after, and what failed there and is tried again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.event import Event
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot
from asbuilt.core.states.known import Known
from asbuilt.core.states.production import are_within_limits, specification_of
from asbuilt.core.states.records.lots import LotRun
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.routes import step_of

LotWork = LotOperationStarted | LotOperationCompleted
_NONE = Decimal(0)


@dataclass(slots=True)
class Done:
    """What was done to a lot at one operation. retaken quantities count each time."""

    started: Decimal = _NONE
    passed: Decimal = _NONE
    failed: Decimal = _NONE
    scrapped: Decimal = _NONE

    @property
    def taken(self) -> Decimal:
        return self.passed + self.failed + self.scrapped

    @property
    def begun(self) -> Decimal:
        return max(self.started, self.taken)

    @property
    def in_process(self) -> Decimal:
        """Begun and not ended."""
        return self.begun - self.taken


@dataclass(slots=True)
class LotProgress:
    """What was done to a lot, operation by operation. quantity: how much there is, None where it is not counted.

    routing: how it is made, None where no routing applies.
    """

    quantity: Decimal | None
    routing: RoutingState | None
    runs: tuple[LotRun, ...]
    done: dict[Operation, Done] = field(default_factory=dict)

    def at(self, operation: Operation) -> Done:
        return self.done.get(operation, Done())

    def limit(self, operation: Operation) -> Decimal | None:
        """How much of the lot may be worked on at an operation in all, again included; None: any quantity."""
        step = None if self.routing is None else self.routing.steps.get(operation)
        if self.routing is None or step is None:
            come = self.quantity
        elif step.is_rework:
            come = sum((self._sent_to_rework(name) for name in self.routing.before[operation]), _NONE)
        else:
            come = self._come(step)
        if come is None:
            return None
        return come + self.at(operation).failed + self._led_back(operation) - self._reworked(operation)

    def room(self, operation: Operation) -> Decimal | None:
        """How much more may be begun at an operation."""
        limit = self.limit(operation)
        if limit is None:
            return None
        left = limit - self.at(operation).begun
        step = None if self.routing is None else self.routing.steps.get(operation)
        if self.routing is not None and step is not None and step.is_rework:
            # What was tried again instead is not reworked as well.
            before = [name for name in self.routing.before[operation] if not self.routing.steps[name].is_rework]
            limits = [self.limit(name) for name in before]
            if before and None not in limits:
                open_there = (
                    one - self.at(name).taken for name, one in zip(before, limits, strict=True) if one is not None
                )
                left = min(left, sum(open_there, _NONE))
        return max(_NONE, left)

    def overrun(self) -> Operation | None:
        """An operation at which more was worked on than has come to it."""
        for operation, done in self.done.items():
            limit = self.limit(operation)
            if limit is not None and done.taken > limit:
                return operation
        return None

    def _come(self, step: RouteOperation) -> Decimal | None:
        assert self.routing is not None, "only steps of a routing are asked for"
        before = [self._out_of(self.routing.steps[name]) for name in self.routing.before[step.operation]]
        counted = [one for one in before if one is not None]
        return min(counted) if counted else self.quantity

    def _out_of(self, step: RouteOperation) -> Decimal | None:
        """How much has left an operation of the main route; what is optional need not have been there at all."""
        if not step.is_optional:
            return self.at(step.operation).passed
        come = self._come(step)
        return None if come is None else come - self.at(step.operation).scrapped

    def _sent_to_rework(self, operation: Operation) -> Decimal:
        assert self.routing is not None, "only steps of a routing are asked for"
        done = self.at(operation)
        return done.passed if self.routing.steps[operation].is_rework else done.failed

    def _led_back(self, operation: Operation) -> Decimal:
        """How much a rework has led back to an operation."""
        steps = () if self.routing is None else self.routing.operations
        return sum((self.at(one.operation).passed for one in steps if one.rejoins_at == operation), _NONE)

    def _reworked(self, operation: Operation) -> Decimal:
        """How much of what failed at an operation went into rework, instead of being tried again."""
        if self.routing is None or operation not in self.routing.steps or self.routing.steps[operation].is_rework:
            return _NONE
        after = (one for one in self.routing.operations if one.is_rework)
        mine = (one.operation for one in after if operation in self.routing.before[one.operation])
        return sum((self.at(name).taken - self.at(name).failed for name in mine), _NONE)

    def ready(self, step: RouteOperation, quantity: Decimal) -> tuple[datetime, datetime] | None:
        """When the first and the last of the next pieces had passed what comes before, first in first out."""
        assert self.routing is not None, "only steps of a routing are asked for"
        done = self.at(step.operation)
        first = max(_NONE, done.begun - done.failed)
        spans = [
            span
            for name in self.routing.before[step.operation]
            if (span := _passed_between(self.runs, name, first, first + quantity)) is not None
        ]
        return (max(one[0] for one in spans), max(one[1] for one in spans)) if spans else None


def _passed_between(
    runs: Iterable[LotRun], operation: Operation, first: Decimal, end: Decimal
) -> tuple[datetime, datetime] | None:
    """When pieces number `first` to `end` passed an operation: the earliest and the latest of them."""
    count, times = _NONE, []
    for run in runs:
        if run.operation == operation and run.passed:
            if count < end and count + run.passed > first:
                times.append(run.happened_at)
            count += run.passed
    return (min(times), max(times)) if times else None


def progress(quantity: Decimal | None, routing: RoutingState | None, runs: Iterable[LotRun]) -> LotProgress:
    """Where runs, in the order of their recording, have brought a lot."""
    found = LotProgress(quantity, routing, tuple(runs))
    for run in found.runs:
        done = found.done.setdefault(run.operation, Done())
        done.started += run.started
        done.passed += run.passed
        done.failed += run.failed
        done.scrapped += run.scrapped
    return found


def progress_of(known: Known, lot: Lot, *, without: int | None = None) -> LotProgress | None:
    """How far a lot has come, without what the event at a sequence says; None when it does not exist."""
    state = known.lot(lot)
    if state is None:
        return None
    runs = [one for one in runs_of(known, lot) if one.sequence != without]
    return progress(state.quantity, routing_of_lot(known, lot), runs)


def routing_of_lot(known: Known, lot: Lot) -> RoutingState | None:
    """How a lot is made: by the routing of its part that applied when it was defined."""
    state = known.lot(lot)
    return None if state is None else known.routing_at(lot.part, state.defined_at)


def required(known: Known, event: Event) -> RouteOperation | None:
    """What the routing of a unit or lot asks for where an event works on it; None where it says nothing."""
    if not isinstance(event, LotOperationStarted | LotOperationCompleted):
        found = step_of(known, event)
        return None if found is None else found[1]
    routing = routing_of_lot(known, event.lot) if known.routings_of else None
    return None if routing is None else routing.steps.get(event.operation)


def runs_of(known: Known, lot: Lot) -> Iterator[LotRun]:
    found = (known.lot_runs.get(sequence) for sequence in sorted(known.lot_runs_of.get(lot, ())))
    return (run for run in found if run is not None)


def newly_begun(event: LotWork, found: LotProgress) -> Decimal:
    """How much the event begins: all of a start, and what of a completion no start was reported of."""
    if isinstance(event, LotOperationStarted):
        return event.quantity
    taken = event.passed + event.failed + event.scrapped
    return max(_NONE, taken - found.at(event.operation).in_process)


def was_begun(event: LotOperationCompleted, known: Known) -> bool:
    """Whether a start of all that ended was reported; that it was done is then a fact to keep."""
    found = progress_of(known, event.lot)
    return found is not None and not newly_begun(event, found)


def judged_quantities(known: Known, event: LotOperationCompleted) -> tuple[Decimal, Decimal]:
    """What passed and what failed: all of it failed where a value lies outside its limits."""
    if are_within_limits(event, specification_of(known, event)):
        return event.passed, event.failed
    return _NONE, event.passed + event.failed


def fold_lot_operation_started(known: Known, event: LotOperationStarted, sequence: int) -> None:
    _add(known, event, sequence, started=event.quantity)


def fold_lot_operation_completed(known: Known, event: LotOperationCompleted, sequence: int) -> None:
    passed, failed = judged_quantities(known, event)
    _add(known, event, sequence, passed=passed, failed=failed, scrapped=event.scrapped)
    _scrap(known, event.lot, event.scrapped)


def _add(
    known: Known,
    event: LotWork,
    sequence: int,
    *,
    started: Decimal = _NONE,
    passed: Decimal = _NONE,
    failed: Decimal = _NONE,
    scrapped: Decimal = _NONE,
) -> None:
    run = LotRun(
        sequence=sequence,
        lot=event.lot,
        operation=event.operation,
        station=event.station,
        work_order=event.work_order,
        started=started,
        passed=passed,
        failed=failed,
        scrapped=scrapped,
        happened_at=event.event_time,
    )
    known.lot_runs.put(sequence, run)
    index_run(known, run)


def undo_lot_operation(known: Known, event: LotWork, sequence: int) -> None:
    run = known.lot_runs.get(sequence)
    known.lot_runs.take_out(sequence)
    _scrap(known, event.lot, _NONE if run is None else -run.scrapped)


def _scrap(known: Known, lot: Lot, quantity: Decimal) -> None:
    state = known.lot(lot)
    if state is not None and quantity:
        known.lots.put(lot, replace(state, scrapped=state.scrapped + quantity))


def index_run(known: Known, run: LotRun) -> None:
    known.lot_runs_of.setdefault(run.lot, set()).add(run.sequence)
