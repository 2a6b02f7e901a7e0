"""Holds are placed and released; units are scrapped."""

from dataclasses import replace

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.identifiers.names import Container
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.identity import LifeCycle, UnitState
from asbuilt.core.states.records.quality import Hold


def held_subject(event: HoldPlaced | HoldReleased) -> Unit | Lot:
    """The unit or lot the hold is on."""
    subject = event.unit or event.lot
    assert subject is not None, "check_exactly_one lets no hold without a subject pass"
    return subject


def unit_after_hold(state: UnitState | None, event: HoldPlaced, unit: Unit) -> UnitState | None:
    if state is None:
        return None
    return replace(state, open_holds=with_hold(state.open_holds, event.hold), last_event_time=event.event_time)


def unit_after_release(state: UnitState | None, event: HoldReleased, unit: Unit) -> UnitState | None:
    if state is None:
        return None
    return replace(state, open_holds=without_hold(state.open_holds, event.hold), last_event_time=event.event_time)


def unit_after_scrap(state: UnitState | None, event: UnitScrapped, unit: Unit) -> UnitState | None:
    """Unusable for good, and in no container."""
    if state is None:
        return None
    return replace(
        state,
        life_cycle=LifeCycle.SCRAPPED,
        location=event.location or state.location,
        container=Container(""),
        last_event_time=event.event_time,
    )


def unit_after_defect(
    state: UnitState | None, event: DefectRecorded | DefectDispositioned | DefectRepaired, unit: Unit
) -> UnitState | None:
    """A defect scraps no unit by itself."""
    return None if state is None else replace(state, last_event_time=event.event_time)


def with_hold(open_holds: tuple[str, ...], hold: str) -> tuple[str, ...]:
    return tuple(sorted({*open_holds, hold}))


def without_hold(open_holds: tuple[str, ...], hold: str) -> tuple[str, ...]:
    return tuple(number for number in open_holds if number != hold)


def fold_hold_placed(known: Known, event: HoldPlaced, sequence: int) -> None:
    subject = held_subject(event)
    known.add_hold(
        Hold(sequence=sequence, hold=event.hold, subject=subject, reason=event.reason, placed_at=event.event_time)
    )
    _put_on_lot(known, event)


def undo_hold_placed(known: Known, event: HoldPlaced, sequence: int) -> None:
    known.holds.take_out(sequence)
    _take_off_lot(known, event)


def fold_hold_released(known: Known, event: HoldReleased, sequence: int) -> None:
    hold = known.open_hold(held_subject(event), event.hold)
    if hold is not None:
        known.add_hold(
            replace(hold, released_sequence=sequence, released_at=event.event_time, release_reason=event.reason)
        )
    _take_off_lot(known, event)


def undo_hold_released(known: Known, event: HoldReleased, sequence: int) -> None:
    hold = next((hold for hold in known.holds if hold.released_sequence == sequence), None)
    if hold is not None:
        known.add_hold(replace(hold, released_sequence=None, released_at=None, release_reason=""))
    _put_on_lot(known, event)


def _put_on_lot(known: Known, event: HoldPlaced | HoldReleased) -> None:
    state = None if event.lot is None else known.lot(event.lot)
    if state is not None:
        known.lots.put(state.lot, replace(state, open_holds=with_hold(state.open_holds, event.hold)))


def _take_off_lot(known: Known, event: HoldPlaced | HoldReleased) -> None:
    state = None if event.lot is None else known.lot(event.lot)
    if state is not None:
        known.lots.put(state.lot, replace(state, open_holds=without_hold(state.open_holds, event.hold)))
