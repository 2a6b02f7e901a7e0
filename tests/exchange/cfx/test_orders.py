"""Work orders that other systems tell of."""

import pytest

from asbuilt.core.events.production import WorkOrderClosed, WorkOrderReleased
from tests.exchange.cfx.made import ORDERS, message, order


def created(*orders):
    return message(f"{ORDERS}.WorkOrdersCreated", {"NewOrders": list(orders)})


def updated(number, status, *, batch=None):
    identifier = {"WorkOrderId": number, "Batch": batch}
    return message(f"{ORDERS}.WorkOrderStatusUpdated", {"WorkOrderIdentifier": identifier, "NewStatus": status})


@pytest.mark.parametrize("status", ["ApprovedAndPending", "Scheduled", "InProcess"])
def test_an_order_that_is_approved_is_released(floor, status):
    floor.world.part("BOARD")
    report = floor.hears(created(order("WO-7", Status=status)))
    (event,) = floor.events(WorkOrderReleased)
    assert (str(event.work_order), str(event.part), event.quantity) == ("WO-7", "ACME:BOARD", 220)
    assert report.refusals == ()


@pytest.mark.parametrize(
    "more",
    [
        {"Status": "AwaitingApproval"},
        {"Status": None},
        {"PartNumber": None},
        {"batch": "B1"},
        {"Quantity": 1.5},
        {"Quantity": -1},
        {"Quantity": 10**30},
        {"Quantity": None},
    ],
)
def test_an_order_that_is_not_approved_or_says_too_little_is_not_released(floor, more):
    floor.world.part("BOARD")
    report = floor.hears(created(order("WO-7", **more)))
    assert floor.events(WorkOrderReleased) == []
    assert len(report.warnings) + len(report.refusals) == 1
    assert sum(report.preserved.values()) == 1


@pytest.mark.parametrize("status", ["Closed", "Cancelled"])
def test_an_order_that_is_closed_or_cancelled_is_closed(floor, status):
    floor.world.order("WO-7", part="BOARD")
    said = updated("WO-7", status)
    floor.hears(said)
    (event,) = floor.events(WorkOrderClosed)
    assert (str(event.work_order), event.reason) == ("WO-7", status.lower())
    again = floor.hears(said)
    assert (again.recorded, again.warnings, sum(again.mapped.values())) == (0, (), 1)


@pytest.mark.parametrize("status", ["Completed", "OnHold", "Scheduled", None, 3])
def test_other_statuses_close_nothing(floor, status):
    floor.world.order("WO-7", part="BOARD")
    assert sum(floor.hears(updated("WO-7", status)).preserved.values()) == 1
    assert floor.events(WorkOrderClosed) == []


def test_a_batch_of_an_order_closes_not_the_order(floor):
    floor.world.order("WO-7", part="BOARD")
    floor.hears(updated("WO-7", "Closed", batch="B1"))
    assert floor.events(WorkOrderClosed) == []


def test_orders_that_are_deleted_are_closed_when_they_are_open_here(floor):
    floor.world.order("WO-7", part="BOARD")
    named = [{"WorkOrderId": "WO-7"}, {"WorkOrderId": "WO-8"}, None, {"WorkOrderId": []}]
    report = floor.hears(message(f"{ORDERS}.WorkOrdersDeleted", {"WorkOrderIdentifiers": named}))
    assert [(str(one.work_order), one.reason) for one in floor.events(WorkOrderClosed)] == [("WO-7", "deleted")]
    assert [one.reason for one in report.warnings] == ["WO-8 is not open here; nothing is to be closed"]
