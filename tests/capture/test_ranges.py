"""Ranges of serial numbers: nobody else gets them, and it is known what is left."""

from uuid import UUID

import pytest

from asbuilt.capture.ranges import RangeRequest, Reserved, reserve_range
from asbuilt.capture.repeats import KeyUsed
from asbuilt.capture.serials import SerialsRefused
from asbuilt.core.events.definitions import SerialProfileDefined
from asbuilt.core.events.identity import RangeKind, SerialNumberVoided, UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.identifiers.subjects import WorkOrder, part_named
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around
from asbuilt.projections.rebuild import rebuild
from asbuilt.queries.serials import SerialRangeView, serial_ranges
from tests.capture.test_serials import issue
from tests.world import ACTOR, World


def reserve(world: World, number="R1", count=10, *, part="PUMP-200", event_id: UUID | None = None, low=0) -> Reserved:
    return reserve_range(
        world.database,
        world.site,
        RangeRequest(
            part=part_named(part, own_issuer="ACME"),
            range_number=number,
            kind=RangeKind.PRINTER,
            holder="P-3",
            count=count,
            low_watermark=low,
        ),
        actor=ACTOR,
        record=lambda submission: world.submit_all(submission)[0],
        now=world.now,
        event_id=event_id or world.new_id(),
    )


def ranges(world: World, **wanted) -> list[SerialRangeView]:
    with world.database.reading(world.site) as reader:
        return list(serial_ranges(reader, **wanted))


@pytest.fixture
def part(world) -> str:
    world.part("PUMP-200", serial_format="P{number:4}")
    return "PUMP-200"


def test_a_range_and_the_numbers_issued_never_meet(world, part):
    assert issue(world, part, 2) == ["P0001", "P0002"]
    assert list(reserve(world, count=3).serials(world.site)) == ["P0003", "P0004", "P0005"]
    assert issue(world, part, 2) == ["P0006", "P0007"]
    assert [number.event.first_number for number in (reserve(world, "R2"), reserve(world, "R3"))] == [8, 18]


def test_it_is_known_what_is_used_voided_and_left(world, part):
    world.part("PCB-10")
    reserve(world, count=5, low=3)
    reserve(world, "R2", part="PCB-10")
    world.units("PUMP-200/P0001", "PUMP-200/p 0002", "PUMP-200/OTHER")
    world.captures(SerialNumberVoided, "PUMP-200/P0003", reason="torn")
    wrong = world.captures(UnitReceived, "PUMP-200/P0004")
    (one,) = ranges(world, part_number="PUMP-200")
    assert (one.reserved, one.used, one.voided, one.left, one.below_watermark) == (5, 3, 1, 1, True)
    world.corrects(wrong)
    (one,) = ranges(world, part_number="ACME:pump-200")
    assert (one.used, one.voided, one.left, one.below_watermark) == (2, 1, 2, True)
    assert [one.range_number for one in ranges(world)] == ["R2", "R1"]
    assert [one.range_number for one in ranges(world, only_low=True)] == ["R1"]
    assert ranges(world, holder="P-4") == []
    assert rebuild(world.database, world.site, keep=False).differences == ()


def test_the_same_reservation_sent_twice_is_one(world, part):
    event_id = world.new_id()
    first = reserve(world, event_id=event_id)
    assert reserve(world, event_id=event_id) == first
    with pytest.raises(KeyUsed, match="used for something else"):
        reserve(world, "R2", event_id=event_id)
    assert len(ranges(world)) == 1
    world.corrects(first.event)
    with pytest.raises(KeyUsed, match="declared wrong since"):
        reserve(world, event_id=event_id)
    assert reserve(world).event.first_number == 11


def test_a_range_keeps_its_format(world, part):
    reserve(world, count=3)
    world.captures(SerialProfileDefined, part, serial_format="Q{number:6}")
    world.units("PUMP-200/P0001", "PUMP-200/Q000002")
    assert [one.used for one in ranges(world)] == [1]
    assert issue(world, part, 1) == ["Q000004"]


def test_a_refused_range_says_why_and_takes_nothing(world, part):
    with pytest.raises(SerialsRefused, match="DEF-001"):
        reserve(world, part="NONE")
    with pytest.raises(SerialsRefused, match="IDN-012: number 10000 outgrows"):
        reserve(world, count=10_000)
    reserve(world)
    with pytest.raises(SerialsRefused, match="IDN-011"):
        reserve(world)
    assert issue(world, part, 1) == ["P0011"]


