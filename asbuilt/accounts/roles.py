"""Who may do what: one table, role by action. There is no other place where a permission is written down.

Roles are given per site (Membership, ApiToken). An administrator runs accounts and may look at everything, but records
nothing: whoever can give himself any role should have no part in the data (PIC/S PI 041-1, segregation of duties).
"""

from enum import StrEnum

from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.core.events.defects import DefectDispositioned
from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import (
    DuplicateResolved,
    LabelPrinted,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import WorkOrderHeld, WorkOrderResumed, WorkOrderSplit


class Role(StrEnum):
    """What somebody, or a device, is at a site."""

    VIEWER = "viewer"
    """Looks things up, customer service for example."""
    OPERATOR = "operator"
    """Works at a station."""
    SUPERVISOR = "supervisor"
    """Answers for a line or shift."""
    QUALITY = "quality"
    """Sets limits, places and releases holds, corrects the record."""
    WAREHOUSE = "warehouse"
    """Receives, moves, packs and ships."""
    INTEGRATOR = "integrator"
    """A system that reports for many people and machines: ERP, MES, test bench."""
    AUDITOR = "auditor"
    """Reads, exports and verifies."""
    ADMINISTRATOR = "administrator"
    """Runs accounts."""


class Action(StrEnum):
    """What can be allowed. One capture action per room of events."""

    READ = "read"
    CAPTURE_IDENTITY = "capture_identity"
    CAPTURE_DEFINITIONS = "capture_definitions"
    CAPTURE_PRODUCTION = "capture_production"
    CAPTURE_GENEALOGY = "capture_genealogy"
    CAPTURE_LOTS = "capture_lots"
    CAPTURE_SETUPS = "capture_setups"
    """Bringing a setup list into force at a station, and ending it."""
    CAPTURE_INVENTORY = "capture_inventory"
    CAPTURE_QUALITY = "capture_quality"
    CAPTURE_RECALLS = "capture_recalls"
    """Opening, settling and closing recalls, and saying what became of what was called back."""
    CAPTURE_CORRECTIONS = "capture_corrections"
    CAPTURE_MESSAGES = "capture_messages"
    MOVE_UNITS = "move_units"
    """Putting a unit somewhere else: everybody who handles units does it, without being allowed to ship them."""
    DEFINE_LOTS = "define_lots"
    """Making a delivered lot known: goods receipt does it, without being allowed to define parts."""
    REPAIR_IDENTITY = "repair_identity"
    """Saying which record a physical unit is: a decision that stays, not a step of work."""
    CAPTURE_DEFECTS = "capture_defects"
    """Saying what is wrong with a unit, and what was repaired: everybody who handles units does it."""
    DECIDE_DEFECTS = "decide_defects"
    """Saying what becomes of a defect: a decision that somebody answers for."""
    PRINT_LABELS = "print_labels"
    """Printing labels and saying what became of print jobs: everybody who marks units does it."""
    RUN_ORDERS = "run_orders"
    """Splitting, holding and resuming work orders: a decision about what a line makes next."""
    OVERRIDE_INTERLOCK = "override_interlock"
    """Letting an operation be done that the routing is against; whoever may, answers for it by name."""
    ISSUE_SERIALS = "issue_serials"
    IMPORT = "import"
    EXPORT = "export"
    VERIFY = "verify"
    MANAGE_ACCOUNTS = "manage_accounts"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.READ}),
    Role.OPERATOR: frozenset(
        {
            Action.MOVE_UNITS,
            Action.PRINT_LABELS,
            Action.CAPTURE_DEFECTS,
            Action.READ,
            Action.CAPTURE_IDENTITY,
            Action.CAPTURE_PRODUCTION,
            Action.CAPTURE_GENEALOGY,
            Action.CAPTURE_LOTS,
            Action.CAPTURE_SETUPS,
            Action.ISSUE_SERIALS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Action.MOVE_UNITS,
            Action.PRINT_LABELS,
            Action.DEFINE_LOTS,
            Action.OVERRIDE_INTERLOCK,
            Action.RUN_ORDERS,
            Action.REPAIR_IDENTITY,
            Action.CAPTURE_DEFECTS,
            Action.DECIDE_DEFECTS,
            Action.READ,
            Action.CAPTURE_IDENTITY,
            Action.CAPTURE_PRODUCTION,
            Action.CAPTURE_GENEALOGY,
            Action.CAPTURE_LOTS,
            Action.CAPTURE_SETUPS,
            Action.CAPTURE_INVENTORY,
            Action.CAPTURE_QUALITY,
            Action.CAPTURE_RECALLS,
            Action.CAPTURE_CORRECTIONS,
            Action.ISSUE_SERIALS,
            Action.EXPORT,
        }
    ),
    Role.QUALITY: frozenset(
        {
            Action.MOVE_UNITS,
            Action.PRINT_LABELS,
            Action.DEFINE_LOTS,
            Action.OVERRIDE_INTERLOCK,
            Action.RUN_ORDERS,
            Action.REPAIR_IDENTITY,
            Action.CAPTURE_DEFECTS,
            Action.DECIDE_DEFECTS,
            Action.READ,
            Action.CAPTURE_DEFINITIONS,
            Action.CAPTURE_QUALITY,
            Action.CAPTURE_RECALLS,
            Action.CAPTURE_CORRECTIONS,
            Action.EXPORT,
            Action.VERIFY,
        }
    ),
    Role.WAREHOUSE: frozenset(
        {
            Action.MOVE_UNITS,
            Action.PRINT_LABELS,
            Action.DEFINE_LOTS,
            Action.CAPTURE_DEFECTS,
            Action.READ,
            Action.CAPTURE_IDENTITY,
            Action.CAPTURE_INVENTORY,
        }
    ),
    Role.INTEGRATOR: frozenset(
        {
            Action.MOVE_UNITS,
            Action.PRINT_LABELS,
            Action.DEFINE_LOTS,
            Action.REPAIR_IDENTITY,
            Action.CAPTURE_DEFECTS,
            Action.DECIDE_DEFECTS,
            Action.RUN_ORDERS,
            Action.READ,
            Action.CAPTURE_IDENTITY,
            Action.CAPTURE_DEFINITIONS,
            Action.CAPTURE_PRODUCTION,
            Action.CAPTURE_GENEALOGY,
            Action.CAPTURE_LOTS,
            Action.CAPTURE_SETUPS,
            Action.CAPTURE_INVENTORY,
            Action.CAPTURE_QUALITY,
            Action.CAPTURE_RECALLS,
            Action.CAPTURE_CORRECTIONS,
            Action.CAPTURE_MESSAGES,
            Action.ISSUE_SERIALS,
            Action.IMPORT,
            Action.EXPORT,
        }
    ),
    Role.AUDITOR: frozenset({Action.READ, Action.EXPORT, Action.VERIFY}),
    Role.ADMINISTRATOR: frozenset({Action.READ, Action.EXPORT, Action.VERIFY, Action.MANAGE_ACCOUNTS}),
}

