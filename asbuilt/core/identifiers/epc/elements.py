"""EPCs and the GS1 elements they stand for (GS1 EPC Tag Data Standard 1.13, section 7; GS1 General Specifications)."""

from collections.abc import Iterable
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.schemes import (
    ADI,
    BIC,
    CPI,
    GDTI,
    GIAI,
    GID,
    GINC,
    GRAI,
    GSIN,
    GSRN,
    GSRNP,
    IMOVN,
    ITIP,
    LGTIN,
    PGLN,
    SGCN,
    SGLN,
    SGTIN,
    SSCC,
    UPUI,
    USDOD,
    Identity,
    IdentityScheme,
    identity_from_values,
)
from asbuilt.core.identifiers.epc.tags import Tag, tag_of
from asbuilt.core.identifiers.epc.urns import Named, Pattern, Raw, named_by
from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.core.identifiers.reading import Element, Fault

NO_EXTENSION = "0"
"""The extension of an SGLN that stands for the whole location (TDS, section 6.3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How the fields of an EPC make up a GS1 key.

    first: the first digit of the reference stands before the company prefix. checked: a check digit follows. zero: the
    key has a zero before it. further: fields that follow as they are, of fixed length. serial: the application
    identifier of the last field; None where that is attached to the key, or where there is none.
    """

    scheme: IdentityScheme
    id: str
    first: bool = False
    checked: bool = True
    zero: bool = False
    further: int = 0
    serial: str | None = None

    @property
    def is_attached(self) -> bool:
        """Whether the last field stands in the same element as the key."""
        return self.serial is None and len(self.scheme.fields) > 2  # noqa: PLR2004 - company prefix and reference

    @property
    def start(self) -> int:
        """Where the company prefix stands in the element."""
        return int(self.first) + int(self.zero)


KEYS: tuple[Key, ...] = (
    Key(scheme=SGTIN, id="01", first=True, serial="21"),
    Key(scheme=UPUI, id="01", first=True, serial="235"),
    Key(scheme=ITIP, id="8006", first=True, further=2, serial="21"),
    Key(scheme=SSCC, id="00", first=True),
    Key(scheme=GRAI, id="8003", zero=True),
    Key(scheme=GIAI, id="8004", checked=False),
    Key(scheme=CPI, id="8010", checked=False, serial="8011"),
    Key(scheme=GSRN, id="8018"),
    Key(scheme=GSRNP, id="8017"),
    Key(scheme=GDTI, id="253"),
    Key(scheme=SGCN, id="255"),
    Key(scheme=LGTIN, id="01", first=True, serial="10"),
    Key(scheme=GSIN, id="402"),
    Key(scheme=GINC, id="401", checked=False),
    Key(scheme=SGLN, id="414", serial="254"),
    Key(scheme=PGLN, id="417"),
)
"""In the order in which they are looked for: what says most about the object itself comes first."""

OWN_NAMES: dict[str, tuple[str, ...]] = {
    GID.name: ("manager", "class", "serial"),
    USDOD.name: ("cage", "serial"),
    ADI.name: ("cage", "part_number", "serial"),
    BIC.name: ("bic",),
    IMOVN.name: ("imovn",),
}
"""Names for the fields of schemes that have no application identifiers."""

_BY_SCHEME: dict[str, Key] = {key.scheme.name: key for key in KEYS}


def epc_of(elements: Iterable[Element], *, company_prefix_length: int) -> str | None:
    """The pure identity URN (for a lot: class URN) of the object that GS1 elements identify.

    None where they identify no single object, where a check digit is wrong, where the company prefix cannot have that
    length, and for the extension 0 of a location, which in an EPC means none.
    """
    values = {element.id: element.value for element in elements}
    for key in KEYS:
        identity = _identified(key, values, company_prefix_length)
        if identity is not None:
            return identity.urn
    return None


def elements_of(urn: str) -> tuple[Element, ...]:
    """The elements that an EPC URN of any kind stands for; none where it cannot be read.

    Those of schemes outside GS1 are named as their fields. A pattern gives the key that all of its EPCs have in common.
    """
    named = named_by(urn.strip())
    return () if isinstance(named, Fault) else elements_named(named)


def elements_named(named: Named) -> tuple[Element, ...]:
    """The elements of what a URN names."""
    if isinstance(named, Raw):
        tag = tag_of(named.digits)
        return () if isinstance(tag, Fault) else elements_named(tag)
    if isinstance(named, Tag):
        return elements_named(named.identity)
    scheme, values = named.scheme, named.values
    if isinstance(named, Pattern) and len(values) < len(scheme.fields):
        return _common(scheme, values)
    names = OWN_NAMES.get(scheme.name)
    if names is not None:
        return tuple(Element(name, value) for name, value in zip(names, values, strict=True) if value)
    key = _BY_SCHEME[scheme.name]
    text = _key_text(key, values)
    if key.serial is None:
        return (Element(key.id, text + values[-1] if key.is_attached else text),)
    if key.scheme is SGLN and values[-1] == NO_EXTENSION:
        return (Element(key.id, text),)
    return Element(key.id, text), Element(key.serial, values[-1])


def _common(scheme: IdentityScheme, values: tuple[str, ...]) -> tuple[Element, ...]:
    """The key of a pattern that leaves no more than the last field open."""
    key = _BY_SCHEME.get(scheme.name)
    if key is None or len(values) != len(scheme.fields) - 1 or len(values) < 2:  # noqa: PLR2004 - prefix and reference
        return ()
    return (Element(key.id, _key_text(key, values)),)


def _key_text(key: Key, values: tuple[str, ...]) -> str:
    company, reference = values[:2]
    digits = f"{reference[0]}{company}{reference[1:]}" if key.first else company + reference
    if not key.checked:
        return digits
    further = "".join(values[2 : 2 + key.further])
    return f"{'0' if key.zero else ''}{digits}{check_digit(digits)}{further}"


def _identified(key: Key, values: dict[str, str], company_digits: int) -> Identity | None:
    """The identity in the elements of one key."""
    text = values.get(key.id)
    if text is None:
        return None
    last: tuple[str, ...] = ()
    if key.serial is not None:
        serial = values.get(key.serial)
        if key.scheme is SGLN:
            if serial == NO_EXTENSION:
                return None
            serial = serial or NO_EXTENSION
        if serial is None:
            return None
        last = (serial,)
    parts = _parts(key, text, company_digits)
    if parts is None:
        return None
    identity = identity_from_values(key.scheme, parts + last)
    # Written again it must be the same, or a check digit or a leading zero was wrong.
    if isinstance(identity, Fault) or elements_named(identity)[0].value != text:
        return None
    return identity


def _parts(key: Key, text: str, company_digits: int) -> tuple[str, ...] | None:
    """The fields in the element of a key."""
    scheme = key.scheme
    if company_digits < 1:
        return None
    middle = key.start + company_digits
    company = text[key.start : middle]
    if not key.checked:
        return company, text[middle:]
    end = int(key.zero) + scheme.digits
    reference = f"{text[:1] if key.first else ''}{text[middle:end]}"
    rest = text[end + 1 :]
    if key.is_attached:
        return company, reference, rest
    if key.further:
        return company, reference, rest[:2], rest[2:]
    return company, reference
