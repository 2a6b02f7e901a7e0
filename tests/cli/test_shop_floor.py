"""`asbuilt yield` and `asbuilt spc`, in every format."""

import csv
import io
import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events

SPC = ("spc", "--part-number", "PUMP-200", "--operation", "OP70", "--characteristic", "flow")


@pytest.fixture(scope="module")
def line(opened, tmp_path_factory) -> Cli:
    """Four pumps through two operations; the third fails its test once."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("line"), site=opened.new_site().name)
    events = Events()
    events.add("PartDefined", part="PUMP-200", description="Pump")
    limits = {"characteristic": "flow", "uom": "ml/h", "lower_limit": "9.50", "upper_limit": "10.50"}
    for number in range(1, 5):
        unit = f"PUMP-200/{number}"
        events.add("UnitCommissioned", unit=unit)
        events.add("OperationCompleted", unit=unit, operation="OP20", station="ASM-1")
        events.add("OperationStarted", unit=unit, operation="OP70", station="FT-1")
        for value in ("10.70", "10.20") if number == 3 else (f"9.9{number}",):
            measured = [{**limits, "value": value}]
            events.add("OperationCompleted", unit=unit, operation="OP70", station="FT-1", measurements=measured)
    asked.captures(events)
    return asked


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_yield_as_a_table(line):
    told = line.run("yield", "--last-operation", "OP70").stdout
    assert "the beginning to now, as known at 20" in told
    assert "PUMP-200  4      4         2           75.0 %" in told
    assert "OP70       5         1       4      4       75.0 %      100.0 %  0:01:00" in told
    assert "OP70       outside: flow  1         1      100.0 %  100.0 %" in told
    assert "Stuck for 24 h and longer" in told
    (stuck,) = (text.split("\n", 1)[1] for text in told.split("\nDefects") if "outside" in text)
    assert stuck.rstrip().endswith("none")


def test_yield_in_every_format(line):
    as_json = line.json("yield", "--by", "station", "--zone", "Europe/Paris", "--since", "2026-03-02")
    assert (as_json["since"], as_json["until"], as_json["zone"]) == ("2026-03-01T23:00:00Z", None, "Europe/Paris")
    assert [(one["group"], one["first_pass_yield"]) for one in as_json["operations"]] == [
        ("ASM-1", "1"),
        ("FT-1", "0.75"),
    ]
    told = line.run("yield", "--by", "station", "--format", "ndjson").stdout
    assert [json.loads(one) for one in told.splitlines()] == as_json["operations"]
    assert [row["part"] for row in rows_of(line.run("yield", "--show", "parts", "--format", "csv").stdout)] == [
        "ACME:PUMP-200"
    ]
    defects = line.json("yield", "--show", "defects")
    assert (defects["group_by"], defects["defects"][0]["failures"], defects["count"]) == ("none", 1, 1)
    by_shift = line.run("yield", "--by", "shift", "--shifts", "06:00,18:00", "--show", "parts").stdout
    assert "2026-03-02 06:00  PUMP-200" in by_shift


def test_units_that_are_stuck(line):
    told = line.run("yield", "--stuck-after", "0", "--show", "stuck").stdout
    assert "PUMP-200/1  idle  OP70 passed  FT-1" in told


def test_spc_as_a_table(line):
    told = line.run(*SPC).stdout
    assert "flow at OP70 of PUMP-200, I-MR" in told
    assert "4 completed, 4 values" in told
    assert "9.50         10.50                    4" in told
    assert "upper limit  resolution  values" in told
    assert "Rules broken\nnone" in told
    points = line.run(*SPC, "--show", "points", "--attempts", "all").stdout
    assert "10.70" in points
    assert points.count("PUMP-200/3") == 2
    frozen = line.run(*SPC, "--chart", "xbar-r", "--size", "2", "--baseline-until", "2026-03-02").stdout
    assert "X-bar-R of 2" in frozen
    assert "2 points from the beginning to 2026-03-03 00:00:00Z" in frozen
    assert "the 2 points before each" in line.run(*SPC, "--moving", "2").stdout


def test_spc_in_every_format(line):
    as_json = line.json(*SPC, "--since", "2026-03-02T06:00:00Z")
    assert [one["value"] for one in as_json["points"]] == ["9.91", "9.92", "10.70", "9.94"]
    assert [json.loads(one) for one in line.run(*SPC, "--format", "ndjson").stdout.splitlines()] == as_json["points"]
    (row,) = rows_of(line.run(*SPC, "--show", "capability", "--format", "csv").stdout)
    assert (row["lower_limit"], row["above"], row["cpk"]) == ("9.50", "1", as_json["capability"][0]["cpk"])
    assert line.json(*SPC, "--show", "broken")["broken"] == as_json["broken"]


def test_what_cannot_be_answered_is_said(line):
    assert "no part 'PIMP' is known here" in line.run("yield", "--part-number", "PIMP", exits=1).stderr
    assert "the window is empty" in line.run("yield", "--since", "2026-03-03", "--until", "2026-03-02", exits=2).stderr
    assert "zone 'Mars' is not known" in line.run("yield", "--zone", "Mars", exits=2).stderr
    assert "measured there: flow" in line.run(*SPC[:-1], "heat", exits=1).stderr
    assert "exclude each other" in line.run(*SPC, "--moving", "2", "--baseline-since", "2026-03-02", exits=2).stderr
    line.run("spc", exits=2)
