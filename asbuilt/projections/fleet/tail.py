"""What happened after the sequence an index was built to, and what that changed of what was there before.

Most events only add rows of their own, which are found by their sequence. Few change rows that earlier events made: a
removal ends a link, an unloading ends a window, a merge enters what it finds for another unit, and a correction takes
out or gives back what the corrected event made. What such an event concerns is not believed of the index any more and
read again as it stands. `test_every_event_type_is_placed` holds these lists against the catalogue of events; a type on
none of them is taken for one that changes everything it concerns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.states.known import lots_in, units_in
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Names, Reader, Row
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.fleet import reading
from asbuilt.projections.fleet.tables import I64, States, Tables


class Change(Enum):
    """What an event does to links, passes and windows that earlier events made."""

    NOTHING = "it makes rows of its own, or none"
    WHAT_IT_IS_ABOUT = "it ends a link, or a window, of what it is about"
    WHAT_IT_CONCERNS = "anything of whatever it concerns"


ADDING = frozenset({"ComponentInstalled", "MaterialConsumed", "MaterialLoaded", "OperationCompleted"})
"""Each makes a link, window or pass under its own sequence."""
ENDING = frozenset({"ComponentRemoved", "MaterialUnloaded"})
"""Each ends a link of the parent, or a window of the lot, that it is about."""
CHANGING = frozenset({"EventCorrected", "UnitsMerged"})
"""What these change follows from other events."""
ELSEWHERE = frozenset(
    {
        "AliasAssigned",
        "BillOfMaterialsDefined",
        "CodeDefined",
        "ComponentDeclared",
        "DefectDispositioned",
        "DefectRecorded",
        "DefectRepaired",
        "DuplicateReported",
        "DuplicateResolved",
        "EquipmentDefined",
        "HoldPlaced",
        "HoldReleased",
        "InterlockOverridden",
        "LabelPrinted",
        "LotDefined",
        "LotOperationCompleted",
        "LotOperationStarted",
        "MessageReceived",
        "OperationRefused",
        "OperationStarted",
        "OperatorQualified",
        "PartDefined",
        "QualificationRevoked",
        "RecallClosed",
        "RecallDispositioned",
        "RecallNoticeAnswered",
        "RecallNoticeIssued",
        "RecallOpened",
        "RecallScopeFrozen",
        "RecallScopeListed",
        "RoutingDefined",
        "SerialNumberVoided",
        "SerialProfileDefined",
        "SerialRangeReserved",
        "SetupActivated",
        "SetupDeactivated",
        "SetupListDefined",
        "SpecificationDefined",
        "ToolCalibrated",
        "UnitCommissioned",
        "UnitDepanelled",
        "UnitMoved",
        "UnitPacked",
        "UnitPanelled",
        "UnitReceived",
        "UnitReidentified",
        "UnitReturned",
        "UnitScrapped",
        "UnitShipped",
        "UnitUnpacked",
        "WorkCenterDefined",
        "WorkOrderClosed",
        "WorkOrderHeld",
        "WorkOrderReleased",
        "WorkOrderResumed",
        "WorkOrderSplit",
    }
)
"""These have nothing to do with links, passes and windows, only with states, if that."""
ALONE = frozenset(ELSEWHERE - {"DuplicateResolved", "WorkOrderSplit", "MessageReceived"} | {"OperationCompleted"})
"""These concern no unit or lot but the one they are about; of the others the payload is read."""

# What happened since (serves the tail of the index). "+ 0" keeps the planner from an index that begins with the site.
EVENTS_SINCE = """
SELECT sequence, event_type, subject_id, record_time FROM event
WHERE sequence > $2 AND site_id + 0 = $1 ORDER BY sequence
"""
PAYLOADS = "SELECT sequence, subject_id, payload FROM event WHERE sequence = ANY($1)"
# The records that stay of those that were merged into them.
MERGED_INTO = "SELECT unit_id FROM merged_unit WHERE duplicate_id = ANY($1)"


def change_of(event_type: str) -> Change:
    """What events of a type change of what was there before."""
    if event_type in ADDING or event_type in ELSEWHERE:
        return Change.NOTHING
    return Change.WHAT_IT_IS_ABOUT if event_type in ENDING else Change.WHAT_IT_CONCERNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What is to be put in the place of what an index says.

    events: how many there were; until: the sequence of the last, and when it was taken (microseconds).
    remade: of these, links as parents, passes and windows are not believed of the index; components: of these, links as
    components; restated: of these, the state. tables: all that stands instead, and all that was added.
    """

    events: int
    until: int
    record_time: int
    remade: I64
    components: I64
    restated: I64
    tables: Tables


@dataclass(slots=True)
class _Touched:
    """Ids of what events may have changed: rows of what they are about, of all they concern; its state."""

    about: set[int] = field(default_factory=set)
    concerned: set[int] = field(default_factory=set)
    states: set[int] = field(default_factory=set)


