"""What the pages call things: words for values that code knows by their glossary names."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asbuilt.accounts.roles import Role
from asbuilt.core.events.corrections import CorrectionReason
from asbuilt.core.events.defects import Disposition
from asbuilt.core.events.definitions import Requirement, Tracking, UniqueWithin
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.identity import DuplicateDecision, RangeKind
from asbuilt.core.states.completeness import Matter
from asbuilt.core.states.records.identity import Custody, Status
from asbuilt.core.states.records.labels import JobState
from asbuilt.queries.comparing.differences import Difference
from asbuilt.queries.find import VOID, WITHDRAWN
from asbuilt.queries.orders import OrderStatus
from asbuilt.queries.recall.report import RecallStatus

ROLE_WORDS: dict[Role, Promise] = {
    Role.VIEWER: _("Viewer"),
    Role.OPERATOR: _("Operator"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.QUALITY: _("Quality engineer"),
    Role.WAREHOUSE: _("Warehouse"),
    Role.INTEGRATOR: _("Integrator"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}


class Tone(StrEnum):
    """What a status asks of the reader. Each has a shape and a colour, and is always said in a word as well."""

    NEUTRAL = "neutral"
    """Nothing; hollow grey circle."""
    PASS = "pass"  # noqa: S105 - as in: passed the test
    """Good, where that is news; hollow green circle."""
    FAIL = "fail"
    """Failed, stopped, scrapped; red diamond."""
    HOLD = "hold"
    """Must wait; filled amber circle."""
    REWORK = "rework"
    """Is or was mended; filled violet circle."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value as a word, with the tone in which it is said."""

    word: str | Promise
    tone: Tone = Tone.NEUTRAL

    @property
    def is_exception(self) -> bool:
        """Whether the reader is asked to look here."""
        return self.tone is not Tone.NEUTRAL


NOT_DELIVERED = "not_delivered"
"""Status of a component that a document names and nobody delivered."""

STATUS_WORDS: dict[str, Said] = {
    Status.SCRAPPED: Said(_("Scrapped"), Tone.FAIL),
    Status.ON_HOLD: Said(_("On hold"), Tone.HOLD),
    Status.SHIPPED: Said(_("Shipped")),
    Status.INSTALLED: Said(_("Installed")),
    Status.RETURNED: Said(_("Returned"), Tone.HOLD),
    Status.FAILED: Said(_("Failed"), Tone.FAIL),
    Status.PACKED: Said(_("Packed")),
    Status.IN_PROCESS: Said(_("In process")),
    Status.AVAILABLE: Said(_("Available")),
    Status.ISSUED: Said(_("Issued")),
    NOT_DELIVERED: Said(_("Not delivered"), Tone.HOLD),
    WITHDRAWN: Said(_("Declared wrong"), Tone.FAIL),
    VOID: Said(_("Void"), Tone.FAIL),
}

CUSTODY_WORDS: dict[str, Promise] = {
    Custody.IN_HOUSE: _("In house"),
    Custody.SHIPPED: _("With the customer"),
    Custody.RETURNED: _("Back in house"),
}

EVIDENCE_WORDS: dict[str, Said] = {
    Evidence.SCANNED: Said(_("scanned")),
    Evidence.KITTED: Said(_("kitted, fitting not scanned")),
    Evidence.SETUP_WINDOW: Said(_("fed by the line")),
    Evidence.DECLARED: Said(_("declared by the supplier")),
    Evidence.BACKFLUSHED: Said(_("Booked by quantity"), Tone.HOLD),
    Evidence.ORDER_LEVEL: Said(_("Known for the order only"), Tone.HOLD),
    Evidence.ALTERNATIVE: Said(_("One of several"), Tone.HOLD),
}
"""How a component is known to be where it is said to be. Weak evidence is an exception."""

DIFFERENCE_WORDS: dict[str, Said] = {
    Difference.MISSING: Said(_("Missing"), Tone.FAIL),
    Difference.EXTRA: Said(_("Extra"), Tone.HOLD),
    Difference.REPLACED: Said(_("Replaced"), Tone.REWORK),
    Difference.MOVED: Said(_("Moved to another place"), Tone.REWORK),
    Difference.QUANTITY_CHANGED: Said(_("Other quantity"), Tone.REWORK),
    Difference.WRONG_PART: Said(_("Wrong part"), Tone.FAIL),
    Difference.WRONG_ALTERNATE: Said(_("Alternate for other units"), Tone.FAIL),
    Difference.WRONG_REVISION: Said(_("Wrong revision"), Tone.FAIL),
    Difference.WRONG_POSITION: Said(_("Wrong place"), Tone.FAIL),
    Difference.WRONG_QUANTITY: Said(_("Wrong quantity"), Tone.FAIL),
    Difference.UNPROVEN: Said(_("Not proven"), Tone.HOLD),
    Difference.NOT_COMPARABLE: Said(_("Serial cannot be compared"), Tone.HOLD),
    Difference.ALTERNATE_USED: Said(_("Allowed alternate")),
}

