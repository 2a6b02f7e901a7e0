"""POST /api/v1/definitions: what a plant has, as a request. What files may say is tested with the exchange itself."""

import pytest

from asbuilt.accounts.roles import Action, Role, may
from asbuilt.exchange.definitions.reading import FILE_BYTES_MAX
from tests.api.talk import new_api
from tests.exchange.definitions.files import COUNT, PLANT, event_count

KIND = "application/yaml"


def sent(api, text: str, *, status: int = 200, dry_run: bool = False) -> dict:
    path = "definitions?dry_run=true" if dry_run else "definitions"
    answer = api.post(path, text.encode(), kind=KIND)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_plant_is_defined_once(world, api):
    assert sent(api, PLANT, dry_run=True)["new"] == COUNT
    assert event_count(world) == 0
    assert sent(api, PLANT)["recorded"] == COUNT
    again = sent(api, PLANT)
    assert (again["same"], again["recorded"]) == (COUNT, 0)
    assert event_count(world) == COUNT


def test_a_fault_names_line_and_field_and_nothing_is_recorded(world, api):
    report = sent(api, PLANT.replace("attempts_max: 2", "attempts_max: two"), status=409)
    (fault,) = report["faults"]
    assert fault["file"] == "request"
    assert fault["field"] == "routings.R-PUMP/1.operations[2].attempts_max"
    assert event_count(world) == 0


def test_what_a_rule_refuses_names_the_rule(world, api):
    sent(api, PLANT)
    (fault,) = sent(api, PLANT.replace("wait_min_s: 60", "wait_min_s: 61"), status=409)["faults"]
    assert (fault["rule"], fault["field"]) == ("DEF-007", "routings.R-PUMP/1.operations[OP-020].wait_min_s")


def test_what_is_no_text_or_too_much_of_it(api):
    assert api.post("definitions", b"parts: \xff", kind=KIND).status_code == 400
    assert api.post("definitions", b"#" * (FILE_BYTES_MAX + 1), kind=KIND).status_code == 400
    assert api.post("definitions?dryrun=true", b"parts: {}", kind=KIND).status_code == 400
    assert "is empty" in sent(api, "", status=409)["faults"][0]["reason"]


@pytest.mark.parametrize("role", Role)
def test_who_may_define_may_apply(world, served, role):
    answer = new_api(world.site.name, role).post("definitions", b"parts: {P: {}}", kind=KIND)
    assert answer.status_code == (200 if may(role, Action.CAPTURE_DEFINITIONS) else 403)
