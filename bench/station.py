"""What stations, benches and offices send in the shop-floor workload, as requests and as bare SQL."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.queries.as_built import as_built
from asbuilt.queries.naming import lot_meant, unit_meant
from asbuilt.queries.record import unit_record
from asbuilt.queries.units import unit
from asbuilt.queries.where_used import where_used
from bench import door, floor
from bench.clients import Address, Operation
from bench.plant import Plant

COMPONENTS = 5
ASSEMBLIES = 12
"""Built over HTTP in a round; further ones by bare SQL."""
FLOOR_ASSEMBLIES = 4
STATION_UNITS = 500
EVENTS = "/api/v1/events"

Operations = Callable[["Shift", int], Iterator[Operation]]
Floor = Callable[["Shift", Database, Site, int], Iterator[Callable[[], None]]]


@dataclass(slots=True)
class Shift:
    """The plant, the server, and what has been used up."""

    plant: Plant
    rounds: int
    address: Address = field(default_factory=lambda: Address("", 0))
    ids: door.Ids = field(default_factory=lambda: door.Ids(0x200))
    numbers: Iterator[int] = field(default_factory=count)

    def next_unit(self) -> str:
        """One of the units that are at the stations, in turn."""
        return f"MOD-5/S{next(self.numbers) % STATION_UNITS}"

    def kit(self, number: int, place: int) -> str:
        """An assembly of a round: the first are built over HTTP, the others by bare SQL."""
        return f"A{number * (ASSEMBLIES + FLOOR_ASSEMBLIES) + place}"


def prepare(shift: Shift, database: Database, site: Site) -> None:
    """The units that are at the stations, and the components of all assemblies: boards with modules with lots."""
    units = ({"type": "UnitCommissioned", "unit": f"MOD-5/S{number}"} for number in range(STATION_UNITS))
    door.define(database, site, units, start=0x30)
    kits = [
        shift.kit(number, place) for number in range(shift.rounds) for place in range(ASSEMBLIES + FLOOR_ASSEMBLIES)
    ]
    door.define(database, site, (event for kit in kits for event in _components(kit)), start=0x31)


def _components(kit: str) -> Iterator[dict[str, object]]:
    values = [f"{4.6 + number / 100:.3f}" for number in range(door.CHARACTERISTICS)]
    test = {"operation": "OP-TEST", "station": "ICT-1", "specification": "ICT-5/1", "values": values}
    for place in range(COMPONENTS):
        board, module = f"PCB-10/{kit}-{place}", f"MOD-5/{kit}-{place}"
        for one in (board, module):
            yield {"type": "UnitCommissioned", "unit": one}
            yield {"type": "OperationCompleted", "unit": one, **test}
        lot = {"lot": "RES-10K/REST", "reference_designator": "R1"}
        yield {"type": "ComponentInstalled", "unit": module, **lot}
        yield {"type": "ComponentInstalled", "unit": board, "component": module, "reference_designator": "U1"}


def serials(how_many: int) -> Operations:
    def operations(shift: Shift, number: int) -> Iterator[Operation]:
        body = json.dumps({"part_number": "MOD-5", "count": how_many, "location": "LINE-1"})
        while True:
            yield [shift.address.post("/api/v1/serials", body)]

    return operations


def serials_floor(how_many: int) -> Floor:
    def works(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
        while True:
            names = (f"MOD-5/F{next(shift.numbers)}" for _ in range(how_many))
            yield _write(
                shift,
                database,
                site,
                [door.event("UnitCommissioned", shift.ids.next(), unit=name, location="LINE-1") for name in names],
            )

    return works


def results(how_many: int) -> Operations:
    def operations(shift: Shift, number: int) -> Iterator[Operation]:
        while True:
            events = _results(shift, how_many)
            yield [shift.address.post(EVENTS, f"[{','.join(events)}]" if how_many > 1 else events[0])]

    return operations


def results_floor(how_many: int) -> Floor:
    def works(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
        while True:
            yield _write(shift, database, site, _results(shift, how_many))

    return works


def _results(shift: Shift, how_many: int) -> list[str]:
    return [door.result(shift.next_unit(), shift.ids.next(), next(shift.numbers)) for _ in range(how_many)]


def assemblies(shift: Shift, number: int) -> Iterator[Operation]:
    for place in range(ASSEMBLIES):
        body = ",".join(_assembly(shift, shift.kit(number, place)))
        yield [shift.address.post(f"{EVENTS}?atomic=true", f"[{body}]")]


def assemblies_floor(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
    for place in range(ASSEMBLIES, ASSEMBLIES + FLOOR_ASSEMBLIES):
        yield _write(shift, database, site, _assembly(shift, shift.kit(number, place)))


def _assembly(shift: Shift, kit: str) -> list[str]:
    """The unit, its five components and its lot, and the test at the end."""
    name, ids = f"KIT-1/{kit}", shift.ids
    parts = [
        door.event(
            "ComponentInstalled",
            ids.next(),
            unit=name,
            component=f"PCB-10/{kit}-{place}",
            reference_designator=f"A{place}",
        )
        for place in range(COMPONENTS)
    ]
    lot = door.event("ComponentInstalled", ids.next(), unit=name, lot="CAP-100N/C00000", reference_designator="C1")
    return [
        door.event("UnitCommissioned", ids.next(), unit=name),
        *parts,
        lot,
        door.result(name, ids.next(), next(shift.numbers)),
    ]


def as_builts(shift: Shift, number: int) -> Iterator[Operation]:
    return _gets(shift, number, "as-built")


def as_builts_floor(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
    for name in _built(shift, number):
        yield _read(database, site, lambda reader, name=name: as_built(reader, unit_meant(reader, name)))


def records(shift: Shift, number: int) -> Iterator[Operation]:
    return _gets(shift, number, "record")


def records_floor(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
    for name in _built(shift, number):
        yield _read(database, site, lambda reader, name=name: unit_record(reader, unit_meant(reader, name)))


def _gets(shift: Shift, number: int, what: str) -> Iterator[Operation]:
    for name in _built(shift, number):
        yield [shift.address.get(f"/api/v1/units/{name}/{what}")]


def _built(shift: Shift, number: int) -> Iterator[str]:
    """The assemblies of a round, over and over."""
    while True:
        for place in range(ASSEMBLIES):
            yield f"KIT-1/{shift.kit(number, place)}"


def where_useds(shift: Shift, number: int) -> Iterator[Operation]:
    while True:
        yield [shift.address.get(f"/api/v1/lots/{shift.plant.any_lot()}/where-used")]


def where_useds_floor(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
    name = shift.plant.any_lot()
    while True:
        yield _read(database, site, lambda reader: sum(1 for _ in where_used(reader, lot_meant(reader, name))))


def scans(*, apart: bool) -> Operations:
    """A unit is scanned, its result recorded and it is put down. apart: record and move are two requests."""

    def operations(shift: Shift, number: int) -> Iterator[Operation]:
        address = shift.address
        while True:
            name = shift.next_unit()
            result, move = _result_and_move(shift, name)
            bodies = [result, move] if apart else [f"[{result},{move}]"]
            yield [address.get(f"/api/v1/units/{name}"), *(address.post(EVENTS, body) for body in bodies)]

    return operations


def scans_floor(shift: Shift, database: Database, site: Site, number: int) -> Iterator[Callable[[], None]]:
    while True:
        name = shift.next_unit()
        result, move = _result_and_move(shift, name)
        scan = _read(database, site, lambda reader, name=name: unit(reader, unit_meant(reader, name)))
        record = _write(shift, database, site, [result])

        # The move is rehearsed after the result is there, as it is when a station sends it.
        def work(scan: Callable[[], None] = scan, record: Callable[[], None] = record) -> None:
            scan()
            record()

        yield work
        yield _write(shift, database, site, [move])


def _result_and_move(shift: Shift, name: str) -> tuple[str, str]:
    turn = next(shift.numbers)
    move = door.event("UnitMoved", shift.ids.next(), turn, unit=name, location=f"RACK-{turn % 50}")
    return door.result(name, shift.ids.next(), turn), move


def _write(shift: Shift, database: Database, site: Site, events: list[str]) -> Callable[[], None]:
    """Rehearse a capture now; what is given writes its rows."""
    notes = floor.writes_of(database, site, door.submission(site, f"[{','.join(events)}]".encode()))
    return lambda: floor.written(database, site, notes)


def _read(database: Database, site: Site, question: Callable[[Reader], object]) -> Callable[[], None]:
    """Ask a question now; what is given fetches its rows."""
    notes, _ = floor.reads_of(database, site, question)
    return lambda: floor.read(database, site, notes)
