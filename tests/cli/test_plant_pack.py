"""The demo's own plant.yaml: what it has, and every reason of the interlock against its definitions.

The table of docs/concepts/interlock.md, a test for each of its rules.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from asbuilt.capture.interlock import BROUGHT_LATER, judge
from asbuilt.cli.demo import definitions as plant
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.defects import Defect, DefectDispositioned, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    LotDefined,
    QualificationRevoked,
    RoutingDefined,
)
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.identity import UnitCommissioned, UnitReidentified, UnitsMerged
from asbuilt.core.events.inventory import UnitReceived, UnitShipped
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
)
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.events.setups import SetupActivated
from asbuilt.core.identifiers.subjects import Part
from tests.exchange.definitions.files import applied
from tests.world import World

BOARD, CONTROLLER = "3310-042/MB26-000001", "4500-117/IPC26-000001"
DOCUMENTS = Path(__file__).parents[2] / "docs" / "concepts"
MEASURED = {
    "OP140": "SOLDER-3310/F",
    "OP160": "ICT-3310/F",
    "OP20": "TORQUE-4500/C",
    "OP30": "TORQUE-4500/C",
    "OP50": "SAFE-4500/C",
    "OP60": "FLOW-4500/C",
    "OP70": "FT-4500/C",
}
WORK = {
    "OP110": {"station": "SMT1-PRINT", "tool": "stencil S-77", "program": "PRN-3310-F", "operator": "l.bonnet"},
    "OP120": {"station": "SMT1-CHIP", "program": "CHIP-3310-F", "operator": "l.bonnet"},
    "OP130": {"station": "SMT1-FINE", "program": "FINE-3310-F", "operator": "l.bonnet"},
    "OP140": {"station": "SMT1-OVEN", "program": "PROFILE-12"},
    "OP150": {"station": "SMT1-AOI", "program": "AOI-3310-F", "operator": "t.marchal"},
    "OP155": {"station": "REWORK-1", "tool": "iron 3", "operator": "e.colin"},
    "OP160": {"station": "ICT-1", "tool": "bed of nails 3310-2", "program": "ICT-3310-F"},
    "OP10": {"station": "ASM-KIT", "program": "label v3"},
    "OP20": {"station": "ASM-1", "tool": "TQ-104", "operator": "d.lambert"},
    "OP30": {"station": "ASM-2", "tool": "TQ-107", "operator": "d.lambert"},
    "OP40": {"station": "ASM-3", "tool": "dispenser 1", "program": "BOND-4500-C", "operator": "o.picard"},
    "OP50": {"station": "SAFE-1", "tool": "ST-9", "program": "IEC 60601", "operator": "f.lopez"},
}
"""How each operation is done as it should be."""


class Floor:
    """The demo's plant with its definitions, one board and one controller, and who works there as they should."""

    def __init__(self, world: World) -> None:
        self.world = world
        report = applied(world, plant.PLANT_FILE.read_text(encoding="utf-8"))
        assert report.faults == ()
        self.set_up()
        world.captures(UnitCommissioned, BOARD, revision="F")
        world.captures(UnitCommissioned, CONTROLLER, revision="C")

    def set_up(self) -> None:
        """Load the machines of the SMT line as their setup lists say."""
        for setup in plant.SETUP_LISTS:
            self.world.captures(SetupActivated, setup.station, setup_list=setup.setup_list)
            for slot in setup.slots:
                lot = f"{slot.part.part_number}/{slot.slot}"
                self.world.captures(LotDefined, lot, quantity=100, uom=slot.uom)
                self.world.captures(MaterialLoaded, lot, station=setup.station, slot=slot.slot)

    def does(self, unit: str, *operations: str, **changed) -> None:
        """Do operations as they should be done, but for what is said."""
        for operation in operations:
            self.world.captures(OperationCompleted, unit, **self.work(operation, **changed))

    def refused(self, unit: str, operation: str, **changed) -> list[str]:
        """The rules that are in the way of a completion; whoever asks before is told the same."""
        fields = self.work(operation, **changed)
        told = self.world.refusals(OperationCompleted, unit, **fields)
        asked = judge(self.world.database, self.world.site, self.world.event(OperationCompleted, unit, **fields))
        assert not asked.may or set(told) <= BROUGHT_LATER
        assert [one.rule for one in asked.reasons] == [one for one in told if one not in BROUGHT_LATER]
        return told

    def work(self, operation: str, **changed) -> dict[str, object]:
        fields = {"operation": operation, **WORK.get(operation, {})}
        if operation in MEASURED and "values" not in changed and changed.get("result") is None:
            test = plant.TESTS[MEASURED[operation]]
            fields |= {
                "specification": test.specification.name,
                "values": tuple(one.value(one.middle) for one in test.features),
            }
        return {**fields, **changed}

    def fits(self, unit: str, designator: str, *, lot: str = "", component: str = "", **fields) -> None:
        if lot:
            self.world.captures(LotDefined, lot)
            fields |= {"lot": lot, "quantity": fields.get("quantity", 1)}
        else:
            self.world.captures(UnitReceived, component, revision=fields.pop("revision", ""))
            fields["component"] = component
        self.world.captures(ComponentInstalled, unit, reference_designator=designator, **fields)

    def places(self) -> None:
        """The board up to and with its placement."""
        self.does(BOARD, "OP110", "OP120")
        for designator, number in (("U1", "1030-011"), ("U7", "1030-027"), ("U9", "1030-040")):
            self.fits(BOARD, designator, lot=f"{number}/{designator}")
        self.does(BOARD, "OP130")

    def bonds(self) -> None:
        """The controller up to and with its bonding."""
        self.bonds_without_adhesive()
        self.fits(CONTROLLER, "", lot="7010-010/MIX", quantity=Decimal("0.8"), uom="g")
        self.does(CONTROLLER, "OP40")

    def bonds_without_adhesive(self) -> None:
        """The controller with both halves of its housing, not bonded yet."""
        self.does(CONTROLLER, "OP10")
        self.fits(CONTROLLER, "A1", component="3310-042/MB26-000077", revision="F")
        self.fits(CONTROLLER, "M1", component="NORDVELL:2800-015/100001", revision="2")
        self.does(CONTROLLER, "OP20")
        for designator, name in (("PS1", "ALPISENS:2100-015/1"), ("DS1", "LUMIVEX:2700-008/1")):
            self.fits(CONTROLLER, designator, component=name)
        self.world.captures(LotDefined, "ZELLORA:2600-031/B26")
        self.fits(CONTROLLER, "BT1", component="ZELLORA:2600-031/Z1")
        self.does(CONTROLLER, "OP30")
        for designator, number in (("H1", "5100-021"), ("H2", "5100-022")):
            self.fits(CONTROLLER, designator, lot=f"{number}/{designator}")


