"""What is wrong with a unit: QUA-010 to QUA-019, how defects are settled, and what may be corrected of it."""

from decimal import Decimal

import pytest

from asbuilt.core.events.defects import Defect, DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import RoutingDefined, SpecificationDefined
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.identity import UnitCommissioned, UnitsMerged
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from tests.world import World

PUMP = "PUMP-200/1"


HIGH = Measurement(characteristic="VCC", value=Decimal("5.9"), upper_limit=Decimal("5.5"))


def step(operation: str, **fields) -> RouteOperation:
    return RouteOperation(operation=operation, **fields)


ROUTE = (
    step("OP-10"),
    step("OP-20"),
    step("OP-30"),
    step("RW-1", is_rework=True),
    step("RW-2", is_rework=True, rejoins_at="OP-20"),
    step("OP-40"),
    step("RW-9", is_rework=True, after=("OP-40",), rejoins_at="OP-50"),
    step("OP-50"),
)


def routed(world: World, *operations: RouteOperation) -> None:
    world.part("PUMP-200")
    world.captures(RoutingDefined, "R-PUMP/1", part="PUMP-200", operations=operations)
    world.captures(UnitCommissioned, PUMP)


def passes(world: World, *operations: str):
    return [world.captures(OperationCompleted, PUMP, operation=one) for one in operations]


def fails(world: World, operation: str, *defects: Defect, **fields):
    return world.captures(OperationCompleted, PUMP, operation=operation, result="failed", defects=defects, **fields)


def found(number: str, code: str = "BRIDGE", **fields) -> Defect:
    return Defect(number=number, code=code, **fields)


def decides(world: World, defect: str, disposition: str, **fields):
    return world.captures(DefectDispositioned, PUMP, defect=defect, disposition=disposition, **fields)


def rules(refusal) -> list[str]:
    return [one.rule for one in refusal.broken]


def settled(world: World) -> dict[str, str]:
    """How each defect was settled, by number."""
    return {one.number: one.settled_by for one in world.defects(PUMP)}


def test_a_failure_opens_its_defects_and_a_passed_retest_settles_them(world):
    world.unit(PUMP)
    fails(world, "ICT", found("F1", position="C12"), Defect(code="MISSING", position="U7", quantity=2))
    fails(world, "ICT", defect="solder bridge U7")
    fails(world, "ICT")
    first, second, third, fourth = world.defects(PUMP)
    assert (first.number, first.code, first.position, first.operation) == ("F1", "BRIDGE", "C12", "ICT")
    assert (second.code, second.quantity, second.is_open, second.found_by) == ("MISSING", 2, True, "anna")
    assert second.number == f"{third.number[0]}{int(third.number[1:]) - 1}-2"
    assert (third.code, fourth.code) == ("solder bridge U7", "")
    passes(world, "FCT")
    assert len(world.open_defects(PUMP)) == 4
    passes(world, "ICT")
    assert set(settled(world).values()) == {"retest"}
    world.captures(UnitShipped, PUMP, customer="St. Anna")


def test_a_failed_measurement_opens_a_defect_that_names_the_characteristic(world):
    world.unit(PUMP)
    world.captures(OperationCompleted, PUMP, operation="ICT", measurements=(HIGH,))
    (defect,) = world.defects(PUMP)
    assert (defect.code, defect.characteristic, defect.retest) == ("", "VCC", "ICT")
    assert "(VCC, ICT)" in world.reason(UnitShipped, PUMP, customer="St. Anna")


def test_QUA_010_defect_number_is_new(world):
    world.unit(PUMP)
    fails(world, "ICT", found("F1"))
    assert world.refusals(OperationCompleted, PUMP, operation="ICT", result="failed", defects=(found("F1"),)) == [
        "QUA-010"
    ]
    reason = world.reason(DefectRecorded, PUMP, code="SCRATCH", number="F1")
    assert "has a defect F1 (BRIDGE, ICT) already; give the new one its own number" in reason
    world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F2")
    world.unit("PUMP-200/2")
    world.captures(DefectRecorded, "PUMP-200/2", code="SCRATCH", number="F1")


def test_QUA_011_defect_is_open(world):
    world.unit(PUMP)
    fails(world, "ICT", found("F1"))
    reason = world.reason(DefectDispositioned, PUMP, defect="F7", disposition="retest")
    assert "has no defect F7; open are F1" in reason
    assert world.refusals(DefectRepaired, PUMP, defect="F7", action="resoldered") == ["QUA-011"]
    decides(world, "F1", "retest")
    passes(world, "ICT")
    reason = world.reason(DefectDispositioned, PUMP, defect="F1", disposition="retest")
    assert "was settled by retest; record what is wrong now as a new defect" in reason


