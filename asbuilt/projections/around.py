"""Reads, locks and gathers what the rules may ask about a batch of events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from asbuilt.core.events.catalogue import subjects_in
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, UnitsMerged
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted, WorkOrderSplit
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.recalls import RecallDispositioned, RecallOpened
from asbuilt.core.identifiers.subjects import Lot, Part, Specification, Subject, Unit, WorkOrder
from asbuilt.core.states.genealogy import component_of
from asbuilt.core.states.known import Known, lots_in, units_in
from asbuilt.ledger.database import Head, Locker
from asbuilt.ledger.subjects import Directory
from asbuilt.projections import (
    around_bills,
    around_identity,
    around_lots,
    around_orders,
    around_production,
    around_recalls,
    around_records,
    around_setups,
    corrections,
    defects,
    definitions,
    genealogy,
    identity,
    messages,
    panels,
    production,
    quality,
    serials,
)
from asbuilt.projections.loading import Loading

_ASKS_FOR_DEFECTS = (
    OperationStarted,
    OperationCompleted,
    ComponentInstalled,
    MaterialConsumed,
    UnitPacked,
    UnitShipped,
    UnitScrapped,
    UnitsMerged,
    DefectRecorded,
    DefectDispositioned,
    DefectRepaired,
    EventCorrected,
)


@dataclass(slots=True)
class Surroundings:
    """What is known around a batch, with the ids and the chain heads of its subjects."""

    known: Known
    directory: Directory
    heads: dict[int, Head] = field(default_factory=dict)


def around(
    writer: Locker, events: Sequence[Event], directory: Directory, *, before: int = corrections.END_OF_LEDGER
) -> Surroundings:
    """Lock what the events concern and read what the rules may ask about it.

    before: the sequence of the first of the events when they stand in the ledger already (serves rebuild).
    """
    # Who folds the ledger again has written definitions, and at each of the batches they stand otherwise.
    kept = directory.definitions if before == corrections.END_OF_LEDGER else {}
    loading = Loading(writer, directory, Known(), kept)
    surroundings = Surroundings(loading.known, directory)
    wrong = _corrected_events(loading, events)
    concerned = [*events, *wrong]
    mentioned = {subject for event in concerned for subject in subjects_in(event)}
    directory.find(mentioned)
    if any(isinstance(event, RecallOpened) for event in events):
        # Whoever has looked which recalls are in force before this one must have recorded before it, too: then what was
        # used meanwhile is found by its scope, and what comes later is refused. Before anything else is locked, because
        # those who are under way need that.
        writer.exclude_others()
    serials.lock_serials(loading, writer, events)
    around_production.ask_ahead(loading, concerned, mentioned, asks_for_defects=_asks_for_defects(concerned))
    around_setups.ask_ahead(loading, concerned)
    _lock(writer, surroundings, _to_lock(concerned, loading))
    _load_states(loading, mentioned)
    around_orders.load(loading, concerned, mentioned, partial(_lock, writer, surroundings))
    around_identity.load(loading, surroundings.heads, concerned, mentioned)
    around_production.load(loading, concerned)
    around_lots.load(loading, concerned)
    panels.load_places(loading, concerned)
    _load_merging(writer, loading, surroundings, concerned)
    _load_assemblies(writer, loading, surroundings, events, wrong)
    _load_intervals(loading, concerned)
    _load_defects(loading, concerned)
    around_bills.load(loading, concerned)
    around_records.load(loading, concerned)
    around_setups.load(loading, concerned)
    around_recalls.load(loading, concerned)
    serials.load_serials(loading, writer, concerned)
    if wrong:
        _load_around_corrections(loading, events, wrong, before)
        around_orders.load_around_corrections(loading, wrong, partial(_lock, writer, surroundings))
        _load_orders_in_use(loading, surroundings, wrong)
    return surroundings


def _corrected_events(loading: Loading, events: Sequence[Event]) -> list[Event]:
    """The events that the batch declares wrong, whether recorded before or within the batch."""
    corrections_here = [event for event in events if isinstance(event, EventCorrected)]
    if not corrections_here:
        return []
    loading.known.keeps_accepted = True
    asked = {event.corrected_event_id for event in corrections_here}
    before = [one.event for one in corrections.load_corrected_events(loading, asked)]
    return before + [event for event in events if event.event_id in asked]


def _to_lock(events: Iterable[Event], loading: Loading) -> list[int]:
    """Every unit and lot the events name, and the subject of each."""
    ids = loading.directory.ids
    found: set[int] = {entry.subject_id for entry in _subjects_of_corrected(loading)}
    for event in events:
        further = (*around_identity.named_anew(event), *around_production.parts_defined(event))
        if isinstance(event, RecallDispositioned):
            further = (*further, event.recall)  # it is not closed meanwhile
        for subject in (*units_in(event), *lots_in(event), event.subject, *further):
            if subject is not None and subject in ids and not isinstance(subject, WorkOrder):
                found.add(ids[subject])
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Corrected:
    subject_id: int


def _subjects_of_corrected(loading: Loading) -> list[_Corrected]:
    ids = loading.directory.ids
    return [_Corrected(ids[one.subject]) for one in loading.known.recorded.values() if one.subject in ids]


def _lock(writer: Locker, surroundings: Surroundings, subject_ids: Iterable[int]) -> None:
    missing = [subject_id for subject_id in subject_ids if subject_id not in surroundings.heads]
    if missing:
        surroundings.heads.update(writer.lock(missing))


def _load_states(loading: Loading, subjects: Iterable[Subject]) -> None:
    """Read the states of what is mentioned, kind by kind."""
    by_kind: dict[type[Subject], list[Subject]] = {}
    for subject in subjects:
        by_kind.setdefault(type(subject), []).append(subject)
        if isinstance(subject, Unit | Lot):
            by_kind.setdefault(Part, []).append(subject.part)
    loaders = (
        (Unit, identity.load_units),
        (Lot, definitions.load_lots),
        (Part, definitions.load_parts),
        (Specification, definitions.load_specifications),
    )
    for kind, load in loaders:
        ids = loading.ids(by_kind.get(kind, ()))
        if ids:
            load(loading, ids)


def _load_merging(writer: Locker, loading: Loading, surroundings: Surroundings, events: Iterable[Event]) -> None:
    """Read all that was recorded of units whose records are merged, and lock what is in them: it learns where it is."""
    merged = {unit for event in events if isinstance(event, UnitsMerged) for unit in units_in(event)}
    unit_ids = loading.ids(merged)
    if not unit_ids:
        return
    around_identity.load_records(loading, unit_ids)
    inside = loading.ids(
        link.component
        for link in loading.known.installations
        if link.is_open and link.parent in merged and isinstance(link.component, Unit)
    )
    unread = [subject_id for subject_id in inside if subject_id not in surroundings.heads]
    if unread:
        _lock(writer, surroundings, unread)
        identity.load_units(loading, unread)


def _load_assemblies(
    writer: Locker, loading: Loading, surroundings: Surroundings, events: Sequence[Event], wrong: Sequence[Event]
) -> None:
    """Read, and lock, what is above the units of the batch, and what is below what it installs, puts back or ships.

    Another transaction may change an assembly between our reading and our locking it, so the reading is repeated
    until it shows nothing that is not locked.
    """
    roots = loading.ids([*_with_contents_asked(events), *_put_back(wrong)])
    while True:
        _load_ancestors(writer, loading, surroundings)
        links = genealogy.contents(loading, roots) if roots else []
        below = {subject_id for link in links for subject_id in link}
        unlocked = sorted(below - surroundings.heads.keys())
        if not unlocked:
            break
        _lock(writer, surroundings, unlocked)
        _load_states(loading, loading.named(unlocked).values())
    genealogy.load_children(loading, links)
    if roots:
        _load_fed_lots(loading, events, [*roots, *below])


def _with_contents_asked(events: Iterable[Event]) -> Iterable[Unit | Lot]:
    for event in events:
        if isinstance(event, UnitShipped):
            yield event.unit
        elif isinstance(event, UnitsMerged):
            yield from units_in(event)
        elif isinstance(event, MaterialLoaded):
            yield event.lot
        elif isinstance(event, ComponentInstalled | MaterialConsumed):
            yield component_of(event)


def _put_back(wrong: Iterable[Event]) -> Iterable[Unit | Lot]:
    """What goes back into its assembly when its removal did not occur."""
    return (component_of(event) for event in wrong if isinstance(event, ComponentRemoved))


def _load_ancestors(writer: Locker, loading: Loading, surroundings: Surroundings) -> None:
    """Read the assemblies that the units read so far are part of, up to the outermost."""
    known, ids = loading.known, loading.directory.ids
    states = list(known.units.loaded.values())
    while True:
        parents = {
            state.installed_in
            for state in states
            if isinstance(state.installed_in, Unit) and state.installed_in not in known.units.loaded
        }
        if not parents:
            return
        parent_ids = sorted(ids[parent] for parent in parents)
        _lock(writer, surroundings, parent_ids)
        states = identity.load_units(loading, parent_ids)


def _load_fed_lots(loading: Loading, events: Sequence[Event], subject_ids: Iterable[int]) -> None:
    """Read which line-fed lots went into the units in question, among those that may forbid using the units.

    Those are the lots that are on hold, that units went into (which may be on hold, scrapped or expired), or that
    were made of such lots. What is in a lot may have been fed in its turn, so the reading is repeated until it shows
    no further unit. Nothing of it needs a lock: a hold that is placed at the same moment comes after what the batch
    does.
    """
    lot_ids = _lots_that_may_forbid(loading, events)
    passed = [event.station for event in events if isinstance(event, OperationCompleted) and event.station is not None]
    fed = genealogy.load_windows_of_lots(loading, lot_ids, loading.ids(passed)) if lot_ids and passed else set()
    seen: set[int] = set()
    new = set(subject_ids)
    while lot_ids and new:
        seen |= new
        fed |= genealogy.load_fed_lots(loading, lot_ids, sorted(new))
        links = genealogy.contents(loading, sorted(fed))
        genealogy.load_children(loading, links)
        inside = {*fed, *(subject_id for link in links for subject_id in link)}
        new = inside - seen
        _load_states(loading, loading.named(new).values())


def _lots_that_may_forbid(loading: Loading, events: Iterable[Event]) -> list[int]:
    within = [
        event.subject
        for event in events
        if isinstance(event, HoldPlaced) or (isinstance(event, MaterialConsumed) and event.component is not None)
    ]
    found = {*quality.held_ids(loading), *genealogy.lots_with_units(loading)}
    found.update(loading.ids(subject for subject in within if subject is not None))
    return genealogy.lots_made_of(loading, sorted(found)) if found else []


def _load_intervals(loading: Loading, events: Sequence[Event]) -> None:
    """Read the links, windows, holds, starts and aliases that the events begin or end."""
    places = [
        (event.unit, event.reference_designator)
        for event in events
        if isinstance(event, ComponentInstalled) and event.reference_designator
    ]
    if places:
        parents = loading.ids(unit for unit, _ in places)
        genealogy.load_links_at_places(loading, parents, sorted({place for _, place in places}))
    changed = [event for event in events if isinstance(event, ComponentInstalled | ComponentRemoved)]
    if changed:
        components = loading.ids(component_of(event) for event in changed)
        genealogy.load_links_between(loading, loading.ids(event.unit for event in changed), components)
    feeding = [event for event in events if isinstance(event, MaterialLoaded | MaterialUnloaded)]
    if feeding:
        stations = loading.ids(event.station for event in feeding)
        genealogy.load_open_windows(loading, stations, sorted({event.slot for event in feeding}))
    holds = [event.subject for event in events if isinstance(event, HoldPlaced | HoldReleased)]
    if holds:
        quality.load_open_holds(loading, loading.ids(subject for subject in holds if subject is not None))
    worked_on = [event.unit for event in events if isinstance(event, OperationStarted | OperationCompleted)]
    if worked_on:
        production.load_open_starts(loading, loading.ids(worked_on))
    named = [event.subject for event in events if isinstance(event, AliasAssigned)]
    if named:
        identity.load_aliases(loading, loading.ids(subject for subject in named if subject is not None))


def _load_defects(loading: Loading, events: Sequence[Event]) -> None:
    """Read what is wrong with the units read so far, which are all that may have to be judged or folded for it."""
    units = loading.known.units.loaded
    unit_ids = loading.ids(units) if _asks_for_defects(events) else []
    if unit_ids:
        defects.load_defects(loading, unit_ids)


def _asks_for_defects(events: Iterable[Event]) -> bool:
    return any(isinstance(event, _ASKS_FOR_DEFECTS) for event in events)


def _load_around_corrections(loading: Loading, events: Sequence[Event], wrong: Sequence[Event], before: int) -> None:
    """Read the rows that the wrong events made or ended, and the histories of the units they concerned."""
    known = loading.known
    sequences = sorted(one.sequence for one in known.recorded.values())
    units = {unit for event in wrong for unit in units_in(event)}
    lots = {lot for event in wrong for lot in lots_in(event)}
    around_identity.load_histories(loading, units, events, before=before)
    unit_ids, lot_ids = loading.ids(units), loading.ids(lots)
    # Folding a history again asks for the specifications it refers to.
    specifications = _specifications_in(known)
    loading.directory.find(specifications)  # nothing else in the batch may name them
    _load_states(loading, specifications)
    genealogy.load_links_of_events(loading, sorted({*unit_ids, *lot_ids}), sequences)
    genealogy.load_windows_of_events(loading, lot_ids, sequences)
    unloaded = [event for event in wrong if isinstance(event, MaterialUnloaded)]
    if unloaded:
        stations = loading.ids(event.station for event in unloaded)
        since = min(sequences, default=before)
        genealogy.load_windows_since(loading, stations, sorted({event.slot for event in unloaded}), since)
    around_setups.load_wrong(loading, wrong, sequences)
    genealogy.load_declarations(loading, sequences)
    genealogy.load_lots_in_use(loading, lot_ids)
    quality.load_holds_of_subjects(loading, sorted({*unit_ids, *lot_ids}))
    production.load_starts_of_events(loading, unit_ids, sequences)
    production.load_runs(loading, sequences)
    messages.load_messages(loading, sequences)
    serials.load_serials_of_events(loading, sequences)
    identity.load_aliases(loading, sorted({*unit_ids, *lot_ids}))


def _specifications_in(known: Known) -> set[Subject]:
    return {
        entry.event.specification
        for history in known.histories.values()
        for entry in history
        if isinstance(entry.event, OperationCompleted) and entry.event.specification is not None
    }


def _load_orders_in_use(loading: Loading, surroundings: Surroundings, wrong: Sequence[Event]) -> None:
    """Of the orders that splits declared wrong have made, those that further events are about."""
    ids, heads = loading.directory.ids, surroundings.heads
    made = [event.into for event in wrong if isinstance(event, WorkOrderSplit)]
    loading.known.orders_in_use = {
        into for into in made if into in ids and ids[into] in heads and heads[ids[into]].version > 0
    }
