"""The unique item identifier (UII) of the U.S. Department of Defense and NATO: MIL-STD-130N, tables IV, V and VII."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from asbuilt.core.identifiers.reading import Element

_WHOLE: Final = ("25S", "22S", "37S", "I", "UID", "8002", "8003", "8004")
"""Values that are the identifier already, among them the equivalents: ESN, VIN, GRAI and GIAI."""
_WITHIN_CAGE: Final = ("18S", "USN", "UST")
"""CAGE code and serial number in one element."""

_ENTERPRISES: Final = {
    "17V": "D",
    "7L": "LD",
    "12V": "UN",
    "3V": "",
    "18V": "",
    "CAG": "D",
    "MFR": "D",
    "SPL": "D",
    "DUN": "UN",
    "EUC": "",
}
"""Who gives the number: the issuing agency code that comes before it. A GS1 company prefix and 18V contain theirs."""
_ENTERPRISE_FORM: Final = {
    "D": re.compile(r"[0-9A-Z]{5}"),
    "LD": re.compile(r"[0-9A-Z]{6}"),
    "UN": re.compile(r"[0-9]{9}"),
    "": re.compile(r"[0-9A-Z]{4,20}"),
}

_SERIALS_IN_ENTERPRISE: Final = ("SER", "UCN")
_SERIALS_IN_PART: Final = ("S", "SEQ")
_PARTS: Final = ("1P", "1T", "PNO", "LOT", "LTN", "BII")
"""Original part number, lot or batch number within which the serial number is unique."""

_UII = re.compile(r"[0-9A-Z/-]{1,50}")
_GRAI_WITHOUT_SERIAL: Final = 14


def unique_item_identifier(elements: Sequence[Element]) -> str | None:
    """The identifier that `elements` make together, or None where they make none or more than one.

    Construct 1 is issuing agency code, enterprise and serial number; construct 2 has the original part, lot or batch
    number between the last two. Current part numbers (30P, PNR) and traceability numbers (30T) play no part.
    """
    whole = {*_whole(elements)}
    if whole:
        return _checked("".join(whole)) if len(whole) == 1 else None
    enterprise = _only(elements, _ENTERPRISES)
    if enterprise is not None:
        agency = _ENTERPRISES[enterprise.id]
        if not _ENTERPRISE_FORM[agency].fullmatch(enterprise.value):
            return None
        return _constructed(agency + enterprise.value, elements)
    # A part number that already begins with issuing agency and enterprise.
    part, serial = _only(elements, ("25P",)), _only(elements, _SERIALS_IN_PART)
    return _checked(part.value + serial.value) if part and serial and _has_none(elements, _ENTERPRISES) else None


def _whole(elements: Sequence[Element]) -> Iterable[str]:
    for element in elements:
        if element.id == "8003" and len(element.value) <= _GRAI_WITHOUT_SERIAL:
            continue
        if element.id in _WHOLE:
            yield element.value
        elif element.id in _WITHIN_CAGE:
            yield f"D{element.value}"
        elif element.id == "42S":
            yield element.value[2:]


def _constructed(enterprise: str, elements: Sequence[Element]) -> str | None:
    in_enterprise, in_part = _only(elements, _SERIALS_IN_ENTERPRISE), _only(elements, _SERIALS_IN_PART)
    if in_enterprise is not None and _has_none(elements, _SERIALS_IN_PART):
        return _checked(enterprise + in_enterprise.value)
    part = _only(elements, _PARTS)
    if in_part is not None and part is not None and _has_none(elements, _SERIALS_IN_ENTERPRISE):
        return _checked(enterprise + part.value + in_part.value)
    return None


def _only(elements: Sequence[Element], ids: Iterable[str]) -> Element | None:
    """The one element with one of these identifiers."""
    wanted = frozenset(ids)
    found = [element for element in elements if element.id in wanted]
    return found[0] if len(found) == 1 else None


def _has_none(elements: Sequence[Element], ids: Iterable[str]) -> bool:
    wanted = frozenset(ids)
    return all(element.id not in wanted for element in elements)


def _checked(identifier: str) -> str | None:
    return identifier if _UII.fullmatch(identifier) else None
