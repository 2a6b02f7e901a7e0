"""What stations are set up with, in a real browser: both themes, three widths, by scanner alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import StorageState, expect

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import setup_page
from tests.accounts.django_plant import PASSWORD
from tests.databases import made_database
from tests.web import plant
from tests.web.browsing import forget_user, is_at, is_sound, is_sound_everywhere, log_in, new_page
from tests.web.plant import SCRIPT
from tests.web.test_setups import PAGE, record_line

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lyon(django_started) -> Iterator[None]:
    """A line of this module's own, to record in; Omar works at it."""
    with made_database("sqlite") as made:
        record_line(made)
        with plant.serving(made.url):
            create_user("omar", PASSWORD, plant.SITE, Role.OPERATOR, full_name="Omar Said")
            yield
            forget_user("omar")


@pytest.fixture(scope="module")
def login(browser, server) -> StorageState:
    """What Omar's browser keeps once he has logged in."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    log_in(page, "omar")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize(
    "address",
    ["/setups", "/setups?station=none", PAGE, f"{PAGE}?form=load&slot=F1", setup_page(SCRIPT), "/new-work-order"],
)
def test_every_page_is_sound_in_both_themes_at_three_widths(browser, server, login, address):
    is_sound_everywhere(browser, server, login, address)


def test_a_reel_is_loaded_with_nothing_but_scans(browser, server, login):
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.goto(f"{PAGE}?form=load")
        for scan in ("F1", "CAP/R1"):
            page.keyboard.type(scan)
            page.keyboard.press("Enter")
        is_at(page, "?form=load")
        expect(page.locator("#slots")).to_contain_text("CAP/R1")
        expect(page.locator("#load-slot")).to_be_focused()
        for scan in ("F2", "CAP/R2"):
            page.keyboard.type(scan)
            page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("PRO-042")
        expect(page.locator("#load-lot")).to_have_value("CAP/R2")
        is_sound(page)


def test_the_group_separator_of_a_scan_is_kept(browser, server, login):
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.goto(f"{PAGE}?form=load&slot=F1")
        page.keyboard.type("A")
        page.keyboard.press("Control+]")
        page.keyboard.type("B")
        assert page.locator("#load-lot").input_value() == "A\u001dB"
