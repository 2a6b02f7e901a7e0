"""GET /api/v1/interlock."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest

from asbuilt.core.events.definitions import RoutingDefined, SpecificationDefined, ToolCalibrated
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Specification, Station

PUMP = "PUMP-200/1"


@pytest.fixture
def routed(world):
    """A pump, to be tested at ICT-7 with a calibrated tool."""
    world.part("PUMP-200")
    world.captures(SpecificationDefined, "ICT/3", characteristics=(Characteristic(characteristic="voltage"),))
    test = RouteOperation(
        operation="OP-20", stations=(Station("ICT-7"),), tool_class="ICT", specification=Specification("ICT/3")
    )
    route = (RouteOperation(operation="OP-10"), test)
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=route)
    world.captures(ToolCalibrated, "T-1", tool_class="ICT", due_on="2027-01-31")
    world.captures(UnitCommissioned, PUMP)
    return world


def events_of(world) -> int:
    return world.rows("SELECT count(*) FROM event")[0][0]


def asked(api, operation: str, **more) -> dict:
    return api.json("interlock", unit=PUMP, operation=operation, at="2026-03-02T12:00:00Z", **more)


def test_it_answers_yes_or_no_with_every_reason_and_records_nothing(routed, api):
    before = events_of(routed)
    unit = {"unit": f"ACME:{PUMP}", "lot": "", "overridable": False}
    assert asked(api, "OP-10") == {"may": True, "reasons": [], "next": ["OP-10"], "routing": "R/1", **unit}
    refused = asked(api, "OP-20", station="FCT-1")
    assert not refused["may"]
    assert [one["rule"] for one in refused["reasons"]] == ["PRO-011", "PRO-014", "PRO-017"]
    assert refused["reasons"][0]["reason"] == "before OP-20, OP-10 has to pass; do OP-10 next"
    assert refused["next"] == ["OP-10"]
    assert events_of(routed) == before


def test_it_says_what_the_capture_would_say(routed, api):
    routed.captures(OperationCompleted, PUMP, operation="OP-10")
    good = {"station": "ICT-7", "tool": "T-1"}
    for phase in ("start", "complete"):
        assert asked(api, "OP-20", phase=phase, **good)["may"], "measured values come with the completion"
    routed.captures(HoldPlaced, PUMP, hold="H-1", reason="audit")
    assert [one["rule"] for one in asked(api, "OP-20", **good)["reasons"]] == ["QUA-001"]
    assert routed.refusals(OperationCompleted, PUMP, operation="OP-20", result="failed", **good) == ["QUA-001"]


def test_what_has_no_routing_is_asked_for_the_rest(world, api):
    world.unit(PUMP)
    unit = {"lot": "", "unit": f"ACME:{PUMP}", "overridable": False}
    assert asked(api, "OP-99") == {"may": True, "reasons": [], "next": [], "routing": "", **unit}
    unknown = api.json("interlock", unit="PUMP-200/404", operation="OP-10")
    assert [one["rule"] for one in unknown["reasons"]] == ["IDN-001"]


@pytest.mark.parametrize(
    "asking",
    [
        {"operation": "OP-10"},
        {"unit": PUMP},
        {"unit": "no part", "operation": "OP-10"},
        {"unit": PUMP, "operation": "OP-10", "phase": "stop"},
        {"unit": PUMP, "operation": "OP-10", "at": "yesterday"},
        {"unit": PUMP, "operation": "OP-10", "tools": "T-1"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, asking):
    assert api.get("interlock", **asking).status_code == 400


@pytest.fixture
def moulded(world):
    """A hundred housings, sixty of them moulded."""
    world.part("HSG", tracking="lot")
    route = (RouteOperation(operation="MOULD"), RouteOperation(operation="DEBURR", stations=(Station("D-1"),)))
    world.captures(RoutingDefined, "R-H/1", part="HSG", operations=route)
    world.lot("HSG/L1", quantity=100)
    world.captures(LotOperationCompleted, "HSG/L1", operation="MOULD", passed=Decimal(60))
    return world


def test_it_is_asked_of_some_of_a_lot(moulded, api):
    before = events_of(moulded)
    may = api.json("interlock", lot="HSG/L1", operation="DEBURR", station="D-1", quantity="60")
    assert may == {
        "unit": "",
        "lot": "ACME:HSG/L1",
        "may": True,
        "reasons": [],
        "overridable": False,
        "next": ["MOULD", "DEBURR"],
        "routing": "R-H/1",
    }
    refused = api.json("interlock", lot="L1", operation="DEBURR", quantity="61", phase="complete")
    assert {one["rule"] for one in refused["reasons"]} == {"PRO-061", "PRO-014"}
    assert [one["rule"] for one in api.json("interlock", lot="HSG/L9", operation="X", quantity="1")["reasons"]] == [
        "IDN-002"
    ]
    assert events_of(moulded) == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lot": "HSG/L1"}, "quantity is missing"),
        ({"lot": "HSG/L1", "quantity": "many"}, "quantity"),
        ({"unit": "PUMP-200/1", "quantity": "3"}, "name the lot"),
    ],
)
def test_a_question_about_a_lot_says_how_much(moulded, api, asked, said):
    answer = api.get("interlock?" + urlencode({**asked, "operation": "MOULD"}))
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