@pytest.fixture
def floor(world) -> Floor:
    return Floor(world)


def test_it_has_what_a_plant_has():
    routings = [one.event for one in plant.ENTRIES if isinstance(one.event, RoutingDefined)]
    operations = [operation for routing in routings for operation in routing.operations]
    assert len(plant.PARTS) >= 3
    assert len(operations) >= 12
    for asked in ("is_rework", "tool_class", "qualifications", "program", "components", "specification"):
        assert any(getattr(one, asked) for one in operations), asked
    for limit in ("wait_min_s", "wait_max_s", "attempts_max"):
        assert any(getattr(one, limit) is not None for one in operations), limit


def test_every_reason_in_the_docs_has_a_test_here():
    table = (DOCUMENTS / "interlock.md").read_text(encoding="utf-8").split("\n\n")[2]
    listed = set(re.findall(r"[A-Z]{3}-\d{3}", table)) | {"QUA-002"}
    tested = {name[5:12].replace("_", "-") for name in globals() if re.match(r"test_[A-Z]{3}_\d{3}_", name)}
    assert len(listed) >= 19
    assert tested == listed


def test_the_whole_way_of_a_board_and_of_a_controller(floor):
    floor.places()
    floor.does(BOARD, "OP140")
    floor.does(BOARD, "OP150", result="failed")
    floor.does(BOARD, "OP155", "OP150", "OP160")
    floor.bonds()
    floor.does(CONTROLLER, "OP50", at=floor.world.now + timedelta(hours=3))


