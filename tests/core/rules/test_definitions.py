from asbuilt.core.events.definitions import LotDefined, PartDefined, RoutingDefined, SpecificationDefined, Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.identifiers.subjects import Part, Specification
from tests.world import MINUTE, START, recorded

VOLTAGE = Characteristic(characteristic="voltage", uom="V")
CURRENT = Characteristic(characteristic="current", uom="A")
MOUNT = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))


def test_DEF_001_part_is_defined(world):
    world.part("PUMP-200")
    world.captures(UnitCommissioned, "PUMP-200/1")
    assert world.refusals(UnitCommissioned, "PUMP-300/1") == ["DEF-001"]
    assert world.refusals(UnitReceived, "OTHER:PUMP-200/1") == ["DEF-001"]
    assert world.refusals(LotDefined, "CAP/L1") == ["DEF-001"]
    assert world.refusals(WorkOrderReleased, "WO-1", part="PUMP-300", quantity=1) == ["DEF-001"]
    reason = world.reason(UnitCommissioned, "PUMP-300/1")
    assert "part ACME:PUMP-300 is not defined here" in reason
    assert "check the part number, or define the part first" in reason


def test_DEF_001_part_is_defined_earlier_in_the_same_call(world):
    unit = world.event(UnitCommissioned, "PUMP-200/1")
    part = world.event(PartDefined, "PUMP-200")
    assert recorded(world.submit(unit, part)) == ["DEF-001", "recorded"]
    assert recorded(world.submit(unit, part)) == ["recorded", "repeated"]


def test_DEF_002_lot_is_unique(world):
    world.lot("CAP/L1", quantity=10)
    world.lot("CAP/L2", quantity=10)
    assert world.refusals(LotDefined, "CAP/L1", quantity=20) == ["DEF-002"]
    reason = world.reason(LotDefined, "cap / l1")
    assert "is defined already" in reason
    assert "give a second delivery its own lot number" in reason


def test_DEF_003_part_is_lot_tracked(world):
    for tracking in Tracking:
        world.part(f"P-{tracking.value}", tracking=tracking)
    world.captures(LotDefined, "P-lot/L1")
    world.captures(LotDefined, "P-serialized_and_lot/L1")
    assert world.refusals(LotDefined, "P-serialized/L1") == ["DEF-003"]
    assert world.refusals(LotDefined, "P-counted/L1") == ["DEF-003"]
    reason = world.reason(LotDefined, "P-serialized/L1")
    assert "ACME:P-serialized is tracked as serialized" in reason
    assert "define the part as lot tracked first" in reason


def test_DEF_004_specification_is_new(world):
    world.captures(SpecificationDefined, "ICT-4500/3", characteristics=(VOLTAGE,))
    world.captures(SpecificationDefined, "ICT-4500/4", characteristics=(VOLTAGE, CURRENT))
    assert world.refusals(SpecificationDefined, "ICT-4500/3", characteristics=(VOLTAGE,)) == ["DEF-004"]
    reason = world.reason(SpecificationDefined, "ict-4500/3", characteristics=(CURRENT,))
    assert "specification ict-4500/3 exists" in reason
    assert "define the change as a new revision" in reason


def test_DEF_005_specification_is_defined(world):
    world.unit("PUMP-200/1")
    world.captures(SpecificationDefined, "ICT-4500/3", characteristics=(VOLTAGE,))
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", specification="ICT-4500/3", values=(None,))
    test = {"operation": "OP-10", "specification": "ICT-4500/9", "values": (None,)}
    assert world.refusals(OperationCompleted, "PUMP-200/1", **test) == ["DEF-005"]
    reason = world.reason(OperationCompleted, "PUMP-200/1", **test)
    assert "specification ICT-4500/9 is not defined here" in reason
    assert "send measurements with their limits" in reason


