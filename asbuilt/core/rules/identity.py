"""Units exist once, under one serial number."""

from asbuilt.core.events.definitions import LotDefined, Requirement, SerialProfileDefined
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateDecision,
    DuplicateResolved,
    LabelPrinted,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitReceived, UnitShipped
from asbuilt.core.identifiers.serial_format import misfit, parsed
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.rules.groups import NAMES_A_LOT, NAMES_A_UNIT
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known, lots_in, units_in
from asbuilt.core.states.panels import place_of
from asbuilt.core.states.records.genealogy import Installation
from asbuilt.core.states.records.identity import Custody, LifeCycle, UnitState
from asbuilt.core.states.records.serials import SerialProfile
from asbuilt.core.states.serials import format_of

_ByLot = LotDefined | ComponentInstalled | MaterialConsumed | MaterialLoaded
_ByUnit = UnitReceived | ComponentInstalled | MaterialConsumed | UnitShipped


@rule("IDN-001", *NAMES_A_UNIT, cites="EPCIS 2.0, CBV bizStep commissioning: an instance exists from then on")
def unit_exists(event: Event, known: Known) -> str | None:
    """Every unit an event names was commissioned or received before."""
    unknown = [
        str(unit) for unit in units_in(event) if known.unit(unit) is None and not _is_name_of_another(unit, known)
    ]
    if not unknown:
        return None
    return f"{' and '.join(unknown)} is not known here; check the scan, or commission or receive it first"


def _is_name_of_another(unit: Unit, known: Known) -> bool:
    """Whether IDN-020 or IDN-025 says what the unit is to be named."""
    return known.bearer(unit) is not None or known.record_that_stays(unit) != unit


@rule("IDN-002", *NAMES_A_LOT)
def lot_exists(event: Event, known: Known) -> str | None:
    """Every lot an event names was defined before."""
    unknown = [str(lot) for lot in lots_in(event) if known.lot(lot) is None]
    if not unknown:
        return None
    return f"lot {' and '.join(unknown)} is not known here; check the scan, or define the lot first"


@rule("IDN-003", UnitCommissioned, UnitReceived, cites="GS1 General Specifications, AI (21) serial number")
def serial_is_unique(event: UnitCommissioned | UnitReceived, known: Known) -> str | None:
    """A serial number is given once within issuer and part, for ever."""
    state, bearer = known.unit(event.unit), known.bearer(event.unit)
    if bearer is not None:
        return f"{event.unit} is or was marked on {bearer}; a serial number is never given twice: use the next one"
    stays = known.record_that_stays(event.unit)
    if stays != event.unit:
        return f"{event.unit} was merged into {stays}; a serial number is never given twice: use the next one"
    if state is None:
        return None
    return (
        f"{state.unit} exists since {state.commissioned_at:%Y-%m-%d %H:%M}; a serial number is never given twice: "
        "use the next number; what arrived with this one from outside is reported as DuplicateReported, and decided"
    )


@rule("IDN-004", UnitCommissioned, UnitReceived, UnitReidentified)
def part_is_serialized(event: UnitCommissioned | UnitReceived | UnitReidentified, known: Known) -> str | None:
    """Only parts tracked by serial number have units."""
    named = event.marked_as if isinstance(event, UnitReidentified) else event.unit
    part = known.parts.get(named.part)
    if part is None or part.is_serialized:
        return None
    return f"{part.part} is tracked as {part.tracking.value}; it has no serial numbers: record the lot instead"


@rule("IDN-005", AliasAssigned)
def alias_is_new(event: AliasAssigned, known: Known) -> str | None:
    """The same further name is given to the same thing once."""
    subject = event.unit or event.lot
    for alias in known.aliases:
        if alias.subject == subject and (alias.scheme, alias.issuer, alias.value) == (
            event.scheme,
            event.issuer,
            event.value,
        ):
            return f"{subject} already bears {event.scheme} {event.value}; nothing is to be done"
    return None


@rule("IDN-006", UnitReceived)
def received_serial_fits_its_format(event: UnitReceived, known: Known) -> str | None:
    """A serial number from outside is of the form that its supplier or customer uses."""
    profile = known.serials.profiles.get(event.unit.part)
    if profile is None or not profile.received_format:
        return None
    misfits = misfit(parsed(profile.received_format), event.unit.serial_number)
    return (
        None if misfits is None else f"{event.unit}: {misfits}; check the scan, or quarantine it and ask the supplier"
    )


