"""How values of any length are written in the "+" schemes: by what characters they hold (TDS 2.3, section 14.5.6).

A value that a form cannot hold has no bits, and bits that are no value of it have no text: both are None.
"""

from collections.abc import Callable
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.segments import Bits, Packed

INDICATOR_BITS = 3
DIGIT_BITS = 4
_SIX_BITS = 6
_SEVEN_BITS = 7
_GROUP_BITS = 16
_GROUP_CHARACTERS = 3
_RADIX = 40
_DELIMITER, _TERMINATOR = 14, 15

_DIGITS = "0123456789"
_UPPER_HEXADECIMAL = "0123456789ABCDEF"
_LOWER_HEXADECIMAL = "0123456789abcdef"
_BASE_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_40 = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
"""Table 14-8; the first fills up the last group of three."""
_ASCII = "".join(map(chr, range(1 << _SEVEN_BITS)))


def joined(*parts: Packed) -> Packed:
    """The bits of the parts, one behind the other."""
    value = size = 0
    for part in parts:
        value = value << part.size | part.value
        size += part.size
    return Packed(value, size)


def bits_of_digits(count: int) -> int:
    """Bits that hold any number of so many digits (table B, integer encoding)."""
    most: int = 10**count - 1
    return most.bit_length()


def number_packed(digits: str) -> Packed:
    return Packed(int(digits or "0"), bits_of_digits(len(digits)))


def number_unpacked(bits: Bits, count: int) -> str | None:
    if not count:
        return ""
    value = bits.take(bits_of_digits(count))
    return f"{value:0{count}d}" if value < 10**count else None


def characters_packed(text: str, alphabet: str, size: int) -> Packed:
    """Each character as its place in the alphabet, in so many bits."""
    value = 0
    for character in text:
        value = value << size | alphabet.index(character)
    return Packed(value, size * len(text))


def characters_unpacked(bits: Bits, count: int, alphabet: str, size: int) -> str | None:
    places = [bits.take(size) for _ in range(count)]
    return "".join([alphabet[place] for place in places]) if all(place < len(alphabet) for place in places) else None


def code_40_packed(text: str) -> Packed | None:
    """URN Code 40 (14.5.6.5): three characters in 16 bits."""
    if not text or "\0" in text or not set(text) <= set(_CODE_40):
        return None
    value = groups = 0
    for start in range(0, len(text), _GROUP_CHARACTERS):
        first, second, third = (
            _CODE_40.index(one) for one in text[start : start + _GROUP_CHARACTERS].ljust(_GROUP_CHARACTERS, "\0")
        )
        value = value << _GROUP_BITS | (first * _RADIX + second) * _RADIX + third + 1
        groups += 1
    return Packed(value, groups * _GROUP_BITS)


def code_40_unpacked(bits: Bits, count: int) -> str | None:
    text = ""
    for _ in range(-(-count // _GROUP_CHARACTERS)):
        number = bits.take(_GROUP_BITS) - 1
        if not 0 <= number < _RADIX**_GROUP_CHARACTERS:
            return None
        text += "".join(_CODE_40[place] for place in (number // _RADIX**2, number // _RADIX % _RADIX, number % _RADIX))
    plain = text.rstrip("\0")
    return plain if len(plain) == count and "\0" not in plain and len(text) - count < _GROUP_CHARACTERS else None


@dataclass(frozen=True, slots=True)
class _Method:
    """A way to write text, and the value of its encoding indicator (table E)."""

    indicator: int
    packed: Callable[[str], Packed | None]
    unpacked: Callable[[Bits, int], str | None]


def _by_characters(indicator: int, alphabet: str, size: int) -> _Method:
    allowed = frozenset(alphabet)
    return _Method(
        indicator,
        lambda text: characters_packed(text, alphabet, size) if allowed.issuperset(text) else None,
        lambda bits, count: characters_unpacked(bits, count, alphabet, size),
    )


_METHODS = (
    _Method(0, lambda text: number_packed(text) if frozenset(_DIGITS).issuperset(text) else None, number_unpacked),
    _by_characters(1, _UPPER_HEXADECIMAL, DIGIT_BITS),
    _by_characters(2, _LOWER_HEXADECIMAL, DIGIT_BITS),
    _by_characters(3, _BASE_64, _SIX_BITS),
    _Method(5, code_40_packed, code_40_unpacked),
    _by_characters(4, _ASCII, _SEVEN_BITS),
)
_BY_INDICATOR = {method.indicator: method for method in _METHODS}


def alphanumeric_packed(text: str, *, longest: int) -> Packed | None:
    """Encoding indicator, length and characters, by the method that takes the fewest bits (figure 14-5)."""
    if len(text) > longest:
        return None
    written = [(method.indicator, method.packed(text)) for method in _METHODS]
    possible = [(packed.size, packed, indicator) for indicator, packed in written if packed is not None]
    if not possible:
        return None
    _, packed, indicator = min(possible, key=lambda one: one[0])
    return joined(Packed(indicator, INDICATOR_BITS), Packed(len(text), longest.bit_length()), packed)


def alphanumeric_unpacked(bits: Bits, *, longest: int) -> str | None:
    method = _BY_INDICATOR.get(bits.take(INDICATOR_BITS))
    count = bits.take(longest.bit_length())
    return None if method is None or count > longest else method.unpacked(bits, count)


def delimited_packed(text: str, *, longest: int) -> Packed | None:
    """Digits to begin with, and what else follows them (14.5.5)."""
    rest = text.lstrip(_DIGITS)
    digits = characters_packed(text[: len(text) - len(rest)], _DIGITS, DIGIT_BITS)
    if not rest:
        return joined(digits, Packed(_TERMINATOR, DIGIT_BITS))
    packed = alphanumeric_packed(rest, longest=longest)
    return None if packed is None else joined(digits, Packed(_DELIMITER, DIGIT_BITS), packed)


def delimited_unpacked(bits: Bits, *, longest: int) -> str | None:
    digits = ""
    while (digit := bits.take(DIGIT_BITS)) < len(_DIGITS) and len(digits) <= longest:
        digits += str(digit)
    if digit == _TERMINATOR:
        return digits
    rest = alphanumeric_unpacked(bits, longest=longest) if digit == _DELIMITER else None
    # Digits go before the delimiter, so that a value is written in one way.
    return digits + rest if rest and rest[0] not in _DIGITS else None
