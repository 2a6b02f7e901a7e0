"""The application identifiers (AIs), made ready for reading: each with its pattern, its checks and its pair rules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from asbuilt.core.identifiers.gs1.ai_table import AI_TABLE
from asbuilt.core.identifiers.gs1.dictionary import Component, DictionaryProblem, Entry, entries
from asbuilt.core.identifiers.gs1.linters import LINTERS, Linter
from asbuilt.core.identifiers.reading import Fault

GS = "\x1d"
"""How a reader transmits the separator, the function character FNC1 in a symbol (General Specifications, 7.8)."""

_PREFIX_LENGTH = 2
_EXCERPT_MAX = 40
_KINDS = {
    "N": ("0-9", "digits"),
    "X": (r"!-\"%-?A-Z_a-z", "the 82 GS1 characters"),
    "Y": (r"#\-/0-9A-Z", "capital letters, digits, # - and /"),
    "Z": (r"\-0-9A-Z_a-z=", "letters, digits, - and _, with = at the end"),
}
"""Character sets (General Specifications, 7.11): each as a regular expression class and in words."""

_OUTSIDE = {kind: re.compile(f"[^{characters}]") for kind, (characters, _) in _KINDS.items()}
_BASE64URL = re.compile(r"[^=]+={0,2}")
_PADDED_LENGTHS = (4, 3)  # RFC 4648 pads to fours; the reference of the dictionary pads to threes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ai:
    """An AI. Lengths in characters, AIs not counted.

    checks: the linters, each with the place of its component in the value. requires: for each rule its groups, of
    which one must be there in full; a member of a group is there when any AI of its set is. excludes: AIs not allowed
    beside it. qualifiers: None unless a Digital Link can begin with it; then the sequences of key qualifiers.
    """

    ai: str
    title: str
    is_predefined: bool
    is_attribute: bool
    minimum: int
    maximum: int
    components: tuple[Component, ...]
    pattern: re.Pattern[str]
    checks: tuple[tuple[slice, Linter], ...]
    requires: tuple[tuple[tuple[frozenset[str], ...], ...], ...]
    excludes: frozenset[str]
    qualifiers: tuple[tuple[str, ...], ...] | None
    required_text: str

    def accepts(self, value: str) -> bool:
        """Whether `value` is in order taken by itself."""
        if self.pattern.fullmatch(value) is None:
            return False
        for place, linter in self.checks:
            part = value[place]
            if part and not linter.is_good(part):
                return False
        return True

    def faults_of(self, value: str) -> list[Fault]:
        """All that is wrong with `value` taken by itself; empty exactly when it is accepted."""
        if not value:
            return [Fault("value-empty", f"AI {self.ai} is there without its value")]
        faults = self._faults_of_length(len(value)) + self._faults_of_characters(value)
        if faults:
            return faults
        if self.pattern.fullmatch(value) is None:
            return [Fault("value-too-short", f"AI {self.ai} breaks off within an optional part: {shown(value)}")]
        broken = [linter for place, linter in self.checks if value[place] and not linter.is_good(value[place])]
        reasons = {linter.code: linter.reason for linter in broken}
        return [Fault(code, f"AI {self.ai} {reason}: {shown(value)}") for code, reason in reasons.items()]

    def _faults_of_length(self, length: int) -> list[Fault]:
        if length < self.minimum:
            return [Fault("value-too-short", f"AI {self.ai} has {length} of at least {self.minimum} characters")]
        if length > self.maximum:
            return [
                Fault("value-too-long", f"AI {self.ai} has {length} characters; at most {self.maximum} are allowed")
            ]
        return []

    def _faults_of_characters(self, value: str) -> list[Fault]:
        start = 0
        for component in self.components:
            part = value[start : start + component.maximum]
            outside = _OUTSIDE[component.kind].search(part)
            if outside:
                where, words = start + outside.start() + 1, _KINDS[component.kind][1]
                message = f"AI {self.ai} has {outside[0]!a} as character {where}; allowed are {words}"
                return [Fault("invalid-character", message)]
            start += component.maximum
        return []


def shown(text: str) -> str:
    """`text` for a message: cut to a bearable length, with escapes for all that is not plain ASCII."""
    return ascii(text if len(text) <= _EXCERPT_MAX else text[:_EXCERPT_MAX] + "...")


def ai_at(text: str, position: int) -> Ai | None:
    """The AI at `position`. The first two digits of an AI say how long it is (General Specifications, 7.8)."""
    length = _LENGTHS.get(text[position : position + _PREFIX_LENGTH])
    return None if length is None else AIS.get(text[position : position + length])


def _is_base64url(value: str) -> bool:
    if "=" not in value:
        return True
    return _BASE64URL.fullmatch(value) is not None and any(len(value) % length == 0 for length in _PADDED_LENGTHS)


_BASE64URL_LINTER = Linter(_is_base64url, "invalid-character", "has = where base64url does not")


@cache
def _pattern(components: tuple[Component, ...]) -> re.Pattern[str]:
    mandatory = "".join(_part(component) for component in components if not component.is_optional)
    optional = ""
    for component in reversed([component for component in components if component.is_optional]):
        optional = f"(?:{_part(component)}{optional})?"
    return re.compile(mandatory + optional)


def _part(component: Component) -> str:
    return f"[{_KINDS[component.kind][0]}]{{{component.minimum},{component.maximum}}}"


@cache
def _checks(components: tuple[Component, ...]) -> tuple[tuple[slice, Linter], ...]:
    checks: list[tuple[slice, Linter]] = []
    start = 0
    for component in components:
        place = slice(start, start + component.maximum)
        if component.kind == "Z":
            checks.append((place, _BASE64URL_LINTER))
        checks.extend((place, LINTERS[name]) for name in component.linters)
        start += component.maximum
    return tuple(checks)


def _listed(entry: Entry) -> list[str]:
    return [f"{number:0{len(entry.first)}d}" for number in range(int(entry.first), int(entry.last) + 1)]


def _matching(pattern: str, known: Iterable[str]) -> frozenset[str]:
    """The known AIs that `pattern` means; in it `n` stands for any digit."""
    expression = re.compile(pattern.replace("n", "[0-9]"))
    return frozenset(ai for ai in known if expression.fullmatch(ai))


def _required_text(entry: Entry) -> str:
    ways = [", or ".join(" with ".join(group) for group in rule) for rule in entry.requires]
    return "; and ".join(ways)


def _ready(table: tuple[Entry, ...]) -> dict[str, Ai]:
    known = [ai for entry in table for ai in _listed(entry)]
    matching = {pattern: _matching(pattern, known) for pattern in _patterns(table)}
    ready: dict[str, Ai] = {}
    for entry in table:
        requires = tuple(
            tuple(tuple(matching[pattern] for pattern in group) for group in rule) for rule in entry.requires
        )
        excludes = frozenset(ai for pattern in entry.excludes for ai in matching[pattern])
        for ai in _listed(entry):
            ready[ai] = Ai(
                ai=ai,
                title=entry.title,
                is_predefined=entry.is_predefined,
                is_attribute=entry.is_attribute,
                minimum=sum(part.minimum for part in entry.components if not part.is_optional),
                maximum=sum(part.maximum for part in entry.components),
                components=entry.components,
                pattern=_pattern(entry.components),
                checks=_checks(entry.components),
                requires=requires,
                excludes=excludes - {ai},  # an AI is not exclusive of itself, even where it matches a pattern
                qualifiers=entry.qualifiers,
                required_text=_required_text(entry),
            )
    return ready


def _patterns(table: tuple[Entry, ...]) -> set[str]:
    required = {pattern for entry in table for rule in entry.requires for group in rule for pattern in group}
    return required | {pattern for entry in table for pattern in entry.excludes}


def _lengths(ais: Iterable[str]) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for ai in ais:
        if lengths.setdefault(ai[:_PREFIX_LENGTH], len(ai)) != len(ai):
            raise DictionaryProblem(f"AIs beginning with {ai[:_PREFIX_LENGTH]} differ in length")
    return lengths


AIS: dict[str, Ai] = _ready(entries(AI_TABLE))
"""Every AI by its digits."""

_LENGTHS = _lengths(AIS)
