from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialConsumed
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped


def test_INV_001_unit_is_in_house(world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert world.refusals(UnitMoved, "PUMP-200/1", location="CELL-4") == ["INV-001"]
    assert world.refusals(OperationStarted, "PUMP-200/1", operation="OP-10") == ["INV-001"]
    assert world.refusals(OperationCompleted, "PUMP-200/1", operation="OP-10") == ["INV-001"]
    assert world.refusals(UnitPacked, "PUMP-200/1", container="BOX-1") == ["INV-001"]
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["INV-001"]
    assert world.refusals(UnitScrapped, "PUMP-200/1", reason="dropped") == ["INV-001"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/8") == ["INV-001"]
    assert world.refusals(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="x") == ["INV-001"]
    reason = world.reason(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert "ACME:PUMP-200/1 was shipped to St. Anna; record its return first" in reason
    world.captures(HoldPlaced, "PUMP-200/1", hold="QH-1", reason="field report")
    world.captures(UnitReturned, "PUMP-200/1", reason="field report")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")


def test_INV_001_unit_is_in_house_with_the_assembly_it_is_in(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.lot("MIX/1")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(UnitShipped, "RACK/1", customer="St. Anna")
    assert world.refusals(OperationStarted, "PCB-10/7", operation="OP-10") == ["INV-001"]
    assert "ACME:PCB-10/7 was shipped to St. Anna inside ACME:RACK/1" in world.reason(
        OperationStarted, "PCB-10/7", operation="OP-10"
    )
    assert "INV-001" in world.refusals(MaterialConsumed, "MIX/1", component="PCB-10/7")
    world.captures(UnitReturned, "RACK/1", reason="field report")
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective")


def test_INV_002_unit_was_shipped(world):
    world.unit("PUMP-200/1", location="CELL-4")
    assert world.refusals(UnitReturned, "PUMP-200/1", reason="field report") == ["INV-002"]
    assert "ACME:PUMP-200/1 was not shipped; it is in house at CELL-4" in world.reason(
        UnitReturned, "PUMP-200/1", reason="field report"
    )
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    world.captures(UnitReturned, "PUMP-200/1", reason="field report")
    assert world.refusals(UnitReturned, "PUMP-200/1", reason="field report") == ["INV-002"]


def test_INV_002_unit_was_shipped_as_part_of_what(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    reason = world.reason(UnitReturned, "PCB-10/7", reason="field report")
    assert "ACME:PCB-10/7 was shipped inside ACME:PUMP-200/1; record the return of that" in reason


def test_INV_003_unit_stands_alone(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    assert world.refusals(UnitMoved, "PCB-10/7", location="CELL-4") == ["INV-003"]
    assert world.refusals(UnitPacked, "PCB-10/7", container="BOX-1") == ["INV-003"]
    assert world.refusals(UnitShipped, "PCB-10/7", customer="St. Anna") == ["INV-003"]
    reason = world.reason(UnitMoved, "PCB-10/7", location="CELL-4")
    assert "ACME:PCB-10/7 is installed in ACME:PUMP-200/1; scan that, or remove the component first" in reason
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")


def test_INV_004_unit_is_not_packed(world):
    world.unit("PUMP-200/1")
    world.captures(UnitPacked, "PUMP-200/1", container="BOX-1")
    assert world.refusals(UnitPacked, "PUMP-200/1", container="BOX-2") == ["INV-004"]
    assert "ACME:PUMP-200/1 is packed in BOX-1; unpack it there first" in world.reason(
        UnitPacked, "PUMP-200/1", container="BOX-1"
    )
    world.captures(UnitUnpacked, "PUMP-200/1", container="BOX-1")
    world.captures(UnitPacked, "PUMP-200/1", container="BOX-2")


def test_INV_005_unit_is_in_that_container(world):
    world.unit("PUMP-200/1")
    assert "not packed; check the container" in world.reason(UnitUnpacked, "PUMP-200/1", container="BOX-1")
    world.captures(UnitPacked, "PUMP-200/1", container="BOX-1")
    assert world.refusals(UnitUnpacked, "PUMP-200/1", container="BOX-2") == ["INV-005"]
    assert "ACME:PUMP-200/1 is packed in BOX-1; check the container" in world.reason(
        UnitUnpacked, "PUMP-200/1", container="BOX-2"
    )
    world.captures(UnitUnpacked, "PUMP-200/1", container="BOX-1")


def test_INV_006_component_is_not_packed(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("MIX/1")
    world.captures(UnitPacked, "PCB-10/7", container="BOX-1")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7") == ["INV-006"]
    assert world.refusals(MaterialConsumed, "MIX/1", component="PCB-10/7") == ["INV-006"]
    assert "ACME:PCB-10/7 is packed in BOX-1; unpack it first" in world.reason(
        ComponentInstalled, "PUMP-200/1", component="PCB-10/7"
    )
    world.captures(UnitUnpacked, "PCB-10/7", container="BOX-1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")


def test_INV_006_component_is_not_packed_unless_only_a_document_says_so(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    world.captures(UnitPacked, "PCB-10/7", container="BOX-1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", evidence=Evidence.ALTERNATIVE)
    world.captures(ComponentInstalled, "PUMP-200/2", component="PCB-10/7", evidence=Evidence.DECLARED)


def test_a_received_unit_is_used_as_one_made_here(world):
    world.unit("PUMP-200/1")
    world.part("BOSCH:MOTOR-7")
    world.captures(UnitReceived, "BOSCH:MOTOR-7/88", location="DOCK", supplier="Bosch", purchase_order="4500117")
    view = world.unit_view("BOSCH:MOTOR-7/88")
    assert (view.status, view.location, view.life_cycle) == ("available", "DOCK", "in_process")
    world.captures(ComponentInstalled, "PUMP-200/1", component="BOSCH:MOTOR-7/88")
