"""Reads the rows of a site that the index is made of, all of them or those that an event may have changed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec
import numpy as np

from asbuilt.core.states.identity import status_of
from asbuilt.core.states.records.identity import Custody, LifeCycle, Status
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.fleet.tables import (
    I64,
    LOT,
    NEVER,
    NOWHERE,
    STRENGTHS,
    UNIT,
    Coded,
    Grouping,
    Links,
    Passes,
    States,
    Tables,
    Thing,
    Windows,
    described,
)

CHUNK = 100_000
"""Rows taken from the database at a time."""

_WHEN = " ".join(f"WHEN '{evidence.value}' THEN {place}" for evidence, place in STRENGTHS.items())
STRENGTH = f"CASE evidence {_WHEN} END"
"""How weak the evidence of a row of installation is, in SQL."""
_LINK = f"""
SELECT sequence, component_id, parent_id, installed_at, coalesce(removed_at, {NEVER}), {STRENGTH},
       reference_designator
FROM installation
"""
_RUN = f"""
SELECT run.sequence, coalesce(run.station_id, {NOWHERE}), run.unit_id, run.completed_at,
       coalesce(run.work_order_id, {NOWHERE}), run.operation, event.payload
FROM operation_run AS run CROSS JOIN event
"""
_WINDOW = f"""
SELECT sequence, lot_id, station_id, loaded_at, coalesce(unloaded_at, {NEVER}), slot FROM setup_window
"""
# What is shown of units, and the facts that their status follows from.
_UNIT = f"""
SELECT unit_id, coalesce(installed_in, {NOWHERE}), coalesce(work_order_id, {NOWHERE}), location, container, customer,
       shipment, subject.scope_id, life_cycle, custody, CASE WHEN open_holds = '[]' THEN 0 ELSE 1 END, last_operation,
       last_result, revision
FROM unit_state CROSS JOIN subject
"""
_LOT = """
SELECT lot_id, subject.scope_id, CASE WHEN open_holds = '[]' THEN 0 ELSE 1 END, supplier
FROM lot_state CROSS JOIN subject
"""

# Everything of a site, up to a sequence (serves building the index). "+ 0", here and below, keeps the planner from an
# index that begins with the site: it read all of the site to find the last hundred rows.
ALL_LINKS = f"{_LINK} WHERE sequence > 0 AND sequence <= $2 AND site_id + 0 = $1"
ALL_RUNS = f"""{_RUN}
WHERE run.sequence > 0 AND run.sequence <= $2 AND run.site_id + 0 = $1 AND event.sequence = run.sequence
"""
ALL_WINDOWS = f"{_WINDOW} WHERE sequence > 0 AND sequence <= $2 AND site_id + 0 = $1"
ALL_UNITS = f"{_UNIT} WHERE unit_id > 0 AND unit_state.site_id + 0 = $1 AND subject.subject_id = unit_id"
ALL_LOTS = f"{_LOT} WHERE lot_id > 0 AND lot_state.site_id + 0 = $1 AND subject.subject_id = lot_id"
# What came after a sequence (serves the tail of the index).
LINKS_SINCE = f"{_LINK} WHERE sequence > $2 AND site_id + 0 = $1"
RUNS_SINCE = f"{_RUN} WHERE run.sequence > $2 AND run.site_id + 0 = $1 AND event.sequence = run.sequence"
WINDOWS_SINCE = f"{_WINDOW} WHERE sequence > $2 AND site_id + 0 = $1"
# What stands now of what earlier events made and later ones changed.
LINKS_BY_PARENT = f"{_LINK} WHERE parent_id = ANY($1)"
LINKS_BY_COMPONENT = f"{_LINK} WHERE component_id = ANY($1)"
RUNS_OF_UNITS = f"{_RUN} WHERE run.unit_id = ANY($1) AND event.sequence = run.sequence"
WINDOWS_OF_LOTS = f"{_WINDOW} WHERE lot_id = ANY($1)"
UNITS_OF = f"{_UNIT} WHERE unit_id = ANY($1) AND subject.subject_id = unit_id"
LOTS_OF = f"{_LOT} WHERE lot_id = ANY($1) AND subject.subject_id = lot_id"
NAMES = "SELECT subject_id, name FROM subject WHERE subject_id = ANY($1)"
PARTS = """
SELECT part.subject_id, issuer.name, part.name FROM subject AS part CROSS JOIN subject AS issuer
WHERE part.subject_id = ANY($1) AND issuer.subject_id = part.scope_id
"""

_Facts = tuple[str, str, int, bool, bool, bool, str]


def all_tables(reader: Reader, *, until: int, progress: Callable[[int], None] | None = None) -> Tables:
    """Everything of the site that events up to a sequence made, as it stands in the reader's moment.

    A row that a later event changed is read as it is now; who reads the index asks for such rows again.
    """
    site_id = reader.site.site_id
    counted = _Counted(progress)
    return Tables(
        links=links_of(counted.rows(reader.stream(ALL_LINKS, site_id, until))),
        passes=passes_of(reader, counted.rows(reader.stream(ALL_RUNS, site_id, until))),
        windows=windows_of(counted.rows(reader.stream(ALL_WINDOWS, site_id, until))),
        states=states_of(
            reader,
            counted.rows(reader.stream(ALL_UNITS, site_id)),
            counted.rows(reader.stream(ALL_LOTS, site_id)),
        ),
    )


class _Counted:
    """Says how many rows were read, now and then."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self._progress = progress
        self._count = 0

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows, start=1):
            if self._progress is not None and number % CHUNK == 0:
                self._count += CHUNK
                self._progress(self._count)
            yield row


