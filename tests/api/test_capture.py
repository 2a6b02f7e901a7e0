"""POST /api/v1/events: what is recorded, and what is answered."""

import json
from decimal import Decimal

import pytest

from asbuilt.accounts.roles import Role, action_for, may
from asbuilt.core.events.catalogue import EVENT_TYPES
from tests.api.examples import example
from tests.api.talk import NDJSON, body_of, event, lines, new_api, problem

UUID_TAKEN = "0199b0c8-7f4e-7000-8000-000000000001"


@pytest.fixture
def unit(world) -> str:
    world.unit("PUMP-200/1")
    return "PUMP-200/1"


def moved(unit: str, location: str = "CELL-4", **more):
    return event("UnitMoved", unit=unit, location=location, **more)


def test_a_new_event_is_recorded_and_sent_again_repeated(api, unit):
    move = moved(unit)
    first, second = api.post("events", move), api.post("events", move)
    assert (first.status_code, second.status_code) == (200, 200)
    (recorded,), (repeated,) = first.json()["answers"], second.json()["answers"]
    assert recorded.pop("outcome") == "recorded"
    assert repeated.pop("outcome") == "repeated"
    assert recorded == repeated
    assert recorded["event_id"] == move["event_id"]
    assert recorded["subject_version"] == 2
    assert recorded.keys() == {"event_id", "sequence", "record_time", "subject_version"}
    assert api.json(f"units/{unit}")["location"] == "CELL-4"
    assert api.json(f"units/{unit}/history")["count"] == 2


def test_the_actor_is_the_token_and_the_record_time_ours(api, unit):
    api.captures(moved(unit, source="SCANNER-7", operator="anna"))
    entry = api.json(f"units/{unit}/history")["history"][-1]
    assert entry["actor"].startswith("token:T-")
    assert (entry["source"], entry["operator"]) == ("SCANNER-7", "anna")
    assert entry["event_time"] == "2026-03-02T06:00:00Z"
    assert entry["record_time"] > entry["event_time"]
    assert entry["is_late"]


def test_an_event_that_breaks_a_rule_is_refused_with_the_reason_and_409(api):
    answer = api.post("events", moved("PUMP-200/404"))
    assert answer.status_code == 409
    body = answer.json()
    assert (body["recorded"], body["repeated"], body["refused"]) == (0, 0, 1)
    (refused,) = body["answers"]
    assert refused["outcome"] == "refused"
    assert refused["rule"] == "IDN-001"
    assert "commission or receive it first" in refused["reason"]
    assert refused["broken"] == [{"rule": "IDN-001", "reason": refused["reason"]}]
    assert "sequence" not in refused


def test_every_rule_that_is_broken_is_named(api, world):
    world.units("PUMP-200/1", "PUMP-200/2")
    world.captures(_type("UnitShipped"), "PUMP-200/1", customer="St. Anna")
    world.captures(_type("HoldPlaced"), "PUMP-200/1", hold="H-1", reason="leak")
    answer = api.post("events", event("UnitShipped", unit="PUMP-200/1", customer="St. Olaf"))
    assert [one["rule"] for one in answer.json()["answers"][0]["broken"]] == ["INV-001", "QUA-001"]


def test_a_list_is_answered_event_by_event_with_200(api, unit):
    move, stranger = moved(unit), moved("PUMP-200/404")
    api.captures(move)
    answer = api.post("events", [move, stranger, moved(unit, "CELL-5")])
    assert answer.status_code == 200
    assert [one["outcome"] for one in answer.json()["answers"]] == ["repeated", "refused", "recorded"]
    assert api.json(f"units/{unit}")["location"] == "CELL-5"


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("shape", ["list", "wrapped", "lines", "jsonl"])
def test_a_batch_comes_in_four_shapes(api, unit, shape, count):
    events = [moved(unit, f"CELL-{number}") for number in range(count)]
    answer = {
        "list": lambda: api.post("events", events),
        "wrapped": lambda: api.post("events", {"events": events}),
        "lines": lambda: api.post("events", lines(events) + b"\n", kind=NDJSON),
        "jsonl": lambda: api.post("events", lines(events).rstrip() + b"\r\n\r\n", kind="application/jsonl"),
    }[shape]()
    assert answer.status_code == 200
    assert [one["event_id"] for one in answer.json()["answers"]] == [one["event_id"] for one in events]
    assert answer.json()["recorded"] == count


