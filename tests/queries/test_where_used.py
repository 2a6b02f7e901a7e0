"""Everything that contains something: complete, nearest first, with where it is now."""

from datetime import timedelta
from decimal import Decimal

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved, UnitShipped
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.quality import HoldPlaced
from tests.world import START

HOUR = timedelta(hours=1)


def test_a_lot_is_found_at_every_level_with_where_it_is_now(world):
    world.lot("RESIN/R1")
    world.lot("GLUE/G1")
    world.units("PCB-10/7", "PUMP-200/1", "RACK/1")
    world.captures(MaterialConsumed, "GLUE/G1", lot="RESIN/R1", quantity="0.5", uom="kg")
    world.captures(ComponentInstalled, "PCB-10/7", lot="GLUE/G1", reference_designator="BEAD")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1", evidence=Evidence.KITTED)
    world.captures(UnitShipped, "RACK/1", customer="St. Anna", shipment="800123")
    found = world.affected("RESIN/R1")
    assert [one.level for one in found] == [1, 2, 3, 4]
    assert world.where_used("RESIN/R1") == ["GLUE/G1", "PCB-10/7", "PUMP-200/1", "RACK/1"]
    glue, board, pump, rack = found
    assert (glue.kind, glue.lot_number, glue.quantity, glue.uom) == ("lot", "G1", Decimal("0.5"), "kg")
    assert (board.component, board.reference_designator) == ("ACME:GLUE/G1", "BEAD")
    assert (board.status, board.in_unit, board.customer) == ("installed", "ACME:RACK/1", "St. Anna")
    assert (pump.custody, pump.shipment) == ("shipped", "800123")
    assert (rack.evidence, rack.in_unit, rack.status) == ("kitted", "", "shipped")


def test_the_nearest_way_is_the_one_that_is_told(world):
    world.lot("CAP/L1")
    world.units("PCB-10/7", "PUMP-200/1")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP/L1", reference_designator="C1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", reference_designator="C9")
    assert [(one.serial_number, one.level, one.reference_designator) for one in world.affected("CAP/L1")] == [
        ("7", 1, "C1"),
        ("1", 1, "C9"),
    ]


def test_line_fed_lots_are_found_by_who_passed_the_station(world):
    world.lot("PASTE/L1")
    for number, hours in enumerate((0.9, 1, 1.5, 2, 3)):
        unit = f"PUMP-200/{number}"
        world.unit(unit)
        world.captures(OperationCompleted, unit, operation="OP-10", station="SMT-1", at=START + hours * HOUR)
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F01", at=START + HOUR)
    assert world.where_used("PASTE/L1") == ["PUMP-200/1", "PUMP-200/2", "PUMP-200/3", "PUMP-200/4"]
    world.captures(MaterialUnloaded, "PASTE/L1", station="SMT-1", slot="F01", at=START + 2 * HOUR)
    assert world.where_used("PASTE/L1") == ["PUMP-200/1", "PUMP-200/2"]
    assert world.where_used("PASTE/L1", at=START + 1.4 * HOUR) == ["PUMP-200/1"]
    (first, _) = world.affected("PASTE/L1")
    assert (first.reference_designator, first.evidence) == ("F01", "setup_window")


def test_the_past_and_ever_are_told_apart_from_now(world):
    world.units("PCB-10/7", "PUMP-200/1", "PUMP-200/2")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", at=START + HOUR)
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="x", at=START + 2 * HOUR)
    world.captures(ComponentInstalled, "PUMP-200/2", component="PCB-10/7", at=START + 3 * HOUR)
    assert world.where_used("PCB-10/7") == ["PUMP-200/2"]
    assert world.where_used("PCB-10/7", at=START + 1.5 * HOUR) == ["PUMP-200/1"]
    assert world.where_used("PCB-10/7", at=START + 2.5 * HOUR) == []
    assert world.where_used("PCB-10/7", ever=True) == ["PUMP-200/1", "PUMP-200/2"]
    was, _ = world.affected("PCB-10/7", ever=True)
    assert was.removed_at == START + 2 * HOUR


def test_what_was_declared_wrong_is_in_no_answer(world):
    world.units("PCB-10/7", "PUMP-200/1")
    wrong = world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.corrects(wrong)
    assert world.where_used("PCB-10/7", ever=True) == []


def test_an_answer_longer_than_a_page_is_whole(world, opened):
    world.part("PUMP-200")
    world.lot("CAP/L1")
    count = 2300
    for start in range(0, count, 500):
        numbers = range(start, min(start + 500, count))
        world.submit(*[world.event(UnitCommissioned, f"PUMP-200/{number}") for number in numbers])
        world.submit(*[world.event(ComponentInstalled, f"PUMP-200/{number}", lot="CAP/L1") for number in numbers])
    opened.made.analyze()
    found = world.where_used("CAP/L1")
    assert len(found) == count
    assert set(found) == {f"PUMP-200/{number}" for number in range(count)}


def test_a_component_appears_under_its_own_unit_only(world):
    """Not under every unit of the order, as where genealogy is inferred from vouchers."""
    world.order("WO-1", part="PUMP-200")
    for number in range(3):
        world.unit(f"PCB-10/{number}")
        world.unit(f"PUMP-200/{number}", work_order="WO-1")
        world.captures(ComponentInstalled, f"PUMP-200/{number}", component=f"PCB-10/{number}")
    assert world.where_used("PCB-10/1") == ["PUMP-200/1"]
    assert world.components("PUMP-200/2") == ["PCB-10/2"]


def test_where_it_is_now_is_where_its_assembly_is(world):
    world.units("PCB-10/7", "PUMP-200/1")
    world.lot("CAP/L1")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(UnitMoved, "PUMP-200/1", location="FINAL-TEST")
    world.captures(HoldPlaced, "PUMP-200/1", hold="QH-1", reason="audit")
    board, pump = world.affected("CAP/L1")
    assert (board.location, board.in_unit, board.status) == ("FINAL-TEST", "ACME:PUMP-200/1", "installed")
    assert (pump.location, pump.status) == ("FINAL-TEST", "on_hold")