def test_PRO_001_work_order_is_open(floor):
    assert floor.refused(BOARD, "OP110", work_order="WO-1") == ["PRO-001"]
    floor.world.captures(WorkOrderReleased, "WO-1", part="3310-042", quantity=1)
    floor.does(BOARD, "OP110", work_order="WO-1")


def test_PRO_003_unit_is_of_the_ordered_part(floor):
    floor.world.captures(WorkOrderReleased, "WO-1", part="4500-117", quantity=1)
    assert floor.refused(BOARD, "OP110", work_order="WO-1") == ["PRO-003"]
    floor.world.captures(WorkOrderReleased, "WO-2", part="3310-042", quantity=1)
    floor.does(BOARD, "OP110", work_order="WO-2")


def test_PRO_030_work_order_is_not_held(floor):
    floor.world.captures(WorkOrderReleased, "WO-1", part="3310-042", quantity=1)
    floor.does(BOARD, "OP110", work_order="WO-1")
    floor.world.captures(WorkOrderHeld, "WO-1", reason="drawing is being changed")
    assert floor.refused(BOARD, "OP120") == ["PRO-030"]
    floor.world.captures(WorkOrderResumed, "WO-1", reason="revision G is out")
    floor.does(BOARD, "OP120")


def test_PRO_031_work_order_has_room(floor):
    floor.world.captures(WorkOrderReleased, "WO-1", part="3310-042", quantity=1)
    floor.world.captures(UnitCommissioned, "3310-042/MB26-000002", revision="F", work_order="WO-1")
    assert floor.refused(BOARD, "OP110", work_order="WO-1") == ["PRO-031"]
    floor.world.captures(UnitScrapped, "3310-042/MB26-000002", reason="dropped")
    floor.does(BOARD, "OP110", work_order="WO-1")


def test_PRO_010_operation_is_on_the_routing(floor):
    assert floor.refused(BOARD, "OP20") == ["PRO-010"]
    assert "do OP110 next" in floor.world.reason(OperationCompleted, BOARD, **floor.work("OP20"))


def test_PRO_011_operations_before_it_have_passed(floor):
    assert floor.refused(BOARD, "OP120") == ["PRO-011"]
    floor.does(BOARD, "OP110", "OP120")


def test_PRO_012_rework_follows_a_failure(floor):
    floor.places()
    floor.does(BOARD, "OP140", "OP150")
    assert floor.refused(BOARD, "OP155") == ["PRO-012"]


def test_PRO_013_operation_has_not_passed(floor):
    floor.does(BOARD, "OP110")
    assert floor.refused(BOARD, "OP110") == ["PRO-013"]


def test_PRO_014_station_is_allowed(floor):
    assert floor.refused(BOARD, "OP110", station="SMT1-CHIP") == ["PRO-014"]
    assert floor.refused(BOARD, "OP110", station=None) == ["PRO-014"]


def test_PRO_015_attempts_are_left(floor):
    floor.places()
    floor.does(BOARD, "OP140")
    floor.does(BOARD, "OP150", result="failed")
    assert floor.refused(BOARD, "OP150") == ["PRO-015"]
    floor.does(BOARD, "OP155", "OP150")


