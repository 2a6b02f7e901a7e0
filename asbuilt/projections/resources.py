"""tool_calibration and operator_qualification."""

from asbuilt.core.identifiers.subjects import Operator, Tool
from asbuilt.core.states.records.resources import Calibration, Qualification
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, date_or_none, day_of, time_of

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
    rows = loading.reader.rows(CALIBRATIONS_OF_TOOLS, tool_ids)
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
    rows = loading.reader.rows(QUALIFICATIONS_OF_OPERATORS, operator_ids)
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


PROJECTIONS: tuple[Projection, ...] = (
    Projection(TOOL_CALIBRATION, lambda known: known.calibrations, calibration_row, by_sequence),
    Projection(OPERATOR_QUALIFICATION, lambda known: known.qualifications, qualification_row, by_sequence),
)
