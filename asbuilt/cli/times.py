"""Times as people write them."""

from datetime import UTC, date, datetime, time

import click

DAY = len("2026-11-22")


class Time(click.ParamType[datetime]):
    """ISO 8601. Without a zone UTC is meant; a date alone is the end of that day, UTC, as over HTTP."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, with its zone."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            if len(text) == DAY:
                return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no time; write it as 2026-11-22T14:30:00Z, or as a date", param, ctx)


AT_HELP = "As of this time (ISO 8601; without a zone UTC is meant, a date alone is the end of that day)."


def shown(moment: datetime | None) -> str:
    """A time for a table: to the second, in UTC."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
