"""EPC URNs to the hexadecimal digits of a tag and back (GS1 EPC Tag Data Standard 1.13, sections 12 to 15).

The "+" and "++" schemes of TDS 2 have no URN; in its place there is the GS1 Digital Link URI.
"""

import re
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.characters import shown
from asbuilt.core.identifiers.epc.elements import elements_named
from asbuilt.core.identifiers.epc.plus import PLUS_BY_HEADER, plus_encoded, plus_tag_of
from asbuilt.core.identifiers.epc.schemes import LGTIN, Identity
from asbuilt.core.identifiers.epc.tags import (
    BY_SCHEME,
    NIBBLE_BITS,
    RAW_BITS_MAX,
    WORD_BITS,
    Tag,
    TagFormat,
    binary_of,
    hex_of,
    tag_of,
)
from asbuilt.core.identifiers.epc.urns import RAW, Pattern, Raw, named_by
from asbuilt.core.identifiers.gs1.digital_link import read_digital_link
from asbuilt.core.identifiers.gs1.writing import CANONICAL_STEM
from asbuilt.core.identifiers.reading import Element, Fault

_HEX = re.compile("[0-9A-Fa-f]+")
_LINK = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE)
_DIGITS_MIN = 2
_DIGITS_MAX = RAW_BITS_MAX // NIBBLE_BITS


@dataclass(frozen=True, slots=True)
class Coded:
    """An EPC in all its forms.

    hex: upper case, with zeros up to the end of a 16-bit word. tag: tag URN, or raw URN where the bits are of no known
    scheme, or Digital Link of a "+" or "++" scheme. epc: pure identity URN; none with the two latter. elements: what it
    stands for.
    """

    hex: str
    tag: str
    epc: str | None
    identity: Identity | None
    elements: tuple[Element, ...] = ()


def encode(urn: str, *, filter_value: int = 0, bits: int | None = None) -> str | Fault:
    """Hexadecimal digits of the EPC memory for a URN. See `encoded`."""
    done = encoded(urn, filter_value=filter_value, bits=bits)
    return done if isinstance(done, Fault) else done.hex


def decode(digits: str, *, unknown_as_raw: bool = False) -> str | Fault:
    """The tag URN for hexadecimal digits of the EPC memory. See `decoded`."""
    done = decoded(digits, unknown_as_raw=unknown_as_raw)
    return done if isinstance(done, Fault) else done.tag


def encoded(urn: str, *, filter_value: int = 0, bits: int | None = None) -> Coded | Fault:
    """The binary form of a tag URN, of a raw URN, of a pure identity URN, or of a GS1 Digital Link URI.

    For a pure identity URN the first form of its scheme is chosen that can hold it: the one of 96 (ITIP: 110) bits,
    else the long one; GDTI-113 is out of use and never chosen. `bits` (96, 198, ...) chooses among the forms of fixed
    length. `filter_value` is for pure identity URNs, and not looked at where there is no filter value (GID-96).
    A Digital Link takes a "+" scheme where its domain is the canonical one, else the "++" scheme, which keeps it.
    """
    urn = urn.strip()
    link = _LINK.fullmatch(urn)
    if link is not None:
        return _link_encoded(link, filter_value)
    named = named_by(urn)
    if isinstance(named, Fault):
        return named
    if isinstance(named, Raw):
        done = decoded(named.digits)
        return Coded(named.digits, named.urn, None, None) if isinstance(done, Fault) else done
    if isinstance(named, Tag):
        return _coded(named)
    if isinstance(named, Pattern) or named.scheme is LGTIN:
        return Fault("no-binary-form", "the URN names a class of objects; only a single one has a binary form")
    return _chosen(named, filter_value=filter_value, bits=bits)


