"""Units: they come into being, arrive, get further names, are set aside."""

from asbuilt.core.events.identity import AliasAssigned
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.identifiers.names import HoldNumber, Location
from asbuilt.exchange.cfx.drafting import Drafts, units_said
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.work import Transaction
from asbuilt.exchange.intake.recording import NO_ID


def initialized(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsInitialized: units come into being, of the part that their order makes or that the import names."""
    part = drafts.part_of_order(message)
    for said in units_said(message.body.member("Units").items()):
        if drafts.unit(message, said, part=part) is not None:
            drafts.joined.add(message.identity)


def arrived(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsArrived, and UnitsLoaded from a carrier: units are at the station."""
    for said in drafts.each(units_said(message.body.member("Units").items())):
        unit = drafts.unit(message, said)
        if unit is not None:
            event = UnitMoved(event_id=NO_ID, event_time=message.at, unit=unit, location=Location(message.station.name))
            drafts.add(message, event, said.node.place, about=str(said))


def personalized(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsPersonalized: each characteristic, such as a MAC address, is a further name of its unit."""
    for said in units_said(message.body.member("PersonalizedUnits").items(), shared=transaction.shared()):
        unit = drafts.unit(message, said)
        for node in said.node.member("Characteristics").items():
            scheme, value = node.member("Name").name(), node.member("Value").name()
            if unit is not None and scheme and value:
                event = AliasAssigned(event_id=NO_ID, event_time=message.at, unit=unit, scheme=scheme, value=value)
                drafts.add(message, event, node.place, about=f"{said}\n{scheme}\n{value}")


def disqualified(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsDisqualified: units must not be used until somebody decides; a machine's word scraps nothing."""
    words = [message.body.member("Reason").text(), message.body.member("Comments").text()]
    reason = ": ".join(word for word in words if word) or "disqualified"
    hold = HoldNumber(f"CFX-{drafts.recorder.id_of(message.identity)}")
    for said in drafts.each(units_said(message.body.member("Units").items())):
        unit = drafts.unit(message, said)
        if unit is not None:
            event = HoldPlaced(event_id=NO_ID, event_time=message.at, unit=unit, hold=hold, reason=reason)
            drafts.add(message, event, said.node.place, about=str(said))
