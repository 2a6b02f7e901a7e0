"""What a number or time in an event may be, beyond what its type says."""

from collections import deque
from datetime import UTC, datetime
from decimal import Clamped, Context, Decimal, Overflow, Rounded, Subnormal

from asbuilt.core.events.event import Characteristic, EventProblem, Measurement
from asbuilt.core.identifiers.text import checked_name, checked_text

DIGITS_MAX = 40
"""Most digits of a decimal number, before and after the point together."""

_LIMITS = Context(prec=DIGITS_MAX, Emin=-DIGITS_MAX, Emax=DIGITS_MAX, traps=[Rounded, Overflow, Subnormal, Clamped])
"""Arithmetic that fails on what has more digits, instead of rounding it."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""Later ones, shifted by their zone, could leave the years a datetime knows and make a unit unreadable for ever."""


def check_moment(moment: datetime, *, what: str) -> None:
    """Raise EventProblem for a time without a zone, or of no clock that is right."""
    if moment.tzinfo is None:
        raise EventProblem(f"{what} {moment.isoformat()} has no zone; write it with Z or +hh:mm")
    if moment < EARLIEST:
        raise EventProblem(f"{what} {moment.isoformat()} is before 1900; check the clock")
    if moment >= LATEST:
        raise EventProblem(f"{what} {moment.isoformat()} is after 2999; check the clock")


def check_values(values: tuple[Decimal | None, ...]) -> None:
    """Check packed values; in one sweep, and one by one only to name the fault."""
    taken = [value for value in values if value is not None]
    try:
        if all(map(Decimal.is_finite, taken)):
            deque(map(_LIMITS.plus, taken), maxlen=0)
            return
    except ArithmeticError:
        pass
    for value in taken:
        check_decimal(value, what="values")


def check_decimal(value: Decimal | None, *, what: str) -> None:
    """Raise EventProblem for NaN, an infinity, or more digits than any instrument gives."""
    if value is None:
        return
    if not value.is_finite():
        raise EventProblem(f"{what}: {value} is no number; leave the measurement out when none was taken")
    try:
        _LIMITS.plus(value)
    except ArithmeticError:
        raise EventProblem(f"{what}: {str(value)[:50]} has more than {DIGITS_MAX} digits") from None


def check_moments(record: object, names: tuple[str, ...]) -> None:
    """Check the times of a record, where it has them."""
    for name in names:
        if getattr(record, name) is not None:
            check_moment(getattr(record, name), what=name)


def check_limits(nested: Characteristic | Measurement) -> None:
    """Check a characteristic or a measurement: its texts and its decimals."""
    checked_name(nested.characteristic, what="characteristic")
    if nested.uom:
        checked_name(nested.uom, what="uom")
    for what in ("nominal", "lower_limit", "upper_limit"):
        check_decimal(getattr(nested, what), what=f"{nested.characteristic} {what}")
    if isinstance(nested, Characteristic):
        check_decimal(nested.resolution, what=f"{nested.characteristic} resolution")
    if isinstance(nested, Measurement):
        check_decimal(nested.value, what=nested.characteristic)
        checked_text(nested.text, what=f"{nested.characteristic} text")
        checked_text(nested.file_name, what=f"{nested.characteristic} file_name")
