"""What the interlock refused, and what was done in spite of it, on the page of the unit."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of, part_of, see, unit_page
from tests.world import World

STOPPED, OFTEN = "ROUTED/1", "ROUTED/2"
GERMAN = {"headers": {"Accept-Language": "de"}}


@pytest.fixture(scope="module")
def line(reader) -> Iterator[tuple[Client, World]]:
    """A unit that was stopped and let through, and one that was let through seven times."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            route = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))
            world.captures(RoutingDefined, "R/1", part=world.part("ROUTED"), operations=route)
            for unit in (STOPPED, OFTEN):
                world.captures(UnitCommissioned, unit)
            world.refusals(OperationStarted, STOPPED, operation="OP-20", station="ICT-1", tool="T-1", operator="bert")
            world.refusals(OperationCompleted, STOPPED, operation="OP-99")
            done = world.overrides(OperationCompleted, STOPPED, operation="OP-20", why="ICT-7 <broken>")
            world.corrects(done)
            for _ in range(7):
                world.overrides(OperationStarted, OFTEN, operation="OP-20")
        with plant.serving(made.url):
            yield reader, world


def test_a_refusal_stands_in_the_history_with_its_reasons(line):
    told = part_of(line[0], unit_page(STOPPED), "history").text
    assert "OP-20 not started Refused PRO-011 before OP-20, OP-10 has to pass; do OP-10 next · tool T-1" in told
    assert "OP-99 not taken Refused PRO-010 OP-99 is not on routing R/1" in told
    assert "ICT-1 bert" in told
    exceptions = part_of(line[0], f"{unit_page(STOPPED)}?history=exceptions", "history").text
    assert "OP-20 not started" in exceptions
    assert "Interlock overridden for OP-20" in exceptions


def test_a_refusal_is_neither_a_failed_attempt_nor_a_step_of_life(line):
    told = see(line[0], unit_page(STOPPED)).text
    assert "Failed attempts" not in told
    assert (
        "In process"
        not in re.search(r'class="lifeline".*?</ol>', content_of(line[0].get(unit_page(STOPPED))), re.DOTALL)[0]
    )


def test_an_override_stays_at_the_top_for_ever(line):
    markup = content_of(line[0].get(unit_page(STOPPED)))
    assert "&lt;broken&gt;" in markup
    assert "<broken>" not in markup
    (banner,) = re.findall(r'<div class="banner is-rework">.*?</div></div>', markup, re.DOTALL)
    text = re.sub(r"<[^>]+>", "", banner)
    for told in ("Overridden.", "OP-20", "by anna", "PRO-011", "the operation was declared wrong since"):
        assert told in text


def test_many_overrides_do_not_fill_the_page(line):
    told = see(line[0], unit_page(OFTEN)).text
    assert told.count("Overridden. OP-20") == 5
    assert "Overridden. 2 more, in the history" in told


def test_it_is_told_in_german(line):
    told = see(line[0], unit_page(STOPPED), **GERMAN).text
    assert "OP-20 nicht begonnen Abgelehnt PRO-011" in told
    assert "Verriegelung für OP-20 übersteuert" in told
    assert "Übersteuert. OP-20" in told
