"""The as-built record: everything a unit is made of, and what was done to it, at any time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.states.production import measurements_of
from asbuilt.core.states.records.definitions import SpecificationState
from asbuilt.ledger.codec import microseconds, moment_of, stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.definitions import characteristics_from
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.defects import DefectView
from asbuilt.queries.defects_at import defects_of_units
from asbuilt.queries.naming import Named, spelled
from asbuilt.queries.overrides import OverrideView, overrides_in_tree
from asbuilt.queries.units import UNITS_BY_ID, unit_rows
from asbuilt.queries.walks import FED_TO, LINKS_BELOW, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementView:
    """A result against the limits it was taken under, in `uom`. file_digest: SHA-256 of a series or waveform."""

    characteristic: str
    value: Decimal | None
    text: str
    passed: bool
    uom: str
    nominal: Decimal | None
    lower_limit: Decimal | None
    upper_limit: Decimal | None
    file_digest: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """An operation done on a unit. attempt: 1 for the first time it was done. defect: what it found, and where."""

    operation: str
    station: str
    work_order: str
    attempt: int
    result: str
    started_at: datetime | None
    completed_at: datetime
    operator: str
    tool: str
    program: str
    defect: str
    specification: str
    event_id: str
    measurements: tuple[MeasurementView, ...]


@dataclass(slots=True, kw_only=True)
class ComponentView:
    """A component in its place: a unit (serial_number), some of a lot (lot_number), or a name not delivered (declared).

    marked_as: what a unit is marked as now, when that is no longer its key. revision: of a unit. defects: what was
    wrong with it, and what had been decided and done about it.
    level: 1 for what is directly in the record's unit. at: station and slot, for line-fed material.
    """

    level: int
    kind: str
    reference_designator: str
    issuer: str
    part_number: str
    description: str
    serial_number: str
    lot_number: str
    name: str
    marked_as: str
    revision: str
    quantity: Decimal | None
    uom: str
    operation: str
    evidence: str
    installed_at: datetime
    status: str
    operations: list[OperationView] = field(default_factory=list)
    defects: list[DefectView] = field(default_factory=list)
    components: list["ComponentView"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsBuilt:
    """The as-built record of a unit (or the make-up of a lot). at: the asked time, None for now.

    marked_as: what the unit is marked as now, when that is no longer its key.
    component_count and depth: how many components there are, and on how many levels. overrides: what was done to it, or
    to a unit in it, in spite of the interlock.
    """

    name: str
    kind: str
    issuer: str
    part_number: str
    description: str
    serial_number: str
    lot_number: str
    marked_as: str
    revision: str
    status: str
    at: datetime | None
    component_count: int
    depth: int
    operations: list[OperationView]
    defects: list[DefectView]
    overrides: tuple[OverrideView, ...]
    components: list[ComponentView]


@dataclass(frozen=True, slots=True)
class Thing:
    """A unit or lot as it is named and stands."""

    kind: str
    issuer: str
    part_number: str
    number: str
    description: str
    status: str
    revision: str
    marked_as: str


@dataclass(slots=True)
class Gathered:
    """All rows of one record: links by their sequence, line-fed lots and declared components by what they are in."""

    links: dict[int, Row] = field(default_factory=dict)
    fed: dict[int, list[Row]] = field(default_factory=dict)
    declared: dict[int, list[Row]] = field(default_factory=dict)
    nodes: set[int] = field(default_factory=set)


# Names units and lots with their state in one go (serves as-built).
THINGS = """
SELECT subject.subject_id, subject.kind, issuer.name, part.name, subject.name, part_state.description
FROM subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
LEFT JOIN part_state ON part_state.part_id = part.subject_id
WHERE subject.subject_id = ANY($1) AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id
"""
LOT_HOLDS = "SELECT lot_id, open_holds FROM lot_state WHERE lot_id = ANY($1)"
# Operations done on some units, with the events that hold the measurements (serves as-built).
RUNS = """
SELECT run.unit_id, run.operation, station.name, work_order.name, run.result, run.started_at, run.completed_at,
       event.payload
