"""Files, folders and standard input, cut into pieces of JSON that are small enough to hold.

A container of test data is one JSON text of any length with thousands of items in one array. Its text is held once,
and its items are decoded one at a time, so the memory needed follows the largest file, not the set.
"""

import codecs
import json
import os
import re
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO

from asbuilt.exchange.catenax.findings import Concern, Findings, Place, quoted

STDIN = "-"
FILE_BYTES_MAX = 1 << 30
DIGITS_OF_INTEGER_MAX = 300
"""Longer whole numbers are read as decimals: Python refuses to read very long ones as integers."""

_SPACE = re.compile(r"[ \t\n\r]*")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and what it is called in findings."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of a JSON text and where it stands in it."""

    value: object
    place: Place


@contextmanager
def sources(paths: Iterable[str | Path], *, stdin: BinaryIO, findings: Findings) -> Iterator[list[Source]]:
    """The files that some paths mean: folders stand for their *.json at any depth, `-` for standard input.

    Each file is given once, in an order that does not change from run to run. What can be read only once (standard
    input, a pipe) is copied, because an import reads everything twice. What cannot be read becomes a refusal.
    """
    with tempfile.TemporaryDirectory(prefix="asbuilt-catenax-") as folder:
        found: dict[Path, Source] = {}
        for number, path in enumerate(paths):
            copy = Path(folder) / str(number)
            for source in _sources_of(path, stdin=stdin, copy=copy, findings=findings):
                found.setdefault(source.path.resolve(), source)
        yield list(found.values())


def _sources_of(path: str | Path, *, stdin: BinaryIO, copy: Path, findings: Findings) -> Sequence[Source]:
    name = str(path)
    try:
        if name == STDIN:
            with copy.open("wb") as kept:
                shutil.copyfileobj(stdin, kept)
            return [Source(copy, "standard input")]
        path = Path(path)
        if path.is_dir():
            inside = [Source(one, str(one)) for one in _json_files(path)]
            if not inside:
                findings.refuse(Place(name), Concern.FILE, "the folder holds no *.json; name the files themselves")
            return inside
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe, as in <(…)
            with path.open("rb") as once, copy.open("wb") as kept:
                shutil.copyfileobj(once, kept)
            return [Source(copy, name)]
    except (OSError, ValueError) as problem:
        findings.refuse(Place(name), Concern.FILE, _why(problem))
        return []
    return [Source(path, name)]


def _json_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(".json"):
                yield Path(place, name)


def pieces(source: Source, findings: Findings) -> Iterator[Piece]:
    """The pieces of a file, decoded one at a time. What cannot be read becomes a refusal, and ends the file.

    Several JSON texts in a row (NDJSON, concatenated files) are all read.
    """
    try:
        text = _text_of(source.path)
        scanner = _Scanner(text)
        count = 0
        while count == 0 or not scanner.is_at_end():
            count += 1
            name = source.name if count == 1 else f"{source.name} (document {count})"
            yield from _pieces_of_one(scanner, Place(name), findings)
    except (OSError, UnicodeError, json.JSONDecodeError) as problem:
        findings.refuse(Place(source.name), Concern.FILE, _why(problem))
    except RecursionError:
        findings.refuse(Place(source.name), Concern.FILE, "is nested too deeply to be read")


def _why(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"is not JSON from line {problem.lineno} column {problem.colno} on: {problem.msg}"
    if isinstance(problem, UnicodeError):
        return f"is not UTF-8: {problem}"
    if isinstance(problem, OSError):
        return problem.strerror or str(problem)
    return str(problem)


def _text_of(path: Path) -> str:
    size = path.stat().st_size
    if size > FILE_BYTES_MAX:
        raise OSError(f"holds {size} bytes; at most {FILE_BYTES_MAX} are read from one file: split it")
    raw = path.read_bytes()
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding)
    return raw.decode("utf-8")


def _pieces_of_one(scanner: "_Scanner", place: Place, findings: Findings) -> Iterator[Piece]:
    if scanner.is_at("["):
        yield from _elements(scanner, place, findings)
    elif scanner.is_at("{"):
        yield from _members(scanner, place, findings)
    else:
        yield from _whole(scanner, place, findings)


def _elements(scanner: "_Scanner", place: Place, findings: Findings) -> Iterator[Piece]:
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


def _members(scanner: "_Scanner", place: Place, findings: Findings) -> Iterator[Piece]:
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


def _whole(scanner: "_Scanner", place: Place, findings: Findings) -> Iterator[Piece]:
    value = scanner.value()
    if scanner.doubled:
        _refuse_doubled(place, scanner.doubled, findings)
    else:
        yield Piece(value, place)


def _refuse_doubled(place: Place, keys: Sequence[str], findings: Findings) -> None:
    names = ", ".join(quoted(key) for key in dict.fromkeys(keys))
    findings.refuse(place, Concern.FILE, f"{names} stands twice in one object; only one of the two can be meant")


class _Scanner:
    """Goes through a JSON text value by value. Raises JSONDecodeError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.doubled: list[str] = []
        """The keys that stood twice in an object of the last value."""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=_decimal, parse_int=_integer, parse_constant=_not_finite
        )
        self._step()

    def _step(self, characters: int = 0) -> None:
        found = _SPACE.match(self._text, self._at + characters)
        self._at = found.end() if found else self._at

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.doubled.extend(key for key, count in counts.items() if count > 1)
        return made

    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def is_at(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def skip(self, character: str) -> bool:
        if not self.is_at(character):
            return False
        self._step(1)
        return True

    def expect(self, character: str) -> None:
        if not self.skip(character):
            raise json.JSONDecodeError(f"expected {character}", self._text, self._at)

    def key(self) -> str:
        if not self.is_at('"'):
            raise json.JSONDecodeError("expected a key in quotes", self._text, self._at)
        key = self.value()
        assert isinstance(key, str), "what begins with a quote is a string"
        self.expect(":")
        return key

    def value(self) -> object:
        self.doubled = []
        value, self._at = self._decoder.raw_decode(self._text, self._at)
        self._step()
        return value


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= DIGITS_OF_INTEGER_MAX else _decimal(text)


def _not_finite(text: str) -> Decimal:
    """NaN and infinities are no JSON, but common; they are refused where they stand, not with their whole file."""
    return Decimal(text)
