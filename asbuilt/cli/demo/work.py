"""Orders, operations and tests, as boards and controllers both have them."""

from dataclasses import dataclass
from typing import Any

from asbuilt.cli.demo import desks
from asbuilt.cli.demo.definitions import Feature, PartPlan, Test
from asbuilt.cli.demo.floor import Desk, Floor
from asbuilt.core.events.event import Event, Measurement
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import (
    OperationCompleted,
    Result,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.identifiers.names import Location, Operation
from asbuilt.core.identifiers.subjects import Unit, WorkOrder


@dataclass(slots=True)
class Order:
    """A work order and how many of its units are still being made."""

    work_order: WorkOrder
    units: list[Unit]
    open_count: int

    def take_units(self) -> list[Unit]:
        """The units, to be begun; the order keeps only their number."""
        taken, self.units = self.units, []
        return taken


def release(floor: Floor, plan: PartPlan, count: int, *, location: str) -> Order:
    """Release a work order and give all its units their serial numbers."""
    order = WorkOrder(f"WO-26-{floor.number('work order'):05d}")
    floor.report(WorkOrderReleased, desks.ERP, work_order=order, part=plan.part, quantity=count)
    prefix = plan.serial_format.rstrip("#")
    places = len(plan.serial_format) - len(prefix)
    units = []
    for _ in range(count):
        unit = Unit(plan.part, f"{prefix}{floor.number(prefix):0{places}d}")
        floor.report(
            UnitCommissioned,
            desks.ERP,
            unit=unit,
            revision=plan.revision,
            work_order=order,
            location=Location(location),
        )
        units.append(unit)
    return Order(order, units, count)


def split(floor: Floor, order: Order, units: list[Unit], reason: str) -> Order:
    """Units of the order, made under one of their own from now on."""
    into = WorkOrder(f"WO-26-{floor.number('work order'):05d}")
    _say(
        floor,
        WorkOrderSplit,
        order,
        into=into,
        quantity=len(units),
        units=tuple(units),
        reason=reason,
    )
    order.open_count -= len(units)
    return Order(into, [], len(units))


def hold(floor: Floor, order: Order, reason: str) -> None:
    """Nothing is begun under the order until it is resumed."""
    _say(floor, WorkOrderHeld, order, reason=reason)


def resume(floor: Floor, order: Order, reason: str) -> None:
    """The order goes on."""
    _say(floor, WorkOrderResumed, order, reason=reason)


def _say(floor: Floor, kind: type[Event], order: Order, **more: Any) -> None:  # noqa: ANN401 - fields of the event
    """Report of an order; its id takes nothing from the chance of what else happens."""
    event_id = floor.named_id(f"{kind.__name__} {order.work_order}")
    floor.report(kind, desks.ERP, event_id=event_id, work_order=order.work_order, **more)


def finish(floor: Floor, order: Order) -> None:
    """One unit of the order is done or lost; with the last one the order is closed."""
    order.open_count -= 1
    if order.open_count == 0:
        floor.report(WorkOrderClosed, desks.ERP, work_order=order.work_order, reason="complete")


def complete(floor: Floor, desk: Desk, unit: Unit, operation: str, **more: Any) -> None:  # noqa: ANN401 - fields of the event
    """Report an operation as completed at a desk."""
    floor.report(OperationCompleted, desk, unit=unit, operation=Operation(operation), station=desk.station, **more)


def result_of(floor: Floor, test: Test, *, failing: str = "", is_low: bool = False) -> dict[str, Any]:
    """The fields of a test's result: a value for each feature, the failing one out of its limits.

    is_low: below them, even where there is an upper one.
    """
    around = floor.chance.around
    values = tuple(
        feature.value(_beyond(feature, is_low=is_low))
        if feature.name == failing
        else feature.value(around(feature.middle, feature.spread))
        for feature in test.features
    )
    result = Result.FAILED if failing else Result.PASSED
    return {"specification": test.specification, "values": values, "result": result}


def _beyond(feature: Feature, *, is_low: bool) -> int:
    return feature.below if is_low else feature.beyond


def measured(floor: Floor, test: Test) -> tuple[Measurement, ...]:
    """Measurements in full, with their limits."""
    return tuple(
        Measurement(
            characteristic=feature.name,
            value=feature.value(floor.chance.around(feature.middle, feature.spread)),
            uom=feature.uom,
            nominal=feature.value(feature.middle),
            lower_limit=feature.limit(feature.lower),
            upper_limit=feature.limit(feature.upper),
        )
        for feature in test.features
    )
