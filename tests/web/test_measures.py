"""A value between its limits, in words and drawn."""

from decimal import Decimal

import pytest

from asbuilt.queries.as_built import MeasurementView
from asbuilt.web.measures import BAR_WIDTH, CHIPS_SHOWN, chips, reading_of


def measurement(value: str | None, lower: str | None = None, upper: str | None = None, **more) -> MeasurementView:
    lower_limit, upper_limit = (None if limit is None else Decimal(limit) for limit in (lower, upper))
    number = None if value is None else Decimal(value)
    passed = number is None or not (
        (lower_limit is not None and number < lower_limit) or (upper_limit is not None and number > upper_limit)
    )
    given = {"characteristic": "R1", "value": number, "text": "", "passed": passed, "uom": "kΩ", "nominal": None}
    return MeasurementView(**{**given, "lower_limit": lower_limit, "upper_limit": upper_limit, **more})


@pytest.mark.parametrize(
    ("one", "value", "limits", "verdict"),
    [
        (measurement("10.020", "9.80", "10.20"), "10.020 kΩ", "9.80 – 10.20", ""),
        (measurement("9.61", "9.80", "10.20"), "9.61 kΩ", "9.80 – 10.20", "below the limit"),
        (measurement("51", None, "50"), "51 kΩ", "≤ 50", "above the limit"),
        (measurement("19", "20"), "19 kΩ", "≥ 20", "below the limit"),
        (measurement("7"), "7 kΩ", "", ""),
        (measurement(None, text="2.4.1"), "2.4.1", "", ""),
        (measurement(None, passed=True), "passed", "", ""),
        (measurement(None, passed=False), "failed", "", "failed"),
        (measurement("0.000000001234567890123456789", None, "1", uom=""), "0.000000001234567890123456789", "≤ 1", ""),
    ],
)
def test_a_measurement_is_said_in_words(one, value, limits, verdict):
    reading = reading_of(one)
    assert (reading.value, reading.limits, reading.verdict) == (value, limits, verdict)


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        ("10", "9", "11"),
        ("1e30", "9", "11"),
        ("-1e30", "9", "11"),
        ("5", "5", "5"),
        ("0", "0", "0"),
        ("33", None, "50"),
        ("-3", None, "50"),
        ("-7", None, "-5"),
        ("0", None, "0"),
        ("118", "20", None),
        ("-4", "-20", None),
        ("0", "0", None),
    ],
)
def test_every_value_is_drawn_inside_its_drawing(value, lower, upper):
    bar = reading_of(measurement(value, lower, upper)).bar
    assert 0 <= float(bar.at) <= BAR_WIDTH - 3
    assert float(bar.start) >= 0
    assert float(bar.width) >= 0
    assert float(bar.start) + float(bar.width) <= BAR_WIDTH + 0.1


def test_what_has_no_limits_is_not_drawn():
    assert reading_of(measurement("7")).bar is None
    assert reading_of(measurement(None, text="ok")).bar is None


def test_those_out_of_limits_come_first_and_the_rest_is_counted():
    many = [*(measurement("10", "9", "11") for _ in range(20)), measurement("8", "9", "11")]
    shown, more = chips(many)
    assert shown[0].verdict == "below the limit"
    assert (len(shown), more) == (CHIPS_SHOWN, 21 - CHIPS_SHOWN)
