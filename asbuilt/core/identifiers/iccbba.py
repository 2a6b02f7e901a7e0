"""ISBT 128 data structures, enough for the unique device identifier: ICCBBA ST-001, chapter 2, and ST-017.

A data structure is a data identifier of two or three characters, of which the first is `=` or `&`, and content of a
length that the identifier fixes. Structures follow each other without separators, in any order, with or without the
header of a compound message before them, which says how many there are.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from asbuilt.core.identifiers.check_characters import ALPHANUMERICS, mod_37_2
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

SCAN_MAX: Final = 8192
"""Longest scan looked at, in characters."""

_AIM_PREFIX = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_CARRIES_NO_ISBT = re.compile(r"\](?:C1|E.|X.|e.|d[2-9]|Q[3-9]|J1)")
"""EAN/UPC and GS1 symbols (ISO/IEC 15424). ]C4 is ISBT 128 itself."""

_DAY: Final = r"[0-9]{6}"
_MINUTE: Final = r"[0-9]{10}"
_DONATION: Final = "donation_identification_number"


@dataclass(frozen=True, slots=True)
class _Structure:
    """What follows a data identifier. id: the element's name; pattern: of the content; is_date: of cyyjjj[hhmm]."""

    id: str
    pattern: str
    is_date: bool = False

    def match(self, text: str, place: int) -> re.Match[str] | None:
        return re.compile(self.pattern, re.ASCII).match(text, place)


_STRUCTURES: Final = {
    "=%": _Structure("blood_groups", r"[0-9A-Za-z]{4}"),  # 002
    "=<": _Structure("product_code", r"[A-Z][0-9A-Z]{4}[0-9A-Za-z]{3}"),  # 003
    "=>": _Structure("expiry", _DAY, is_date=True),  # 004
    "&>": _Structure("expiry", _MINUTE, is_date=True),  # 005
    "=*": _Structure("collection_date", _DAY, is_date=True),  # 006
    "&*": _Structure("collection_date", _MINUTE, is_date=True),  # 007
    "=}": _Structure("production_date", _DAY, is_date=True),  # 008
    "&}": _Structure("production_date", _MINUTE, is_date=True),  # 009
    "&(": _Structure("special_testing", r"[0-9A-Za-z]{5}"),  # 010
    "=\\": _Structure("red_cell_antigens", r"[0-9A-Za-z]{18}"),  # 012
    "&\\": _Structure("red_cell_antigens_finnish", r"[0-9A-Za-z]{18}"),  # 013
    "&{": _Structure("platelet_antigens", r"[0-9A-Za-z]{18}"),  # 014
    "=)": _Structure("container_manufacturer_and_catalog_number", r"[0-9A-Za-z]{10}"),  # 017
    "&)": _Structure("lot", r"[0-9A-Za-z]{10}"),  # 018, of the container
    "=;": _Structure("donor_identification_number", r"[0-9A-Z]{21}"),  # 019
    "='": _Structure("staff_member", r"[0-9A-Z]{11}"),  # 020
    "=-": _Structure("manufacturer_and_catalog_number", r"[0-9A-Za-z]{10}"),  # 021
    "&-": _Structure("item_lot", r"[0-9A-Za-z]{10}"),  # 022
    "=#": _Structure("patient_date_of_birth", r"[0-9]{10}"),  # 024
    "=]": _Structure("expiry_month", r"[0-9]{4}(?:0[1-9]|1[0-2])"),  # 026
    '&"': _Structure("infection_markers", r"[0-9]{18}"),  # 027
    "=$": _Structure("product_consignment", r"[0-9A-Z]{16}"),  # 028
    "=(": _Structure("flexible_date_and_time", r"[0-9A-Z]{4}[0-9]{12}"),  # 031
    "=,": _Structure("serial", r"[0-9A-Z]{6}"),  # 032, product divisions
    "&+": _Structure("processing_facility_information_code", r"[0-9A-NP-Z]{5}[0-9A-Z]{6}"),  # 033
    "=/": _Structure("processor_product_identification_code", r"[0-9A-NP-Z]{5}[0-9A-Z]{11}"),  # 034
    "&,1": _Structure("lot", r"[0-9A-Z]{1,18}"),  # 035
    "&,2": _Structure("supplemental_identification_number", r"[0-9A-Z]{1,18}"),  # 036
    "&,4": _Structure("single_european_code", r"[A-Z]{2}[0-9A-Z]{30}[0-9]{8}"),  # 038
    "&:": _Structure("global_registration_identifier", r"[0-9A-Z]{17}[0-9]{2}"),  # 039
    "&/": _Structure("chain_of_identity_identifier", r"[0-9A-Z]{15}"),  # 040
}
_DONATION_IDENTIFIER = re.compile(r"=([1-9A-NP-Z][0-9A-NP-Z]{2}[0-9]{10}[0-9A-HJ-NPR-Y]{2})")
"""001; the only structure whose content begins with a character of its identifier."""
_COMPOUND = re.compile(r"=\+([0-9]{2})[0-9]{3}")
"""023: how many structures follow, and which sequence is meant, 000 for none."""
_KNOWN_ELSEWHERE = re.compile(r"&[a-z#$%]|&,3|=[{\[\"]")
"""National structures, those of a length that depends on their content, and retired ones."""
_CHECKED_FLAGS: Final = range(60, 97)
"""Flags of a donation identification number that are its MOD 37-2 check value plus 60 (ST-001, table 3)."""