def test_QUA_012_nothing_used_has_open_defects(world):
    world.units(PUMP, "RACK/1", "RACK/2", "BOARD/1")
    fails(world, "ICT", found("F1", position="C12"))
    assert world.refusals(UnitShipped, PUMP, customer="St. Anna") == ["QUA-012"]
    assert world.refusals(ComponentInstalled, "RACK/1", component=PUMP) == ["QUA-012"]
    reason = world.reason(UnitShipped, PUMP, customer="St. Anna")
    assert "has an open defect: F1 (BRIDGE at C12, ICT); ICT has to pass, or ask quality for its disposition" in reason
    world.captures(ComponentInstalled, PUMP, component="BOARD/1")  # it may be worked on
    passes(world, "ICT")
    world.captures(ComponentInstalled, "RACK/1", component=PUMP)
    world.captures(DefectRecorded, "BOARD/1", code="SCRATCH", number="F2")
    reason = world.reason(UnitShipped, "RACK/1", customer="St. Anna")
    assert "ACME:BOARD/1 inside ACME:RACK/1 has an open defect: F2 (SCRATCH); ask quality" in reason
    world.captures(UnitPacked, "RACK/1", container="BOX-1")
    world.captures(DefectDispositioned, "BOARD/1", defect="F2", disposition="use_as_is", reason="not seen when fitted")
    world.captures(UnitShipped, "RACK/1", customer="St. Anna")


def test_QUA_013_rework_follows_what_failed(world):
    routed(world, *ROUTE)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30", found("F1"))
    rework = {"defect": "F1", "disposition": "rework"}
    assert world.refusals(DefectDispositioned, PUMP, **rework, rework="RW-9") == ["QUA-013", "QUA-014"]
    reason = world.reason(DefectDispositioned, PUMP, **rework, rework="OP-20")
    assert "OP-20 is no rework of R-PUMP/1 that follows OP-30; name RW-1" in reason
    decides(world, "F1", "rework", rework="RW-1")
    world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F2")
    fields = {"disposition": "rework", "rework": "RW-1", "retest": "OP-30"}
    assert world.refusals(DefectDispositioned, PUMP, defect="F2", **fields) == ["QUA-013"]


def test_QUA_014_retest_is_still_to_be_done(world):
    routed(world, *ROUTE)
    passes(world, "OP-10")
    world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F2")
    passes(world, "OP-20", "OP-30")
    fails(world, "OP-40", found("F1"))
    rework = {"defect": "F1", "disposition": "rework", "rework": "RW-9"}
    reason = world.reason(DefectDispositioned, PUMP, **rework)
    assert "RW-9 leads back to OP-50, so that OP-40 is not done again; name a retest from there on" in reason
    retest = {"defect": "F1", "disposition": "retest"}
    assert world.refusals(DefectDispositioned, PUMP, **retest, retest="OP-20") == ["QUA-014"]
    assert world.refusals(DefectDispositioned, PUMP, **retest, retest="OP-99") == ["QUA-014"]
    reason = world.reason(DefectDispositioned, PUMP, defect="F2", disposition="retest")
    assert "say by which retest it is settled" in reason
    decides(world, "F2", "retest", retest="OP-50")
    decides(world, "F1", "rework", rework="RW-9", retest="OP-50")
    passes(world, "RW-9")
    assert world.open_defects(PUMP) == ["F2", "F1"]
    passes(world, "OP-50")
    assert settled(world) == {"F2": "retest", "F1": "rework"}


def test_QUA_015_retest_follows_repair_and_rework(world):
    world.unit(PUMP)
    fails(world, "ICT", found("F1", position="C12"))
    decides(world, "F1", "repair")
    assert world.refusals(OperationStarted, PUMP, operation="ICT") == ["QUA-015"]
    assert world.refusals(OperationCompleted, PUMP, operation="ICT") == ["QUA-015"]
    assert "before that, repair it and record that" in world.reason(OperationStarted, PUMP, operation="ICT")
    world.captures(DefectRepaired, PUMP, defect="F1", action="replaced the capacitor", replaced="C12")
    assert world.open_defects(PUMP) == ["F1"]
    passes(world, "ICT")
    (defect,) = world.defects(PUMP)
    assert (defect.settled_by, defect.repair, defect.replaced) == ("repair", "replaced the capacitor", "C12")


