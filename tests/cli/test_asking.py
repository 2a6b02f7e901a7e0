"""Units, history, as-built, where-used, in every format."""

import csv
import io
import json
import os
import pty
import subprocess

import pytest

from asbuilt.core.identifiers.text import NAME_MAX
from tests.cli.conftest import PROGRAM
from tests.cli.events import Events, pumps


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def lines_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_unit_in_every_format(plant):
    as_json = plant.json("unit", "PUMP-200/1")
    assert as_json["unit"] == "ACME:PUMP-200/1"
    assert (as_json["part_number"], as_json["serial_number"], as_json["status"]) == ("PUMP-200", "1", "shipped")
    assert as_json["commissioned_at"] == "2026-03-02T06:07:00Z"
    assert as_json["aliases"] == [{"scheme": "udi", "value": "(01)09521234450016(21)1", "issuer": ""}]
    assert lines_of(plant.run("unit", "PUMP-200/1", "--format", "ndjson").stdout) == [as_json]
    (row,) = rows_of(plant.run("unit", "PUMP-200/1", "--format", "csv").stdout)
    assert (row["customer"], row["open_holds"], row["expires_on"]) == ("Hôpital, Lyon", "", "")
    table = plant.run("unit", "PUMP-200/1").stdout
    assert "shipped" in table
    assert "(01)09521234450016(21)1" in table
    assert (
        plant.run("unit", "PUMP-200/1", "--json").stdout == plant.run("unit", "PUMP-200/1", "--format", "json").stdout
    )


@pytest.mark.parametrize("name", ["ACME:PUMP-200/1", "acme:pump-200/1", "(01)09521234450016(21)1"])
def test_a_unit_is_found_by_any_of_its_names(plant, name):
    assert plant.json("unit", name)["serial_number"] == "1"


def test_an_ambiguous_name_is_answered_with_the_choices(plant):
    shown = plant.run("unit", "777", exits=1)
    assert shown.stdout == ""
    assert "names 2 things here" in shown.stderr
    assert "unit  ACME:PUMP-200/777" in shown.stderr
    assert "unit  OTHER:MOTOR/777" in shown.stderr


@pytest.mark.parametrize("verb", ["unit", "history", "as-built", "where-used"])
def test_what_is_not_known_is_not_found(plant, verb):
    shown = plant.run(verb, "PUMP-200/9", exits=1)
    assert shown.stdout == ""
    assert "'PUMP-200/9' is known here" in shown.stderr
    plant.run(verb, "x" * (NAME_MAX * 50), exits=1)
    plant.run(verb, "", exits=1)


def test_a_lot_in_every_format(plant):
    as_json = plant.json("lot", "GLUE-1/L7")
    assert (as_json["part_number"], as_json["lot_number"], as_json["quantity"]) == ("GLUE-1", "L7", "100")
    assert lines_of(plant.run("lot", "GLUE-1/L7", "--format", "ndjson").stdout) == [as_json]
    (row,) = rows_of(plant.run("lot", "GLUE-1/L7", "--format", "csv").stdout)
    assert (row["lot"], row["uom"]) == ("ACME:GLUE-1/L7", "g")
    assert "100 g" in plant.run("lot", "GLUE-1/L7").stdout
    plant.run("lot", "GLUE-1/NONE", exits=1)


def test_units_are_filtered_and_paged(plant):
    page = plant.json("units", "--part-number", "PUMP-200")
    assert [unit["serial_number"] for unit in page["units"]] == ["777", "2", "1"]
    assert page["next"] is None
    first = plant.json("units", "--part-number", "PUMP-200", "--limit", "2")
    second = plant.json("units", "--part-number", "PUMP-200", "--limit", "2", "--after", first["next"])
    assert [unit["serial_number"] for unit in second["units"]] == ["1"]
    for option, value, serials in (
        ("--status", "on_hold", ["2"]),
        ("--customer", "Hôpital, Lyon", ["1"]),
        ("--location", "LINE-1", ["2"]),
        ("--q", "77", ["777", "777"]),
    ):
        found = plant.json("units", option, value)["units"]
        assert [unit["serial_number"] for unit in found] == serials
    assert "There are more: --after" in plant.run("units", "--limit", "2").stderr


def test_units_as_csv_and_ndjson_are_all_units(cli):
    events = Events()
    events.add("PartDefined", part="P")
    for number in range(1500):
        events.add("UnitCommissioned", unit=f"P/{number}")
    cli.captures(events)
    assert len(rows_of(cli.run("units", "--format", "csv").stdout)) == 1500
    assert len(lines_of(cli.run("units", "--format", "ndjson").stdout)) == 1500
    assert len(lines_of(cli.run("units", "--format", "ndjson", "--limit", "7").stdout)) == 7
    assert len(cli.json("units")["units"]) == 100


