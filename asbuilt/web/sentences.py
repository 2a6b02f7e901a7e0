"""Each event as a sentence in the words of the trade. SENTENCES is the whole list."""

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    LotDefined,
    OperatorQualified,
    PartDefined,
    QualificationRevoked,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
    ToolCalibrated,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    DuplicateResolved,
    LabelPrinted,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import (
    UnitMoved,
    UnitPacked,
    UnitReceived,
    UnitReturned,
    UnitShipped,
    UnitUnpacked,
)
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.events.production import (
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    Phase,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
)
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.queries.as_built import OperationView
from asbuilt.web import defects, lot_sentences, order_sentences, recall_sentences, setup_sentences
from asbuilt.web.addresses import order_page, units_with
from asbuilt.web.telling import NOTHING, Sentence, Told, facts, given, number, say
from asbuilt.web.templatetags.asbuilt import name_link, short_name
from asbuilt.web.words import CORRECTION_WORDS, DECISION_WORDS, EVIDENCE_WORDS, Said, Tone


def _order(told: Told) -> SafeString:
    order = told.said("work_order")
    return name_link(order_page(order), order) if order else NOTHING


def _part_defined(told: Told) -> Sentence:
    return Sentence(
        say(_("Part defined")), facts(told.said("description"), given(_("Rev {value}"), told.said("revision")))
    )


def _serial_profile_defined(told: Told) -> Sentence:
    text = facts(told.said("serial_format"), told.said("received_format"), told.said("part_family"))
    return Sentence(say(_("Serial profile defined")), text)


def _serial_range_reserved(told: Told) -> Sentence:
    text = facts(told.said("holder"), told.said("first_number"), told.said("count"))
    return Sentence(say(_("Serial range {value} reserved"), value=told.said("range_number")), text)


def _serial_number_voided(told: Told) -> Sentence:
    return Sentence(say(_("Serial number voided")), facts(told.said("reason")), Tone.FAIL)


def _lot_defined(told: Told) -> Sentence:
    text = facts(
        told.quantity(),
        given(_("from {value}"), told.said("supplier")),
        given(_("supplier lot {value}"), number(told.said("supplier_lot"))),
        given(_("order {value}"), number(told.said("purchase_order"))),
        given(_("expires {value}"), told.said("expires_on")),
    )
    return Sentence(say(_("Lot registered")), text)


def _specification_defined(told: Told) -> Sentence:
    count = len(told.entry.event["characteristics"])
    text = ngettext("{count} characteristic", "{count} characteristics", count)
    return Sentence(say(_("Specification {name} defined"), name=told.said("specification")), say(text, count=count))


def _routing_defined(told: Told) -> Sentence:
    count = len(told.entry.event["operations"])
    text = ngettext("{count} operation", "{count} operations", count)
    detail = facts(say(text, count=count), told.said("description"))
    return Sentence(say(_("Routing {name} defined"), name=told.said("routing")), detail)


def _bill_of_materials_defined(told: Told) -> Sentence:
    count = len(told.entry.event["lines"])
    text = ngettext("{count} line", "{count} lines", count)
    detail = facts(say(text, count=count), told.said("description"))
    return Sentence(say(_("Bill of materials {name} defined"), name=told.said("bill_of_materials")), detail)


def _work_center_defined(told: Told) -> Sentence:
    text = facts(told.said("description"), told.said("area"))
    return Sentence(say(_("Work center {name} defined"), name=told.said("work_center")), text)


def _equipment_defined(told: Told) -> Sentence:
    text = facts(told.said("description"), told.said("equipment_class"), told.said("work_center"))
    return Sentence(say(_("Station {name} defined"), name=told.said("station")), text)


def _code_defined(told: Told) -> Sentence:
    title = _("Code {code} retired") if told.entry.event.get("is_retired") else _("Code {code} defined")
    return Sentence(say(title, code=told.said("code")), facts(told.said("code_list"), told.said("description")))


def _tool_calibrated(told: Told) -> Sentence:
    has_failed = told.entry.event.get("passed") is False
    due, certificate = given(_("due {value}"), told.said("due_on")), number(told.said("certificate"))
    text = facts(told.said("tool_class"), due, certificate)
    title = _("Calibration of tool {name} failed") if has_failed else _("Tool {name} calibrated")
    return Sentence(say(title, name=told.said("tool")), text, Tone.FAIL if has_failed else Tone.NEUTRAL)


def _operator_qualified(told: Told) -> Sentence:
    text = facts(told.said("qualification"), given(_("until {value}"), told.said("valid_until")))
    return Sentence(say(_("{name} qualified"), name=told.said("person")), text)


