"""Data identifiers (DI) and their values: ANSI MH10.8.2, ISO/IEC 15418."""

import re
from functools import cache
from typing import Final

from asbuilt.core.identifiers.mh10.patterns import YYMMDD_QUALIFIED, YYYYMMDD, DataIdentifier
from asbuilt.core.identifiers.mh10.table_b_to_l import TABLE_B_TO_L
from asbuilt.core.identifiers.mh10.table_m_to_z import TABLE_M_TO_Z
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

SCAN_MAX: Final = 8192
"""Longest scan looked at, in characters; the largest symbol, a QR Code, holds fewer."""

DATA_IDENTIFIERS: Final = {entry.id: entry for entry in (*TABLE_B_TO_L, *TABLE_M_TO_Z)}

_SIGNS = r"#$%&()*+,./:=@_\-"
_PLAIN = rf"(?=.*[0-9A-Z])[0-9A-Za-z{_SIGNS}](?:[0-9A-Za-z {_SIGNS}]*[0-9A-Za-z{_SIGNS}])?"
"""What is taken where the format is left to the parties. The published pattern would refuse the hyphens of most part
numbers and contradicts the descriptions of many identifiers (3W, 6Q, 13E). Left out are the signs with which scanners
spell control characters, so that a lost separator cannot hide in a value."""
_TEXT = r"(?=.*[0-9A-Z])[!-~](?:[ -~]*[!-~])?"
_GLOBAL = r"(?=.*[0-9A-Z])[-0-9A-Z/.+:*_]+"
"""Identifiers after ISO/IEC 15459: issuing agency code, company, and what the company adds; no lower case."""

_WIDENED: Final = {
    # Identifiers after ISO/IEC 15459.
    **dict.fromkeys(("26B", "25H", "25K", "26K", "25P", "25S", "37S", "25T", "18V"), _GLOBAL),
    # Texts, and data under the rules of another list.
    **dict.fromkeys(("3C", "1N", "3N", "4N", "5N", "6N", "7N", "8N", "10N", "11N", "12N", "6R"), _TEXT),
    **{di: _TEXT for di, entry in DATA_IDENTIFIERS.items() if di.endswith("Z") and entry.pattern == "[0-9A-Z]+"},
    # Names and addresses have blanks and signs.
    **dict.fromkeys(("17B", "6H", "28L", "29L"), r"(?=.*[0-9A-Z])[ -~]{1,35}"),
    "H": r"(?=.*[0-9A-Z])[ -~]{1,60}",
    "28P": r"(?=.*[0-9A-Z])[ -~]{1,100}",
    "52P": r"(?=.*[0-9A-Z])[ -~]{1,50}",
    "8H": r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~@-]{3,35}",
    # The description or its example asks for what the published pattern lacks.
    "4B": r"[0-9A-Z]{4}(?:.[0-9A-Z]{1,10})?",
    "29B": r"[0-9A-Z +/.-]{1,50}",
    "5D": rf"(?:{YYMMDD_QUALIFIED})[0-9A-Z]{{0,3}}",
    "6D": rf"(?:{YYYYMMDD})[0-9A-Z]{{0,3}}",
    "9H": r"[0-9A-Z-]{10,12}",
    "12H": r"[0-9A-Z]{2,3}",
    "12K": r"[0-9A-Z-]{5,29}",
    "21K": r"[-!\"%&'()*,./0-9:;<=>?A-Z_a-z ]+",
    "27L": r"[A-Z]{4}\d{1,3}|[A-Z]{2}[0-9A-Z]{3}(?:\+\d{1,3})*",
    "30L": r"[0-9A-Z -]{1,9}",
    "31L": r"[0-9A-Z -]{4,11}",
    "27P": r"[\d.]{7,12}",
    "50P": r"[0-9A-Za-z./_+-]{3,35}",
    "54P": r"[!-~]{1,35}",
    "12Q": r"\d{1,10}(?:\.\d{1,4})?[0-9A-Z]{3}",
    "31Q": r"[A-Z]{3}\d{3}|[A-Z]{3}|\d{3}",
    "32Q": r"[0-9A-Z.+-]{3,35}",
    "8R": r"[0-9A-Z.]{1,10}",
    "42S": r"\d{2}[0-9A-Z/-]{3,42}",
}

_DATA_IDENTIFIER = re.compile(r"[0-9]{0,3}[A-Z]")
_AIM_PREFIX = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_CARRIES_NO_DATA_IDENTIFIER = re.compile(r"\](?:C[1-9]|E.|X.|e.|d[2-9]|Q[3-9]|J1)")
"""EAN/UPC, and GS1 symbols, whose data are application identifiers (ISO/IEC 15424)."""


def value_fits(data_identifier: DataIdentifier, value: str) -> bool:
    """Whether `value` is printable ISO 646, not blank, and as its identifier has it."""
    if not value.isascii() or not value.isprintable() or value.isspace():
        return False
    return _pattern(data_identifier.id).fullmatch(value) is not None


def read_element(text: str) -> Element | Fault:
    """One data element: identifier and value, as it stands between two separators."""
    found = _DATA_IDENTIFIER.match(text)
    entry = DATA_IDENTIFIERS.get(found[0]) if found else None
    if entry is None:
        shown = ascii(text[:8])
        return Fault("unknown-data-identifier", f"{shown} begins with no data identifier; check the label against it")
    value = text[len(entry.id) :]
    if not value_fits(entry, value):
        shown = ascii(value[:40])
        message = f"{shown} is no value for {entry.id} ({entry.title.lower()}); scan again or have the label corrected"
        return Fault("invalid-value", message)
    return Element(entry.id, value)


def read_data_identifier(text: str) -> Reading | None:
    """A linear label with one data identifier and its value, such as `1PABC`; None where the text cannot be one.

    Nothing in a linear symbol says that it is one: the plain serial number `S12345` reads as serial number 12345. It is
    for the caller to know that labels with data identifiers are scanned here.
    """
    if len(text) > SCAN_MAX:
        return Reading(scheme=Scheme.MH10, faults=(too_long(text),))
    if _CARRIES_NO_DATA_IDENTIFIER.match(text):
        return None
    element = read_element(without_aim_prefix(text).rstrip("\r\n"))
    return Reading(scheme=Scheme.MH10, elements=(element,)) if isinstance(element, Element) else None


def without_aim_prefix(text: str) -> str:
    """The text without a symbology identifier such as `]d1` (ISO/IEC 15424)."""
    found = _AIM_PREFIX.match(text)
    return text[found.end() :] if found else text


def too_long(text: str) -> Fault:
    return Fault("too-long", f"the scan has {len(text)} characters, more than any symbol holds; scan one symbol only")


@cache
def _pattern(di: str) -> re.Pattern[str]:
    published = DATA_IDENTIFIERS[di].pattern
    taken = _WIDENED.get(di, _PLAIN if published == "[0-9A-Z]+" else published)
    return re.compile(taken, re.ASCII)
