"""What CFX tests and inspections find wrong becomes defects with code and position; false calls do not."""

import pytest

from asbuilt.core.events.defects import Defect, DefectRecorded
from asbuilt.core.events.production import OperationCompleted, Result
from tests.exchange.cfx.made import WORK, message, numeric, unit_tested, units_tested

BOARD = "BOARD/PANEL7-1"
FOUND = "5b2a1a5e-3c1f-4f0e-9a57-0d6a6f6b0001"


def inspected(*defects, result="Failed", step=None, verification=None, unit="PANEL7-1", **more):
    given = {"InspectionName": "AOI", "Result": result, "DefectsFound": list(defects), "Measurements": [], **more}
    if step:
        given["Verification"] = step
    body = {"UnitIdentifier": unit, "OverallResult": result, "Inspections": [given]}
    if verification:
        body["Verification"] = verification
    return message("Production.TestAndInspection.UnitsInspected", {"TransactionId": WORK, "InspectedUnits": [body]})


def defect(code="BRIDGE", place="U7", *, number=None, **more):
    return {
        "UniqueIdentifier": number,
        "DefectCode": code,
        "ComponentOfInterest": {"ReferenceDesignator": place, "PartNumber": "1030-027"},
        **more,
    }


def found(boards) -> tuple[Defect, ...]:
    return boards.events(OperationCompleted)[-1].defects


def numbers(boards) -> list[str]:
    sql = "SELECT number FROM defect WHERE site_id = $1 ORDER BY sequence, place"
    return [row[0] for row in boards.world.rows(sql, boards.world.site.site_id)]


def test_a_defect_has_code_position_component_number_and_a_note(boards):
    one = defect(
        number=FOUND,
        DefectCategory="Short",
        Description="solder between pins 3 and 4",
        Comments="seen twice",
        RelatedSymptoms=[{"SymptomCode": "ICT-7", "Description": "no voltage"}],
        RelatedMeasurements=[numeric("gap", 0.01, uom="mm")],
    )
    boards.hears(inspected(one))
    assert found(boards) == (
        Defect(
            code="BRIDGE",
            position="U7",
            component="1030-027",
            note="Short; solder between pins 3 and 4; seen twice; ICT-7 no voltage",
            number=FOUND,
        ),
    )
    assert "gap" in {one.characteristic for one in boards.events(OperationCompleted)[0].measurements}
    assert numbers(boards) == [FOUND]


def test_what_has_no_place_in_a_defect_is_listed_and_kept(boards):
    region = {"StartPointX": 1.5, "StartPointY": 2, "RegionSegments": [{"X": 1, "Y": 2}]}
    one = defect(
        ConfidenceLevel=87.5, Priority=1, RegionOfInterest=region, DefectImages=[{"MimeType": "x", "ImageData": "AA=="}]
    )
    report = boards.hears(inspected(one))
    at = "/MessageBody/InspectedUnits/*/Inspections/*/DefectsFound/*"
    listed = {one.field.removeprefix(at) for one in report.unmapped_fields if one.field.startswith(at)}
    assert listed >= {"/ConfidenceLevel", "/Priority", "/RegionOfInterest/StartPointX", "/DefectImages/*/ImageData"}
    assert not listed & {"/DefectCode", "/ComponentOfInterest/ReferenceDesignator"}


@pytest.mark.parametrize(
    ("given", "code", "position"),
    [
        ({"DefectCategory": "Tombstone"}, "Tombstone", ""),
        ({"Description": "a long scratch"}, "a long scratch", ""),
        ({"ComponentOfInterest": {"ReferenceDesignator": "U2.1,2"}}, "unspecified", "U2.1,2"),
        ({"DefectCode": 17}, "17", ""),
        ({"DefectCode": ["X"], "DefectCategory": "Short"}, "Short", ""),
        ({"DefectCode": "x" * 250, "Description": "y" * 300}, "y" * 200, ""),
    ],
)
def test_a_defect_without_code_is_called_by_what_is_said_of_it(boards, given, code, position):
    boards.hears(inspected(given))
    assert [(one.code, one.position) for one in found(boards)] == [(code, position)]


@pytest.mark.parametrize(
    "nothing", [{}, None, [], "x", 7, {"UniqueIdentifier": "00000000-0000-0000-0000-000000000000"}]
)
def test_a_defect_that_says_nothing_is_none(boards, nothing):
    boards.hears(inspected(nothing, defect()))
    assert [one.code for one in found(boards)] == ["BRIDGE"]


