"""A file becomes what the plant has: a diff first, all or nothing, nothing twice, and nothing changes its meaning."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.definitions import OperatorQualified, PartDefined, QualificationRevoked, ToolCalibrated
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted
from asbuilt.exchange.definitions import changes
from asbuilt.exchange.definitions.applying import carry_out, plan
from asbuilt.exchange.definitions.changes import next_revision
from asbuilt.exchange.definitions.reading import read_text
from asbuilt.queries.parts import part
from tests.exchange.definitions.files import COUNT, PLANT, applied, event_count, written
from tests.world import ACTOR


def told(report) -> list[str]:
    return [f"{one.section} {one.name} {one.state.value}" for one in report.changes if one.state.value != "same"]


def test_a_file_becomes_what_the_plant_has_and_is_the_same_afterwards(world):
    first = applied(world, PLANT)
    assert (first.new, first.changed, first.same, first.faults) == (COUNT, 0, 0, ())
    assert first.recorded == COUNT
    world.now += timedelta(days=1)
    second = applied(world, PLANT)
    assert (second.new, second.changed, second.same, second.recorded) == (0, 0, COUNT, 0)
    assert event_count(world) == COUNT


def test_what_is_applied_is_what_the_interlock_asks(world):
    applied(world, PLANT)
    world.captures(UnitCommissioned, "PUMP-200/P000001")
    assert world.refusals(OperationCompleted, "PUMP-200/P000001", operation="OP-020", tool="TQ-1") == ["PRO-011"]
    reason = world.reason(OperationCompleted, "PUMP-200/P000001", operation="OP-010", station="ASM-1")
    assert "install ACME:PCB-10 or SUPPLIER:PCB-11" in reason.replace(world.site.issuer, "ACME")


def test_a_change_is_told_field_by_field_and_only_that_is_recorded(world):
    applied(world, PLANT)
    report = applied(world, PLANT.replace("description: Board", "description: Main board, coated"))
    assert told(report) == ["parts PCB-10 changed"]
    ((field,),) = [one.fields for one in report.changes if one.fields]
    assert (field.field, field.old, field.new) == ("description", "Board", "Main board, coated")
    assert report.recorded == 1
    assert event_count(world) == COUNT + 1


def test_going_back_to_what_was_is_a_new_event(world):
    for text in ("one", "two", "one"):
        assert applied(world, f"parts: {{P: {{description: {text}}}}}").recorded == 1
    with world.database.reading(world.site) as reader:
        assert part(reader, world.event(PartDefined, "P").part).description == "one"


def test_what_was_taken_back_is_recorded_anew(world):
    applied(world, "tools: {TQ-1: {event_time: 2026-01-05T08:00:00Z, tool_class: torque, due_on: 2026-12-31}}")
    wrong = world.captures(ToolCalibrated, "TQ-2", tool_class="torque", due_on="2026-12-31", at=world.now)
    text = f"tools: {{TQ-2: {{event_time: {wrong.event_time.isoformat()}, tool_class: torque, due_on: 2026-12-31}}}}"
    assert applied(world, text).same == 1
    world.corrects(wrong)
    assert applied(world, text).recorded == 1
    assert applied(world, text).same == 1


def test_a_routing_is_not_changed_but_a_revision_proposed(world):
    """Changing a routing never changes the meaning of what was recorded under the old one."""
    applied(world, PLANT)
    before = event_count(world)
    changed = PLANT.replace("wait_min_s: 60", "wait_min_s: 90").replace("description: Board", "description: Other")
    (fault,) = applied(world, changed).faults
    assert (fault.rule, fault.field) == ("DEF-007", "routings.R-PUMP/1.operations[OP-020].wait_min_s")
    assert changed.splitlines()[fault.line - 1].strip() == "wait_min_s: 90"
    assert "operations[OP-020].wait_min_s: 60 → 90" in fault.reason
    assert fault.reason.endswith("define the change as R-PUMP/2")
    assert event_count(world) == before, "the part was not recorded either"


def test_the_proposed_revision_applies_to_what_comes_later(world):
    applied(world, PLANT)
    world.captures(UnitCommissioned, "PUMP-200/P000001")
    world.now += timedelta(minutes=10)
    changed = PLANT.replace("R-PUMP/1:", "R-PUMP/2:").replace("ASM-1, ASM-2", "ASM-7")
    report = applied(world, changed)
    assert (told(report), report.faults) == (["routings R-PUMP/2 new"], ())
    assert [(one.section, one.names) for one in report.left_out] == [("routings", ("R-PUMP/1",))]
    world.captures(UnitCommissioned, "PUMP-200/P000002")
    where = {"operation": "OP-010", "station": "ASM-7"}
    assert "PRO-014" in world.refusals(OperationCompleted, "PUMP-200/P000001", **where)
    assert "PRO-014" not in world.refusals(OperationCompleted, "PUMP-200/P000002", **where)


def test_a_specification_is_not_changed(world):
    applied(world, PLANT)
    (fault,) = applied(world, PLANT.replace("upper_limit: 10.5", "upper_limit: 11")).faults
    assert (fault.rule, fault.field) == ("DEF-004", "specifications.FT-200/A.characteristics[flow].upper_limit")
    assert fault.reason.endswith("define the change as FT-200/B")
    assert applied(world, PLANT.replace("upper_limit: 10.5", "upper_limit: 10.50")).same == COUNT, "the same number"


def test_resolution_and_whether_it_is_required_are_part_of_a_specification(world):
    applied(world, PLANT)
    (fault,) = applied(world, PLANT.replace("is_required: false", "is_required: true")).faults
    assert (fault.rule, fault.field) == ("DEF-004", "specifications.FT-200/A.characteristics[leak].is_required")
    (fault,) = applied(world, PLANT.replace("resolution: 0.0001", "resolution: 0.001")).faults
    assert "characteristics[leak].resolution: 0.0001 → 0.001" in fault.reason
    assert "resolution: 0.0001" in written(world)
    assert "is_required: false" in written(world)


def test_a_gauge_too_coarse_for_its_limits_is_a_warning_and_no_fault(world):
    coarse = PLANT.replace("upper_limit: 10.5}", "upper_limit: 10.5, resolution: 0.2}")
    report = applied(world, coarse)
    assert (report.recorded, report.faults) == (COUNT, ())
    (warning,) = report.warnings
    assert (warning.line, warning.rule) == (line_with(coarse, "resolution: 0.2"), "")
    assert warning.field == "specifications.FT-200/A.characteristics[0].resolution"
    assert "flow: resolution 0.2 is more than a tenth of what lies between 9.5 and 10.5" in warning.reason
    assert applied(world, coarse).warnings == (), "what is recorded already is not told again"


def test_a_resolution_of_nothing_is_a_fault(world):
    (fault,) = applied(world, PLANT.replace("resolution: 0.0001", "resolution: 0")).faults
    assert "resolution 0 is the smallest step of the gauge" in fault.reason


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def test_the_proposed_revision_is_one_that_is_free(world):
    applied(world, PLANT)
    applied(world, PLANT.replace("FT-200/A", "FT-200/B").replace("10.5", "11").partition("routings:")[0])
    (fault,) = applied(world, PLANT.replace("upper_limit: 10.5", "upper_limit: 12")).faults
    assert fault.reason.endswith("define the change as FT-200/C")


def test_revisions_are_counted_on():
    assert next_revision("R-PUMP/2") == "R-PUMP/3"
    assert next_revision("R-PUMP-09") == "R-PUMP-10"
    assert next_revision("FT-4500/C") == "FT-4500/D"
    assert next_revision("FT-4500/Z") == "FT-4500/AA"
    assert next_revision("PUMP") == "PUMP/2"
    assert next_revision("R/1", {"R/2", "R/3"}) == "R/4"


def test_what_a_rule_forbids_names_line_and_field(world):
    text = """\
