"""POST /api/v1/serials: the next serial numbers of a part."""

import pytest

from asbuilt.accounts.roles import Role
from asbuilt.capture import serials as issuing
from asbuilt.ledger.database import Unavailable
from tests.api.talk import event, new_api, problem


@pytest.fixture
def part(world) -> str:
    world.part("PUMP-200", serial_format="IPC26-######")
    return "PUMP-200"


def issue(api, count=1, part="PUMP-200", *, key=None, **more):
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post("serials", {"part_number": part, "count": count, **more}, headers=headers)


def numbers(answer) -> list[str]:
    assert answer.status_code == 201, answer.content
    return answer.json()["serial_numbers"]


def test_the_next_numbers_are_issued_and_their_units_exist(api, part):
    answer = issue(api, 3)
    assert answer.status_code == 201
    assert answer.json() == {
        "issuer": "ACME",
        "part_number": "PUMP-200",
        "count": 3,
        "serial_numbers": ["IPC26-000001", "IPC26-000002", "IPC26-000003"],
    }
    assert numbers(issue(api, 2)) == ["IPC26-000004", "IPC26-000005"]
    assert [row["serial_number"] for row in api.rows("units")][::-1] == [f"IPC26-00000{n}" for n in range(1, 6)]


def test_what_is_said_of_the_issue_is_said_of_each_unit(api, world, part):
    world.order("WO-1", part=part)
    issue(api, 2, work_order="WO-1", revision=" C ", location="CELL-4", source="ERP", operator="anna")
    unit = api.json("units/PUMP-200/IPC26-000002")
    assert (unit["work_order"], unit["revision"], unit["location"]) == ("WO-1", "C", "CELL-4")
    (entry,) = api.json("units/PUMP-200/IPC26-000002/history")["history"]
    assert (entry["type"], entry["source"], entry["operator"]) == ("UnitCommissioned", "ERP", "anna")


def test_a_part_without_a_format_gets_eight_digits(api, world):
    world.part("PCB-10")
    assert numbers(issue(api, 1, "PCB-10")) == ["00000001"]


def test_numbers_given_by_hand_are_skipped(api, world, part):
    world.units("PUMP-200/IPC26-000002", "PUMP-200/ipc26 - 000003")
    assert numbers(issue(api, 3)) == ["IPC26-000001", "IPC26-000004", "IPC26-000005"]


def test_a_number_is_not_given_again_after_scrap_and_shipping(api, part):
    first, second = numbers(issue(api, 2))
    api.captures(
        event("UnitScrapped", unit=f"{part}/{first}", reason="dropped"),
        event("UnitShipped", unit=f"{part}/{second}", customer="St. Anna"),
    )
    assert numbers(issue(api, 2)) == ["IPC26-000003", "IPC26-000004"]


def test_an_unknown_part_is_refused_with_the_rule(api):
    found = problem(issue(api), 409)
    assert found["title"] == "No serial number was issued"
    assert [one["rule"] for one in found["broken"]] == ["DEF-001"]
    assert "define the part first" in found["detail"]


def test_a_part_without_serial_numbers_is_refused(api, world):
    world.part("CAP-100N", tracking="lot")
    found = problem(issue(api, part="CAP-100N"), 409)
    assert [one["rule"] for one in found["broken"]] == ["IDN-004"]
    assert api.rows("units") == []


@pytest.mark.parametrize(("order", "rule"), [("WO-404", "PRO-001"), ("WO-PCB", "PRO-003")])
def test_an_order_that_does_not_fit_is_refused(api, world, part, order, rule):
    world.order("WO-PCB", part="PCB-10")
    found = problem(issue(api, 2, work_order=order), 409)
    assert [one["rule"] for one in found["broken"]] == [rule]
    assert api.rows("units") == []


def test_many_numbers_are_issued_in_one_request(api, part):
    issued = numbers(issue(api, 6_000))
    assert len(set(issued)) == 6_000
    assert issued == sorted(issued)


def test_with_a_key_a_repeated_request_issues_nothing_more(api, part):
    """C3: what is sent twice is done once."""
    first = issue(api, 4, key="order 17, first pallet")
    again = issue(api, 4, key="order 17, first pallet")
    assert first.json() == again.json()
    assert numbers(first) == [f"IPC26-00000{n}" for n in range(1, 5)]
    assert len(api.rows("units")) == 4
    assert numbers(issue(api, 1, key="order 17, second pallet")) == ["IPC26-000005"]


def test_without_a_key_a_second_request_is_a_second_issue(api, part):
    """The negative control of the above, and what a client without a key asks for."""
    assert numbers(issue(api, 2)) != numbers(issue(api, 2))
    assert len(api.rows("units")) == 4


def test_a_key_is_its_actors_own(api, world, part):
    """Two stations that count their keys from 1 must never get the same numbers."""
    other = new_api(world.site.name, Role.OPERATOR)
    assert numbers(issue(api, 2, key="1")) == ["IPC26-000001", "IPC26-000002"]
    assert numbers(issue(other, 2, key="1")) == ["IPC26-000003", "IPC26-000004"]


@pytest.mark.parametrize("other", [{"part": "PCB-10"}, {"revision": "D"}, {"location": "X"}, {"operator": "ben"}])
def test_a_key_stands_for_one_issue(api, world, part, other):
    world.part("PCB-10")
    issue(api, 2, key="k")
    found = problem(issue(api, 2, key="k", **other), 422)
    assert "make a new key" in found["detail"]
    assert len(api.rows("units")) == 2


@pytest.mark.parametrize("key", ["", "  ", "x" * 201])
def test_a_key_is_a_name(api, part, key):
    problem(issue(api, key=key), 400)


def test_more_under_the_same_key_is_the_rest(api, part):
    assert numbers(issue(api, 2, key="k")) == ["IPC26-000001", "IPC26-000002"]
    assert numbers(issue(api, 4, key="k")) == [f"IPC26-00000{n}" for n in range(1, 5)]


def test_numbers_given_by_hand_are_skipped_with_a_key_as_well(api, world, part):
    world.units("PUMP-200/IPC26-000002", "PUMP-200/IPC26-000004")
    first = issue(api, 4, key="k")
    assert numbers(first) == ["IPC26-000001", "IPC26-000003", "IPC26-000005", "IPC26-000006"]
    assert issue(api, 4, key="k").json() == first.json()


def test_an_issue_that_broke_off_is_finished_by_repeating_it(api, part, collector, monkeypatch):
    """C4: the database goes away after the first of several transactions."""
    monkeypatch.setattr(issuing, "PER_TRANSACTION", 2)
    really, calls = collector.capture, []

    def capture(site, submission):
        calls.append(submission)
        if len(calls) == 2:
            raise Unavailable("the disk is full")
        return really(site, submission)

    monkeypatch.setattr(collector, "capture", capture)
    problem(issue(api, 5, key="k"), 503)
    assert len(api.rows("units")) == 2
    issued = numbers(issue(api, 5, key="k"))
    assert len(set(issued)) == 5
    assert sorted(row["serial_number"] for row in api.rows("units")) == sorted(issued)


def test_the_same_request_answered_twice_at_once_issues_once(api, part, collector, monkeypatch):
    """Another thread records under the same key between our look and our write."""
    really, nested = collector.capture, []

    def capture(site, submission):
        if not nested:
            nested.append(None)
            nested[0] = issue(api, 3, key="k")
        return really(site, submission)

    monkeypatch.setattr(collector, "capture", capture)
    assert numbers(issue(api, 3, key="k")) == numbers(nested[0])
    assert len(api.rows("units")) == 3
