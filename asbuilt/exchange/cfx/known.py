"""What the record holds of the units, lots, parts and orders that messages name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import DefectNumber, Operation, Slot
from asbuilt.core.identifiers.reading import Scheme
from asbuilt.core.identifiers.scan import read
from asbuilt.core.identifiers.subjects import Lot, Part, Station, SubjectKind, Unit, WorkOrder
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.definitions import LotState, PartState
from asbuilt.core.states.records.identity import Status
from asbuilt.core.states.records.orders import WorkOrderState
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Database, Reader
from asbuilt.ledger.spelling import subject_named
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_lots, load_parts, load_routings_of_parts
from asbuilt.projections.identity import load_units
from asbuilt.projections.loading import Loading
from asbuilt.projections.orders import load_work_orders
from asbuilt.queries.defects import defects_of
from asbuilt.queries.find import exact_name
from asbuilt.queries.naming import Ambiguous, Named, NotFound, escaped, meant
from asbuilt.queries.panels import panel as panel_view
from asbuilt.queries.scans import named_by

_UNITS = (SubjectKind.UNIT,)
_LOTS_AND_UNITS = (SubjectKind.LOT, SubjectKind.UNIT)

# The slots of a station that a lot feeds now.
SLOTS_OF_LOT = """
SELECT setup_window.slot, station.name
FROM setup_window CROSS JOIN subject AS station
WHERE setup_window.lot_id = $1 AND setup_window.unloaded_sequence IS NULL
  AND station.subject_id = setup_window.station_id
