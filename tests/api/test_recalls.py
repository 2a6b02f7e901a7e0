"""/api/v1/recalls: simulated, settled, held, reported."""

import pytest

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.inventory import UnitShipped
from tests.accounts.django_plant import PASSWORD
from tests.api.talk import event, new_api


@pytest.fixture
def plant(api, world):
    """Lot L1 is in pump 1, and in one of pumps 2 and 3; pump 1 is shipped."""
    world.lot("CAP/L1", quantity=10)
    world.units("PUMP/1", "PUMP/2", "PUMP/3")
    world.captures(ComponentInstalled, "PUMP/1", lot="CAP/L1", quantity=1)
    for n in (2, 3):
        world.captures(ComponentInstalled, f"PUMP/{n}", lot="CAP/L1", evidence=Evidence.ORDER_LEVEL)
    world.captures(UnitShipped, "PUMP/1", customer="St. Anna")
    return api


def opened(api, **fields):
    (answer,) = api.captures(event("RecallOpened", recall="RC-1", reason="cracks", seeds=[{"lot": "CAP/L1"}], **fields))
    return answer


def test_a_simulation_gives_bounds_questions_and_everything_affected(plant):
    answer = plant.post("recalls/simulate", {"seeds": [{"lot": "CAP/L1"}]})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["affected"], told["certain"], told["at_least"], told["count"]) == (4, 2, 2, 4)
    assert [one["name"] for one in told["suspects"]] == ["ACME:CAP/L1", "ACME:PUMP/1", "ACME:PUMP/2", "ACME:PUMP/3"]
    assert told["questions"] == []
    grouped = plant.post("recalls/simulate", {"seeds": [{"lot": "CAP/L1"}], "by": ["customer", "certainty"]}).json()
    assert grouped["groups"] == [
        {"customer": "", "certainty": "possible", "affected": 2},
        {"customer": "", "certainty": "certain", "affected": 1},
        {"customer": "St. Anna", "certainty": "certain", "affected": 1},
    ]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"seeds": [{"lot": "CAP/L9"}]}, 404, "no lot 'ACME:CAP/L9' is known here"),
        ({"seeds": [{}]}, 400, "a seed names nothing"),
        ({"seeds": []}, 400, "seeds is empty"),
        ({"seeds": [{"lot": "CAP/L1"}], "colour": 1}, 400, "colour"),
        ({"seeds": [{"lot": "CAP/L1"}], "by": ["colour"]}, 400, "colour"),
        ({"seeds": [{"lot": "CAP/L1"}], "by": ["kind", "kind"]}, 400, "give each once"),
        ({"seeds": [{"since": "yesterday", "part": "CAP"}]}, 400, "seeds[0]"),
    ],
)
def test_what_cannot_be_asked_is_said(plant, body, status, detail):
    answer = plant.post("recalls/simulate", body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_a_recall_is_settled_held_and_reported(plant):
    opened(plant)
    settled = plant.post("recalls/RC-1/freeze", {"meaning": "approved by quality"})
    assert settled.status_code == 201
    assert {key: settled.json()[key] for key in ("units", "lots", "certain", "meaning")} == {
        "units": 3,
        "lots": 1,
        "certain": 2,
        "meaning": "approved by quality",
    }
    held = plant.post("recalls/RC-1/hold", {})
    assert (held.status_code, held.json()) == (201, {"held": 4})
    assert plant.post("recalls/RC-1/hold", {}).json() == {"held": 0}
    report = plant.json("recalls/RC-1")
    assert (report["status"], report["held"], report["digest_holds"]) == ("settled", 4, True)
    assert plant.json("recalls")["recalls"][0]["undecided"] == 4
    assert plant.json("recalls/RC-1/members")["count"] == 4
    assert plant.get("recalls/RC-1/members?format=csv").status_code == 200
    assert plant.get("recalls/RC-9").status_code == 404


@pytest.fixture
def quality(world) -> str:
    create_user("anna", PASSWORD, world.site.name, Role.QUALITY)
    create_user("otto", PASSWORD, world.site.name, Role.OPERATOR)
    return "anna"


def test_a_person_signs_the_scope(plant, quality):
    opened(plant)
    signature = {"user": quality, "password": PASSWORD}
    settled = plant.post("recalls/RC-1/freeze", {"meaning": "scope approved", "signature": signature})
    assert (settled.status_code, settled.json()["signed_by"]) == (201, "anna")
    assert plant.json("recalls/RC-1")["signed_by"] == "anna"


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ({"user": "anna", "password": "not hers"}, "the password is wrong"),
        ({"user": "nobody", "password": PASSWORD}, "the password is wrong"),
        ({"user": "otto", "password": PASSWORD}, "otto may not do this"),
    ],
)
def test_a_signature_that_is_none_settles_nothing(plant, quality, signature, said):
    opened(plant)
    refused = plant.post("recalls/RC-1/freeze", {"signature": signature})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:asbuilt:problem:not-signed")
    assert said in refused.json()["detail"]
    assert plant.json("recalls/RC-1")["status"] == "open"
    assert plant.json("recalls/RC-1/members")["count"] == 0


def test_nobody_signs_for_another_by_naming_him(plant, quality):
    opened(plant)
    plant.post("recalls/RC-1/freeze", {})
    assert plant.json("recalls/RC-1")["signed_by"] == ""
    forged = event("RecallScopeFrozen", recall="RC-1", units=3, lots=1, certain=2, digest="0" * 64, signed_by=quality)
    answer = plant.post("events", forged).json()["answers"][0]
    assert answer["rule"] == "REC-010"


def test_a_drill_holds_nothing(plant):
    opened(plant, is_drill=True)
    plant.post("recalls/RC-1/freeze", {})
    refused = plant.post("recalls/RC-1/hold", {})
    assert refused.status_code == 409
    assert "is a drill" in refused.json()["detail"]


def test_a_closed_recall_is_not_settled_again(plant):
    opened(plant)
    plant.captures(event("RecallClosed", recall="RC-1", reason="false alarm"))
    refused = plant.post("recalls/RC-1/freeze", {})
    assert refused.status_code == 409
    assert "REC-002" in refused.json()["detail"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.WAREHOUSE, Role.AUDITOR])
def test_who_may_not_decide_only_asks(plant, world, role):
    opened(plant)
    asking = new_api(world.site.name, role)
    assert asking.post("recalls/simulate", {"seeds": [{"lot": "CAP/L1"}]}).status_code == 200
    assert asking.get("recalls/RC-1").status_code == 200
    assert asking.post("recalls/RC-1/freeze", {}).status_code == 403
    assert asking.post("recalls/RC-1/hold", {}).status_code == 403
