"""`asbuilt panel`."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def line(cli):
    events = Events(first=900)
    events.add("PartDefined", part="BOARD-1", serial_format="B{number:3}")
    cli.captures(events)
    cli.run("serial", "issue", "--part", "BOARD-1", "--count", "3")
    placed = cli.run("panel", "place", "P26-1", "1=BOARD-1/B001", "2=BOARD-1/B002", "10=BOARD-1/B003")
    assert placed.stdout == "3 boards recorded, 0 refused\n"
    return cli


def test_a_panel_goes_through_the_line_by_its_number(line):
    assert "3 boards recorded" in line.run("panel", "start", "p26-1", "OP-10", "--station", "SMT-1").stdout
    done = line.run("panel", "complete", "P26-1", "OP-10", "--failed", "2=bridge", "--skip", "10")
    assert done.stdout == "2 boards recorded, 0 refused\n"
    boards = line.json("panel", "show", "P26-1", "--json")["boards"]
    assert [(one["position"], one["last_result"]) for one in boards] == [("1", "passed"), ("2", "failed"), ("10", "")]
    told = line.run("panel", "show", "P26-1").stdout
    assert "position  unit" in told
    assert "P26-1 at 2" in line.run("unit", "BOARD-1/B002").stdout
    assert "3 boards recorded" in line.run("panel", "separate", "P26-1").stdout
    assert "no board is on a panel P26-1" in line.run("panel", "show", "P26-1", exits=1).stderr


def test_what_is_refused_is_told_by_position(line):
    taken = line.run("panel", "place", "P26-2", "1=BOARD-1/B001", exits=3)
    assert "position 1: PRO-051" in taken.stderr
    assert taken.stdout == "0 boards recorded, 1 refused\n"


@pytest.mark.parametrize(
    ("arguments", "told", "exits"),
    [
        (("place", "P9", "1"), "'1' is not POSITION=UNIT", 2),
        (("place", "P9", "1=B001"), "B001", 2),
        (("place", "P9", "=BOARD-1/B001"), "position is empty", 2),
        (("start", "P9", "OP-10"), "no board is on a panel P9", 1),
        (("start", "P26-1", "OP-10", "--skip", "7"), "no board at position 7; there are 1, 2, 10", 2),
        (("complete", "P26-1", "OP-10", "--skip", "1", "--failed", "1"), "position 1 is skipped", 2),
    ],
)
def test_what_cannot_be_understood_is_told(line, arguments, told, exits):
    assert told in line.run("panel", *arguments, exits=exits).stderr
