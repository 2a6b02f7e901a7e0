"""A result in the company of the last ones, drawn on the server; and what was measured of the units installed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format

from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import ComponentView, MeasurementView, OperationView
from asbuilt.queries.naming import Named
from asbuilt.queries.recent import Recent, recent_values
from asbuilt.web.measures import Measured, Reading, reading_of

WIDTH, HEIGHT, MARGIN = 96, 28, 3
"""Of the drawing, in pixels."""

INSIDE_SHOWN = 100
"""Results of installed units in the table; the as-built record holds every one."""

LEAST = 2
"""Fewer results are no company."""

TRENDS_MAX = 100
"""Characteristics that are drawn; more would make the page slow, and nobody compares so many by eye."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The last results as a line, in pixels. lower_y, upper_y: of the limits, empty without one or when far away."""

    points: str
    lower_y: str
    upper_y: str
    at_x: str
    at_y: str
    low: str
    high: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A characteristic with its trend; None when there is none."""

    measured: Measured
    trend: Trend | None


@dataclass(frozen=True, slots=True)
class Result:
    """The latest result of a characteristic on an installed unit."""

    component: ComponentView
    operation: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Inside:
    """What was measured of installed units, those out of limits first. count, out: of all, shown or not."""

    results: list[Result]
    count: int
    out: int


def with_trends(
    reader: Reader, named: Named, shown: list[Measured], operations: Iterable[OperationView], *, until: datetime
) -> list[Row]:
    """The rows of the table of measurements, each beside the last results of units of the same part."""
    newest = _newest(operations)
    wanted = [key for one in shown if (key := (one.operation, one.latest.reading.characteristic)) in newest]
    recent = recent_values(reader, named, wanted[:TRENDS_MAX], until=until)
    return [Row(one, _drawn(recent, newest, (one.operation, one.latest.reading.characteristic))) for one in shown]


def _newest(operations: Iterable[OperationView]) -> dict[tuple[str, str], tuple[Decimal | None, Decimal | None]]:
    """The limits of the latest number of each operation and characteristic."""
    return {
        (operation.operation, one.characteristic): (one.lower_limit, one.upper_limit)
        for operation in operations
        for one in operation.measurements
        if one.value is not None
    }


def _drawn(
    recent: Mapping[tuple[str, str], Recent],
    limits: Mapping[tuple[str, str], tuple[Decimal | None, Decimal | None]],
    key: tuple[str, str],
) -> Trend | None:
    found = recent.get(key)
    return None if found is None or len(found.values) < LEAST else trend(found, *limits[key])


def trend(found: Recent, lower: Decimal | None, upper: Decimal | None) -> Trend:
    """Results as a line from the oldest to the newest, with the limits when they lie within the drawing."""
    low, high = min(found.values), max(found.values)
    given = [float(one) for one in (low, high, lower, upper) if one is not None]
    first, last = min(given), max(given)
    reach = (last - first) or abs(first) or 1.0

    def y_of(value: Decimal) -> str:
        return f"{HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (float(value) - first) / reach:.1f}"

    step = (WIDTH - 2 * MARGIN) / (len(found.values) - 1)
    places = [(f"{MARGIN + step * number:.1f}", y_of(value)) for number, value in enumerate(found.values)]
    return Trend(
        points=" ".join(f"{x},{y}" for x, y in places),
        lower_y="" if lower is None else y_of(lower),
        upper_y="" if upper is None else y_of(upper),
        at_x=places[-1][0],
        at_y=places[-1][1],
        low=number_format(low),
        high=f"{number_format(high)} {found.uom}".strip(),
        count=len(found.values),
    )


def measured_inside(components: Iterable[ComponentView]) -> Inside:
    """The latest results of installed units, in the order of the tree; put into words are those that are shown."""
    found = [
        (component, operation, one)
        for component in components
        if component.operations
        for operation, one in _latest(component.operations)
    ]
    out = sum(not one.passed for _, _, one in found)
    if out:
        found.sort(key=lambda result: result[2].passed)
    shown = [Result(component, operation, reading_of(one)) for component, operation, one in found[:INSIDE_SHOWN]]
    return Inside(shown, len(found), out)


def _latest(operations: Iterable[OperationView]) -> list[tuple[str, MeasurementView]]:
    latest = {(one.operation, result.characteristic): result for one in operations for result in one.measurements}
    return [(operation, result) for (operation, _), result in latest.items()]
