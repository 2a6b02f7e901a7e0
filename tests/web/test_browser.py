"""The shell in a real browser: both themes, three widths, keyboard, and nothing for axe to find."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.browsing import THEMES, is_at, is_sound, log_in, new_page

pytestmark = pytest.mark.browser


def test_the_login_page_is_sound(page):
    page.context.clear_cookies()
    page.goto("/login")
    is_sound(page)
    page.get_by_label("Username").fill(uuid4().hex)  # a new name each time, or it would be locked out
    page.get_by_label("Password").fill("wrong horse battery")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    is_sound(page)


def test_the_shell_is_sound_with_its_menus_open(page):
    page.goto("/")
    is_sound(page)
    page.get_by_label("Account of Anna Weber").click()
    is_sound(page)
    if page.viewport_size["width"] < 768:
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Units", exact=True)).to_be_visible()
    is_sound(page)
    page.goto("/nowhere")
    is_sound(page)


def test_the_frame_holds_long_names(page):
    page.goto("/")
    page.evaluate("""() => {
        for (const place of document.querySelectorAll(".who-site, .who > .chip")) {
            place.textContent = "Werk Königstein-Falkenstein";
        }
    }""")
    is_sound(page)
    if page.viewport_size["width"] >= 768:
        for place in (".topbar", ".who", ".who-site"):
            assert page.locator(place).bounding_box()["height"] <= 55
        assert page.get_by_role("searchbox").bounding_box()["width"] >= 120


def test_all_components_are_sound(page):
    page.goto("/sheet")
    is_sound(page)


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_is_there_before_the_first_paint(browser, server, login, theme):
    for page in new_page(browser, server, login, theme=theme, width=1440):
        page.goto("/", wait_until="commit")
        page.wait_for_selector("body", state="attached")
        assert page.evaluate("document.documentElement.dataset.theme") == theme


def test_the_theme_is_kept_and_system_follows_the_system(desk):
    theme = "document.documentElement.dataset.theme"
    desk.get_by_label("Account of Anna Weber").click()
    desk.get_by_label("Dark").check()
    assert desk.evaluate(theme) == "dark"
    desk.reload()
    assert desk.evaluate(theme) == "dark"
    desk.get_by_label("Account of Anna Weber").click()
    desk.get_by_label("System").check()
    assert desk.evaluate(theme) == "light"
    desk.emulate_media(color_scheme="dark")
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")


def test_paper_is_light_and_without_the_frame(desk):
    desk.emulate_media(color_scheme="dark", media="print")
    assert desk.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()") == "#12161c"
    expect(desk.get_by_role("banner")).to_be_hidden()
    expect(desk.get_by_role("navigation", name="Main")).to_be_hidden()


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_the_find_box_is_one_key_away(desk, keys):
    box = desk.locator("#find")
    desk.keyboard.press(keys)
    assert box.evaluate("box => box === document.activeElement")
    expect(box).to_have_value("")
    desk.keyboard.type("IPC/7")
    expect(box).to_have_value("IPC/7")
    desk.keyboard.press("Escape")
    expect(box).to_have_value("")
    desk.keyboard.press("Escape")
    assert not box.evaluate("box => box === document.activeElement")


def test_a_scanned_group_separator_is_kept(desk):
    box = desk.locator("#find")
    desk.keyboard.press("/")
    desk.keyboard.type("0109506000134352")
    desk.keyboard.press("Control+]")
    desk.keyboard.type("21IPC26")
    expect(box).to_have_value("0109506000134352\x1d21IPC26")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/find?text=0109506000134352%1D21IPC26")


def test_j_and_k_go_through_a_list_and_enter_opens(desk):
    desk.goto("/sheet")
    at = "document.activeElement.textContent"
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    assert desk.evaluate(at) == "IPC26-000318"
    desk.keyboard.press("k")
    desk.keyboard.press("k")
    assert desk.evaluate(at) == "IPC26-000317"
    desk.keyboard.press("Enter")
    is_at(desk, "/sheet#1")
    desk.get_by_label("Reason").focus()
    desk.keyboard.type("jk")
    expect(desk.get_by_label("Reason")).to_have_value("jk")


def test_a_moment_says_what_the_clock_on_this_desk_showed(desk):
    desk.goto("/sheet")
    title = desk.locator("local-time time").first.get_attribute("title")
    assert "02:12:00" in title
    assert "4 Nov 2026" in title


def test_the_keyboard_reaches_the_content_first_and_everything_after(desk):
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent") == "Skip to content"
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "main"


def test_a_menu_closes_by_escape_and_by_a_press_elsewhere(desk):
    account = desk.get_by_label("Account of Anna Weber")
    out = desk.get_by_role("button", name="Log out")
    account.click()
    expect(out).to_be_visible()
    desk.keyboard.press("Escape")
    expect(out).to_be_hidden()
    assert account.evaluate("summary => summary === document.activeElement")
    account.click()
    desk.get_by_role("main").click()
    expect(out).to_be_hidden()


def test_another_site_is_chosen_in_the_menu(browser, server):
    context = browser.new_context(base_url=server)
    page = context.new_page()
    log_in(page, "berta")
    expect(page.locator(".who-site")).to_have_text("Graz plant", use_inner_text=True)
    expect(page.get_by_role("heading", name="Nothing is recorded at Graz plant yet")).to_be_visible()
    is_sound(page)
    page.get_by_label("Account of Berta Huber").click()
    page.get_by_role("button", name="Lyon plant").click()
    expect(page.locator(".who-site")).to_have_text("Lyon plant", use_inner_text=True)
    expect(page.locator(".who > .chip")).to_have_text("Quality engineer", use_inner_text=True)
    context.close()


def test_without_scripts_everything_is_still_reached(browser, server):
    context = browser.new_context(base_url=server, java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    log_in(page)
    expect(page.get_by_role("link", name="Units", exact=True)).to_be_visible()
    page.get_by_label("Account of Anna Weber").click()
    page.get_by_role("button", name="Log out").click()
    is_at(page, "/login")
    context.close()
