"""What quality follows up at the end: battery packs of one lot that run down, and one day's adhesive for a drill.

A pack of the lot sags now and then under the load of the final test. Tested again a little later it is good, so that
the controller is shipped; many come back from the customers. Nobody sees more than one of them: the record does.
"""

from collections import deque
from dataclasses import dataclass, field

from asbuilt.cli.demo.calendar import DAY
from asbuilt.cli.demo.chance import Chance
from asbuilt.cli.demo.floor import Floor
from asbuilt.core.identifiers.subjects import Lot, Unit

RECALL, DRILL = "RC-2026-001", "RD-2026-001"
"""The numbers of the recall of the packs, and of the drill with the adhesive."""

UNITS_MIN = 300
"""In a smaller plant too few packs come of one lot to tell anything."""
BEGINS_AT, IN_A_HUNDRED = 35, 100
"""The first lot of packs that arrives after so much of the plant's time, from a morning on, is bad; that day's adhesive
is what the drill is about."""

SAGS, COMES_BACK = 3_000, 3_500
"""In ten thousand controllers with such a pack: failing the final test once, and coming back from the customer."""


@dataclass(slots=True)
class Followed:
    """The lots in question, and where they went.

    chance: draws of its own, so that everything else happens as it would without. within: controllers, and the packs
    of the lot that are in them. shipped: the customers who have controllers with either lot now. spares: packs to
    exchange bad ones for; there are none before quality has said that they are to be exchanged.
    """

    chance: Chance
    begins: int
    packs: Lot | None = None
    batteries: dict[Unit, None] = field(default_factory=dict)
    within: dict[Unit, Unit] = field(default_factory=dict)
    adhesive: Lot | None = None
    glued: dict[Unit, None] = field(default_factory=dict)
    shipped: dict[Unit, str] = field(default_factory=dict)
    scrapped: set[Unit] = field(default_factory=set)
    complaints: int = 0
    spares: deque[Unit] = field(default_factory=deque)
    is_recalled: bool = False

    def _is_time(self, floor: Floor) -> bool:
        return floor.units >= UNITS_MIN and floor.now >= self.begins

    def arrives(self, floor: Floor, lot: Lot) -> None:
        """A lot of packs is at the door."""
        if self.packs is None and self._is_time(floor):
            self.packs = lot

    def received(self, battery: Unit, lot: Lot) -> None:
        """A pack of a lot was scanned in."""
        if lot == self.packs:
            self.batteries[battery] = None

    def fitted(self, component: Unit, controller: Unit) -> None:
        """A component was fitted."""
        if component in self.batteries:
            self.within[controller] = component

    def taken_out(self, controller: Unit) -> None:
        """The pack of a controller was taken out."""
        self.within.pop(controller, None)

    def bonded(self, floor: Floor, controller: Unit, adhesive: Lot) -> None:
        """A controller was bonded."""
        if self.adhesive is None and self._is_time(floor):
            self.adhesive = adhesive
        if adhesive == self.adhesive:
            self.glued[controller] = None

    def sags(self, battery: Unit) -> bool:
        """Whether a pack fails the final test."""
        return battery in self.batteries and self.chance.happens(SAGS)

    def sent(self, controller: Unit, customer: str) -> None:
        """A controller was shipped."""
        if controller in self.within or controller in self.glued:
            self.shipped[controller] = customer

    def comes_back(self, battery: Unit) -> bool:
        """Whether a customer complains of a pack."""
        return battery in self.batteries and self.chance.happens(COMES_BACK)

    def came_back(self, controller: Unit) -> None:
        """A controller is in house again."""
        self.shipped.pop(controller, None)


def followed_on(floor: Floor) -> Followed:
    """What will be followed up on a floor."""
    morning = -(-floor.calendar.end * BEGINS_AT // (IN_A_HUNDRED * DAY)) * DAY
    return Followed(Chance(f"{floor.seed} followed"), morning)
