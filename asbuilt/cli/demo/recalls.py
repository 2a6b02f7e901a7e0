"""The recall of the battery packs that run down, under way on the last evening, and a drill that is over by then."""

from collections import Counter
from collections.abc import Iterable, Sequence

from asbuilt.cli.demo import desks
from asbuilt.cli.demo.calendar import DAY, HOUR, MINUTE, WEEKS_CALM
from asbuilt.cli.demo.floor import Floor, Story
from asbuilt.cli.demo.followed import DRILL, RECALL, Followed
from asbuilt.cli.demo.supply import Stores
from asbuilt.core.events.inventory import UnitReturned
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from asbuilt.core.events.recalls import (
    LISTED_MAX,
    RecallClosed,
    RecallDisposition,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.identifiers.names import HoldNumber, Location
from asbuilt.core.identifiers.subjects import Lot, Recall, Unit
from asbuilt.queries.recall.scope import Certainty, digest_of

OPENED_BEFORE = 7 * DAY - 4 * HOUR
"""So long before the last evening the recall is opened: by then nothing with such a pack is on its way any more."""
DRILL_BEFORE = 2 * DAY - 3 * HOUR

SILENT = 4
"""One customer in so many has not answered yet."""
LOSES_ONE = 9
"""A customer who has so many controllers does not find one of them any more."""
SENT_BACK = 8_000
"""In ten thousand controllers that a customer is asked for."""


def start(floor: Floor, stores: Stores) -> None:
    """Have both begin when it is time."""
    end, chance = floor.calendar.end, stores.followed.chance
    floor.start(_drill(floor, stores.followed), after=end - DRILL_BEFORE, chance=chance)
    if has_recall(floor):
        floor.start(_recall(floor, stores), after=end - OPENED_BEFORE, chance=chance)


def has_recall(floor: Floor) -> bool:
    """Whether the plant is told over so long that units come back, and are called back."""
    return floor.calendar.weeks >= WEEKS_CALM


def _recall(floor: Floor, stores: Stores) -> Story:
    followed, number = stores.followed, Recall(RECALL)
    if followed.packs is None:
        return
    followed.is_recalled = True
    reason = f"battery packs of one lot run down: {followed.complaints} complaints"
    _open(floor, number, followed.packs, reason, is_drill=False)
    yield 35 * MINUTE
    controllers = list(followed.within)
    covered = [*followed.batteries, *controllers]
    _settle(floor, number, followed.packs, covered, "scope approved: every pack of the lot, and what it is in")
    yield 8 * MINUTE
    _hold(floor, followed, [followed.packs, *covered], f"recall {number}: {reason}")
    _destroy(floor, followed, number)
    yield HOUR
    told = _had_by(followed, controllers)[:-1]
    for place, customer in enumerate(told, start=1):
        letter = f"FSN-26-{place:03d}"
        floor.report(
            RecallNoticeIssued, desks.QUALITY, recall=number, customer=customer, reference=letter, medium="e-mail"
        )
        yield 6 * MINUTE
    yield 6 * HOUR
    stores.spare_packs(floor, followed.complaints + 10)
    for place, customer in enumerate(told, start=1):
        if place % SILENT:
            yield floor.chance.between(HOUR, 7 * HOUR)
            note = "all found; on their way back"
            floor.report(RecallNoticeAnswered, desks.QUALITY, recall=number, customer=customer, note=note)
            after = floor.chance.between(DAY // 2, DAY + DAY // 2)
            floor.start(_sends_back(floor, followed, customer), after=after)


def _open(floor: Floor, number: Recall, lot: Lot, reason: str, *, is_drill: bool) -> None:
    seeds = (RecallSeed(lot=lot),)
    floor.report(RecallOpened, desks.QUALITY, recall=number, reason=reason, seeds=seeds, is_drill=is_drill)


def _settle(floor: Floor, number: Recall, lot: Lot, units: Sequence[Unit], meaning: str) -> None:
    """List a lot and everything it is in, and freeze the list."""
    listed: list[tuple[Unit, ...]] = [
        tuple(units[first : first + LISTED_MAX - 1]) for first in range(0, len(units), LISTED_MAX - 1)
    ]
    for place, some in enumerate(listed):
        lots = () if place else (lot,)
        floor.report(RecallScopeListed, desks.QUALITY, recall=number, is_certain=True, units=some, lots=lots)
    floor.report(
        RecallScopeFrozen,
        desks.QUALITY,
        recall=number,
        units=len(units),
        lots=1,
        certain=len(units) + 1,
        digest=digest_of((Certainty.CERTAIN, str(one)) for one in (lot, *units)),
        meaning=meaning,
    )


def _hold(floor: Floor, followed: Followed, covered: Iterable[Unit | Lot], reason: str) -> None:
    for one in covered:
        if one not in followed.scrapped:
            unit, lot = (one, None) if isinstance(one, Unit) else (None, one)
            floor.report(HoldPlaced, desks.QUALITY, unit=unit, lot=lot, hold=HoldNumber(RECALL), reason=reason)


def _destroy(floor: Floor, followed: Followed, number: Recall) -> None:
    """Scrap the packs that were taken out before anybody knew, and those in controllers that are scrapped."""
    inside = {pack: controller for controller, pack in followed.within.items()}
    for pack in followed.batteries:
        controller = inside.get(pack)
        if controller is None:
            place = Location("SCRAP")
            floor.report(UnitScrapped, desks.QUALITY, unit=pack, reason=f"recall {number}", location=place)
            _decided(floor, number, pack, RecallDisposition.DESTROYED)
        elif controller in followed.scrapped:
            _decided(floor, number, controller, RecallDisposition.DESTROYED)
            _decided(floor, number, pack, RecallDisposition.DESTROYED)


def _decided(floor: Floor, number: Recall, unit: Unit, disposition: RecallDisposition, *, why: str = "") -> None:
    floor.report(RecallDispositioned, desks.QUALITY, recall=number, unit=unit, disposition=disposition, reason=why)


def _had_by(followed: Followed, controllers: Iterable[Unit]) -> list[str]:
    """The customers who have some of the controllers, the one who has most first."""
    count = Counter(followed.shipped[one] for one in controllers if one in followed.shipped)
    return sorted(count, key=lambda customer: (-count[customer], customer))


def _sends_back(floor: Floor, followed: Followed, customer: str) -> Story:
    """What a customer was asked for comes back; now and then one is not found any more."""
    rma, number = f"RMA-26-{floor.number('rma'):04d}", Recall(RECALL)
    asked = [pair for pair in followed.within.items() if followed.shipped.get(pair[0]) == customer]
    for place, (controller, pack) in enumerate(asked):
        if place == len(asked) // 2 and len(asked) >= LOSES_ONE:
            why = "not found at the customer's; its risk is assessed without it"
            for one in (controller, pack):
                _decided(floor, number, one, RecallDisposition.LOST, why=why)
        elif floor.chance.happens(SENT_BACK):
            why, place_for = f"recall {number}", Location("RMA-2")
            floor.report(UnitReturned, desks.RETURNS, unit=controller, reason=why, rma=rma, location=place_for)
            followed.came_back(controller)
            for one in (controller, pack):
                _decided(floor, number, one, RecallDisposition.RETURNED, why=rma)
            yield 5 * MINUTE


def _drill(floor: Floor, followed: Followed) -> Story:
    """Where is everything that was bonded with one day's adhesive? Each is found, with the clock running."""
    if followed.adhesive is None:
        return
    number, found = Recall(DRILL), list(followed.glued)
    _open(floor, number, followed.adhesive, "yearly drill: one day's adhesive, found within four hours", is_drill=True)
    yield 4 * MINUTE
    _settle(floor, number, followed.adhesive, found, "drill: scope as found by the record")
    customers = _had_by(followed, found)
    for customer in customers:
        yield 3 * MINUTE
        floor.report(RecallNoticeIssued, desks.QUALITY, recall=number, customer=customer, medium="telephone, drill")
    for customer in customers:
        yield floor.chance.between(2 * MINUTE, 9 * MINUTE)
        note = "serial numbers read back from the shelf"
        floor.report(RecallNoticeAnswered, desks.QUALITY, recall=number, customer=customer, note=note)
    for controller in found:
        yield floor.chance.between(20, 90)
        where = followed.shipped.get(controller, "in house")
        _decided(floor, number, controller, RecallDisposition.CLEARED, why=f"drill: found, {where}")
    lot, cleared = followed.adhesive, RecallDisposition.CLEARED
    why = "drill: used up or thrown away that day"
    floor.report(RecallDispositioned, desks.QUALITY, recall=number, lot=lot, disposition=cleared, reason=why)
    yield 5 * MINUTE
    floor.report(RecallClosed, desks.QUALITY, recall=number)