def test_another_reservation_in_between_is_passed(world, part):
    taken = []

    def record(submission):
        if not taken:
            taken.append(issue(world, part, 3))
        return world.submit_all(submission)[0]

    reserved = reserve_range(
        world.database,
        world.site,
        RangeRequest(
            part=part_named(part, own_issuer="ACME"), range_number="R1", kind=RangeKind.LINE, holder="L", count=2
        ),
        actor=ACTOR,
        record=record,
        now=world.now,
        event_id=world.new_id(),
    )
    assert taken == [["P0001", "P0002", "P0003"]]
    assert list(reserved.serials(world.site)) == ["P0004", "P0005"]


def test_void_numbers_are_skipped_by_an_issue(world, part):
    world.captures(SerialNumberVoided, "PUMP-200/P0002", reason="torn")
    assert issue(world, part, 3) == ["P0001", "P0003", "P0004"]


def test_an_issue_honours_the_profile(world, part):
    world.captures(SerialProfileDefined, part, serial_format="{line}{number:3}", unique_within="site")
    world.unit("PCB-10/L1002")
    assert issue(world, part, 3, line="L1") == ["L1001", "L1003", "L1004"]
    assert world.refusals(UnitCommissioned, "PCB-10/L1003") == ["IDN-007"]


def held(world: World, order: str, count: int) -> None:
    """Numbers that are held for an order."""
    asked = RangeRequest(
        part=part_named("PUMP-200", own_issuer="ACME"),
        range_number=order,
        kind=RangeKind.WORK_ORDER,
        holder=order,
        count=count,
    )
    reserve_range(
        world.database,
        world.site,
        asked,
        actor=ACTOR,
        record=lambda submission: world.submit_all(submission)[0],
        now=world.now,
        event_id=world.new_id(),
    )


def test_units_of_an_order_take_the_numbers_that_are_held_for_it(world, part):
    world.order("WO-1", part=part)
    world.order("WO-2", part=part)
    issue(world, part, 1)
    held(world, "WO-1", 4)
    assert issue(world, part, 1, work_order=WorkOrder("WO-2")) == ["P0006"]
    world.captures(UnitCommissioned, "PUMP-200/P0003", work_order="WO-1")
    assert issue(world, part, 1, work_order=WorkOrder("WO-1")) == ["P0004"]
    # What was left out goes last, and beyond the range the numbers are those of everybody.
    assert issue(world, part, 4, work_order=WorkOrder("WO-1")) == ["P0005", "P0002", "P0007", "P0008"]
    assert rebuild(world.database, world.site, keep=False).differences == ()


def test_a_number_of_an_order_that_was_given_before_the_range_is_left_out(world, part):
    world.order("WO-1", part=part)
    world.unit("PUMP-200/P0002")
    held(world, "WO-1", 3)
    assert issue(world, part, 3, work_order=WorkOrder("WO-1")) == ["P0001", "P0003", "P0004"]


def test_a_birth_reads_only_the_ranges_in_which_its_numbers_lie(world, part):
    """However many orders of a part have ranges of their own."""
    for number in range(30):
        reserve(world, f"R{number}", count=10)
    event = world.event(UnitCommissioned, "PUMP-200/P0155")
    with world.database.writing(world.site) as writer:
        surroundings = around(writer, [event], Directory(writer, world.database.known_names()))
    assert [one.range_number for one in surroundings.known.serials.ranges.loaded.values()] == ["R15"]


def test_no_serial_is_issued_when_the_order_has_no_room_for_all(world, part):
    world.order("WO-1", part=part, quantity=3)
    assert issue(world, part, 1, work_order=WorkOrder("WO-1")) == ["P0001"]
    with pytest.raises(SerialsRefused, match="PRO-031: work order WO-1 has room for 2 more; ask for as many"):
        issue(world, part, 3, work_order=WorkOrder("WO-1"))
    world.captures(UnitScrapped, "PUMP-200/P0001", reason="dropped")
    assert issue(world, part, 3, work_order=WorkOrder("WO-1")) == ["P0002", "P0003", "P0004"]