def test_a_symptom_of_several_components_is_one_defect(boards):
    components = [{"ReferenceDesignator": place, "PartNumber": "R-10K"} for place in ("R1", "R2", "R1")]
    symptom = {"SymptomCode": "LOW", "SymptomCategory": "Voltage", "ComponentsOfInterest": components}
    boards.hears(units_tested(unit_tested("PANEL7-1", result="Failed", SymptomsFound=[symptom])))
    assert found(boards) == (Defect(code="LOW", position="R1,R2", component="R-10K", note="Voltage"),)


@pytest.mark.parametrize("word", ["DefectRejected", "DefectAccepted", "FalseCall", "falsefail"])
def test_a_false_call_is_no_defect(boards, word):
    boards.hears(inspected(defect("A", Verification=word), defect("B", Verification="DefectConfirmed"), defect("C")))
    assert [one.code for one in found(boards)] == ["B", "C"]


def test_what_was_verified_nearest_to_the_defect_counts(boards):
    some = [defect("A"), defect("B", Verification="DefectConfirmed"), defect("C", Verification="NotVerifiedYet")]
    boards.hears(inspected(*some, step="DefectRejected"))
    assert [one.code for one in found(boards)] == ["B"]


def test_a_unit_verified_as_a_false_call_has_passed(boards):
    report = boards.hears(inspected(defect(), verification="DefectRejected"))
    (event,) = boards.events(OperationCompleted)
    assert (event.result, event.defects, report.warnings) == (Result.PASSED, (), ())
    assert numbers(boards) == []


def test_a_unit_told_as_failed_with_false_calls_only_stays_failed(boards):
    report = boards.hears(inspected(defect(Verification="DefectRejected")))
    (event,) = boards.events(OperationCompleted)
    assert (event.result, event.defects) == (Result.FAILED, ())
    assert "every defect of PANEL7-1 was verified as a false call" in report.warnings[0].reason


def test_work_that_was_aborted_is_no_false_call(boards):
    boards.hears(inspected(result="Aborted", verification="DefectRejected"))
    assert boards.events(OperationCompleted)[0].result is Result.FAILED


def test_a_defect_of_a_unit_that_passed_is_recorded_beside_it(boards):
    """What fails nothing is there all the same: it is decided upon, not forgotten."""
    report = boards.hears(inspected(defect(number=FOUND, Description="cosmetic"), result="Passed"))
    (event,), (beside,) = boards.events(OperationCompleted), boards.events(DefectRecorded)
    assert (event.result, event.defects) == (Result.PASSED, ())
    assert (beside.code, beside.position, beside.number, beside.note) == ("BRIDGE", "U7", FOUND, "cosmetic")
    assert "told as passed" in report.warnings[0].reason
    assert boards.goes_over_again().recorded == 0


def test_a_defect_told_again_under_its_number_is_a_further_finding(boards):
    """The inspector tells it, then the review station; neither result is lost for the number of the other."""
    first, again = inspected(defect(number=FOUND)), inspected(defect(number=FOUND, Verification="DefectConfirmed"))
    assert boards.hears(first).refusals == ()
    assert boards.hears(again).refusals == ()
    assert numbers(boards)[0] == FOUND
    assert numbers(boards)[1].startswith("D")
    report = boards.hears(first, again)
    assert (report.recorded, report.warnings) == (0, ())


def test_the_same_number_twice_in_a_message_is_told_once(boards):
    report = boards.hears(inspected(defect("A", number=FOUND), defect("B", number=FOUND), defect("C", number="D12")))
    assert report.refusals == ()
    assert [(one.code, one.number) for one in found(boards)] == [("A", FOUND), ("B", ""), ("C", "")]


def test_the_same_number_on_two_boards_is_of_each(boards):
    boards.hears(inspected(defect(number=FOUND)), inspected(defect(number=FOUND), unit="PANEL7-2"))
    assert numbers(boards) == [FOUND, FOUND]


def test_more_defects_than_an_event_holds_are_counted(boards):
    some = [defect("BRIDGE", f"U{number % 3}", number=str(number)) for number in range(1, 1500)]
    report = boards.hears(inspected(*some))
    assert sum(one.quantity for one in found(boards)) == len(some)
    assert len(found(boards)) == 3
    assert [one.rule for one in report.warnings] == ["quantity"]
