"""`asbuilt reference`: writes the part of the documentation that is made from the code."""

import dataclasses
import json
import re
import typing
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any
from uuid import UUID

import click

from asbuilt.capture.capture import CAPTURE_RULES
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.reference_examples import EXAMPLES
from asbuilt.cli.reference_meanings import MEANINGS
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.core.events.event import Characteristic, Event, Measurement
from asbuilt.core.events.production import BrokenRule
from asbuilt.core.events.recalls import RecallSeed
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.subjects import (
    BillOfMaterials,
    CodeList,
    Lot,
    Operator,
    Part,
    Recall,
    Routing,
    SetupList,
    Specification,
    Station,
    Tool,
    Unit,
    WorkCenter,
    WorkOrder,
)
from asbuilt.core.rules.catalogue import RULES
from asbuilt.core.rules.rule import Rule
from asbuilt.ledger.codec import Decoder
from asbuilt.ledger.migrations import MIGRATIONS, migration_sql

FOLDER = Path("docs/reference")
MADE = "<!-- Made by `asbuilt reference` from the code; changes here are lost. -->"


_NESTED = (
    Characteristic,
    Measurement,
    RouteOperation,
    RouteComponent,
    BillLine,
    SetupSlot,
    RecallSeed,
    BrokenRule,
)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is not as it would be written.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="Where to.")
def reference(*, check: bool, folder: Path) -> None:
    """Write the rule book, the list of events and the schema of the database as documentation."""
    pages = {"rules.md": rule_book(), "events.md": event_list(), "schema.md": schema()}
    if check:
        stale = [str(folder / name) for name, text in pages.items() if _text_of(folder / name) != text]
        if stale:
            raise Problem(f"{' and '.join(stale)} is stale; write it anew with `asbuilt reference`", Exit.NOT_FOUND)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from map(_row, rows)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


# Rules


def rule_book() -> str:
    """docs/reference/rules.md."""
    return _page(_rule_lines())


def _rule_lines() -> Iterator[str]:
    yield from ("# Rules", "", MADE, "")
    yield "Before an event is recorded, all rules of its type judge it, and every one it breaks is named in the answer."
    yield "A number stands for one rule for ever. Each rule has a test that keeps it and breaks it."
    for room in dict.fromkeys(_room(rule) for rule in RULES):
        yield from ("", f"## {room.capitalize()}", "")
        yield from _table(
            ("Rule", "What holds", "Events", "Source", "Test"),
            (_rule_row(rule) for rule in sorted(RULES, key=lambda one: one.number) if _room(rule) == room),
        )
    yield from ("", "## Capture", "", "These hold for every event, whatever its type.", "")
    yield from _table(
        ("Rule", "What holds", "Test"),
        ((f"**{number}**", title, _link("tests/capture/test_capture.py")) for number, title in CAPTURE_RULES),
    )


def _room(rule: Rule) -> str:
    return rule.reason.__module__.rpartition(".")[2]


def _rule_row(rule: Rule) -> tuple[str, ...]:
    test = f"test_{rule.number.replace('-', '_')}_{rule.name}"
    events = ", ".join(f"[{event.__name__}](events.md#{event.__name__.lower()})" for event in rule.events)
    return f"**{rule.number}**", rule.title, events, rule.cites, _link(_file_of(test, _room(rule)), test)


def _file_of(test: str, room: str) -> str:
    """Where a test of a room's rules is: the stories of a large room are in several files."""
    folder = Path("tests/core/rules")
    holding = (path for path in sorted(folder.glob(f"test_{room}_*.py")) if f"def {test}(" in _text_of(path))
    return str(next(holding, folder / f"test_{room}.py"))


def _link(path: str, text: str = "") -> str:
    return f"[`{text or path}`](../../{path})"


# Events


def event_list() -> str:
    """docs/reference/events.md."""
    return _page(_event_lines())


def _event_lines() -> Iterator[str]:
    yield from ("# Events", "", MADE, "")
    yield "What can be recorded, as JSON: one object with `type` and the fields below. Fields that are left out have"
    yield "their default. Names are written `part/number` or `issuer:part/number`; without an issuer the site's own is"
    yield "meant. Every event may also carry `site`, which must then be the site it is sent to."
    for room in dict.fromkeys(room_of(event_type) for event_type in EVENT_TYPES):
        names = [event_type.__name__ for event_type in EVENT_TYPES if room_of(event_type) == room]
        yield from ("", f"**{room.capitalize()}**: " + ", ".join(f"[{name}](#{name.lower()})" for name in names))
    yield from ("", "## Fields of every event", "")
    yield from _fields_of(Event)
    for event_type in EVENT_TYPES:
        yield from ("", f"## {event_type.__name__}", "", *_paragraphs(event_type), "")
        yield from _fields_of(event_type, without=Event)
        yield from ("", "```json", _example(event_type), "```")
    for nested in _NESTED:
        yield from ("", f"## {nested.__name__}", "", *_paragraphs(nested), "")
        yield from _fields_of(nested)


def _paragraphs(kind: type) -> Iterator[str]:
    for line in (kind.__doc__ or "").strip().splitlines():
        yield line.strip()


def _fields_of(kind: type, *, without: type | None = None) -> Iterator[str]:
    hints = typing.get_type_hints(kind)
    common = {field.name for field in dataclasses.fields(without)} if without is not None else set()
    fields = [field for field in dataclasses.fields(kind) if field.name not in common]
    return _table(
        ("Field", "Type", "Default", "Meaning"),
        ((f"`{one.name}`", type_in_words(hints[one.name]), _default(one), _meaning(kind, one.name)) for one in fields),
    )


