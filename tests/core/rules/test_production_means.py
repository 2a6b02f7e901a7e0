"""With what and by whom the operations of a routing are done: PRO-017 to PRO-021."""

from datetime import timedelta
from decimal import Decimal

from asbuilt.core.events.definitions import (
    OperatorQualified,
    QualificationRevoked,
    RoutingDefined,
    SpecificationDefined,
    ToolCalibrated,
)
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.identifiers.subjects import Part, Specification
from tests.world import START, World, recorded

PUMP = "PUMP-200/1"
DAY = timedelta(days=1)
BOARD, SPARE_BOARD = Part("ACME", "PCB-10"), Part("ACME", "PCB-11")


def routed(world: World, **fields) -> None:
    """A part with a routing of one operation, and a unit of it."""
    world.part("PUMP-200")
    step = RouteOperation(operation="OP-10", is_repeatable=True, **fields)
    world.captures(RoutingDefined, "R-PUMP/1", part="PUMP-200", operations=(step,))
    world.captures(UnitCommissioned, PUMP)


def refused(world: World, **fields) -> list[str]:
    """The rules that starting breaks; the same as for completing."""
    started = world.refusals(OperationStarted, PUMP, operation="OP-10", **fields)
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10", **fields) == started
    return started


def told(world: World, **fields) -> str:
    return world.reason(OperationCompleted, PUMP, operation="OP-10", **fields)


def test_PRO_017_tool_is_calibrated(world):
    routed(world, tool_class="torque")
    assert refused(world) == ["PRO-017"]
    assert told(world) == "OP-10 needs a tool of class torque, and none is named; scan the tool"
    assert refused(world, tool="T-1") == ["PRO-017"]
    assert "tool T-1 was not calibrated by 2026-03-02 06:" in told(world, tool="T-1")
    world.captures(ToolCalibrated, "T-1", tool_class="torque", due_on="2026-03-03")
    world.captures(OperationStarted, PUMP, operation="OP-10", tool="t-1")
    world.captures(OperationCompleted, PUMP, operation="OP-10", tool="T-1", at=START + DAY)
    late = {"tool": "T-1", "at": START + 2 * DAY}
    assert refused(world, **late) == ["PRO-017"]
    assert told(world, **late) == "tool T-1 was due for calibration on 2026-03-03; put it aside and take another"


def test_PRO_017_the_latest_calibration_at_the_time_holds(world):
    routed(world, tool_class="torque")
    world.captures(ToolCalibrated, "T-1", tool_class="torque", due_on="2026-04-01")
    failed = world.captures(ToolCalibrated, "T-1", tool_class="torque", due_on="2026-04-01", passed=False)
    assert "the calibration of tool T-1 failed" in told(world, tool="T-1")
    # What is recorded late, and happened before, changes nothing; and at that time the tool was good.
    world.captures(ToolCalibrated, "T-1", tool_class="torque", due_on="2026-03-09", at=START)
    assert refused(world, tool="T-1") == ["PRO-017"]
    world.captures(OperationCompleted, PUMP, operation="OP-10", tool="T-1", at=failed.event_time - timedelta(seconds=1))
    world.corrects(failed)
    world.captures(OperationCompleted, PUMP, operation="OP-10", tool="T-1")
    world.captures(ToolCalibrated, "T-2", tool_class="gauge", due_on="2026-04-01")
    assert "tool T-2 is of class gauge, OP-10 needs torque; take another" in told(world, tool="T-2")


def test_PRO_018_operator_is_qualified(world):
    routed(world, qualifications=("solder", "x-ray"))
    assert refused(world) == ["PRO-018"]
    assert told(world) == "OP-10 needs somebody qualified for solder and x-ray; say who does it"
    world.captures(OperatorQualified, "anna", qualification="solder", valid_until="2026-03-02")
    assert refused(world, operator="anna") == ["PRO-018"]
    assert told(world, operator="Anna") == "Anna is not qualified for x-ray; let somebody do it who is"
    world.captures(OperatorQualified, "anna", qualification="x-ray")
    world.captures(OperationStarted, PUMP, operation="OP-10", operator="anna")
    assert refused(world, operator="anna", at=START + DAY) == ["PRO-018"]
    assert "until 2026-03-02; renew that, or ask another" in told(world, operator="anna", at=START + DAY)
    revoked = world.captures(QualificationRevoked, "anna", qualification="x-ray", reason="failed the audit")
    assert refused(world, operator="anna") == ["PRO-018"]
    world.corrects(revoked)
    world.captures(OperationCompleted, PUMP, operation="OP-10", operator="anna")


def test_PRO_018_a_qualification_counts_within_the_call_that_brings_it(world):
    routed(world, qualifications=("solder",), tool_class="iron")
    trained = world.event(OperatorQualified, "bert", qualification="solder")
    tool = world.event(ToolCalibrated, "I-1", tool_class="iron", due_on="2026-09-01")
    work = world.event(OperationCompleted, PUMP, operation="OP-10", operator="bert", tool="I-1")
    assert recorded(world.submit(trained, tool, work)) == ["recorded"] * 3


def test_PRO_019_program_is_the_required_one(world):
    routed(world, program="FCT-9/4")
    assert refused(world, program="FCT-9/3") == ["PRO-019"]
    assert told(world, program="FCT-9/3") == "OP-10 runs program FCT-9/4, not FCT-9/3; load that one"
    assert told(world) == "OP-10 runs program FCT-9/4, and none is named; load that one"
    world.captures(OperationStarted, PUMP, operation="OP-10", program="FCT-9/4")
    world.captures(OperationCompleted, PUMP, operation="OP-10", program="FCT-9/4")


