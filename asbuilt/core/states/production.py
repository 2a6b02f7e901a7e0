"""Operations begin and end, results are judged."""

from collections.abc import Iterator
from dataclasses import replace

from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import (
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    Result,
)
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.definitions import SpecificationState
from asbuilt.core.states.records.identity import LifeCycle, UnitState
from asbuilt.core.states.records.production import (
    InterlockOverride,
    OperationRefusal,
    OperationRun,
    OperationStart,
)


def unit_after_start(state: UnitState | None, event: OperationStarted, unit: Unit) -> UnitState | None:
    """In process from the first operation on."""
    if state is None:
        return None
    return replace(
        state,
        life_cycle=LifeCycle.IN_PROCESS,
        work_order=state.work_order or event.work_order,
        last_event_time=event.event_time,
    )


def unit_after_completion(
    state: UnitState | None, event: OperationCompleted, unit: Unit, result: Result
) -> UnitState | None:
    """The last operation and how it ended. A failed step never scraps a unit by itself."""
    if state is None:
        return None
    # Written out because this is what happens most; dataclasses.replace takes three times as long.
    return UnitState(
        unit=state.unit,
        revision=state.revision,
        work_order=state.work_order or event.work_order,
        life_cycle=LifeCycle.IN_PROCESS,
        custody=state.custody,
        location=state.location,
        container=state.container,
        customer=state.customer,
        shipment=state.shipment,
        expires_on=state.expires_on,
        installed_in=state.installed_in,
        open_holds=state.open_holds,
        commissioned_at=state.commissioned_at,
        last_operation=event.operation,
        last_result=result.value,
        last_event_time=event.event_time,
    )


def fold_operation_started(known: Known, event: OperationStarted, sequence: int) -> None:
    known.add_start(
        OperationStart(
            sequence=sequence,
            unit=event.unit,
            operation=event.operation,
            station=event.station,
            started_at=event.event_time,
        )
    )


def undo_operation_started(known: Known, event: OperationStarted, sequence: int) -> None:
    known.operation_starts.take_out(sequence)


def fold_operation_completed(known: Known, event: OperationCompleted, sequence: int) -> None:
    start = known.open_start(event.unit, event.operation)
    if start is not None:
        known.add_start(replace(start, completed_sequence=sequence))
    known.add_run(
        OperationRun(
            sequence=sequence,
            unit=event.unit,
            operation=event.operation,
            station=event.station or (start.station if start else None),
            work_order=event.work_order,
            started_sequence=start.sequence if start else None,
            started_at=start.started_at if start else None,
            completed_at=event.event_time,
            result=judged(known, event),
        )
    )


def undo_operation_completed(known: Known, event: OperationCompleted, sequence: int) -> None:
    known.operation_runs.take_out(sequence)
    for started in known.starts_of.get(event.unit, ()):
        start = known.operation_starts.get(started)
        if start is not None and start.completed_sequence == sequence:
            known.add_start(replace(start, completed_sequence=None))


def unit_after_interlock(
    state: UnitState | None, event: OperationRefused | InterlockOverridden, unit: Unit
) -> UnitState | None:
    """As it was: what the interlock did is no step of the work."""
    return state


def fold_operation_refused(known: Known, event: OperationRefused, sequence: int) -> None:
    known.operation_refusals.put(
        sequence,
        OperationRefusal(
            sequence=sequence,
            subject=_worked_on(event),
            operation=event.operation,
            phase=event.phase,
            station=event.station,
            operator=event.operator,
            rules=tuple(one.rule for one in event.reasons),
            refused_at=event.event_time,
        ),
    )


def fold_interlock_overridden(known: Known, event: InterlockOverridden, sequence: int) -> None:
    known.interlock_overrides.put(
        sequence,
        InterlockOverride(
            sequence=sequence,
            subject=_worked_on(event),
            operation=event.operation,
            phase=event.phase,
            station=event.station,
            overridden_event_id=event.overridden_event_id,
            rules=tuple(one.rule for one in event.reasons),
            overridden_at=event.event_time,
        ),
    )


def _worked_on(event: OperationRefused | InterlockOverridden) -> Unit | Lot:
    found = event.unit or event.lot
    assert found is not None, "check() sees to it"
    return found


def specification_of(known: Known, event: OperationCompleted | LotOperationCompleted) -> SpecificationState | None:
    return None if event.specification is None else known.specifications.get(event.specification)


def judged(known: Known, event: OperationCompleted) -> Result:
    """The result of a completed operation, worked out once for the unit and the run."""
    if known.last_judged is not None and known.last_judged[0] is event:
        return known.last_judged[1]
    result = result_of(event, specification_of(known, event))
    known.last_judged = (event, result)
    return result


def result_of(event: OperationCompleted, specification: SpecificationState | None) -> Result:
    """Failed when the station says so or any value lies outside its limits; the server judges, not the client."""
    if event.result is Result.FAILED:
        return Result.FAILED
    return Result.PASSED if are_within_limits(event, specification) else Result.FAILED


def are_within_limits(
    event: OperationCompleted | LotOperationCompleted, specification: SpecificationState | None
) -> bool:
    """Whether every value of an event lies within its limits."""
    if not all(measurement.is_within_limits for measurement in event.measurements):
        return False
    return specification is None or specification.are_met_by(event.values)


def measurements_of(
    event: OperationCompleted | LotOperationCompleted, specification: SpecificationState | None
) -> Iterator[Measurement]:
    """Every measurement of the event in full, packed values unpacked by their specification."""
    yield from event.measurements
    characteristics: tuple[Characteristic, ...] = () if specification is None else specification.characteristics
    for characteristic, value in zip(characteristics, event.values, strict=False):
        if value is not None:
            yield Measurement(
                characteristic=characteristic.characteristic,
                value=value,
                uom=characteristic.uom,
                nominal=characteristic.nominal,
                lower_limit=characteristic.lower_limit,
                upper_limit=characteristic.upper_limit,
            )
