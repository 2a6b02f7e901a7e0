"""What a routing is made of: its operations, and what each asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.core.events.event import EventProblem, check_given, check_quantity
from asbuilt.core.identifiers.names import Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Part, Specification, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteComponent:
    """What has to be installed at a place before an operation is completed.

    quantity: of the part or an alternate at that place, in its uom. revision: of a component that is a unit.
    """

    reference_designator: ReferenceDesignator
    part: Part
    alternates: tuple[Part, ...] = ()
    quantity: Decimal | None = None
    revision: str = ""

    def check(self) -> None:
        """Raise EventProblem when nothing could ever be the component."""
        check_given(reference_designator=self.reference_designator)
        check_quantity(self.quantity, what=f"quantity of {self.reference_designator}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOperation:
    """A step of a routing, and what may be done where, when, with what and by whom.

    after: what has to be passed before; left out: the operation before it in the list that is no rework; empty:
    nothing. Of a rework operation: the operations of which one has failed, or the rework operation that it follows.
    wait_min_s, wait_max_s: how long after those it begins at the earliest (cure) and at the latest (open time).
    rejoins_at: the operation from which on the main route is done again when this rework operation has passed.
    needs_disposition: when it has failed, nothing is done before it was decided what becomes of what it found.
    """

    operation: Operation
    after: tuple[Operation, ...] | None = None
    is_optional: bool = False
    is_repeatable: bool = False
    stations: tuple[Station, ...] = ()
    tool_class: str = ""
    program: str = ""
    qualifications: tuple[str, ...] = ()
    specification: Specification | None = None
    components: tuple[RouteComponent, ...] = ()
    attempts_max: int | None = None
    wait_min_s: int | None = None
    wait_max_s: int | None = None
    is_rework: bool = False
    rejoins_at: Operation = Operation("")
    needs_disposition: bool = False

    def check(self) -> None:
        """Raise EventProblem when the fields contradict each other."""
        check_given(operation=self.operation)
        if self.attempts_max is not None and self.attempts_max < 1:
            raise EventProblem(f"{self.operation}: attempts_max {self.attempts_max} allows none; give at least 1")
        least, most = self.wait_min_s or 0, self.wait_max_s
        if least < 0 or (most is not None and most < least):
            raise EventProblem(f"{self.operation}: no wait is from {least} to {most} seconds")
        if self.rejoins_at and not self.is_rework:
            raise EventProblem(f"{self.operation}: only a rework operation has rejoins_at")
        if self.is_rework and self.is_optional:
            raise EventProblem(f"{self.operation}: a rework operation is done after a failure only, so not is_optional")
        places = [component.reference_designator for component in self.components]
        if len(set(places)) != len(places):
            raise EventProblem(f"{self.operation}: components names a reference designator twice")
        for component in self.components:
            component.check()


def predecessors(operations: Iterable[RouteOperation]) -> dict[Operation, tuple[Operation, ...]]:
    """What each operation comes after, with what is left out filled in."""
    found: dict[Operation, tuple[Operation, ...]] = {}
    main: tuple[Operation, ...] = ()
    any_kind: tuple[Operation, ...] = ()
    for one in operations:
        before = any_kind if one.is_rework else main
        found[one.operation] = before if one.after is None else one.after
        any_kind = (one.operation,)
        if not one.is_rework:
            main = any_kind
    return found


def check_route(operations: Sequence[RouteOperation]) -> None:
    """Raise EventProblem unless every operation can be reached, and every rework leads back."""
    before = predecessors(operations)
    if len(before) != len(operations):
        raise EventProblem("operations names the same operation twice")
    steps = {one.operation: one for one in operations}
    earlier: set[Operation] = set()
    for one in operations:
        one.check()
        _check_before(one, before[one.operation], earlier, steps)
        if one.is_rework:
            _check_way_back(one, before, steps)
        earlier.add(one.operation)


def _check_before(
    one: RouteOperation, before: Iterable[Operation], earlier: set[Operation], steps: Mapping[Operation, RouteOperation]
) -> None:
    for name in before:
        if name not in earlier:
            raise EventProblem(f"{one.operation} is after {name}, which is not listed before it")
        if steps[name].is_rework and not one.is_rework:
            raise EventProblem(f"{one.operation} is after rework {name}; say rejoins_at there instead")
    if not before and (one.wait_min_s is not None or one.wait_max_s is not None):
        raise EventProblem(f"{one.operation} is after nothing, so there is nothing to wait for")


def _check_way_back(
    one: RouteOperation, before: Mapping[Operation, tuple[Operation, ...]], steps: Mapping[Operation, RouteOperation]
) -> None:
    if not before[one.operation]:
        raise EventProblem(f"rework {one.operation} is after nothing; name the operation whose failure leads to it")
    if one.rejoins_at:
        there = steps.get(one.rejoins_at)
        if there is None or there.is_rework:
            raise EventProblem(f"{one.operation} rejoins_at {one.rejoins_at}, which is no operation of the main route")
    elif not any(steps[name].is_rework and one.operation in before[name] for name in before):
        raise EventProblem(f"rework {one.operation} leads nowhere; say where it rejoins_at")
