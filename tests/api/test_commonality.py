"""/api/v1/commonality: what failing units have in common."""

import pytest

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted


@pytest.fixture
def plant(api, world):
    """Pumps 1 to 6; 1, 2 and 3 have the seal of lot L1 and failed OP-60, the others that of L2 and passed."""
    for lot in ("SEAL/L1", "SEAL/L2"):
        world.lot(lot, quantity=100)
    for n in range(1, 7):
        world.unit(f"PUMP/{n}")
        world.captures(ComponentInstalled, f"PUMP/{n}", lot=f"SEAL/L{1 if n < 4 else 2}", quantity=1)
        result = "failed" if n < 4 else "passed"
        world.captures(OperationCompleted, f"PUMP/{n}", operation="OP-60", tool=f"T-{n % 2}", result=result)
    return api


def test_the_cause_stands_first_whichever_way_it_is_asked(plant):
    by_address = plant.json("commonality", failed="OP-60", part_number="PUMP")
    first = by_address["findings"][0]
    assert (first["factor"], first["value"]) == ("lot", "ACME:SEAL/L1")
    assert (first["cases_with"], first["controls_with"], first["chance"]) == (3, 0, "0.0500000")
    names = [f"PUMP/{n}" for n in range(1, 7)]
    by_list = plant.post("commonality", {"cases": names[:3], "controls": names[3:], "by": ["lot", "tool"]})
    assert by_list.status_code == 200
    assert by_list.json()["findings"][0]["value"] == "ACME:SEAL/L1"
    assert by_list.json()["factors"] == ["lot", "tool"]


def test_the_units_behind_a_finding_are_listed(plant):
    asked = {"failed": "OP-60", "part_number": "PUMP", "drill": {"factor": "lot", "value": "ACME:SEAL/L1"}}
    told = plant.post("commonality", asked).json()
    assert [one["unit"] for one in told["units"]] == [f"ACME:PUMP/{n}" for n in (1, 2, 3)]
    rows = plant.get("commonality?failed=OP-60&part_number=PUMP&factor=lot&value=ACME:SEAL/L1&format=csv")
    assert rows.status_code == 200
    assert rows["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({}, 400, "say which units failed in one way"),
        ({"cases": []}, 400, "the list of cases is empty"),
        ({"cases": ["PUMP/1", "PUMP/99"]}, 400, "line 2 'PUMP/99'"),
        ({"cases": ["PUMP/1"], "controls": ["PUMP/1"]}, 400, "take them from one of the lists"),
        ({"failed": "OP-60"}, 400, "part_number is missing"),
        ({"defect": "NONE"}, 404, "no unit failed so"),
        ({"defect": "NONE", "by": ["colour"]}, 400, "colour"),
        ({"defect": "NONE", "limit": 0}, 400, "limit is 0"),
        ({"failed": "OP-60", "part_number": "PUMP", "since": "yesterday"}, 400, "since"),
        ({"failed": "OP-60", "part_number": "PUMP", "colour": 1}, 400, "colour"),
    ],
)
def test_what_cannot_be_compared_is_said(plant, body, status, detail):
    answer = plant.post("commonality", body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_an_address_says_a_factor_with_its_value(plant):
    answer = plant.get("commonality?failed=OP-60&part_number=PUMP&factor=lot")
    assert answer.status_code == 400
    assert "factor and value go together" in answer.json()["detail"]
    assert plant.get("commonality?failed=OP-60&part_number=PUMP&by=colour").status_code == 400
