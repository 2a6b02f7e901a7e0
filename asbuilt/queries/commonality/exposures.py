"""What units were exposed to: what is in them, who and what worked on them, where and when.

With an index all is read of it but for units that changed since; without, everything is read in chunks of units.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.files import IndexUnfit
from asbuilt.projections.fleet.index import Index
from asbuilt.projections.fleet.reading import DONE
from asbuilt.queries.commonality.factors import GRADES, IN_UNIT, RECORDED, SHIFTS, Factor
from asbuilt.queries.commonality.gathering import Exposures, Gathering
from asbuilt.queries.commonality.indexed import gather
from asbuilt.queries.naming import escaped, spelled
from asbuilt.queries.walks import FED_TO, Moment
from asbuilt.queries.whereabouts import NAMES
from asbuilt.queries.windows import END, Window, day_of, local, shift_of, shifts_of

CHUNK = 500
"""Units read at a time."""

# What is, or ever was, directly in some units or lots (serves commonality).
LINKS_IN = """
SELECT link.parent_id, link.component_id, link.reference_designator, link.evidence, link.installed_at
FROM installation AS link WHERE link.parent_id = ANY($1)
ORDER BY link.parent_id, link.sequence
"""
# What some components are, of whom and of which revision (serves commonality).
COMPONENTS = """
SELECT thing.subject_id, thing.kind, issuer.name, part.name, thing.name, lot_state.supplier, unit_state.revision
FROM subject AS thing CROSS JOIN subject AS part CROSS JOIN subject AS issuer
LEFT JOIN lot_state ON lot_state.lot_id = thing.subject_id
LEFT JOIN unit_state ON unit_state.unit_id = thing.subject_id
WHERE thing.subject_id = ANY($1) AND part.subject_id = thing.scope_id AND issuer.subject_id = part.scope_id
"""
# The work done on some units, with the recorded events (serves commonality).
WORK = """
SELECT run.unit_id, run.operation, run.station_id, coalesce(run.work_order_id, unit_state.work_order_id),
       run.completed_at, event.payload
