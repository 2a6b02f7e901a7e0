from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted, OperationStarted, WorkOrderClosed, WorkOrderReleased


def test_PRO_001_work_order_is_open(world):
    world.order("WO-1", part="PUMP-200")
    world.captures(UnitCommissioned, "PUMP-200/1", work_order="WO-1")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    world.captures(WorkOrderClosed, "WO-1")
    assert world.refusals(UnitCommissioned, "PUMP-200/2", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(OperationStarted, "PUMP-200/1", operation="OP-20", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(OperationCompleted, "PUMP-200/1", operation="OP-20", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(WorkOrderClosed, "WO-1") == ["PRO-001"]
    assert "work order WO-1 is closed; use an open order" in world.reason(
        OperationStarted, "PUMP-200/1", operation="OP-20", work_order="wo-1"
    )


def test_PRO_001_work_order_is_open_only_once_it_was_released(world):
    world.unit("PUMP-200/1")
    assert world.refusals(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-7") == ["PRO-001"]
    reason = world.reason(WorkOrderClosed, "WO-7")
    assert "work order WO-7 was not released here" in reason
    assert "check the number, or release it first" in reason


def test_PRO_002_work_order_is_new(world):
    world.order("WO-1", part="PUMP-200")
    world.order("WO-2", part="PUMP-200")
    assert world.refusals(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=5) == ["PRO-002"]
    world.captures(WorkOrderClosed, "WO-1")
    reason = world.reason(WorkOrderReleased, "wo-1", part="PUMP-200", quantity=5)
    assert "work order wo-1 was released already" in reason
    assert "give the new order its own number" in reason


def test_PRO_003_unit_is_of_the_ordered_part(world):
    world.order("WO-1", part="PUMP-200")
    world.part("PUMP-300")
    world.captures(UnitCommissioned, "PUMP-200/1", work_order="WO-1")
    assert world.refusals(UnitCommissioned, "PUMP-300/1", work_order="WO-1") == ["PRO-003"]
    reason = world.reason(UnitCommissioned, "PUMP-300/1", work_order="WO-1")
    assert "work order WO-1 makes ACME:PUMP-200, not ACME:PUMP-300" in reason
    assert "check the order number" in reason