def test_QUA_015_work_begun_before_the_decision_may_be_completed(world):
    world.unit(PUMP)
    fails(world, "ICT", found("F1"))
    world.captures(OperationStarted, PUMP, operation="ICT")
    decides(world, "F1", "repair")
    passes(world, "ICT")
    assert world.open_defects(PUMP) == ["F1"]
    decides(world, "F1", "no_fault_found", reason="passed untouched")
    assert settled(world) == {"F1": "no_fault_found"}


def test_rework_settles_when_its_path_and_then_the_operation_have_passed(world):
    routed(world, *ROUTE)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30", found("F1"))
    decides(world, "F1", "rework", rework="RW-1")
    assert world.refusals(OperationStarted, PUMP, operation="OP-30") == ["QUA-015"]
    passes(world, "RW-1", "RW-2", "OP-20")
    assert (world.open_defects(PUMP), world.defects(PUMP)[0].is_reworked) == (["F1"], True)
    passes(world, "OP-30")
    assert settled(world) == {"F1": "rework"}


def test_QUA_016_nothing_is_done_with_what_is_to_be_scrapped(world):
    world.units(PUMP, "BOARD/1", "RACK/1")
    world.captures(ComponentInstalled, PUMP, component="BOARD/1", reference_designator="A1")
    fails(world, "ICT", found("F1"))
    decides(world, "F1", "scrap", reason="burnt")
    assert world.refusals(OperationStarted, PUMP, operation="FCT") == ["QUA-016"]
    assert world.refusals(OperationCompleted, PUMP, operation="ICT") == ["QUA-016"]
    assert world.refusals(UnitPacked, PUMP, container="BOX-1") == ["QUA-016"]
    assert world.refusals(UnitShipped, PUMP, customer="St. Anna") == ["QUA-012", "QUA-016"]
    assert world.refusals(ComponentInstalled, PUMP, component="RACK/1") == ["QUA-016"]
    assert "is to be scrapped for F1 (BRIDGE, ICT); scrap it" in world.reason(OperationStarted, PUMP, operation="FCT")
    world.captures(ComponentRemoved, PUMP, component="BOARD/1", reason="still good")
    world.captures(UnitMoved, PUMP, location="SCRAP CAGE")
    scrapped = world.captures(UnitScrapped, PUMP, reason="burnt")
    assert settled(world) == {"F1": "scrap"}
    world.corrects(scrapped)
    assert world.open_defects(PUMP) == ["F1"]
    decides(world, "F1", "retest")
    passes(world, "ICT")


ASKING = (step("OP-10"), step("OP-30", needs_disposition=True), step("RW-1", is_rework=True, rejoins_at="OP-10"))


def test_QUA_017_disposition_is_kept_to(world):
    routed(world, *ASKING, step("OP-40", after=("OP-10",)))
    passes(world, "OP-10")
    fails(world, "OP-30", found("F1"))
    for operation in ("OP-30", "OP-40", "RW-1"):
        assert world.refusals(OperationStarted, PUMP, operation=operation) == ["QUA-017"]
    assert "waits for a decision; ask quality" in world.reason(OperationStarted, PUMP, operation="OP-30")
    decides(world, "F1", "retest")
    assert world.refusals(OperationStarted, PUMP, operation="OP-40") == ["QUA-017"]
    assert "comes first, before OP-40; OP-30 has to pass" in world.reason(OperationStarted, PUMP, operation="OP-40")
    world.captures(OperationStarted, PUMP, operation="OP-30")
    fails(world, "OP-30", found("F2"))
    decides(world, "F2", "rework", rework="RW-1")
    decides(world, "F1", "no_fault_found", reason="the fixture was dirty")
    assert world.refusals(OperationStarted, PUMP, operation="OP-40") == ["QUA-017"]
    passes(world, "RW-1", "OP-10", "OP-30", "OP-40")
    assert settled(world) == {"F1": "no_fault_found", "F2": "rework"}


def test_QUA_018_repair_is_what_was_decided(world):
    routed(world, *ASKING)
    passes(world, "OP-10")
    fails(world, "OP-30", found("F1"))
    assert world.refusals(DefectRepaired, PUMP, defect="F1", action="resoldered") == ["QUA-018"]
    decides(world, "F1", "retest")
    reason = world.reason(DefectRepaired, PUMP, defect="F1", action="resoldered")
    assert "is to be settled by retest; let quality decide anew first" in reason
    decides(world, "F1", "repair")
    world.captures(DefectRepaired, PUMP, defect="F1", action="resoldered")
    world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F2")
    world.captures(DefectRepaired, PUMP, defect="F2", action="polished")
    assert world.open_defects(PUMP) == ["F1"]


