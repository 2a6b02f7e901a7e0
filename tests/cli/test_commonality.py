"""`asbuilt commonality`, in every format."""

import csv
import io
import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events

FAILED = ("commonality", "--failed", "TEST", "--part-number", "PUMP-200")


@pytest.fixture(scope="module")
def line(opened, tmp_path_factory) -> Cli:
    """Twelve pumps with two tools; the four assembled with the worn one leak."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("line"), site=opened.new_site().name)
    events = Events()
    events.add("PartDefined", part="PUMP-200", description="Pump")
    for number in range(1, 13):
        unit = f"PUMP-200/{number}"
        tool = "WORN" if number <= 4 else "NEW"
        failed = {"result": "failed", "defect": "LEAK"} if number <= 4 else {}
        events.add("UnitCommissioned", unit=unit)
        events.add("OperationCompleted", unit=unit, operation="ASM", station="ASM-1", tool=tool)
        events.add("OperationCompleted", unit=unit, operation="TEST", station="FT-1", **failed)
    asked.captures(events)
    return asked


def test_a_table_with_findings_in_words(line):
    told = line.run(*FAILED, "--by", "tool,station").stdout
    assert "4 failing units with 8 others" in told
    assert "2 sets of units, which 4 values single out" in told
    assert "what happened before a unit was judged" in told
    # 1 in (12 over 4), of two tests.
    assert "4 of 4 failing units and 0 of 8 others have tool WORN: odds ratio 153" in told
    assert "corrected chance 0.0040" in told


def test_every_format_tells_the_same(line):
    found = line.json(*FAILED, "--by", "tool")
    assert (found["cases"], found["controls"], found["tested"], found["correction"]) == (4, 8, 2, "bh")
    best = found["findings"][0]
    assert (best["value"], best["cases_with"], best["controls_with"], best["same_units"]) == ("WORN", 4, 0, [])
    told = line.run(*FAILED, "--by", "tool", "--format", "ndjson").stdout
    assert [json.loads(one) for one in told.splitlines()] == found["findings"]
    rows = list(csv.DictReader(io.StringIO(line.run(*FAILED, "--by", "tool", "--format", "csv").stdout)))
    assert [(row["value"], row["chance"]) for row in rows] == [
        (one["value"], one["chance"]) for one in found["findings"]
    ]
    assert len(line.json(*FAILED, "--limit", "1")["findings"]) == 1


def test_units_from_a_pipe_a_defect_and_controls_from_a_file(line, tmp_path):
    piped = line.run("commonality", "--cases", "-", "--by", "tool", "--json", stdin="PUMP-200/1\n\n PUMP-200/2\n")
    assert (json.loads(piped.stdout)["cases"], json.loads(piped.stdout)["controls"]) == (2, 10)
    assert line.json("commonality", "--defect", "LEAK", "--by", "tool")["findings"][0]["value"] == "WORN"
    others = tmp_path / "others.txt"
    others.write_text("PUMP-200/5\nPUMP-200/6\n", encoding="utf-8")
    assert line.json("commonality", "--defect", "LEAK", "--controls", others)["controls"] == 2


def test_the_units_behind_a_finding(line):
    rows = line.json(*FAILED, "--drill", "tool=worn")["units"]
    assert [(row["unit"].rpartition("/")[2], row["is_case"]) for row in rows] == [(str(n), True) for n in range(1, 5)]
    assert "PUMP-200/5   no" in line.run(*FAILED, "--drill", "tool=NEW").stdout


def test_faults_say_what_to_do(line):
    wrong = line.run("commonality", "--cases", "-", stdin="PUMP-200/1\nPUMP-200/99\n", exits=2)
    assert "1 of 2 cases name no unit, or several; write issuer:part/serial: line 2 'PUMP-200/99'" in wrong.stderr
    assert "'colour' is no factor; it is one of lot, supplier" in line.run(*FAILED, "--by", "colour", exits=2).stderr
    assert "say which units failed" in line.run("commonality", exits=2).stderr
    assert "no unit failed so" in line.run("commonality", "--defect", "NOISE", exits=1).stderr
