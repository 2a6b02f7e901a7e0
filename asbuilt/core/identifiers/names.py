"""A type for each plain name that is no subject of its own (yet), so that none is passed for another."""

from typing import NewType

ActorName = NewType("ActorName", str)
"""Who answers for a capture: a user or a device token."""
SiteName = NewType("SiteName", str)
Operation = NewType("Operation", str)
"""A step of the routing, such as `OP-030`."""
ReferenceDesignator = NewType("ReferenceDesignator", str)
"""The place of a component in its assembly, such as `A1` or `C12`; empty when the place is not known."""
Slot = NewType("Slot", str)
"""A feeder or magazine position at a station."""
Location = NewType("Location", str)
Container = NewType("Container", str)
"""An SSCC or the plant's own container number."""
HoldNumber = NewType("HoldNumber", str)
DefectNumber = NewType("DefectNumber", str)
"""By which a defect of a unit is spoken of: `D1234`, or what the client gave it. Unique on the unit."""
Uom = NewType("Uom", str)
"""Unit of measure, as UCUM or the plant writes it; empty means pieces."""
Panel = NewType("Panel", str)
"""The number on a panel: several boards that are worked on as one piece until they are separated."""
PanelPosition = NewType("PanelPosition", str)
"""The place of a board on its panel, such as `3`."""
