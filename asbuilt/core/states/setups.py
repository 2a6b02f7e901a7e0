"""Setups come into force and end; what is loaded is compared with them, and what was used is worked out.

What is left is never kept: it follows from what was on a load, from the passes in its time, and from the list that was
in force at each of them. So it holds after a correction, and after what is sent late.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from asbuilt.core.events.definitions import SetupListDefined
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated, SetupSlot
from asbuilt.core.identifiers.names import Slot
from asbuilt.core.identifiers.subjects import Lot, SetupList, Station
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.genealogy import SetupWindow
from asbuilt.core.states.records.setups import Feed, Passes, SetupActivation, SetupListState


def fold_setup_list_defined(known: Known, event: SetupListDefined, sequence: int) -> None:
    known.setup_lists.put(
        event.setup_list,
        SetupListState(
            setup_list=event.setup_list,
            station=event.station,
            slots=event.slots,
            part=event.part,
            routing=event.routing,
            operation=event.operation,
            program=event.program,
        ),
    )


def fold_setup_activated(known: Known, event: SetupActivated, sequence: int) -> None:
    _end(known, event, sequence)
    known.setup_activations.put(
        sequence,
        SetupActivation(
            sequence=sequence,
            station=event.station,
            setup_list=event.setup_list,
            work_order=event.work_order,
            activated_at=event.event_time,
        ),
    )


def undo_setup_activated(known: Known, event: SetupActivated, sequence: int) -> None:
    known.setup_activations.take_out(sequence)
    undo_setup_ended(known, event, sequence)


def fold_setup_deactivated(known: Known, event: SetupDeactivated, sequence: int) -> None:
    _end(known, event, sequence)


def _end(known: Known, event: SetupActivated | SetupDeactivated, sequence: int) -> None:
    there = in_force(known, event.station)
    if there is not None:
        ended = replace(there, ended_sequence=sequence, ended_at=event.event_time)
        known.setup_activations.put(there.sequence, ended)


def undo_setup_ended(known: Known, event: SetupActivated | SetupDeactivated, sequence: int) -> None:
    for one in list(known.setup_activations):
        if one.ended_sequence == sequence:
            known.setup_activations.put(one.sequence, replace(one, ended_sequence=None, ended_at=None))


def in_force(known: Known, station: Station) -> SetupActivation | None:
    """The setup in force at a station now, as far as was recorded."""
    return next((one for one in known.setup_activations if one.station == station and one.is_open), None)


def in_force_at(known: Known, station: Station, moment: datetime) -> SetupActivation | None:
    """The setup that was in force at a station at a time."""
    found = (one for one in known.setup_activations if one.station == station and one.holds_at(moment))
    return max(found, key=lambda one: (one.activated_at, one.sequence), default=None)


def list_in_force(known: Known, station: Station, moment: datetime) -> SetupListState | None:
    """The setup list that was in force at a station at a time."""
    active = in_force_at(known, station, moment) if known.setup_activations else None
    return None if active is None else known.setup_lists.get(active.setup_list)


Work = OperationStarted | OperationCompleted


def station_of(known: Known, event: Work) -> Station | None:
    """Where work is done; a completion that does not say is where its start was."""
    start = known.open_start(event.unit, event.operation) if isinstance(event, OperationCompleted) else None
    return event.station or (start.station if start else None)


def asked_of(known: Known, event: Work) -> SetupListState | None:
    """The setup list that judges some work: the one in force at its station, if it is for the operation.

    None also when the work began before: it was judged then, and what it took it has taken.
    """
    if not known.setup_activations:
        return None  # most plants, many times a second
    if isinstance(event, OperationCompleted) and known.open_start(event.unit, event.operation) is not None:
        return None
    found = None if event.station is None else list_in_force(known, event.station, event.event_time)
    return found if found is not None and found.is_for(event.operation) else None


class SlotStatus(StrEnum):
    """How a slot stands to the setup list in force."""

    VERIFIED = "verified"
    """What is loaded is what the list asks for."""
    EMPTY = "empty"
    WRONG = "wrong"
    """Something else is loaded."""
    NOT_LISTED = "not_listed"
    """The list knows no such slot, and something is loaded there."""


@dataclass(frozen=True, slots=True)
class SlotCheck:
    """A slot, what the list asks for in it, and what feeds it, the first loaded first."""

    slot: Slot
    wanted: SetupSlot | None
    loaded: tuple[SetupWindow, ...]

    @property
    def status(self) -> SlotStatus:
        if self.wanted is None:
            return SlotStatus.NOT_LISTED
        if not self.loaded:
            return SlotStatus.EMPTY
        is_right = all(window.lot.part in self.wanted.allowed for window in self.loaded)
        return SlotStatus.VERIFIED if is_right else SlotStatus.WRONG

    @property
    def stops_the_line(self) -> bool:
        """Whether the station may not run. A slot that is not on the list feeds nothing, so it is only shown."""
        if self.status is SlotStatus.EMPTY:
            return self.wanted is not None and not self.wanted.is_optional
        return self.status is SlotStatus.WRONG


def listed_slots(known: Known, found: SetupListState, moment: datetime) -> list[SlotCheck]:
    """Every slot of a list, compared with what feeds it at a time."""
    return [SlotCheck(one.slot, one, feeding(known, found.station, one.slot, moment)) for one in found.slots]


def other_slots(known: Known, station: Station, found: SetupListState | None, moment: datetime) -> list[SlotCheck]:
    """What is loaded at a station in slots that the list does not know."""
    listed = {} if found is None else found.by_slot
    slots = sorted(slot for where, slot in known.windows_of if where == station and slot not in listed)
    checks = [SlotCheck(slot, None, feeding(known, station, slot, moment)) for slot in slots]
    return [one for one in checks if one.loaded]


def feeding(known: Known, station: Station, slot: Slot, moment: datetime) -> tuple[SetupWindow, ...]:
    """What feeds a slot at a time, the first loaded first."""
    return tuple(one for one in known.windows_at(station, slot) if one.feeds_at(moment))


def is_unusable(known: Known, lot: Lot, moment: datetime) -> bool:
    """Whether a lot may not be used at a time, although it was loaded: it is on hold, or has expired since."""
    state = known.lot(lot)
    return state is not None and (
        bool(state.open_holds) or (state.expires_on is not None and moment.date() > state.expires_on)
    )


def counted_slots(found: SetupListState) -> Iterator[tuple[SetupSlot, Decimal]]:
    """The slots that may not run below zero, with what a unit uses of each."""
    for one in found.slots:
        if one.is_counted and one.quantity is not None:
            yield one, one.quantity


def use(known: Known, event: OperationCompleted) -> None:
    """Take what an operation uses off what is left in the counted slots, for those judged after it in the batch."""
    if not known.left_in_windows:
        return
    station = station_of(known, event)
    found = None if station is None else list_in_force(known, station, event.event_time)
    if found is None or not found.is_for(event.operation):
        return
    for slot, quantity in counted_slots(found):
        there = feeding(known, found.station, slot.slot, event.event_time)
        for window, part in _allotted(there, quantity, known.left_in_windows):
            left = known.left_in_windows.get(window.sequence)
            if left is not None:
                known.left_in_windows[window.sequence] = left - part


def _allotted(
    loads: Sequence[SetupWindow], quantity: Decimal, left: dict[int, Decimal | None]
) -> Iterator[tuple[SetupWindow, Decimal]]:
    """What of a quantity each load gives: the first until it is empty, what was spliced to it after that."""
    for place, window in enumerate(loads, start=1):
        there = left.get(window.sequence)
        if place == len(loads) or there is None or there >= quantity:
            yield window, quantity
            return
        given = max(there, Decimal(0))
        yield window, given
        quantity -= given


@dataclass(slots=True)
class _Reckoning:
    """What is left of lots and loads while time goes on. of_lots: of what is not loaded; None: nobody knows."""

    of_lots: dict[Lot, Decimal | None]
    left: dict[int, Decimal | None] = field(default_factory=dict)
    start: dict[int, Decimal | None] = field(default_factory=dict)
    used: dict[int, Decimal] = field(default_factory=dict)

    def load(self, window: SetupWindow) -> None:
        start = self.of_lots.get(window.lot) if window.quantity is None else window.quantity
        self.start[window.sequence] = self.left[window.sequence] = start
        self.used[window.sequence] = Decimal(0)

    def unload(self, window: SetupWindow) -> None:
        start, left = self.start[window.sequence], self.left[window.sequence]
        end = left if window.remaining is None else window.remaining
        of_lot = self.of_lots.get(window.lot)
        if of_lot is None:
            self.of_lots[window.lot] = window.remaining if window.quantity is None else None
        elif start is not None and end is not None:
            self.of_lots[window.lot] = of_lot - (start - end)

    def take(self, loads: Sequence[SetupWindow], quantity: Decimal) -> None:
        for window, part in _allotted(loads, quantity, self.left):
            self.used[window.sequence] += part
            left = self.left[window.sequence]
            if left is not None:
                self.left[window.sequence] = left - part


def feeds(
    windows: Iterable[SetupWindow],
    activations: Sequence[SetupActivation],
    lists: Mapping[SetupList, SetupListState],
    passes: Iterable[Passes],
    of_lots: Mapping[Lot, Decimal | None],
) -> dict[int, Feed]:
    """What each load began with, and what was used of it, by the sequence of its window.

    passes: of the stations, in pieces of time in which nothing was loaded, unloaded, activated or ended.
    of_lots: how much there was of each lot before any of it was loaded.
    """
    windows = list(windows)
    found = _Reckoning(dict(of_lots))
    unloaded = [(one.unloaded_at, 0, one.sequence, one) for one in windows if one.unloaded_at is not None]
    loaded = [(one.loaded_at, 1, one.sequence, one) for one in windows]
    passed = [(one.since, 2, place, one) for place, one in enumerate(passes)]
    by_slot: dict[tuple[Station, Slot], list[SetupWindow]] = {}
    happened: list[tuple[datetime, int, int, SetupWindow | Passes]] = [*unloaded, *loaded, *passed]
    for _, kind, _, one in sorted(happened, key=lambda each: each[:3]):
        if isinstance(one, Passes):
            for slot, quantity in _used_by(one, activations, lists):
                loads = by_slot.get((one.station, slot), [])
                if loads:
                    found.take(loads, quantity)
        elif kind == 1:
            found.load(one)
            by_slot.setdefault((one.station, one.slot), []).append(one)
        elif one.sequence in found.start:
            found.unload(one)
            by_slot[one.station, one.slot].remove(one)
    return {
        sequence: Feed(start=found.start[sequence], used=used, left=found.left[sequence])
        for sequence, used in found.used.items()
    }


def _used_by(
    passed: Passes, activations: Sequence[SetupActivation], lists: Mapping[SetupList, SetupListState]
) -> Iterator[tuple[Slot, Decimal]]:
    """What some passes used of each slot, by the list that was in force."""
    active = [one for one in activations if one.station == passed.station and one.holds_at(passed.since)]
    for one in active[-1:]:
        state = lists.get(one.setup_list)
        if state is not None and state.is_for(passed.operation):
            yield from ((slot.slot, slot.quantity * passed.count) for slot in state.slots if slot.quantity is not None)
