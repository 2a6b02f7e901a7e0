"""What a unit should contain, and what of it is there; the lists of what is defined."""

from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import Part
from asbuilt.queries import resources
from asbuilt.queries.bills import AsDesigned, as_designed, bill_now, bills
from asbuilt.queries.naming import NotFound, unit_meant
from tests.world import MINUTE, World

BOARD, SPARE, GLUE = Part("ACME", "PCB:10/7"), Part("ACME", "PCB-11"), Part("ACME", "GLUE")


@pytest.fixture
def plant(world):
    world.part("PUMP-200")
    world.captures(UnitCommissioned, "PUMP-200/S-001")
    world.part(str(BOARD), description="Main board")
    world.part("PCB-11")
    world.part("GLUE", tracking="lot", uom="g")
    lines = (
        BillLine(item="10", part=BOARD, reference_designators=("A1", "A2"), quantity=Decimal(2), serial_to="S-010"),
        BillLine(item="10", part=SPARE, reference_designators=("A1", "A2"), quantity=Decimal(2), serial_from="S-011"),
        BillLine(item="20", part=GLUE, alternates=(SPARE,), is_optional=True),
    )
    world.captures(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=lines)
    world.captures(UnitCommissioned, "PUMP-200/S-010")
    world.captures(BillOfMaterialsDefined, "BOM/2", part="PUMP-200", lines=lines[2:])
    return world


def designed(world: World, name: str) -> AsDesigned:
    with world.database.reading(world.site) as reader:
        return as_designed(reader, unit_meant(reader, name))


def test_the_bill_of_a_unit_is_that_of_its_birth_and_only_lines_that_hold_for_it(plant):
    plant.captures(UnitCommissioned, "PUMP-200/S-011")
    found = designed(plant, "S-010")
    assert (found.bill_of_materials, found.part) == ("BOM/1", "ACME:PUMP-200")
    assert [(line.item, line.part, line.holds) for line in found.lines] == [
        ("10", "ACME:PCB%3A10%2F7", True),
        ("20", "ACME:GLUE", True),
    ]
    assert (found.lines[0].description, found.lines[1].uom) == ("Main board", "g")
    assert designed(plant, "S-011").bill_of_materials == "BOM/2"


def test_what_is_installed_stands_beside_what_is_asked_for(plant):
    plant.captures(UnitCommissioned, f"{BOARD}/7")
    plant.lot("GLUE/G1", quantity=10, uom="g")
    unit = {"reference_designator": "A2"}
    plant.captures(ComponentInstalled, "PUMP-200/S-010", component=f"{BOARD}/7", **unit)
    for quantity in ("0.5", "0.25"):
        plant.captures(ComponentInstalled, "PUMP-200/S-010", lot="GLUE/G1", quantity=quantity)
    board, glue = designed(plant, "S-010").lines
    assert (board.quantity, board.installed) == (Decimal(2), Decimal(1))
    assert (glue.quantity, glue.installed) == (None, Decimal("0.75"))


def test_a_line_of_which_nobody_can_tell_is_shown_as_such(plant):
    plant.captures(UnitReceived, "PUMP-200/SAMPLE", at=plant.now - MINUTE / 2)
    found = designed(plant, "SAMPLE")
    assert [(line.item, line.holds) for line in found.lines] == [("10", None), ("10", None), ("20", True)]


def test_a_unit_older_than_all_bills_has_none(plant):
    with pytest.raises(NotFound, match="no bill of materials applies to ACME:PUMP-200/S-001; define one before"):
        designed(plant, "S-001")


def test_bills_are_listed_and_one_is_that_of_now(plant):
    with plant.database.reading(plant.site) as reader:
        assert [(one.bill_of_materials, one.line_count) for one in bills(reader)] == [("BOM/1", 3), ("BOM/2", 1)]
        assert len(list(bills(reader, part_number="PUMP-200"))) == 2
        assert list(bills(reader, part_number="PCB-11")) == []
        assert list(bills(reader, part_number="NOBODY")) == []
        part = Part("acme", "pump-200")
        now = bill_now(reader, part, plant.now)
        assert now is not None
        assert now.bill_of_materials == "BOM/2"
        assert bill_now(reader, part, plant.now - timedelta(days=1)) is None
        assert bill_now(reader, SPARE, plant.now) is None


def test_work_centers_stations_and_codes_are_listed(plant, monkeypatch):
    monkeypatch.setattr(resources, "PAGE", 1)
    for name in ("SMT", "TEST"):
        plant.captures(WorkCenterDefined, name, area="Hall 2")
    plant.captures(EquipmentDefined, "ICT-7", work_center="TEST", equipment_class="tester")
    plant.captures(EquipmentDefined, "OVEN-1", description="reflow oven")
    for code_list, code in (("defect", "OPEN"), ("defect", "BRIDGE"), ("scrap", "DROPPED")):
        plant.captures(CodeDefined, code_list, code=code)
    plant.captures(CodeDefined, "defect", code="open", is_retired=True)
    with plant.database.reading(plant.site) as reader:
        assert [(one.work_center, one.area) for one in resources.work_centers(reader)] == [
            ("SMT", "Hall 2"),
            ("TEST", "Hall 2"),
        ]
        assert [(one.station, one.work_center) for one in resources.equipment(reader)] == [
            ("ICT-7", "TEST"),
            ("OVEN-1", ""),
        ]
        every = [(one.code_list, one.code, one.is_retired) for one in resources.codes(reader)]
        assert every == [("defect", "BRIDGE", False), ("defect", "open", True), ("scrap", "DROPPED", False)]
        assert [one.code for one in resources.codes(reader, code_list="SCRAP")] == ["DROPPED"]
        assert list(resources.codes(reader, code_list="reason")) == []