def test_DEF_006_values_fit_the_specification(world):
    world.unit("PUMP-200/1")
    world.captures(SpecificationDefined, "ICT-4500/3", characteristics=(VOLTAGE, CURRENT))
    for values in ((None, None), ()):
        world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", specification="ICT-4500/3", values=values)
    for values in ((None,), (None, None, None)):
        test = {"operation": "OP-10", "specification": "ICT-4500/3", "values": values}
        assert world.refusals(OperationCompleted, "PUMP-200/1", **test) == ["DEF-006"]
        reason = world.reason(OperationCompleted, "PUMP-200/1", **test)
        assert f"{len(values)} values for the 2 characteristics of ICT-4500/3" in reason
        assert "send one for each" in reason


def test_DEF_007_routing_is_new(world):
    world.part("PUMP-200")
    world.part("PUMP-300")
    world.captures(RoutingDefined, "R-PUMP/1", part="PUMP-200", operations=MOUNT)
    world.captures(RoutingDefined, "R-PUMP/2", part="PUMP-200", operations=MOUNT[:1])
    assert world.refusals(RoutingDefined, "R-PUMP/1", part="PUMP-200", operations=MOUNT) == ["DEF-007"]
    reason = world.reason(RoutingDefined, "r-pump/1", part="PUMP-300", operations=MOUNT)
    assert reason == "routing r-pump/1 exists and units are made by it; define the change as a new revision"


def test_DEF_008_routing_applies_from_now_on(world):
    world.unit("PUMP-200/1")
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=MOUNT)
    world.unit("PUMP-200/2")
    world.captures(RoutingDefined, "R/2", part="PUMP-200", operations=MOUNT, effective_from=START + 60 * MINUTE)
    now = {"part": "PUMP-200", "operations": MOUNT}
    assert world.refusals(RoutingDefined, "R/3", **now) == ["DEF-008"]
    assert "routing R/2 of ACME:PUMP-200 applies from 2026-03-02 07:00 UTC; let" in (
        world.reason(RoutingDefined, "R/3", **now)
    )
    world.captures(RoutingDefined, "R/3", effective_from=START + 61 * MINUTE, **now)


def test_DEF_008_what_is_begun_keeps_its_routing(world):
    world.part("PUMP-200")
    late = world.event(RoutingDefined, "R/1", part="PUMP-200", operations=MOUNT)
    unit = world.unit("PUMP-200/1")
    assert recorded(world.submit(late)) == ["DEF-008"]
    assert f"a unit or lot of {unit.part} came into being at 2026-03-02 06:03:00 UTC" in (
        world.reason(RoutingDefined, "R/1", part="PUMP-200", operations=MOUNT, effective_from=START)
    )
    # The same within one call, and from the very time on.
    other = world.event(UnitCommissioned, "PUMP-200/2")
    since = world.event(RoutingDefined, "R/1", part="PUMP-200", operations=MOUNT, effective_from=other.event_time)
    assert recorded(world.submit(other, since)) == ["recorded", "DEF-008"]
    assert recorded(world.submit(world.event(RoutingDefined, "R/1", part="PUMP-200", operations=MOUNT))) == ["recorded"]


def test_DEF_009_what_a_routing_asks_for_is_defined(world):
    world.part("PUMP-200")
    fit = RouteComponent(reference_designator="A1", part=Part("ACME", "PCB-10"), alternates=(Part("ACME", "PCB-11"),))
    route = (RouteOperation(operation="OP-10", specification=Specification("ICT-1"), components=(fit,)),)
    define = {"part": "PUMP-200", "operations": route}
    assert world.refusals(RoutingDefined, "R/1", **define) == ["DEF-009"]
    assert "OP-10: specification ICT-1 is not defined here; define it first" in (
        world.reason(RoutingDefined, "R/1", **define)
    )
    world.captures(SpecificationDefined, "ICT-1", characteristics=(VOLTAGE,))
    world.part("PCB-10")
    assert "OP-10: part ACME:PCB-11 is not defined here; check it" in world.reason(RoutingDefined, "R/1", **define)
    world.part("PCB-11")
    world.captures(RoutingDefined, "R/1", **define)
