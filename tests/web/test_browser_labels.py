"""The label page in a real browser: true to size, by keyboard, in both themes at three widths, and printed for real."""

import dataclasses
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from asbuilt.accounts.printers import printers_in
from tests.exchange.labels.printers import FakePrinter, closes_half_way, free_port, printer
from tests.web.browsing import is_at, is_sound
from tests.web.looking import label_page, unit_page
from tests.web.plant import PUMP, STORY

pytestmark = pytest.mark.browser

PIXELS_A_MM = 96 / 25.4


@pytest.fixture
def line(monkeypatch) -> Iterator[FakePrinter]:
    """A printer LINE-3, and one that is off."""
    with printer() as good, printer(closes_half_way) as bad:
        text = f"LINE-3={good.url}, OFF=tcp://127.0.0.1:{free_port()}, JAMMED={bad.url}"
        monkeypatch.setattr(
            settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, printers=printers_in(text))
        )
        yield good


def test_the_label_page_is_sound(page: Page, line):
    page.goto(label_page(STORY))
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    is_sound(page)


def test_the_preview_has_its_true_size(desk: Page, line):
    desk.goto(label_page(STORY))
    preview = desk.get_by_role("img", name="unit: ")
    expect(preview).to_be_visible()
    box = preview.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(50 * PIXELS_A_MM + 2, abs=1)  # with the edge of the paper
    assert box["height"] == pytest.approx(25 * PIXELS_A_MM + 2, abs=1)


def test_a_template_is_chosen_by_keyboard(desk: Page, line):
    desk.goto(unit_page(STORY))
    desk.get_by_role("link", name="Label", exact=True).press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Label")
    desk.get_by_label("Template").select_option("part")
    desk.get_by_role("button", name="Show").press("Enter")
    is_at(desk, f"{label_page(STORY)}?template=part&content=auto")
    expect(desk.get_by_role("img", name="part: ")).to_be_visible()


def test_a_label_is_printed_again_for_a_reason(desk: Page, line):
    desk.goto(label_page(f"{PUMP}/IPC26-000410"))
    desk.get_by_role("button", name="Print").click()
    jobs = desk.locator("#jobs")
    expect(jobs.get_by_text("Printed", exact=True)).to_be_visible()
    reason = desk.get_by_label("Why it is printed again")
    expect(reason).to_have_attribute("required", "")
    reason.fill("label torn")
    desk.get_by_role("button", name="Print again").click()
    expect(jobs.get_by_text("label torn")).to_be_visible()
    assert len(line.taken) == 2


def test_what_a_person_can_do_about_a_job_is_sound(page: Page, line, request):
    """Once in each theme and width, on a unit of its own."""
    number = 411 + request.node.callspec.indices["page"] * 2
    page.goto(label_page(f"{PUMP}/IPC26-000{number}"))
    page.get_by_label("Printer").select_option("OFF")
    page.get_by_role("button", name="Print", exact=True).click()
    jobs = page.locator("#jobs")
    expect(jobs.get_by_text("Not printed yet")).to_be_visible()
    expect(jobs.get_by_text("refused the connection")).to_be_visible()
    is_sound(page)
    page.get_by_role("button", name="Give up job").click()
    expect(jobs.get_by_text("Not printed, given up")).to_be_visible()
    page.goto(label_page(f"{PUMP}/IPC26-000{number + 1}"))
    page.get_by_label("Printer").select_option("JAMMED")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(jobs.get_by_text("Did the label come out?")).to_be_visible()
    is_sound(page)
    page.get_by_role("button", name="was not printed").click()
    expect(jobs.get_by_text("Not printed, given up")).to_be_visible()
