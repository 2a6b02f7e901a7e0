"""Refused operations and overrides over HTTP: who may, what is answered, what is kept."""

import csv
import io
import json

import jsonschema_rs
import pytest

from asbuilt.accounts.roles import Action, Role, may
from asbuilt.api.openapi import openapi
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.production import OperationStarted
from asbuilt.core.events.routes import RouteOperation
from tests.api.talk import body_of, case, event, new_api, problem

PUMP = "PUMP-200/1"
WORK = {"unit": PUMP, "operation": "OP-20", "station": "ICT-7"}


@pytest.fixture
def line(world):
    """A pump, to be made in two operations."""
    world.part("PUMP-200")
    route = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=route)
    world.captures(UnitCommissioned, PUMP)
    world.captures(AliasAssigned, PUMP, scheme="imei", value="490154203237518")
    return world


def types_of(api) -> list[str]:
    return [one["type"] for one in api.json(f"units/{PUMP}/history")["history"]]


def test_a_refusal_stands_in_the_history_once(line, api):
    stopped = event("OperationStarted", **WORK)
    for _ in range(2):
        answer = api.post("events", stopped)
        assert answer.status_code == 409
        assert answer.json()["answers"][0]["rule"] == "PRO-011"
    assert types_of(api)[-1] == "OperationRefused"
    assert types_of(api).count("OperationRefused") == 1


@pytest.mark.parametrize("role", Role)
def test_who_may_override(served, line, role):
    asker = new_api(line.site.name, role)
    forced = event("OperationStarted", **WORK, override_reason="line stopped")
    answer = asker.post("events", forced)
    if may(role, Action.OVERRIDE_INTERLOCK):
        assert answer.json()["answers"][0]["outcome"] == "recorded"
        (told,) = asker.json(f"units/{PUMP}")["overrides"]
        assert (told["reason"], told["rules"], told["overridden_event_id"]) == (
            "line stopped",
            ["PRO-011"],
            forced["event_id"],
        )
        assert asker.json(f"units/{PUMP}/as-built")["overrides"] == [told]
    elif may(role, Action.CAPTURE_PRODUCTION):
        told = answer.json()["answers"][0]
        assert [one["rule"] for one in told["broken"]] == ["PRO-011", "PRO-024"]
        assert "needs the permission override_interlock" in told["broken"][1]["reason"]
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize(("role", "is_taken"), [(Role.QUALITY, False), (Role.SUPERVISOR, True)])
def test_a_reason_that_nothing_was_in_the_way_of_lets_nobody_do_work(served, line, role, is_taken):
    in_its_turn = event("OperationStarted", **WORK | {"operation": "OP-10"}, override_reason="just so")
    (told,) = new_api(line.site.name, role).post("events", in_its_turn).json()["answers"]
    assert (told["outcome"] == "recorded") == is_taken
    assert is_taken or told["rule"] == "CAP-004"
    assert (types_of(new_api(line.site.name, Role.VIEWER))[-1] == "OperationStarted") == is_taken


def test_who_decides_does_not_do_the_work(served, line):
    """Quality lets an operation be done; it does not record ordinary work."""
    quality = new_api(line.site.name, Role.QUALITY)
    problem(quality.post("events", event("OperationStarted", unit=PUMP, operation="OP-10")), 403)


def test_the_interlock_speaks_for_itself(line, api):
    for kind, more in (
        ("OperationRefused", {"refused_event_id": line.new_id()}),
        ("InterlockOverridden", {"overridden_event_id": line.new_id(), "reason": "x"}),
    ):
        made_up = event(
            kind, unit=PUMP, operation="OP-20", phase="start", reasons=[], **{n: str(v) for n, v in more.items()}
        )
        assert api.post("events", made_up).json()["answers"][0]["rule"] == "PRO-022"


def test_refusals_are_listed_and_counted(line, api):
    api.post("events", event("OperationStarted", **WORK))
    line.overrides(OperationStarted, PUMP, operation="OP-20")
    told = api.json("refusals", station="ICT-7", since="2026-03-02")
    assert [one["rules"] for one in told["refusals"]] == [["PRO-011"]]
    assert (told["reasons"][0]["rule"], told["reasons"][0]["share"]) == ("PRO-011", "1")
    everything = api.json("refusals")
    assert [one["reason"] for one in everything["overrides"]] == ["agreed"]
    assert api.rows("refusals") == everything["refusals"]
    for show in ("refusals", "reasons", "overrides"):
        with case(show):
            assert api.json("refusals", show=show)[show] == everything[show]
            rows = list(csv.DictReader(io.StringIO(body_of(api.get("refusals", show=show, format="csv")).decode())))
            assert len(rows) == 1
    described = {"$ref": "#/components/schemas/RefusalReport"}
    described["components"] = json.loads(json.dumps(openapi()))["components"]
    jsonschema_rs.Draft202012Validator(described, validate_formats=True).validate(everything)


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"part_number": "PIMP"}, 404, "no part 'PIMP' is known here"),
        ({"station": "PIMP"}, 404, "no station 'PIMP' is known here"),
        ({"work_order": "W"}, 400, "unknown parameter 'work_order'"),
        ({"since": "2026-03-03", "until": "2026-03-02"}, 400, "the window is empty"),
        ({"show": "points"}, 400, "it is one of refusals, reasons, overrides"),
    ],
)
def test_what_cannot_be_answered_is_said(line, api, asked, status, told):
    assert told in problem(api.get("refusals", **asked), status)["detail"]


def test_the_interlock_is_asked_by_any_name_of_a_unit(line, api):
    for name in (PUMP, "ACME:PUMP-200/1", "1", "490154203237518", "imei:490154203237518"):
        with case(name):
            told = api.json("interlock", unit=name, operation="OP-20", at="2026-03-02T12:00:00Z")
            assert (told["unit"], told["may"], told["overridable"]) == (f"ACME:{PUMP}", False, True)
    line.unit("VALVE/1")
    choices = problem(api.get("interlock", unit="1", operation="OP-20"), 409)["choices"]
    assert {one["name"] for one in choices} == {f"ACME:{PUMP}", "ACME:VALVE/1"}
