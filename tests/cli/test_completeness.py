"""`asbuilt completeness`: of a unit and of an order, in every format, with the exit code of a gap."""

import csv
import io
import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events


@pytest.fixture(scope="module")
def recorded(opened, tmp_path_factory) -> Cli:
    """A pump of which all is recorded that its part asks for, and one of the same order in which a board is missing."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("recorded"), site=opened.new_site().name)
    events = Events()
    events.add("PartDefined", part="PCB-10")
    events.add("PartDefined", part="PUMP-200", component_record="place", is_complete_to_ship=True)
    line = {"item": "10", "part": "PCB-10", "reference_designators": ["A1", "A2"], "quantity": "2"}
    events.add("BillOfMaterialsDefined", bill_of_materials="BOM/1", part="PUMP-200", lines=[line])
    events.add("WorkOrderReleased", work_order="WO-1", part="PUMP-200", quantity=2)
    for name in ("PUMP-200/1", "PUMP-200/2"):
        events.add("UnitCommissioned", unit=name, work_order="WO-1")
    places = {"1": ("PUMP-200/1", "A1"), "2": ("PUMP-200/1", "A2"), "3": ("PUMP-200/2", "A1")}
    for serial, (pump, place) in places.items():
        events.add("UnitCommissioned", unit=f"PCB-10/{serial}")
        events.add("ComponentInstalled", unit=pump, component=f"PCB-10/{serial}", reference_designator=place)
    asked.captures(events)
    return asked


def test_a_complete_record(recorded):
    told = recorded.run("completeness", "PUMP-200/1").stdout
    assert "recorded  2 of 2" in told
    assert "complete before it is shipped" in told
    assert recorded.run("completeness", "PUMP-200/1", "--format", "ndjson").stdout == ""


def test_what_is_missing_ends_with_the_code_of_a_difference(recorded):
    found = recorded.json("completeness", "PUMP-200/2", exits=1)
    assert (found["recorded_count"], found["required_count"], found["missing_count"]) == (1, 2, 1)
    (missing,) = found["missing"]
    assert (missing["matter"], missing["place"], missing["level"]) == ("component", "A2", "place")
    lines = recorded.run("completeness", "PUMP-200/2", "--format", "ndjson", exits=1).stdout.splitlines()
    assert [json.loads(line) for line in lines] == [missing]
    told = recorded.run("completeness", "PUMP-200/2", exits=1).stdout
    assert "component  PUMP-200/2  10    PCB-10  A2     place" in told


def test_an_order(recorded):
    found = recorded.json("completeness", "--order", "WO-1", exits=1)
    assert [(one["unit"], one["missing_count"]) for one in found["units"]] == [
        ("ACME:PUMP-200/1", 0),
        ("ACME:PUMP-200/2", 1),
    ]
    text = recorded.run("completeness", "--order", "WO-1", "--format", "csv", exits=1).stdout
    assert [(row["unit"], row["place"]) for row in csv.DictReader(io.StringIO(text))] == [("ACME:PUMP-200/2", "A2")]


def test_what_cannot_be_answered_says_what_to_do(recorded):
    assert "give a unit, or a work order" in recorded.run("completeness", exits=2).stderr
    assert "give a unit, or a work order" in recorded.run("completeness", "1", "--order", "WO-1", exits=2).stderr
    assert "define it with a component_record" in recorded.run("completeness", "PCB-10/1", exits=1).stderr
    assert "`asbuilt order list` shows" in recorded.run("completeness", "--order", "WO-9", exits=1).stderr
