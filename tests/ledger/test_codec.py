"""What clients send, what is stored, and that both say the same."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Part, Specification, Unit
from asbuilt.ledger.codec import Decoder, Malformed, captured, microseconds, moment_of, stored_event
from tests.strategies import events, moments

ACME = Decoder("ACME")
ID = UUID("0198c0de-0000-7000-8000-000000000001")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOVED = {
    "type": "UnitMoved",
    "event_id": str(ID),
    "event_time": "2026-03-02T12:00:00Z",
    "unit": "PUMP-200/1",
    "location": "CELL-4",
}


def sent(**changes: object) -> bytes:
    return json.dumps({**MOVED, **changes}).encode()


def problem_of(raw: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        ACME.one(raw)
    return str(caught.value)


# Stored bytes


@given(events)
def test_an_event_survives_its_bytes(event):
    payload = captured(event).payload
    again = stored_event(payload)
    assert again == event
    assert captured(again).payload == payload


@given(events)
def test_an_event_we_make_is_stored_as_one_that_is_sent(event):
    ours = captured(event)
    theirs = Decoder("anyone").one(ours.payload)
    assert (theirs.event, theirs.payload, theirs.site) == (ours.event, ours.payload, "")
    assert Decoder("anyone").many(b"[%s,%s]" % (ours.payload, ours.payload)) == [theirs, theirs]


@given(events)
def test_stored_bytes_are_canonical(event):
    payload = captured(event).payload
    fields = json.loads(payload, parse_float=Decimal)
    assert json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == payload
    assert fields["type"] == type(event).__name__


@given(events, st.randoms(use_true_random=False))
def test_order_and_white_space_do_not_matter(event, chance):
    payload = captured(event).payload
    fields = list(json.loads(payload).items())
    chance.shuffle(fields)
    raw = json.dumps(dict(fields), indent=2, ensure_ascii=chance.random() < 0.5).encode()
    assert Decoder("anyone").one(raw).payload == payload


def test_stored_bytes_are_these_for_ever():
    event = OperationCompleted(
        event_id=ID,
        event_time=datetime(2026, 3, 2, 13, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1))),
        source="ICT-7",
        unit=Unit(Part("ACME", "PCB/10"), "10%é"),
        operation="OP-30",
        specification=Specification("ICT/3"),
        values=(Decimal("3.300"), None, Decimal("-1E-7")),
        measurements=(Measurement(characteristic="label", passed=True, uom=""),),
    )
    assert (
        captured(event).payload
        == (
            '{"event_id":"0198c0de-0000-7000-8000-000000000001","event_time":"2026-03-02T13:00:00.250000+01:00",'
            '"measurements":[{"characteristic":"label","passed":true}],"operation":"OP-30","source":"ICT-7",'
            '"specification":"ICT/3","type":"OperationCompleted","unit":"ACME:PCB%2F10/10%25é",'
            '"values":["3.300",null,"-1E-7"]}'
        ).encode()
    )


def test_names_without_an_issuer_are_stored_with_the_sites_own():
    assert json.loads(ACME.one(sent()).payload)["unit"] == "ACME:PUMP-200/1"
    assert json.loads(Decoder("BOSCH").one(sent()).payload)["unit"] == "BOSCH:PUMP-200/1"


def test_what_is_left_out_and_what_has_its_default_is_the_same():
    assert ACME.one(sent(source="", operator="")).payload == ACME.one(sent()).payload


def test_the_site_is_told_and_not_stored():
    told = ACME.one(sent(site="LYON"))
    assert told.site == "LYON"
    assert told.payload == ACME.one(sent()).payload


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\u3000", "\x1d"])
def test_white_space_around_texts_is_not_stored_whoever_makes_the_event(space):
    plain = ACME.one(sent())
    assert ACME.one(sent(location=f"{space}CELL-4{space}")) == plain
    unit = Unit(Part("ACME", "PUMP-200"), "1")
    ours = captured(UnitMoved(event_id=ID, event_time=NOON, unit=unit, location=f"{space}CELL-4{space}"))
    assert (ours.event, ours.payload) == (plain.event, plain.payload)


def test_white_space_around_nested_texts_is_not_stored_either():
    def defined(name: str) -> SpecificationDefined:
        characteristic = Characteristic(characteristic=name, uom=f" {name}")
        return SpecificationDefined(
            event_id=ID, event_time=NOON, specification=Specification("ICT"), characteristics=(characteristic,)
        )

    ours = captured(defined(" V "))
    assert ours.event.characteristics == (Characteristic(characteristic="V", uom="V"),)
    assert stored_event(ours.payload) == ours.event


# Numbers and times


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ('"1.10"', "1.10"),
        ("1.10", "1.10"),
        ("0.1", "0.1"),
        ("100", "100"),
        ("1e2", "1E+2"),
        ("-0.000001", "-0.000001"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
        ('"0.1000000000000000055511151231257827021181583404541015625"', None),
        ("1e40", "1E+40"),
        ("1e41", None),
        ("1e400", None),
        ("1e-400", None),
        ('"1e999999999"', None),
        ('"1e99999999999999999999"', None),
        ("1e99999999999999999999", None),
        ("1" * 41, None),
        ("1" * 5000, None),
        ('"NaN"', None),
        ('"sNaN"', None),
        ('"Infinity"', None),
        ('"-inf"', None),
        ("NaN", None),
        ("Infinity", None),
        ('""', None),
        ('"1,5"', None),
        ('"twelve"', None),
        ("true", None),
        ("[1]", None),
    ],
)
def test_decimals_are_stored_digit_for_digit_or_refused(written, stored):
    fields = {"type": "OperationCompleted", "event_id": str(ID), "event_time": MOVED["event_time"]}
    nested = '[{"characteristic": "voltage", "value": ' + written + "}]"
    for place, raw in (
        (lambda payload: payload["values"][0], f'"specification": "ICT", "values": [{written}]'),
        (lambda payload: payload["measurements"][0]["value"], f'"measurements": {nested}'),
    ):
        line = json.dumps({**fields, "unit": "PUMP-200/1", "operation": "OP"})[:-1] + f", {raw}}}"
        if stored is None:
            problem_of(line.encode())
        else:
            assert place(json.loads(ACME.one(line.encode()).payload)) == stored


def test_a_decimal_that_is_none_is_named():
    raw = sent(type="LotDefined", lot="CAP/L1", quantity="NaN", unit=None)
    assert "no number" in problem_of(raw.replace(b'"unit": null, ', b"").replace(b'"location": "CELL-4", ', b""))


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-03-02T12:00:00", "2026-03-02T12:00:00 has no zone; write it with Z or +hh:mm"),
        ("1899-12-31T23:59:59Z", "is before 1900; check the clock"),
        ("0001-01-01T00:00:00+14:00", "is before 1900; check the clock"),
        ("9999-12-31T23:59:59-12:00", "is after 2999; check the clock"),
        ("9999-12-31T23:59:59Z", "is after 2999; check the clock"),
        ("3000-01-01T00:00:00Z", "is after 2999; check the clock"),
        ("2026-03-02", "event_time"),
        ("2026-02-30T12:00:00Z", "event_time"),
        ("2026-03-02T12:00:60Z", "event_time"),
        ("noon", "event_time"),
        (1772452800, "event_time"),
        (None, "event_time"),
    ],
)
def test_times_are_moments(time, told):
    assert told in problem_of(sent(event_time=time))


@given(moments)
def test_moments_are_kept_to_the_microsecond(moment):
    assert moment_of(microseconds(moment)) == moment


# What is no event


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (sent(type="UnitExploded"), "unknown event type"),
        (sent(type=7), "$.type"),
        (json.dumps({key: value for key, value in MOVED.items() if key != "type"}).encode(), "type"),
        (json.dumps({key: value for key, value in MOVED.items() if key != "unit"}).encode(), "unit"),
        (sent(colour="red"), "colour"),
        (sent(event_id="7"), "$.event_id"),
        (sent(unit=7), "$.unit"),
        (sent(unit="000123"), "names no part"),
        (sent(unit=None), "$.unit"),
        (sent(location=7), "$.location"),
        (sent(location=""), "location is empty; say it, the record needs it"),
        (sent(location="   "), "location is empty"),
        (sent(location="9" * 201), "location is 201 characters long"),
        (sent(location="CELL\x004"), "location holds a control or invisible character (U+0000)"),
        (sent(source="a\x1bb"), "source holds a control"),
        (b'{"type": "UnitMoved", "location": "\\ud800"}', ""),
        (b'{"type": "UnitMoved", "location": "\xff"}', "not JSON"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (sent() + b" {}", "not JSON"),
        (b"[]", "Expected `object`"),
        (b"null", "Expected `object`"),
        (b"[" * 100_000, ""),
        (b'{"a":' * 100_000, ""),
        (b'{"type":"OperationCompleted","values":' + b"[" * 100_000, ""),
    ],
)
def test_what_is_no_event_is_explained(raw, told):
    assert told in problem_of(raw)


def test_in_an_array_the_place_is_named():
    good, bad = sent(), sent(unit="000123")
    with pytest.raises(Malformed, match=r"\$\[1\]\.unit"):
        ACME.many(b"[%s,%s]" % (good, bad))
    with pytest.raises(Malformed, match=r"\$\[1\]"):
        ACME.many(b"[%s,%s]" % (good, sent(location="")))
    with pytest.raises(Malformed, match="Expected `array`"):
        ACME.many(good)


@given(st.binary() | st.text().map(str.encode))
def test_bytes_never_crash_the_decoder(raw):
    problem_of(raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(events, st.data())
def test_an_event_with_a_spoilt_field_is_an_event_or_malformed(event, data):
    fields = json.loads(captured(event).payload)
    name = data.draw(st.sampled_from(sorted(fields)) | st.text(max_size=5))
    fields[name] = data.draw(_JSON)
    try:
        again = ACME.one(json.dumps(fields).encode())
    except Malformed:
        return
    assert stored_event(again.payload) == again.event


def test_what_we_make_is_checked_as_what_is_sent():
    unit = Unit(Part("ACME", "PUMP-200"), "1")
    for fields in (
        {"event_time": datetime(2026, 3, 2)},  # noqa: DTZ001 - that it has no zone is the point
        {"event_time": datetime(3000, 3, 2, tzinfo=UTC)},
        {"location": ""},
        {"location": "\x00"},
        {"source": "\ud800"},
    ):
        with pytest.raises(Malformed):
            captured(UnitMoved(**{"event_id": ID, "event_time": NOON, "unit": unit, "location": "A", **fields}))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            {"type": "EventCorrected", "corrected_event_id": str(ID), "reason": "oops", "explanation": "x"},
            "did_not_occur, incorrect_data",
        ),
        (
            {"type": "OperationCompleted", "unit": "P/1", "operation": "OP", "result": "ok"},
            "failed, passed",
        ),
        ({"type": "PartDefined", "part": "P", "tracking": "by hand"}, "lot, serialized"),
        (
            {"type": "RecallDispositioned", "recall": "R", "unit": "P/1", "disposition": "scrap"},
            "cleared, corrected, destroyed, lost, returned",
        ),
    ],
)
def test_a_word_that_may_not_stand_there_is_answered_with_those_that_may(event, words):
    event = {"event_id": str(ID), "event_time": "2026-03-02T12:00:00Z", **event}
    with pytest.raises(Malformed, match=f"it is one of .*{words}"):
        ACME.one(json.dumps(event).encode())
    with pytest.raises(Malformed, match=f"it is one of .*{words}"):
        ACME.many(json.dumps([MOVED, event]).encode())


def test_a_wrong_word_before_broken_json_is_named_all_the_same():
    with pytest.raises(Malformed, match="Invalid enum value 'oops'"):
        ACME.one(b'{"type": "PartDefined", "part": "P", "tracking": "oops", "x": [[')
