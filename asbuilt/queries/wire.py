"""Records as JSON and as rows of CSV, the same for the command line and for HTTP.

JSON: decimals as strings digit for digit, times in ISO 8601 with Z, closed sets as their words. CSV: a header with the
names of the fields, then one line a record; nothing is cut, and no field is turned into a number or a date.
"""

import csv
import dataclasses
import io
import typing
from functools import lru_cache
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def encode(record: object) -> bytes:
    """A record, or a list of them, as JSON without white space."""
    return _ENCODER.encode(record)


def encode_readably(record: object) -> bytes:
    """The same with line breaks and two blanks a level, for people."""
    return msgspec.json.format(_ENCODER.encode(record), indent=2)


@lru_cache(maxsize=64)
def csv_columns(kind: type) -> tuple[str, ...]:
    """The fields of a record that CSV has a column for: all but lists of further records."""
    hints = typing.get_type_hints(kind)
    return tuple(field.name for field in dataclasses.fields(kind) if typing.get_origin(hints[field.name]) is not list)


def csv_header(kind: type) -> str:
    """The first line of CSV for records of a kind."""
    return _line(csv_columns(kind))


def csv_row(record: Any) -> str:  # noqa: ANN401 - a dataclass instance; typeshed has no public name for one
    """A record as a line of CSV."""
    return _line([_cell(getattr(record, name)) for name in csv_columns(record.__class__)])


def _cell(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    plain = msgspec.to_builtins(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return plain
    if isinstance(plain, list | tuple) and all(isinstance(one, str) for one in plain):
        return "; ".join(plain)
    return _ENCODER.encode(plain).decode()


def _line(cells: typing.Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
