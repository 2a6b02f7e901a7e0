"""Windows of time, half-open and with a zone, and the days and shifts in them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from asbuilt.ledger.codec import EPOCH, microseconds, moment_of

BEGINNING, END = -(2**62), 2**62
"""Before and after every time."""
SHIFTS = ("06:00", "14:00", "22:00")
"""When shifts begin, when nobody says."""
_DAY = len("2026-11-22")


class Misasked(ValueError):
    """A question that cannot be answered as it stands; the text says what to ask instead."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time from `since` on and before `until`, in microseconds since 1970, with the zone of its days and shifts."""

    since: int
    until: int
    zone: tzinfo
    zone_name: str

    def holds(self, moment: int) -> bool:
        return self.since <= moment < self.until

    @property
    def first(self) -> datetime | None:
        return None if self.since == BEGINNING else moment_of(self.since)

    @property
    def end(self) -> datetime | None:
        return None if self.until == END else moment_of(self.until)


def window_of(since: str, until: str, zone: str) -> Window:
    """The window that texts mean: times in ISO 8601, without a zone of their own in `zone`; empty: without end.

    A date alone means that day: all of it belongs to the window. Raises Misasked.
    """
    place = zone_named(zone)
    begins = BEGINNING if not since else microseconds(_moment(since, place, what="since", days_on=0))
    ends = END if not until else microseconds(_moment(until, place, what="until", days_on=1))
    if begins >= ends:
        raise Misasked(f"the window is empty: since {since} is not before until {until}")
    return Window(begins, ends, place, zone or "UTC")


def zone_named(name: str) -> tzinfo:
    """The time zone of a name, UTC when it is empty. Raises Misasked."""
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, no such path, a folder of zones
        raise Misasked(
            f"zone {name!r} is not known here; write it as Europe/Paris (tzdata must be installed)"
        ) from None


def _moment(text: str, zone: tzinfo, *, what: str, days_on: int) -> datetime:
    text = text.strip()
    try:
        if len(text) == _DAY:
            day = date.fromisoformat(text) + timedelta(days=days_on)
            return datetime.combine(day, time.min, tzinfo=zone)
        # In a URL an unescaped plus arrives as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
        found = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misasked(f"{what} is {text!r}; write it as 2026-11-22T14:30:00Z, or as a date") from None


def shifts_of(texts: Sequence[str]) -> tuple[time, ...]:
    """The times of day at which shifts begin, in order. Raises Misasked."""
    try:
        found = sorted({time.fromisoformat(text.strip()) for text in texts})
    except ValueError:
        found = []
    if not found or any(one.tzinfo is not None for one in found):
        raise Misasked(f"shifts are {','.join(texts)!r}; write when they begin, as 06:00,14:00,22:00")
    return tuple(found)


def local(moment: int, zone: tzinfo) -> datetime:
    """A time on the clock of a zone."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(zone)


def day_of(moment: int, zone: tzinfo) -> str:
    """The day in a zone, as ISO 8601."""
    return local(moment, zone).date().isoformat()


def shift_of(moment: int, zone: tzinfo, starts: Sequence[time]) -> str:
    """The shift by its beginning, as `2026-03-02 22:00`: what is after midnight belongs to the day before."""
    here = local(moment, zone)
    place = bisect_right(starts, here.time())
    day = here.date() if place else here.date() - timedelta(days=1)
    return f"{day.isoformat()} {starts[place - 1].isoformat('minutes')}"