ORDER BY setup_window.sequence
"""


@dataclass(frozen=True, slots=True)
class Board:
    """What is at a position of a panel. unit: None for a position that has no good board (X-out)."""

    position: str
    unit: Unit | None
    is_scrapped: bool = False


class Ambiguity(LookupError):
    """A name means several things; the text says which."""


class Lookup:
    """Questions to the record, answered once for each name, in one consistent view."""

    def __init__(self, reader: Reader, database: Database) -> None:
        self._reader = reader
        self._directory = Directory(reader, database.known_names())
        self._loading = Loading(reader, self._directory, Known())
        self._named: dict[str, list[Named]] = {}
        self._panels: dict[str, list[Board]] = {}
        self._routed: set[Part] = set()

    def unit(self, names: Sequence[str], part: Part | None) -> Unit | None:
        """The unit that bears the first of these names that means one. Raises Ambiguity."""
        for name in names:
            full = exact_name(part.issuer, part.part_number, name) if part is not None else name
            found = self._meant(full, _UNITS) or self._meant(name, _UNITS) or self._scanned(name)
            if len(found) > 1:
                raise _several(name, found)
            if found:
                return _unit(found[0])
        return None

    def boards(self, panel: str) -> list[Board]:
        """The boards that are on a panel now, in the order of their positions; none when no such panel is known."""
        key = normal_form(panel)
        if key not in self._panels:
            self._panels[key] = list(self._boards(panel))
        return self._panels[key]

    def _boards(self, panel: str) -> Iterable[Board]:
        try:
            view = panel_view(self._reader, panel)
        except NotFound:
            return
        for one in view.boards:
            unit = subject_named(Unit, one.unit, own_issuer=self._reader.site.issuer)
            assert isinstance(unit, Unit), "units are on panels"
            yield Board(one.position, unit, one.status is Status.SCRAPPED)

    def board(self, panel: str, number: int | None, name: str) -> Board | None:
        """What is at a position of a known panel, by its number, else by its name; None when that is not known."""
        boards = self.boards(panel)
        numbered = {int(one.position): one for one in boards if one.position.isascii() and one.position.isdigit()}
        if number in numbered:
            return numbered[number]
        named = next((one for one in boards if name and normal_form(one.position) == normal_form(name)), None)
        if named is None and number is not None and boards and len(numbered) == len(boards):
            return Board(str(number), None)
        return named

    def lot(self, lot: Lot) -> LotState | None:
        """A lot as it stands."""
        self._directory.find([lot])
        load_lots(self._loading, self._loading.ids([lot]))
        return self._loading.known.lots.get(lot)

    def step_at(self, unit: Unit, station: Station, at: datetime) -> Operation | None:
        """The step that the routing of a unit has done at a station and nowhere else on it; None when there is no such.

        at: when a unit that nobody knows yet would come into being. Rework is not guessed.
        """
        self._directory.find([unit, unit.part])
        part_ids = self._loading.ids([unit.part])
        if unit.part not in self._routed:
            load_routings_of_parts(self._loading, part_ids)
            self._routed.add(unit.part)
        if not self._loading.known.routings_of:
            return None
        load_units(self._loading, self._loading.ids([unit]))
        state = self._loading.known.unit(unit)
        routing = self._loading.known.routing_at(unit.part, at if state is None else state.commissioned_at)
        steps = () if routing is None else routing.operations
        here = [one.operation for one in steps if station in one.stations and not one.is_rework]
        return here[0] if len(here) == 1 else None

    def material(self, part_number: str, package: str) -> Unit | Lot | None:
        """The lot or unit with a number, of the part of that number when one is given. Raises Ambiguity."""
        found: list[Named] = []
        if part_number:
            found = self._meant(f"{escaped(part_number)}/{package.replace('%', '%25')}", _LOTS_AND_UNITS)
        found = found or [
            one
            for one in self._meant(package, _LOTS_AND_UNITS)
            if not part_number or normal_form(one.part_number) == normal_form(part_number)
        ]
        if len(found) > 1:
            raise _several(package, found)
        if not found:
            return None
        part = Part(found[0].issuer, found[0].part_number)
        return _unit(found[0]) if found[0].kind is SubjectKind.UNIT else Lot(part, found[0].number)

    def _meant(self, name: str, kinds: tuple[SubjectKind, ...]) -> list[Named]:
        key = f"{kinds}{name}"
        if key not in self._named:
            self._named[key] = list(self._asked(name, kinds))
        return self._named[key]

    def _asked(self, name: str, kinds: tuple[SubjectKind, ...]) -> Iterable[Named]:
        try:
            return [meant(self._reader, name, kinds=kinds)]
        except NotFound:
            return []
        except Ambiguous as several:
            by_name = {kind.name.lower(): kind for kind in kinds}
            choices = several.choices
            return [Named(0, by_name[one.kind], one.issuer, one.part_number, one.number) for one in choices]

    def _scanned(self, name: str) -> list[Named]:
        """What a mark means that was passed on as it was scanned: a GS1 element string, an envelope, an EPC."""
        reading = read(name)
        if not reading.is_valid or reading.scheme is Scheme.PLAIN:
            return []
        return [one for one in named_by(self._reader, reading, name) if one.kind is SubjectKind.UNIT]

    def tracking(self, part: Part) -> Tracking | None:
        """How a part is tracked; None when it is not defined."""
        state: PartState | None = self._loading.known.parts.get(part)
        if state is None:
            self._directory.find([part])
            load_parts(self._loading, self._loading.ids([part]))
            state = self._loading.known.parts.get(part)
        return None if state is None else state.tracking

    def open_order(self, order: WorkOrder) -> WorkOrder | None:
        """The order, when work may be done under it."""
        state = self._order(order)
        return order if state is not None and state.is_open else None

    def part_of_order(self, order: WorkOrder) -> Part | None:
        state = self._order(order)
        return None if state is None else state.part

    def _order(self, order: WorkOrder) -> WorkOrderState | None:
        if self._loading.known.work_orders.get(order) is None:
            self._directory.find([order])
            load_work_orders(self._loading, self._loading.ids([order]))
        return self._loading.known.work_orders.get(order)

    def recorded(self, event_ids: Sequence[UUID]) -> bool:
        """Whether any of these events is in the ledger."""
        return bool(event_ids) and bool(self._reader.recorded(event_ids))

    def event(self, event_id: UUID) -> Event | None:
        """The event in the ledger that has an id."""
        stored = self._reader.recorded([event_id]).get(event_id)
        return None if stored is None else stored_event(bytes(stored.payload))

    def defect_numbers(self, unit: Unit) -> dict[DefectNumber, UUID]:
        """The numbers of the defects of a unit, and the events that found them."""
        self._directory.find([unit])
        part = unit.part
        named = [
            Named(one, SubjectKind.UNIT, part.issuer, part.part_number, unit.serial_number)
            for one in self._loading.ids([unit])
        ]
        return {DefectNumber(one.number): one.event_id for each in named for one in defects_of(self._reader, each)}

    def slots(self, lot: Lot) -> list[tuple[Slot, Station]]:
        """The slots, and stations, that a lot feeds now."""
        self._directory.find([lot])
        ids = self._loading.ids([lot])
        return [(Slot(slot), Station(name)) for one in ids for slot, name in self._reader.rows(SLOTS_OF_LOT, one)]


def _unit(named: Named) -> Unit:
    return Unit(Part(named.issuer, named.part_number), named.number)


def _several(name: str, found: Sequence[Named]) -> Ambiguity:
    some = ", ".join(one.name for one in found[:5])
    return Ambiguity(f"{name} means {len(found)} things here: {some}; name the part it is of, or give it an alias")
