"""Tables: one file a kind, named after its section, one row a definition or one row for each entry of its list.

The header names fields as YAML does. A list of names is written `A | B`; what is nested deeper is written as in YAML:
`[{reference_designator: A1, part: 3310-042}]`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.exchange.definitions.kinds import Kind
from asbuilt.exchange.definitions.nodes import Faults, Mapping, Node, Scalar, Sequence, did_you_mean
from asbuilt.exchange.definitions.shapes import Field, Form, fields_of
from asbuilt.exchange.definitions.yaml_text import parsed

SEPARATORS = (";", ",", "\t")
BETWEEN_NAMES = "|"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table. is_inner: its field is one of the entries of the list."""

    field: Field
    is_inner: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """How the rows of a kind are read. rows: the list of which each row is an entry, for kinds that have one."""

    kind: Kind
    columns: tuple[_Column, ...]
    rows: Field | None
    faults: Faults


def table(text: str, kind: Kind, faults: Faults) -> Mapping | None:
    """The definitions in a table, by name; None when it cannot be read, which is then a fault."""
    header = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        columns = _columns(names, kind, faults)
        if columns is None:
            return None
        found = _Table(kind, columns, _list_field(kind), faults)
        return _gathered(found, _rows(reader, found))
    except csv.Error as problem:
        faults.note(reader.line_num, kind.section, f"is no table: {problem}")
        return None


def _list_field(kind: Kind) -> Field | None:
    """The one field that is a list of records."""
    found = [one for one in fields_of(kind.event_type) if one.of is not None and one.of.form is Form.RECORD]
    return found[0] if found else None


def _columns(names: list[str], kind: Kind, faults: Faults) -> tuple[_Column, ...] | None:
    outer = {one.name: _Column(one, is_inner=False) for one in fields_of(kind.event_type)}
    rows = _list_field(kind)
    known = {name: one for name, one in outer.items() if name not in kind.left_out - {kind.name}}
    if rows is not None and rows.of is not None:
        del known[rows.name]
        inner = {one.name: _Column(one, is_inner=True) for one in rows.of.fields}
        known = {**{f"{rows.name}.{name}": one for name, one in inner.items()}, **inner, **known}
    start = len(faults.found)
    for name in names:
        if name not in known:
            reason = f"there is no column {name or 'without a name'}; {did_you_mean(name, list(known))}"
            faults.note(1, f"{kind.section}.{name}", reason)
    doubled = {name for name in names if names.count(name) > 1}
    for name in sorted(doubled):
        faults.note(1, f"{kind.section}.{name}", f"there is more than one column {name}; keep one")
    if kind.name not in names:
        faults.note(
            1, f"{kind.section}.{kind.name}", f"the column {kind.name} is missing; it says what each row defines"
        )
    return tuple(known[name] for name in names) if len(faults.found) == start else None


def _rows(reader: Iterator[list[str]], found: _Table) -> Iterator[tuple[int, list[str]]]:
    """Rows that say something, each with the line it begins in."""
    first = 2
    for cells in reader:
        line, first = first, getattr(reader, "line_num", first) + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(found.columns):
            reason = (
                f"has {len(cells)} cells, the header has {len(found.columns)}; a text with separators stands in quotes"
            )
            found.faults.note(line, found.kind.section, reason)
            continue
        yield line, cells


def _gathered(found: _Table, rows: Iterator[tuple[int, list[str]]]) -> Mapping:
    section = Mapping(1)
    for line, cells in rows:
        outer, inner = Mapping(line), Mapping(line)
        for column, text in zip(found.columns, cells, strict=True):
            if text.strip():
                into = inner if column.is_inner else outer
                where = f"{found.kind.section}.{column.field.name}"
                into.items[column.field.name] = _cell(text.strip(), column.field, line, where, found.faults)
                into.lines[column.field.name] = line
        name = outer.items.pop(found.kind.name, Scalar("", line))
        assert isinstance(name, Scalar), "a name is a single text"
        _put(found, section, name, outer, inner)
    return section


def _put(found: _Table, section: Mapping, name: Scalar, outer: Mapping, inner: Mapping) -> None:
    """Put a row where it belongs: it begins a definition, or continues the one of that name."""
    there = section.items.get(name.text)
    where = f"{found.kind.section}.{name.text}"
    if there is None:
        section.lines[name.text] = name.line
    if found.rows is None and found.kind.key:
        several = there if isinstance(there, Sequence) else Sequence(outer.line)
        several.items.append(outer)
        section.items[name.text] = several
        return
    if found.rows is None:
        if there is not None:
            found.faults.note(name.line, where, f"stands here twice, first in line {there.line}; keep one")
            return
        section.items[name.text] = outer
        return
    if not isinstance(there, Mapping):
        there = section.items[name.text] = outer
        there.items[found.rows.name] = Sequence(outer.line)
        there.lines[found.rows.name] = outer.line
    _agree(found, there, outer, where)
    entries = there.items[found.rows.name]
    assert isinstance(entries, Sequence), "made above"
    entries.items.append(inner)


def _agree(found: _Table, there: Mapping, outer: Mapping, where: str) -> None:
    """What is said of the whole is said the same in each of its rows, or only once."""
    for field, value in outer.items.items():
        before = there.items.get(field)
        if before is None:
            there.items[field], there.lines[field] = value, outer.lines[field]
        elif isinstance(value, Scalar) and isinstance(before, Scalar) and value.text != before.text:
            reason = f"is {value.text!r} here and {before.text!r} in line {before.line}; say one"
            found.faults.note(value.line, f"{where}.{field}", reason)


def _cell(text: str, field: Field, line: int, where: str, faults: Faults) -> Node:
    if field.form is not Form.LIST:
        return Scalar(text, line, is_plain=False)
    if text.startswith("["):
        inside = Faults(faults.file)
        node = parsed(text, inside, lines_before=line - 1)
        for one in inside.found:
            faults.note(line, where, one.reason)
        return node or Sequence(line)
    return Sequence(line, [Scalar(one.strip(), line, is_plain=False) for one in text.split(BETWEEN_NAMES)])