@rule("IDN-007", UnitCommissioned, UnitReceived, cites="ISO/IEC 15459-4: uniqueness of individual products")
def serial_is_unique_in_its_scope(event: UnitCommissioned | UnitReceived, known: Known) -> str | None:
    """A serial number is given once within the family, site or enterprise that a profile says."""
    serials, unit = known.serials, event.unit
    if not serials.is_watched and not serials.elsewhere:
        return None  # nearly every plant, a hundred thousand times in a row
    own = serials.profiles.get(unit.part)
    for other in sorted(serials.bearers.get(unit.name_key, ())):
        theirs = serials.profiles.get(other.part)
        if other.part != unit.part and _wider(own, theirs) is not None:
            return f"{other} bears it, and it is unique within the {_wider(own, theirs)}; use the next number"
    if serials.elsewhere.get(unit.name_key, set()) - {unit.part.key}:
        return f"{unit.serial_number} was given at another site, and is unique in the enterprise; use the next number"
    return None


def _wider(own: SerialProfile | None, theirs: SerialProfile | None) -> str | None:
    """The scope of one part's serials that takes in the other part."""
    if own is not None and own.reaches(theirs):
        return own.unique_within.value
    return theirs.unique_within.value if theirs is not None and theirs.reaches(own) else None


@rule("IDN-008", LotDefined, ComponentInstalled, MaterialConsumed, MaterialLoaded)
def serial_is_given_where_mandatory(event: _ByLot, known: Known) -> str | None:
    """Where a part's profile makes the serial number mandatory, the part is recorded by unit, not by lot."""
    profile = None if event.lot is None else _profile(event.lot.part, known)
    if profile is None:
        return None
    if isinstance(event, LotDefined):
        if profile.at_receipt is Requirement.MANDATORY and event.quantity is not None:
            return (
                f"{profile.part} is received by serial number; receive each unit, and define the lot without quantity"
            )
    elif profile.at_build is Requirement.MANDATORY and not _is_statement(event):
        return f"{profile.part} is built in by serial number; scan the unit instead of the lot"
    return None


@rule("IDN-009", UnitReceived, ComponentInstalled, MaterialConsumed, UnitShipped)
def serial_is_taken_here(event: _ByUnit, known: Known) -> str | None:
    """A unit is recorded by serial number only where its part's profile takes one."""
    steps = {UnitReceived: "received", UnitShipped: "shipped"}
    unit = event.component if isinstance(event, ComponentInstalled | MaterialConsumed) else event.unit
    profile = None if unit is None or _is_statement(event) else _profile(unit.part, known)
    if profile is None:
        return None
    wanted = {UnitReceived: profile.at_receipt, UnitShipped: profile.at_shipment}.get(type(event), profile.at_build)
    if wanted is not Requirement.REFUSED:
        return None
    step = steps.get(type(event), "built in")
    return f"{profile.part} is {step} without serial number; record the lot, or change its serial profile"


def _profile(part: Part, known: Known) -> SerialProfile | None:
    """The profile of a part that has serial numbers."""
    state = known.parts.get(part)
    return known.serials.profiles.get(part) if state is not None and state.is_serialized else None


def _is_statement(event: Event) -> bool:
    return isinstance(event, ComponentInstalled | MaterialConsumed) and event.evidence.is_statement


@rule("IDN-010", SerialProfileDefined)
def profile_fits_the_tracking(event: SerialProfileDefined, known: Known) -> str | None:
    """A serial profile is for a part tracked by serial number."""
    part = known.parts.get(event.part)
    if part is None or part.is_serialized:
        return None
    return f"{part.part} is tracked as {part.tracking.value}; define the part as serialized first"


@rule("IDN-011", SerialRangeReserved)
def range_is_new(event: SerialRangeReserved, known: Known) -> str | None:
    """A range number is given once within a part."""
    for one in known.serials.ranges_for(event.part):
        if one.range_number == event.range_number:
            return f"range {one.range_number} of {one.part} exists, for {one.holder}; give the new one its own number"
    return None


@rule("IDN-012", SerialRangeReserved)
def range_numbers_are_free(event: SerialRangeReserved, known: Known) -> str | None:
    """A range holds numbers that were never handed out and that the part's format can write."""
    part, following = known.parts.get(event.part), known.serials.next_numbers.get(event.part)
    if part is None or following is None:
        return None
    if not part.is_serialized:
        return f"{part.part} is tracked as {part.tracking.value}; define the part as serialized first"
    if event.first_number < following:
        return f"number {event.first_number} of {part.part} was handed out; reserve from {following}"
    found = parsed(format_of(known, event.part))
    if not found.names("number") or found.names("random"):
        return f"serials in {found.text} cannot be known in advance; define a format with a running number only"
    if event.last_number > found.number_max:
        return (
            f"number {event.last_number} outgrows {found.text}; reserve up to {found.number_max}, or widen the format"
        )
    return None