def _qualification_revoked(told: Told) -> Sentence:
    text = facts(told.said("qualification"), told.said("reason"))
    return Sentence(say(_("Qualification of {name} revoked"), name=told.said("person")), text, Tone.HOLD)


def _unit_commissioned(told: Told) -> Sentence:
    text = facts(
        given(_("Rev {value}"), told.said("revision")),
        _order(told),
        given(_("at {value}"), told.said("location")),
        given(_("expires {value}"), told.said("expires_on")),
    )
    return Sentence(say(_("Serial issued")), text)


def _alias_assigned(told: Told) -> Sentence:
    text = facts(told.said("scheme"), number(told.said("value")), given(_("given by {value}"), told.said("issuer")))
    return Sentence(say(_("Further name given")), text)


def _unit_reidentified(told: Told) -> Sentence:
    marked_as = short_name(told.said("marked_as"), told.own_issuer)
    return Sentence(say(_("Marked as {name}"), name=marked_as), facts(told.said("reason")), Tone.REWORK)


def _duplicate_reported(told: Told) -> Sentence:
    text = facts(
        given(_("from {value}"), told.said("supplier")),
        number(told.said("document")),
        given(_("at {value}"), told.said("location")),
        told.said("scheme"),
        number(told.said("value")),
        told.said("description"),
    )
    return Sentence(say(_("Duplicate reported")), text, Tone.HOLD)


def _duplicate_resolved(told: Told) -> Sentence:
    word = say("{word}", word=DECISION_WORDS[told.said("decision")])
    other = told.linked("unit", told.said("other_unit")) if told.said("other_unit") else NOTHING
    what = other if told.is_subject else say(_("duplicate of {unit}"), unit=told.subject())
    return Sentence(say(_("Duplicate decided")), facts(word, what, told.said("reason")))


def _units_merged(told: Told) -> Sentence:
    text = facts(
        say(_("{unit} is the same unit"), unit=told.linked("unit", told.said("duplicate"))), told.said("reason")
    )
    return Sentence(say(_("Records merged")), text, Tone.HOLD)


def _label_printed(told: Told) -> Sentence:
    text = facts(
        told.said("content"),
        given(_("at {value}"), told.said("printer")),
        "" if told.said("copies") in ("", "1") else say(_("{count} copies"), count=told.said("copies")),
        told.said("reason"),
    )
    title = say(_("Label {template} printed"), template=told.said("template"))
    is_again = told.said("reason")
    return Sentence(title, text, Tone.REWORK, Said(_("Reprint"), Tone.REWORK)) if is_again else Sentence(title, text)


def _message_received(told: Told) -> Sentence:
    return Sentence(say(_("Message from {station}"), station=told.said("station")), facts(told.said("message_type")))


def _operation_started(told: Told) -> Sentence:
    return Sentence(say(_("{operation} started"), operation=told.said("operation")), facts(_order(told)))


def _operation_completed(told: Told) -> Sentence:
    entry, view = told.entry, told.operation
    has_failed = (entry.result or entry.event.get("result")) == "failed"
    title = "{operation}" if has_failed else _("{operation} passed")
    if view is not None and view.attempt > 1:
        title = _("{operation}, attempt {attempt}") if has_failed else _("{operation} passed at attempt {attempt}")
    text = facts(
        _limits_met(view),
        told.said("defect") or defects.found(told),
        given(_("tool {value}"), told.said("tool")),
        given(_("program {value}"), told.said("program")),
    )
    return Sentence(
        say(title, operation=told.said("operation"), attempt="" if view is None else view.attempt),
        text,
        Tone.FAIL if has_failed else Tone.NEUTRAL,
        Said(_("Failed"), Tone.FAIL) if has_failed else None,
    )


def _operation_refused(told: Told) -> Sentence:
    is_start = told.said("phase") == Phase.START
    title = _("{operation} not started") if is_start else _("{operation} not taken")
    text = facts(
        _reasons(told), given(_("tool {value}"), told.said("tool")), given(_("program {value}"), told.said("program"))
    )
    return Sentence(say(title, operation=told.said("operation")), text, Tone.HOLD, Said(_("Refused"), Tone.HOLD))


def _interlock_overridden(told: Told) -> Sentence:
    text = facts(told.said("reason"), say(_("by {name}"), name=told.entry.actor), _reasons(told))
    title = say(_("Interlock overridden for {operation}"), operation=told.said("operation"))
    return Sentence(title, text, Tone.REWORK, Said(_("Overridden"), Tone.REWORK))


def _reasons(told: Told) -> SafeString:
    """What the interlock said, with the number of each rule."""
    return facts(*(say("{rule} {reason}", **one) for one in told.entry.event["reasons"]))


