"""The history of a unit: its parts, and repeated attempts told as one."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Result
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.web.history_parts import ROOMS, Show
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of, part_of, see, unit_page
from tests.world import World

TRIED, OFTEN = "4500-117/TRIED-1", "4500-117/OFTEN-1"
MANY = 300


@pytest.fixture(scope="module")
def tried(reader) -> Iterator[Client]:
    """A unit that failed twice among four attempts at one operation, and one with a great many attempts."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            world.part("4500-117")
            for unit in (TRIED, OFTEN):
                world.captures(UnitCommissioned, unit)
            for result in (Result.FAILED, Result.PASSED, Result.FAILED, Result.PASSED):
                world.captures(OperationStarted, TRIED, operation="FCT")
                defect = "no picture" if result is Result.FAILED else ""
                world.captures(OperationCompleted, TRIED, operation="FCT", result=result, defect=defect, station="F-1")
            world.captures(UnitMoved, TRIED, location="Dock 3")
            world.captures(OperationCompleted, TRIED, operation="PACK")
            world.captures(HoldPlaced, TRIED, hold="H-1", reason="look at it")
            for _ in range(MANY):
                world.captures(OperationStarted, OFTEN, operation="BURN-IN")
                world.captures(OperationCompleted, OFTEN, operation="BURN-IN")
        with plant.serving(made.url):
            yield reader


def told(reader: Client, show: str = "", *, unit: str = TRIED) -> str:
    return part_of(reader, unit_page(unit) + (f"?history={show}" if show else ""), "history").text


def lines(markup: str) -> list[str]:
    """The entries of a history, without what is folded into them."""
    found = re.findall(r'<div class="timeline-title">.*?</div>', markup, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in found]


def test_repeated_attempts_are_one_entry_and_no_failed_one_is_folded_away(tried):
    markup = content_of(tried.get(unit_page(TRIED)))
    assert [one for one in lines(markup) if "FCT" in one] == [
        "FCT Failed",
        "FCT, attempt 3 Failed",
        "FCT passed at attempt 4",
    ]
    (fold,) = re.findall(r'<details class="fold">.*?</details>', markup[markup.index('id="history"') :], re.DOTALL)[:1]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", fold))
    assert "4 attempts, 5 earlier entries" in text
    assert text.count("FCT started") == 4
    assert "FCT passed at attempt 2 · F-1" in text
    assert "no picture" not in text


def test_one_attempt_stays_as_it_is(tried):
    assert "PACK passed" in lines(content_of(tried.get(unit_page(TRIED))))


def test_a_fold_tells_a_hundred_and_counts_the_rest(tried):
    page = told(tried, unit=OFTEN)
    # 500 events stand on a page: the commissioning and 499 of the operation.
    assert "249 attempts, 498 earlier entries" in page
    assert "and 398 more" in page
    assert "Later events" in page


def test_each_kind_of_event_is_a_part_of_the_history(tried):
    assert told(tried, "operations").startswith("History 9 events")
    assert told(tried, "movements").startswith("History 1 event ")
    assert "Dock 3" in told(tried, "movements")
    assert told(tried, "quality").startswith("History 1 event ")
    assert "H-1" in told(tried, "quality")
    assert told(tried, "identity").startswith("History 1 event ")
    assert "Serial issued" in told(tried, "identity")
    assert "Nothing of this kind has happened." in told(tried, "genealogy")


def test_the_parts_of_a_history_together_are_all_of_it(tried):
    kinds = sorted(set(ROOMS.values()))
    counts = [int(re.match(r"History (\d+) ", told(tried, kind))[1]) for kind in kinds]
    assert sum(counts) == int(re.match(r"History (\d+) ", told(tried))[1])


def test_every_room_of_events_is_in_one_part_of_the_history():
    assert set(ROOMS) == {room_of(event_type) for event_type in EVENT_TYPES}
    assert set(ROOMS.values()) == set(Show) - {Show.ALL, Show.EXCEPTIONS, Show.TESTS}


def test_the_part_that_is_shown_is_marked_and_others_that_have_anything_are_links(tried):
    page = unit_page(TRIED)
    markup = content_of(tried.get(f"{page}?history=movements"))
    assert 'aria-current="true">Movements</a>' in markup
    offered = [link.partition("=")[2] for link in see(tried, page).links if link.startswith("?history=")]
    assert offered == ["all", "exceptions", "operations", "tests", "quality", "movements", "identity"]
    assert [link for link in see(tried, unit_page(OFTEN)).links if link.startswith("?history=")] == [
        "?history=all",
        "?history=exceptions",
        "?history=operations",
        "?history=identity",
    ]
