from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from tests.world import recorded


def test_GEN_001_component_is_free(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    assert world.refusals(ComponentInstalled, "PUMP-200/2", component="PCB-10/7", reference_designator="A1") == [
        "GEN-001"
    ]
    reason = world.reason(ComponentInstalled, "PUMP-200/2", component="PCB-10/7", reference_designator="A1")
    assert "ACME:PCB-10/7 is installed in ACME:PUMP-200/1; remove it there first" in reason


def test_GEN_001_component_is_free_again_once_it_was_removed(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="wrong revision")
    world.captures(ComponentInstalled, "PUMP-200/2", component="PCB-10/7")
    world.lot("GLUE/M1")
    assert world.refusals(MaterialConsumed, "GLUE/M1", component="PCB-10/7") == ["GEN-001"]


def test_GEN_001_component_is_free_within_one_call(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    twice = [
        world.event(ComponentInstalled, "PUMP-200/1", component="PCB-10/7"),
        world.event(ComponentInstalled, "PUMP-200/2", component="PCB-10/7"),
        world.event(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="wrong revision"),
        world.event(ComponentInstalled, "PUMP-200/2", component="PCB-10/7"),
    ]
    assert recorded(world.submit(*twice)) == ["recorded", "GEN-001", "recorded", "recorded"]


def test_GEN_001_component_is_free_while_it_is_one_of_several_alternatives(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PUMP-200/3", "PCB-10/7")
    for pump in ("PUMP-200/1", "PUMP-200/2"):
        world.captures(ComponentInstalled, pump, component="PCB-10/7", evidence=Evidence.ALTERNATIVE)
    world.captures(ComponentInstalled, "PUMP-200/3", component="PCB-10/7", reference_designator="A1")
    assert world.unit_view("PCB-10/7").installed_in == "ACME:PUMP-200/3"


def test_GEN_002_assembly_has_no_cycle(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    assert world.refusals(ComponentInstalled, "PCB-10/7", component="PCB-10/7") == ["GEN-001", "GEN-002"]
    assert world.refusals(ComponentInstalled, "RACK/1", component="RACK/1") == ["GEN-002"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="RACK/1") == ["GEN-002"]
    assert world.refusals(ComponentInstalled, "PCB-10/7", component="RACK/1") == ["GEN-002"]
    reason = world.reason(ComponentInstalled, "PCB-10/7", component="RACK/1")
    assert "ACME:RACK/1 contains ACME:PCB-10/7" in reason
    assert "check the direction" in reason
    assert "which of the two was scanned twice" in world.reason(ComponentInstalled, "RACK/1", component="RACK/1")


def test_GEN_002_assembly_has_no_cycle_through_lots(world):
    for lot in ("MIX/1", "MIX/2", "MIX/3"):
        world.lot(lot)
    world.unit("DRUM/1")
    world.captures(MaterialConsumed, "MIX/2", lot="MIX/1")
    world.captures(MaterialConsumed, "MIX/3", lot="MIX/2")
    world.captures(ComponentInstalled, "DRUM/1", lot="MIX/3")
    assert world.refusals(MaterialConsumed, "MIX/1", lot="MIX/3") == ["GEN-002"]
    assert world.refusals(MaterialConsumed, "MIX/1", lot="MIX/1") == ["GEN-002"]
    assert world.refusals(MaterialConsumed, "MIX/1", component="DRUM/1") == ["GEN-002"]


def test_GEN_002_assembly_has_no_cycle_within_one_call(world):
    world.units("A/1", "A/2", "A/3")
    ring = [
        world.event(ComponentInstalled, parent, component=component)
        for parent, component in (("A/1", "A/2"), ("A/2", "A/3"), ("A/3", "A/1"))
    ]
    assert recorded(world.submit(*ring)) == ["recorded", "recorded", "GEN-002"]


def test_GEN_003_position_is_free(world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8", "PCB-10/9")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", reference_designator="A2")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/9", reference_designator="A1") == [
        "GEN-003"
    ]
    reason = world.reason(ComponentInstalled, "PUMP-200/1", component="PCB-10/9", reference_designator="A1")
    assert "A1 of ACME:PUMP-200/1 holds ACME:PCB-10/7" in reason
    assert "remove that first, or check the reference designator" in reason
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/9")


def test_GEN_003_position_is_free_after_the_removal(world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    exchange = [
        world.event(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective"),
        world.event(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", reference_designator="A1"),
    ]
    assert recorded(world.submit(*exchange)) == ["recorded", "recorded"]


def test_GEN_003_position_is_free_for_a_second_lot_but_not_for_a_lot_beside_a_unit(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("GLUE/L1")
    world.lot("GLUE/L2")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", reference_designator="BEAD")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L2", reference_designator="BEAD")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="BEAD") == [
        "GEN-003"
    ]


def test_GEN_004_component_is_installed_there(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    removal = {"component": "PCB-10/7", "reason": "wrong revision"}
    assert world.refusals(ComponentRemoved, "PUMP-200/2", **removal) == ["GEN-004"]
    assert world.reason(ComponentRemoved, "PUMP-200/2", **removal) == (
        "ACME:PCB-10/7 is not installed in ACME:PUMP-200/2; check both scans"
    )
    assert "at A1, not at B9" in world.reason(ComponentRemoved, "PUMP-200/1", reference_designator="B9", **removal)
    world.captures(ComponentRemoved, "PUMP-200/1", reference_designator="A1", **removal)
    assert world.refusals(ComponentRemoved, "PUMP-200/1", **removal) == ["GEN-004"]


def test_GEN_004_component_is_installed_there_and_it_is_clear_where(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    for place in ("C1", "C2"):
        world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", reference_designator=place)
    reason = world.reason(ComponentRemoved, "PUMP-200/1", lot="CAP/L1", reason="cold joint")
    assert "more than once, at C1, C2; say at which reference designator" in reason
    world.captures(ComponentRemoved, "PUMP-200/1", lot="CAP/L1", reference_designator="C1", reason="cold joint")
    world.captures(ComponentRemoved, "PUMP-200/1", lot="CAP/L1", reason="cold joint")


def test_GEN_005_lot_suffices(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1", quantity="1.5", uom="kg")
    world.lot("MIX/1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", quantity="1.25")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", quantity="0.250001") == ["GEN-005"]
    assert world.refusals(MaterialConsumed, "MIX/1", lot="CAP/L1") == ["GEN-005"]
    assert world.reason(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", quantity="0.3") == (
        "lot ACME:CAP/L1 has 0.25 kg left, 0.3 are asked for; take another lot or correct the lot's quantity"
    )
    world.captures(MaterialConsumed, "MIX/1", lot="CAP/L1", quantity="0.25")


def test_GEN_005_lot_suffices_always_when_it_is_not_counted(world):
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="999999999999")


def test_GEN_006_slot_is_free(world):
    world.lot("CAP/L1")
    world.lot("CAP/L2")
    world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01")
    world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F02")
    world.captures(MaterialLoaded, "CAP/L2", station="SMT-2", slot="F01")
    assert world.refusals(MaterialLoaded, "CAP/L2", station="smt-1", slot="F01") == ["GEN-006"]
    reason = world.reason(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01")
    assert "slot F01 of SMT-1 is fed by ACME:CAP/L1; unload that first" in reason


def test_GEN_007_lot_is_loaded_there(world):
    world.lot("CAP/L1")
    world.lot("CAP/L2")
    world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01")
    assert world.refusals(MaterialUnloaded, "CAP/L2", station="SMT-1", slot="F01") == ["GEN-007"]
    assert world.refusals(MaterialUnloaded, "CAP/L1", station="SMT-1", slot="F02") == ["GEN-007"]
    assert world.reason(MaterialUnloaded, "CAP/L2", station="SMT-1", slot="F01") == (
        "slot F01 of SMT-1 holds ACME:CAP/L1, not ACME:CAP/L2; check the scan"
    )
    world.captures(MaterialUnloaded, "CAP/L1", station="SMT-1", slot="F01")
    assert "holds nothing" in world.reason(MaterialUnloaded, "CAP/L1", station="SMT-1", slot="F01")
    world.captures(MaterialLoaded, "CAP/L2", station="SMT-1", slot="F01")


def test_GEN_008_component_is_fitted_or_alternative(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7", "PCB-10/8")
    maybe = {"component": "PCB-10/7", "evidence": Evidence.ALTERNATIVE}
    world.captures(ComponentInstalled, "PUMP-200/1", reference_designator="A1", **maybe)
    world.captures(ComponentInstalled, "PUMP-200/1", reference_designator="A2", **maybe)
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", reference_designator="A1")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A2") == [
        "GEN-008"
    ]
    told = world.reason(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A2")
    assert "ACME:PCB-10/7 is entered as an alternative in ACME:PUMP-200/1 at A1; remove that entry first" in told
    for place in ("A1", "A2"):
        world.captures(
            ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reference_designator=place, reason="not this one"
        )
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A2")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", **maybe) == ["GEN-008"]
    world.captures(ComponentInstalled, "PUMP-200/2", **maybe)
    world.captures(ComponentRemoved, "PUMP-200/2", component="PCB-10/7", reason="not this one")
    assert world.unit_view("PCB-10/7").installed_in == "ACME:PUMP-200/1"


def test_GEN_009_quantity_is_in_uom_of_lot(world):
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1", quantity="5", uom="kg")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="1", uom="kg")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="1")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="1", uom="l") == ["GEN-009"]
    assert world.reason(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="1", uom="l") == (
        "lot ACME:GLUE/L1 is kept in kg, the quantity is in l; give it in kg"
    )
    assert world.lot_view("GLUE/L1").remaining == 3


def test_GEN_009_quantity_is_in_any_uom_when_the_lot_is_not_counted(world):
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1", uom="kg")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="2", uom="kg")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="7", uom="l")
    assert world.lot_view("GLUE/L1").used == 2


def test_GEN_005_lot_suffices_up_to_what_a_database_can_count(world):
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="999999999999")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="2") == ["GEN-005"]
    assert "check the quantity and its uom" in world.reason(
        ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity="2"
    )
