"""What was wrong with units, now or at a time, and what had been decided and done about it by then."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from asbuilt.core.events.event import Event
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Specification
from asbuilt.core.states.defects import defects_after
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.defects import DefectKey, DefectState
from asbuilt.ledger.codec import microseconds, moment_of, stored_event
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_specifications
from asbuilt.projections.loading import Loading
from asbuilt.queries.defects import COLUMNS, NAMED, DefectView, view_of, who
from asbuilt.queries.overrides import MERGED_RECORDS
from asbuilt.queries.windows import END

# What is and was wrong with some units (serves as-built).
DEFECTS_OF_UNITS = f"""{COLUMNS} WHERE defect.unit_id = ANY($1) AND defect.found_at <= $2 {NAMED}
ORDER BY defect.sequence, defect.place
"""
# The units that defects are of, and those of which something was decided or done later (serves as-built at a time).
UNITS_OF_DEFECTS = """
SELECT sequence, place, unit_id,
       CASE WHEN coalesce(decided_at, 0) > $2 OR coalesce(repaired_at, 0) > $2 OR coalesce(settled_at, 0) > $2
                 OR reworked_sequence IS NOT NULL
            THEN 1 ELSE 0 END
FROM defect WHERE unit_id = ANY($1) AND found_at <= $2
"""
# What counts of the history of some units, and of the records merged into them, as far as it is about defects.
HISTORY = """
SELECT event.sequence, event.payload, event.actor FROM event
WHERE event.subject_id = ANY($1) AND event.event_time <= $2
  AND event.event_type IN ('OperationCompleted', 'DefectRecorded', 'DefectDispositioned', 'DefectRepaired',
                           'UnitScrapped', 'UnitsMerged')
  AND NOT EXISTS (SELECT 1 FROM correction WHERE correction.corrected_sequence = event.sequence)
ORDER BY event.sequence
"""


def defects_of_units(reader: Reader, unit_ids: Sequence[int], *, until: int | None) -> dict[int, list[DefectView]]:
    """What was wrong with units at a time (microseconds since 1970; None: now), by unit, in the order of finding.

    Of what was decided or done later nothing is told: those defects are worked out again from the history until then.
    """
    ids = sorted(unit_ids)
    last = END if until is None else until
    placed = {(row[0], row[1]): row for row in reader.rows(UNITS_OF_DEFECTS, ids, last)} if ids else {}
    if not placed:
        return {}
    # When a rework was done is not kept, so that it counts as done later until the history says otherwise.
    changed = [] if until is None else sorted({row[2] for row in placed.values() if row[3]})
    then = _as_it_stood(reader, changed, last) if changed else {}
    found: dict[int, list[DefectView]] = {}
    for row in reader.rows(DEFECTS_OF_UNITS, ids, last):
        unit_id = placed[row[0], row[1]][2]
        stood = then.get(DefectKey(row[0], row[1]))
        view = view_of(row)
        found.setdefault(unit_id, []).append(view if stood is None else _at(view, *stood))
    return found


def _as_it_stood(reader: Reader, unit_ids: list[int], until: int) -> dict[DefectKey, tuple[DefectState, str]]:
    """The defects as they stood, each with who had decided about it."""
    records = [*unit_ids, *(duplicate_id for (duplicate_id,) in reader.rows(MERGED_RECORDS, unit_ids))]
    rows = reader.rows(HISTORY, sorted(records), until)
    events = [(row[0], stored_event(bytes(row[1]))) for row in rows]
    by = {row[0]: who(row[1], row[2]) for row in rows}
    known = _with_specifications(reader, (event for _, event in events))
    return {one.key: (one, by.get(one.decided_sequence or 0, "")) for one in defects_after(known, events)}


def _with_specifications(reader: Reader, events: Iterable[Event]) -> Known:
    named: set[Specification] = {
        event.specification
        for event in events
        if isinstance(event, OperationCompleted) and event.specification is not None
    }
    known, directory = Known(), Directory(reader, Names())
    directory.find(named)
    loading = Loading(reader, directory, known)
    ids = loading.ids(named)
    if ids:
        load_specifications(loading, ids)
    return known


def _at(view: DefectView, stood: DefectState, decided_by: str) -> DefectView:
    return replace(
        view,
        is_open=stood.is_open,
        disposition=_word(stood.disposition),
        rework=stood.rework,
        retest=stood.retest,
        reason=stood.reason,
        decided_at=_utc(stood.decided_at),
        decided_by=decided_by,
        is_reworked=stood.reworked_sequence is not None,
        repaired_at=_utc(stood.repaired_at),
        repair=stood.repair,
        replaced=stood.replaced,
        settled_at=_utc(stood.settled_at),
        settled_by=_word(stood.settled_by),
    )


def _word(disposition: object) -> str:
    return "" if disposition is None else str(disposition)


def _utc(moment: datetime | None) -> datetime | None:
    """As it is read from a table."""
    return None if moment is None else moment_of(microseconds(moment))
