"""Tools and people: until when they may be used and do what. Work centers, stations and codes."""

from dataclasses import dataclass
from datetime import date, datetime

from asbuilt.core.identifiers.subjects import CodeList, Operator, Station, Tool, WorkCenter


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCenterState:
    """A work center as last defined."""

    work_center: WorkCenter
    area: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentState:
    """A station as last defined."""

    station: Station
    work_center: WorkCenter | None
    equipment_class: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """A code of a list as last defined."""

    code_list: CodeList
    code: str
    description: str
    is_retired: bool