FROM operation_run AS run
JOIN event ON event.sequence = run.sequence
LEFT JOIN subject AS station ON station.subject_id = run.station_id
LEFT JOIN subject AS work_order ON work_order.subject_id = run.work_order_id
WHERE run.unit_id = ANY($1) AND run.completed_at <= $2
ORDER BY run.unit_id, run.sequence
"""
# Components that documents name for some parents (serves as-built).
DECLARED = """
SELECT parent_id, sequence, scheme, value, value_key, supplier, quantity, uom, declared_at
FROM declared_component WHERE parent_id = ANY($1) AND declared_at <= $2 ORDER BY sequence
"""
# What the declared names have turned out to be.
DELIVERED = """
SELECT alias.value_key, alias.scheme, coalesce(merged_unit.unit_id, alias.subject_id)
FROM alias LEFT JOIN merged_unit ON merged_unit.duplicate_id = alias.subject_id
WHERE alias.site_id = $1 AND alias.value_key = ANY($2)
"""
SPECIFICATIONS = """
SELECT subject.name_key, specification_state.characteristics FROM specification_state
JOIN subject ON subject.subject_id = specification_state.specification_id
WHERE subject.site_id = $1 AND subject.kind = 6 AND subject.name_key = ANY($2)
"""

END_OF_TIME = 2**62


def as_built(reader: Reader, named: Named, *, at: datetime | None = None) -> AsBuilt:
    """The record of a unit or lot as it is, or as it was at a time: full tree, operations, evidence."""
    until = END_OF_TIME if at is None else microseconds(at)
    gathered = gather(reader, named.subject_id, until, Moment.NOW if at is None else Moment.AT)
    things = things_of(reader, gathered.nodes | {named.subject_id})
    units = [node for node, thing in things.items() if thing.kind == "unit"]
    operations = _operations(reader, units, until)
    defects = defects_of_units(reader, units, until=None if at is None else until)
    children = _children_by_parent(gathered)
    components: list[ComponentView] = []
    count = depth = 0
    # Late events and line-fed material can put a thing into itself: it is shown there once more, and not opened.
    waiting = [(named.subject_id, 1, components, frozenset([named.subject_id]))]
    while waiting:
        parent_id, level, views, path = waiting.pop()
        for link in children.get(parent_id, ()):
            view = _component(link, things, level)
            component_id = link[2]
            if component_id is not None:
                view.operations = operations.get(component_id, [])
                view.defects = defects.get(component_id, [])
                if component_id not in path:
                    waiting.append((component_id, level + 1, view.components, path | {component_id}))
            count += 1
            depth = max(depth, level)
            views.append(view)
    thing = things[named.subject_id]
    return AsBuilt(
        name=named.name,
        kind=thing.kind,
        issuer=thing.issuer,
        part_number=thing.part_number,
        description=thing.description,
        serial_number=thing.number if thing.kind == "unit" else "",
        lot_number=thing.number if thing.kind == "lot" else "",
        marked_as=thing.marked_as,
        revision=thing.revision,
        status=thing.status,
        at=at,
        component_count=count,
        depth=depth,
        operations=operations.get(named.subject_id, []),
        defects=defects.get(named.subject_id, []),
        overrides=overrides_in_tree(reader, units, until=until),
        components=components,
    )


def gather(reader: Reader, root_id: int, until: int, moment: Moment) -> Gathered:
    """All links, line-fed lots and declared components below a unit or lot.

    Line-fed lots have a make-up of their own, so the walk goes on from them until nothing new is found.
    """
    gathered = Gathered()
    frontier = {root_id}
    time = () if moment is Moment.NOW else (until,)
    while frontier:
        new = {*frontier}
        for link in reader.rows(LINKS_BELOW[moment], sorted(frontier), *time):
            gathered.links[link[0]] = link
            new.add(link[2])
        new -= gathered.nodes
        gathered.nodes |= new
        frontier = set()
        for fed in reader.rows(FED_TO[moment], sorted(new), *time):
            gathered.fed.setdefault(fed[0], []).append(fed)
            if fed[3] not in gathered.nodes:
                frontier.add(fed[3])
        for declared in reader.rows(DECLARED, sorted(new), until):
            gathered.declared.setdefault(declared[0], []).append(declared)
    _drop_delivered(reader, gathered)
    return gathered


def _drop_delivered(reader: Reader, gathered: Gathered) -> None:
    """Leave out declared components that have been delivered and are linked."""
    keys = sorted({row[4] for rows in gathered.declared.values() for row in rows})
    if not keys:
        return
    delivered: dict[tuple[str, str], set[int]] = {}
    for value_key, scheme, subject_id in reader.rows(DELIVERED, reader.site.site_id, keys):
        delivered.setdefault((scheme, value_key), set()).add(subject_id)
    linked = {(link[1], link[2]) for link in gathered.links.values()}
    for parent_id, rows in gathered.declared.items():
        gathered.declared[parent_id] = [
            row
            for row in rows
            if not any((parent_id, subject_id) in linked for subject_id in delivered.get((row[2], row[4]), ()))
        ]


def _children_by_parent(gathered: Gathered) -> dict[int, list[tuple[Any, ...]]]:
    """What is directly in each node.

    Rows of (designator, parent, component id or None, quantity, uom, operation, evidence, at, name, supplier).
    """
    children: dict[int, list[tuple[Any, ...]]] = {}
    for link in gathered.links.values():
        children.setdefault(link[1], []).append(
            (link[3], link[1], link[2], link[4], link[5], link[6], link[7], link[8], "", "")
        )
    for unit_id, rows in gathered.fed.items():
        for _, station, slot, lot_id, operation, completed_at in rows:
            place = f"{station} {slot}"
            children.setdefault(unit_id, []).append(
                (place, unit_id, lot_id, None, "", operation, Evidence.SETUP_WINDOW.value, completed_at, "", "")
            )
    for parent_id, rows in gathered.declared.items():
        for row in rows:
            children.setdefault(parent_id, []).append(
                ("", parent_id, None, row[6], row[7], "", Evidence.DECLARED.value, row[8], row[3], row[5])
            )
    return children


def _component(link: tuple[Any, ...], things: dict[int, Thing], level: int) -> ComponentView:
    designator, _, component_id, quantity, uom, operation, evidence, installed_at, name, supplier = link
    thing = (
        Thing("declared", supplier, "", "", "", "not_delivered", "", "")
        if component_id is None
        else things[component_id]
    )
    return ComponentView(
        level=level,
        kind=thing.kind,
        reference_designator=designator,
        issuer=thing.issuer,
        part_number=thing.part_number,
        description=thing.description,
        serial_number=thing.number if thing.kind == "unit" else "",
        lot_number=thing.number if thing.kind == "lot" else "",
        name=name or spelled(thing.issuer, thing.part_number, thing.number),
        marked_as=thing.marked_as,
        revision=thing.revision,
        quantity=quantity_of(quantity),
        uom=uom,
        operation=operation,
        evidence=evidence,
        installed_at=moment_of(installed_at),
        status=thing.status,
    )


def things_of(reader: Reader, subject_ids: Iterable[int]) -> dict[int, Thing]:
    """Units and lots as they are named and stand now, by id."""
    ids = sorted(subject_ids)
    states = unit_rows(reader, reader.rows(UNITS_BY_ID, ids))
    held = {lot_id for lot_id, open_holds in reader.rows(LOT_HOLDS, ids) if open_holds != "[]"}
    things = {}
    for subject_id, kind, issuer, part_number, number, description in reader.rows(THINGS, ids):
        state = states.get(subject_id)
        is_unit = kind == SubjectKind.UNIT
        status = (
            (state.status.value if state else "") if is_unit else ("on_hold" if subject_id in held else "available")
        )
        things[subject_id] = Thing(
            "unit" if is_unit else "lot",
            issuer,
            part_number,
            number,
            description or "",
            status,
            state.revision if state else "",
            state.marked_as if state else "",
        )
    return things


def _operations(reader: Reader, unit_ids: list[int], until: int) -> dict[int, list[OperationView]]:
    rows = reader.rows(RUNS, sorted(unit_ids), until)
    events = [stored_event(row[7]) for row in rows]
    specifications = _specifications(reader, events)
    attempts: dict[tuple[int, str], int] = {}
    found: dict[int, list[OperationView]] = {}
    for row, event in zip(rows, events, strict=True):
        assert isinstance(event, OperationCompleted), "runs come from completed operations"
        attempt = attempts[row[0], row[1]] = attempts.get((row[0], row[1]), 0) + 1
        found.setdefault(row[0], []).append(_operation(row, event, attempt, specifications))
    return found


def _operation(
    row: Row, event: OperationCompleted, attempt: int, specifications: dict[str, SpecificationState]
) -> OperationView:
    specification = specifications.get(event.specification.name_key) if event.specification else None
    return OperationView(
        operation=row[1],
        station=row[2] or "",
        work_order=row[3] or "",
        attempt=attempt,
        result=row[4],
        started_at=None if row[5] is None else moment_of(row[5]),
        completed_at=moment_of(row[6]),
        operator=event.operator,
        tool=event.tool,
        program=event.program,
        defect=event.defect or ", ".join(f"{one.code} {one.position}".strip() for one in event.defects),
        specification=str(event.specification or ""),
        event_id=str(event.event_id),
        measurements=tuple(
            MeasurementView(
                characteristic=one.characteristic,
                value=one.value,
                text=one.text,
                passed=one.is_within_limits,
                uom=one.uom,
                nominal=one.nominal,
                lower_limit=one.lower_limit,
                upper_limit=one.upper_limit,
                file_digest=one.file_digest.lower(),
                file_name=one.file_name,
            )
            for one in measurements_of(event, specification)
        ),
    )


def _specifications(reader: Reader, events: Iterable[Any]) -> dict[str, SpecificationState]:
    wanted = {event.specification.name_key: event.specification for event in events if event.specification is not None}
    if not wanted:
        return {}
    rows = reader.rows(SPECIFICATIONS, reader.site.site_id, sorted(wanted))
    return {
        name_key: SpecificationState(specification=wanted[name_key], characteristics=characteristics_from(text))
        for name_key, text in rows
    }


def flattened(record: AsBuilt) -> Iterator[ComponentView]:
    """Every component of a record, each before what it contains."""
    waiting = list(reversed(record.components))
    while waiting:
        component = waiting.pop()
        yield component
        waiting.extend(reversed(component.components))


def lines(record: AsBuilt) -> Iterator[ComponentView]:
    """The same for one line each: without what it contains, which follows on the next lines (serves CSV and NDJSON)."""
    return (replace(component, components=[]) for component in flattened(record))
