"""The genealogy graph: what is in it, over HTTP and in a real browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from asbuilt.web import graph
from asbuilt.web.addresses import graph_data_of, graph_of
from tests.web.browsing import is_at, is_sound, new_page
from tests.web.looking import see, unit_page
from tests.web.plant import STORY


def test_the_page_says_what_is_drawn_and_leads_to_the_list(reader):
    page = see(reader, graph_of("unit", f"LYON:{STORY}"))
    assert "Genealogy of" in page.text
    assert any(link.startswith("/components/") for link in page.links)
    assert graph_of("unit", f"LYON:{STORY}") in see(reader, unit_page(STORY)).links


def test_the_data_has_a_place_and_a_page_for_each_thing(reader):
    body = json.loads(reader.get(graph_data_of("unit", f"LYON:{STORY}")).content)
    numbers = [one[0] for one in body["things"]]
    assert numbers[body["root"]] == STORY.rpartition("/")[2]
    assert len(body["links"]) % 3 == 0
    assert all(0 <= one < len(numbers) for place, one in enumerate(body["links"]) if place % 3 < 2)
    assert all(reader.get(one[4]).status_code == 200 for one in body["things"][:5] if one[4])


def test_what_is_not_there_is_said(reader):
    for address in (graph_of("unit", "LYON:NO/SUCH"), graph_data_of("lot", "LYON:NO/SUCH")):
        assert reader.get(address).status_code == 404


def test_more_than_a_browser_draws_is_said(reader, monkeypatch):
    monkeypatch.setattr(graph, "DRAWN_MAX", 3)  # as many as that are drawn would take minutes to record
    page = see(reader, graph_of("unit", f"LYON:{STORY}"))
    assert "Too many to draw" in page.text
    assert "genealogy-graph" not in reader.get(graph_of("unit", f"LYON:{STORY}")).content.decode().split("</head>")[1]


# In a browser


@pytest.fixture
def drawing(browser, server, login) -> Iterator[Page]:
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.goto(graph_of("unit", f"LYON:{STORY}"))
        expect(page.locator("genealogy-graph")).to_have_attribute("data-ready", "")
        yield page


def said(page: Page) -> str:
    return page.locator("#graph-chosen").inner_text()


@pytest.mark.browser
def test_a_graph_is_walked_by_keyboard_and_opens_what_is_chosen(drawing):
    drawing.locator("canvas").focus()
    assert said(drawing).startswith(STORY.rpartition("/")[2])
    drawing.keyboard.press("ArrowRight")
    inside = said(drawing)
    assert not inside.startswith(STORY.rpartition("/")[2])
    drawing.keyboard.press("ArrowDown")
    assert said(drawing) != inside
    drawing.keyboard.press("ArrowLeft")
    assert said(drawing).startswith(STORY.rpartition("/")[2])
    drawing.keyboard.press("Enter")
    is_at(drawing, unit_page(STORY))


@pytest.mark.browser
def test_something_is_found_in_the_graph_and_what_is_not_there_is_said(drawing):
    drawing.get_by_label("Find in the graph").fill("mb-48")
    drawing.keyboard.press("Enter")
    assert said(drawing).startswith("MB-48")
    drawing.get_by_label("Find in the graph").fill("<b>none</b>")
    drawing.keyboard.press("Enter")
    assert said(drawing) == "Nothing here is called “<b>none</b>”."


@pytest.mark.browser
def test_a_tap_chooses_and_a_drag_moves(drawing):
    before = drawing.locator("canvas").screenshot()
    box = drawing.locator("canvas").bounding_box()
    drawing.mouse.move(box["x"] + 20, box["y"] + 20)
    drawing.mouse.down()
    drawing.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    drawing.mouse.up()
    assert drawing.locator("canvas").screenshot() != before
    drawing.get_by_role("button", name="All of it").click()
    drawing.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2)
    for name in ("Larger", "Smaller"):
        drawing.get_by_role("button", name=name).click()
    is_sound(drawing)


@pytest.mark.browser
def test_the_drawing_follows_the_theme(drawing):
    light = drawing.locator("canvas").screenshot()
    drawing.emulate_media(color_scheme="dark")
    drawing.wait_for_timeout(200)
    assert drawing.locator("canvas").screenshot() != light
