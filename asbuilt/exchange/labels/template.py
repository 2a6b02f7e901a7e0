"""Label templates: data, in millimetres from the upper left corner. TEMPLATES is the whole list.

Sizes are those of common stock. Modules keep to the GS1 symbol specification tables (General Specifications, 5.12):
Data Matrix and QR Code for general distribution and healthcare, GS1-128 of logistic labels with bars 31.75 mm high.
"""

from dataclasses import dataclass

from asbuilt.exchange.labels.content import Form, What
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.symbols import Symbology

MODULE_MIN_MM = 0.25
"""Narrowest module: 10 mil, two dots of a printer with 203 dpi (General Specifications, table 7: 0.254 mm)."""
LOGISTIC_MODULE_MIN_MM = 0.495
"""Narrowest module of a GS1-128 on a logistic label (General Specifications, table 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A text in a box. text: with placeholders; left out where none of them has a value.

    size: of the font, shrunk down to size_min before a text that does not fit is refused. may_be_cut: whether it is
    cut off with an ellipsis instead, as a description may be; a number never is.
    """

    x: float
    y: float
    width: float
    height: float
    text: str
    size: float
    size_min: float = 1.5
    is_bold: bool = False
    may_be_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolField:
    """A symbol with its quiet zone in a box. is_needed: whether the label is refused when there is no content."""

    x: float
    y: float
    width: float
    height: float
    symbology: Symbology
    what: What
    form: Form = Form.AUTO
    module_min: float = MODULE_MIN_MM
    module_max: float = 0.6
    is_needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """The human-readable interpretation of a symbol (General Specifications, 4.14): which symbol, and where."""

    symbol: int
    x: float
    y: float
    width: float
    height: float
    size: float
    size_min: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A horizontal line across."""

    x: float
    y: float
    width: float
    thickness: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A label. needs: facts without which it makes no sense. is_of_lot: whether it is for lots, not units."""

    name: str
    title: str
    width: float
    height: float
    needs: tuple[str, ...]
    texts: tuple[TextField, ...]
    symbols: tuple[SymbolField, ...]
    interpretations: tuple[Interpretation, ...]
    rules: tuple[Rule, ...] = ()
    is_of_lot: bool = False
    is_of_container: bool = False


def _small(name: str, title: str, symbology: Symbology, form: Form) -> Template:
    """50 × 25 mm: the symbol at the left, the serial number beside it, the interpretation below."""
    return Template(
        name=name,
        title=title,
        width=50,
        height=25,
        needs=("serial_number",),
        symbols=(SymbolField(x=1, y=1, width=18, height=18, symbology=symbology, what=What.UNIT, form=form),),
        texts=(
            _right(1.4, "{part_number}", height=4.2, size=3.2, is_bold=True),
            _right(5.9, "{description}", height=4.6, size=2.1),
            _right(10.9, "SN {serial_number}", height=5.2, size=2.8, is_bold=True),
            _right(16.4, "Rev {revision}  {work_order}", height=2.4, size=1.9),
        ),
        interpretations=(Interpretation(symbol=0, x=2, y=19.4, width=46, height=5.0, size=2.0),),
    )


def _text(
    *, x: float, y: float, width: float, height: float, text: str, size: float, size_min: float = 1.5, is_bold: bool
) -> TextField:
    return TextField(
        x=x,
        y=y,
        width=width,
        height=height,
        text=text,
        size=size,
        size_min=size_min,
        is_bold=is_bold,
        may_be_cut=text == "{description}",
    )


def _right(y: float, text: str, *, height: float, size: float, is_bold: bool = False) -> TextField:
    return _text(x=20.5, y=y, width=28, height=height, text=text, size=size, is_bold=is_bold)


def _sheet(name: str, title: str, what: What, needs: tuple[str, ...], texts: tuple[TextField, ...]) -> Template:
    """100 × 50 mm: a Data Matrix at the left, texts beside it, the interpretation below."""
    return Template(
        name=name,
        title=title,
        width=100,
        height=50,
        needs=needs,
        symbols=(
            SymbolField(x=3, y=3, width=34, height=34, symbology=Symbology.DATA_MATRIX, what=what, module_max=0.99),
        ),
        texts=texts,
        interpretations=(Interpretation(symbol=0, x=4, y=39, width=92, height=9, size=3.0, size_min=1.8),),
        is_of_lot=what is What.LOT,
    )


