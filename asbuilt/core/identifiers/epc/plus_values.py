"""The values of application identifiers as bits, by table F of the EPC Tag Data Standard 2.3 (sections 14.5 and 15.3).

Each format takes as many characters of a value as `characters` says, 0 for all the rest. `packed` gives None for a text
that it cannot hold, `unpacked` for bits that are no text of it.
"""

from dataclasses import dataclass
from typing import Protocol

from asbuilt.core.identifiers.epc.plus_texts import (
    DIGIT_BITS,
    alphanumeric_packed,
    alphanumeric_unpacked,
    characters_packed,
    characters_unpacked,
    delimited_packed,
    delimited_unpacked,
    joined,
    number_packed,
    number_unpacked,
)
from asbuilt.core.identifiers.epc.segments import Bits, Packed

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_BITS = 6
_PARTS = (7, 4, 5, 5, 6, 6)
"""Bits of year, month, day, hour, minute and second (14.5.8 to 14.5.11), each two digits in the value."""
_PART = 2
_DATE = 3 * _PART


class Format(Protocol):
    """How a component of a value is written."""

    @property
    def characters(self) -> int: ...

    def packed(self, text: str) -> Packed | None: ...

    def unpacked(self, bits: Bits) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits of 4 bits each (14.5.4)."""

    characters: int

    def packed(self, text: str) -> Packed | None:
        return characters_packed(text, _DIGITS, DIGIT_BITS) if _are_digits(text, self.characters) else None

    def unpacked(self, bits: Bits) -> str | None:
        return characters_unpacked(bits, self.characters, _DIGITS, DIGIT_BITS)


@dataclass(frozen=True, slots=True)
class FixedNumber:
    """So many digits as one number (14.5.2)."""

    characters: int

    def packed(self, text: str) -> Packed | None:
        return number_packed(text) if _are_digits(text, self.characters) else None

    def unpacked(self, bits: Bits) -> str | None:
        return number_unpacked(bits, self.characters)


@dataclass(frozen=True, slots=True)
class VariableNumber:
    """Length and number (14.5.13)."""

    longest: int
    characters: int = 0

    def packed(self, text: str) -> Packed | None:
        if len(text) > self.longest or not _are_digits(text, len(text)):
            return None
        return joined(Packed(len(text), self.longest.bit_length()), number_packed(text))

    def unpacked(self, bits: Bits) -> str | None:
        count = bits.take(self.longest.bit_length())
        return number_unpacked(bits, count) if count <= self.longest else None


@dataclass(frozen=True, slots=True)
class Alphanumeric:
    """Encoding indicator, length and characters (14.5.6)."""

    longest: int
    characters: int = 0

    def packed(self, text: str) -> Packed | None:
        return alphanumeric_packed(text, longest=self.longest)

    def unpacked(self, bits: Bits) -> str | None:
        return alphanumeric_unpacked(bits, longest=self.longest)


@dataclass(frozen=True, slots=True)
class Delimited:
    """Digits, and behind a delimiter what else there is (14.5.5)."""

    longest: int
    characters: int = 0

    def packed(self, text: str) -> Packed | None:
        return delimited_packed(text, longest=self.longest)

    def unpacked(self, bits: Bits) -> str | None:
        return delimited_unpacked(bits, longest=self.longest)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with hours, minutes or seconds; `characters` digits (14.5.8, 14.5.9)."""

    characters: int = _DATE

    def packed(self, text: str) -> Packed | None:
        if not _are_digits(text, self.characters):
            return None
        parts = [text[start : start + _PART] for start in range(0, self.characters, _PART)]
        fitting = [Packed(int(part), size) for part, size in zip(parts, _PARTS, strict=False)]
        return joined(*fitting) if all(part.value < 1 << part.size for part in fitting) else None

    def unpacked(self, bits: Bits) -> str | None:
        numbers = [bits.take(size) for size in _PARTS[: self.characters // _PART]]
        return "".join([f"{number:02d}" for number in numbers]) if max(numbers) < 10**_PART else None


@dataclass(frozen=True, slots=True)
class Moments:
    """One of several kinds of date, with an indicator before it of which (14.5.10, 14.5.11).

    kinds: by value of the indicator, how many characters the one date or each of the two have.
    """

    indicator_bits: int
    kinds: tuple[tuple[int, ...], ...]
    characters: int = 0

    def packed(self, text: str) -> Packed | None:
        for indicator, lengths in enumerate(self.kinds):
            if len(text) == sum(lengths):
                starts = [sum(lengths[:place]) for place in range(len(lengths))]
                parts = [
                    Moment(length).packed(text[start : start + length])
                    for start, length in zip(starts, lengths, strict=True)
                ]
                good = [part for part in parts if part is not None]
                return joined(Packed(indicator, self.indicator_bits), *good) if len(good) == len(parts) else None
        return None

    def unpacked(self, bits: Bits) -> str | None:
        lengths = self.kinds[bits.take(self.indicator_bits)]
        parts = [Moment(length).unpacked(bits) for length in lengths]
        good = [part for part in parts if part is not None]
        return "".join(good) if len(good) == len(parts) else None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few texts, as its place in the list (14.5.7, 14.5.14)."""

    texts: tuple[str, ...]
    characters: int = 0

    def packed(self, text: str) -> Packed | None:
        return Packed(self.texts.index(text), 1) if text in self.texts else None

    def unpacked(self, bits: Bits) -> str | None:
        return self.texts[bits.take(1)]


@dataclass(frozen=True, slots=True)
class Country:
    """Two capital letters of 6 bits each (14.5.12)."""

    characters: int = 2

    def packed(self, text: str) -> Packed | None:
        return characters_packed(text, _LETTERS, _LETTER_BITS) if frozenset(_LETTERS).issuperset(text) else None

    def unpacked(self, bits: Bits) -> str | None:
        return characters_unpacked(bits, self.characters, _LETTERS, _LETTER_BITS)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Two digits that have a slash between them in the value (14.5.15)."""

    characters: int = 3

    def packed(self, text: str) -> Packed | None:
        digits = text.replace("/", "", 1)
        return characters_packed(digits, _DIGITS, DIGIT_BITS) if _are_digits(digits, 2) and text[1] == "/" else None

    def unpacked(self, bits: Bits) -> str | None:
        digits = characters_unpacked(bits, 2, _DIGITS, DIGIT_BITS)
        return None if digits is None else f"{digits[0]}/{digits[1]}"


def _are_digits(text: str, count: int) -> bool:
    return len(text) == count and (not text or (text.isascii() and text.isdigit()))


_TABLE: dict[Format, str] = {
    Digits(18): "00 8006 8017 8018 8026",
    Digits(14): "01 02",
    Digits(13): "410 411 412 413 414 415 416 417",
    Digits(2): "7241",
    FixedNumber(1): "7252",
    FixedNumber(2): "20",
    FixedNumber(3): "422 424 426",
    FixedNumber(4): "394n 8111",
    FixedNumber(6): "31nn 32nn 33nn 34nn 35nn 36nn 395n 8005",
    FixedNumber(8): "7250",
    FixedNumber(12): "7251",
    FixedNumber(13): "7001",
    FixedNumber(14): "8001",
    FixedNumber(17): "402",
    FixedNumber(20): "4309",
    VariableNumber(4): "7004",
    VariableNumber(6): "242",
    VariableNumber(8): "30 37",
    VariableNumber(10): "8019",
    VariableNumber(12): "8011",
    VariableNumber(15): "390n 392n 423 425",
    Alphanumeric(2): "7010",
    Alphanumeric(3): "427 7008",
    Alphanumeric(4): "7040 7041",
    Alphanumeric(10): "7009 7255",
    Alphanumeric(12): "7005",
    Alphanumeric(20): "10 21 22 243 254 420 4318 7020 7021 7022 710 711 712 713 714 715 716 7240 8002 8012",
    Alphanumeric(24): "8007",
    Alphanumeric(25): "7242 8013 8020",
    Alphanumeric(28): "235",
    Alphanumeric(30): "240 241 250 251 400 401 403 4308 4319 7002 723n 90",
    Alphanumeric(35): "4300 4301 4310 4311 4320",
    Alphanumeric(40): "7253 7254 7259",
    Alphanumeric(50): "8009",
    Alphanumeric(70): "4302 4303 4304 4305 4306 4312 4313 4314 4315 4316 7257 8110 8112 8200",
    Alphanumeric(90): "7256 8030 91 92 93 94 95 96 97 98 99",
    Delimited(30): "7023 8004 8010",
    Moment(): "11 12 13 15 16 17 4326 7006",
    Moment(10): "4324 4325 7003",
    Moments(1, ((6,), (6, 6))): "7007",
    Moments(2, ((8,), (10,), (12,), (6,))): "7011 8008",
    OneOf(("0", "1")): "4321 4322 4323",
    Country(): "4307 4317",
    Sequence(): "7258",
}
"""Table F: the AIs whose value is one component; `n` stands for any digit."""
_TABLE_OF_PAIRS: dict[tuple[Format, Format], str] = {
    (Digits(13), Alphanumeric(17)): "253",
    (Digits(13), VariableNumber(12)): "255",
    (FixedNumber(3), VariableNumber(15)): "391n 393n",
    (FixedNumber(3), Alphanumeric(9)): "421",
    (FixedNumber(6), OneOf(("", "-"))): "4330 4331 4332 4333",
    (FixedNumber(3), Alphanumeric(27)): "703n",
    (Digits(14), Alphanumeric(16)): "8003",
}
"""Table F: the AIs whose value has two components."""

_FORMATS: dict[str, tuple[Format, ...]] = {
    **{pattern: (form,) for form, patterns in _TABLE.items() for pattern in patterns.split()},
    **{pattern: forms for forms, patterns in _TABLE_OF_PAIRS.items() for pattern in patterns.split()},
}


def formats_of(ai: str) -> tuple[Format, ...] | None:
    """The components of the value of an AI; None where it is not written to tags."""
    return _FORMATS.get(ai) or _FORMATS.get(f"{ai[:3]}n") or _FORMATS.get(f"{ai[:2]}nn")


def value_packed(formats: tuple[Format, ...], value: str) -> Packed | None:
    """The bits of a value."""
    parts: list[Packed] = []
    start = 0
    for form in formats:
        end = start + form.characters if form.characters else len(value)
        part = form.packed(value[start:end])
        if part is None:
            return None
        parts.append(part)
        start = end
    return joined(*parts) if start >= len(value) else None


def value_unpacked(formats: tuple[Format, ...], bits: Bits) -> str | None:
    """The value in the next bits; None where they are none, or end before it."""
    parts = [form.unpacked(bits) for form in formats]
    good = [part for part in parts if part is not None]
    return "".join(good) if len(good) == len(parts) and bits.left >= 0 else None
