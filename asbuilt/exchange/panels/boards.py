"""What is done to a panel is recorded of each of its boards: one scan, and an event for every unit.

What is sent is one event without its unit, and what differs at single positions. The ids of the events that are made
follow from the id that was sent and the unit, so that sending it again records nothing twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from asbuilt.capture.capture import EVENTS_MAX
from asbuilt.capture.repeats import id_of_key
from asbuilt.core.events.event import Event
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import OperationCompleted, OperationStarted, UnitDepanelled
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.codec import Decoder, Malformed, Sent
from asbuilt.queries.panels import BoardView, PanelView

OF_ALL_BOARDS: tuple[type[Event], ...] = (
    OperationStarted,
    OperationCompleted,
    UnitMoved,
    HoldPlaced,
    HoldReleased,
    UnitScrapped,
    UnitDepanelled,
)
"""What can be recorded of all boards of a panel at once."""

Fields = dict[str, msgspec.Raw]
"""Fields of an event, as JSON."""

_WHOLE_PANEL = "unit"
_TYPES = {kind.__name__ for kind in OF_ALL_BOARDS}


class PanelWork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done to a panel. event: without its unit. positions: fields that differ at them. skip: positions."""

    event: Fields
    positions: dict[str, Fields] = {}
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """The event of one board."""

    board: BoardView
    sent: Sent


def board_events(work: PanelWork, panel: PanelView, decoder: Decoder) -> list[BoardEvent]:
    """An event for each board that is not skipped; scrapped ones are, unless something is said of their position.

    Raises Malformed.
    """
    kind, event_id = _said(work.event, "type"), _event_id(work.event)
    if kind not in _TYPES:
        raise Malformed(f"a panel has no {kind}; of all its boards can be recorded {', '.join(sorted(_TYPES))}")
    if _WHOLE_PANEL in work.event:
        raise Malformed("an event of a panel names no unit; send one of a single board to /api/v1/events")
    differing = _by_position(work.positions, panel)
    skipped = _known_positions(work.skip, panel)
    _check_apart(differing.keys() & skipped)
    made = []
    for board in panel.boards:
        at = normal_form(board.position)
        if at in skipped or (board.status is Status.SCRAPPED and at not in differing):
            continue
        fields = {**work.event, **differing.get(at, {}), **_own(board, panel, kind, event_id)}
        made.append(BoardEvent(board, _decoded(decoder, fields, board)))
    if not made:
        raise Malformed(f"no board of panel {panel.panel} is left; all are skipped or scrapped")
    if len(made) > EVENTS_MAX:
        raise Malformed(f"panel {panel.panel} has {len(made)} boards; at most {EVENTS_MAX} are taken at once")
    return made


def _own(board: BoardView, panel: PanelView, kind: str, event_id: UUID) -> Fields:
    own = {"unit": board.unit, "event_id": str(id_of_key(f"{event_id} {board.unit}", 0))}
    if kind == UnitDepanelled.__name__:
        own.update(panel=panel.panel, position=board.position)
    return {name: msgspec.Raw(msgspec.json.encode(text)) for name, text in own.items()}


def _event_id(fields: Fields) -> UUID:
    text = _said(fields, "event_id")
    try:
        return UUID(text)
    except ValueError:
        raise Malformed(f"event_id {text!r} is no UUID - at `$.event.event_id`") from None


def _said(fields: Fields, name: str) -> str:
    if name not in fields:
        raise Malformed(f"the event has no {name} - at `$.event`")
    try:
        return msgspec.json.decode(fields[name], type=str)
    except msgspec.DecodeError as problem:
        raise Malformed(f"{problem} - at `$.event.{name}`") from None


def _decoded(decoder: Decoder, fields: Fields, board: BoardView) -> Sent:
    try:
        return decoder.one(msgspec.json.encode(fields))
    except Malformed as problem:
        raise Malformed(f"position {board.position}: {problem}") from None


def _by_position(positions: Mapping[str, Fields], panel: PanelView) -> dict[str, Fields]:
    _known_positions(positions, panel)
    found = {normal_form(position): fields for position, fields in positions.items()}
    if len(found) != len(positions):
        raise Malformed("positions names the same position twice")
    for position, fields in positions.items():
        own = fields.keys() & {"unit", "event_id", "type"}
        if own:
            raise Malformed(f"position {position}: {', '.join(sorted(own))} is the same, or made, for all boards")
    return found


def _known_positions(positions: Iterable[str], panel: PanelView) -> set[str]:
    there = {normal_form(board.position) for board in panel.boards}
    for position in positions:
        if normal_form(position) not in there:
            known = ", ".join(board.position for board in panel.boards)
            raise Malformed(f"panel {panel.panel} has no board at position {position}; there are {known}")
    return {normal_form(position) for position in positions}


def _check_apart(both: Iterable[str]) -> None:
    for position in sorted(both):
        raise Malformed(f"position {position} is skipped, and something is said of it; leave one out")
