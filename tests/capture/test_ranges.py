"""Ranges of serial numbers: nobody else gets them, and it is known what is left."""

from uuid import UUID

import pytest

from asbuilt.capture.ranges import RangeRequest, Reserved, reserve_range
from asbuilt.capture.repeats import KeyUsed
from asbuilt.capture.serials import SerialsRefused
from asbuilt.core.events.definitions import SerialProfileDefined
from asbuilt.core.events.identity import RangeKind, SerialNumberVoided, UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import part_named
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
