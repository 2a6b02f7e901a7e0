"""The main board: printed, placed, soldered and looked at in panels of four, separated, tested and programmed."""

from collections.abc import Generator
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import desks
from asbuilt.cli.demo.calendar import HOUR, MINUTE
from asbuilt.cli.demo.floor import Desk, Floor, Story
from asbuilt.cli.demo.supply import Stores
from asbuilt.cli.demo.work import Order, complete, finish, hold, measured, release, result_of, resume, split
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.production import Result, UnitDepanelled, UnitPanelled
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.identifiers.names import Location, Operation, Panel, PanelPosition, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Lot, Unit

BRIDGED, FAILS_IN_CIRCUIT, FAILS_AGAIN = 80, 90, 1500
"""In ten thousand boards: with a solder bridge, failing in circuit, and of those the ones that fail again."""

FRONT_END = ReferenceDesignator("U7")
ONE = Decimal(1)


PANEL_SIZE = 4
HELD_FROM, HELD_FOR = 10 * MINUTE, 30 * MINUTE
"""Seconds from the release of an order that waits, and how long; its first panel comes after an hour."""

FIRST, SPLIT_EVERY, SPLIT_SIZE = 1, 3, 20
"""One order in so many is split; so many of its boards go under an order of their own, for the service stock."""


