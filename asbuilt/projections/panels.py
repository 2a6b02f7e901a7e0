"""panel_place."""

from collections.abc import Sequence

from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.production import UnitDepanelled, UnitPanelled
from asbuilt.core.identifiers.names import Panel, PanelPosition
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import units_in
from asbuilt.core.states.panels import index_place
from asbuilt.core.states.records.panels import PanelPlace
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence

PANEL_PLACE = Table(
    "panel_place",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("panel", "text"),
        ("panel_key", "text"),
        ("position", "text"),
        ("position_key", "text"),
        ("unit_id", "bigint"),
    ),
)

_PLACE_COLUMNS = "SELECT sequence, panel, position, unit_id FROM panel_place"
# Reads the panels that boards are put on or separated from.
PLACES_OF_PANELS = f"{_PLACE_COLUMNS} WHERE site_id = $1 AND panel_key = ANY($2)"
# Reads whether units are on a panel.
PLACES_OF_UNITS = f"{_PLACE_COLUMNS} WHERE unit_id = ANY($1)"

_ASKED = (UnitPanelled, UnitDepanelled, UnitPacked, UnitShipped, UnitsMerged)
"""Events before which it is asked whether a unit is on a panel."""


def panel_place_row(place: PanelPlace, ids: Ids, site_id: int) -> Row:
    panel_key, position_key = place.key
    return (place.sequence, site_id, place.panel, panel_key, place.position, position_key, ids[place.unit])


def load_places(loading: Loading, events: Sequence[Event]) -> None:
    """Read the places of the panels that the events name, and of their units."""
    asked = [event for event in events if isinstance(event, _ASKED)]
    if not asked:
        return
    panels = {normal_form(event.panel) for event in asked if isinstance(event, UnitPanelled | UnitDepanelled)}
    reader = loading.reader
    if panels:
        _load(loading, reader.rows(PLACES_OF_PANELS, reader.site.site_id, sorted(panels)))
    unit_ids = loading.ids(unit for event in asked for unit in units_in(event))
    if unit_ids:
        _load(loading, reader.rows(PLACES_OF_UNITS, unit_ids))


def _load(loading: Loading, rows: Sequence[Row]) -> None:
    names = loading.named(row[3] for row in rows)
    for sequence, panel, position, unit_id in rows:
        unit = names[unit_id]
        assert isinstance(unit, Unit), "units are on panels"
        place = PanelPlace(sequence=sequence, panel=Panel(panel), position=PanelPosition(position), unit=unit)
        loading.known.panel_places.loaded[sequence] = place
        index_place(loading.known, place)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(PANEL_PLACE, lambda known: known.panel_places, panel_place_row, by_sequence),
)
"""What is separated gives its row up, so that another board can take the position."""
