"""Rows of a file that is CSV or NDJSON, with the line and the columns they stand in."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.exchange.intake.findings import Concern, Place, Remarks, quoted
from asbuilt.exchange.intake.json_text import Scanner
from asbuilt.exchange.intake.sources import Source, text_of, why

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says: texts by column, without blanks around them. Empty and missing are the same."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, field: str) -> Place:
        return Place(self.file, f"line {self.line}, {field}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a file may have. aliases: other names for them. needed: without these a row says nothing."""

    names: tuple[str, ...]
    needed: tuple[str, ...]
    aliases: Mapping[str, str]

    def named(self, text: str) -> str | None:
        """The column that a heading means."""
        name = text.strip().lower().replace(" ", "_")
        name = self.aliases.get(name, name)
        return name if name in self.names else None


def rows_in(source: Source, columns: Columns, findings: Remarks) -> Iterator[Row]:
    """The rows of a file. What cannot be read becomes a refusal that names the line and the field."""
    try:
        text = text_of(source.path)
    except (OSError, UnicodeError) as problem:
        findings.refuse(Place(source.name), Concern.FILE, why(problem))
        return
    begins = text.lstrip()[:1]
    if not begins:
        findings.refuse(Place(source.name), Concern.FILE, "the file is empty")
    elif begins == "[":
        reason = "is a JSON array; give one object a line, as `jq -c '.[]' FILE` writes them"
        findings.refuse(Place(source.name), Concern.FILE, reason)
    elif begins == "{":
        yield from _objects(text, source.name, columns, findings)
    else:
        yield from _table(text, source.name, columns, findings)


def heading_of(source: Source) -> frozenset[str]:
    """The columns that the first row of a file names, in small letters; none when it cannot be read."""
    try:
        first = text_of(source.path).lstrip().partition("\n")[0]
    except (OSError, UnicodeError):
        return frozenset()
    if first.startswith("{"):
        try:
            found = json.loads(first)
        except json.JSONDecodeError:
            return frozenset()
        return frozenset(str(name).lower() for name in found) if isinstance(found, dict) else frozenset()
    return frozenset(cell.strip().lower() for cell in next(csv.reader([first], delimiter=_separator(first)), []))


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _table(text: str, file: str, columns: Columns, findings: Remarks) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_separator(text.lstrip().partition("\n")[0]), strict=True
    )
    headings: Sequence[str | None] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if headings is None:
                headings = _headings(cells, Place(file, f"line {line}"), columns, findings)
                if headings is None:
                    return
            elif len(cells) != len(headings):
                reason = f"has {len(cells)} fields, the heading has {len(headings)}; check the separators and quotes"
                findings.refuse(Place(file, f"line {line}"), Concern.FILE, reason)
            else:
                yield Row(file, line, {name: cell.strip() for name, cell in zip(headings, cells, strict=True) if name})
    except csv.Error as problem:
        findings.refuse(Place(file, f"line {reader.line_num}"), Concern.FILE, f"is no table from here on: {problem}")


def _headings(cells: Sequence[str], place: Place, columns: Columns, findings: Remarks) -> Sequence[str | None] | None:
    """What the cells of the first row mean; None when the rows below cannot be understood, which is then refused."""
    named = [columns.named(cell) for cell in cells]
    for cell, name in zip(cells, named, strict=True):
        if name is None:
            findings.warn(place, Concern.FILE, f"column {quoted(cell)} is not read; known are {_known(columns)}")
    missing = [name for name in columns.needed if name not in named]
    doubled = sorted({name for name in named if name is not None and named.count(name) > 1})
    for name in missing:
        findings.refuse(place, Concern.FILE, f"the heading has no column {name}; known are {_known(columns)}")
    for name in doubled:
        findings.refuse(place, Concern.FILE, f"the heading has more than one column {name}; keep one")
    return None if missing or doubled else named


def _known(columns: Columns) -> str:
    return ", ".join(columns.names)


def _objects(text: str, file: str, columns: Columns, findings: Remarks) -> Iterator[Row]:
    unread: set[str] = set()
    for line, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        place = Place(file, f"line {line}")
        found = _object(raw, place, findings)
        if found is None:
            continue
        cells: dict[str, str] = {}
        is_refused = False
        for key, value in found.items():
            name = columns.named(key)
            if name is None:
                unread.add(key)
            elif isinstance(value, dict | list | bool):
                findings.refuse(Place(file, f"line {line}, {name}"), Concern.FILE, "is no text, number or null")
                is_refused = True
            elif value is not None:
                cells[name] = (f"{value:f}" if isinstance(value, Decimal) else str(value)).strip()
        if not is_refused:
            yield Row(file, line, cells)
    for key in sorted(unread):
        findings.warn(Place(file), Concern.FILE, f"key {quoted(key)} is not read; known are {_known(columns)}")


def _object(raw: str, place: Place, findings: Remarks) -> Mapping[str, object] | None:
    scanner = Scanner(raw)
    try:
        value, _ = scanner.value_and_text()
    except (json.JSONDecodeError, RecursionError) as problem:
        findings.refuse(place, Concern.FILE, f"is not JSON: {getattr(problem, 'msg', 'nested too deeply')}")
        return None
    if not isinstance(value, dict) or not scanner.is_at_end():
        findings.refuse(place, Concern.FILE, "is not one JSON object")
        return None
    if scanner.doubled:
        findings.refuse(place, Concern.FILE, f"says {scanner.doubled[0]} twice; say it once")
        return None
    return value
