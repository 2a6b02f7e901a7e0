"""What the bill of materials of a unit asks of what is built into it: GEN-010 to GEN-014."""

from decimal import Decimal

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import BillOfMaterialsDefined
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.identifiers.subjects import Part
from tests.world import World, recorded

PUMP = "PUMP-200/1"
BOARD, SPARE, CAP, GLUE, VALVE = (Part("ACME", name) for name in ("PCB-10", "PCB-11", "CAP", "GLUE", "VALVE"))


def line(item: str, part: Part, **fields) -> BillLine:
    return BillLine(item=item, part=part, **fields)


BOARDS = line("10", BOARD, alternates=(SPARE,), reference_designators=("A1", "A2"), quantity=Decimal(2), revision="C")
CAPS = line("20", CAP, reference_designators=("C1", "C2"), quantity=Decimal(6))
DROPS = line("30", GLUE)


def billed(world: World, *lines: BillLine) -> None:
    """A pump that is made of some lines, with what goes into it, and a unit of it."""
    world.part("PUMP-200")
    world.lot("CAP/L1", quantity=100)
    world.part("GLUE", tracking="lot", uom="g")
    world.lot("GLUE/G1", quantity=50, uom="g")
    world.units("PCB-11/7", "VALVE/1", "PCB-10/9")
    for serial in ("7", "8"):
        world.unit(f"PCB-10/{serial}", revision="C")
    world.captures(BillOfMaterialsDefined, "BOM-PUMP/1", part="PUMP-200", lines=lines)
    world.captures(UnitCommissioned, PUMP)


def refused(world: World, **fields) -> list[str]:
    return world.refusals(ComponentInstalled, PUMP, **fields)


def told(world: World, **fields) -> str:
    return world.reason(ComponentInstalled, PUMP, **fields)


def test_GEN_010_place_is_on_the_bill(world):
    billed(world, BOARDS, CAPS)
    there = {"component": "PCB-10/7", "reference_designator": "B1"}
    assert refused(world, **there) == ["GEN-010"]
    assert told(world, **there) == ("BOM-PUMP/1 of ACME:PUMP-200/1 knows no place B1; ACME:PCB-10 goes to A1 or A2")
    stranger = {"component": "VALVE/1", "reference_designator": "B1"}
    assert told(world, **stranger).endswith("knows no place B1; check the reference designator")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A1")


def test_GEN_010_a_unit_without_a_bill_is_not_asked(world):
    billed(world, BOARDS)
    world.units("VALVE/2")
    world.captures(ComponentInstalled, "VALVE/2", component="PCB-10/9", reference_designator="B1")


def test_GEN_010_what_a_partner_states_is_kept_whatever_the_bill_says(world):
    billed(world, BOARDS)
    world.captures(ComponentInstalled, PUMP, component="VALVE/1", reference_designator="B1", evidence="declared")
    # And what is entered as an alternative leaves the place as it is.
    world.captures(ComponentInstalled, PUMP, component="PCB-10/9", reference_designator="A1", evidence="alternative")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A1")


def test_GEN_011_component_is_the_listed_part(world):
    billed(world, BOARDS, CAPS)
    there = {"component": "VALVE/1", "reference_designator": "A1"}
    assert refused(world, **there) == ["GEN-011"]
    assert told(world, **there) == (
        "A1 of ACME:PUMP-200/1 takes ACME:PCB-10 or ACME:PCB-11 by BOM-PUMP/1, not ACME:VALVE; take one of those"
    )
    assert refused(world, component="VALVE/1") == ["GEN-011"]
    assert told(world, component="VALVE/1") == ("ACME:VALVE is not on BOM-PUMP/1 of ACME:PUMP-200/1; check the scan")
    world.captures(ComponentInstalled, PUMP, component="PCB-11/7", reference_designator="A1")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7")


def test_GEN_012_revision_is_the_listed_one(world):
    billed(world, BOARDS)
    for place in ("A1", ""):
        old = {"component": "PCB-10/9", "reference_designator": place}
        assert refused(world, **old) == ["GEN-012"]
        assert told(world, **old) == "ACME:PCB-10/9 is of no revision, BOM-PUMP/1 lists revision C; take one of it"
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A1")
    # An alternate has revisions of its own.
    world.captures(ComponentInstalled, PUMP, component="PCB-11/7", reference_designator="A2")


