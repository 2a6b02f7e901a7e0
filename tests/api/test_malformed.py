"""What cannot be understood: an RFC 9457 problem that names the place, and nothing of the call stored."""

import json

import pytest

from asbuilt.api import bodies
from asbuilt.capture import capture
from tests.api.talk import NDJSON, case, event, lines, problem

GOOD = {"unit": "PUMP-200/1", "location": "CELL-4"}


@pytest.fixture
def nothing_stored(api, world):
    """Run by every test here: the ledger holds at the end what it held at the beginning, and the plant looks the same."""
    world.unit("PUMP-200/1")
    before = everything(world)
    yield
    assert everything(world) == before


def everything(world):
    site = world.site.site_id
    return (
        world.rows("SELECT sequence, payload_digest FROM event WHERE site_id = $1 ORDER BY sequence", site),
        world.rows("SELECT subject_id, name_key, version FROM subject WHERE site_id = $1 ORDER BY subject_id", site),
        world.rows("SELECT unit_id, location FROM unit_state WHERE site_id = $1 ORDER BY unit_id", site),
    )


pytestmark = pytest.mark.usefixtures("nothing_stored")


def good(**more):
    return event("UnitMoved", **{**GOOD, **more})


NO_EVENTS = [
    (b"", "not JSON"),
    (b"   ", "not JSON"),
    (b"{", "not JSON"),
    (b"[", "not JSON"),
    (b"nonsense", "not JSON"),
    (b'{"type": "UnitMoved"', "not JSON"),
    (b'[{"type": "UnitMoved"', "not JSON"),
    (b"null", "Expected `object`, got `null`"),
    (b"17", "Expected `object`, got `int`"),
    (b'"UnitMoved"', "Expected `object`, got `str`"),
    (b"[1]", "Expected `object`, got `int` - at `$[0]`"),
    (b"[[]]", "Expected `object`, got `array` - at `$[0]`"),
    (b"{}", "missing required field `type`"),
    (b'{"events": {}}', "Expected `array`"),
    (b'{"events": 1}', "Expected `array`"),
    (b'\xff\xfe{"type": "UnitMoved"}', "not JSON"),
    (b"\xef\xbb\xbf[]", "not JSON"),
    (b'{"events": ' + b"[" * 100_000, "nested too deeply"),
    (b'{"events": [' + b'{"a":' * 100_000, "nested too deeply"),
    (b"[" * 100_000, "Expected `object`"),
]


def test_what_is_no_event_is_said_to_be_none(api):
    for raw, detail in NO_EVENTS:
        with case(raw[:40]):
            found = problem(api.post("events", raw), 400)
            assert found["type"] == "urn:asbuilt:problem:malformed"
            assert found["title"] == "The request cannot be understood"
            assert detail in found["detail"]


BAD = {
    "unknown type": (event("UnitPainted", **GOOD), "UnitPainted", "type"),
    "no type": ({key: value for key, value in good().items() if key != "type"}, "`type`", ""),
    "wrong type of the type": (good(type=3), "Expected `str`", "type"),
    "missing field": (event("UnitMoved", unit="PUMP-200/1"), "location", ""),
    "unknown field": (good(place="CELL-4"), "unknown field `place`", ""),
    "wrong type": (good(location=4), "Expected `str`, got `int`", "location"),
    "null": (good(location=None), "Expected `str`, got `null`", "location"),
    "no time": (good(event_time="yesterday"), "Invalid RFC3339", "event_time"),
    "time without a zone": (good(event_time="2026-03-02T06:00:00"), "has no zone", ""),
    "time before all time": (good(event_time="0001-01-01T00:00:00+14:00"), "is before 1900", ""),
    "time after all time": (good(event_time="9999-12-31T23:59:59-14:00"), "is after 2999", ""),
    "no event id": (good(event_id="17"), "Invalid UUID", "event_id"),
    "empty name": (good(unit="PUMP-200/"), "serial number is empty", "unit"),
    "no part": (good(unit="000123"), "names no part", "unit"),
    "empty place": (good(location=" "), "location is empty", ""),
    "name too long": (good(unit="PUMP-200/" + "1" * 201), "at most 200", "unit"),
    "control character": (good(location="CELL\u00004"), "U+0000", ""),
    "escape of a terminal": (good(unit="PUMP-200/\x1b[31m"), "U+001B", "unit"),
    "separator of a code": (good(unit="PUMP-200/17\x1d21"), "U+001D", "unit"),
    "half a surrogate": (good(location="\ud800"), "not JSON", ""),
    "decimal that is a text": (event("LotDefined", lot="CAP/L1", quantity="a few"), "decimal", "quantity"),
    "decimal with too many places": (event("LotDefined", lot="CAP/L1", quantity="0.0000001"), "decimal places", ""),
    "decimal with too many digits": (
        event(
            "OperationCompleted",
            unit="PUMP-200/1",
            operation="OP",
            measurements=[{"characteristic": "a", "value": "1" * 41}],
        ),
        "more than 40 digits",
        "",
    ),
    "no reason": (event("UnitScrapped", unit="PUMP-200/1", reason=" "), "reason is empty", ""),
    "word of no closed set": (event("PartDefined", part="P", tracking="guessed"), "guessed", "tracking"),
    "two components": (
        event("ComponentInstalled", unit="PUMP-200/1", component="PCB-10/1", lot="CAP/L1"),
        "exactly one of component, lot",
        "",
    ),
    "date that is none": (
        event("UnitReceived", unit="PUMP-200/2", expires_on="2026-02-30"),
        "Invalid RFC3339",
        "expires_on",
    ),
}


