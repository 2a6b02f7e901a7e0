"""Packing, stock, shipping to customers, and what comes back."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import desks
from asbuilt.cli.demo.calendar import DAY, HOUR, MINUTE
from asbuilt.cli.demo.floor import Floor, Story
from asbuilt.cli.demo.followed import RECALL
from asbuilt.cli.demo.supply import Stores
from asbuilt.cli.demo.work import complete, result_of
from asbuilt.core.events.defects import Defect, DefectDispositioned, Disposition
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.identity import AliasAssigned
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.production import Result
from asbuilt.core.events.quality import HoldReleased, UnitScrapped
from asbuilt.core.events.recalls import RecallDisposition, RecallDispositioned
from asbuilt.core.identifiers.names import Container, DefectNumber, HoldNumber, Location, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Recall, Unit, WorkOrder

PER_CARTON = 4
TRUCK_CALLS_AT = 9 * HOUR
"""In the afternoon, after so much of the working day."""

RETURNED = 80
"""In ten thousand shipped."""
REPAIRED, SCRAPPED = 55, 20
"""In a hundred returned; the rest is found to be in order and waits for a decision."""

RUNS_DOWN = "battery does not hold its charge"
RETURN_REASONS = (
    RUNS_DOWN,
    "dropped, housing cracked",
    "alarm without cause",
    "display dark",
    "ordered too many",
)
BEYOND_REPAIR = "beyond repair"
BATTERY_PLACE = ReferenceDesignator("BT1")
MONTH = 20 * DAY


@dataclass(slots=True)
class Finished:
    """A controller and the battery that is in it."""

    unit: Unit
    battery: Unit


@dataclass(slots=True)
class Carton:
    """A carton and what is in it."""

    container: Container
    contents: list[Finished] = field(default_factory=list)


@dataclass(slots=True)
class SalesOrder:
    """What a customer waits for."""

    number: str
    customer: str
    quantity: int


class Warehouse:
    """Finished goods and everything beyond."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._open_carton: Carton | None = None
        self._cartons: deque[Carton] = deque()

    def pack(self, floor: Floor, finished: Finished, work_order: WorkOrder) -> Story:
        """Inspect, label, pack and put away."""
        unit = finished.unit
        complete(floor, desks.PACKING, unit, "OP80", work_order=work_order, program="label v3")
        floor.report(AliasAssigned, desks.PACKING, unit=unit, scheme="udi", value=udi_of(unit), issuer="GS1")
        yield 5 * MINUTE
        if self._open_carton is None:
            self._open_carton = _new_carton(floor)
        carton = self._open_carton
        _put_into(floor, carton, finished)
        if len(carton.contents) == PER_CARTON:
            self._open_carton = None
            yield 30 * MINUTE
            place = Location(f"FG-{floor.chance.between(1, 6)}-{floor.chance.between(1, 20):02d}")
            for packed in carton.contents:
                floor.report(UnitMoved, desks.STOCK, unit=packed.unit, location=place)
            self._cartons.append(carton)

    def truck(self, floor: Floor) -> Story:
        """Every afternoon, what customers wait for is shipped as far as there is stock."""
        yield TRUCK_CALLS_AT
        wanted = _next_order(floor)
        while True:
            while self._in_stock() >= wanted.quantity + floor.units // 100:
                yield from self._ship_order(floor, wanted)
                wanted = _next_order(floor)
            yield DAY - floor.now % DAY + TRUCK_CALLS_AT

    def _in_stock(self) -> int:
        return sum(len(carton.contents) for carton in self._cartons)

    def _ship_order(self, floor: Floor, order: SalesOrder) -> Story:
        shipment = f"SHP-26-{floor.number('shipment'):05d}"
        left = order.quantity
        while left:
            carton = self._cartons.popleft()
            if len(carton.contents) > left:
                whole, carton = carton, _split(floor, carton, left)
                self._cartons.appendleft(whole)
            for finished in carton.contents:
                self._ship(floor, finished, order, shipment)
                yield 15
            left -= len(carton.contents)

    def _ship(self, floor: Floor, finished: Finished, order: SalesOrder, shipment: str) -> None:
        customer = order.customer
        if customer in plant.NUMBERS_OF_THEIR_OWN:
            floor.report(
                AliasAssigned,
                desks.DISPATCH,
                unit=finished.unit,
                scheme="customer_serial",
                value=f"{customer[:3].upper()}-{floor.number(customer):06d}",
                issuer=customer,
            )
        _report_shipped(floor, finished.unit, order, shipment)
        followed = self._stores.followed
        followed.sent(finished.unit, order.customer)
        if floor.chance.happens(RETURNED):
            floor.start(self._return(floor, finished, order), after=floor.chance.between(3 * DAY, MONTH))
        elif followed.comes_back(finished.battery):
            after = followed.chance.between(6 * DAY, MONTH)
            floor.start(self._complaint(floor, finished, order), after=after, chance=followed.chance)

    def _return(self, floor: Floor, finished: Finished, order: SalesOrder) -> Story:
        """A customer sends a unit back; it is repaired, scrapped, or waits for a decision."""
        unit, reason = finished.unit, floor.chance.among(RETURN_REASONS)
        rma = f"RMA-26-{floor.number('rma'):04d}"
        floor.report(UnitReturned, desks.RETURNS, unit=unit, reason=reason, rma=rma, location=Location("RMA-1"))
        self._stores.followed.came_back(unit)
        yield floor.chance.between(HOUR, DAY)
        fate = floor.chance.below(100)
        if fate >= REPAIRED + SCRAPPED:
            complete(floor, desks.RETURNS, unit, "OP90", program="no fault found")
            return
        found = Defect(code=reason, number=DefectNumber(rma))
        complete(floor, desks.RETURNS, unit, "OP90", result=Result.FAILED, defects=(found,))
        yield HOUR
        because = "" if fate < REPAIRED else BEYOND_REPAIR
        _decide(floor, unit, found, because)
        yield HOUR
        if fate < REPAIRED:
            yield from self._exchange_battery(floor, finished)
            yield from _send_back(floor, unit, order)
            self._stores.followed.sent(unit, order.customer)
        else:
            floor.report(UnitScrapped, desks.QUALITY, unit=unit, reason=f"{rma}: {because}", location=Location("SCRAP"))
            self._stores.followed.scrapped.add(unit)

    def _complaint(self, floor: Floor, finished: Finished, order: SalesOrder) -> Story:
        """A pack runs down at the customer's; the controller waits until quality says what to do, and is repaired."""
        unit, rma = finished.unit, f"RMA-26-{floor.number('rma'):04d}"
        followed = self._stores.followed
        floor.report(UnitReturned, desks.RETURNS, unit=unit, reason=RUNS_DOWN, rma=rma, location=Location("RMA-1"))
        followed.came_back(unit)
        followed.complaints += 1
        yield floor.chance.between(HOUR, DAY)
        found = Defect(code=RUNS_DOWN, number=DefectNumber(rma))
        if followed.is_recalled:
            return  # it is on hold by now
        complete(floor, desks.RETURNS, unit, "OP90", result=Result.FAILED, defects=(found,))
        while not followed.spares:
            yield 4 * HOUR
        yield floor.chance.between(DAY, 8 * DAY)
        if followed.spares:
            yield from self._correct(floor, finished, found)
            yield from _send_back(floor, unit, order)
            followed.sent(unit, order.customer)

    def _correct(self, floor: Floor, finished: Finished, found: Defect) -> Story:
        """What the recall asks for: the pack is exchanged for one of another lot, and destroyed."""
        unit, pack, quality = finished.unit, finished.battery, desks.QUALITY
        said: dict[str, Any] = {"recall": Recall(RECALL), "reference": str(found.number)}
        why = f"recall {RECALL}: the pack is exchanged"
        floor.report(HoldReleased, quality, unit=unit, hold=HoldNumber(RECALL), reason=why)
        _decide(floor, unit, found, "")
        yield HOUR
        yield from self._fit_another(floor, finished, self._stores.followed.spares.popleft())
        floor.report(UnitScrapped, quality, unit=pack, reason=f"recall {RECALL}", location=Location("SCRAP"))
        floor.report(RecallDispositioned, quality, unit=pack, disposition=RecallDisposition.DESTROYED, **said)
        floor.report(RecallDispositioned, quality, unit=unit, disposition=RecallDisposition.CORRECTED, **said)

    def _exchange_battery(self, floor: Floor, finished: Finished) -> Story:
        battery = yield from self._stores.take(floor, plant.BATTERY)
        yield from self._fit_another(floor, finished, battery)

    def _fit_another(self, floor: Floor, finished: Finished, battery: Unit) -> Story:
        self._stores.followed.taken_out(finished.unit)
        self._stores.followed.fitted(battery, finished.unit)
        floor.report(
            ComponentRemoved,
            desks.RETURNS,
            unit=finished.unit,
            component=finished.battery,
            reference_designator=BATTERY_PLACE,
            reason="exchanged on return",
            destination=Location("MRB"),
            operation=Operation("OP91"),
        )
        floor.report(
            ComponentInstalled,
            desks.RETURNS,
            unit=finished.unit,
            component=battery,
            reference_designator=BATTERY_PLACE,
            operation=Operation("OP91"),
        )
        complete(floor, desks.RETURNS, finished.unit, "OP91", tool="TQ-107")
        yield HOUR


