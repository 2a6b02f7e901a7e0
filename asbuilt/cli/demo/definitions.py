"""What the plant makes, of what, where, and within which limits. All names are made up."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Part, Specification

SITE = "LYON"
ISSUER = "RHODANIS"
"""Rhodanis Infusion, who makes the controllers."""

GS1_PREFIX = "9521234"
"""Of the range 952, which GS1 keeps for demonstrations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """A part as it is defined."""

    part: Part
    description: str
    tracking: Tracking
    revision: str = ""
    uom: str = ""
    serial_format: str = ""
    gtin: str = ""


def _own(number: str, description: str, tracking: Tracking, *, revision: str = "A", uom: str = "") -> PartPlan:
    return PartPlan(part=Part(ISSUER, number), description=description, tracking=tracking, revision=revision, uom=uom)


CONTROLLER = PartPlan(
    part=Part(ISSUER, "4500-117"),
    description="Infusion pump controller",
    tracking=Tracking.SERIALIZED,
    revision="C",
    serial_format="IPC26-######",
    gtin="09521234450016",
)
BOARD = PartPlan(
    part=Part(ISSUER, "3310-042"),
    description="Main board",
    tracking=Tracking.SERIALIZED,
    revision="F",
    serial_format="MB26-######",
)
MOTOR = PartPlan(
    part=Part("NORDVELL", "2800-015"),
    description="Motor assembly, 24 V",
    tracking=Tracking.SERIALIZED,
    revision="2",
)
ENCODER = PartPlan(
    part=Part("NORDVELL", "EN-512"), description="Encoder, 512 lines", tracking=Tracking.SERIALIZED, revision="1"
)
MAGNET = PartPlan(part=Part("NORDVELL", "MG-08"), description="Rotor magnet", tracking=Tracking.LOT)
CELL = PartPlan(
    part=Part("ALPISENS", "2100-015"),
    description="Pressure cell, 0 to 200 kPa",
    tracking=Tracking.SERIALIZED,
    revision="B",
)
BATTERY = PartPlan(
    part=Part("ZELLORA", "2600-031"),
    description="Battery pack, 14.4 V 2.9 Ah",
    tracking=Tracking.SERIALIZED_AND_LOT,
    revision="A",
)
DISPLAY = PartPlan(
    part=Part("LUMIVEX", "2700-008"), description="Display module, 4.3 inch", tracking=Tracking.SERIALIZED, revision="3"
)
HOUSING_TOP = _own("5100-021", "Housing, upper half", Tracking.LOT, revision="D")
HOUSING_BOTTOM = _own("5100-022", "Housing, lower half", Tracking.LOT, revision="D")
RESIN = _own("7010-003", "Adhesive resin", Tracking.LOT, uom="g")
HARDENER = _own("7010-004", "Adhesive hardener", Tracking.LOT, uom="g")
ADHESIVE = _own("7010-010", "Adhesive, mixed", Tracking.LOT, uom="g")
LABEL = _own("9010-005", "Type label", Tracking.COUNTED)
PASTE = _own("7000-001", "Solder paste SAC305", Tracking.LOT, uom="g")
MICROCONTROLLER = _own("1030-011", "Microcontroller, safety", Tracking.LOT)
FRONT_END = _own("1030-027", "Pressure front end, 24 bit", Tracking.LOT)
MOTOR_DRIVER = _own("1030-040", "Motor driver", Tracking.LOT)

CRITICAL: tuple[tuple[str, PartPlan], ...] = (("U1", MICROCONTROLLER), ("U7", FRONT_END), ("U9", MOTOR_DRIVER))
"""What is scanned onto each board at its reference designator."""


@dataclass(frozen=True, slots=True)
class Feeder:
    """What a slot of an SMT machine is fed with."""

    station: str
    slot: str
    plan: PartPlan


PRINTER, CHIP_SHOOTER, FINE_PLACER = "SMT1-PRINT", "SMT1-CHIP", "SMT1-FINE"

_CHIPS = (
    ("1010-100", "Resistor 100 R 0603"),
    ("1010-102", "Resistor 1 k 0603"),
    ("1010-103", "Resistor 10 k 0603"),
    ("1010-472", "Resistor 4.7 k 0603"),
    ("1010-900", "Resistor 10 m shunt 2512"),
    ("1020-100", "Capacitor 22 p 0603"),
    ("1020-104", "Capacitor 100 n 0603"),
    ("1020-105", "Capacitor 1 u 0805"),
    ("1020-106", "Capacitor 10 u 1206"),
    ("1020-477", "Capacitor 470 u, aluminium"),
    ("1040-003", "Ferrite bead 600 R"),
    ("1050-001", "Diode, Schottky 2 A"),
)
_LARGER = (
    ("1060-012", "Regulator 3.3 V"),
    ("1060-015", "Regulator 5 V"),
    ("1070-008", "Crystal 16 MHz"),
    ("1080-004", "Transistor, dual MOSFET"),
    ("1090-021", "Connector, 20 pins"),
    ("1090-006", "Connector, battery"),
)

FEEDERS: tuple[Feeder, ...] = (
    Feeder(PRINTER, "PASTE", PASTE),
    *(Feeder(CHIP_SHOOTER, f"F{n:02d}", _own(*part, Tracking.LOT)) for n, part in enumerate(_CHIPS, start=1)),
    *(Feeder(FINE_PLACER, f"T{n:02d}", _own(*part, Tracking.LOT)) for n, part in enumerate(_LARGER, start=1)),
)
SUSPECT_SLOT = "F07"
"""The slot whose reels hold the capacitor that quality puts on hold on the last evening."""

