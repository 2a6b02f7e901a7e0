"""A unit as it is or was, compared with its bill of materials or with itself at another time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import Part, SubjectKind
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.as_built import DELIVERED, END_OF_TIME, Gathered, Thing, gather, things_of
from asbuilt.queries.bills import names_and_uoms
from asbuilt.queries.comparing.bills_at import Bill, bills_at
from asbuilt.queries.comparing.by_design import against_design
from asbuilt.queries.comparing.contents import with_contents
from asbuilt.queries.comparing.differences import DesignedLine, DifferenceView, in_order, mirrored
from asbuilt.queries.comparing.in_time import between
from asbuilt.queries.comparing.structures import Assembly, Built, Designed, Fitted, Line, Structure
from asbuilt.queries.comparing.structures import named as named_by
from asbuilt.queries.naming import Named, NotFound, spelled
from asbuilt.queries.walks import Moment
from asbuilt.queries.windows import Misasked

# When some units came into being, and of which part they are (serves what each of them should contain).
BIRTHS = """
SELECT subject.subject_id, subject.scope_id, unit_state.commissioned_at
FROM subject CROSS JOIN unit_state
WHERE subject.subject_id = ANY($1) AND unit_state.unit_id = subject.subject_id
"""


class Baseline(StrEnum):
    """What a unit can be compared with, besides itself at a time."""

    DESIGNED = "designed"
    """Its bill of materials, and those of the units in it."""
    NOW = "now"
    """What is in it now: the unit as it is maintained."""


Against = Baseline | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a unit differs from its design, or from itself at another time.

    at: the time it is looked at; None for now. against: designed, or as_built at `against_at`, None for now.
    bill_of_materials: of the unit itself. assembly_count: how many assemblies were compared with a bill; of two times,
    the unit and all that is in it at one of them and contains something.
    """

    name: str
    at: datetime | None
    against: str
    against_at: datetime | None
    bill_of_materials: str
    assembly_count: int
    fault_count: int
    note_count: int
    differences: list[DifferenceView]


@dataclass(frozen=True, slots=True)
class _Read:
    """What is in a unit as it was read: the structure, and the units in it by id."""

    built: Built
    units: Mapping[int, Thing]


def compare(reader: Reader, named: Named, *, against: Against, at: datetime | None = None) -> Comparison:
    """How a unit (or lot) as it is, or was `at` a time, differs from what it is compared with: what is expected.

    Raises NotFound when no bill of materials applies to it, Misasked when it would be compared with itself.
    """
    if (against is Baseline.NOW and at is None) or against == at:
        raise Misasked("both sides are the same moment; say which other time to look at, or compare with designed")
    read = _built(reader, named, at)
    if against is Baseline.DESIGNED:
        expected: Structure = _designed(reader, named, read)
    else:
        expected = _built(reader, named, against if isinstance(against, datetime) else None).built
    found = differences(expected, read.built)
    is_designed = isinstance(expected, Designed)
    if isinstance(expected, Designed):
        found = with_contents(reader, found, expected)
    return Comparison(
        name=named.name,
        at=at,
        against=Baseline.DESIGNED.value if is_designed else "as_built",
        against_at=against if isinstance(against, datetime) else None,
        bill_of_materials=expected.assemblies[expected.root].bill_of_materials
        if isinstance(expected, Designed)
        else "",
        assembly_count=_assemblies(expected, read.built),
        fault_count=sum(one.is_fault for one in found),
        note_count=sum(not one.is_fault for one in found),
        differences=found,
    )


def differences(expected: Structure, found: Structure) -> list[DifferenceView]:
    """How a structure differs from the one that is expected; either may be a design. Two designs of a unit are one."""
    if isinstance(expected, Designed):
        return [] if isinstance(found, Designed) else in_order(against_design(expected, found))
    if isinstance(found, Designed):
        return in_order(map(mirrored, against_design(found, expected)))
    return in_order(between(expected, found))


def designed_lines(reader: Reader, named: Named) -> list[DesignedLine]:
    """What a unit and every unit in it that has a bill should contain, as the unit is now. Raises NotFound."""
    read = _built(reader, named, None)
    designed = _designed(reader, named, read)
    found: list[DesignedLine] = []
    waiting, seen = [(designed.root, 1)], {designed.root}
    for key, level in waiting:
        assembly = designed.assemblies.get(key)
        if assembly is not None:
            found += (_designed_line(key, level, assembly.bill_of_materials, line) for line in assembly.lines or ())
        below = sorted({link.key for link in read.built.inside.get(key, ())} - seen)
        seen.update(below)
        waiting += ((one, level + 1) for one in below)
    return found


def _designed_line(key: str, level: int, bill: str, line: Line) -> DesignedLine:
    return DesignedLine(
        level=level,
        assembly=named_by(key),
        bill_of_materials=bill,
        item=line.item,
        part=str(line.part),
        alternates=tuple(map(str, line.allowed[1:])),
        reference_designators=line.places,
        quantity=line.quantity,
        uom=line.uom,
        revision=line.revision,
        is_optional=line.is_optional,
    )


def _assemblies(expected: Structure, built: Built) -> int:
    if isinstance(expected, Designed):
        return len(expected.assemblies)
    return len({expected.root, *expected.inside, *built.inside})


