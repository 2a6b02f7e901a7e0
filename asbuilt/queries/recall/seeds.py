"""The units and lots that seeds mean: by name, by who delivered them, by when they were made, by what was done."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import msgspec

from asbuilt.core.events.recalls import RecallSeed
from asbuilt.core.identifiers.subjects import Lot, Subject, SubjectKind, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.recalls import is_between, is_delivered_as
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Names, Reader, Row
from asbuilt.ledger.subjects import Directory
from asbuilt.queries.measured import Completed, Measured
from asbuilt.queries.naming import NotFound

CHUNK = 20_000
"""Completed operations read at a time, so that the memory does not grow with the window of time."""

EVER = (-(2**62), 2**62)
"""Before and after every time."""

# Units of a part that came into being within a time.
UNITS_BORN = """
SELECT unit_state.unit_id FROM subject CROSS JOIN unit_state
WHERE subject.scope_id = ANY($1) AND subject.kind = 3 AND unit_state.unit_id = subject.subject_id
  AND unit_state.commissioned_at >= $2 AND unit_state.commissioned_at < $3
ORDER BY unit_state.unit_id
"""
# Lots of a part, and when they were made.
LOTS_OF_PART = """
SELECT lot_state.lot_id, lot_state.manufactured_on, lot_state.defined_at FROM subject CROSS JOIN lot_state
WHERE subject.scope_id = ANY($1) AND subject.kind = 4 AND lot_state.lot_id = subject.subject_id
ORDER BY lot_state.lot_id
"""
# The lots of a site that a supplier's number is known of.
LOTS_DELIVERED = """
SELECT lot_state.lot_id, lot_state.supplier, lot_state.supplier_lot, lot.scope_id
FROM lot_state CROSS JOIN subject AS lot
WHERE lot_state.site_id = $1 AND lot_state.supplier_lot <> '' AND lot.subject_id = lot_state.lot_id
ORDER BY lot_state.lot_id
"""
_RUN_IN = """
run.site_id = $1 AND run.completed_at < $2 AND (run.completed_at > $3 OR (run.completed_at = $3 AND run.sequence > $4))
  AND ($5 = '' OR run.operation = $5)
"""
_PASSED_SLOT = """
  AND ($6 = '' OR EXISTS (
    SELECT 1 FROM setup_window AS setup
    WHERE setup.station_id = run.station_id AND setup.slot = $6 AND run.completed_at >= setup.loaded_at
      AND (setup.unloaded_at IS NULL OR run.completed_at < setup.unloaded_at)))
"""
_WORK = """
SELECT run.completed_at, run.sequence, run.unit_id, event.payload, start.payload
FROM operation_run AS run CROSS JOIN event
LEFT JOIN event AS start ON start.sequence = run.started_sequence
"""
_IN_ORDER = " AND event.sequence = run.sequence ORDER BY run.completed_at, run.sequence LIMIT "
# What was done on units in a window of time, page by page; in all of a site, or at some stations.
WORK = f"{_WORK} WHERE {_RUN_IN} {_PASSED_SLOT} {_IN_ORDER} {CHUNK}"
WORK_AT = f"{_WORK} WHERE run.station_id = ANY($7) AND {_RUN_IN} {_PASSED_SLOT} {_IN_ORDER} {CHUNK}"
# What was done on parts of lots in a window of time.
LOT_WORK = """
SELECT run.lot_id, run.station_id, event.payload
FROM lot_run AS run CROSS JOIN event
WHERE run.site_id = $1 AND run.happened_at >= $2 AND run.happened_at < $3 AND ($4 = '' OR run.operation = $4)
  AND event.sequence = run.sequence
