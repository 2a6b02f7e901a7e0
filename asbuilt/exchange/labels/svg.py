"""A label as SVG of true size: for previews, and the drawing inside a PDF."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from asbuilt.exchange.labels.layout import Layout, Line, PlacedSymbol
from asbuilt.exchange.labels.template import Rule

FONTS = "'DejaVu Sans Mono', 'JetBrains Mono', 'Liberation Mono', monospace"


def svg_of(layout: Layout, *, with_texts: bool = True) -> str:
    """The label as an SVG document, in mm. Every text of the record is escaped and never markup."""
    size = f'width="{layout.width:g}mm" height="{layout.height:g}mm" viewBox="0 0 {layout.width:g} {layout.height:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<title>{escape(layout.title)}</title>",
        f'<rect width="{layout.width:g}" height="{layout.height:g}" fill="#fff"/>',
        *map(_rule, layout.rules),
        *map(_symbol, layout.symbols),
    ]
    if with_texts and layout.lines:
        parts += [f'<g font-family="{FONTS}" fill="#000">', *map(_text, layout.lines), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _rule(rule: Rule) -> str:
    return f'<rect x="{rule.x:g}" y="{rule.y:g}" width="{rule.width:g}" height="{rule.thickness:g}" fill="#000"/>'


def _text(line: Line) -> str:
    weight = ' font-weight="bold"' if line.is_bold else ""
    place = f'x="{line.x:g}" y="{line.y:g}" font-size="{line.size:g}"{weight}'
    return f'<text {place} xml:space="preserve">{escape(line.text)}</text>'


def _symbol(placed: PlacedSymbol) -> str:
    """All modules as one path: parts of one path leave no white hairlines between them."""
    tall = placed.height if placed.symbol.is_linear else placed.module
    moved = f"translate({placed.x:g} {placed.y:g}) scale({placed.module:g} {tall:g})"
    path = "".join(f"M{start} {row}h{length}v1h-{length}z" for row, start, length in dark_runs(placed.symbol.rows))
    return f'<path transform="{moved}" fill="#000" shape-rendering="crispEdges" d="{path}"/>'


def dark_runs(rows: tuple[tuple[bool, ...], ...]) -> Iterator[tuple[int, int, int]]:
    """Row, start and length, in modules, of each unbroken run of dark modules."""
    for number, row in enumerate(rows):
        start = 0
        for is_dark, run in groupby(row):
            length = sum(1 for _ in run)
            if is_dark:
                yield number, start, length
            start += length
