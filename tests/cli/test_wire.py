"""Records as JSON and CSV."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from asbuilt.core.states.records.identity import Status
from asbuilt.queries.as_built import ComponentView
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.units import AliasView, UnitRow, UnitView
from asbuilt.queries.where_used import Affected
from asbuilt.queries.wire import csv_columns, csv_header, csv_row, encode, encode_readably


@dataclass(frozen=True, slots=True)
class Inner:
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    text: str = ""
    quantity: Decimal | None = None
    at: datetime | None = None
    on: date | None = None
    status: Status | None = None
    event_id: UUID | None = None
    is_late: bool = False
    count: int = 0
    holds: tuple[str, ...] = ()
    aliases: tuple[AliasView, ...] = ()
    event: dict[str, object] | None = None
    inner: list[Inner] | None = None
    nested: list[Inner] = ()


FULL = Record(
    text='a "quoted", =1+1\nsecond line',
    quantity=Decimal("1.500"),
    at=datetime(2026, 3, 2, 7, 0, 0, 250, tzinfo=timezone(timedelta(hours=1))),
    on=date(2026, 3, 2),
    status=Status.ON_HOLD,
    event_id=UUID(int=7),
    is_late=True,
    count=3,
    holds=("NCR-1", "NCR-2"),
    aliases=(AliasView(scheme="udi", value="1", issuer=""),),
    event={"values": ["1.50", None]},
    nested=[Inner("x")],
)


def test_json_keeps_every_digit_and_says_utc():
    said = json.loads(
        encode(Record(quantity=Decimal("1.500"), at=datetime(2026, 3, 2, tzinfo=UTC), status=Status.FAILED))
    )
    assert (said["quantity"], said["at"], said["status"]) == ("1.500", "2026-03-02T00:00:00Z", "failed")
    assert said["on"] is None
    assert json.loads(encode_readably(FULL)) == json.loads(encode(FULL))


def test_csv_is_read_back_as_it_was():
    header, row = csv.reader(io.StringIO(csv_header(Record) + csv_row(FULL)))
    assert dict(zip(header, row, strict=True)) == {
        "text": 'a "quoted", =1+1\nsecond line',
        "quantity": "1.500",
        "at": "2026-03-02T07:00:00.000250+01:00",
        "on": "2026-03-02",
        "status": "on_hold",
        "event_id": "00000000-0000-0000-0000-000000000007",
        "is_late": "true",
        "count": "3",
        "holds": "NCR-1; NCR-2",
        "aliases": '[{"scheme":"udi","value":"1","issuer":""}]',
        "event": '{"values":["1.50",null]}',
        "inner": "",
    }
    (empty,) = csv.reader(io.StringIO(csv_row(Record())))
    assert empty == ["", "", "", "", "", "", "false", "0", "", "", "", ""]


def test_every_row_of_an_answer_has_its_columns():
    assert csv_columns(UnitRow)[:4] == ("unit", "issuer", "part_number", "serial_number")
    assert "aliases" in csv_columns(UnitView)
    assert {"operations", "components"}.isdisjoint(csv_columns(ComponentView))
    assert csv_header(Affected).startswith("level,kind,unit,")
    assert csv_header(HistoryEntry).endswith(",event\n")
