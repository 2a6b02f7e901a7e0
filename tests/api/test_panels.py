"""GET /api/v1/panels/{panel} and POST …/events: one scan, and an event for every board."""

import pytest

from asbuilt.accounts.roles import Role
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.production import UnitPanelled
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from tests.api.talk import new_api, problem

ID = "01936f00-0000-7000-8000-0000000000a1"
BOARDS = {"1": "PCB-10/1", "2": "PCB-10/2", "10": "PCB-10/3"}


@pytest.fixture
def panel(world):
    world.part("PCB-10")
    steps = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))
    world.captures(RoutingDefined, "R-PCB", part="PCB-10", operations=steps)
    for position, unit in BOARDS.items():
        world.unit(unit)
        world.captures(UnitPanelled, unit, panel="P26-1", position=position)
    return world


def work(kind="OperationCompleted", event_id=ID, **fields):
    return {"type": kind, "event_id": event_id, "event_time": "2026-03-03T06:00:00Z", "operation": "OP-10", **fields}


def said(answer):
    return {one["position"]: one["outcome"] for one in answer.json()["boards"]}


def test_a_panel_is_shown_in_the_order_of_its_positions(api, panel):
    found = api.json("panels/p26-1")
    assert found["panel"] == "P26-1"
    assert [(one["position"], one["unit"]) for one in found["boards"]] == [
        (position, f"ACME:{unit}") for position, unit in BOARDS.items()
    ]
    detail = problem(api.get("panels/P99"), 404)["detail"]
    assert "no board is on a panel P99; check the scan" in detail


def test_one_scan_records_every_board_once(api, panel):
    first = api.post("panels/P26-1/events", {"event": work()})
    assert first.status_code == 200
    assert said(first) == dict.fromkeys(BOARDS, "recorded")
    again = api.post("panels/P26-1/events", {"event": work()})
    assert said(again) == dict.fromkeys(BOARDS, "repeated")
    for unit in BOARDS.values():
        assert panel.unit_view(unit).last_operation == "OP-10"
    assert len(panel.history("PCB-10/1")) == 3


def test_boards_differ_and_bad_ones_are_skipped(api, panel):
    panel.captures(UnitScrapped, "PCB-10/3", reason="broken corner")
    wanted = {"event": work(), "positions": {"2": {"result": "failed", "defect": "bridge"}}}
    answer = api.post("panels/P26-1/events", wanted)
    assert said(answer) == {"1": "recorded", "2": "recorded"}
    assert panel.unit_view("PCB-10/2").last_result == "failed"
    assert panel.unit_view("PCB-10/1").last_result == "passed"
    following = {"event": work(event_id=ID.replace("a1", "a2"), operation="OP-20"), "skip": ["2"]}
    assert said(api.post("panels/P26-1/events", following)) == {"1": "recorded"}


def test_a_board_that_may_not_go_on_does_not_hold_up_the_others(api, panel):
    api.post("panels/P26-1/events", {"event": work(), "positions": {"2": {"result": "failed"}}})
    further = {"event": work(event_id=ID.replace("a1", "a2"), operation="OP-20")}
    refused = api.post("panels/P26-1/events?atomic=true", further)
    assert refused.status_code == 409
    assert said(refused) == dict.fromkeys(BOARDS, "refused")
    answer = api.post("panels/P26-1/events", further)
    assert answer.status_code == 200
    assert said(answer) == {"1": "recorded", "2": "refused", "10": "recorded"}
    assert [one["rule"] for one in answer.json()["boards"] if "rule" in one] == ["PRO-011"]


def test_a_panel_is_separated_by_one_scan(api, panel):
    separated = work("UnitDepanelled")
    del separated["operation"]
    answer = api.post("panels/P26-1/events", {"event": separated})
    assert said(answer) == dict.fromkeys(BOARDS, "recorded")
    problem(api.get("panels/P26-1"), 404)
    assert panel.unit_view("PCB-10/1").panel == ""


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"event": {}}, "the event has no type - at `$.event`"),
        ({"event": {"type": "OperationStarted"}}, "the event has no event_id"),
        ({"event": work(event_id="x")}, "event_id 'x' is no UUID"),
        ({"event": work("UnitCommissioned")}, "a panel has no UnitCommissioned; of all its boards can be recorded"),
        ({"event": work(unit="PCB-10/1")}, "an event of a panel names no unit"),
        ({"event": work(), "positions": {"7": {}}}, "no board at position 7; there are 1, 2, 10"),
        ({"event": work(), "skip": ["7"]}, "no board at position 7"),
        ({"event": work(), "skip": ["1"], "positions": {"1": {}}}, "position 1 is skipped, and something is said"),
        ({"event": work(), "skip": ["1", "2", "10"]}, "no board of panel P26-1 is left"),
        ({"event": work(), "positions": {"1": {"unit": "PCB-10/1"}}}, "position 1: unit is the same, or made"),
        ({"event": work(), "positions": {"1": {}, " 1": {}}}, "names the same position twice"),
        ({"event": work(), "positions": {"1": {"result": "burnt"}}}, "position 1: Invalid enum value 'burnt'"),
        ({"event": work(colour="red")}, "unknown field `colour`"),
        ({"event": work(), "more": 1}, "unknown field `more`"),
        ([], "Expected `object`"),
    ],
)
def test_what_cannot_be_understood_is_refused_whole(api, panel, sent, expected):
    assert expected in problem(api.post("panels/P26-1/events", sent), 400)["detail"]
    assert len(panel.history("PCB-10/1")) == 2


def test_a_supervisor_lets_a_panel_through(served, panel):
    further = {"event": work(event_id=ID.replace("a1", "a3"), operation="OP-20", override_reason="line down")}
    refused = new_api(panel.site.name, Role.OPERATOR).post("panels/P26-1/events", further)
    assert refused.status_code == 409
    assert {one["rule"] for one in refused.json()["boards"]} == {"PRO-011"}
    allowed = new_api(panel.site.name, Role.SUPERVISOR).post("panels/P26-1/events", further)
    assert said(allowed) == dict.fromkeys(BOARDS, "recorded")
