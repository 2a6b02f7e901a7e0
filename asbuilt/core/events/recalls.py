"""Units and lots are called back: what they have in common, which they are, who was told, what became of each."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from asbuilt.core.events.event import SHA_256, Event, EventProblem, check_exactly_one, check_given
from asbuilt.core.identifiers.names import Operation, Slot
from asbuilt.core.identifiers.subjects import Lot, Part, Recall, Station, Unit

SEEDS_MAX = 1000
"""Most seeds of one recall."""

LISTED_MAX = 5000
"""Most units and lots that one event lists; a larger scope is listed by several."""


class RecallDisposition(StrEnum):
    """What became of a unit or lot that was called back."""

    CORRECTED = "corrected"
    """Repaired, updated or inspected where it is or after its return, and good since."""
    RETURNED = "returned"
    """Back in house; what becomes of it there is decided as for anything else."""
    DESTROYED = "destroyed"
    """Scrapped, here or where it was."""
    CLEARED = "cleared"
    """Found not to be affected, for example by reading what is in it."""
    LOST = "lost"
    """Not to be found, or the customer does not answer: its risk is assessed without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallSeed:
    """One thing by which units and lots are suspect; all that it names holds together.

    unit, or lot: itself. supplier_lot: every lot that was delivered under this number (of the supplier, of the part,
    where they are named). part alone: its units that came into being, and its lots that were made, from `since` until
    before `until`. Anything else is a condition of work: what was done at the station, while anything was fed from its
    slot, in the operation, with the tool or program, by the operator, or measured above or below a value, in that time.
    since_calibration: since the last good calibration of the tool.
    """

    unit: Unit | None = None
    lot: Lot | None = None
    supplier: str = ""
    supplier_lot: str = ""
    part: Part | None = None
    station: Station | None = None
    slot: Slot = Slot("")
    operation: Operation = Operation("")
    tool: str = ""
    program: str = ""
    operator: str = ""
    characteristic: str = ""
    above: Decimal | None = None
    below: Decimal | None = None
    since: datetime | None = None
    until: datetime | None = None
    since_calibration: bool = False

    @property
    def is_process(self) -> bool:
        """Whether it is a condition of work, by which units are found through what was done to them."""
        texts = (self.operation, self.tool, self.program, self.operator, self.characteristic)
        return self.station is not None or any(texts)

    def check(self) -> None:
        """Raise EventProblem when the fields contradict each other, or name nothing."""
        kinds = {
            "unit": self.unit is not None,
            "lot": self.lot is not None,
            "supplier_lot": bool(self.supplier_lot),
            "a condition of work": self.is_process,
        }
        named = [kind for kind, is_given in kinds.items() if is_given]
        if len(named) > 1:
            raise EventProblem(f"a seed names {' and '.join(named)}; make one seed of each")
        if not named and self.part is None:
            raise EventProblem("a seed names nothing; give unit, lot, supplier_lot, part, or a condition of work")
        if (self.unit or self.lot) and (self.part or self.since or self.until):
            raise EventProblem("a seed that names a unit or lot is that one; leave out part, since and until")
        if self.supplier and not self.supplier_lot:
            raise EventProblem("supplier goes with supplier_lot; give both")
        if self.supplier_lot and (self.since or self.until):
            raise EventProblem("a supplier_lot is recalled whole; leave out since and until")
        self._check_condition()

    def _check_condition(self) -> None:
        if self.slot and self.station is None:
            raise EventProblem(f"slot {self.slot} is at a station; give station")
        if (self.above is None and self.below is None) == bool(self.characteristic):
            raise EventProblem("characteristic goes with above, below, or both; what is beyond them is suspect")
        if self.since_calibration and not self.tool:
            raise EventProblem("since_calibration asks for the calibrations of a tool; give tool")
        if self.since_calibration and (self.since or self.until):
            raise EventProblem("since_calibration says the time itself; leave out since and until")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise EventProblem("since is not before until; nothing happened in between")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOpened(Event):
    """Something that units and lots have in common is suspect; what matches a seed is not used or shipped from now on.

    is_drill: nothing is suspect; the recall is practised, and stops nothing.
    Source: ISO 13485:2016 clause 8.3.3; 21 CFR 806; ISO 9001:2015 clause 8.7.1 for the containment.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    reason: str
    seeds: tuple[RecallSeed, ...]
    is_drill: bool = False

    def check(self) -> None:
        check_given(reason=self.reason)
        if not self.seeds:
            raise EventProblem("seeds is empty; say what the units and lots have in common")
        if len(self.seeds) > SEEDS_MAX:
            raise EventProblem(f"more than {SEEDS_MAX} seeds in one recall; open another")
        for seed in self.seeds:
            seed.check()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallScopeListed(Event):
    """Units and lots belong to what is called back: certainly, or possibly where evidence is weak.

    What is listed stays listed; what is found not to be affected gets the disposition `cleared`.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    is_certain: bool
    units: tuple[Unit, ...] = ()
    lots: tuple[Lot, ...] = ()

    def check(self) -> None:
        listed = (*self.units, *self.lots)
        if not listed:
            raise EventProblem("units and lots are empty; name what belongs to the recall")
        if len(listed) > LISTED_MAX:
            raise EventProblem(f"more than {LISTED_MAX} units and lots in one event; list the others in another")
        if len(set(listed)) != len(listed):
            raise EventProblem("units or lots names one twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallScopeFrozen(Event):
    """What is called back is settled: these units and lots, no more and no fewer, as listed so far.

    certain: how many of them certainly. digest: SHA-256, hexadecimal, of a line each: `certain` or `possible`, a tab,
    the name, a newline; in the order of their bytes. meaning: what whoever settles it answers for by it. signed_by: the
    person who gave his password for just this; empty when nobody did, and the actor alone answers for it.
    Source: 21 CFR 11.50 for name, time and meaning; 11.200(a)(1) for the password at each signing.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    units: int
    lots: int
    certain: int
    digest: str
    meaning: str = "approved"
    signed_by: str = ""

    def check(self) -> None:
        check_given(meaning=self.meaning)
        if min(self.units, self.lots, self.certain) < 0 or self.certain > self.units + self.lots:
            raise EventProblem("units, lots and certain are counts; no more is certain than is listed")
        if not SHA_256.fullmatch(self.digest):
            raise EventProblem("digest is no SHA-256; it has 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNoticeIssued(Event):
    """A customer was told what to do. reference: of the letter or message. medium: how it was sent."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    customer: str
    reference: str = ""
    medium: str = ""

    def check(self) -> None:
        check_given(customer=self.customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNoticeAnswered(Event):
    """A customer has confirmed a notice, and may have said what he found. note: in his words."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    customer: str
    note: str = ""

    def check(self) -> None:
        check_given(customer=self.customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDispositioned(Event):
    """What became of one unit or lot that was called back. reference: of the record that shows it."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit", "lot")

    recall: Recall
    unit: Unit | None = None
    lot: Lot | None = None
    disposition: RecallDisposition
    reason: str = ""
    reference: str = ""

    def check(self) -> None:
        check_exactly_one(unit=self.unit, lot=self.lot)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallClosed(Event):
    """A recall is finished. reason: why, where not everything has a disposition."""

    SUBJECT: ClassVar[tuple[str, ...]] = ("recall",)

    recall: Recall
    reason: str = ""
