"""Where a unit or lot went: every unit that contains it at any level, and where each of them is now."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.states.records.identity import Custody, Status
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.identity import markings
from asbuilt.queries.naming import Named, escaped
from asbuilt.queries.units import STATUS
from asbuilt.queries.walks import STEPS_ABOVE, Moment

CHUNK = 2000
"""Affected units read and given at a time: the answer has any length, the memory does not grow with its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A unit or lot that contains the seed.

    marked_as: what a unit is marked as now, when that is no longer its key.
    level: 1 when it contains the seed itself. component: what it contains through which it is affected, and where
    (reference_designator, or the slot of a line-fed lot), how much and how surely. removed_at: when it no longer does.
    status and what follows say where it is now; in_unit is the outermost assembly it is part of, whose place that is.
    """

    level: int
    kind: str
    unit: str
    issuer: str
    part_number: str
    serial_number: str
    lot_number: str
    marked_as: str
    description: str
    component: str
    reference_designator: str
    quantity: Decimal | None
    uom: str
    evidence: str
    installed_at: datetime
    removed_at: datetime | None
    status: str
    in_unit: str
    location: str
    custody: str
    container: str
    customer: str
    shipment: str
    work_order: str


@dataclass(frozen=True, slots=True)
class _Step:
    """How an affected node is first reached."""

    level: int
    row: Row


# The affected units as they stand, and what they are part of. CROSS JOIN keeps SQLite to this order.
UNITS_NOW = f"""
SELECT unit_state.unit_id, subject.scope_id, subject.name, unit_state.installed_in, unit_state.work_order_id,
       {STATUS}, unit_state.location, unit_state.custody, unit_state.container, unit_state.customer,
       unit_state.shipment
