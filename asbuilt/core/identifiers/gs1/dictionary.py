"""The grammar of the GS1 Barcode Syntax Dictionary: what a line of the table of application identifiers says.

Source: the introduction of gs1-syntax-dictionary.txt (GS1 AISBL), whose words for the parts are used here.
"""

import re
from dataclasses import dataclass

_FLAGS = re.compile(r"[*!?\"$%&'()+,\-./:;<=>@\[\\\]^_`{|}~]+")
_COMPONENT = re.compile(r"(\[)?([NXYZ])(\.\.)?([0-9]+)(\])?((?:,[a-z0-9]+)*)")


class DictionaryProblem(ValueError):
    """A line that does not follow the grammar. Raised when the table is loaded or compared, never by a scan."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a value. kind: N digits, X character set 82, Y set 39, Z base64url; lengths in characters."""

    kind: str
    minimum: int
    maximum: int
    is_optional: bool
    linters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: an AI or a range of AIs.

    first, last: the AIs of the range. is_predefined: flag `*`, of predefined length, so that no separator must follow.
    is_attribute: flag `?`, may stand in the query of a Digital Link. requires: for each `req`, the groups of AI
    patterns of which one must be complete. excludes: AI patterns not allowed beside it. qualifiers: None unless a
    primary key of Digital Links; then the sequences of key qualifiers it may have. title: the data title.
    """

    first: str
    last: str
    is_predefined: bool
    is_attribute: bool
    components: tuple[Component, ...]
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None
    title: str


def entries(text: str) -> tuple[Entry, ...]:
    """All entries of a dictionary, in its order. Raises DictionaryProblem."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(_entry(line) for line in lines if line and not line.startswith("#"))


def _entry(line: str) -> Entry:
    specification, _, title = line.partition("#")
    first_and_last, *words = specification.split()
    first, _, last = first_and_last.partition("-")
    flags = words.pop(0) if words and _FLAGS.fullmatch(words[0]) else ""
    components: list[Component] = []
    while words and _COMPONENT.fullmatch(words[0]):
        components.append(_component(words.pop(0)))
    attributes = [word.partition("=") for word in words]
    unknown = [name for name, _, _ in attributes if name not in {"req", "ex", "dlpkey"}]
    if unknown or not components or not _are_ordered(components):
        raise DictionaryProblem(f"cannot read {line!r}")
    keys = [value for name, _, value in attributes if name == "dlpkey"]
    return Entry(
        first=first,
        last=last or first,
        is_predefined="*" in flags,
        is_attribute="?" in flags,
        components=tuple(components),
        requires=tuple(_groups(value, "+") for name, _, value in attributes if name == "req"),
        excludes=tuple(ai for name, _, value in attributes if name == "ex" for ai in value.split(",")),
        qualifiers=tuple(tuple(filter(None, way.split(","))) for way in keys[0].split("|")) if keys else None,
        title=title.strip(),
    )


def _component(word: str) -> Component:
    found = _COMPONENT.fullmatch(word)
    if found is None or bool(found[1]) != bool(found[5]):
        raise DictionaryProblem(f"cannot read the component {word!r}")
    length = int(found[4])
    return Component(
        kind=found[2],
        minimum=1 if found[3] else length,
        maximum=length,
        is_optional=bool(found[1]),
        linters=tuple(filter(None, found[6].split(","))),
    )


def _are_ordered(components: list[Component]) -> bool:
    """Only the last component varies in length, and nothing mandatory follows what is optional."""
    optional = [component.is_optional for component in components]
    return optional == sorted(optional) and all(part.minimum == part.maximum for part in components[:-1])


def _groups(value: str, joint: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split(joint)) for group in value.split(","))
