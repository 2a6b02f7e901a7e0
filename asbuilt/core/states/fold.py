"""What each event changes: the one place where events meet states."""

from collections.abc import Callable
from typing import Any

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
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
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
from asbuilt.core.states import (
    corrections,
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
from asbuilt.core.states.unit import unit_after


def _fold_operation_completed(known: Known, event: OperationCompleted, sequence: int) -> None:
    setups.use(known, event)
    production.fold_operation_completed(known, event, sequence)
    defects.fold_defects(known, event, sequence)


FOLDS: dict[type[Event], Callable[[Known, Any, int], None]] = {
    PartDefined: definitions.fold_part_defined,
    SerialProfileDefined: serials.fold_profile_defined,
    SerialRangeReserved: serials.fold_range_reserved,
    SerialNumberVoided: serials.fold_number_voided,
    UnitCommissioned: serials.fold_birth,
    UnitReceived: serials.fold_birth,
    LotDefined: definitions.fold_lot_defined,
    SpecificationDefined: definitions.fold_specification_defined,
    RoutingDefined: definitions.fold_routing_defined,
    BillOfMaterialsDefined: definitions.fold_bill_of_materials_defined,
    SetupListDefined: setups.fold_setup_list_defined,
    WorkCenterDefined: resources.fold_work_center_defined,
    EquipmentDefined: resources.fold_equipment_defined,
    CodeDefined: resources.fold_code_defined,
    ToolCalibrated: resources.fold_tool_calibrated,
    OperatorQualified: resources.fold_operator_qualified,
    QualificationRevoked: resources.fold_qualification_revoked,
    AliasAssigned: identity.fold_alias_assigned,
    UnitReidentified: identity.fold_unit_reidentified,
    DuplicateReported: identity.fold_duplicate_reported,
    DuplicateResolved: identity.fold_duplicate_resolved,
    UnitsMerged: merges.fold_units_merged,
    LabelPrinted: identity.fold_label_printed,
    WorkOrderReleased: orders.fold_work_order_released,
    WorkOrderSplit: orders.fold_work_order_split,
    WorkOrderHeld: orders.fold_work_order_held,
    WorkOrderResumed: orders.fold_work_order_resumed,
    WorkOrderClosed: orders.fold_work_order_closed,
    OperationStarted: production.fold_operation_started,
    UnitPanelled: panels.fold_unit_panelled,
    UnitDepanelled: panels.fold_unit_depanelled,
    OperationCompleted: _fold_operation_completed,
    LotOperationStarted: lots.fold_lot_operation_started,
    LotOperationCompleted: lots.fold_lot_operation_completed,
    OperationRefused: production.fold_operation_refused,
    InterlockOverridden: production.fold_interlock_overridden,
    ComponentInstalled: genealogy.fold_component_installed,
    MaterialConsumed: genealogy.fold_component_installed,
    ComponentRemoved: genealogy.fold_component_removed,
    ComponentDeclared: genealogy.fold_component_declared,
    MaterialLoaded: genealogy.fold_material_loaded,
    MaterialUnloaded: genealogy.fold_material_unloaded,
    SetupActivated: setups.fold_setup_activated,
    SetupDeactivated: setups.fold_setup_deactivated,
    HoldPlaced: quality.fold_hold_placed,
    HoldReleased: quality.fold_hold_released,
    RecallOpened: recalls.fold_recall_opened,
    RecallScopeListed: recalls.fold_scope_listed,
    RecallScopeFrozen: recalls.fold_scope_frozen,
    RecallNoticeIssued: recalls.fold_notice_issued,
    RecallNoticeAnswered: recalls.fold_notice_answered,
    RecallDispositioned: recalls.fold_recall_dispositioned,
    RecallClosed: recalls.fold_recall_closed,
    DefectRecorded: defects.fold_defects,
    DefectDispositioned: defects.fold_defects,
    DefectRepaired: defects.fold_defects,
    UnitScrapped: defects.fold_defects,
    MessageReceived: messages.fold_message_received,
    EventCorrected: corrections.fold_event_corrected,
}
"""Changes beyond those of the units an event names, which `unit_after` gives."""


def fold(known: Known, event: Event, *, sequence: int) -> None:
    """Change `known` by an accepted event that stands in the ledger at `sequence`."""
    for unit in units_in(event):
        before = known.unit(unit)
        state = unit_after(known, before, event, unit)
        if state is not None:
            known.units.put(unit, state)
            if before is None or before.work_order is not state.work_order or before.life_cycle is not state.life_cycle:
                orders.recount(known, before, state)
    change = FOLDS.get(type(event))
    if change is not None:
        change(known, event, sequence)
