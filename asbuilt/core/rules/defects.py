"""What is wrong with a unit is decided upon and put right before the unit goes on."""

from collections.abc import Iterable, Iterator

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired, Disposition
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.identifiers.names import DefectNumber, Operation
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.rules.quality import used_by
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known, units_in
from asbuilt.core.states.records.defects import DefectState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.routes import Position, position_of, was_judged_at_its_start

_Work = OperationStarted | OperationCompleted
_Use = ComponentInstalled | MaterialConsumed


@rule("QUA-010", OperationCompleted, DefectRecorded)
def defect_number_is_new(event: OperationCompleted | DefectRecorded, known: Known) -> str | None:
    """A number stands for one defect of a unit."""
    given = {event.number} if isinstance(event, DefectRecorded) else {one.number for one in event.defects}
    for defect in known.defects_with(event.unit) if given != {""} else ():
        if defect.number in given:
            return f"{event.unit} has a defect {defect} already; give the new one its own number, or leave it out"
    return None


@rule("QUA-011", DefectDispositioned, DefectRepaired)
def defect_is_open(event: DefectDispositioned | DefectRepaired, known: Known) -> str | None:
    """Only a defect that is there, and not settled, is decided upon or repaired."""
    defect = _meant(event, known)
    if defect is None:
        there = _numbers(known.open_defects(event.unit))
        return f"{event.unit} has no defect {event.defect}; {f'open are {there}' if there else 'none is open'}"
    if defect.is_open:
        return None
    return f"{defect} of {event.unit} was settled by {defect.settled_by}; record what is wrong now as a new defect"


@rule(
    "QUA-012",
    ComponentInstalled,
    MaterialConsumed,
    UnitShipped,
    cites="ISO 9001:2015 clause 8.7.1; AS9100D clause 8.7: nonconforming product is prevented from unintended use",
)
def nothing_used_has_open_defects(event: _Use | UnitShipped, known: Known) -> str | None:
    """A unit with an open defect, and what contains one, is not installed in another unit nor shipped."""
    for used in used_by(event, known):
        is_worked_on = isinstance(event, ComponentInstalled) and used.subject == event.unit
        found = known.open_defects(used.subject) if isinstance(used.subject, Unit) and not is_worked_on else []
        if found:
            return f"{used} has an open defect: {found[0]}; {_what_settles(found[0])}"
    return None


@rule("QUA-013", DefectDispositioned)
def rework_follows_what_failed(event: DefectDispositioned, known: Known) -> str | None:
    """Rework that is decided is a rework operation of the unit's routing that follows what failed."""
    defect, routing = _meant(event, known), known.routing_of(event.unit)
    if defect is None or routing is None or not event.rework:
        return None
    if not defect.operation:
        return f"{defect} was found outside an operation, which no rework of {routing.routing} follows; let it repair"
    there = [one.operation for one in routing.operations if one.is_rework and _follows(routing, one.operation, defect)]
    if event.rework in there:
        return None
    do = f"name {' or '.join(there)}" if there else "let it repair instead"
    return f"{event.rework} is no rework of {routing.routing} that follows {defect.operation}; {do}"


@rule("QUA-014", DefectDispositioned)
def retest_is_still_to_be_done(event: DefectDispositioned, known: Known) -> str | None:
    """The operation whose passing settles a defect is still to be done on the unit."""
    defect, place = _meant(event, known), position_of(known, event)
    if defect is None or event.disposition.accepts or event.disposition is Disposition.SCRAP:
        return None
    retest = event.retest or defect.operation
    if not retest:
        is_enough = event.disposition is Disposition.REPAIR
        return None if is_enough else f"{defect} was found outside an operation; say by which retest it is settled"
    step = None if place is None else place.routing.steps.get(retest)
    if place is None or (step is None and not event.retest):
        return None  # without a routing, or outside it, whatever the stations report counts
    if step is None or step.is_rework:
        return f"retest {retest} is no operation of the main route of {place.routing.routing}; name one that is"
    if event.rework in place.routing.steps:
        return _not_done_after_rework(event.rework, retest, place)
    if step.is_repeatable or not place.has_passed(retest):
        return None
    return f"{retest} of {event.unit} has passed and is not done again; name a retest that is still to be done"


@rule("QUA-015", OperationStarted, OperationCompleted)
def retest_follows_repair_and_rework(event: _Work, known: Known) -> str | None:
    """What settles a defect is done after the repair or the rework that was decided."""
    for defect in () if was_judged_at_its_start(event, known) else known.open_defects(event.unit):
        if defect.waits_for_work and event.operation == defect.retest:
            return f"{defect} of {event.unit} is to be settled by {event.operation}; before that, {_work_on(defect)}"
    return None