def read(text: str) -> Reading | None:
    """The data structures in `text`, or None where it begins with none.

    Elements are named by meaning: `processor_product_identification_code` (the device identifier), `serial`,
    `donation_identification_number` (with its two flags), `expiry`, `production_date`, `lot` and so on. Dates are ISO
    8601, with the local time where it is marked: `2014-02-01T23:59`.
    """
    if _CARRIES_NO_ISBT.match(text):
        return None
    prefix = _AIM_PREFIX.match(text)
    text = (text[prefix.end() :] if prefix else text).rstrip("\r\n")
    if not text.startswith(("=", "&")):
        return None
    if len(text) > SCAN_MAX:
        return _refused(Fault("too-long", f"the scan has {len(text)} characters; scan one symbol only"))
    compound = _COMPOUND.match(text)
    elements: list[Element] = []
    place = compound.end() if compound else 0
    while place < len(text):
        found = _read_structure(text, place)
        if isinstance(found, Fault):
            return _refused(found)
        element, place = found
        elements.append(element)
    if compound and int(compound[1]) != len(elements):
        message = f"the message announces {compound[1]} data structures and has {len(elements)}; scan again"
        return _refused(Fault("compound-count", message))
    twice = [id_ for id_, count in Counter(element.id for element in elements).items() if count > 1]
    if twice:
        return _refused(Fault("duplicate-element", f"{twice[0]} is given twice; scan the symbols of one label only"))
    return Reading(scheme=Scheme.ICCBBA, elements=tuple(elements))


def _read_structure(text: str, place: int) -> tuple[Element, int] | Fault:
    """The data structure at `place` and where the next one begins."""
    donation = _DONATION_IDENTIFIER.match(text, place)
    if donation:
        if not _flags_are_right(donation[1]):
            return Fault("check-character", "the donation identification number does not fit its check; scan again")
        return Element(_DONATION, donation[1]), donation.end()
    head = text[place : place + 3]
    identifier = head if head in _STRUCTURES else head[:2]
    structure = _STRUCTURES.get(identifier)
    if structure is None:
        return _unknown(head)
    found = structure.match(text, place + len(identifier))
    if found is None:
        message = f"what follows {identifier} is no {structure.id.replace('_', ' ')}; scan again or check the label"
        return Fault("invalid-value", message)
    value = _iso_date(found[0]) if structure.is_date else found[0]
    if value is None:
        return Fault("invalid-date", f"{found[0]} after {identifier} is no date; have the label corrected")
    return Element(structure.id, value), found.end()


def _unknown(head: str) -> Fault:
    if head.startswith("=+"):
        return Fault("compound-message-malformed", "=+ needs five digits and stands only at the beginning; scan again")
    if re.match(r"=[1-9A-NP-Z]", head):
        return Fault("invalid-value", "what follows = is no donation identification number; scan again")
    if _KNOWN_ELSEWHERE.match(head):
        return Fault("unsupported-data-structure", f"{head!a} begins a data structure that is not read here")
    return Fault("unknown-data-identifier", f"{head!a} begins no ISBT 128 data structure; scan again")


def _flags_are_right(donation: str) -> bool:
    """Flags 60 to 96 are a check over the 13 characters before them; others tell of the label's position (RT004)."""
    number, flags = donation[:13], donation[13:]
    if not flags.isdigit() or int(flags) not in _CHECKED_FLAGS:
        return True
    return mod_37_2(number) == f"{ALPHANUMERICS}*"[int(flags) - _CHECKED_FLAGS.start]


def _iso_date(content: str) -> str | None:
    """cyyjjj[hhmm]: the last three digits of the year and the day in it; 9 means the twentieth century."""
    year = int(content[:3]) + (1000 if content.startswith("9") else 2000)
    first, ordinal = date(year, 1, 1), int(content[3:6])
    if not 1 <= ordinal <= (date(year, 12, 31) - first).days + 1:
        return None
    day = (first + timedelta(days=ordinal - 1)).isoformat()
    hour, minute = content[6:8], content[8:]
    if not hour:
        return day
    return f"{day}T{hour}:{minute}" if hour < "24" and minute < "60" else None


def _refused(fault: Fault) -> Reading:
    return Reading(scheme=Scheme.ICCBBA, faults=(fault,))
