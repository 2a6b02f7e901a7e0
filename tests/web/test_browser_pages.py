"""The pages in a real browser: every one in both themes and three widths, by scanner, by keyboard, without scripts."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from asbuilt.web.addresses import comparison_of, components_of, graph_of, part_page
from tests.web.browsing import is_at, is_sound, is_sound_everywhere, log_in, new_page
from tests.web.looking import label_page, lot_page, unit_page
from tests.web.plant import HEBREW, HOSTILE, LONG, PUMP, PUNCTUATED, SCRIPT, STORY

pytestmark = pytest.mark.browser

STORY_PAGE = unit_page(STORY)


def escaped(serial: str) -> str:
    return serial.replace("%", "%25").replace("/", "%2F")


PAGES = (
    "/",
    "/board",
    "/lots",
    "/lots?supplier=nobody",
    "/operations",
    "/equipment",
    "/stuck",
    "/commonality",
    "/commonality?failed=OP-030&part_number=4500-117",
    "/charts",
    f"/charts?part_number={PUMP}&operation=OP-030&characteristic=R118",
    "/tests",
    f"/tests?part_number={PUMP}&operation=OP-030",
    "/board?span=7d&wall=1",
    "/units",
    "/units?q=IPC26-0004&status=shipped",
    "/units?customer=nobody",
    "/find?text=IPC26-000401",
    "/find?text=IPC26-00041",
    "/find?text=XYZ-1",
    "/scanner",
    "/scanner?text=]d2010950600013435210L1%1D21IPC26-000317",
    f"/scanner?text={'7' * 300}",
    STORY_PAGE,
    f"{STORY_PAGE}?history=exceptions&at=2026-11-04T10:08&zone=%2B0100",
    f"{STORY_PAGE}?at=nonsense",
    unit_page("3310-042/MB-48800"),
    unit_page(f"{PUMP}/IPC26-000444"),
    unit_page(f"{PUMP}/IPC26-999999"),
    unit_page(f"{PUMP}/{escaped(LONG)}"),
    unit_page(f"{PUMP}/{escaped(SCRIPT)}"),
    unit_page(f"{PUMP}/{HEBREW}"),
    label_page(STORY),
    label_page(STORY, template="carton"),
    label_page(f"{PUMP}/{escaped(LONG)}"),
    label_page("9000-012/2619044", kind="lot"),
    "/recalls",
    "/recalls/RC-2026-001",
    "/recall-scope?seeds=lot%3DCAP-100N%2FL2619",
    "/work-orders",
    "/work-orders?status=closed",
    "/work-orders/WO-10490",
    "/parts",
    "/parts?q=nothing",
    part_page("LYON", PUMP),
    part_page("LYON", SCRIPT),
    "/duplicates",
    "/defects",
    "/defects?settled=1",
    "/defects?code=none",
    "/refusals",
    "/refusals?since=nonsense",
    lot_page("9000-012/2619044"),
    lot_page("9000-012/MIX-7"),
    lot_page("RES-10K/R88"),
    lot_page(f"{escaped(SCRIPT)}/{escaped(PUNCTUATED)}"),
    components_of(f"LYON:{STORY}"),
    graph_of("unit", f"LYON:{STORY}"),
    graph_of("lot", "LYON:9000-012/2619044"),
    graph_of("unit", f"LYON:{PUMP}/{escaped(SCRIPT)}"),
    comparison_of(f"LYON:{STORY}"),
    comparison_of(f"LYON:{STORY}", against="then", then="2026-11-01T00:00"),
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_sound_in_both_themes_at_three_widths(browser, server, login, address):
    is_sound_everywhere(browser, server, login, address)


def test_everything_that_folds_is_sound_when_it_is_open(page):
    page.goto(STORY_PAGE)
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.press("Enter")
    is_sound(page)


# By scanner


@pytest.mark.parametrize("address", ["/", "/units", STORY_PAGE, "/find?text=XYZ-1"])
def test_a_scan_with_nothing_focused_lands_in_the_find_box(desk, address):
    desk.goto(address)
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.type("MB-48800")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{unit_page('3310-042/MB-48800')}")


def test_a_scanner_may_end_with_a_tab(desk):
    desk.keyboard.type("MB-48800")
    desk.keyboard.press("Tab")
    desk.wait_for_url(f"**{unit_page('3310-042/MB-48800')}")


def test_a_scan_that_begins_with_the_letters_that_walk_through_lists_is_whole(desk):
    desk.keyboard.type("jkj7")
    expect(desk.locator("#find")).to_have_value("jkj7")


def test_what_is_typed_by_hand_may_be_left_with_tab(desk):
    desk.locator("#find").fill("MB-48800")
    desk.keyboard.press("Tab")
    is_at(desk, "/units")


def test_a_scan_replaces_what_was_asked_before(desk):
    desk.goto("/find?text=XYZ-1")
    desk.get_by_role("heading").first.click()
    desk.keyboard.type("XYZ-2")
    expect(desk.locator("#find")).to_have_value("XYZ-2")


def test_on_the_start_page_the_box_waits_for_a_scan(desk):
    desk.goto("/")
    desk.keyboard.type("WO-10482")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/units?work_order=WO-10482")


def test_keys_meant_for_something_else_stay_there(desk):
    desk.get_by_label("Location").focus()
    desk.keyboard.type("Cell 2")
    expect(desk.get_by_label("Location")).to_have_value("Cell 2")
    desk.get_by_role("button", name="Filter").focus()
    desk.keyboard.type("x")
    expect(desk.locator("#find")).to_have_value("")


@pytest.mark.parametrize("serial", [SCRIPT, PUNCTUATED, LONG, HEBREW])
def test_a_hostile_serial_is_scanned_shown_and_opened(desk, serial):
    desk.goto("/")
    desk.locator("#find").fill(serial)
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: urlsplit(url).path != "/")
    if "/find" in desk.url:
        desk.get_by_role("link", name=serial).first.click()
        desk.wait_for_url("**/units/**")
    expect(desk.locator("h1")).to_have_text(serial, use_inner_text=True)


@pytest.mark.parametrize("serial", HOSTILE)
def test_every_link_of_the_list_opens_the_unit_it_names(desk, serial):
    desk.goto("/units?part_number=4500-117")
    desk.get_by_role("rowheader", name=serial, exact=True).get_by_role("link").click()
    desk.wait_for_url("**/units/**")
    expect(desk.locator("h1")).to_have_text(serial, use_inner_text=True)


# By keyboard


def test_j_k_and_enter_go_through_the_list_and_open_a_unit(desk):
    desk.goto("/units?q=IPC26-0004")
    for key in "jjjjk":
        desk.keyboard.press(key)
    assert desk.evaluate("document.activeElement.textContent") == "IPC26-000402"
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{unit_page(f'{PUMP}/IPC26-000402')}")


def test_the_header_of_the_list_stays_in_sight(desk):
    desk.evaluate("window.scrollTo(0, 900)")
    assert desk.get_by_role("columnheader", name="Serial number").bounding_box()["y"] == pytest.approx(55, abs=2)


def test_the_tree_is_walked_with_arrow_keys(desk):
    desk.goto(STORY_PAGE)
    root = desk.locator("fold-tree summary").first
    root.focus()
    at = "document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate(at).startswith("A1Main board 14")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowDown")
    assert "12 × Capacitor 100 nF" in desk.evaluate(at)
    desk.keyboard.press("ArrowLeft")
    assert desk.evaluate(at).startswith("A1Main board 14")
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate(at) == "SB-77120"
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    assert desk.evaluate(at).startswith("Infusion pump controller")
    desk.keyboard.press("ArrowLeft")
    expect(desk.get_by_text("Main board", exact=False).last).to_be_hidden()


def test_a_component_in_the_tree_leads_to_its_page(desk):
    desk.goto(STORY_PAGE)
    desk.get_by_role("link", name="MB-48800").last.click()
    desk.wait_for_url(f"**{unit_page('3310-042/MB-48800')}")
    desk.get_by_role("link", name="L2620").click()
    desk.wait_for_url(f"**{lot_page('CAP-100N/L2620')}")


# Parts that are swapped


def test_the_history_is_narrowed_in_place_and_the_address_follows(desk):
    desk.goto(STORY_PAGE)
    desk.evaluate("window.stays = true")
    desk.get_by_role("link", name="Exceptions").click()
    expect(desk.locator("#history")).to_contain_text("7 events")
    is_at(desk, "?history=exceptions")
    assert desk.evaluate("window.stays")
    expect(desk.locator("#history-exceptions")).to_be_focused()
    desk.get_by_role("link", name="Tests").click()
    expect(desk.locator("#history")).to_contain_text("5 events")
    desk.go_back()
    expect(desk.locator("#history")).to_contain_text("7 events")
    is_sound(desk)


def test_the_time_of_the_tree_is_chosen_in_the_page(desk):
    desk.goto(STORY_PAGE)
    desk.get_by_label("As of").fill("2026-11-04T10:08")
    desk.get_by_role("button", name="Show").click()
    expect(desk.locator("#genealogy")).to_contain_text("24 components")
    expect(desk).to_have_url(re.compile(r"at=2026-11-04T10%3A08&zone=%2B0100"))
    expect(desk.get_by_label("As of")).to_have_value("2026-11-04T10:08")
    desk.get_by_role("link", name="Back to now").click()
    expect(desk.locator("#genealogy")).to_contain_text("28 components")


def test_pages_of_a_where_used_table_are_swapped_in_place(desk):
    desk.goto(lot_page("RES-10K/R88"))
    desk.evaluate("window.stays = true")
    desk.get_by_role("link", name="Next").click()
    expect(desk.locator("#where-used")).to_contain_text("51 – 90")
    assert desk.evaluate("window.stays")
    desk.get_by_role("link", name="Ever").click()
    expect(desk.locator("#where-used")).to_contain_text("Removed")


# Without scripts, on paper


def test_without_scripts_everything_is_read_and_reached(browser, server):
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    log_in(page)
    page.get_by_role("searchbox").fill("IPC26-000317")
    page.get_by_role("button", name="Find").click()
    is_at(page, STORY_PAGE)
    page.get_by_role("link", name="Tests").click()
    expect(page.locator("#history")).to_contain_text("5 events")
    page.get_by_label("As of").fill("2026-11-04T10:08")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#genealogy")).to_contain_text("24 components")
    page.locator("summary", has_text="Main board").click(position={"x": 6, "y": 10})  # beside the links in it
    expect(page.get_by_text("12 × Capacitor 100 nF")).to_be_visible()
    context.close()


def test_on_paper_what_is_folded_is_told(desk):
    desk.goto(STORY_PAGE)
    desk.emulate_media(media="print")
    expect(desk.get_by_text("12 × Capacitor 100 nF")).to_be_visible()
    expect(desk.get_by_text("9.61 kΩ, below the limit ·")).to_be_visible()
    expect(desk.get_by_label("As of")).to_be_hidden()
    expect(desk.get_by_role("link", name="As-built record (JSON)")).to_be_hidden()
    expect(desk.get_by_text("asbuilt · Lyon plant ·")).to_be_visible()


def test_a_defect_is_reached_from_its_unit_and_sound(browser, server, login):
    for page in new_page(browser, server, login, theme="dark", width=320):
        page.goto(STORY_PAGE)
        page.locator("#defects th a").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cold joint at R118")
        is_sound(page)
        page.set_viewport_size({"width": 1440, "height": 900})
        is_sound(page)
