"""GET /api/v1/yield and /api/v1/spc."""

import csv
import io
import json
from decimal import Decimal

import jsonschema_rs
import pytest

from asbuilt.accounts.roles import Role
from asbuilt.api.openapi import openapi
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.production import OperationCompleted
from tests.api.talk import body_of, case, new_api, problem

SPC = {"part_number": "PUMP", "operation": "FLOW", "characteristic": "RATE"}


@pytest.fixture
def pumps(world):
    """Three pumps; the second fails at first."""
    world.units("PUMP/1", "PUMP/2", "PUMP/3")
    for unit, value in (("1", "10.0"), ("2", "10.60"), ("2", "10.2"), ("3", "9.9")):
        limits = {"lower_limit": Decimal("9.5"), "upper_limit": Decimal("10.5"), "uom": "ml/h"}
        rate = Measurement(characteristic="RATE", value=Decimal(value), **limits)
        world.captures(OperationCompleted, f"PUMP/{unit}", operation="FLOW", station="FT-1", measurements=(rate,))
    return world


def rows_of_csv(answer):
    return list(csv.DictReader(io.StringIO(body_of(answer).decode())))


def test_yield_tells_everything_at_once(api, pumps):
    told = api.json("yield", last_operation="FLOW", zone="Europe/Paris", since="2026-03-02", until="2026-03-02")
    assert (told["since"], told["until"], told["zone"]) == (
        "2026-03-01T23:00:00Z",
        "2026-03-02T23:00:00Z",
        "Europe/Paris",
    )
    (operation,) = told["operations"]
    assert (operation["attempts"], operation["first_pass_yield"], operation["final_yield"]) == (4, "0.666667", "1")
    (part,) = told["parts"]
    assert (part["part"], part["finished_units"], part["rolled_throughput_yield"]) == ("ACME:PUMP", 3, "0.666667")
    (defect,) = told["defects"]
    assert (defect["characteristic"], defect["failures"], defect["share"]) == ("RATE", 1, "1")
    assert told["group_by"] == "none"


def test_yield_in_rows(api, pumps):
    told = api.json("yield")
    assert api.rows("yield") == told["operations"]
    for show in ("operations", "parts", "defects", "stuck"):
        with case(show):
            assert api.json("yield", show=show)[show] == told[show] or show == "stuck"
            assert len(rows_of_csv(api.get("yield", show=show, format="csv"))) == len(told[show])
    by_shift = api.json("yield", group_by="shift", shifts="06:00,18:00", show="parts")["parts"]
    assert [(one["group"], one["units"]) for one in by_shift] == [("2026-03-02 06:00", 3)]
    assert api.json("yield", station="FT-1", stuck_after_h=0)["operations"] == told["operations"]


def test_spc_tells_everything_at_once(api, pumps):
    told = api.json("spc", **SPC)
    assert [one["value"] for one in told["points"]] == ["10.0", "10.60", "9.9"]
    assert (told["results"], told["uom"], told["center_line"], told["baseline"]) == (3, "ml/h", "10.16666667", "all")
    (able,) = told["capability"]
    assert (able["lower_limit"], able["above"], able["values"]) == ("9.5", 1, 3)
    assert api.rows("spc", **SPC) == told["points"]
    assert api.json("spc", **SPC, show="broken") == {"broken": [], "count": 0}
    (row,) = rows_of_csv(api.get("spc", **SPC, show="capability", format="csv"))
    assert (row["cp"], row["cpk"]) == (able["cp"], able["cpk"])
    everything = api.json("spc", **SPC, attempts="all", chart="xbar-r", subgroup_size=2, rules="none", moving=2)
    assert [one["units"] for one in everything["points"]] == [
        ["ACME:PUMP/1", "ACME:PUMP/2"],
        ["ACME:PUMP/2", "ACME:PUMP/3"],
    ]
    frozen = api.json("spc", **SPC, baseline_since="2026-03-01", baseline_until="2026-03-02")
    assert (frozen["baseline"], frozen["center_line"]) == ("range", told["center_line"])


@pytest.mark.parametrize(
    ("path", "asked", "status", "told"),
    [
        ("yield", {"part_number": "PIMP"}, 404, "no part 'PIMP' is known here"),
        ("yield", {"by": "day"}, 400, "unknown parameter 'by'"),
        ("yield", {"group_by": "week"}, 400, "it is one of none, day, shift, station, work-order"),
        ("yield", {"since": "yesterday"}, 400, "since is 'yesterday'; write it as"),
        ("yield", {"since": "2026-03-03", "until": "2026-03-02"}, 400, "the window is empty"),
        ("yield", {"zone": "Mars"}, 400, "zone 'Mars' is not known here"),
        ("yield", {"zone": "../../etc"}, 400, "is not known here"),
        ("yield", {"shifts": "early"}, 400, "write when they begin"),
        ("yield", {"show": "points"}, 400, "it is one of operations, parts, lots, lot_defects, defects, stuck"),
        ("yield", {"stuck_after_h": "-1"}, 400, "it is a whole number"),
        ("spc", {}, 400, "part_number is missing"),
        ("spc", {**SPC, "characteristic": "HEAT"}, 404, "measured there: RATE"),
        ("spc", {**SPC, "subgroup_size": 11, "chart": "xbar-r"}, 400, "it is from 2 to 10"),
        ("spc", {**SPC, "attempts": "second"}, 400, "it is one of first, last, all"),
        ("spc", {**SPC, "chart": "p"}, 400, "it is one of i-mr, xbar-r"),
        ("spc", {**SPC, "rules": "x"}, 400, "it is one of both"),
    ],
)
def test_what_cannot_be_answered_is_said(api, pumps, path, asked, status, told):
    assert told in problem(api.get(path, **asked), status)["detail"]


@pytest.mark.parametrize("role", Role)
def test_everybody_who_may_read_may_ask(served, pumps, role):
    asker = new_api(pumps.site.name, role)
    assert asker.get("yield").status_code == asker.get("spc", **SPC).status_code == 200


def test_the_answers_are_as_they_are_described(api, pumps):
    schemas = json.loads(json.dumps(openapi()))["components"]
    for name, answer in (("YieldReport", api.json("yield", stuck_after_h=1)), ("ControlChart", api.json("spc", **SPC))):
        described = {"$ref": f"#/components/schemas/{name}", "components": schemas}
        jsonschema_rs.Draft202012Validator(described, validate_formats=True).validate(answer)
