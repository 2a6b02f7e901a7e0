"""Serial profiles hold, ranges are set apart, numbers are used up and voided."""

from asbuilt.core.events.definitions import SerialProfileDefined, UniqueWithin
from asbuilt.core.events.identity import SerialNumberVoided, SerialRangeReserved, UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.identity import UnitState
from asbuilt.core.states.records.serials import EnterpriseSerial, SerialNumber, SerialProfile, SerialRange

DEFAULT_FORMAT = "########"
"""Format of the serial numbers of a part that defines none: eight digits or more."""


def format_of(known: Known, part: Part) -> str:
    """The format in which serials of a part are issued now: that of its profile, of the part, or eight digits."""
    profile, state = known.serials.profiles.get(part), known.parts.get(part)
    return (profile and profile.serial_format) or (state and state.serial_format) or DEFAULT_FORMAT


def fold_profile_defined(known: Known, event: SerialProfileDefined, sequence: int) -> None:
    profile = SerialProfile(
        part=event.part,
        serial_format=event.serial_format,
        received_format=event.received_format,
        at_receipt=event.at_receipt,
        at_build=event.at_build,
        at_shipment=event.at_shipment,
        unique_within=event.unique_within,
        part_family=event.part_family,
    )
    known.serials.profiles.put(event.part, profile)


def fold_range_reserved(known: Known, event: SerialRangeReserved, sequence: int) -> None:
    reserved = SerialRange(
        sequence=sequence,
        part=event.part,
        range_number=event.range_number,
        kind=event.kind,
        holder=event.holder,
        first_number=event.first_number,
        count=event.count,
        low_watermark=event.low_watermark,
        serial_format=format_of(known, event.part),
        reserved_at=event.event_time,
        work_order=event.work_order,
    )
    known.serials.ranges.put(sequence, reserved)
    known.serials.index_range(reserved)
    known.serials.next_numbers[event.part] = event.last_number + 1


def undo_range_reserved(known: Known, event: SerialRangeReserved, sequence: int) -> None:
    """The range is gone; its numbers stay handed out, since the counter only grows."""
    known.serials.ranges.take_out(sequence)


def fold_birth(known: Known, event: UnitCommissioned | UnitReceived, sequence: int) -> None:
    """A unit bears its serial from here on, and uses up the number when it lies in a range."""
    serials, unit = known.serials, event.unit
    if serials.is_watched:
        serials.bearers.setdefault(unit.name_key, set()).add(unit)
        profile = serials.profiles.get(unit.part)
        if profile is not None and profile.unique_within is UniqueWithin.ENTERPRISE:
            serials.enterprise.put(sequence, EnterpriseSerial(sequence=sequence, unit=unit))
    found = serials.range_of(unit)
    if found is not None:
        serials.add_number(SerialNumber(sequence=sequence, unit=unit, number=found[1], is_void=False, reason=""))


def undo_birth(known: Known, event: UnitCommissioned | UnitReceived, sequence: int) -> None:
    serials = known.serials
    serials.bearers.get(event.unit.name_key, set()).discard(event.unit)
    serials.numbers.take_out(sequence)
    serials.enterprise.take_out(sequence)


def fold_number_voided(known: Known, event: SerialNumberVoided, sequence: int) -> None:
    found = known.serials.range_of(event.unit)
    number = None if found is None else found[1]
    known.serials.add_number(
        SerialNumber(sequence=sequence, unit=event.unit, number=number, is_void=True, reason=event.reason)
    )


def undo_number_voided(known: Known, event: SerialNumberVoided, sequence: int) -> None:
    known.serials.numbers.take_out(sequence)


def unit_after_void(state: UnitState | None, event: SerialNumberVoided, unit: Unit) -> UnitState | None:
    """No unit comes of it."""
    return state
