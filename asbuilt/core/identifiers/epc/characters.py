"""The character sets of EPC URNs and their percent escapes (GS1 EPC Tag Data Standard 1.13, annexes A and G)."""

import re
from dataclasses import dataclass

from asbuilt.core.identifiers.reading import Fault

SHOWN_MAX = 40
"""Characters of somebody's input that a message repeats."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters a field may hold.

    described: for people. spelled: any run of them as written in a URN. plain: any run of them as meant. escapes: how
    those are written that a URN cannot hold as they are.
    """

    described: str
    spelled: re.Pattern[str]
    plain: re.Pattern[str]
    escapes: dict[int, str]

    def spelling_of(self, plain: str) -> str:
        """The one canonical way to write it in a URN."""
        return plain.translate(self.escapes) if self.escapes else plain


def _alphabet(described: str, unescaped: str, escaped: str = "") -> Alphabet:
    """An alphabet of a regular expression's set of characters, and of characters that are percent escaped."""
    # Both cases of hexadecimal digits are read (TDS, section 5, HexChar); upper case is written (annex A).
    escapes = "|".join("".join(f"[{digit}{digit.lower()}]" for digit in f"{ord(one):02X}") for one in escaped)
    spelled = f"(?:[{unescaped}]|%(?:{escapes}))*" if escaped else f"[{unescaped}]*"
    return Alphabet(
        described,
        re.compile(spelled),
        re.compile(f"[{unescaped}{re.escape(escaped)}]*"),
        {ord(one): f"%{ord(one):02X}" for one in escaped},
    )


DIGITS = _alphabet("digits", "0-9")
TEXT = _alphabet(
    "A-Z a-z 0-9 ! ' ( ) * + , - . : ; = _ and, escaped, %22 %25 %26 %2F %3C %3E %3F",
    r"!'()*+,\-.0-9:;=A-Z_a-z",
    '"%&/<>?',
)
"""GS1 AI encodable character set 82 (TDS, table A-1)."""
PART = _alphabet("A-Z 0-9 - and, escaped, %23 %2F", "0-9A-Z-", "#/")
"""Component/part identifiers (TDS, table G-1; GS1 AI encodable character set 39)."""
DEFENSE = _alphabet("A-Z 0-9 - and, escaped, %2F", "0-9A-Z-", "/")
DEFENSE_SERIAL = _alphabet("A-Z 0-9 - and, escaped, %2F and one leading %23", "0-9A-Z-", "#/")
CAGE = _alphabet("A-Z 0-9 without I and O", "0-9A-HJ-NP-Z")
CONTAINER = _alphabet("A-Z 0-9", "0-9A-Z")

_ESCAPE = re.compile("%(..)")


def plain_of(spelled: str, alphabet: Alphabet, *, what: str) -> str | Fault:
    """What is meant by the spelling of a field in a URN."""
    if alphabet.spelled.fullmatch(spelled) is None:
        return _stranger(spelled, alphabet, what)
    return _ESCAPE.sub(_unescaped, spelled) if "%" in spelled else spelled


def shown(text: str) -> str:
    """The beginning of somebody's input, in quotes, fit for a message of one line."""
    return f"{text[:SHOWN_MAX]!a}{'...' if len(text) > SHOWN_MAX else ''}"


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _stranger(spelled: str, alphabet: Alphabet, what: str) -> Fault:
    """The fault of the first character that does not belong there."""
    run = alphabet.spelled.match(spelled)
    assert run is not None  # a run may be empty
    at = run.end()
    if spelled[at] == "%" and alphabet.escapes:
        escape = spelled[at : at + 3]
        return Fault("escape", f"{shown(escape)} in the {what} is no escape of it; it takes {alphabet.described}")
    return Fault("characters", f"{shown(spelled[at])} cannot be in the {what}; it takes {alphabet.described}")
