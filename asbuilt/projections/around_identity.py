"""Reads what the rules may ask about the identity of units: markings, duplicates, merged records."""

from collections.abc import Iterable, Mapping, Sequence

from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import (
    DuplicateReported,
    DuplicateResolved,
    LabelPrinted,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.identifiers.subjects import Subject, Unit
from asbuilt.core.states.known import units_in
from asbuilt.ledger.database import Head
from asbuilt.projections import corrections, genealogy, identity, production, quality
from asbuilt.projections.loading import Loading


def named_anew(event: Event) -> list[Unit]:
    """The part and serial number that an event gives to a unit: it is locked, so that it is given once."""
    return [event.marked_as] if isinstance(event, UnitReidentified) else []


def load(loading: Loading, heads: Mapping[int, Head], events: Sequence[Event], mentioned: Iterable[Subject]) -> None:
    """Read who bears the names that no unit has for its key, and what was marked, reported or merged before."""
    _load_keyless(loading, heads, (unit for unit in mentioned if isinstance(unit, Unit)))
    labelled = [event.unit or event.lot for event in events if isinstance(event, LabelPrinted)]
    if labelled:
        identity.load_label_prints(loading, loading.ids(subject for subject in labelled if subject is not None))
    anew = [event.unit for event in events if isinstance(event, UnitReidentified)]
    marked = loading.ids([*anew, *(unit for unit in labelled if isinstance(unit, Unit))])
    if marked:
        identity.load_markings_of_units(loading, marked)
    merged = loading.ids(unit for event in events if isinstance(event, UnitsMerged) for unit in units_in(event))
    if merged:
        identity.load_merges_of_units(loading, merged)
    # A report is asked for when it is decided, or declared wrong; one that is new brings its question with it.
    reported = (event.unit for event in events if isinstance(event, DuplicateReported | DuplicateResolved))
    asked = sorted({*loading.ids(reported), *merged})
    if asked:
        identity.load_duplicates_of_units(loading, asked)


def _load_keyless(loading: Loading, heads: Mapping[int, Head], units: Iterable[Unit]) -> None:
    """Names that are known, and under which no unit stands: those of markings, merged records, and wrong records."""
    known = loading.known
    keyless_ids = loading.ids(unit for unit in units if unit not in known.units.loaded)
    if not keyless_ids:
        return
    identity.load_markings_by_name(loading, keyless_ids)
    identity.load_merges_by_duplicate(loading, keyless_ids)
    recorded_once = [one for one in keyless_ids if one in heads and heads[one].version > 0]
    known.once_known.update(unit for unit in loading.named(recorded_once).values() if isinstance(unit, Unit))


def load_records(loading: Loading, unit_ids: list[int]) -> None:
    """Read everything that events made for units whose records are merged, or told apart again."""
    genealogy.load_links_of_units(loading, unit_ids)
    genealogy.load_declarations_of_units(loading, unit_ids)
    production.load_starts_of_units(loading, unit_ids)
    production.load_runs_of_units(loading, unit_ids)
    quality.load_holds_of_subjects(loading, unit_ids)
    identity.load_label_prints(loading, unit_ids)


def load_histories(loading: Loading, units: Iterable[Unit], events: Iterable[Event], *, before: int) -> None:
    """Read the histories of units that are folded again, with those of the records that were merged into them."""
    known, ids = loading.known, loading.directory.ids
    merging = [event for event in events if isinstance(event, UnitsMerged)]
    waiting = set(units)
    while waiting:
        unit = waiting.pop()
        known.histories[unit] = []
        if unit in ids:
            corrections.load_history(loading, unit, ids[unit], before=before)
        merged = [entry.event for entry in known.histories[unit] if isinstance(entry.event, UnitsMerged)]
        found = {event.duplicate for event in [*merged, *merging] if event.unit == unit} - known.histories.keys()
        loading.directory.find(found)
        waiting |= found
    named = {unit for history in known.histories.values() for entry in history for unit in units_in(entry.event)}
    loading.directory.find(named)
    keyless_ids = loading.ids(unit for unit in named if unit not in known.units.loaded)
    if keyless_ids:
        identity.load_merges_by_duplicate(loading, keyless_ids)
