"""Writes what a batch changed, once per table."""

from collections.abc import Sequence

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.states.known import Known, lots_in, units_in
from asbuilt.ledger.append import Entry
from asbuilt.ledger.database import Row, Writer
from asbuilt.projections.catalogue import EVENT_SUBJECT, PROJECTIONS
from asbuilt.projections.projection import Ids, write_changes
from asbuilt.projections.serials import move_counters


def write(writer: Writer, entries: Sequence[Entry], known: Known, ids: Ids) -> None:
    """Bring every table up to date with the entries, which were folded into `known`."""
    rows = concerned_rows(entries, known, ids, writer.site.site_id)
    if rows:
        writer.insert(EVENT_SUBJECT, rows)
    written = [projection for projection in PROJECTIONS if write_changes(writer, projection, known, ids)]
    move_counters(writer, known, ids)
    if any(projection.is_definition for projection in written):
        writer.definitions_changed()


def concerned_rows(entries: Sequence[Entry], known: Known, ids: Ids, site_id: int) -> list[Row]:
    """(subject_id, sequence, site_id) of every unit and lot an entry concerns without being about it."""
    rows: list[Row] = []
    for entry in entries:
        subject = subject_of(entry.event, known)
        others = {ids[one] for one in concerned(entry.event, known) if one != subject}
        rows.extend((subject_id, entry.sequence, site_id) for subject_id in sorted(others))
    return rows


def subject_of(event: Event, known: Known) -> Subject:
    """What an event is about; for a correction, what the corrected event is about."""
    subject = event.subject
    if subject is not None:
        return subject
    assert isinstance(event, EventCorrected), "only a correction takes its subject from another event"
    return known.recorded[event.corrected_event_id].subject


def concerned(event: Event, known: Known) -> list[Subject]:
    """The units and lots an event concerns; for a correction, those of the corrected event."""
    if isinstance(event, EventCorrected):
        event = known.recorded[event.corrected_event_id].event
    return [*units_in(event), *lots_in(event)]
