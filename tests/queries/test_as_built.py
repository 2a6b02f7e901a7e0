"""The make-up of a unit, now and at any time."""

from datetime import timedelta
from decimal import Decimal

from asbuilt.core.events.defects import Defect
from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Characteristic, Evidence, Measurement
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.identifiers.names import ReferenceDesignator
from asbuilt.queries.as_built import ComponentView, flattened
from tests.world import START

HOUR = timedelta(hours=1)


def tree(components: list[ComponentView]) -> dict[str, dict]:
    """Names within names, with their places."""
    return {f"{one.reference_designator}={one.name.removeprefix('ACME:')}": tree(one.components) for one in components}


def test_a_tree_shows_every_component_at_its_place(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.lot("CAP/L1", quantity=100, uom="pcs")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP/L1", reference_designator="C1", quantity="2", uom="pcs")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP/L1", reference_designator="C2", quantity="0.5")
    world.captures(
        ComponentInstalled,
        "PUMP-200/1",
        component="PCB-10/7",
        reference_designator="A1",
        operation="OP-30",
        evidence=Evidence.KITTED,
    )
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1", reference_designator="SLOT-1")
    record = world.as_built("RACK/1")
    assert tree(record.components) == {"SLOT-1=PUMP-200/1": {"A1=PCB-10/7": {"C1=CAP/L1": {}, "C2=CAP/L1": {}}}}
    assert record.component_count == 4
    assert [one.level for one in flattened(record)] == [1, 2, 3, 3]
    board = record.components[0].components[0]
    assert (board.kind, board.serial_number, board.lot_number, board.operation) == ("unit", "7", "", "OP-30")
    assert (board.evidence, board.status, board.installed_at) == ("kitted", "installed", START + timedelta(minutes=11))
    first = board.components[0]
    assert (first.kind, first.lot_number, first.quantity, first.uom) == ("lot", "L1", Decimal(2), "pcs")
    assert board.components[1].quantity == Decimal("0.5")


def test_a_record_of_the_past_shows_what_was_in_it_then(world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", at=START + HOUR)
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="x", at=START + 3 * HOUR)
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", at=START + 5 * HOUR)
    for hours, inside in ((0.9, []), (1, ["PCB-10/7"]), (2.9, ["PCB-10/7"]), (3, []), (5, ["PCB-10/8"])):
        assert world.components("PUMP-200/1", at=START + hours * HOUR) == inside, hours
    assert world.components("PUMP-200/1") == ["PCB-10/8"]
    assert world.as_built("PUMP-200/1", at=START).at == START


