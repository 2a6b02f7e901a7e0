"""P09: the tables are the replay of the ledger; where they are not, rebuild names the row and mends it."""

import threading
from decimal import Decimal

import pytest

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    OperatorQualified,
    QualificationRevoked,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
    ToolCalibrated,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    LabelPrinted,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    UnitPanelled,
    WorkOrderHeld,
    WorkOrderResumed,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part, unit_named
from asbuilt.projections.catalogue import TABLES
from asbuilt.projections.rebuild import rebuild

SPOILT = {
    "event_subject": "sequence = sequence + 1000000",
    "part_state": "description = 'spoilt'",
    "serial_profile": "received_format = 'spoilt'",
    "serial_range": "holder = 'spoilt'",
    "serial_number": "number = number + 1000",
    "enterprise_serial": "serial_key = 'spoilt'",
    "lot_state": "used = used + 1",
    "specification_state": "characteristics = '[]'",
    "routing_state": "operations = '[]'",
    "bill_state": "lines = '[]'",
    "work_center_state": "area = 'spoilt'",
    "equipment_state": "description = 'spoilt'",
    "code_state": "description = 'spoilt'",
    "tool_calibration": "certificate = 'spoilt'",
    "operator_qualification": "qualification = 'spoilt'",
    "unit_state": "location = 'spoilt'",
    "alias": "value = 'spoilt'",
    "marking": "reason = 'spoilt'",
    "duplicate": "supplier = 'spoilt'",
    "merged_unit": "reason = 'spoilt'",
    "label_print": "printer = 'spoilt'",
    "work_order_state": "started = started + 1",
    "work_order_hold": "reason = 'spoilt'",
    "operation_start": "completed_sequence = 1000000",
    "operation_run": "result = 'failed'",
    "operation_refusal": "operator = 'spoilt'",
    "interlock_override": "operation = 'spoilt'",
    "installation": "reference_designator = 'spoilt'",
    "setup_list_state": "slots = '[]'",
    "setup_activation": "activated_at = activated_at + 1",
    "setup_window": "loaded_at = loaded_at + 1",
    "declared_component": "value = 'spoilt'",
    "hold": "reason = 'spoilt'",
    "lot_run": "passed = passed + 1",
    "panel_place": "position = 'spoilt'",
    "defect": "code = 'spoilt'",
    "message": "message_type = 'spoilt'",
    "correction": "explanation = 'spoilt'",
    "recall_state": "digest = 'other'",
    "recall_member": "disposition = 'lost'",
    "recall_notice": "customer = 'other'",
}
"""One change to a row of every table."""


def repaired(world, unit: str) -> None:
    """A unit on which a defect was found and mended."""
    world.captures(DefectRecorded, unit, code="BRIDGE", number="F-1")
    world.captures(DefectDispositioned, unit, defect="F-1", disposition="repair")
    world.captures(DefectRepaired, unit, defect="F-1", action="polished")


def define_what_is_built(world) -> None:
    """A bill, and twice what may be defined anew."""
    world.captures(BillOfMaterialsDefined, "B-1", part="PCB-10", lines=(BillLine(item="1", part=Part("ACME", "CAP")),))
    for name in ("SU-1", "SU-2"):
        slot = SetupSlot(slot="F01", part=Part("ACME", "CAP"), quantity=Decimal(2), is_counted=True)
        world.captures(SetupListDefined, name, station="SMT-1", slots=(slot,))
    for area in ("Hall 1", "Hall 2"):
        world.captures(WorkCenterDefined, "SMT", area=area)
        world.captures(EquipmentDefined, "SMT-1", work_center="SMT", description=area)
        world.captures(CodeDefined, "defect", code="BRIDGE", description=area)


def stop(world, unit: str) -> None:
    """A unit that comes under the routing is stopped, and let through."""
    world.unit(unit)
    world.refusals(OperationStarted, unit, operation="OP-99", station="SMT-9")
    world.overrides(OperationStarted, unit, operation="OP-99", station="SMT-9")


