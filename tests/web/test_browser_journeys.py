"""What each of those who use the pages comes to do, in a real browser, from beginning to end, from another host too."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from tests.accounts.django_plant import PASSWORD
from tests.databases import made_database
from tests.web import plant
from tests.web.browsing import ELSEWHERE, forget_user, is_at, is_sound, log_in, new_page
from tests.web.looking import lot_page, unit_page
from tests.web.plant import CONTAINER, PUMP, STORY

pytestmark = pytest.mark.browser

LOT = "CAP-100N/L2619"
PEOPLE = {role.value: role for role in (Role.SUPERVISOR, Role.QUALITY, Role.WAREHOUSE, Role.VIEWER, Role.AUDITOR)}


@pytest.fixture(scope="module")
def lyon(django_started) -> Iterator[None]:
    """A plant of this module's own, with somebody of each role."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        plant.build(made)
        with plant.serving(made.url):
            for name, role in PEOPLE.items():
                create_user(name, PASSWORD, plant.SITE, role, full_name=name.title())
            yield
            for name in PEOPLE:
                forget_user(name)


def at_the_desk_of(browser: Browser, address: str, role: Role) -> Iterator[Page]:
    """A page of somebody who logs in; whatever the console complains of fails the test."""
    context = browser.new_context(base_url=address)
    log_in(context.new_page(), role.value)
    state = context.storage_state()
    context.close()
    yield from new_page(browser, address, state, theme="light", width=1440)


def scan(page: Page, text: str) -> None:
    """As a scanner types, with nothing focused."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.fixture(params=["localhost", ELSEWHERE])
def address(request, server) -> Iterator[str]:
    """The server by its own name, and over plain http by another."""
    if request.param == "localhost":
        yield server
        return
    settings.ALLOWED_HOSTS.append(ELSEWHERE)
    yield server.replace("localhost", ELSEWHERE)
    settings.ALLOWED_HOSTS.remove(ELSEWHERE)


def test_a_quality_engineer_calls_back_what_a_scanned_lot_went_into(browser, address):
    """From the reel in the hand to the printed report, without an address typed."""
    number = f"RC-{'A' if ELSEWHERE in address else 'B'}"
    for page in at_the_desk_of(browser, address, Role.QUALITY):
        page.goto("/")
        scan(page, LOT)
        is_at(page, lot_page(LOT))
        page.locator("a[href^='/recall-scope']").first.click()
        expect(page.get_by_role("heading", name="Where they are now")).to_be_visible()
        counted = page.locator(".card-note").first.inner_text()
        assert re.match(r"\d+ units and lots, all of them certainly", counted)
        page.locator("#open").get_by_label("Number").fill(number)
        page.locator("#open").get_by_label("Reason").fill("Capacitors crack at their terminations")
        page.get_by_role("button", name="Open the recall").click()
        is_at(page, f"/recalls/{number}#open")
        expect(page.locator("[role=timer]")).to_have_text(re.compile(r"00:00:0[1-9]"), timeout=10_000)  # it ticks
        page.locator("#freeze").get_by_label("Hold").check()
        page.locator("#freeze").get_by_label("Your password").fill(PASSWORD)
        page.locator("#freeze button").click()
        expect(page.locator("main")).to_contain_text("The list is as it was settled.")
        page.locator("#notice").get_by_label("Customer").fill("C-2210")
        page.locator("#notice button").click()
        page.locator("#decide textarea").fill(LOT)
        page.locator("#decide select").select_option("destroyed")
        page.locator("#decide button").click()
        expect(page.locator("main")).to_contain_text(re.compile(r"Decided\s*1 of"))
        is_sound(page)
        page.emulate_media(media="print")
        expect(page.locator("#freeze, #decide, .find").first).not_to_be_visible()
        page.emulate_media(media="screen")
        page.locator("#members a.serial").nth(1).click()
        expect(page.locator("main")).to_contain_text(number)  # held under the number of the recall


def test_a_supervisor_goes_from_the_board_to_an_order_and_holds_it(browser, address):
    for page in at_the_desk_of(browser, address, Role.SUPERVISOR):
        page.goto("/board")
        page.get_by_role("link", name="WO-10490").first.click()
        is_at(page, "/work-orders/WO-10490")
        page.locator("#hold").get_by_label("Reason").fill("No reels")
        page.locator("#hold button").click()
        expect(page.locator("main")).to_contain_text("Held: nothing is begun under it.")
        page.locator("#resume").get_by_label("Reason").fill("Reels are there")
        page.locator("#resume button").click()
        expect(page.locator("main")).not_to_contain_text("Held: nothing is begun under it.")


def test_a_warehouse_clerk_scans_a_container_and_sees_what_may_go(browser, address):
    for page in at_the_desk_of(browser, address, Role.WAREHOUSE):
        page.goto("/")
        scan(page, CONTAINER)
        is_at(page, f"/units?container={CONTAINER}")
        expect(page.locator("table tbody tr")).to_have_count(1)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/units/**")
        scan(page, "IPC26-000401")
        expect(page.get_by_role("heading", name=re.compile("This names"))).to_be_visible()  # never a guess
        page.get_by_role("link", name="IPC26-000401").first.click()
        expect(page.locator("main")).to_contain_text("H-2310")
        expect(page.locator("main")).to_contain_text("Seal leak")


def test_customer_service_finds_a_returned_unit_by_what_its_label_says(browser, address):
    for page in at_the_desk_of(browser, address, Role.VIEWER):
        page.goto("/units")
        scan(page, "IPC26-0003")  # the rest of the mark is scratched off
        expect(page.locator("main")).to_contain_text("IPC26-000317")
        scan(page, "(01)09506000134352(21)IPC26-000317")
        is_at(page, unit_page(STORY))
        expect(page.locator("main")).to_contain_text("C-2210")  # who has it
        page.goto(f"{unit_page(STORY)}?history=exceptions")
        expect(page.locator("#history, main").last).to_contain_text("Returned")
        with page.expect_download() as saved:
            page.get_by_role("link", name=re.compile("JSON|As-built")).first.click()
        assert saved.value.suggested_filename


def test_an_auditor_reads_a_unit_as_it_was_and_can_change_nothing(browser, address):
    for page in at_the_desk_of(browser, address, Role.AUDITOR):
        page.goto(f"{unit_page(STORY)}?at=2026-11-04T10:08&zone=%2B0100")
        assert page.locator("main form[method=post]").count() == 0
        is_sound(page)
        for listed in ("/recalls", "/defects", "/refusals", "/work-orders", "/duplicates"):
            page.goto(listed)
            assert page.locator("main form[method=post]").count() == 0, listed
        page.goto("/recall-scope?seeds=unit%3D4500-117%2FIPC26-000401")
        assert page.get_by_role("button", name="Open the recall").count() == 0


def test_an_integrator_looks_at_a_raw_scan_character_by_character(browser, address):
    for page in at_the_desk_of(browser, address, Role.VIEWER):
        page.goto("/scanner")
        page.locator("main input[name=text]").fill("]d2010950600013435221IPC26-000317\x1d10L1")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("IPC26-000317")
        expect(page.locator("main")).to_contain_text("GS1")
        assert PUMP in page.locator("main").inner_text()
