"""The check digit of numeric GS1 keys and the check pair of alphanumeric ones (General Specifications, 7.9)."""

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_PAIR_MODULUS = 1021  # the largest prime below 32 × 32
_CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CHARACTER_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}
_PAIR_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O
_PAIR_LENGTH = 2
_GTIN_LENGTHS = (8, 12, 13, 14)

PAIR_TEXT_MAX = len(_PRIMES)
"""Longest text a check pair is defined for: a GMN has 25 characters with its pair."""


def check_digit(digits: str) -> int:
    """The digit to be appended to `digits`: GS1 modulo 10, weight 3 from the right (General Specifications, 7.9.1).

    Raises ValueError when there is anything but the digits 0 to 9, or nothing.
    """
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError("a check digit is calculated from digits only")
    weighed = digits.encode()
    return -(3 * sum(weighed[-1::-2]) + sum(weighed[-2::-2]) - _excess(len(weighed))) % 10


def has_check_digit(digits: str) -> bool:
    """Whether the last of `digits` is the check digit of those before. `digits` are known to be 0 to 9."""
    weighed = digits.encode()
    return (sum(weighed[-1::-2]) + 3 * sum(weighed[-2::-2]) - _excess(len(weighed) - 1) - ord("0")) % 10 == 0


def is_gtin(text: str) -> bool:
    """Whether `text` is a GTIN-8, -12, -13 or -14 with the right check digit (General Specifications, 3.3.2)."""
    return len(text) in _GTIN_LENGTHS and text.isascii() and text.isdigit() and has_check_digit(text)


def _excess(length: int) -> int:
    """What the characters' codes put on top of the weighted sum of `length` digits, the rightmost of weight 3."""
    return ord("0") * (3 * ((length + 1) // 2) + length // 2)


def check_characters(text: str) -> str:
    """The two characters to be appended to `text`, as in a GMN, AI 8013 (General Specifications, 7.9.5).

    Raises ValueError when `text` is longer than 23 characters or holds one outside character set 82.
    """
    if len(text) > PAIR_TEXT_MAX:
        raise ValueError(f"a check pair is defined for at most {PAIR_TEXT_MAX} characters")
    total = 0
    for character, weight in zip(reversed(text), _PRIMES, strict=False):
        value = _CHARACTER_VALUES.get(character)
        if value is None:
            raise ValueError(f"{character!a} is not in GS1 character set 82")
        total += value * weight
    first, second = divmod(total % _PAIR_MODULUS, len(_PAIR_CHARACTERS))
    return _PAIR_CHARACTERS[first] + _PAIR_CHARACTERS[second]


def has_check_characters(text: str) -> bool:
    """Whether the last two characters of `text` are the check pair of those before. `text` is in character set 82."""
    body = text[:-_PAIR_LENGTH]
    return _PAIR_LENGTH <= len(text) <= PAIR_TEXT_MAX + _PAIR_LENGTH and text == body + check_characters(body)
