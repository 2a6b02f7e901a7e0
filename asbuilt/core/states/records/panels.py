"""Boards on panels."""

from dataclasses import dataclass
from typing import NamedTuple

from asbuilt.core.identifiers.names import Panel, PanelPosition
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.identifiers.text import normal_form


class PlaceKey(NamedTuple):
    """A position of a panel, in normal form."""

    panel: str
    position: str


def place_key(panel: Panel, position: PanelPosition) -> PlaceKey:
    """The key under which all spellings of a position meet."""
    return PlaceKey(normal_form(panel), normal_form(position))


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPlace:
    """The unit at a position of a panel now, from the event that says so (`sequence`)."""

    sequence: int
    panel: Panel
    position: PanelPosition
    unit: Unit

    @property
    def key(self) -> PlaceKey:
        return place_key(self.panel, self.position)
