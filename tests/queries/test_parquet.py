"""Tables as Parquet: what is read of them by another program is what CSV says, cell by cell."""

import io
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pyarrow as pa
import pytest
from pyarrow import parquet as reading

from asbuilt.queries import parquet as writing
from asbuilt.queries.parquet import ParquetMissing, check_parquet, parquet


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Row:
    name: str
    count: int
    colour: Colour
    is_held: bool = field(kw_only=True)
    quantity: Decimal | None
    at: datetime | None
    on: date


MOMENT = datetime(2026, 11, 22, 1, 2, 3, 4, UTC)
ROWS = [
    Row("'; <b>\n\u05d0", 2**62, Colour.RED, Decimal("0.000001"), MOMENT, date(2026, 1, 2), is_held=True),
    Row("", -1, Colour.RED, None, None, date.min, is_held=False),
]


def read(pieces) -> pa.Table:
    return reading.read_table(io.BytesIO(b"".join(pieces)))


def test_every_value_is_read_again_as_it_was():
    assert [Row(**one) for one in read(parquet(ROWS, Row)).to_pylist()] == ROWS
    assert read(parquet(ROWS, Row)).schema.field("at").type == pa.timestamp("us", "UTC")


def test_without_rows_there_are_columns():
    table = read(parquet([], Row))
    assert (table.num_rows, table.column_names) == (0, ["name", "count", "colour", "is_held", "quantity", "at", "on"])


def test_it_is_written_group_by_group_while_rows_are_read(monkeypatch):
    monkeypatch.setattr(writing, "ROWS", 100)
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield ROWS[0]

    pieces = parquet(rows(), Row)
    first = next(pieces)
    assert len(taken) == 100
    found = reading.ParquetFile(io.BytesIO(first + b"".join(pieces)))
    assert (found.metadata.num_rows, found.metadata.num_row_groups) == (1000, 10)


def test_a_quantity_finer_than_what_is_recorded_is_not_rounded():
    with pytest.raises(pa.ArrowInvalid):
        list(parquet([replace(ROWS[0], quantity=Decimal("1e-7"))], Row))


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissing, match=r"pip install 'asbuilt\[parquet\]'"):
        check_parquet()
    with pytest.raises(ParquetMissing):
        next(parquet([], Row))
