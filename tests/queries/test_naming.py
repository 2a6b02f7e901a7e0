"""Which unit or lot a text means: never guessed."""

import pytest
from hypothesis import given, settings

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned, UnitReidentified
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.queries.naming import Ambiguous, NotFound, lot_meant, unit_meant, unit_or_lot_meant
from tests.strategies import names
from tests.world import World


def meant(world: World, text: str, ask=unit_meant) -> str:
    with world.database.reading(world.site) as reader:
        return ask(reader, text).name


def test_a_unit_is_meant_by_its_full_name_its_number_or_an_alias(world):
    world.unit("PUMP-200/IPC26-0317")
    world.unit("PUMP-200/IPC26-0318")
    world.captures(AliasAssigned, "PUMP-200/IPC26-0317", scheme="imei", value="49-015420-323751-8")
    world.captures(
        AliasAssigned, "PUMP-200/IPC26-0317", scheme="catenax", value="urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379"
    )
    for text in (
        "ACME:PUMP-200/IPC26-0317",
        "PUMP-200/IPC26-0317",
        "pump-200 / ipc26-0317",
        "IPC26-0317",
        "49-015420-323751-8",
        "imei:49-015420-323751-8",
        "urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379",
        "580D3ADF-1981-44A0-A214-13D6CEED9379",
        " IPC26-0317\n",
    ):
        assert meant(world, text) == "ACME:PUMP-200/IPC26-0317", text


@pytest.mark.parametrize(
    "text", ["", " ", "IPC26", "PUMP-200", "PUMP-300/1", "OTHER:PUMP-200/1", "imei:1", "/", ":", "%"]
)
def test_what_names_nothing_is_not_guessed(world, text):
    world.unit("PUMP-200/1")
    with pytest.raises(NotFound, match=r"unit"):
        meant(world, text)


def test_a_number_that_several_have_is_answered_with_the_choices(world):
    world.units("PUMP-200/7", "PCB-10/7", "PUMP-200/8")
    world.captures(AliasAssigned, "PUMP-200/8", scheme="customer_serial", value="7")
    with pytest.raises(Ambiguous, match=r"'7' names 3 things here; say which") as caught:
        meant(world, "7")
    assert [choice.name for choice in caught.value.choices] == ["ACME:PUMP-200/8", "ACME:PUMP-200/7", "ACME:PCB-10/7"]
    assert meant(world, "customer_serial:7") == "ACME:PUMP-200/8"


def test_without_an_issuer_the_sites_own_is_meant(world):
    world.units("PUMP-200/7", "BOSCH:PUMP-200/7")
    assert meant(world, "PUMP-200/7") == "ACME:PUMP-200/7"
    assert meant(world, "BOSCH:PUMP-200/7") == "BOSCH:PUMP-200/7"
    world.unit("BOSCH:MOTOR/1")
    assert meant(world, "MOTOR/1") == "BOSCH:MOTOR/1"


def test_units_and_lots_are_asked_for_apart(world):
    world.unit("PUMP-200/7")
    world.lot("CAP/7")
    assert meant(world, "7") == "ACME:PUMP-200/7"
    assert meant(world, "7", lot_meant) == "ACME:CAP/7"
    with pytest.raises(Ambiguous):
        meant(world, "7", unit_or_lot_meant)


@settings(max_examples=40)
@given(names, names, names)
def test_whatever_it_is_called_its_full_name_means_it(opened, issuer, part_number, serial_number):
    world = World(opened.database, opened.new_site())
    unit = Unit(Part(issuer, part_number), serial_number)
    world.part(str(unit.part))
    world.captures(UnitCommissioned, unit)
    assert meant(world, str(unit)) == str(unit)
    assert normal_form(world.unit_view(str(unit)).serial_number) == normal_form(serial_number)


def test_a_unit_is_meant_by_what_it_is_and_was_marked_as(world):
    world.units("PUMP-200/1", "PCB-10/B7")
    world.part("PUMP-210")
    for marked_as in ("PUMP-200/A1", "PUMP-210/B7"):
        world.captures(UnitReidentified, "PUMP-200/1", marked_as=marked_as, reason="reworked")
    for text in ("PUMP-200/1", "PUMP-200/a1", "A1", "ACME:PUMP-210/B7", "pump-210/b7"):
        assert meant(world, text) == "ACME:PUMP-200/1", text
    with pytest.raises(Ambiguous) as found:
        meant(world, "B7")
    assert {one.name for one in found.value.choices} == {"ACME:PUMP-200/1", "ACME:PCB-10/B7"}
    with pytest.raises(NotFound):
        meant(world, "OTHER:PUMP-210/B7")


def test_every_answer_says_what_a_unit_is_marked_as_now(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    for unit, marked_as in (("PUMP-200/1", "PUMP-200/A1"), ("PCB-10/7", "PCB-10/A7"), ("PCB-10/7", "PCB-10/B7")):
        world.captures(UnitReidentified, unit, marked_as=marked_as, reason="label torn")
    record = world.as_built("PUMP-200/A1")
    assert (record.name, record.marked_as) == ("ACME:PUMP-200/1", "ACME:PUMP-200/A1")
    assert [one.marked_as for one in record.components] == ["ACME:PCB-10/B7"]
    assert [one.marked_as for one in world.affected("PCB-10/A7")] == ["ACME:PUMP-200/A1"]
    assert world.unit_view("PCB-10/7").marked_as == "ACME:PCB-10/B7"
