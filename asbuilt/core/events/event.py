"""What every event has in common, and the value types events are made of."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Subject, Unit

QUANTITY_PLACES = 6
"""Decimal places of a quantity; the database keeps millionths as whole numbers, so that sums are exact."""

QUANTITY_MAX = Decimal(10) ** 12


STEPS_WITHIN_LIMITS = 10
"""Steps of its gauge that should fit between the limits of a characteristic."""


class EventProblem(ValueError):
    """An event that says nothing meaningful, whatever the state of the plant; its text says which field and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact reported by a client.

    event_id: made by the client (UUIDv7 advised), unique for ever; sending it again is safe.
    event_time: when it happened, with its zone. When we took it (record_time) is ours and not part of it.
    source: the device, station or system that reports. operator: who did the work, when it is not the actor.
    """

    SUBJECT: ClassVar[tuple[str, ...]] = ("unit",)
    """The fields that may name the subject; the first that is filled does."""

    event_id: UUID
    event_time: datetime
    source: str = ""
    operator: str = ""

    @property
    def subject(self) -> Subject | None:
        """What the event is about; None for a correction, whose subject is that of the event it corrects."""
        for field in self.SUBJECT:
            subject: Subject | None = getattr(self, field)
            if subject is not None:
                return subject
        return None

    def check(self) -> None:
        """Raise EventProblem when the fields contradict each other."""


class Evidence(StrEnum):
    """How surely a component is known to be where it is said to be, best first."""

    SCANNED = "scanned"
    """Read from the component at its place."""
    KITTED = "kitted"
    """Picked for this unit; the fitting itself was not read."""
    SETUP_WINDOW = "setup_window"
    """Fed from a slot while the unit passed the station."""
    DECLARED = "declared"
    """Stated by a supplier or partner in a document."""
    BACKFLUSHED = "backflushed"
    """Booked by quantity after completion."""
    ORDER_LEVEL = "order_level"
    """Known for the order only."""
    ALTERNATIVE = "alternative"
    """One of several that may be fitted; which one is not known."""

    @property
    def is_statement(self) -> bool:
        """Whether it is somebody's word on what was built elsewhere, not an act here and now."""
        return self in (Evidence.DECLARED, Evidence.ALTERNATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """A measured feature with its limits, both inclusive. Units: `uom` (UCUM or the plant's own).

    resolution: the smallest step the gauge reads, in `uom`. A value that is finer is kept as it came.
    is_required: whether an operation that passes under the specification has to tell it.
    """

    characteristic: str
    uom: Uom = Uom("")
    nominal: Decimal | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    resolution: Decimal | None = None
    is_required: bool = True

    def check(self) -> None:
        """Raise EventProblem when no value could ever be within the limits, or be read."""
        if self.resolution is not None and self.resolution <= 0:
            raise EventProblem(
                f"{self.characteristic}: resolution {self.resolution} is the smallest step of the gauge; above zero"
            )
        if self.lower_limit is not None and self.upper_limit is not None and self.lower_limit > self.upper_limit:
            raise EventProblem(
                f"{self.characteristic}: lower_limit {self.lower_limit} is above upper_limit {self.upper_limit}"
            )

    @property
    def is_read_too_coarsely(self) -> bool:
        """Whether a step of the gauge is more than a tenth of what lies between the limits.

        Source: AIAG Measurement Systems Analysis, 4th edition, chapter I section D: the rule of tens.
        """
        if self.resolution is None or self.lower_limit is None or self.upper_limit is None:
            return False
        return 0 < self.upper_limit - self.lower_limit < STEPS_WITHIN_LIMITS * self.resolution

    def is_met_by(self, value: Decimal) -> bool:
        """Whether `value`, in `uom`, lies within the limits (inclusive)."""
        if self.lower_limit is not None and value < self.lower_limit:
            return False
        return self.upper_limit is None or value <= self.upper_limit


SHA_256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One result against the limits that applied when it was taken: one of value, text, passed, or a file, or both.

    file_digest: SHA-256 of the file that holds a series, waveform or picture, in 64 hexadecimal digits; whatever copy
    has it is the one that was taken. file_name: where the file is, as the test bench says it: a path or an address.
    """

    characteristic: str
    value: Decimal | None = None
    text: str = ""
    passed: bool | None = None
    uom: Uom = Uom("")
    nominal: Decimal | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    file_digest: str = ""
    file_name: str = ""

    def check(self) -> None:
        """Raise EventProblem when it holds no result, or more than one."""
        given = (self.value is not None) + bool(self.text) + (self.passed is not None)
        if given > 1 or (given == 0 and not self.file_digest):
            raise EventProblem(
                f"measurement {self.characteristic}: give exactly one of value, text, passed, or the file_digest of "
                "what was recorded, or both"
            )
        if self.file_digest and not SHA_256.fullmatch(self.file_digest):
            raise EventProblem(
                f"measurement {self.characteristic}: file_digest is no SHA-256; it has 64 hexadecimal digits"
            )
        if self.file_name and not self.file_digest:
            raise EventProblem(f"measurement {self.characteristic}: file_name needs the file_digest of its content")
        self.limits.check()

    @property
    def limits(self) -> Characteristic:
        return Characteristic(
            characteristic=self.characteristic,
            uom=self.uom,
            nominal=self.nominal,
            lower_limit=self.lower_limit,
            upper_limit=self.upper_limit,
        )

    @property
    def is_within_limits(self) -> bool:
        """Whether the result is good: the value within its limits, or not reported as failed."""
        if self.value is not None:
            return self.limits.is_met_by(self.value)
        return self.passed is not False


def check_quantity(quantity: Decimal | None, *, what: str = "quantity") -> None:
    """Raise EventProblem unless `quantity` is positive, below 10^12 and has at most six decimal places."""
    if quantity is None:
        return
    if not 0 < quantity < QUANTITY_MAX:
        raise EventProblem(f"{what} {quantity} must be above zero and below 10^12")
    _, digits, exponent = quantity.as_tuple()
    finer = -QUANTITY_PLACES - exponent if isinstance(exponent, int) else 0
    if finer > 0 and any(digits[-finer:]):
        raise EventProblem(f"{what} {quantity} has more than {QUANTITY_PLACES} decimal places; use a smaller uom")


def check_exactly_one(**subjects: Unit | Lot | None) -> None:
    """Raise EventProblem unless exactly one of the named fields is filled."""
    if sum(subject is not None for subject in subjects.values()) != 1:
        raise EventProblem(f"give exactly one of {', '.join(subjects)}")


def check_given(**texts: str) -> None:
    """Raise EventProblem when one of the named texts is empty."""
    for field, text in texts.items():
        if not text.strip():
            raise EventProblem(f"{field} is empty; say it, the record needs it")
