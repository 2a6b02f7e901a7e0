"""Two records of one physical unit become one, and two again when that was wrong.

What was recorded under the duplicate (links, runs, starts, holds, defects, declared components, labels) is entered for
the record that stays, so that whoever asks for that, rule or query, finds it without knowing of the merge. Each row
keeps the sequence of the event it comes from, by which it finds its way back. Further names and markings stay with the
record they name.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.production import WorkOrderSplit
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.genealogy import component_of, parent_of
from asbuilt.core.states.known import UNIT_FIELDS, Known
from asbuilt.core.states.orders import recount
from asbuilt.core.states.records.genealogy import Installation
from asbuilt.core.states.records.identity import Custody, LifeCycle, Merge, UnitState


def unit_after_merge(state: UnitState, duplicate: UnitState | None, event: UnitsMerged) -> UnitState:
    """The facts of the record that stays, and of the duplicate what that does not say. They do not contradict."""
    if duplicate is None:
        return replace(state, last_event_time=event.event_time)
    both = (state, duplicate)
    worked_on = state if state.last_operation else duplicate
    life_cycles = {one.life_cycle for one in both}
    custodies = {one.custody for one in both}
    return UnitState(
        unit=state.unit,
        revision=state.revision or duplicate.revision,
        work_order=state.work_order or duplicate.work_order,
        life_cycle=next(
            one for one in (LifeCycle.SCRAPPED, LifeCycle.IN_PROCESS, LifeCycle.ISSUED) if one in life_cycles
        ),
        custody=next(one for one in (Custody.SHIPPED, Custody.RETURNED, Custody.IN_HOUSE) if one in custodies),
        location=state.location or duplicate.location,
        container=state.container or duplicate.container,
        customer=state.customer or duplicate.customer,
        shipment=state.shipment or duplicate.shipment,
        expires_on=_earlier(state.expires_on, duplicate.expires_on),
        installed_in=state.installed_in or duplicate.installed_in,
        open_holds=tuple(sorted({*state.open_holds, *duplicate.open_holds})),
        commissioned_at=min(state.commissioned_at, duplicate.commissioned_at),
        last_operation=worked_on.last_operation,
        last_result=worked_on.last_result,
        last_event_time=event.event_time,
    )


def _earlier(one: date | None, other: date | None) -> date | None:
    given = [day for day in (one, other) if day is not None]
    return min(given, default=None)


def as_kept(known: Known, event: Event, *, but: Unit | None = None) -> Event:
    """The event with the records that were merged into others named as those; `but` one that is folded by itself."""
    changed: dict[str, Any] = {}
    if isinstance(event, WorkOrderSplit):
        kept = tuple(unit if unit == but else known.record_that_stays(unit) for unit in event.units)
        return event if kept == event.units else replace(event, units=kept)
    for name in UNIT_FIELDS[type(event)]:
        unit = getattr(event, name)
        if unit is not None and unit != but and known.record_that_stays(unit) != unit:
            changed[name] = known.record_that_stays(unit)
    return replace(event, **changed) if changed else event


def fold_units_merged(known: Known, event: UnitsMerged, sequence: int) -> None:
    stays, goes = event.unit, event.duplicate
    merge = Merge(duplicate=goes, unit=stays, sequence=sequence, reason=event.reason, merged_at=event.event_time)
    known.merges.put(goes, merge)
    recount(known, known.unit(goes), None)
    known.units.take_out(goes)
    for link in [link for link in known.installations if goes in (link.parent, link.component)]:
        _enter_link(known, link, _put_for(link.parent, goes, stays), _put_for(link.component, goes, stays))
    for start in [start for start in known.operation_starts if start.unit == goes]:
        known.add_start(replace(start, unit=stays))
    for run in [run for run in known.operation_runs if run.unit == goes]:
        known.add_run(replace(run, unit=stays))
    for declared in [declared for declared in known.declared_components if declared.parent == goes]:
        known.declared_components.put(declared.sequence, replace(declared, parent=stays))
    for hold in [hold for hold in known.holds if hold.subject == goes]:
        known.add_hold(replace(hold, subject=stays))
    for defect in known.defects_with(goes):
        known.add_defect(replace(defect, unit=stays))
    for label in [label for label in known.label_prints if label.subject == goes]:
        known.add_label_print(replace(label, subject=stays))
    known.children.setdefault(stays, set()).update(known.children.pop(goes, set()))
    known.fed_lots.setdefault(stays, set()).update(known.fed_lots.pop(goes, set()))


def _put_for(subject: Unit | Lot, goes: Unit | Lot, stays: Unit | Lot) -> Unit | Lot:
    return stays if subject == goes else subject


def _enter_link(known: Known, link: Installation, parent: Unit | Lot, component: Unit | Lot) -> None:
    """Enter a link for another parent or component, and tell the component where it is now."""
    known.children.get(link.parent, set()).discard(link.component)
    moved = replace(link, parent=parent, component=component)
    known.add_link(moved)
    if moved.is_open and moved.binds_component and isinstance(component, Unit):
        state = known.unit(component)
        if state is not None:
            known.units.put(component, replace(state, installed_in=parent))


def undo_units_merged(known: Known, event: UnitsMerged, sequence: int) -> None:
    """Give back to the duplicate what its own events made."""
    stays, goes = event.unit, event.duplicate
    known.merges.take_out(goes)
    for entry in known.histories[goes]:
        made_by = as_kept(known, entry.event)
        link = known.installations.get(entry.sequence)
        if link is not None and isinstance(made_by, ComponentInstalled | MaterialConsumed):
            _enter_link(known, link, parent_of(made_by), component_of(made_by))
        start = known.operation_starts.get(entry.sequence)
        if start is not None and start.unit == stays:
            known.add_start(replace(start, unit=goes))
        run = known.operation_runs.get(entry.sequence)
        if run is not None and run.unit == stays:
            known.add_run(replace(run, unit=goes))
        declared = known.declared_components.get(entry.sequence)
        if declared is not None and declared.parent == stays:
            known.declared_components.put(entry.sequence, replace(declared, parent=goes))
        hold = known.holds.get(entry.sequence)
        if hold is not None and hold.subject == stays:
            known.add_hold(replace(hold, subject=goes))
        label = known.label_prints.get(entry.sequence)
        if label is not None and label.subject == stays:
            known.add_label_print(replace(label, subject=goes))
