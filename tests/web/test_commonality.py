"""What failing units have in common, on a page: in plain language that says no more than the figures."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of, see
from tests.world import World

BAD = "SEAL/L-<b>17"
FAILED = "/commonality?failed=LEAK&part_number=PUMP"


@pytest.fixture(scope="module")
def floor(reader) -> Iterator[Client]:
    """Forty pumps: of ten with seals of the bad lot nine leak, of thirty others one."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            world.lot(BAD, quantity=100)
            world.lot("SEAL/L-18", quantity=100)
            for number in range(1, 41):
                pump = f"PUMP/{number}"
                world.unit(pump)
                lot = BAD if number <= 10 else "SEAL/L-18"
                world.captures(ComponentInstalled, pump, lot=lot, reference_designator="S1")
                leaks = number <= 9 or number == 40
                station = f"LEAK-{number % 2}"
                result = "failed" if leaks else "passed"
                world.captures(OperationCompleted, pump, operation="LEAK", result=result, station=station)
        with plant.serving(made.url):
            yield reader


def test_the_surest_finding_is_read_in_plain_words(floor):
    text = see(floor, FAILED).text
    assert "10 failing units against 30 others" in text
    assert "Of 10 failing units 9 have it; of 30 others 1 do." in text
    times = re.search(r"about once in ([\d,]+) times", text)[1]
    assert int(times.replace(",", "")) > 100_000, "9 of 10 with 10 of 40 drawn blindly"
    assert "are expected to be mere chance" in text
    assert "Nothing stands out" not in text


def test_what_chance_gives_is_called_chance(floor):
    text = see(floor, f"{FAILED}&by=station").text
    assert "With so many things compared, one like this is expected by chance alone." in text
    assert "Nothing stands out" in text


def test_a_finding_leads_to_its_units(floor):
    page = see(floor, f"{FAILED}&by=lot")
    assert "<b>" not in content_of(floor.get(f"{FAILED}&by=lot"))
    (drill,) = [link for link in page.links if "value=" in link and "17" in link]
    units = see(floor, drill)
    assert "10 units have it, 9 of them failing" in units.text
    assert units.text.count("failing") >= 9
    assert "/units/LYON:PUMP/1" in units.links


def test_lists_are_pasted(floor):
    cases = "\r\n".join(f"PUMP/{number}" for number in range(1, 6))
    query = urlencode({"cases": cases, "controls": "PUMP/20\r\nPUMP/21\r\nPUMP/22", "by": "lot"})
    assert "Of 5 failing units 5 have it; of 3 others 0 do." in see(floor, f"/commonality?{query}").text
    wrong = see(floor, f"/commonality?{urlencode({'cases': 'PUMP/1' + chr(10) + 'NOPE/9'})}").text
    assert "NOPE/9" in wrong
    many = urlencode({"cases": "\n".join(f"P{number}" for number in range(301))})
    assert "At most 300 units" in see(floor, f"/commonality?{many}").text


def test_a_question_asked_two_ways_is_none(floor):
    assert "in one way" in see(floor, f"{FAILED}&defect=SCRATCH").text
    assert "no factor" in see(floor, f"{FAILED}&factor=moon&value=full").text
    assert "Findings" not in see(floor, "/commonality").text


def test_it_is_told_in_german(floor):
    text = see(floor, FAILED, headers={"Accept-Language": "de"}).text
    assert "Von 10 ausgefallenen Einheiten haben es 9" in text
