"""setup_list_state and setup_activation; and how often operations were done while something was loaded."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Part, Routing, SetupList, Station, WorkOrder
from asbuilt.core.states.records.genealogy import SetupWindow
from asbuilt.core.states.records.setups import Feed, Passes, SetupActivation, SetupListState
from asbuilt.core.states.setups import feeds
from asbuilt.ledger.codec import moment_of, text_of, values_from
from asbuilt.ledger.database import Row, Table
from asbuilt.projections import definitions, genealogy
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, by_subject, id_of, moment_or_none, time_of

SETUP_LIST_STATE = Table(
    "setup_list_state",
    (
        ("setup_list_id", "bigint"),
        ("site_id", "integer"),
        ("station_id", "bigint"),
        ("part_id", "bigint"),
        ("routing_id", "bigint"),
        ("operation", "text"),
        ("program", "text"),
        ("slots", "text"),
    ),
)

# Reads the setup lists that a batch defines, or that are in force where it works.
SETUP_LISTS = """
SELECT setup_list_id, station_id, part_id, routing_id, operation, program, slots
FROM setup_list_state WHERE setup_list_id = ANY($1)
"""


def setup_list_row(state: SetupListState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.setup_list],
        site_id,
        ids[state.station],
        id_of(state.part, ids),
        id_of(state.routing, ids),
        state.operation,
        state.program,
        text_of(state.slots),
    )


def load_setup_lists(loading: Loading, setup_list_ids: list[int]) -> None:
    rows = loading.reader.rows(SETUP_LISTS, setup_list_ids)
    names = loading.named(value for row in rows for value in row[:4] if value is not None)
    for setup_list_id, station_id, part_id, routing_id, operation, program, slots in rows:
        found, station = names[setup_list_id], names[station_id]
        part, routing = names.get(part_id), names.get(routing_id)
        assert isinstance(found, SetupList), "setup_list_state rows are about setup lists"
        assert isinstance(station, Station), "a setup list is for a station"
        assert part is None or isinstance(part, Part), "and for a part"
        assert routing is None or isinstance(routing, Routing), "and for a routing"
        loading.known.setup_lists.loaded[found] = _state(found, station, part, routing, operation, program, slots)


@lru_cache(maxsize=1024)
def _state(
    found: SetupList,
    station: Station,
    part: Part | None,
    routing: Routing | None,
    operation: str,
    program: str,
    slots: str,
) -> SetupListState:
    # A setup list never changes, so that one reading, with its index, serves all batches.
    return SetupListState(
        setup_list=found,
        station=station,
        slots=values_from(SetupSlot, slots),
        part=part,
        routing=routing,
        operation=Operation(operation),
        program=program,
    )


SETUP_ACTIVATION = Table(
    "setup_activation",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("station_id", "bigint"),
        ("setup_list_id", "bigint"),
        ("work_order_id", "bigint"),
        ("activated_at", "bigint"),
        ("ended_sequence", "bigint"),
        ("ended_at", "bigint"),
    ),
)

_ACTIVATION_COLUMNS = """
SELECT sequence, station_id, setup_list_id, work_order_id, activated_at, ended_sequence, ended_at FROM setup_activation
"""
# Reads the setups that were in force, for any time within a span, at the stations where a batch works; and those now.
ACTIVATIONS_WITHIN = f"""{_ACTIVATION_COLUMNS}
WHERE station_id = ANY($1) AND ended_sequence IS NULL
UNION ALL
{_ACTIVATION_COLUMNS}
WHERE station_id = ANY($1) AND activated_at <= $3 AND ended_at > $2
"""
# Reads the setups that corrections concern.
ACTIVATIONS_OF_EVENTS = f"""{_ACTIVATION_COLUMNS}
WHERE station_id = ANY($1) AND (sequence = ANY($2) OR ended_sequence = ANY($2) OR ended_sequence IS NULL)
"""


def setup_activation_row(one: SetupActivation, ids: Ids, site_id: int) -> Row:
    return (
        one.sequence,
        site_id,
        ids[one.station],
        ids[one.setup_list],
        id_of(one.work_order, ids),
        time_of(one.activated_at),
        one.ended_sequence,
        time_of(one.ended_at),
    )


def ask_for_activations(loading: Loading, station_ids: list[int], since: datetime, until: datetime) -> None:
    """Send what `load_activations_within` asks with the next question."""
    loading.reader.ahead(ACTIVATIONS_WITHIN, station_ids, time_of(since), time_of(until))


def load_activations_within(loading: Loading, station_ids: list[int], since: datetime, until: datetime) -> None:
    _load_activations(loading, loading.reader.rows(ACTIVATIONS_WITHIN, station_ids, time_of(since), time_of(until)))


def load_activations_of_events(loading: Loading, station_ids: list[int], sequences: list[int]) -> None:
    _load_activations(loading, loading.reader.rows(ACTIVATIONS_OF_EVENTS, station_ids, sequences))


def _load_activations(loading: Loading, rows: list[Row]) -> None:
    if not rows:
        return
    names = loading.named(value for row in rows for value in row[1:4] if value is not None)
    for sequence, station_id, setup_list_id, work_order_id, activated_at, ended_sequence, ended_at in rows:
        station, found, order = names[station_id], names[setup_list_id], names.get(work_order_id)
        assert isinstance(station, Station), "setups are in force at stations"
        assert isinstance(found, SetupList), "what is in force is a setup list"
        assert order is None or isinstance(order, WorkOrder), "it is in force for a work order"
        loading.known.setup_activations.loaded[sequence] = SetupActivation(
            sequence=sequence,
            station=station,
            setup_list=found,
            work_order=order,
            activated_at=moment_of(activated_at),
            ended_sequence=ended_sequence,
            ended_at=moment_or_none(ended_at),
        )
    load_setup_lists(loading, loading.ids(one.setup_list for one in loading.known.setup_activations))


# Counts what was done at stations while some loads were in their slots, in pieces between whatever changed there, so
# that each pass is looked at once. CROSS JOIN keeps SQLite to this order.
PASSES = """
WITH boundary (station_id, moment) AS (
    SELECT station_id, loaded_at FROM setup_window WHERE sequence = ANY($1)
    UNION SELECT station_id, unloaded_at FROM setup_window WHERE sequence = ANY($1) AND unloaded_at IS NOT NULL
    UNION SELECT station_id, activated_at FROM setup_activation WHERE station_id = ANY($2) AND activated_at >= $3
    UNION SELECT station_id, ended_at FROM setup_activation WHERE station_id = ANY($2) AND ended_at >= $3
), piece (station_id, since, until) AS (
    SELECT station_id, moment, lead(moment, 1, 9223372036854775807) OVER (PARTITION BY station_id ORDER BY moment)
    FROM boundary
)
SELECT piece.station_id, piece.since, run.operation, count(*)
FROM piece CROSS JOIN operation_run AS run
WHERE run.station_id = piece.station_id AND run.completed_at >= piece.since AND run.completed_at < piece.until
  AND EXISTS (
    SELECT 1 FROM setup_window AS loaded
    WHERE loaded.sequence = ANY($1) AND loaded.station_id = piece.station_id AND loaded.loaded_at <= piece.since
      AND (loaded.unloaded_at IS NULL OR loaded.unloaded_at > piece.since)
  )
