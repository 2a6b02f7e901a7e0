"""Reading all kinds of EPC URN (GS1 EPC Tag Data Standard 1.13, sections 6, 8 and 12)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.characters import plain_of, shown
from asbuilt.core.identifiers.epc.schemes import LGTIN, SCHEMES, Identity, IdentityScheme, identity_of, number_problem
from asbuilt.core.identifiers.epc.tags import BY_NAME, NIBBLE_BITS, RAW_BITS_MAX, WORD_BITS, Tag
from asbuilt.core.identifiers.reading import Fault

URN_MAX = 500
"""Longest URN that is looked at, in characters; the longest there is has some 200, all of its text escaped."""

RAW = "urn:epc:raw:"


@dataclass(frozen=True, slots=True)
class Raw:
    """The bits of a tag that nobody has read yet. digits: hexadecimal, upper case, whole words."""

    digits: str

    @property
    def urn(self) -> str:
        return f"{RAW}{len(self.digits) * NIBBLE_BITS}.x{self.digits}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A set of EPCs: the fields given come first, the rest may be anything."""

    scheme: IdentityScheme
    values: tuple[str, ...]


Named = Identity | Tag | Raw | Pattern

_RAW = re.compile(r"([1-9][0-9]{0,3})\.x([0-9A-Fa-f]+)")


def named_by(urn: str) -> Named | Fault:
    """What a URN names."""
    if not urn:
        return Fault("empty", "there is nothing to read; give an EPC URN such as urn:epc:id:sgtin:0614141.112345.400")
    if len(urn) > URN_MAX:
        return Fault(
            "too-long", f"{shown(urn)} has more than {URN_MAX} characters, which no EPC URN has; send one a line"
        )
    # urn:epc:kind:scheme:body, where only the body can hold further colons
    parts = urn.split(":", 4)
    if len(parts) < len(("urn", "epc", "raw", "body")) or parts[0] != "urn" or parts[1] != "epc":
        return Fault("not-an-epc-urn", f"{shown(urn)} does not start with urn:epc: and its kind, as in urn:epc:id:")
    if parts[2] == "raw":
        return _raw(urn.removeprefix(RAW))
    read = _KINDS.get(parts[2])
    if read is None:
        return Fault("not-an-epc-urn", f"{shown(parts[2])} is no kind of EPC URN; there are {', '.join(_KINDS)}, raw")
    if len(parts) < len(("urn", "epc", "kind", "scheme", "body")):
        return Fault("fields", f"{shown(urn)} ends before its fields; copy all of it")
    return read(parts[3], parts[4])


def _unknown_scheme(name: str) -> Fault:
    return Fault("unknown-scheme", f"{shown(name)} is no scheme of this kind of EPC URN; they are in lower case")


def _identity(name: str, body: str) -> Identity | Fault:
    scheme = SCHEMES.get(name)
    return _unknown_scheme(name) if scheme is None else identity_of(scheme, body)


def _class(name: str, body: str) -> Identity | Fault:
    return identity_of(LGTIN, body) if name == LGTIN.name else _unknown_scheme(name)


def _tag(name: str, body: str) -> Tag | Fault:
    form = BY_NAME.get(name)
    if form is None:
        return _unknown_scheme(name)
    filter_value = 0
    if form.filter_bits:
        text, _, body = body.partition(".")
        problem = number_problem(text, below=1 << form.filter_bits, what="filter value")
        if problem is not None:
            return Fault("filter", problem.message)
        filter_value = int(text)
    identity = identity_of(form.scheme, body)
    return identity if isinstance(identity, Fault) else Tag(form, filter_value, identity)


def _raw(body: str) -> Raw | Fault:
    found = _RAW.fullmatch(body)
    if found is None:
        return Fault("raw", f"{shown(body)} is no raw EPC; write its count of bits, .x and its hexadecimal digits")
    bits = int(found[1])
    if bits % WORD_BITS or bits > RAW_BITS_MAX or bits != len(found[2]) * NIBBLE_BITS:
        what = f"{bits} bits with {len(found[2])} hexadecimal digits cannot be the EPC of a tag"
        return Fault("bit-count", f"{what}; it has whole words of {WORD_BITS} bits, 4 digits each")
    return Raw(found[2].upper())


def _pattern(name: str, body: str) -> Pattern | Fault:
    """A pattern has a * for each of its last fields (TDS, section 8)."""
    scheme = SCHEMES.get(name)
    if scheme is None:
        return _unknown_scheme(name)
    given = body.split(".", len(scheme.fields) - 1)
    stars = 0
    while given and given[-1] == "*":
        given.pop()
        stars += 1
    if not stars:
        identity = identity_of(scheme, body)
        return identity if isinstance(identity, Fault) else Pattern(scheme, identity.values)
    if len(given) + stars != len(scheme.fields):
        return Fault("fields", f"{shown(body)} has {len(given) + stars} fields; {name} has {len(scheme.fields)}")
    values = []
    for field, spelled in zip(scheme.fields, given, strict=False):
        plain = plain_of(spelled, field.alphabet, what=field.name)
        if isinstance(plain, Fault):
            return plain
        problem = field.problem_of(plain)
        if problem is not None:
            return problem
        values.append(plain)
    if scheme.digits and len(given) > 1 and len(values[0]) + len(values[1]) != scheme.digits:
        return Fault("digits", f"company prefix and {scheme.fields[1].name} must have {scheme.digits} digits together")
    return Pattern(scheme, tuple(values))


_KINDS: dict[str, Callable[[str, str], Named | Fault]] = {
    "id": _identity,
    "tag": _tag,
    "class": _class,
    "idpat": _pattern,
}