def _beside(y: float, text: str, *, height: float, size: float, is_bold: bool = False) -> TextField:
    return _text(x=40, y=y, width=56, height=height, text=text, size=size, size_min=1.8, is_bold=is_bold)


def _full(y: float, text: str, *, height: float, size: float, is_bold: bool = False) -> TextField:
    return _text(x=5, y=y, width=95, height=height, text=text, size=size, size_min=2.2, is_bold=is_bold)


def _bars(y: float, what: What, *, is_needed: bool) -> SymbolField:
    return SymbolField(
        x=0,
        y=y,
        width=105,
        height=32,
        symbology=Symbology.CODE_128,
        what=what,
        form=Form.GS1,
        module_min=LOGISTIC_MODULE_MIN_MM,
        module_max=0.58,
        is_needed=is_needed,
    )


_UNIT = _small("unit", "Mark of a unit, Data Matrix, 50 × 25 mm", Symbology.DATA_MATRIX, Form.AUTO)
_UNIT_LINK = _small(
    "unit-link", "Mark of a unit, QR with Digital Link, 50 × 25 mm", Symbology.QR_CODE, Form.DIGITAL_LINK
)
_PART = _sheet(
    "part",
    "The part of a unit, 100 × 50 mm",
    What.PART,
    ("part_number",),
    (
        _beside(4, "{part_number}", height=13, size=6, is_bold=True),
        _beside(18, "{description}", height=13, size=3.6),
        _beside(32, "Rev {revision}", height=5, size=3.6),
    ),
)
_LOT = _sheet(
    "lot",
    "A lot, 100 × 50 mm",
    What.LOT,
    ("lot_number",),
    (
        _beside(3.5, "{part_number}", height=10, size=5, is_bold=True),
        _beside(14, "{description}", height=8, size=3.2),
        _beside(22.5, "Lot {lot_number}", height=9, size=4.4, is_bold=True),
        _beside(32, "{quantity}  Exp {expires_on}", height=5, size=3.2),
    ),
)
_ORDER = _sheet(
    "order",
    "The work order of a unit, 100 × 50 mm",
    What.ORDER,
    ("work_order",),
    (
        _beside(4, "Order", height=3.8, size=3),
        _beside(8, "{work_order}", height=12, size=6, is_bold=True),
        _beside(21, "{part_number}", height=8, size=4),
        _beside(29.5, "{description}", height=8, size=3),
    ),
)
_CARTON = Template(
    name="carton",
    title="Logistic label of the carton a unit is in, 105 × 148 mm",
    width=105,
    height=148,
    needs=("sscc",),
    texts=(
        _full(5, "From {issuer}", height=10, size=4),
        _full(16, "To {customer}", height=10, size=4),
        _full(27, "Delivery {shipment}", height=5, size=4),
        _full(35, "{part_number}", height=13, size=7, is_bold=True),
        _full(48.5, "{description}", height=10, size=4),
        _full(59, "Count {count}", height=5, size=4),
    ),
    symbols=(
        _bars(66, What.CARTON_CONTENT, is_needed=False),
        _bars(107, What.CARTON, is_needed=True),
    ),
    interpretations=(
        Interpretation(symbol=0, x=5, y=99, width=95, height=5, size=4, size_min=3),
        Interpretation(symbol=1, x=5, y=140, width=95, height=5, size=4, size_min=3),
    ),
    rules=(Rule(x=5, y=33, width=95), Rule(x=5, y=64.5, width=95), Rule(x=5, y=105, width=95)),
    is_of_container=True,
)

TEMPLATES: tuple[Template, ...] = (_UNIT, _UNIT_LINK, _PART, _LOT, _ORDER, _CARTON)


def template_named(name: str) -> Template:
    """The template of that name. Raises LabelProblem."""
    for template in TEMPLATES:
        if template.name == name:
            return template
    raise LabelProblem(f"there is no label template {name!r}; there are {', '.join(one.name for one in TEMPLATES)}")