parts:
  PUMP-200: {}
routings:
  R/1:
    part: PUMP-200
    operations:
    - operation: OP-010
    - operation: OP-020
      stations: [A]
      specification: FT-9/A
"""
    (fault,) = applied(world, text).faults
    assert (fault.rule, fault.line) == ("DEF-009", 10)
    assert fault.field == "routings.R/1.operations[1].specification"
    assert "specification FT-9/A is not defined here" in fault.reason
    assert event_count(world) == 0


def test_a_routing_that_would_apply_to_units_begun_is_refused(world):
    applied(world, PLANT)
    world.captures(UnitCommissioned, "PUMP-200/P000001")
    text = PLANT.replace("R-PUMP/1:", "R-PUMP/2:").replace(
        "    part: PUMP", "    effective_from: 2026-01-01T00:00:00Z\n    part: PUMP"
    )
    (fault,) = applied(world, text).faults
    assert fault.rule == "DEF-008"
    assert text.splitlines()[fault.line - 1].strip().startswith("effective_from")


def test_routings_are_recorded_in_the_order_in_which_they_apply(world):
    text = """\
parts: {P: {}}
routings:
  R/2: {part: P, effective_from: 2026-04-02T00:00:00Z, operations: [{operation: A}]}
  R/1: {part: P, effective_from: 2026-04-01T00:00:00Z, operations: [{operation: A}]}
