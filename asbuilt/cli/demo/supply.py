"""What comes in: deliveries of serialized components, lots, reels, and the adhesive that is mixed every day."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import desks
from asbuilt.cli.demo.calendar import DAY, HOUR, MINUTE
from asbuilt.cli.demo.definitions import Feeder, PartPlan
from asbuilt.cli.demo.floor import Floor, Story
from asbuilt.cli.demo.followed import followed_on
from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.setups import SetupActivated
from asbuilt.core.identifiers.names import HoldNumber, Location, Operation, Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, Station, Unit

_DEGAS = Operation("DEGAS")


@dataclass(slots=True)
class LotShelf:
    """A lot-tracked part: lots of one size, opened one after the other. rejected: the lot quality stops at goods-in."""

    plan: PartPlan
    prefix: str
    size: Decimal
    supplier: str
    keeps_days: int | None = None
    rejected: int = 0
    left: Decimal = Decimal(0)
    lot: Lot | None = None

    def take(self, floor: Floor, quantity: Decimal) -> Lot:
        """Some of the open lot, or of the next one."""
        while self.lot is None or self.left < quantity:
            self._open_next(floor)
        self.left -= quantity
        return self.lot

    def _open_next(self, floor: Floor) -> None:
        number = floor.number(self.prefix)
        self.lot, self.left = Lot(self.plan.part, f"{self.prefix}-{number:04d}"), self.size
        arrived = floor.moment.date()
        floor.report(
            LotDefined,
            desks.GOODS_IN,
            lot=self.lot,
            quantity=self.size,
            uom=Uom(self.plan.uom),
            supplier=self.supplier,
            supplier_lot=f"{self.supplier[:3]}{26_000 + number * 7}",
            purchase_order=f"PO-{52_000 + floor.number('purchase order')}",
            manufactured_on=arrived - timedelta(days=9),
            expires_on=None if self.keeps_days is None else arrived + timedelta(days=self.keeps_days),
        )
        if number == self.rejected:
            reason = "incoming inspection: snap fits out of drawing, 6 of 32"
            hold = HoldNumber(f"NCR-26-{floor.number('hold'):04d}")
            floor.report(HoldPlaced, desks.QUALITY, lot=self.lot, hold=hold, reason=reason)
            self.left = Decimal(0)


@dataclass(slots=True)
class Adhesive:
    """Two components, mixed every day; what was mixed is used up or thrown away the same day."""

    resin: LotShelf
    hardener: LotShelf
    lot: Lot | None = None
    left: Decimal = Decimal(0)
    mixed_on: int = -1

    def take(self, floor: Floor, quantity: Decimal) -> Lot:
        """Some of today's adhesive."""
        if self.lot is None or self.left < quantity or self.mixed_on != floor.now // DAY:
            self._mix(floor)
        assert self.lot is not None, "just mixed"
        self.left -= quantity
        return self.lot

    def _mix(self, floor: Floor) -> None:
        self.lot = Lot(plant.ADHESIVE.part, f"MIX-{floor.number('mix'):04d}")
        self.left, self.mixed_on = Decimal(60), floor.now // DAY
        floor.report(
            LotDefined,
            desks.BONDING,
            lot=self.lot,
            quantity=self.left,
            uom=Uom("g"),
            manufactured_on=floor.moment.date(),
            expires_on=floor.moment.date(),
        )
        for shelf, grams in ((self.resin, Decimal(40)), (self.hardener, Decimal(20))):
            lot = shelf.take(floor, grams)
            floor.report(MaterialConsumed, desks.BONDING, output_lot=self.lot, lot=lot, quantity=grams, uom=Uom("g"))
        for grams in (Decimal(40), Decimal(20)):  # the vacuum pot takes no more at a time
            self._degas(floor, self.lot, grams)

    def _degas(self, floor: Floor, lot: Lot, grams: Decimal) -> None:
        begun, ended = (floor.named_id(f"{lot} {grams} {what}") for what in ("begun", "degassed"))
        floor.report(LotOperationStarted, desks.BONDING, event_id=begun, lot=lot, operation=_DEGAS, quantity=grams)
        floor.report(LotOperationCompleted, desks.BONDING, event_id=ended, lot=lot, operation=_DEGAS, passed=grams)


@dataclass(slots=True)
class Reel:
    """What a slot is fed with: the lot, and the boards it is still good for."""

    feeder: Feeder
    lot: Lot
    left: int


