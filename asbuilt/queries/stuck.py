"""Units that do not go on. Definitions: docs/concepts/yield.md."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from asbuilt.core.events.production import Result
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Reader
from asbuilt.queries.attempts import Run
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.shop_floor import Scope, restricted
from asbuilt.queries.units import full_names
from asbuilt.queries.whereabouts import NAMES

CHUNK = 500

# Operations begun before a time and not completed, on units that are still here (serves the list of stuck units).
OPEN_STARTS = """
SELECT start.unit_id, start.operation, start.station_id, start.started_at, unit_state.location, unit_state.open_holds
FROM operation_start AS start CROSS JOIN subject AS unit CROSS JOIN unit_state
WHERE start.site_id = $1 AND start.completed_sequence IS NULL AND start.started_at < $2
  AND ($3 = '' OR start.operation = $3)
  AND unit.subject_id = start.unit_id AND ($4 = 1 OR unit.scope_id = ANY($5))
  AND ($6 = 1 OR start.station_id = ANY($7))
  AND unit_state.unit_id = start.unit_id AND ($8 = 1 OR unit_state.work_order_id = ANY($9))
  AND unit_state.life_cycle <> 'scrapped' AND unit_state.custody <> 'shipped'
  AND NOT EXISTS (
    SELECT 1 FROM operation_run AS run
    WHERE run.unit_id = start.unit_id AND run.operation = start.operation AND run.sequence > start.sequence
  )
ORDER BY start.sequence
"""
# Units in the making about which nothing was heard since a time; not those built in, packed, shipped or scrapped.
IDLE_UNITS = """
SELECT unit_id, last_operation, last_result, last_event_time, location, open_holds FROM unit_state
WHERE unit_id = ANY($1) AND last_event_time < $2 AND life_cycle = 'in_process' AND custody <> 'shipped'
  AND installed_in IS NULL AND container = ''
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckUnit:
    """A unit that does not go on.

    why: `started` when the operation was begun and not completed, `idle` when nothing happened since `since`.
    on_hold: it has a reason not to go on. last_result: of an idle unit's last operation.
    """

    unit: str
    why: str
    on_hold: bool
    operation: str
    station: str
    last_result: str
    since: datetime
    for_s: Decimal
    location: str
    open_holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """The same before it has its names."""

    unit_id: int
    why: str
    operation: str
    station_id: int | None
    last_result: str
    since: int
    location: str
    open_holds: str


def stuck_units(
    reader: Reader, scope: Scope, last_runs: dict[int, Run], *, before: int, now: int, last_operation: str
) -> list[StuckUnit]:
    """Units stuck since before a time, longest first.

    last_runs: the last run of each unit that was worked on in the window. last_operation: who has passed it is done.
    """
    started = {found.unit_id: found for found in _started(reader, scope, before)}
    idle = (found for found in _idle(reader, last_runs, before) if found.unit_id not in started)
    rest = [one for one in idle if not (one.operation == last_operation and one.last_result == Result.PASSED)]
    return _named(reader, sorted((*started.values(), *rest), key=lambda one: (one.since, one.unit_id)), now)


def _started(reader: Reader, scope: Scope, before: int) -> Iterator[_Found]:
    rows = reader.rows(
        OPEN_STARTS,
        reader.site.site_id,
        before,
        scope.operation,
        *restricted(scope.part_ids),
        *restricted(scope.station_ids),
        *restricted(scope.order_ids),
    )
    for unit_id, operation, station_id, started_at, location, open_holds in rows:
        yield _Found(unit_id, "started", operation, station_id, "", started_at, location, open_holds)


def _idle(reader: Reader, last_runs: dict[int, Run], before: int) -> Iterator[_Found]:
    ids = sorted(last_runs)
    for start in range(0, len(ids), CHUNK):
        for unit_id, operation, result, at, location, holds in reader.rows(
            IDLE_UNITS, ids[start : start + CHUNK], before
        ):
            yield _Found(unit_id, "idle", operation, last_runs[unit_id].station_id, result, at, location, holds)


def _named(reader: Reader, found: list[_Found], now: int) -> list[StuckUnit]:
    units: dict[int, str] = {}
    for start in range(0, len(found), CHUNK):
        units.update(full_names(reader, [one.unit_id for one in found[start : start + CHUNK]]))
    stations = subject_names(reader, (one.station_id for one in found))
    return [
        StuckUnit(
            unit=units[one.unit_id],
            why=one.why,
            on_hold=one.open_holds != "[]",
            operation=one.operation,
            station=stations.get(one.station_id, ""),
            last_result=one.last_result,
            since=moment_of(one.since),
            for_s=rounded(Fraction(now - one.since, 10**6), 6),
            location=one.location,
            open_holds=tuple(json.loads(one.open_holds)),
        )
        for one in found
    ]


def subject_names(reader: Reader, subject_ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of stations and orders by id; nothing for None."""
    ids = sorted({one for one in subject_ids if one is not None})
    return {row[0]: row[2] for row in reader.rows(NAMES, ids)} if ids else {}
