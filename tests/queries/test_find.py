"""What a scanned or typed text leads to."""

import pytest

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.inventory import UnitPacked
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.queries import find as finding
from asbuilt.queries.find import Found, find, held


@pytest.fixture
def search(world):
    """Looks for a text in the plant."""

    def found(text: str) -> Found:
        with world.database.reading(world.site) as reader:
            return find(reader, text)

    return found


def names(found: Found) -> list[str]:
    return [f"{match.kind} {match.part_number}/{match.number} {match.status}" for match in found.matches]


def test_a_unit_is_found_by_number_by_full_name_and_by_alias(world, search):
    world.unit("PUMP-200/S1")
    world.captures(AliasAssigned, "PUMP-200/S1", scheme="imei", value="35-7")
    for text in ("S1", "s 1", "PUMP-200/S1", "ACME:PUMP-200/S1", "35-7", "imei:35-7"):
        assert names(search(text)) == ["unit PUMP-200/S1 issued"], text


def test_everything_of_one_name_is_given(world, search):
    world.units("PUMP-200/7", "PCB-10/7")
    world.lot("CAP/7")
    world.order("7", part="PUMP-200")
    found = search("7")
    assert names(found) == ["unit PUMP-200/7 issued", "unit PCB-10/7 issued", "lot CAP/7 available"]
    assert found.work_orders == ("7",)
    assert found.count == 4


def test_what_two_issuers_number_alike_is_two_things(world, search):
    world.units("BOSCH:PUMP/1", "ACME:PUMP/1", "PUMP/X%2F1")
    assert [match.issuer for match in search("1").matches] == ["BOSCH", "ACME"]
    assert [match.issuer for match in search("BOSCH:PUMP/1").matches] == ["BOSCH"]


def test_a_number_that_could_be_cut_in_two_ways_is_still_one_unit(world, search):
    world.units("A/B/C", "A%2FB/C")
    found = search("A/B/C")
    assert sorted(match.name for match in found.matches) == ["ACME:A%2FB/C", "ACME:A/B/C"]
    assert {match.status for match in found.matches} == {"issued"}


def test_a_percent_sign_that_was_marked_is_meant_as_such(world, search):
    world.unit("PUMP-200/50%252F7")
    assert names(search("50%2F7")) == ["unit PUMP-200/50%2F7 issued"]


def test_a_part_number_is_found(world, search):
    world.part("PUMP-200")
    assert search("pump-200").part_numbers == ("PUMP-200",)


def test_a_container_is_found_among_the_newest_units(world, search, monkeypatch):
    world.unit("PUMP-200/1")
    world.captures(UnitPacked, "PUMP-200/1", container="BOX-1")
    assert search("BOX-1").containers == ("BOX-1",)
    assert search("BOX-2").containers == ()
    world.unit("PUMP-200/2")
    monkeypatch.setattr(finding, "CONTAINERS_AMONG", 1)
    assert search("BOX-1").containers == ()


def test_what_names_nothing_comes_with_what_begins_so(world, search):
    world.units("PUMP-200/IPC26-001", "PUMP-200/IPC26-002", "PCB-10/IPC26-003")
    begun = [unit.serial_number for unit in search("IPC26-00").beginning]
    assert begun == ["IPC26-001", "IPC26-002", "IPC26-003"]
    assert [unit.serial_number for unit in search("PCB-10/IPC26").beginning] == ["IPC26-003"]
    assert search("XYZ") == Found(text="XYZ")


def test_an_exact_name_is_not_mixed_with_beginnings(world, search):
    world.units("PUMP-200/IPC26-00", "PUMP-200/IPC26-001")
    found = search("IPC26-00")
    assert names(found) == ["unit PUMP-200/IPC26-00 issued"]
    assert found.beginning == ()


@pytest.mark.parametrize(("text", "why"), [("", "empty"), ("x" * 201, "201"), ("a\x07b", "U+0007")])
def test_what_can_be_no_name_is_said(search, text, why):
    found = search(text)
    assert why in found.problem
    assert found.count == 0


def test_what_was_declared_wrong_is_found_and_says_so(world, search):
    world.part("PUMP-200")
    wrong = world.captures(UnitCommissioned, "PUMP-200/1")
    world.captures(EventCorrected, wrong, reason="did_not_occur", explanation="typed by mistake")
    assert names(search("1")) == ["unit PUMP-200/1 withdrawn"]


def test_other_sites_are_out_of_sight(world, opened, search):
    other = type(world)(world.database, opened.new_site())
    other.unit("PUMP-200/ELSEWHERE")
    assert search("ELSEWHERE") == Found(text="ELSEWHERE")


def test_what_is_on_hold_is_given_the_newest_first(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    world.lot("CAP/7")
    for name in ("PUMP-200/1", "PUMP-200/2", "CAP/7"):
        world.captures(HoldPlaced, name, hold="H-1", reason="seal leak")
    world.captures(HoldPlaced, "PUMP-200/1", hold="H-2", reason="dropped")
    world.captures(HoldReleased, "PUMP-200/2", hold="H-1", reason="it is sound")
    with world.database.reading(world.site) as reader:
        assert [match.number for match in held(reader)] == ["7", "1"]
        assert [match.number for match in held(reader, limit=1)] == ["7"]


def test_an_installed_component_is_found_with_its_state(world, search):
    world.units("PUMP-200/1", "PCB-10/9")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/9")
    assert names(search("9")) == ["unit PCB-10/9 installed"]
