"""Options of the questions about work on the floor: which work, and in what time."""

from collections.abc import Callable

import click

_WORK = (
    click.option("--work-order", default="", metavar="ORDER", help="Work under this order."),
    click.option("--station", default="", metavar="STATION", help="Work at this station."),
)
_WINDOW = (
    click.option("--since", default="", metavar="TIME", help="From this time on (ISO 8601; a date: its beginning)."),
    click.option("--until", default="", metavar="TIME", help="Before this time (a date: to its end)."),
    click.option(
        "--zone", default="UTC", show_default=True, help="Zone of days, shifts and times without one: Europe/Paris."
    ),
)


def work_options(function: Callable[..., object]) -> Callable[..., object]:
    """The options --work-order, --station, --since, --until and --zone."""
    for option in reversed((*_WORK, *_WINDOW)):
        function = option(function)
    return function


def window_options(function: Callable[..., object]) -> Callable[..., object]:
    """The options --since, --until and --zone."""
    for option in reversed(_WINDOW):
        function = option(function)
    return function
