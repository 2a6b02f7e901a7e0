"""Messages that were received."""

from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message and what it belongs to; its content stays with its event. transaction: '' for none."""

    sequence: int
    station: Station
    message_type: str
    transaction: str
