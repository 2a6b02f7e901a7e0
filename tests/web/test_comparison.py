"""The page of differences: beside the bill of materials, beside another time, and what it says when there is nothing."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import BillOfMaterialsDefined
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.identifiers.subjects import Part
from asbuilt.web import comparison
from asbuilt.web.addresses import comparison_of
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of, see, unit_page
from tests.web.plant import HOSTILE, ISSUER, SITE, Plant

PUMP, BARE = "4500-300/P-1", "4500-300/P-0"
SEAL, RING = Part(ISSUER, "SEAL-<b>"), Part(ISSUER, "RING")
LINES = (
    BillLine(item="10", part=SEAL, alternates=(RING,), reference_designators=("A<1>",), quantity=Decimal(1)),
    BillLine(item="20", part=SEAL, reference_designators=("A2",), quantity=Decimal(1), revision="C"),
    BillLine(item="30", part=SEAL, reference_designators=("A3",), quantity=Decimal(1)),
)


@pytest.fixture(scope="module")
def shown(reader) -> Iterator[Client]:
    """The same reader before a pump with a bill of materials."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = Plant(database, database.site(SITE))
            world.at(3, 9)
            world.part("4500-300", component_record="place", process_record="passed")
            for name in (str(SEAL), "RING"):
                world.part(name)
            world.unit(BARE)
            world.captures(BillOfMaterialsDefined, "BOM-<i>", part="4500-300", lines=LINES)
            world.units(PUMP, "RING/1", f"{SEAL}/{HOSTILE[0].replace('/', '%2F')}")
            world.captures(ComponentInstalled, PUMP, component="RING/1", reference_designator="A<1>")
            world.at(5, 9)
            world.captures(
                ComponentInstalled,
                PUMP,
                component=f"{SEAL}/{HOSTILE[0].replace('/', '%2F')}",
                reference_designator="A2",
                evidence=Evidence.DECLARED,
            )
        with plant.serving(made.url):
            yield reader


def test_a_unit_stands_beside_its_bill(shown):
    page = see(shown, comparison_of(f"{ISSUER}:{PUMP}"))
    assert "Beside bill of materials BOM-<i>. 3 differences, 1 allowed alternate." in page.text
    for word in ("Missing", "Wrong revision", "Not proven", "Allowed alternate", "declared by the supplier", "Rev C"):
        assert word in page.text
    (file,) = [link for link in page.links if "/diff" in link]
    rows = content_of(shown.get(file)).splitlines()
    assert len(rows) == 5
    assert rows[0].startswith("difference,is_fault,level")


def test_what_users_wrote_is_escaped(shown):
    markup = content_of(shown.get(comparison_of(f"{ISSUER}:{PUMP}")))
    assert "BOM-&lt;i&gt;" in markup
    for raw in ("BOM-<i>", "SEAL-<b>", "A<1>", HOSTILE[0]):
        assert raw not in markup


def test_a_unit_stands_beside_itself_at_another_time(shown):
    asked = {"against": "then", "then": "2026-11-04T09:00", "zone": "+0100"}
    page = see(shown, comparison_of(f"{ISSUER}:{PUMP}", **asked))
    assert "1 difference." in page.text
    assert "Extra" in page.text
    back = see(shown, comparison_of(f"{ISSUER}:{PUMP}", at="2026-11-04T09:00", against="now"))
    assert "Missing" in back.text
    asked["then"] = "2026-11-06T09:00"
    assert "Nothing differs" in see(shown, comparison_of(f"{ISSUER}:{PUMP}", **asked)).text


def test_what_cannot_be_compared_says_what_to_do(shown):
    pump, bare = f"{ISSUER}:{PUMP}", f"{ISSUER}:{BARE}"
    assert "Say which time to compare with" in see(shown, comparison_of(pump, against="then")).text
    assert "Say which other time to look at" in see(shown, comparison_of(pump, against="now")).text
    assert "is no time; write it as" in see(shown, comparison_of(pump, at="soon")).text
    assert "Compare it with another time" in see(shown, comparison_of(bare, against="nonsense")).text
    see(shown, comparison_of(f"{ISSUER}:NONE/1"), status=404)


def test_no_more_is_drawn_than_a_page_holds(shown, monkeypatch):
    monkeypatch.setattr(comparison, "ROWS_SHOWN", 1)  # so that these few differences do not fit on a page
    page = see(shown, comparison_of(f"{ISSUER}:{PUMP}"))
    assert "3 more are in the file." in page.text


def test_how_complete_the_record_is_stands_below(shown):
    page = see(shown, comparison_of(f"{ISSUER}:{PUMP}"))
    assert "What has to be recorded 1 of 4 recorded now" in page.text
    assert "Component 4500-300/P-1 SEAL-<b> A2" in page.text
    assert "Routing that holds for it 4500-300/P-1" in page.text
    markup = content_of(shown.get(comparison_of(f"{ISSUER}:RING/1", against="then")))
    assert "What has to be recorded" not in markup


def test_the_page_of_a_unit_leads_there(shown):
    page = see(shown, unit_page(PUMP))
    assert any("/compare/" in link for link in page.links)
