from asbuilt.core.events.identity import RangeKind, SerialRangeReserved, UnitCommissioned, UnitsMerged
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.identifiers.subjects import unit_named
from tests.world import recorded


def pumps(*serials):
    return tuple(unit_named(f"PUMP-200/{serial}", own_issuer="ACME") for serial in serials)


def born(world, *serials, order="WO-1"):
    """Units that came into being under an order."""
    for serial in serials:
        world.captures(UnitCommissioned, f"PUMP-200/{serial}", work_order=order)


def state_of(world, order):
    """(quantity, started, whether it is open, why it is held) of an order."""
    rows = world.rows(
        "SELECT quantity, started, is_open, hold_reason FROM work_order_state JOIN subject ON subject_id = work_order_id"
        " WHERE name = $1 AND work_order_state.site_id = $2",
        order,
        world.site.site_id,
    )
    return [(quantity, started, bool(is_open), reason) for quantity, started, is_open, reason in rows]


def closed_counts(world, order):
    """(started, good, scrapped) of an order, as counted when it was closed."""
    return world.rows(
        "SELECT closed_started, closed_good, closed_scrapped FROM work_order_state"
        " JOIN subject ON subject_id = work_order_id WHERE name = $1 AND work_order_state.site_id = $2",
        order,
        world.site.site_id,
    )


def belongs_to(world, name):
    return world.unit_view(name).work_order


