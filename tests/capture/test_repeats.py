"""What is sent twice is done once, also when the second sending is of another time."""

from collections.abc import Callable
from uuid import UUID

import pytest

from asbuilt.capture.answers import Acknowledgement, Answer, Outcome, Refusal
from asbuilt.capture.capture import Submission
from asbuilt.capture.repeats import KeyUsed, issue_serials_once, issued_under, record_once, was_recorded
from asbuilt.capture.serials import SerialRequest
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import SerialNumberVoided
from asbuilt.core.identifiers.subjects import part_named
from tests.world import ACTOR, World

VOIDED = "SELECT count(*) FROM serial_number WHERE is_void = 1 AND site_id = $1"


@pytest.fixture
def part(world) -> str:
    world.part("PUMP-200", serial_format="P{number:4}")
    return "PUMP-200"


def issue(world: World, count: int, *, key: str = "k", revision: str = "") -> list[str]:
    units = issue_serials_once(
        world.database,
        world.site,
        SerialRequest(part=part_named("PUMP-200", own_issuer="ACME"), count=count, revision=revision),
        key=key,
        actor=ACTOR,
        record=recorder(world),
        now=world.now,
        random_below=lambda below: below - 1,
    )
    return [unit.serial_number for unit in units]


def recorder(world: World) -> Callable[[Submission], list[Answer]]:
    return lambda submission: world.submit_all(submission)[0]


def void(world: World, serial: str, event_id: UUID, *, reason: str = "Torn") -> Event:
    return world.event(SerialNumberVoided, f"PUMP-200/{serial}", reason=reason, event_id=event_id)


def once(world: World, *events: Event, record=None) -> list[Answer]:
    return record_once(world.database, world.site, events, actor=ACTOR, record=record or recorder(world))


def rules(answers: list[Answer]) -> list[str]:
    return [one.rule for answer in answers if isinstance(answer, Refusal) for one in answer.broken]


def test_an_issue_under_a_key_is_found_again(world, part):
    assert issue(world, 3) == issue(world, 3) == ["P0001", "P0002", "P0003"]
    with world.database.reading(world.site) as reader:
        assert [unit.serial_number for unit in issued_under(reader, "k", 3)] == ["P0001", "P0002", "P0003"]
        assert issued_under(reader, "another", 3) == []


def test_a_key_stands_for_one_issue(world, part):
    issue(world, 2)
    with pytest.raises(KeyUsed, match="make a new key"):
        issue(world, 2, revision="D")


def test_events_sent_again_later_are_recorded_once(world, part):
    ids = [world.new_id(), world.new_id()]
    first = once(world, void(world, "P0001", ids[0]), void(world, "P0002", ids[1]))
    again = once(world, void(world, "P0001", ids[0]), void(world, "P0002", ids[1]))
    assert was_recorded(first)
    assert [answer.outcome for answer in again] == [Outcome.REPEATED] * 2
    assert len(world.history("PUMP-200/P0001")) == 1


def test_another_content_under_the_same_id_is_refused(world, part):
    """The negative control: it is not the id alone that makes a repetition."""
    event_id = world.new_id()
    once(world, void(world, "P0001", event_id))
    assert rules(once(world, void(world, "P0001", event_id, reason="Misprint"))) == ["CAP-001"]


def test_all_or_none(world, part):
    world.unit("PUMP-200/P0002")
    answers = once(world, void(world, "P0001", world.new_id()), void(world, "P0002", world.new_id()))
    assert rules(answers) == ["CAP-002", "IDN-015"]
    assert not was_recorded(answers)
    assert world.rows(VOIDED, world.site.site_id) == [(0,)]


def test_two_that_send_at_once_both_hear_that_it_is_recorded(world, part):
    """The other request is recorded after this one has looked, and before it sends."""
    event_id, others = world.new_id(), []

    def late(submission: Submission) -> list[Answer]:
        if not others:
            others.extend(world.submit(void(world, "P0001", event_id)))
        return recorder(world)(submission)

    (answer,) = once(world, void(world, "P0001", event_id), record=late)
    assert isinstance(answer, Acknowledgement)
    assert answer.outcome is Outcome.REPEATED
    assert answer.sequence == others[0].sequence