def _limits_met(view: OperationView | None) -> SafeString:
    """How many of the limits are met; one number when all are."""
    limited = [] if view is None else [one for one in view.measurements if _has_limit(one)]
    if not limited:
        return NOTHING
    met = sum(one.passed for one in limited)
    if met == len(limited):
        return say(ngettext("{count} limit met", "all {count} limits met", met), count=met)
    return say(_("{met} of {count} limits met"), met=met, count=len(limited))


def _has_limit(measurement: Any) -> bool:  # noqa: ANN401 - anything with limits
    return measurement.lower_limit is not None or measurement.upper_limit is not None


def _component_installed(told: Told) -> Sentence:
    if not told.is_subject:
        is_lot = bool(told.said("lot"))
        return Sentence(say(_("Used") if is_lot else _("Installed")), _fitting(told))
    what = told.description()
    title = say(_("{component} installed"), component=what) if what else say(_("Component installed"))
    return Sentence(title, facts(_fitting(told), told.said("operation")))


def _fitting(told: Told) -> SafeString:
    """What was fitted or in what, where, how much and how surely."""
    evidence = told.said("evidence") or Evidence.SCANNED.value
    how = NOTHING if evidence == Evidence.SCANNED else say("{word}", word=EVIDENCE_WORDS[evidence].word)
    what = told.link("component", "lot") if told.is_subject else say(_("in {unit}"), unit=told.subject())
    return facts(what, given(_("at {value}"), number(told.said("reference_designator"))), told.quantity(), how)


def fitted(told: Told) -> SafeString:
    """An installed component as one of several that are told together."""
    return facts(told.description(), _fitting(told)) if told.is_subject else _fitting(told)


def _component_removed(told: Told) -> Sentence:
    where = given(_("to {value}"), told.said("destination"))
    place = given(_("from {value}"), number(told.said("reference_designator")))
    removed = Said(_("Removed"), Tone.REWORK)
    if not told.is_subject:
        text = facts(say(_("out of {unit}"), unit=told.subject()), place, told.said("reason"), where)
        return Sentence(say(_("Taken out")), text, Tone.REWORK, removed)
    title = say("{component}", component=told.description() or _("Component"))
    text = facts(told.link("component", "lot"), place, told.said("reason"), where)
    return Sentence(title, text, Tone.REWORK, removed)


def _material_consumed(told: Told) -> Sentence:
    if told.is_subject:
        return Sentence(say(_("Made from")), facts(told.link("component", "lot"), told.quantity()))
    return Sentence(say(_("Went into a lot")), facts(told.subject(), told.quantity()))


def _component_declared(told: Told) -> Sentence:
    text = facts(number(told.said("value")), told.said("scheme"), told.said("supplier"), told.quantity())
    return Sentence(say(_("Component declared by a document")), text)


def _unit_received(told: Told) -> Sentence:
    text = facts(
        given(_("from {value}"), told.said("supplier")),
        given(_("order {value}"), number(told.said("purchase_order"))),
        given(_("Rev {value}"), told.said("revision")),
        given(_("at {value}"), told.said("location")),
    )
    return Sentence(say(_("Received")), text)


def _unit_moved(told: Told) -> Sentence:
    return Sentence(say(_("Moved to {location}"), location=told.said("location")))


def _unit_packed(told: Told) -> Sentence:
    return Sentence(say(_("Packed")), say(_("into {container}"), container=_container(told)))


def _unit_unpacked(told: Told) -> Sentence:
    text = facts(say(_("out of {container}"), container=_container(told)), told.said("reason"))
    return Sentence(say(_("Unpacked")), text)


def _container(told: Told) -> SafeString:
    container = told.said("container")
    return name_link(units_with(container=container), container)


def _unit_panelled(told: Told) -> Sentence:
    return Sentence(say(_("Put on a panel")), _panel_place(told))


def _unit_depanelled(told: Told) -> Sentence:
    return Sentence(say(_("Separated from its panel")), facts(_panel_place(told), told.said("reason")))


def _panel_place(told: Told) -> SafeString:
    panel, position = number(told.said("panel")), number(told.said("position"))
    return say(_("{panel}, position {position}"), panel=panel, position=position)


def _unit_shipped(told: Told) -> Sentence:
    text = facts(
        given(_("delivery {value}"), number(told.said("shipment"))),
        given(_("sales order {value}"), number(told.said("sales_order"))),
    )
    return Sentence(say(_("Shipped to {customer}"), customer=told.said("customer")), text)


def _unit_returned(told: Told) -> Sentence:
    text = facts(told.said("reason"), number(told.said("rma")), given(_("at {value}"), told.said("location")))
    return Sentence(say(_("Returned")), text, Tone.HOLD)


