"""A label as ZPL II, for label printers of Zebra and those that understand them. Source: ZPL II Programming Guide.

Symbols are drawn (`^GF`): what is printed are the very modules that were read again. Where the printer is to make them
itself (native), Data Matrix is `^BX` and GS1-128 is `^BC`; a QR Code stays drawn, because `^BQ` knows no FNC1 and
places the symbol ten dots too low.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

from asbuilt.core.events.identity import COPIES_MAX
from asbuilt.exchange.labels.layout import Layout, Line, PlacedSymbol
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.symbols import Symbol, Symbology
from asbuilt.exchange.labels.template import Rule


class Dpi(IntEnum):
    """Resolutions of print heads; their dots per mm are whole numbers (`^JM`)."""

    DPI_203 = 203
    DPI_300 = 300
    DPI_600 = 600

    @property
    def dots_per_mm(self) -> int:
        return {Dpi.DPI_203: 8, Dpi.DPI_300: 12, Dpi.DPI_600: 24}[self]


_LATIN_END = "\u0180"
"""The resident font 0 has the Latin letters up to here; what it lacks it prints as nothing."""
_TYPOGRAPHY = str.maketrans({"…": "...", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "−": "-"})
_WIDTH_OF_HEIGHT = 0.85  # so narrow that the widest letters of font 0 stay within the width reckoned with
_HARMLESS = frozenset(map(chr, range(0x20, 0x7F))) - frozenset("^~\\")
_GS = "\x1d"
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_EVEN_DIGITS = re.compile(r"(?:\d\d){2,}")


def zpl_of(layout: Layout, dpi: Dpi, *, copies: int = 1, native: bool = False) -> str:
    """The label as one format, `^XA` to `^XZ`; layout: made for the same resolution. Raises LabelProblem."""
    if not 1 <= copies <= COPIES_MAX:
        raise LabelProblem(f"{copies} copies cannot be printed; 1 to {COPIES_MAX} are possible")
    dots = dpi.dots_per_mm
    parts = ["^XA", "^CI28", "^LH0,0", f"^PW{round(layout.width * dots)}", f"^LL{round(layout.height * dots)}"]
    parts += [_rule(rule, dots) for rule in layout.rules]
    parts += [_symbol(placed, dots, native=native) for placed in layout.symbols]
    parts += [_text(line, dots) for line in layout.lines]
    return "\n".join([*parts, f"^PQ{copies}", "^XZ", ""])


def field_data(text: str) -> str:
    r"""`text` as field data that holds no command: `^`, `~`, `\` and all that is not plain ASCII as `\XX` (`^FH\`)."""
    return "".join(chr(byte) if chr(byte) in _HARMLESS else f"\\{byte:02X}" for byte in text.encode())


def _rule(rule: Rule, dots: int) -> str:
    thick = max(1, round(rule.thickness * dots))
    return f"^FO{round(rule.x * dots)},{round(rule.y * dots)}^GB{round(rule.width * dots)},{thick},{thick}^FS"


def _text(line: Line, dots: int) -> str:
    text = line.text.translate(_TYPOGRAPHY)
    strange = next((character for character in text if character >= _LATIN_END), None)
    if strange is not None:
        raise LabelProblem(
            f"the font of a ZPL printer lacks {strange!r} (in {line.text[:40]!r}); print the PDF instead"
        )
    height = round(line.size * dots)
    place = f"^FT{round(line.x * dots)},{round(line.y * dots)}"
    return f"{place}^A0N,{height},{round(height * _WIDTH_OF_HEIGHT)}^FH\\^FD{field_data(text)}^FS"


def _symbol(placed: PlacedSymbol, dots: int, *, native: bool) -> str:
    symbol = placed.symbol
    module = round(placed.module * dots)
    place = f"^FO{round(placed.x * dots)},{round(placed.y * dots)}"
    if native and symbol.symbology is Symbology.DATA_MATRIX:
        return f"{place}^BXN,{module},200,,,,_,1^FH\\^FD{field_data(_escaped(symbol))}^FS"
    if native and symbol.symbology is Symbology.CODE_128 and symbol.content.is_gs1:
        bars = f"^BY{module},3.0,{round(placed.height * dots)}^BCN,,N,N,N,N"
        return f"{place}{bars}^FH\\^FD{field_data(code_128(symbol.content.text))}^FS"
    down = round(placed.height * dots) if symbol.is_linear else module
    return f"{place}{_graphic(symbol, across=module, down=down)}^FS"


def _escaped(symbol: Symbol) -> str:
    """Data of `^BX` with `_` as escape: `_1` is FNC1, `_dNNN` another control character, `__` the sign itself."""
    text = symbol.content.text.replace("_", "__")
    if not text.isascii():
        raise LabelProblem(f"{text[:40]!r} is not plain ASCII, which a symbol of the printer's own must be; draw it")
    if symbol.content.is_gs1:
        return "_1" + text.replace(_GS, "_1")
    return _CONTROL.sub(lambda found: f"_d{ord(found[0]):03d}", text)


def code_128(text: str) -> str:
    """Data of `^BC` for a GS1-128, code set by code set: `>8` is FNC1, `>:` begins B, `>;` C, `>6` and `>5` change."""
    out = ">;>8" if _EVEN_DIGITS.match(text) else ">:>8"
    in_c = out.startswith(">;")
    place = 0
    while place < len(text):
        digits = _EVEN_DIGITS.match(text, place)
        pair = text[place : place + 2]
        if text[place] == _GS:
            out, place = out + ">8", place + 1
        elif in_c and len(pair) == 2 and pair.isdigit():  # noqa: PLR2004 - a pair
            out, place = out + pair, place + 2
        elif in_c:
            out, in_c = out + ">6", False
        elif digits is not None:
            out, in_c = out + ">5", True
        else:
            out, place = out + text[place].replace(">", ">0"), place + 1
    return out


def _graphic(symbol: Symbol, *, across: int, down: int) -> str:
    """`^GFA`: rows of dots in hexadecimal, `:` for a row like the one before."""
    rows = list(_dot_rows(symbol, across=across, down=down))
    per_row = len(rows[0]) // 2
    data: list[str] = []
    before = ""
    for row in rows:
        data.append(":" if row == before else row)
        before = row
    total = per_row * len(rows)
    return f"^GFA,{total},{total},{per_row},{''.join(data)}"


def _dot_rows(symbol: Symbol, *, across: int, down: int) -> Iterator[str]:
    for row in symbol.rows:
        bits = "".join(("1" if dark else "0") * across for dark in row)
        bits += "0" * (-len(bits) % 8)
        for _ in range(down):
            yield f"{int(bits, 2):0{len(bits) // 4}X}"