def test_use_as_is_lets_the_unit_go_on_its_routing(world):
    routed(world, *ROUTE)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30", found("F1"), found("F2"))
    decides(world, "F1", "use_as_is", reason="cosmetic")
    assert world.refusals(OperationStarted, PUMP, operation="OP-40") == ["PRO-011"]
    decided = decides(world, "F2", "use_as_is", reason="cosmetic")
    went_on = world.captures(OperationCompleted, PUMP, operation="OP-40")
    refusal = world.correction_refused(decided)
    assert rules(refusal) == ["COR-004"]
    world.corrects(went_on)
    world.corrects(decided)
    assert world.refusals(OperationStarted, PUMP, operation="OP-40") == ["PRO-011"]


def test_corrections_work_out_the_defects_again(world):
    world.unit(PUMP)
    failed = fails(world, "ICT", found("F1"))
    (passed,) = passes(world, "ICT")
    world.corrects(passed)
    assert world.open_defects(PUMP) == ["F1"]
    decided = decides(world, "F1", "repair")
    repaired = world.captures(DefectRepaired, PUMP, defect="F1", action="resoldered")
    for wrong in (failed, decided):
        refusal = world.correction_refused(wrong)
        assert rules(refusal) == ["COR-004"]
        assert "defect F1" in refusal.broken[0].reason
    world.corrects(repaired)
    assert world.refusals(OperationStarted, PUMP, operation="ICT") == ["QUA-015"]
    world.corrects(decided)
    world.corrects(failed)
    assert world.defects(PUMP) == []
    world.captures(UnitShipped, PUMP, customer="St. Anna")


def test_a_correction_of_something_else_leaves_what_was_measured_as_it_was(world):
    """Values without their limits, which the batch does not name, would have passed when they are judged again."""
    limited = Characteristic(characteristic="VCC", upper_limit=Decimal("5.5"))
    world.captures(SpecificationDefined, "ICT/1", characteristics=(limited,))
    world.unit(PUMP)
    moved = world.captures(UnitMoved, PUMP, location="CELL-4")
    values = {"specification": "ICT/1", "values": (Decimal("5.9"),)}
    world.captures(OperationCompleted, PUMP, operation="ICT", **values)
    world.corrects(moved)
    assert (world.unit_view(PUMP).last_result, len(world.open_defects(PUMP))) == ("failed", 1)


def test_QUA_019_defects_of_both_records_differ_in_number(world):
    world.units(PUMP, "PUMP-200/01")
    wrong = world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F1")
    world.captures(DefectRecorded, "PUMP-200/01", code="DENT", number="F1")
    merging = {"duplicate": "PUMP-200/01", "reason": "typed by hand"}
    assert "both records have a defect F1" in world.reason(UnitsMerged, PUMP, **merging)
    assert world.refusals(UnitsMerged, PUMP, **merging) == ["QUA-019"]
    world.corrects(wrong)
    world.captures(DefectRecorded, PUMP, code="SCRATCH", number="F2")
    merged = world.captures(UnitsMerged, PUMP, **merging)
    assert world.open_defects(PUMP) == ["F1", "F2"]
    world.corrects(merged)
    assert (world.open_defects(PUMP), world.open_defects("PUMP-200/01")) == (["F2"], ["F1"])
    merged = world.captures(UnitsMerged, PUMP, **merging)
    world.captures(DefectRepaired, PUMP, defect="F1", action="beaten out")
    assert rules(world.correction_refused(merged)) == ["COR-004"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"defect": "X", "defects": (found("F1"),)}, "short for one of the defects"),
        ({"result": "passed", "defects": (found("F1"),)}, "so the result is failed"),
        ({"defects": (found("F1"), found("F1"))}, "the same number twice"),
        ({"defects": (found("D12"),)}, "given by the record"),
        ({"defects": (found("F1", code=" "),)}, "code is empty"),
        ({"defects": (found("F1", quantity=0),)}, "between 1 and"),
    ],
)
def test_an_operation_that_contradicts_itself_is_no_event(world, fields, problem):
    world.unit(PUMP)
    with pytest.raises(ValueError, match=problem):
        world.captures(OperationCompleted, PUMP, operation="ICT", **{"result": "failed", **fields})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"disposition": "rework"}, "rework names the rework operation"),
        ({"disposition": "retest", "rework": "RW-1"}, "rework names the rework operation"),
        ({"disposition": "use_as_is"}, "reason is empty"),
        ({"disposition": "scrap", "reason": "burnt", "retest": "ICT"}, "scrap needs none"),
    ],
)
def test_a_disposition_that_contradicts_itself_is_no_event(world, fields, problem):
    world.unit(PUMP)
    with pytest.raises(ValueError, match=problem):
        world.captures(DefectDispositioned, PUMP, defect="F1", **fields)
