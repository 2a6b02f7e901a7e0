"""`make screenshots`: a picture of every page, in both themes and three widths, from a demo plant that it builds.

python -m tests.web.screenshots [--units 400] [--docs] [NAME…]

The pictures are written to var/screenshots and are not committed, but for the few that documents show: --docs renews those.
Pages for which the demo plant has nothing (a duplicate that waits, say) are named at the end.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
HOME, PICTURES = ROOT / "var" / "screenshots-demo", ROOT / "var" / "screenshots"
ASBUILT = Path(sys.executable).with_name("asbuilt")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
THEMES, WIDTHS, HEIGHT = ("light", "dark"), (1440, 768, 320), 900
UP_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Sight:
    """A page: its address, or the page that leads to it with a pattern of the link there. status: of its answer."""

    address: str
    link: str = ""
    status: int = 200


PAGES: dict[str, Sight] = {
    "home": Sight("/"),
    "find": Sight("/find?text=IPC26-00000", status=404),
    "scanner": Sight("/scanner?text=]d2010950600013435210L1%1D21IPC26-000317"),
    "board": Sight("/board?span=7d"),
    "charts": Sight("/charts?part_number=4500-117&operation=OP60&characteristic=flow+error+at+1+ml/h"),
    "tests": Sight("/tests?part_number=4500-117&operation=OP60"),
    "commonality": Sight("/commonality?failed=OP60&part_number=4500-117"),
    "units": Sight("/units"),
    "unit": Sight("/units/RHODANIS:4500-117/IPC26-000003"),
    "components": Sight("/components/RHODANIS:4500-117/IPC26-000003"),
    "unit-graph": Sight("/graphs/units/RHODANIS:4500-117/IPC26-000003"),
    "lot-graph": Sight("/graphs/lots/ZELLORA:2600-031/B26-009"),
    "comparison": Sight("/compare/RHODANIS:4500-117/IPC26-000003"),
    "unit-label": Sight("/labels/units/RHODANIS:4500-117/IPC26-000003"),
    "lots": Sight("/lots"),
    "lot": Sight("/lots", r"/lots/[^?]+"),
    "lot-label": Sight("/labels/lots/RHODANIS:1020-104/R104-0001"),
    "operations": Sight("/operations"),
    "equipment": Sight("/equipment"),
    "stuck": Sight("/stuck"),
    "parts": Sight("/parts"),
    "part": Sight("/parts", r"/parts/[^?]+4500-117"),
    "work-orders": Sight("/work-orders"),
    "work-order": Sight("/work-orders", r"/work-orders/[^?]+"),
    "new-order": Sight("/new-work-order"),
    "stations": Sight("/stations"),
    "station": Sight("/stations/ASM-KIT"),
    "setups": Sight("/setups"),
    "setup": Sight("/setups", r"/setups/[^?]+"),
    "duplicates": Sight("/duplicates"),
    "duplicate": Sight("/duplicates", r"/duplicates/[^?]+"),
    "defects": Sight("/defects?settled=1"),
    "defect": Sight("/defects?settled=1", r"/defects/[^?]+\?number=[^&]+"),
    "refusals": Sight("/refusals?since=2026-01-01"),
    "recalls": Sight("/recalls"),
    "recall": Sight("/recalls", r"/recalls/[^?]+"),
    "recall-scope": Sight("/recall-scope?seeds=lot%3D1020-104%2FR104-0001"),
}
"""Every page by the name of its view."""
NO_PAGES = {
    "camera-frame",
    "station-sign-on",
    "station-sign-off",
    "unit-graph-data",
    "lot-graph-data",
    *("digital-link", "branch", "print-job", "issue-serials", "issued-serials", "reserve-range", "range-serials"),
    *("void-serials", "release-order", "split-order", "hold-order", "resume-order", "close-order", "activate-setup"),
    *("end-setup", "load-slot", "unload-slot", "decide-duplicate", "decide-defect", "repair-defect", "open-recall"),
    *("freeze-recall", "hold-recall", "notice-of-recall", "answer-to-recall", "decide-recall", "close-recall"),
    *("station-scan", "station-complete"),
}
"""Views that are forms, parts of pages, files, or lead elsewhere."""
IMAGES = ROOT / "docs" / "images"
IN_DOCUMENTS = {
    "board": IMAGES / "board.png",
    "charts": IMAGES / "control-chart.png",
    "unit": IMAGES / "unit-page.png",
}
"""Pictures that documents show: light, 1440 pixels wide, as much as a screen shows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, serve, take the pictures. 1 when a page asked for could not be shown."""
    asked = _asked(arguments)
    subprocess.run([ASBUILT, "demo", "--no-serve", "--units", str(asked.units), "--home", HOME], check=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    began, missing = time.monotonic(), []
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = _logged_in(browser, address)
        _drill(page)
        for name in asked.names or PAGES:
            found = _found(page, PAGES[name])
            if not found:
                missing.append(name)
                continue
            _take(page, name, found, for_documents=asked.docs)
        browser.close()
    taken = len(asked.names or PAGES) - len(missing)
    print(
        f"{taken} pages, {taken * len(THEMES) * len(WIDTHS)} pictures in {PICTURES}, {time.monotonic() - began:.0f} s"
    )
    if missing:
        print(f"The demo plant has none of: {', '.join(missing)}")
    return 1 if asked.names and missing else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.web.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*PAGES, []], metavar="NAME", help="pages by name; all without any")
    parser.add_argument("--units", type=int, default=400, help="in the demo plant")
    parser.add_argument("--docs", action="store_true", help="renew the pictures of the documents, too")
    return parser.parse_args(arguments)


@contextmanager
def _served() -> Iterator[str]:
    """The demo plant on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [ASBUILT, "serve", "--port", str(port)],
        env={**os.environ, "ASBUILT_HOME": str(HOME)},
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://localhost:{port}"
        _wait_for(f"{address}/healthz")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str) -> None:
    until = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _logged_in(browser: Browser, address: str) -> Page:
    login = json.loads((HOME / "demo-login.json").read_text(encoding="utf-8"))
    page = browser.new_context(base_url=address, reduced_motion="reduce", locale="en-GB").new_page()
    page.goto("/login")
    page.get_by_label("Username").fill(login["user"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    return page


def _drill(page: Page) -> None:
    """Open a recall drill through its form, unless that was done before: the plant's own drill is closed."""
    if _found(page, Sight("/recalls/RC-DRILL-1")):
        return
    page.goto(PAGES["recall-scope"].address)
    form = page.locator("#open form")
    form.locator("[name=number]").fill("RC-DRILL-1")
    form.locator("[name=reason]").fill("Half-yearly drill")
    form.locator("[name=is_drill]").check()
    form.get_by_role("button").click()
    page.wait_for_url("**/recalls/*")


def _found(page: Page, sight: Sight) -> str:
    """The address of a page; nothing when there is none to be seen."""
    answer = page.goto(sight.address)
    if answer is None or answer.status != sight.status:
        return ""
    if not sight.link:
        return sight.address
    links = page.locator("main a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    return next((link for link in links if link and re.match(sight.link, link)), "")


def _take(page: Page, name: str, address: str, *, for_documents: bool) -> None:
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.goto(address)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.screenshot(path=PICTURES / f"{name}-{theme}-{width}.png", full_page=True)
            if for_documents and name in IN_DOCUMENTS and (theme, width) == (THEMES[0], WIDTHS[0]):
                IN_DOCUMENTS[name].parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=IN_DOCUMENTS[name])


if __name__ == "__main__":
    sys.exit(main())
