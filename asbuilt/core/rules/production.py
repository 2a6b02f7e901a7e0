"""Work is done as the routing of the unit says."""

from datetime import timedelta
from decimal import Decimal

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import (
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    Result,
    UnitDepanelled,
    UnitPanelled,
)
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.identifiers.subjects import Operator, Tool, Unit
from asbuilt.core.rules.groups import RECORDED_BY_THE_INTERLOCK
from asbuilt.core.rules.rule import rule
from asbuilt.core.rules.wording import listed as _listed
from asbuilt.core.states.known import Known
from asbuilt.core.states.lots import LotWork, judged_quantities, required
from asbuilt.core.states.panels import place_of
from asbuilt.core.states.production import judged, measurements_of, specification_of
from asbuilt.core.states.records.genealogy import Installation
from asbuilt.core.states.records.panels import place_key
from asbuilt.core.states.resources import calibration_at, qualification_at
from asbuilt.core.states.routes import Position, position_of, step_of, was_judged_at_its_start

_Work = OperationStarted | OperationCompleted
_ANY_WORK = (OperationStarted, OperationCompleted, LotOperationStarted, LotOperationCompleted)
AnyWork = _Work | LotWork


@rule("PRO-010", OperationStarted, OperationCompleted)
def operation_is_on_the_routing(event: _Work, known: Known) -> str | None:
    """What is done to a unit is an operation of its routing."""
    place = position_of(known, event)
    if place is None or event.operation in place.routing.steps:
        return None
    routing = place.routing.routing
    return f"{event.operation} is not on routing {routing} of {event.unit}; {_next(place)}"


@rule("PRO-011", OperationStarted, OperationCompleted)
def operations_before_it_have_passed(event: _Work, known: Known) -> str | None:
    """An operation is done when those that it comes after have passed, and no rework is under way."""
    found = step_of(known, event)
    if found is None or found[1].is_rework or was_judged_at_its_start(event, known):
        return None
    place, step = found
    if place.rework is not None:
        return f"{event.unit} is in rework, {place.rework} was done last; {_next(place)}"
    missing = place.missing(step)
    if not missing:
        return None
    failed = [name for name in missing if place.has_failed(name)]
    how = f" ({_listed(failed)} failed last)" if failed else ""
    verb = "has" if len(missing) == 1 else "have"
    return f"before {event.operation}, {_listed(missing)} {verb} to pass{how}; {_next(place)}"


@rule("PRO-012", OperationStarted, OperationCompleted)
def rework_follows_a_failure(event: _Work, known: Known) -> str | None:
    """A rework operation is done after the failure that it belongs to, or after the rework before it."""
    found = step_of(known, event)
    if found is None or not found[1].is_rework or was_judged_at_its_start(event, known):
        return None
    place, step = found
    if place.follows_a_failure(step):
        return None
    before = _listed(place.routing.before[step.operation])
    return f"{event.operation} is rework that follows {before}, and nothing there calls for it; {_next(place)}"


@rule("PRO-013", OperationStarted, OperationCompleted)
def operation_has_not_passed(event: _Work, known: Known) -> str | None:
    """An operation that has passed is done again only where the routing lets it be repeated, or after rework."""
    found = step_of(known, event)
    if found is None:
        return None
    place, step = found
    if step.is_repeatable or not place.has_passed(step.operation):
        return None
    return f"{event.operation} of {event.unit} has passed already; {_next(place)}"


@rule("PRO-014", *_ANY_WORK)
def station_is_allowed(event: AnyWork, known: Known) -> str | None:
    """An operation is done at one of the stations that the routing allows."""
    step = required(known, event)
    if step is None or not step.stations:
        return None
    start = known.open_start(event.unit, event.operation) if isinstance(event, OperationCompleted) else None
    station = event.station or (start.station if start else None)
    if station in step.stations:
        return None
    here = f"not at {station}" if station else "and no station was named"
    return f"{event.operation} is done at {_listed(map(str, step.stations))}, {here}; take the unit there"


@rule("PRO-015", OperationStarted, OperationCompleted)
def attempts_are_left(event: _Work, known: Known) -> str | None:
    """An operation is tried as often as the routing allows; then the unit goes into rework."""
    found = step_of(known, event)
    if found is None or found[0].has_attempts_left(found[1]):
        return None
    place, step = found
    return (
        f"{event.operation} of {event.unit} was tried {place.attempts[step.operation]} times, and {step.attempts_max} "
        f"are allowed; {_next(place)}"
    )


