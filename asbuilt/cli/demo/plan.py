"""The whole story of the demo plant, event by event, the same for the same seed and number of units."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import desks, recalls
from asbuilt.cli.demo.boards import board_order
from asbuilt.cli.demo.calendar import DAY
from asbuilt.cli.demo.controllers import controller_order
from asbuilt.cli.demo.definitions import PartPlan
from asbuilt.cli.demo.distribution import Warehouse
from asbuilt.cli.demo.floor import Floor, Report, Story
from asbuilt.cli.demo.supply import Line, Stores
from asbuilt.core.events.defects import DefectRecorded
from asbuilt.core.events.definitions import PartDefined
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.identifiers.names import HoldNumber, Uom
from asbuilt.core.identifiers.subjects import Lot
from asbuilt.exchange.definitions.kinds import SET_HERE

ORDER_SIZE = 100
SPARE_BOARDS = 2
"""More boards than controllers in each order, for those that are scrapped."""

BOARDS_LEAD = 3 * DAY
SUSPECT_SINCE = 15 * DAY
"""So long before the last evening the reel went into its slot that is put on hold then."""

FOUND_IN_STORE = (("scratch on glass", "lower left corner"), ("dead pixel", ""), ("connector bent", "2 of 40 pins"))
"""What is wrong with display modules that still lie on the shelf, and for quality to decide."""

BEGIN, COMPLETE, HELD_LOT, REPAIR = "begin", "complete", "held lot", "repair"
"""Events that are looked up by name: the first, the last, the hold of a lot, and a failed calibration."""


def reports(floor: Floor) -> Iterator[Report]:
    """Everything that happens, in order of time."""
    _define(floor)
    yield from floor.reported()
    stores = Stores(floor)
    stores.open(floor)
    warehouse = Warehouse(stores)
    pace = (floor.calendar.end - BOARDS_LEAD) // floor.units
    floor.start(_boards(floor, stores, pace))
    floor.start(_controllers(floor, stores, warehouse, pace), after=BOARDS_LEAD)
    floor.start(warehouse.truck(floor))
    recalls.start(floor, stores)
    yield from floor.run()
    _end(floor, stores.line)
    yield from floor.reported()


def _define(floor: Floor) -> None:
    """What plant.yaml says: what was done before the first morning as it was done, the rest now."""
    done = sorted((entry for entry in plant.ENTRIES if entry.kind.is_history), key=lambda one: one.event.event_time)
    for entry in (*done, *(entry for entry in plant.ENTRIES if not entry.kind.is_history)):
        event = entry.event
        is_first = isinstance(event, PartDefined) and event.part == plant.CONTROLLER.part
        floor.report(
            type(event),
            desks.ERP if isinstance(event, PartDefined) else desks.QUALITY,
            event_id=floor.named_id(BEGIN) if is_first else None,
            at=min(event.event_time, floor.moment) if entry.kind.is_history else None,
            **{one.name: getattr(event, one.name) for one in fields(event) if one.name not in SET_HERE},
        )


def _definition(plan: PartPlan) -> dict[str, Any]:
    return {
        "part": plan.part,
        "description": plan.description,
        "revision": plan.revision,
        "tracking": plan.tracking,
        "uom": Uom(plan.uom),
        "serial_format": plan.serial_format,
        "gtin": plan.gtin,
        "component_record": plan.component_record,
        "process_record": plan.process_record,
    }


def _boards(floor: Floor, stores: Stores, pace: int) -> Story:
    for count in _order_sizes(floor.units):
        floor.start(board_order(floor, stores, count + SPARE_BOARDS))
        yield count * pace


def _controllers(floor: Floor, stores: Stores, warehouse: Warehouse, pace: int) -> Story:
    for count in _order_sizes(floor.units):
        floor.start(controller_order(floor, stores, warehouse, count, pace))
        yield count * pace


def _order_sizes(units: int) -> Iterator[int]:
    for first in range(0, units, ORDER_SIZE):
        yield min(ORDER_SIZE, units - first)


def _end(floor: Floor, line: Line) -> None:
    """The last evening: a supplier warns of a capacitor, and next year's serial numbers are laid down."""
    floor.report(
        HoldPlaced,
        desks.QUALITY,
        event_id=floor.named_id(HELD_LOT),
        lot=_suspect(floor, line),
        hold=HoldNumber(f"NCR-26-{floor.number('hold'):04d}"),
        reason="supplier's notice 26-118: capacitors may crack at the end terminations",
    )
    for display, (code, note) in zip(floor.shelf(plant.DISPLAY.part), FOUND_IN_STORE, strict=False):
        floor.report(DefectRecorded, desks.GOODS_IN, unit=display, station=desks.GOODS_IN.station, code=code, note=note)
    for plan in (plant.BOARD, plant.CONTROLLER):
        event_id = floor.named_id(COMPLETE) if plan is plant.CONTROLLER else None
        definition = {**_definition(plan), "serial_format": plan.serial_format.replace("26", "27")}
        floor.report(PartDefined, desks.ERP, event_id=event_id, **definition)


def _suspect(floor: Floor, line: Line) -> Lot:
    before = [lot for loaded, lot in line.suspects if loaded <= floor.calendar.end - SUSPECT_SINCE]
    return before[-1] if before else line.suspects[0][1]
