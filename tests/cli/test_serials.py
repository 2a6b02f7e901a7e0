"""`asbuilt serial`: issue, reserve, ranges, void."""

import json


def test_ranges_are_reserved_used_and_voided(cli):
    part = {"part": "FAN", "serial_format": "F{number:4}"}
    cli.run("capture", "-", stdin=line("PartDefined", 1, **part))
    assert cli.run("serial", "issue", "--part", "FAN", "--count", 2).stdout == "F0001\nF0002\n"
    reserve = ("serial", "reserve", "--part", "FAN", "--range", "R1", "--for", "printer", "--holder", "P-3")
    assert cli.run(*reserve, "--count", 3, "--low-watermark", 3).stdout == "F0003\nF0004\nF0005\n"
    assert "IDN-011: range R1 of ACME:FAN exists" in cli.run(*reserve, "--count", 3, exits=3).output
    cli.run("capture", "-", stdin=line("UnitCommissioned", 2, unit="FAN/F0003"))
    void = ("serial", "void", "--part", "FAN", "--reason", "torn")
    assert cli.run(*void, "F0004").stdout == "F0004\n"
    refused = cli.run(*void, "F0005", "F0001", exits=3).output
    assert "IDN-015: ACME:FAN/F0001 exists since" in refused
    (one,) = cli.json("serial", "ranges", "--low")["serial_ranges"]
    assert [one[name] for name in ("reserved", "used", "voided", "left")] == [3, 1, 1, 1]
    shown = cli.run("serial", "ranges", "--part", "FAN").output
    assert "printer P-3" in shown
    assert "1 LOW" in shown
    assert "1 below their low watermark: reserve further numbers" in shown
    assert cli.run("serial", "issue", "--part", "FAN", "--count", 1).stdout == "F0006\n"


def test_random_serials_and_lines(cli):
    cli.run("capture", "-", stdin=line("PartDefined", 3, part="TAG", serial_format="{line}{random:10}"))
    issued = cli.run("serial", "issue", "--part", "TAG", "--count", 3, "--line", "L1").stdout.split()
    assert len(set(issued)) == 3
    assert all(serial.startswith("L1") and len(serial) == 12 for serial in issued)
    assert (
        "CAP-003: the format names {line}" in cli.run("serial", "issue", "--part", "TAG", "--count", 1, exits=3).output
    )


def line(kind: str, number: int, **fields) -> str:
    identity = {"event_id": f"01936f00-0000-7000-8000-0000000007{number:02}", "event_time": "2026-03-02T08:00:00Z"}
    return json.dumps({"type": kind, **identity, **fields})