def _decide(floor: Floor, unit: Unit, found: Defect, because: str) -> None:
    """Have a controller reworked, or scrapped for a reason."""
    if because:
        disposition, rework, retest = Disposition.SCRAP, Operation(""), Operation("")
    else:
        # What the rework leads on to is the final test: passing that settles what was found at the inspection.
        disposition, rework, retest = Disposition.REWORK, Operation("OP91"), Operation("OP70")
    floor.report(
        DefectDispositioned,
        desks.QUALITY,
        unit=unit,
        defect=found.number,
        disposition=disposition,
        rework=rework,
        retest=retest,
        reason=because,
    )


def _send_back(floor: Floor, unit: Unit, order: SalesOrder) -> Story:
    """Test the repaired unit and ship it again to the same customer."""
    desk = floor.chance.among(desks.FINAL)
    rig = {"tool": f"{desk.source} rig", "program": "FT-4500-C v12"}
    complete(floor, desk, unit, "OP70", **result_of(floor, plant.FINAL_TEST), **rig)
    yield HOUR
    complete(floor, desks.PACKING, unit, "OP80", program="label v3")
    floor.report(UnitPacked, desks.PACKING, unit=unit, container=_new_carton(floor).container)
    yield DAY
    _report_shipped(floor, unit, order, f"SHP-26-{floor.number('shipment'):05d}")