def _built(reader: Reader, named: Named, at: datetime | None) -> _Read:
    until = END_OF_TIME if at is None else microseconds(at)
    gathered = gather(reader, named.subject_id, until, Moment.NOW if at is None else Moment.AT)
    things = things_of(reader, gathered.nodes | {named.subject_id})
    delivered = _delivered(reader, gathered)
    coming = set(delivered.values()) - things.keys()
    named_things = {**things, **things_of(reader, coming)} if coming else things
    inside: dict[str, list[Fitted]] = {}
    for parent_id, fitted in _links(gathered, named_things, delivered):
        inside.setdefault(_key(things[parent_id]), []).append(fitted)
    units = {one: thing for one, thing in things.items() if thing.kind == "unit"}
    return _Read(Built(root=_key(things[named.subject_id]), inside=inside), units)


def _key(thing: Thing) -> str:
    return f"{thing.kind} {_name(thing)}"


def _name(thing: Thing) -> str:
    return spelled(thing.issuer, thing.part_number, thing.number)


def _delivered(reader: Reader, gathered: Gathered) -> dict[tuple[str, str], int]:
    """What the declared names (scheme and normal form) have turned out to be, where that is one thing."""
    keys = sorted({row[4] for rows in gathered.declared.values() for row in rows})
    found: dict[tuple[str, str], set[int]] = {}
    for value_key, scheme, subject_id in reader.rows(DELIVERED, reader.site.site_id, keys) if keys else ():
        found.setdefault((scheme, value_key), set()).add(subject_id)
    return {name: one for name, (one, *others) in found.items() if not others}


def _links(
    gathered: Gathered, things: Mapping[int, Thing], delivered: Mapping[tuple[str, str], int]
) -> Iterable[tuple[int, Fitted]]:
    """What is in what: the id of the assembly, and the component."""
    parts = {one: Part(thing.issuer, thing.part_number) for one, thing in things.items()}
    names = {one: _name(thing) for one, thing in things.items()}
    for _, parent_id, component_id, place, quantity, uom, _, evidence, *_ in gathered.links.values():
        thing = things[component_id]
        yield (
            parent_id,
            Fitted(
                kind=thing.kind,
                name=names[component_id],
                part=parts[component_id],
                revision=thing.revision,
                place=place,
                quantity=quantity_of(quantity),
                uom=uom,
                evidence=Evidence(evidence),
            ),
        )
    for unit_id, rows in gathered.fed.items():
        for _, station, slot, lot_id, _, _ in rows:
            lot = Fitted(
                kind="lot",
                name=names[lot_id],
                part=parts[lot_id],
                place=f"{station} {slot}",
                evidence=Evidence.SETUP_WINDOW,
                is_line_fed=True,
            )
            yield unit_id, lot
    for parent_id, rows in gathered.declared.items():
        for row in rows:
            came = delivered.get((row[2], row[4]))
            declared = Fitted(
                kind="declared",
                name=row[3],
                part=None if came is None else parts[came],
                revision="" if came is None else things[came].revision,
                quantity=quantity_of(row[6]),
                uom=row[7],
                evidence=Evidence.DECLARED,
                delivered_as="" if came is None else _key(things[came]),
            )
            yield parent_id, declared


def _designed(reader: Reader, named: Named, read: _Read) -> Designed:
    """What should be in a unit and in each unit in it, by the bill that applied when each of them came into being."""
    births = {row[0]: (row[1], row[2]) for row in reader.rows(BIRTHS, sorted(read.units))}
    bills = bills_at(reader, births)
    uoms = names_and_uoms(reader, {line for bill in bills.values() for line in bill.lines})
    assemblies: dict[str, Assembly] = {}
    born_at: dict[str, datetime] = {}
    shared: dict[tuple[str, tuple[bool | None, ...]], Assembly] = {}
    for unit_id, bill in bills.items():
        thing = read.units[unit_id]
        born = moment_of(births[unit_id][1])
        holding = tuple(line.holds_for(thing.number, born) for line in bill.lines)
        if (bill.name, holding) not in shared:
            shared[bill.name, holding] = _assembly(bill, holding, uoms)
        assemblies[_key(thing)] = shared[bill.name, holding]
        born_at[_key(thing)] = born
    root = f"unit {named.name}"
    if root not in assemblies:
        lot = "; a lot has none" if named.kind is SubjectKind.LOT else "; define one before units of the part are made"
        raise NotFound(f"no bill of materials applies to {named.name}{lot}")
    return Designed(root=root, assemblies=assemblies, born_at=born_at)


def _assembly(bill: Bill, holding: tuple[bool | None, ...], uoms: Mapping[Part, tuple[str, str, str]]) -> Assembly:
    """What is due in a unit for which some lines hold; nobody can tell when one cannot be compared with its serial."""
    if None in holding:
        return Assembly(bill_of_materials=bill.name, lines=None)
    others: dict[tuple[str, str], set[Part]] = {}
    for line, holds in zip(bill.lines, holding, strict=True):
        for key in () if holds else _keys(line):
            others.setdefault(key, set()).update(line.allowed)
    lines = [
        Line(
            item=line.item,
            allowed=line.allowed,
            for_others=frozenset[Part]().union(*(others.get(key, ()) for key in _keys(line))) - {*line.allowed},
            places=tuple(line.reference_designators),
            quantity=line.quantity,
            uom=uoms.get(line.part, ("", "", ""))[1],
            revision=line.revision,
            # What is only counted has no number by which anybody could record that it is there.
            is_optional=line.is_optional or uoms.get(line.part, ("", "", ""))[2] == Tracking.COUNTED,
        )
        for line, holds in zip(bill.lines, holding, strict=True)
        if holds
    ]
    return Assembly(bill_of_materials=bill.name, lines=lines)


def _keys(line: BillLine) -> list[tuple[str, str]]:
    return [("item", line.item), *(("place", place) for place in line.reference_designators)]
