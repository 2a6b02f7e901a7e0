"""Rows of one kind as a Parquet file, written while they are read. Source: Apache Parquet format 2.

Texts are texts, times are timestamps in UTC to the microsecond, whole numbers have 64 bits, quantities are decimals
with six places, as they are recorded. Nothing is rounded.
"""

import types
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from io import RawIOBase
from itertools import islice
from typing import Any, Union, get_args, get_origin, get_type_hints

ROWS = 20_000
"""Rows in a group: the memory does not grow with the length of the answer."""

DIGITS, PLACES = 38, 6


class ParquetMissing(RuntimeError):
    """The package that writes Parquet is not installed."""

    def __init__(self) -> None:
        super().__init__("Parquet needs the package pyarrow; install it with: pip install 'asbuilt[parquet]'")


def check_parquet() -> None:
    """Raise ParquetMissing when it cannot be written."""
    _arrow()


def _arrow() -> Any:  # noqa: ANN401 - a module without types
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional package
    except ImportError:
        raise ParquetMissing from None
    return pa


def parquet(rows: Iterable[Any], kind: type) -> Iterator[bytes]:
    """The bytes of a file, group by group. kind: the dataclass of the rows. Raises ParquetMissing."""
    arrow = _arrow()
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - as above

    writer_of: Any = ParquetWriter
    schema = arrow.schema([(name, _type_of(arrow, hint)) for name, hint in _columns(kind)])
    waiting, sink = iter(rows), _Pieces()
    with writer_of(arrow.PythonFile(sink, mode="w"), schema) as writer:
        while some := list(islice(waiting, ROWS)):
            columns = [[_plain(getattr(row, name)) for row in some] for name in schema.names]
            arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            yield from sink.taken()
    yield from sink.taken()


def _columns(kind: type) -> list[tuple[str, object]]:
    hints = get_type_hints(kind)
    return [(one.name, hints[one.name]) for one in fields(kind)]


def _type_of(arrow: Any, hint: object) -> Any:  # noqa: ANN401 - a module without types
    """The type of a column by that of a field; of one that may be None, that of the rest."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (one for one in get_args(hint) if one is not types.NoneType)
    assert isinstance(hint, type), f"a column of {hint} is a table of its own"
    known = (
        (bool, arrow.bool_()),
        (int, arrow.int64()),
        (str, arrow.string()),
        (datetime, arrow.timestamp("us", "UTC")),
        (date, arrow.date32()),
        (Decimal, arrow.decimal128(DIGITS, PLACES)),
    )
    return next(found for base, found in known if issubclass(hint, base))


def _plain(value: object) -> object:
    """Without what a library reads in another way: an enumeration is its text."""
    return str(value) if isinstance(value, str) else value


class _Pieces(RawIOBase):
    """A file that is only written, whose bytes are taken away while it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:  # noqa: ANN401 - any buffer
        self._waiting.append(bytes(piece))
        self._size += len(self._waiting[-1])
        return len(self._waiting[-1])

    def tell(self) -> int:
        return self._size

    def taken(self) -> Iterator[bytes]:
        waiting, self._waiting = self._waiting, []
        yield from waiting
