"""What machines and other systems say, kept word for word."""

from dataclasses import dataclass
from typing import ClassVar

from asbuilt.core.events.event import Event, EventProblem, check_given
from asbuilt.core.identifiers.subjects import Station

CONTENT_MAX = 4_000_000
"""Longest message kept, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """A machine or another system sent a message. It is kept as it came; what is understood of it is further events.

    station: who sent it. standard: whose message it is, such as `IPC-CFX`. message_type, message_id, version: as the
    message calls itself. transaction: under which messages about one piece of work belong together, '' for none.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("station",)

    station: Station
    standard: str
    message_type: str = ""
    message_id: str = ""
    version: str = ""
    transaction: str = ""
    content: str

    def check(self) -> None:
        check_given(standard=self.standard, content=self.content)
        if len(self.content) > CONTENT_MAX:
            raise EventProblem(f"content has {len(self.content)} characters; at most {CONTENT_MAX} are kept")
