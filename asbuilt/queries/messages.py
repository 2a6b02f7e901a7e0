"""Messages of machines and other systems, as they were received."""

from collections.abc import Iterable
from uuid import UUID

from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Reader

# The messages that belong to some transactions, in the order in which they came.
OF_TRANSACTIONS = """
SELECT event.payload
FROM message CROSS JOIN event
WHERE message.site_id = $1 AND message.transaction_key = ANY($2) AND message.transaction_key <> ''
  AND event.sequence = message.sequence
ORDER BY message.sequence
"""
# All messages, a thousand at a time (serves understanding them anew).
ALL = """
SELECT message.sequence, event.payload
FROM message CROSS JOIN event
WHERE message.site_id = $1 AND message.sequence > $2 AND event.sequence = message.sequence
ORDER BY message.sequence
LIMIT $3
"""
AT_ONCE = 1_000


def messages_of(reader: Reader, transactions: Iterable[str]) -> list[MessageReceived]:
    """The messages of some transactions, in the order in which they came."""
    keys = sorted({normal_form(one) for one in transactions if one})
    if not keys:
        return []
    return [_message(payload) for (payload,) in reader.rows(OF_TRANSACTIONS, reader.site.site_id, keys)]


def messages_after(reader: Reader, sequence: int) -> list[tuple[int, MessageReceived]]:
    """The messages kept after a sequence, at most AT_ONCE of them, with their sequences."""
    rows = reader.rows(ALL, reader.site.site_id, sequence, AT_ONCE)
    return [(found, _message(payload)) for found, payload in rows]


def message_recorded(reader: Reader, event_id: UUID) -> MessageReceived | None:
    """The message recorded under an event id."""
    stored = reader.recorded([event_id]).get(event_id)
    return None if stored is None else _message(stored.payload)


def _message(payload: bytes) -> MessageReceived:
    event = stored_event(bytes(payload))
    assert isinstance(event, MessageReceived), "a row of message is of a message"
    return event
