"""What the parts of a value must satisfy beyond length and characters: the linters of the GS1 Syntax Dictionary.

A linter gets one component, of the kind and length the table demands, and answers whether it is in order.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from asbuilt.core.identifiers.gs1 import code_lists, coupons, dates
from asbuilt.core.identifiers.gs1.check_digits import has_check_characters, has_check_digit

_COMPANY_PREFIX_MIN = 4
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{7,30}")
_IBAN_ONLY_COUNTRIES = frozenset({"XK"})  # Kosovo: in the IBAN registry, not in ISO 3166-1
_IMPORTER_INDEX = re.compile(r"[-0-9A-Z_a-z]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_POSITION = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")
_LATITUDE_MAX, _LONGITUDE_MAX = 1_800_000_000, 3_600_000_000  # offset by 90° and 180°, in 10⁻⁷ degrees


class Linter(NamedTuple):
    """is_good: the rule. code: of the fault where it is broken. reason: completes "AI … "."""

    is_good: Callable[[str], bool]
    code: str
    reason: str


def _starts_with_company_prefix(value: str) -> bool:
    prefix = value[:_COMPANY_PREFIX_MIN]
    return len(prefix) == _COMPANY_PREFIX_MIN and prefix.isascii() and prefix.isdecimal()


def _has_company_prefix_after_first(value: str) -> bool:
    return _starts_with_company_prefix(value[1:])


def _is_iban(value: str) -> bool:
    """ISO 13616: country, check digits, and modulo 97 of ISO/IEC 7064 over the letters turned to numbers."""
    if not _IBAN.fullmatch(value):
        return False
    country = value[:2]
    if country not in code_lists.COUNTRY_LETTERS and country not in _IBAN_ONLY_COUNTRIES:
        return False
    return int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97 == 1


def _is_piece_of_total(value: str) -> bool:
    half = len(value) // 2
    piece, total = value[:half], value[half:]
    return 0 < int(piece) <= int(total)


def _is_position_in_sequence(value: str) -> bool:
    found = _POSITION.fullmatch(value)
    return found is not None and int(found[1]) <= int(found[2])


def _is_country_or_all(value: str) -> bool:
    return value in code_lists.COUNTRIES or value == "999"


_COMPANY_PREFIX_REASON = "does not begin with a GS1 company prefix, which has at least four digits"
_DATE_REASON = "holds no date of the calendar"
_TIME_REASON = "holds no time of day"
_COUNTRY_REASON = "holds no ISO 3166 country code"
_PERCENT_REASON = "has a percent sign that is not followed by two hexadecimal digits"
_COUPON_REASON = "does not follow the coupon specification"

LINTERS: dict[str, Linter] = {
    "csum": Linter(has_check_digit, "check-digit", "has a wrong check digit: it was misread or mistyped"),
    "csumalpha": Linter(has_check_characters, "check-characters", "has a wrong check character pair"),
    "gcppos1": Linter(_starts_with_company_prefix, "company-prefix", _COMPANY_PREFIX_REASON),
    "gcppos2": Linter(_has_company_prefix_after_first, "company-prefix", _COMPANY_PREFIX_REASON),
    "yymmdd": Linter(dates.is_date, "date", _DATE_REASON),
    "yymmd0": Linter(dates.is_date_or_month, "date", _DATE_REASON),
    "yyyymmdd": Linter(dates.is_full_date, "date", _DATE_REASON),
    "hh": Linter(dates.is_hour, "time", _TIME_REASON),
    "mi": Linter(dates.is_sixtieth, "time", _TIME_REASON),
    "ss": Linter(dates.is_sixtieth, "time", _TIME_REASON),
    "hhmi": Linter(dates.is_hour_and_minute, "time", _TIME_REASON),
    "iso3166": Linter(code_lists.COUNTRIES.__contains__, "country", _COUNTRY_REASON),
    "iso3166999": Linter(_is_country_or_all, "country", _COUNTRY_REASON),
    "iso3166alpha2": Linter(code_lists.COUNTRY_LETTERS.__contains__, "country", _COUNTRY_REASON),
    "iso4217": Linter(code_lists.CURRENCIES.__contains__, "currency", "holds no ISO 4217 currency code"),
    "iso5218": Linter("0129".__contains__, "biological-sex", "holds no ISO 5218 code: 0, 1, 2 or 9"),
    "iban": Linter(_is_iban, "iban", "holds no international bank account number"),
    "latitude": Linter(lambda value: int(value) <= _LATITUDE_MAX, "coordinates", "holds no latitude"),
    "longitude": Linter(lambda value: int(value) <= _LONGITUDE_MAX, "coordinates", "holds no longitude"),
    "importeridx": Linter(
        lambda value: _IMPORTER_INDEX.fullmatch(value) is not None, "importer-index", "holds no importer index"
    ),
    "mediatype": Linter(code_lists.MEDIA_TYPES.__contains__, "media-type", "holds no assigned AIDC media type"),
    "packagetype": Linter(code_lists.PACKAGE_TYPES.__contains__, "package-type", "holds no GS1 package type code"),
    "nonzero": Linter(lambda value: value.strip("0") != "", "zero", "has a part that is zero and must not be"),
    "zero": Linter(lambda value: value.strip("0") == "", "not-zero", "has a part that must be zero"),
    "nozeroprefix": Linter(lambda value: not value.startswith("0"), "leading-zero", "must not begin with zero"),
    "hasnondigit": Linter(lambda value: not value.isdecimal(), "digits-only", "must not be all digits"),
    "hyphen": Linter(lambda value: value.strip("-") == "", "hyphen", "may end in a hyphen only, for below zero"),
    "winding": Linter("019".__contains__, "winding", "holds no winding direction: 0, 1 or 9"),
    "yesno": Linter("01".__contains__, "yes-no", "must be 0 for no or 1 for yes"),
    "pcenc": Linter(lambda value: _STRAY_PERCENT.search(value) is None, "percent-encoding", _PERCENT_REASON),
    "pieceoftotal": Linter(_is_piece_of_total, "piece-of-total", "holds no piece number and total of pieces"),
    "posinseqslash": Linter(_is_position_in_sequence, "position-in-sequence", "holds no position such as 1/2"),
    "couponcode": Linter(coupons.is_coupon_code, "coupon", _COUPON_REASON),
    "couponposoffer": Linter(coupons.is_positive_offer, "coupon", _COUPON_REASON),
}
"""Every linter the dictionary names."""
