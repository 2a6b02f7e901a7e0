"""What is referred to was defined, and definitions that others rely on do not change under them."""

from collections.abc import Sequence
from datetime import datetime

from asbuilt.core.events.defects import DefectRecorded
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    EquipmentDefined,
    LotDefined,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
)
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import SerialNumberVoided, SerialRangeReserved, UnitCommissioned, UnitReidentified
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known
from asbuilt.core.states.resources import DEFECTS, defect_codes, is_in_use


@rule(
    "DEF-001",
    UnitCommissioned,
    UnitReceived,
    UnitReidentified,
    SerialNumberVoided,
    LotDefined,
    WorkOrderReleased,
    RoutingDefined,
    BillOfMaterialsDefined,
    SerialProfileDefined,
    SerialRangeReserved,
)
def part_is_defined(event: Event, known: Known) -> str | None:
    """Units, lots, orders, routings, bills and serials are of parts that were defined before."""
    subject = event.marked_as if isinstance(event, UnitReidentified) else event.subject
    part = subject.part if isinstance(subject, Unit | Lot) else getattr(event, "part", None)
    if not isinstance(part, Part) or known.parts.get(part) is not None:
        return None
    return f"part {part} is not defined here; check the part number, or define the part first"


@rule("DEF-002", LotDefined)
def lot_is_unique(event: LotDefined, known: Known) -> str | None:
    """A lot number is given once within issuer and part."""
    if known.lot(event.lot) is None:
        return None
    return f"lot {event.lot} is defined already; give a second delivery its own lot number"


@rule("DEF-003", LotDefined)
def part_is_lot_tracked(event: LotDefined, known: Known) -> str | None:
    """Only parts tracked by lot have lots."""
    part = known.parts.get(event.lot.part)
    if part is None or part.is_lot_tracked:
        return None
    return f"{part.part} is tracked as {part.tracking.value}; it has no lots: define the part as lot tracked first"


@rule("DEF-004", SpecificationDefined, cites="21 CFR 820.30(i): design changes are identified before they apply")
def specification_is_new(event: SpecificationDefined, known: Known) -> str | None:
    """A specification never changes; a change has a new name or revision."""
    if known.specifications.get(event.specification) is None:
        return None
    return f"specification {event.specification} exists and results rely on it; define the change as a new revision"


@rule("DEF-005", OperationCompleted, LotOperationCompleted)
def specification_is_defined(event: OperationCompleted | LotOperationCompleted, known: Known) -> str | None:
    """Packed values refer to a specification that was defined before."""
    if event.specification is None or known.specifications.get(event.specification) is not None:
        return None
    return f"specification {event.specification} is not defined here; define it, or send measurements with their limits"


@rule("DEF-006", OperationCompleted, LotOperationCompleted)
def values_fit_the_specification(event: OperationCompleted | LotOperationCompleted, known: Known) -> str | None:
    """Packed values are as many as the specification has characteristics."""
    specification = None if event.specification is None else known.specifications.get(event.specification)
    if specification is None or len(event.values) in (0, len(specification.characteristics)):
        return None
    return (
        f"{len(event.values)} values for the {len(specification.characteristics)} characteristics of "
        f"{event.specification}; send one for each, null where none was taken"
    )


@rule("DEF-007", RoutingDefined, cites="21 CFR 820.70(b): production and process changes")
def routing_is_new(event: RoutingDefined, known: Known) -> str | None:
    """A routing never changes; a change has a new name or revision."""
    if known.routings.get(event.routing) is None:
        return None
    return f"routing {event.routing} exists and units are made by it; define the change as a new revision"


@rule("DEF-008", RoutingDefined)
def routing_applies_from_now_on(event: RoutingDefined, known: Known) -> str | None:
    """A routing applies to units that come into being after it is defined, and after the routing before it."""
    others = [(f"routing {one.routing}", one.effective_from) for one in known.routings_for(event.part)]
    return _comes_too_late(event, others, "routing", known)


def _comes_too_late(
    event: RoutingDefined | BillOfMaterialsDefined, others: Sequence[tuple[str, datetime]], what: str, known: Known
) -> str | None:
    """Whether another of the part (its name, and since when it applies; the newest last) or a unit came before."""
    later = [(name, since) for name, since in others if since >= event.applies_from]
    if later:
        name, since = later[-1]
        return f"{name} of {event.part} applies from {since:%Y-%m-%d %H:%M %Z}; let effective_from be later"
    newest_unit = _latest_birth(event.part, known)
    if newest_unit is not None and newest_unit >= event.applies_from:
        return (
            f"a unit or lot of {event.part} came into being at {newest_unit:%Y-%m-%d %H:%M:%S %Z}, and what is begun "
            f"keeps its {what}; let effective_from be later"
        )
    return None


def _latest_birth(part: Part, known: Known) -> datetime | None:
    """When the newest unit or lot of a part came into being, recorded before or in this batch."""
    born = [one.commissioned_at for one in known.units if one.unit.part == part]
    born += [one.defined_at for one in known.lots if one.lot.part == part]
    if part in known.latest_births:
        born.append(known.latest_births[part])
    return max(born, default=None)


