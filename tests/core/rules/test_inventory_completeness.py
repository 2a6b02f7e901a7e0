"""What the record of a unit holds before it is shipped, where its part asks for that."""

from decimal import Decimal

import pytest

from asbuilt.capture.answers import Acknowledgement, Refusal
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import BillOfMaterialsDefined, PartDefined, RoutingDefined
from asbuilt.core.events.event import EventProblem, Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialLoaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived, UnitShipped
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Part
from tests.world import World

PCB, SPARE, SEAL = (Part("ACME", name) for name in ("PCB", "SPARE", "SEAL"))
LINES = (
    BillLine(item="10", part=PCB, alternates=(SPARE,), reference_designators=("A1", "A2"), quantity=Decimal(2)),
    BillLine(item="20", part=SEAL, quantity=Decimal(1)),
    BillLine(item="30", part=SPARE, reference_designators=("A3",), is_optional=True),
)
STEPS = (
    RouteOperation(operation="OP-10"),
    RouteOperation(operation="OP-20", is_optional=True),
    RouteOperation(operation="OP-30"),
)
SHIPS = {"customer": "Lyon"}


def plant(world: World, *, components: str = "place", process: str = "station", gates: bool = True) -> World:
    """A pump with a bill of two places and one seal, and a routing; of its components nothing is asked."""
    for name in ("PCB", "SPARE"):
        world.part(name)
    world.part("SEAL", tracking="lot")
    world.part("PUMP", component_record=components, process_record=process, is_complete_to_ship=gates)
    world.captures(BillOfMaterialsDefined, "B/1", part="PUMP", lines=LINES)
    world.captures(RoutingDefined, "R/1", part="PUMP", operations=STEPS)
    world.units("PUMP/1", "PCB/1", "PCB/2", "SPARE/1")
    world.lot("SEAL/L1", quantity=10)
    return world


def builds(world: World, *, evidence: Evidence = Evidence.SCANNED) -> None:
    for place, name in {"A1": "PCB/1", "A2": "SPARE/1"}.items():
        world.captures(ComponentInstalled, "PUMP/1", component=name, reference_designator=place, evidence=evidence)
    world.captures(ComponentInstalled, "PUMP/1", lot="SEAL/L1", evidence=evidence)


def works(world: World, *, station: str | None = "S1") -> None:
    for operation in ("OP-10", "OP-30"):
        world.captures(OperationCompleted, "PUMP/1", operation=operation, station=station)


def test_INV_007_shipped_record_is_complete(world):
    plant(world)
    assert world.reason(UnitShipped, "PUMP/1", **SHIPS) == (
        "0 of 5 are recorded of ACME:PUMP/1, missing is item 10 (ACME:PCB or ACME:SPARE) at A1 and 4 more; record it "
        "first (`asbuilt completeness` lists all)"
    )
    builds(world)
    assert "3 of 5 are recorded of ACME:PUMP/1, missing is operation OP-10 and 1 more" in world.reason(
        UnitShipped, "PUMP/1", **SHIPS
    )
    works(world)
    world.captures(UnitShipped, "PUMP/1", **SHIPS)


def test_INV_007_shipped_record_is_complete_only_where_the_part_says_so(world):
    plant(world, gates=False)
    world.captures(UnitShipped, "PUMP/1", **SHIPS)


def test_INV_007_shipped_record_is_complete_within_one_call(world):
    """What the same call records counts, what it takes out does not."""
    plant(world)
    builds(world)
    done = [world.event(OperationCompleted, "PUMP/1", operation=name, station="S1") for name in ("OP-10", "OP-30")]
    out = world.event(ComponentRemoved, "PUMP/1", component="PCB/1", reason="dead")
    ships = world.event(UnitShipped, "PUMP/1", **SHIPS)
    *_, answer = world.submit(*done, out, ships)
    assert isinstance(answer, Refusal)
    assert [one.rule for one in answer.broken] == ["INV-007"]
    back = world.event(ComponentInstalled, "PUMP/1", component="PCB/2", reference_designator="A1")
    again = world.event(UnitShipped, "PUMP/1", **SHIPS)
    assert all(isinstance(one, Acknowledgement) for one in world.submit(back, again))


def test_INV_007_shipped_record_is_complete_by_a_definition_in_the_same_call(world):
    plant(world, gates=False)
    builds(world)
    works(world)
    levels = {"component_record": "place", "process_record": "station", "is_complete_to_ship": True}
    now_asked = world.event(PartDefined, "PUMP", **levels)
    ships = world.event(UnitShipped, "PUMP/1", **SHIPS)
    assert all(isinstance(one, Acknowledgement) for one in world.submit(now_asked, ships))


def test_INV_007_shipped_record_is_complete_of_what_is_inside_too(world):
    plant(world)
    world.units("RACK/1")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP/1")
    assert world.refusals(UnitShipped, "RACK/1", **SHIPS) == ["INV-007"]
    builds(world)
    works(world)
    world.captures(UnitShipped, "RACK/1", **SHIPS)