def board_order(floor: Floor, stores: Stores, count: int) -> Story:
    """A work order of boards; a panel of four enters the line every four minutes, the last one with what is left."""
    order = release(floor, plant.BOARD, count, location="SMT1")
    panels = [Panel(f"PNL-26-{floor.number('panel'):05d}") for _ in range(0, count, PANEL_SIZE)]
    boards = []
    for number, unit in enumerate(order.take_units()):
        place = number % PANEL_SIZE
        on = panels[number // PANEL_SIZE], PanelPosition(str(place + 1))
        boards.append(Board(floor, stores, order, unit, *on))
        floor.start(boards[-1].story(), after=HOUR + (number - place) * MINUTE)
    number = floor.number("board order")
    if number == FIRST:
        yield from _waits(floor, order)
    elif number % SPLIT_EVERY == 0 and count > SPLIT_SIZE:
        _split(floor, order, boards[-SPLIT_SIZE:])
    yield 0


def _waits(floor: Floor, order: Order) -> Story:
    """The first order is held until its stencil is there."""
    yield HELD_FROM
    hold(floor, order, "the stencil is at the cleaner's")
    yield HELD_FOR
    resume(floor, order, "the stencil is back")


def _split(floor: Floor, order: Order, boards: list["Board"]) -> None:
    into = split(floor, order, [board.unit for board in boards], "for the service stock")
    for board in boards:
        board.order = into


@dataclass(slots=True)
class Board:
    """One board on its way."""

    floor: Floor
    stores: Stores
    order: Order
    unit: Unit
    panel: Panel
    position: PanelPosition
    front_end: Lot | None = None

    def story(self) -> Story:
        """From the printer to the shelf."""
        self._placed(UnitPanelled, desks.PRINTING)
        yield from self._place()
        is_bridged = yield from self._solder()
        yield MINUTE
        self._placed(UnitDepanelled, desks.SEPARATING)
        yield from self._look_again(is_bridged=is_bridged)
        is_good = yield from self._test()
        if is_good:
            yield 3 * MINUTE
            self._complete(desks.FLASHING, "OP170", program="FW 4.2.1", tool="adapter 3310")
            self.floor.shelf(plant.BOARD.part).append(self.unit)
        finish(self.floor, self.order)

    def _complete(self, desk: Desk, operation: str, **more: object) -> None:
        complete(self.floor, desk, self.unit, operation, work_order=self.order.work_order, **more)

    def _place(self) -> Story:
        line = self.stores.line
        line.feed(self.floor, plant.PRINTER)
        self._complete(desks.PRINTING, "OP110", program="PRN-3310-F", tool="stencil S-77")
        yield 2 * MINUTE
        line.feed(self.floor, plant.CHIP_SHOOTER)
        self._complete(desks.CHIPS, "OP120", program="CHIP-3310-F")
        yield 2 * MINUTE
        line.feed(self.floor, plant.FINE_PLACER)
        for designator in self.stores.critical:
            self._fit(ReferenceDesignator(designator), desks.FINE, "OP130")
        self._complete(desks.FINE, "OP130", program="FINE-3310-F")
        yield 6 * MINUTE

    def _fit(self, designator: ReferenceDesignator, desk: Desk, operation: str) -> None:
        lot = self.stores.critical[designator].take(self.floor, ONE)
        if designator == FRONT_END:
            self.front_end = lot
        self.floor.report(
            ComponentInstalled,
            desk,
            unit=self.unit,
            lot=lot,
            quantity=ONE,
            reference_designator=designator,
            operation=Operation(operation),
            evidence=Evidence.SCANNED,
        )

    def _placed(self, kind: type[Event], desk: Desk) -> None:
        """Put on its panel, or taken off; its id takes nothing from the chance of what else happens."""
        event_id = self.floor.named_id(f"{kind.__name__} {self.unit}")
        self.floor.report(kind, desk, event_id=event_id, unit=self.unit, panel=self.panel, position=self.position)

    def _solder(self) -> Generator[int, None, bool]:
        """Solder, and look at it for the first time: whether solder bridges two pins."""
        profile = measured(self.floor, plant.SOLDERING)
        self._complete(desks.REFLOW, "OP140", program="PROFILE-12", measurements=profile)
        yield 4 * MINUTE
        is_bridged = self.floor.chance.happens(BRIDGED)
        failed = {"result": Result.FAILED, "defect": "solder bridge U7"} if is_bridged else {}
        self._complete(desks.OPTICAL, "OP150", program="AOI-3310-F", **failed)
        return is_bridged

    def _look_again(self, *, is_bridged: bool) -> Story:
        """A board with a bridge is reworked by hand, by itself, and looked at again."""
        if is_bridged:
            yield HOUR
            self._complete(desks.BOARD_REWORK, "OP155", tool="iron 3")
            yield 20 * MINUTE
            self._complete(desks.OPTICAL, "OP150", program="AOI-3310-F")
        yield self.floor.chance.between(HOUR, 3 * HOUR)

    def _test(self) -> Generator[int, None, bool]:
        """Test in circuit. A board that fails gets another front end; one that fails again is scrapped."""
        if not self.floor.chance.happens(FAILS_IN_CIRCUIT):
            self._in_circuit(failing="")
            return True
        self._in_circuit(failing="U7 offset")
        yield 2 * HOUR
        self._exchange_front_end()
        yield HOUR
        is_lost = self.floor.chance.happens(FAILS_AGAIN)
        self._in_circuit(failing="U7 gain error" if is_lost else "")
        if is_lost:
            yield HOUR
            reason = "in-circuit test failed again after rework"
            self.floor.report(UnitScrapped, desks.QUALITY, unit=self.unit, reason=reason, location=Location("SCRAP"))
        return not is_lost

    def _in_circuit(self, *, failing: str) -> None:
        result = result_of(self.floor, plant.IN_CIRCUIT, failing=failing)
        tool = {"tool": "bed of nails 3310-2", "program": "ICT-3310-F", "defect": failing}
        self._complete(desks.IN_CIRCUIT, "OP160", **result, **tool)

    def _exchange_front_end(self) -> None:
        self.floor.report(
            ComponentRemoved,
            desks.BOARD_REWORK,
            unit=self.unit,
            lot=self.front_end,
            reference_designator=FRONT_END,
            reason="offset out of limits in circuit",
            destination=Location("SCRAP"),
            operation=Operation("OP165"),
        )
        self._fit(FRONT_END, desks.BOARD_REWORK, "OP165")
        self._complete(desks.BOARD_REWORK, "OP165", tool="hot air 2")
