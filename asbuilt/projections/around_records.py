"""Reads what the rules may ask about the completeness of the records of units: nothing, but for what is shipped."""

from collections.abc import Iterable, Sequence

from asbuilt.core.events.definitions import PartDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.projections import around_bills, bills, definitions, genealogy, production
from asbuilt.projections.loading import Loading

# Of which parts the line-fed lots were that some units have consumed (serves completeness).
FED_PARTS = """
SELECT DISTINCT run.unit_id, lot.scope_id
FROM operation_run AS run CROSS JOIN setup_window AS setup CROSS JOIN subject AS lot
WHERE run.unit_id = ANY($1) AND setup.station_id = run.station_id AND run.completed_at >= setup.loaded_at
  AND (setup.unloaded_at IS NULL OR run.completed_at < setup.unloaded_at) AND lot.subject_id = setup.lot_id
"""


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the records of what is shipped, and of the units in it, where a part says that they are complete then."""
    if not any(isinstance(event, UnitShipped) for event in events):
        return
    asking = {state.part for state in loading.known.parts if state.is_complete_to_ship}
    asking |= {event.part for event in events if isinstance(event, PartDefined) and event.is_complete_to_ship}
    units = [unit for unit in loading.known.units.loaded if unit.part in asking] if asking else []
    if units:
        load_records(loading, units)
    if asking:
        completed = [event for event in events if isinstance(event, OperationCompleted)]
        around_bills.load_fed(loading, [event for event in completed if event.unit.part in asking])


def _load_parts_of_lines(loading: Loading, units: Iterable[Unit]) -> None:
    known = loading.known
    bills_of_units = (bill for part in {unit.part for unit in units} for bill in known.bills_for(part))
    listed = {part for bill in bills_of_units for line in bill.lines for part in line.allowed}
    missing = {part for part in listed if known.parts.get(part) is None}
    loading.directory.find(missing)
    ids = loading.ids(missing)
    if ids:
        definitions.load_parts(loading, ids)


def load_records(loading: Loading, units: Iterable[Unit]) -> None:
    """Read what some units are made of and by, what of it is installed, and what was done to them."""
    units = list(units)
    unit_ids, part_ids = loading.ids(units), loading.ids({unit.part for unit in units})
    bills.load_bills_of_parts(loading, part_ids)
    definitions.load_routings_of_parts(loading, part_ids)
    _load_parts_of_lines(loading, units)
    loading.reader.ahead(genealogy.LINKS_OF_UNITS, unit_ids)
    loading.reader.ahead(production.RUNS_OF_UNITS, unit_ids)
    rows = loading.reader.rows(FED_PARTS, unit_ids)  # the other two travel with it
    genealogy.load_links_of_units(loading, unit_ids)
    production.load_runs_of_units(loading, unit_ids)
    names = loading.named(subject_id for row in rows for subject_id in row)
    for unit_id, part_id in rows:
        unit, part = names[unit_id], names[part_id]
        assert isinstance(unit, Unit), "units pass stations"
        assert isinstance(part, Part), "lots are of parts"
        loading.known.fed_parts.setdefault(unit, set()).add(part)
