"""Bills of materials, stations and codes are defined: DEF-010 to DEF-015."""

from datetime import timedelta

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.defects import Defect, DefectRecorded
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Part
from tests.world import MINUTE, START, World, recorded

BOARD, SPARE = Part("ACME", "PCB-10"), Part("ACME", "PCB-11")
LINES = (BillLine(item="10", part=BOARD, reference_designators=("A1",)),)


def parts(world: World) -> None:
    for name in ("PUMP-200", "PUMP-300", "PCB-10"):
        world.part(name)


def test_DEF_010_bill_is_new(world):
    parts(world)
    world.captures(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES)
    world.captures(BillOfMaterialsDefined, "BOM/2", part="PUMP-200", lines=LINES)
    assert world.refusals(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES) == ["DEF-010"]
    reason = world.reason(BillOfMaterialsDefined, "bom/1", part="PUMP-300", lines=LINES)
    assert reason == "bill bom/1 exists and units are built to it; define the change as a new revision"


def test_DEF_011_bill_applies_from_now_on(world):
    parts(world)
    world.unit("PUMP-200/1")
    now = {"part": "PUMP-200", "lines": LINES}
    world.captures(BillOfMaterialsDefined, "BOM/1", effective_from=START + 60 * MINUTE, **now)
    assert world.refusals(BillOfMaterialsDefined, "BOM/2", **now) == ["DEF-011"]
    assert "bill BOM/1 of ACME:PUMP-200 applies from 2026-03-02 07:00 UTC; let" in (
        world.reason(BillOfMaterialsDefined, "BOM/2", **now)
    )
    world.captures(BillOfMaterialsDefined, "BOM/2", effective_from=START + 61 * MINUTE, **now)


def test_DEF_011_what_is_begun_keeps_its_bill(world):
    parts(world)
    late = world.event(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES)
    world.unit("PUMP-200/1")
    assert recorded(world.submit(late)) == ["DEF-011"]
    reason = world.reason(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES, effective_from=START)
    assert "came into being at 2026-03-02 06:05:00 UTC, and what is begun keeps its bill" in reason
    other = world.event(UnitCommissioned, "PUMP-200/2")
    since = world.event(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES, effective_from=other.event_time)
    assert recorded(world.submit(other, since)) == ["recorded", "DEF-011"]
    world.captures(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=LINES)


def test_DEF_012_what_a_bill_lists_is_defined(world):
    parts(world)
    lines = (BillLine(item="10", part=BOARD, alternates=(SPARE,)),)
    assert world.refusals(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=lines) == ["DEF-012"]
    assert "item 10: part ACME:PCB-11 is not defined here; check it" in (
        world.reason(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=lines)
    )
    world.part("PCB-11")
    world.captures(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=lines)


def ranged(world: World) -> None:
    """A board to serial 100, a spare board from 101 on."""
    parts(world)
    world.part("PCB-11")
    lines = (
        BillLine(item="10", part=BOARD, reference_designators=("A1",), serial_to="IPC-000100", operation="OP-10"),
        BillLine(item="10", part=SPARE, reference_designators=("A1",), serial_from="IPC-000101", operation="OP-10"),
    )
    world.captures(BillOfMaterialsDefined, "BOM/1", part="PUMP-200", lines=lines)


def test_DEF_013_serial_compares_with_the_bill(world):
    ranged(world)
    world.captures(UnitCommissioned, "PUMP-200/ipc-101")
    assert world.refusals(UnitCommissioned, "PUMP-200/IPD-000101") == ["DEF-013"]
    assert world.reason(UnitCommissioned, "PUMP-200/SAMPLE") == (
        "nobody can tell whether item 10 of BOM/1, which holds for serials IPC-000100, holds for SAMPLE; "
        "give units of ACME:PUMP-200 serials that differ in the running number only"
    )
    # What comes from outside is taken in, and told when it is worked on.
    world.captures(UnitReceived, "PUMP-200/SAMPLE")
    world.units("PCB-10/7")
    assert world.refusals(ComponentInstalled, "PUMP-200/SAMPLE", component="PCB-10/7") == ["DEF-013"]
    assert world.refusals(OperationCompleted, "PUMP-200/SAMPLE", operation="OP-10") == ["DEF-013"]