def _report_shipped(floor: Floor, unit: Unit, order: SalesOrder, shipment: str) -> None:
    floor.report(
        UnitShipped, desks.DISPATCH, unit=unit, customer=order.customer, shipment=shipment, sales_order=order.number
    )


def _split(floor: Floor, carton: Carton, count: int) -> Carton:
    """Take some units out and pack them into a carton of their own."""
    smaller = _new_carton(floor)
    for _ in range(count):
        finished = carton.contents.pop()
        reason = "carton split for a smaller order"
        floor.report(UnitUnpacked, desks.DISPATCH, unit=finished.unit, container=carton.container, reason=reason)
        _put_into(floor, smaller, finished)
    return smaller


def _put_into(floor: Floor, carton: Carton, finished: Finished) -> None:
    floor.report(UnitPacked, desks.PACKING, unit=finished.unit, container=carton.container)
    carton.contents.append(finished)


def _next_order(floor: Floor) -> SalesOrder:
    most = max(3, min(20, floor.units // 30))
    return SalesOrder(
        number=f"SO-{40_000 + floor.number('sales order')}",
        customer=floor.chance.among(plant.CUSTOMERS),
        quantity=floor.chance.between(1, most),
    )


def _new_carton(floor: Floor) -> Carton:
    """A carton with the next SSCC: extension digit, prefix, number, check digit. Source: GS1 General Specifications."""
    digits = f"3{plant.GS1_PREFIX}{floor.number('sscc'):09d}"
    return Carton(Container(digits + check_digit(digits)))


def udi_of(unit: Unit) -> str:
    """The unit's UDI as printed: GTIN and serial number."""
    gtin = f"0{plant.GS1_PREFIX}45001"
    return f"(01){gtin}{check_digit(gtin)}(21){unit.serial_number}"


def check_digit(digits: str) -> str:
    """The GS1 check digit: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
