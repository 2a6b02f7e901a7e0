"""Work on part of a lot: its order, its quantities, its waits, and what corrections may take away: PRO-060 to PRO-065."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import LotDefined, RoutingDefined, SpecificationDefined, Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.genealogy import MaterialConsumed
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import WorkOrderClosed, WorkOrderHeld
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Specification, Station, lot_named
from asbuilt.queries.lots import lot as lot_view
from asbuilt.queries.naming import lot_meant
from asbuilt.queries.orders import order
from asbuilt.queries.refusals import RefusalReport, refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import window_of
from tests.world import START, World, recorded

LOT = "HSG/L1"
HOUR = timedelta(hours=1)


def route(world: World, *operations: RouteOperation) -> World:
    world.part("HSG", tracking=Tracking.LOT)
    world.captures(RoutingDefined, "R-1", part="HSG", operations=operations, at=START)
    world.lot(LOT, quantity=100)
    return world


@pytest.fixture
def routed(world) -> World:
    """A lot of 100 housings: moulded, deburred, painted; what deburring fails is reworked by hand."""
    return route(
        world,
        RouteOperation(operation="MOULD"),
        RouteOperation(operation="DEBURR", stations=(Station("D-1"),)),
        RouteOperation(operation="HAND", is_rework=True, after=("DEBURR",), rejoins_at="DEBURR"),
        RouteOperation(operation="PAINT"),
    )


def done(world: World, operation: str, passed=0, failed=0, scrapped=0, **fields):
    quantities = {"passed": Decimal(passed), "failed": Decimal(failed), "scrapped": Decimal(scrapped)}
    where = {"station": "D-1"} if operation == "DEBURR" else {}
    return world.captures(LotOperationCompleted, LOT, operation=operation, **quantities, **{**where, **fields})


def stopped(world: World, **wanted) -> RefusalReport:
    with world.database.reading(world.site) as reader:
        return refusal_report(reader, WorkFilter(**wanted), window_of("", "", ""))


def refused(world: World, operation: str, quantity=1, **fields) -> tuple[list[str], str]:
    where = {"station": "D-1"} if operation == "DEBURR" else {}
    asked = {"operation": operation, "quantity": Decimal(quantity), **where, **fields}
    answer = world.refused(LotOperationStarted, LOT, **asked)
    return [one.rule for one in answer.broken], "; ".join(one.reason for one in answer.broken)


def test_PRO_060_lot_operation_is_on_the_routing(routed):
    rules, reason = refused(routed, "POLISH")
    assert rules == ["PRO-060"]
    assert reason == "POLISH is not on routing R-1 of lot ACME:HSG/L1; it has MOULD, DEBURR, HAND or PAINT"
    routed.captures(LotOperationCompleted, LOT, operation="MOULD", passed=Decimal(1))


def test_a_lot_without_a_routing_is_worked_on_as_it_comes_but_never_beyond_its_quantity(world):
    world.lot(LOT, quantity=10)
    done(world, "WASH", 6)
    done(world, "DRY", 10)
    assert refused(world, "WASH", 5)[0] == ["PRO-061"]
    done(world, "WASH", 4)


def test_a_lot_that_is_not_counted_has_no_limit_where_it_begins(world):
    world.lot(LOT)
    done(world, "WASH", 600)
    done(world, "WASH", 600)


def test_PRO_061_quantity_has_come_to_the_operation(routed):
    done(routed, "MOULD", 60)
    rules, reason = refused(routed, "DEBURR", 61)
    assert rules == ["PRO-061"]
    assert reason == (
        "61 of lot ACME:HSG/L1 would be begun at DEBURR, and 60 have come there and are not begun; "
        "count again, report first what was done before it, or say that it is_retry"
    )
    done(routed, "DEBURR", 60)
    done(routed, "MOULD", 40)
    assert refused(routed, "MOULD")[0] == ["PRO-061"]
    done(routed, "DEBURR", 40)
    routed.captures(LotOperationCompleted, LOT, operation="PAINT", passed=Decimal(100))


def test_what_is_begun_is_not_begun_twice(routed):
    routed.captures(LotOperationStarted, LOT, operation="MOULD", quantity=Decimal(70))
    assert refused(routed, "MOULD", 31)[0] == ["PRO-061"]
    routed.captures(LotOperationStarted, LOT, operation="MOULD", quantity=Decimal(30))
    done(routed, "MOULD", 50)
    done(routed, "MOULD", 50)
    assert refused(routed, "MOULD")[0] == ["PRO-061"]


def test_what_failed_is_tried_again(routed):
    done(routed, "MOULD", 100)
    done(routed, "DEBURR", 90, failed=10)
    assert refused(routed, "DEBURR")[0] == ["PRO-061"], "nothing new has come"
    rules, reason = refused(routed, "DEBURR", 11, is_retry=True)
    assert rules == ["PRO-061"]
    assert reason == (
        "11 of lot ACME:HSG/L1 would be tried again at DEBURR, and 10 failed there and are not tried again or in "
        "rework yet; count again, or report what failed first"
    )
    done(routed, "DEBURR", 8, failed=2, is_retry=True)
    done(routed, "DEBURR", 2, is_retry=True)
    assert refused(routed, "DEBURR", is_retry=True)[0] == ["PRO-061"]
    done(routed, "PAINT", 100)


def test_what_failed_goes_into_rework_instead_and_comes_back(routed):
    done(routed, "MOULD", 100)
    done(routed, "DEBURR", 90, failed=10)
    assert refused(routed, "HAND", 11)[0] == ["PRO-061"]
    done(routed, "HAND", 5, scrapped=1)
    assert refused(routed, "HAND", is_retry=True)[0] == ["PRO-061"], "nothing failed in rework"
    assert refused(routed, "DEBURR", 5, is_retry=True)[0] == ["PRO-061"]
    assert refused(routed, "DEBURR", 6)[0] == ["PRO-061"]
    done(routed, "DEBURR", 4, is_retry=True)
    done(routed, "DEBURR", 5)
    assert refused(routed, "HAND")[0] == ["PRO-061"], "what was tried again is not reworked as well"
    assert refused(routed, "PAINT", 100)[0] == ["PRO-061"]
    done(routed, "PAINT", 99)


def test_rework_in_two_steps(world):
    route(
        world,
        RouteOperation(operation="WELD"),
        RouteOperation(operation="STRIP", is_rework=True),
        RouteOperation(operation="REWELD", is_rework=True, rejoins_at="WELD"),
        RouteOperation(operation="PAINT"),
    )
    done(world, "WELD", 90, failed=10)
    assert refused(world, "REWELD")[0] == ["PRO-061"]
    done(world, "STRIP", 6)
    assert refused(world, "REWELD", 7)[0] == ["PRO-061"]
    done(world, "REWELD", 6)
    assert refused(world, "WELD", 7)[0] == ["PRO-061"]
    done(world, "WELD", 6)
    assert refused(world, "STRIP", 5)[0] == ["PRO-061"]
    done(world, "WELD", 4, is_retry=True)
    done(world, "PAINT", 100)


def test_one_rework_takes_what_failed_at_several_operations(world):
    route(
        world,
        RouteOperation(operation="A", after=()),
        RouteOperation(operation="B"),
        RouteOperation(operation="MEND", is_rework=True, after=("A", "B"), rejoins_at="B"),
    )
    done(world, "A", 97, failed=3)
    done(world, "B", 95, failed=2)
    done(world, "MEND", 2)
    assert refused(world, "A", 4, is_retry=True)[0] == ["PRO-061"]
    assert refused(world, "MEND", 4)[0] == ["PRO-061"]
    done(world, "MEND", 2, failed=1)
    done(world, "MEND", 1, is_retry=True)
    done(world, "B", 5)
    assert refused(world, "B")[0] == ["PRO-061"]


def test_a_failed_operation_scraps_nothing_and_what_is_scrapped_is_gone(routed):
    done(routed, "MOULD", 90, failed=10)
    with routed.database.reading(routed.site) as reader:
        assert lot_view(reader, lot_meant(reader, LOT)).remaining == 100
    done(routed, "MOULD", scrapped=4, is_retry=True)
    with routed.database.reading(routed.site) as reader:
        view = lot_view(reader, lot_meant(reader, LOT))
    assert (view.quantity, view.scrapped, view.remaining) == (100, 4, 96)
    routed.lot("MIX/M1")
    assert routed.refusals(MaterialConsumed, "MIX/M1", lot=LOT, quantity=Decimal(97)) == ["GEN-005"]
    routed.captures(MaterialConsumed, "MIX/M1", lot=LOT, quantity=Decimal(95))
    answer = routed.refused(LotOperationCompleted, LOT, operation="MOULD", passed=Decimal(0), scrapped=Decimal(2))
    assert [one.rule for one in answer.broken] == ["PRO-061", "PRO-065"]
    assert "2 of lot ACME:HSG/L1 cannot be scrapped, 1 are left" in answer.broken[1].reason


def test_PRO_065_lot_is_that_large(routed):
    """Not even an override makes more of a lot than there is."""
    for event_type, quantities in (
        (LotOperationStarted, {"quantity": Decimal(101)}),
        (LotOperationCompleted, {"passed": Decimal(60), "failed": Decimal(40), "scrapped": Decimal(1)}),
    ):
        sent = routed.event(event_type, LOT, operation="MOULD", override_reason="x", **quantities)
        (answer,) = routed.submit(sent, may_override=True)
        assert recorded([answer]) == ["PRO-065"]
        assert "101 is more than lot ACME:HSG/L1 has, 100; count again" in answer.broken[0].reason
    routed.captures(LotOperationStarted, LOT, operation="MOULD", quantity=Decimal(100))


def test_what_is_refused_of_a_lot_is_noted_once_and_found(routed):
    sent = routed.event(LotOperationStarted, LOT, operation="DEBURR", quantity=Decimal(7), station="D-2")
    assert recorded(routed.submit(sent, sent)) == ["PRO-014+PRO-061"] * 2
    (found,) = stopped(routed).refusals
    assert (found.lot, found.unit, found.quantity, found.operation) == ("ACME:HSG/L1", "", 7, "DEBURR")
    assert (found.rules, found.station, found.phase) == (("PRO-014", "PRO-061"), "D-2", "start")
    assert [one.rule for one in stopped(routed, part_number="HSG", operation="DEBURR").reasons] == [
        "PRO-014",
        "PRO-061",
    ]
    nowhere = routed.event(LotOperationStarted, "HSG/L9", operation="MOULD", quantity=Decimal(1))
    assert recorded(routed.submit(nowhere)) == ["IDN-002"]
    assert len(stopped(routed).refusals) == 1, "of a lot that does not exist nothing is noted"


def test_an_override_of_work_on_a_lot_is_said_for_ever(routed):
    """Twenty are deburred by hand elsewhere before they were reported as moulded; painting goes on with what passed."""
    asked = {"operation": "DEBURR", "passed": Decimal(20), "station": "D-2"}
    assert recorded(routed.submit(routed.event(LotOperationCompleted, LOT, override_reason="x", **asked))) == [
        "PRO-014+PRO-024+PRO-061"
    ]
    work = routed.overrides(LotOperationCompleted, LOT, why="D-1 is broken, NC-9", **asked)
    (told,) = routed.lot_view(LOT).overrides
    assert (told.lot, told.unit, told.quantity) == ("ACME:HSG/L1", "", 20)
    assert (told.rules, told.reason, told.is_corrected) == (("PRO-014", "PRO-061"), "D-1 is broken, NC-9", False)
    assert {one.operation: one.waiting for one in routed.lot_view(LOT).operations} == {
        "MOULD": 100, "DEBURR": 0, "HAND": 0, "PAINT": 20,
    }  # fmt: skip
    assert "0 have come there" in refused(routed, "DEBURR")[1]
    done(routed, "MOULD", 30)
    assert refused(routed, "DEBURR", 11)[0] == ["PRO-061"], "what was done before it came is not done again"
    done(routed, "PAINT", 20)
    assert "gone on to PAINT" in routed.correction_refused(work).broken[0].reason


def test_what_is_optional_may_be_left_out_by_some(world):
    route(
        world,
        RouteOperation(operation="MOULD"),
        RouteOperation(operation="MARK", is_optional=True),
        RouteOperation(operation="PAINT"),
    )
    done(world, "MOULD", 100)
    done(world, "MARK", 30, failed=5, scrapped=2)
    assert refused(world, "PAINT", 94)[0] == ["PRO-061"]
    done(world, "PAINT", 93)
    done(world, "MARK", 5, is_retry=True)
    done(world, "PAINT", 5)


def test_after_parallel_operations_only_what_has_passed_all_of_them_goes_on(world):
    route(
        world,
        RouteOperation(operation="A", after=()),
        RouteOperation(operation="B", after=()),
        RouteOperation(operation="JOIN", after=("A", "B")),
    )
    done(world, "A", 80)
    done(world, "B", 50)
    assert refused(world, "JOIN", 51)[0] == ["PRO-061"]
    done(world, "JOIN", 50)


def test_PRO_062_lot_wait_is_kept(world):
    route(
        world,
        RouteOperation(operation="GLUE"),
        RouteOperation(operation="CURE", wait_min_s=3600, wait_max_s=4 * 3600),
    )
    done(world, "GLUE", 60, at=START + HOUR)
    done(world, "GLUE", 40, at=START + 3 * HOUR)
    assert refused(world, "CURE", 1, at=START + 1.5 * HOUR)[0] == ["PRO-062"]
    rules, reason = refused(world, "CURE", 61, at=START + 3 * HOUR)
    assert rules == ["PRO-062"]
    assert reason == (
        "CURE begins 3600 s after what is before it, for the last of the 61 at 2026-03-02 10:00:00; wait, or take fewer"
    )
    world.captures(LotOperationCompleted, LOT, operation="CURE", passed=Decimal(60), at=START + 3 * HOUR)
    rules, reason = refused(world, "CURE", 40, at=START + 8 * HOUR)
    assert rules == ["PRO-062"]
    assert "had to begin by 2026-03-02 13:00:00" in reason


def test_PRO_063_order_makes_the_lot(routed):
    routed.order("WO-9", part="PUMP")
    rules, reason = refused(routed, "MOULD", work_order="WO-9")
    assert rules == ["PRO-063"]
    assert reason == "work order WO-9 makes ACME:PUMP, not ACME:HSG; check the order number"
    assert refused(routed, "MOULD", work_order="WO-99")[0] == ["PRO-001"]
    routed.order("WO-1", part="HSG")
    routed.captures(LotOperationStarted, LOT, operation="MOULD", quantity=Decimal(5), work_order="WO-1")
    routed.captures(WorkOrderHeld, "WO-1", reason="drawing")
    assert refused(routed, "MOULD", work_order="WO-1")[0] == ["PRO-063"]
    done(routed, "MOULD", 5, work_order="WO-1")


def test_PRO_064_what_went_on_is_not_taken_away(routed):
    moulded = done(routed, "MOULD", 100)
    first = done(routed, "DEBURR", 50)
    second = done(routed, "DEBURR", 50)
    done(routed, "PAINT", 50)
    refusal = routed.correction_refused(moulded)
    assert [one.rule for one in refusal.broken] == ["PRO-064"]
    assert refusal.broken[0].reason == (
        "what passed has gone on to DEBURR; correct that first, or report what happened to it"
    )
    routed.corrects(second)
    assert [one.rule for one in routed.correction_refused(first).broken] == ["PRO-064"]
    assert refused(routed, "PAINT")[0] == ["PRO-061"]


def test_a_corrected_scrap_gives_back_what_it_took(routed):
    wrong = done(routed, "MOULD", 90, scrapped=10)
    routed.corrects(wrong)
    done(routed, "MOULD", 100)
    with routed.database.reading(routed.site) as reader:
        assert lot_view(reader, lot_meant(reader, LOT)).remaining == 100


def test_a_lot_that_was_worked_on_is_not_defined_away(world):
    world.part("HSG", tracking=Tracking.LOT)
    birth = world.captures(LotDefined, LOT, quantity=Decimal(10))
    done(world, "WASH", 1)
    assert world.correction_refused(birth).broken[0].rule.startswith("COR-")


def test_what_the_routing_asks_for_is_asked_of_lots_too(world):
    width = Characteristic(characteristic="width", lower_limit=Decimal(9), upper_limit=Decimal(11))
    world.captures(SpecificationDefined, "S/1", characteristics=(width,))
    route(
        world,
        RouteOperation(
            operation="MOULD",
            stations=(Station("M-1"),),
            program="HSG.7",
            qualifications=("moulding",),
            tool_class="mould",
            specification=Specification("S/1"),
        ),
    )
    wrong = world.refused(LotOperationCompleted, LOT, operation="MOULD", passed=Decimal(5), station="M-2")
    assert [one.rule for one in wrong.broken] == ["PRO-014", "PRO-017", "PRO-018", "PRO-019", "PRO-021"]


def test_a_value_out_of_limits_fails_all_that_it_was_measured_on(world):
    width = Characteristic(characteristic="width", lower_limit=Decimal(9), upper_limit=Decimal(11))
    world.captures(SpecificationDefined, "S/1", characteristics=(width,))
    route(world, RouteOperation(operation="MOULD"), RouteOperation(operation="PAINT"))
    done(world, "MOULD", 40, specification="S/1", values=(Decimal(12),))
    assert refused(world, "PAINT")[0] == ["PRO-061"]
    done(world, "MOULD", 40, specification="S/1", values=(Decimal(10),), is_retry=True)
    done(world, "PAINT", 40)


def test_a_lot_on_hold_is_not_begun_and_what_was_begun_is_ended(routed):
    routed.captures(LotOperationStarted, LOT, operation="MOULD", quantity=Decimal(5))
    routed.captures(HoldPlaced, lot_named(LOT, own_issuer="ACME"), hold="H-1", reason="x")
    assert refused(routed, "MOULD")[0] == ["QUA-001"]
    done(routed, "MOULD", 5)
    answer = routed.refused(LotOperationCompleted, LOT, operation="MOULD", passed=Decimal(1))
    assert [one.rule for one in answer.broken] == ["QUA-001"]


def test_an_expired_lot_is_not_begun(world):
    world.lot(LOT, quantity=10, expires_on=date(2026, 3, 1))
    assert refused(world, "WASH")[0] == ["QUA-003"]


def test_an_unknown_lot_is_not_worked_on(world):
    world.part("HSG", tracking=Tracking.LOT)
    assert "IDN-002" in refused(world, "WASH")[0]


def test_a_routing_does_not_change_what_is_begun(routed):
    answer = routed.refused(
        RoutingDefined,
        "R-2",
        part="HSG",
        operations=(RouteOperation(operation="X"),),
        effective_from=START + timedelta(seconds=150),
    )
    assert [one.rule for one in answer.broken] == ["DEF-008"]


def test_an_order_counts_the_pieces_of_its_lots(routed):
    routed.order("WO-1", part="HSG", quantity=100)
    under = {"work_order": "WO-1"}
    done(routed, "MOULD", 100, **under)
    moulded = done(routed, "DEBURR", 95, failed=5, **under)
    done(routed, "DEBURR", 3, scrapped=2, is_retry=True, **under)
    done(routed, "PAINT", 97, **under)
    with routed.database.reading(routed.site) as reader:
        view = order(reader, "WO-1")
    assert (view.started, view.good, view.scrapped, view.in_process, view.missing) == (100, 97, 2, 1, 0)
    assert [(one.operation, one.passed, one.failed) for one in view.operations] == [
        ("MOULD", 100, 0),
        ("DEBURR", 98, 0),
        ("PAINT", 97, 0),
    ]
    assert "1 in process" in routed.reason(WorkOrderClosed, "WO-1")
    told = routed.reason(WorkOrderClosed, "WO-1", reason="late", good=98, scrapped=2)
    assert "98 good stated, 97 here (-1)" in told
    done(routed, "PAINT", 1, **under)
    routed.captures(WorkOrderClosed, "WO-1", good=98, scrapped=2)
    assert [one.rule for one in routed.correction_refused(moulded).broken] == ["PRO-064"]
