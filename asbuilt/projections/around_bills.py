"""Reads what the rules may ask about what units are made of: their bills, what is at the places, and codes."""

from collections.abc import Sequence

from asbuilt.core.events.defects import DefectRecorded
from asbuilt.core.events.definitions import BillOfMaterialsDefined, CodeDefined, EquipmentDefined, WorkCenterDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.bills import places_touched
from asbuilt.core.states.resources import DEFECTS, defect_codes
from asbuilt.projections import bills, definitions, genealogy, resources
from asbuilt.projections.loading import Loading


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the bills of the units that are made, and what is installed in them where the batch goes on."""
    made = [event for event in events if isinstance(event, UnitCommissioned | ComponentInstalled | OperationCompleted)]
    new = [event for event in events if isinstance(event, BillOfMaterialsDefined)]
    part_ids = loading.ids({*(event.unit.part for event in made), *(event.part for event in new)})
    if part_ids:
        bills.load_bills_of_parts(loading, part_ids)
    if new:
        bills.load_bills(loading, loading.ids(event.bill_of_materials for event in new))
        definitions.load_latest_births(loading, loading.ids(event.part for event in new))
    parts = {*loading.known.bills_of, *(event.part for event in new)}
    built = [event for event in made if not isinstance(event, UnitCommissioned) and event.unit.part in parts]
    if built:
        _load_fitted(loading, built, new)
    load_lists(loading, events)


def _load_fitted(
    loading: Loading, built: Sequence[ComponentInstalled | OperationCompleted], new: Sequence[BillOfMaterialsDefined]
) -> None:
    """Read what is at the places of the lines that the events may be judged by, and what is fed where they happen."""
    known = loading.known
    places = sorted({place for event in built for place in places_touched(known.bills_for(event.unit.part), event)})
    unit_ids = loading.ids(event.unit for event in built)
    # A bill that the batch itself defines holds for units that it brings into being, in which nothing is yet.
    if not places or not unit_ids:
        return
    genealogy.load_links_at_places(loading, unit_ids, places)
    load_fed(loading, [event for event in built if isinstance(event, OperationCompleted)])


def load_fed(loading: Loading, completed: Sequence[OperationCompleted]) -> None:
    """Read what is fed at the stations of some operations as they end."""
    stations: set[Subject] = {event.station for event in completed if event.station is not None}
    stations |= {start.station for start in loading.known.operation_starts if start.station is not None}
    station_ids = loading.ids(stations) if completed else []
    if station_ids:
        times = [event.event_time for event in completed]
        genealogy.load_windows_feeding(loading, station_ids, min(times), max(times))


def load_lists(loading: Loading, events: Sequence[Event]) -> None:
    """Read the work centers, stations and codes that the events define or name."""
    codes = {(event.code_list, normal_form(event.code)) for event in events if isinstance(event, CodeDefined)}
    found = [event for event in events if isinstance(event, OperationCompleted | DefectRecorded)]
    defects = {normal_form(code) for event in found for code in defect_codes(event)}
    if defects:
        loading.directory.find([DEFECTS])
        codes |= {(DEFECTS, defect) for defect in defects}
    list_ids = loading.ids(code_list for code_list, _ in codes)
    if list_ids:
        resources.load_codes(loading, list_ids, sorted({code for _, code in codes}))
    centers = [event.work_center for event in events if isinstance(event, WorkCenterDefined | EquipmentDefined)]
    center_ids = loading.ids(center for center in centers if center is not None)
    if center_ids:
        resources.load_work_centers(loading, center_ids)
    station_ids = loading.ids(event.station for event in events if isinstance(event, EquipmentDefined))
    if station_ids:
        resources.load_equipment(loading, station_ids)
