"""How complete the records of units are: what their parts ask for, and what of it is recorded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import Part, SubjectKind, Unit
from asbuilt.core.states.completeness import Requirement, requirements
from asbuilt.core.states.known import Known
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.projections import around_records, defects, definitions, genealogy, identity
from asbuilt.projections.loading import Loading
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.units import ids_named

CHUNK = 200
"""Units of an order whose records are read at a time."""

# The units of a work order (serves its completeness).
UNITS_OF_ORDER = """
SELECT unit_id FROM unit_state WHERE work_order_id = $1 AND unit_id > $2 ORDER BY unit_id LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementView:
    """Something that has to be recorded and is not. matter: component, operation, bill_of_materials or routing.

    level: that of the part of `unit`, which asks for it. item, what, place: of the bill of materials; what is the
    operation where it is about one.
    """

    unit: str
    matter: str
    level: str
    item: str
    what: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompleteness:
    """How much of what has to be recorded of a unit is. is_complete_to_ship: it is not shipped before all is."""

    unit: str
    component_record: str
    process_record: str
    is_complete_to_ship: bool
    required_count: int
    recorded_count: int
    missing_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How complete the record of a unit is, with those of the units in it that are asked anything; or of an order."""

    name: str
    required_count: int
    recorded_count: int
    missing_count: int
    units: list[UnitCompleteness]
    missing: list[RequirementView]


def completeness(reader: Reader, named: Named) -> Completeness:
    """Of a unit and of all units in it. Raises NotFound when none of their parts asks for anything."""
    (found,) = _of_units(reader, [named.subject_id])
    if not found:
        raise NotFound(
            f"neither the part of {named.name} nor one in it says what has to be recorded; define it with a "
            "component_record or process_record"
        )
    return _summed(named.name, found)


def order_completeness(reader: Reader, name: str) -> Completeness:
    """Of every unit of a work order, and of all units in them.

    Raises NotFound for an order nobody knows, and when its units are asked for nothing.
    """
    orders = ids_named(reader, name, SubjectKind.WORK_ORDER)
    if not orders:
        raise NotFound(f"no work order {name!r} is known here; `asbuilt order list` shows which there are")
    found: dict[Unit, tuple[_Asked, list[Requirement]]] = {}
    after = 0
    while ids := [unit_id for (unit_id,) in reader.rows(UNITS_OF_ORDER, orders[0], after, CHUNK)]:
        for one in _of_units(reader, ids):
            found |= one
        after = ids[-1]
    if after and not found:
        raise NotFound(
            f"no part in {name} says what has to be recorded of its units; define it with a component_record or "
            "process_record"
        )
    return _summed(name, found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the part of a unit asks for."""

    component_record: str
    process_record: str
    is_complete_to_ship: bool


_Found = Mapping[Unit, tuple[_Asked, list[Requirement]]]


def _of_units(reader: Reader, root_ids: Sequence[int]) -> Iterator[dict[Unit, tuple[_Asked, list[Requirement]]]]:
    """Of each of some units, and all that is in it, as far as anything is asked."""
    known, below = _read(reader, root_ids)
    for root_id in root_ids:
        units = below[root_id]
        found = {}
        for unit in units:
            part = known.parts.get(unit.part)
            if part is not None and known.unit(unit) is not None and part.asks_for_record:
                asked = _Asked(part.component_record, part.process_record, part.is_complete_to_ship)
                found[unit] = (asked, requirements(known, unit))
        yield found


def _read(reader: Reader, root_ids: Sequence[int]) -> tuple[Known, dict[int, list[Unit]]]:
    """What the rules would be told, read by the same statements; and the units below each root, itself first."""
    loading = Loading(reader, Directory(reader, Names()), Known())
    links = genealogy.contents(loading, list(root_ids))
    genealogy.load_children(loading, links)
    names = loading.named({*root_ids, *(subject_id for link in links for subject_id in link)})
    units = [one for one in names.values() if isinstance(one, Unit)]
    identity.load_units(loading, loading.ids(units))
    parts: set[Part] = {unit.part for unit in units}
    definitions.load_parts(loading, loading.ids(parts))
    asking = {state.part for state in loading.known.parts if state.asks_for_record}
    judged = [unit for unit in units if unit.part in asking]
    if judged:
        around_records.load_records(loading, judged)
        defects.load_defects(loading, loading.ids(judged))
    below = {}
    for root_id in root_ids:
        root = names[root_id]
        assert isinstance(root, Unit), "asked for units only"
        below[root_id] = [root, *_units(loading.known.contents(root))]
    return loading.known, below


def _units(subjects: Iterable[object]) -> Iterator[Unit]:
    return (one for one in subjects if isinstance(one, Unit))


def _summed(name: str, found: _Found) -> Completeness:
    units = []
    missing = []
    for unit, (asked, all_of_it) in found.items():
        lacking = [one for one in all_of_it if not one.recorded]
        units.append(
            UnitCompleteness(
                unit=str(unit),
                component_record=asked.component_record,
                process_record=asked.process_record,
                is_complete_to_ship=asked.is_complete_to_ship,
                required_count=len(all_of_it),
                recorded_count=len(all_of_it) - len(lacking),
                missing_count=len(lacking),
            )
        )
        missing += [
            RequirementView(
                unit=str(unit), matter=one.matter, level=one.level, item=one.item, what=one.what, place=one.place
            )
            for one in lacking
        ]
    required = sum(one.required_count for one in units)
    return Completeness(
        name=name,
        required_count=required,
        recorded_count=required - len(missing),
        missing_count=len(missing),
        units=units,
        missing=missing,
    )