def test_usage_errors_of_units(plant):
    assert "'lost' is not one of" in plant.run("units", "--status", "lost", exits=2).stderr
    assert "at most 1000 a page" in plant.run("units", "--limit", "2000", exits=2).stderr
    for after in ("x", "9" * 30, "K:", "²"):
        assert "not the `next` of a page" in plant.run("units", "--after", after, exits=2).stderr
    plant.run("units", "--format", "csv", "--limit", "9" * 30, exits=2)


def test_the_history_in_every_format(plant):
    answer = plant.json("history", "PUMP-200/1")
    assert answer["name"] == "ACME:PUMP-200/1"
    assert answer["count"] == len(answer["history"]) == 7
    failed, passed = [entry for entry in answer["history"] if entry["type"] == "OperationCompleted"]
    assert (failed["result"], passed["result"]) == ("failed", "passed")
    assert passed["event"]["measurements"][0]["value"] == "10.0100"
    assert failed["actor"].startswith("cli:")
    assert failed["operator"] == "v.renard"
    assert lines_of(plant.run("history", "PUMP-200/1", "--format", "ndjson").stdout) == answer["history"]
    rows = rows_of(plant.run("history", "PUMP-200/1", "--format", "csv").stdout)
    assert json.loads(rows[-1]["event"])["customer"] == "Hôpital, Lyon"
    table = plant.run("history", "PUMP-200/1").stdout
    assert len(table.splitlines()) == 8
    assert "component PCB-10/1" in table
    assert len(plant.run("history", "PUMP-200/2").stdout.splitlines()) == 5, "a reason of two lines stays in its row"


def test_the_as_built_record_in_every_format(plant):
    record = plant.json("as-built", "PUMP-200/1")
    board, glue = sorted(record["components"], key=lambda one: one["part_number"], reverse=True)
    assert (board["serial_number"], board["reference_designator"], board["operation"]) == ("1", "A1", "OP20")
    assert (glue["lot_number"], glue["quantity"], glue["uom"], glue["evidence"]) == ("L7", "0.5", "g", "scanned")
    assert [run["result"] for run in record["operations"]] == ["failed", "passed"]
    lines = lines_of(plant.run("as-built", "PUMP-200/1", "--format", "ndjson").stdout)
    assert {line["part_number"] for line in lines} == {"PCB-10", "GLUE-1"}
    rows = rows_of(plant.run("as-built", "PUMP-200/1", "--format", "csv").stdout)
    assert {row["level"] for row in rows} == {"1"}
    table = plant.run("as-built", "PUMP-200/1").stdout
    assert "flow 10.80 ml/h outside 9.50…10.50" in table
    assert "GLUE-1/L7 (lot)" in table


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("2026-03-02T06:09:00Z", 1),
        ("2026-03-02T07:09:00+01:00", 1),
        ("2026-03-02T06:09:00", 1),
        ("2026-03-01", 0),
        ("2026-03-02", 2),
    ],
)
def test_the_as_built_record_at_a_time(plant, at, count):
    """Without a zone UTC is meant; a date is the end of that day."""
    assert plant.json("as-built", "PUMP-200/1", "--at", at)["component_count"] == count


def test_a_time_that_is_none_is_a_usage_error(plant):
    for text in ("soon", "2026-13-01", "26:00", "", "0001-01-01T00:00:00+14:00"):
        assert f"{text!r} is no time" in plant.run("as-built", "PUMP-200/1", "--at", text, exits=2).stderr
    assert plant.json("as-built", "PUMP-200/1", "--at", "0001-01-01")["component_count"] == 0
    assert plant.json("as-built", "PUMP-200/1", "--at", "9999-12-31")["component_count"] == 2


def test_a_lot_has_an_as_built_record_too(plant):
    assert plant.json("as-built", "GLUE-1/L7")["kind"] == "lot"


def test_where_used_in_every_format(plant):
    answer = plant.json("where-used", "GLUE-1/L7")
    assert (answer["name"], answer["ever"], answer["at"], answer["count"]) == ("ACME:GLUE-1/L7", False, None, 2)
    assert [(one["serial_number"], one["status"]) for one in answer["affected"]] == [("1", "shipped"), ("2", "on_hold")]
    assert lines_of(plant.run("where-used", "GLUE-1/L7", "--format", "ndjson").stdout) == answer["affected"]
    rows = rows_of(plant.run("where-used", "GLUE-1/L7", "--format", "csv").stdout)
    assert [row["customer"] for row in rows] == ["Hôpital, Lyon", ""]
    assert "Hôpital, Lyon, SHP-1" in plant.run("where-used", "GLUE-1/L7").stdout


