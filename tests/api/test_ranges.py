"""/api/v1/serial-ranges: blocks of serial numbers, and what is left of them."""

import pytest

from asbuilt.accounts.roles import Role
from tests.api.talk import event, new_api, problem

RANGE = {"part_number": "PUMP-200", "range_number": "R1", "kind": "printer", "holder": "P-3", "count": 3}


@pytest.fixture(autouse=True)
def part(world) -> None:
    world.part("PUMP-200", serial_format="P{number:4}")


def reserve(api, *, key=None, **more):
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post("serial-ranges", {**RANGE, **more}, headers=headers)


def test_a_range_is_reserved_and_used_up(api):
    answer = reserve(api, low_watermark=2)
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "issuer": "ACME",
        "part_number": "PUMP-200",
        "range_number": "R1",
        "first_number": 1,
        "last_number": 3,
        "count": 3,
        "serial_numbers": ["P0001", "P0002", "P0003"],
    }
    api.captures(
        event("UnitCommissioned", unit="PUMP-200/P0001"),
        event("SerialNumberVoided", unit="PUMP-200/P0002", reason="torn"),
    )
    (one,) = api.rows("serial-ranges")
    found = {name: one[name] for name in ("reserved", "used", "voided", "left", "below_watermark", "holder")}
    assert found == {"reserved": 3, "used": 1, "voided": 1, "left": 1, "below_watermark": True, "holder": "P-3"}
    assert api.json("serial-ranges", low="true", part_number="PUMP-200")["count"] == 1
    assert api.json("serial-ranges", holder="P-4")["serial_ranges"] == []


def test_with_a_key_a_repeated_request_reserves_nothing_more(api):
    """C3: what is sent twice is done once."""
    first = reserve(api, key="pallet 17")
    assert reserve(api, key="pallet 17").json() == first.json()
    assert "make a new key" in problem(reserve(api, key="pallet 17", count=4), 422)["detail"]
    assert len(api.rows("serial-ranges")) == 1


def test_without_a_key_the_range_number_is_taken(api):
    """The negative control of the above."""
    reserve(api)
    assert [one["rule"] for one in problem(reserve(api), 409)["broken"]] == ["IDN-011"]


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 100_001}, {"low_watermark": 4}, {"kind": "pen"}, {"x": 1}])
def test_nonsense_is_malformed(api, wrong):
    problem(reserve(api, **wrong), 400)


def test_who_may_not_issue_may_look(api, world):
    reserve(api)
    viewer = new_api(world.site.name, Role.VIEWER)
    assert len(viewer.rows("serial-ranges")) == 1
    problem(reserve(viewer, range_number="R2"), 403)
    refused = viewer.post("events", event("SerialNumberVoided", unit="PUMP-200/P0001", reason="torn"))
    assert refused.status_code == 403