def tail_since(reader: Reader, sequence: int) -> Tail:
    """What happened at the reader's site after a sequence."""
    site_id = reader.site.site_id
    events = reader.rows(EVENTS_SINCE, site_id, sequence)
    touched = _touched(reader, events)
    _with_records_that_stay(reader, touched)
    remade, components = sorted(touched.about | touched.concerned), sorted(touched.concerned)
    links = _links(reader, sequence, remade, components) if events else []
    touched.states.update(subject_id for row in links for subject_id in row[1:3])
    restated = sorted(touched.states | touched.about | touched.concerned)
    return Tail(
        events=len(events),
        until=events[-1][0] if events else sequence,
        record_time=events[-1][3] if events else 0,
        remade=np.array(remade, np.int64),
        components=np.array(components, np.int64),
        restated=np.array(restated, np.int64),
        tables=Tables(
            links=reading.links_of(links),
            passes=reading.passes_of(reader, _passes(reader, sequence, remade) if events else []),
            windows=reading.windows_of(_windows(reader, sequence, remade) if events else []),
            states=_states_now(reader, restated),
        ),
    )


def _touched(reader: Reader, events: Sequence[Row]) -> _Touched:
    touched, told = _Touched(), []
    for sequence, event_type, subject_id, _ in events:
        touched.states.add(subject_id)
        change = change_of(event_type)
        if change is Change.WHAT_IT_IS_ABOUT:
            touched.about.add(subject_id)
        elif change is Change.WHAT_IT_CONCERNS:
            touched.about.add(subject_id)
            told.append(sequence)
        if event_type not in ALONE and event_type not in ADDING and change is not Change.WHAT_IT_CONCERNS:
            told.append(sequence)
    if told:
        _read_on(reader, told, touched)
    return touched


def _read_on(reader: Reader, sequences: list[int], touched: _Touched) -> None:
    """Read from their payloads what events concern, and what those concern that they correct."""
    told = [(subject_id, stored_event(bytes(payload))) for _, subject_id, payload in reader.rows(PAYLOADS, sequences)]
    corrected = [event.corrected_event_id for _, event in told if isinstance(event, EventCorrected)]
    wrong = {one: stored_event(bytes(stored.payload)) for one, stored in reader.recorded(corrected).items()}
    directory = Directory(reader, Names())
    meant = [
        (subject_id, wrong[event.corrected_event_id] if isinstance(event, EventCorrected) else event)
        for subject_id, event in told
    ]
    directory.find({subject for _, event in meant for subject in _concerned(event)})
    for subject_id, event in meant:
        ids = {directory.ids[subject] for subject in _concerned(event) if subject in directory.ids}
        touched.states.update(ids)
        # What a correction of anything else takes out or gives back is a row of what the event is about.
        if change_of(type(event).__name__) is Change.WHAT_IT_CONCERNS:
            touched.concerned.update(ids, {subject_id})


def _concerned(event: Event) -> list[Subject]:
    return [*units_in(event), *lots_in(event)]


def _with_records_that_stay(reader: Reader, touched: _Touched) -> None:
    """Add the records into which those were merged that events name: their rows are entered there."""
    for ids in (touched.about, touched.concerned, touched.states):
        waiting = ids
        while waiting:
            found = {unit_id for (unit_id,) in reader.rows(MERGED_INTO, sorted(waiting))}
            waiting = found - ids
            ids.update(waiting)


def _links(reader: Reader, sequence: int, parents: list[int], components: list[int]) -> list[Row]:
    return _once(
        reader.rows(reading.LINKS_SINCE, reader.site.site_id, sequence),
        reader.rows(reading.LINKS_BY_PARENT, parents) if parents else [],
        reader.rows(reading.LINKS_BY_COMPONENT, components) if components else [],
    )


def _passes(reader: Reader, sequence: int, units: list[int]) -> list[Row]:
    return _once(
        reader.rows(reading.RUNS_SINCE, reader.site.site_id, sequence),
        reader.rows(reading.RUNS_OF_UNITS, units) if units else [],
    )


def _windows(reader: Reader, sequence: int, lots: list[int]) -> list[Row]:
    return _once(
        reader.rows(reading.WINDOWS_SINCE, reader.site.site_id, sequence),
        reader.rows(reading.WINDOWS_OF_LOTS, lots) if lots else [],
    )


def _once(*found: Iterable[Row]) -> list[Row]:
    """Rows that were found in several ways, once each, by their sequence."""
    return list({row[0]: row for rows in found for row in rows}.values())


def _states_now(reader: Reader, subject_ids: list[int]) -> States:
    units = reader.rows(reading.UNITS_OF, subject_ids) if subject_ids else []
    lots = reader.rows(reading.LOTS_OF, subject_ids) if subject_ids else []
    return reading.states_of(reader, units, lots)
