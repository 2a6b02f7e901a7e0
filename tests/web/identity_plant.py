"""A plant for the pages about identity: profiles, ranges, voided numbers, duplicates, merged and re-marked units."""

from datetime import UTC, date, datetime
from decimal import Decimal

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.definitions import BillOfMaterialsDefined, SerialProfileDefined, Tracking
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import Part
from tests.databases import Made
from tests.web.plant import ISSUER, SITE, Plant

PUMP = "4500-200"
MOTOR = "2100-300"
LOT_PART = "CAP-47U"
DRAWN = "KEY-1"
LINED = "PCB-7"
BILL, BILLED = "BOM-BRACKET/4", "7000-000"
LATER = datetime(2027, 3, 1, 6, tzinfo=UTC)
MANY_PARTS = 60
MANY_RANGES = 24

VOIDED = f"{PUMP}/P26-0003"
WITHDRAWN = f"{PUMP}/P26-9999"
MERGED = f"{MOTOR}/M-77"
REMARKED = f"{MOTOR}/M-9"
EXISTING = f"{MOTOR}/M-1001"
SECOND = f"{MOTOR}/QA-1"


def build(made: Made) -> dict[str, Event]:
    """Record everything at the site Lyon plant; gives the reports of duplicates by their document."""
    with made.opened() as database:
        plant = Plant(database, database.site(SITE))
        plant.at(2, 8)
        _parts(plant)
        _serials(plant)
        return _units(plant)


def _parts(plant: Plant) -> None:
    plant.part(PUMP, description="Syringe pump", revision="B", serial_format="P26-{number:4}", gtin="09506000134369")
    profile = {"at_receipt": "mandatory", "at_build": "mandatory", "at_shipment": "optional"}
    plant.captures(SerialProfileDefined, PUMP, serial_format="P26-{number:4}", unique_within="site", **profile)
    plant.part(MOTOR, description="Drive motor", revision="C")
    plant.captures(
        SerialProfileDefined,
        MOTOR,
        received_format="M-####",
        unique_within="family",
        part_family="Motors",
        at_shipment="refused",
    )
    plant.part(LOT_PART, description="Capacitor 47 µF", tracking=Tracking.LOT)
    plant.part(DRAWN, description="Service key", serial_format="K-{random:10}")
    plant.part(LINED, description="Power board", serial_format="{line}-{year:2}{week}-{number:5:base34}{check:mod37-2}")
    plant.part("ELEKTRA:BP-9", description="Battery pack of a supplier")
    for number in range(MANY_PARTS):
        plant.part(f"7000-{number:03}", description=f"Bracket {number}", tracking=Tracking.COUNTED)
    _bill(plant)


def _bill(plant: Plant) -> None:
    """What one of the brackets is made of."""
    capacitor, bracket = Part(ISSUER, LOT_PART), Part("ELEKTRA", "BP-9")
    lines = (
        BillLine(
            item="10",
            part=capacitor,
            alternates=(bracket,),
            reference_designators=("C1", "C2"),
            quantity=Decimal(2),
            revision="B",
            operation="OP-10",
        ),
        BillLine(item="20", part=bracket, serial_from="100", is_optional=True, effective_until=LATER),
    )
    plant.captures(BillOfMaterialsDefined, BILL, part=BILLED, lines=lines)


def _serials(plant: Plant) -> None:
    reserved = {"kind": "printer", "holder": "Zebra 4", "first_number": 1, "count": 10, "low_watermark": 8}
    plant.captures(SerialRangeReserved, PUMP, range_number="PR-1", **reserved)
    supplier = {"kind": "supplier", "holder": "Elektra GmbH", "first_number": 101, "count": 500, "low_watermark": 50}
    plant.captures(SerialRangeReserved, PUMP, range_number="EL/2026 <1>", **supplier)
    for serial in ("P26-0001", "P26-0002", "P26-0101"):
        plant.captures(UnitCommissioned, f"{PUMP}/{serial}", revision="B", location="Cell 4")
    plant.captures(SerialNumberVoided, VOIDED, reason="Label torn at the printer")
    plant.captures(SerialNumberVoided, f"{PUMP}/P26-0888", reason="Misprint")
    for number in range(MANY_RANGES):
        line = {"kind": "line", "holder": f"SMT-{number}", "first_number": 1 + 100 * number, "count": 100}
        plant.captures(SerialRangeReserved, LINED, range_number=f"W{number:02}", **line)


def _units(plant: Plant) -> dict[str, Event]:
    withdrawn = plant.captures(UnitCommissioned, WITHDRAWN)
    plant.captures(EventCorrected, withdrawn, reason="did_not_occur", explanation="Typed by mistake")
    received = {"supplier": "Elektra GmbH", "purchase_order": "PO-811", "location": "Store"}
    plant.captures(UnitReceived, EXISTING, **received)
    plant.captures(AliasAssigned, EXISTING, scheme="mac", value="00:1B:44:11:3A:B7")
    plant.captures(UnitReceived, f"{MOTOR}/M-1002", **received)
    plant.captures(UnitCommissioned, SECOND, location="Quarantine", expires_on=date(2027, 3, 1))
    plant.captures(AliasAssigned, SECOND, scheme="mac", value="00:1B:44:11:3A:FF")
    plant.captures(UnitCommissioned, f"{MOTOR}/M-7", work_order=None, location="Cell 1")
    plant.captures(UnitCommissioned, MERGED, location="Cell 1")
    plant.captures(AliasAssigned, MERGED, scheme="asset", value="A-77")
    plant.captures(UnitsMerged, f"{MOTOR}/M-7", duplicate=MERGED, reason="Counted twice at receipt")
    plant.captures(UnitCommissioned, REMARKED)
    plant.captures(UnitReidentified, REMARKED, marked_as=f"{MOTOR}/M-9-A", reason="Label illegible")
    seen = {"supplier": "ELEKTRA gmbh", "location": "Quarantine", "description": "Second one in the same box"}
    reports = [
        plant.captures(
            DuplicateReported, EXISTING, document="DN-5521", scheme="mac", value="00:1B:44:11:3A:FF", **seen
        ),
        plant.captures(DuplicateReported, f"{MOTOR}/M-1002", document="DN-5522", supplier="Other Inc"),
    ]
    return {report.document: report for report in reports}


def many_questions(made: Made, count: int) -> None:
    """More open questions than a page holds."""
    with made.opened() as database:
        plant = Plant(database, database.site(SITE))
        plant.at(9, 8)
        plant.batch([plant.event(DuplicateReported, EXISTING, document=f"MORE-{number}") for number in range(count)])
