"""A control chart as a drawing: lines and points of a server-made SVG, in its own coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format

WIDTH, HEIGHT = 1100.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 10.0, 150.0, 24.0, 16.0
"""Room around the points; on the right the lines are named."""
LABEL_GAP = 16.0
"""Between two names of lines, so that neither covers the other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart with its name. kind: center, control or limit (of the specification)."""

    kind: str
    y: str
    label_y: str
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A point. broken: the rules that are broken there, as the text beside it."""

    x: str
    y: str
    above: str
    broken: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws. trace: the points joined."""

    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]
    trace: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to draw; value None is left out."""

    value: Decimal | None
    broken: tuple[str, ...]
    path: str
    title: str


def drawn(marks: Sequence[Mark], lines: Sequence[tuple[str, str, Decimal | None]]) -> Drawing:
    """Marks from left to right and lines of (kind, name, value) on one scale that holds all but far-off limits."""
    values = [float(mark.value) for mark in marks if mark.value is not None]
    values += [float(value) for kind, _, value in lines if value is not None and kind != "limit"]
    low, high = min(values), max(values)
    margin = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    reach = high - low or margin
    # Limits of the specification are drawn where they are near; far off, they would press the points into a line.
    near = [float(value) for kind, _, value in lines if kind == "limit" and value is not None]
    near = [value for value in near if low - reach <= value <= high + reach]
    low, high = min([low, *near]) - margin, max([high, *near]) + margin

    def y_of(value: Decimal) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - float(value)) / (high - low)

    step = (WIDTH - LEFT - RIGHT) / max(len(marks), 1)
    spots, trace = [], []
    for place, mark in enumerate(marks):
        if mark.value is None:
            continue
        x, y = LEFT + step * (place + 0.5), y_of(mark.value)
        trace.append(f"{x:.1f},{y:.1f}")
        above = y - 9 if y > TOP + 12 else y + 18
        spots.append(Spot(f"{x:.1f}", f"{y:.1f}", f"{above:.1f}", " ".join(mark.broken), mark.path, mark.title))
    within = [(kind, text, y_of(value)) for kind, text, value in lines if value is not None]
    return Drawing(_placed([one for one in within if 0 <= one[2] <= HEIGHT]), tuple(spots), " ".join(trace))


def _placed(lines: list[tuple[str, str, float]]) -> tuple[Line, ...]:
    """The lines from top to bottom, their names pushed apart."""
    placed, last = [], TOP - LABEL_GAP
    for kind, text, y in sorted(lines, key=lambda line: line[2]):
        last = max(y + 4, last + LABEL_GAP)
        placed.append(Line(kind, f"{y:.1f}", f"{last:.1f}", text))
    return tuple(placed)


def named(word: str, value: Decimal | None) -> str:
    """A line's name with its value, to at most six significant places."""
    return "" if value is None else f"{word} {shown(value)}"


def shown(value: Decimal | None) -> str:
    """A worked-out number with as many places as say something: six significant digits at most."""
    if value is None:
        return "–"
    short = Decimal(f"{value:.6g}")
    return number_format(format(short, "f"), force_grouping=False)