def fitted(world: World, **fields) -> None:
    """A routing whose one operation asks for a board at A1."""
    world.units("PCB-10/7", "PCB-11/7")
    world.unit("PCB-10/8", revision="B")
    world.unit("VALVE/1")
    routed(world, components=(RouteComponent(reference_designator="A1", part=BOARD, **fields),))


def test_PRO_020_components_are_complete(world):
    fitted(world, alternates=(SPARE_BOARD,))
    world.captures(OperationStarted, PUMP, operation="OP-10")
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10") == ["PRO-020"]
    assert told(world) == "ACME:PUMP-200/1 at A1: nothing is installed; install ACME:PCB-10 or ACME:PCB-11"
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A2")
    world.captures(ComponentInstalled, PUMP, component="VALVE/1", reference_designator="A1")
    assert "ACME:VALVE/1 is no ACME:PCB-10 or ACME:PCB-11; replace it" in told(world)
    world.captures(ComponentRemoved, PUMP, component="VALVE/1", reason="wrong")
    world.captures(ComponentInstalled, PUMP, component="PCB-11/7", reference_designator="A1")
    world.captures(OperationCompleted, PUMP, operation="OP-10")


def test_PRO_020_the_revision_is_the_one_asked_for(world):
    fitted(world, revision="B")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/7", reference_designator="A1")
    assert told(world).endswith("A1: ACME:PCB-10/7 is of no revision, wanted is B; replace it")
    world.captures(ComponentRemoved, PUMP, component="PCB-10/7", reason="wrong revision")
    world.captures(ComponentInstalled, PUMP, component="PCB-10/8", reference_designator="A1")
    world.captures(OperationCompleted, PUMP, operation="OP-10")


def test_PRO_020_the_quantity_is_the_one_asked_for(world):
    world.lot("SCREW-M3/L1")
    screws = RouteComponent(reference_designator="COVER", part=Part("ACME", "SCREW-M3"), quantity=Decimal(4))
    routed(world, components=(screws,))
    place = {"lot": "SCREW-M3/L1", "reference_designator": "COVER"}
    world.captures(ComponentInstalled, PUMP, quantity=Decimal(3), **place)
    assert told(world).endswith("at COVER: 3 of 4 is installed; put that right")
    second = world.captures(ComponentInstalled, PUMP, quantity=Decimal(2), **place)
    assert "5 of 4 is installed" in told(world)
    world.corrects(second)
    world.captures(ComponentInstalled, PUMP, **place)
    world.captures(OperationCompleted, PUMP, operation="OP-10")


def test_PRO_020_a_failure_is_a_fact_whatever_is_missing(world):
    fitted(world)
    world.captures(OperationCompleted, PUMP, operation="OP-10", result="failed")


def results(world: World) -> list[str]:
    sql = "SELECT result FROM operation_run WHERE site_id = $1 ORDER BY sequence"
    return [row[0] for row in world.rows(sql, world.site.site_id)]


VOLTAGE, CURRENT = (Characteristic(characteristic=name, upper_limit=Decimal(5)) for name in ("voltage", "current"))


def test_PRO_021_characteristics_are_recorded(world):
    for name in ("ICT/3", "ICT/4"):
        world.captures(SpecificationDefined, name, characteristics=(VOLTAGE, CURRENT))
    routed(world, specification=Specification("ICT/4"))
    some = {"specification": "ICT/4", "values": (Decimal(1), None)}
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10", **some) == ["PRO-021"]
    assert told(world, **some) == "OP-10 passes with current; measure that and send it"
    assert told(world) == "OP-10 passes with voltage and current; measure that and send it"
    other = {"specification": "ICT/3", "values": (Decimal(1), Decimal(1))}
    assert told(world, **other) == "OP-10 is measured by ICT/4, not by ICT/3; load that specification"
    world.captures(OperationStarted, PUMP, operation="OP-10")
    world.captures(OperationCompleted, PUMP, operation="OP-10", **{**some, "values": (Decimal(9), None)})
    world.captures(OperationCompleted, PUMP, operation="OP-10", **{**some, "values": (Decimal(1), Decimal(1))})
    in_full = tuple(Measurement(characteristic=name, value=Decimal(1)) for name in ("voltage", "current"))
    world.captures(OperationCompleted, PUMP, operation="OP-10", measurements=in_full)


def test_PRO_021_what_is_not_required_may_be_left_out_but_counts_when_it_is_told(world):
    optional = Characteristic(characteristic="ripple", upper_limit=Decimal(5), is_required=False)
    world.captures(SpecificationDefined, "ICT/4", characteristics=(VOLTAGE, optional))
    routed(world, specification=Specification("ICT/4"))
    packed = {"specification": "ICT/4", "values": (None, Decimal(1))}
    assert told(world, **packed) == "OP-10 passes with voltage; measure that and send it"
    outside, without = ((Decimal(1), value) for value in (Decimal(9), None))
    world.captures(OperationCompleted, PUMP, operation="OP-10", specification="ICT/4", values=outside)
    world.captures(OperationCompleted, PUMP, operation="OP-10", specification="ICT/4", values=without)
    assert results(world) == ["failed", "passed"]


def test_a_value_finer_than_the_resolution_is_kept_as_it_came(world):
    """A mean of readings, or a step that was told wrong: what was measured is never rounded here."""
    coarse = Characteristic(characteristic="voltage", upper_limit=Decimal(5), resolution=Decimal("0.1"))
    world.captures(SpecificationDefined, "ICT/4", characteristics=(coarse,))
    routed(world, specification=Specification("ICT/4"))
    packed = {"specification": "ICT/4", "values": (Decimal("4.9999"),)}
    event = world.captures(OperationCompleted, PUMP, operation="OP-10", **packed)
    assert str(event.values[0]) == "4.9999"
    assert results(world) == ["passed"]
