"""Messages come in every shape; each is kept once, word for word, whatever is understood of it."""

import json

import pytest

from asbuilt.core.events.messages import CONTENT_MAX, MessageReceived
from asbuilt.core.events.production import OperationStarted
from asbuilt.core.identifiers.text import NameProblem
from tests.exchange.cfx.made import alone, lines, message, panel, units_tested, work_completed, work_started

HEARTBEAT = {"CFXHandle": "A.B", "HeartbeatFrequency": "00:00:05"}


def test_an_unknown_message_is_kept_word_for_word_and_listed(floor):
    text = '{"MessageName" : "ACME.Odd",\n "UniqueID":"x-1", "Source": "M1", "TimeStamp":"2026-03-02T08:00:00Z",\n "a": 1.50}'
    report = floor.reads(text)
    (kept,) = floor.events(MessageReceived)
    assert (kept.content, kept.message_type, kept.message_id, str(kept.station)) == (text, "ACME.Odd", "x-1", "M1")
    assert report.preserved == {"ACME.Odd": 1}
    assert floor.reads(text).repeated_messages == 1


def test_fields_without_a_place_are_listed_by_message_and_kept(boards):
    units = panel(1, 2, X=50.45, Vendor={"Colour": "blue", "Nothing": None})
    report = boards.hears(work_started(units, Extra="e"))
    found = {(one.field, one.count) for one in report.unmapped_fields}
    assert found == {
        ("/Extra", 1),
        ("/MessageBody/UnitCount", 1),
        ("/MessageBody/Units/*/Vendor/Colour", 2),
        ("/MessageBody/Units/*/X", 2),
    }
    assert "blue" in boards.events(MessageReceived)[0].content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("shape", ["lines", "crlf", "array", "pretty", "row"])
def test_messages_come_in_every_shape(floor, encoding, shape):
    some = [message("Heartbeat", {**HEARTBEAT, "Ö": str(n)}) for n in range(3)]
    text = {
        "lines": lines(*some) + "\n\n",
        "crlf": lines(*some).replace("\n", "\r\n"),
        "array": json.dumps(some),
        "pretty": json.dumps(some, indent=4, ensure_ascii=False),
        "row": "".join(json.dumps(one, indent=1) for one in some),
    }[shape]
    report = floor.reads(text.encode(encoding))
    assert (report.messages, report.refusals) == (3, ())
    assert [json.loads(one.content) for one in floor.events(MessageReceived)] == some


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        '{"MessageName": }',
        "no json",
        '{"a": "unended',
        '{\n  "MessageName": "X",\n  "MessageBody": {\n}',
        "[1, {]",
    ],
)
def test_what_is_no_json_is_refused_and_reading_goes_on(floor, bad):
    first, last = message("Heartbeat", HEARTBEAT), message("Heartbeat", HEARTBEAT)
    report = floor.reads(f"{lines(first)}\n{bad}\n{lines(last)}\n")
    assert report.preserved == {"CFX.Heartbeat": 2}
    assert report.refused_messages >= 1
    assert len(report.refusals) == report.refused_messages
    assert report.messages == 2 + report.refused_messages


@pytest.mark.parametrize("odd", ["[1, 2]", '"text"', "null", "7"])
def test_what_is_no_object_is_no_message(floor, odd):
    report = floor.reads(odd)
    assert {one.rule for one in report.refusals} == {"unrecognised"}
    assert report.refused_messages == report.messages


def test_an_empty_file_says_so(floor):
    assert [one.rule for one in floor.reads("  \n").refusals] == ["file"]


def test_a_message_that_is_too_long_is_refused_and_its_neighbours_are_not(floor):
    long = message("Heartbeat", {"Image": "x" * CONTENT_MAX})
    report = floor.hears(message("Heartbeat", HEARTBEAT), long, message("Heartbeat", HEARTBEAT))
    assert (report.preserved, report.refused_messages) == ({"CFX.Heartbeat": 2}, 1)
    assert f"at most {CONTENT_MAX}" in report.refusals[0].reason


def test_nothing_nested_however_deeply_stops_the_import(floor):
    report = floor.reads('{"a":' * 100_000 + "\n" + lines(message("Heartbeat", HEARTBEAT)))
    assert report.preserved == {"CFX.Heartbeat": 1}
    assert "nested too deeply" in report.refusals[0].reason


def test_a_repeated_message_is_one_however_it_is_laid_out(boards):
    one = work_started(panel(1, 2))
    boards.hears(one)
    before = boards.count()
    report = boards.reads(json.dumps(dict(reversed(one.items())), indent=2))
    assert (report.repeated_messages, report.recorded, report.refusals) == (1, 0, ())
    assert boards.count() == before
    assert boards.hears(one, one).repeated_messages == 2


