"""Parts, serial numbers and duplicates in a real browser: both themes, three widths, keyboard, without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import StorageState, expect

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import duplicate_page, part_page
from tests.accounts.django_plant import PASSWORD
from tests.databases import made_database
from tests.web import identity_plant, plant
from tests.web.browsing import forget_user, is_at, is_sound, is_sound_everywhere, log_in
from tests.web.identity_plant import DRAWN, EXISTING, LINED, LOT_PART, MOTOR, PUMP, REMARKED, SECOND, VOIDED, WITHDRAWN
from tests.web.looking import unit_page

pytestmark = pytest.mark.browser

PUMP_PAGE = part_page("LYON", PUMP)
QUESTIONS: dict[str, str] = {}
"""The page of each question, by the document with which it arrived."""

PAGES = (
    "/parts",
    "/parts?tracking=lot",
    PUMP_PAGE,
    part_page("LYON", MOTOR),
    part_page("LYON", LINED),
    part_page("LYON", DRAWN),
    part_page("LYON", LOT_PART),
    f"{PUMP_PAGE}/issued/018f0000-0000-7000-8000-000000000000?count=5",
    "/duplicates",
    "DN-5521",
    f"DN-5521?other=LYON:{SECOND}",
    "DN-5521?other=NOTHING",
    unit_page(VOIDED),
    unit_page(WITHDRAWN),
    unit_page(EXISTING),
    unit_page(REMARKED),
    unit_page(f"{MOTOR}/M-7"),
    "/01/09506000134369/21/NONE",
    "/01/09506000134350/21/NONE",
)


@pytest.fixture(scope="module")
def lyon(django_started) -> Iterator[None]:
    """A plant of this module's own, to record in; Carla is a supervisor there."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        reports = identity_plant.build(made)
        QUESTIONS.update({document: duplicate_page(report.event_id) for document, report in reports.items()})
        with plant.serving(made.url):
            create_user("carla", PASSWORD, plant.SITE, Role.SUPERVISOR, full_name="Carla Rossi")
            yield
            forget_user("carla")


@pytest.fixture(scope="module")
def login(browser, server) -> StorageState:
    """What Carla's browser keeps once she has logged in."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    log_in(page, "carla")
    state = context.storage_state()
    context.close()
    return state


def address_of(page: str) -> str:
    document, mark, query = page.partition("?")
    return f"{QUESTIONS.get(document, document)}{mark}{query}"


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_sound_in_both_themes_at_three_widths(browser, server, login, address):
    is_sound_everywhere(browser, server, login, address_of(address))


def test_the_list_of_parts_is_walked_by_keyboard(desk):
    desk.goto("/parts")
    for key in "jjk":
        desk.keyboard.press(key)
    assert desk.evaluate("document.activeElement.textContent") == MOTOR
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    is_at(desk, PUMP_PAGE)


def test_a_form_that_came_back_is_sound_and_is_sent_again(page):
    page.goto(PUMP_PAGE)
    page.get_by_label("How many", exact=True).fill("x")
    page.get_by_label("Location").fill("Cell 9")
    page.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Mend what is marked")
    expect(page.get_by_label("How many", exact=True)).to_have_value("x")
    is_sound(page)
    page.locator("#void textarea").fill("P26-0001")
    page.get_by_label("Reason").fill("Torn")
    page.get_by_role("button", name="Void them").click()
    expect(page.get_by_role("alert")).to_contain_text("scrap the unit instead")
    page.evaluate("window.scrollTo(0, 0)")  # what lies under the top bar is too small a target, as axe sees it
    is_sound(page)
    page.get_by_label("How many", exact=True).fill("2")
    page.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 serial numbers issued")
    is_sound(page)


def test_going_back_and_sending_again_issues_nothing_more(desk):
    desk.goto(part_page("LYON", DRAWN))
    desk.get_by_label("How many", exact=True).fill("2")
    key = desk.locator("#issue input[name=key]").input_value()
    desk.get_by_role("button", name="Issue", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("2 serial numbers issued")
    first = desk.locator(".rows").inner_text()
    desk.goto(part_page("LYON", DRAWN))
    desk.evaluate("key => { document.querySelector('#issue input[name=key]').value = key; }", key)
    desk.get_by_label("How many", exact=True).fill("2")
    desk.get_by_role("button", name="Issue", exact=True).click()
    expect(desk.locator(".rows")).to_have_text(first, use_inner_text=True)


def test_the_issued_serials_are_downloaded(desk):
    desk.goto(part_page("LYON", MOTOR))
    desk.get_by_label("How many", exact=True).fill("3")
    desk.get_by_role("button", name="Issue", exact=True).click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Plain list").click()
    assert len(download.value.path().read_text().splitlines()) == 3


def test_without_scripts_a_range_is_reserved_and_a_question_decided(browser, server):
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    log_in(page, "carla")
    page.goto(PUMP_PAGE)
    page.get_by_label("Name of the range").fill("NOSCRIPT")
    page.get_by_label("Held by a").select_option("printer")
    page.get_by_label("Name of the holder").fill("Zebra 9")
    page.get_by_label("How many numbers").fill("10")
    page.get_by_role("button", name="Reserve", exact=True).click()
    expect(page.locator("#ranges")).to_contain_text("Zebra 9")
    expect(page.locator(".toasts")).to_contain_text("Range NOSCRIPT is reserved for Zebra 9.")
    page.goto("/duplicates")
    page.get_by_role("link", name=f"{MOTOR}/M-1002").click()
    page.get_by_label("Nothing that stays here").check()
    page.get_by_label("Reason").fill("Sent back")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator("main")).to_contain_text("Decided: rejected.")
    context.close()


def test_two_records_are_compared_and_merged(desk):
    desk.goto(QUESTIONS["DN-5521"])
    desk.get_by_role("link", name=SECOND.rpartition("/")[2]).click()
    expect(desk.get_by_role("columnheader", name="Other record")).to_be_visible()
    desk.get_by_label("The unit on record, which has a second record").check()
    desk.get_by_label("Reason").fill("One unit, booked twice")
    desk.get_by_role("button", name="Record the decision").click()
    expect(desk.locator("main")).to_contain_text("Decided: the same unit.")
    is_sound(desk)
    desk.goto(unit_page(SECOND))
    expect(desk.get_by_role("heading", level=1)).to_have_text("M-1001")
