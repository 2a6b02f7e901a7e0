"""Units and lots as they stand, and where each of them is: a component is where its outermost assembly is."""

from collections.abc import Iterable
from dataclasses import dataclass

from asbuilt.core.states.records.identity import Custody, Status
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.identity import markings
from asbuilt.queries.naming import escaped
from asbuilt.queries.units import STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """What a unit or lot is, how it stands, and where it is.

    marked_as: what a unit is marked as now, when that is no longer its key. in_unit: the outermost assembly it is part
    of, whose place that is.
    """

    kind: str
    name: str
    issuer: str
    part_number: str
    number: str
    marked_as: str
    description: str
    status: str
    in_unit: str
    location: str
    custody: str
    container: str
    customer: str
    shipment: str
    work_order: str


# Units as they stand, and what they are part of (serves where-used and recalls). CROSS JOIN keeps SQLite to this order.
UNITS_NOW = f"""
SELECT unit_state.unit_id, subject.scope_id, subject.name, unit_state.installed_in, unit_state.work_order_id,
       {STATUS}, unit_state.location, unit_state.custody, unit_state.container, unit_state.customer,
       unit_state.shipment
FROM unit_state CROSS JOIN subject
WHERE unit_state.unit_id = ANY($1) AND subject.subject_id = unit_state.unit_id
"""
# Lots as they stand (serves where-used and recalls).
LOTS_NOW = """
SELECT lot_state.lot_id, lot.scope_id, lot.name, lot_state.open_holds
FROM lot_state CROSS JOIN subject AS lot
WHERE lot_state.lot_id = ANY($1) AND lot.subject_id = lot_state.lot_id
"""
# The parts that units and lots are of.
PARTS = """
SELECT part.subject_id, issuer.name, part.name, part_state.description
FROM subject AS part JOIN subject AS issuer ON issuer.subject_id = part.scope_id
LEFT JOIN part_state ON part_state.part_id = part.subject_id
WHERE part.subject_id = ANY($1)
"""
# The names of subjects.
NAMES = "SELECT subject_id, scope_id, name FROM subject WHERE subject_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class _PartName:
    """A part as its units and lots are named."""

    issuer: str
    part_number: str
    description: str
    spelled: str

    def name_of(self, number: str) -> str:
        return f"{self.spelled}/{number.replace('%', '%25')}"


class Places:
    """Reads whereabouts, chunk by chunk; parts and orders are few and kept."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._parts: dict[int, _PartName] = {}
        self._orders: dict[int, str] = {}

    def of(self, subject_ids: Iterable[int]) -> dict[int, Whereabouts]:
        """The whereabouts of units and lots by id, in the order asked; those that do not exist are left out."""
        asked = list(subject_ids)
        units = self._rows(UNITS_NOW, asked)
        lots = self._rows(LOTS_NOW, [subject_id for subject_id in asked if subject_id not in units])
        above = self._assemblies_above(units)
        marked = markings(self._reader, units) if units else {}
        rows = (*units.values(), *lots.values(), *above.values())
        self._learn({row[1] for row in rows}, {row[4] for row in units.values() if row[4] is not None})
        found = {}
        for subject_id in asked:
            if subject_id in units:
                found[subject_id] = self._unit(units[subject_id], above, marked.get(subject_id, ""))
            elif subject_id in lots:
                found[subject_id] = self._lot(lots[subject_id])
        return found

    def names(self, subject_ids: Iterable[int]) -> dict[int, str]:
        """The full names of units and lots by id."""
        rows = self._rows(NAMES, subject_ids)
        self._learn({row[1] for row in rows.values()}, set())
        return {subject_id: self._name(row) for subject_id, row in rows.items()}

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

    def _unit(self, row: Row, above: dict[int, Row], marked_as: str) -> Whereabouts:
        top = row
        while top[3] is not None and top[3] in above:
            top = above[top[3]]
        part = self._parts[row[1]]
        return Whereabouts(
            kind="unit",
            name=part.name_of(row[2]),
            issuer=part.issuer,
            part_number=part.part_number,
            number=row[2],
            marked_as=marked_as,
            description=part.description,
            status=row[5],
            in_unit="" if top is row else self._name(top),
            location=top[6],
            custody=top[7],
            container=top[8],
            customer=top[9],
            shipment=top[10],
            work_order=self._orders.get(row[4], ""),
        )

    def _lot(self, row: Row) -> Whereabouts:
        part = self._parts[row[1]]
        return Whereabouts(
            kind="lot",
            name=part.name_of(row[2]),
            issuer=part.issuer,
            part_number=part.part_number,
            number=row[2],
            marked_as="",
            description=part.description,
            status=(Status.AVAILABLE if row[3] == "[]" else Status.ON_HOLD).value,
            in_unit="",
            location="",
            custody=Custody.IN_HOUSE.value,
            container="",
            customer="",
            shipment="",
            work_order="",
        )
