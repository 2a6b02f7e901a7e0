"""What the plant makes, of what, where, and within which limits, from plant.yaml. All names are made up."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from asbuilt.cli.demo.calendar import LAST_EVENING
from asbuilt.core.events.definitions import PartDefined, SetupListDefined, SpecificationDefined, Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Part, Specification, part_named
from asbuilt.exchange.definitions.reading import Entry, read_text

SITE = "LYON"
ISSUER = "RHODANIS"
"""Rhodanis Infusion, who makes the controllers."""

GS1_PREFIX = "9521234"
"""Of the range 952, which GS1 keeps for demonstrations."""

PLANT_FILE = Path(__file__).with_name("plant.yaml")


def _entries() -> tuple[Entry, ...]:
    text = PLANT_FILE.read_text(encoding="utf-8")
    contents = read_text(text, name=PLANT_FILE.name, own_issuer=ISSUER, at=LAST_EVENING)
    assert not contents.faults, "\n".join(map(str, contents.faults))
    return contents.entries


ENTRIES: tuple[Entry, ...] = _entries()
"""All that is defined, in the order in which it is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """A part as it is defined."""

    part: Part
    description: str
    tracking: Tracking
    revision: str
    uom: str
    serial_format: str
    gtin: str
    component_record: ComponentRecord
    process_record: ProcessRecord


def _parts() -> Iterator[PartPlan]:
    for one in (entry.event for entry in ENTRIES):
        if isinstance(one, PartDefined):
            yield PartPlan(
                part=one.part,
                description=one.description,
                tracking=one.tracking,
                revision=one.revision,
                uom=one.uom,
                serial_format=one.serial_format,
                gtin=one.gtin,
                component_record=one.component_record,
                process_record=one.process_record,
            )


PARTS: dict[Part, PartPlan] = {plan.part: plan for plan in _parts()}


def _part(name: str) -> PartPlan:
    return PARTS[part_named(name, own_issuer=ISSUER)]


CONTROLLER, BOARD = _part("4500-117"), _part("3310-042")
MOTOR, ENCODER, MAGNET = _part("NORDVELL:2800-015"), _part("NORDVELL:EN-512"), _part("NORDVELL:MG-08")
CELL, BATTERY, DISPLAY = _part("ALPISENS:2100-015"), _part("ZELLORA:2600-031"), _part("LUMIVEX:2700-008")
HOUSING_TOP, HOUSING_BOTTOM = _part("5100-021"), _part("5100-022")
RESIN, HARDENER, ADHESIVE = _part("7010-003"), _part("7010-004"), _part("7010-010")
PASTE = _part("7000-001")

CRITICAL: tuple[tuple[str, PartPlan], ...] = (
    ("U1", _part("1030-011")),
    ("U7", _part("1030-027")),
    ("U9", _part("1030-040")),
)
"""What is scanned onto each board at its reference designator."""


@dataclass(frozen=True, slots=True)
class Feeder:
    """What a slot of an SMT machine is fed with."""

    station: str
    slot: str
    plan: PartPlan


PRINTER, CHIP_SHOOTER, FINE_PLACER = "SMT1-PRINT", "SMT1-CHIP", "SMT1-FINE"

SETUP_LISTS: tuple[SetupListDefined, ...] = tuple(
    entry.event for entry in ENTRIES if isinstance(entry.event, SetupListDefined)
)
USED: dict[tuple[str, str], Decimal] = {
    (str(one.station), slot.slot): slot.quantity
    for one in SETUP_LISTS
    for slot in one.slots
    if slot.quantity is not None
}
"""What a board uses from each slot of each machine."""

_CHIPS = (
    *("1010-100", "1010-102", "1010-103", "1010-472", "1010-900", "1020-100"),
    *("1020-104", "1020-105", "1020-106", "1020-477", "1040-003", "1050-001"),
)
_LARGER = ("1060-012", "1060-015", "1070-008", "1080-004", "1090-021", "1090-006")

FEEDERS: tuple[Feeder, ...] = (
    Feeder(PRINTER, "PASTE", PASTE),
    *(Feeder(CHIP_SHOOTER, f"F{n:02d}", _part(number)) for n, number in enumerate(_CHIPS, start=1)),
    *(Feeder(FINE_PLACER, f"T{n:02d}", _part(number)) for n, number in enumerate(_LARGER, start=1)),
)
SUSPECT_SLOT = "F07"
"""The slot whose reels hold the capacitor that quality puts on hold on the last evening."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A characteristic in whole steps of its last decimal place, and how far good values spread."""

    name: str
    uom: Uom
    places: int
    middle: int
    spread: int
    lower: int | None
    upper: int | None

    def value(self, steps: int) -> Decimal:
        """So many steps as a decimal number with all its places."""
        return Decimal(steps).scaleb(-self.places)

    def limit(self, steps: int | None) -> Decimal | None:
        return None if steps is None else self.value(steps)

    @property
    def beyond(self) -> int:
        """A value that is no longer good."""
        if self.upper is not None:
            return self.upper + max(1, self.spread // 3)
        return self.below

    @property
    def below(self) -> int:
        """A value that is too low."""
        return (self.lower or 0) - max(1, self.spread // 3)


def _feature(one: Characteristic) -> Feature:
    """How a characteristic of the plant varies: good values keep well within their limits."""
    assert one.nominal is not None, "every characteristic of the demo has a nominal value"
    exponent = one.nominal.as_tuple().exponent
    assert isinstance(exponent, int), "and it is finite"
    places = -exponent
    middle, lower, upper = (
        None if value is None else int(value.scaleb(places))
        for value in (one.nominal, one.lower_limit, one.upper_limit)
    )
    assert middle is not None, "as above"
    if upper is None:
        assert lower is not None, "every characteristic of the demo has a limit"
        spread = (middle - lower) * 3 // 8
    elif lower is None:
        spread = min(middle, upper - middle) * 8 // 10
    else:
        spread = (upper - middle) * 8 // 10
    return Feature(one.characteristic, one.uom, places, middle, spread, lower, upper)


@dataclass(frozen=True, slots=True)
class Test:
    """A specification with its features."""

    specification: Specification
    features: tuple[Feature, ...]


def _tests() -> Iterator[Test]:
    for one in (entry.event for entry in ENTRIES):
        if isinstance(one, SpecificationDefined):
            yield Test(one.specification, tuple(map(_feature, one.characteristics)))


TESTS: dict[str, Test] = {test.specification.name: test for test in _tests()}
SOLDERING, IN_CIRCUIT = TESTS["SOLDER-3310/F"], TESTS["ICT-3310/F"]
TORQUE, SAFETY = TESTS["TORQUE-4500/C"], TESTS["SAFE-4500/C"]
FLOW_CALIBRATION, FINAL_TEST = TESTS["FLOW-4500/C"], TESTS["FT-4500/C"]

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

SPARE_BOARDS = 3
"""What is on a reel suffices for so many boards more than are made from it: the rest is lost when it is loaded."""
