"""When the plant works: two shifts from Monday to Friday, up to a fixed last Friday evening."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LAST_EVENING = datetime(2026, 11, 20, 22, tzinfo=UTC)
"""The plant's today: a Friday at the end of the late shift. Fixed, so that the plant is always the same."""

FIRST_HOUR = 6
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 16 * HOUR
"""A working day: 06:00 to 22:00 UTC. All times of the plant are seconds of work since its first morning."""
WEEK = 5 * DAY

UNITS_PER_WEEK_CALM = 118
UNITS_PER_WEEK_BUSY = 2_500
WEEKS_MIN, WEEKS_CALM, WEEKS_MAX = 3, 17, 400


@dataclass(frozen=True, slots=True)
class Calendar:
    """Seconds of work as times of the clock on the wall."""

    weeks: int

    @property
    def end(self) -> int:
        """The last second of work."""
        return self.weeks * WEEK

    @property
    def first_morning(self) -> datetime:
        monday = LAST_EVENING.replace(hour=FIRST_HOUR) - timedelta(days=4)
        return monday - timedelta(weeks=self.weeks - 1)

    def moment(self, worked: int) -> datetime:
        """The time when so many seconds had been worked."""
        week, rest = divmod(worked, WEEK)
        day, rest = divmod(rest, DAY)
        return self.first_morning + timedelta(days=7 * week + day, seconds=rest)


def calendar_for(units: int) -> Calendar:
    """A span that fits the number of units: some weeks for a few, four months for two thousand, years for a million."""
    calm = min(max(-(-units // UNITS_PER_WEEK_CALM), WEEKS_MIN), WEEKS_CALM)
    return Calendar(min(max(calm, units // UNITS_PER_WEEK_BUSY), WEEKS_MAX))


def shift_at(worked: int) -> int:
    """0 in the early shift, 1 in the late one."""
    return worked % DAY * 2 // DAY
