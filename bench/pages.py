"""Pages of large units, whole, by the server that people start, against the bare recursive CTE of what they show."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from asbuilt.queries.naming import unit_meant
from bench import door
from bench.as_built import BARE, cabinet_of
from bench.databases import Made, made
from bench.plants import Plants
from bench.report import Report
from bench.server import PERSON, Server, add_person, serving
from bench.size import Size

TITLE = "the page and the graph of a unit with 500 and with 10,000 components, over HTTP, against the bare CTE"
GOALS = {500: 0.3, 10_000: 2.0}
"""Seconds of the unit page, median, by components."""
ROUNDS = 9
BOARDS, MODULES = {500: 20, 10_000: 400}, 24


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        with made(kind) as database:
            _fill(database)
            with serving(database) as server:
                add_person(database)
                browser = _logged_in(server)
                for components, goal in GOALS.items():
                    _measure(report, database, browser, components, goal)


def _fill(made: Made) -> None:
    with made.opened() as (database, site):
        door.define(database, site, door.catalogue())
        for place, (components, boards) in enumerate(BOARDS.items()):
            events = cabinet_of(f"KIT-1/{components}", tested=True, boards=boards, modules=MODULES)
            door.define(database, site, events, start=0x40 + place)


def _logged_in(server: Server) -> httpx.Client:
    """A browser of somebody who may look."""
    browser = httpx.Client(base_url=f"http://127.0.0.1:{server.address.port}", trust_env=False, timeout=60)
    browser.get("/login")
    form = {"username": PERSON[0], "password": PERSON[1], "csrfmiddlewaretoken": browser.cookies["asbuilt-form"]}
    answer = browser.post("/login", data=form)
    assert answer.status_code == 302, "logged in"
    return browser


def _measure(report: Report, made: Made, browser: httpx.Client, components: int, goal: float) -> None:
    name = f"KIT-1/{components}"
    full = f"ACME:KIT-1/{components}"
    pages = {
        "unit page": f"/units/{full}",
        "unit page as of a time": f"/units/{full}?at=2030-01-01T00:00&zone=%2B0000",
        "graph page": f"/graphs/units/{full}",
        "data of the graph": f"/graph-data/units/{full}",
    }
    with made.opened() as (database, site), database.reading(site) as reader:
        named = unit_meant(reader, name)
        works: dict[str, Callable[[], object]] = {"bare": lambda: reader.rows(BARE, named.subject_id)}
        works |= {what: lambda path=path: _got(browser, path) for what, path in pages.items()}
        spent: dict[str, list[float]] = {what: [] for what in works}
        for what, seconds in _rounds(works):
            spent[what].append(seconds)
        assert len(reader.rows(BARE, named.subject_id)) == components + 1, "nothing is left out"
    bare = statistics.median(spent["bare"])
    for what, path in pages.items():
        median = statistics.median(spent[what])
        report.figure(
            f"{components:,} components: {what}",
            made.kind,
            ratio=median / bare,
            value=median * 1e3,
            unit="ms",
            goal=f"≤ {goal * 1e3:.0f} ms" if what == "unit page" else "",
            note=f"bare CTE {bare * 1e3:.3g} ms; {len(_got(browser, path)):,} bytes",
        )


def _rounds(works: dict[str, Callable[[], object]]) -> Iterator[tuple[str, float]]:
    """Each work in turn, again and again; the first round warms up and does not count."""
    for number in range(ROUNDS + 1):
        for what, work in works.items():
            began = time.perf_counter()
            work()
            if number:
                yield what, time.perf_counter() - began


def _got(browser: httpx.Client, path: str) -> bytes:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content
