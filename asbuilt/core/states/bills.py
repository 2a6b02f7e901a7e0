"""What the bill of materials asks of a unit, and what of it is there."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.names import ReferenceDesignator
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.states.genealogy import component_of
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.bills import BillState
from asbuilt.core.states.records.genealogy import Installation


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit with its bill, and those lines of it that hold for the unit."""

    unit: Unit
    born: datetime
    bill: BillState

    def lines(self, among: Iterable[BillLine]) -> list[BillLine]:
        return self.bill.holding(among, self.unit.serial_number, self.born)

    def at_place(self, place: ReferenceDesignator) -> list[BillLine]:
        """The line that says what goes to a place; none when the bill knows no such place of this unit."""
        return self.lines(self.bill.at_place.get(place, ()))

    def of_part(self, part: Part) -> list[BillLine]:
        """The lines that a part can be fitted for."""
        return self.lines(self.bill.of_part.get(part, ()))


def asked(known: Known, event: ComponentInstalled | OperationCompleted) -> Asked | None:
    """What the bill asks of the unit of an event; None when no bill applies, or the event is a statement only.

    None also when the serial number cannot be compared with the bill's ranges, which is said by a rule of its own.
    """
    if not known.bills_of or (isinstance(event, ComponentInstalled) and event.evidence.is_statement):
        return None
    bill, state = known.bill_of(event.unit), known.unit(event.unit)
    if bill is None or state is None or bill.not_comparable(event.unit.serial_number, state.commissioned_at):
        return None
    return Asked(event.unit, state.commissioned_at, bill)


def lines_for(found: Asked, event: ComponentInstalled) -> list[BillLine]:
    """The lines that an installation is for: by its place, or by its part where the place is not known."""
    if event.reference_designator:
        return found.at_place(event.reference_designator)
    return found.of_part(component_of(event).part)


def amount(link: Installation | ComponentInstalled) -> Decimal:
    """How much was installed, in the uom it was said in: one where nothing is said."""
    return Decimal(1) if link.quantity is None else link.quantity


def links_for(known: Known, unit: Unit, lines: Collection[BillLine]) -> list[Installation]:
    """What is installed in a unit for some lines of its bill: at their places, or somewhere not said, and allowed."""
    places = {place for line in lines for place in line.reference_designators} | {ReferenceDesignator("")}
    parts = {part for line in lines for part in line.allowed}
    return [
        link
        for link in known.open_links(unit)
        if link.evidence is not Evidence.ALTERNATIVE
        and link.reference_designator in places
        and link.component.part in parts
    ]


def total(lines: Iterable[BillLine]) -> Decimal | None:
    """How much some lines ask for together; None when one of them asks for as much as is needed."""
    quantities = [line.quantity for line in lines]
    return None if None in quantities else sum((one for one in quantities if one is not None), Decimal(0))


def is_fed(known: Known, event: OperationCompleted, line: BillLine) -> bool:
    """Whether one of the parts of a line was fed at the station when the operation ended."""
    start = known.open_start(event.unit, event.operation)
    station = event.station or (start.station if start else None)
    return station is not None and any(
        window.station == station and window.lot.part in line.allowed and window.feeds_at(event.event_time)
        for window in known.setup_windows
    )


def places_touched(bills: Iterable[BillState], event: ComponentInstalled | OperationCompleted) -> Iterator[str]:
    """The places of the lines that an event may be judged by, whichever of them hold."""
    for bill in bills:
        if isinstance(event, OperationCompleted):
            lines = bill.fitted_at.get(event.operation, [])
        else:
            part = component_of(event).part
            lines = [*bill.at_place.get(event.reference_designator, ()), *bill.of_part.get(part, ())]
        for line in lines:
            yield from ("", *line.reference_designators)
