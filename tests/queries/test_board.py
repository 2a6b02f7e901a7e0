"""The board: what is open at this moment, and first attempts as the yield report counts them."""

from datetime import UTC, timedelta

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, Disposition
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from asbuilt.ledger.codec import microseconds
from asbuilt.queries.board import COUNT_MAX, FloorCounted, FloorNow, first_pass, floor_counted, floor_now
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Window
from asbuilt.queries.yields import YieldQuestion, yield_report
from tests.world import START

DAY = timedelta(days=1)


def now_told(world) -> FloorNow:
    with world.database.reading(world.site) as reader:
        return floor_now(reader, now=world.now)


def counted(world, *, after: timedelta) -> FloorCounted:
    with world.database.reading(world.site) as reader:
        return floor_counted(reader, since=START, now=world.now + after)


def completes(world, unit: str, operation: str, result="passed"):
    return world.captures(OperationCompleted, unit, operation=operation, result=result)


def test_first_attempts_are_those_of_the_yield_report(world):
    world.units(*(f"PCB/{number}" for number in range(1, 6)), "PUMP/1")
    for number in range(1, 6):
        completes(world, f"PCB/{number}", "ICT", "failed" if number == 3 else "passed")
    middle = world.now + timedelta(seconds=1)
    completes(world, "PCB/3", "ICT")
    completes(world, "PCB/4", "ICT", "failed")
    completes(world, "PUMP/1", "ICT", "failed")
    completes(world, "PCB/1", "EOL", "failed")
    wrong = completes(world, "PCB/2", "EOL", "failed")
    world.corrects(wrong)
    completes(world, "PCB/2", "EOL")
    for since in (START, middle):
        until = world.now + timedelta(seconds=1)
        window = Window(microseconds(since), microseconds(until), UTC, "UTC")
        with world.database.reading(world.site) as reader:
            found = first_pass(reader, since=since, until=until)
            report = yield_report(reader, YieldQuestion(work=WorkFilter()), window, now=until)
        told = {
            (one.part, one.operation): (one.first_attempts, one.first_passed)
            for one in report.operations
            if one.first_attempts
        }
        assert {(one.part, one.operation): (one.firsts, one.passed) for one in found} == told
        assert told
    assert [str(one.share) for one in found if one.operation == "EOL"] == ["0.5"]


def test_only_the_newest_completions_are_looked_at(world):
    world.units("PCB/1", "PCB/2", "PCB/3")
    for number in (1, 2, 3):
        completes(world, f"PCB/{number}", "ICT", "failed" if number == 1 else "passed")
    with world.database.reading(world.site) as reader:
        (found,) = first_pass(reader, since=START, until=world.now + DAY, most=2)
    assert (found.firsts, found.passed) == (2, 2)


def test_what_is_open_is_counted(world):
    world.order("WO-1", part="PCB", quantity=5)
    for number in range(1, 5):
        world.unit(f"PCB/{number}", work_order="WO-1")
    world.lot("CAP/1")
    world.captures(HoldPlaced, "PCB/1", hold="H-1", reason="crack")
    world.captures(HoldPlaced, "PCB/1", hold="H-2", reason="crack again")
    world.captures(HoldPlaced, "PCB/4", hold="H-3", reason="lost")
    world.captures(HoldPlaced, "CAP/1", hold="H-4", reason="wet")
    world.captures(UnitScrapped, "PCB/4", reason="lost")
    world.captures(DefectRecorded, "PCB/2", code="SCRATCH", number="F-1")
    world.captures(DefectRecorded, "PCB/3", code="SCRATCH", number="F-1")
    world.captures(DefectDispositioned, "PCB/3", defect="F-1", disposition=Disposition.REPAIR, retest="ICT", reason="x")
    told = now_told(world)
    assert (told.units_held, told.lots_held) == (1, 1)
    assert (told.undecided, told.reworking, told.repairing, told.refusals) == (1, 0, 1, 0)
    assert [(one.work_order, one.started, one.quantity) for one in told.orders] == [("WO-1", 4, 5)]


def test_a_unit_is_stuck_when_nothing_was_heard_of_it_for_a_day(world):
    world.part("PCB")
    world.captures(WorkOrderReleased, "WO-1", part="PCB", quantity=5, last_operation="EOL")
    for number in range(1, 5):
        world.unit(f"PCB/{number}", work_order="WO-1")
    completes(world, "PCB/1", "EOL")
    completes(world, "PCB/2", "EOL", "failed")
    world.captures(HoldPlaced, "PCB/3", hold="H-1", reason="waits for quality")
    assert counted(world, after=timedelta(hours=1)).idle == 0
    found = counted(world, after=DAY + timedelta(hours=1))
    assert found.idle == 1, "the one that failed; not the finished one, the one on hold, or the one not begun"
    assert found.good == {"WO-1": 1}


def test_more_than_can_be_counted_ends_there(world):
    world.units(*(f"PCB/{number}" for number in range(COUNT_MAX + 5)))
    events = [
        world.event(HoldPlaced, f"PCB/{number}", hold=f"H-{number}", reason="recall") for number in range(COUNT_MAX + 5)
    ]
    world.submit(*events)
    assert now_told(world).units_held == COUNT_MAX + 1
