"""Check characters: what one is for a text, and whether the one at the end of a text is right.

Each check has a pair of functions. The first gives the character (two digits for MOD 97-10) that belongs behind the
text, or None when the text is empty or holds a character that the check has no value for. The second says whether
what stands at the end of the text is that character. The check digit of GS1 keys lives with the other rules of GS1.

Sources: ISO/IEC 7064:2003, clause 7 (pure systems) and 8 (hybrid systems); ISO/IEC 16388, annex A, and ANSI/HIBC 2.6,
appendix B, for MOD 43; ISO/IEC 7812-1, annex B, for Luhn.
"""

from typing import Final

DIGITS: Final = "0123456789"
ALPHANUMERICS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_39: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The characters of Code 39 in the order of their values, 0 to 42."""


def mod_43(text: str) -> str | None:
    """Modulo 43 of Code 39 and HIBC: the sum of all values."""
    values = _values(text, CODE_39)
    return CODE_39[sum(values) % 43] if values else None


def mod_43_is_right(text: str) -> bool:
    return _ends_right(text, mod_43(text[:-1]))


def mod_11_2(text: str) -> str | None:
    """ISO/IEC 7064 MOD 11-2, for digits; the check character may be X."""
    return _pure(text, DIGITS, f"{DIGITS}X", radix=2)


def mod_11_2_is_right(text: str) -> bool:
    return _ends_right(text, mod_11_2(text[:-1]))


def mod_37_2(text: str) -> str | None:
    """ISO/IEC 7064 MOD 37-2, for digits and upper-case letters; the check character may be an asterisk."""
    return _pure(text, ALPHANUMERICS, f"{ALPHANUMERICS}*", radix=2)


def mod_37_2_is_right(text: str) -> bool:
    return _ends_right(text, mod_37_2(text[:-1]))


def mod_97_10(text: str) -> str | None:
    """ISO/IEC 7064 MOD 97-10, for digits: two check digits."""
    values = _values(text, DIGITS)
    if not values:
        return None
    remainder = 0
    for value in values:
        remainder = (remainder * 10 + value) % 97
    return f"{98 - remainder * 100 % 97:02}"


def mod_97_10_is_right(text: str) -> bool:
    return _ends_right(text, mod_97_10(text[:-2]))


def mod_11_10(text: str) -> str | None:
    """ISO/IEC 7064 MOD 11,10, for digits."""
    return _hybrid(text, DIGITS)


def mod_11_10_is_right(text: str) -> bool:
    return _ends_right(text, mod_11_10(text[:-1]))


def mod_37_36(text: str) -> str | None:
    """ISO/IEC 7064 MOD 37,36, for digits and upper-case letters."""
    return _hybrid(text, ALPHANUMERICS)


def mod_37_36_is_right(text: str) -> bool:
    return _ends_right(text, mod_37_36(text[:-1]))


def luhn(text: str) -> str | None:
    """The modulo 10 of Luhn: every second digit from the right is doubled and its digits are added."""
    values = _values(text, DIGITS)
    if not values:
        return None
    doubled = sum(sum(divmod(2 * value, 10)) for value in values[::-2])
    return DIGITS[-(doubled + sum(values[-2::-2])) % 10]


def luhn_is_right(text: str) -> bool:
    return _ends_right(text, luhn(text[:-1]))


def _values(text: str, alphabet: str) -> list[int]:
    """The value of each character, or nothing when one has none."""
    values = [alphabet.find(character) for character in text]
    return [] if -1 in values else values


def _pure(text: str, alphabet: str, checks: str, *, radix: int) -> str | None:
    values = _values(text, alphabet)
    if not values:
        return None
    modulus = len(checks)
    remainder = 0
    for value in values:
        remainder = (remainder + value) * radix % modulus
    return checks[(1 - remainder) % modulus]


def _hybrid(text: str, alphabet: str) -> str | None:
    values = _values(text, alphabet)
    if not values:
        return None
    modulus = len(alphabet)
    product = modulus
    for value in values:
        product = ((product + value) % modulus or modulus) * 2 % (modulus + 1)
    return alphabet[(1 - product) % modulus]


def _ends_right(text: str, check: str | None) -> bool:
    return check is not None and text.endswith(check)
