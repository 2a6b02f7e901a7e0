"""What is wrong with a unit, what is decided about it, and what is done about it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from asbuilt.core.events.event import Event, EventProblem, check_given
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Station, Unit

DEFECTS_MAX = 1_000
"""Most defects one completed operation names."""

_GIVEN_BY_RECORD = re.compile(r"D\d+(-\d+)?")


class Disposition(StrEnum):
    """What is decided about a defect. Source: AS9100D clause 8.7.1, ISO 13485:2016 clause 8.3.2."""

    RETEST = "retest"
    """Settled when the operation that found it has passed again."""
    REWORK = "rework"
    """Settled when the rework has passed, and then the operation that found it."""
    REPAIR = "repair"
    """Settled when it was repaired, and then the operation that found it has passed."""
    USE_AS_IS = "use_as_is"
    """Settled: the unit is good enough, for a reason."""
    NO_FAULT_FOUND = "no_fault_found"
    """Settled: a false call."""
    SCRAP = "scrap"
    """Settled when the unit was scrapped; nothing else is done with it."""

    @property
    def accepts(self) -> bool:
        """Whether the unit is taken as it is, so that what found the defect counts as passed."""
        return self in (Disposition.USE_AS_IS, Disposition.NO_FAULT_FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Something wrong with a unit, as an operation found it.

    code: what is wrong, in the words of the plant's catalogue of defects. position: where, a reference designator.
    component: part, lot or serial number of what is wrong there, as written. quantity: how often, such as 3 solder
    joints. number: by which it is spoken of, unique on the unit; left out, the record gives it one (D1234).
    """

    code: str
    position: ReferenceDesignator = ReferenceDesignator("")
    component: str = ""
    quantity: int = 1
    note: str = ""
    number: DefectNumber = DefectNumber("")

    def check(self) -> None:
        """Raise EventProblem when it says nothing, or has a number of the record's own kind."""
        check_defect(code=self.code, quantity=self.quantity, number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRecorded(Event):
    """A defect was found outside an operation: at goods receipt, in the store, by a customer.

    Fields as of a defect found by an operation. station: where it was found.
    """

    unit: Unit
    station: Station | None = None
    code: str
    position: ReferenceDesignator = ReferenceDesignator("")
    component: str = ""
    quantity: int = 1
    note: str = ""
    number: DefectNumber = DefectNumber("")

    def check(self) -> None:
        check_defect(code=self.code, quantity=self.quantity, number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectDispositioned(Event):
    """It was decided what becomes of a defect; the last decision holds. Who decided is the operator, else the actor.

    rework: the rework operation, or the first of several, when that is the disposition. retest: the operation whose
    passing settles the defect; left out, the one that found it. Source: AS9100D clause 8.7.1, ISO 13485:2016 8.3.2.
    """

    unit: Unit
    defect: DefectNumber
    disposition: Disposition
    rework: Operation = Operation("")
    retest: Operation = Operation("")
    reason: str = ""

    def check(self) -> None:
        check_given(defect=self.defect)
        if bool(self.rework) != (self.disposition is Disposition.REWORK):
            raise EventProblem("rework names the rework operation when the disposition is rework, and only then")
        if self.retest and (self.disposition.accepts or self.disposition is Disposition.SCRAP):
            raise EventProblem(f"retest says which operation settles the defect; {self.disposition} needs none")
        if self.disposition.accepts or self.disposition is Disposition.SCRAP:
            check_given(reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRepaired(Event):
    """A defect was repaired. action: what was done. replaced: the reference designator at which something was changed.

    What was removed and installed is recorded by ComponentRemoved and ComponentInstalled.
    """

    unit: Unit
    defect: DefectNumber
    action: str
    replaced: ReferenceDesignator = ReferenceDesignator("")
    note: str = ""

    def check(self) -> None:
        check_given(defect=self.defect, action=self.action)


def check_defect(*, code: str, quantity: int, number: str) -> None:
    """Raise EventProblem when a defect says nothing, or has a number of the record's own kind."""
    check_given(code=code)
    if not 0 < quantity <= 10**6:
        raise EventProblem(f"quantity {quantity} must be between 1 and 10^6")
    if is_given_by_record(number):
        raise EventProblem(f"numbers such as {number} are given by the record; leave it out, or write another")


def is_given_by_record(number: str) -> bool:
    """Whether a number is of the record's own kind: D1234, D1234-2."""
    return _GIVEN_BY_RECORD.fullmatch(number) is not None