def _hold_placed(told: Told) -> Sentence:
    title = say(_("Hold {hold} placed"), hold=told.said("hold"))
    return Sentence(title, facts(told.said("reason")), Tone.HOLD, Said(_("On hold"), Tone.HOLD))


def _hold_released(told: Told) -> Sentence:
    return Sentence(say(_("Hold {hold} released"), hold=told.said("hold")), facts(told.said("reason")))


def _unit_scrapped(told: Told) -> Sentence:
    text = facts(told.said("reason"), given(_("at {value}"), told.said("location")))
    return Sentence(say(_("Scrapped")), text, Tone.FAIL)


def _event_corrected(told: Told) -> Sentence:
    why = CORRECTION_WORDS[told.said("reason")]
    text = facts(told.corrected, str(why), told.said("explanation"))
    return Sentence(say(_("Record corrected")), text)


SENTENCES: dict[type[Event], Callable[[Told], Sentence]] = {
    PartDefined: _part_defined,
    SerialProfileDefined: _serial_profile_defined,
    LotDefined: _lot_defined,
    SpecificationDefined: _specification_defined,
    RoutingDefined: _routing_defined,
    BillOfMaterialsDefined: _bill_of_materials_defined,
    SetupListDefined: setup_sentences.setup_list_defined,
    WorkCenterDefined: _work_center_defined,
    EquipmentDefined: _equipment_defined,
    CodeDefined: _code_defined,
    ToolCalibrated: _tool_calibrated,
    OperatorQualified: _operator_qualified,
    QualificationRevoked: _qualification_revoked,
    SerialRangeReserved: _serial_range_reserved,
    SerialNumberVoided: _serial_number_voided,
    UnitCommissioned: _unit_commissioned,
    AliasAssigned: _alias_assigned,
    UnitReidentified: _unit_reidentified,
    DuplicateReported: _duplicate_reported,
    DuplicateResolved: _duplicate_resolved,
    UnitsMerged: _units_merged,
    LabelPrinted: _label_printed,
    WorkOrderReleased: order_sentences.work_order_released,
    WorkOrderSplit: order_sentences.work_order_split,
    WorkOrderHeld: order_sentences.work_order_held,
    WorkOrderResumed: order_sentences.work_order_resumed,
    WorkOrderClosed: order_sentences.work_order_closed,
    OperationStarted: _operation_started,
    OperationCompleted: _operation_completed,
    LotOperationStarted: lot_sentences.lot_operation_started,
    LotOperationCompleted: lot_sentences.lot_operation_completed,
    UnitPanelled: _unit_panelled,
    UnitDepanelled: _unit_depanelled,
    OperationRefused: _operation_refused,
    InterlockOverridden: _interlock_overridden,
    ComponentInstalled: _component_installed,
    ComponentRemoved: _component_removed,
    MaterialConsumed: _material_consumed,
    ComponentDeclared: _component_declared,
    MaterialLoaded: setup_sentences.material_loaded,
    MaterialUnloaded: setup_sentences.material_unloaded,
    SetupActivated: setup_sentences.setup_activated,
    SetupDeactivated: setup_sentences.setup_deactivated,
    UnitReceived: _unit_received,
    UnitMoved: _unit_moved,
    UnitPacked: _unit_packed,
    UnitUnpacked: _unit_unpacked,
    UnitShipped: _unit_shipped,
    UnitReturned: _unit_returned,
    HoldPlaced: _hold_placed,
    HoldReleased: _hold_released,
    UnitScrapped: _unit_scrapped,
    RecallOpened: recall_sentences.recall_opened,
    RecallScopeListed: recall_sentences.scope_listed,
    RecallScopeFrozen: recall_sentences.scope_frozen,
    RecallNoticeIssued: recall_sentences.notice_issued,
    RecallNoticeAnswered: recall_sentences.notice_answered,
    RecallDispositioned: recall_sentences.recall_dispositioned,
    RecallClosed: recall_sentences.recall_closed,
    DefectRecorded: defects.defect_recorded,
    DefectDispositioned: defects.defect_dispositioned,
    DefectRepaired: defects.defect_repaired,
    MessageReceived: _message_received,
    EventCorrected: _event_corrected,
}
"""Event type → words. A test holds that every event type has them."""

_BY_NAME = {kind.__name__: SENTENCES.get(kind) for kind in EVENT_TYPES}


def sentence(told: Told) -> Sentence:
    """What an event says. One whose type has no words yet is named by its type rather than left out."""
    words = _BY_NAME.get(told.entry.type)
    return Sentence(say("{type}", type=told.entry.type)) if words is None else words(told)
