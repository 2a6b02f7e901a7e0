"""What the databases make of our statements: whole tables or indexes read, and plans compiled, in a large plant."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apsw
import psycopg

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.ledger.postgresql import as_app
from asbuilt.ledger.sqlite import spelled
from asbuilt.queries.as_built import as_built
from asbuilt.queries.lots import lot
from asbuilt.queries.naming import lot_meant, unit_meant
from asbuilt.queries.record import unit_record
from asbuilt.queries.units import UnitFilter, units
from asbuilt.queries.where_used import where_used
from bench import door
from bench.databases import Made
from bench.floor import Call, reads_of, statements_of
from bench.plant import Plant, module, pump
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "statements that read a whole table or index, or are compiled, in a large plant"
LARGE = frozenset({"subject", "event", "event_subject", "unit_state", "operation_run", "installation"})
"""Tables that grow with every unit."""
SLOW_MS = 20.0
UNITS = ("MOD-5/X1", "PCB-10/X1", "PUMP-200/X1")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A statement, and the operation that made it."""

    operation: str
    call: Call

    @property
    def text(self) -> str:
        return " ".join(str(self.call.arguments[0]).split())


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, plant = plants.of(kind, size.grown_to)
        with made.opened() as (database, site):
            door.define(database, site, ({"type": "UnitCommissioned", "unit": unit} for unit in UNITS), start=0x50)
            seen = list(_once([*_writing(database, site, plant), *_reading(database, site, plant)]))
        found = [(one, fault) for one in seen if (fault := _FAULTS[kind](made, site, one))]
        note = f"of {len(seen)} statements of captures and questions"
        report.figure("statements with such a plan", kind, value=len(found), unit="", goal="0", note=note)
        for one, fault in found:
            report.say(f"{one.operation}: {fault}: {one.text[:110]}…")


def _once(seen: Iterable[_Seen]) -> Iterator[_Seen]:
    """Each statement once, as it was first made."""
    texts = set()
    for one in seen:
        if one.call.name == "rows" and one.text not in texts:
            texts.add(one.text)
            yield one


def _writing(database: Database, site: Site, plant: Plant) -> Iterator[_Seen]:
    """What captures ask. Nothing is recorded."""
    ids = door.Ids(0x51)
    small, board, large = UNITS
    lot, reel = {"lot": plant.any_lot()}, {"lot": plant.any_reel()}
    held = door.event("HoldPlaced", ids.next(), hold="H-1", reason="porous", **reel)
    shipped = door.event("UnitShipped", ids.next(), unit=large, customer="CUSTOMER-1")
    captures: dict[str, list[str]] = {
        "install a unit": [door.event("ComponentInstalled", ids.next(), unit=board, component=small)],
        "install a lot": [
            door.event("ComponentInstalled", ids.next(), unit=board, reference_designator="C1", **lot),
        ],
        "record a result": [door.result(small, ids.next(), 1)],
        "move": [door.event("UnitMoved", ids.next(), unit=small, location="RACK-1")],
        "ship": [shipped],
        "load a reel": [door.event("MaterialLoaded", ids.next(), station="SMT-1", slot="F9", **lot)],
        "place a hold": [held],
        "ship while a reel is on hold": [held, shipped],
        "assign an alias": [door.event("AliasAssigned", ids.next(), unit=small, scheme="imei", value="35-1")],
        "issue a serial": [door.event("UnitCommissioned", ids.next(), unit="MOD-5/X2")],
    }
    for name, events in captures.items():
        submission = door.submission(site, f"[{','.join(events)}]".encode())
        yield from (_Seen(name, call) for call in statements_of(database, site, submission))


def _reading(database: Database, site: Site, plant: Plant) -> Iterator[_Seen]:
    """What questions ask."""
    middle = plant.trees // 2
    questions: dict[str, Callable[[Reader], object]] = {
        "as-built": lambda reader: as_built(reader, unit_meant(reader, pump(middle))),
        "as-built at a time": lambda reader: as_built(reader, unit_meant(reader, pump(middle)), at=door.NOW),
        "where-used": lambda reader: list(where_used(reader, lot_meant(reader, plant.lots[99]))),
        "where-used of a reel": lambda reader: list(where_used(reader, lot_meant(reader, plant.any_reel()))),
        "where-used at a time": lambda reader: list(where_used(reader, lot_meant(reader, plant.lots[99]), at=door.NOW)),
        "where-used ever": lambda reader: list(where_used(reader, lot_meant(reader, plant.lots[99]), ever=True)),
        "unit page": lambda reader: unit_record(reader, unit_meant(reader, module(middle))),
        "lot": lambda reader: lot(reader, lot_meant(reader, plant.any_lot())),
        "by serial number": lambda reader: unit_meant(reader, module(middle).partition("/")[2]),
        "units": lambda reader: units(reader, UnitFilter()),
        "units by serial": lambda reader: units(reader, UnitFilter(q=f"M{middle // 100:05d}")),
        "units of a part": lambda reader: units(reader, UnitFilter(part_number="MOD-5")),
        "units of an order": lambda reader: units(reader, UnitFilter(work_order="WO-00002")),
    }
    for name, question in questions.items():
        notes, _ = reads_of(database, site, question)
        yield from (_Seen(name, call) for call in notes.calls)


def _sqlite_fault(made: Made, site: Site, seen: _Seen) -> str:
    """The tables that are read whole, by EXPLAIN QUERY PLAN."""
    statement, *parameters = seen.call.arguments
    connection = apsw.Connection(str(made.path), flags=apsw.SQLITE_OPEN_READONLY)
    bound = [json.dumps(one) if isinstance(one, list) else one for one in parameters]
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {spelled(str(statement))}", bound)]
    connection.close()
    aliases = {"link": "installation", "run": "operation_run", "part": "subject", "issuer": "subject"}
    scans = [step for step in steps if step.startswith("SCAN ")]
    return ", ".join(one for one in scans if aliases.get(one.split()[1], one.split()[1]) in LARGE)


def _postgresql_fault(made: Made, site: Site, seen: _Seen) -> str:
    """Tables and indexes that are read whole, compilation, and time, by EXPLAIN ANALYZE."""
    statement, *parameters = seen.call.arguments
    with psycopg.connect(made.url) as connection:
        as_app(connection)
        connection.execute("SELECT set_config('asbuilt.site_id', %s, false)", (str(site.site_id),))
        cursor = psycopg.RawCursor(connection)
        ((plan,),) = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters or None).fetchall()
        ((most,),) = connection.execute("SELECT count(*) FROM installation").fetchall()
    top = plan[0]
    # A hundredth of a table may be read in a row where the planner knows that to be quicker.
    faults = [fault for node in _nodes(top["Plan"]) if (fault := _node_fault(node, most // 100))]
    if "JIT" in top:
        faults.append(f"compiled in {top['JIT']['Timing']['Total']:.0f} ms")
    if faults or top["Execution Time"] > SLOW_MS:
        faults.append(f"{top['Execution Time']:.0f} ms in all")
    return ", ".join(faults)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _node_fault(node: dict[str, Any], most: int) -> str:
    if node.get("Relation Name") not in LARGE or node["Actual Rows"] * node["Actual Loops"] <= most:
        return ""
    if node["Node Type"] != "Seq Scan" and ("Index" not in node["Node Type"] or node.get("Index Cond")):
        return ""
    return f"{node['Node Type']} of {node.get('Index Name', node['Relation Name'])} ({node['Actual Rows']:,} rows)"


_FAULTS: dict[str, Callable[[Made, Site, _Seen], str]] = {"sqlite": _sqlite_fault, "postgresql": _postgresql_fault}