def _meaning(kind: type, name: str) -> str:
    return MEANINGS.get(f"{kind.__name__}.{name}") or MEANINGS[name]


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING:
        return "**required**"
    if field.default is None or field.default in ("", ()):
        return "none"
    return f"`{field.default}`"


_WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    Decimal: "decimal",
    UUID: "UUID",
    date: "date",
    datetime: "time with zone",
    Unit: "unit",
    Lot: "lot",
    Part: "part",
    WorkOrder: "work order",
    Station: "station",
    Specification: "specification",
    Routing: "routing",
    BillOfMaterials: "bill of materials",
    WorkCenter: "work center",
    CodeList: "code list",
    SetupList: "setup list",
    Recall: "recall",
    Tool: "tool",
    Operator: "operator",
}


def type_in_words(hint: Any) -> str:  # noqa: ANN401 - any type hint
    """The type of a field as a reader of JSON understands it."""
    arguments = [one for one in typing.get_args(hint) if one not in (type(None), ...)]
    if typing.get_origin(hint) is tuple:
        or_null = ", each or null" if type(None) in typing.get_args(arguments[0]) else ""
        return f"list of {type_in_words(arguments[0])}{or_null}"
    if isinstance(hint, UnionType):
        return " or ".join(map(type_in_words, arguments))
    plain = getattr(hint, "__supertype__", hint)
    if plain in _WORDS:
        return _WORDS[plain]
    if issubclass(plain, StrEnum):
        return "one of " + ", ".join(f"`{member.value}`" for member in plain)
    return f"[{plain.__name__}](#{plain.__name__.lower()})"


def _example(event_type: type[Event]) -> str:
    example = {"type": event_type.__name__, **EXAMPLES[event_type.__name__]}
    text = json.dumps(example, indent=2, ensure_ascii=False)
    event = Decoder("ACME").one(text.encode()).event  # what is shown can be sent
    assert type(event) is event_type, "an example is of the type it stands for"
    return text


# Schema


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column as a schema file writes it."""

    name: str
    definition: str
    comment: str


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """A table with what is said of it, its columns, and its further lines: indexes, checks, triggers."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    rest: tuple[str, ...]


def schema() -> str:
    """docs/reference/schema.md."""
    return _page(_schema_lines())


def _schema_lines() -> Iterator[str]:
    yield from ("# Schema", "", MADE, "")
    yield "The tables of the database, with what the schema files in `asbuilt/ledger/schema` say of them. SQLite and"
    yield "PostgreSQL have the same tables and columns. Times are microseconds since 1970-01-01T00:00:00Z, dates ISO"
    yield "texts, quantities millionths of their unit of measure."
    for migration in MIGRATIONS:
        yield from ("", f"## {migration}")
        both = {dialect: relations(migration_sql(dialect, migration)) for dialect in ("sqlite", "postgresql")}
        for here, there in zip(both["sqlite"], both["postgresql"], strict=True):
            yield from ("", f"### {here.name}", "", here.comment or there.comment, "")
            yield from _table(("Column", "SQLite", "PostgreSQL", "Meaning"), _column_rows(here, there))
            if here.rest:
                yield from ("", *(f"* {line}" for line in here.rest))


def _column_rows(here: Relation, there: Relation) -> Iterator[tuple[str, ...]]:
    for ours, theirs in zip(here.columns, there.columns, strict=True):
        assert ours.name == theirs.name, f"{here.name}: the dialects disagree on {ours.name}"
        yield f"`{ours.name}`", f"`{ours.definition}`", f"`{theirs.definition}`", ours.comment or theirs.comment


_COLUMN = re.compile(r"    (?P<name>[a-z_]+) +(?P<definition>.+?),?\s*(?:-- (?P<comment>.*))?$")

_ADDED = re.compile(
    r"ALTER TABLE (?P<table>[a-z_]+) ADD COLUMN (?P<name>[a-z_]+) (?P<definition>.+?); -- (?P<comment>.*)$"
)


def relations(sql: str) -> tuple[Relation, ...]:
    """The tables of a schema file, in its order."""
    found: list[Relation] = []
    comment: list[str] = []
    columns: list[Column] | None = None
    rest: list[str] = []
    for line in sql.splitlines():
        if line.startswith("-- "):
            comment.append(line[3:])
        elif line.startswith("CREATE TABLE"):
            columns, rest = [], []
            found.append(Relation(line.split()[2], " ".join(comment), (), ()))
        elif added := _ADDED.match(line):
            column_added = Column(added["name"], added["definition"], added["comment"])
            if found and found[-1].name == added["table"]:
                found[-1] = dataclasses.replace(found[-1], columns=(*found[-1].columns, column_added))
            else:
                found.append(Relation(added["table"], "Further columns.", (column_added,), ()))
        elif columns is not None and (column := _COLUMN.match(line)):
            columns.append(Column(column["name"], column["definition"], column["comment"] or ""))
        elif columns is not None and line.startswith("    "):
            rest.append(f"`{line.strip().rstrip(',')}`")
        elif columns is not None and line.startswith(")"):
            found[-1] = dataclasses.replace(found[-1], columns=tuple(columns), rest=tuple(rest))
            columns = None
        if not line.startswith("-- "):
            comment = []
    return tuple(found)


if __name__ == "__main__":
    reference()
