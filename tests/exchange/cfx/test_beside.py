"""Readings and tools are part of the operation of their transaction."""

from decimal import Decimal

import pytest

from asbuilt.core.events.production import OperationCompleted, Result
from tests.exchange.cfx.made import (
    message,
    numeric,
    panel,
    reading,
    readings,
    tools_used,
    unit_tested,
    units_tested,
    work_completed,
    work_started,
)

READINGS, TOOLS = "CFX.Production.ReadingsRecorded", "CFX.Production.ToolsUsed"


def measured(boards) -> list[dict[str, object]]:
    """Of each end of work, what was measured."""
    ends = boards.events(OperationCompleted)
    return [{one.characteristic: one.value or one.text or one.passed for one in end.measurements} for end in ends]


def test_readings_of_a_transaction_are_measurements_of_its_units(boards):
    some = readings(reading("depth", "1.50"), reading("own", "2", UnitPositionNumber=2))
    report = boards.hears(work_started(panel(1, 2)), some, work_completed())
    assert measured(boards) == [{"depth": Decimal("1.50")}, {"depth": Decimal("1.50"), "own": 2}]
    assert report.mapped[READINGS] == 1
    assert boards.hears(some).mapped == {READINGS: 1}, "and it is known to be there when it comes again"


def test_readings_and_tools_are_told_with_the_result_of_the_test(boards):
    tested = units_tested(unit_tested("PANEL7", position=1))
    boards.hears(
        work_started(panel(1, 2)), readings(reading("depth", "1")), tools_used("W-7"), tested, work_completed()
    )
    first, second = boards.events(OperationCompleted)
    assert (first.tool, second.tool) == ("W-7", "")
    assert [set(one) for one in measured(boards)] == [{"ICT", "depth"}, {"depth"}]


def test_a_bad_reading_fails_the_operation(boards):
    boards.hears(work_started(panel(1)), readings(reading("depth", "1", Result="Failed")), work_completed())
    assert measured(boards) == [{"depth": 1, "depth result": False}]
    assert boards.world.unit_view("BOARD/PANEL7-1").last_result == "failed"


def test_limits_of_a_reading_are_kept(boards):
    boards.hears(work_started(panel(1)), readings(reading("d", "5", MaximumAcceptableValue="4")), work_completed())
    (event,) = boards.events(OperationCompleted)
    assert (event.result, event.measurements[0].upper_limit) == (Result.PASSED, 4)
    assert boards.world.unit_view("BOARD/PANEL7-1").last_result == "failed", "the record judges"


def test_a_reading_that_is_a_text_stays_one(boards):
    boards.hears(work_started(panel(1)), readings(reading("code", "0012", ValueDataType="String")), work_completed())
    assert measured(boards) == [{"code": "0012"}]


def test_several_tools_are_kept_with_their_message(boards):
    report = boards.hears(work_started(panel(1)), tools_used("W-7", "W-8"), work_completed())
    assert [one.tool for one in boards.events(OperationCompleted)] == [""]
    assert report.preserved == {TOOLS: 1}


@pytest.mark.parametrize("late", [readings(reading("depth", "1")), tools_used("W-7")])
def test_what_comes_after_the_end_was_recorded_stays_with_its_message(boards, late):
    boards.hears(work_started(panel(1)), work_completed())
    report = boards.hears(late)
    assert sum(report.preserved.values()) == 1
    assert "was recorded without it before" in report.warnings[0].reason
    assert len(boards.events(OperationCompleted)) == 1


def test_readings_without_a_transaction_are_kept_only(boards):
    some = message("Production.ReadingsRecorded", {"Readings": [reading("x", "1", UnitIdentifier="PANEL7-1")]})
    assert boards.hears(some).preserved == {READINGS: 1}


def test_two_results_of_a_unit_do_not_both_have_the_readings(boards):
    tests = [units_tested(unit_tested("PANEL7", position=1), minute=minute) for minute in (3, 4)]
    report = boards.hears(work_started(panel(1, 2)), readings(reading("depth", "1")), *tests)
    assert [set(one) for one in measured(boards)] == [{"ICT"}, {"ICT"}]
    assert report.preserved == {READINGS: 1}


@pytest.mark.parametrize("odd", [None, [], {}, 7, "x", [None], [[]], [{"Value": {}}], [{"UnitPositionNumber": "x"}]])
def test_odd_readings_do_no_harm(boards, odd):
    some = message("Production.ReadingsRecorded", {"TransactionId": "T-1", "Readings": odd}, minute=2)
    report = boards.hears(work_started(panel(1), work="T-1"), some, work_completed(work="T-1"))
    assert report.refusals == ()
    assert len(boards.events(OperationCompleted)) == 1


def test_fields_of_measurements_that_were_understood_are_not_listed_as_unmapped(boards):
    one = numeric("rail", 3.3, low=3, high=4)
    report = boards.hears(units_tested(unit_tested("PANEL7-1", one)))
    listed = {one.field.rpartition("/")[2] for one in report.unmapped_fields}
    assert not listed & {"MeasurementName", "Value", "ValueUnits", "MinimumAcceptableValue"}
