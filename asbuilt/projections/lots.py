"""lot_run."""

from decimal import Decimal

from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Station, WorkOrder
from asbuilt.core.states.lots import index_run
from asbuilt.core.states.records.lots import LotRun
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections import definitions
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, id_of, millionths, quantity_of, time_of

LOT_RUN = Table(
    "lot_run",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("lot_id", "bigint"),
        ("operation", "text"),
        ("station_id", "bigint"),
        ("work_order_id", "bigint"),
        ("is_retry", "smallint"),
        ("started", "bigint"),
        ("passed", "bigint"),
        ("failed", "bigint"),
        ("scrapped", "bigint"),
        ("happened_at", "bigint"),
    ),
)

_RUN_COLUMNS = """
SELECT sequence, lot_id, operation, station_id, work_order_id, is_retry, started, passed, failed, scrapped,
       happened_at
FROM lot_run
"""
# Reads what was done to some of the lots that a batch works on, in the order of recording.
RUNS_OF_LOTS = f"{_RUN_COLUMNS} WHERE lot_id = ANY($1) ORDER BY lot_id, sequence"
# Reads what was done to some of lots under orders that are counted.
RUNS_UNDER = f"{_RUN_COLUMNS} WHERE work_order_id = ANY($1) ORDER BY work_order_id, sequence"


def lot_run_row(run: LotRun, ids: Ids, site_id: int) -> Row:
    return (
        run.sequence,
        site_id,
        ids[run.lot],
        run.operation,
        id_of(run.station, ids),
        id_of(run.work_order, ids),
        int(run.is_retry),
        *(millionths(one) for one in (run.started, run.passed, run.failed, run.scrapped)),
        time_of(run.happened_at),
    )


def load_runs_under(loading: Loading, order_ids: list[int]) -> None:
    """Read the work on lots under some orders, and those lots with the routings of their parts."""
    _load(loading, loading.reader.rows(RUNS_UNDER, order_ids))
    found = {run.lot for run in loading.known.lot_runs}
    unread = loading.ids(lot for lot in found if loading.known.lot(lot) is None)
    if unread:
        definitions.load_lots(loading, unread)
    parts = {lot.part for lot in found}
    loading.directory.find(parts)
    part_ids = loading.ids(parts)
    if part_ids:
        definitions.load_routings_of_parts(loading, part_ids)


def load_runs_of_lots(loading: Loading, lot_ids: list[int]) -> None:
    _load(loading, loading.reader.rows(RUNS_OF_LOTS, lot_ids))


def _load(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in (row[1], row[3], row[4]) if value is not None)
    for sequence, lot_id, operation, station_id, work_order_id, is_retry, *quantities, happened_at in rows:
        lot, station, order = names[lot_id], names.get(station_id), names.get(work_order_id)
        assert isinstance(lot, Lot), "lot_run rows are about lots"
        assert station is None or isinstance(station, Station), "work is done at stations"
        assert order is None or isinstance(order, WorkOrder), "and under work orders"
        started, passed, failed, scrapped = (quantity_of(one) or Decimal(0) for one in quantities)
        run = LotRun(
            sequence=sequence,
            lot=lot,
            operation=Operation(operation),
            station=station,
            work_order=order,
            is_retry=bool(is_retry),
            started=started,
            passed=passed,
            failed=failed,
            scrapped=scrapped,
            happened_at=moment_of(happened_at),
        )
        loading.known.lot_runs.loaded[sequence] = run
        index_run(loading.known, run)


PROJECTIONS: tuple[Projection, ...] = (Projection(LOT_RUN, lambda known: known.lot_runs, lot_run_row, by_sequence),)
"""What is declared wrong gives its row up."""