@rule("IDN-013", UnitCommissioned, UnitReceived, SerialNumberVoided)
def number_is_used_once(event: UnitCommissioned | UnitReceived | SerialNumberVoided, known: Known) -> str | None:
    """A number of a range is used or voided once, however the rest of its serial is written."""
    found = known.serials.range_of(event.unit)
    taken = None if found is None else known.serials.taken(event.unit.part, found[1])
    if found is None or taken is None or taken.unit == event.unit:
        return None
    became = "was voided as" if taken.is_void else "is borne by"
    return f"number {found[1]} of range {found[0].range_number} {became} {taken.unit}; use the next number"


@rule("IDN-014", UnitCommissioned, UnitReceived)
def serial_is_not_void(event: UnitCommissioned | UnitReceived, known: Known) -> str | None:
    """A voided serial number is never given."""
    void = known.serials.void(event.unit)
    return (
        None if void is None else f"{event.unit} was voided ({void.reason}); destroy the label and use the next number"
    )


@rule("IDN-015", SerialNumberVoided)
def voided_serial_is_unused(event: SerialNumberVoided, known: Known) -> str | None:
    """Only a serial number that no unit bears is voided, and once."""
    state = known.unit(event.unit)
    if state is not None:
        return f"{state.unit} exists since {state.commissioned_at:%Y-%m-%d %H:%M}; scrap the unit instead"
    void = known.serials.void(event.unit)
    return None if void is None else f"{event.unit} was voided already ({void.reason})"


@rule("IDN-020", *NAMES_A_UNIT, cites="MIL-STD-130, IUID construct 2: original part number")
def unit_is_named_by_its_key(event: Event, known: Known) -> str | None:
    """An event names a unit by its original key, whatever it is marked as now."""
    for unit in units_in(event):
        bearer = None if known.unit(unit) is not None else known.bearer(unit)
        if bearer is not None:
            return f"{unit} is a later marking of {bearer}; name it {bearer}, which stays its key"
    return None


@rule("IDN-021", UnitReidentified, cites="GS1 General Specifications, AI (21) serial number")
def marking_is_free(event: UnitReidentified, known: Known) -> str | None:
    """A part and serial number that one unit bears or bore is never marked on another."""
    if event.marked_as == event.unit:
        return None
    if known.was_known(event.marked_as):
        return f"{event.marked_as} is or was another unit; mark a number that was never used, or check the scan"
    bearer = known.bearer(event.marked_as)
    if bearer is None or bearer == event.unit:
        return None
    return f"{event.marked_as} is or was marked on {bearer}; mark a number that was never used, or check the scan"


@rule("IDN-022", UnitReidentified)
def marking_is_another(event: UnitReidentified, known: Known) -> str | None:
    """A new marking differs from the one a unit bears."""
    marking = known.marking(event.unit)
    borne = event.unit if marking is None else marking.marked_as
    if event.marked_as != borne:
        return None
    return f"{event.unit} is marked {borne} already; nothing is to be done"


@rule("IDN-023", DuplicateResolved)
def question_is_open(event: DuplicateResolved, known: Known) -> str | None:
    """Only an open question is decided, on the unit that it is about."""
    duplicate = known.duplicate(event.question)
    if duplicate is None or duplicate.unit != event.unit:
        return f"no duplicate was reported of {event.unit} under {event.question}; see the list of open questions"
    if duplicate.is_open:
        return None
    return (
        f"the duplicate of {event.unit} was decided already: {duplicate.decision}; correct that decision if it is wrong"
    )


@rule("IDN-024", DuplicateResolved)
def other_unit_is_named(event: DuplicateResolved, known: Known) -> str | None:
    """What is another unit is decided as the one it was commissioned or received as, and nothing else names one."""
    if event.decision is not DuplicateDecision.OTHER_UNIT:
        given = event.other_unit
        return None if given is None else f"{given} is named as other unit, and {event.decision} is said; leave it out"
    if event.other_unit is None:
        return "no other unit is named; commission or receive it under a number of its own, and say which that is"
    if event.other_unit == event.unit:
        return f"{event.unit} cannot be the other unit; receive that under a number of its own, or say same_unit"
    return None


@rule("IDN-025", *NAMES_A_UNIT)
def record_stays(event: Event, known: Known) -> str | None:
    """An event names the record that stays, not one that was merged into it."""
    for unit in units_in(event):
        stays = known.record_that_stays(unit)
        if stays != unit:
            return f"{unit} is the same physical unit as {stays} and was merged into it; name {stays}"
    return None


@rule("IDN-026", UnitsMerged)
def records_are_two(event: UnitsMerged, known: Known) -> str | None:
    """Two different records are merged, and the one that goes has no others merged into it."""
    if event.unit == event.duplicate:
        return f"{event.unit} cannot be merged into itself; check which of the two was scanned twice"
    merged = next((merge for merge in known.merges if merge.unit == event.duplicate), None)
    if merged is None:
        return None
    return f"{merged.duplicate} was merged into {event.duplicate}; let that stay, or correct that merge first"


