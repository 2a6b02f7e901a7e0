"""The binary forms of EPCs on RFID tags (GS1 EPC Tag Data Standard 1.13, sections 14.2 and 14.5)."""

from dataclasses import dataclass

from asbuilt.core.identifiers.epc.schemes import (
    ADI,
    CPI,
    GDTI,
    GIAI,
    GID,
    GRAI,
    GSRN,
    GSRNP,
    ITIP,
    SGCN,
    SGLN,
    SGTIN,
    SSCC,
    USDOD,
    Identity,
    IdentityScheme,
    identity_from_values,
)
from asbuilt.core.identifiers.epc.segments import (
    BYTE_BITS,
    SHORT_CHARACTER_BITS,
    Bits,
    CageCode,
    MarkedDigits,
    Number,
    NumberPartition,
    Packed,
    Partition,
    Segment,
    ShortText,
    ShortTextPartition,
    Text,
    TextPartition,
    TwoDigits,
    Zeros,
)
from asbuilt.core.identifiers.reading import Fault

HEADER_BITS = 8
WORD_BITS = 16
NIBBLE_BITS = 4
RAW_BITS_MAX = 31 * WORD_BITS
"""Longest EPC on a tag: its length is told in 5 bits, in words (TDS, section 9.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFormat:
    """A binary form. bits: its length without padding, 0 where that depends on the fields. header: the first 8 bits.

    filter_bits: 0 where it has no filter value. by_name_only: it is out of use and chosen only by who names it.
    """

    name: str
    header: int
    scheme: IdentityScheme
    bits: int
    segments: tuple[Segment, ...]
    filter_bits: int = 3
    by_name_only: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag holds: an EPC, in which form, and for what kind of object (filter value)."""

    format: TagFormat
    filter_value: int
    identity: Identity

    @property
    def urn(self) -> str:
        """The canonical tag URN."""
        filtered = f"{self.filter_value}." if self.format.filter_bits else ""
        return f"urn:epc:tag:{self.format.name}:{filtered}{self.identity.body}"


def binary_of(tag: Tag) -> Packed | Fault:
    """The bits of a tag, or why its form cannot hold them."""
    form = tag.format
    value = form.header << form.filter_bits | tag.filter_value if form.filter_bits else form.header
    size = HEADER_BITS + form.filter_bits
    at = 0
    for segment in form.segments:
        packed = segment.packed(tag.identity.values[at : at + segment.takes])
        if isinstance(packed, Fault):
            return Fault(packed.code, f"{packed.message} ({form.name})")
        value = value << packed.size | packed.value
        size += packed.size
        at += segment.takes
    return Packed(value, size)