@pytest.mark.parametrize(
    ("level", "evidence", "suffices"),
    [
        ("order", Evidence.ORDER_LEVEL, True),
        ("order", Evidence.ALTERNATIVE, False),
        ("unit", Evidence.ORDER_LEVEL, False),
        ("unit", Evidence.BACKFLUSHED, True),
        ("unit", Evidence.DECLARED, True),
        ("place", Evidence.BACKFLUSHED, False),
        ("place", Evidence.KITTED, True),
        ("read", Evidence.KITTED, False),
        ("read", Evidence.SCANNED, True),
    ],
)
def test_INV_007_shipped_record_is_complete_with_the_evidence_of_its_level(world, level, evidence, suffices):
    plant(world, components=level, process="not_asked")
    builds(world, evidence=evidence)
    if suffices:
        world.captures(UnitShipped, "PUMP/1", **SHIPS)
    else:
        assert world.refusals(UnitShipped, "PUMP/1", **SHIPS) == ["INV-007"]


def test_INV_007_shipped_record_is_complete_place_by_place(world):
    """What nobody said the place of is enough for the unit, and not for its places."""
    plant(world, components="unit", process="not_asked")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1")
    world.captures(ComponentInstalled, "PUMP/1", lot="SEAL/L1")
    world.captures(UnitShipped, "PUMP/1", **SHIPS)
    world.captures(PartDefined, "PUMP", component_record="place", is_complete_to_ship=True)
    world.unit("PUMP/2")
    world.captures(ComponentInstalled, "PUMP/2", component="PCB/2")
    world.captures(ComponentInstalled, "PUMP/2", lot="SEAL/L1")
    assert "1 of 3 are recorded" in world.reason(UnitShipped, "PUMP/2", **SHIPS)


@pytest.mark.parametrize(("level", "suffices"), [("place", True), ("read", False)])
def test_INV_007_shipped_record_is_complete_with_what_the_line_fed(world, level, suffices):
    plant(world, components=level, process="passed")
    for place, name in {"A1": "PCB/1", "A2": "PCB/2"}.items():
        world.captures(ComponentInstalled, "PUMP/1", component=name, reference_designator=place)
    world.captures(MaterialLoaded, "SEAL/L1", station="S1", slot="F1")
    works(world)
    if suffices:
        world.captures(UnitShipped, "PUMP/1", **SHIPS)
    else:
        assert "item 20 (ACME:SEAL)" in world.reason(UnitShipped, "PUMP/1", **SHIPS)


def test_INV_007_shipped_record_is_complete_by_a_pass_in_the_same_call(world):
    """The lot was loaded long before; that the unit passed the station comes with its shipment."""
    plant(world, process="not_asked")
    for place, name in {"A1": "PCB/1", "A2": "PCB/2"}.items():
        world.captures(ComponentInstalled, "PUMP/1", component=name, reference_designator=place)
    world.captures(MaterialLoaded, "SEAL/L1", station="S1", slot="F1")
    passed = world.event(OperationCompleted, "PUMP/1", operation="OP-10", station="S1")
    ships = world.event(UnitShipped, "PUMP/1", **SHIPS)
    assert all(isinstance(one, Acknowledgement) for one in world.submit(passed, ships))


def test_INV_007_shipped_record_is_complete_with_stations_where_they_are_asked_for(world):
    plant(world, components="not_asked")
    works(world, station=None)
    assert "0 of 2 are recorded" in world.reason(UnitShipped, "PUMP/1", **SHIPS)
    world.captures(PartDefined, "PUMP", process_record="passed", is_complete_to_ship=True)
    world.captures(UnitShipped, "PUMP/1", **SHIPS)


def test_INV_007_shipped_record_is_complete_or_nobody_can_tell(world):
    """Without a bill or routing that applies it cannot be told what is due, which is said."""
    levels = {"component_record": "unit", "process_record": "passed", "is_complete_to_ship": True}
    world.part("FAN", **levels)
    world.units("FAN/1")
    reason = world.reason(UnitShipped, "FAN/1", **SHIPS)
    assert "missing is bill of materials of ACME:FAN, defined before its units are made and 1 more" in reason
    line = BillLine(item="1", part=SEAL, serial_to="S-10")
    world.part("SEAL", tracking="lot")
    world.captures(BillOfMaterialsDefined, "B/F", part="FAN", lines=(line,))
    world.captures(RoutingDefined, "R/F", part="FAN", operations=STEPS[1:2])
    world.captures(UnitReceived, "FAN/SAMPLE")
    assert "B/F that its serial can be compared with" in world.reason(UnitShipped, "FAN/SAMPLE", **SHIPS)
    world.captures(UnitCommissioned, "FAN/S-11")
    world.captures(UnitShipped, "FAN/S-11", **SHIPS)


def test_a_gate_asks_for_something(world):
    with pytest.raises(EventProblem, match="needs a component_record or a process_record"):
        world.event(PartDefined, "PUMP", is_complete_to_ship=True).check()


def test_what_is_only_counted_need_not_be_recorded(world):
    """A screw has no number by which anybody could say that it is there."""
    world.part("PCB")
    world.part("SCREW", tracking="counted")
    world.part("PUMP", component_record="place", is_complete_to_ship=True)
    lines = (LINES[0], BillLine(item="40", part=Part("ACME", "SCREW"), quantity=Decimal(4)))
    world.part("SPARE")
    world.captures(BillOfMaterialsDefined, "B/1", part="PUMP", lines=lines)
    world.units("PUMP/1", "PCB/1", "PCB/2")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    assert "1 of 2 are recorded" in world.reason(UnitShipped, "PUMP/1", **SHIPS)
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/2", reference_designator="A2")
    world.captures(UnitShipped, "PUMP/1", **SHIPS)
