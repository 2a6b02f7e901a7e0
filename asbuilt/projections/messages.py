"""message."""

from asbuilt.core.identifiers.subjects import Station
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.messages import Message
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence

MESSAGE = Table(
    "message",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("station_id", "bigint"),
        ("message_type", "text"),
        ("transaction_name", "text"),
        ("transaction_key", "text"),
    ),
)

# Reads the messages that corrections concern.
MESSAGES = "SELECT sequence, station_id, message_type, transaction_name FROM message WHERE sequence = ANY($1)"


def message_row(message: Message, ids: Ids, site_id: int) -> Row:
    return (
        message.sequence,
        site_id,
        ids[message.station],
        message.message_type,
        message.transaction,
        normal_form(message.transaction),
    )


def load_messages(loading: Loading, sequences: list[int]) -> None:
    rows = loading.reader.rows(MESSAGES, sequences)
    names = loading.named(row[1] for row in rows)
    for sequence, station_id, message_type, transaction in rows:
        station = names[station_id]
        assert isinstance(station, Station), "messages come from stations"
        loading.known.messages.loaded[sequence] = Message(
            sequence=sequence, station=station, message_type=message_type, transaction=transaction
        )


PROJECTIONS: tuple[Projection, ...] = (Projection(MESSAGE, lambda known: known.messages, message_row, by_sequence),)