@pytest.mark.parametrize("shape", ["list", "wrapped", "lines"])
def test_a_list_of_one_refused_event_is_a_list(api, shape):
    stranger = moved("PUMP-200/404")
    body, kind = {
        "list": ([stranger], "application/json"),
        "wrapped": ({"events": [stranger]}, "application/json"),
        "lines": (lines([stranger]), NDJSON),
    }[shape]
    answer = api.post("events", body, kind=kind)
    assert answer.status_code == 200
    assert answer.json()["refused"] == 1


def test_a_value_that_says_events_does_not_make_a_batch(api, unit):
    answer = api.post("events", moved(unit, source="events"))
    assert answer.status_code == 200
    assert answer.json()["recorded"] == 1


def test_what_is_asked_for_as_a_whole_is_recorded_whole_or_not_at_all(api, unit):
    good, bad = moved(unit, "CELL-9"), moved("PUMP-200/404")
    refused = api.post("events?atomic=true", [good, bad])
    assert refused.status_code == 409
    assert [one["rule"] for one in refused.json()["answers"]] == ["CAP-002", "IDN-001"]
    assert api.json(f"units/{unit}")["location"] == ""
    whole = api.post("events?atomic=true", [good, moved(unit, "CELL-10")])
    assert whole.status_code == 200
    assert whole.json()["recorded"] == 2
    again = api.post("events?atomic=1", [good])
    assert [one["outcome"] for one in again.json()["answers"]] == ["repeated"]


def test_an_event_id_stands_for_one_content(api, unit):
    api.captures(moved(unit, event_id=UUID_TAKEN))
    answer = api.post("events", moved(unit, "CELL-5", event_id=UUID_TAKEN))
    assert answer.status_code == 409
    assert answer.json()["answers"][0]["rule"] == "CAP-001"
    assert api.json(f"units/{unit}")["location"] == "CELL-4"


def test_the_same_content_written_otherwise_is_a_repetition(api, unit):
    """Order of keys, white space, and decimals as numbers or texts are the writer's business."""
    done = {
        "type": "OperationCompleted",
        "event_id": UUID_TAKEN,
        "event_time": "2026-03-02T06:00:00Z",
        "unit": "PUMP-200/1",
        "operation": "OP-030",
        "measurements": [{"characteristic": "gap", "value": "1.50", "uom": "mm"}],
    }
    assert api.post("events", done).json()["recorded"] == 1
    text = json.dumps(dict(reversed(done.items())), indent=3).replace('"1.50"', "1.50").replace("PUMP-200", " pump-200")
    assert "1.50," in text
    again = api.post("events", text.encode())
    assert [one["outcome"] for one in again.json()["answers"]] in (["repeated"], ["refused"])
    # Written in another case it is the same unit, but not the same bytes: the event is not taken for another one.
    assert api.json(f"units/{unit}/history")["count"] == 2
    exact = json.dumps(dict(reversed(done.items())), indent=3).replace('"1.50"', "1.50")
    assert api.post("events", exact.encode()).json()["repeated"] == 1


@pytest.mark.parametrize(
    "value",
    [
        "1.10",
        "0.1",
        "-0.000000000000000000000001",
        "1234567890.123456789012345678901",
        "1E+3",
        "0",
        "12345678901234567890123456789",
        "10.00",
    ],
)
def test_decimals_are_kept_digit_for_digit(api, unit, value):
    raw = json.dumps(
        event("OperationCompleted", unit=unit, operation="OP-1", measurements=[{"characteristic": "gap", "value": "?"}])
    )
    for number, spelled in enumerate([value, f'"{value}"']):
        sent = raw.replace('"?"', spelled).replace('"OP-1"', f'"OP-{number}"')
        sent = sent.replace(json.loads(raw)["event_id"], f"0199b0c8-7f4e-7000-8000-00000000000{number}")
        if number == 0 and value.startswith("1E"):
            sent = sent.replace("1E+3", "1e+3")
        assert api.post("events", sent.encode()).status_code == 200, sent
    operations = api.json(f"units/{unit}/as-built")["operations"]
    assert [one["measurements"][0]["value"] for one in operations] == [str(Decimal(value))] * 2


