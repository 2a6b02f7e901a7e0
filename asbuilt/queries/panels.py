"""What is on a panel, and on which panel a unit is."""

import re
from dataclasses import dataclass

from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import NotFound, spelled
from asbuilt.queries.units import STATUS

# The boards on a panel (serves what is done to all of them at once).
BOARDS = f"""
SELECT panel_place.panel, panel_place.position, issuer.name, part.name, subject.name, {STATUS},
       unit_state.last_operation, unit_state.last_result
FROM panel_place CROSS JOIN unit_state CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE panel_place.site_id = $1 AND panel_place.panel_key = $2 AND unit_state.unit_id = panel_place.unit_id
  AND subject.subject_id = panel_place.unit_id AND part.subject_id = subject.scope_id
  AND issuer.subject_id = part.scope_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """The board at a position of a panel."""

    position: str
    unit: str
    status: Status
    last_operation: str
    last_result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """A panel and its boards, in the order of their positions. A position without a unit has no good board."""

    panel: str
    boards: tuple[BoardView, ...]


def panel(reader: Reader, name: str) -> PanelView:
    """The boards on a panel now, in any spelling of its number. Raises NotFound."""
    rows = reader.rows(BOARDS, reader.site.site_id, normal_form(name))
    if not rows:
        raise NotFound(f"no board is on a panel {name}; check the scan, or record what is on it (UnitPanelled)")
    boards = [
        BoardView(
            position=row[1],
            unit=spelled(row[2], row[3], row[4]),
            status=Status(row[5]),
            last_operation=row[6],
            last_result=row[7],
        )
        for row in rows
    ]
    return PanelView(panel=rows[0][0], boards=tuple(sorted(boards, key=lambda board: _in_order(board.position))))


def _in_order(position: str) -> tuple[tuple[int, str], ...]:
    """Position 10 comes after 9, and B2 after B1."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", position)
    return tuple((int(piece), "") if piece.isascii() and piece.isdigit() else (-1, piece) for piece in pieces)