def test_PRO_001_work_order_is_open(world):
    world.order("WO-1", part="PUMP-200")
    world.captures(UnitCommissioned, "PUMP-200/1", work_order="WO-1")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    world.captures(WorkOrderClosed, "WO-1", reason="no more are wanted")
    assert world.refusals(UnitCommissioned, "PUMP-200/2", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(OperationStarted, "PUMP-200/1", operation="OP-20", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(OperationCompleted, "PUMP-200/1", operation="OP-20", work_order="WO-1") == ["PRO-001"]
    assert world.refusals(WorkOrderClosed, "WO-1", reason="again") == ["PRO-001"]
    assert world.refusals(WorkOrderHeld, "WO-1", reason="no material") == ["PRO-001"]
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=5) == ["PRO-001"]
    assert "work order WO-1 is closed; use an open order" in world.reason(
        OperationStarted, "PUMP-200/1", operation="OP-20", work_order="wo-1"
    )


def test_PRO_001_work_order_is_open_only_once_it_was_released(world):
    world.unit("PUMP-200/1")
    assert world.refusals(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-7") == ["PRO-001"]
    assert world.refusals(WorkOrderResumed, "WO-7", reason="go on") == ["PRO-001"]
    reason = world.reason(WorkOrderClosed, "WO-7")
    assert "work order WO-7 was not released here" in reason
    assert "check the number, or release it first" in reason


def test_PRO_002_work_order_is_new(world):
    world.order("WO-1", part="PUMP-200")
    world.order("WO-2", part="PUMP-200")
    assert world.refusals(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=5) == ["PRO-002"]
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=5) == ["PRO-002"]
    world.captures(WorkOrderClosed, "WO-1", reason="released by mistake")
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


def test_PRO_003_unit_is_of_the_ordered_part_when_it_is_first_worked_on(world):
    """A unit of another order may be worked on under one for another part: it belongs to its own."""
    world.order("WO-1", part="PUMP-200")
    world.order("WO-3", part="PUMP-300")
    world.units("PUMP-200/1", "PUMP-300/1")
    assert world.refusals(OperationStarted, "PUMP-300/1", operation="OP-10", work_order="WO-1") == ["PRO-003"]
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", work_order="WO-3")
    assert belongs_to(world, "PUMP-200/1") == "WO-1"
    assert state_of(world, "WO-1") == [(100, 1, True, "")]
    assert state_of(world, "WO-3") == [(100, 0, True, "")]


def test_PRO_030_work_order_is_not_held(world):
    world.order("WO-1", part="PUMP-200")
    born(world, 1, 2)
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10")
    world.captures(WorkOrderHeld, "WO-1", reason="drawing is being changed")
    assert world.refusals(UnitCommissioned, "PUMP-200/3", work_order="WO-1") == ["PRO-030"]
    assert world.refusals(OperationStarted, "PUMP-200/2", operation="OP-10", work_order="WO-1") == ["PRO-030"]
    assert world.refusals(OperationStarted, "PUMP-200/2", operation="OP-10") == ["PRO-030"]
    assert world.refusals(OperationCompleted, "PUMP-200/2", operation="OP-10") == ["PRO-030"]
    reason = world.reason(OperationStarted, "PUMP-200/2", operation="OP-10")
    assert "work order WO-1 is held (drawing is being changed); put the unit aside until it is resumed" in reason
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10")
    world.captures(WorkOrderResumed, "WO-1", reason="revision C is out")
    born(world, 3)
    world.captures(OperationStarted, "PUMP-200/2", operation="OP-10")


def test_PRO_031_work_order_has_room(world):
    world.order("WO-1", part="PUMP-200", quantity=2)
    born(world, 1, 2)
    assert world.refusals(UnitCommissioned, "PUMP-200/3", work_order="WO-1") == ["PRO-031"]
    reason = world.reason(UnitCommissioned, "PUMP-200/3", work_order="WO-1")
    assert "work order WO-1 is for 2, and has 2 units; use another order" in reason
    world.captures(UnitScrapped, "PUMP-200/1", reason="dropped")
    born(world, 3)
    assert "has 3 units, 1 of them scrapped" in world.reason(UnitCommissioned, "PUMP-200/4", work_order="WO-1")


def test_PRO_031_work_order_has_room_for_what_may_overrun(world):
    world.part("PUMP-200")
    world.captures(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=1, overrun_max=1)
    born(world, 1, 2)
    assert world.refusals(UnitCommissioned, "PUMP-200/3", work_order="WO-1") == ["PRO-031"]
    assert "is for 1 and 1 more" in world.reason(UnitCommissioned, "PUMP-200/3", work_order="WO-1")


def test_PRO_031_work_order_has_room_within_one_batch(world):
    world.order("WO-1", part="PUMP-200", quantity=2)
    events = [world.event(UnitCommissioned, f"PUMP-200/{serial}", work_order="WO-1") for serial in (1, 2, 3)]
    events.append(world.event(UnitScrapped, "PUMP-200/2", reason="dropped"))
    events.append(world.event(UnitCommissioned, "PUMP-200/4", work_order="WO-1"))
    events.append(world.event(UnitCommissioned, "PUMP-200/5", work_order="WO-1"))
    assert recorded(world.submit(*events)) == ["recorded", "recorded", "PRO-031", "recorded", "recorded", "PRO-031"]


def test_PRO_031_work_order_has_room_for_units_that_had_no_order(world):
    world.order("WO-1", part="PUMP-200", quantity=1)
    world.units("PUMP-200/1", "PUMP-200/2")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    assert world.refusals(OperationStarted, "PUMP-200/2", operation="OP-10", work_order="WO-1") == ["PRO-031"]
    world.captures(OperationStarted, "PUMP-200/2", operation="OP-10")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-20", work_order="WO-1")


def test_PRO_031_work_order_has_room_again_when_a_birth_was_wrong(world):
    world.order("WO-1", part="PUMP-200", quantity=1)
    wrong = world.captures(UnitCommissioned, "PUMP-200/1", work_order="WO-1")
    assert world.refusals(UnitCommissioned, "PUMP-200/2", work_order="WO-1") == ["PRO-031"]
    world.corrects(wrong)
    born(world, 2)
    assert state_of(world, "WO-1") == [(1, 1, True, "")]


def test_PRO_032_split_leaves_enough(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    born(world, 1, 2, 3)
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=10) == ["PRO-032"]
    assert "is for 10; split off at most 9" in world.reason(WorkOrderSplit, "WO-1", into="WO-2", quantity=10)
    reason = world.reason(WorkOrderSplit, "WO-1", into="WO-2", quantity=9, units=pumps(1))
    assert "7 of WO-1 are not begun, and 8 would have to be; name 1 more units that go with it" in reason
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=9, units=pumps(1, 2))
    assert state_of(world, "WO-1") == [(1, 1, True, "")]
    assert state_of(world, "WO-2") == [(9, 2, True, "")]
    assert [belongs_to(world, f"PUMP-200/{serial}") for serial in (1, 2, 3)] == ["WO-2", "WO-2", "WO-1"]


def test_PRO_032_split_leaves_enough_counts_scrapped_units_as_not_begun(world):
    world.order("WO-1", part="PUMP-200", quantity=2)
    born(world, 1, 2)
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=1) == ["PRO-032"]
    world.captures(UnitScrapped, "PUMP-200/1", reason="dropped")
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=1)
    born(world, 3, order="WO-2")
    assert world.refusals(UnitCommissioned, "PUMP-200/4", work_order="WO-1") == ["PRO-031"]


