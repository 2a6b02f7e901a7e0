"""`asbuilt as-built --diff`: in every format, with the exit code of a difference."""

import csv
import io
import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events

PUMP = "PUMP-200/1"


@pytest.fixture(scope="module")
def built(opened, tmp_path_factory) -> Cli:
    """A pump with an allowed alternate in it; another one where the second board is missing; and a repair."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("built"), site=opened.new_site().name)
    events = Events()
    for part in ("PUMP-200", "PCB-10", "PCB-11"):
        events.add("PartDefined", part=part)
    lines = [
        {
            "item": "10",
            "part": "PCB-10",
            "alternates": ["PCB-11"],
            "reference_designators": ["A1", "A2"],
            "quantity": "2",
        }
    ]
    events.add("BillOfMaterialsDefined", bill_of_materials="BOM-PUMP/1", part="PUMP-200", lines=lines)
    for name in (PUMP, "PUMP-200/2", "PCB-10/1", "PCB-10/2", "PCB-11/1"):
        events.add("UnitCommissioned", unit=name)
    events.add("ComponentInstalled", unit=PUMP, component="PCB-10/1", reference_designator="A1")
    events.add("ComponentInstalled", unit=PUMP, component="PCB-11/1", reference_designator="A2")
    events.add("ComponentInstalled", unit="PUMP-200/2", component="PCB-10/2", reference_designator="A1")
    asked.captures(events)
    return asked


def test_an_allowed_alternate_is_told_and_is_no_difference(built):
    told = built.run("as-built", PUMP, "--diff", "designed").stdout
    assert "alternate used  PUMP-200/1  10    PCB-10 or PCB-11  A2     2         PCB-11/1  A2" in told
    assert "differences         0" in told
    assert "allowed alternates  1" in told


def test_what_is_missing_ends_with_the_code_of_a_difference(built):
    found = built.json("as-built", "PUMP-200/2", "--diff", "designed", exits=1)
    assert (found["against"], found["bill_of_materials"], found["fault_count"]) == ("designed", "BOM-PUMP/1", 1)
    (missing,) = found["differences"]
    assert (missing["difference"], missing["expected_places"], missing["expected_quantity"]) == ("missing", ["A2"], "1")
    as_lines = built.run("as-built", "PUMP-200/2", "--diff", "designed", "--format", "ndjson", exits=1).stdout
    assert [json.loads(line) for line in as_lines.splitlines()] == [missing]
    text = built.run("as-built", "PUMP-200/2", "--diff", "designed", "--format", "csv", exits=1).stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["expected"], row["expected_places"], row["found"]) == ("ACME:PCB-10 or ACME:PCB-11", "A2", "")


def test_a_unit_beside_itself_at_another_time(built):
    long_ago = "2020-01-01"
    since = built.json("as-built", PUMP, "--diff", long_ago, exits=1)
    assert [(one["difference"], one["found"]) for one in since["differences"]] == [
        ("extra", "ACME:PCB-10/1"),
        ("extra", "ACME:PCB-11/1"),
    ]
    back = built.json("as-built", PUMP, "--diff", "NOW", "--at", long_ago, exits=1)
    assert [one["difference"] for one in back["differences"]] == ["missing", "missing"]
    assert built.json("as-built", PUMP, "--diff", "now", "--at", "2090-01-01")["differences"] == []


def test_what_cannot_be_compared_says_what_to_do(built):
    assert "say which other time" in built.run("as-built", PUMP, "--diff", "now", exits=2).stderr
    assert "'soon' is none of designed, now, or a time" in built.run("as-built", PUMP, "--diff", "soon", exits=2).stderr
    assert "define one before" in built.run("as-built", "PCB-10/1", "--diff", "designed", exits=1).stderr
