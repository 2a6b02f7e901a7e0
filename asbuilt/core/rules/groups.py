"""Event types that the same rules judge."""

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
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
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
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

NAMES_A_UNIT: tuple[type[Event], ...] = (
    AliasAssigned,
    UnitReidentified,
    DuplicateReported,
    DuplicateResolved,
    UnitsMerged,
    LabelPrinted,
    WorkOrderSplit,
    OperationStarted,
    OperationCompleted,
    UnitPanelled,
    UnitDepanelled,
    OperationRefused,
    InterlockOverridden,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    ComponentDeclared,
    UnitMoved,
    UnitPacked,
    UnitUnpacked,
    UnitShipped,
    UnitReturned,
    HoldPlaced,
    HoldReleased,
    UnitScrapped,
    RecallDispositioned,
    DefectRecorded,
    DefectDispositioned,
    DefectRepaired,
)

NAMES_A_LOT: tuple[type[Event], ...] = (
    AliasAssigned,
    LabelPrinted,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    ComponentDeclared,
    MaterialLoaded,
    MaterialUnloaded,
    HoldPlaced,
    HoldReleased,
    RecallDispositioned,
    LotOperationStarted,
    LotOperationCompleted,
    OperationRefused,
    InterlockOverridden,
)

WORKS_ON_A_UNIT: tuple[type[Event], ...] = (
    OperationStarted,
    OperationCompleted,
    UnitPanelled,
    UnitDepanelled,
    ComponentInstalled,
    ComponentRemoved,
    UnitMoved,
    UnitPacked,
    UnitUnpacked,
    UnitShipped,
    UnitScrapped,
)

RECORDED_BY_THE_INTERLOCK: tuple[type[Event], ...] = (OperationRefused, InterlockOverridden)
"""What asbuilt records by itself when it refuses an operation or is overridden. Nothing depends on it."""
