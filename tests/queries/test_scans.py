"""Which unit, lot or container a scan means: never guessed."""

import pytest

from asbuilt.core.events.definitions import PartDefined
from asbuilt.core.events.event import EventProblem
from asbuilt.core.events.identity import AliasAssigned
from asbuilt.core.events.inventory import UnitPacked
from asbuilt.queries.scans import Outcome, find_scanned, resolve

GTIN = "80614141123458"
UDI = f"(01){GTIN}(21)6789"
SCANS_OF_ONE_UNIT = [
    UDI,
    f"]d201{GTIN}216789",
    f"01{GTIN}216789",
    f"(01){GTIN}(17)261231(21)6789",
    f"]d201{GTIN}1726123110L5\x1d216789",
    f"https://brand.example/p/01/{GTIN}/21/6789?17=261231",
    "urn:epc:id:sgtin:0614141.812345.6789",
    "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
    "3074257BF7194E4000001A85",
]


@pytest.fixture
def scanned(world):
    """What a scan means in the plant."""

    def resolution(text: str):
        with world.database.reading(world.site) as reader:
            return resolve(reader, text)

    return resolution


def told(resolution) -> list[str]:
    return [f"{match.kind} {match.part_number}/{match.number}" for match in resolution.matches]


@pytest.mark.parametrize("text", SCANS_OF_ONE_UNIT)
def test_a_unit_is_known_by_the_gtin_of_its_part_and_its_serial_number(world, scanned, text):
    world.part("PUMP-200", gtin=GTIN)
    world.unit("PUMP-200/6789")
    found = scanned(text)
    assert (found.outcome, told(found)) == (Outcome.KNOWN, ["unit PUMP-200/6789"])


@pytest.mark.parametrize("alias", [UDI, f"01{GTIN}216789", "urn:epc:id:sgtin:0614141.812345.6789"])
@pytest.mark.parametrize("text", [UDI, f"]d201{GTIN}216789", f"(01){GTIN}(17)261231(21)6789"])
def test_a_unit_is_known_by_its_udi_however_that_was_written_down(world, scanned, alias, text):
    world.unit("PUMP-200/A1")
    world.captures(AliasAssigned, "PUMP-200/A1", scheme="udi", value=alias)
    found = scanned(text)
    if alias.startswith("urn:") and not text.startswith("urn:"):
        # From the GTIN alone the code does not follow: nothing says how long the company prefix is.
        assert found.outcome is Outcome.UNKNOWN
    else:
        assert told(found) == ["unit PUMP-200/A1"]


def test_an_ean_and_a_gtin_of_14_digits_are_one(world, scanned):
    world.part("PUMP-200", gtin="4006381333931")
    world.unit("PUMP-200/7")
    assert told(scanned("(01)04006381333931(21)7")) == ["unit PUMP-200/7"]


def test_a_lot_is_known_by_gtin_and_lot_number(world, scanned):
    world.part("CAP-100N", tracking="lot", gtin=GTIN)
    world.lot("CAP-100N/L5")
    assert told(scanned(f"(01){GTIN}(10)L5")) == ["lot CAP-100N/L5"]


def test_a_serial_number_without_its_part_is_not_enough(world, scanned):
    """Another part may have the same number: what is in order and unknown stays unknown."""
    world.unit("PUMP-200/6789")
    for text in (UDI, "[)>\x1e06\x1d1POTHER\x1dS6789\x1e\x04", "urn:epc:id:sgtin:0614141.812345.6789"):
        found = scanned(text)
        assert (found.outcome, found.matches, found.valid) == (Outcome.UNKNOWN, (), True), text
        assert "nothing known here" in found.message


def test_a_supplier_label_is_known_by_part_and_serial_number(world, scanned):
    world.units("BOSCH:PUMP-200/S7", "PUMP-200/S8")
    assert told(scanned("[)>\x1e06\x1d1PPUMP-200\x1dSS7\x1e\x04")) == ["unit PUMP-200/S7"]
    assert told(scanned("[)>{RS}06{GS}1PPUMP-200{GS}SS8{RS}{EOT}")) == ["unit PUMP-200/S8"]


def test_two_issuers_with_one_number_are_two_choices(world, scanned):
    world.units("BOSCH:PUMP-200/S7", "PUMP-200/S7")
    found = scanned("[)>\x1e06\x1d1PPUMP-200\x1dSS7\x1e\x04")
    assert found.outcome is Outcome.AMBIGUOUS
    assert "2 things" in found.message
    assert {match.issuer for match in found.matches} == {"BOSCH", "ACME"}


def test_a_container_is_known_by_its_sscc(world, scanned):
    world.units("PUMP-200/1")
    world.captures(UnitPacked, "PUMP-200/1", container="006141411234567890")
    for text in ("(00)006141411234567890", "]C100006141411234567890", "urn:epc:id:sscc:0614141.0123456789"):
        assert scanned(text).containers == ("006141411234567890",), text


def test_a_plain_number_means_whatever_is_called_so(world, scanned):
    world.units("PUMP-200/7", "PCB-10/7")
    assert scanned("7\r").outcome is Outcome.AMBIGUOUS
    assert told(scanned("PUMP-200/7")) == ["unit PUMP-200/7"]
    assert told(scanned("]C0PUMP-200/7")) == ["unit PUMP-200/7"]


def test_what_is_not_in_order_is_not_looked_for(world, scanned):
    world.part("PUMP-200", gtin=GTIN)
    world.unit("PUMP-200/6789")
    found = scanned(f"(01){GTIN[:-1]}9(21)6789")
    assert (found.outcome, found.matches) == (Outcome.INVALID, ())
    assert [fault.code for fault in found.errors] == ["check-digit"]


@pytest.mark.parametrize("text", [*SCANS_OF_ONE_UNIT, "]C06789", "6789\t", "PUMP-200/6789"])
def test_the_find_box_takes_scans_and_typing(world, text):
    world.part("PUMP-200", gtin=GTIN)
    world.unit("PUMP-200/6789")
    with world.database.reading(world.site) as reader:
        assert [match.number for match in find_scanned(reader, text).matches] == ["6789"]


def test_another_site_knows_nothing_of_it(opened, world):
    world.part("PUMP-200", gtin=GTIN)
    world.unit("PUMP-200/6789")
    with opened.database.reading(opened.new_site()) as reader:
        assert resolve(reader, UDI).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("gtin", ["80614141123459", "806141411234", "8061414112345A", "١٢٣٤٥٦٧٨"])
def test_a_part_takes_no_gtin_that_is_none(world, gtin):
    with pytest.raises(EventProblem, match="check digit"):
        world.event(PartDefined, "PUMP-200", gtin=gtin).check()
