"""What messages of their own say of the work of a transaction: readings that were taken, tools that were used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from asbuilt.core.events.event import Measurement
from asbuilt.exchange.cfx.drafting import UnitSaid
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.findings import Findings
from asbuilt.exchange.cfx.measuring import reading_in
from asbuilt.exchange.cfx.nodes import Node

READINGS = "CFX.Production.ReadingsRecorded"
TOOLS = "CFX.Production.ToolsUsed"
_ELEMENTS = {READINGS: "Readings", TOOLS: "UsedTools"}


@dataclass(slots=True)
class Beside:
    """What such messages say of one unit. told_by: their identities. tools: each once, in order."""

    measurements: list[Measurement] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    told_by: set[str] = field(default_factory=set)

    @property
    def tool(self) -> str:
        """The tool; '' when several were used, of which an event names none for all."""
        return self.tools[0] if len(self.tools) == 1 else ""


def beside(messages: Iterable[Message], said: UnitSaid, findings: Findings) -> Beside:
    """What some messages of a transaction say of a unit."""
    found = Beside()
    for message in messages:
        for node in _about(message, said):
            if message.message_type == READINGS:
                taken = list(reading_in(node, findings))
                found.measurements += taken
                found.told_by.update([message.identity] if taken else [])
            else:
                tool = node.member("Tool").member("UniqueIdentifier", "Name").name()
                found.tools += [tool] if tool and tool not in found.tools else []
    if found.tool:
        found.told_by.update(one.identity for one in messages if one.message_type == TOOLS)
    return found


def _about(message: Message, said: UnitSaid) -> Iterator[Node]:
    """The elements of a message that are about a unit, or about all units of its transaction."""
    if message.message_type in _ELEMENTS and message.is_sound:
        for node in message.body.member(_ELEMENTS[message.message_type]).items():
            if _is_about(node, said):
                yield node


def _is_about(node: Node, said: UnitSaid) -> bool:
    identifier, number = node.member("UnitIdentifier").name(), node.member("UnitPositionNumber").number()
    place = said.position or said.place
    if number is not None and place and str(number) != str(place):
        return False
    return not identifier or not {identifier, f"{identifier}-{number}"}.isdisjoint(said.names)
