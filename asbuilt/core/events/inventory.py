"""Where a unit is and who has it."""

from dataclasses import dataclass
from datetime import date

from asbuilt.core.events.event import Event, check_given
from asbuilt.core.identifiers.names import Container, Location
from asbuilt.core.identifiers.subjects import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReceived(Event):
    """A unit made elsewhere arrived: it exists here from now on. Source: EPCIS 2.0 ObjectEvent, CBV `receiving`."""

    unit: Unit
    location: Location = Location("")
    revision: str = ""
    supplier: str = ""
    purchase_order: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMoved(Event):
    """A unit was put at another location."""

    unit: Unit
    location: Location

    def check(self) -> None:
        check_given(location=self.location)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPacked(Event):
    """A unit was put into a container. Source: EPCIS 2.0 AggregationEvent, action ADD."""

    unit: Unit
    container: Container

    def check(self) -> None:
        check_given(container=self.container)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitUnpacked(Event):
    """A unit was taken out of its container. Source: EPCIS 2.0 AggregationEvent, action DELETE."""

    unit: Unit
    container: Container
    reason: str = ""

    def check(self) -> None:
        check_given(container=self.container)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitShipped(Event):
    """A unit left for a customer. Source: EPCIS 2.0 ObjectEvent, CBV `shipping`."""

    unit: Unit
    customer: str
    shipment: str = ""
    sales_order: str = ""

    def check(self) -> None:
        check_given(customer=self.customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReturned(Event):
    """A shipped unit came back. It may be used again once nothing else forbids it."""

    unit: Unit
    reason: str
    rma: str = ""
    location: Location = Location("")

    def check(self) -> None:
        check_given(reason=self.reason)