class _Codes(dict[str, int]):
    """Texts by the order in which they came; the empty text is the first."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code

    def coded(self, codes: I64) -> Coded:
        """The texts of rows, by the codes that were given for them."""
        return Coded(codes.astype(np.int32), list(self))


class _SubjectCodes(dict[int, int]):
    """Work orders, or parts, by the order in which they came; none is the first."""

    def __init__(self) -> None:
        super().__init__({NOWHERE: 0})

    def __missing__(self, subject_id: int) -> int:
        self[subject_id] = code = len(self)
        return code

    def names(self, reader: Reader) -> list[str]:
        """The name of each, by its code."""
        named = sorted(self.keys() - {NOWHERE})
        names: dict[int, str] = dict(reader.rows(NAMES, named)) if named else {}
        return [names.get(subject_id, "") for subject_id in self]


def links_of(rows: Iterable[Row]) -> Links:
    places = _Codes()
    coded = ((*row[:6], places[row[6]]) for row in rows)
    _, component, parent, installed_at, removed_at, evidence, place = columns_of(coded, 7)
    return Links(
        component=component,
        parent=parent,
        installed_at=installed_at,
        removed_at=removed_at,
        evidence=evidence.astype(np.uint8),
        place=places.coded(place),
    )


class Done(msgspec.Struct):
    """Who and what did the work of a completed operation."""

    tool: str = ""
    program: str = ""
    operator: str = ""


DONE = msgspec.json.Decoder(Done)
"""Reads it of the recorded bytes."""


def passes_of(reader: Reader, rows: Iterable[Row]) -> Passes:
    """The columns; the names of work orders are read from the reader."""
    orders, operations, tools, programs, operators = _SubjectCodes(), _Codes(), _Codes(), _Codes(), _Codes()

    def coded() -> Iterator[Row]:
        for _, station, unit, completed_at, order, operation, payload in rows:
            done = DONE.decode(payload)
            yield (
                station, unit, completed_at, orders[order], operations[operation], tools[done.tool],
                programs[done.program], operators[done.operator],
            )  # fmt: skip

    station, unit, completed_at, order, operation, tool, program, operator = columns_of(coded(), 8)
    return Passes(
        station=station,
        unit=unit,
        completed_at=completed_at,
        operation=operations.coded(operation),
        tool=tools.coded(tool),
        program=programs.coded(program),
        operator=operators.coded(operator),
        work_order=Coded(order.astype(np.int32), orders.names(reader)),
    )


def windows_of(rows: Iterable[Row]) -> Windows:
    slots = _Codes()
    coded = ((*row[:5], slots[row[5]]) for row in rows)
    _, lot, station, loaded_at, unloaded_at, slot = columns_of(coded, 6)
    return Windows(lot=lot, station=station, loaded_at=loaded_at, unloaded_at=unloaded_at, slot=slots.coded(slot))


def columns_of(rows: Iterable[Row], width: int) -> list[I64]:
    """The columns of rows of whole numbers."""
    waiting, chunks = iter(rows), [np.empty((0, width), np.int64)]
    while chunk := list(islice(waiting, CHUNK)):
        chunks.append(np.array(chunk, np.int64))
    table = np.concatenate(chunks)
    return [np.ascontiguousarray(table[:, place]) for place in range(width)]


def states_of(reader: Reader, units: Iterable[Row], lots: Iterable[Row]) -> States:
    """The states in some rows of units and lots."""
    columns = _StateColumns()
    for row in units:
        columns.add_unit(row)
    for lot_id, part_id, is_held, supplier in lots:
        columns.add_lot(lot_id, part_id, supplier, Status.ON_HOLD if is_held else Status.AVAILABLE)
    return columns.states(reader)


class _ThingCodes(dict[tuple[int, str, str], int]):
    """What units and lots are: part, supplier and revision, by the order in which they came; nothing is the first."""

    def __init__(self) -> None:
        super().__init__({(NOWHERE, "", ""): 0})

    def __missing__(self, thing: tuple[int, str, str]) -> int:
        self[thing] = code = len(self)
        return code

    def texts(self, reader: Reader) -> list[str]:
        """Each as one text, by its code."""
        parts = sorted({part_id for part_id, _, _ in self} - {NOWHERE})
        names = {row[0]: (row[1], row[2]) for row in reader.rows(PARTS, parts)} if parts else {}
        return [
            described(Thing(*names[part_id], supplier=supplier or names[part_id][0], revision=revision))
            if part_id in names
            else ""
            for part_id, supplier, revision in self
        ]


class _StateColumns:
    """States being put into columns, with a code for each different text."""

    def __init__(self) -> None:
        self._texts: dict[Grouping, _Codes] = {
            grouping: _Codes() for grouping in Grouping if grouping not in (Grouping.WORK_ORDER, Grouping.PART_NUMBER)
        }
        self._orders, self._parts = _SubjectCodes(), _SubjectCodes()
        self._things = _ThingCodes()
        self._statuses: dict[_Facts, int] = {}
        self._rows: list[tuple[int, ...]] = []
        self._chunks: list[I64] = []

    def add_unit(self, row: Row) -> None:
        (unit_id, installed_in, order_id, location, container, customer, shipment, part_id, *facts) = row
        life_cycle, custody, is_held, last_operation, last_result, revision = facts
        known: _Facts = (
            life_cycle, custody, is_held, installed_in != NOWHERE, container != "", last_operation != "", last_result,
        )  # fmt: skip
        status = self._statuses.get(known)
        if status is None:
            status = self._statuses[known] = self._status(known)
        texts = self._texts
        self._add(
            unit_id,
            UNIT,
            installed_in,
            status,
            texts[Grouping.LOCATION][location],
            texts[Grouping.CUSTOMER][customer],
            texts[Grouping.SHIPMENT][shipment],
            self._orders[order_id],
            texts[Grouping.CONTAINER][container],
            texts[Grouping.CUSTODY][custody],
            self._parts[part_id],
            self._things[part_id, "", revision],
        )

    def _status(self, facts: _Facts) -> int:
        life_cycle, custody, is_held, is_installed, is_packed, has_run, last_result = facts
        status = status_of(
            life_cycle=LifeCycle(life_cycle),
            custody=Custody(custody),
            is_held=bool(is_held),
            is_installed=is_installed,
            is_packed=is_packed,
            last_operation="run" if has_run else "",
            last_result=last_result,
        )
        return self._texts[Grouping.STATUS][status.value]

    def add_lot(self, lot_id: int, part_id: int, supplier: str, status: Status) -> None:
        texts = self._texts
        custody = texts[Grouping.CUSTODY][Custody.IN_HOUSE.value]
        of_lot = texts[Grouping.STATUS][status.value], 0, 0, 0, 0, 0, custody, self._parts[part_id]
        self._add(lot_id, LOT, NOWHERE, *of_lot, self._things[part_id, supplier, ""])

    def _add(self, *row: int) -> None:
        self._rows.append(row)
        if len(self._rows) == CHUNK:
            self._chunks.append(np.array(self._rows, np.int64))
            self._rows.clear()

    def states(self, reader: Reader) -> States:
        """The columns; the names of work orders and parts are read from the reader."""
        width = 3 + len(Grouping) + 1
        rest = np.array(self._rows, np.int64).reshape(-1, width)
        table = np.concatenate([*self._chunks, rest])
        texts: dict[Grouping, list[str]] = {grouping: list(codes) for grouping, codes in self._texts.items()}
        texts[Grouping.WORK_ORDER] = self._orders.names(reader)
        texts[Grouping.PART_NUMBER] = self._parts.names(reader)
        return States(
            subject=np.ascontiguousarray(table[:, 0]),
            marks=table[:, 1].astype(np.uint8),
            installed_in=np.ascontiguousarray(table[:, 2]),
            codes={grouping: table[:, place].astype(np.int32) for place, grouping in enumerate(Grouping, start=3)},
            texts=texts,
            thing=Coded(table[:, -1].astype(np.int32), self._things.texts(reader)),
        )
