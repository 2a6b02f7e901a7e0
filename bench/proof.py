"""Proves that the plants of the benchmarks are as the capture door would have made them."""

import time
from collections.abc import Sequence

from asbuilt.ledger.codec import captured, stored_event
from asbuilt.ledger.verify import verify
from asbuilt.projections.rebuild import rebuild
from bench.databases import made
from bench.plant import fill
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "the generated plants: verify and rebuild find nothing"
TREES = 1_300
"""More than a reel, a lot and an order last for."""

PAYLOADS = "SELECT payload FROM event ORDER BY sequence"


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        with made(kind) as database:
            began = time.perf_counter()
            plant = fill(database, TREES)
            took = time.perf_counter() - began
            with database.opened() as (opened, site):
                with opened.reading(site) as reader:
                    faults = list(verify(reader))
                    payloads = [bytes(payload) for (payload,) in reader.rows(PAYLOADS)]
                rebuilt = rebuild(opened, site, keep=False)
        assert not faults, faults[:3]
        assert not rebuilt.differences, rebuilt.differences[:3]
        assert all(captured(stored_event(payload)).payload == payload for payload in payloads), "canonical to the byte"
        report.figure(
            "units filled a second", kind, value=plant.units / took, unit="/s", note=f"{rebuilt.events:,} events proved"
        )
