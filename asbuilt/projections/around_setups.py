"""Reads what the rules may ask about setups: which list is in force where the batch works, and what is loaded there."""

from collections.abc import Sequence
from datetime import datetime

from asbuilt.core.events.definitions import SetupListDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.subjects import Station, Subject
from asbuilt.core.states.records.setups import SetupListState
from asbuilt.core.states.setups import counted_slots, feeding
from asbuilt.projections import definitions, genealogy, setups
from asbuilt.projections.loading import Loading

_Working = OperationStarted | OperationCompleted
_Changing = MaterialLoaded | MaterialUnloaded | SetupActivated | SetupDeactivated


def ask_ahead(loading: Loading, events: Sequence[Event]) -> None:
    """Send with the next question which setups are in force where the batch works."""
    station_ids, times = _where_and_when(loading, events)
    if station_ids:
        setups.ask_for_activations(loading, station_ids, min(times), max(times))


def _where_and_when(loading: Loading, events: Sequence[Event]) -> tuple[list[int], list[datetime]]:
    """The stations of the batch, and the times at which it changes or uses what is loaded there."""
    found = [event for event in events if isinstance(event, _Changing | _Working)]
    stations: set[Subject] = {event.station for event in found if event.station is not None}
    return loading.ids(stations), [event.event_time for event in found]


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the setups in force at the stations of a batch, and of those that are, what is loaded and how much."""
    lists: set[Subject] = {one.setup_list for one in events if isinstance(one, SetupListDefined | SetupActivated)}
    list_ids = loading.ids(lists)
    if list_ids:
        setups.load_setup_lists(loading, list_ids)
    changing = [event for event in events if isinstance(event, _Changing)]
    working = [event for event in events if isinstance(event, _Working)]
    station_ids, times = _where_and_when(loading, events)
    if not station_ids:
        return
    setups.load_activations_within(loading, station_ids, min(times), max(times))
    # What the batch itself brings into force is asked for as well.
    asked = {one.station for one in loading.known.setup_activations}
    asked |= {event.station for event in changing if isinstance(event, SetupActivated)}
    loaded = loading.ids(
        event.lot for event in changing if isinstance(event, MaterialLoaded) and event.station in asked
    )
    if loaded:
        genealogy.load_open_windows_of_lots(loading, loaded)
    worked = {event.station for event in working if event.station is not None} & asked
    if worked:
        _load_loads(loading, worked, min(times), max(times))


def _load_loads(loading: Loading, stations: set[Station], since: datetime, until: datetime) -> None:
    """Read what feeds some stations, whether it may be used, and what is left where that is counted."""
    known = loading.known
    genealogy.load_windows_feeding(loading, loading.ids(stations), since, until)
    lots = loading.ids(one.lot for one in known.setup_windows if one.station in stations and known.lot(one.lot) is None)
    if lots:
        definitions.load_lots(loading, lots)  # a hold that is placed at the same moment comes after what the batch does
    found: list[SetupListState] = [one for one in known.setup_lists if one.station in stations]
    counted = {
        window.sequence: window
        for one in found
        for slot, _ in counted_slots(one)
        for moment in (since, until)
        for window in feeding(known, one.station, slot.slot, moment)
    }
    if counted:
        fed = setups.reckoned(loading, counted.values(), until=until)
        known.left_in_windows.update((sequence, feed.left) for sequence, feed in fed.items())


def load_wrong(loading: Loading, wrong: Sequence[Event], sequences: list[int]) -> None:
    """Read the setups that the wrong events brought into force or ended."""
    stations = loading.ids(one.station for one in wrong if isinstance(one, SetupActivated | SetupDeactivated))
    if stations:
        setups.load_activations_of_events(loading, stations, sequences)
