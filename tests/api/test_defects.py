"""GET /api/v1/defects, and what the record of a unit says of its defects and attempts."""

import csv
import io

import pytest

from asbuilt.accounts.roles import Role
from asbuilt.queries.defects import DECISIONS
from tests.api.talk import body_of, event, new_api, problem


@pytest.fixture
def boards(api):
    """Three boards: one failed twice and passed, one is failed, one came with a dent."""
    api.captures(event("PartDefined", part="PCB"), *(event("UnitCommissioned", unit=f"PCB/{n}") for n in "123"))
    found = [{"code": "BRIDGE", "position": "U7", "number": "F-1"}, {"code": "OPEN", "position": "C12"}]
    ict = {"operation": "ICT", "station": "ICT-1"}
    for unit, results in (("PCB/1", ("failed", "failed", "passed")), ("PCB/2", ("failed",))):
        for place, result in enumerate(results):
            defects = {"defects": found} if result == "failed" and not place else {}
            api.captures(event("OperationCompleted", unit=unit, result=result, **defects, **ict))
    api.captures(event("DefectRecorded", unit="PCB/3", code="DENT", station="DOCK"))
    return api


def asked(api, **chosen) -> list[tuple[str, str]]:
    return [(one["unit"].partition("/")[2], one["code"]) for one in api.json("defects", **chosen)["defects"]]


def test_open_defects_are_listed_filtered_and_paged(boards):
    assert asked(boards) == [("2", "BRIDGE"), ("2", "OPEN"), ("3", "DENT")]
    assert asked(boards, station="DOCK") == asked(boards, code="DENT") == [("3", "DENT")]
    assert asked(boards, part_number="PCB", operation="ICT") == [("2", "BRIDGE"), ("2", "OPEN")]
    assert len(asked(boards, settled="true")) == 6
    decided = {one: asked(boards, disposition=one, settled="true") for one in DECISIONS}
    assert sum(map(len, decided.values())) == 6
    every = boards.json("defects", settled="true")["defects"]
    assert {one: len(found) for one, found in decided.items()} == {
        one: sum((each["disposition"] or "undecided") == one for each in every) for one in DECISIONS
    }
    seen, after = [], {}
    while True:
        page = boards.json("defects", settled="true", limit=1, **after)
        seen += [one["event_id"] + one["number"] for one in page["defects"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(set(seen)) == len(seen) == 6


def test_all_of_them_as_csv_and_ndjson(boards):
    assert [one["code"] for one in boards.rows("defects")] == ["BRIDGE", "OPEN", "DENT"]
    rows = list(csv.DictReader(io.StringIO(body_of(boards.get("defects", format="csv")).decode())))
    assert [row["position"] for row in rows] == ["U7", "C12", ""]


def test_the_defects_of_a_unit_come_open_ones_first(boards):
    boards.captures(event("DefectRecorded", unit="PCB/1", code="DENT"))
    told = boards.json("defects", unit="PCB/1")
    assert [(one["code"], one["settled_by"]) for one in told["defects"]] == [
        ("DENT", ""),
        ("BRIDGE", "retest"),
        ("OPEN", "retest"),
        ("", "retest"),
    ]
    record = boards.json("units/PCB/1/record")
    assert record["defects"] == told["defects"]
    attempts = [one["attempt"] for one in record["history"] if one["type"] == "OperationCompleted"]
    assert attempts == [1, 2, 3]
    assert [one["attempt"] for one in record["as_built"]["operations"]] == [1, 2, 3]


def test_what_contradicts_itself_is_not_understood(boards):
    assert "leave the other parameters out" in problem(boards.get("defects", unit="PCB/1", code="DENT"), 400)["detail"]
    assert "for the pages of JSON" in problem(boards.get("defects", format="csv", limit=1), 400)["detail"]
    problem(boards.get("defects", station="NOWHERE"), 404)
    wrong = problem(boards.get("defects", disposition="maybe"), 400)["detail"]
    assert "disposition is 'maybe'; it is one of undecided, " in wrong


@pytest.mark.parametrize(
    ("role", "may_decide"),
    [(Role.OPERATOR, False), (Role.WAREHOUSE, False), (Role.SUPERVISOR, True), (Role.QUALITY, True)],
)
def test_who_handles_units_enters_defects_and_quality_decides(boards, world, role, may_decide):
    other = new_api(world.site.name, role)
    assert other.post("events", event("DefectRecorded", unit="PCB/2", code="DENT")).status_code == 200
    decision = event("DefectDispositioned", unit="PCB/2", defect="F-1", disposition="retest")
    assert other.post("events", decision).status_code == (200 if may_decide else 403)