def test_DEF_013_lines_hold_for_serials_and_for_times(world):
    ranged(world)
    world.units("PUMP-200/IPC-100", "PUMP-200/IPC-101", "PCB-10/7", "PCB-11/7")
    place = {"reference_designator": "A1"}
    assert world.refusals(ComponentInstalled, "PUMP-200/IPC-100", component="PCB-11/7", **place) == ["GEN-011"]
    world.captures(ComponentInstalled, "PUMP-200/IPC-100", component="PCB-10/7", **place)
    world.captures(ComponentInstalled, "PUMP-200/IPC-101", component="PCB-11/7", **place)
    # By time: what came into being before the change gets the board, what came after it the spare one.
    change = world.now + timedelta(hours=1)
    lines = (
        BillLine(item="10", part=BOARD, reference_designators=("A1",), effective_until=change),
        BillLine(item="10", part=SPARE, reference_designators=("A1",), effective_from=change),
    )
    world.captures(BillOfMaterialsDefined, "BOM-300/1", part="PUMP-300", lines=lines)
    world.units("PUMP-300/1", "PCB-10/8", "PCB-11/8")
    world.captures(UnitCommissioned, "PUMP-300/2", at=change)
    assert world.refusals(ComponentInstalled, "PUMP-300/2", component="PCB-10/8", **place) == ["GEN-011"]
    world.captures(ComponentInstalled, "PUMP-300/1", component="PCB-10/8", **place)
    world.captures(ComponentInstalled, "PUMP-300/2", component="PCB-11/8", **place)


def test_DEF_014_work_center_is_defined(world):
    assert world.refusals(EquipmentDefined, "ICT-7", work_center="TEST") == ["DEF-014"]
    assert "work center TEST is not defined here; check its name" in (
        world.reason(EquipmentDefined, "ICT-7", work_center="TEST")
    )
    world.captures(EquipmentDefined, "ICT-7", description="in-circuit tester")
    world.captures(WorkCenterDefined, "TEST", area="Hall 2")
    for description in ("in-circuit tester", "tester"):
        world.captures(EquipmentDefined, "ICT-7", work_center="test", description=description)
        world.captures(WorkCenterDefined, "TEST", area="Hall 2", description=description)


def test_DEF_015_defect_is_in_the_list(world):
    world.unit("PUMP-200/1")
    failed = {"operation": "OP-10", "result": "failed"}
    world.captures(OperationCompleted, "PUMP-200/1", defect="whatever it is", **failed)
    world.captures(CodeDefined, "reason", code="RW-1")
    world.captures(OperationCompleted, "PUMP-200/1", defect="whatever it is", **failed)
    world.captures(CodeDefined, "defect", code="BRIDGE", description="solder bridge")
    assert world.refusals(OperationCompleted, "PUMP-200/1", defect="solder", **failed) == ["DEF-015"]
    assert world.reason(OperationCompleted, "PUMP-200/1", defect="solder", **failed) == (
        "'solder' is no code of the list defect; take one of the list, or enter it there first"
    )
    world.captures(OperationCompleted, "PUMP-200/1", defect="bridge", **failed)
    world.captures(OperationCompleted, "PUMP-200/1", **failed)
    world.captures(CodeDefined, "DEFECT", code="bridge", is_retired=True)
    assert "defect bridge is retired; take another" in (
        world.reason(OperationCompleted, "PUMP-200/1", defect="BRIDGE", **failed)
    )
    world.captures(CodeDefined, "defect", code="OPEN")
    world.captures(OperationCompleted, "PUMP-200/1", defect="OPEN", **failed)


def test_DEF_015_of_every_defect_however_it_is_found(world):
    world.unit("PUMP-200/1")
    world.captures(CodeDefined, "defect", code="BRIDGE")
    found = (Defect(code="BRIDGE", position="C1"), Defect(code="SMEAR", position="C2"))
    failed = {"operation": "OP-10", "result": "failed"}
    assert world.refusals(OperationCompleted, "PUMP-200/1", defects=found, **failed) == ["DEF-015"]
    assert world.refusals(DefectRecorded, "PUMP-200/1", code="SMEAR") == ["DEF-015"]
    world.captures(OperationCompleted, "PUMP-200/1", defects=found[:1], **failed)
    world.captures(DefectRecorded, "PUMP-200/1", code="bridge")


def test_DEF_015_a_code_counts_within_the_call_that_brings_it(world):
    world.unit("PUMP-200/1")
    code = world.event(CodeDefined, "defect", code="OPEN")
    failed = world.event(OperationCompleted, "PUMP-200/1", operation="OP-10", result="failed", defect="open")
    other = world.event(OperationCompleted, "PUMP-200/1", operation="OP-10", result="failed", defect="bridge")
    assert recorded(world.submit(code, failed, other)) == ["recorded", "recorded", "DEF-015"]