def test_line_fed_material_is_in_what_passed_the_station_while_it_was_loaded(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PUMP-200/3")
    world.lot("PASTE/L1")
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F01", at=START + HOUR)
    world.captures(MaterialUnloaded, "PASTE/L1", station="SMT-1", slot="F01", at=START + 2 * HOUR)
    for unit, hours in (("PUMP-200/1", 1), ("PUMP-200/2", 2), ("PUMP-200/3", 1.5)):
        world.captures(OperationCompleted, unit, operation="OP-10", station="SMT-1", at=START + hours * HOUR)
    assert world.components("PUMP-200/1") == ["PASTE/L1"]
    assert world.components("PUMP-200/2") == []
    (paste,) = world.as_built("PUMP-200/3").components
    assert (paste.reference_designator, paste.operation, paste.evidence) == ("SMT-1 F01", "OP-10", "setup_window")
    assert paste.installed_at == START + 1.5 * HOUR
    assert world.components("PUMP-200/3", at=START + 1.4 * HOUR) == []


def test_what_line_fed_material_is_made_of_is_shown_too(world):
    world.unit("PUMP-200/1")
    world.lot("RESIN/R1")
    world.lot("GLUE/G1")
    world.captures(MaterialConsumed, "GLUE/G1", lot="RESIN/R1")
    world.captures(MaterialLoaded, "GLUE/G1", station="DISPENSER", slot="1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", station="DISPENSER")
    assert tree(world.as_built("PUMP-200/1").components) == {"DISPENSER 1=GLUE/G1": {"=RESIN/R1": {}}}
    assert tree(world.as_built("GLUE/G1").components) == {"=RESIN/R1": {}}


def test_a_unit_that_a_late_event_puts_into_itself_for_a_while_is_shown_once_more_and_not_opened(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", at=START + HOUR)
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="x", at=START + 3 * HOUR)
    world.captures(ComponentInstalled, "PCB-10/7", component="PUMP-200/1", at=START + 2 * HOUR)
    then = START + 2.5 * HOUR
    assert tree(world.as_built("PUMP-200/1", at=then).components) == {"=PCB-10/7": {"=PUMP-200/1": {}}}
    assert world.where_used("PUMP-200/1", at=then) == ["PCB-10/7"]
    assert tree(world.as_built("PUMP-200/1").components) == {}


def test_a_unit_fed_with_what_was_made_of_it_is_shown_once_more_and_not_opened(world):
    world.unit("PUMP-200/1")
    world.lot("REGRIND/1")
    world.captures(MaterialConsumed, "REGRIND/1", component="PUMP-200/1")
    world.captures(MaterialLoaded, "REGRIND/1", station="MOULD", slot="1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", station="MOULD")
    assert tree(world.as_built("PUMP-200/1").components) == {"MOULD 1=REGRIND/1": {"=PUMP-200/1": {}}}
    assert world.where_used("PUMP-200/1") == ["REGRIND/1"]


def test_an_assembly_is_shown_to_any_depth(world, opened):
    depth = 1200  # more than Python goes down by itself
    world.part("BOX")
    world.submit(*[world.event(UnitCommissioned, f"BOX/{number}") for number in range(depth)])
    nest = [
        world.event(ComponentInstalled, f"BOX/{number}", component=f"BOX/{number + 1}") for number in range(depth - 1)
    ]
    assert {answer.outcome for answer in world.submit(*nest)} == {"recorded"}
    opened.made.analyze()
    assert world.as_built("BOX/0").component_count == depth - 1
    assert len(world.where_used(f"BOX/{depth - 1}")) == depth - 1


def test_declared_components_are_shown_until_they_are_delivered_and_linked(world):
    world.units("PUMP-200/1", "PCB-10/7")
    name = {"scheme": "catenax", "value": "urn:uuid:7"}
    world.captures(ComponentDeclared, "PUMP-200/1", supplier="BOSCH", quantity=2, **name)
    (declared,) = world.as_built("PUMP-200/1").components
    assert (declared.kind, declared.name, declared.issuer) == ("declared", "urn:uuid:7", "BOSCH")
    assert (declared.status, declared.evidence, declared.quantity) == ("not_delivered", "declared", Decimal(2))
    world.captures(AliasAssigned, "PCB-10/7", **name)
    assert len(world.as_built("PUMP-200/1").components) == 1
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    assert world.components("PUMP-200/1") == ["PCB-10/7"]


def test_an_operation_says_which_defects_it_found_and_where(world):
    world.unit("PUMP-200/1")
    found = (Defect(code="BRIDGE", position=ReferenceDesignator("U7")), Defect(code="SMEAR"))
    world.captures(OperationCompleted, "PUMP-200/1", operation="AOI", result="failed", defects=found)
    (operation,) = world.as_built("PUMP-200/1").operations
    assert operation.defect == "BRIDGE U7, SMEAR"


def test_a_waveform_is_shown_by_the_digest_of_its_file(world):
    world.unit("PUMP-200/1")
    curve = Measurement(characteristic="pressure", file_digest="AB" * 32, file_name="//bench/7/pressure.csv")
    world.captures(OperationCompleted, "PUMP-200/1", operation="FLOW", measurements=(curve,))
    (operation,) = world.as_built("PUMP-200/1").operations
    (shown,) = operation.measurements
    assert (shown.file_digest, shown.file_name) == ("ab" * 32, "//bench/7/pressure.csv")
    assert (operation.result, shown.value, shown.passed) == ("passed", None, True)


def test_operations_are_shown_with_every_attempt_and_its_measurements(world):
    world.order("WO-1", part="PUMP-200")
    world.unit("PUMP-200/1", work_order="WO-1")
    limits = {"uom": "V", "lower_limit": Decimal("3.2"), "upper_limit": Decimal("3.4"), "nominal": Decimal("3.30")}
    world.captures(
        SpecificationDefined,
        "ICT/3",
        characteristics=(Characteristic(characteristic="voltage", **limits), Characteristic(characteristic="current")),
    )
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", station="ICT-7")
    test = {"operation": "OP-10", "specification": "ICT/3", "work_order": "WO-1"}
    world.captures(OperationCompleted, "PUMP-200/1", values=(Decimal("3.41"), None), defect="E17", **test)
    world.captures(
        OperationCompleted,
        "PUMP-200/1",
        values=(Decimal("3.300"), Decimal(1)),
        measurements=(Measurement(characteristic="label", text="ok"),),
        operator="bert",
        **test,
    )
    first, second = world.as_built("PUMP-200/1").operations
    assert [first.attempt, second.attempt] == [1, 2]
    assert [first.result, second.result] == ["failed", "passed"]
    assert (first.station, first.work_order, first.defect, first.specification) == ("ICT-7", "WO-1", "E17", "ICT/3")
    assert (first.started_at, second.started_at) == (START + 5 * timedelta(minutes=1), None)
    assert second.operator == "bert"
    (voltage,) = first.measurements
    assert (voltage.characteristic, str(voltage.value), voltage.passed) == ("voltage", "3.41", False)
    assert (voltage.uom, voltage.lower_limit, voltage.upper_limit) == ("V", Decimal("3.2"), Decimal("3.4"))
    assert [(one.characteristic, str(one.value), one.text) for one in second.measurements] == [
        ("label", "None", "ok"),
        ("voltage", "3.300", ""),
        ("current", "1", ""),
    ]


def test_a_lot_on_hold_shows_in_the_tree(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1")
    world.captures(HoldPlaced, "CAP/L1", hold="QH-1", reason="audit")
    assert [one.status for one in world.as_built("PUMP-200/1").components] == ["on_hold"]