@dataclass(slots=True)
class Line:
    """The feeders of the SMT line. suspects: the reels that were in the slot that is looked into at the end."""

    reels: dict[str, list[Reel]] = field(default_factory=dict)
    suspects: list[tuple[int, Lot]] = field(default_factory=list)

    def set_up(self, floor: Floor) -> None:
        """Bring the setup of every machine into force, and put a reel into every slot, some of them begun."""
        for one in plant.SETUP_LISTS:
            floor.report(SetupActivated, desks.CHIPS, station=one.station, setup_list=one.setup_list)
        for feeder in plant.FEEDERS:
            reel = Reel(feeder, self._new_reel(floor, feeder), floor.chance.between(20, plant.REELS_LAST[1]))
            self._load(floor, reel)
            self.reels.setdefault(feeder.station, []).append(reel)

    def feed(self, floor: Floor, station: str) -> None:
        """Feed one board at a machine; a reel that is empty is changed before it."""
        for reel in self.reels[station]:
            if reel.left == 0:
                self._change(floor, reel)
            reel.left -= 1

    def _change(self, floor: Floor, reel: Reel) -> None:
        lot = self._new_reel(floor, reel.feeder)
        station, slot = Station(reel.feeder.station), Slot(reel.feeder.slot)
        over = {"lot": reel.lot, "station": station, "slot": slot, "reason": "empty", "remaining": Decimal(0)}
        floor.report(MaterialUnloaded, desks.CHIPS, **over)  # type: ignore[arg-type]  # fields of the event
        reel.lot, reel.left = lot, floor.chance.between(*plant.REELS_LAST)
        self._load(floor, reel)

    def _load(self, floor: Floor, reel: Reel) -> None:
        station, slot = Station(reel.feeder.station), Slot(reel.feeder.slot)
        used = plant.USED[reel.feeder.station, reel.feeder.slot]
        quantity = used * (reel.left + plant.SPARE_BOARDS)
        floor.report(MaterialLoaded, desks.CHIPS, lot=reel.lot, station=station, slot=slot, quantity=quantity)
        if reel.feeder.slot == plant.SUSPECT_SLOT:
            self.suspects.append((floor.now, reel.lot))

    def _new_reel(self, floor: Floor, feeder: Feeder) -> Lot:
        plan = feeder.plan
        lot = Lot(plan.part, f"R{plan.part.part_number[-3:]}-{floor.number(plan.part.part_number):04d}")
        is_paste = plan is plant.PASTE
        floor.report(
            LotDefined,
            desks.GOODS_IN,
            lot=lot,
            quantity=Decimal(500 if is_paste else 5000),
            uom=Uom(plan.uom),
            supplier="Soldanel" if is_paste else "Ohmivar Components",
            supplier_lot=f"{floor.chance.between(24, 26)}{floor.chance.between(10_000, 99_999)}",
            expires_on=floor.moment.date() + timedelta(days=120) if is_paste else None,
        )
        return lot


@dataclass(slots=True)
class Stock:
    """Serialized components that are ordered when few are left."""

    plan: PartPlan
    reorder_at: int
    order: int
    is_ordered: bool = False


