"""The supervisor board: its numbers lead to their lists, its leaf is small, and it says when it is stale."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.web.looking import content_of

LEAF = {"headers": {"HX-Request": "true", "HX-Target": "floor"}}


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def test_the_board_says_what_is_open_and_leads_there(reader):
    markup = content_of(reader.get("/board?span=7d"))
    for heading in ("Stuck units", "Units on hold", "Orders in work", "Right the first time, last hour"):
        assert heading in markup
    paths = re.findall(r'id="board-[\w-]+" href="([^"]+)"', markup)
    assert len(paths) >= 7
    for path in dict.fromkeys(paths):
        assert reader.get(path.replace("&amp;", "&")).status_code == 200, path


def test_the_leaf_is_only_the_numbers(reader):
    leaf = content_of(reader.get("/board", **LEAF))
    assert "board-tiles" in leaf
    assert "<html" not in leaf
    assert "hx-get" not in leaf, "what is swapped does not swap itself"


def test_it_can_stand_still_and_stand_without_the_menu(reader):
    still = content_of(reader.get("/board?live=0&wall=1"))
    assert "hx-trigger" not in still
    assert 'class="sidebar"' not in still
    assert "Standing still since" in still
    assert "hx-trigger" in content_of(reader.get("/board"))


def test_it_is_told_in_german(reader):
    markup = content_of(reader.get("/board", headers={"Accept-Language": "de"}))
    assert "Feststeckende Einheiten" in markup
    assert "Aufträge in Arbeit" in markup


def test_what_is_counted_from_the_history_is_counted_once_a_minute(reader):
    times = [re.findall(r'board-clock" datetime="([^"]+)"', content_of(reader.get("/board"))) for _ in range(2)]
    assert times[0][0] < times[1][0], "the live part is of now"
    assert times[0][1] == times[1][1], "what was counted is kept"


@pytest.mark.browser
def test_the_board_swaps_and_says_when_it_is_stale(browser, server, login):
    context = browser.new_context(base_url=server, storage_state=login)
    page = context.new_page()  # not the desk: here the console complains, because the server cannot be reached
    page.clock.install()
    page.goto("/board")
    page.locator("#board-units-held").focus()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "floor"):
        page.clock.run_for(5100)
    page.clock.run_for(200)
    expect(page.locator("#board-units-held")).to_be_focused()
    expect(page.locator(".board-stale")).to_be_hidden()
    page.route("**/board*", lambda route: route.abort())
    page.clock.run_for(5100)
    expect(page.locator(".board-stale")).to_be_visible()
    assert re.fullmatch(r"\d\d:\d\d:\d\d", page.locator(".board-stale-since").inner_text())
    page.unroute("**/board*")
    page.clock.run_for(5100)
    expect(page.locator(".board-stale")).to_be_hidden()
    context.close()
