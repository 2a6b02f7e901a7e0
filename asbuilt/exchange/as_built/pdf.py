"""The as-built record as PDF/A-3b with its JSON inside (ISO 19005-3): one file that people read and programs check."""

from functools import cache
from importlib.resources import files

from asbuilt.exchange.as_built.sheet import sheet
from asbuilt.exchange.typesetting import Standard, as_input, pdf_set
from asbuilt.queries.as_built import AsBuilt
from asbuilt.queries.wire import encode

STANDARD: Standard = "a-3b"
MEDIA_TYPE = "application/pdf"


def pdf_of(record: AsBuilt) -> bytes:
    """The record as PDF/A-3b, A4; attached is what HTTP answers as JSON, byte for byte.

    The same record gives the same bytes, on machines with the same fonts and typst. Raises Unprintable, TypstMissing.
    """
    attached = encode(record)
    inputs = {"sheet": as_input(sheet(record, attached)), "record": attached.decode()}
    return pdf_set(_document(), inputs, standard=STANDARD)


@cache
def _document() -> str:
    return files("asbuilt.exchange.as_built").joinpath("record.typ").read_text(encoding="utf-8")
