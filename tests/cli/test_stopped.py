"""`asbuilt refusals`, overrides by `asbuilt capture --may-override`, and what a unit shows of both."""

import json

import pytest

from tests.cli.conftest import Cli, cli_on
from tests.cli.events import Events


@pytest.fixture(scope="module")
def line(opened, tmp_path_factory) -> Cli:
    """A pump that was stopped, and then let through by somebody who may."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("line"), site=opened.new_site().name)
    events = Events()
    events.add("PartDefined", part="PUMP-200")
    events.add("RoutingDefined", routing="R/1", part="PUMP-200", operations=[{"operation": "A"}, {"operation": "B"}])
    events.add("UnitCommissioned", unit="PUMP-200/1")
    events.add("AliasAssigned", unit="PUMP-200/1", scheme="imei", value="490154203237518")
    asked.captures(events)
    work = Events()
    work.add("OperationStarted", unit="PUMP-200/1", operation="B", station="ICT-7", event_id=NEW[0])
    work.add("OperationStarted", unit="PUMP-200/1", operation="B", event_id=NEW[1], override_reason="line stopped")
    for option in ((), ("--may-override",)):
        told = asked.run("capture", "-", "--refusals", asked.folder / "no", *option, exits=3, stdin=work.ndjson())
        assert ("1 recorded" in told.stdout) == bool(option)
    return asked


NEW = ("0198c0de-0000-7000-8000-00000000aa01", "0198c0de-0000-7000-8000-00000000aa02")


def test_refusals_as_a_table(line):
    told = line.run("refusals", "--since", "2026-03-02").stdout
    assert "PUMP-200/1   B          start  ICT-7" in told
    assert "PRO-011 before B, A has to pass; do A next" in told
    assert "PRO-011  2         1      66.7 %" in told
    assert "PRO-024  1         1      33.3 %  100.0 %" in told
    assert "line stopped" in told
    assert "Refused" not in line.run("refusals", "--show", "reasons").stdout


def test_refusals_in_every_format(line):
    as_json = line.json("refusals")
    assert [one["rules"] for one in as_json["refusals"]] == [["PRO-011"], ["PRO-011", "PRO-024"]]
    assert [json.loads(one) for one in line.run("refusals", "--format", "ndjson").stdout.splitlines()] == as_json[
        "refusals"
    ]
    narrowed = line.json("refusals", "--show", "refusals", "--rule", "PRO-024")
    assert (narrowed["count"], narrowed["since"]) == (1, None)
    assert "line stopped" in line.run("refusals", "--show", "overrides", "--format", "csv").stdout
    assert "no station 'X' is known here" in line.run("refusals", "--station", "X", exits=1).stderr


def test_a_unit_shows_what_was_refused_and_overridden(line):
    unit = line.run("unit", "1").stdout
    assert "line stopped (PRO-011)" in unit
    assert unit.count("overridden") == 1
    history = line.run("history", "1").stdout
    assert "OperationRefused" in history
    assert "PRO-011 before B, A has to pass; do A next" in history
    assert "InterlockOverridden" in history
    assert line.json("as-built", "1")["overrides"][0]["reason"] == "line stopped"


def test_the_interlock_is_asked_by_any_name_of_a_unit(line):
    for name in ("PUMP-200/1", "1", "490154203237518", "imei:490154203237518"):
        told = line.run("interlock", name, "B", exits=3).stdout
        assert "PRO-011  before B, A has to pass; do A next" in told
        assert "PUMP-200/1" in told
        assert "possible" in told
    assert "no unit '404' is known here" in line.run("interlock", "404", "B", exits=1).stderr
