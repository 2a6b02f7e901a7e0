"""The pieces of a Catena-X file, small enough to hold.

A container of test data is one JSON text of any length with thousands of items in one array. Its text is held once,
and its items are decoded one at a time, so the memory needed follows the largest file, not the set.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asbuilt.exchange.intake.findings import Concern, Place, Remarks, quoted
from asbuilt.exchange.intake.json_text import Scanner
from asbuilt.exchange.intake.sources import Source, text_of, why


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of a JSON text and where it stands in it."""

    value: object
    place: Place


def pieces(source: Source, findings: Remarks) -> Iterator[Piece]:
    """The pieces of a file, decoded one at a time. What cannot be read becomes a refusal, and ends the file.

    Several JSON texts in a row (NDJSON, concatenated files) are all read.
    """
    try:
        text = text_of(source.path)
        scanner = Scanner(text)
        count = 0
        while count == 0 or not scanner.is_at_end():
            count += 1
            name = source.name if count == 1 else f"{source.name} (document {count})"
            yield from _pieces_of_one(scanner, Place(name), findings)
    except (OSError, UnicodeError, json.JSONDecodeError) as problem:
        findings.refuse(Place(source.name), Concern.FILE, why(problem))
    except RecursionError:
        findings.refuse(Place(source.name), Concern.FILE, "is nested too deeply to be read")


def _pieces_of_one(scanner: "Scanner", place: Place, findings: Remarks) -> Iterator[Piece]:
    if scanner.is_at("["):
        yield from _elements(scanner, place, findings)
    elif scanner.is_at("{"):
        yield from _members(scanner, place, findings)
    else:
        yield from _whole(scanner, place, findings)


def _elements(scanner: "Scanner", place: Place, findings: Remarks) -> Iterator[Piece]:
    scanner.expect("[")
    if scanner.skip("]"):
        return
    number = 0
    while True:
        yield from _whole(scanner, place / number, findings)
        number += 1
        if not scanner.skip(","):
            break
    scanner.expect("]")


def _members(scanner: "Scanner", place: Place, findings: Remarks) -> Iterator[Piece]:
    """The items of the long arrays of an object one by one, then all its other members as one object."""
    rest: dict[str, object] = {}
    doubled: list[str] = []
    is_first, has_items = True, False
    scanner.expect("{")
    while not scanner.skip("}"):
        if not is_first:
            scanner.expect(",")
        is_first = False
        key = scanner.key()
        if holds_items(key) and scanner.is_at("["):
            has_items = True
            yield from _elements(scanner, place / key, findings)
            continue
        if key in rest:
            doubled.append(key)
        rest[key] = scanner.value()
        doubled.extend(scanner.doubled)
    if doubled:
        _refuse_doubled(place, doubled, findings)
    elif not has_items or any(isinstance(value, dict | list) for value in rest.values()):
        yield Piece(rest, place)


def holds_items(key: str) -> bool:
    """Whether an array under this key is the long list of a container."""
    return key == "assets" or "TestDataContainer" in key


def _whole(scanner: "Scanner", place: Place, findings: Remarks) -> Iterator[Piece]:
    value = scanner.value()
    if scanner.doubled:
        _refuse_doubled(place, scanner.doubled, findings)
    else:
        yield Piece(value, place)


def _refuse_doubled(place: Place, keys: Sequence[str], findings: Remarks) -> None:
    names = ", ".join(quoted(key) for key in dict.fromkeys(keys))
    findings.refuse(place, Concern.FILE, f"{names} stands twice in one object; only one of the two can be meant")
