"""operation_start, operation_run, operation_refusal and interlock_override."""

import json

from asbuilt.core.events.production import Result
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Station, Unit, WorkOrder
from asbuilt.core.states.records.production import (
    InterlockOverride,
    OperationRefusal,
    OperationRun,
    OperationStart,
)
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_sequence,
    id_of,
    moment_or_none,
    time_of,
)

OPERATION_START = Table(
    "operation_start",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("operation", "text"),
        ("station_id", "bigint"),
        ("started_at", "bigint"),
        ("completed_sequence", "bigint"),
    ),
)

# Reads the operations under way on the units of a batch.
_START_COLUMNS = """
SELECT sequence, unit_id, operation, station_id, started_at, completed_sequence FROM operation_start
"""
OPEN_STARTS = f"{_START_COLUMNS} WHERE unit_id = ANY($1) AND completed_sequence IS NULL"
# Reads everything that was begun on units (serves merging their records).
STARTS_OF_UNITS = f"{_START_COLUMNS} WHERE unit_id = ANY($1)"
# Reads the starts that a correction concerns.
STARTS_OF_EVENTS = f"""{_START_COLUMNS}
WHERE unit_id = ANY($1) AND (sequence = ANY($2) OR completed_sequence = ANY($2))
"""


def operation_start_row(start: OperationStart, ids: Ids, site_id: int) -> Row:
    return (
        start.sequence,
        site_id,
        ids[start.unit],
        start.operation,
        id_of(start.station, ids),
        time_of(start.started_at),
        start.completed_sequence,
    )


def load_open_starts(loading: Loading, unit_ids: list[int]) -> None:
    _load_starts(loading, loading.reader.rows(OPEN_STARTS, unit_ids))


def load_starts_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_starts(loading, loading.reader.rows(STARTS_OF_UNITS, unit_ids))


def load_starts_of_events(loading: Loading, unit_ids: list[int], sequences: list[int]) -> None:
    _load_starts(loading, loading.reader.rows(STARTS_OF_EVENTS, unit_ids, sequences))


def _load_starts(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in (row[1], row[3]) if value is not None)
    for sequence, unit_id, operation, station_id, started_at, completed_sequence in rows:
        unit, station = names[unit_id], names.get(station_id)
        assert isinstance(unit, Unit), "operations are started on units"
        start = OperationStart(
            sequence=sequence,
            unit=unit,
            operation=Operation(operation),
            station=station if isinstance(station, Station) else None,
            started_at=moment_of(started_at),
            completed_sequence=completed_sequence,
        )
        loading.known.operation_starts.loaded[sequence] = start
        loading.known.starts_of.setdefault(unit, set()).add(sequence)


OPERATION_RUN = Table(
    "operation_run",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("operation", "text"),
        ("station_id", "bigint"),
        ("work_order_id", "bigint"),
        ("started_sequence", "bigint"),
        ("started_at", "bigint"),
        ("completed_at", "bigint"),
        ("result", "text"),
    ),
)

# Reads the runs that a correction concerns.
_RUN_COLUMNS = """
SELECT sequence, unit_id, operation, station_id, work_order_id, started_sequence, started_at, completed_at, result
FROM operation_run
"""
RUNS = f"{_RUN_COLUMNS} WHERE sequence = ANY($1)"
# Reads everything that was done on units (serves their place on a routing, and merging their records).
RUNS_OF_UNITS = f"{_RUN_COLUMNS} WHERE unit_id = ANY($1)"


def operation_run_row(run: OperationRun, ids: Ids, site_id: int) -> Row:
    return (
        run.sequence,
        site_id,
        ids[run.unit],
        run.operation,
        id_of(run.station, ids),
        id_of(run.work_order, ids),
        run.started_sequence,
        time_of(run.started_at),
        time_of(run.completed_at),
        run.result.value,
    )


def load_runs(loading: Loading, sequences: list[int]) -> None:
    _load_runs(loading, loading.reader.rows(RUNS, sequences))


def load_runs_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_runs(loading, loading.reader.rows(RUNS_OF_UNITS, unit_ids))


def _load_runs(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in (row[1], row[3], row[4]) if value is not None)
    for row in rows:
        unit, station, order = names[row[1]], names.get(row[3]), names.get(row[4])
        assert isinstance(unit, Unit), "operations are run on units"
        run = OperationRun(
            sequence=row[0],
            unit=unit,
            operation=Operation(row[2]),
            station=station if isinstance(station, Station) else None,
            work_order=order if isinstance(order, WorkOrder) else None,
            started_sequence=row[5],
            started_at=moment_or_none(row[6]),
            completed_at=moment_of(row[7]),
            result=Result(row[8]),
        )
        loading.known.operation_runs.loaded[run.sequence] = run
        loading.known.index_run(run)


OPERATION_REFUSAL = Table(
    "operation_refusal",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("subject_id", "bigint"),
        ("operation", "text"),
        ("phase", "text"),
        ("station_id", "bigint"),
        ("operator", "text"),
        ("rules", "text"),
        ("refused_at", "bigint"),
    ),
)


def operation_refusal_row(refusal: OperationRefusal, ids: Ids, site_id: int) -> Row:
    return (
        refusal.sequence,
        site_id,
        ids[refusal.subject],
        refusal.operation,
        refusal.phase.value,
        id_of(refusal.station, ids),
        refusal.operator,
        json.dumps(refusal.rules),
        time_of(refusal.refused_at),
    )


INTERLOCK_OVERRIDE = Table(
    "interlock_override",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("subject_id", "bigint"),
        ("operation", "text"),
        ("phase", "text"),
        ("station_id", "bigint"),
        ("overridden_event_id", "uuid"),
        ("rules", "text"),
        ("overridden_at", "bigint"),
    ),
)


def interlock_override_row(override: InterlockOverride, ids: Ids, site_id: int) -> Row:
    return (
        override.sequence,
        site_id,
        ids[override.subject],
        override.operation,
        override.phase.value,
        id_of(override.station, ids),
        override.overridden_event_id,
        json.dumps(override.rules),
        time_of(override.overridden_at),
    )


PROJECTIONS: tuple[Projection, ...] = (
    Projection(OPERATION_START, lambda known: known.operation_starts, operation_start_row, by_sequence),
    Projection(OPERATION_RUN, lambda known: known.operation_runs, operation_run_row, by_sequence),
    Projection(OPERATION_REFUSAL, lambda known: known.operation_refusals, operation_refusal_row, by_sequence),
    Projection(INTERLOCK_OVERRIDE, lambda known: known.interlock_overrides, interlock_override_row, by_sequence),
)
