"""The EPC schemes and the fields of their pure identity URNs (GS1 EPC Tag Data Standard 1.13, section 6.3)."""

import re
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.characters import (
    CAGE,
    CONTAINER,
    DEFENSE,
    DEFENSE_SERIAL,
    DIGITS,
    PART,
    TEXT,
    Alphabet,
    plain_of,
    shown,
)
from asbuilt.core.identifiers.reading import Fault

COMPANY_SHORTEST = 6
COMPANY_LONGEST = 12
"""Digits of a GS1 Company Prefix in a URN."""

KEY_CHARACTERS = 30
"""Characters of the GS1 keys that hold text: GIAI, GINC and CPI, company prefix included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A part of a URN between dots. shortest, longest: in characters, after escapes are resolved.

    below: for a number, which has no leading zeros, what it must be less than. form: what else it must look like.
    """

    name: str
    alphabet: Alphabet
    shortest: int = 1
    longest: int
    below: int = 0
    form: re.Pattern[str] | None = None

    def problem_of(self, plain: str) -> Fault | None:
        """What is wrong with its length, value or form; its characters are looked at where it is read."""
        size = len(plain)
        if not self.shortest <= size <= self.longest:
            return Fault("length", f"the {self.name} has {size} characters; it takes {self._sizes()}")
        if self.below:
            return number_problem(plain, below=self.below, what=self.name)
        if self.form is not None and self.form.fullmatch(plain) is None:
            return Fault("form", f"{shown(plain)} does not have the form of a {self.name}; check it against its source")
        return None

    def _sizes(self) -> str:
        return str(self.longest) if self.shortest == self.longest else f"{self.shortest} to {self.longest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityScheme:
    """A scheme of EPCs.

    digits: how many company prefix and reference have together. characters: how many at most, where the reference is
    text. Both 0 where there is no company prefix.
    """

    name: str
    fields: tuple[Field, ...]
    digits: int = 0
    characters: int = 0
    prefix: str = "urn:epc:id:"

    def problem_of(self, values: tuple[str, ...]) -> Fault | None:
        """What is wrong with plain values whose characters are known to be allowed."""
        for field, value in zip(self.fields, values, strict=True):
            problem = field.problem_of(value)
            if problem is not None:
                return problem
        if self.digits and (size := len(values[0]) + len(values[1])) != self.digits:
            return Fault(
                "digits",
                f"company prefix and {self.fields[1].name} have {size} digits together; in {self.name} they have "
                f"{self.digits}: check where the company prefix ends, and leave out the check digit",
            )
        if self.characters and (size := len(values[0]) + len(values[1])) > self.characters:
            what = f"company prefix and {self.fields[1].name} have {size} characters together"
            return Fault("length", f"{what}; in {self.name} they have at most {self.characters}")
        return None


@dataclass(frozen=True, slots=True)
class Identity:
    """An EPC as such. values: one for each field of its scheme, without escapes."""

    scheme: IdentityScheme
    values: tuple[str, ...]

    @property
    def body(self) -> str:
        """The fields as spelled in a URN."""
        fields = zip(self.scheme.fields, self.values, strict=True)
        return ".".join([field.alphabet.spelling_of(value) for field, value in fields])

    @property
    def urn(self) -> str:
        """The canonical pure identity URN, or class URN for a lot."""
        return f"{self.scheme.prefix}{self.scheme.name}:{self.body}"


def number_problem(text: str, *, below: int, what: str) -> Fault | None:
    """Why a text is no decimal number without leading zeros below a limit, or None when it is one."""
    if not text or DIGITS.plain.fullmatch(text) is None:
        return Fault("not-a-number", f"the {what} {shown(text)} is not all digits, and only a number goes there")
    if text[0] == "0" and len(text) > 1:
        return Fault("leading-zero", f"the {what} {shown(text)} starts with a zero, which a number cannot keep")
    if len(text) > len(str(below)) or int(text) >= below:
        return Fault("too-large", f"the {what} {shown(text)} is too large; it must be less than {below}")
    return None


def identity_of(scheme: IdentityScheme, body: str) -> Identity | Fault:
    """Read the fields of a URN, after the name of the scheme and its colon."""
    # Only the last field may be text with dots of its own.
    spelled = body.split(".", len(scheme.fields) - 1)
    if len(spelled) != len(scheme.fields):
        names = ".".join(field.name.replace(" ", "-") for field in scheme.fields)
        return Fault("fields", f"{shown(body)} has {len(spelled)} fields; {scheme.name} has {names}")
    values = []
    for field, text in zip(scheme.fields, spelled, strict=True):
        plain = plain_of(text, field.alphabet, what=field.name)
        if isinstance(plain, Fault):
            return plain
        values.append(plain)
    identity = Identity(scheme, tuple(values))
    problem = scheme.problem_of(identity.values)
    return identity if problem is None else problem


def identity_from_values(scheme: IdentityScheme, values: tuple[str, ...]) -> Identity | Fault:
    """The identity of plain values, as they come off a tag or out of GS1 elements."""
    for field, value in zip(scheme.fields, values, strict=True):
        if field.alphabet.plain.fullmatch(value) is None:
            return Fault(
                "characters", f"{shown(value)} cannot be the {field.name}; it takes {field.alphabet.described}"
            )
    problem = scheme.problem_of(values)
    return Identity(scheme, values) if problem is None else problem


