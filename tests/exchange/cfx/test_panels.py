"""Positions of panels that the record knows; positions without a good board are skipped and counted."""

import pytest

from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import OperationCompleted, OperationStarted, UnitPanelled
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from tests.exchange.cfx.made import alone, message, panel, unit_tested, units_tested, work_completed, work_started


@pytest.fixture
def panelled(floor):
    """Panel X with boards at 1, 2 and 4, whose serial numbers say nothing of the panel; 3 is an X-out."""
    for position, serial in (("1", "S10"), ("2", "S20"), ("4", "S40")):
        floor.world.unit(f"BOARD/{serial}")
        floor.world.captures(UnitPanelled, f"BOARD/{serial}", panel="X", position=position)
    return floor


def serials(events) -> list[str]:
    return [one.unit.serial_number for one in events]


def test_a_position_of_a_known_panel_is_the_board_there(panelled):
    panelled.hears(work_started(panel(1, 2, 4, identifier="X")), work_completed())
    assert serials(panelled.events(OperationStarted)) == serials(panelled.events(OperationCompleted))
    assert serials(panelled.events(OperationCompleted)) == ["S10", "S20", "S40"]


def test_a_bad_board_is_skipped_and_counted_and_never_commissioned(panelled):
    report = panelled.hears(work_started(panel(1, 2, 3, 4, identifier="X")), part="BOARD")
    assert (report.skipped, report.commissioned, report.unknown) == (1, 0, ())
    assert serials(panelled.events(OperationStarted)) == ["S10", "S20", "S40"]


def test_one_position_alone_is_told_from_the_panel_too(panelled):
    panelled.hears(units_tested(unit_tested("x", position=4)))
    assert serials(panelled.events(OperationCompleted)) == ["S40"]


def test_what_is_done_to_the_panel_is_done_to_its_boards(panelled):
    panelled.world.captures(UnitScrapped, "BOARD/S20", reason="broken")
    panelled.hears(work_started([], body={"PrimaryIdentifier": "X"}), work_completed())
    assert serials(panelled.events(OperationStarted)) == ["S10", "S40"]
    assert serials(panelled.events(OperationCompleted)) == ["S10", "S40"]
    panelled.hears(message("Production.UnitsArrived", {"Units": [{"UnitIdentifier": "X"}]}))
    assert serials(panelled.events(UnitMoved)) == ["S10", "S40"]


def test_the_end_of_work_on_a_panel_says_nothing_new_of_boards_that_were_tested(panelled):
    tested = units_tested(unit_tested("X", position=1, result="Failed"))
    panelled.hears(work_started([], body={"PrimaryIdentifier": "X"}), tested, work_completed())
    ends = [(one.unit.serial_number, one.result.value) for one in panelled.events(OperationCompleted)]
    assert ends == [("S10", "failed"), ("S20", "passed"), ("S40", "passed")]


def test_a_unit_that_bears_the_number_of_the_panel_is_meant_before_it(panelled):
    panelled.world.unit("FRAME/X")
    panelled.hears(work_started([], body={"PrimaryIdentifier": "X"}))
    assert serials(panelled.events(OperationStarted)) == ["X"]


def test_a_position_with_a_name_of_its_own(floor):
    floor.world.unit("BOARD/S1")
    floor.world.captures(UnitPanelled, "BOARD/S1", panel="Y", position="A1")
    units = [{"UnitIdentifier": "Y", "PositionNumber": 1, "PositionName": "a1"}]
    floor.hears(message("Production.LoadingAndUnloading.UnitsLoaded", {"UniqueIdentifier": "PALLET", "Units": units}))
    assert [(one.unit.serial_number, one.location) for one in floor.events(UnitMoved)] == [
        ("S1", "SMTPlus.Model_21232.SN23123")
    ]


def test_positions_that_are_named_otherwise_are_no_bad_boards(floor):
    floor.world.unit("BOARD/S1")
    floor.world.captures(UnitPanelled, "BOARD/S1", panel="Y", position="A1")
    report = floor.hears(work_started(panel(1, 2, identifier="Y")))
    assert (report.skipped, len(report.unknown)) == (0, 2)


def test_units_with_numbers_of_their_own_are_not_looked_for_on_panels(panelled):
    panelled.hears(work_started(alone("S20", "S10")))
    assert serials(panelled.events(OperationStarted)) == ["S20", "S10"]


def test_a_panel_that_is_disqualified_holds_each_of_its_boards(panelled):
    body = {"Reason": "Dropped", "Units": [{"UnitIdentifier": "X", "PositionNumber": None}]}
    panelled.hears(message("Production.UnitsDisqualified", body))
    assert serials(panelled.events(HoldPlaced)) == ["S10", "S20", "S40"]
