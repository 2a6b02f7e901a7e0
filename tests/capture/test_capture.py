"""The rules of the door itself, and what a caller is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from asbuilt.capture.answers import Acknowledgement, Refusal
from asbuilt.capture.capture import Submission
from asbuilt.capture.serials import SerialRequest, SerialsRefused, issue_serials
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved, UnitShipped
from asbuilt.core.events.production import OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.ledger.codec import captured
from tests.world import ACTOR, START, recorded


def test_CAP_001_event_id_stands_for_one_content(world):
    world.unit("PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert recorded(world.submit(moved)) == ["repeated"]
    assert recorded(world.submit(replace(moved, location="CELL-5"))) == ["CAP-001"]
    assert recorded(world.submit(replace(moved, source="SCANNER-7"))) == ["CAP-001"]
    (refusal,) = world.submit(replace(moved, event_time=moved.event_time + timedelta(seconds=1)))
    assert isinstance(refusal, Refusal)
    assert "make a new id for a new event, or correct the recorded one" in refusal.broken[0].reason
    assert world.unit_view("PUMP-200/1").location == "CELL-4"


def test_CAP_001_event_id_stands_for_one_content_within_one_call(world):
    world.unit("PUMP-200/1")
    moved = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert recorded(world.submit(moved, moved, replace(moved, location="CELL-5"), moved)) == [
        "recorded",
        "repeated",
        "CAP-001",
        "repeated",
    ]
    assert len(world.history("PUMP-200/1")) == 2


def test_CAP_003_serials_are_written_in_full(world):
    """A serial that was written is "recorded"; what cannot be written in full is refused, and no number is taken."""

    def issue(count):
        return issue_serials(
            world.database,
            world.site,
            SerialRequest(part=world.part("PUMP-200", serial_format="{line}-{number:1}"), count=count, line="L1"),
            actor=ACTOR,
            record=lambda submission: world.submit_all(submission)[0],
            now=world.now,
            new_event_id=world.new_id,
        )

    assert [str(unit) for unit in issue(2)] == ["ACME:PUMP-200/L1-1", "ACME:PUMP-200/L1-2"]
    with pytest.raises(SerialsRefused, match="only 7 numbers are left") as caught:
        issue(8)
    assert [one.rule for one in caught.value.broken] == ["CAP-003"]
    assert len(issue(7)) == 7


def test_CAP_004_an_override_overrides_something(world):
    """Who may only override lets what is stopped be done, and does no other work."""
    route = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))
    world.captures(RoutingDefined, "R/1", part=world.part("PUMP-200"), operations=route)
    world.unit("PUMP-200/1")

    def decides(operation):
        started = world.event(OperationStarted, "PUMP-200/1", operation=operation, override_reason="agreed")
        submission = Submission(events=(captured(started),), actor=ACTOR, may_override=True, may_work=False)
        return recorded(world.submit_all(submission)[0])

    assert decides("OP-10") == ["CAP-004"]
    assert decides("OP-20") == ["recorded"]
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", override_reason="")


def test_CAP_002_all_or_nothing(world):
    world.unit("PUMP-200/1")
    good = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
    bad = world.event(UnitMoved, "PUMP-200/2", location="CELL-4")
    refused = world.submit(good, bad, atomic=True)
    assert recorded(refused) == ["CAP-002", "IDN-001"]
    assert isinstance(refused[0], Refusal)
    assert refused[0].broken[0].reason == ("not recorded, because 1 of the 2 events sent with it were refused")
    assert len(world.history("PUMP-200/1")) == 1
    assert recorded(world.submit(good, bad)) == ["recorded", "IDN-001"]
    assert recorded(world.submit(good, atomic=True)) == ["repeated"]


def test_CAP_002_what_was_recorded_before_is_not_said_to_be_unrecorded(world):
    world.unit("PUMP-200/1")
    before = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    good = world.event(UnitMoved, "PUMP-200/1", location="CELL-5")
    bad = world.event(UnitMoved, "PUMP-200/2", location="CELL-4")
    assert recorded(world.submit(before, good, bad, atomic=True)) == ["repeated", "CAP-002", "IDN-001"]


def test_CAP_002_one_callers_refusal_is_not_his_neighbours(world):
    world.unit("PUMP-200/1")
    ship = world.event(UnitShipped, "PUMP-200/1", customer="St. Anna")
    bad = world.event(UnitMoved, "PUMP-200/2", location="CELL-4")
    move = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")

    def call(*events, atomic=False):
        return Submission(events=tuple(map(captured, events)), actor=ACTOR, atomic=atomic)

    answers = world.submit_all(call(ship, bad, atomic=True), call(move), call(ship, bad, atomic=True), call(bad, move))
    assert [recorded(one) for one in answers] == [
        ["CAP-002", "IDN-001"],
        ["recorded"],
        ["CAP-002", "IDN-001"],
        ["IDN-001", "repeated"],
    ]


def test_the_same_event_id_belongs_to_each_site_by_itself(world, opened):
    neighbour = type(world)(world.database, opened.new_site())
    for plant in (world, neighbour):
        plant.unit("PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert recorded(neighbour.submit(moved)) == ["recorded"]


def test_an_acknowledgement_says_where_the_event_stands_and_says_it_again(world):
    world.unit("PUMP-200/1")
    moved = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
    (first,) = world.submit(moved)
    recorded_at = world.now + timedelta(seconds=1)
    world.now += timedelta(days=7)
    (second,) = world.submit(moved)
    assert isinstance(first, Acknowledgement)
    assert isinstance(second, Acknowledgement)
    assert (first.subject_version, first.record_time, first.event_id) == (2, recorded_at, moved.event_id)
    assert (first.sequence, first.record_time, first.subject_version) == (
        second.sequence,
        second.record_time,
        second.subject_version,
    )


def test_an_event_that_comes_late_is_recorded_and_flagged(world):
    world.unit("PUMP-200/1")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-3", at=START - timedelta(days=90))
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-5", at=START + timedelta(days=1))
    entries = world.history("PUMP-200/1")
    assert [entry.is_late for entry in entries] == [False, False, True, True]
    assert [entry.sequence for entry in entries] == sorted(entry.sequence for entry in entries)


def test_an_empty_call_is_answered_with_nothing(world):
    assert world.submit() == []
    assert world.submit(atomic=True) == []


def test_a_unit_is_born_in_the_call_that_corrects_another_of_its_part(world):
    """The part is met by its id, in what is corrected, before it is met by its name."""
    world.unit("PCB-10/1")
    wrong = world.captures(UnitMoved, "PCB-10/1", location="CELL-4")
    born = world.event(UnitCommissioned, "PCB-10/2")
    corrected = world.event(EventCorrected, wrong, reason="did_not_occur", explanation="another unit")
    assert recorded(world.submit(born, corrected)) == ["recorded", "recorded"]
    assert world.unit_view("PCB-10/2").unit == "ACME:PCB-10/2"
