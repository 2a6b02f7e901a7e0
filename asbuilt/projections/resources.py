"""tool_calibration, operator_qualification, work_center_state, equipment_state and code_state."""

from asbuilt.core.identifiers.subjects import CodeList, Operator, Station, Tool, WorkCenter
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.resources import (
    Calibration,
    CodeState,
    EquipmentState,
    Qualification,
    WorkCenterState,
)
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_sequence,
    by_subject,
    date_or_none,
    day_of,
    id_of,
    time_of,
)

TOOL_CALIBRATION = Table(
    "tool_calibration",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("tool_id", "bigint"),
        ("tool_class", "text"),
        ("calibrated_at", "bigint"),
        ("due_on", "text"),
        ("passed", "smallint"),
        ("certificate", "text"),
    ),
)

# Reads the calibrations of the tools that a batch names.
CALIBRATIONS_OF_TOOLS = """
SELECT sequence, tool_id, tool_class, calibrated_at, due_on, passed, certificate
FROM tool_calibration WHERE tool_id = ANY($1)
"""


def calibration_row(calibration: Calibration, ids: Ids, site_id: int) -> Row:
    return (
        calibration.sequence,
        site_id,
        ids[calibration.tool],
        calibration.tool_class,
        time_of(calibration.calibrated_at),
        day_of(calibration.due_on),
        int(calibration.passed),
        calibration.certificate,
    )


def load_calibrations(loading: Loading, tool_ids: list[int]) -> None:
    rows = loading.definitions(CALIBRATIONS_OF_TOOLS, tool_ids, by=1)
    names = loading.named(row[1] for row in rows)
    for sequence, tool_id, tool_class, calibrated_at, due_on, passed, certificate in rows:
        tool, due = names[tool_id], date_or_none(due_on)
        assert isinstance(tool, Tool), "tools are calibrated"
        assert due is not None, "a calibration has a day on which it is due"
        loading.known.calibrations.loaded[sequence] = Calibration(
            sequence=sequence,
            tool=tool,
            tool_class=tool_class,
            calibrated_at=moment_of(calibrated_at),
            due_on=due,
            passed=bool(passed),
            certificate=certificate,
        )


OPERATOR_QUALIFICATION = Table(
    "operator_qualification",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("operator_id", "bigint"),
        ("qualification", "text"),
        ("since", "bigint"),
        ("valid_until", "text"),
        ("is_revoked", "smallint"),
    ),
)

# Reads what the people whom a batch names may do.
QUALIFICATIONS_OF_OPERATORS = """
SELECT sequence, operator_id, qualification, since, valid_until, is_revoked
FROM operator_qualification WHERE operator_id = ANY($1)
"""


def qualification_row(qualification: Qualification, ids: Ids, site_id: int) -> Row:
    return (
        qualification.sequence,
        site_id,
        ids[qualification.operator],
        qualification.qualification,
        time_of(qualification.since),
        day_of(qualification.valid_until),
        int(qualification.is_revoked),
    )


def load_qualifications(loading: Loading, operator_ids: list[int]) -> None:
    rows = loading.definitions(QUALIFICATIONS_OF_OPERATORS, operator_ids, by=1)
    names = loading.named(row[1] for row in rows)
    for sequence, operator_id, qualification, since, valid_until, is_revoked in rows:
        operator = names[operator_id]
        assert isinstance(operator, Operator), "people are qualified"
        loading.known.qualifications.loaded[sequence] = Qualification(
            sequence=sequence,
            operator=operator,
            qualification=qualification,
            since=moment_of(since),
            valid_until=date_or_none(valid_until),
            is_revoked=bool(is_revoked),
        )


WORK_CENTER_STATE = Table(
    "work_center_state",
    (("work_center_id", "bigint"), ("site_id", "integer"), ("area", "text"), ("description", "text")),
)

# Reads the work centers that a batch names.
WORK_CENTERS = "SELECT work_center_id, area, description FROM work_center_state WHERE work_center_id = ANY($1)"


def work_center_row(state: WorkCenterState, ids: Ids, site_id: int) -> Row:
    return (ids[state.work_center], site_id, state.area, state.description)