def test_another_message_with_a_used_id_is_kept_and_not_counted(boards):
    one = work_started(panel(1, 2))
    boards.hears(one)
    other = {**one, "MessageBody": {"Units": alone("PANEL7-1")}}
    report = boards.hears(other)
    assert [finding.rule for finding in report.refusals] == ["conflict"]
    assert len(boards.events(MessageReceived)) == 2
    assert len(boards.events(OperationStarted)) == 2
    assert boards.hears(other).recorded == 0


@pytest.mark.parametrize("no_id", [None, "", "00000000-0000-0000-0000-000000000000"])
def test_messages_without_an_id_are_told_apart_by_what_they_say(boards, no_id):
    some = [work_started(panel(number), work="", UniqueID=no_id) for number in (1, 2, 1)]
    report = boards.hears(*some)
    assert (report.repeated_messages, len(boards.events(OperationStarted))) == (1, 2)


@pytest.mark.parametrize(
    ("time", "said"),
    [(None, "no TimeStamp"), ("soon", "'soon' is no time"), ("2026-03-02T08:00:00", "no zone"), (7, "is no time")],
)
def test_times_that_are_not_clear_are_said(boards, time, said):
    report = boards.hears(work_started(panel(1, 2), TimeStamp=time))
    assert said in report.warnings[0].reason
    assert len(boards.events(OperationStarted)) == 2
    assert boards.hears(work_started(panel(1, 2), TimeStamp=time)).refusals == ()


def test_who_sent_it_may_be_the_stage_or_nobody(boards):
    stage = {"Stage": {"StageSequence": 1, "StageName": "STAGE1"}}
    report = boards.hears(
        message("Production.WorkStageStarted", stage, Source=None), message("Heartbeat", HEARTBEAT, Source="")
    )
    assert [str(one.station) for one in boards.events(MessageReceived)] == ["STAGE1", "unknown CFX endpoint"]
    assert [one.rule for one in report.warnings] == ["identity"]


def test_a_message_may_come_without_its_envelope(boards):
    body = {"$type": "CFX.Production.WorkStarted, CFX", "TransactionID": "T-1", "Units": panel(1, 2)}
    report = boards.hears(body)
    assert report.mapped == {"CFX.Production.WorkStarted": 1}
    assert len(boards.events(OperationStarted)) == 2


def test_other_versions_and_names_in_another_case_are_understood(boards):
    one = work_started(panel(1, 2), Version="99.1-beta")
    one["MessageBody"]["transactionid"] = one["MessageBody"].pop("TransactionID")
    report = boards.hears(one, work_completed())
    assert sum(report.mapped.values()) == 2
    assert boards.events(MessageReceived)[0].version == "99.1-beta"


def test_a_key_that_stands_twice_leaves_the_message_kept_only(boards):
    text = lines(work_started(panel(1, 2))).replace('"UnitCount": 2', '"UnitCount": 2, "UnitCount": 3')
    report = boards.reads(text)
    assert [one.rule for one in report.refusals] == ["conflict"]
    assert (boards.events(OperationStarted), len(boards.events(MessageReceived))) == ([], 1)


@pytest.mark.parametrize("broken", [7, "text", [1, "x", None], {"Units": 3}, {"Units": [{"UnitIdentifier": ["x"]}, 5]}])
@pytest.mark.parametrize("name", ["Production.WorkStarted", "Production.WorkCompleted", "Production.UnitsArrived"])
def test_bodies_that_are_not_what_they_should_be_are_kept(boards, broken, name):
    report = boards.hears(message(name, broken))
    assert (report.messages, report.refused_messages) == (1, 0)
    assert sum(report.preserved.values()) == 1


def test_names_that_cannot_be_are_listed_not_raised(floor):
    floor.world.part("BOARD")
    report = floor.hears(
        work_started(alone("bad\u0000name", "x" * 300, "GOOD")), units_tested({"UnitIdentifier": " "}), part="BOARD"
    )
    assert [str(one.unit) for one in floor.events(OperationStarted)] == ["ACME:BOARD/GOOD"]
    fields = {one.field for one in report.unmapped_fields}
    assert "/MessageBody/Units/*/UnitIdentifier" in fields


def test_a_part_that_is_not_defined_is_said_before_anything_is_read(floor):
    with pytest.raises(NameProblem, match="is not defined here"):
        floor.hears(work_started(alone("A")), part="NONE")
    assert floor.count() == 0


def test_standard_input_and_folders_are_read(boards):
    assert boards.pipes(lines(work_started(panel(1, 2)))).mapped == {"CFX.Production.WorkStarted": 1}


def test_more_messages_than_are_worked_on_at_once(boards, monkeypatch):
    monkeypatch.setattr("asbuilt.exchange.cfx.importing.MESSAGES_AT_ONCE", 2)
    some = [work_completed(minute=9, work=f"T-{n}") for n in range(5)]
    some += [work_started(panel(1, 2), work=f"T-{n}", minute=n) for n in range(5)]
    report = boards.hears(*some)
    assert report.messages == 10
    assert report.events["OperationStarted"] == report.events["OperationCompleted"] == 10
