"""Work started and completed, tests, inspections and processes become operations on units."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from asbuilt.core.events.defects import Defect
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Result
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Station
from tests.exchange.cfx.made import (
    SMT,
    WORK,
    alone,
    message,
    numeric,
    panel,
    unit_tested,
    units_tested,
    work_completed,
    work_started,
)

BOARDS = ["ACME:BOARD/PANEL7-1", "ACME:BOARD/PANEL7-2"]


def completed(floor):
    return {str(one.unit): one for one in floor.events(OperationCompleted)}


def measured(event) -> dict[str, Measurement]:
    return {one.characteristic: one for one in event.measurements}


def test_work_on_a_panel_is_work_on_each_of_its_boards(boards):
    order = boards.world.order("WO-1", part="BOARD")
    body = {"RecipeName": "TOP", "Revision": "2.0", "WorkOrderIdentifier": {"WorkOrderId": "WO-1", "Batch": None}}
    report = boards.hears(work_started(panel(1, 2), body=body), work_completed())
    assert report.mapped == {"CFX.Production.WorkCompleted": 1, "CFX.Production.WorkStarted": 1}
    starts, ends = boards.events(OperationStarted), boards.events(OperationCompleted)
    assert [str(one.unit) for one in starts] == [str(one.unit) for one in ends] == BOARDS
    assert {(one.operation, one.station.name, one.work_order) for one in [*starts, *ends]} == {(SMT, SMT, order)}
    assert {(one.result, one.program) for one in ends} == {(Result.PASSED, "TOP 2.0")}
    assert ends[0].event_time == datetime(2026, 3, 2, 7, 5, 0, 123456, tzinfo=UTC)
    received = {one.message_type: one for one in boards.events(MessageReceived)}
    assert starts[0].source == f"IPC-CFX {received['CFX.Production.WorkStarted'].event_id}"


def test_boards_told_as_skipped_are_left_out(boards):
    units = [*panel(1, Status="Pass"), *panel(2, Status="Skip")]
    report = boards.hears(work_started(units), work_completed())
    assert report.skipped == 1
    assert list(completed(boards)) == BOARDS[:1]


def test_a_unit_may_be_the_primary_identifier(boards):
    boards.world.unit("PANEL/P9")
    boards.hears(work_started([], body={"PrimaryIdentifier": "P9"}), work_completed(result="Failed"))
    assert completed(boards)["ACME:PANEL/P9"].result is Result.FAILED


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
def test_the_end_may_come_before_the_start(boards, together, backwards):
    messages = [work_started(panel(1, 2)), work_completed()]
    messages = messages[::-1] if backwards else messages
    reports = [boards.hears(*messages)] if together else [boards.hears(one) for one in messages]
    assert bool(reports[0].waiting) == (backwards and not together)
    assert list(completed(boards)) == BOARDS
    assert [str(one.unit) for one in boards.events(OperationStarted)] == BOARDS
    runs = boards.world.rows("SELECT count(*) FROM operation_run WHERE started_sequence IS NOT NULL")
    assert runs[0][0] >= 2


def test_an_end_that_waits_is_listed_with_its_transaction(boards):
    report = boards.hears(work_completed())
    (waiting,) = report.waiting
    assert (waiting.transaction, waiting.message_type) == (WORK, "CFX.Production.WorkCompleted")
    assert report.preserved == {"CFX.Production.WorkCompleted": 1}


def test_the_result_of_a_test_is_the_end_of_the_work_and_told_once(boards):
    tested = units_tested(unit_tested("PANEL7", position=1), unit_tested("PANEL7", position=2, result="Failed"))
    report = boards.hears(work_completed(), tested, work_started(panel(1, 2)))
    assert sum(report.mapped.values()) == 3
    ends = boards.events(OperationCompleted)
    assert [(str(one.unit), one.result.value) for one in ends] == [(BOARDS[0], "passed"), (BOARDS[1], "failed")]
    assert {one.operator for one in ends} == {"BADGE489499"}


def test_work_that_failed_is_told_even_after_tests_that_passed(boards):
    tested = units_tested(unit_tested("PANEL7", position=1))
    boards.hears(work_started(panel(1, 2)), tested, work_completed(result="Aborted"))
    results = [(str(one.unit), one.result.value) for one in boards.events(OperationCompleted)]
    assert results == [(BOARDS[0], "passed"), (BOARDS[0], "failed"), (BOARDS[1], "failed")]


def test_a_start_that_comes_after_the_recorded_end_stays_with_its_message(boards):
    boards.hears(units_tested(unit_tested("PANEL7", position=1), unit_tested("PANEL7", position=2)))
    report = boards.hears(work_started(panel(1, 2)))
    assert [one.rule for one in report.warnings] == ["time", "time"]
    assert boards.events(OperationStarted) == []
    assert report.mapped == {"CFX.Production.WorkStarted": 1}


def test_measurements_are_exact_and_keep_their_limits(floor):
    floor.world.unit("PUMP/77")
    report = floor.reads(
        '{"MessageName": "CFX.Production.TestAndInspection.UnitsTested", "TimeStamp": "2026-03-02T08:00:00Z",'
        '"UniqueID": "a", "Source": "ICT-1", "MessageBody": {"TestedUnits": [{"UnitIdentifier": "77", "OverallResult":'
        '"Passed", "Tests": [{"TestName": "3V3", "Result": "Passed", "TestEndTime": "2026-03-02T07:59:00Z",'
        '"Measurements": [{"$type": "CFX.Structures.NumericMeasurement, CFX", "MeasurementName": "rail", "MeasuredValue":'
        '{"Value": 3.30100000000000000001, "ValueUnits": "V", "ExpectedValue": 3.3, "MinimumAcceptableValue": 3.2,'
        '"MaximumAcceptableValue": 3.40}}]}]}]}}'
    )
    assert report.refusals == report.warnings == ()
    (event,) = floor.events(OperationCompleted)
    assert event.event_time == datetime(2026, 3, 2, 7, 59, tzinfo=UTC)
    assert measured(event)["rail"] == Measurement(
        characteristic="rail",
        value=Decimal("3.30100000000000000001"),
        uom="V",
        nominal=Decimal("3.3"),
        lower_limit=Decimal("3.2"),
        upper_limit=Decimal("3.40"),
    )
    assert measured(event)["3V3"].passed is True


def test_limits_in_another_unit_of_measure_are_brought_to_that_of_the_value(boards):
    one = numeric("R21", 28300.0, uom="Ohm", expected=28.2, low=28.0, high=28.4, limits_uom="kOhm")
    other = numeric("flux", 3.57, uom="drops", expected=3.6, low=3.4, high=3.8, limits_uom="g")
    report = boards.hears(units_tested(unit_tested("PANEL7-1", one, other)))
    (event,) = boards.events(OperationCompleted)
    resistance = measured(event)["R21"]
    assert (resistance.lower_limit, resistance.nominal, resistance.upper_limit) == (28000, 28200, 28400)
    assert event.result is Result.PASSED
    assert measured(event)["flux"].lower_limit is None
    assert len(report.warnings) == 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"$type": "CFX.Structures.BooleanMeasurement, CFX", "Value": False, "ExpectedValue": True}, {"passed": False}),
        ({"$type": "CFX.Structures.BooleanMeasurement, CFX", "Value": False}, {"text": "false"}),
        ({"Value": "blue"}, {"text": "blue"}),
        ({"ActualValue": 1.5, "MaxAcceptableValue": 2}, {"value": Decimal("1.5"), "upper_limit": Decimal(2)}),
        ({"MeasuredValue": {"Value": "NaN"}}, {"text": "NaN"}),
        ({"MeasuredValue": {"Value": 1, "MinimumAcceptableValue": 3, "MaximumAcceptableValue": 2}}, {"value": 1}),
        ({"MeasuredValue": {"Value": int("9" * 60)}}, {"text": "9" * 60}),
    ],
)
def test_measurements_of_every_kind(boards, given, expected):
    one = {"MeasurementName": "m", "CRDs": "R1", **given}
    boards.hears(units_tested(unit_tested("PANEL7-1", one)))
    (event,) = boards.events(OperationCompleted)
    assert measured(event)["m R1"] == Measurement(characteristic="m R1", **expected)


def test_a_measurement_of_many_numbers_is_told_number_by_number(boards):
    paste = {"$type": "CFX.X.SolderPasteMeasurement, CFX", "MeasurementName": "R1.1", "X": 5.62, "EX": 5.6, "DX": 0.02}
    boards.hears(units_tested(unit_tested("PANEL7-1", paste)))
    (event,) = boards.events(OperationCompleted)
    found = {name: (one.value, one.nominal) for name, one in measured(event).items() if one.value is not None}
    assert found == {"R1.1 X": (Decimal("5.62"), Decimal("5.6")), "R1.1 DX": (Decimal("0.02"), None)}


def test_a_failed_step_makes_the_unit_failed_and_symptoms_become_its_defects(boards):
    symptom = {
        "SymptomCode": "RESFAIL2",
        "Description": "out of tolerance",
        "ComponentsOfInterest": [{"ReferenceDesignator": "R22.1"}],
        "RelatedMeasurements": [numeric("R22", 28.52, low=28, high=28.4)],
    }
    report = boards.hears(units_tested(unit_tested("PANEL7-1", step_result="Failed", SymptomsFound=[symptom])))
    (event,) = boards.events(OperationCompleted)
    assert event.defects == (Defect(code="RESFAIL2", position="R22.1", note="out of tolerance"),)
    assert measured(event)["R22"].value == Decimal("28.52")
    assert [one.rule for one in report.warnings] == ["conflict"]
    assert boards.world.unit_view("BOARD/PANEL7-1").last_result == "failed"


def test_an_inspection_tells_defects_and_its_panel(boards):
    boards.world.unit("PANEL/PANEL7")
    defect = {"DefectCode": "TMBSTN", "ComponentOfInterest": {"ReferenceDesignator": "R22"}}
    inspected = {"InspectionName": "AOI", "Result": "Failed", "DefectsFound": [defect], "Measurements": []}
    unit = {"UnitIdentifier": "PANEL7", "UnitPositionNumber": 2, "OverallResult": "Failed", "Inspections": [inspected]}
    body = {
        "TransactionId": WORK,
        "RecipeName": "AOI-TOP",
        "InspectedUnits": [unit],
        "InspectedPanel": {"UnitIdentifier": "PANEL7", "OverallResult": "Passed", "Inspections": []},
    }
    report = boards.hears(
        work_started(panel(1, 2)), message("Production.TestAndInspection.UnitsInspected", body, minute=1)
    )
    assert report.refusals == ()
    ends = completed(boards)
    assert (ends[BOARDS[1]].result, ends[BOARDS[1]].defects) == (
        Result.FAILED,
        (Defect(code="TMBSTN", position="R22"),),
    )
    assert ends[BOARDS[1]].program == "AOI-TOP"


def test_what_a_process_measured_is_told_of_each_unit(boards):
    zone = {
        "Zone": {"StageName": "Zone1"},
        "Setpoints": [{"SubZone": "Top", "SetpointType": "Temperature", "Setpoint": 220.0}],
        "Readings": [{"SubZone": "Top", "ReadingType": "Temperature", "ReadingValue": 221.0}],
    }
    common = {"$type": "CFX.Structures.SolderReflow.ReflowProcessData, CFX", "ConveyorSpeed": 60.0, "ZoneData": [zone]}
    own = {"UnitIdentifier": "PANEL7", "UnitPositionNumber": 2, "UnitResult": "Error", "UnitProcessData": {"PWI": 91}}
    body = {"TransactionId": WORK, "OverallResult": "Succeeded", "CommonProcessData": common, "UnitProcessData": []}
    name = "Production.Processing.UnitsProcessed"
    boards.hears(work_started(panel(1, 2)), message(name, body, minute=1), work_completed())
    assert list(completed(boards)) == BOARDS
    values = {one.characteristic: one.value for one in completed(boards)[BOARDS[0]].measurements}
    assert values["ConveyorSpeed"] == 60
    assert values["ZoneData Zone1 Readings Top Temperature"] == 221
    assert values["ZoneData Zone1 Setpoints Top Temperature setpoint"] == 220
    boards.hears(message(name, {**body, "UnitProcessData": [own]}, minute=9))
    last = boards.events(OperationCompleted)[-1]
    assert (str(last.unit), last.result, last.measurements[-1].characteristic) == (BOARDS[1], Result.FAILED, "PWI")


def test_processing_without_units_waits_for_its_start(boards):
    body = {"TransactionId": WORK, "OverallResult": "Succeeded", "CommonProcessData": {"Speed": 1}}
    report = boards.hears(message("Production.Processing.UnitsProcessed", body))
    assert len(report.waiting) == 1
    boards.hears(work_started(panel(1, 2)))
    assert list(completed(boards)) == BOARDS


def test_units_nobody_knows_are_listed_and_understood_later(floor):
    messages = [work_started(alone("A1", "A2")), work_completed()]
    report = floor.hears(*messages)
    assert [one.identifier for one in report.unknown if "Started" in one.message_type] == [
        "A1 position 1",
        "A2 position 2",
    ]
    assert sum(report.preserved.values()) == 2
    floor.world.units("BOARD/A1", "BOARD/A2")
    again = floor.goes_over_again()
    assert (again.unknown, again.repeated_messages) == ((), 2)
    assert list(completed(floor)) == ["ACME:BOARD/A1", "ACME:BOARD/A2"]
    assert floor.hears(*messages).recorded == 0


def test_units_nobody_knows_are_commissioned_when_their_part_is_named(floor):
    floor.world.part("BOARD")
    report = floor.hears(work_started(panel(1, 2)), work_completed(), part="BOARD", operation="OP-10")
    assert report.commissioned == 2
    assert [str(one.unit) for one in floor.events(UnitCommissioned)] == BOARDS
    assert {one.operation for one in floor.events(OperationCompleted)} == {"OP-10"}


def test_two_units_of_one_number_are_not_guessed_between(floor):
    floor.world.units("BOARD/A1", "PUMP/A1")
    report = floor.hears(units_tested(unit_tested("A1")))
    assert "means 2 things" in report.unknown[0].reason
    assert floor.events(OperationCompleted) == []
    floor.hears(units_tested(unit_tested("A1")), part="PUMP")
    assert list(completed(floor)) == ["ACME:PUMP/A1"]


def test_an_order_that_is_not_open_here_does_not_keep_work_from_being_told(boards):
    body = {"WorkOrderIdentifier": {"WorkOrderId": "WO-9", "Batch": "B1"}}
    report = boards.hears(work_started(panel(1, 2), body=body))
    assert [one.work_order for one in boards.events(OperationStarted)] == [None, None]
    assert [one.reason for one in report.warnings] == ["work order WO-9 is not open here; left out"]


def test_what_a_rule_refuses_is_listed_with_its_number_and_the_message_kept(boards):
    boards.world.part("PLANNED")
    boards.world.captures(UnitCommissioned, "BOARD/Z1")
    disqualified = message("Production.UnitsDisqualified", {"Reason": "Dropped", "Units": alone("Z1")})
    assert boards.hears(disqualified).refusals == ()
    assert boards.world.unit_view("BOARD/Z1").status == "on_hold"
    other = {**disqualified, "UniqueID": "other", "MessageBody": {"Units": alone("Z1")}}
    assert boards.hears(other).events == {"HoldPlaced": 1, "MessageReceived": 1}


ROUTE = (
    RouteOperation(operation="OP-10", stations=(Station(SMT),)),
    RouteOperation(operation="OP-20", stations=(Station("ICT-1"),)),
    RouteOperation(operation="OP-15", is_rework=True, rejoins_at="OP-10", stations=(Station(SMT),)),
)


def routed(floor, *operations) -> None:
    floor.world.captures(RoutingDefined, "R-1", part=floor.world.part("CARD"), operations=operations)


def test_a_message_of_a_station_is_the_step_that_the_routing_has_done_there(floor):
    """Of a unit that is known, and of one that comes into being with the message; rework is not guessed."""
    routed(floor, *ROUTE)
    floor.world.unit("CARD/K1")
    report = floor.hears(work_started(alone("K1", "K2")), work_completed(), part="CARD")
    assert report.refusals == ()
    assert {str(one.unit): (one.operation, one.station.name) for one in floor.events(OperationStarted)} == {
        "ACME:CARD/K1": ("OP-10", SMT),
        "ACME:CARD/K2": ("OP-10", SMT),
    }
    assert {one.operation for one in floor.events(OperationCompleted)} == {"OP-10"}


def test_where_several_steps_are_done_at_a_station_it_has_to_be_said_which(floor):
    routed(floor, ROUTE[0], RouteOperation(operation="OP-11", stations=(Station(SMT),)))
    floor.world.unit("CARD/K1")
    unclear = floor.hears(work_started(alone("K1")), part="CARD")
    assert [one.rule for one in unclear.refusals] == ["PRO-010"]
    assert floor.events(OperationStarted) == []
    told = floor.goes_over_again(part="CARD", operation="OP-10")
    assert [one.operation for one in floor.events(OperationStarted)] == ["OP-10"], told


def test_a_unit_from_before_its_routing_is_worked_on_without_one(floor):
    floor.world.unit("CARD/K1")
    routed(floor, *ROUTE)
    floor.hears(work_started(alone("K1")), part="CARD")
    assert [one.operation for one in floor.events(OperationStarted)] == [SMT]
