"""Whatever a scanner, camera or RFID reader delivers: by which scheme it is to be read, and the reading.

The symbology identifier that a reader may put in front (ISO/IEC 15424) decides where there is one. Without it the text
itself must say what it is: a bare run of digits is only taken for a GS1 element string when it begins with an
identification key and all of it is right, because a plain serial number may consist of digits, too.
"""

import re

from asbuilt.core.identifiers import hibc, iccbba
from asbuilt.core.identifiers.epc.elements import elements_of, epc_of
from asbuilt.core.identifiers.epc.readings import read_hex, read_urn
from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.core.identifiers.gs1.digital_link import read_digital_link
from asbuilt.core.identifiers.gs1.elements import SPELLED_SEPARATOR, read_bracketed, read_elements
from asbuilt.core.identifiers.gs1.writing import digital_link
from asbuilt.core.identifiers.mh10.envelopes import read_envelope
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme
from asbuilt.core.identifiers.text import NAME_MAX

SCAN_MAX = 8_192
"""Longest scan read, in characters; the largest symbols hold about 7,000 digits."""

_GS1_SYMBOLS = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
"""GS1-128, GS1 DataBar and composite, GS1 DataMatrix, GS1 QR Code, GS1 DotCode (General Specifications, 5.1.2)."""
_RETAIL_SYMBOLS = {"]E0": 13, "]E3": 18, "]E4": 8, "]I1": 14}
"""EAN-13 and UPC, the same with an add-on of five digits, EAN-8, ITF-14: digits of what they hold."""

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BRACKETED = re.compile(r"\(\d{2,4}\)")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_EPC_URN = re.compile(r"urn:epc:", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{4}){4,}")
_EPC_HEADERS_LENGTH = 24
"""Hexadecimal digits of the shortest EPC that is common, 96 bits; shorter runs may as well be serial numbers."""

_CHECKED_KEYS = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13, "413": 13,
    "414": 13, "415": 13, "416": 13, "417": 13, "8003": 14, "8006": 18, "8017": 18, "8018": 18,
}  # fmt: skip
"""AIs of keys with a check digit, and how many digits there are up to and with it."""
_UNCHECKED_KEYS = ("401", "8004", "8010", "8013")
_KEYS = re.compile("|".join(f"{ai}\\d{{{digits}}}" for ai, digits in _CHECKED_KEYS.items()))

_SEPARATORS = "\x1c\x1d\x1e\x1f\x04"


def read(text: str, *, company_prefix_length: int | None = None) -> Reading:
    """Read a scan. Never raises: what is wrong is told by the faults of the reading.

    company_prefix_length: digits of the GS1 company prefix of our own keys, 6 to 12, without which the EPC of a GS1
    key cannot be told (TDS, section 7).
    """
    text = text.strip(" \t\r\n")
    if not text:
        return _refused("empty", "the scan is empty; scan again")
    if len(text) > SCAN_MAX:
        return _refused("too-long", f"the scan is {len(text)} characters long; at most {SCAN_MAX} are read")
    return _completed(_read(text), company_prefix_length)


def _read(text: str) -> Reading:
    symbol = _SYMBOLOGY.match(text)
    if symbol is None:
        return _by_content(text)
    prefix, content = symbol[0], text[symbol.end() :]
    if not content:
        return _refused("empty", f"there is nothing behind the symbology identifier {prefix}; scan again")
    if prefix in _GS1_SYMBOLS:
        return read_elements(content)
    if prefix in _RETAIL_SYMBOLS:
        return _trade_item(content, _RETAIL_SYMBOLS[prefix])
    return _by_content(content)


