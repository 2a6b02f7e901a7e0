"""A small plant for the pages, recorded through the capture door: infusion pump controllers with all that befalls them.

The one that had the most of it is STORY. FILLERS more were built as they should be, some of them shipped.
"""

import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

from django.conf import settings
from django.test import override_settings

from asbuilt.accounts.plant import close_plant
from asbuilt.capture.answers import Refusal
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.definitions import SpecificationDefined, Tracking
from asbuilt.core.events.event import Characteristic, Event, Evidence, Measurement
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import OperationCompleted, OperationStarted, WorkOrderReleased
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.recalls import (
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.identifiers.subjects import lot_named
from tests.databases import Made
from tests.world import World

SITE = "Lyon plant"
ISSUER = "LYON"
CET = timezone(timedelta(hours=1))

PUMP = "4500-117"
STORY = f"{PUMP}/IPC26-000317"
FILLERS = 44
PACKED, CONTAINER = 7, "395060001343520024"

SCRIPT = """<script>alert("x")</script>'&amp;"""
PUNCTUATED = "50%/a#b?c=d&e+f%2F..;g"
LONG = "Q" + "0123456789" * 19 + "/LONG-END"
HEBREW = "סדרה-١٢٣"
HOSTILE = (SCRIPT, PUNCTUATED, LONG, HEBREW, "..", "a/../b", "a//b/", "{{ serial }}")

ALTERNATIVE_LOTS = ("LABEL-5/LB-1", "LABEL-5/LB-2")


class Plant(World):
    """The world with Lyon's clock and a way to record many events at once."""

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Set the clock, in November 2026."""
        self.now = datetime(2026, 11, day, hour, minute, tzinfo=CET) - timedelta(minutes=1)

    def new_id(self) -> UUID:
        return uuid4()  # several of them record at the same site

    def batch(self, events: list[Event]) -> None:
        """Record many events; it is an error when one is refused."""
        for start in range(0, len(events), 5000):
            refused = [answer for answer in self.submit(*events[start : start + 5000]) if isinstance(answer, Refusal)]
            assert not refused, refused[:3]


@contextlib.contextmanager
def serving(url: str) -> Iterator[None]:
    """Let the pages show the database at a URL."""
    with override_settings(ENVIRONMENT=dataclasses.replace(settings.ENVIRONMENT, ledger_url=url)):
        close_plant()
        try:
            yield
        finally:
            close_plant()


def add_sites(made: Made) -> None:
    """Lyon plant, and Graz plant, which stays empty."""
    made.add_site(SITE, ISSUER)
    made.add_site("Graz plant", "GRAZ")


def build(made: Made) -> None:
    """Record everything at the site Lyon plant."""
    with made.opened() as database:
        plant = Plant(database, database.site(SITE))
        _definitions(plant)
        _boards(plant)
        _story(plant)
        _fillers(plant)
        _others(plant)


def assembly(made: Made, count: int) -> str:
    """One unit with `count` components in three levels, each with a measured operation; gives its name."""
    with made.opened() as database:
        plant = Plant(database, database.site(SITE))
        plant.at(10, 8)
        top, groups = f"RACK/{count}", max(1, count // 50)
        plant.part("RACK", description="Test rack")
        plant.part("SHELF", description="Shelf")
        plant.part("CELL", description="Battery cell")
        plant.unit(top)
        events = []
        for group in range(groups):
            shelf = f"SHELF/{count}-{group}"
            events.append(plant.event(UnitCommissioned, shelf))
            events.append(plant.event(ComponentInstalled, top, component=shelf, reference_designator=f"S{group}"))
        voltage = Measurement(characteristic="Voltage", value=Decimal("3.71"), uom="V", upper_limit=Decimal("4.2"))
        for number in range(count - groups):
            cell, shelf = f"CELL/{count}-C{number}", f"SHELF/{count}-{number % groups}"
            events.append(plant.event(UnitCommissioned, cell))
            events.append(plant.event(OperationCompleted, cell, operation="FORMATION", measurements=(voltage,)))
            events.append(plant.event(ComponentInstalled, shelf, component=cell, reference_designator=f"B{number}"))
        plant.batch(events)
        return top


PARTS = (
    (PUMP, "Infusion pump controller", Tracking.SERIALIZED),
    ("3310-042", "Main board", Tracking.SERIALIZED),
    ("3310-051", "Sensor board", Tracking.SERIALIZED),
    ("2100-009", "Pressure cell", Tracking.SERIALIZED),
    ("2100-285", "Motor assembly", Tracking.SERIALIZED),
    ("1200-690", "Display module", Tracking.SERIALIZED),
    ("1200-348", "Battery pack", Tracking.SERIALIZED),
    ("CAP-100N", "Capacitor 100 nF", Tracking.LOT),
    ("RES-10K", "Resistor 10 kΩ", Tracking.LOT),
    ("9000-012", "Adhesive", Tracking.LOT),
    ("SCREW-M3X8", "Screw M3 × 8", Tracking.LOT),
    ("LABEL-5", "Rating label", Tracking.LOT),
)
CHARACTERISTICS = (
    ("R118", "kΩ", "10.00", "9.80", "10.20"),
    ("Supply current", "mA", "42", "38", "46"),
    ("Leakage current", "µA", None, None, "50"),
    ("Insulation", "MΩ", None, "20", None),
)
CALIBRATION = (
    ("Flow accuracy", "%", "0", "-2.0", "2.0"),
    ("Occlusion pressure", "kPa", "60", "50", "75"),
    ("Boot time", "s", None, None, "6.0"),
)


def _definitions(plant: Plant) -> None:
    plant.at(2, 7)
    for part_number, description, tracking in PARTS:
        plant.part(part_number, description=description, tracking=tracking, revision="C")
    for name, characteristics in (("ICT-4500/3", CHARACTERISTICS), ("CAL-4500/1", CALIBRATION)):
        plant.captures(SpecificationDefined, name, characteristics=tuple(map(_characteristic, characteristics)))
    plant.order("WO-10482", part=PUMP, quantity=48)
    plant.captures(WorkOrderReleased, "WO-10490", part="3310-042", quantity=60, sales_order="SO-5518")
    capacitors = {"supplier": "Yageo", "supplier_lot": "Y-2619", "purchase_order": "PO-771", "uom": ""}
    plant.lot("CAP-100N/L2619", quantity="5000", expires_on="2029-06-30", manufactured_on="2026-06-12", **capacitors)
    plant.lot("CAP-100N/L2620", quantity="5000", **capacitors)
    plant.lot("RES-10K/R88")
    plant.lot("9000-012/2619044", quantity="500", uom="mL", supplier="Henkel", expires_on="2027-02-28")
    plant.lot("SCREW-M3X8/S4", quantity="20000")
    for name in ALTERNATIVE_LOTS:
        plant.lot(name)


def _characteristic(row: tuple) -> Characteristic:
    name, uom, *limits = row
    nominal, lower, upper = (None if limit is None else Decimal(limit) for limit in limits)
    return Characteristic(characteristic=name, uom=uom, nominal=nominal, lower_limit=lower, upper_limit=upper)


def _boards(plant: Plant) -> None:
    """Main boards with line-fed resistors and capacitors read place by place."""
    plant.at(3, 6)
    plant.captures(MaterialLoaded, "RES-10K/R88", station="SMT-1", slot="F13")
    plant.captures(MaterialLoaded, "CAP-100N/L2619", station="SMT-1", slot="F12")
    plant.at(3, 6, 30)
    for number in range(FILLERS + 1):
        board = f"3310-042/MB-{48800 + number}"
        at = plant.now + timedelta(minutes=2)
        events = [plant.event(UnitCommissioned, board, at=at, work_order="WO-10490", revision="C")]
        events.append(
            plant.event(OperationCompleted, board, at=at, operation="SMT-010", station="SMT-1", work_order="WO-10490")
        )
        events.extend(
            plant.event(
                ComponentInstalled,
                board,
                at=at,
                lot="CAP-100N/L2620",
                quantity="1",
                reference_designator=f"C{place}",
                operation="SMT-010",
            )
            for place in range(1, 13 if number == 0 else 2)
        )
        plant.now = at
        plant.batch(events)
    plant.captures(MaterialUnloaded, "CAP-100N/L2619", station="SMT-1", slot="F12", reason="Reel empty")
    plant.captures(MaterialLoaded, "CAP-100N/L2620", station="SMT-1", slot="F12")


def _story(plant: Plant) -> None:
    _story_until_test(plant)
    _story_rework(plant)
    _story_until_return(plant)


def _story_until_test(plant: Plant) -> None:
    plant.at(4, 7)
    for name in ("3310-051/SB-77120", "2100-009/PC-31190", "2100-285/MA-285", "1200-690/DM-69222"):
        plant.captures(UnitCommissioned, name, revision="B")
    plant.captures(
        UnitReceived, "1200-348/BP-34890", supplier="Elektra GmbH", purchase_order="PO-790", location="Store"
    )
    plant.captures(AliasAssigned, "1200-348/BP-34890", scheme="supplier_serial", value="EL-2026-0881", issuer="Elektra")
    plant.at(4, 8, 12)
    plant.captures(
        UnitCommissioned,
        STORY,
        revision="C",
        work_order="WO-10482",
        location="Cell 2",
        source="Mark-01",
        operator="OP-117",
    )
    plant.captures(AliasAssigned, STORY, scheme="udi", value="(01)09506000134352(21)IPC26-000317", issuer="GS1")
    plant.captures(
        OperationStarted, STORY, operation="OP-010", station="Cell 2-A", work_order="WO-10482", operator="OP-117"
    )
    worker = {"source": "Cell 2-A", "operator": "OP-117", "operation": "OP-010"}
    for component, place in (("3310-042/MB-48800", "A1"), ("3310-051/SB-77120", "A2")):
        plant.captures(ComponentInstalled, STORY, component=component, reference_designator=place, **worker)
    for screw in range(1, 5):
        plant.captures(
            ComponentInstalled, STORY, lot="SCREW-M3X8/S4", quantity="1", reference_designator=f"H{screw}", **worker
        )
    plant.captures(
        OperationCompleted, STORY, station="Cell 2-A", measurements=(_torque("1.52"),), tool="TQ-4", **worker
    )
    plant.at(4, 8, 58)
    worker = {"source": "Cell 2-B", "operator": "OP-204", "operation": "OP-020"}
    for component, place in (
        ("2100-285/MA-285", "M1"),
        ("2100-009/PC-31190", "P1"),
        ("1200-690/DM-69222", "D1"),
        ("1200-348/BP-34890", "B1"),
    ):
        plant.captures(ComponentInstalled, STORY, component=component, reference_designator=place, **worker)
    plant.captures(
        ComponentInstalled, STORY, lot="9000-012/2619044", quantity="0.8", uom="mL", evidence=Evidence.KITTED, **worker
    )
    cure = Measurement(characteristic="Cure time", value=Decimal("12.1"), uom="min", lower_limit=Decimal(10))
    plant.captures(OperationCompleted, STORY, station="Cell 2-B", measurements=(cure,), **worker)
    plant.at(4, 9, 40)
    _circuit_test(plant, "9.61", "41.8", "33.0", "118", defect="Cold joint at R118")


def _torque(value: str) -> Measurement:
    return Measurement(
        characteristic="Torque",
        value=Decimal(value),
        uom="N·m",
        lower_limit=Decimal("1.40"),
        upper_limit=Decimal("1.60"),
    )


def _circuit_test(plant: Plant, *values: str, unit: str = STORY, defect: str = "") -> None:
    plant.captures(
        OperationCompleted,
        unit,
        operation="OP-030",
        station="ICT-03",
        source="ICT-03",
        program="ICT4500 v7",
        specification="ICT-4500/3",
        values=tuple(map(Decimal, values)),
        defect=defect,
        work_order="WO-10482",
    )


def _story_rework(plant: Plant) -> None:
    plant.at(4, 10, 5)
    rework = {"source": "Rework-1", "operator": "OP-152"}
    plant.captures(HoldPlaced, STORY, hold="H-2291", reason="Cold joint at R118, check the neighbours", **rework)
    plant.captures(HoldReleased, STORY, hold="H-2291", reason="Neighbours are sound", source="QA", operator="QA-02")
    board = {"component": "3310-051/SB-77120", "reference_designator": "A2"}
    plant.captures(ComponentRemoved, STORY, reason="Cold joint at R118", destination="Rework-1", **board, **rework)
    plant.captures(OperationCompleted, "3310-051/SB-77120", operation="REWORK", station="Rework-1", **rework)
    plant.captures(ComponentInstalled, STORY, operation="REWORK", **board, **rework)
    plant.at(4, 10, 22)
    _circuit_test(plant, "10.02", "42.1", "31.0", "122")
    plant.at(4, 11, 47)
    plant.captures(
        OperationCompleted,
        STORY,
        operation="OP-050",
        station="CAL-07",
        source="CAL-07",
        operator="OP-311",
        specification="CAL-4500/1",
        values=(Decimal("0.9"), Decimal("63.1"), Decimal("4.1")),
        measurements=(
            Measurement(characteristic="Alarm audible", passed=True),
            Measurement(characteristic="Firmware", text="2.4.1"),
        ),
    )
    wrong = plant.captures(UnitMoved, STORY, location="Dock 3", source="WH-1")
    plant.captures(EventCorrected, wrong, reason="did_not_occur", explanation="Scanned the wrong unit", source="WH-1")


def _story_until_return(plant: Plant) -> None:
    plant.at(5, 11, 10)
    plant.captures(
        OperationCompleted,
        STORY,
        at=plant.now - timedelta(hours=3, minutes=20),
        operation="OP-060",
        station="Final-2",
        source="Final-2",
        operator="QA-05",
    )
    for name in ALTERNATIVE_LOTS:
        plant.captures(
            ComponentInstalled, STORY, lot=name, quantity="1", evidence=Evidence.ALTERNATIVE, operation="OP-060"
        )
    plant.captures(
        ComponentDeclared,
        "1200-348/BP-34890",
        scheme="catenax",
        value=f"urn:uuid:{'7b' * 4}-aaaa-4bbb-8ccc-0123456789ab",
        supplier="Zellwerk AG",
    )
    plant.at(6, 9)
    plant.captures(UnitMoved, STORY, location="Dock 1", source="WH-1", operator="WH-31")
    plant.captures(UnitPacked, STORY, container="395060001343520017", source="WH-1", operator="WH-31")
    plant.captures(
        UnitShipped,
        STORY,
        customer="C-2210",
        shipment="DN-20931",
        sales_order="SO-5518",
        source="WH-1",
        operator="WH-31",
    )
    plant.at(17, 14, 20)
    plant.captures(
        UnitReturned,
        STORY,
        reason="Display flickers",
        rma="RMA-0612",
        location="Service desk",
        source="Service",
        operator="CS-7",
    )
    plant.captures(
        HoldPlaced, "1200-690/DM-69222", hold="H-2304", reason="Display flickers, RMA-0612", source="Service"
    )


def _fillers(plant: Plant) -> None:
    """Controllers that were built as they should be; every third was shipped."""
    plant.at(9, 6)
    for number in range(1, FILLERS + 1):
        at = plant.now + timedelta(minutes=12)
        pump = f"{PUMP}/IPC26-{400 + number:06}"
        events = [plant.event(UnitCommissioned, pump, at=at, revision="C", work_order="WO-10482", location="Cell 2")]
        for part, prefix, place in (("3310-042", "MB-488", "A1"), ("2100-009", "PC-40", "P1")):
            component = f"{part}/{prefix}{number:02}"
            if part != "3310-042":
                events.append(plant.event(UnitCommissioned, component, at=at))
            events.append(
                plant.event(
                    ComponentInstalled, pump, at=at, component=component, reference_designator=place, operation="OP-010"
                )
            )
        values = (Decimal("10.01"), Decimal(40 + number % 5), Decimal(30), Decimal(120))
        events.append(
            plant.event(
                OperationCompleted,
                pump,
                at=at,
                operation="OP-030",
                station="ICT-03",
                specification="ICT-4500/3",
                values=values,
            )
        )
        if number == PACKED:
            events.append(plant.event(UnitPacked, pump, at=at, container=CONTAINER))
        if number % 3 == 0:
            events.append(plant.event(UnitShipped, pump, at=at, customer="C-2210", shipment="DN-20940"))
        plant.now = at
        plant.batch(events)


def _others(plant: Plant) -> None:
    """What is failed, held, scrapped, ambiguous or badly named."""
    plant.at(12, 9)
    last = f"{PUMP}/IPC26-{400 + FILLERS:06}"
    _circuit_test(plant, "9.4", "41", "30", "120", unit=last, defect="R118 out of limits")
    plant.captures(HoldPlaced, f"{PUMP}/IPC26-000401", hold="H-2310", reason="Seal leak")
    plant.captures(HoldPlaced, "9000-012/2619044", hold="H-2311", reason="Certificate missing")
    plant.captures(UnitScrapped, f"{PUMP}/IPC26-000402", reason="Dropped")
    plant.unit("1200-690/IPC26-000401")  # the serial number of a controller, on a display
    for serial in HOSTILE:
        plant.unit(f"{PUMP}/{serial.replace('%', '%25').replace('/', '%2F')}")
    plant.part(SCRIPT.replace("/", "%2F"), tracking=Tracking.LOT, description=SCRIPT)
    plant.lot(f"{SCRIPT.replace('/', '%2F')}/{PUNCTUATED.replace('%', '%25')}", supplier=SCRIPT)
    plant.lot("9000-012/MIX-7", supplier="Henkel", quantity="100", uom="mL")
    plant.captures(MaterialConsumed, "9000-012/MIX-7", lot="CAP-100N/L2619", quantity="1")
    plant.captures(LotOperationStarted, "9000-012/MIX-7", operation="DEGAS", quantity="60", station="POT-1")
    plant.captures(LotOperationCompleted, "9000-012/MIX-7", operation="DEGAS", passed="58", failed="1", scrapped="1")
    _drill(plant)
    withdrawn = plant.captures(UnitCommissioned, f"{PUMP}/IPC26-999999")
    plant.captures(EventCorrected, withdrawn, reason="did_not_occur", explanation="Typed by mistake")


def _drill(plant: Plant) -> None:
    """A recall that is practised, of one lot."""
    lot = lot_named("CAP-100N/L2619", own_issuer=plant.site.issuer)
    plant.captures(RecallOpened, "RC-2026-001", reason=f"Drill {SCRIPT}", seeds=(RecallSeed(lot=lot),), is_drill=True)
    plant.captures(RecallScopeListed, "RC-2026-001", is_certain=True, lots=(lot,))
    plant.captures(RecallScopeFrozen, "RC-2026-001", units=0, lots=1, certain=1, digest="0" * 64)
    plant.captures(RecallNoticeIssued, "RC-2026-001", customer=SCRIPT)
    plant.captures(RecallNoticeAnswered, "RC-2026-001", customer=SCRIPT, note="none in use")
