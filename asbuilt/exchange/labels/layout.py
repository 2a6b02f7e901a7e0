"""A template with the facts of one thing: every text and symbol in its place, and none overlapping another."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from asbuilt.exchange.labels.content import Marking, content_of
from asbuilt.exchange.labels.facts import Facts
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.symbols import Symbol, symbol_of
from asbuilt.exchange.labels.template import Interpretation, Rule, SymbolField, Template, TextField

LINE_HEIGHT = 1.2
"""Distance of two lines, in font sizes."""
BASELINE = 0.85
"""How far the baseline is below the top of a line, in font sizes."""

_STEP_MM = 0.1  # by which a font is shrunk
_LATIN_WIDTH = 0.602  # of a character of DejaVu Sans Mono, in font sizes
_OTHER_WIDTH = 0.72  # of a character that another font has to supply
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_PIECES = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text. x, y: of the start of its baseline, in mm; size: of the font, in mm."""

    x: float
    y: float
    size: float
    text: str
    is_bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSymbol:
    """A symbol. x, y: of its upper left module, in mm; height: of the bars, for a linear one."""

    x: float
    y: float
    module: float
    height: float
    symbol: Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A label as it is to be drawn, in mm from the upper left corner."""

    title: str
    width: float
    height: float
    lines: tuple[Line, ...]
    symbols: tuple[PlacedSymbol, ...]
    rules: tuple[Rule, ...]


def layout_of(template: Template, facts: Facts, marking: Marking, *, dots_per_mm: int = 0) -> Layout:
    """The label of one thing. dots_per_mm: of the printer; modules are then whole dots. Raises LabelProblem."""
    _check_needs(template, facts)
    placed = [_placed(field, facts, marking, dots_per_mm=dots_per_mm) for field in template.symbols]
    lines: list[Line] = []
    for field in template.texts:
        lines += _set_text(field, _filled(field.text, facts))
    for one in template.interpretations:
        symbol = placed[one.symbol]
        if symbol is not None:
            lines += _interpreted(one, symbol)
    return Layout(
        title=f"{template.name}: {facts.name}",
        width=template.width,
        height=template.height,
        lines=tuple(lines),
        symbols=tuple(one for one in placed if one is not None),
        rules=template.rules,
    )


def _check_needs(template: Template, facts: Facts) -> None:
    if template.is_of_container and not facts.sscc:
        where = f"is packed in {facts.container!r}, which is no SSCC" if facts.container else "is not packed"
        raise LabelProblem(f"{facts.name} {where}; pack it into a container with an SSCC of 18 digits first")
    for name in template.needs:
        if not getattr(facts, name):
            what = name.replace("_", " ")
            raise LabelProblem(f"{facts.name} has no {what}, which a label {template.name} needs; use another template")


def _filled(text: str, facts: Facts) -> str:
    """The text with its placeholders filled; empty where none of them has a value."""
    texts = facts.texts()
    parts = text.split("  ")  # parts that have a placeholder each, and are left out each
    shown = []
    for part in parts:
        names = _PLACEHOLDER.findall(part)
        if not names or any(texts[name] for name in names):
            shown.append(_PLACEHOLDER.sub(lambda found: texts[found[1]], part).strip())
    return "  ".join(shown)


def _placed(field: SymbolField, facts: Facts, marking: Marking, *, dots_per_mm: int) -> PlacedSymbol | None:
    content = content_of(field.what, field.form, facts, marking)
    if content is None and not field.is_needed:
        return None
    if content is None:
        raise LabelProblem(f"nothing is known of {facts.name} that the symbol could say; use another template")
    symbol = symbol_of(content, field.symbology)
    across = symbol.width + 2 * symbol.quiet
    fitting = field.width / across if symbol.is_linear else min(field.width, field.height) / across
    module = min(fitting, field.module_max)
    module = int(module * dots_per_mm + 1e-9) / dots_per_mm if dots_per_mm else int(module * 1000) / 1000
    if module < field.module_min:
        raise LabelProblem(
            f"the symbol of {facts.name} holds {len(content.text)} characters and would have modules of "
            f"{module:.3f} mm; at least {field.module_min} mm are needed: use a larger template"
            + (", or a printer with more dots" if dots_per_mm else "")
        )
    height = field.height if symbol.is_linear else symbol.width * module
    x = field.x + (field.width - symbol.width * module) / 2
    y = field.y + (field.height - height) / 2
    return PlacedSymbol(x=round(x, 3), y=round(y, 3), module=module, height=height, symbol=symbol)


def _interpreted(field: Interpretation, placed: PlacedSymbol) -> list[Line]:
    pieces = placed.symbol.content.readable
    wanted = TextField(
        x=field.x,
        y=field.y,
        width=field.width,
        height=field.height,
        text="",
        size=field.size,
        size_min=field.size_min,
    )
    return _set_text(wanted, " ".join(pieces))


def _set_text(field: TextField, text: str) -> list[Line]:
    """The text in lines that fit its box, in the largest font that does. Raises LabelProblem."""
    if not text:
        return []
    if not text.isprintable():
        raise LabelProblem(f"{text[:40]!a} holds a control or invisible character; correct it where it was recorded")
    for step in range(round((field.size - field.size_min) / _STEP_MM) + 1):
        size = round(field.size - step * _STEP_MM, 2)
        lines = wrapped(text, field.width / size)
        if len(lines) * size * LINE_HEIGHT <= field.height:
            return [_line(field, line, size, n) for n, line in enumerate(lines)]
    if field.may_be_cut:
        room = int(field.height / (field.size_min * LINE_HEIGHT))
        kept = wrapped(text, field.width / field.size_min - 1)[:room]
        kept = (*kept[:-1], f"{kept[-1]}…")
        return [_line(field, line, field.size_min, n) for n, line in enumerate(kept)]
    raise LabelProblem(
        f"{text[:60]!r} has {len(text)} characters and does not fit its {field.width:g} × {field.height:g} mm; "
        "shorten it, or use a larger template"
    )


def _line(field: TextField, text: str, size: float, number: int) -> Line:
    baseline = round(field.y + size * (BASELINE + number * LINE_HEIGHT), 3)
    return Line(x=field.x, y=baseline, size=size, text=text, is_bold=field.is_bold)


@lru_cache(maxsize=1024)
def wrapped(text: str, width: float) -> tuple[str, ...]:
    """The text in lines of at most `width` font sizes; broken at blanks, and within a word that is longer."""
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        if _width(line + piece.rstrip()) <= width:
            line += piece
            continue
        if _width(piece.rstrip()) > width:
            line += piece  # no line holds it, so it begins where the last one left room
        else:
            lines.append(line.rstrip())
            line = piece
        while _width(line.rstrip()) > width:
            cut = _longest(line, width)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip():
        lines.append(line.rstrip())
    return tuple(lines)


def _longest(text: str, width: float) -> int:
    """How many characters of a text fit, at least one; a combining mark stays with what it is put on."""
    cut = 1
    while cut < len(text) and _width(text[: cut + 1]) <= width:
        cut += 1
    return cut


def _width(text: str) -> float:
    return sum(map(_character_width, text))


@lru_cache(maxsize=4096)
def _character_width(character: str) -> float:
    if character <= "\u024f":
        return _LATIN_WIDTH
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in ("W", "F") else _OTHER_WIDTH
