"""How the fields of an EPC are packed into bits (GS1 EPC Tag Data Standard 1.13, sections 14.3 and 14.4).

Every segment writes and reads some of the fields in order. Writing expects values that their scheme allows, and refuses
what the binary form cannot keep. Reading gives plain values, which the scheme must still be asked about.
"""

from dataclasses import dataclass
from typing import Protocol

from asbuilt.core.identifiers.epc.schemes import COMPANY_LONGEST, COMPANY_SHORTEST, KEY_CHARACTERS, number_problem
from asbuilt.core.identifiers.reading import Fault

COMPANY_BITS = {12: 40, 11: 37, 10: 34, 9: 30, 8: 27, 7: 24, 6: 20}
"""Bits of a company prefix by its digits, the same in all partition tables."""

PARTITION_BITS = 3
CHARACTER_BITS = 7
SHORT_CHARACTER_BITS = 6
BYTE_BITS = 8
CAGE_CHARACTERS = 6
LETTERS_FROM = 0x40
SHORT_DIGITS_FROM = 0x20


class Bits:
    """Bits that are read from the first on. left: how many are still there; negative when more were asked for."""

    __slots__ = ("left", "value")

    def __init__(self, value: int, size: int) -> None:
        self.value = value
        self.left = size

    def take(self, count: int) -> int:
        """The number in the next bits. Beyond the end it is 0, and whoever looks at `left` in the end will know."""
        self.left -= count
        return (self.value >> self.left) & ((1 << count) - 1) if self.left >= 0 else 0


@dataclass(frozen=True, slots=True)
class Packed:
    """A number and the count of bits it is written in."""

    value: int
    size: int


