"""Materials that must not be used: blocked on request, or past their floor life; and released again."""

from collections.abc import Iterator, Sequence

from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.identifiers.names import HoldNumber
from asbuilt.core.identifiers.subjects import Lot
from asbuilt.exchange.cfx.drafting import Drafts
from asbuilt.exchange.cfx.envelopes import UNBLOCK_REQUEST, UNBLOCK_RESPONSE, Message
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.cfx.work import Transaction
from asbuilt.exchange.intake.recording import NO_ID

BLOCKED = HoldNumber("CFX-BLOCKED")
FLOOR_LIFE = HoldNumber("CFX-MSD")
"""Of a moisture sensitive device (IPC/JEDEC J-STD-033)."""

_DONE = frozenset({"success", "partialsuccess"})


def blocked(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """BlockMaterialsRequest: somebody says that packages must not be used. That is enough not to use them."""
    words = [message.body.member("Reason").text(), message.body.member("Comments").text()]
    reason = ": ".join(word for word in words if word) or "blocked"
    _place(message, drafts, _packages(message.body), BLOCKED, reason, operator=_by(message, "Blocker"))


def unblocked(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnblockMaterialsRequest with its response: packages are free when that says that they are, not before."""
    request = _sound(transaction, UNBLOCK_REQUEST)
    response = _sound(transaction, UNBLOCK_RESPONSE)
    if request is None or response is None:
        return
    result = response.body.member("Result")
    word = result.member("Result").text() or result.text()
    if word.strip().lower() not in _DONE:
        return
    refused = response.body.member("MaterialsPackagesNotUnblocked", "MaterialPackagesNotUnblocked").items()
    not_done = {node.name() for node in refused}
    nodes = [node for node in _packages(request.body) if node.member("UniqueIdentifier").name() not in not_done]
    reason = request.body.member("Comments").text() or "unblocked"
    if _release(response, drafts, nodes, BLOCKED, reason, operator=_by(request, "Unblocker")):
        drafts.joined.add(request.identity)


def expired(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsExpired: the floor life of packages is over; they are not used until they are restored."""
    nodes = message.body.member("Materials").items()
    _place(message, drafts, nodes, FLOOR_LIFE, "floor life of the moisture sensitive device is over: bake it first")


def restored(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsRestored: packages were baked or dried, and have a floor life again. Only what was held is released."""
    nodes = message.body.member("Materials").items()
    _release(message, drafts, nodes, FLOOR_LIFE, "restored: the floor life begins anew", only_held=True)


def _sound(transaction: Transaction, message_type: str) -> Message | None:
    return next((one for one in transaction.messages if one.message_type == message_type and one.is_sound), None)


def _packages(body: Node) -> list[Node]:
    """The packages a message names, by their identifiers alone or with their data."""
    return [*map(_package, body.member("MaterialPackageIdentifiers").items()), *body.member("Materials").items()]


def _package(node: Node) -> Node:
    node.name()
    return Node({"UniqueIdentifier": node.value}, node.place, node.taken)


def _by(message: Message, role: str) -> str:
    return message.body.member(role).member("OperatorIdentifier").name()


def _place(
    message: Message, drafts: Drafts, nodes: Sequence[Node], hold: HoldNumber, reason: str, *, operator: str = ""
) -> None:
    for node in nodes:
        held = drafts.material(message, node)
        if held is not None:
            lot, unit = (held, None) if isinstance(held, Lot) else (None, held)
            event = HoldPlaced(
                event_id=NO_ID,
                event_time=message.at,
                operator=operator,
                lot=lot,
                unit=unit,
                hold=hold,
                reason=reason,
            )
            drafts.add(message, event, node.place, about=f"{held}")


def _release(
    message: Message,
    drafts: Drafts,
    nodes: Sequence[Node],
    hold: HoldNumber,
    reason: str,
    *,
    operator: str = "",
    only_held: bool = False,
) -> bool:
    """Release packages; whether there was any. only_held: not those that nobody said to be held."""
    found = False
    for node in nodes:
        held = drafts.material(message, node)
        if held is None or (only_held and hold not in _holds(message, drafts, held)):
            continue
        found = True
        lot, unit = (held, None) if isinstance(held, Lot) else (None, held)
        event = HoldReleased(
            event_id=NO_ID, event_time=message.at, operator=operator, lot=lot, unit=unit, hold=hold, reason=reason
        )
        drafts.add(message, event, node.place, about=f"{held}")
    return found


def _holds(message: Message, drafts: Drafts, held: object) -> Iterator[str]:
    """The holds on a lot by the record and by the messages before this one, and those this message released before."""
    if isinstance(held, Lot):
        state = drafts.lookup.lot(held)
        yield from () if state is None else state.open_holds
        for pending in drafts.pending:
            event = pending.captured.event
            if isinstance(event, HoldPlaced) and event.lot == held:
                yield event.hold
        if drafts.is_recorded([message], HoldReleased, f"{held}"):
            yield FLOOR_LIFE
