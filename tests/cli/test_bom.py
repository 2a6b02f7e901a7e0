"""`asbuilt bom` and the lists of what is defined, in every format."""

import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events

PUMP = "PUMP-200/1"


@pytest.fixture(scope="module")
def billed(opened, tmp_path_factory) -> Cli:
    """A pump with a bill and a board in it, and one that is older than the bill."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("billed"), site=opened.new_site().name)
    events = Events()
    for part in ("PUMP-200", "PCB-10", "PCB-11"):
        events.add("PartDefined", part=part)
    events.add("PartDefined", part="GLUE-1", tracking="lot", uom="g")
    events.add("UnitCommissioned", unit="PUMP-200/0")
    lines = [
        {
            "item": "10",
            "part": "PCB-10",
            "alternates": ["PCB-11"],
            "reference_designators": ["A1", "A2"],
            "quantity": "2",
            "revision": "C",
        },
        {"item": "20", "part": "GLUE-1", "operation": "OP-20", "is_optional": True},
        {"item": "30", "part": "PCB-11", "serial_from": "9"},
    ]
    events.add("BillOfMaterialsDefined", bill_of_materials="BOM-PUMP/1", part="PUMP-200", lines=lines)
    events.add("UnitCommissioned", unit=PUMP)
    events.add("UnitCommissioned", unit="PCB-10/7", revision="C")
    events.add("ComponentInstalled", unit=PUMP, component="PCB-10/7", reference_designator="A1")
    events.add("WorkCenterDefined", work_center="TEST", area="Hall 2")
    events.add("EquipmentDefined", station="ICT-7", work_center="TEST", equipment_class="tester")
    events.add("CodeDefined", code_list="defect", code="OPEN", description="no contact")
    events.add("CodeDefined", code_list="scrap", code="DROPPED", is_retired=True)
    asked.captures(events)
    return asked


def test_what_a_unit_should_contain(billed):
    told = billed.run("bom", "show", PUMP).stdout.splitlines()
    assert any(line.split() == ["bill", "BOM-PUMP/1"] for line in told)
    (board,) = (line for line in told if line.startswith("10 "))
    assert board.split("  ")[0] == "10"
    for said in ("PCB-10 or PCB-11", "A1, A2", "rev C"):
        assert said in board
    (glue,) = (line for line in told if line.startswith("20 "))
    assert "as needed" in glue
    assert "OP-20 (optional)" in glue
    assert not any(line.startswith("30 ") for line in told)


def test_what_a_unit_should_contain_on_all_levels(billed):
    told = billed.run("bom", "show", PUMP, "--all-levels").stdout.splitlines()
    assert told[1].split() == [PUMP, "BOM-PUMP/1", "10", "PCB-10", "or", "PCB-11", "A1,", "A2", "2", "rev", "C"]
    found = billed.json("bom", "show", PUMP, "--all-levels")
    assert [(one["level"], one["item"], one["is_optional"]) for one in found["lines"]] == [
        (1, "10", False),
        (1, "20", True),
    ]


def test_what_a_unit_should_contain_for_programs(billed):
    found = billed.json("bom", "show", PUMP)
    assert [(line["item"], line["quantity"], line["installed"]) for line in found["lines"]] == [
        ("10", "2", "1"),
        ("20", None, "0"),
    ]
    rows = [json.loads(row) for row in billed.run("bom", "show", PUMP, "--format", "ndjson").stdout.splitlines()]
    assert rows == found["lines"]
    assert "ACME:PCB-10" in billed.run("bom", "show", PUMP, "--format", "csv").stdout


def test_a_unit_without_a_bill_exits_with_1(billed):
    assert "no bill of materials applies to" in billed.run("bom", "show", "PUMP-200/0", exits=1).output


def test_bills_are_listed(billed):
    (bill,) = billed.json("bom", "list")["bills_of_material"]
    assert (bill["bill_of_materials"], bill["line_count"], len(bill["lines"])) == ("BOM-PUMP/1", 3, 3)
    assert "BOM-PUMP/1  PUMP-200" in billed.run("bom", "list", "--part", "PUMP-200").stdout
    assert billed.json("bom", "list", "--part", "PCB-10")["count"] == 0


def test_work_centers_stations_and_codes_are_listed(billed):
    assert billed.json("work-centers")["work_centers"] == [{"work_center": "TEST", "area": "Hall 2", "description": ""}]
    assert "ICT-7    TEST         tester" in billed.run("equipment").stdout
    assert "DROPPED" in billed.run("codes").stdout
    (code,) = billed.json("codes", "--list", "defect")["codes"]
    assert (code["code"], code["description"], code["is_retired"]) == ("OPEN", "no contact", False)
