"""Bar codes as modules. Each one is read again, from its own modules, before anybody gets it.

Sources: ISO/IEC 16022 (Data Matrix), 18004 (QR Code), 15417 (Code 128), 15424 (symbology identifiers); GS1 General
Specifications, section 5 (FNC1 in the first position is what makes a symbol a GS1 symbol).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from asbuilt.core.identifiers.reading import Element
from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing

CONTENT_MAX = 800
"""Longest content put into a symbol, in bytes; larger ones are too dense for a label printer."""

_SCALE = 4
"""Pixels a module has when a symbol is read again."""
_BAR_PIXELS = 40
"""Height of a linear symbol when it is read again."""


class Symbology(StrEnum):
    """How content is drawn."""

    DATA_MATRIX = "datamatrix"
    QR_CODE = "qr"
    CODE_128 = "code128"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a symbol says.

    text: as a reader transmits it, a GS (U+001D) for each separator, without the FNC1 in first position.
    elements: of a GS1 element string, those of predefined length first; empty for any other content.
    readable: the human-readable interpretation, a piece for each element.
    """

    text: str
    elements: tuple[Element, ...] = ()
    readable: tuple[str, ...] = ()

    @property
    def is_gs1(self) -> bool:
        return bool(self.elements)

    @property
    def said(self) -> str:
        """What it says in characters that can be seen: the text where it has no others, else element by element."""
        return " ".join(self.readable) if self.is_gs1 or not self.text.isprintable() else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A symbol as modules, True for dark, without its quiet zone; a linear one has a single row.

    identifier: the symbology identifier (ISO/IEC 15424) with which a reader announced it, such as `]d2`.
    """

    symbology: Symbology
    content: Content
    rows: tuple[tuple[bool, ...], ...]
    identifier: str

    @property
    def width(self) -> int:
        """Modules across, without the quiet zone."""
        return len(self.rows[0])

    @property
    def quiet(self) -> int:
        """Modules that must stay white on either side (Data Matrix 1, QR Code 4, Code 128 10)."""
        return _QUIET[self.symbology]

    @property
    def is_linear(self) -> bool:
        return self.symbology is Symbology.CODE_128


_QUIET = {Symbology.DATA_MATRIX: 1, Symbology.QR_CODE: 4, Symbology.CODE_128: 10}

_IDENTIFIERS = {
    (Symbology.DATA_MATRIX, True): ("]d2",),
    (Symbology.QR_CODE, True): ("]Q3",),
    (Symbology.CODE_128, True): ("]C1",),
    (Symbology.DATA_MATRIX, False): ("]d1", "]d4"),  # ]d4 and ]Q2 where an ECI says that the text is UTF-8
    (Symbology.QR_CODE, False): ("]Q1", "]Q2"),
    (Symbology.CODE_128, False): ("]C0",),
}
"""By symbology and whether the content is GS1: how a reader must announce it."""


def symbol_of(content: Content, symbology: Symbology) -> Symbol:
    """`content` as a symbol that was read again. Raises LabelProblem, LabelsMissing."""
    size = len(content.text.encode())
    if not 0 < size <= CONTENT_MAX:
        raise LabelProblem(f"a symbol with {size} bytes cannot be marked; 1 to {CONTENT_MAX} are possible")
    rows = _drawn(content, symbology)
    return checked(Symbol(symbology=symbology, content=content, rows=rows, identifier=""))


def checked(symbol: Symbol) -> Symbol:
    """`symbol` with the identifier its reader gave. Raises LabelProblem when it says anything but its content.

    What is compared: the bytes, separators included, and by the identifier whether FNC1 stands in first position.
    """
    read = _read_again(symbol)
    wanted = _IDENTIFIERS[symbol.symbology, symbol.content.is_gs1]
    if read is None:
        raise LabelProblem("the symbol could not be read again after it was made; nothing is printed. Report this")
    content, identifier = read
    if content != symbol.content.text.encode() or identifier not in wanted:
        raise LabelProblem(
            f"the symbol was read again as {identifier} {content!r} instead of {wanted[0]} "
            f"{symbol.content.text.encode()!r}; nothing is printed. Report this"
        )
    return Symbol(symbology=symbol.symbology, content=symbol.content, rows=symbol.rows, identifier=identifier)


def _drawn(content: Content, symbology: Symbology) -> tuple[tuple[bool, ...], ...]:
    library = _library()
    given = _bracketed(content.elements) if content.is_gs1 else content.text
    options: dict[str, Any] = {"gs1": True} if content.is_gs1 else {}
    if symbology is Symbology.DATA_MATRIX:
        options["force_square"] = True  # or it takes rectangles that older readers do not know (]d8)
    elif symbology is Symbology.QR_CODE:
        options["ec_level"] = "M"
    try:
        made = library.create_barcode(given, _format(symbology), **options)
    except ValueError as problem:
        raise LabelProblem(f"{content.text!a} cannot be drawn as {symbology}: {problem}") from problem
    pixels: Any = memoryview(made.to_image(scale=1, add_quiet_zones=False)).tolist()  # rows of brightnesses
    rows = pixels[:1] if symbology is Symbology.CODE_128 else pixels
    return tuple(tuple(pixel == 0 for pixel in row) for row in rows)


def _bracketed(elements: tuple[Element, ...]) -> str:
    """Elements in brackets as zxing-cpp takes them: brackets inside a value escaped, closing ones too."""
    return "".join(f"({element.id})" + element.value.replace("(", "\\(").replace(")", "\\)") for element in elements)


def texts_in(dots: memoryview) -> list[str]:
    """What the codes on a picture say, as a reader transmits it: with the symbology identifier in front.

    dots: a byte each, row by row, 0 for black. Any symbology that zxing-cpp knows. Raises LabelsMissing.
    """
    found = _library().read_barcodes(dots)
    return [f"{one.symbology_identifier}{bytes(one.bytes).decode('utf-8', 'replace')}" for one in found if one.valid]


def _read_again(symbol: Symbol) -> tuple[bytes, str] | None:
    """What a reader makes of the modules: bytes and symbology identifier."""
    library = _library()
    width = symbol.width + 2 * symbol.quiet
    margin = [False] * symbol.quiet
    around = [[False] * width] * symbol.quiet
    rows = [[*margin, *row, *margin] for row in symbol.rows]
    pixel_rows = [bytes(0 if dark else 255 for dark in row for _ in range(_SCALE)) for row in [*around, *rows, *around]]
    repeats = [
        _BAR_PIXELS if symbol.is_linear and symbol.quiet <= n < symbol.quiet + len(rows) else _SCALE
        for n in range(len(pixel_rows))
    ]
    pixels = b"".join(row * times for row, times in zip(pixel_rows, repeats, strict=True))
    image = memoryview(pixels).cast("B", shape=[sum(repeats), width * _SCALE])
    found = library.read_barcodes(image, formats=_format(symbol.symbology))
    if len(found) != 1:
        return None
    return bytes(found[0].bytes), str(found[0].symbology_identifier)


def _format(symbology: Symbology) -> Any:  # noqa: ANN401 - as below
    formats = _library().BarcodeFormat
    return {
        Symbology.DATA_MATRIX: formats.DataMatrix,
        Symbology.QR_CODE: formats.QRCode,
        Symbology.CODE_128: formats.Code128,
    }[symbology]


def _library() -> Any:  # noqa: ANN401 - create_barcode takes untyped keywords, which --strict would not let us call
    """zxing-cpp, which is loaded when the first symbol is made."""
    try:
        import zxingcpp  # noqa: PLC0415 - an optional package
    except ImportError as problem:
        raise LabelsMissing("zxing-cpp") from problem
    return zxingcpp
