"""North American coupon codes, AIs 8110 and 8112.

Sources: GS1 US, North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols; GS1 AI (8112) Coupon
Data Specification. Most fields are led by a digit that says how long they are (a variable length indicator).
"""

import re

from asbuilt.core.identifiers.gs1.dates import is_date


def _led(indicators: str, *, more: int) -> str:
    """A field whose indicator is one of `indicators` and whose length is that plus `more` digits."""
    return "(?:" + "|".join(f"{indicator}[0-9]{{{int(indicator) + more}}}" for indicator in indicators) + ")"


_COMPANY_PREFIX = _led("0123456", more=6)
_OTHER_PREFIX = f"(?:{_COMPANY_PREFIX}|9)"  # 9: that of the first purchase
_REQUIREMENT = _led("12345", more=0) + "[0-49][0-9]{3}"  # how much or many, code, family code
_COUPON = re.compile(
    _COMPANY_PREFIX
    + "[0-9]{6}"  # offer code
    + _led("12345", more=0)  # save value
    + _REQUIREMENT
    + f"(?:1[0-3]{_REQUIREMENT}{_OTHER_PREFIX})?"  # second purchase
    + f"(?:2{_REQUIREMENT}{_OTHER_PREFIX})?"  # third purchase
    + "(?:3(?P<expiry>[0-9]{6}))?"
    + "(?:4(?P<start>[0-9]{6}))?"
    + f"(?:5{_led('0123456789', more=6)})?"  # serial number
    + f"(?:6{_led('1234567', more=6)})?"  # company prefix or GLN of the retailer
    + "(?:9[01256][0-2][0-9][01])?"  # save value code, what it applies to, store coupon, do not multiply
)
_POSITIVE_OFFER = re.compile(f"[01]{_COMPANY_PREFIX}[0-9]{{6}}{_led('0123456789', more=6)}")


def is_coupon_code(value: str) -> bool:
    """Whether `value` is a coupon code of AI 8110, its dates real and in order."""
    found = _COUPON.fullmatch(value)
    if found is None:
        return False
    expiry, start = found["expiry"], found["start"]
    if not all(is_date(date) for date in (expiry, start) if date):
        return False
    return not (expiry and start) or start <= expiry


def is_positive_offer(value: str) -> bool:
    """Whether `value` is a coupon code of AI 8112, for a file of positive offers."""
    return _POSITIVE_OFFER.fullmatch(value) is not None
