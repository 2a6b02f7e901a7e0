"""Messages are found again by the transaction they belong to."""

from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.messages import Message


def fold_message_received(known: Known, event: MessageReceived, sequence: int) -> None:
    known.messages.put(
        sequence,
        Message(
            sequence=sequence,
            station=event.station,
            message_type=event.message_type,
            transaction=event.transaction,
        ),
    )


def undo_message_received(known: Known, event: MessageReceived, sequence: int) -> None:
    known.messages.take_out(sequence)
