"""Where a unit or lot went: every unit that contains it at any level, and where each of them is now."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.naming import Named
from asbuilt.queries.walks import STEPS_ABOVE, Moment
from asbuilt.queries.whereabouts import Places, Whereabouts

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


def where_used(reader: Reader, named: Named, *, at: datetime | None = None, ever: bool = False) -> Iterator[Affected]:
    """Everything that contains a unit or lot: now, at a time, or (ever) at any time, nearest first. Never cut off.

    The units are given in order of level and then of registration.
    """
    moment = Moment.EVER if ever else Moment.NOW if at is None else Moment.AT
    time = (microseconds(at),) if at is not None and not ever else ()
    steps = _nearest(reader.rows(STEPS_ABOVE[reader.dialect][moment], [named.subject_id], *time), named.subject_id)
    order = sorted(steps, key=lambda subject_id: (steps[subject_id].level, subject_id))
    places = Places(reader)
    for start in range(0, len(order), CHUNK):
        yield from _described(places, {subject_id: steps[subject_id] for subject_id in order[start : start + CHUNK]})


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


def _described(places: Places, steps: dict[int, _Step]) -> Iterator[Affected]:
    """The affected units and lots of a chunk, in its order."""
    found = places.of(steps)
    components = places.names({step.row[0] for step in steps.values()})
    for subject_id, where in found.items():
        yield _affected(where, steps[subject_id], components[steps[subject_id].row[0]])


def _affected(where: Whereabouts, step: _Step, component: str) -> Affected:
    row, is_unit = step.row, where.kind == "unit"
    return Affected(
        level=step.level,
        kind=where.kind,
        unit=where.name if is_unit else "",
        issuer=where.issuer,
        part_number=where.part_number,
        serial_number=where.number if is_unit else "",
        lot_number="" if is_unit else where.number,
        marked_as=where.marked_as,
        description=where.description,
        component=component,
        reference_designator=row[2],
        quantity=quantity_of(row[3]),
        uom=row[4],
        evidence=row[5],
        installed_at=moment_of(row[6]),
        removed_at=None if row[7] is None else moment_of(row[7]),
        status=where.status,
        in_unit=where.in_unit,
        location=where.location,
        custody=where.custody,
        container=where.container,
        customer=where.customer,
        shipment=where.shipment,
        work_order=where.work_order,
    )
