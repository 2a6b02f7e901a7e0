"""How a part is made."""

from dataclasses import dataclass, field
from datetime import datetime

from asbuilt.core.events.routes import RouteOperation, predecessors
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Part, Routing


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingState:
    """The operations of a part, for the units that come into being from `effective_from` on."""

    routing: Routing
    part: Part
    effective_from: datetime
    operations: tuple[RouteOperation, ...]
    steps: dict[Operation, RouteOperation] = field(init=False, repr=False, compare=False)
    before: dict[Operation, tuple[Operation, ...]] = field(init=False, repr=False, compare=False)
    """What each operation comes after."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", {one.operation: one for one in self.operations})
        object.__setattr__(self, "before", predecessors(self.operations))

    def from_there_on(self, operation: Operation) -> set[Operation]:
        """An operation of the main route and all of it that comes after that, however far."""
        found = {operation}
        for one in self.operations:  # what an operation is after is listed before it
            if not one.is_rework and not found.isdisjoint(self.before[one.operation]):
                found.add(one.operation)
        return found