def _by_content(text: str) -> Reading:
    """What the text itself says it is."""
    if text.startswith("[)>"):
        return read_envelope(text, gs1=read_elements)
    if _WEB_ADDRESS.match(text):
        return read_digital_link(text)
    if _EPC_URN.match(text):
        return read_urn(text)
    if _BRACKETED.match(text):
        return read_bracketed(text)
    if text[0] == "+" and (found := hibc.read(text)) is not None:
        return found
    if text[0] in "=&" and (found := iccbba.read(text)) is not None:
        return found
    return _elements_or_number(text)


def _elements_or_number(text: str) -> Reading:
    """Of a text without any mark of what it is: an element string, the memory of a tag, or a plain number."""
    spelled = SPELLED_SEPARATOR.match(text)
    if spelled is not None and _begins_with_a_key(text[spelled.end() :]):
        return read_elements(text)  # the FNC1 in front, spelled out
    is_digits = text[0].isascii() and text[0].isdigit()
    elements = read_elements(text) if is_digits or "\x1d" in text else None
    if elements is not None and elements.is_valid and _begins_with_a_key(text):
        return elements
    begins_with_a_key = _KEYS.match(text) is not None
    if _HEXADECIMAL.fullmatch(text) and len(text) >= _EPC_HEADERS_LENGTH:
        tag = read_hex(text)
        if tag.is_valid or elements is None or not begins_with_a_key:
            return tag
    if elements is not None and (begins_with_a_key or "\x1d" in text):
        return elements
    return _plain(text)


def _begins_with_a_key(text: str) -> bool:
    return _KEYS.match(text) is not None or text.startswith(_UNCHECKED_KEYS)


def _trade_item(content: str, digits: int) -> Reading:
    """The GTIN of a retail or logistics bar code, as 14 digits."""
    if not (content.isascii() and content.isdigit() and len(content) in (digits, 12 if digits == 13 else digits)):  # noqa: PLR2004
        return _refused("length", f"such a bar code holds {digits} digits; scan again", Scheme.GS1)
    gtin = content[:13].zfill(14) if digits == _RETAIL_SYMBOLS["]E3"] else content.zfill(14)
    elements = (Element("01", gtin),)
    if check_digit(gtin[:-1]) != int(gtin[-1]):
        fault = Fault("check-digit", f"the check digit of {content} is wrong; scan again, or type the number anew")
        return Reading(scheme=Scheme.GS1, elements=elements, faults=(fault,))
    return Reading(scheme=Scheme.GS1, elements=elements)


def _plain(text: str) -> Reading:
    lost = next((character for character in text if character in _SEPARATORS), None)
    if lost is not None:
        what = f"the separator U+{ord(lost):04X} stands in a text of no known scheme"
        return _refused("separator-in-plain-text", f"{what}; check the symbol and the set-up of the scanner")
    if not text.isprintable():
        return _refused("control-character", "the scan holds a control or invisible character; scan again")
    if len(text) > NAME_MAX:
        return _refused("too-long", f"no number is longer than {NAME_MAX} characters; this has {len(text)}")
    return Reading(scheme=Scheme.PLAIN, elements=(Element("serial", text),))


def _refused(code: str, message: str, scheme: Scheme = Scheme.PLAIN) -> Reading:
    return Reading(scheme=scheme, faults=(Fault(code, message),))


def _completed(reading: Reading, company_prefix_length: int | None) -> Reading:
    """With the other spellings of the same key: the Digital Link of an EPC, and the EPC of a GS1 key."""
    if not reading.is_valid:
        return reading
    link, epc = reading.digital_link, reading.epc
    elements = elements_of(epc) if epc is not None else reading.elements
    if link is None and elements and all(element.id.isdigit() for element in elements):
        link = digital_link(elements)
    if epc is None and company_prefix_length is not None and reading.scheme in (Scheme.GS1, Scheme.DIGITAL_LINK):
        epc = epc_of(elements, company_prefix_length=company_prefix_length)
    if (link, epc) == (reading.digital_link, reading.epc):
        return reading
    return Reading(scheme=reading.scheme, elements=reading.elements, digital_link=link, epc=epc)
