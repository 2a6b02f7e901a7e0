"""Durable single events from 64 clients: with the collector, and with a commit for each request."""

import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from bench import door
from bench.canned import canned
from bench.clients import Address, Operation, Outcome, until, work_through
from bench.databases import made
from bench.plants import Plants
from bench.report import Report
from bench.server import Server, serving
from bench.size import Size

TITLE = "durable single-event POST, 64 clients, against a commit for each request on the same server"
GOAL = "≥ 2.5×"
CLIENTS = 64
UNITS = 4_000
WAYS = {"": "collector", "one": "collector, groups of one", "each": "no collector"}


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    _ceiling(report)
    for kind in kinds:
        with ExitStack() as stack:
            servers = {way: _server(stack, kind, way) for way in WAYS}
            outcomes: dict[str, list[Outcome]] = {way: [] for way in WAYS}
            spent: dict[str, float] = dict.fromkeys(WAYS, 0.0)
            for number in range(-1, size.single_rounds):
                for way, server in servers.items():
                    before = server.cpu_s()
                    outcome = _round(server.address, number + 2, size.single_s if number >= 0 else 1.0)
                    if number >= 0:  # the first is for warming
                        outcomes[way].append(outcome)
                        spent[way] += server.cpu_s() - before
            _tell(report, kind, outcomes, spent)


def _ceiling(report: Report) -> None:
    """What the clients could send to a server that does nothing."""
    with canned() as address:
        _round(address, 1, 0.5)
        outcome = _round(address, 2, 2.0)
    report.figure("what the clients can send", "none", value=outcome.rate, unit="requests/s")


def _server(stack: ExitStack, kind: str, way: str) -> Server:
    database = stack.enter_context(made(kind))
    with database.opened() as (opened, site):
        door.define(opened, site, door.catalogue())
        units = ({"type": "UnitCommissioned", "unit": f"MOD-5/U{number}"} for number in range(UNITS))
        door.define(opened, site, units, start=2)
    return stack.enter_context(serving(database, commit=way))


def _round(address: Address, number: int, seconds: float) -> Outcome:
    end = time.perf_counter() + seconds
    requests = _results(address, number)
    return work_through(address, [until(end, requests) for _ in range(CLIENTS)])


def _results(address: Address, number: int) -> Iterator[Operation]:
    """Test results, each of another unit than the ones before."""
    ids = door.Ids(0x100 + number)
    for turn in itertools.count():
        yield [address.post("/api/v1/events", door.result(f"MOD-5/U{turn % UNITS}", ids.next(), turn))]


def _tell(report: Report, kind: str, outcomes: dict[str, list[Outcome]], spent: dict[str, float]) -> None:
    for way, what in WAYS.items():
        mine = outcomes[way]
        pairs = zip(outcomes[""], mine, strict=True)
        done = sum(len(one.took_s) for one in mine)
        failed = sum(len(one.failures) for one in mine)
        p95 = statistics.median(one.milliseconds(0.95) for one in mine)
        share = sum(one.own_cpu_s for one in mine) / sum(one.wall_s for one in mine)
        report.figure(
            what if not way else f"collector against {what}",
            kind,
            ratio=statistics.median(ours.rate / other.rate for ours, other in pairs) if way else None,
            value=statistics.median(one.rate for one in mine),
            unit="events/s",
            goal=GOAL if way else "",
            note=f"server {spent[way] / max(done, 1) * 1e3:.2f} ms processor each, p95 {p95:.0f} ms, "
            f"{failed} failed, clients {share:.0%} of a core",
        )
