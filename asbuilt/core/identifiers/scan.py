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
_RETAIL_SYMBOLS = {"]E0": (13, 12), "]E3": (18, 15), "]E4": (8,), "]I1": (14,)}
"""EAN-13 and UPC, the same with an add-on of five or two digits, EAN-8, ITF-14: digits of what they may hold."""
_ADD_ON_BEHIND = 13

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BRACKETED = re.compile(r"\(\d{2,4}\)")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_EPC_URN = re.compile(r"urn:epc:", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(0[xX])?([0-9A-Fa-f]{2,}(?: [0-9A-Fa-f]{2,})*)")
_EPC_DIGITS_MIN = 24
"""Hexadecimal digits of the shortest EPC that is common, 96 bits; shorter runs may as well be serial numbers."""
_WORD_DIGITS = 4
"""Hexadecimal digits of the words in which the memory of a tag is read."""

_CHECKED_KEYS = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13, "413": 13,
    "414": 13, "415": 13, "416": 13, "417": 13, "8003": 14, "8006": 18, "8017": 18, "8018": 18,
}  # fmt: skip
"""AIs of keys with a check digit, and how many digits there are up to and with it."""
_UNCHECKED_KEYS = ("401", "8004", "8010", "8013")
_KEYS = re.compile("|".join(f"{ai}\\d{{{digits}}}" for ai, digits in _CHECKED_KEYS.items()))

_UNDECODED = "\ufffd"
"""What stands in a text for bytes that could not be decoded."""
_WITH_GS1_KEYS = (Scheme.GS1, Scheme.DIGITAL_LINK, Scheme.EPC_BINARY)
_SEPARATORS = "\x1c\x1d\x1e\x1f\x04"


def read(text: str, *, company_prefix_length: int | None = None) -> Reading:
    """Read a scan. Never raises: what is wrong is told by the faults of the reading.

    company_prefix_length: digits of the GS1 company prefix of our own keys, 6 to 12, without which the EPC of a GS1
    key cannot be told (TDS, section 7).
    """
    as_it_came, text = text, text.strip(" \t\r\n")
    if not text:
        return _refused("empty", "the scan is empty; scan again")
    if len(text) > SCAN_MAX:
        return _refused("too-long", f"the scan is {len(text)} characters long; at most {SCAN_MAX} are read")
    reading = _read(text)
    if reading.scheme is Scheme.HIBC and not reading.is_valid and as_it_came.rstrip("\t\r\n").endswith(" "):
        reading = _read(f"{text} ")  # the check character of HIBC may be a blank
    return _completed(reading, company_prefix_length)


def split_symbology(text: str) -> tuple[str, str]:
    """The symbology identifier that a reader put in front (ISO/IEC 15424), empty for none, and what is behind it."""
    symbol = _SYMBOLOGY.match(text)
    return ("", text) if symbol is None else (symbol[0], text[symbol.end() :])


def _read(text: str) -> Reading:
    prefix, content = split_symbology(text)
    if not prefix:
        return _by_content(text)
    if not content:
        return _refused("empty", f"there is nothing behind the symbology identifier {prefix}; scan again")
    if prefix in _GS1_SYMBOLS:
        return read_elements(content)
    if prefix in _RETAIL_SYMBOLS:
        return _trade_item(content, _RETAIL_SYMBOLS[prefix])
    return _by_content(content, may_be_elements=False)


def _by_content(text: str, *, may_be_elements: bool = True) -> Reading:
    """What the text itself says it is. No element string is in a symbol that announces itself as none of GS1."""
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
    if may_be_elements:
        return _elements_or_number(text)
    return _tag(text, is_in_doubt=True) or _plain(text)


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
    tag = _tag(text, is_in_doubt=elements is not None and begins_with_a_key)
    if tag is not None:
        return tag
    if elements is not None and (begins_with_a_key or "\x1d" in text):
        return elements
    return _plain(text)


def _tag(text: str, *, is_in_doubt: bool) -> Reading | None:
    """The memory of a tag in hexadecimal, also with `0x` before it or blanks in it; None where the text is none.

    is_in_doubt: whether it may be something else, so that only an EPC that is right is one. So it is with digits that
    are no whole words, unless they say by `0x` what they are.
    """
    found = _HEXADECIMAL.fullmatch(text)
    if found is None:
        return None
    digits = found[2].replace(" ", "")
    if len(digits) < _EPC_DIGITS_MIN:
        return None
    tag = read_hex(digits)
    is_whole = len(digits) == len(found[2]) and len(digits) % _WORD_DIGITS == 0
    return tag if tag.is_valid or (not is_in_doubt and (is_whole or found[1] is not None)) else None


def _begins_with_a_key(text: str) -> bool:
    return _KEYS.match(text) is not None or text.startswith(_UNCHECKED_KEYS)


def _trade_item(content: str, lengths: tuple[int, ...]) -> Reading:
    """The GTIN of a retail or logistics bar code, as 14 digits, without the add-on of a magazine or book."""
    if not (content.isascii() and content.isdigit() and len(content) in lengths):
        return _refused(
            "length", f"such a bar code holds {' or '.join(map(str, lengths))} digits; scan again", Scheme.GS1
        )
    has_add_on = lengths == _RETAIL_SYMBOLS["]E3"]
    gtin = (content[:_ADD_ON_BEHIND] if has_add_on else content).zfill(14)
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
    if _UNDECODED in text:
        return _refused("undecodable", "the scan holds bytes that are no UTF-8 text; set the reader to send UTF-8")
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
    if epc is None and company_prefix_length is not None and reading.scheme in _WITH_GS1_KEYS:
        epc = epc_of(elements, company_prefix_length=company_prefix_length)
    if (link, epc) == (reading.digital_link, reading.epc):
        return reading
    return Reading(scheme=reading.scheme, elements=reading.elements, digital_link=link, epc=epc)
