"""A plant of any size, for measuring: written straight into the tables, as the capture door would have written it.

The door takes about as long for a thousand units as this for ten thousand. `python -m bench plant` proves on a small
one that the two come to the same: `verify` finds no fault in the ledger and `rebuild` no row that differs.

Everything is a function of the number of the tree, so that two plants of one size are the same to the last byte.
A tree is three units: a module with ten measurements, two lots and its test; in a board that passed a station where
solder paste is fed from a slot (a line setup interval); in a pump that is tested and, four times in five, shipped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.append import EVENT
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Database, Row, Site, Table
from asbuilt.ledger.digest import FIRST, entry_digest, payload_digest
from asbuilt.ledger.subjects import SUBJECT
from asbuilt.projections.catalogue import EVENT_SUBJECT
from asbuilt.projections.genealogy import INSTALLATION
from asbuilt.projections.identity import UNIT_STATE
from asbuilt.projections.production import OPERATION_RUN
from bench import door
from bench.bulk import bulk
from bench.databases import ISSUER, Made

START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
STEP_S = 20
"""From one tree to the next; the eleven events of a tree are a second apart."""

TREES_A_BLOCK = 500
TREES_A_LOT = 666
"""A capacitor lot is in so many modules: 1,998 units are affected by it."""
TREES_A_REEL = 1000
"""Solder paste lasts for so many boards: 2,000 units are affected by it."""
TREES_AN_ORDER = 1000
AFFECTED = (99, 999, 9_999, 99_999, 999_999)
"""There is a resistor lot for each of these numbers of affected units, as far as the plant goes."""

ACTOR, SOURCE, LINE = "token:line-1", "LINE-1", "LINE-1"
VALUES = tuple(f"{4.5 + number / 1000:.3f}" for number in range(1000))
TABLES = (SUBJECT, EVENT, EVENT_SUBJECT, UNIT_STATE, OPERATION_RUN, INSTALLATION)
SUBJECT_WITH_HEAD = Table("subject", (*SUBJECT.columns, ("version", "integer"), ("head_digest", "bytea")))


@dataclass(frozen=True, slots=True)
class Plant:
    """What a plant holds, by the names to ask for. affected: units affected, by lot."""

    trees: int
    lots: dict[int, str]

    @property
    def units(self) -> int:
        return 3 * self.trees

    def any_lot(self) -> str:
        """A capacitor lot that is full: 1,998 units are affected."""
        return f"CAP-100N/C{self.trees // TREES_A_LOT // 2:05d}"

    def any_reel(self) -> str:
        """A lot of solder paste, fed at a station: 2,000 units are affected."""
        return f"PASTE/S{self.trees // TREES_A_REEL // 2:05d}"


def trees_for(affected: int) -> int:
    """How many trees a plant needs that has a lot with so many affected units."""
    return sum(one // 3 for one in AFFECTED if one <= affected) + TREES_A_REEL


def fill(made: Made, trees: int) -> Plant:
    """Fill an empty database with a plant."""
    lots = {one: f"RES-10K/R{one}" for one in AFFECTED if trees_for(one) <= trees}
    with made.opened() as (database, site):
        door.define(database, site, _definitions(trees, lots))
        frame = _frame(database, site, trees, lots)
    with bulk(made) as sink:
        for block in _blocks(frame, trees):
            for table, rows in block.items():
                sink.insert(SUBJECT_WITH_HEAD if table is SUBJECT else table, rows)
        for lot_id, used in frame.used.items():
            sink.run("UPDATE lot_state SET used = $1 WHERE lot_id = $2", used * 10**6, lot_id)
        sink.finish(frame.last_sequence, frame.last_subject)
    return Plant(trees, lots)


def pump(tree: int) -> str:
    return f"PUMP-200/P{tree:07d}"


def board(tree: int) -> str:
    return f"PCB-10/B{tree:07d}"


def module(tree: int) -> str:
    return f"MOD-5/M{tree:07d}"


def moment(tree: int, second: int = 0) -> datetime:
    return START + timedelta(seconds=tree * STEP_S + second)


def _resistor(tree: int, lots: dict[int, str]) -> str:
    """The lot of resistors in a module: the first 33 modules hold the lot with 99 affected units, and so on."""
    for affected, end in zip(lots, accumulate(one // 3 for one in lots), strict=True):
        if tree < end:
            return lots[affected]
    return "RES-10K/REST"


def _definitions(trees: int, lots: dict[int, str]) -> Iterator[dict[str, object]]:
    """What the trees refer to. It is little, and goes through the door."""
    yield from door.catalogue()
    yield {"type": "LotDefined", "lot": "RES-10K/REST"}
    yield from ({"type": "LotDefined", "lot": lot} for lot in lots.values())
    yield from ({"type": "LotDefined", "lot": f"CAP-100N/C{n:05d}"} for n in range(trees // TREES_A_LOT + 1))
    for number in range(trees // TREES_AN_ORDER + 1):
        order = {"work_order": f"WO-{number:05d}", "part": "PUMP-200", "quantity": TREES_AN_ORDER}
        yield {"type": "WorkOrderReleased", **order}
    for number in range(trees // TREES_A_REEL + 1):
        reel = {"lot": f"PASTE/S{number:05d}"}
        place = {**reel, "station": "SMT-1", "slot": "F1"}
        first = number * TREES_A_REEL
        yield {"type": "LotDefined", **reel}
        yield {"type": "MaterialLoaded", **place, "event_time": moment(first)}
        yield {"type": "MaterialUnloaded", **place, "event_time": moment(first + TREES_A_REEL)}


@dataclass(slots=True)
class _Frame:
    """The ids of what trees refer to, and where sequences and subject ids stand."""

    site_id: int
    ids: dict[str, int]
    lots: dict[int, str]
    last_sequence: int
    last_subject: int
    used: dict[int, int] = field(default_factory=dict)


def _frame(database: Database, site: Site, trees: int, lots: dict[int, str]) -> _Frame:
    named = "SELECT scope.name, subject.name, subject.subject_id FROM subject JOIN subject AS scope ON "
    with database.reading(site) as reader:
        ids = {f"{scope}/{name}": one for scope, name, one in reader.rows(f"{named} scope.subject_id=subject.scope_id")}
        ids |= dict(reader.rows("SELECT name, subject_id FROM subject WHERE scope_id = 0"))
        ((sequence,),) = reader.rows("SELECT max(sequence) FROM event")
        ((subject,),) = reader.rows("SELECT max(subject_id) FROM subject")
    return _Frame(site.site_id, ids, lots, sequence, subject)


@dataclass(slots=True)
class _Unit:
    """A unit being made: its chain, and what of its state changes."""

    subject_id: int
    part_id: int
    part_number: str
    serial_number: str
    version: int = 0
    digest: bytes = FIRST
    life_cycle: str = "in_process"
    custody: str = "in_house"
    location: str = LINE
    customer: str = ""
    shipment: str = ""
    work_order_id: int | None = None
    installed_in: int | None = None
    commissioned_at: int = 0
    last_operation: str = ""
    last_result: str = ""
    last_event_time: int = 0

    @property
    def name(self) -> str:
        return f"{ISSUER}:{self.part_number}/{self.serial_number}"


Block = dict[Table, list[Row]]


def _blocks(frame: _Frame, trees: int) -> Iterator[Block]:
    for first in range(0, trees, TREES_A_BLOCK):
        block: Block = {table: [] for table in TABLES}
        for tree in range(first, min(first + TREES_A_BLOCK, trees)):
            _Tree(frame, block, tree).grow()
        yield block


class _Tree:
    """Writes the rows of one tree into a block."""

    def __init__(self, frame: _Frame, block: Block, tree: int) -> None:
        self.frame, self.block, self.tree = frame, block, tree
        self.second = 0
        self.time = 0
        self.module = self._unit("MOD-5", f"M{tree:07d}")
        self.board = self._unit("PCB-10", f"B{tree:07d}")
        self.pump = self._unit("PUMP-200", f"P{tree:07d}")

    def grow(self) -> None:
        """The eleven events of a tree, in their order, then what is true after them."""
        tree, module, board, pump = self.tree, self.module, self.board, self.pump
        order = f"WO-{tree // TREES_AN_ORDER:05d}"
        self._commission(module)
        self._commission(board)
        self._commission(pump, order)
        self._install_lot(module, f"CAP-100N/C{tree // TREES_A_LOT:05d}", "C1")
        self._install_lot(module, _resistor(tree, self.frame.lots), "R1")
        self._complete(module, "OP-TEST", "ICT-1", specification="ICT-5/1")
        self._install(board, module, "U1")
        self._complete(board, "OP-SMT", "SMT-1")
        self._install(pump, board, "A1")
        self._complete(pump, "OP-FINAL", "FCT-1", specification="FCT-200/1", order=order)
        if tree % 5:
            self._ship(pump)
        for unit in (module, board, pump):
            self._state(unit)

    def _unit(self, part_number: str, serial_number: str) -> _Unit:
        self.frame.last_subject += 1
        part_id = self.frame.ids[f"{ISSUER}/{part_number}"]
        return _Unit(self.frame.last_subject, part_id, part_number, serial_number)

    def _event(self, unit: _Unit, event_type: str, members: dict[str, str]) -> int:
        """Append an event about a unit; members: its fields as JSON. Gives its sequence."""
        frame = self.frame
        frame.last_sequence = sequence = frame.last_sequence + 1
        at = moment(self.tree, self.second)
        self.second += 1
        self.time = time = microseconds(at)
        event_id = f"{time // 1000:012x}70008000{sequence:012x}"
        members |= {
            "event_id": f'"{event_id[:8]}-{event_id[8:12]}-7000-8000-{event_id[20:]}"',
            "event_time": f'"{at:%Y-%m-%dT%H:%M:%SZ}"',
            "source": f'"{SOURCE}"',
            "type": f'"{event_type}"',
            "unit": f'"{unit.name}"',
        }
        payload = ",".join([f'"{name}":{members[name]}' for name in sorted(members)])
        self._append(unit, event_type, bytes.fromhex(event_id), f"{{{payload}}}".encode())
        unit.last_event_time = time
        return sequence

    def _append(self, unit: _Unit, event_type: str, event_id: bytes, payload: bytes) -> None:
        sequence, digest, record_time = self.frame.last_sequence, payload_digest(payload), self.time + 10**6
        unit.version += 1
        chain = (unit.subject_id, unit.version, unit.digest)
        columns = (sequence, self.frame.site_id, event_id, event_type, self.time, record_time, ACTOR, SOURCE)
        self.block[EVENT].append((*columns, *chain, payload, digest))
        unit.digest = entry_digest(
            sequence=sequence,
            site_id=self.frame.site_id,
            record_time=record_time,
            actor=ACTOR,
            source=SOURCE,
            subject_id=unit.subject_id,
            subject_version=unit.version,
            previous_digest=unit.digest,
            digest_of_payload=digest,
        )

    def _commission(self, unit: _Unit, order: str = "") -> None:
        members = {"location": f'"{LINE}"'}
        if order:
            members["work_order"] = f'"{order}"'
            unit.work_order_id = self.frame.ids[order]
        self._event(unit, "UnitCommissioned", members)
        unit.commissioned_at = self.time

    def _install(self, parent: _Unit, component: _Unit, place: str) -> None:
        members = {"component": f'"{component.name}"', "reference_designator": f'"{place}"'}
        self._link(parent, component.subject_id, place, self._event(parent, "ComponentInstalled", members))
        component.installed_in = parent.subject_id
        component.last_event_time = self.time

    def _install_lot(self, parent: _Unit, lot: str, place: str) -> None:
        members = {"lot": f'"{ISSUER}:{lot}"', "reference_designator": f'"{place}"'}
        lot_id = self.frame.ids[lot]
        self._link(parent, lot_id, place, self._event(parent, "ComponentInstalled", members), binds=0)
        self.frame.used[lot_id] = self.frame.used.get(lot_id, 0) + 1

    def _link(self, parent: _Unit, component_id: int, place: str, sequence: int, binds: int = 1) -> None:
        site_id = self.frame.site_id
        ends = (parent.subject_id, component_id, binds, 0, place)
        self.block[INSTALLATION].append(
            (sequence, site_id, *ends, None, "", "", "scanned", self.time, None, None, "", "")
        )
        self.block[EVENT_SUBJECT].append((component_id, sequence, site_id))

    def _complete(self, unit: _Unit, operation: str, station: str, *, specification: str = "", order: str = "") -> None:
        members = {"operation": f'"{operation}"', "station": f'"{station}"'}
        if specification:
            members["specification"] = f'"{specification}"'
            start = self.tree * 13 % 990
            packed = '","'.join(VALUES[start : start + door.CHARACTERISTICS])
            members["values"] = f'["{packed}"]'
        if order:
            members["work_order"] = f'"{order}"'
        sequence = self._event(unit, "OperationCompleted", members)
        done = (unit.subject_id, operation, self.frame.ids[station], self.frame.ids[order] if order else None)
        self.block[OPERATION_RUN].append((sequence, self.frame.site_id, *done, None, None, self.time, "passed"))
        unit.last_operation, unit.last_result = operation, "passed"

    def _ship(self, unit: _Unit) -> None:
        unit.customer, unit.shipment = f"CUSTOMER-{self.tree % 7}", f"SHIP-{self.tree // 20:06d}"
        unit.custody, unit.location = "shipped", ""
        self._event(unit, "UnitShipped", {"customer": f'"{unit.customer}"', "shipment": f'"{unit.shipment}"'})

    def _state(self, unit: _Unit) -> None:
        """The subject with the end of its chain, and the state of a finished unit."""
        site_id, name = self.frame.site_id, unit.serial_number
        identity = (unit.subject_id, site_id, 3, unit.part_id, name, normal_form(name))
        self.block[SUBJECT].append((*identity, unit.version, unit.digest))
        place = (unit.custody, unit.location, "", unit.customer, unit.shipment, None, unit.installed_in, "[]")
        life = (unit.commissioned_at, unit.last_operation, unit.last_result, unit.last_event_time)
        self.block[UNIT_STATE].append(
            (unit.subject_id, site_id, "", unit.work_order_id, unit.life_cycle, *place, *life)
        )


def units_of(plant: Plant, count: int, *, first: int = 0) -> Sequence[str]:
    """The names of so many modules, from tree `first` on."""
    return [module(tree % plant.trees) for tree in range(first, first + count)]