@rule("DEF-009", RoutingDefined)
def what_a_routing_asks_for_is_defined(event: RoutingDefined, known: Known) -> str | None:
    """The components and specifications of a routing were defined before it."""
    for one in event.operations:
        if one.specification is not None and known.specifications.get(one.specification) is None:
            return f"{one.operation}: specification {one.specification} is not defined here; define it first"
        for component in one.components:
            for part in (component.part, *component.alternates):
                if known.parts.get(part) is None:
                    return f"{one.operation}: part {part} is not defined here; check it, or define the part first"
    return None


@rule("DEF-010", BillOfMaterialsDefined, cites="21 CFR 820.30(i): design changes are identified before they apply")
def bill_is_new(event: BillOfMaterialsDefined, known: Known) -> str | None:
    """A bill of materials never changes; a change has a new name or revision."""
    if known.bills.get(event.bill_of_materials) is None:
        return None
    return f"bill {event.bill_of_materials} exists and units are built to it; define the change as a new revision"


@rule("DEF-011", BillOfMaterialsDefined)
def bill_applies_from_now_on(event: BillOfMaterialsDefined, known: Known) -> str | None:
    """A bill of materials applies to units that come into being after it is defined, and after the bill before it."""
    others = [(f"bill {one.bill}", one.effective_from) for one in known.bills_for(event.part)]
    return _comes_too_late(event, others, "bill", known)


@rule("DEF-012", BillOfMaterialsDefined)
def what_a_bill_lists_is_defined(event: BillOfMaterialsDefined, known: Known) -> str | None:
    """The parts and alternates of a bill of materials were defined before it."""
    for line in event.lines:
        for part in line.allowed:
            if known.parts.get(part) is None:
                return f"item {line.item}: part {part} is not defined here; check it, or define the part first"
    return None


@rule("DEF-013", UnitCommissioned, ComponentInstalled, OperationCompleted)
def serial_compares_with_the_bill(
    event: UnitCommissioned | ComponentInstalled | OperationCompleted, known: Known
) -> str | None:
    """Where lines of a bill hold for a range of serials, the serial of a unit can be compared with it."""
    if not known.bills_of or (isinstance(event, ComponentInstalled) and event.evidence.is_statement):
        return None
    unit = event.unit
    state = None if isinstance(event, UnitCommissioned) else known.unit(unit)
    born = event.event_time if state is None else state.commissioned_at
    bill = known.bill_at(unit.part, born)
    line = None if bill is None else bill.not_comparable(unit.serial_number, born)
    if bill is None or line is None:
        return None
    serials = " to ".join(text for text in (line.serial_from, line.serial_to) if text)
    return (
        f"nobody can tell whether item {line.item} of {bill.bill}, which holds for serials {serials}, holds for "
        f"{unit.serial_number}; give units of {unit.part} serials that differ in the running number only"
    )


@rule("DEF-016", SetupListDefined, cites="21 CFR 820.70(b): production and process changes")
def setup_list_is_new(event: SetupListDefined, known: Known) -> str | None:
    """A setup list never changes; a change has a new name or revision."""
    if known.setup_lists.get(event.setup_list) is None:
        return None
    return f"setup list {event.setup_list} exists and loads rely on it; define the change as a new revision"


@rule("DEF-017", SetupListDefined)
def what_a_setup_list_names_is_defined(event: SetupListDefined, known: Known) -> str | None:
    """The parts of a setup list were defined before it, and their use is said in the uom of the part."""
    if event.part is not None and known.parts.get(event.part) is None:
        return f"part {event.part} is not defined here; check it, or define the part first"
    for one in event.slots:
        for part in one.allowed:
            state = known.parts.get(part)
            if state is None:
                return f"slot {one.slot}: part {part} is not defined here; check it, or define the part first"
            if one.quantity is not None and one.uom not in ("", state.uom):
                kept = state.uom or "pieces (no uom)"
                return f"slot {one.slot}: {part} is counted in {kept}, the quantity is in {one.uom}; give it in {kept}"
    return None


@rule("DEF-014", EquipmentDefined, cites="IEC 62264-1 clause 5.3: role-based equipment hierarchy")
def work_center_is_defined(event: EquipmentDefined, known: Known) -> str | None:
    """A station is in a work center that was defined before."""
    if event.work_center is None or known.work_centers.get(event.work_center) is not None:
        return None
    return f"work center {event.work_center} is not defined here; check its name, or define it first"


@rule("DEF-015", OperationCompleted, DefectRecorded, LotOperationCompleted)
def defect_is_in_the_list(
    event: OperationCompleted | DefectRecorded | LotOperationCompleted, known: Known
) -> str | None:
    """Where a plant has a list of defects, a defect is one of its codes that is not retired."""
    if not is_in_use(known, DEFECTS):
        return None
    for said in defect_codes(event):
        code = known.codes.get((DEFECTS, normal_form(said)))
        if code is None:
            return f"{said!r} is no code of the list {DEFECTS}; take one of the list, or enter it there first"
        if code.is_retired:
            return f"defect {code.code} is retired; take another code of the list {DEFECTS}"
    return None
