"""How far the pieces of a lot have come: worked out from what was done to some of them at a time.

Pieces of a lot cannot be told apart, so that operations are judged by quantities: at an operation no more is worked on
than has passed what it comes after, and no more is tried again than has failed there.
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
from asbuilt.core.states.records.orders import WorkOrderState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.routes import last_main, step_of

LotWork = LotOperationStarted | LotOperationCompleted
_NONE = Decimal(0)


@dataclass(slots=True)
class Tries:
    """What was done to a lot at an operation the first time, or what was done again to what had failed there."""

    started: Decimal = _NONE
    taken: Decimal = _NONE

    @property
    def begun(self) -> Decimal:
        return max(self.started, self.taken)

    @property
    def in_process(self) -> Decimal:
        """Begun and not ended."""
        return self.begun - self.taken


@dataclass(slots=True)
class Done:
    """What was done to a lot at one operation; passed, failed and scrapped the first time and again."""

    first: Tries = field(default_factory=Tries)
    again: Tries = field(default_factory=Tries)
    passed: Decimal = _NONE
    failed: Decimal = _NONE
    scrapped: Decimal = _NONE

    def tries(self, *, is_retry: bool) -> Tries:
        return self.again if is_retry else self.first

    def add(self, run: LotRun) -> None:
        tries = self.tries(is_retry=run.is_retry)
        tries.started += run.started
        tries.taken += run.taken
        self.passed += run.passed
        self.failed += run.failed
        self.scrapped += run.scrapped


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
        return self.done.get(operation) or Done()

    def left(self, operation: Operation, *, is_retry: bool = False) -> Decimal | None:
        """How much more of the lot may be begun at an operation: what came and is not begun, or (is_retry) what failed.

        None: any quantity. Below zero when what was begun is more than has come, as only an override lets it be.
        """
        if is_retry:
            return self.open_failures(operation)
        step = None if self.routing is None else self.routing.steps.get(operation)
        begun = self.at(operation).first.begun
        if step is None:
            return None if self.quantity is None else self.quantity - begun
        if step.is_rework:
            return self._waits_for_rework(step)
        come = self._come(step)
        return None if come is None else come + self._led_back(operation) - begun

    def open_failures(self, operation: Operation) -> Decimal:
        """How much failed at an operation and is neither tried again nor in rework.

        Rework that takes what failed elsewhere, too, is taken to have begun with that.
        """
        done = self.at(operation)
        found = done.failed - done.again.begun
        if self._is_rework(operation):
            return found
        for rework in self._reworks_of({operation}):
            others = sum((self._for_rework(name) for name in self._before(rework) if name != operation), _NONE)
            found -= max(_NONE, self.at(rework.operation).first.begun - others)
        return found

    def _for_rework(self, operation: Operation) -> Decimal:
        """What may go into rework: what failed and was not tried again; of a rework operation, what passed."""
        done = self.at(operation)
        return done.passed if self._is_rework(operation) else done.failed - done.again.begun

    def _is_rework(self, operation: Operation) -> bool:
        return self.routing is not None and operation in self.routing.steps and self.routing.steps[operation].is_rework

    def overrun(self) -> list[Operation]:
        """The operations at which more was begun than has come to them, as only an override lets it be."""
        return [one for one in self.done if any((self.left(one, is_retry=again) or 0) < 0 for again in (False, True))]

    def _come(self, step: RouteOperation) -> Decimal | None:
        before = [self._out_of(self._step(name)) for name in self._before(step)]
        counted = [one for one in before if one is not None]
        return min(counted) if counted else self.quantity

    def _out_of(self, step: RouteOperation) -> Decimal | None:
        """How much has left an operation of the main route; what is optional need not have been there at all."""
        done = self.at(step.operation)
        if not step.is_optional:
            return done.passed
        come = self._come(step)
        return None if come is None else come + self._led_back(step.operation) - done.first.begun + done.passed

    def _waits_for_rework(self, step: RouteOperation) -> Decimal:
        before = self._before(step)
        begun = (self.at(one.operation).first.begun for one in self._reworks_of(set(before)))
        return sum(map(self._for_rework, before), _NONE) - sum(begun, _NONE)

    def _step(self, operation: Operation) -> RouteOperation:
        assert self.routing is not None, "only steps of a routing are asked for"
        return self.routing.steps[operation]

    def _before(self, step: RouteOperation) -> tuple[Operation, ...]:
        assert self.routing is not None, "only steps of a routing are asked for"
        return self.routing.before[step.operation]

    def _led_back(self, operation: Operation) -> Decimal:
        """How much a rework has led back to an operation."""
        steps = () if self.routing is None else self.routing.operations
        return sum((self.at(one.operation).passed for one in steps if one.rejoins_at == operation), _NONE)

    def _reworks_of(self, operations: set[Operation]) -> Iterator[RouteOperation]:
        """The rework operations that take what failed at any of some operations."""
        steps = () if self.routing is None else self.routing.operations
        yield from (one for one in steps if one.is_rework and not operations.isdisjoint(self._before(one)))

    def ready(self, step: RouteOperation, quantity: Decimal) -> tuple[datetime, datetime] | None:
        """When the first and the last of the next pieces had passed what comes before, first in first out."""
        first = self.at(step.operation).first.begun
        spans = [
            span
            for name in self._before(step)
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
        found.done.setdefault(run.operation, Done()).add(run)
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


def made_under(known: Known, order: WorkOrderState) -> tuple[int, int, int]:
    """How much of lots was begun, is good and was scrapped under an order, in whole pieces, where that was asked for.

    Good is what has passed the last operation of the order, else of the main route.
    """
    runs: dict[Lot, list[LotRun]] = {}
    for run in known.lot_runs:
        if run.work_order == order.work_order:
            runs.setdefault(run.lot, []).append(run)
    started = good = scrapped = _NONE
    for lot, mine in runs.items():
        routing = routing_of_lot(known, lot)
        come = progress(None, routing, mine)
        firsts = come.done if routing is None else [name for name, before in routing.before.items() if not before]
        started += max((come.at(name).first.begun for name in firsts), default=_NONE)
        last = order.last_operation or ("" if routing is None else last_main(routing.operations))
        good += come.at(Operation(last)).passed
        scrapped += sum((one.scrapped for one in come.done.values()), _NONE)
    return int(started), int(good), int(scrapped)


def newly_begun(event: LotWork, found: LotProgress) -> Decimal:
    """How much the event begins: all of a start, and what of a completion no start was reported of."""
    if isinstance(event, LotOperationStarted):
        return event.quantity
    taken = event.passed + event.failed + event.scrapped
    return max(_NONE, taken - found.at(event.operation).tries(is_retry=event.is_retry).in_process)


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
        is_retry=event.is_retry,
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