def test_PRO_033_units_belong_to_the_order(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    world.unit("PUMP-200/9")
    born(world, 1, 2, 3)
    reason = world.reason(WorkOrderSplit, "WO-1", into="WO-2", quantity=2, units=pumps(1, 9))
    assert "ACME:PUMP-200/9 is not of work order WO-1; check the scan, or leave them out" in reason
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=2, units=pumps(1, 9)) == ["PRO-033"]
    assert world.refusals(WorkOrderSplit, "WO-1", into="WO-2", quantity=2, units=pumps(1, 77)) == ["IDN-001"]
    world.captures(UnitScrapped, "PUMP-200/2", reason="dropped")
    reason = world.reason(WorkOrderSplit, "WO-1", into="WO-2", quantity=2, units=pumps(1, 2))
    assert "ACME:PUMP-200/2 is scrapped and remains with WO-1" in reason
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=2, units=pumps(1, 3))
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-1")
    assert belongs_to(world, "PUMP-200/1") == "WO-2"


def test_PRO_034_work_order_is_held_once(world):
    world.order("WO-1", part="PUMP-200")
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    assert world.refusals(WorkOrderHeld, "WO-1", reason="no people") == ["PRO-034"]
    assert "work order WO-1 is held already (no material)" in world.reason(WorkOrderHeld, "WO-1", reason="no people")


def test_PRO_035_work_order_is_resumed_after_a_hold(world):
    world.order("WO-1", part="PUMP-200")
    assert world.refusals(WorkOrderResumed, "WO-1", reason="go on") == ["PRO-035"]
    assert "work order WO-1 is not held" in world.reason(WorkOrderResumed, "WO-1", reason="go on")
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    world.captures(WorkOrderResumed, "WO-1", reason="delivered")
    assert world.refusals(WorkOrderResumed, "WO-1", reason="go on") == ["PRO-035"]


def test_what_is_split_off_a_held_order_is_held_too(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=4)
    world.captures(WorkOrderResumed, "WO-2", reason="these have material")
    assert state_of(world, "WO-1") == [(6, 0, True, "no material")]
    assert state_of(world, "WO-2") == [(4, 0, True, "")]


def finished(world, *serials, operation="OP-90"):
    for serial in serials:
        world.captures(OperationCompleted, f"PUMP-200/{serial}", operation=operation)


def order_of_three(world):
    """Three ordered: one good, one scrapped, one in process."""
    world.part("PUMP-200")
    world.captures(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=3, last_operation="OP-90")
    born(world, 1, 2, 3)
    finished(world, 1)
    world.captures(UnitScrapped, "PUMP-200/2", reason="dropped")


def test_PRO_036_open_ends_have_a_reason(world):
    order_of_three(world)
    assert world.refusals(WorkOrderClosed, "WO-1") == ["PRO-036"]
    reason = world.reason(WorkOrderClosed, "WO-1")
    assert "WO-1: of 3 ordered 1 are good, 1 scrapped, 1 in process and 0 not begun" in reason
    assert "finish them, or give a reason for closing it as it is" in reason
    finished(world, 3)
    wrong = world.captures(WorkOrderClosed, "WO-1")
    assert closed_counts(world, "WO-1") == [(3, 2, 1)]
    world.corrects(wrong)
    assert closed_counts(world, "WO-1") == [(None, None, None)]
    assert state_of(world, "WO-1") == [(3, 3, True, "")]


def test_PRO_036_open_ends_have_a_reason_also_where_pieces_were_not_begun(world):
    world.order("WO-1", part="PUMP-200", quantity=3)
    assert "0 in process and 3 not begun" in world.reason(WorkOrderClosed, "WO-1")
    world.captures(WorkOrderClosed, "WO-1", reason="the customer has cancelled")
    assert closed_counts(world, "WO-1") == [(0, 0, 0)]


def test_PRO_037_stated_counts_agree(world):
    order_of_three(world)
    finished(world, 3)
    assert world.refusals(WorkOrderClosed, "WO-1", good=3) == ["PRO-037"]
    reason = world.reason(WorkOrderClosed, "WO-1", good=3, scrapped=0)
    assert "WO-1: 3 good stated, 2 here (-1) and 0 scrapped stated, 1 here (+1)" in reason
    assert "find the units that differ" in reason
    world.captures(WorkOrderClosed, "WO-1", good=2, scrapped=1)