@rule("PRO-016", OperationStarted, OperationCompleted)
def wait_is_kept(event: _Work, known: Known) -> str | None:
    """An operation begins as long after the one before it as the routing asks for, neither sooner nor later."""
    found = step_of(known, event)
    if found is None or found[1].operation in found[0].last or was_judged_at_its_start(event, known):
        return None
    place, step = found
    since = place.ready_since(step)
    if since is None:
        return None
    if step.wait_min_s is not None and event.event_time < since + timedelta(seconds=step.wait_min_s):
        earliest = (since + timedelta(seconds=step.wait_min_s)).astimezone(event.event_time.tzinfo)
        return f"{event.operation} begins {step.wait_min_s} s after what is before it; wait until {earliest:%H:%M:%S}"
    if step.wait_max_s is not None and event.event_time > since + timedelta(seconds=step.wait_max_s):
        latest = (since + timedelta(seconds=step.wait_max_s)).astimezone(event.event_time.tzinfo)
        return f"{event.operation} had to begin by {latest:%Y-%m-%d %H:%M:%S}; put the unit aside and ask quality"
    return None


@rule("PRO-017", *_ANY_WORK, cites="ISO 9001:2015 clause 7.1.5.2: measurement traceability")
def tool_is_calibrated(event: AnyWork, known: Known) -> str | None:
    """Where the routing asks for a tool, one of that class is used whose calibration has passed and is not due."""
    step = required(known, event)
    if step is None or not step.tool_class:
        return None
    wanted = step.tool_class
    if not event.tool:
        return f"{event.operation} needs a tool of class {wanted}, and none is named; scan the tool"
    calibration = calibration_at(known, Tool(event.tool), event.event_time)
    if calibration is None:
        return f"tool {event.tool} was not calibrated by {event.event_time:%Y-%m-%d %H:%M}; take a calibrated one"
    if calibration.tool_class != wanted:
        return f"tool {event.tool} is of class {calibration.tool_class}, {event.operation} needs {wanted}; take another"
    if not calibration.passed:
        return f"the calibration of tool {event.tool} failed; put it aside and take another"
    if event.event_time.date() > calibration.due_on:
        return f"tool {event.tool} was due for calibration on {calibration.due_on}; put it aside and take another"
    return None


@rule("PRO-018", *_ANY_WORK, cites="ISO 9001:2015 clause 7.2; 21 CFR 820.25(b)")
def operator_is_qualified(event: AnyWork, known: Known) -> str | None:
    """Where the routing asks for qualifications, who does the work is named and holds all of them on that day."""
    step = required(known, event)
    if step is None or not step.qualifications:
        return None
    wanted = step.qualifications
    if not event.operator:
        return f"{event.operation} needs somebody qualified for {_listed(wanted)}; say who does it"
    operator, day = Operator(event.operator), event.event_time.date()
    for qualification in wanted:
        held = qualification_at(known, operator, qualification, event.event_time)
        if held is None or held.is_revoked:
            return f"{operator} is not qualified for {qualification}; let somebody do it who is"
        if held.valid_until is not None and day > held.valid_until:
            return f"{operator} was qualified for {qualification} until {held.valid_until}; renew that, or ask another"
    return None


@rule("PRO-019", *_ANY_WORK)
def program_is_the_required_one(event: AnyWork, known: Known) -> str | None:
    """Where the routing asks for a program, that one runs, in that revision."""
    step = required(known, event)
    if step is None or step.program in ("", event.program):
        return None
    runs = f"not {event.program}" if event.program else "and none is named"
    return f"{event.operation} runs program {step.program}, {runs}; load that one"


@rule("PRO-020", OperationCompleted)
def components_are_complete(event: OperationCompleted, known: Known) -> str | None:
    """An operation passes when what the routing asks for is installed, in the right part, revision and quantity."""
    found = step_of(known, event)
    if found is None or not found[1].components or judged(known, event) is Result.FAILED:
        return None
    links = [link for link in known.open_links(event.unit) if link.evidence is not Evidence.ALTERNATIVE]
    for component in found[1].components:
        at_place = [link for link in links if link.reference_designator == component.reference_designator]
        fault = fault_at(component, at_place, known)
        if fault is not None:
            return f"{event.unit} at {component.reference_designator}: {fault}"
    return None


def fault_at(component: RouteComponent, links: list[Installation], known: Known) -> str | None:
    """What is wrong with what is installed at a place, and what to do; None when nothing is."""
    allowed = (component.part, *component.alternates)
    if not links:
        return f"nothing is installed; install {_listed(map(str, allowed), last='or')}"
    for link in links:
        if link.component.part not in allowed:
            return f"{link.component} is no {_listed(map(str, allowed), last='or')}; replace it"
        state = known.unit(link.component) if isinstance(link.component, Unit) else None
        if component.revision and state is not None and state.revision != component.revision:
            is_of = f"of revision {state.revision}" if state.revision else "of no revision"
            return f"{link.component} is {is_of}, wanted is {component.revision}; replace it"
    total = sum((Decimal(1) if link.quantity is None else link.quantity for link in links), Decimal(0))
    if component.quantity is not None and total != component.quantity:
        return f"{total} of {component.quantity} is installed; put that right"
    return None


