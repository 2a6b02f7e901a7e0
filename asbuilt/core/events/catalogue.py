"""The whole list of what can happen."""

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args, get_origin, get_type_hints

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
from asbuilt.core.identifiers.subjects import Subject

EVENT_TYPES: tuple[type[Event], ...] = (
    PartDefined,
    SerialProfileDefined,
    LotDefined,
    SpecificationDefined,
    RoutingDefined,
    BillOfMaterialsDefined,
    SetupListDefined,
    WorkCenterDefined,
    EquipmentDefined,
    CodeDefined,
    ToolCalibrated,
    OperatorQualified,
    QualificationRevoked,
    SerialRangeReserved,
    SerialNumberVoided,
    UnitCommissioned,
    AliasAssigned,
    UnitReidentified,
    DuplicateReported,
    DuplicateResolved,
    UnitsMerged,
    LabelPrinted,
    WorkOrderReleased,
    WorkOrderSplit,
    WorkOrderHeld,
    WorkOrderResumed,
    WorkOrderClosed,
    OperationStarted,
    OperationCompleted,
    LotOperationStarted,
    LotOperationCompleted,
    UnitPanelled,
    UnitDepanelled,
    OperationRefused,
    InterlockOverridden,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    ComponentDeclared,
    MaterialLoaded,
    MaterialUnloaded,
    SetupActivated,
    SetupDeactivated,
    UnitReceived,
    UnitMoved,
    UnitPacked,
    UnitUnpacked,
    UnitShipped,
    UnitReturned,
    HoldPlaced,
    HoldReleased,
    UnitScrapped,
    RecallOpened,
    RecallScopeListed,
    RecallScopeFrozen,
    RecallNoticeIssued,
    RecallNoticeAnswered,
    RecallDispositioned,
    RecallClosed,
    DefectRecorded,
    DefectDispositioned,
    DefectRepaired,
    MessageReceived,
    EventCorrected,
)


def room_of(event_type: type[Event]) -> str:
    """The room an event type lives in: the name of its module."""
    return event_type.__module__.rpartition(".")[2]


def _subject_fields(event_type: type[Event]) -> tuple[str, ...]:
    hints = get_type_hints(event_type)
    return tuple(
        field.name
        for field in fields(event_type)
        if get_origin(hints[field.name]) is not tuple
        and any(
            isinstance(kind, type) and issubclass(kind, Subject)
            for kind in (hints[field.name], *get_args(hints[field.name]))
        )
    )


SUBJECT_FIELDS: dict[type[Event], tuple[str, ...]] = {
    event_type: _subject_fields(event_type) for event_type in EVENT_TYPES
}
"""The fields of each event type that name a part, lot, unit, order, specification or station."""


def subjects_in(event: Event) -> list[Subject]:
    """Everything an event names that has an identity."""
    found = [found for name in SUBJECT_FIELDS[type(event)] if (found := getattr(event, name)) is not None]
    if isinstance(event, WorkOrderSplit):
        return [*found, *event.units]
    if isinstance(event, RecallScopeListed):
        return [*found, *event.units, *event.lots]
    if isinstance(event, RecallOpened):
        return [*found, *(one for seed in event.seeds for one in (seed.unit, seed.lot, seed.part) if one is not None)]
    if isinstance(event, RoutingDefined):
        return [*found, *_named_in_routing(event)]
    if isinstance(event, BillOfMaterialsDefined):
        return [*found, *(part for line in event.lines for part in line.allowed)]
    if isinstance(event, SetupListDefined):
        return [*found, *(part for one in event.slots for part in one.allowed)]
    return found


def _named_in_routing(event: RoutingDefined) -> Iterator[Subject]:
    for one in event.operations:
        yield from one.stations
        if one.specification is not None:
            yield one.specification
        for component in one.components:
            yield component.part
            yield from component.alternates
