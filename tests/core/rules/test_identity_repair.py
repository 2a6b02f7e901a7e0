"""A unit marked anew, duplicates from outside, and two records of one unit."""

from dataclasses import replace

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.identity import (
    DuplicateReported,
    DuplicateResolved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.queries.identity import open_duplicates
from tests.world import recorded


def remark(world, unit, marked_as):
    return world.captures(UnitReidentified, unit, marked_as=marked_as, reason="reworked")


def test_IDN_020_unit_is_named_by_its_key(world):
    world.unit("PUMP-200/1")
    world.part("PUMP-210")
    remark(world, "PUMP-200/1", "PUMP-210/1")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert world.refusals(UnitMoved, "PUMP-210/1", location="CELL-5") == ["IDN-020"]
    reason = world.reason(UnitMoved, "pump-210 / 1", location="CELL-5")
    assert "ACME:PUMP-200/1; name it ACME:PUMP-200/1, which stays its key" in reason
    assert [one.type for one in world.history("PUMP-210/1")][-1] == "UnitMoved"


def test_IDN_021_marking_is_free(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    remark(world, "PUMP-200/1", "PUMP-200/1-A")
    remark(world, "PUMP-200/1", "PUMP-200/1-B")
    for taken in ("PUMP-200/1", "PUMP-200/1-A", "pump-200/1-b"):
        assert world.refusals(UnitReidentified, "PUMP-200/2", marked_as=taken, reason="torn") == ["IDN-021"]
    reason = world.reason(UnitReidentified, "PUMP-200/2", marked_as="PUMP-200/1-A", reason="torn")
    assert "ACME:PUMP-200/1-A is or was marked on ACME:PUMP-200/1; mark a number that was never used" in reason
    reason = world.reason(UnitReidentified, "PUMP-200/2", marked_as="PUMP-200/1", reason="torn")
    assert "ACME:PUMP-200/1 is or was another unit" in reason


def test_IDN_021_marking_is_free_of_units_that_were_declared_wrong(world):
    world.unit("PUMP-200/1")
    world.corrects(world.captures(UnitCommissioned, "PUMP-200/2"))
    assert world.refusals(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/2", reason="torn") == ["IDN-021"]
    commissioned = world.event(UnitCommissioned, "PUMP-200/3")
    corrected = world.event(EventCorrected, commissioned, reason="did_not_occur", explanation="x")
    marked = world.event(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/3", reason="torn")
    assert recorded(world.submit(commissioned, corrected, marked)) == ["recorded", "recorded", "IDN-021"]


def test_IDN_021_marking_is_free_again_when_it_was_declared_wrong(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    wrong = remark(world, "PUMP-200/1", "PUMP-200/9")
    world.corrects(wrong)
    assert world.unit_view("PUMP-200/1").marked_as == ""
    assert world.refusals(UnitMoved, "PUMP-200/9", location="CELL-4") == ["IDN-001"]
    remark(world, "PUMP-200/2", "PUMP-200/9")
    assert world.unit_view("PUMP-200/9").unit == "ACME:PUMP-200/2"


def test_IDN_021_marking_may_be_taken_up_again_by_the_same_unit(world):
    world.unit("PUMP-200/1")
    first = remark(world, "PUMP-200/1", "PUMP-200/9")
    remark(world, "PUMP-200/1", "PUMP-200/1")
    assert world.unit_view("PUMP-200/9").marked_as == ""
    again = remark(world, "PUMP-200/1", "PUMP-200/9")
    refusal = world.correction_refused(first)
    assert [one.rule for one in refusal.broken] == ["COR-004"]
    assert "was marked ACME:PUMP-200/9 again since" in refusal.broken[0].reason
    world.corrects(again)
    world.corrects(first)
    assert world.unit_view("PUMP-200/1").marked_as == ""


def test_IDN_022_marking_is_another(world):
    world.units("PUMP-200/1")
    assert world.refusals(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/1", reason="torn") == ["IDN-022"]
    remark(world, "PUMP-200/1", "PUMP-200/9")
    assert world.refusals(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/9", reason="torn") == ["IDN-022"]
    reason = world.reason(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/9", reason="torn")
    assert "ACME:PUMP-200/1 is marked ACME:PUMP-200/9 already; nothing is to be done" in reason


def test_IDN_003_serial_is_unique_among_markings(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    remark(world, "PUMP-200/1", "PUMP-200/9")
    assert world.refusals(UnitCommissioned, "PUMP-200/9") == ["IDN-003"]
    assert world.refusals(UnitReceived, "PUMP-200/9") == ["IDN-003"]
    assert "is or was marked on ACME:PUMP-200/1" in world.reason(UnitCommissioned, "PUMP-200/9")
    marked = world.event(UnitReidentified, "PUMP-200/2", marked_as="PUMP-200/8", reason="torn")
    assert recorded(world.submit(marked, world.event(UnitCommissioned, "PUMP-200/8"))) == ["recorded", "IDN-003"]
    assert recorded(
        world.submit(
            world.event(UnitCommissioned, "PUMP-200/7"),
            world.event(UnitReidentified, "PUMP-200/2", marked_as="PUMP-200/7", reason="torn"),
        )
    ) == ["recorded", "IDN-021"]


def test_IDN_004_part_is_serialized_that_a_unit_is_marked_with(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    assert world.refusals(UnitReidentified, "PUMP-200/1", marked_as="CAP/1", reason="torn") == ["IDN-004"]
    assert world.refusals(UnitReidentified, "PUMP-200/1", marked_as="NEW/1", reason="torn") == ["DEF-001"]


def asked(world) -> list[str]:
    with world.database.reading(world.site) as reader:
        return [one.unit for one in open_duplicates(reader).duplicates]


def test_IDN_023_question_is_open(world):
    world.units("MOTOR-7/88", "MOTOR-7/89")
    reported = world.captures(DuplicateReported, "MOTOR-7/88", supplier="Bosch", document="80012390")
    assert asked(world) == ["ACME:MOTOR-7/88"]
    decision = {"question": reported, "decision": "same_unit", "reason": "delivered back"}
    assert world.refusals(DuplicateResolved, "MOTOR-7/89", **decision) == ["IDN-023"]
    world.captures(DuplicateResolved, "MOTOR-7/88", **decision)
    assert asked(world) == []
    assert world.refusals(DuplicateResolved, "MOTOR-7/88", **decision) == ["IDN-023"]
    assert "was decided already: same_unit; correct that decision" in world.reason(
        DuplicateResolved, "MOTOR-7/88", **decision
    )
    nothing = {**decision, "question": world.new_id()}
    assert "no duplicate was reported of ACME:MOTOR-7/88" in world.reason(DuplicateResolved, "MOTOR-7/88", **nothing)


def test_IDN_023_question_is_open_again_when_its_decision_was_wrong(world):
    world.unit("MOTOR-7/88")
    reported = world.captures(DuplicateReported, "MOTOR-7/88")
    wrong = world.captures(DuplicateResolved, "MOTOR-7/88", question=reported, decision="rejected", reason="no label")
    refusal = world.correction_refused(reported)
    assert [one.rule for one in refusal.broken] == ["COR-004"]
    assert "was decided later; correct that first" in refusal.broken[0].reason
    world.corrects(wrong)
    assert asked(world) == ["ACME:MOTOR-7/88"]
    world.corrects(reported)
    assert asked(world) == []


def test_IDN_024_other_unit_is_named(world):
    world.units("BOSCH:MOTOR-7/88", "MOTOR-7/A1")
    reported = world.captures(DuplicateReported, "BOSCH:MOTOR-7/88", scheme="mac", value="00:1B")

    def decided(decision: str, other_unit: str | None) -> dict[str, object]:
        return {"question": reported, "decision": decision, "other_unit": other_unit, "reason": "number given twice"}

    for fields in (
        decided("other_unit", None),
        decided("other_unit", "BOSCH:MOTOR-7/88"),
        decided("rejected", "MOTOR-7/A1"),
    ):
        assert world.refusals(DuplicateResolved, "BOSCH:MOTOR-7/88", **fields) == ["IDN-024"]
    assert world.refusals(DuplicateResolved, "BOSCH:MOTOR-7/88", **decided("other_unit", "MOTOR-7/A2")) == ["IDN-001"]
    told = world.reason(DuplicateResolved, "BOSCH:MOTOR-7/88", **decided("other_unit", None))
    assert "commission or receive it under a number of its own, and say which that is" in told
    world.captures(DuplicateResolved, "BOSCH:MOTOR-7/88", **decided("other_unit", "MOTOR-7/A1"))
    assert world.history("MOTOR-7/A1")[-1].role == "concerned"
    (question,) = world.unit_view("BOSCH:MOTOR-7/88").duplicates
    assert (question.decision, question.other_unit) == ("other_unit", "ACME:MOTOR-7/A1")


def test_IDN_003_serial_is_unique_and_a_duplicate_from_outside_touches_nothing_of_the_first_unit(world):
    """A serial number used again after delivery: refused, reported, decided; the first unit stays as it was."""
    world.unit("BOSCH:MOTOR-7/88")
    world.captures(UnitShipped, "BOSCH:MOTOR-7/88", customer="St. Anna")
    before, history = world.unit_view("BOSCH:MOTOR-7/88"), world.history("BOSCH:MOTOR-7/88")
    assert world.refusals(UnitReceived, "BOSCH:MOTOR-7/88", location="DOCK") == ["IDN-003"]
    assert "is reported as DuplicateReported" in world.reason(UnitReceived, "BOSCH:MOTOR-7/88")
    world.captures(DuplicateReported, "BOSCH:MOTOR-7/88", supplier="Bosch", location="DOCK-ASIDE")
    after = world.unit_view("BOSCH:MOTOR-7/88")
    assert replace(after, version=before.version, duplicates=()) == before
    assert world.history("BOSCH:MOTOR-7/88")[:-1] == history


def merge(world, unit: str, duplicate: str):
    return world.captures(UnitsMerged, unit, duplicate=duplicate, reason="the maker's plate was found")


def not_merged(world, unit: str = "PUMP-200/1", duplicate: str = "PUMP-200/2") -> str:
    """Why two records are not merged."""
    fields = {"duplicate": duplicate, "reason": "plate found"}
    assert world.refusals(UnitsMerged, unit, **fields) == ["IDN-027"]
    return world.reason(UnitsMerged, unit, **fields)


def test_IDN_025_record_stays(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    merge(world, "PUMP-200/1", "PUMP-200/2")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert world.refusals(UnitMoved, "PUMP-200/2", location="CELL-5") == ["IDN-025"]
    assert world.refusals(ComponentInstalled, "PUMP-200/2", component="PCB-10/7") == ["IDN-025"]
    assert "was merged into it; name ACME:PUMP-200/1" in world.reason(UnitMoved, "PUMP-200/2", location="CELL-5")
    assert world.refusals(UnitCommissioned, "PUMP-200/2") == ["IDN-003"]
    assert "ACME:PUMP-200/2 was merged into ACME:PUMP-200/1" in world.reason(UnitReceived, "PUMP-200/2")


def test_IDN_025_record_stays_within_one_call(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    merged = world.event(UnitsMerged, "PUMP-200/1", duplicate="PUMP-200/2", reason="plate found")
    moved = world.event(UnitMoved, "PUMP-200/2", location="CELL-5")
    undone = world.event(EventCorrected, merged, reason="did_not_occur", explanation="two plates")
    again = world.event(UnitMoved, "PUMP-200/2", location="CELL-6")
    assert recorded(world.submit(merged, moved, undone, again)) == ["recorded", "IDN-025", "recorded", "recorded"]
    assert world.unit_view("PUMP-200/2").location == "CELL-6"


def test_IDN_026_records_are_two(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PUMP-200/3")
    fields = {"duplicate": "PUMP-200/1", "reason": "plate found"}
    assert world.refusals(UnitsMerged, "PUMP-200/1", **fields) == ["IDN-026"]
    merge(world, "PUMP-200/1", "PUMP-200/2")
    assert world.refusals(UnitsMerged, "PUMP-200/3", **fields) == ["IDN-026"]
    reason = world.reason(UnitsMerged, "PUMP-200/3", **fields)
    assert "ACME:PUMP-200/2 was merged into ACME:PUMP-200/1; let that stay, or correct that merge first" in reason
    merge(world, "PUMP-200/1", "PUMP-200/3")
    assert world.unit_view("PUMP-200/1").merged == ("ACME:PUMP-200/2", "ACME:PUMP-200/3")


def test_IDN_027_records_agree(world):
    world.units("PUMP-200/1", "PUMP-200/2", "RACK/1", "RACK/2")
    installed = world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1")
    world.captures(ComponentInstalled, "RACK/2", component="PUMP-200/2")
    assert world.refusals(UnitsMerged, "PUMP-200/1", duplicate="PUMP-200/2", reason="plate found") == ["IDN-027"]
    reason = not_merged(world)
    assert (
        "PUMP-200/1 is installed in ACME:RACK/1 and ACME:PUMP-200/2 in ACME:RACK/2; remove it where it is not" in reason
    )
    world.corrects(installed)
    merge(world, "PUMP-200/1", "PUMP-200/2")
    assert world.unit_view("PUMP-200/1").installed_in == "ACME:RACK/2"


def test_IDN_027_records_agree_on_who_has_the_unit(world):
    world.units("PUMP-200/1", "PUMP-200/2", "RACK/1")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert "PUMP-200/1 is shipped to St. Anna and ACME:PUMP-200/2 in house; record the shipment" in not_merged(world)
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/2")
    world.captures(UnitShipped, "RACK/1", customer="St. Paul")
    assert "ACME:PUMP-200/2 shipped to St. Paul" in not_merged(world)
    world.captures(UnitReturned, "PUMP-200/1", reason="noise")
    world.captures(UnitReturned, "RACK/1", reason="noise")
    merge(world, "PUMP-200/1", "PUMP-200/2")


def test_IDN_027_records_agree_on_what_is_packed_held_scrapped_fitted_or_asked(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7", "PCB-10/8")
    packed = [world.captures(UnitPacked, f"PUMP-200/{n}", container=f"BOX-{n}") for n in (1, 2)]
    assert "is packed in BOX-1 and ACME:PUMP-200/2 in BOX-2; unpack one first" in not_merged(world)
    for one in packed:
        world.corrects(one)
    held = [world.captures(HoldPlaced, f"PUMP-200/{n}", hold="QH-1", reason="audit") for n in (1, 2)]
    assert "hold QH-1 is on ACME:PUMP-200/1 and on ACME:PUMP-200/2; release it from" in not_merged(world)
    for one in held:
        world.corrects(one)
    fitted = [
        world.captures(ComponentInstalled, f"PUMP-200/{n}", component=f"PCB-10/{n + 6}", reference_designator="A1")
        for n in (1, 2)
    ]
    assert "has ACME:PCB-10/8 at A1, and ACME:PUMP-200/1 ACME:PCB-10/7; remove what is not there" in not_merged(world)
    world.corrects(fitted[1])
    scrapped = world.captures(UnitScrapped, "PUMP-200/2", reason="dropped")
    assert "ACME:PUMP-200/2 is scrapped and ACME:PUMP-200/1 is not; scrap that too" in not_merged(world)
    world.corrects(scrapped)
    reported = world.captures(DuplicateReported, "PUMP-200/2")
    assert f"decide question {reported.event_id} first" in not_merged(world)
    assert "PCB-10/7 is inside ACME:PUMP-200/1, so they are two" in not_merged(world, duplicate="PCB-10/7")
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="leak")
    assert "was installed in ACME:PUMP-200/1, so they are two" in not_merged(world, duplicate="PCB-10/7")
    world.captures(DuplicateResolved, "PUMP-200/2", question=reported, decision="rejected", reason="gone")
    merge(world, "PUMP-200/1", "PUMP-200/2")


def test_what_was_given_back_within_a_call_is_ended_for_the_unit_it_belongs_to(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    world.captures(OperationStarted, "PUMP-200/2", operation="OP-20")
    world.captures(HoldPlaced, "PUMP-200/2", hold="QH-1", reason="audit")
    merged = world.event(UnitsMerged, "PUMP-200/1", duplicate="PUMP-200/2", reason="scanned twice")
    answers = world.submit(
        merged,
        world.event(EventCorrected, merged, reason="did_not_occur", explanation="they are two"),
        world.event(OperationCompleted, "PUMP-200/1", operation="OP-20"),
        world.event(HoldReleased, "PUMP-200/1", hold="QH-1", reason="passed"),
    )
    assert recorded(answers) == ["recorded", "recorded", "recorded", "QUA-005"]
    assert world.rows("SELECT completed_sequence FROM operation_start WHERE site_id = $1", world.site.site_id) == [
        (None,)
    ]
    assert world.unit_view("PUMP-200/2").open_holds == ("QH-1",)