class Segment(Protocol):
    """Part of a binary form. takes: how many fields it holds."""

    @property
    def takes(self) -> int: ...

    def packed(self, values: tuple[str, ...]) -> Packed | Fault: ...

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A number without leading zeros (14.3.1, integer)."""

    size: int
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        problem = number_problem(values[0], below=1 << self.size, what="serial number")
        return Packed(int(values[0]), self.size) if problem is None else problem

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        return (str(bits.take(self.size)),)


@dataclass(frozen=True, slots=True)
class Text:
    """Text of 7 bits a character, filled up with zeros (14.3.2, string)."""

    size: int
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        return Packed(_text_packed(values[0], self.size), self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        text = _text_unpacked(bits.take(self.size), self.size)
        return text if isinstance(text, Fault) else (text,)


@dataclass(frozen=True, slots=True)
class MarkedDigits:
    """Digits of which leading zeros count, as a number with a 1 before them (14.3.6, numeric string)."""

    size: int
    longest: int
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        (digits,) = values
        if not digits.isdecimal() or not digits.isascii():
            return Fault("not-a-number", "the serial number is not all digits, and only digits go there")
        if len(digits) > self.longest:
            return Fault("too-large", f"the serial number has {len(digits)} digits; at most {self.longest} go there")
        return Packed(int(f"1{digits}"), self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        marked = str(bits.take(self.size))
        if marked[0] != "1" or not 1 < len(marked) <= 1 + self.longest:
            return Fault("serial", "the bits of the serial number hold no digits after a leading 1; read the tag again")
        return (marked[1:],)


@dataclass(frozen=True, slots=True)
class TwoDigits:
    """Two digits as a number (14.3.10, fixed width integer)."""

    size: int = 7
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        return Packed(int(values[0]), self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        number = bits.take(self.size)
        if number >= 10**2:
            return Fault("too-large", f"the bits for two digits hold {number}; read the tag again")
        return (f"{number:02d}",)


@dataclass(frozen=True, slots=True)
class Zeros:
    """Bits that are reserved."""

    size: int
    takes: int = 0

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        return Packed(0, self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        if bits.take(self.size):
            return Fault("nonzero-padding", f"the {self.size} reserved bits at the end are not all zero")
        return ()


@dataclass(frozen=True, slots=True)
class Partition:
    """A company prefix and a reference of digits, both of fixed length (14.3.3, partition table).

    size: bits of both together. digits: digits of both together.
    """

    size: int
    digits: int
    takes: int = 2

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        company, reference = values
        rest = self.size - COMPANY_BITS[len(company)]
        return Packed(_company_packed(company) << rest | int(reference or "0"), PARTITION_BITS + self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        company = _company_unpacked(bits)
        if isinstance(company, Fault):
            return company
        reference = bits.take(self.size - COMPANY_BITS[len(company)])
        digits = self.digits - len(company)
        if reference >= 10**digits:
            return Fault("too-large", f"the reference on the tag is {reference}; it has room for {digits} digits only")
        return company, f"{reference:0{digits}d}" if digits else ""


@dataclass(frozen=True, slots=True)
class NumberPartition:
    """A company prefix and a number without leading zeros (14.3.4, unpadded partition table)."""

    size: int
    digits: int
    takes: int = 2

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        company, reference = values
        rest = self.size - COMPANY_BITS[len(company)]
        below = min(1 << rest, 10 ** (self.digits - len(company)))
        problem = number_problem(reference, below=below, what="reference")
        if problem is not None:
            return problem
        return Packed(_company_packed(company) << rest | int(reference), PARTITION_BITS + self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        company = _company_unpacked(bits)
        if isinstance(company, Fault):
            return company
        reference = bits.take(self.size - COMPANY_BITS[len(company)])
        digits = self.digits - len(company)
        if reference >= 10**digits:
            return Fault("too-large", f"the reference on the tag is {reference}; it has room for {digits} digits only")
        return company, str(reference)


@dataclass(frozen=True, slots=True)
class TextPartition:
    """A company prefix and a text (14.3.5, string partition table)."""

    size: int
    takes: int = 2

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        company, reference = values
        rest = self.size - COMPANY_BITS[len(company)]
        return Packed(_company_packed(company) << rest | _text_packed(reference, rest), PARTITION_BITS + self.size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        company = _company_unpacked(bits)
        if isinstance(company, Fault):
            return company
        rest = self.size - COMPANY_BITS[len(company)]
        reference = _text_unpacked(bits.take(rest), rest)
        return reference if isinstance(reference, Fault) else (company, reference)


@dataclass(frozen=True, slots=True)
class ShortTextPartition:
    """A company prefix and a text of 6 bits a character with an end (14.3.9, 6-bit variable string partition table)."""

    takes: int = 2

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        company, reference = values
        text = _short_packed(reference)
        size = PARTITION_BITS + COMPANY_BITS[len(company)] + text.size
        return Packed(_company_packed(company) << text.size | text.value, size)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        company = _company_unpacked(bits)
        if isinstance(company, Fault):
            return company
        reference = _short_unpacked(bits, longest=KEY_CHARACTERS - len(company))
        return reference if isinstance(reference, Fault) else (company, reference)


@dataclass(frozen=True, slots=True)
class ShortText:
    """Text of 6 bits a character with an end (14.3.8, 6-bit variable string)."""

    longest: int
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        return _short_packed(values[0])

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        text = _short_unpacked(bits, longest=self.longest)
        return text if isinstance(text, Fault) else (text,)


@dataclass(frozen=True, slots=True)
class CageCode:
    """A CAGE code or DoDAAC of 6 characters, the former after a blank (14.3.7)."""

    character_bits: int
    takes: int = 1

    def packed(self, values: tuple[str, ...]) -> Packed | Fault:
        value = 0
        for character in values[0].rjust(CAGE_CHARACTERS):
            value = value << self.character_bits | ord(character) & ((1 << self.character_bits) - 1)
        return Packed(value, CAGE_CHARACTERS * self.character_bits)

    def unpacked(self, bits: Bits) -> tuple[str, ...] | Fault:
        characters = [bits.take(self.character_bits) for _ in range(CAGE_CHARACTERS)]
        if self.character_bits == SHORT_CHARACTER_BITS:
            characters = [_short_character(one) for one in characters]
        text = "".join(map(chr, characters))
        return (text.removeprefix(" "),)


def _company_packed(company: str) -> int:
    """The partition value and the company prefix."""
    return (COMPANY_LONGEST - len(company)) << COMPANY_BITS[len(company)] | int(company)


def _company_unpacked(bits: Bits) -> str | Fault:
    partition = bits.take(PARTITION_BITS)
    digits = COMPANY_LONGEST - partition
    if digits < COMPANY_SHORTEST:
        return Fault("partition", f"the partition value on the tag is {partition}; only 0 to 6 are in use")
    company = bits.take(COMPANY_BITS[digits])
    if company >= 10**digits:
        what = f"the company prefix on the tag is {company}"
        return Fault("too-large", f"{what}; by its partition value {partition} it has {digits} digits")
    return f"{company:0{digits}d}"


def _text_packed(text: str, size: int) -> int:
    value = 0
    for code in text.encode("ascii"):
        value = value << CHARACTER_BITS | code
    return value << (size - CHARACTER_BITS * len(text))


def _text_unpacked(value: int, size: int) -> str | Fault:
    codes = []
    left = size
    while left >= CHARACTER_BITS:
        code = value >> (left - CHARACTER_BITS) & ((1 << CHARACTER_BITS) - 1)
        if not code:
            break
        codes.append(code)
        left -= CHARACTER_BITS
    if value & ((1 << left) - 1):
        return Fault("nonzero-padding", "the bits after the end of the text are not all zero; read the tag again")
    return bytes(codes).decode("ascii")


def _short_packed(text: str) -> Packed:
    value = 0
    for code in text.encode("ascii"):
        value = value << SHORT_CHARACTER_BITS | code & ((1 << SHORT_CHARACTER_BITS) - 1)
    return Packed(value << SHORT_CHARACTER_BITS, SHORT_CHARACTER_BITS * (len(text) + 1))


def _short_unpacked(bits: Bits, *, longest: int) -> str | Fault:
    codes = []
    while code := bits.take(SHORT_CHARACTER_BITS):
        codes.append(_short_character(code))
        if len(codes) > longest:
            return Fault("length", f"a text on the tag does not end after {longest} characters; read the tag again")
    return bytes(codes).decode("ascii")


def _short_character(code: int) -> int:
    """The ASCII code of a character that was written in 6 bits."""
    return code if code >= SHORT_DIGITS_FROM else code | LETTERS_FROM