def load_work_centers(loading: Loading, work_center_ids: list[int]) -> None:
    rows = loading.definitions(WORK_CENTERS, work_center_ids)
    names = loading.named(row[0] for row in rows)
    for work_center_id, area, description in rows:
        center = names[work_center_id]
        assert isinstance(center, WorkCenter), "work_center_state rows are about work centers"
        loading.known.work_centers.loaded[center] = WorkCenterState(
            work_center=center, area=area, description=description
        )


EQUIPMENT_STATE = Table(
    "equipment_state",
    (
        ("station_id", "bigint"),
        ("site_id", "integer"),
        ("work_center_id", "bigint"),
        ("equipment_class", "text"),
        ("description", "text"),
    ),
)

# Reads the stations that a batch defines.
EQUIPMENT = """
SELECT station_id, work_center_id, equipment_class, description FROM equipment_state WHERE station_id = ANY($1)
"""


def equipment_row(state: EquipmentState, ids: Ids, site_id: int) -> Row:
    return (ids[state.station], site_id, id_of(state.work_center, ids), state.equipment_class, state.description)


def load_equipment(loading: Loading, station_ids: list[int]) -> None:
    rows = loading.definitions(EQUIPMENT, station_ids)
    names = loading.named(value for row in rows for value in row[:2] if value is not None)
    for station_id, work_center_id, equipment_class, description in rows:
        station, center = names[station_id], None if work_center_id is None else names[work_center_id]
        assert isinstance(station, Station), "equipment_state rows are about stations"
        assert center is None or isinstance(center, WorkCenter), "a station is in a work center"
        loading.known.equipment.loaded[station] = EquipmentState(
            station=station, work_center=center, equipment_class=equipment_class, description=description
        )


CODE_STATE = Table(
    "code_state",
    (
        ("code_list_id", "bigint"),
        ("code_key", "text"),
        ("site_id", "integer"),
        ("code", "text"),
        ("description", "text"),
        ("is_retired", "smallint"),
    ),
    key=("code_list_id", "code_key"),
)

_CODE_COLUMNS = "SELECT code_list_id, code_key, code, description, is_retired FROM code_state"
# Reads the codes that a batch names.
CODES = f"{_CODE_COLUMNS} WHERE code_list_id = ANY($1) AND code_key = ANY($2)"
# Reads one code of a list (serves the question whether it has any).
ANY_CODE = f"{_CODE_COLUMNS} WHERE code_list_id = $1 ORDER BY code_key LIMIT 1"


def code_row(state: CodeState, ids: Ids, site_id: int) -> Row:
    code_key = normal_form(state.code)
    return (ids[state.code_list], code_key, site_id, state.code, state.description, int(state.is_retired))


def load_codes(loading: Loading, code_list_ids: list[int], code_keys: list[str]) -> None:
    rows = loading.reader.rows(CODES, code_list_ids, code_keys)
    for code_list_id in code_list_ids:
        rows += loading.reader.rows(ANY_CODE, code_list_id)
    names = loading.named(row[0] for row in rows)
    for code_list_id, code_key, code, description, is_retired in rows:
        code_list = names[code_list_id]
        assert isinstance(code_list, CodeList), "codes are in lists of codes"
        loading.known.codes.loaded[code_list, code_key] = CodeState(
            code_list=code_list, code=code, description=description, is_retired=bool(is_retired)
        )


def _by_list_and_code(key: tuple[CodeList, str], ids: Ids) -> Row:
    return (ids[key[0]], key[1])


PROJECTIONS: tuple[Projection, ...] = (
    Projection(TOOL_CALIBRATION, lambda known: known.calibrations, calibration_row, by_sequence, is_definition=True),
    Projection(
        OPERATOR_QUALIFICATION, lambda known: known.qualifications, qualification_row, by_sequence, is_definition=True
    ),
    Projection(WORK_CENTER_STATE, lambda known: known.work_centers, work_center_row, by_subject, is_definition=True),
    Projection(EQUIPMENT_STATE, lambda known: known.equipment, equipment_row, by_subject, is_definition=True),
    Projection(CODE_STATE, lambda known: known.codes, code_row, _by_list_and_code, is_definition=True),
)