class Stores:
    """Everything that is kept for the boards and controllers."""

    def __init__(self, floor: Floor) -> None:
        per_day = max(1, floor.units * DAY // floor.calendar.end)
        self.line = Line()
        self.followed = followed_on(floor)
        self.housings = (
            LotShelf(plant.HOUSING_TOP, "HT", Decimal(400), "Plastovar", rejected=2),
            LotShelf(plant.HOUSING_BOTTOM, "HB", Decimal(400), "Plastovar"),
        )
        self.adhesive = Adhesive(
            LotShelf(plant.RESIN, "AR", Decimal(2000), "Klebinor", keeps_days=200),
            LotShelf(plant.HARDENER, "AH", Decimal(1000), "Klebinor", keeps_days=150),
        )
        self.critical = {
            designator: LotShelf(part, f"C{designator}", Decimal(250), "Siliquor")
            for designator, part in plant.CRITICAL
        }
        self.magnets = LotShelf(plant.MAGNET, "MG", Decimal(1000), "Nordvell")
        self._stocks = {
            part.part: Stock(part, reorder_at=2 * per_day + 4, order=max(20, 4 * per_day))
            for part in (plant.MOTOR, plant.CELL, plant.BATTERY, plant.DISPLAY)
        }

    def open(self, floor: Floor) -> None:
        """Set the line up and order the first components."""
        self.line.set_up(floor)
        for stock in self._stocks.values():
            stock.is_ordered = True
            floor.start(self._delivery(floor, stock), after=HOUR)

    def take(self, floor: Floor, plan: PartPlan) -> Generator[int, None, Unit]:
        """The oldest unit of a part on the shelf; wait for it if there is none."""
        shelf = floor.shelf(plan.part)
        while not shelf:
            yield 20 * MINUTE
        unit = shelf.popleft()
        stock = self._stocks.get(plan.part)
        if stock is not None and len(shelf) <= stock.reorder_at and not stock.is_ordered:
            stock.is_ordered = True
            floor.start(self._delivery(floor, stock), after=floor.chance.between(HOUR, 6 * HOUR))
        return unit

    def _delivery(self, floor: Floor, stock: Stock) -> Story:
        """A supplier's truck: every unit is scanned in, and what the supplier states of it is taken over."""
        order = f"PO-{52_000 + floor.number('purchase order')}"
        lot = self._battery_lot(floor, stock.order) if stock.plan is plant.BATTERY else None
        for _ in range(stock.order):
            unit = _receive(floor, stock.plan, order)
            if stock.plan is plant.MOTOR:
                self._declare_inside_of_motor(floor, unit, order)
            if lot is not None:
                _declare(floor, unit, lot=lot)
                self.followed.received(unit, lot)
            floor.shelf(stock.plan.part).append(unit)
            yield 20
        stock.is_ordered = False

    def _declare_inside_of_motor(self, floor: Floor, motor: Unit, order: str) -> None:
        encoder = _receive(floor, plant.ENCODER, order)
        _declare(floor, motor, component=encoder, reference_designator="EN1")
        _declare(floor, motor, lot=self.magnets.take(floor, Decimal(1)), reference_designator="MG1")

    def _battery_lot(self, floor: Floor, quantity: int) -> Lot:
        number = floor.number("battery lot")
        lot = _packs_delivered(floor, f"B26-{number:03d}", quantity, age=timedelta(days=30))
        self.followed.arrives(floor, lot)
        return lot

    def spare_packs(self, floor: Floor, count: int) -> None:
        """Packs that the supplier sends to exchange bad ones for; they have numbers of their own."""
        lot = _packs_delivered(floor, "B26-X01", count, age=timedelta(days=2))
        for number in range(1, count + 1):
            unit = Unit(plant.BATTERY.part, f"ZP26X{number:07d}")
            _scan_in(floor, plant.BATTERY, unit, "PO-52900")
            _declare(floor, unit, lot=lot)
            self.followed.spares.append(unit)


_SERIALS = {
    # Two suppliers who count alike: their serial numbers are the same, their units are not.
    plant.MOTOR.part: "{:06d}",
    plant.CELL.part: "{:06d}",
    plant.ENCODER.part: "E{:07d}",
    plant.BATTERY.part: "ZP26{:08d}",
    plant.DISPLAY.part: "LV8A{:05d}",
}
_FIRST_SERIAL = 100_000


def _receive(floor: Floor, plan: PartPlan, order: str) -> Unit:
    number = _FIRST_SERIAL + floor.number(plan.part.part_number)
    unit = Unit(plan.part, _SERIALS[plan.part].format(number))
    _scan_in(floor, plan, unit, order)
    return unit


def _packs_delivered(floor: Floor, number: str, quantity: int, *, age: timedelta) -> Lot:
    """A lot of battery packs, as the supplier's document tells it."""
    lot = Lot(plant.BATTERY.part, number)
    floor.report(
        LotDefined,
        desks.SUPPLIER_DOCUMENTS,
        lot=lot,
        quantity=Decimal(quantity),
        supplier="Zellora",
        manufactured_on=floor.moment.date() - age,
    )
    return lot


def _scan_in(floor: Floor, plan: PartPlan, unit: Unit, order: str) -> None:
    floor.report(
        UnitReceived,
        desks.GOODS_IN,
        unit=unit,
        location=Location("WH-IN"),
        revision=plan.revision,
        supplier=plan.part.issuer.capitalize(),
        purchase_order=order,
    )


def _declare(
    floor: Floor,
    parent: Unit,
    *,
    component: Unit | None = None,
    lot: Lot | None = None,
    reference_designator: str = "",
) -> None:
    """Take over what a supplier's document says to be inside."""
    floor.report(
        ComponentInstalled,
        desks.SUPPLIER_DOCUMENTS,
        unit=parent,
        component=component,
        lot=lot,
        reference_designator=reference_designator,
        evidence=Evidence.DECLARED,
    )