@pytest.fixture
def plant(world):
    """A little of everything."""
    world.order("WO-1", part="PUMP-200")
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    world.captures(WorkOrderResumed, "WO-1", reason="delivered")
    world.part("KEY", serial_format="K{number:4}")
    world.captures(SerialProfileDefined, "KEY", unique_within="enterprise", received_format="K{number:4}")
    world.captures(SerialRangeReserved, "KEY", range_number="R1", kind="printer", holder="P1", first_number=1, count=9)
    world.captures(UnitCommissioned, "KEY/K0001")
    world.captures(SerialNumberVoided, "KEY/K0002", reason="torn")
    world.corrects(world.captures(UnitReceived, "KEY/K0003"))
    world.units("PCB-10/7", "PCB-10/8")
    world.unit("PUMP-200/1", work_order="WO-1")
    world.lot("CAP/L1", quantity=100)
    world.lot("MIX/1")
    world.captures(SpecificationDefined, "ICT/1", characteristics=(Characteristic(characteristic="voltage"),))
    fit = RouteComponent(reference_designator="A1", part=Part("ACME", "PCB-10"), quantity=Decimal("1.50"))
    world.captures(ToolCalibrated, "T-1", tool_class="torque", due_on="2027-01-31")
    world.captures(OperatorQualified, "anna", qualification="solder")
    world.captures(QualificationRevoked, "anna", qualification="solder", reason="audit")
    world.captures(RoutingDefined, "R-1", part="PCB-10", operations=(RouteOperation(operation="OP-10"),))
    world.captures(RoutingDefined, "R-2", part="PCB-10", operations=(RouteOperation(operation="F", components=(fit,)),))
    define_what_is_built(world)
    world.captures(AliasAssigned, "PCB-10/7", scheme="imei", value="490154203237518")
    world.captures(UnitReidentified, "PCB-10/7", marked_as="PCB-10/7-A", reason="label torn")
    world.captures(DuplicateReported, "PCB-10/7", supplier="SUP")
    _works(world)
    return world


