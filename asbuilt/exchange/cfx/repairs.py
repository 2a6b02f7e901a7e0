"""Repairs of what tests and inspections found."""

from asbuilt.core.events.defects import DefectRepaired
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.identifiers.names import DefectNumber, HoldNumber
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.exchange.cfx.drafting import Drafts, UnitSaid, units_said
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.cfx.work import Transaction
from asbuilt.exchange.intake.findings import Concern
from asbuilt.exchange.intake.recording import NO_ID

_SUCCESSFUL = frozenset({"repairsuccessful", "successful", "success"})
_SCRAP = "scrap"


def repaired(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsRepaired: each defect and symptom that a successful repair names is repaired."""
    for said in units_said(message.body.member("RepairedUnits").items(), shared=transaction.shared()):
        unit = drafts.unit(message, said)
        if unit is None:
            continue
        repairs = said.node.member("Repairs").items()
        for number, repair in enumerate(repairs, start=1):
            _repair(message, drafts, said, unit, repair, number)
        results = [node.member("Result", "OverallResult").text().strip().lower() for node in (said.node, *repairs)]
        if _SCRAP in results:
            _set_aside(message, drafts, said, unit)


def _repair(message: Message, drafts: Drafts, said: UnitSaid, unit: Unit, repair: Node, number: int) -> None:
    result = repair.member("Result").text().strip()
    action = repair.member("RepairName").text().strip() or "repaired"
    if result.lower() not in _SUCCESSFUL:
        reason = f"{action} of {said} is told as {result or 'nothing'}; what was not repaired stays open"
        drafts.findings.warn(repair.place, Concern.DIFFERENCE, reason)
        return
    related = [
        *repair.member("RelatedDefectIdentifiers").items(),
        *repair.member("RelatedSymptomIdentifiers").items(),
    ]
    names = dict.fromkeys(name for node in related if (name := node.name()))
    if not names:
        reason = f"{action} of {said} names no defect that was told before; it is kept with the message only"
        drafts.findings.warn(repair.place, Concern.DIFFERENCE, reason)
    operator = message.body.member("RepairOperator").member("OperatorIdentifier").name()
    for name in names:
        event = DefectRepaired(
            event_id=NO_ID,
            event_time=repair.member("RepairEndTime").time() or message.at,
            operator=operator,
            unit=unit,
            defect=DefectNumber(name),
            action=action,
            note=repair.member("Comments").text(),
        )
        drafts.add(message, event, repair.place, about=f"{said}\n{number}\n{name}")


def _set_aside(message: Message, drafts: Drafts, said: UnitSaid, unit: Unit) -> None:
    """Told as beyond repair: it is not used until somebody decides; a machine's word scraps nothing."""
    hold = HoldNumber(f"CFX-{drafts.recorder.id_of(message.identity)}")
    reason = "told as beyond repair, and to be scrapped"
    event = HoldPlaced(event_id=NO_ID, event_time=message.at, unit=unit, hold=hold, reason=reason)
    drafts.add(message, event, said.node.place, about=str(said))
