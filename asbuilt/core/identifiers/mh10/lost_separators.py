"""Envelopes whose control characters were dropped on the way: read where only one reading is possible."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from asbuilt.core.identifiers.mh10.data_identifiers import read_element
from asbuilt.core.identifiers.reading import Element, Reading

_BODY_MAX: Final = 128
"""Longest body tried, in characters; a longer one is never unambiguous."""

_GS1_FIXED: Final = re.compile(r"0[0-4]|1[1-9]|20|3[1-6][0-9]{2}|41[0-9]")
"""Application identifiers of predefined length, which need no separator (GS1 General Specifications, 7.8.5)."""

_ONE_TEXT_ELEMENT = re.compile(r"[A-Z]{3} [^ ]+")


def only_reading(body: str, *, gs1: Callable[[str], Reading]) -> tuple[Element, ...] | None:
    """The elements of `body`, format code first, or None where none or more than one reading is possible."""
    if len(body) > _BODY_MAX:
        return None
    if body.startswith("05"):
        return _gs1_elements(body[2:], gs1)
    if body.startswith("06"):
        return _only_elements(body[2:], gs1)
    return None


def _gs1_elements(body: str, gs1: Callable[[str], Reading]) -> tuple[Element, ...] | None:
    reading = gs1(body)
    fixed = all(_GS1_FIXED.fullmatch(element.id) for element in reading.elements)
    return reading.elements if reading.elements and reading.is_valid and fixed else None


def _only_elements(body: str, gs1: Callable[[str], Reading]) -> tuple[Element, ...] | None:
    """Data elements that fill `body`, where there is one way to divide it.

    From the end to the start: how many ways there are from each place on, and the first element of the only one.
    """
    ways = [0] * len(body) + [1]
    first: dict[int, Element] = {}
    for start in range(len(body) - 1, -1, -1):
        for element, end in _elements_at(body, start):
            if ways[end]:
                ways[start] += ways[end]
                first[start] = element
            if end < len(body) and _may_be_envelope(body[end:], ways, end, gs1):
                ways[start] += 2
    if not body or ways[0] != 1:
        return None
    elements: list[Element] = []
    place = 0
    while place < len(body):
        elements.append(first[place])
        place += len(first[place].id) + len(first[place].value)
    return tuple(elements)


def _elements_at(body: str, start: int) -> Iterator[tuple[Element, int]]:
    for end in range(start + 2, len(body) + 1):
        element = read_element(body[start:end])
        if isinstance(element, Element):
            yield element, end


def _may_be_envelope(rest: str, ways: list[int], place: int, gs1: Callable[[str], Reading]) -> bool:
    """Whether a further envelope may begin here, its separators lost as well."""
    if rest.startswith("06"):
        return len(rest) > len("06") and ways[place + 2] > 0
    if rest.startswith("05"):
        return gs1(rest[2:]).is_valid
    return rest.startswith("12") and _ONE_TEXT_ELEMENT.match(rest[2:]) is not None
