"""A label of a unit or lot, made in one step: what command line and HTTP ask for."""

from dataclasses import dataclass, field
from enum import StrEnum

from asbuilt.exchange.labels.content import Marking
from asbuilt.exchange.labels.facts import facts_of
from asbuilt.exchange.labels.layout import Layout, layout_of
from asbuilt.exchange.labels.pdf import pdf_of
from asbuilt.exchange.labels.svg import svg_of
from asbuilt.exchange.labels.template import template_named
from asbuilt.exchange.labels.zpl import Dpi, zpl_of
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import Named, lot_meant, unit_meant


class Output(StrEnum):
    """As what a label is given."""

    SVG = "svg"
    PDF = "pdf"
    ZPL = "zpl"


MEDIA_TYPES = {Output.SVG: "image/svg+xml", Output.PDF: "application/pdf", Output.ZPL: "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRequest:
    """Which label. native: whether the printer makes the symbols itself."""

    template: str
    marking: Marking = field(default_factory=Marking)
    dpi: Dpi = Dpi.DPI_203
    copies: int = 1
    native: bool = False


def thing_to_label(reader: Reader, text: str, template: str) -> Named:
    """The unit that a text means, or the lot where the template is one of lots. Raises NotFound, Ambiguous."""
    return lot_meant(reader, text) if template_named(template).is_of_lot else unit_meant(reader, text)


def label_of(reader: Reader, named: Named, request: LabelRequest, output: Output) -> bytes:
    """The label of a unit or lot, made. Raises NotFound, LabelProblem, LabelsMissing."""
    layout = label_layout(reader, named, request, is_printed=output is Output.ZPL)
    if output is Output.PDF:
        return pdf_of([layout])
    if output is Output.ZPL:
        return zpl_of(layout, request.dpi, copies=request.copies, native=request.native).encode()
    return svg_of(layout).encode()


def label_layout(reader: Reader, named: Named, request: LabelRequest, *, is_printed: bool) -> Layout:
    """The same, laid out only. is_printed: whether modules are whole dots of the printer."""
    dots = request.dpi.dots_per_mm if is_printed else 0
    return layout_of(template_named(request.template), facts_of(reader, named), request.marking, dots_per_mm=dots)
