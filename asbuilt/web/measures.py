"""Measurements as people read them: the value, its limits, whether it is within them, and how far from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asbuilt.queries.as_built import MeasurementView, OperationView

CHIPS_SHOWN = 6
"""Measurements of one operation shown in the history; those out of limits always come first."""

ROWS_SHOWN = 500
"""Characteristics in the table of a unit; the as-built record as JSON holds every one."""

BAR_WIDTH = 96
"""Width of the drawing of a value between its limits."""

_BELOW, _ABOVE = gettext_lazy("below the limit"), gettext_lazy("above the limit")
_MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """A value between its limits, drawn: the allowed stretch from start to end, the value at a place. In pixels."""

    start: str
    width: str
    at: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A measurement in words. verdict: how it is out of limits; empty when it is not."""

    characteristic: str
    value: str
    limits: str
    verdict: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reading of an earlier time."""

    number: int
    when: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class Measured:
    """The latest reading of a characteristic, after those of earlier attempts."""

    operation: str
    latest: Attempt
    earlier: tuple[Attempt, ...]


def measured(operations: Iterable[OperationView], zone: tzinfo) -> list[Measured]:
    """Each characteristic of each operation once, in the order in which they were first measured."""
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    for operation in operations:
        for measurement in operation.measurements:
            attempt = Attempt(operation.attempt, operation.completed_at.astimezone(zone), reading_of(measurement))
            attempts.setdefault((operation.operation, measurement.characteristic), []).append(attempt)
    return [Measured(operation, found[-1], tuple(found[:-1])) for (operation, _), found in attempts.items()]


def chips(measurements: Iterable[MeasurementView]) -> tuple[list[Reading], int]:
    """The readings shown for an operation, and how many more there are."""
    readings = [reading_of(measurement) for measurement in measurements]
    readings.sort(key=lambda reading: not reading.verdict)
    return readings[:CHIPS_SHOWN], max(0, len(readings) - CHIPS_SHOWN)


def reading_of(measurement: MeasurementView) -> Reading:
    """A measurement in words."""
    return Reading(
        characteristic=measurement.characteristic,
        value=_value(measurement),
        limits=_limits(measurement),
        verdict=str(_verdict(measurement)),
        bar=_bar(measurement),
    )


def _value(measurement: MeasurementView) -> str:
    if measurement.value is not None:
        return f"{number_format(measurement.value)} {measurement.uom}".strip()
    if measurement.text:
        return measurement.text
    if measurement.file_digest and measurement.passed:
        return measurement.file_name or _("file {digest}…").format(digest=measurement.file_digest[:12])
    return _("passed") if measurement.passed else _("failed")


def _limits(measurement: MeasurementView) -> str:
    lower, upper = measurement.lower_limit, measurement.upper_limit
    if lower is not None and upper is not None:
        return f"{number_format(lower)} – {number_format(upper)}"
    if upper is not None:
        return f"≤ {number_format(upper)}"
    return "" if lower is None else f"≥ {number_format(lower)}"


def _verdict(measurement: MeasurementView) -> str | Promise:
    if measurement.passed:
        return ""
    if measurement.value is None:
        return _("failed")
    lower = measurement.lower_limit
    return _BELOW if lower is not None and measurement.value < lower else _ABOVE


def _bar(measurement: MeasurementView) -> Bar | None:
    value, lower, upper = measurement.value, measurement.lower_limit, measurement.upper_limit
    if value is None or (lower is None and upper is None):
        return None
    first, last = _scale(float(value), _float(lower), _float(upper))
    start = first if lower is None else float(lower)
    end = last if upper is None else float(upper)

    def place(number: float) -> float:
        return BAR_WIDTH * min(max((number - first) / (last - first), 0.0), 1.0)

    return Bar(
        start=f"{place(start):.1f}",
        width=f"{place(end) - place(start):.1f}",
        at=f"{min(max(place(float(value)) - 1.5, 0.0), BAR_WIDTH - 3.0):.1f}",
    )


def _scale(value: float, lower: float | None, upper: float | None) -> tuple[float, float]:
    """The numbers at both ends of the drawing. A single limit is drawn against zero, where there is room for that."""
    if lower is not None and upper is not None:
        margin = (upper - lower) * _MARGIN or abs(upper) * _MARGIN or 1.0
        return lower - margin, upper + margin
    limit = upper if lower is None else lower
    assert limit is not None, "a bar has at least one limit"
    if limit > 0 and value >= 0:
        return 0.0, max(limit * (1 + 2 * _MARGIN), value * (1 + _MARGIN) if upper is None else 0.0)
    reach = max(abs(value - limit), abs(limit)) or 1.0
    return limit - reach * (1 + _MARGIN), limit + reach * (1 + _MARGIN)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