CAPTURE_ACTION: dict[str, Action] = {
    "identity": Action.CAPTURE_IDENTITY,
    "definitions": Action.CAPTURE_DEFINITIONS,
    "production": Action.CAPTURE_PRODUCTION,
    "lots": Action.CAPTURE_LOTS,
    "genealogy": Action.CAPTURE_GENEALOGY,
    "setups": Action.CAPTURE_SETUPS,
    "inventory": Action.CAPTURE_INVENTORY,
    "quality": Action.CAPTURE_QUALITY,
    "recalls": Action.CAPTURE_RECALLS,
    "defects": Action.CAPTURE_DEFECTS,
    "messages": Action.CAPTURE_MESSAGES,
    "corrections": Action.CAPTURE_CORRECTIONS,
}
"""The action needed to capture an event, by the room its type lives in."""

CAPTURE_ACTION_APART: dict[type[Event], Action] = {
    UnitMoved: Action.MOVE_UNITS,
    LotDefined: Action.DEFINE_LOTS,
    SerialRangeReserved: Action.ISSUE_SERIALS,
    SerialNumberVoided: Action.ISSUE_SERIALS,
    UnitReidentified: Action.REPAIR_IDENTITY,
    DuplicateResolved: Action.REPAIR_IDENTITY,
    UnitsMerged: Action.REPAIR_IDENTITY,
    DefectDispositioned: Action.DECIDE_DEFECTS,
    LabelPrinted: Action.PRINT_LABELS,
    WorkOrderSplit: Action.RUN_ORDERS,
    WorkOrderHeld: Action.RUN_ORDERS,
    WorkOrderResumed: Action.RUN_ORDERS,
}
"""Event types that other roles may capture than the rest of their room."""

# Made once, so that a room without an action stops the program at start-up and not at the first such event.
_ACTION_OF_TYPE = {
    event_type: CAPTURE_ACTION_APART.get(event_type, CAPTURE_ACTION[room_of(event_type)]) for event_type in EVENT_TYPES
}


def may(role: Role, action: Action) -> bool:
    """Whether `role` is allowed `action`."""
    return action in ALLOWED[role]


def action_for(event_type: type[Event]) -> Action:
    """What a role must be allowed to capture an event of this type."""
    return _ACTION_OF_TYPE[event_type]
