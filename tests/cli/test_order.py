"""`asbuilt order`."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def line(cli):
    events = Events(first=950)
    events.add("PartDefined", part="BOARD-1", serial_format="B{number:3}")
    cli.captures(events)
    return cli


def issue(line, count, order="WO-1"):
    return line.run("serial", "issue", "--part", "BOARD-1", "--count", count, "--work-order", order).stdout.split()


def works(line, number, *serials, result="passed"):
    events = Events(first=number)
    for serial in serials:
        events.add("OperationCompleted", unit=f"BOARD-1/{serial}", operation="OP-90", result=result)
    line.captures(events)


def test_an_order_from_release_to_close(line):
    released = line.run("order", "release", "WO-1", "--part", "BOARD-1", "--quantity", 5, "--last-operation", "OP-90")
    assert released.stdout == "work order WO-1 is released\n"
    assert issue(line, 3) == ["B001", "B002", "B003"]
    works(line, 1000, "B001", "B002")
    assert line.run("order", "hold", "WO-1", "--reason", "no material").stdout == "work order WO-1 is held\n"
    assert (
        "PRO-030"
        in line.run("serial", "issue", "--part", "BOARD-1", "--count", 1, "--work-order", "WO-1", exits=3).stderr
    )
    line.run("order", "resume", "WO-1", "--reason", "delivered")
    told = line.run("order", "split", "WO-1", "WO-2", "--quantity", 2, "--unit", "BOARD-1/B003").stdout
    assert told == "2 of work order WO-1 go to WO-2, 1 of them begun\n"
    view = line.json("order", "show", "wo-1")
    counts = ("ordered", "started", "good", "scrapped", "in_process", "missing")
    assert [view[name] for name in counts] == [3, 2, 2, 0, 0, 1]
    assert view["operations"] == [{"operation": "OP-90", "passed": 2, "failed": 0, "is_last": True}]
    assert [one["reason"] for one in view["holds"]] == ["no material"]
    refused = line.run("order", "close", "WO-1", exits=3)
    assert "PRO-036: WO-1: of 3 ordered 2 are good" in refused.stderr
    assert "PRO-037" in line.run("order", "close", "WO-1", "--reason", "short", "--good", 3, exits=3).stderr
    closed = line.run("order", "close", "WO-1", "--reason", "the customer takes two", "--good", 2)
    assert closed.stdout == "work order WO-1 is closed: 2 started, 2 good, 0 scrapped\n"
    listed = line.json("order", "list")["work_orders"]
    assert [(one["work_order"], one["status"]) for one in listed] == [("WO-2", "open"), ("WO-1", "closed")]
    assert [one["work_order"] for one in line.json("order", "list", "--status", "closed")["work_orders"]] == ["WO-1"]
    shown = line.run("order", "show", "WO-2").stdout
    assert "split from   WO-1" in " ".join(shown.split("\n")) or "split from" in shown
    assert "WO-2" in line.run("order", "list", "--part", "BOARD-1").stdout


def test_an_order_is_released_with_serial_numbers_of_its_own(line):
    released = line.run("order", "release", "WO-1", "--part", "BOARD-1", "--quantity", 3, "--reserve")
    assert released.stdout.split() == ["B001", "B002", "B003"]
    line.run("order", "release", "WO-2", "--part", "BOARD-1", "--quantity", 3)
    assert issue(line, 1, "WO-2") == ["B004"]
    assert issue(line, 2) == ["B001", "B002"]
    assert "WO-1: 1-3, 1 left" in line.run("order", "show", "WO-1").stdout


def test_what_is_wrong_with_an_order_is_said(line):
    assert "was not released here" in line.run("order", "show", "WO-9", exits=1).stderr
    assert "PRO-001" in line.run("order", "hold", "WO-9", "--reason", "x", exits=3).stderr
    line.run("order", "release", "WO-1", "--part", "BOARD-1", "--quantity", 3)
    same = line.run("order", "split", "WO-1", "WO-1", "--quantity", 1, exits=2)
    assert "into is the order itself" in same.stderr
    assert "PRO-002" in line.run("order", "release", "WO-1", "--part", "BOARD-1", "--quantity", 3, exits=3).stderr
