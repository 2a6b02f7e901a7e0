"""What single values of a document mean: times, quantities, texts."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from asbuilt.core.events.event import QUANTITY_MAX, QUANTITY_PLACES
from asbuilt.core.identifiers.text import TEXT_MAX, NameProblem, checked_name
from asbuilt.ledger.values import EARLIEST, LATEST

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that a document should give and does not. Fixed, so that importing again gives the same events."""

EARLIEST_YEAR, LATEST_YEAR = EARLIEST.year + 1, LATEST.year - 2
"""Times outside are taken for mistakes; with a year of distance no zone leads out of what can be recorded."""

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,20}))?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_MIDNIGHT_AT_THE_END = 24
_STEP = Decimal(1).scaleb(-QUANTITY_PLACES)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a document. is_day: only the day was given. assumed: what was added to what it says."""

    at: datetime
    is_day: bool = False
    assumed: str = ""


def moment(value: object) -> Moment | None:
    """The time a value gives, or None when it gives none that can be.

    A time without a zone is taken as UTC, a day as its first moment in UTC; both are said in `assumed`.
    """
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    hour, minute, second = int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
    microsecond = int((found[7] or "")[:6].ljust(6, "0"))
    next_day = timedelta(days=hour == _MIDNIGHT_AT_THE_END and not (minute or second or microsecond))
    try:
        zone = _zone(found[8])
        at = datetime(year, month, day, 0 if next_day else hour, minute, second, microsecond, zone) + next_day
    except ValueError:
        return None
    if found[4] is None:
        return Moment(at, is_day=True)
    return Moment(at, assumed="" if found[8] else "no zone is given; taken as UTC")


def _zone(text: str | None) -> timezone:
    """The zone `Z`, `+01:00`, `+0100` or `+01` names; UTC for none. Raises ValueError for one that cannot be."""
    if text is None or text in "Zz":
        return UTC
    distance = timedelta(hours=int(text[1:3]), minutes=int(text[3:].removeprefix(":") or 0))
    if not distance:
        return UTC
    return timezone(-distance if text[0] == "-" else distance)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as events carry it. assumed: what was done to it."""

    value: Decimal
    assumed: str = ""


def quantity(value: object) -> Quantity | str:
    """The quantity a value gives, or why it gives none: a finite number above zero, at most six decimal places."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "is no number"
    number = Decimal(value)
    if not number.is_finite():
        return "is not finite"
    if number <= 0:
        return "is not above zero"
    if number >= QUANTITY_MAX:
        return "is not below 10^12; use a larger unit"
    rounded = number.quantize(_STEP)
    if not rounded:
        return f"is below the smallest quantity kept, {_STEP:f}; use a smaller unit"
    assumed = "" if rounded == number else f"rounded to {QUANTITY_PLACES} decimal places"
    whole = int(rounded)
    return Quantity(Decimal(whole) if whole == rounded else rounded.normalize(), assumed)


def name_in(value: object) -> str | None:
    """A text that can be a part, serial or other number, or None."""
    if not isinstance(value, str):
        return None
    try:
        return checked_name(value, what="name")
    except NameProblem:
        return None


def why_no_name(value: object) -> str:
    """What is wrong with a value that should be a number or name."""
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return "is no text"
    try:
        checked_name(value, what="it")
    except NameProblem as problem:
        return f"cannot be taken: {problem}"
    raise AssertionError("asked only for what name_in refused")


def text_in(value: object) -> str:
    """Free text fit to be kept: without control characters, not too long."""
    if not isinstance(value, str):
        return ""
    clean = value if value.isprintable() else "".join(one if one.isprintable() else " " for one in value)
    return clean.strip()[:TEXT_MAX]
