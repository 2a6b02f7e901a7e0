"""The envelope around every message: who says what, when, about which piece of work."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.identifiers.subjects import Station
from asbuilt.exchange.cfx.findings import Findings
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.cfx.reading import Received
from asbuilt.exchange.intake.findings import Concern, quoted
from asbuilt.exchange.intake.recording import NO_ID
from asbuilt.exchange.intake.values import UNKNOWN_TIME, moment

STANDARD = "IPC-CFX"
UNKNOWN_STATION = Station("unknown CFX endpoint")
"""Stands for the sender of a message that says none."""

UNBLOCK_REQUEST = "CFX.Materials.Management.UnblockMaterialsRequest"
UNBLOCK_RESPONSE = "CFX.Materials.Management.UnblockMaterialsResponse"
_ANSWERED = frozenset({UNBLOCK_REQUEST, UNBLOCK_RESPONSE})
"""Messages that belong together by the id of the request, as others do by that of their work."""

_ID_MAX = 100
"""Longer ids of messages are no ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with what its envelope says. identity: what tells it from all others, and the same again each time.

    message_type: CFX.Production.WorkStarted; '' when it does not say. transaction: '' for none.
    """

    received: Received
    root: Node
    body: Node
    message_type: str
    message_id: str
    version: str
    transaction: str
    station: Station
    at: datetime
    identity: str

    @property
    def is_sound(self) -> bool:
        """Whether it says one thing only."""
        return not self.received.doubled

    def as_event(self) -> MessageReceived:
        """The event that keeps it word for word."""
        return MessageReceived(
            event_id=NO_ID,
            event_time=self.at,
            source=STANDARD,
            station=self.station,
            standard=STANDARD,
            message_type=self.message_type,
            message_id=self.message_id,
            version=self.version,
            transaction=self.transaction,
            content=self.received.text,
        )


def opened(received: Received, findings: Findings) -> Message:
    """A message taken out of its envelope; what is doubtful about the envelope is noted."""
    root = Node(received.value, received.place)
    body = root.member("MessageBody")
    if not isinstance(body.value, dict):
        body = root  # sent without its envelope
    message_type = root.member("MessageName").name() or body.type_name()
    body.type_name()
    message_id = _id(root.member("UniqueID", "UniqueIdentifier") if body is not root else root.member("UniqueID"))
    return Message(
        received=received,
        root=root,
        body=body,
        message_type=message_type,
        message_id=message_id,
        version=root.member("Version").name(),
        transaction=_id(body.member("TransactionID") if message_type not in _ANSWERED else root.member("RequestID")),
        station=_station(root, body, findings),
        at=_time(root, findings),
        identity=f"cfx message {message_id}" if message_id else by_content(received),
    )


def by_content(received: Received) -> str:
    """The identity of a message that has no id, or the id of another one: what it says, however it is laid out."""
    return f"cfx message {canonical(received.value)}"


def canonical(value: object) -> str:
    """A decoded message, written in one way."""
    return json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))


def _id(node: Node) -> str:
    """An id, in lower case when it is a UUID; '' for none, also for the UUID of zeros, which names nothing."""
    text = node.name()
    if len(text) > _ID_MAX:
        return ""
    try:
        value = UUID(text)
    except ValueError:
        return text
    return str(value) if value.int else ""


def _station(root: Node, body: Node, findings: Findings) -> Station:
    """The CFX handle of the sender, else the stage the message speaks of."""
    handle = root.member("Source").name() or body.member("Stage").member("StageName").name()
    if handle:
        return Station(handle)
    reason = f"no Source says which machine sent it; recorded for {quoted(str(UNKNOWN_STATION))}"
    findings.warn(root.place / "Source", Concern.IDENTITY, reason)
    return UNKNOWN_STATION


def _time(root: Node, findings: Findings) -> datetime:
    node = root.member("TimeStamp")
    found = moment(node.value)
    if found is None:
        what = f"{quoted(node.value)} is no time" if node else "no TimeStamp"
        findings.warn(node.place, Concern.TIME, f"{what}; recorded as of 1970-01-01")
        return UNKNOWN_TIME
    node.text()
    if found.assumed:
        findings.warn(node.place, Concern.TIME, found.assumed)
    return found.at if found.at.tzinfo is not None else found.at.replace(tzinfo=UTC)
