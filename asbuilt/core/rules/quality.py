"""What is on hold, scrapped or expired is not used, consumed or shipped, at any depth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded
from asbuilt.core.events.inventory import UnitPacked, UnitReturned, UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known, lots_in, units_in
from asbuilt.core.states.lots import was_begun
from asbuilt.core.states.quality import held_subject
from asbuilt.core.states.records.identity import LifeCycle


@rule(
    "QUA-001",
    OperationStarted,
    OperationCompleted,
    ComponentInstalled,
    MaterialConsumed,
    MaterialLoaded,
    UnitShipped,
    LotOperationStarted,
    LotOperationCompleted,
    cites="ISO 13485:2016 clause 8.3; AS9100D clause 8.7: nonconforming product is prevented from unintended use",
)
def nothing_used_is_on_hold(event: Event, known: Known) -> str | None:
    """What is on hold is not worked on, installed, consumed, fed or shipped, nor, but for work, what contains it."""
    if isinstance(event, OperationCompleted) and known.open_start(event.unit, event.operation) is not None:
        return None  # the work began before the hold; that it was done is a fact to keep
    if isinstance(event, LotOperationCompleted) and was_begun(event, known):
        return None
    for used in used_by(event, known):
        holds = known.open_holds(used.subject)
        if holds:
            return f"{used} is on hold ({', '.join(holds)}); keep it aside and ask quality"
    return None


@dataclass(frozen=True, slots=True)
class Used:
    """A unit or lot that an event uses: itself, or inside another."""

    subject: Unit | Lot
    inside: Unit | Lot | None = None

    def __str__(self) -> str:
        return str(self.subject) if self.inside is None else f"{self.subject} inside {self.inside}"


def used_by(event: Event, known: Known) -> Iterator[Used]:
    """The units and lots an event names, and everything inside those that it ships, feeds or installs.

    A partner's statement of what was built elsewhere uses nothing now: it is taken whatever has become of the parts
    since, because that is when it is needed. What is on hold inside still stops the assembly from being shipped.
    """
    if isinstance(event, ComponentInstalled | MaterialConsumed) and event.evidence.is_statement:
        return
    named: tuple[Unit | Lot, ...] = (*units_in(event), *lots_in(event))
    for subject in named:
        yield Used(subject)
        if _goes_whole(event, subject):
            for found in known.contents(subject):
                yield Used(found, subject)


def _goes_whole(event: Event, subject: Unit | Lot) -> bool:
    if isinstance(event, UnitShipped | MaterialLoaded):
        return True
    return isinstance(event, ComponentInstalled | MaterialConsumed) and subject in (event.component, event.lot)


@rule(
    "QUA-002",
    OperationStarted,
    OperationCompleted,
    ComponentInstalled,
    MaterialConsumed,
    MaterialLoaded,
    UnitPacked,
    UnitShipped,
    UnitReturned,
    UnitScrapped,
)
def nothing_used_is_scrapped(event: Event, known: Known) -> str | None:
    """A scrapped unit, and what contains one, is not installed, consumed, packed or shipped; nor is it worked on."""
    # Taking a scrapped component out of its assembly, and putting it into the scrap cage, is what should happen.
    for used in used_by(event, known):
        state = known.unit(used.subject) if isinstance(used.subject, Unit) else None
        if state is not None and state.life_cycle is LifeCycle.SCRAPPED:
            cage = "put it into the scrap cage, and correct the record if that is wrong"
            return f"{used} is scrapped; do not use it: {cage}"
    return None


@rule(
    "QUA-003",
    ComponentInstalled,
    MaterialConsumed,
    MaterialLoaded,
    UnitShipped,
    OperationStarted,
    LotOperationStarted,
)
def nothing_used_is_expired(event: Event, known: Known) -> str | None:
    """Nothing is used after the day it expires on, and no unit that contains an expired one."""
    day = event.event_time.date()
    for used in used_by(event, known):
        if used.inside is not None and isinstance(used.subject, Lot):
            continue  # a lot has to be used by that day, what it was used for may be used longer
        expires_on = _expires_on(used.subject, known)
        if expires_on is not None and day > expires_on:
            return f"{used} expired on {expires_on}; put it aside and take another"
    return None


def _expires_on(subject: Unit | Lot, known: Known) -> date | None:
    state = known.unit(subject) if isinstance(subject, Unit) else known.lot(subject)
    return None if state is None else state.expires_on


@rule("QUA-004", HoldPlaced)
def hold_is_not_on_it_yet(event: HoldPlaced, known: Known) -> str | None:
    """A hold is placed on the same thing once."""
    subject = held_subject(event)
    if known.open_hold(subject, event.hold) is None:
        return None
    return f"hold {event.hold} is on {subject} already; nothing is to be done"


@rule("QUA-005", HoldReleased)
def hold_is_on_it(event: HoldReleased, known: Known) -> str | None:
    """Only a hold that is on a unit or lot is released from it."""
    subject = held_subject(event)
    if known.open_hold(subject, event.hold) is not None:
        return None
    holds = known.open_holds(subject)
    there = f"its holds are {', '.join(holds)}" if holds else "it is not on hold"
    return f"hold {event.hold} is not on {subject}; {there}"
