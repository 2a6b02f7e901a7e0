"""Messages are kept word for word and found again by what they belong to."""

import pytest

from asbuilt.core.events.messages import CONTENT_MAX, MessageReceived
from asbuilt.ledger.codec import Malformed, captured
from asbuilt.queries.messages import message_recorded, messages_after, messages_of

CONTENT = ' {"a": "\\u0000 zero",\n\t"b": 1.50} '


def receives(world, transaction="", content=CONTENT, station="SMT-1"):
    return world.captures(MessageReceived, station, standard="IPC-CFX", transaction=transaction, content=content)


def test_a_message_is_kept_word_for_word(world):
    event = receives(world, content=CONTENT)
    with world.database.reading(world.site) as reader:
        ((_, kept),) = messages_after(reader, 0)
        assert kept.content == CONTENT
        assert message_recorded(reader, event.event_id) == kept


def test_the_messages_of_a_piece_of_work_are_found_in_any_case(world):
    for transaction, station in (("t-1", "SMT-1"), ("T-2", "SMT-1"), ("T-1", "SMT-2"), ("", "SMT-1")):
        receives(world, transaction, station=station)
    with world.database.reading(world.site) as reader:
        assert [str(one.station) for one in messages_of(reader, ["T-1", ""])] == ["SMT-1", "SMT-2"]
        assert len(messages_after(reader, 0)) == 4
        assert messages_of(reader, [""]) == []


def test_a_message_declared_wrong_is_not_gone_over_again(world):
    world.corrects(receives(world, "T-1"))
    with world.database.reading(world.site) as reader:
        assert messages_of(reader, ["T-1"]) == []


def test_a_message_has_a_length_that_can_be_kept(world):
    event = receives(world)
    captured(
        type(event)(
            event_id=event.event_id,
            event_time=event.event_time,
            station=event.station,
            standard="X",
            content="x" * CONTENT_MAX,
        )
    )
    with pytest.raises(Malformed, match="at most 4000000"):
        captured(
            type(event)(
                event_id=event.event_id,
                event_time=event.event_time,
                station=event.station,
                standard="X",
                content="x" * (CONTENT_MAX + 1),
            )
        )