def _works(world):
    """What is done to units, lots and orders."""
    world.captures(LabelPrinted, "PCB-10/7", template="unit", printer="LINE-3")
    world.captures(SetupActivated, "SMT-1", setup_list="SU-1", work_order="WO-1")
    world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01", quantity=20)
    world.captures(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01", quantity=20, is_splice=True)
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10", station="SMT-1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", specification="ICT/1", values=(None,))
    repaired(world, "PCB-10/7")
    world.captures(MaterialUnloaded, "CAP/L1", station="SMT-1", slot="F01", remaining=17)
    world.captures(SetupDeactivated, "SMT-1", setup_list="SU-1")
    world.corrects(world.captures(SetupActivated, "SMT-1", setup_list="SU-2"))
    world.captures(MaterialConsumed, "MIX/1", lot="CAP/L1", quantity="2.5")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    removed = world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective")
    world.captures(ComponentDeclared, "PUMP-200/1", scheme="catenax", value="urn:uuid:1")
    world.captures(MessageReceived, "SMT-1", standard="IPC-CFX", transaction="T-1", content="{}")
    world.captures(LotOperationStarted, "MIX/1", operation="OP-10", quantity="3")
    world.captures(LotOperationCompleted, "MIX/1", operation="OP-10", passed="2", failed="0.5", scrapped="0.5")
    world.corrects(world.captures(LotOperationCompleted, "MIX/1", operation="OP-10", passed="0", scrapped="0.25"))
    world.captures(HoldPlaced, "MIX/1", hold="QH-1", reason="audit")
    world.captures(HoldReleased, "MIX/1", hold="QH-1", reason="passed")
    world.unit("PCB-10/9")
    world.captures(UnitsMerged, "PCB-10/8", duplicate="PCB-10/9", reason="plate found")
    world.unit("PCB-10/6")
    world.captures(UnitPanelled, "PCB-10/6", panel="P-1", position="1")
    call_back(world, "PCB-10/6")
    stop(world, "PCB-10/11")
    world.captures(UnitPacked, "PCB-10/8", container="BOX-1")
    world.corrects(removed)


def call_back(world, name: str) -> None:
    unit = unit_named(name, own_issuer="ACME")
    world.captures(RecallOpened, "RC-1", reason="cracks", seeds=(RecallSeed(unit=unit),), is_drill=True)
    world.captures(RecallScopeListed, "RC-1", is_certain=False, units=(unit,))
    world.captures(RecallScopeListed, "RC-1", is_certain=True, units=(unit,))
    world.captures(RecallScopeFrozen, "RC-1", units=1, lots=0, certain=1, digest="0" * 64)
    world.captures(RecallNoticeIssued, "RC-1", customer="St. Anna")
    world.corrects(world.captures(RecallNoticeAnswered, "RC-1", customer="St. Anna"))
    world.corrects(world.captures(RecallDispositioned, unit, recall="RC-1", disposition="lost"))
    world.captures(RecallDispositioned, unit, recall="RC-1", disposition="cleared")
    world.corrects(world.captures(RecallClosed, "RC-1"))


def spoil(world, table: str, change: str) -> None:
    """Change rows of the site as a program with a fault would."""
    with world.database.writing(world.site) as writer:
        writer.run(f"{change.format(table=table)} WHERE site_id = {world.site.site_id}")


def differences(world, *, keep: bool = False) -> set[str]:
    return {difference.table for difference in rebuild(world.database, world.site, keep=keep).differences}


def test_every_table_is_in_the_story(plant):
    for table in TABLES:
        assert plant.rows(f"SELECT 1 FROM {table.name} WHERE site_id = $1", plant.site.site_id), table.name
    assert SPOILT.keys() == {table.name for table in TABLES}


def test_an_untouched_plant_has_no_difference(plant):
    told: list[int] = []
    report = rebuild(plant.database, plant.site, progress=told.append)
    assert report.differences == ()
    assert told[-1] == report.events == len(plant.rows("SELECT 1 FROM event WHERE site_id = $1", plant.site.site_id))


def test_spoilt_rows_are_named_in_every_table_and_mended(plant):
    for table, change in SPOILT.items():
        spoil(plant, table, f"UPDATE {{table}} SET {change}")
    assert differences(plant, keep=True) == SPOILT.keys()
    assert differences(plant) == set()


def test_a_check_leaves_all_as_it_was(plant):
    spoil(plant, "unit_state", "UPDATE {table} SET location = 'spoilt'")
    for _ in range(2):
        assert differences(plant) == {"unit_state"}
    assert plant.unit_view("PCB-10/8").location == "spoilt"


def test_lost_rows_are_named_in_every_table_and_folded_again(plant):
    counts = [f"SELECT count(*) FROM {table} WHERE site_id = {plant.site.site_id}" for table in SPOILT]
    before = [plant.rows(count) for count in counts]
    for table in SPOILT:
        spoil(plant, table, "DELETE FROM {table}")
    report = rebuild(plant.database, plant.site, keep=True)
    assert {difference.table for difference in report.differences} == SPOILT.keys()
    assert all(difference.stored is None for difference in report.differences)
    assert [plant.rows(count) for count in counts] == before


def test_a_row_too_many_is_named(plant):
    with plant.database.writing(plant.site) as writer:
        writer.run(
            "INSERT INTO declared_component (sequence, site_id, parent_id, scheme, value, value_key, supplier, quantity, "
            f"uom, declared_at) VALUES (99999999, {plant.site.site_id}, 1, 's', 'v', 'V', '', 7, '', 0)"
        )
    (difference,) = rebuild(plant.database, plant.site, keep=True).differences
    assert difference.table == "declared_component"
    assert difference.folded is None
    assert difference.stored is not None
    assert differences(plant) == set()


def test_a_difference_shows_both_rows(plant):
    spoil(plant, "unit_state", "UPDATE {table} SET location = 'spoilt'")
    found = rebuild(plant.database, plant.site, keep=False).differences
    assert len(found) == 6
    for difference in found:
        assert difference.stored is not None
        assert difference.folded is not None
        changed = [now for was, now in zip(difference.stored, difference.folded, strict=True) if was != now]
        assert changed == [""]


def test_the_neighbours_tables_are_left_alone(plant, opened):
    neighbour = type(plant)(plant.database, opened.new_site())
    neighbour.unit("PUMP-200/1", location="CELL-4")
    spoil(neighbour, "unit_state", "UPDATE {table} SET location = 'spoilt'")
    assert differences(plant, keep=True) == set()
    assert neighbour.unit_view("PUMP-200/1").location == "spoilt"
    assert differences(neighbour) == {"unit_state"}


def test_a_ledger_longer_than_a_batch_is_folded_whole(world, monkeypatch):
    monkeypatch.setattr("asbuilt.projections.rebuild.BATCH", 3)
    world.units("PUMP-200/1", "PCB-10/7")
    for _ in range(3):
        world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
        wrong = world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="x", destination="BIN")
        moved = world.captures(UnitMoved, "PCB-10/7", location="CELL-4")
        world.corrects(moved)
        world.corrects(wrong)
        world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="y")
    assert differences(world) == set()


def test_rebuilding_while_others_write_loses_nothing(plant):
    """The tables are emptied and filled in one transaction, which lets no writer in between."""
    for number in range(8):
        plant.unit(f"PUMP-200/W{number}", location="START")
    failures: list[BaseException] = []

    def move_all() -> None:
        try:
            for number in range(8):
                plant.captures(UnitMoved, f"PUMP-200/W{number}", location="END")
        except BaseException as problem:  # noqa: BLE001 - told to the thread that waits
            failures.append(problem)

    mover = threading.Thread(target=move_all)
    mover.start()
    while mover.is_alive():
        assert differences(plant, keep=True) == set()
    mover.join()
    assert failures == []
    assert {plant.unit_view(f"PUMP-200/W{number}").location for number in range(8)} == {"END"}
    assert differences(plant) == set()