def test_PRO_016_wait_is_kept(floor):
    floor.bonds()
    bonded = floor.world.now
    assert floor.refused(CONTROLLER, "OP50", at=bonded + timedelta(hours=1)) == ["PRO-016"], "the adhesive cures"
    floor.does(CONTROLLER, "OP50", at=bonded + timedelta(hours=2))
    floor.places()
    placed = floor.world.now
    assert floor.refused(BOARD, "OP140", at=placed + timedelta(hours=65)) == ["PRO-016"], "the paste dries"
    floor.does(BOARD, "OP140", at=placed + timedelta(hours=64))


def test_PRO_017_tool_is_calibrated(floor):
    floor.does(CONTROLLER, "OP10")
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    for tool in ("", "TQ-1", "ST-9", "TQ-101"):
        assert "PRO-017" in floor.refused(CONTROLLER, "OP20", tool=tool), tool
    assert "PRO-017" not in floor.refused(CONTROLLER, "OP20", tool="TQ-099")
    assert "PRO-017" in floor.refused(CONTROLLER, "OP20", tool="TQ-099", at=summer)


def test_PRO_018_operator_is_qualified(floor):
    floor.does(CONTROLLER, "OP10")
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    for operator in ("", "o.picard", "nobody"):
        assert "PRO-018" in floor.refused(CONTROLLER, "OP20", operator=operator), operator
    assert "PRO-018" not in floor.refused(CONTROLLER, "OP20", operator="n.petit")
    assert "PRO-018" in floor.refused(CONTROLLER, "OP20", operator="n.petit", at=summer)
    floor.world.captures(QualificationRevoked, "d.lambert", qualification="assembly", reason="error of 2026-02-27")
    assert "PRO-018" in floor.refused(CONTROLLER, "OP20")


def test_PRO_019_program_is_the_required_one(floor):
    assert floor.refused(BOARD, "OP110", program="PRN-3310-E") == ["PRO-019"]
    assert floor.refused(BOARD, "OP110", program="") == ["PRO-019"]


def test_PRO_020_components_are_complete(floor):
    floor.does(BOARD, "OP110", "OP120")
    assert floor.refused(BOARD, "OP130") == ["PRO-020"]
    for designator, number in (("U1", "1030-011"), ("U9", "1030-040")):
        floor.fits(BOARD, designator, lot=f"{number}/{designator}")
    assert floor.refused(BOARD, "OP130") == ["PRO-020"], "nothing at U7"
    floor.fits(BOARD, "U7", lot="1030-027/A")
    floor.does(BOARD, "OP130")


def test_what_is_not_on_the_bill_is_refused_when_it_is_fitted(floor):
    """The routing would notice it at the end of the operation, the bill does before it is in."""
    floor.does(BOARD, "OP110", "OP120")
    floor.world.captures(LotDefined, "1030-011/R")
    floor.world.captures(LotDefined, "1030-027/R")
    at_u7 = {"reference_designator": "U7"}
    install = floor.world.refusals
    assert install(ComponentInstalled, BOARD, lot="1030-011/R", quantity=1, **at_u7) == ["GEN-011"], "another part"
    assert install(ComponentInstalled, BOARD, lot="1030-027/R", quantity=2, **at_u7) == ["GEN-013"], "two of them"
    assert install(ComponentInstalled, BOARD, lot="1030-027/R", reference_designator="U8") == ["GEN-010"], "no place"
    floor.world.captures(UnitReceived, "3310-042/MB26-000077", revision="E")
    board = {"component": "3310-042/MB26-000077", "reference_designator": "A1"}
    assert install(ComponentInstalled, CONTROLLER, **board) == ["GEN-012"], "another revision"


def test_an_operation_asks_for_what_the_bill_says_it_uses(floor):
    floor.bonds_without_adhesive()
    assert floor.refused(CONTROLLER, "OP40") == ["GEN-014"]


