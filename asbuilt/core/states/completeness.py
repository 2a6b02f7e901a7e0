"""What the record of a unit has to hold by the levels of its part, and what of it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.record_levels import BY_PLACE, SUFFICIENT, ComponentRecord, ProcessRecord
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.bills import BillState
from asbuilt.core.states.routes import position

_BEST_FIRST = {evidence: place for place, evidence in enumerate(Evidence)}


class Matter(StrEnum):
    """What a requirement is about."""

    COMPONENT = "component"
    OPERATION = "operation"
    BILL = "bill_of_materials"
    """Without one that holds for the unit, nobody can tell which components are due."""
    ROUTING = "routing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that has to be recorded. level: that of the part that asks for it.

    item, what, place: of the bill of materials; what is the operation where it is about one. recorded: the best
    evidence by which it is recorded, or the result; empty while it is missing.
    """

    matter: Matter
    level: str
    what: str
    item: str = ""
    place: str = ""
    recorded: str = ""

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"item {self.item} ({self.what}){where}" if self.item else f"{self.matter.replace('_', ' ')} {self.what}"


def requirements(known: Known, unit: Unit) -> list[Requirement]:
    """What has to be recorded of a unit, and what of it is; empty when its part asks for nothing."""
    part = known.parts.get(unit.part)
    if part is None or known.unit(unit) is None:
        return []
    return [*_of_components(known, unit, part.component_record), *_of_operations(known, unit, part.process_record)]


def _of_components(known: Known, unit: Unit, level: ComponentRecord) -> Iterator[Requirement]:
    if level is ComponentRecord.NOT_ASKED:
        return
    state, bill = known.unit(unit), known.bill_of(unit)
    if state is None or bill is None:
        yield Requirement(matter=Matter.BILL, level=level, what=f"of {unit.part}, defined before its units are made")
    elif bill.not_comparable(unit.serial_number, state.commissioned_at):
        yield Requirement(matter=Matter.BILL, level=level, what=f"{bill.bill} that its serial can be compared with")
    else:
        found = _found(known, unit, level)
        for line in _due(bill, unit, known):
            yield from _of_line(line, level, found)


def _due(bill: BillState, unit: Unit, known: Known) -> list[BillLine]:
    state = known.unit(unit)
    assert state is not None, "asked before"
    lines = bill.holding(bill.lines, unit.serial_number, state.commissioned_at)
    return [line for line in lines if not line.is_optional and not _is_counted(known, line)]


def _is_counted(known: Known, line: BillLine) -> bool:
    """Whether nothing that may be fitted has a number, so that nobody can record that it is there."""
    states = [known.parts.get(part) for part in line.allowed]
    return all(state is not None and state.tracking is Tracking.COUNTED for state in states)


def _found(known: Known, unit: Unit, level: ComponentRecord) -> dict[Part, dict[str, Evidence]]:
    """By part and place, the best evidence that suffices for a level; at "" wherever it is, at "*" at every place."""
    found: dict[Part, dict[str, Evidence]] = {}
    for link in known.open_links(unit):
        if link.evidence in SUFFICIENT[level]:
            places = found.setdefault(link.component.part, {})
            for place in {link.reference_designator, ""}:
                places[place] = min(places.get(place, link.evidence), link.evidence, key=_BEST_FIRST.__getitem__)
    if Evidence.SETUP_WINDOW in SUFFICIENT[level]:
        for part in known.fed_parts_of(unit):
            found.setdefault(part, {})["*"] = Evidence.SETUP_WINDOW
    return found


def _of_line(line: BillLine, level: ComponentRecord, found: dict[Part, dict[str, Evidence]]) -> Iterator[Requirement]:
    for place in (line.reference_designators if level in BY_PLACE else ()) or ("",):
        seen = [
            found[part][one] for part in line.allowed if part in found for one in (place, "*") if one in found[part]
        ]
        yield Requirement(
            matter=Matter.COMPONENT,
            level=level,
            item=line.item,
            what=" or ".join(map(str, line.allowed)),
            place=place,
            recorded=min(seen, key=_BEST_FIRST.__getitem__).value if seen else "",
        )


def _of_operations(known: Known, unit: Unit, level: ProcessRecord) -> Iterator[Requirement]:
    if level is ProcessRecord.NOT_ASKED:
        return
    routing = known.routing_of(unit)
    if routing is None:
        yield Requirement(matter=Matter.ROUTING, level=level, what=f"of {unit.part}, defined before its units are made")
        return
    placed = position(routing, known.runs(unit), accepted=known.accepted_runs(unit))
    for step in routing.operations:
        if step.is_optional or step.is_rework:
            continue
        run = placed.last.get(step.operation)
        station = "" if run is None or run.station is None else str(run.station)
        has_passed = placed.has_passed(step.operation)
        recorded = station if level is ProcessRecord.STATION else "passed"
        yield Requirement(
            matter=Matter.OPERATION, level=level, what=step.operation, recorded=recorded if has_passed else ""
        )
