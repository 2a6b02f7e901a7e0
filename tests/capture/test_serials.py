"""Serial numbers issued here: the next ones, never twice."""

from secrets import randbelow
from uuid import uuid4

import pytest

from asbuilt.capture.capture import capture
from asbuilt.capture.serials import SERIALS_MAX, SerialRequest, SerialsRefused, issue_serials
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.serial_format import check_of
from asbuilt.core.identifiers.subjects import WorkOrder, part_named
from tests.world import ACTOR, World


def issue(world: World, part: str, count: int, *, random_below=randbelow, **fields) -> list[str]:
    units = issue_serials(
        world.database,
        world.site,
        SerialRequest(part=part_named(part, own_issuer="ACME"), count=count, **fields),
        actor=ACTOR,
        record=lambda submission: capture(world.database, world.site, [submission], now=world.now)[0],
        now=world.now,
        new_event_id=uuid4,
        random_below=random_below,
    )
    return [unit.serial_number for unit in units]


def test_the_next_numbers_are_issued_in_order(world):
    world.part("PUMP-200", serial_format="IPC26-####")
    world.part("PCB-10")
    assert issue(world, "PUMP-200", 3) == ["IPC26-0001", "IPC26-0002", "IPC26-0003"]
    assert issue(world, "pump-200", 2) == ["IPC26-0004", "IPC26-0005"]
    assert issue(world, "PCB-10", 1) == ["00000001"]
    assert world.unit_view("PUMP-200/IPC26-0004").status == "issued"


def test_numbers_given_by_hand_are_passed_over_in_any_spelling(world):
    world.part("PUMP-200", serial_format="IPC26-####")
    world.units("PUMP-200/IPC26-0002", "PUMP-200/ipc26 - 0003")
    assert issue(world, "PUMP-200", 3) == ["IPC26-0001", "IPC26-0004", "IPC26-0005"]


def test_a_number_is_not_issued_again_after_scrap_or_a_new_definition(world):
    world.part("PUMP-200", serial_format="####")
    assert issue(world, "PUMP-200", 2) == ["0001", "0002"]
    world.captures(UnitScrapped, "PUMP-200/0002", reason="dropped")
    world.part("PUMP-200", serial_format="####")
    assert issue(world, "PUMP-200", 1) == ["0003"]


def test_more_than_one_transaction_holds_is_issued_all_the_same(world, monkeypatch):
    monkeypatch.setattr("asbuilt.capture.serials.PER_TRANSACTION", 4)
    world.part("PUMP-200", serial_format="####")
    world.unit("PUMP-200/0003")
    assert issue(world, "PUMP-200", 10) == [f"{number:04d}" for number in (1, 2, *range(4, 12))]


def test_what_is_issued_bears_its_order_and_place(world):
    world.order("WO-1", part="PUMP-200")
    (serial,) = issue(world, "PUMP-200", 1, work_order=WorkOrder("WO-1"), location=Location("CELL-4"), revision="C")
    view = world.unit_view(f"PUMP-200/{serial}")
    assert (view.work_order, view.location, view.revision) == ("WO-1", "CELL-4", "C")


def test_a_refusal_issues_nothing_and_says_why(world):
    world.part("PUMP-200")
    with pytest.raises(SerialsRefused, match=r"DEF-001: part ACME:NONE is not defined here"):
        issue(world, "NONE", 1)
    with pytest.raises(SerialsRefused, match=r"PRO-001: work order WO-9 was not released") as caught:
        issue(world, "PUMP-200", 1, work_order=WorkOrder("WO-9"))
    assert [one.rule for one in caught.value.broken] == ["PRO-001"]
    assert world.rows("SELECT 1 FROM unit_state WHERE site_id = $1", world.site.site_id) == []


def test_a_format_says_when_where_and_with_what_check(world):
    world.part("PUMP-200", serial_format="{site}-{line}-{year:2}{week}-{number:4}{check:luhn}")
    bodies = [f"{world.site.name}-L2-2610-{number:04d}" for number in (1, 2)]
    assert issue(world, "PUMP-200", 2, line="L 2") == [f"{body}{check_of('luhn', body)}" for body in bodies]


def test_random_serials_are_drawn_again_until_they_are_free(world):
    world.part("PUMP-200", serial_format="X{random:8}")
    issued = issue(world, "PUMP-200", 500)
    assert len(set(issued)) == 500
    draws = iter([7, 7, 7, 9, 9, 10])
    found = issue(world, "PUMP-200", 3, random_below=lambda _: next(draws))
    assert found == ["X22222229", "X2222222B", "X2222222C"]
    with pytest.raises(SerialsRefused, match=r"CAP-003: no free serial was found in 20 draws; define a format"):
        issue(world, "PUMP-200", 1, random_below=lambda _: 7)


def test_a_number_that_outgrows_its_format_is_refused_and_none_is_lost(world):
    world.part("PUMP-200", serial_format="A{number:1}")
    assert len(issue(world, "PUMP-200", 7)) == 7
    with pytest.raises(SerialsRefused, match=r"CAP-003: only 2 numbers are left in 'A\{number:1\}'; ask for fewer"):
        issue(world, "PUMP-200", 3)
    assert issue(world, "PUMP-200", 2) == ["A8", "A9"]
    with pytest.raises(SerialsRefused, match=r"number 10 outgrows 'A\{number:1\}', whose last is 9"):
        issue(world, "PUMP-200", 1)
    world.part("PUMP-200", serial_format="A{number:2}")
    assert issue(world, "PUMP-200", 1) == ["A10"]


def test_a_number_whose_check_is_a_blank_is_passed_over(world):
    world.part("PUMP-200", serial_format="+S{number:2}{check:mod43}")
    issued = issue(world, "PUMP-200", 50)
    numbers = [int(serial[2:4]) for serial in issued]
    assert len(issued) == 50
    assert set(range(1, 53)) - set(numbers) == {39, 48}
    assert all(serial == serial.strip() and len(serial) == 5 for serial in issued)


@pytest.mark.parametrize("count", [0, -1, SERIALS_MAX + 1])
def test_how_many_has_limits(world, count):
    world.part("PUMP-200")
    with pytest.raises(ValueError, match=f"count {count} must be between 1 and 100000"):
        issue(world, "PUMP-200", count)