PARTS: tuple[PartPlan, ...] = (
    CONTROLLER,
    BOARD,
    MOTOR,
    ENCODER,
    MAGNET,
    CELL,
    BATTERY,
    DISPLAY,
    HOUSING_TOP,
    HOUSING_BOTTOM,
    RESIN,
    HARDENER,
    ADHESIVE,
    LABEL,
    MICROCONTROLLER,
    FRONT_END,
    MOTOR_DRIVER,
    *(feeder.plan for feeder in FEEDERS),
)


@dataclass(frozen=True, slots=True)
class Feature:
    """A characteristic in whole steps of its last decimal place, and how far good values spread."""

    name: str
    uom: str
    places: int
    middle: int
    spread: int
    lower: int | None
    upper: int | None

    @property
    def characteristic(self) -> Characteristic:
        return Characteristic(
            characteristic=self.name,
            uom=Uom(self.uom),
            nominal=self.value(self.middle),
            lower_limit=None if self.lower is None else self.value(self.lower),
            upper_limit=None if self.upper is None else self.value(self.upper),
        )

    def value(self, steps: int) -> Decimal:
        """So many steps as a decimal number with all its places."""
        return Decimal(steps).scaleb(-self.places)

    @property
    def beyond(self) -> int:
        """A value that is no longer good."""
        if self.upper is not None:
            return self.upper + max(1, self.spread // 3)
        return (self.lower or 0) - max(1, self.spread // 3)


def _both(name: str, uom: str, places: int, middle: int, tolerance: int) -> Feature:
    return Feature(name, uom, places, middle, tolerance * 8 // 10, middle - tolerance, middle + tolerance)


def _at_most(name: str, uom: str, places: int, middle: int, upper: int) -> Feature:
    return Feature(name, uom, places, middle, min(middle, upper - middle) * 8 // 10, None, upper)


def _in_circuit() -> Iterator[Feature]:
    for number, ohms in enumerate((100, 1000, 10_000, 4700) * 4, start=1):
        yield _both(f"R{number}", "Ohm", 1, ohms * 10, ohms // 10)
    for number, picofarads in enumerate((22, 100_000, 1_000_000, 10_000_000) * 3, start=1):
        yield _both(f"C{number}", "pF", 0, picofarads, max(2, picofarads // 10))
    for rail, millivolts in (
        ("1V2", 1200),
        ("1V8", 1800),
        ("3V3", 3300),
        ("5V0", 5000),
        ("12V", 12_000),
        ("24V", 24_000),
    ):
        yield _both(f"rail {rail}", "V", 3, millivolts, millivolts // 33)
    yield _both("U7 offset", "uV", 1, 0, 250)
    yield _both("U7 gain error", "%", 3, 0, 150)
    yield _both("clock 16 MHz", "ppm", 1, 0, 200)
    yield _at_most("standby current", "mA", 2, 180, 400)
    yield _both("idle current", "mA", 1, 620, 90)
    yield _at_most("U9 on-resistance", "mOhm", 1, 480, 800)


@dataclass(frozen=True, slots=True)
class Test:
    """A specification with its features."""

    specification: Specification
    features: tuple[Feature, ...]


IN_CIRCUIT = Test(Specification("ICT-3310/F"), tuple(_in_circuit()))
FLOW_CALIBRATION = Test(
    Specification("FLOW-4500/C"),
    tuple(
        _both(f"flow error at {rate} ml/h", "%", 2, 0, limit)
        for rate, limit in (("0.1", 500), ("1", 300), ("10", 200), ("100", 200), ("500", 200), ("1000", 250))
    ),
)
FINAL_TEST = Test(
    Specification("FT-4500/C"),
    (
        _both("motor current, idle", "mA", 1, 840, 160),
        _both("motor current, loaded", "mA", 1, 3100, 400),
        _at_most("motor noise", "dB(A)", 1, 318, 380),
        _both("pressure offset", "kPa", 3, 0, 400),
        _both("pressure at 100 kPa", "kPa", 2, 10_000, 150),
        _both("occlusion time at 10 ml/h", "s", 1, 142, 40),
        _both("battery voltage", "V", 2, 1452, 60),
        _both("charging current", "A", 3, 1450, 90),
        _at_most("leakage current", "uA", 1, 120, 1000),
        _both("display luminance", "cd/m2", 0, 410, 60),
        _both("alarm sound", "dB(A)", 1, 652, 60),
        _both("mass", "g", 1, 14_820, 180),
    ),
)
TESTS = (IN_CIRCUIT, FLOW_CALIBRATION, FINAL_TEST)

PEAK_TEMPERATURE = _both("peak temperature", "Cel", 1, 2450, 70)
SCREW_TORQUE = _both("screw torque", "N.m", 2, 55, 6)
EARTH_RESISTANCE = _at_most("earth resistance", "mOhm", 0, 45, 100)
INSULATION = Feature("insulation at 500 V", "MOhm", 0, 900, 300, 100, None)

CUSTOMERS: tuple[str, ...] = (
    "Hôpital Saint-Aubert, Lyon",
    "Clinique du Val d'Arve",
    "CHU Montfaucon",
    "Klinikum Oberhain",
    "Universitätsklinik Lindenfels",
    "St. Brannoc's Hospital",
    "Ospedale San Ruffo",
    "Hospital Vall Serena",
    "Medvia Homecare",
    "Nordlys Sykehus",
    "Szpital Brzegowy",
    "Carewell Distribution",
)
NUMBERS_OF_THEIR_OWN = ("Medvia Homecare", "Universitätsklinik Lindenfels")
"""Customers who put their own number on each unit."""

REELS_LAST = (150, 300)
"""Boards made from one reel."""