def test_PRO_037_stated_counts_agree_with_what_the_same_call_records(world):
    order_of_three(world)
    events = [
        world.event(OperationCompleted, "PUMP-200/3", operation="OP-90"),
        world.event(WorkOrderClosed, "WO-1", good=2, scrapped=1),
    ]
    assert recorded(world.submit(*events)) == ["recorded", "recorded"]
    assert closed_counts(world, "WO-1") == [(3, 2, 1)]


def test_PRO_038_number_is_not_kept_for_another_order(world):
    world.part("PUMP-200", serial_format="P-####")
    world.order("WO-1", part="PUMP-200")
    world.order("WO-2", part="PUMP-200")
    held = {"kind": RangeKind.WORK_ORDER, "holder": "WO-1", "work_order": "WO-1", "first_number": 1, "count": 5}
    world.captures(SerialRangeReserved, "PUMP-200", range_number="WO-1", **held)
    born(world, "P-0001")
    assert world.refusals(UnitCommissioned, "PUMP-200/P-0002", work_order="WO-2") == ["PRO-038"]
    assert world.refusals(UnitCommissioned, "PUMP-200/P-0002") == ["PRO-038"]
    reason = world.reason(UnitCommissioned, "PUMP-200/P-0002", work_order="WO-2")
    assert "number 2 is held for work order WO-1, not for WO-2; use the next number" in reason
    born(world, "P-0006", order="WO-2")


def test_PRO_038_number_is_not_kept_for_another_order_and_no_range_for_a_strange_one(world):
    world.order("WO-1", part="PUMP-200")
    world.part("PUMP-300")
    held = {"range_number": "R1", "kind": RangeKind.WORK_ORDER, "first_number": 1, "count": 5}
    one = {**held, "holder": "WO-1", "work_order": "WO-1"}
    assert world.refusals(SerialRangeReserved, "PUMP-300", **one) == ["PRO-003"]
    assert world.refusals(SerialRangeReserved, "PUMP-200", **held, holder="WO-7", work_order="WO-7") == ["PRO-001"]


def test_a_split_that_was_wrong_puts_everything_back(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    born(world, 1, 2)
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    wrong = world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=4, units=pumps(1))
    world.corrects(wrong)
    assert state_of(world, "WO-1") == [(10, 2, True, "no material")]
    assert state_of(world, "WO-2") == []
    assert belongs_to(world, "PUMP-200/1") == "WO-1"
    world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=4, units=pumps(2))


def test_a_split_stands_once_its_order_was_worked_with(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    born(world, 1)
    wrong = world.captures(WorkOrderSplit, "WO-1", into="WO-2", quantity=4, units=pumps(1))
    birth = world.captures(UnitCommissioned, "PUMP-200/2", work_order="WO-2")
    assert [one.rule for one in world.correction_refused(wrong).broken] == ["COR-004"]
    world.corrects(birth)
    started = world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", work_order="WO-2")
    assert "a later OperationStarted depends on it" in world.correction_refused(wrong).broken[0].reason
    world.corrects(started)
    hold = world.captures(WorkOrderHeld, "WO-2", reason="no material")
    assert "work order WO-2 was worked with since" in world.correction_refused(wrong).broken[0].reason
    world.corrects(hold)
    assert "work order WO-2 was worked with since" in world.correction_refused(wrong).broken[0].reason


def test_holds_that_were_wrong_are_undone_from_the_last_on(world):
    world.order("WO-1", part="PUMP-200", quantity=10)
    first = world.captures(WorkOrderHeld, "WO-1", reason="no material")
    resumed = world.captures(WorkOrderResumed, "WO-1", reason="delivered")
    second = world.captures(WorkOrderHeld, "WO-1", reason="no people")
    assert "the order was resumed later" in world.correction_refused(first).broken[0].reason
    assert "the order was held again later" in world.correction_refused(resumed).broken[0].reason
    world.corrects(second)
    world.corrects(resumed)
    assert state_of(world, "WO-1") == [(10, 0, True, "no material")]
    world.corrects(first)
    assert state_of(world, "WO-1") == [(10, 0, True, "")]


def test_a_merged_record_no_longer_counts_for_its_order(world):
    world.order("WO-1", part="PUMP-200", quantity=2)
    born(world, 1, 2)
    merged = world.captures(UnitsMerged, "PUMP-200/1", duplicate="PUMP-200/2", reason="scanned twice")
    assert state_of(world, "WO-1") == [(2, 1, True, "")]
    world.corrects(merged)
    assert state_of(world, "WO-1") == [(2, 2, True, "")]