FROM operation_run AS run CROSS JOIN event
LEFT JOIN unit_state ON unit_state.unit_id = run.unit_id
WHERE run.unit_id = ANY($1) AND event.sequence = run.sequence
ORDER BY run.unit_id, run.sequence
"""


@dataclass(frozen=True, slots=True)
class _Thing:
    """A component. part: as issuer:part. name: as issuer:part/number."""

    part: str
    name: str
    is_lot: bool
    supplier: str
    revision: str


@dataclass(frozen=True, slots=True)
class _Step:
    """A component reached on the way down from a unit. grade: the weakest on the way, by its place in GRADES."""

    root: int
    node: int
    path: str
    grade: int


@dataclass(frozen=True, slots=True)
class _Inside:
    """Something directly in a node. place: reference designator, or station and slot where it was fed."""

    step: _Step
    component: int
    place: str
    grade: int
    is_fed: bool


def exposures_of(
    reader: Reader,
    units: Sequence[int],
    wanted: frozenset[Factor],
    *,
    window: Window,
    until: Mapping[int, int],
    index: Index | None = None,
) -> Exposures:
    """What units (ids, ascending) were exposed to.

    until: for each unit the time after which nothing counts; END where it has none. window: gives the zone of days,
    shifts and weeks.
    """
    every = np.array(units, np.int64)
    found = Gathering(every)
    rest = units
    if index is not None:
        ends = np.fromiter((until.get(unit, END) for unit in units), np.int64, len(units)) if until else None
        try:
            rest = every[gather(reader, index, found, ends, wanted=wanted, zone=window.zone)].tolist()
        except IndexUnfit:
            found = Gathering(every)
    _gather_rows(reader, rest, found, wanted, window=window, until=until)
    return found.exposures()


def _gather_rows(
    reader: Reader,
    units: Sequence[int],
    found: Gathering,
    wanted: frozenset[Factor],
    *,
    window: Window,
    until: Mapping[int, int],
) -> None:
    known: dict[int, _Thing] = {}
    for start in range(0, len(units), CHUNK):
        chunk = sorted(units[start : start + CHUNK])
        met = _Met()
        if wanted - IN_UNIT:
            _add_work(reader, chunk, met, window, until)
        if wanted & IN_UNIT:
            _add_components(reader, chunk, met, known, until)
        met.give(found, wanted)


class _Met:
    """What units of a chunk were found to have."""

    def __init__(self) -> None:
        self._rows: dict[Factor, list[tuple[int, int, int]]] = defaultdict(list)
        self._texts: dict[Factor, dict[str, int]] = defaultdict(dict)

    def add(self, factor: Factor, value: str, unit: int, grade: int = RECORDED) -> None:
        texts = self._texts[factor]
        self._rows[factor].append((texts.setdefault(value, len(texts)), unit, grade))

    def give(self, found: Gathering, wanted: frozenset[Factor]) -> None:
        for factor in wanted & self._rows.keys():
            values, units, grades = np.array(self._rows[factor], np.int64).T
            places = np.searchsorted(found.units, units)
            found.add(factor, list(self._texts[factor]), values, places, grades.astype(np.int8))


def _add_work(reader: Reader, units: list[int], met: _Met, window: Window, until: Mapping[int, int]) -> None:
    shifts = shifts_of(SHIFTS)
    rows = reader.rows(WORK, units)
    named = sorted({one for row in rows for one in (row[2], row[3]) if one is not None})
    names = {row[0]: row[2] for row in reader.rows(NAMES, named)} if named else {}
    for unit, operation, station, order, completed_at, payload in rows:
        if completed_at > until.get(unit, END):
            continue
        done = DONE.decode(payload)
        day = local(completed_at, window.zone).date()
        monday = day - timedelta(days=day.weekday())
        for factor, value in (
            (Factor.STATION, names.get(station, "")),
            (Factor.TOOL, done.tool),
            (Factor.PROGRAM, done.program),
            (Factor.OPERATOR, done.operator),
            (Factor.WORK_ORDER, names.get(order, "")),
            (Factor.DAY, f"{operation} {day_of(completed_at, window.zone)}"),
            (Factor.SHIFT, f"{operation} {shift_of(completed_at, window.zone, shifts)}"),
            (Factor.WEEK, f"{operation} {monday.isoformat()}"),
        ):
            met.add(factor, value, unit)


def _add_components(
    reader: Reader, units: list[int], met: _Met, known: dict[int, _Thing], until: Mapping[int, int]
) -> None:
    """Walk down from all units at once, level by level; what was met at a higher level of a unit is not entered again.

    Where something is at one level by several ways, each way is gone on, with the best evidence it has.
    """
    entered = {(unit, unit) for unit in units}
    level = [_Step(unit, unit, "", 0) for unit in units]
    while level:
        inside = list(_inside(reader, level, until))
        _learn(reader, known, {one.component for one in inside})
        below: dict[tuple[int, int, str], int] = {}
        for one in inside:
            thing, step = known[one.component], one.step
            path = f"{step.path} > {thing.part}".removeprefix(" > ")
            down = _Step(step.root, one.component, path, max(step.grade, one.grade))
            _add_component(met, down, thing, one)
            if (down.root, down.node) not in entered:
                way = (down.root, down.node, path)
                below[way] = min(below.get(way, down.grade), down.grade)
        entered.update((root, node) for root, node, _ in below)
        level = [_Step(*way, grade) for way, grade in below.items()]


def _inside(reader: Reader, level: Iterable[_Step], until: Mapping[int, int]) -> Iterator[_Inside]:
    """What is directly in each node, and was before its unit was judged."""
    by_node: dict[int, list[_Step]] = {}
    for step in level:
        by_node.setdefault(step.node, []).append(step)
    nodes = sorted(by_node)
    fed_grade = GRADES.index(Evidence.SETUP_WINDOW)
    for start in range(0, len(nodes), CHUNK):
        some = nodes[start : start + CHUNK]
        for parent, component, designator, evidence, at in reader.rows(LINKS_IN, some):
            for step in by_node[parent]:
                if at <= until.get(step.root, END):
                    yield _Inside(step, component, designator, GRADES.index(Evidence(evidence)), is_fed=False)
        for unit, station, slot, lot, _, at in reader.rows(FED_TO[Moment.NOW], some):
            for step in by_node[unit]:
                if at <= until.get(step.root, END):
                    yield _Inside(step, lot, f"{station} {slot}", fed_grade, is_fed=True)


def _add_component(met: _Met, step: _Step, thing: _Thing, one: _Inside) -> None:
    unit, grade = step.root, step.grade
    if thing.is_lot:
        met.add(Factor.LOT, thing.name, unit, grade)
    met.add(Factor.SUPPLIER, thing.supplier, unit, grade)
    met.add(Factor.PART, f"{thing.part} {thing.revision}".strip(), unit, grade)
    met.add(Factor.PATH, step.path, unit, grade)
    if one.place:
        met.add(Factor.SLOT if one.is_fed else Factor.POSITION, f"{one.place} {thing.part}", unit, grade)


def _learn(reader: Reader, known: dict[int, _Thing], components: set[int]) -> None:
    unknown = sorted(components - known.keys())
    for start in range(0, len(unknown), CHUNK):
        some = unknown[start : start + CHUNK]
        for subject_id, kind, issuer, part_number, name, supplier, revision in reader.rows(COMPONENTS, some):
            known[subject_id] = _Thing(
                part=f"{escaped(issuer)}:{escaped(part_number)}",
                name=spelled(issuer, part_number, name),
                is_lot=kind == SubjectKind.LOT,
                supplier=supplier or issuer,
                revision=revision or "",
            )
