"""Pages in a real browser: Chromium on a server of our own, with Anna logged in."""

import os
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from asbuilt.accounts.authentication import requires
from asbuilt.accounts.people import create_user, give_role
from asbuilt.accounts.roles import Action, Role
from asbuilt.site import urls
from tests.accounts.django_plant import PASSWORD
from tests.web.plant import SITE

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP plant.test 127.0.0.1",
]
ELSEWHERE = "plant.test"
"""A name that is not this machine's own, so that plain http from there is no secure context."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = (1440, 768, 320)
THEMES = ("light", "dark")
LOOKS = (("light", 1440), ("dark", 768), ("light", 320), ("dark", 320))
"""A theme and a width: each of both, and the narrowest in both, where most breaks."""
SHEET = Path(__file__).parent / "templates" / "component_sheet.html"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args) -> None:
        """Say nothing: requests are not what the reader of a test looks for."""


@requires(Action.READ)
def sheet(request):
    """All components on one page, for the tests of their looks."""
    when = datetime(2026, 11, 4, 8, 12, tzinfo=timezone(timedelta(hours=1)))
    template = engines["django"].from_string(SHEET.read_text(encoding="utf-8"))
    return HttpResponse(template.render({"unit": "IPC26-000317", "built": when}, request))


@pytest.fixture(scope="module")
def server(lyon) -> Iterator[str]:
    """The address of asbuilt with the plant, served to the browser with the component sheet besides."""
    module = ModuleType("urls_with_sheet")
    module.urlpatterns = [path("sheet", sheet, name="sheet"), *urls.urlpatterns]
    for handler in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, handler, getattr(urls, handler))
    create_user("anna", PASSWORD, SITE, Role.QUALITY, full_name="Anna Weber")
    create_user("berta", PASSWORD, SITE, Role.QUALITY, full_name="Berta Huber")
    give_role("berta", "Graz plant", Role.VIEWER)
    with override_settings(ROOT_URLCONF=module):
        listening = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
        listening.set_app(get_wsgi_application())
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{listening.server_port}"
        listening.shutdown()
        thread.join()
        listening.server_close()
    for username in ("anna", "berta"):
        forget_user(username)


def forget_user(username: str) -> None:
    """Take back a user that was made for many tests."""
    from django.contrib.auth.models import User

    user = User.objects.get(username=username)
    user.memberships.all().delete()
    user.delete()


@pytest.fixture(scope="module")
def browser(server) -> Iterator[Browser]:
    """Chromium. It stands on the server, because Django refuses its database while Playwright runs in this thread."""
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}, so no page was looked at; apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def login(browser, server) -> StorageState:
    """What Anna's browser keeps once she has logged in."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    log_in(page)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(params=LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
def page(request, browser, server, login) -> Iterator[Page]:
    """A page of Anna's in each look."""
    theme, width = request.param
    yield from new_page(browser, server, login, theme=theme, width=width)


@pytest.fixture
def desk(browser, server, login) -> Iterator[Page]:
    """A page of Anna's on a desk, in the light."""
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.goto("/units")
        yield page


def new_page(browser: Browser, server: str, login: StorageState, *, theme: str, width: int) -> Iterator[Page]:
    """A new page; whatever the console complains of fails the test."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        locale="en-GB",
        timezone_id="America/New_York",
        storage_state=login,
    )
    page = context.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [text for text in complaints if not _is_of_the_page_itself(text)] == []


def _is_of_the_page_itself(complaint: str) -> bool:
    """Chromium reports that there is nothing, or no more, that a form came back, and a connection that a test cut."""
    told = (
        "404 (Not Found)",
        "410 (Gone)",
        "422 (Unprocessable Entity)",
        "net::ERR_FAILED",
        "net::ERR_INTERNET_DISCONNECTED",
    )
    return any(status in complaint for status in told)


FIRST_VIEW_MAX = 150_000
"""Bytes on the wire of a page, its styles, scripts and fonts, for a browser that was never here."""
WEIGH = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, one) => sum + one.transferSize, 0)"""


def weight(page: Page) -> int:
    """How many bytes the page and all that it is made of took on the wire, by a browser that had nothing of it."""
    page.evaluate("document.fonts.ready")
    return page.evaluate(WEIGH)


def is_sound_everywhere(browser: Browser, server: str, login: StorageState, address: str) -> None:
    """A page is light to load, and sound in both themes and three widths; what axe looks at is seen in each theme."""
    for page in new_page(browser, server, login, theme="light", width=1440):
        page.goto(address)
        assert weight(page) <= FIRST_VIEW_MAX
        is_sound(page)
        for width in (768, 320):
            page.set_viewport_size({"width": width, "height": 900})
            has_no_sideways(page)
        page.emulate_media(color_scheme="dark")
        page.goto(address)
        is_sound(page)


def log_in(page: Page, username: str = "anna") -> None:
    page.goto("/login")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def is_at(page: Page, end: str) -> None:
    """The page comes to an address with this end: a key or a click returns before the browser has gone there."""
    expect(page).to_have_url(re.compile(f"{re.escape(end)}$"))


def has_no_sideways(page: Page) -> None:
    """Nothing of the page is to the right of what is seen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def is_sound(page: Page) -> None:
    """Nothing for axe to find, and no sideways scrolling."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    has_no_sideways(page)