@pytest.mark.parametrize("value", ['"NaN"', '"Infinity"', '"-inf"', "NaN", "Infinity", "1e400", '"1e400"', '"sNaN"'])
def test_what_is_no_number_is_refused(api, unit, value):
    raw = json.dumps(
        event("OperationCompleted", unit=unit, operation="OP-1", measurements=[{"characteristic": "gap", "value": "?"}])
    )
    problem(api.post("events", raw.replace('"?"', value).encode()), 400)
    assert api.json(f"units/{unit}/as-built")["operations"] == []


def test_a_unit_with_all_its_components_is_built_in_one_call(api, world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    world.lot("CAP-100N/L1")
    built = [
        event("ComponentInstalled", unit="PUMP-200/1", component="PCB-10/7", reference_designator="A1"),
        event("ComponentInstalled", unit="PUMP-200/1", component="PCB-10/8", reference_designator="A2"),
        event("ComponentInstalled", unit="PUMP-200/1", lot="CAP-100N/L1", reference_designator="C1", quantity="2"),
        event("OperationCompleted", unit="PUMP-200/1", operation="OP-030"),
    ]
    answer = api.post("events?atomic=true", built)
    assert answer.json()["recorded"] == 4
    assert api.json("units/PUMP-200/1/as-built")["component_count"] == 3


@pytest.mark.parametrize("role", Role)
def test_a_role_records_what_the_table_allows_and_nothing_else(served, world, role):
    api = new_api(world.site.name, role)
    for event_type in EVENT_TYPES:
        before = world.rows("SELECT count(*) FROM event WHERE site_id = $1", world.site.site_id)
        answer = api.post("events", example(event_type))
        if may(role, action_for(event_type)):
            # It may break a rule in this empty plant, but it was asked.
            assert answer.status_code in (200, 409), (event_type, answer.content)
            continue
        found = problem(answer, 403)
        assert found["title"] == "Not allowed"
        assert event_type.__name__ in found["detail"]
        assert role in found["detail"]
        assert world.rows("SELECT count(*) FROM event WHERE site_id = $1", world.site.site_id) == before


def test_one_event_that_is_not_allowed_keeps_out_its_whole_call(served, world):
    world.unit("PUMP-200/1")
    operator = new_api(world.site.name, Role.OPERATOR)
    ship = event("UnitShipped", unit="PUMP-200/1", customer="St. Anna")
    problem(operator.post("events", [moved("PUMP-200/1"), ship]), 403)
    assert operator.json("units/PUMP-200/1/history")["count"] == 1


@pytest.mark.parametrize("role", Role)
def test_a_role_issues_serials_only_where_the_table_allows_it(served, world, role):
    world.part("PUMP-200")
    answer = new_api(world.site.name, role).post("serials", {"part_number": "PUMP-200", "count": 1})
    assert answer.status_code == (201 if role in (Role.OPERATOR, Role.SUPERVISOR, Role.INTEGRATOR) else 403)


def test_a_stranger_records_nothing(api, client, unit):
    for headers in ({}, {"Authorization": "Bearer asb_" + "x" * 43}, {"Authorization": "Basic YTpi"}):
        answer = client.post("/api/v1/events", json.dumps(moved(unit)), "application/json", headers=headers)
        problem(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert api.json(f"units/{unit}/history")["count"] == 1


def test_an_event_may_name_its_site(api, unit):
    assert api.post("events", moved(unit, site=api.site)).json()["recorded"] == 1
    # It is for the door, not for the record: an event is the same with and without it.
    move = moved(unit, "CELL-5")
    api.captures(move)
    assert api.post("events", {**move, "site": api.site}).json()["repeated"] == 1


def test_ten_thousand_events_are_taken_at_once(api, world):
    world.part("PUMP-200")
    commissioned = [event("UnitCommissioned", unit=f"PUMP-200/{number}") for number in range(10_000)]
    answer = api.post("events", commissioned)
    assert answer.json()["recorded"] == 10_000
    assert len(api.rows("units")) == 10_000


def test_an_empty_batch_is_answered_with_nothing(api):
    answer = api.post("events", [])
    assert json.loads(body_of(answer)) == {"recorded": 0, "repeated": 0, "refused": 0, "answers": []}


def _type(name: str):
    return next(kind for kind in EVENT_TYPES if kind.__name__ == name)
