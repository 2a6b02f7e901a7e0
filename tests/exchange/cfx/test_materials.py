"""Materials loaded, installed, applied and taken out."""

from decimal import Decimal

from asbuilt.core.events.definitions import PartDefined, Tracking
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded, MaterialUnloaded
from tests.exchange.cfx.made import (
    alone,
    installed,
    location,
    materials_installed,
    message,
    panel,
    work_completed,
    work_started,
)

REEL = "CAP/REEL1"
LOADED, UNLOADED = "Materials.Storage.MaterialsLoaded", "Materials.Storage.MaterialsUnloaded"


def test_each_designator_gets_its_share_of_the_reel(boards):
    boards.world.lot(REEL, quantity=100)
    materials = materials_installed(
        installed("PANEL7", "REEL1", "CAP", "R1", "R2", "R3"),
        installed("PANEL7", "REEL1", "CAP", "R1", position=2, CarrierLocation={"LocationName": "SLOT4"}),
    )
    report = boards.hears(materials)
    assert (report.refusals, report.unknown) == ((), ())
    links = boards.events(ComponentInstalled)
    assert [(str(one.unit)[-1], one.reference_designator, one.quantity) for one in links] == [
        ("1", "R1", 1),
        ("1", "R2", 1),
        ("1", "R3", 1),
        ("2", "R1", 1),
    ]
    assert [one.evidence for one in links] == [Evidence.SCANNED] * 3 + [Evidence.SETUP_WINDOW]
    assert boards.world.lot_view(REEL).remaining == 96
    assert boards.world.where_used(REEL) == ["BOARD/PANEL7-1", "BOARD/PANEL7-2"]


def test_an_amount_that_does_not_divide_is_one_each(boards):
    boards.world.lot(REEL)
    report = boards.hears(materials_installed(installed("PANEL7-1", "REEL1", "CAP", "R1", "R2", "R3", quantity=4)))
    assert [one.quantity for one in boards.events(ComponentInstalled)] == [None] * 3
    assert [one.rule for one in report.warnings] == ["quantity"]


def test_a_serialized_component_is_installed_as_the_unit_it_is(boards):
    boards.world.unit("CPU/SN9")
    report = boards.hears(materials_installed(installed("PANEL7-1", "SN9", "CPU", "U1")))
    (link,) = boards.events(ComponentInstalled)
    assert (str(link.component), link.lot, link.quantity) == ("ACME:CPU/SN9", None, None)
    again = boards.hears(materials_installed(installed("PANEL7-2", "SN9", "CPU", "U1")))
    assert (report.refusals, [one.rule for one in again.refusals]) == ((), ["GEN-001"])
    assert again.preserved == {"CFX.Production.Assembly.MaterialsInstalled": 1}


def test_a_package_of_a_part_that_is_not_known_is_a_lot_of_a_new_part(boards):
    report = boards.hears(materials_installed(installed("PANEL7-1", "REEL9", "IPN-9", "R1")))
    part = next(one for one in boards.events(PartDefined) if one.part.part_number == "IPN-9")
    assert (part.tracking, [one.rule for one in report.warnings]) == (Tracking.LOT, ["part"])
    assert boards.world.where_used("IPN-9/REEL9") == ["BOARD/PANEL7-1"]


def test_what_is_no_lot_and_no_known_unit_is_listed(boards):
    boards.world.part("CPU")
    report = boards.hears(
        materials_installed(
            installed("PANEL7-1", "SN1", "CPU", "U1"),
            installed("PANEL7-1", None, "CPU", "U2"),
            installed("PANEL7-1", "SN3", None, "U3"),
        )
    )
    assert [one.what for one in report.unknown] == ["material"] * 3
    assert boards.events(ComponentInstalled) == []


def test_a_batch_goes_before_the_passing_identifier_of_a_tray(boards):
    boards.world.lot("CAP/BATCH7")
    tray = installed("PANEL7-1", "TEMP-1", "CAP", "R1")
    tray["Material"]["BatchId"] = "BATCH7"
    boards.hears(materials_installed(tray))
    assert boards.world.where_used("CAP/BATCH7") == ["BOARD/PANEL7-1"]


