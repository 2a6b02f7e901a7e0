"""A station in a real browser: a scanner and nothing focused, no connection, and two stations at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import StorageState, expect

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import station_page
from tests.accounts.django_plant import PASSWORD
from tests.databases import made_database
from tests.web import plant
from tests.web.browsing import forget_user, is_sound, log_in, new_page
from tests.web.test_stations import STATION, record_floor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lyon(django_started) -> Iterator[None]:
    """A floor of this module's own; Nora works at it."""
    with made_database("sqlite") as made:
        record_floor(made)
        with plant.serving(made.url):
            create_user("nora", PASSWORD, plant.SITE, Role.SUPERVISOR, full_name="Nora Lind")
            yield
            forget_user("nora")


@pytest.fixture(scope="module")
def login(browser, server) -> StorageState:
    context = browser.new_context(base_url=server)
    page = context.new_page()
    log_in(page, "nora")
    state = context.storage_state()
    context.close()
    return state


def scan(page, text: str) -> None:
    """As a scanner types, with nothing focused."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_station_is_sound_while_it_waits_works_and_stops(browser, server, login, theme):
    for page in new_page(browser, server, login, theme=theme, width=1440):
        page.goto("/stations")
        is_sound(page)
        page.goto(station_page(STATION))
        is_sound(page)
        scan(page, "HOUSE/2")
        expect(page.locator(".verdict-word")).to_have_text("OK")
        for width in (1440, 768, 320):
            page.set_viewport_size({"width": width, "height": 900})
            is_sound(page)
        scan(page, "BRD/8")
        expect(page.locator(".verdict-word")).to_have_text("Stop")
        is_sound(page)


def test_what_is_scanned_without_a_connection_is_kept_and_sent_by_itself(browser, server, login):
    for page in new_page(browser, server, login, theme="light", width=1024):
        page.goto(station_page(STATION))
        page.route("**/station-scan/**", lambda route: route.abort())
        scan(page, "HOUSE/1")
        expect(page.locator(".verdict-word")).to_have_text("Saved")
        scan(page, "BRD/8")
        expect(page.locator("#station-waiting")).to_have_text("2 waiting")
        expect(page.locator(".verdict.is-ok")).to_have_count(0)
        scan(page, "BRD/7")
        page.unroute("**/station-scan/**")
        expect(page.locator("#station-waiting")).to_be_hidden(timeout=15_000)
        expect(page.locator("#station-refused")).to_contain_text("H-1")
        expect(page.locator(".station-todo .is-done")).to_have_count(2)


def test_a_group_separator_of_a_scanner_is_kept(browser, server, login):
    for page in new_page(browser, server, login, theme="light", width=1024):
        page.goto(station_page(STATION))
        with page.expect_request("**/station-scan/**") as sent:
            page.keyboard.type("]d2010950600013435210L1")
            page.keyboard.press("Control+]")
            scan(page, "21X")
        assert "L1%1D21X" in (sent.value.post_data or "")