@rule("PRO-021", OperationCompleted, LotOperationCompleted)
def characteristics_are_recorded(event: OperationCompleted | LotOperationCompleted, known: Known) -> str | None:
    """An operation passes when every required characteristic of the specification on the routing is recorded."""
    step = required(known, event)
    wanted = None if step is None else step.specification
    if wanted is None or not _passes(event, known):
        return None
    if event.specification is not None and event.specification != wanted:
        return f"{event.operation} is measured by {wanted}, not by {event.specification}; load that specification"
    specification = known.specifications.get(wanted)
    assert specification is not None, "DEF-009: a routing names what is defined, and that is read with it"
    recorded = {one.characteristic for one in measurements_of(event, specification_of(known, event))}
    wanting = (one.characteristic for one in specification.characteristics if one.is_required)
    missing = [one for one in wanting if one not in recorded]
    return f"{event.operation} passes with {_listed(missing)}; measure that and send it" if missing else None


def _passes(event: OperationCompleted | LotOperationCompleted, known: Known) -> bool:
    """Whether a unit, or some of a lot, passes."""
    if isinstance(event, LotOperationCompleted):
        return judged_quantities(known, event)[0] > 0
    return judged(known, event) is Result.PASSED


@rule("PRO-022", OperationRefused, InterlockOverridden)
def interlock_speaks_for_itself(event: OperationRefused | InterlockOverridden, known: Known) -> str | None:
    """What the interlock refused, and what was overridden, is recorded by asbuilt itself and sent by nobody."""
    return f"{type(event).__name__} is recorded when an operation is sent; send the start or completion of the work"


@rule("PRO-023", EventCorrected)
def what_the_interlock_did_stands(event: EventCorrected, known: Known) -> str | None:
    """That an operation was refused, or the interlock overridden, stays on the unit or lot for ever."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None or not isinstance(wrong.event, RECORDED_BY_THE_INTERLOCK):
        return None
    return f"{type(wrong.event).__name__} is what asbuilt itself did; correct the operation, if that did not occur"


@rule("PRO-024", *_ANY_WORK, cites="ISO 13485:2016 clause 4.1.6; 21 CFR 11.10(g)")
def override_is_permitted(event: AnyWork, known: Known) -> str | None:
    """The interlock is overridden by somebody who has the permission for it, and says why."""
    if not event.override_reason or known.may_override:
        return None
    return (
        "override_reason needs the permission override_interlock; ask a supervisor or quality engineer, "
        "or send the work without it"
    )


def _next(place: Position) -> str:
    """What to do with the unit instead."""
    names = place.next_operations()
    if names:
        return f"do {_listed(names, last='or')} next"
    steps: list[RouteOperation] = [one for one in place.routing.operations if not one.is_rework]
    is_done = all(one.is_optional or place.has_passed(one.operation) for one in steps)
    return "its routing is done: check the scan" if is_done else "put the unit aside and ask quality"


@rule("PRO-050", UnitPanelled)
def panel_position_is_free(event: UnitPanelled, known: Known) -> str | None:
    """One unit is at a position of a panel."""
    there = place_of(known, place_key(event.panel, event.position))
    if there is None or there.unit == event.unit:
        return None
    where = f"position {there.position} of panel {there.panel}"
    return f"{where} holds {there.unit}; check the position, or separate that first"


@rule("PRO-051", UnitPanelled)
def unit_is_on_one_panel(event: UnitPanelled, known: Known) -> str | None:
    """A unit is on one panel, at one position, at a time."""
    place = place_of(known, event.unit)
    if place is None:
        return None
    return f"{event.unit} is at position {place.position} of panel {place.panel}; separate it there first"


@rule("PRO-052", UnitDepanelled)
def unit_is_at_that_position(event: UnitDepanelled, known: Known) -> str | None:
    """A unit is separated from the position it is at."""
    place = place_of(known, event.unit)
    if place is not None and place.key == place_key(event.panel, event.position):
        return None
    where = "on no panel" if place is None else f"at position {place.position} of panel {place.panel}"
    return f"{event.unit} is {where}; check the panel and the position"


@rule("PRO-053", UnitPacked, UnitShipped)
def unit_is_separated(event: UnitPacked | UnitShipped, known: Known) -> str | None:
    """A board is separated from its panel before it is packed or shipped."""
    place = place_of(known, event.unit)
    if place is None:
        return None
    return f"{event.unit} is at position {place.position} of panel {place.panel}; separate it first"