ORDER BY run.sequence
"""
# Of some units and lots, those of some parts.
OF_PARTS = "SELECT subject_id FROM subject WHERE subject_id = ANY($1) AND scope_id = ANY($2) ORDER BY subject_id"
# When a tool was calibrated last with a good result.
LAST_GOOD_CALIBRATION = """
SELECT calibrated_at FROM tool_calibration WHERE tool_id = ANY($1) AND passed = 1
ORDER BY calibrated_at DESC, sequence DESC LIMIT 1
"""
# The records that stay, of units that were merged into others.
KEPT_RECORDS = "SELECT duplicate_id, unit_id FROM merged_unit WHERE duplicate_id = ANY($1)"
TOOLS_NAMED = "SELECT subject_id FROM subject WHERE site_id = $1 AND name_key = $2 AND kind = $3"


@dataclass(frozen=True, slots=True)
class _Window:
    """Microseconds since 1970, from `since` until before `until`."""

    since: int
    until: int


class _Done(Completed):
    """What counts here of the start or completion of an operation."""

    tool: str = ""
    program: str = ""
    operator: str = ""


_DONE = msgspec.json.Decoder(_Done)


def found_by(reader: Reader, seeds: Sequence[RecallSeed]) -> dict[int, int]:
    """The units and lots that seeds mean by themselves, by id, each with the place of the first seed that does.

    What contains them is for `scope`. Raises NotFound for a unit, lot, part, station or tool that is not known.
    """
    found: dict[int, int] = {}
    directory = Directory(reader, Names())
    for number, seed in enumerate(seeds):
        for subject_id in _found(reader, directory, seed):
            found.setdefault(subject_id, number)
    return found


def _found(reader: Reader, directory: Directory, seed: RecallSeed) -> Iterable[int]:
    named = seed.unit or seed.lot
    if named is not None:
        subject_id = _id_of(directory, named)
        return [kept for _, kept in reader.rows(KEPT_RECORDS, [subject_id])] or [subject_id]
    parts = None if seed.part is None else [_id_of(directory, seed.part)]
    if seed.supplier_lot:
        rows = reader.rows(LOTS_DELIVERED, reader.site.site_id)
        return [row[0] for row in rows if is_delivered_as(seed, row[1], row[2]) and (not parts or row[3] in parts)]
    if not seed.is_process:
        assert parts is not None, "a seed without a condition of work names a part"
        return _made(reader, parts, seed)
    return _of_parts(reader, sorted({*_worked_on(reader, directory, seed)}), parts)


def _id_of(directory: Directory, subject: Subject) -> int:
    directory.find({subject})
    found = directory.ids.get(subject)
    if found is None:
        kind = "lot" if isinstance(subject, Lot) else "unit" if isinstance(subject, Unit) else type(subject).what
        raise NotFound(f"no {kind} {str(subject)!r} is known here; check how it is written")
    return found


def _made(reader: Reader, parts: list[int], seed: RecallSeed) -> list[int]:
    window = _window(seed.since, seed.until)
    units = [unit_id for (unit_id,) in reader.rows(UNITS_BORN, parts, window.since, window.until)]
    lots = reader.rows(LOTS_OF_PART, parts)
    return units + [row[0] for row in lots if is_between(seed, _made_at(row))]


def _made_at(row: Row) -> datetime:
    """As core.states.recalls.made_at has it."""
    if row[1] is None:
        return moment_of(row[2])
    return datetime.combine(date.fromisoformat(row[1]), time(), tzinfo=UTC)


def _of_parts(reader: Reader, subject_ids: list[int], parts: list[int] | None) -> list[int]:
    if parts is None or not subject_ids:
        return subject_ids
    return [subject_id for (subject_id,) in reader.rows(OF_PARTS, subject_ids, parts)]


def _worked_on(reader: Reader, directory: Directory, seed: RecallSeed) -> Iterator[int]:
    """The units and lots on which was done what a seed says."""
    window = _time_of(reader, seed)
    stations = None if seed.station is None else [_id_of(directory, seed.station)]
    condition = _Condition(reader, seed)
    for row in _work(reader, seed, window, stations):
        if condition.holds(row[3], row[4]):
            yield row[2]
    if seed.slot:
        return  # what feeds a slot goes into units
    site_id = reader.site.site_id
    for lot_id, station_id, payload in reader.rows(LOT_WORK, site_id, window.since, window.until, seed.operation):
        if (stations is None or station_id in stations) and condition.holds(payload, None):
            yield lot_id


def _work(reader: Reader, seed: RecallSeed, window: _Window, stations: list[int] | None) -> Iterator[Row]:
    after = (window.since, -1)
    while True:
        asked = (reader.site.site_id, window.until, *after, seed.operation, seed.slot)
        rows = reader.rows(WORK, *asked) if stations is None else reader.rows(WORK_AT, *asked, stations)
        yield from rows
        if len(rows) < CHUNK:
            return
        after = (rows[-1][0], rows[-1][1])


def _time_of(reader: Reader, seed: RecallSeed) -> _Window:
    if not seed.since_calibration:
        return _window(seed.since, seed.until)
    tools = reader.rows(TOOLS_NAMED, reader.site.site_id, normal_form(seed.tool), SubjectKind.TOOL.value)
    rows = reader.rows(LAST_GOOD_CALIBRATION, [tool_id for (tool_id,) in tools]) if tools else []
    if not rows:
        raise NotFound(f"no good calibration of tool {seed.tool!r} is known here; check the number, or give since")
    return _Window(rows[0][0], EVER[1])


def _window(since: datetime | None, until: datetime | None) -> _Window:
    return _Window(EVER[0] if since is None else microseconds(since), EVER[1] if until is None else microseconds(until))


class _Condition:
    """What a seed says of work beyond where, when and which operation."""

    def __init__(self, reader: Reader, seed: RecallSeed) -> None:
        self._seed = seed
        asked = {name: normal_form(getattr(seed, name)) for name in ("tool", "program", "operator")}
        self._asked = {name: text for name, text in asked.items() if text}
        self._measured = Measured(reader, seed.characteristic) if seed.characteristic else None

    def holds(self, completion: bytes, start: bytes | None) -> bool:
        if not self._asked and self._measured is None:
            return True
        found = _DONE.decode(completion)
        begun = _DONE.decode(start) if start is not None else None
        for name, text in self._asked.items():
            said = {normal_form(getattr(one, name)) for one in (found, begun) if one is not None}
            if text not in said:
                return False
        return self._measured is None or self._is_beyond(self._measured, found)

    def _is_beyond(self, measured: Measured, found: Completed) -> bool:
        above, below = self._seed.above, self._seed.below
        return any(
            one.value is not None
            and ((above is not None and one.value > above) or (below is not None and one.value < below))
            for one in measured.of(found)
        )