def test_what_is_applied_goes_in_by_weight(boards):
    one = installed("PANEL7", "POT1", "PASTE", quantity=0.0, position=2)
    one["QuantityApplied"] = {"Value": 3.57, "ValueUnits": "gramm", "ExpectedValue": 3.6}
    boards.hears(
        work_started(panel(1, 2)), message("Production.Application.MaterialsApplied", {"AppliedMaterials": [one]})
    )
    (link,) = boards.events(ComponentInstalled)
    assert (str(link.lot), link.quantity, link.uom) == ("ACME:PASTE/POT1", Decimal("3.57"), "g")


def test_what_is_taken_out_is_taken_out_where_it_was(boards):
    boards.hears(materials_installed(installed("PANEL7-1", "REEL1", "CAP", "R1", "R2")))
    out = {
        "UnitIdentifier": "PANEL7-1",
        "Material": {"UniqueIdentifier": "REEL1", "InternalPartNumber": "CAP"},
        "Reason": "DefectiveMaterial",
        "UninstalledComponents": [{"ReferenceDesignator": "R2"}],
    }
    body = {"UninstalledMaterials": [out]}
    boards.hears(message("Production.Assembly.MaterialsUninstalled", body, minute=9))
    assert len(boards.world.components("BOARD/PANEL7-1")) == 1


def test_a_reel_feeds_its_slot_while_units_pass(boards):
    boards.hears(
        message(LOADED, {"Materials": [location("F1", "REEL1", "CAP", LaneNumber=2)]}),
        work_started(panel(1, 2), minute=1),
        work_completed(minute=5),
        message(UNLOADED, {"MaterialPackageIdentifiers": ["REEL1"]}, minute=7),
    )
    (loaded,), (unloaded,) = boards.events(MaterialLoaded), boards.events(MaterialUnloaded)
    assert loaded.slot == unloaded.slot == "F1.2"
    assert boards.world.where_used(REEL) == ["BOARD/PANEL7-1", "BOARD/PANEL7-2"]


def test_a_reel_that_is_empty_or_spliced_feeds_no_more(floor):
    floor.hears(message(LOADED, {"Materials": [location("F1", "REEL1", "CAP"), location("F2", "REEL2", "CAP")]}))
    floor.hears(
        message("Materials.Storage.MaterialsEmpty", {"EmptyMaterials": [location("F1", "REEL1", "CAP")]}, minute=1),
        message(
            "Materials.Storage.SplicePointDetected",
            {"DepletedMaterial": location("F2", "REEL2", "CAP"), "NewlyActiveMaterial": location("F2", "REEL3", "CAP")},
            minute=2,
        ),
    )
    assert [(one.slot, one.reason) for one in floor.events(MaterialUnloaded)] == [("F1", "empty"), ("F2", "spliced")]
    assert [str(one.lot)[-5:] for one in floor.events(MaterialLoaded)] == ["REEL1", "REEL2", "REEL3"]


def test_what_is_unloaded_from_nowhere_is_said(floor):
    floor.world.lot(REEL)
    report = floor.hears(message(UNLOADED, {"MaterialPackageIdentifiers": ["REEL1"]}))
    assert "is in no slot" in report.warnings[0].reason


def test_a_slot_that_is_taken_refuses_the_next_reel(floor):
    floor.hears(message(LOADED, {"Materials": [location("F1", "REEL1", "CAP")]}))
    report = floor.hears(message(LOADED, {"Materials": [location("F1", "REEL2", "CAP")]}, minute=1))
    assert [one.rule for one in report.refusals] == ["GEN-006"]


def test_units_come_into_being_of_the_part_their_order_makes(floor):
    floor.world.order("WO-1", part="BOARD")
    body = {"WorkOrderIdentifier": {"WorkOrderId": "WO-1"}, "Units": alone("B1", "B2")}
    characteristics = [{"Name": "MAC Address", "Value": "C0-15"}]
    personal = {"PersonalizedUnits": [{"UnitIdentifier": "B1", "Characteristics": characteristics}]}
    report = floor.hears(
        message("Production.UnitsInitialized", body),
        message("Production.UnitsArrived", {"Units": alone("B1")}, minute=1),
        message("Production.Assembly.UnitsPersonalized", personal, minute=2),
    )
    assert (report.commissioned, report.refusals, report.unknown) == (2, (), ())
    view = floor.world.unit_view("BOARD/B1")
    assert [(one.scheme, one.value) for one in view.aliases] == [("MAC Address", "C0-15")]
    assert view.work_order == "WO-1"
