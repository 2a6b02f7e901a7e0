"""GET /api/v1/work-orders: which there are, and what has become of one."""

import pytest

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import (
    OperationCompleted,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import unit_named
from tests.api.talk import problem

STEPS = (
    RouteOperation(operation="OP-10"),
    RouteOperation(operation="OP-20"),
    RouteOperation(operation="RW", after=("OP-20",), is_rework=True, rejoins_at="OP-20"),
    RouteOperation(operation="PACK", is_optional=True),
)


@pytest.fixture
def floor(world):
    """WO-1 with one good unit, one packed, one failed, one scrapped and one not begun; WO-2 split off; WO-3 closed."""
    world.part("PUMP-200", description="Pump")
    world.captures(RoutingDefined, "R-1", part="PUMP-200", operations=STEPS)
    world.captures(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=9, sales_order="SO-7")
    for serial in range(1, 7):
        world.captures(UnitCommissioned, f"PUMP-200/{serial}", work_order="WO-1")
    for serial, operations in {1: ("OP-10", "OP-20"), 2: ("OP-10", "OP-20", "PACK"), 3: ("OP-10",)}.items():
        for operation in operations:
            world.captures(OperationCompleted, f"PUMP-200/{serial}", operation=operation)
    world.captures(OperationCompleted, "PUMP-200/3", operation="OP-20", result="failed")
    world.captures(UnitScrapped, "PUMP-200/4", reason="dropped")
    moved = (unit_named("PUMP-200/6", own_issuer="ACME"),)
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=3, units=moved)
    world.captures(WorkOrderHeld, "WO-2", reason="no material")
    world.order("WO-3", part="PUMP-300")
    world.captures(WorkOrderClosed, "WO-3", reason="cancelled")
    return world


def test_an_order_is_counted_from_its_units(api, floor):
    found = api.json("work-orders/wo-1")
    counts = ("ordered", "started", "good", "scrapped", "in_process", "missing")
    assert [found[name] for name in counts] == [6, 5, 2, 1, 2, 1]
    assert (found["last_operation"], found["status"], found["sales_order"]) == ("OP-20", "open", "SO-7")
    assert {one["status"]: one["units"] for one in found["units"]} == {
        "scrapped": 1,
        "failed": 1,
        "in_process": 2,
        "issued": 1,
    }
    progress = {one["operation"]: (one["passed"], one["failed"], one["is_last"]) for one in found["operations"]}
    assert progress == {"OP-10": (3, 0, False), "OP-20": (2, 1, True), "PACK": (1, 0, True)}
    assert found["split_off"] == [{"work_order": "WO-2", "quantity": 3, "started": 1}]


def test_a_routing_that_came_in_between_is_kept_apart(api, floor):
    """Units born later end with another operation."""
    steps = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-30"))
    floor.captures(RoutingDefined, "R-2", part="PUMP-200", operations=steps)
    floor.captures(UnitCommissioned, "PUMP-200/9", work_order="WO-1")
    assert api.json("work-orders/WO-1")["good"] == 2
    for operation in ("OP-10", "OP-30"):
        floor.captures(OperationCompleted, "PUMP-200/9", operation=operation)
    assert api.json("work-orders/WO-1")["good"] == 3


def test_orders_are_listed_and_chosen(api, floor):
    def numbers(**asked):
        return [one["work_order"] for one in api.json("work-orders", **asked)["work_orders"]]

    assert numbers() == ["WO-3", "WO-2", "WO-1"]
    assert numbers(status="open") == ["WO-2", "WO-1"]
    assert numbers(status="held") == ["WO-2"]
    assert numbers(status="closed") == ["WO-3"]
    assert numbers(part_number="ACME:PUMP-300") == ["WO-3"]
    assert numbers(sales_order="SO-7") == ["WO-2", "WO-1"]
    first = api.json("work-orders", limit="2")
    assert numbers(limit="2", after=str(first["next"])) == ["WO-1"]
    assert [row["work_order"] for row in api.rows("work-orders")] == ["WO-3", "WO-2", "WO-1"]


def test_what_is_wrong_with_a_question_is_said(api, floor):
    assert problem(api.get("work-orders/WO-77"), 404)["detail"].startswith("work order WO-77 was not released here")
    assert "status is 'done'" in problem(api.get("work-orders?status=done"), 400)["detail"]
    assert "limit and after" in problem(api.get("work-orders?format=csv&limit=3"), 400)["detail"]
