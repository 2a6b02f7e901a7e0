"""Which unit is where on which panel."""

from asbuilt.core.events.production import UnitDepanelled, UnitPanelled
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.panels import PanelPlace, PlaceKey, place_key


def place_of(known: Known, of: Unit | PlaceKey) -> PanelPlace | None:
    """Where a unit is on a panel, or what is at a position, among the places that were loaded or taken."""
    places = (known.panel_places.get(sequence) for sequence in known.places_of.get(of, ()))
    return next((place for place in places if place is not None), None)


def index_place(known: Known, place: PanelPlace) -> None:
    for of in (place.unit, place.key):
        known.places_of.setdefault(of, set()).add(place.sequence)


def fold_unit_panelled(known: Known, event: UnitPanelled, sequence: int) -> None:
    place = PanelPlace(sequence=sequence, panel=event.panel, position=event.position, unit=event.unit)
    known.panel_places.put(sequence, place)
    index_place(known, place)


def undo_unit_panelled(known: Known, event: UnitPanelled, sequence: int) -> None:
    known.panel_places.take_out(sequence)


def fold_unit_depanelled(known: Known, event: UnitDepanelled, sequence: int) -> None:
    place = place_of(known, place_key(event.panel, event.position))
    if place is not None:
        known.panel_places.take_out(place.sequence)


def undo_unit_depanelled(known: Known, event: UnitDepanelled, sequence: int) -> None:
    """The unit is where it had been put before it was, wrongly, said to be separated."""
    for entry in reversed(known.histories[event.unit]):
        if entry.sequence < sequence and isinstance(entry.event, UnitPanelled):
            fold_unit_panelled(known, entry.event, entry.sequence)
            return