FROM unit_state CROSS JOIN subject
WHERE unit_state.unit_id = ANY($1) AND subject.subject_id = unit_state.unit_id
"""
# The affected lots as they stand.
LOTS_NOW = """
SELECT lot_state.lot_id, lot.scope_id, lot.name, lot_state.open_holds
FROM lot_state CROSS JOIN subject AS lot
WHERE lot_state.lot_id = ANY($1) AND lot.subject_id = lot_state.lot_id
"""
# The parts that affected units and lots are of.
PARTS = """
SELECT part.subject_id, issuer.name, part.name, part_state.description
FROM subject AS part JOIN subject AS issuer ON issuer.subject_id = part.scope_id
LEFT JOIN part_state ON part_state.part_id = part.subject_id
WHERE part.subject_id = ANY($1)
"""
NAMES = "SELECT subject_id, scope_id, name FROM subject WHERE subject_id = ANY($1)"


def where_used(reader: Reader, named: Named, *, at: datetime | None = None, ever: bool = False) -> Iterator[Affected]:
    """Everything that contains a unit or lot: now, at a time, or (ever) at any time, nearest first. Never cut off.

    The units are given in order of level and then of registration.
    """
    moment = Moment.EVER if ever else Moment.NOW if at is None else Moment.AT
    time = (microseconds(at),) if at is not None and not ever else ()
    steps = _nearest(reader.rows(STEPS_ABOVE[reader.dialect][moment], [named.subject_id], *time), named.subject_id)
    order = sorted(steps, key=lambda subject_id: (steps[subject_id].level, subject_id))
    known = _Around(reader)
    for start in range(0, len(order), CHUNK):
        yield from known.described({subject_id: steps[subject_id] for subject_id in order[start : start + CHUNK]})


def _nearest(rows: list[Row], seed_id: int) -> dict[int, _Step]:
    """The first step by which each node above the seed is reached, breadth first."""
    above: dict[int, list[Row]] = {}
    for row in rows:
        above.setdefault(row[0], []).append(row)
    reached: dict[int, _Step] = {}
    waiting = deque([(seed_id, 0)])
    while waiting:
        subject_id, level = waiting.popleft()
        for row in above.get(subject_id, ()):
            if row[1] not in reached and row[1] != seed_id:
                reached[row[1]] = _Step(level + 1, row)
                waiting.append((row[1], level + 1))
    return reached


@dataclass(frozen=True, slots=True)
class _PartName:
    """A part as its units and lots are named."""

    issuer: str
    part_number: str
    description: str
    spelled: str

    def name_of(self, number: str) -> str:
        return f"{self.spelled}/{number.replace('%', '%25')}"


class _Around:
    """Reads what is shown of affected units, chunk by chunk; parts and orders are few and kept."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._parts: dict[int, _PartName] = {}
        self._orders: dict[int, str] = {}

    def described(self, steps: dict[int, _Step]) -> Iterator[Affected]:
        """The affected units and lots of a chunk, in its order."""
        units = self._rows(UNITS_NOW, steps)
        lots = self._rows(LOTS_NOW, [subject_id for subject_id in steps if subject_id not in units])
        above = self._assemblies_above(units)
        marked = markings(self._reader, units) if units else {}
        names = self._rows(NAMES, {step.row[0] for step in steps.values()})
        rows = (*units.values(), *lots.values(), *above.values(), *names.values())
        self._learn({row[1] for row in rows}, {row[4] for row in units.values() if row[4] is not None})
        for subject_id, step in steps.items():
            component = self._name(names[step.row[0]])
            if subject_id in units:
                yield self._unit(units[subject_id], above, step, component, marked.get(subject_id, ""))
            elif subject_id in lots:
                yield self._lot(lots[subject_id], step, component)

    def _rows(self, sql: str, subject_ids: Iterable[int]) -> dict[int, Row]:
        ids = sorted(subject_ids)
        return {row[0]: row for row in self._reader.rows(sql, ids)} if ids else {}

    def _assemblies_above(self, units: dict[int, Row]) -> dict[int, Row]:
        """The units, and every assembly above them, by id."""
        known = dict(units)
        wanted = {row[3] for row in units.values() if row[3] is not None} - known.keys()
        while wanted:
            found = self._rows(UNITS_NOW, wanted)
            known.update(found)
            wanted = {row[3] for row in found.values() if row[3] is not None} - known.keys()
        return known

    def _learn(self, part_ids: set[int], order_ids: set[int]) -> None:
        for part_id, issuer, part_number, description in self._rows(PARTS, part_ids - self._parts.keys()).values():
            spelling = f"{escaped(issuer)}:{escaped(part_number)}"
            self._parts[part_id] = _PartName(issuer, part_number, description or "", spelling)
        for order_id, row in self._rows(NAMES, order_ids - self._orders.keys()).items():
            self._orders[order_id] = row[2]

    def _name(self, row: Row) -> str:
        return self._parts[row[1]].name_of(row[2])

    def _unit(self, row: Row, above: dict[int, Row], step: _Step, component: str, marked_as: str) -> Affected:
        top = row
        while top[3] is not None and top[3] in above:
            top = above[top[3]]
        part = self._parts[row[1]]
        return Affected(
            level=step.level,
            kind="unit",
            unit=part.name_of(row[2]),
            issuer=part.issuer,
            part_number=part.part_number,
            serial_number=row[2],
            lot_number="",
            marked_as=marked_as,
            description=part.description,
            component=component,
            reference_designator=step.row[2],
            quantity=quantity_of(step.row[3]),
            uom=step.row[4],
            evidence=step.row[5],
            installed_at=moment_of(step.row[6]),
            removed_at=None if step.row[7] is None else moment_of(step.row[7]),
            status=row[5],
            in_unit="" if top is row else self._name(top),
            location=top[6],
            custody=top[7],
            container=top[8],
            customer=top[9],
            shipment=top[10],
            work_order=self._orders.get(row[4], ""),
        )

    def _lot(self, row: Row, step: _Step, component: str) -> Affected:
        part = self._parts[row[1]]
        return Affected(
            level=step.level,
            kind="lot",
            unit="",
            issuer=part.issuer,
            part_number=part.part_number,
            serial_number="",
            lot_number=row[2],
            marked_as="",
            description=part.description,
            component=component,
            reference_designator=step.row[2],
            quantity=quantity_of(step.row[3]),
            uom=step.row[4],
            evidence=step.row[5],
            installed_at=moment_of(step.row[6]),
            removed_at=None if step.row[7] is None else moment_of(step.row[7]),
            status=(Status.AVAILABLE if row[3] == "[]" else Status.ON_HOLD).value,
            in_unit="",
            location="",
            custody=Custody.IN_HOUSE.value,
            container="",
            customer="",
            shipment="",
            work_order="",
        )
