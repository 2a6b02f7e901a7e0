"""The control characters of an envelope, and what keyboard scanners and label programs make of them.

A scanner that poses as a keyboard cannot type a record separator. Some spell it, each in its way; some leave it out.
"""

import re
from dataclasses import dataclass
from typing import Final

from asbuilt.core.identifiers.reading import Fault

FS: Final = "\x1c"
GS: Final = "\x1d"
RS: Final = "\x1e"
US: Final = "\x1f"
EOT: Final = "\x04"

HEADER: Final = "[)>"

_REAL = re.compile("[\x04\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way to write RS, GS and EOT. alone: whether it means nothing else wherever it stands."""

    rs: str
    gs: str
    eot: str
    alone: bool = True

    def pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, (self.rs, self.gs, self.eot))), re.ASCII | re.IGNORECASE)


_SPELLINGS: Final = (
    _Spelling("{RS}", "{GS}", "{EOT}"),
    _Spelling("<RS>", "<GS>", "<EOT>"),
    _Spelling("[RS]", "[GS]", "[EOT]"),
    _Spelling("(RS)", "(GS)", "(EOT)", alone=False),
    _Spelling("{1E}", "{1D}", "{04}"),
    _Spelling("<1E>", "<1D>", "<04>"),
    _Spelling("{0x1E}", "{0x1D}", "{0x04}"),
    _Spelling("<0x1E>", "<0x1D>", "<0x04>"),
    _Spelling("[0x1E]", "[0x1D]", "[0x04]"),
    _Spelling(r"\x1E", r"\x1D", r"\x04"),
    _Spelling(r"\u001E", r"\u001D", r"\u0004"),
    _Spelling("&#30;", "&#29;", "&#4;"),
    _Spelling("&#x1E;", "&#x1D;", "&#x4;"),
    _Spelling("\u241e", "\u241d", "\u2404"),  # the symbols for control characters
    _Spelling("\u25b2", "\u2194", "\u2666"),  # code page 437, typed with the Alt key
    _Spelling("^^", "^]", "^D", alone=False),
    _Spelling("%1E", "%1D", "%04", alone=False),
    _Spelling(r"\036", r"\035", r"\004", alone=False),
)


def with_real_control_characters(text: str) -> str | Fault:
    """The envelope with the control characters its scanner spelled.

    Separators are taken for spelled only where the message header says how, and nothing speaks against it: no second
    spelling and no real separator besides.
    """
    spelling = next((one for one in _SPELLINGS if _follows_header(text, one.rs)), None)
    if spelling is None:
        return _mixed() if _REAL.search(text) and _is_spelled_anywhere(text) else text
    real = {spelling.rs.upper(): RS, spelling.gs.upper(): GS, spelling.eot.upper(): EOT}
    restored = spelling.pattern().sub(lambda found: real[found[0].upper()], text)
    return _mixed() if _REAL.search(text) or _is_spelled_anywhere(restored) else restored


def has_real_control_characters(text: str) -> bool:
    return _REAL.search(text) is not None


def _follows_header(text: str, spelled: str) -> bool:
    return text[len(HEADER) : len(HEADER) + len(spelled)].upper() == spelled.upper()


def _is_spelled_anywhere(text: str) -> bool:
    return any(spelling.pattern().search(text) for spelling in _SPELLINGS if spelling.alone)


def _mixed() -> Fault:
    message = "some separators are spelled and others are not; set the scanner to send control characters, scan again"
    return Fault("separators-mixed", message)