def test_PRO_021_characteristics_are_recorded(floor):
    floor.places()
    assert floor.refused(BOARD, "OP140", values=()) == ["PRO-021"]
    test = plant.IN_CIRCUIT
    wrong = {"specification": test.specification.name, "values": tuple(one.value(one.middle) for one in test.features)}
    assert floor.refused(BOARD, "OP140", **wrong) == ["PRO-021"]
    floor.does(BOARD, "OP140")


def test_PRO_021_an_optional_characteristic_may_be_left_out_and_a_required_one_not(floor):
    floor.places()
    floor.does(BOARD, "OP140", "OP150")
    *required, optional = plant.TESTS["ICT-3310/F"].features
    assert optional.name == "U9 on-resistance"
    values = [one.value(one.middle) for one in required]
    assert floor.refused(BOARD, "OP160", values=(), measurements=()) == ["PRO-021"]
    without_a_required_one = (None, *values[1:], optional.value(optional.middle))
    specification = {"specification": "ICT-3310/F"}
    assert floor.refused(BOARD, "OP160", values=without_a_required_one, **specification) == ["PRO-021"]
    floor.does(BOARD, "OP160", values=(*values, None), **specification)


def test_QUA_001_nothing_on_hold(floor):
    floor.world.captures(HoldPlaced, BOARD, hold="NCR-1", reason="scratch")
    assert floor.refused(BOARD, "OP110") == ["QUA-001"]


def test_QUA_002_nothing_scrapped(floor):
    floor.world.captures(UnitScrapped, BOARD, reason="broken")
    assert floor.refused(BOARD, "OP110") == ["QUA-002"]


def test_QUA_003_nothing_expired(floor):
    floor.world.captures(UnitReceived, "3310-042/MB26-000002", expires_on="2026-02-28")
    work = {**WORK["OP110"], "operation": "OP110"}
    assert floor.world.refusals(OperationStarted, "3310-042/MB26-000002", **work) == ["QUA-003"]


def test_INV_001_nothing_shipped(floor):
    floor.world.captures(UnitShipped, BOARD, customer="Clinique du Val d'Arve")
    assert floor.refused(BOARD, "OP110") == ["INV-001"]


def test_IDN_001_nothing_unknown(floor):
    assert floor.refused("3310-042/MB26-999999", "OP110") == ["IDN-001"]


def test_IDN_020_nothing_under_a_later_marking(floor):
    floor.world.captures(UnitReidentified, BOARD, marked_as="3310-042/MB27-000009", reason="label exchanged")
    assert floor.refused("3310-042/MB27-000009", "OP110") == ["IDN-020"]


def test_IDN_025_nothing_merged(floor):
    floor.world.captures(UnitCommissioned, "3310-042/MB26-000002", revision="F")
    floor.world.captures(UnitsMerged, BOARD, duplicate="3310-042/MB26-000002", reason="scanned twice")
    assert floor.refused("3310-042/MB26-000002", "OP110") == ["IDN-025"]


def test_DEF_015_defect_is_in_the_list(floor):
    floor.world.captures(CodeDefined, "defect", code="SMEAR", description="smeared paste")
    assert floor.refused(BOARD, "OP110", result="failed", defect="what is it") == ["DEF-015"]
    floor.does(BOARD, "OP110", result="failed", defect="smear")


def test_GEN_014_line_is_fitted(floor):
    """A bill that asks for more than the routing does."""
    part = BOARD.partition("/")[0]
    line = BillLine(
        item="10", part=Part(floor.world.site.issuer, "1030-011"), reference_designators=("U2",), operation="OP110"
    )
    floor.world.captures(BillOfMaterialsDefined, "BOM-3310/G", part=part, lines=(line,))
    later = f"{part}/MB26-000002"
    floor.world.captures(UnitCommissioned, later, revision="F")
    assert floor.refused(later, "OP110") == ["GEN-014"]
    floor.fits(later, "U2", lot="1030-011/U2")
    floor.does(later, "OP110")


