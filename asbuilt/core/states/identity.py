"""Units come into being, get further names and are marked anew."""

from dataclasses import replace

from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    DuplicateResolved,
    LabelPrinted,
    UnitCommissioned,
    UnitReidentified,
)
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.production import Result
from asbuilt.core.identifiers.names import Container
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.identity import (
    Alias,
    Custody,
    Duplicate,
    LabelPrint,
    LifeCycle,
    Marking,
    Status,
    UnitState,
)


def unit_after_birth(state: UnitState | None, event: UnitCommissioned | UnitReceived, unit: Unit) -> UnitState:
    """A unit as issued here, or as received from outside."""
    issued_here = isinstance(event, UnitCommissioned)
    return UnitState(
        unit=unit,
        revision=event.revision,
        work_order=event.work_order if isinstance(event, UnitCommissioned) else None,
        life_cycle=LifeCycle.ISSUED if issued_here else LifeCycle.IN_PROCESS,
        custody=Custody.IN_HOUSE,
        location=event.location,
        container=Container(""),
        customer="",
        shipment="",
        expires_on=event.expires_on,
        installed_in=None,
        open_holds=(),
        commissioned_at=event.event_time,
        last_operation="",
        last_result="",
        last_event_time=event.event_time,
    )


def unit_after_alias(
    state: UnitState | None, event: AliasAssigned | UnitReidentified | LabelPrinted, unit: Unit
) -> UnitState | None:
    """A further name, marking or label changes nothing else about the unit."""
    return state if state is None else replace(state, last_event_time=event.event_time)


def fold_alias_assigned(known: Known, event: AliasAssigned, sequence: int) -> None:
    subject = event.unit or event.lot
    assert subject is not None, "AliasAssigned.check lets no event without a subject pass"
    alias = Alias(sequence=sequence, subject=subject, scheme=event.scheme, value=event.value, issuer=event.issuer)
    known.aliases.put(sequence, alias)


def undo_alias_assigned(known: Known, event: AliasAssigned, sequence: int) -> None:
    known.aliases.take_out(sequence)


def fold_unit_reidentified(known: Known, event: UnitReidentified, sequence: int) -> None:
    own_before = {event.unit, *(one.marked_as for one in known.markings_with(event.unit) if one.unit == event.unit)}
    known.add_marking(
        Marking(
            sequence=sequence,
            unit=event.unit,
            marked_as=event.marked_as,
            claims=event.marked_as not in own_before,
            reason=event.reason,
            marked_at=event.event_time,
        )
    )


def undo_unit_reidentified(known: Known, event: UnitReidentified, sequence: int) -> None:
    known.markings.take_out(sequence)


def unit_after_question(
    state: UnitState | None, event: DuplicateReported | DuplicateResolved, unit: Unit
) -> UnitState | None:
    """What arrives under the number of a unit, and what becomes of it, changes nothing about the unit."""
    return state


def fold_duplicate_reported(known: Known, event: DuplicateReported, sequence: int) -> None:
    known.duplicates.put(
        sequence,
        Duplicate(
            sequence=sequence,
            question=event.event_id,
            unit=event.unit,
            supplier=event.supplier,
            document=event.document,
            location=event.location,
            scheme=event.scheme,
            value=event.value,
            description=event.description,
            reported_at=event.event_time,
        ),
    )


def undo_duplicate_reported(known: Known, event: DuplicateReported, sequence: int) -> None:
    known.duplicates.take_out(sequence)


def fold_duplicate_resolved(known: Known, event: DuplicateResolved, sequence: int) -> None:
    duplicate = known.duplicate(event.question)
    if duplicate is not None:
        decided = replace(
            duplicate,
            resolved_sequence=sequence,
            decision=event.decision,
            other_unit=event.other_unit,
            resolution=event.reason,
            resolved_at=event.event_time,
        )
        known.duplicates.put(duplicate.sequence, decided)


def undo_duplicate_resolved(known: Known, event: DuplicateResolved, sequence: int) -> None:
    duplicate = known.duplicate(event.question)
    if duplicate is not None and duplicate.resolved_sequence == sequence:
        reopened = replace(
            duplicate, resolved_sequence=None, decision=None, other_unit=None, resolution="", resolved_at=None
        )
        known.duplicates.put(duplicate.sequence, reopened)


def fold_label_printed(known: Known, event: LabelPrinted, sequence: int) -> None:
    subject = event.unit or event.lot
    assert subject is not None, "LabelPrinted.check lets no event without a subject pass"
    known.add_label_print(
        LabelPrint(
            sequence=sequence,
            subject=subject,
            template=event.template,
            printer=event.printer,
            copies=event.copies,
            job=event.job,
            reason=event.reason,
            printed_at=event.event_time,
        )
    )


def undo_label_printed(known: Known, event: LabelPrinted, sequence: int) -> None:
    known.label_prints.take_out(sequence)


def status_of(
    *,
    life_cycle: LifeCycle,
    custody: Custody,
    is_held: bool,
    is_installed: bool,
    is_packed: bool,
    last_operation: str,
    last_result: str,
) -> Status:
    """The one word to show for a unit: the worst and latest of its facts."""
    facts = (
        (life_cycle is LifeCycle.SCRAPPED, Status.SCRAPPED),
        (is_held, Status.ON_HOLD),
        (custody is Custody.SHIPPED, Status.SHIPPED),
        (is_installed, Status.INSTALLED),
        (last_result == Result.FAILED, Status.FAILED),
        (custody is Custody.RETURNED, Status.RETURNED),
        (is_packed, Status.PACKED),
        (bool(last_operation), Status.IN_PROCESS),
        (life_cycle is LifeCycle.ISSUED, Status.ISSUED),
    )
    return next((status for holds, status in facts if holds), Status.AVAILABLE)
