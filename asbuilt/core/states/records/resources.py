"""Tools and people: until when they may be used and do what."""

from dataclasses import dataclass
from datetime import date, datetime

from asbuilt.core.identifiers.subjects import Operator, Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A calibration of a tool, from the event at `sequence`. It holds until the next one, and until it is due."""

    sequence: int
    tool: Tool
    tool_class: str
    calibrated_at: datetime
    due_on: date
    passed: bool
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """What somebody may do from `since` on, from the event at `sequence`; or, when it is revoked, may not."""

    sequence: int
    operator: Operator
    qualification: str
    since: datetime
    valid_until: date | None
    is_revoked: bool
