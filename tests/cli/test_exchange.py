"""Catena-X documents by the command line. What they mean is tested with the exchange itself."""

import json
from uuid import uuid4

import pytest

from tests.cli.conftest import cli_on
from tests.databases import made_database
from tests.exchange.cfx.made import alone, lines, message, work_completed, work_started

BPNLS = ("--own-bpnl", "BPNL00000000000A", "--bpnl", "OTHER=BPNL00000000000B")


@pytest.fixture
def documents(plant, tmp_path):
    """A pump, its board and its glue as documents."""
    file = tmp_path / "pump.json"
    file.write_bytes(plant.run("export", "catenax", "PUMP-200/1", *BPNLS).stdout_bytes)
    return file


def test_what_is_exported_can_be_imported_elsewhere(kind, documents, tmp_path):
    assert len(json.loads(documents.read_text(encoding="utf-8"))) == 4
    with made_database(kind) as made:
        made.add_site("GRAZ", "BPNL00000000000A")
        there = cli_on(made, tmp_path)
        shown = there.run("import", "catenax", documents).stdout
        assert "2 SerialPart" in shown
        report = there.json("import", "catenax", documents)
        assert (report["recorded"], report["refusals"]) == (0, [])
        assert report["repeated"] > 0
        record = there.json("as-built", "PUMP-200/1")
        assert {one["part_number"] for one in record["components"]} == {"PCB-10", "GLUE-1"}


def test_documents_from_standard_input_and_what_is_not_delivered(cli, plant):
    whole = plant.run("export", "catenax", "PUMP-200/1", *BPNLS, "--levels", "single", "--version", "3").stdout
    report = json.loads(cli.run("import", "catenax", "-", "--json", stdin=whole).stdout)
    assert report["units"] == 1
    assert len(report["not_delivered"]) == 2
    assert "Named, but not delivered (recorded as declared): 2" in cli.run("import", "catenax", "-", stdin=whole).stdout


def test_what_cannot_be_read_is_refused(cli, tmp_path):
    assert "No such file" in cli.run("import", "catenax", tmp_path / "none", exits=3).stdout
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    assert "Refused: 1" in cli.run("import", "catenax", tmp_path / "bad.json", exits=3).stdout
    cli.run("import", "catenax", exits=2)


def test_an_export_says_what_it_lacks(plant):
    shown = plant.run("export", "catenax", "PUMP-200/1", exits=3)
    assert shown.stdout == ""
    assert "no BPNL is known for 'ACME'" in shown.stderr
    assert "--own-bpnl" in shown.stderr
    assert "NAME=VALUE" in plant.run("export", "catenax", "PUMP-200/1", "--bpnl", "ACME", exits=2).stderr
    plant.run("export", "catenax", "PUMP-200/9", *BPNLS, exits=1)


def test_documents_a_line_each(plant):
    lines = plant.run("export", "catenax", "GLUE-1/L7", *BPNLS, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["partTypeInformation"]["manufacturerPartId"] for line in lines] == ["GLUE-1"]


def test_cfx_messages_are_kept_understood_and_gone_over_again(cli, tmp_path):
    file = tmp_path / "messages.jsonl"
    board = {"type": "PartDefined", "event_id": str(uuid4()), "event_time": "2026-03-02T06:00:00Z", "part": "BOARD"}
    cli.run("capture", "-", stdin=json.dumps(board))
    unknown = [work_started(alone("NEW-1")), work_completed(), message("Heartbeat", {"HeartbeatFrequency": "00:00:05"})]
    file.write_text(lines(*unknown), encoding="utf-8")
    shown = cli.run("import", "cfx", file).stdout
    assert "NEW-1" in shown
    assert "CFX.Heartbeat" in shown
    report = cli.json("import", "cfx", file)
    assert (report["recorded"], report["repeated_messages"]) == (0, 3)
    again = cli.json("import", "cfx", "--kept", "--part", "BOARD", "--operation", "OP-10")
    assert (again["messages"], again["commissioned"], sum(again["mapped"].values())) == (3, 1, 2)
    assert "OP-10" in cli.run("history", "BOARD/NEW-1").stdout


def test_cfx_messages_from_standard_input_and_what_is_wrong(cli, tmp_path):
    assert "not taken" in cli.run("import", "cfx", "-", stdin="{", exits=3).stdout
    assert cli.run("import", "cfx", tmp_path / "none.json", exits=3)
    assert "--kept" in cli.run("import", "cfx", exits=2).stderr
    assert "--kept" in cli.run("import", "cfx", "-", "--kept", exits=2).stderr
    assert "is not defined here" in cli.run("import", "cfx", "-", "--part", "NONE", stdin="{}", exits=2).stderr


def test_a_set_of_edges_is_taken_over_and_compared(cli, tmp_path):
    file = tmp_path / "edges.csv"
    file.write_text(
        "parent;child;position;quantity;from;until;parent_kind;child_kind\n"
        "PUMP/1;PCB/7;A1;1;2026-03-02T06:00:00Z;;unit;unit\n"
        "PCB/7;GLUE/G1;;0.25;2026-03-02T06:00:00Z;;unit;lot\n",
        encoding="utf-8",
    )
    assert "--declare" in cli.run("import", "genealogy", file, exits=3).stdout
    assert "2 on record" in cli.run("import", "genealogy", file, "--declare").stdout
    assert cli.json("import", "genealogy", file)["repeated"] == 2
    assert cli.json("genealogy", "compare", file)["equal"] == 2
    exported = cli.run("genealogy", "export").stdout
    assert cli.run("genealogy", "compare", "-", stdin=exported).stdout.splitlines()[1].split() == ["closures", "2"]
    up = cli.run("genealogy", "export", "GLUE/G1", "--direction", "up", "--format", "ndjson").stdout
    assert [one["name"].partition(":")[2] for one in json.loads(up)["members"]] == ["PCB/7", "PUMP/1"]
    file.write_text(file.read_text(encoding="utf-8").replace("PCB/7;GLUE", "PCB/8;GLUE"), encoding="utf-8")
    assert "missing" in cli.run("genealogy", "compare", file, exits=1).stdout
    assert len(cli.run("genealogy", "compare", file, "--format", "ndjson", exits=1).stdout.splitlines()) == 5
    assert "none of down" in cli.run("genealogy", "export", "--direction", "left", exits=2).stderr
