"""Large assemblies: what is drawn at once, what is fetched, and what stands in a list."""

import statistics
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import expect

from asbuilt.web.addresses import components_of, graph_of
from tests.databases import made_database
from tests.web import plant
from tests.web.browsing import is_sound, new_page
from tests.web.looking import part_of, see, unit_page


@pytest.fixture(scope="module")
def large(reader) -> Iterator[Client]:
    """The same reader before large assemblies."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        for count in (700, 2000):
            plant.assembly(made, count)
        with plant.serving(made.url):
            yield reader


def test_a_list_holds_the_components_of_one_part(large):
    name = f"{plant.ISSUER}:RACK/700"
    shelves = see(large, components_of(name, part_number="LYON:SHELF"))
    assert "Components of 700 · Test rack · only part LYON:SHELF" in shelves.text
    assert "1 – 14 of 14" in shelves.text
    cells = see(large, components_of("LYON:SHELF/700-0", kind="unit"))
    assert sum("/units/LYON:CELL" in link for link in cells.links) == 49
    assert "No component is like that" in see(large, components_of(name, part_number="NOTHING")).text
    assert "1 – 14 of 14" in see(large, components_of("RACK/700", page="0")).text


def test_results_of_installed_units_are_rolled_up(large):
    told = part_of(large, unit_page("RACK/700"), "measured-inside").text
    assert told.startswith("Measured on installed units 686 characteristics, latest attempt Show all 686")
    assert "Voltage FORMATION 700-C0 B0 · Battery cell 3.71 V ≤ 4.2" in told
    assert told.count("3.71 V") == 100
    assert told.endswith("The as-built record holds the further ones.")


def test_a_large_assembly_is_drawn_in_part_and_the_rest_fetched(large):
    answer = large.get(unit_page("RACK/2000"))
    markup = answer.content.decode()
    assert "2,000 components" in markup
    assert markup.count("tree-row") < 450
    assert len(answer.content) < 150_000
    branch = next(part for part in markup.split('hx-get="') if part.startswith("/branches/")).partition('"')[0]
    rows = large.get(branch.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert rows.count("Battery cell") == 1 + 49
    assert "<html" not in rows


def test_a_record_too_long_for_a_server_is_set_by_the_command_that_the_page_names(large):
    page, short = see(large, unit_page("RACK/2000")), see(large, unit_page("RACK/700"))
    command = "asbuilt as-built LYON:RACK/2000 --format pdf -o as-built.pdf"
    assert f"Too long for a PDF from here. On the server: {command}" in page.text
    assert not [link for link in page.links if "format=pdf" in link]
    (link,) = [link for link in short.links if "format=pdf" in link]
    refused = large.get(link.replace("RACK%2F700", "RACK%2F2000").replace("RACK/700", "RACK/2000"))
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    detail = refused.json()["detail"]
    assert detail.startswith("it has 3,960 components and operations, and a server sets up to 2,000 of them as PDF;")
    assert f"`{command}`" in detail
    then = f"{unit_page('RACK/2000')}?at=2027-01-01T08:30&zone=%2B0000"
    assert "--at 2027-01-01T08:30:00+00:00 --format pdf" in see(large, then).text


@pytest.mark.browser
def test_a_branch_is_fetched_once_when_it_is_opened(large, browser, server, login):
    asked: list[str] = []
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(unit_page("RACK/2000"))
        page.locator("summary", has_text="40 × Shelf").click()
        shelf = page.locator("li.tree-branch", has=page.get_by_role("link", name="2000-7", exact=True)).last
        name = shelf.locator("summary > .tree-name").first
        name.click()
        expect(shelf.get_by_text("49 × Battery cell")).to_be_visible()
        is_sound(page)
        name.click()
        name.click()
        assert len([url for url in asked if "/branches/" in url]) == 1
        shelf.get_by_text("49 × Battery cell").click()
        shelf.get_by_role("link", name="2000-7", exact=True).click()
        page.wait_for_url(f"**{unit_page('SHELF/2000-7')}")


PAINTED = """() => {
    const canvas = document.querySelector("canvas");
    const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const [red, green, blue] = dots;
    let painted = 0;
    for (let place = 0; place < dots.length; place += 4) {
        painted += dots[place] !== red || dots[place + 1] !== green || dots[place + 2] !== blue;
    }
    return painted;
}"""
FRAMES = """async () => {
    const canvas = document.querySelector("canvas");
    const times = [];
    const box = canvas.getBoundingClientRect();
    const at = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type,
        {pointerId: 1, clientX: box.left + x, clientY: box.top + y, bubbles: true}));
    canvas.setPointerCapture = () => {};
    at("pointerdown", 400, 300);
    for (let step = 0; step < 60; step += 1) {
        at("pointermove", 400 + step * 3, 300 + step);
        times.push(await new Promise((done) => requestAnimationFrame(done)));
    }
    at("pointerup", 580, 360);
    return times.slice(1).map((time, place) => time - times[place]);
}"""


@pytest.mark.browser
def test_a_graph_of_thousands_is_drawn_and_moved(large, browser, server, login):
    """How long its frames take is printed, not asserted."""
    for page in new_page(browser, server, login, theme="dark", width=1440):
        page.goto(graph_of("unit", "LYON:RACK/2000"))
        expect(page.locator("genealogy-graph")).to_have_attribute("data-ready", "")
        assert page.evaluate(PAINTED) > 1000
        frames = sorted(page.evaluate(FRAMES))
        print(f"frames of a moved graph of 2,001: median {statistics.median(frames):.1f} ms, worst {frames[-1]:.1f} ms")
        page.get_by_label("Find in the graph").fill("2000-C1234")
        page.keyboard.press("Enter")
        expect(page.locator("#graph-chosen")).to_contain_text("2000-C1234, Battery cell · CELL, Installed")
        is_sound(page)
