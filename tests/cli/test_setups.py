"""`asbuilt setup`."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def line(cli):
    events = Events(first=1000)
    for part in ("CAP", "RES"):
        events.add("PartDefined", part=part, tracking="lot")
        events.add("LotDefined", lot=f"{part}/L1", quantity="100")
    events.add("LotDefined", lot="CAP/L2", quantity="100")
    slots = [{"slot": "F1", "part": "CAP", "quantity": "4"}, {"slot": "F2", "part": "RES"}]
    events.add("SetupListDefined", setup_list="SU-1/1", station="SMT-1", slots=slots)
    cli.captures(events)
    return cli


def test_a_station_is_set_up_slot_by_slot(line):
    told = line.run("setup", "activate", "SMT-1", "SU-1/1").stdout
    assert told.splitlines() == [
        "SMT-1 may not run: SU-1/1",
        "  slot F1: EMPTY, wanted is CAP",
        "  slot F2: EMPTY, wanted is RES",
    ]
    assert "slot F2" in line.run("setup", "load", "SMT-1", "F1", "CAP/L1", "--quantity", "50").stdout
    assert line.run("setup", "load", "SMT-1", "F2", "RES/L1").stdout == "SMT-1 may run: SU-1/1\n"
    assert line.run("setup", "verify", "SMT-1", "F1=CAP/L1").stdout == "SMT-1 may run: SU-1/1\n"
    other = line.run("setup", "verify", "SMT-1", "F1=CAP/L2", exits=3)
    assert "slot F1: CAP/L2 was scanned, CAP/L1 is recorded" in other.stderr
    line.run("setup", "load", "SMT-1", "F1", "CAP/L2", "--splice")
    shown = line.json("setup", "show", "SMT-1", "--json")
    assert [(one["slot"], one["status"], one["left"]) for one in shown["slots"]] == [
        ("F1", "verified", "150"),
        ("F2", "verified", "100"),
    ]
    assert "CAP/L1, CAP/L2" in line.run("setup", "show", "SMT-1").stdout
    line.run("setup", "unload", "SMT-1", "F1", "CAP/L1", "--remaining", "48")
    assert "unloaded with 48 left, 2 less than was worked out" in line.run("setup", "show", "SMT-1").stdout
    listed = line.run("setup", "list").stdout.splitlines()
    assert listed[1].split()[:2] == ["SU-1/1", "SMT-1"]
    assert line.run("setup", "activate", "SMT-1", "--end").stdout == "no setup is in force at SMT-1\n"


@pytest.mark.parametrize(
    ("arguments", "told", "exits"),
    [
        (("activate", "SMT-1"), "name the setup list", 2),
        (("activate", "SMT-1", "SU-9/1"), "PRO-040", 3),
        (("activate", "SMT-9", "--end"), "station SMT-9 is not known here", 1),
        (("activate", "SMT-1", "--end"), "no setup is in force at SMT-1", 1),
        (("load", "SMT-1", "F1", "CAP"), "names no part", 2),
        (("unload", "SMT-1", "F1", "CAP/L1"), "GEN-007", 3),
        (("verify", "SMT-1", "F1"), "'F1' is not SLOT=LOT", 2),
        (("show", "SMT-9"), "station SMT-9 is not known here", 1),
    ],
)
def test_what_cannot_be_done_is_told(line, arguments, told, exits):
    assert told in line.run("setup", *arguments, exits=exits).stderr
