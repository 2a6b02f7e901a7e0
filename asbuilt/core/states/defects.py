"""Defects are found, decided upon, repaired and settled.

The defects of a unit follow from its own events alone, so that they can be folded again from its history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from asbuilt.core.events.defects import Defect, DefectDispositioned, DefectRecorded, DefectRepaired, Disposition
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.production import OperationCompleted, Result
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.production import judged, measurements_of, specification_of
from asbuilt.core.states.records.defects import DefectKey, DefectState


def fold_defects(known: Known, event: Event, sequence: int) -> None:
    """Change the defects of the unit that an event is about."""
    unit = event.subject
    assert isinstance(unit, Unit), "defects are of units"
    if isinstance(event, OperationCompleted) and not known.defects_of.get(unit) and _passed(known, event):
        return  # what happens most
    for changed in list(_changed(known, known.defects_with(unit), event, sequence)):
        known.add_defect(changed)


def refold_defects(known: Known, unit: Unit) -> None:
    """Work out the defects of a unit again from its history, which the wrong event has left."""
    found = _folded(known, unit)
    for before in known.defects_with(unit):
        if before.key not in found:
            known.defects.take_out(before.key)
    for key, defect in found.items():
        if known.defects.get(key) != defect:
            known.add_defect(defect)


def _folded(known: Known, unit: Unit) -> dict[DefectKey, DefectState]:
    found: dict[DefectKey, DefectState] = {}
    for entry in known.histories[unit]:
        event = entry.event
        if not isinstance(event, UnitsMerged):
            if event.subject == unit:
                for changed in list(_changed(known, found.values(), event, entry.sequence)):
                    found[changed.key] = changed
        elif event.unit == unit:
            found.update((key, replace(defect, unit=unit)) for key, defect in _folded(known, event.duplicate).items())
    return found


def defects_after(known: Known, events: Iterable[tuple[int, Event]]) -> list[DefectState]:
    """The defects that some events leave: all that count of some units, in the order of their sequence.

    known: has the specifications that they refer to.
    """
    found: dict[DefectKey, DefectState] = {}
    for sequence, event in events:
        if isinstance(event, UnitsMerged):
            taken = [one for one in found.values() if one.unit == event.duplicate]
            found.update((one.key, replace(one, unit=event.unit)) for one in taken)
            continue
        own = [one for one in found.values() if one.unit == event.subject]
        found.update((changed.key, changed) for changed in list(_changed(known, own, event, sequence)))
    return list(found.values())


def _changed(known: Known, defects: Iterable[DefectState], event: Event, sequence: int) -> Iterator[DefectState]:
    """The defects of a unit that an event makes or changes."""
    still_open = [one for one in defects if one.is_open]
    match event:
        case DefectRecorded():
            yield _found(event, event, sequence, place=1)
        case OperationCompleted() if _passed(known, event):
            yield from (_after_pass(one, event, sequence) for one in still_open)
        case OperationCompleted():
            yield from _found_by(known, event, sequence)
        case DefectDispositioned():
            yield from (_after_decision(one, event, sequence) for one in still_open if one.number == event.defect)
        case DefectRepaired():
            yield from (_after_repair(one, event, sequence) for one in still_open if one.number == event.defect)
        case UnitScrapped():
            yield from (_settled(one, event, sequence, by=Disposition.SCRAP) for one in still_open)


def _passed(known: Known, event: OperationCompleted) -> bool:
    return judged(known, event) is Result.PASSED


def _found_by(known: Known, event: OperationCompleted, sequence: int) -> Iterator[DefectState]:
    """The defects of a failed operation: those it names, else the one of which nothing more is known."""
    for place, defect in enumerate(event.defects, start=1):
        yield _found(event, defect, sequence, place=place)
    if not event.defects:
        unspecified = _found(event, Defect(code=event.defect), sequence, place=1)
        if not event.defect:
            taken = measurements_of(event, specification_of(known, event))
            outside = next((one.characteristic for one in taken if not one.is_within_limits), "")
            unspecified = replace(unspecified, characteristic=outside)
        yield unspecified


def _found(
    event: OperationCompleted | DefectRecorded, defect: Defect | DefectRecorded, sequence: int, *, place: int
) -> DefectState:
    given = f"D{sequence}" if place == 1 else f"D{sequence}-{place}"
    operation = event.operation if isinstance(event, OperationCompleted) else Operation("")
    return DefectState(
        sequence=sequence,
        place=place,
        unit=event.unit,
        number=defect.number or DefectNumber(given),
        operation=operation,
        station=event.station,
        code=defect.code,
        position=defect.position,
        component=defect.component,
        quantity=defect.quantity,
        note=defect.note,
        characteristic="",
        found_at=event.event_time,
        retest=operation,
    )


def _after_pass(defect: DefectState, event: OperationCompleted, sequence: int) -> DefectState:
    """An operation has passed: the rework that was decided, or the one that settles the defect."""
    if defect.disposition is Disposition.SCRAP:
        return defect
    if defect.waits_for_work:
        is_rework = defect.disposition is Disposition.REWORK and event.operation == defect.rework
        return replace(defect, reworked_sequence=sequence) if is_rework else defect
    if event.operation != defect.retest:
        return defect
    return _settled(defect, event, sequence, by=defect.disposition or _by_itself(defect))


def _by_itself(defect: DefectState) -> Disposition:
    """How a defect was settled about which nothing was decided."""
    return Disposition.RETEST if defect.repaired_sequence is None else Disposition.REPAIR


def _after_decision(defect: DefectState, event: DefectDispositioned, sequence: int) -> DefectState:
    decided = replace(
        defect,
        disposition=event.disposition,
        rework=event.rework,
        retest=event.retest or defect.operation,
        reason=event.reason,
        decided_sequence=sequence,
        decided_at=event.event_time,
        reworked_sequence=None,
        repaired_sequence=None,
        repaired_at=None,
        repair="",
        replaced=ReferenceDesignator(""),
    )
    return _settled(decided, event, sequence, by=event.disposition) if event.disposition.accepts else decided


def _after_repair(defect: DefectState, event: DefectRepaired, sequence: int) -> DefectState:
    """Repaired; what was found outside an operation, and needs no retest, is settled by that."""
    repaired = replace(
        defect,
        repaired_sequence=sequence,
        repaired_at=event.event_time,
        repair=event.action,
        replaced=event.replaced,
    )
    is_enough = not defect.retest and defect.disposition in (None, Disposition.REPAIR)
    return _settled(repaired, event, sequence, by=Disposition.REPAIR) if is_enough else repaired


def _settled(defect: DefectState, event: Event, sequence: int, *, by: Disposition) -> DefectState:
    return replace(defect, settled_sequence=sequence, settled_at=event.event_time, settled_by=by)
