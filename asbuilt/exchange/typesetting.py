"""Documents set by typst. Texts reach typst as values of JSON, so no text of the record is ever markup."""

import json
import re
from collections.abc import Mapping
from typing import Literal

Standard = Literal["a-2b", "a-3b"]
"""Kinds of PDF/A that documents are set as."""

_NO_FONT = re.compile(r"could not be displayed|no font|missing glyph|not be displayed", re.IGNORECASE)


class Unprintable(ValueError):
    """A document that cannot be set; its text says why, and what to do."""


class TypstMissing(Exception):
    """The package that sets documents is not installed; the text names the command that installs it."""

    def __init__(self) -> None:
        super().__init__("a PDF needs the package typst; install it with: pip install 'asbuilt[labels]'")


def pdf_set(document: str, inputs: Mapping[str, str], *, standard: Standard) -> bytes:
    """The document with its `sys.inputs`, as a PDF of a standard. Raises Unprintable, TypstMissing.

    PDF/A demands that every character has its shape in an embedded font; so a text that no font of this machine has
    is refused, not printed as boxes (ISO 19005-2, 6.2.11.8). The same document and inputs give the same bytes.
    """
    try:
        import typst  # noqa: PLC0415 - an optional package
    except ImportError as problem:
        raise TypstMissing from problem
    try:
        made = typst.compile(
            document.encode(), format="pdf", sys_inputs=dict(inputs), pdf_standards=standard, timestamp=0
        )
    except typst.TypstError as problem:
        raise Unprintable(f"the PDF could not be made: {_why(problem)}") from problem
    assert isinstance(made, bytes), "one PDF, whatever the number of pages"
    return made


def as_input(values: object) -> str:
    """Values for `json(bytes(sys.inputs.…))`."""
    return json.dumps(values, ensure_ascii=False)


def _why(problem: Exception) -> str:
    text = " ".join(str(problem).split())
    if _NO_FONT.search(text):
        return f"{text}. Install a font that has these characters, such as fonts-noto-cjk on Debian"
    return text
