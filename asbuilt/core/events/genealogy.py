"""What went into what, and came out again."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from asbuilt.core.events.event import Event, Evidence, check_exactly_one, check_given, check_quantity
from asbuilt.core.identifiers.names import Location, Operation, ReferenceDesignator, Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, Station, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentInstalled(Event):
    """A component (a unit, or some of a lot) was fitted into a unit. Source: EPCIS 2.0 AssociationEvent, action ADD."""

    unit: Unit
    component: Unit | None = None
    lot: Lot | None = None
    reference_designator: ReferenceDesignator = ReferenceDesignator("")
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    operation: Operation = Operation("")
    evidence: Evidence = Evidence.SCANNED

    def check(self) -> None:
        check_exactly_one(component=self.component, lot=self.lot)
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRemoved(Event):
    """A component was taken out of a unit, for a reason. Source: EPCIS 2.0 AssociationEvent, action DELETE."""

    unit: Unit
    component: Unit | None = None
    lot: Lot | None = None
    reference_designator: ReferenceDesignator = ReferenceDesignator("")
    reason: str
    destination: Location = Location("")
    operation: Operation = Operation("")

    def check(self) -> None:
        check_exactly_one(component=self.component, lot=self.lot)
        check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialConsumed(Event):
    """A unit or some of a lot went into the making of another lot. Source: EPCIS 2.0 TransformationEvent, one input."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("output_lot",)

    output_lot: Lot
    component: Unit | None = None
    lot: Lot | None = None
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    operation: Operation = Operation("")
    evidence: Evidence = Evidence.SCANNED

    def check(self) -> None:
        check_exactly_one(component=self.component, lot=self.lot)
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDeclared(Event):
    """A document says that a unit or lot contains a component which is known by an outside name only.

    The component itself was not delivered (yet). It is shown in the as-built record as declared, never dropped.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "output_lot")

    unit: Unit | None = None
    output_lot: Lot | None = None
    scheme: str
    value: str
    supplier: str = ""
    quantity: Decimal | None = None
    uom: Uom = Uom("")

    def check(self) -> None:
        check_exactly_one(unit=self.unit, output_lot=self.output_lot)
        check_given(scheme=self.scheme, value=self.value)
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLoaded(Event):
    """A lot (reel, magazine, drum) began to be fed from a slot of a station: a line setup interval opens.

    quantity: how much is on it; without it, what is left of the lot. is_splice: it follows what is in the slot.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("lot",)

    lot: Lot
    station: Station
    slot: Slot
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    is_splice: bool = False

    def check(self) -> None:
        check_given(slot=self.slot)
        check_quantity(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialUnloaded(Event):
    """A lot stopped being fed from a slot: the line setup interval closes. remaining: what was counted to be left."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("lot",)

    lot: Lot
    station: Station
    slot: Slot
    reason: str = ""
    remaining: Decimal | None = None
    uom: Uom = Uom("")

    def check(self) -> None:
        check_given(slot=self.slot)
        if self.remaining != 0:
            check_quantity(self.remaining, what="remaining")