def test_a_single_bad_event_is_named_by_its_field(api):
    for name, (bad, says, field) in BAD.items():
        with case(name):
            found = problem(api.post("events", bad), 400)
            assert says in found["detail"]
            assert not field or f"`$.{field}`" in found["detail"]


def test_a_bad_event_of_a_list_is_named_by_its_index_and_keeps_out_the_others(api):
    for name, (bad, says, _) in BAD.items():
        with case(name):
            found = problem(api.post("events", [good(), good(), bad, good()]), 400)
            assert says in found["detail"]
            assert "JSON" in says or "$[2]" in found["detail"]


def test_a_bad_line_is_named_by_its_number_and_keeps_out_the_others(api):
    for name, (bad, says, _) in BAD.items():
        with case(name):
            body = lines([good(), good()]) + b"\n" + lines([bad, good()])
            found = problem(api.post("events", body, kind=NDJSON), 400)
            assert found["line"] == 4
            assert found["detail"].startswith("line 4: ")
            assert says in found["detail"]


def test_lines_are_not_a_list(api):
    found = problem(api.post("events", json.dumps([good()]).encode(), kind=NDJSON), 400)
    assert found["line"] == 1
    found = problem(api.post("events", lines([good(), good()])), 400)
    assert "not JSON" in found["detail"]


@pytest.mark.parametrize("extra", [{"atomic": True}, {"site": "LYON"}, {"Events": []}])
def test_a_wrapped_batch_has_no_other_members(api, extra):
    """Whoever writes {"events": […], "atomic": true} must not believe that it was heeded."""
    found = problem(api.post("events", {"events": [good()], **extra}), 400)
    assert "unknown field" in found["detail"]
    problem(api.post("events", {**extra, "events": [good()]}), 400)


def test_an_event_with_events_in_it_is_no_batch(api):
    found = problem(api.post("events", {**good(), "events": [good()]}), 400)
    assert "unknown field `events`" in found["detail"]


@pytest.mark.parametrize("query", ["atomc=true", "atomic=yes", "atomic=", "atomic=true&atomic=false", "at=2026-01-01"])
def test_a_parameter_that_is_not_understood_is_not_ignored(api, query):
    found = problem(api.post(f"events?{query}", good()), 400)
    assert query.partition("=")[0] in found["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(api, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_MAX", 1000)
    found = problem(api.post("events", [good() for _ in range(10)]), 413)
    assert found["title"] == "The request is too large"
    assert "1000" in found["detail"]


def test_a_body_of_the_largest_size_is_taken(api, monkeypatch):
    body = json.dumps(good(unit="PUMP-200/404")).encode()
    monkeypatch.setattr(bodies, "BODY_MAX", len(body))
    assert api.post("events", body).status_code == 409
    problem(api.post("events", body + b" "), 413)


def test_too_many_events_are_refused(api, monkeypatch):
    monkeypatch.setattr("asbuilt.api.capture.EVENTS_MAX", 3)
    found = problem(api.post("events", [good() for _ in range(4)]), 400)
    assert "4 events at once; at most 3" in found["detail"]
    found = problem(api.post("events", lines(good() for _ in range(4)), kind=NDJSON), 400)
    assert "at most 3" in found["detail"]
    assert capture.EVENTS_MAX == 10_000


def test_an_event_for_another_site_is_refused_with_its_index(api):
    found = problem(api.post("events", [good(), good(site="GRAZ")]), 403)
    assert found["type"] == "urn:asbuilt:problem:wrong-site"
    assert (found["index"], found["field"]) == (1, "site")
    assert "'GRAZ'" in found["detail"]
    assert api.site in found["detail"]


NO_ISSUES = [
    (b"", "not JSON"),
    (b"[]", "Expected `object`"),
    (b"{}", "missing required field `part_number`"),
    (b'{"part_number": "PUMP-200"}', "missing required field `count`"),
    (b'{"part_number": "PUMP-200", "count": "3"}', "Expected `int`, got `str` - at `$.count`"),
    (b'{"part_number": "PUMP-200", "count": 3.5}', "`$.count`"),
    (b'{"part_number": "PUMP-200", "count": true}', "`$.count`"),
    (b'{"part_number": "PUMP-200", "count": 0}', "count is 0"),
    (b'{"part_number": "PUMP-200", "count": -1}', "count is -1"),
    (b'{"part_number": "PUMP-200", "count": 100001}', "100000"),
    (b'{"part_number": "PUMP-200", "count": 99999999999999999999999}', "`$.count`"),
    (b'{"part_number": "PUMP-200", "count": 1, "serial": "17"}', "unknown field `serial`"),
    (b'{"part_number": "", "count": 1}', "part number is empty"),
    (b'{"part_number": "PUMP-200", "count": 1, "work_order": "\\u0007"}', "U+0007"),
    (b'{"part_number": "PUMP-200", "count": 1, "location": "\\u0007"}', "U+0007"),
    (b'{"part_number": "PUMP-200", "count": 1, "operator": "\\ud800"}', "JSON"),
    (b'{"part_number": ' + b"[" * 100_000, "Expected `str`"),
    (b'{"x": ' + b"[" * 100_000, "unknown field"),
]


def test_a_serial_issue_that_cannot_be_understood_issues_nothing(api):
    for body, says in NO_ISSUES:
        with case(body[:60]):
            assert says in problem(api.post("serials", body), 400)["detail"]


def test_a_serial_issue_takes_no_parameters(api):
    problem(api.post("serials?count=3", {"part_number": "PUMP-200", "count": 1}), 400)