def hex_of(packed: Packed) -> str:
    """Hexadecimal digits, with zeros up to the end of a 16-bit word (TDS, section 15.1.1)."""
    words = -(-packed.size // WORD_BITS)
    return f"{packed.value << (words * WORD_BITS - packed.size):0{words * WORD_BITS // NIBBLE_BITS}X}"


def tag_of(digits: str) -> Tag | Fault:
    """Read the bits of a tag, given as at least two hexadecimal digits."""
    form = BY_HEADER.get(int(digits[:2], 16))
    if form is None:
        return _unknown_header(digits)
    size = len(digits) * NIBBLE_BITS
    if form.bits and not may_hold(size, form.bits):
        return _wrong_length(form, len(digits))
    bits = Bits(int(digits, 16), size)
    bits.take(HEADER_BITS)
    filter_value = bits.take(form.filter_bits)
    values: list[str] = []
    for segment in form.segments:
        read = segment.unpacked(bits)
        if isinstance(read, Fault):
            return Fault(read.code, f"{read.message} ({form.name})")
        values.extend(read)
    used = size - bits.left
    if not may_hold(size, used):
        return _wrong_length(form, len(digits))
    if bits.take(bits.left):
        return Fault(
            "nonzero-padding", f"the bits after the {used} of {form.name} are not all zero; read the tag again"
        )
    identity = identity_from_values(form.scheme, tuple(values))
    return identity if isinstance(identity, Fault) else Tag(form, filter_value, identity)


def may_hold(size: int, used: int) -> bool:
    """Whether memory of `size` bits may hold an EPC of `used` bits.

    It may be cut off where the EPC ends, or have more words behind it, as a reader that reads a fixed number of words
    delivers them (TDS 1.13, section 14.3.7, step 3).
    """
    return size >= used and (size <= _with_last_word(used) or size % WORD_BITS == 0)


def _with_last_word(size: int) -> int:
    return -(-size // WORD_BITS) * WORD_BITS


def _wrong_length(form: TagFormat, digits: int) -> Fault:
    if form.bits:
        least, most = -(-form.bits // NIBBLE_BITS), _with_last_word(form.bits) // NIBBLE_BITS
        takes = f"{most}" if least == most else f"{least} to {most}"
        return Fault(
            "bit-count", f"{digits} hexadecimal digits cannot be {form.name}; it takes {takes}, or more whole words"
        )
    return Fault("bit-count", f"{digits} hexadecimal digits do not end where this {form.name} ends; read the tag again")


def _unknown_header(digits: str) -> Fault:
    header = digits[:2].upper()
    return Fault(
        "unknown-header", f"the header {header} belongs to no EPC that is known here; check what the tag holds"
    )


FORMATS: tuple[TagFormat, ...] = (
    TagFormat(name="sgtin-96", header=0x30, scheme=SGTIN, bits=96, segments=(Partition(44, 13), Number(38))),
    TagFormat(name="sgtin-198", header=0x36, scheme=SGTIN, bits=198, segments=(Partition(44, 13), Text(140))),
    TagFormat(name="sscc-96", header=0x31, scheme=SSCC, bits=96, segments=(Partition(58, 17), Zeros(24))),
    TagFormat(name="sgln-96", header=0x32, scheme=SGLN, bits=96, segments=(Partition(41, 12), Number(41))),
    TagFormat(name="sgln-195", header=0x39, scheme=SGLN, bits=195, segments=(Partition(41, 12), Text(140))),
    TagFormat(name="grai-96", header=0x33, scheme=GRAI, bits=96, segments=(Partition(44, 12), Number(38))),
    TagFormat(name="grai-170", header=0x37, scheme=GRAI, bits=170, segments=(Partition(44, 12), Text(112))),
    TagFormat(name="giai-96", header=0x34, scheme=GIAI, bits=96, segments=(NumberPartition(82, 25),)),
    TagFormat(name="giai-202", header=0x38, scheme=GIAI, bits=202, segments=(TextPartition(188),)),
    TagFormat(name="gsrn-96", header=0x2D, scheme=GSRN, bits=96, segments=(Partition(58, 17), Zeros(24))),
    TagFormat(name="gsrnp-96", header=0x2E, scheme=GSRNP, bits=96, segments=(Partition(58, 17), Zeros(24))),
    TagFormat(name="gdti-96", header=0x2C, scheme=GDTI, bits=96, segments=(Partition(41, 12), Number(41))),
    TagFormat(
        name="gdti-113",
        header=0x3A,
        scheme=GDTI,
        bits=113,
        segments=(Partition(41, 12), MarkedDigits(58, longest=17)),
        by_name_only=True,
    ),
    TagFormat(name="gdti-174", header=0x3E, scheme=GDTI, bits=174, segments=(Partition(41, 12), Text(119))),
    TagFormat(name="cpi-96", header=0x3C, scheme=CPI, bits=96, segments=(NumberPartition(51, 15), Number(31))),
    TagFormat(name="cpi-var", header=0x3D, scheme=CPI, bits=0, segments=(ShortTextPartition(), Number(40))),
    TagFormat(
        name="sgcn-96", header=0x3F, scheme=SGCN, bits=96, segments=(Partition(41, 12), MarkedDigits(41, longest=12))
    ),
    TagFormat(
        name="itip-110",
        header=0x40,
        scheme=ITIP,
        bits=110,
        segments=(Partition(44, 13), TwoDigits(), TwoDigits(), Number(38)),
    ),
    TagFormat(
        name="itip-212",
        header=0x41,
        scheme=ITIP,
        bits=212,
        segments=(Partition(44, 13), TwoDigits(), TwoDigits(), Text(140)),
    ),
    TagFormat(
        name="gid-96", header=0x35, scheme=GID, bits=96, segments=(Number(28), Number(24), Number(36)), filter_bits=0
    ),
    TagFormat(
        name="usdod-96", header=0x2F, scheme=USDOD, bits=96, segments=(CageCode(BYTE_BITS), Number(36)), filter_bits=4
    ),
    TagFormat(
        name="adi-var",
        header=0x3B,
        scheme=ADI,
        bits=0,
        segments=(CageCode(SHORT_CHARACTER_BITS), ShortText(longest=32), ShortText(longest=30)),
        filter_bits=6,
    ),
)
"""All binary forms of TDS 1.13. Of those of one scheme the shortest comes first."""

BY_HEADER: dict[int, TagFormat] = {form.header: form for form in FORMATS}
BY_NAME: dict[str, TagFormat] = {form.name: form for form in FORMATS}
BY_SCHEME: dict[str, tuple[TagFormat, ...]] = {
    name: tuple(form for form in FORMATS if form.scheme.name == name) for name in {form.scheme.name for form in FORMATS}
}