_COMPANY = Field(name="company prefix", alphabet=DIGITS, shortest=COMPANY_SHORTEST, longest=COMPANY_LONGEST)
_SERIAL = Field(name="serial number", alphabet=TEXT, longest=20)


def _reference(name: str, longest: int, *, shortest: int = 1) -> Field:
    return Field(name=name, alphabet=DIGITS, shortest=shortest, longest=longest)


def _keyed(name: str, reference: str, digits: int, *more: Field, prefix: str = "urn:epc:id:") -> IdentityScheme:
    """A scheme whose GS1 key is a company prefix and a reference, with `digits` digits in all."""
    shortest, longest = digits - COMPANY_LONGEST, digits - COMPANY_SHORTEST
    fields = (_COMPANY, _reference(reference, longest, shortest=shortest), *more)
    return IdentityScheme(name=name, fields=fields, digits=digits, prefix=prefix)


def _lettered(name: str, reference: str, alphabet: Alphabet, *more: Field) -> IdentityScheme:
    """A scheme whose GS1 key is a company prefix and a text."""
    field = Field(name=reference, alphabet=alphabet, longest=KEY_CHARACTERS - COMPANY_SHORTEST)
    return IdentityScheme(name=name, fields=(_COMPANY, field, *more), characters=KEY_CHARACTERS)


_CAGE = Field(name="CAGE code or DoDAAC", alphabet=CAGE, shortest=5, longest=6)

SGTIN = _keyed("sgtin", "indicator digit and item reference", 13, _SERIAL)
SSCC = _keyed("sscc", "extension digit and serial reference", 17)
SGLN = _keyed("sgln", "location reference", 12, Field(name="extension", alphabet=TEXT, longest=20))
GRAI = _keyed("grai", "asset type", 12, Field(name="serial number", alphabet=TEXT, longest=16))
GIAI = _lettered("giai", "individual asset reference", TEXT)
GSRN = _keyed("gsrn", "service reference", 17)
GSRNP = _keyed("gsrnp", "service reference", 17)
GDTI = _keyed("gdti", "document type", 12, Field(name="serial number", alphabet=TEXT, longest=17))
CPI = _lettered(
    "cpi",
    "component or part reference",
    PART,
    Field(name="serial number", alphabet=DIGITS, longest=12, below=10**12),
)
SGCN = _keyed("sgcn", "coupon reference", 12, _reference("serial number", 12))
GINC = _lettered("ginc", "consignment reference", TEXT)
GSIN = _keyed("gsin", "shipper reference", 16)
ITIP = _keyed(
    "itip",
    "indicator digit and item reference",
    13,
    _reference("piece", 2, shortest=2),
    _reference("total", 2, shortest=2),
    _SERIAL,
)
UPUI = _keyed(
    "upui",
    "indicator digit and item reference",
    13,
    Field(name="third party controlled serial number", alphabet=TEXT, longest=28),
)
PGLN = _keyed("pgln", "party reference", 12)
GID = IdentityScheme(
    name="gid",
    fields=(
        Field(name="general manager number", alphabet=DIGITS, longest=9, below=2**28),
        Field(name="object class", alphabet=DIGITS, longest=8, below=2**24),
        Field(name="serial number", alphabet=DIGITS, longest=11, below=2**36),
    ),
)
USDOD = IdentityScheme(
    name="usdod",
    fields=(_CAGE, Field(name="serial number", alphabet=DIGITS, longest=11, below=2**36)),
)
ADI = IdentityScheme(
    name="adi",
    fields=(
        _CAGE,
        Field(name="original part number", alphabet=DEFENSE, shortest=0, longest=32),
        Field(name="serial number", alphabet=DEFENSE_SERIAL, longest=30, form=re.compile("#?[^#]+")),
    ),
)
BIC = IdentityScheme(
    name="bic",
    # ISO 6346: owner, equipment category, serial number, check digit.
    fields=(
        Field(
            name="container code",
            alphabet=CONTAINER,
            shortest=11,
            longest=11,
            form=re.compile("[A-Z]{3}[JUZ][0-9]{7}"),
        ),
    ),
)
IMOVN = IdentityScheme(name="imovn", fields=(_reference("IMO vessel number", 7, shortest=7),))
LGTIN = _keyed(
    "lgtin",
    "indicator digit and item reference",
    13,
    Field(name="lot number", alphabet=TEXT, longest=20),
    prefix="urn:epc:class:",
)

SCHEMES: dict[str, IdentityScheme] = {
    scheme.name: scheme
    for scheme in (
        SGTIN,
        SSCC,
        SGLN,
        GRAI,
        GIAI,
        GSRN,
        GSRNP,
        GDTI,
        CPI,
        SGCN,
        GINC,
        GSIN,
        ITIP,
        UPUI,
        PGLN,
        GID,
        USDOD,
        ADI,
        BIC,
        IMOVN,
    )
}
"""All schemes of pure identities; the class of a lot is none."""
