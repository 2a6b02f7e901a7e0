"""Tools are calibrated, people are qualified; work centers, stations and codes are defined."""

from datetime import datetime

from asbuilt.core.events.defects import DefectRecorded
from asbuilt.core.events.definitions import (
    CodeDefined,
    EquipmentDefined,
    OperatorQualified,
    QualificationRevoked,
    ToolCalibrated,
    WorkCenterDefined,
)
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import CodeList, Operator, Tool
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.resources import (
    Calibration,
    CodeState,
    EquipmentState,
    Qualification,
    WorkCenterState,
)

DEFECTS = CodeList("defect")
"""The list that says which defects there are."""


def fold_tool_calibrated(known: Known, event: ToolCalibrated, sequence: int) -> None:
    known.calibrations.put(
        sequence,
        Calibration(
            sequence=sequence,
            tool=event.tool,
            tool_class=event.tool_class,
            calibrated_at=event.event_time,
            due_on=event.due_on,
            passed=event.passed,
            certificate=event.certificate,
        ),
    )


def undo_tool_calibrated(known: Known, event: ToolCalibrated, sequence: int) -> None:
    known.calibrations.take_out(sequence)


def fold_operator_qualified(known: Known, event: OperatorQualified, sequence: int) -> None:
    _enter(known, event, sequence)


def fold_qualification_revoked(known: Known, event: QualificationRevoked, sequence: int) -> None:
    _enter(known, event, sequence)


def _enter(known: Known, event: OperatorQualified | QualificationRevoked, sequence: int) -> None:
    known.qualifications.put(
        sequence,
        Qualification(
            sequence=sequence,
            operator=event.person,
            qualification=event.qualification,
            since=event.event_time,
            valid_until=event.valid_until if isinstance(event, OperatorQualified) else None,
            is_revoked=isinstance(event, QualificationRevoked),
        ),
    )


def undo_qualification(known: Known, event: OperatorQualified | QualificationRevoked, sequence: int) -> None:
    known.qualifications.take_out(sequence)


def calibration_at(known: Known, tool: Tool, moment: datetime) -> Calibration | None:
    """The latest calibration of a tool at a time, whatever was recorded first."""
    found = [one for one in known.calibrations if one.tool == tool and one.calibrated_at <= moment]
    return max(found, key=lambda one: (one.calibrated_at, one.sequence), default=None)


def qualification_at(known: Known, operator: Operator, qualification: str, moment: datetime) -> Qualification | None:
    """What was last said of somebody's qualification at a time."""
    found = [
        one
        for one in known.qualifications
        if (one.operator, one.qualification) == (operator, qualification) and one.since <= moment
    ]
    return max(found, key=lambda one: (one.since, one.sequence), default=None)


def fold_work_center_defined(known: Known, event: WorkCenterDefined, sequence: int) -> None:
    known.work_centers.put(
        event.work_center,
        WorkCenterState(work_center=event.work_center, area=event.area, description=event.description),
    )


def fold_equipment_defined(known: Known, event: EquipmentDefined, sequence: int) -> None:
    known.equipment.put(
        event.station,
        EquipmentState(
            station=event.station,
            work_center=event.work_center,
            equipment_class=event.equipment_class,
            description=event.description,
        ),
    )


def fold_code_defined(known: Known, event: CodeDefined, sequence: int) -> None:
    known.codes.put(
        (event.code_list, normal_form(event.code)),
        CodeState(
            code_list=event.code_list, code=event.code, description=event.description, is_retired=event.is_retired
        ),
    )


def defect_codes(event: OperationCompleted | DefectRecorded | LotOperationCompleted) -> list[str]:
    """The codes of the defects that an event says were found."""
    if isinstance(event, DefectRecorded):
        return [event.code]
    short = event.defect if isinstance(event, OperationCompleted) else ""
    return [*([short] if short else []), *(one.code for one in event.defects)]


def is_in_use(known: Known, code_list: CodeList) -> bool:
    """Whether any code was ever entered in a list."""
    return any(code.code_list == code_list for code in known.codes)