def test_GEN_013_quantity_is_within_the_bill(world):
    billed(world, CAPS, DROPS)
    first = world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=4, reference_designator="C1")
    more = {"lot": "CAP/L1", "quantity": 3, "reference_designator": "C2"}
    assert refused(world, **more) == ["GEN-013"]
    assert told(world, **more) == (
        "BOM-PUMP/1 lists 6 for item 20 of ACME:PUMP-200/1, 4 is installed and 3 would come to it; "
        "check the scan and the quantity"
    )
    # What is there and nobody said where counts too.
    world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=2)
    assert refused(world, lot="CAP/L1", quantity=1, reference_designator="C2") == ["GEN-013"]
    world.corrects(first)
    world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=4, reference_designator="C2")
    # As much as is needed has no end.
    for _ in range(3):
        world.captures(ComponentInstalled, PUMP, lot="GLUE/G1", quantity="2.5", uom="g")


def test_GEN_013_a_bill_counts_in_the_uom_of_the_part(world):
    billed(world, line("30", GLUE, quantity=Decimal(5)))
    world.lot("GLUE/G2")
    in_drops = {"lot": "GLUE/G2", "quantity": 2, "uom": "drops"}
    assert refused(world, **in_drops) == ["GEN-013"]
    assert told(world, **in_drops) == "BOM-PUMP/1 counts ACME:GLUE in g, the quantity is in drops; give it in g"
    world.captures(ComponentInstalled, PUMP, lot="GLUE/G1", quantity=5, uom="g")


def test_GEN_013_what_was_removed_makes_room_and_a_batch_counts_itself(world):
    billed(world, BOARDS)
    one = world.event(ComponentInstalled, PUMP, component="PCB-10/7")
    two = world.event(ComponentInstalled, PUMP, component="PCB-10/8")
    three = world.event(ComponentInstalled, PUMP, component="PCB-11/7")
    assert recorded(world.submit(one, two, three)) == ["recorded", "recorded", "GEN-013"]
    world.captures(ComponentRemoved, PUMP, component="PCB-10/7", reason="cracked")
    world.captures(ComponentInstalled, PUMP, component="PCB-11/7")


FITTED = line("10", BOARD, reference_designators=("A1", "A2"), quantity=Decimal(2), operation="OP-10")


def test_GEN_014_bill_is_complete_at_the_operation(world):
    billed(world, FITTED, line("40", VALVE, operation="OP-10", is_optional=True), line("50", VALVE, operation="OP-20"))
    world.captures(OperationStarted, PUMP, operation="OP-10")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A1")
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10") == ["GEN-014"]
    assert world.reason(OperationCompleted, PUMP, operation="OP-10") == (
        "item 10 of BOM-PUMP/1 is fitted at OP-10: nothing is installed at A2; install ACME:PCB-10"
    )
    # That it failed is a fact, and at another operation nothing of it is asked.
    world.captures(OperationCompleted, PUMP, operation="OP-10", result="failed")
    world.captures(OperationCompleted, PUMP, operation="OP-30")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/8", reference_designator="A2")
    world.captures(OperationCompleted, PUMP, operation="OP-10")


def test_GEN_014_the_quantity_is_there_wherever_it_is(world):
    billed(world, line("20", CAP, reference_designators=("C1", "C2"), quantity=Decimal(6), operation="OP-10"))
    world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=2, reference_designator="C1")
    world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=2, evidence="backflushed")
    assert "4 of 6 is installed; install the rest of ACME:CAP" in (
        world.reason(OperationCompleted, PUMP, operation="OP-10")
    )
    world.captures(ComponentInstalled, PUMP, lot="CAP/L1", quantity=2, evidence="backflushed")
    world.captures(OperationCompleted, PUMP, operation="OP-10")


def test_GEN_014_line_fed_material_is_there_while_it_is_fed(world):
    billed(world, line("20", CAP, reference_designators=("C1", "C2"), quantity=Decimal(6), operation="OP-10"))
    done = {"operation": "OP-10", "station": "SMT-1"}
    assert world.refusals(OperationCompleted, PUMP, **done) == ["GEN-014"]
    loaded = world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F1")
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10", station="SMT-2") == ["GEN-014"]
    assert world.refusals(OperationCompleted, PUMP, at=loaded.event_time - (world.now - loaded.event_time), **done) == [
        "GEN-014"
    ]
    world.captures(MaterialUnloaded, "CAP/L1", station="SMT-1", slot="F1")
    assert world.refusals(OperationCompleted, PUMP, **done) == ["GEN-014"]
    # A station that reports late is judged by when it worked, and a completion by the station of its start.
    world.captures(OperationStarted, PUMP, operation="OP-10", station="SMT-1")
    world.captures(OperationCompleted, PUMP, operation="OP-10", at=loaded.event_time)


def test_GEN_014_material_loaded_in_the_same_call_counts(world):
    billed(world, line("20", CAP, quantity=Decimal(6), operation="OP-10"))
    loaded = world.event(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F1")
    done = world.event(OperationCompleted, PUMP, operation="OP-10", station="SMT-1")
    assert recorded(world.submit(loaded, done)) == ["recorded", "recorded"]
