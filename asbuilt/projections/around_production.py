"""Reads what the rules may ask about the making of units: their routings, how far they have come, and with what."""

from collections.abc import Iterable, Sequence

from asbuilt.core.events.defects import DefectDispositioned, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    OperatorQualified,
    QualificationRevoked,
    RoutingDefined,
    ToolCalibrated,
)
from asbuilt.core.events.event import Event
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.identifiers.subjects import Operator, Part, Specification, Subject, Tool, Unit
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.projections import defects, definitions, genealogy, identity, production, resources
from asbuilt.projections.loading import Loading

_OnARouting = OperationStarted | OperationCompleted | DefectDispositioned | DefectRepaired
"""What is judged by where a unit stands on its routing."""


_AtAStation = OperationStarted | OperationCompleted | LotOperationStarted | LotOperationCompleted


def parts_defined(event: Event) -> list[Part]:
    """The part whose routing or bill an event defines: it is locked, so that two come one after the other."""
    return [event.part] if isinstance(event, RoutingDefined | BillOfMaterialsDefined) else []


def ask_ahead(
    loading: Loading, events: Sequence[Event], mentioned: Iterable[Subject], *, asks_for_defects: bool
) -> None:
    """Send with the next question, which locks the units, what is read of units that are worked on in any case."""
    worked_on = loading.ids(event.unit for event in events if isinstance(event, OperationStarted | OperationCompleted))
    if not worked_on:
        return
    unit_ids = loading.ids(subject for subject in mentioned if isinstance(subject, Unit))
    ahead = loading.reader.ahead
    ahead(identity.UNIT_STATES, unit_ids)
    ahead(production.OPEN_STARTS, worked_on)
    if asks_for_defects and unit_ids == worked_on:  # otherwise what they are part of is asked for, too
        ahead(defects.DEFECTS_OF_UNITS, unit_ids)
    on_a_routing = [event.unit for event in events if isinstance(event, _OnARouting)]
    part_ids = loading.ids(unit.part for unit in on_a_routing)
    if definitions.routings_kept(loading, part_ids):
        ahead(production.RUNS_OF_UNITS, loading.ids(on_a_routing))


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the routings of the units worked on and, of those that have one, what was done to them before."""
    work: list[_OnARouting] = [event for event in events if isinstance(event, _OnARouting)]
    new = [event for event in events if isinstance(event, RoutingDefined)]
    _load_wrong(loading, events)
    part_ids = loading.ids({*(event.unit.part for event in work), *(event.part for event in new)})
    if part_ids:
        definitions.load_routings_of_parts(loading, part_ids)
    if new:
        definitions.load_routings(loading, loading.ids(event.routing for event in new))
        definitions.load_latest_births(loading, loading.ids(event.part for event in new))
    routed = {*loading.known.routings_of, *(event.part for event in new)}
    work = [event for event in work if event.unit.part in routed]
    if work:
        unit_ids = loading.ids(event.unit for event in work)
        if unit_ids:
            production.load_runs_of_units(loading, unit_ids)
        load_resources(loading, (event for event in work if isinstance(event, OperationStarted | OperationCompleted)))
        completed = {event.unit for event in work if isinstance(event, OperationCompleted)}
        _load_fitted(loading, completed, loading.known.routings)


def _load_wrong(loading: Loading, events: Iterable[Event]) -> None:
    """Read what calibrations and qualifications the events made, so that a correction can take them out."""
    tools = loading.ids(event.tool for event in events if isinstance(event, ToolCalibrated))
    if tools:
        resources.load_calibrations(loading, tools)
    named = [event.person for event in events if isinstance(event, OperatorQualified | QualificationRevoked)]
    people = loading.ids(named)
    if people:
        resources.load_qualifications(loading, people)


def load_resources(loading: Loading, work: Iterable[_AtAStation]) -> None:
    """Read of the tools and people that the work names whether they may be used for it, and what has to be measured."""
    steps = [step for routing in loading.known.routings for step in routing.operations]
    work = list(work)
    tools = {Tool(event.tool) for event in work if event.tool} if any(step.tool_class for step in steps) else set()
    people: set[Subject] = set()
    if any(step.qualifications for step in steps):
        people = {Operator(event.operator) for event in work if event.operator}
    specifications: set[Specification] = {step.specification for step in steps if step.specification is not None}
    loading.directory.find({*tools, *people, *specifications})
    for subjects, load_them in (
        (tools, resources.load_calibrations),
        (people, resources.load_qualifications),
        (specifications, definitions.load_specifications),
    ):
        found = loading.ids(subjects)
        if found:
            load_them(loading, found)


def _load_fitted(loading: Loading, units: Iterable[Unit], routings: Iterable[RoutingState]) -> None:
    """Read what is installed at the places that the routings ask for, and of which revision it is."""
    steps = [step for routing in routings for step in routing.operations]
    places: list[str] = sorted({one.reference_designator for step in steps for one in step.components})
    unit_ids = loading.ids(units)
    if not places or not unit_ids:
        return
    genealogy.load_links_at_places(loading, unit_ids, places)
    known = loading.known
    fitted = {link.component for link in known.installations if isinstance(link.component, Unit)}
    unread = loading.ids(unit for unit in fitted if unit not in known.units.loaded)
    if unread:
        identity.load_units(loading, unread)  # a revision never changes, so that it needs no lock
