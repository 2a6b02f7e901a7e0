from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from asbuilt.exchange.catenax.values import catenax_id, uom
from asbuilt.exchange.intake.values import moment, quantity

ID = "urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        "580d3adf-1981-44a0-a214-13d6ceed9379",
        "580D3ADF-1981-44A0-A214-13D6CEED9379",
        "URN:UUID:580d3adf-1981-44A0-a214-13d6ceed9379",
        f"  {ID}\n",
    ],
)
def test_an_id_is_the_same_in_every_spelling(text):
    assert catenax_id(text) == ID


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "urn:uuid:",
        "580d3adf",
        f"{ID}0",
        f"x{ID}",
        "580d3adf198144a0a21413d6ceed9379",
        "\uff1580d3adf-1981-44a0-a214-13d6ceed9379",
        [ID],
    ],
)
def test_what_is_no_uuid_is_no_id(value):
    assert catenax_id(value) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2022-02-04T14:48:54Z", datetime(2022, 2, 4, 14, 48, 54, tzinfo=UTC)),
        ("2022-02-04T14:48:54.709Z", datetime(2022, 2, 4, 14, 48, 54, 709_000, tzinfo=UTC)),
        ("2022-02-04T14:48:54.123456789Z", datetime(2022, 2, 4, 14, 48, 54, 123_456, tzinfo=UTC)),
        ("2022-02-04T14:48:54+01:00", datetime(2022, 2, 4, 14, 48, 54, tzinfo=timezone(timedelta(hours=1)))),
        ("2022-02-04T14:48:54-1130", datetime(2022, 2, 4, 14, 48, 54, tzinfo=timezone(-timedelta(hours=11.5)))),
        ("2022-02-04T24:00:00Z", datetime(2022, 2, 5, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_keeps_its_zone(text, at):
    found = moment(text)
    assert (found.at, found.at.utcoffset(), found.is_day, found.assumed) == (at, at.utcoffset(), False, "")


def test_a_time_without_a_zone_is_taken_as_utc_and_that_is_said():
    found = moment("2022-02-04T14:48:54")
    assert found.at == datetime(2022, 2, 4, 14, 48, 54, tzinfo=UTC)
    assert "UTC" in found.assumed


def test_a_day_is_its_first_moment():
    found = moment("2025-09-26")
    assert (found.at, found.is_day) == (datetime(2025, 9, 26, tzinfo=UTC), True)


@pytest.mark.parametrize(
    "value",
    ["2022-02-30", "2023-02-29T00:00:00Z", "2022-13-01", "2022-02-04T25:00:00Z", "2022-02-04T24:00:01Z", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-14:00",
        "3000-01-01T00:00:00Z", "-2022-01-01", "20220204", "4.2.2022", "", "now", None, 20220204, "2022-02-04T14:48:54+99:00"],
)  # fmt: skip
def test_what_is_no_time_is_none(value):
    assert moment(value) is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1, "1"),
        (Decimal("20.0"), "20"),
        (Decimal("2.50"), "2.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("0.1000000000000000055"), "0.1"),
        (999_999_999_999, "999999999999"),
    ],
)
def test_a_quantity_is_written_in_one_way(value, kept):
    assert str(quantity(value).value) == kept


def test_a_quantity_finer_than_the_record_is_rounded_and_that_is_said():
    assert quantity(Decimal("0.12345678")).value == Decimal("0.123457")
    assert "rounded" in quantity(Decimal("0.12345678")).assumed
    assert quantity(Decimal("0.5")).assumed == ""


@pytest.mark.parametrize(
    "value",
    [0, -1, Decimal("-0.5"), Decimal("0.0"), Decimal("NaN"), Decimal("Infinity"), True, "20", None, [], {}, 10**12, Decimal("1e999999999"),
     Decimal("1e-999999999"), Decimal("0.0000001")],
)  # fmt: skip
def test_what_is_no_quantity_is_explained(value):
    assert isinstance(quantity(value), str)


def test_a_unit_of_measure_loses_its_prefix():
    assert uom("unit:piece") == "piece"
    assert uom("litre") == "litre"
    assert uom("") is None
    assert uom("unit:") is None
    assert uom(3) is None
    assert uom("unit:a\x00b") is None
