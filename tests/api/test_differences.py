"""GET /api/v1/units/…/diff: beside the bill, and beside another time."""

import csv
import io

import pytest

from tests.api.talk import body_of, event, problem

PUMP = "PUMP-200/1"


@pytest.fixture
def built(api) -> None:
    """A pump of which the bill lists two boards, with one in it since six in the morning."""
    line = {"item": "10", "part": "PCB-10", "reference_designators": ["A1", "A2"], "quantity": "2"}
    api.captures(
        *(event("PartDefined", part=part) for part in ("PUMP-200", "PCB-10")),
        event("BillOfMaterialsDefined", bill_of_materials="BOM/1", part="PUMP-200", lines=[line]),
        *(event("UnitCommissioned", unit=unit) for unit in (PUMP, "PCB-10/7")),
        event("ComponentInstalled", unit=PUMP, component="PCB-10/7", reference_designator="A1"),
    )


def test_a_unit_beside_its_bill(api, built):
    found = api.json(f"units/{PUMP}/diff")
    assert (found["name"], found["against"], found["bill_of_materials"]) == (f"ACME:{PUMP}", "designed", "BOM/1")
    assert (found["fault_count"], found["note_count"], found["at"]) == (1, 0, None)
    (missing,) = found["differences"]
    assert (missing["difference"], missing["expected_places"], missing["found"]) == ("missing", ["A2"], "")
    assert api.rows(f"units/{PUMP}/diff", against="designed") == [missing]
    (row,) = csv.DictReader(io.StringIO(body_of(api.get(f"units/{PUMP}/diff", format="csv")).decode()))
    assert (row["difference"], row["expected_places"], row["is_fault"]) == ("missing", "A2", "true")


def test_a_unit_beside_another_time(api, built):
    there = api.json(f"units/{PUMP}/diff", against="2026-03-01")
    assert (there["against"], there["against_at"]) == ("as_built", "2026-03-01T23:59:59.999999Z")
    assert [(one["difference"], one["found"]) for one in there["differences"]] == [("extra", "ACME:PCB-10/7")]
    back = api.json(f"units/{PUMP}/diff", against="now", at="2026-03-01")
    assert [(one["difference"], one["expected"]) for one in back["differences"]] == [("missing", "ACME:PCB-10/7")]


def test_what_cannot_be_compared_is_a_problem(api, built):
    asked = {"soon": {"against": "soon"}, "same moment": {"against": "now"}, "unknown parameter": {"with": "designed"}}
    for said, parameters in asked.items():
        assert said in problem(api.get(f"units/{PUMP}/diff", **parameters), 400)["detail"]
    assert "no bill of materials applies" in problem(api.get("units/PCB-10/7/diff"), 404)["detail"]


def test_what_a_unit_should_contain_on_all_levels(api, built):
    (line,) = api.json(f"units/{PUMP}/as-designed", levels="all")["lines"]
    assert (line["level"], line["assembly"], line["reference_designators"]) == (1, f"ACME:{PUMP}", ["A1", "A2"])
    assert api.rows(f"units/{PUMP}/as-designed", levels="all") == [line]
    assert "levels is" in problem(api.get(f"units/{PUMP}/as-designed", levels="some"), 400)["detail"]
