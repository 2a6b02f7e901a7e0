"""Links between parents and components as intervals, and line setup intervals."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.names import Location, Operation, ReferenceDesignator, Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, Station, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A component in a parent from `installed_at` until `removed_at`; `sequence` is that of the installing event."""

    sequence: int
    parent: Unit | Lot
    component: Unit | Lot
    reference_designator: ReferenceDesignator
    quantity: Decimal | None
    uom: Uom
    operation: Operation
    evidence: Evidence
    installed_at: datetime
    removed_sequence: int | None = None
    removed_at: datetime | None = None
    removal_reason: str = ""
    destination: Location = Location("")

    @property
    def is_open(self) -> bool:
        return self.removed_sequence is None

    @property
    def binds_component(self) -> bool:
        """Whether the component can be nowhere else: a unit, known to be this one."""
        return isinstance(self.component, Unit) and self.evidence is not Evidence.ALTERNATIVE

    @property
    def is_unit_in_lot(self) -> bool:
        """Whether a unit went into a lot, and so into whatever the lot is used for."""
        return isinstance(self.component, Unit) and isinstance(self.parent, Lot)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupWindow:
    """A lot fed from a slot of a station from `loaded_at` until `unloaded_at`.

    place: 1 or 2, of two that feed a slot while one is spliced to the other. quantity: what was said to be on it.
    remaining: what was counted when it was unloaded.
    """

    sequence: int
    station: Station
    slot: Slot
    lot: Lot
    loaded_at: datetime
    place: int = 1
    quantity: Decimal | None = None
    uom: Uom = Uom("")
    remaining: Decimal | None = None
    unloaded_sequence: int | None = None
    unloaded_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.unloaded_sequence is None

    def feeds_at(self, moment: datetime) -> bool:
        """Whether a unit that passed the station at `moment` got some of the lot."""
        return self.loaded_at <= moment and (self.unloaded_at is None or moment < self.unloaded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredComponent:
    """A component that a document names by an outside name only."""

    sequence: int
    parent: Unit | Lot
    scheme: str
    value: str
    supplier: str
    quantity: Decimal | None
    uom: Uom
    declared_at: datetime
