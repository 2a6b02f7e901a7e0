"""Health Industry Bar Codes of suppliers: ANSI/HIBC 2.6, read and written.

    + LIC PCN U/M check                                  primary: labeler, product, unit of measure (package level)
    + secondary [/ supplement ...] link check            secondary, a symbol of its own, linked to its primary
    + LIC PCN U/M / secondary [/ supplement ...] check   both in one symbol

The secondary data begin with what they hold: `$$` date and lot, `$$+` date and serial number, `$` lot, `$+` serial
number, or five digits for a Julian date with a lot. The check character is MOD 43 over all that stands before it; the
link is the check character of the primary symbol.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from asbuilt.core.identifiers.check_characters import mod_43, mod_43_is_right
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme
from asbuilt.core.identifiers.text import NameProblem

SCAN_MAX: Final = 8192
"""Longest scan looked at, in characters."""
NUMBER_MAX: Final = 18
"""Longest product, lot or serial number, in characters."""
QUANTITY_MAX: Final = 99999

_AIM_PREFIX = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_CARRIES_NO_HIBC = re.compile(r"\](?:C[1-9]|E.|X.|e.|d[2-9]|Q[3-9]|J1)")
"""EAN/UPC and GS1 symbols (ISO/IEC 15424)."""

_CHARACTERS = re.compile(r"[0-9A-Z\-. $/+%]+")
_LIC = re.compile(r"[A-Z][0-9A-Z]{3}")
_NUMBER = re.compile(rf"[0-9A-Z]{{1,{NUMBER_MAX}}}")
_PRIMARY = re.compile(rf"([A-Z][0-9A-Z]{{3}})([0-9A-Z]{{1,{NUMBER_MAX}}})([0-9])")
_PRIMARY_SYMBOL = re.compile(rf"\+{_PRIMARY.pattern}[0-9A-Z\-. $/+%](?=\+[0-9$])")
_SECONDARY = re.compile(r"(\$\$?\+?)(.*)|(?=[0-9]{5})(.*)")
_SUPPLEMENT = re.compile(r"(S|14D|16D|Q)(.*)")

_QUANTITY_LENGTHS: Final = {"8": 2, "9": 5}
_DATE_FORMATS: Final = {
    "0": re.compile(r"(?P<month>..)(?P<yy>..)"),
    "1": re.compile(r"(?P<month>..)(?P<yy>..)"),
    "2": re.compile(r"2(?P<month>..)(?P<day>..)(?P<yy>..)"),
    "3": re.compile(r"3(?P<yy>..)(?P<month>..)(?P<day>..)"),
    "4": re.compile(r"4(?P<yy>..)(?P<month>..)(?P<day>..)(?P<hour>..)"),
    "5": re.compile(r"5(?P<yy>..)(?P<ordinal>...)"),
    "6": re.compile(r"6(?P<yy>..)(?P<ordinal>...)(?P<hour>..)"),
}
"""By date format flag (appendix E1); 0 and 1 are no flag but the first digit of MMYY. Flag 7 stands for no date."""
_CENTURY: Final = 2000
"""The standard has no rule for the century of two-digit years. It is of 1983, and expiry dates lie ahead."""
_SUPPLEMENT_DATE: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>..)(?P<day>..)")
_SUPPLEMENT_DATES: Final = {"14D": "expiry", "16D": "production_date"}

_Elements = tuple[Element, ...]


def read(text: str) -> Reading | None:
    """The identifiers in `text`, or None where it is no HIBC.

    Elements: `lic`, `pcn`, `uom`, `lot`, `serial`, `expiry`, `production_date`, `quantity`, and `link` of a secondary
    symbol by itself. Dates are ISO 8601 and as precise as marked: `2025-11`, `2025-11-26`, `2025-11-26T16Z` (hours are
    in UTC). A primary symbol and its secondary symbol may stand one behind the other in `text`.
    """
    if _CARRIES_NO_HIBC.match(text):
        return None
    prefix = _AIM_PREFIX.match(text)
    text = text[prefix.end() :] if prefix else text
    if not text.startswith(("+", "*+")):
        return None
    if len(text) > SCAN_MAX:
        found: _Elements | Fault = Fault("too-long", f"the scan has {len(text)} characters; scan one symbol only")
    else:
        found = _read_symbols(_as_encoded(text))
    if isinstance(found, Fault):
        return Reading(scheme=Scheme.HIBC, faults=(found,))
    return Reading(scheme=Scheme.HIBC, elements=found)


def _as_encoded(text: str) -> str:
    """The text without what a scanner adds and what only the printed interpretation has (4.1): stars and `_`."""
    text = text.rstrip("\r\n")
    if text.startswith("*") and text.endswith("*"):
        text = text[1:-1]
    return text[:-2] + text[-2:].replace("_", " ")


def _read_symbols(text: str) -> _Elements | Fault:
    if not _CHARACTERS.fullmatch(text):
        return Fault("invalid-character", "HIBC has only A-Z, 0-9 and -. $/+%; scan again, with caps lock off")
    primary = _PRIMARY_SYMBOL.match(text)
    if primary is None or not mod_43_is_right(primary[0]):
        return _read_symbol(text)
    secondary = _read_symbol(text[primary.end() :])
    if isinstance(secondary, Fault):
        return secondary
    link, *rest = secondary
    if link.value != primary[0][-1]:
        message = f"the second symbol belongs to another product: its link is {link.value!r}, not {primary[0][-1]!r}"
        return Fault("link-character", f"{message}; scan both symbols of one label")
    return (*_primary_elements(primary), *rest)


def _read_symbol(text: str) -> _Elements | Fault:
    """One symbol from flag to check character; the elements of a secondary symbol begin with its link."""
    if not mod_43_is_right(text):
        return Fault("check-character", "the check character is wrong; scan again or have the label corrected")
    kind = text[1:2]
    if kind in {"/", "+"}:
        return Fault("unsupported-hibc-structure", "provider labels and Basic UDI-DI are not read; use the supplier's")
    if kind.isdigit() or kind == "$":
        if len(text) < len("+$LC"):
            return Fault("empty-element", "the secondary symbol holds nothing; have the label corrected")
        found = _read_parts(text[1:-2].split("/"))
        return found if isinstance(found, Fault) else (Element("link", text[-2]), *found)
    first, *parts = text[1:-1].split("/")
    primary = _PRIMARY.fullmatch(first)
    if primary is None:
        return _wrong_primary(first)
    found = _read_parts(parts)
    return found if isinstance(found, Fault) else (*_primary_elements(primary), *found)


def _primary_elements(primary: re.Match[str]) -> _Elements:
    return Element("lic", primary[1]), Element("pcn", primary[2]), Element("uom", primary[3])


def _wrong_primary(data: str) -> Fault:
    if not _LIC.match(data):
        return Fault("invalid-lic", "no labeler code of a letter and three of A-Z 0-9 follows +; have it corrected")
    if not data[-1:].isdigit():
        return Fault("invalid-uom", "no digit for the unit of measure ends the primary data; have the label corrected")
    return Fault("invalid-pcn", f"the product number must be 1 to {NUMBER_MAX} of A-Z 0-9; have the label corrected")


def _read_parts(parts: Sequence[str]) -> _Elements | Fault:
    """Secondary and supplemental data, in the order in which they stand. The same twice is one; otherwise a fault."""
    elements: dict[str, Element] = {}
    for part in parts:
        found = _read_part(part)
        if isinstance(found, Fault):
            return found
        for element in found:
            if elements.setdefault(element.id, element) != element:
                return Fault("contradiction", f"{element.id} is given twice and differs; have the label corrected")
    if parts and not elements:
        return Fault("empty-element", "the secondary data are empty; have the label corrected")
    return tuple(elements.values())


def _read_part(part: str) -> _Elements | Fault:
    if not part:
        return Fault("empty-element", "there is nothing between two slashes; have the label corrected")
    if secondary := _SECONDARY.fullmatch(part):
        flag = secondary[1]
        if flag is None:
            return _read_dated(f"5{part}", "lot")
        id_ = "serial" if flag.endswith("+") else "lot"
        if not flag.startswith("$$"):
            return _numbered(secondary[2], id_)
        return _read_dated(secondary[2], id_) if id_ == "serial" else _read_quantified(secondary[2])
    supplement = _SUPPLEMENT.fullmatch(part)
    if supplement is None:
        return Fault("unknown-supplement", f"{part[:8]!r} begins no HIBC data that are read here; check the label")
    id_, value = supplement[1], supplement[2]
    if id_ == "S":
        return _numbered(value, "serial")
    if id_ == "Q":
        return _quantity(value)
    day = _SUPPLEMENT_DATE.fullmatch(value)
    iso = _iso_date(day) if day else None
    return _wrong_date(value) if iso is None else (Element(_SUPPLEMENT_DATES[id_], iso),)


def _read_quantified(data: str) -> _Elements | Fault:
    """Behind `$$`: a quantity of two or five digits, if any, then date and lot, if any."""
    length = _QUANTITY_LENGTHS.get(data[:1])
    if length is None:
        return _read_dated(data, "lot")
    quantity = _quantity(data[1 : 1 + length]) if len(data) > length else _quantity("")
    rest = data[1 + length :]
    if isinstance(quantity, Fault) or not rest:
        return quantity
    dated = _read_dated(rest, "lot")
    return dated if isinstance(dated, Fault) else (*quantity, *dated)


def _read_dated(data: str, id_: str) -> _Elements | Fault:
    """A date after its format flag, or flag 7, and the lot or serial number."""
    if data.startswith("7"):
        return _numbered(data[1:], id_)
    form = _DATE_FORMATS.get(data[:1])
    if form is None:
        return Fault("invalid-date-format", f"{data[:1]!r} is no date format of HIBC (0-7); have the label corrected")
    dated = form.match(data)
    iso = _iso_date(dated) if dated else None
    if dated is None or iso is None:
        return _wrong_date(data[:9])
    number = _numbered(data[dated.end() :], id_)
    return number if isinstance(number, Fault) else (Element("expiry", iso), *number)


def _numbered(value: str, id_: str) -> _Elements | Fault:
    """A lot number may be empty; a serial number, once announced, may not."""
    if not value and id_ == "lot":
        return ()
    if not _NUMBER.fullmatch(value):
        message = f"{value[:20]!r} is no {id_} number of 1 to {NUMBER_MAX} of A-Z 0-9; have the label corrected"
        return Fault(f"invalid-{id_}", message)
    return (Element(id_, value),)


def _quantity(digits: str) -> _Elements | Fault:
    if not (digits.isdigit() and len(digits) <= len(str(QUANTITY_MAX))):
        return Fault("invalid-quantity", f"{digits[:8]!r} is no quantity; have the label corrected")
    return (Element("quantity", str(int(digits))),)


def _iso_date(parts: re.Match[str]) -> str | None:
    """The date in ISO 8601, or None where the calendar has no such date."""
    found = parts.groupdict()
    if not all(value.isdigit() for value in found.values()):
        return None
    numbers = {name: int(value) for name, value in found.items()}
    year = numbers.get("year", _CENTURY + numbers.get("yy", 0))
    hour = f"T{found['hour']}Z" if "hour" in found else ""
    if numbers.get("hour", 0) > 23:  # noqa: PLR2004 - hours of a day
        return None
    try:
        first = date(year, numbers.get("month", 1), numbers.get("day", 1))
    except ValueError:
        return None
    if "ordinal" not in numbers:
        return f"{first.isoformat()}{hour}" if "day" in numbers else first.isoformat()[: len("2025-11")]
    if not 1 <= numbers["ordinal"] <= (date(year, 12, 31) - first).days + 1:
        return None
    return f"{(first + timedelta(days=numbers['ordinal'] - 1)).isoformat()}{hour}"


def _wrong_date(digits: str) -> Fault:
    return Fault("invalid-date", f"{digits[:12]!r} holds no date; scan again or have the label corrected")


def write(
    *,
    lic: str,
    pcn: str,
    uom: int,
    lot: str | None = None,
    serial: str | None = None,
    expiry: date | None = None,
    production_date: date | None = None,
    quantity: int | None = None,
) -> str:
    """One symbol with primary, secondary and supplemental data and its check character. Raises NameProblem.

    Without lot, serial number, dates and quantity it is the primary symbol. Expiry dates are written YYMMDD, outside
    of 2000 to 2099 as a supplement.
    """
    if not (_LIC.fullmatch(lic) and _NUMBER.fullmatch(pcn) and uom in range(10)):
        raise NameProblem("HIBC takes a labeler code such as A999, a product number of 1 to 18 of A-Z 0-9, one digit")
    for number in (lot, serial):
        if number is not None and not _NUMBER.fullmatch(number):
            raise NameProblem(f"{number!a} cannot be a HIBC lot or serial number: 1 to {NUMBER_MAX} of A-Z 0-9 can")
    if quantity is not None and not 1 <= quantity <= QUANTITY_MAX:
        raise NameProblem(f"{quantity} cannot be a HIBC quantity; give 1 to {QUANTITY_MAX}")
    short = expiry is not None and expiry.year // 100 == _CENTURY // 100
    parts = [f"+{lic}{pcn}{uom:d}"]
    if any(value is not None for value in (lot, serial, expiry, production_date, quantity)):
        dated = f"3{expiry:%y%m%d}" if expiry is not None and short else "7"
        by_serial = lot is None and serial is not None
        parts.append(f"$$+{dated}{serial}" if by_serial else f"$${dated}{lot or ''}")
    if lot is not None and serial is not None:
        parts.append(f"S{serial}")
    if production_date is not None:
        parts.append(f"16D{production_date.year:04}{production_date:%m%d}")
    if expiry is not None and not short:
        parts.append(f"14D{expiry.year:04}{expiry:%m%d}")
    if quantity is not None:
        parts.append(f"Q{quantity:d}")
    text = "/".join(parts)
    return f"{text}{mod_43(text)}"
