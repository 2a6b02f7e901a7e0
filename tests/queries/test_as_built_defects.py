"""The as-built record tells what was wrong, and what had been decided and done about it by then."""

from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.production import OperationCompleted
from asbuilt.queries.as_built import AsBuilt
from tests.world import World


def failed(world: World, unit: str, **fields):
    return world.captures(OperationCompleted, unit, operation="ICT", result="failed", defect="BRIDGE", **fields)


def decided(world: World, unit: str, disposition: str, **fields):
    number = world.open_defects(unit)[0]
    return world.captures(DefectDispositioned, unit, defect=number, disposition=disposition, **fields)


def told(record: AsBuilt) -> list[tuple]:
    return [(one.code, one.disposition, one.repair, one.settled_by, one.is_open) for one in record.defects]


def test_a_defect_is_told_as_it_stood_at_each_time(world):
    world.unit("PCB/1")
    times = [world.now]
    failed(world, "PCB/1")
    times.append(world.now)
    decided(world, "PCB/1", "retest", operator="anna")
    times.append(world.now)
    decided(world, "PCB/1", "repair", reason="solder bridge", operator="ben")
    times.append(world.now)
    world.captures(DefectRepaired, "PCB/1", defect=world.open_defects("PCB/1")[0], action="removed", replaced="U7")
    times.append(world.now)
    world.captures(OperationCompleted, "PCB/1", operation="ICT")
    times.append(world.now)
    assert [told(world.as_built("PCB/1", at=at)) for at in times] == [
        [],
        [("BRIDGE", "", "", "", True)],
        [("BRIDGE", "retest", "", "", True)],
        [("BRIDGE", "repair", "", "", True)],
        [("BRIDGE", "repair", "removed", "", True)],
        [("BRIDGE", "repair", "removed", "repair", False)],
    ]
    assert told(world.as_built("PCB/1")) == [("BRIDGE", "repair", "removed", "repair", False)]
    (then,) = world.as_built("PCB/1", at=times[2]).defects
    assert (then.decided_by, then.decided_at, then.reason) == ("anna", times[2], "")
    (now,) = world.as_built("PCB/1").defects
    assert (now.decided_by, now.reason, now.replaced, now.settled_at) == ("ben", "solder bridge", "U7", times[5])


def test_what_is_inside_tells_its_own_defects(world):
    world.units("PCB/1", "PUMP/1")
    world.captures(DefectRecorded, "PCB/1", code="DENT", number="F-1")
    accepted = decided(world, "PCB/1", "use_as_is", reason="cosmetic")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1")
    record = world.as_built("PUMP/1")
    assert record.defects == []
    (defect,) = record.components[0].defects
    assert (defect.number, defect.settled_by, defect.reason) == ("F-1", "use_as_is", "cosmetic")
    world.corrects(accepted)
    assert world.as_built("PUMP/1").components[0].defects[0].is_open


def test_a_decision_that_was_declared_wrong_was_never_made(world):
    world.unit("PCB/1")
    failed(world, "PCB/1")
    wrong = decided(world, "PCB/1", "scrap", reason="burnt")
    then = world.now
    world.corrects(wrong)
    decided(world, "PCB/1", "retest")
    assert told(world.as_built("PCB/1", at=then)) == [("BRIDGE", "", "", "", True)]


def test_the_defects_of_a_merged_record_are_those_of_the_one_that_stays(world):
    world.units("PCB/1", "PCB/2")
    failed(world, "PCB/2")
    then = world.now
    decided(world, "PCB/2", "retest")
    world.captures(UnitsMerged, "PCB/1", duplicate="PCB/2", reason="plate found")
    after = world.now
    world.captures(OperationCompleted, "PCB/1", operation="ICT")
    assert told(world.as_built("PCB/1", at=then)) == [("BRIDGE", "", "", "", True)]
    assert told(world.as_built("PCB/1", at=after)) == [("BRIDGE", "retest", "", "", True)]
    assert told(world.as_built("PCB/1")) == [("BRIDGE", "retest", "", "retest", False)]
