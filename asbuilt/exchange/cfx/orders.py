"""Work orders that other systems tell of."""

from decimal import Decimal

from asbuilt.core.events.production import WorkOrderClosed, WorkOrderReleased
from asbuilt.core.identifiers.subjects import Part, WorkOrder
from asbuilt.exchange.cfx.drafting import Drafts
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.cfx.work import Transaction
from asbuilt.exchange.intake.findings import Concern
from asbuilt.exchange.intake.recording import NO_ID

_APPROVED = frozenset({"approvedandpending", "scheduled", "inprocess"})
_ENDED = frozenset({"closed", "cancelled"})
_QUANTITY_MAX = 10**9


def created(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkOrdersCreated: an order that is approved may be worked on."""
    for node in message.body.member("NewOrders").items():
        order, part = _order(node.member("WorkOrderIdentifier")), node.member("PartNumber").name()
        status = node.member("Status").text().strip()
        if order is None or not part:
            reason = "is no order of its own, or names no part; it is kept with the message only"
            drafts.findings.warn(node.place, Concern.DIFFERENCE, reason)
        elif status.lower() not in _APPROVED:
            reason = f"{order} is told as {status or 'of no status'}, not as approved; release it when it is"
            drafts.findings.warn(node.place, Concern.DIFFERENCE, reason)
        else:
            _release(message, drafts, node, order, Part(drafts.recorder.site.issuer, part))


def _release(message: Message, drafts: Drafts, node: Node, order: WorkOrder, part: Part) -> None:
    ordered = node.member("Quantity").number() or Decimal(0)
    if ordered != ordered.to_integral_value() or not 0 < ordered <= _QUANTITY_MAX:
        reason = f"{ordered} is no number of pieces; {order} is not released"
        drafts.findings.refuse(node.place, Concern.QUANTITY, reason)
        return
    event = WorkOrderReleased(event_id=NO_ID, event_time=message.at, work_order=order, part=part, quantity=int(ordered))
    drafts.add(message, event, node.place, about=str(order))


def status_updated(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkOrderStatusUpdated: nothing more is made under an order that is closed or cancelled."""
    status = message.body.member("NewStatus").text().strip()
    if status.lower() in _ENDED:
        _close(message, drafts, message.body.member("WorkOrderIdentifier"), status.lower())


def deleted(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkOrdersDeleted: nothing more is made under these orders."""
    for node in message.body.member("WorkOrderIdentifiers").items():
        _close(message, drafts, node, "deleted")


def _close(message: Message, drafts: Drafts, node: Node, reason: str) -> None:
    order = _order(node)
    if order is None:
        return
    about = str(order)
    if drafts.lookup.open_order(order) is None and not drafts.is_recorded([message], WorkOrderClosed, about):
        drafts.findings.warn(node.place, Concern.DIFFERENCE, f"{order} is not open here; nothing is to be closed")
        return
    event = WorkOrderClosed(event_id=NO_ID, event_time=message.at, work_order=order, reason=reason)
    drafts.add(message, event, node.place, about=about)


def _order(node: Node) -> WorkOrder | None:
    """The order; None for a batch of one, which is no order of its own."""
    number = node.member("WorkOrderId").name()
    return None if not number or node.member("Batch").name() else WorkOrder(number)
