"""A unit after each event that concerns it: the one table from event type to change."""

from collections.abc import Callable
from typing import Any

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentDeclared, ComponentInstalled, ComponentRemoved, MaterialConsumed
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    DuplicateResolved,
    LabelPrinted,
    SerialNumberVoided,
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
from asbuilt.core.events.production import (
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.recalls import RecallDispositioned
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states import genealogy, identity, inventory, merges, orders, production, quality, recalls, serials
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.identity import UnitState

# Any: each function takes its own event type; the table is what pairs them.
UNIT_AFTER: dict[type[Event], Callable[[UnitState | None, Any, Unit], UnitState | None]] = {
    UnitCommissioned: identity.unit_after_birth,
    UnitReceived: identity.unit_after_birth,
    SerialNumberVoided: serials.unit_after_void,
    AliasAssigned: identity.unit_after_alias,
    UnitReidentified: identity.unit_after_alias,
    DuplicateReported: identity.unit_after_question,
    DuplicateResolved: identity.unit_after_question,
    LabelPrinted: identity.unit_after_alias,
    WorkOrderSplit: orders.unit_after_split,
    OperationStarted: production.unit_after_start,
    UnitPanelled: identity.unit_after_alias,
    UnitDepanelled: identity.unit_after_alias,
    OperationRefused: production.unit_after_interlock,
    InterlockOverridden: production.unit_after_interlock,
    ComponentInstalled: genealogy.unit_after_installation,
    MaterialConsumed: genealogy.unit_after_installation,
    ComponentRemoved: genealogy.unit_after_removal,
    ComponentDeclared: identity.unit_after_alias,
    UnitMoved: inventory.unit_after_move,
    UnitPacked: inventory.unit_after_packing,
    UnitUnpacked: inventory.unit_after_unpacking,
    UnitShipped: inventory.unit_after_shipment,
    UnitReturned: inventory.unit_after_return,
    HoldPlaced: quality.unit_after_hold,
    HoldReleased: quality.unit_after_release,
    UnitScrapped: quality.unit_after_scrap,
    RecallDispositioned: recalls.unit_after_disposition,
    DefectRecorded: quality.unit_after_defect,
    DefectDispositioned: quality.unit_after_defect,
    DefectRepaired: quality.unit_after_defect,
}


def unit_after(known: Known, state: UnitState | None, event: Event, unit: Unit) -> UnitState | None:
    """The state of `unit` after `event`, which concerns it; None while it does not exist.

    It depends on the unit's own events only (and on specifications, which never change), so the state can be folded
    again from the unit's history alone, and those of records that were merged into it.
    """
    if isinstance(event, OperationCompleted):
        result = production.judged(known, event)
        return production.unit_after_completion(state, event, unit, result)
    if isinstance(event, UnitsMerged):
        stays = state is not None and unit == event.unit
        return merges.unit_after_merge(state, known.unit(event.duplicate), event) if stays and state else state
    return UNIT_AFTER[type(event)](state, event, unit)