@rule("QUA-016", OperationStarted, OperationCompleted, ComponentInstalled, MaterialConsumed, UnitPacked, UnitShipped)
def nothing_is_done_with_what_is_to_be_scrapped(event: Event, known: Known) -> str | None:
    """What is to be scrapped is scrapped: it is not worked on, built into, installed, packed or shipped."""
    if isinstance(event, OperationStarted | OperationCompleted) and was_judged_at_its_start(event, known):
        return None
    if isinstance(event, ComponentInstalled | MaterialConsumed) and event.evidence.is_statement:
        return None
    for unit in units_in(event):
        for defect in known.open_defects(unit):
            if defect.disposition is Disposition.SCRAP:
                return f"{unit} is to be scrapped for {defect}; scrap it, or let quality decide anew"
    return None


@rule("QUA-017", OperationStarted, OperationCompleted)
def disposition_is_kept_to(event: _Work, known: Known) -> str | None:
    """Where the routing says so, it is decided what becomes of a defect before anything is done, and that is done."""
    found = known.open_defects(event.unit)
    place = position_of(known, event) if found else None
    if place is None or was_judged_at_its_start(event, known):
        return None
    for defect in found:
        if not _needs_disposition(defect, place.routing) or defect.disposition is Disposition.SCRAP:
            continue  # QUA-016 says what is to be scrapped
        if defect.disposition is None:
            return f"{defect} of {event.unit} waits for a decision; ask quality for its disposition"
        if not _allows(defect, event.operation, place):
            return f"{defect} of {event.unit} comes first, before {event.operation}; {_what_settles(defect)}"
    return None


@rule("QUA-018", DefectRepaired)
def repair_is_what_was_decided(event: DefectRepaired, known: Known) -> str | None:
    """A defect is repaired when that was decided, or when nothing has to be decided."""
    defect, routing = _meant(event, known), known.routing_of(event.unit)
    if defect is None or not defect.is_open or defect.disposition is Disposition.REPAIR:
        return None
    if defect.disposition is not None:
        return f"{defect} of {event.unit} is to be settled by {defect.disposition}; let quality decide anew first"
    if routing is None or not _needs_disposition(defect, routing):
        return None
    return f"{defect} of {event.unit} waits for a decision; ask quality for its disposition"


@rule("QUA-019", UnitsMerged)
def defects_of_both_records_differ_in_number(event: UnitsMerged, known: Known) -> str | None:
    """Two records of one unit are merged when no number stands for a defect of each."""
    numbers = {one.number for one in known.defects_with(event.unit)} if event.unit != event.duplicate else set()
    for defect in known.defects_with(event.duplicate):
        if defect.number in numbers:
            return f"both records have a defect {defect.number}; correct one of them and record it by another number"
    return None


def _meant(event: DefectDispositioned | DefectRepaired, known: Known) -> DefectState | None:
    return next((one for one in known.defects_with(event.unit) if one.number == event.defect), None)


def _numbers(defects: Iterable[DefectState]) -> str:
    numbers: list[DefectNumber] = [one.number for one in defects]
    return ", ".join(numbers)


def _follows(routing: RoutingState, rework: Operation, defect: DefectState) -> bool:
    return defect.operation in routing.before[rework]


def _ways_back(routing: RoutingState, rework: Operation) -> Iterator[Operation]:
    """Where a path of rework that begins with an operation leads back to the main route."""
    path = {rework}
    for one in routing.operations:  # what an operation is after is listed before it
        if one.is_rework and (one.operation == rework or not path.isdisjoint(routing.before[one.operation])):
            path.add(one.operation)
            if one.rejoins_at:
                yield one.rejoins_at


def _not_done_after_rework(rework: Operation, retest: Operation, place: Position) -> str | None:
    """Why an operation is not done again after a rework, and what to say instead."""
    ways = list(_ways_back(place.routing, rework))
    is_untried = retest not in place.last and not place.has_passed(retest)
    if is_untried or any(retest in place.routing.from_there_on(way) for way in ways):
        return None
    return (
        f"{rework} leads back to {' or '.join(ways)}, so that {retest} is not done again; name a retest from there on"
    )


def _needs_disposition(defect: DefectState, routing: RoutingState) -> bool:
    step = routing.steps.get(defect.operation)
    return step is not None and step.needs_disposition


def _allows(defect: DefectState, operation: Operation, place: Position) -> bool:
    """Whether what was decided about a defect lets an operation be done now."""
    step = place.routing.steps.get(operation)
    if defect.disposition is Disposition.REWORK:
        is_under_way = place.rework is not None and step is not None and step.is_rework
        return defect.reworked_sequence is not None or operation == defect.rework or is_under_way
    return operation == defect.retest or defect.retest != defect.operation


def _work_on(defect: DefectState) -> str:
    return f"do {defect.rework}" if defect.disposition is Disposition.REWORK else "repair it and record that"


def _what_settles(defect: DefectState) -> str:
    """What to do about an open defect."""
    if defect.disposition is Disposition.SCRAP:
        return "scrap the unit, or let quality decide anew"
    if defect.waits_for_work:
        return _work_on(defect)
    if defect.retest:
        ask = "" if defect.disposition else ", or ask quality for its disposition"
        return defect.retest + " has to pass" + ask
    return "ask quality for its disposition"
