"""An event declared wrong no longer counts: its rows go, and the units it concerned are folded again without it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.definitions import LotDefined, OperatorQualified, QualificationRevoked, ToolCalibrated
from asbuilt.core.events.event import Event
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
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.events.recalls import RecallClosed, RecallDispositioned, RecallNoticeAnswered, RecallNoticeIssued
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states import (
    defects,
    definitions,
    genealogy,
    identity,
    lots,
    merges,
    messages,
    orders,
    panels,
    production,
    quality,
    recalls,
    resources,
    serials,
    setups,
)
from asbuilt.core.states.known import Known, units_in
from asbuilt.core.states.records.corrections import Correction
from asbuilt.core.states.records.identity import UnitState
from asbuilt.core.states.unit import unit_after

UNDO: dict[type[Event], Callable[[Known, Any, int], None]] = {
    SerialRangeReserved: serials.undo_range_reserved,
    SerialNumberVoided: serials.undo_number_voided,
    UnitCommissioned: serials.undo_birth,
    UnitReceived: serials.undo_birth,
    LotDefined: definitions.undo_lot_defined,
    ToolCalibrated: resources.undo_tool_calibrated,
    OperatorQualified: resources.undo_qualification,
    QualificationRevoked: resources.undo_qualification,
    AliasAssigned: identity.undo_alias_assigned,
    UnitReidentified: identity.undo_unit_reidentified,
    DuplicateReported: identity.undo_duplicate_reported,
    DuplicateResolved: identity.undo_duplicate_resolved,
    UnitsMerged: merges.undo_units_merged,
    LabelPrinted: identity.undo_label_printed,
    WorkOrderSplit: orders.undo_work_order_split,
    WorkOrderHeld: orders.undo_work_order_held,
    WorkOrderResumed: orders.undo_work_order_resumed,
    WorkOrderClosed: orders.undo_work_order_closed,
    OperationStarted: production.undo_operation_started,
    OperationCompleted: production.undo_operation_completed,
    LotOperationStarted: lots.undo_lot_operation,
    LotOperationCompleted: lots.undo_lot_operation,
    UnitPanelled: panels.undo_unit_panelled,
    UnitDepanelled: panels.undo_unit_depanelled,
    ComponentInstalled: genealogy.undo_component_installed,
    MaterialConsumed: genealogy.undo_component_installed,
    ComponentRemoved: genealogy.undo_component_removed,
    ComponentDeclared: genealogy.undo_component_declared,
    MaterialLoaded: genealogy.undo_material_loaded,
    MaterialUnloaded: genealogy.undo_material_unloaded,
    SetupActivated: setups.undo_setup_activated,
    SetupDeactivated: setups.undo_setup_ended,
    HoldPlaced: quality.undo_hold_placed,
    HoldReleased: quality.undo_hold_released,
    RecallNoticeIssued: recalls.undo_notice_issued,
    RecallNoticeAnswered: recalls.undo_notice_answered,
    RecallDispositioned: recalls.undo_recall_dispositioned,
    RecallClosed: recalls.undo_recall_closed,
    MessageReceived: messages.undo_message_received,
}


def fold_event_corrected(known: Known, event: EventCorrected, sequence: int) -> None:
    wrong = known.recorded[event.corrected_event_id]
    known.recorded[event.corrected_event_id] = replace(wrong, is_corrected=True)
    known.corrections.put(
        sequence,
        Correction(
            sequence=sequence,
            corrected_sequence=wrong.sequence,
            reason=event.reason,
            explanation=event.explanation,
            corrective_event_ids=event.corrective_event_ids,
            corrected_at=event.event_time,
        ),
    )
    undo = UNDO.get(type(wrong.event))
    if undo is not None:
        undo(known, wrong.event, wrong.sequence)
    for unit in units_in(wrong.event):
        refold(known, unit, without=wrong.sequence)


def refold(known: Known, unit: Unit, *, without: int) -> None:
    """Fold a unit again from its history, leaving out the event at sequence `without`."""
    known.histories[unit] = [entry for entry in known.histories[unit] if entry.sequence != without]
    defects.refold_defects(known, unit)
    before, state = known.unit(unit), folded(known, unit)
    if state is None:
        known.units.take_out(unit)
    else:
        known.units.put(unit, state)
    orders.recount(known, before, state)


def folded(known: Known, unit: Unit) -> UnitState | None:
    """The state of a unit, folded from its history; a record that was merged into it is folded apart until then."""
    state: UnitState | None = None
    for entry in known.histories[unit]:
        event = entry.event
        if not isinstance(event, UnitsMerged):
            state = unit_after(known, state, merges.as_kept(known, event, but=unit), unit)
        elif event.unit == unit and state is not None:
            state = merges.unit_after_merge(state, folded(known, event.duplicate), event)
    return state
