"""What is wrong with units: the list, a defect with the decision about it, and what the interlock stopped."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.core.events.defects import Defect, DefectRecorded
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.web.addresses import defect_action, defect_page
from tests.databases import made_database
from tests.web import plant
from tests.web.acting import browser_of, form_of, send
from tests.web.looking import content_of, part_of, see, unit_page
from tests.world import World

BOARD, HOSTILE = "BOARD/1", 'BOARD/<b>"1"/2'


@pytest.fixture
def line(accounts) -> Iterator[World]:
    """A unit that failed at test, one that was found broken in the store, and one that was stopped."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            world.now = datetime.now(UTC)
            route = (
                RouteOperation(operation="SOLDER"),
                RouteOperation(operation="ICT"),
                RouteOperation(operation="REPAIR", is_rework=True, rejoins_at="ICT"),
            )
            world.captures(RoutingDefined, "R/1", part=world.part("BOARD"), operations=route)
            world.units(BOARD, HOSTILE)
            world.captures(OperationCompleted, BOARD, operation="SOLDER")
            bridged = Defect(code="BRIDGE", position="U7", number="F-1")
            world.captures(OperationCompleted, BOARD, operation="ICT", result="failed", defects=(bridged,))
            world.captures(DefectRecorded, HOSTILE, code="SCRATCH", number="F-2", note="<script>")
            world.refusals(OperationStarted, HOSTILE, operation="ICT", station="ICT-1", operator="bert")
            world.overrides(OperationStarted, HOSTILE, operation="ICT", why="urgent <order>")
            with plant.serving(made.url):
                yield world


@pytest.fixture
def quality(line) -> Client:
    return browser_of(Role.QUALITY)


def decide(client: Client, name: str, number: str, **typed: str):
    page, action = defect_page(full(name), number), defect_action("decide-defect", full(name))
    return send(client, action, form_of(client, page, "decide"), **typed)


def full(name: str) -> str:
    return f"{plant.ISSUER}:{name}"


def test_what_is_wrong_is_listed_with_the_way_to_decide(quality):
    page = see(quality, "/defects")
    assert "BRIDGE · U7 F-1 BOARD/1 ICT" in page.text
    assert "SCRATCH" in page.text
    assert "<script>" in page.text
    assert defect_page(full(BOARD), "F-1") in page.links
    assert "2 defects on this page" in page.text
    assert "SCRATCH" not in see(quality, "/defects?operation=ICT").text
    assert "No defect is like that" in see(quality, "/defects?code=NONE").text
    assert "BRIDGE" in see(quality, "/defects?disposition=undecided").text
    assert "No defect is like that" in see(quality, "/defects?disposition=rework").text
    assert "disposition=undecided" in "".join(see(quality, "/defects?disposition=undecided").links)
    assert "BRIDGE" in see(quality, "/defects?disposition=nonsense").text
    assert "no part" in see(quality, "/defects?part_number=NOBODY").text.lower()


def test_a_decision_is_recorded_and_leads_into_rework(quality, line):
    page = defect_page(full(BOARD), "F-1")
    assert "REPAIR" in part_of(quality, page, "decide").text, "the rework operations of the routing are offered"
    answer = decide(quality, BOARD, "F-1", disposition="rework", rework="REPAIR", reason="resolder")
    assert answer.status_code == 302
    assert answer["Location"] == page
    assert "BRIDGE" in see(quality, "/defects?disposition=rework").text
    assert "BRIDGE" not in see(quality, "/defects?disposition=undecided").text
    told = see(quality, page).text
    assert "rework · do REPAIR · resolder" in told
    history = part_of(quality, unit_page(BOARD), "history").text
    assert "Decided on defect F-1" in history
    line.captures(OperationCompleted, BOARD, operation="REPAIR")
    line.captures(OperationCompleted, BOARD, operation="ICT")
    assert "Settled" in see(quality, page).text
    assert "Nothing is wrong" not in see(quality, "/defects").text
    assert "BRIDGE" not in see(quality, "/defects").text
    assert "BRIDGE" in see(quality, "/defects?settled=1").text


def test_a_decision_sent_twice_is_made_once(quality, line):
    form = form_of(quality, defect_page(full(BOARD), "F-1"), "decide")
    action = defect_action("decide-defect", full(BOARD))
    for _ in range(2):
        assert send(quality, action, form, disposition="retest").status_code == 302
    assert [entry.type for entry in line.history(BOARD)].count("DefectDispositioned") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose one."),
        ({"disposition": "rework"}, "Fill this in."),
        ({"disposition": "use_as_is"}, "Fill this in."),
        ({"disposition": "scrap"}, "Fill this in."),
        ({"disposition": "rework", "rework": "SOLDER"}, "QUA-"),
    ],
)
def test_what_cannot_be_decided_so_is_said_and_what_was_typed_stays(quality, line, typed, said):
    answer = decide(quality, BOARD, "F-1", **{"retest": "ICT"} | typed)
    assert answer.status_code == 422
    assert said in content_of(answer)
    assert 'value="ICT"' in content_of(answer) or typed.get("disposition") in ("use_as_is", "scrap")
    assert "DefectDispositioned" not in [entry.type for entry in line.history(BOARD)]


def test_a_repair_is_recorded(quality, line):
    page = defect_page(full(HOSTILE), "F-2")
    assert decide(quality, HOSTILE, "F-2", disposition="repair", retest="ICT").status_code == 302
    form = form_of(quality, page, "repair")
    action = defect_action("repair-defect", full(HOSTILE))
    assert send(quality, action, form, action="", note="x").status_code == 422
    assert send(quality, action, form, action="polished", replaced="R7").status_code == 302
    assert "Repaired polished" in see(quality, page).text


def test_who_may_not_decide_sees_no_form_and_is_refused(line):
    viewer, operator = browser_of(Role.VIEWER), browser_of(Role.OPERATOR)
    page = defect_page(full(BOARD), "F-1")
    assert "Record the" not in see(viewer, page).text
    assert "Record the repair" in see(operator, page).text
    assert "Record the decision" not in see(operator, page).text
    form = form_of(operator, page, "repair")
    assert send(operator, defect_action("decide-defect", full(BOARD)), form, disposition="retest").status_code == 403
    assert send(viewer, defect_action("repair-defect", full(BOARD)), form, action="x").status_code == 403


def test_a_defect_that_is_not_there_is_not_found(quality):
    assert quality.get(defect_page(full(BOARD), "F-9")).status_code == 404
    assert quality.get(defect_page(full("BOARD/77"), "F-1")).status_code == 404


def test_what_was_stopped_is_told_with_its_reasons_and_what_was_done_all_the_same(quality):
    page = see(quality, "/refusals")
    assert "PRO-011" in page.text
    assert "before ICT, SOLDER has to pass" in page.text
    assert "ICT-1" in page.text
    assert "bert" in page.text
    assert "urgent <order>" in page.text, "the reason of the override"
    assert "100.0 %" in page.text
    assert "rule=PRO-011" in " ".join(page.links)
    assert "Nothing was stopped" in see(quality, "/refusals?rule=PRO-016").text
    assert "Nothing was stopped" in see(quality, "/refusals?until=2001-01-01&since=2000-01-01").text


def test_a_window_that_cannot_be_understood_is_said(quality):
    assert "the window is empty" in see(quality, "/refusals?since=2026-02-01&until=2026-01-01").text
    assert "Nothing was stopped" not in see(quality, "/refusals?part_number=NOBODY").text
