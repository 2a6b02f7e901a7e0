"""What a page was asked for by its parameters. What cannot be understood is said on the page, never guessed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _

Choice = TypeVar("Choice", bound=str)

SEQUENCE_MAX = 2**62


@dataclass(frozen=True, slots=True)
class AsOf:
    """The time as of which something is shown; None is now. zone: in which times without one are meant.

    problem: why the time that was asked for could not be understood.
    """

    at: datetime | None
    zone: tzinfo
    problem: str = ""

    @property
    def field(self) -> str:
        """As a date and time field of a form has it."""
        return "" if self.at is None else self.at.strftime("%Y-%m-%dT%H:%M")

    @property
    def offset(self) -> str:
        """The zone as it is sent along: +0100."""
        return datetime.now(self.zone).strftime("%z")[:5] if self.at is None else self.at.strftime("%z")[:5]


def as_of(query: QueryDict, *, zone: tzinfo = UTC) -> AsOf:
    """The time in `at`: a date (its end) or a date and time, in the zone it names, or `zone` names, or else `zone`."""
    text = query.get("at", "").strip()
    try:
        zone = _zone(query.get("zone", "")) or zone
        if not text:
            return AsOf(None, zone)
        if len(text) == len("2026-11-22"):
            return AsOf(datetime.combine(date.fromisoformat(text), time.max, tzinfo=zone), zone)
        # In a URL an unescaped plus arrives as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return AsOf(found if found.tzinfo else found.replace(tzinfo=zone), zone)
    except ValueError:
        return AsOf(None, zone, _("“{text}” is no time; write it as 2026-11-22 or 2026-11-22T14:30.").format(text=text))


def _zone(text: str) -> tzinfo | None:
    """The zone in an offset such as +01:00. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    if text[0] not in "+-Z":
        text = f"+{text}"
    return datetime.strptime(text, "%z").tzinfo


def whole(query: QueryDict, name: str, *, least: int = 0) -> int:
    """A parameter that is a whole number; `least` when it is none, or less."""
    text = query.get(name, "")
    if not text.isascii() or not text.isdigit():
        return least
    digits = text.lstrip("0")
    if len(digits) > len(str(SEQUENCE_MAX)):  # Python reads no number of thousands of digits
        return max(least, SEQUENCE_MAX)
    return max(least, min(int(digits or "0"), SEQUENCE_MAX))


def one_of(kind: type[Choice], text: str, *, otherwise: Choice) -> Choice:
    """A member of a closed set by its word; `otherwise` when it is none."""
    try:
        return kind(text)
    except ValueError:
        return otherwise
