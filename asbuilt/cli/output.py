"""Answers as tables for people, and as JSON, CSV or a JSON object a line for programs."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import Any, TypeVar

import click

from asbuilt.cli.exits import Exit, Problem
from asbuilt.core.states.records.identity import Status
from asbuilt.queries.parquet import ParquetMissing, check_parquet, parquet
from asbuilt.queries.wire import csv_header, csv_row, encode, encode_readably

WIDTHS_FROM = 200
"""Rows looked at for the widths of a table's columns; the table is printed while the rest is still being read."""

CHUNK_BYTES = 64 * 1024

LOUD = {
    Status.SCRAPPED.value: "red",
    Status.FAILED.value: "red",
    Status.ON_HOLD.value: "yellow",
    "wrong": "red",
    "not_delivered": "yellow",
}
"""Words that are coloured on a terminal. What is good stays plain."""

PARQUET = "parquet"
"""A format of tables that may have a million rows."""

R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, and the text of a row in it."""

    title: str
    text: Callable[[Any], str]


def format_option(function: F) -> F:
    """The options --format and --json; the command gets `form`."""
    return format_option_with()(function)


def format_option_with(*more: str) -> Callable[[F], F]:
    """The same for a command that knows further formats."""
    choice = click.option(
        "--format",
        "form",
        type=click.Choice([*(form.value for form in Format), *more]),
        default=Format.TABLE.value,
        show_default=True,
        help="How the answer is written.",
    )
    shorthand = click.option("--json", "form", flag_value=Format.JSON.value, help="Short for --format json.")

    def with_formats(function: F) -> F:
        return choice(shorthand(function))

    return with_formats


def write_record(record: object, form: str, table: Callable[[], Iterable[str]]) -> None:
    """One record; `table` gives its lines for people."""
    if form == Format.TABLE:
        write(f"{line}\n" for line in table())
    elif form == Format.JSON:
        write([encode_readably(record), b"\n"])
    elif form == Format.NDJSON:
        write([encode(record), b"\n"])
    else:
        write([csv_header(type(record)), csv_row(record)])


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of one kind, how a table shows them, and the name they stand under in JSON after the members of `head`."""

    kind: type
    columns: Sequence[Column]
    name: str
    head: dict[str, object]


def write_rows(rows: Iterable[Any], listing: Listing, form: str) -> None:
    """Rows in the asked format, written while they are read. Raises Problem where Parquet cannot be written."""
    if form == Format.TABLE:
        write(f"{line}\n" for line in table_lines(rows, listing.columns))
    elif form == Format.JSON:
        write(_json(rows, listing))
    elif form == Format.NDJSON:
        write(encode(row) + b"\n" for row in rows)
    elif form == PARQUET:
        write(_as_parquet(rows, listing.kind))
    else:
        write(chain((csv_header(listing.kind),), (csv_row(row) for row in rows)))


def _as_parquet(rows: Iterable[Any], kind: type) -> Iterator[bytes]:
    if sys.stdout.isatty():
        raise Problem("Parquet is for a file, not for a terminal; write > FILE.parquet at the end", Exit.USAGE)
    try:
        check_parquet()
    except ParquetMissing as problem:
        raise Problem(str(problem), Exit.USAGE) from None
    return parquet(rows, kind)


def _json(rows: Iterable[Any], listing: Listing) -> Iterator[bytes]:
    """One object: the head, the rows, their count; a row a line, so that it can be looked at and compared."""
    start = encode(listing.head)[:-1]
    yield start + (b"," if listing.head else b"") + encode(listing.name) + b":["
    count = 0
    for row in rows:
        yield (b",\n" if count else b"\n") + encode(row)
        count += 1
    yield b'\n],"count":%d}\n' % count


def table_lines(rows: Iterable[Any], columns: Sequence[Column]) -> Iterator[str]:
    """The lines of a table, in columns as wide as the first rows ask for. Nothing is cut off."""
    waiting = iter(rows)
    first = [_cells(row, columns) for row in islice(waiting, WIDTHS_FROM)]
    titles = [column.title for column in columns]
    widths = [max(map(len, cells)) for cells in zip(titles, *first, strict=True)]
    yield styled(_padded(titles, widths), bold=True)
    for cells in chain(first, (_cells(row, columns) for row in waiting)):
        yield _padded(cells, widths)


def _cells(row: object, columns: Sequence[Column]) -> list[str]:
    # A reason may hold line breaks; a row of a table is one line.
    return [" ".join(column.text(row).split("\n")) for column in columns]


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [loud(text) + " " * (width - len(text)) for text, width in zip(cells[:-1], widths[:-1], strict=True)]
    return "  ".join([*padded, loud(cells[-1])]).rstrip()


def facts(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and values, a line each; those without a value are left out."""
    given = [(name, text) for name, text in pairs if text]
    width = max((len(name) for name, _ in given), default=0)
    for name, text in given:
        yield f"{styled(name.ljust(width), dim=True)}  {loud(text)}"


SECTION_MAX = 20
"""Rows of a section of a report in a table; its JSON holds them all."""


def section(title: str, rows: Sequence[object], columns: Sequence[Column]) -> Iterator[str]:
    """The lines of a part of a report with its count; nothing where there are no rows."""
    if not rows:
        return
    yield ""
    yield styled(f"{title}: {len(rows):,}", bold=True)
    yield from table_lines(rows[:SECTION_MAX], columns)
    if len(rows) > SECTION_MAX:
        yield f"… and {len(rows) - SECTION_MAX:,} more; --json lists them all"


FINDING = (
    Column("rule", lambda row: row.rule),
    Column("reason", lambda row: row.reason),
    Column("where", lambda row: f"{row.file} {row.pointer}".strip()),
)
"""How a remark on a document is shown."""


def loud(text: str) -> str:
    """A word in its colour, when it says that something is wrong."""
    return styled(text, fg=LOUD[text]) if text in LOUD else text


def styled(text: str, **style: Any) -> str:  # noqa: ANN401 - as in click.style
    """Text in a style, on a terminal that wants it."""
    return click.style(text, **style) if _is_colourful() else text


def _is_colourful() -> bool:
    # https://no-color.org: set, to whatever but nothing, it means no colour.
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def write(parts: Iterable[str | bytes]) -> None:
    """Write to stdout in UTF-8, in larger pieces; on a terminal line by line."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    at_once = 1 if sys.stdout.isatty() else CHUNK_BYTES
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        waiting.append(raw)
        size += len(raw)
        if size >= at_once:
            out.write(b"".join(waiting))
            waiting, size = [], 0
    out.write(b"".join(waiting))
    out.flush()


def short(name: str, own_issuer: str) -> str:
    """A full name without the site's own issuer, which is meant anyway."""
    return name.removeprefix(f"{own_issuer}:")
