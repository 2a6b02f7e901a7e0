"""The as-built record as PDF/A-3b with its JSON inside (ISO 19005-3): one file that people read and programs check."""

import shlex
from functools import cache
from importlib.resources import files

from asbuilt.exchange.as_built.sheet import sheet
from asbuilt.exchange.typesetting import Standard, as_input, pdf_set
from asbuilt.queries.as_built import AsBuilt, flattened
from asbuilt.queries.wire import encode

STANDARD: Standard = "a-3b"
MEDIA_TYPE = "application/pdf"
SERVED_MAX = 2000
"""Components and operations in a record that a server still sets as PDF; longer ones are set by the command line."""


class TooLong(Exception):
    """A record is too long to be set as PDF while a server waits; the text says which command sets it."""


def pdf_of(record: AsBuilt) -> bytes:
    """The record as PDF/A-3b, A4; attached is what HTTP answers as JSON, byte for byte.

    The same record gives the same bytes, on machines with the same fonts and typst. Raises Unprintable, TypstMissing.
    """
    attached = encode(record)
    inputs = {"sheet": as_input(sheet(record, attached)), "record": attached.decode()}
    return pdf_set(_document(), inputs, standard=STANDARD)


def command_instead(record: AsBuilt) -> str:
    """The command that sets a record which is too long for a server; empty when it is not."""
    if record.component_count <= SERVED_MAX and _line_count(record) <= SERVED_MAX:
        return ""
    at = "" if record.at is None else f" --at {record.at.isoformat()}"
    return f"asbuilt as-built {shlex.quote(record.name)}{at} --format pdf -o as-built.pdf"


def served_pdf_of(record: AsBuilt) -> bytes:
    """The same as pdf_of, of a record that is short enough for a server. Raises TooLong also."""
    if command := command_instead(record):
        raise TooLong(
            f"it has {_line_count(record):,} components and operations, and a server sets up to {SERVED_MAX:,} of them"
            f" as PDF; ask for format=json, or run `{command}`"
        )
    return pdf_of(record)


def _line_count(record: AsBuilt) -> int:
    return len(record.operations) + sum(1 + len(component.operations) for component in flattened(record))


@cache
def _document() -> str:
    return files("asbuilt.exchange.as_built").joinpath("record.typ").read_text(encoding="utf-8")
