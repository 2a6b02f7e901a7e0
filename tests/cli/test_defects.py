"""`asbuilt defect`: list, record, disposition, repair."""

from tests.cli.events import Events


def failing(first: int) -> Events:
    """Two valves: one fails its test, the other comes with a scratch."""
    events = Events(first)
    events.add("PartDefined", part="VALVE")
    for number in (1, 2):
        events.add("UnitCommissioned", unit=f"VALVE/{number}")
    found = [{"code": "LEAK", "position": "SEAT", "number": "F-1"}]
    failed = {"operation": "LEAK-TEST", "station": "LT-1", "result": "failed", "defects": found}
    events.add("OperationCompleted", unit="VALVE/1", **failed)
    return events


def numbers(cli, *arguments: str) -> list[str]:
    return [one["number"] for one in cli.json("defect", "list", *arguments)["defects"]]


def test_defects_are_entered_listed_decided_upon_and_repaired(cli):
    cli.captures(failing(700))
    shown = cli.run(
        "defect", "record", "VALVE/2", "SCRATCH", "--position", "BODY", "--number", "F-2", "--note", "small"
    )
    assert shown.stdout == "F-2 open\n"
    assert numbers(cli) == ["F-1", "F-2"]
    assert numbers(cli, "--part", "VALVE", "--operation", "LEAK-TEST", "--station", "LT-1") == ["F-1"]
    assert numbers(cli, "--code", "SCRATCH") == ["F-2"]
    assert "SEAT" in cli.run("defect", "list").stdout
    assert cli.run("defect", "disposition", "VALVE/1", "F-1", "repair").stdout == "F-1 open\n"
    assert cli.run("defect", "repair", "VALVE/1", "F-1", "seat lapped", "--replaced", "SEAT").stdout == "F-1 open\n"
    (one,) = cli.json("defect", "list", "VALVE/1")["defects"]
    assert (one["disposition"], one["repair"], one["replaced"], one["retest"]) == (
        "repair",
        "seat lapped",
        "SEAT",
        "LEAK-TEST",
    )
    settled = cli.run("defect", "disposition", "VALVE/2", "F-2", "use_as_is", "--reason", "cosmetic")
    assert settled.stdout == "no defect is open\n"
    assert (numbers(cli), numbers(cli, "--settled"), numbers(cli, "--settled", "--limit", "1")) == (
        ["F-1"],
        ["F-1", "F-2"],
        ["F-1"],
    )


def test_what_is_not_understood_or_not_allowed_is_said(cli):
    cli.captures(failing(720))
    refused = cli.run("defect", "repair", "VALVE/1", "F-9", "polished", exits=3)
    assert "QUA-011: ACME:VALVE/1 has no defect F-9; open are F-1" in refused.output
    assert "reason is empty" in cli.run("defect", "disposition", "VALVE/1", "F-1", "scrap", exits=2).output
    assert "leave the other options out" in cli.run("defect", "list", "VALVE/1", "--code", "LEAK", exits=2).output
    cli.run("defect", "list", "--station", "NOWHERE", exits=1)