def decoded(digits: str, *, unknown_as_raw: bool = False) -> Coded | Fault:
    """What hexadecimal digits of the EPC memory mean, also with `0x` before or blanks between them, or as a raw URN.

    `unknown_as_raw`: digits with an unknown header are not refused, but given as raw URN; any whole words may then be.
    """
    plain = _plain_digits(digits)
    if isinstance(plain, Fault):
        return plain
    if int(plain[:2], 16) in PLUS_BY_HEADER:
        return _plus_coded(plain)
    tag = tag_of(plain)
    if not isinstance(tag, Fault):
        return _coded(tag)
    if unknown_as_raw and tag.code == "unknown-header" and len(plain) * NIBBLE_BITS % WORD_BITS == 0:
        return Coded(plain, Raw(plain).urn, None, None)
    return tag


def _chosen(identity: Identity, *, filter_value: int, bits: int | None) -> Coded | Fault:
    """The first form that can hold an identity."""
    name = identity.scheme.name
    forms = [form for form in BY_SCHEME.get(name, ()) if not form.by_name_only or form.bits == bits]
    if not forms:
        return Fault("no-binary-form", f"{name} has no binary form; it is not written to tags")
    if bits is not None:
        forms = [form for form in forms if form.bits == bits]
    done: Coded | Fault = Fault("no-such-form", f"{name} has no binary form of {bits} bits; leave the choice to us")
    for form in forms:
        done = _filtered(form, filter_value, identity)
        if isinstance(done, Coded):
            return done
    return done


def _filtered(form: TagFormat, filter_value: int, identity: Identity) -> Coded | Fault:
    if not form.filter_bits:
        return _coded(Tag(form, 0, identity))
    most = (1 << form.filter_bits) - 1
    if not 0 <= filter_value <= most:
        return Fault("filter", f"the filter value {filter_value} does not go on {form.name}; it takes 0 to {most}")
    return _coded(Tag(form, filter_value, identity))


def _coded(tag: Tag) -> Coded | Fault:
    packed = binary_of(tag)
    if isinstance(packed, Fault):
        return packed
    return Coded(hex_of(packed), tag.urn, tag.identity.urn, tag.identity, elements_named(tag.identity))


def _plus_coded(digits: str) -> Coded | Fault:
    tag = plus_tag_of(digits)
    if isinstance(tag, Fault):
        return tag
    whole = -(-tag.size // WORD_BITS) * WORD_BITS // NIBBLE_BITS
    return Coded(digits[:whole].ljust(whole, "0"), tag.uri, None, None, tag.elements)


def _link_encoded(link: re.Match[str], filter_value: int) -> Coded | Fault:
    reading = read_digital_link(link[0])
    if reading.faults:
        return reading.faults[0]
    scheme, host = link[1].lower(), link[2]
    is_canonical = f"https://{host.lower()}" == CANONICAL_STEM
    if not is_canonical and (scheme != "https" or not link[3].startswith(f"/{reading.elements[0].id}/")):
        message = "a tag keeps only links with https and no path before the key; use https://id.gs1.org for others"
        return Fault("no-binary-form", message)
    digits = plus_encoded(reading.elements, host="" if is_canonical else host, filter_value=filter_value)
    return digits if isinstance(digits, Fault) else _plus_coded(digits)


def _plain_digits(digits: str) -> str | Fault:
    digits = digits.strip()
    if digits.startswith(RAW):
        raw = named_by(digits)
        if isinstance(raw, Raw):
            return raw.digits
        assert isinstance(raw, Fault)  # nothing else starts that way
        return raw
    digits = digits.replace(" ", "")
    digits = digits[2:] if digits[:2] in {"0x", "0X"} else digits
    if not digits:
        return Fault("empty", "there is nothing to read; give the hexadecimal digits of a tag's EPC memory")
    if len(digits) > _DIGITS_MAX:
        return Fault("too-long", f"{len(digits)} hexadecimal digits are more than a tag holds, {_DIGITS_MAX}")
    if _HEX.fullmatch(digits) is None:
        return Fault("not-hexadecimal", f"{shown(digits)} is not made of hexadecimal digits 0-9 A-F only")
    if len(digits) < _DIGITS_MIN:
        return Fault("bit-count", "one hexadecimal digit is no EPC; read the tag again")
    return digits.upper()