MATTER_WORDS: dict[str, Promise] = {
    Matter.COMPONENT: _("Component"),
    Matter.OPERATION: _("Operation"),
    Matter.BILL: _("Bill of materials that holds for it"),
    Matter.ROUTING: _("Routing that holds for it"),
}

CORRECTION_WORDS: dict[str, Promise] = {
    CorrectionReason.DID_NOT_OCCUR: _("did not occur"),
    CorrectionReason.INCORRECT_DATA: _("incorrect data"),
}

DISPOSITION_WORDS: dict[str, Promise] = {
    Disposition.RETEST: _("test again"),
    Disposition.REWORK: _("rework"),
    Disposition.REPAIR: _("repair"),
    Disposition.USE_AS_IS: _("use as is"),
    Disposition.NO_FAULT_FOUND: _("no fault found"),
    Disposition.SCRAP: _("scrap"),
}

SETTLED_WORDS: dict[str, Promise] = {
    Disposition.RETEST: _("passed when tested again"),
    Disposition.REWORK: _("reworked"),
    Disposition.REPAIR: _("repaired"),
    Disposition.USE_AS_IS: _("used as it is"),
    Disposition.NO_FAULT_FOUND: _("no fault found"),
    Disposition.SCRAP: _("unit scrapped"),
}
"""How a defect was settled."""

DECISION_WORDS: dict[str, Promise] = {
    DuplicateDecision.SAME_UNIT: _("the same unit"),
    DuplicateDecision.OTHER_UNIT: _("another unit"),
    DuplicateDecision.REJECTED: _("rejected"),
}

JOB_WORDS: dict[str, Said] = {
    JobState.QUEUED: Said(_("Waiting for the printer")),
    JobState.SENDING: Said(_("Being sent")),
    JobState.SENT: Said(_("Printed")),
    JobState.FAILED: Said(_("Not printed yet"), Tone.HOLD),
    JobState.UNKNOWN: Said(_("Printed or not: please look"), Tone.FAIL),
    JobState.GIVEN_UP: Said(_("Not printed, given up")),
}

TRACKING_WORDS: dict[str, Promise] = {
    Tracking.SERIALIZED: _("By serial number"),
    Tracking.LOT: _("By lot"),
    Tracking.SERIALIZED_AND_LOT: _("By serial number and lot"),
    Tracking.COUNTED: _("Counted only"),
}

REQUIREMENT_WORDS: dict[str, Promise] = {
    Requirement.MANDATORY: _("Mandatory"),
    Requirement.OPTIONAL: _("Optional"),
    Requirement.REFUSED: _("Not taken"),
}

UNIQUE_WORDS: dict[str, Promise] = {
    UniqueWithin.PART: _("this part"),
    UniqueWithin.FAMILY: _("the family of parts"),
    UniqueWithin.SITE: _("this site"),
    UniqueWithin.ENTERPRISE: _("all sites"),
}

HOLDER_WORDS: dict[str, Promise] = {
    RangeKind.LINE: _("Line"),
    RangeKind.PRINTER: _("Printer"),
    RangeKind.SUPPLIER: _("Supplier"),
    RangeKind.WORK_ORDER: _("Work order"),
}

ORDER_WORDS: dict[str, Said] = {
    OrderStatus.OPEN: Said(_("Open")),
    OrderStatus.HELD: Said(_("On hold"), Tone.HOLD),
    OrderStatus.CLOSED: Said(_("Closed")),
}

RECALL_WORDS: dict[str, Said] = {
    RecallStatus.OPEN: Said(_("Scope open"), Tone.HOLD),
    RecallStatus.SETTLED: Said(_("Scope settled"), Tone.HOLD),
    RecallStatus.CLOSED: Said(_("Closed")),
    "digest holds": Said(_("The list is as it was settled."), Tone.PASS),
    "digest broken": Said(_("Something was listed since it was settled."), Tone.FAIL),
}

KIND_WORDS: dict[str, Promise] = {"unit": _("Unit"), "lot": _("Lot")}


def status_said(status: str) -> Said:
    """The word for the status of a unit, lot or component."""
    return STATUS_WORDS[status]


def shown_quantity(quantity: Decimal | None, uom: str) -> str:
    """An amount with its unit of measure; pieces when there is none."""
    if quantity is None:
        return ""
    number = shown_number(quantity)
    return f"{number} {uom}" if uom else gettext("%(number)s pcs") % {"number": number}


def shown_number(number: Decimal) -> str:
    """A number by itself, as where its unit of measure is said elsewhere."""
    return number_format(number, force_grouping=True)


def shown_share(share: Decimal) -> str:
    """A share of one in percent, to a tenth."""
    return f"{number_format(round(share * 100, 1), decimal_pos=1)} %"


def shown_count(count: int) -> str:
    """A whole number with the thousands set apart."""
    return number_format(count, force_grouping=True)
