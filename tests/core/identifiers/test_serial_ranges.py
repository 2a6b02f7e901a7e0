"""Serials are compared by their running number, and only when the rest of them is the same."""

import pytest

from asbuilt.core.identifiers.serial_ranges import RangeProblem, SerialRange


@pytest.mark.parametrize(
    ("first", "last", "serial", "holds"),
    [
        ("IPC-100", "IPC-200", "IPC-100", True),
        ("IPC-100", "IPC-200", "ipc - 000200", True),
        ("IPC-100", "IPC-200", "IPC-99", False),
        ("IPC-100", "IPC-200", "IPC-201", False),
        ("IPC-999", "", "IPC-1000", True),
        ("", "IPC-999", "IPC-1000", False),
        ("100", "200", "150", True),
        ("A1B100C", "A1B200C", "A1B150C", True),
        ("A1B100C", "", "A2B150C", None),
        ("A100", "", "A150X", None),
        ("A100", "", "SAMPLE", None),
        ("", "", "SAMPLE", True),
    ],
)
def test_a_serial_lies_in_a_range(first, last, serial, holds):
    found = SerialRange(first, last)
    found.check()
    assert found.holds(serial) is holds


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("IPC26-100", "IPC27-200", "differ in more than their running number"),
        ("A-100", "A-200X", "differ in more than their running number"),
        ("SAMPLE", "", "serial SAMPLE has no running number; give one with digits, or dates"),
        ("", "X", "serial X has no running number"),
        ("A200", "A100", "no serial is from A200 to A100"),
    ],
)
def test_a_range_that_nothing_compares_with_is_named(first, last, told):
    with pytest.raises(RangeProblem, match=told):
        SerialRange(first, last).check()


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (("", "A100"), ("A101", ""), False),
        (("", "A100"), ("A100", ""), True),
        (("A5", "A9"), ("A1", "A4"), False),
        (("A5", "A9"), ("A7", ""), True),
        (("", ""), ("A7", "A8"), True),
        (("", "A100"), ("", "A5"), True),
    ],
)
def test_two_ranges_meet_or_not(one, other, meet):
    assert SerialRange(*one).meets(SerialRange(*other)) is meet
    assert SerialRange(*other).meets(SerialRange(*one)) is meet
