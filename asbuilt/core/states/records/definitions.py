"""Parts, lots and specifications as they stand."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import le
from typing import Any

from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Part, Specification

_LOWEST, _HIGHEST = Decimal("-Infinity"), Decimal("Infinity")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """A part as last defined."""

    part: Part
    description: str
    revision: str
    tracking: Tracking
    uom: Uom
    serial_format: str
    gtin: str
    """As 14 digits; empty when it has none."""
    component_record: ComponentRecord
    process_record: ProcessRecord
    is_complete_to_ship: bool

    @property
    def asks_for_record(self) -> bool:
        """Whether anything has to be recorded of its units."""
        return (self.component_record, self.process_record) != (ComponentRecord.NOT_ASKED, ProcessRecord.NOT_ASKED)

    @property
    def is_serialized(self) -> bool:
        return self.tracking in (Tracking.SERIALIZED, Tracking.SERIALIZED_AND_LOT)

    @property
    def is_lot_tracked(self) -> bool:
        return self.tracking in (Tracking.LOT, Tracking.SERIALIZED_AND_LOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotState:
    """A lot: how much there was, is used and was scrapped, in its uom; what forbids using it."""

    lot: Lot
    quantity: Decimal | None
    used: Decimal
    scrapped: Decimal
    uom: Uom
    supplier: str
    supplier_lot: str
    purchase_order: str
    manufactured_on: date | None
    expires_on: date | None
    open_holds: tuple[str, ...]
    defined_at: datetime

    @property
    def remaining(self) -> Decimal | None:
        """What is left, or None when the lot is not counted."""
        return None if self.quantity is None else self.quantity - self.used - self.scrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationState:
    """The characteristics a packed result refers to, in order."""

    specification: Specification
    characteristics: tuple[Characteristic, ...]
    lower_limits: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    upper_limits: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lower = (_LOWEST if one.lower_limit is None else one.lower_limit for one in self.characteristics)
        upper = (_HIGHEST if one.upper_limit is None else one.upper_limit for one in self.characteristics)
        object.__setattr__(self, "lower_limits", tuple(lower))
        object.__setattr__(self, "upper_limits", tuple(upper))

    def are_met_by(self, values: tuple[Decimal | None, ...]) -> bool:
        """Whether packed values lie within their limits (inclusive); null is no value and breaks none."""
        if None in values:
            pairs = zip(self.characteristics, values, strict=False)
            return all(value is None or characteristic.is_met_by(value) for characteristic, value in pairs)
        # The everyday case, thousands of times a second: compared in one sweep each.
        given: tuple[Any, ...] = values
        return all(map(le, self.lower_limits, given)) and all(map(le, given, self.upper_limits))