@rule("IDN-027", UnitsMerged)
def records_agree(event: UnitsMerged, known: Known) -> str | None:
    """What two records say of one physical unit can be true at once."""
    one, other = known.unit(event.unit), known.unit(event.duplicate)
    if one is None or other is None or one == other:
        return None
    return _contain_each_other(one, other, known) or _are_apart(one, other, known) or _are_both_open(one, other, known)


def _contain_each_other(one: UnitState, other: UnitState, known: Known) -> str | None:
    for outer, inner in ((one.unit, other.unit), (other.unit, one.unit)):
        if inner in known.contents(outer):
            return f"{inner} is inside {outer}, so they are two; correct its installation first"
        if any((link.parent, link.component) == (outer, inner) for link in known.installations):
            return f"{inner} was installed in {outer}, so they are two; correct that installation first"
    return None


def _are_apart(one: UnitState, other: UnitState, known: Known) -> str | None:
    """Whether the unit would be in two places, or in two hands."""
    if one.installed_in is not None and other.installed_in is not None:
        where = f"{one.unit} is installed in {one.installed_in} and {other.unit} in {other.installed_in}"
        return f"{where}; remove it where it is not"
    for unit in (one.unit, other.unit):
        place = place_of(known, unit)
        if place is not None:
            return f"{unit} is at position {place.position} of panel {place.panel}; separate it first"
    if one.container and other.container and one.container != other.container:
        return f"{one.unit} is packed in {one.container} and {other.unit} in {other.container}; unpack one first"
    if (one.container and other.installed_in) or (other.container and one.installed_in):
        packed, fitted = (one, other) if one.container else (other, one)
        where = f"{packed.unit} is packed in {packed.container} and {fitted.unit} installed in {fitted.installed_in}"
        return f"{where}; unpack or remove it first"
    customers = [_customer(state, known) for state in (one, other)]
    if customers[0] != customers[1]:
        first, second = (f"shipped to {customer}" if customer is not None else "in house" for customer in customers)
        return f"{one.unit} is {first} and {other.unit} {second}; record the shipment or return that lacks"
    if (one.life_cycle is LifeCycle.SCRAPPED) != (other.life_cycle is LifeCycle.SCRAPPED):
        scrapped, good = (one, other) if one.life_cycle is LifeCycle.SCRAPPED else (other, one)
        return f"{scrapped.unit} is scrapped and {good.unit} is not; scrap that too, or correct the scrapping"
    return None


def _customer(state: UnitState, known: Known) -> str | None:
    """Who has the unit, by itself or inside an assembly; None when it is in house."""
    assembly = known.outermost(state.unit)
    return assembly.customer if assembly is not None and assembly.custody is Custody.SHIPPED else None


def _are_both_open(one: UnitState, other: UnitState, known: Known) -> str | None:
    """Whether something is open on both that can be open once only."""
    twice = set(one.open_holds) & set(other.open_holds)
    if twice:
        return f"hold {min(twice)} is on {one.unit} and on {other.unit}; release it from {other.unit} first"
    for link in known.open_links(other.unit):
        for there in known.open_links(one.unit):
            if _exclude_each_other(link, there):
                place = f"at {link.reference_designator}" if link.reference_designator else "in it"
                fitted = f"{other.unit} has {link.component} {place}, and {one.unit} {there.component}"
                return f"{fitted}; remove what is not there"
    parents = [{link.parent for link in known.links_with(state.unit)} for state in (one, other)]
    if parents[0] & parents[1]:
        return f"{one.unit} and {other.unit} are both entered in {min(parents[0] & parents[1])}; remove one entry first"
    asked = [duplicate for duplicate in known.duplicates if duplicate.is_open and duplicate.unit == other.unit]
    return f"a duplicate was reported of {other.unit}; decide question {asked[0].question} first" if asked else None


def _exclude_each_other(link: Installation, there: Installation) -> bool:
    if isinstance(link.component, Unit) and link.component == there.component:
        return True
    are_units = isinstance(link.component, Unit) or isinstance(there.component, Unit)
    is_alternative = Evidence.ALTERNATIVE in (link.evidence, there.evidence)
    same_place = bool(link.reference_designator) and link.reference_designator == there.reference_designator
    return same_place and are_units and not is_alternative


@rule("IDN-040", LabelPrinted)
def reprint_has_a_reason(event: LabelPrinted, known: Known) -> str | None:
    """A unit's first label from a template needs no reason, a further one says why it is printed again."""
    if event.unit is None or event.reason.strip():
        return None
    before = known.labels_printed(event.unit, event.template)
    if not before:
        return None
    last = before[-1]
    at = f" at {last.printer}" if last.printer else ""
    return (
        f"label {event.template} of {event.unit} was printed on {last.printed_at:%Y-%m-%d %H:%M}{at}; "
        "destroy that one, and print again with a reason, such as: label torn"
    )