def test_where_used_at_a_time_and_ever(cli):
    cli.captures(pumps())
    assert cli.json("where-used", "PCB-10/2", "--at", "2026-03-01")["count"] == 0
    removed = Events(first=900)
    removed.add("HoldReleased", unit="PUMP-200/2", hold="NCR-1", reason="fine")
    removed.add("ComponentRemoved", unit="PUMP-200/2", component="PCB-10/2", reason="worn")
    cli.captures(removed)
    assert cli.json("where-used", "PCB-10/2")["count"] == 0
    assert cli.json("where-used", "PCB-10/2", "--ever")["count"] == 1
    shown = cli.run("where-used", "PCB-10/2", "--ever", "--at", "2026-03-01", exits=2)
    assert "exclude each other" in shown.stderr


def test_an_argument_that_is_no_text_is_a_usage_error(plant):
    no_text = b"PUMP-200/\xff".decode(errors="surrogateescape")
    assert "is not text in UTF-8" in plant.real("units", "--part-number", no_text, exits=2).stderr
    assert "control or invisible character" in plant.real("unit", no_text, exits=1).stderr


def test_a_unit_and_a_lot_of_one_name_are_told_apart_by_kind(cli):
    events = Events()
    events.add("PartDefined", part="BAT", tracking="serialized_and_lot")
    events.add("LotDefined", lot="BAT/7")
    events.add("UnitCommissioned", unit="BAT/7")
    cli.captures(events)
    assert "names 2 things" in cli.run("history", "BAT/7", exits=1).stderr
    assert cli.json("history", "BAT/7", "--kind", "lot")["history"][0]["type"] == "LotDefined"
    assert cli.json("history", "BAT/7", "--kind", "unit")["history"][0]["type"] == "UnitCommissioned"
    assert cli.json("as-built", "BAT/7")["kind"] == "unit"


def test_which_site_is_meant(alone, own):
    alone.captures(pumps())
    own.add_site("GRAZ", "OTHER")
    assert "say which site" in alone.run("units", exits=2).stderr
    assert alone.json("units", "--site", "GRAZ")["units"] == [], "what one site records the other does not see"
    assert "there is no site 'ROME'" in alone.run("units", "--site", "ROME", exits=1).stderr
    alone.environment["ASBUILT_SITE"] = "LYON"
    assert len(alone.json("units")["units"]) == 6


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("no_color", "is_coloured"), [("", True), ("1", False)])
def test_colour_only_on_a_terminal_that_wants_it(plant, no_color, is_coloured):
    assert "\x1b" not in plant.real("units").stdout
    master, slave = pty.openpty()
    subprocess.run([PROGRAM, "units"], env=plant.real_environment(NO_COLOR=no_color), stdout=slave, check=True)
    os.close(slave)
    shown = os.read(master, 65_536).decode()
    os.close(master)
    assert ("\x1b[33mon_hold" in shown) is is_coloured
    assert ("\x1b" in shown) is is_coloured


def test_duplicates_that_wait_for_a_decision(plant):
    assert plant.json("duplicates") == {"duplicates": [], "next": None}
    sent = Events(first=900)
    for number in (1, 2):
        sent.add("DuplicateReported", unit="OTHER:MOTOR/777", supplier="Bosch", document=f"D-{number}")
    plant.run("capture", "-", stdin=sent.ndjson())
    page = plant.json("duplicates", "--limit", 1)
    assert page["duplicates"][0]["question"] == sent.events[0]["event_id"]
    assert [one["document"] for one in plant.json("duplicates", "--after", page["next"])["duplicates"]] == ["D-2"]
    assert [row["document"] for row in rows_of(plant.run("duplicates", "--format", "csv").stdout)] == ["D-1", "D-2"]
    table = plant.run("duplicates").stdout
    assert "OTHER:MOTOR/777" in table
    assert "duplicate to decide" in plant.run("unit", "OTHER:MOTOR/777").stdout


def test_the_interlock_says_yes_or_no(plant):
    assert plant.run("interlock", "PUMP-200/404", "OP-10", exits=3).stdout.startswith("no\nIDN-001  ACME:PUMP-200/404")
    shipped = plant.json("interlock", "PUMP-200/1", "OP-10", "--complete", "--station", "S", exits=3)
    assert not shipped["may"]
    assert [one["rule"] for one in shipped["reasons"]] == ["INV-001"]
    assert plant.run("interlock", "OTHER:MOTOR/777", "OP-10").stdout.startswith("yes")
    assert "no unit 'nothing' is known here" in plant.run("interlock", "nothing", "OP-10", exits=1).stderr
    plant.run("interlock", "PUMP-200/404", "", exits=2)