GROUP BY piece.station_id, piece.since, run.operation
"""


def reckoned(loading: Loading, windows: Iterable[SetupWindow], *, until: datetime) -> dict[int, Feed]:
    """What some loads began with, and what was used of each until now, by sequence.

    A load of which nobody said what was on it has what was left of its lot, after whatever loads of it came before;
    these are read, and what fed the same slots at the same time.
    """
    asked = {one.sequence: one for one in windows}
    if not asked:
        return {}
    known = loading.known
    lots = {one.lot for one in asked.values() if one.quantity is None}
    lot_ids = loading.ids(lots)
    if lot_ids:
        genealogy.load_windows_of_lots_anywhere(loading, lot_ids)
    found = {**asked, **{one.sequence: one for one in known.setup_windows if one.lot in lots}}
    stations, since = loading.ids(one.station for one in found.values()), min(one.loaded_at for one in found.values())
    genealogy.load_windows_feeding(loading, stations, since, until)
    slots = {(one.station, one.slot) for one in found.values()}
    found |= {one.sequence: one for one in known.setup_windows if (one.station, one.slot) in slots}
    load_activations_within(loading, stations, since, until)
    fed = feeds(
        found.values(),
        sorted(known.setup_activations, key=lambda one: (one.activated_at, one.sequence)),
        {one.setup_list: one for one in known.setup_lists},
        _passes(loading, found, stations, since),
        _of_lots(loading, {one.lot for one in found.values()}),
    )
    return {sequence: feed for sequence, feed in fed.items() if sequence in asked}


def _passes(loading: Loading, sequences: Iterable[int], stations: list[int], since: datetime) -> list[Passes]:
    rows = loading.reader.rows(PASSES, sorted(sequences), stations, time_of(since))
    names = loading.named(row[0] for row in rows)
    found = []
    for station_id, moment, operation, count in rows:
        station = names[station_id]
        assert isinstance(station, Station), "operations are done at stations"
        passed = Passes(station=station, since=moment_of(moment), operation=Operation(operation), count=count)
        found.append(passed)
    return found


def _of_lots(loading: Loading, lots: set[Lot]) -> dict[Lot, Decimal | None]:
    known = loading.known
    unread = loading.ids(lot for lot in lots if known.lot(lot) is None)
    if unread:
        definitions.load_lots(loading, unread)
    unread = loading.ids(lot.part for lot in lots if known.parts.get(lot.part) is None)
    if unread:
        definitions.load_parts(loading, unread)
    found = {}
    for lot in lots:
        state, part = known.lot(lot), known.parts.get(lot.part)
        # What is kept in kilograms is not counted down in grams.
        is_comparable = state is not None and (part is None or state.uom in ("", part.uom))
        found[lot] = state.remaining if state is not None and is_comparable else None
    return found


PROJECTIONS: tuple[Projection, ...] = (
    Projection(SETUP_LIST_STATE, lambda known: known.setup_lists, setup_list_row, by_subject),
    Projection(
        SETUP_ACTIVATION,
        lambda known: known.setup_activations,
        setup_activation_row,
        by_sequence,
        ends=lambda one: not one.is_open,
    ),
)