def test_PRO_046_setup_is_complete(floor):
    floor.does(BOARD, "OP110")
    floor.world.captures(MaterialUnloaded, "1010-102/F02", station="SMT1-CHIP", slot="F02")
    assert floor.refused(BOARD, "OP120") == ["PRO-046"]
    floor.world.captures(MaterialLoaded, "1010-102/F02", station="SMT1-CHIP", slot="F02")
    floor.does(BOARD, "OP120")


def test_PRO_047_setup_is_for_the_work(floor):
    """A board by a later routing, which the setup of the fine placer is not for."""
    part = BOARD.partition("/")[0]
    again = (RouteOperation(operation="OP130"),)
    floor.world.captures(RoutingDefined, "R-3310/2", part=part, operations=again)
    later = f"{part}/MB26-000003"
    floor.world.captures(UnitCommissioned, later, revision="F")
    assert floor.refused(later, "OP130") == ["PRO-047"]


def test_PRO_048_what_is_fed_may_be_used(floor):
    floor.world.captures(HoldPlaced, None, lot="7000-001/PASTE", hold="QH-1", reason="viscosity")
    assert floor.refused(BOARD, "OP110") == ["PRO-048"]
    floor.world.captures(MaterialUnloaded, "7000-001/PASTE", station="SMT1-PRINT", slot="PASTE")
    floor.world.captures(LotDefined, "7000-001/NEXT", quantity=500, uom="g")
    floor.world.captures(MaterialLoaded, "7000-001/NEXT", station="SMT1-PRINT", slot="PASTE")
    floor.does(BOARD, "OP110")


def test_PRO_049_counted_material_suffices(floor):
    floor.places()
    slot = {"station": "SMT1-FINE", "slot": "T03"}
    floor.world.captures(MaterialUnloaded, "1070-008/T03", remaining=0, **slot)
    floor.world.captures(LotDefined, "1070-008/NEXT", quantity=Decimal("0.5"))
    floor.world.captures(MaterialLoaded, "1070-008/NEXT", **slot)
    part = BOARD.partition("/")[0]
    second = f"{part}/MB26-000004"
    floor.world.captures(UnitCommissioned, second, revision="F")
    floor.does(second, "OP110", "OP120")
    for designator, number in (("U1", "1030-011"), ("U7", "1030-027"), ("U9", "1030-040")):
        floor.fits(second, designator, lot=f"{number}/second-{designator}")
    assert floor.refused(second, "OP130") == ["PRO-049"]


def test_QUA_015_retest_comes_after_the_repair(floor):
    floor.does(BOARD, "OP110", result="failed", defects=(Defect(code="smeared paste", number="F-1"),))
    floor.world.captures(DefectDispositioned, BOARD, defect="F-1", disposition="repair")
    assert floor.refused(BOARD, "OP110") == ["QUA-015"]
    floor.world.captures(DefectRepaired, BOARD, defect="F-1", action="washed")
    floor.does(BOARD, "OP110")


def test_QUA_017_a_decision_comes_first_where_the_routing_asks_for_it(floor):
    part = BOARD.partition("/")[0]
    steps = (RouteOperation(operation="OP110", needs_disposition=True), RouteOperation(operation="OP120"))
    floor.world.captures(RoutingDefined, "R-3310/G", part=part, operations=steps)
    later = f"{part}/MB26-000002"
    floor.world.captures(UnitCommissioned, later, revision="F")
    floor.does(later, "OP110", result="failed", defects=(Defect(code="smeared paste", number="F-1"),))
    assert floor.refused(later, "OP110") == ["QUA-017"]
    floor.world.captures(DefectDispositioned, later, defect="F-1", disposition="retest")
    floor.does(later, "OP110")


def test_PRO_024_override_is_permitted(floor):
    why = "the stencil printer is being repaired"
    work = floor.work("OP120")
    assert floor.world.refusals(OperationCompleted, BOARD, override_reason=why, **work) == ["PRO-011", "PRO-024"]
    floor.world.overrides(OperationCompleted, BOARD, why=why, **work)