"""
    assert applied(world, text).recorded == 3


def test_an_old_file_brings_no_old_calibration_back(world):
    """What was done later holds, whatever is applied: a file is no word on what happened since."""
    applied(world, PLANT)
    world.now += timedelta(days=200)
    world.captures(ToolCalibrated, "TQ-1", tool_class="torque", due_on="2027-12-31")
    world.captures(QualificationRevoked, "anna", qualification="esd", reason="left the line")
    before = event_count(world)
    assert applied(world, PLANT).same == COUNT
    assert event_count(world) == before
    assert "2027-12-31" in written(world)
    assert "esd" not in written(world)


def test_several_calibrations_of_a_tool(world):
    text = """\
tools:
  TQ-1:
  - {event_time: 2026-01-05T08:00:00Z, tool_class: torque, due_on: 2026-06-30}
  - {event_time: 2026-06-05T08:00:00Z, tool_class: torque, due_on: 2026-12-31}
"""
    assert applied(world, text).recorded == 2
    assert applied(world, text).same == 2
    assert "2026-06-30" not in written(world), "only what holds is written"


def test_everything_recorded_otherwise_is_seen(world):
    """A definition that came by another door is the same, or told as a change."""
    world.captures(PartDefined, "PCB-10", description="Board", revision="on")
    world.captures(OperatorQualified, "anna", qualification="esd", at=world.now)
    report = applied(world, PLANT)
    assert (report.new, report.same) == (COUNT - 1, 1)


def test_two_people_apply_the_same_at_the_same_moment(world):
    def apply_now(seconds: int):
        contents = read_text(PLANT, name="f", own_issuer=world.site.issuer, at=world.now + timedelta(seconds=seconds))
        planned = plan(world.database, world.site, contents)
        return planned, seconds

    plans = [apply_now(seconds) for seconds in range(4)]
    assert all(planned.is_ready for planned, _ in plans)
    with ThreadPoolExecutor(4) as pool:
        reports = list(
            pool.map(
                lambda one: carry_out(world.database, world.site, one[0], actor=ACTOR, clock=lambda: world.now), plans
            )
        )
    assert all(not report.faults for report in reports)
    assert sum(report.recorded for report in reports) == COUNT
    assert event_count(world) == COUNT


def test_negative_control_ids_that_do_not_follow_from_content_record_twice(world, monkeypatch):
    monkeypatch.setattr(changes, "_identified", lambda _site, entry, _: replace(entry.event, event_id=world.new_id()))
    text = "parts: {P: {}}"
    contents = read_text(text, name="f", own_issuer=world.site.issuer, at=world.now)
    plans = [plan(world.database, world.site, contents) for _ in range(2)]
    for planned in plans:
        carry_out(world.database, world.site, planned, actor=ACTOR, clock=lambda: world.now)
    assert event_count(world) == 2


def test_another_site_sees_and_changes_nothing(world, opened):
    from tests.world import World

    applied(world, PLANT)
    other = World(opened.database, opened.new_site())
    assert written(other) == ""
    assert applied(other, PLANT).recorded == COUNT
    assert event_count(world) == COUNT


def test_corrections_are_no_definitions(world):
    first = world.captures(ToolCalibrated, "TQ-9", tool_class="torque", due_on="2026-12-31")
    world.captures(EventCorrected, first, reason="did_not_occur", explanation="wrong tool")
    assert "TQ-9" not in written(world)
