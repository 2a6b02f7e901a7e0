"""What failing units have in common, of a whole plant: by the genealogy index, by rows, and by DuckDB on Parquet."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.projections.fleet.index import Index, build, folder_of, opened
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.commonality.choosing import CaseRule, chosen
from asbuilt.queries.commonality.ranking import Commonality, CommonalityQuestion, commonality
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Window, window_of
from bench import commonality_duckdb, door
from bench.databases import made
from bench.plant import TREES_A_LOT, fill, module, trees_for
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "what failing modules have in common, all factors, judged by a measurement; wall time"
GOAL_DUCKDB = "≤ 2×"
CHARACTERISTIC = "U10"
FAILING, ELSEWHERE = 5, 400
"""Every fifth module of one lot of capacitors fails (those that were not shipped), and one in so many of the others."""
ROUNDS = 3
RULE = CaseRule(
    failed="OP-TEST",
    characteristic=CHARACTERISTIC,
    attempts=Attempts.ALL,
    work=WorkFilter(part_number="MOD-5"),
)
QUESTION = CommonalityQuestion(rule=RULE, limit=20)

T = TypeVar("T")


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        with made(kind) as database:
            plant = fill(database, trees_for(max(size.affected)))
            with database.opened() as (opened_database, site):
                _fail_some(opened_database, site, plant.trees)
                build(opened_database, site, database.folder / "index")
                _ask(report, kind, opened_database, site, database.folder, plant.trees)


def _fail_some(database: Database, site: Site, trees: int) -> None:
    """Tests that some modules fail, recorded after the ones that all passed."""
    bad = trees // TREES_A_LOT // 2
    failing = [
        tree for tree in range(trees) if (tree % FAILING == 0 if tree // TREES_A_LOT == bad else tree % ELSEWHERE == 0)
    ]
    ids = door.Ids(0x7000)
    texts = (
        door.event(
            "OperationCompleted", ids.next(), turn, unit=module(tree), operation="OP-TEST", station="ICT-1",
            specification="ICT-5/1", values=[*["5.000"] * (door.CHARACTERISTICS - 1), "5.900"],
        )
        for turn, tree in enumerate(failing)
    )  # fmt: skip
    for raw in door.batches(texts):
        door.all_recorded(door.record(database, site, raw))


def _ask(report: Report, kind: str, database: Database, site: Site, folder: Path, trees: int) -> None:
    window = window_of("", "", "")
    with database.reading(site) as reader:
        index = opened(folder_of(folder / "index", site), reader)
        by_index, found = _best(lambda: commonality(reader, QUESTION, window, index=index))
        choosing, _ = _best(lambda: chosen(reader, RULE, window))
        by_rows, same = _timed(lambda: commonality(reader, QUESTION, window))
        assert same == found, "both find alike"
        what = f"{found.cases + found.controls:,} modules, {found.values:,} values"
        report.figure(
            f"{what}: rows ÷ index",
            kind,
            ratio=by_rows / by_index,
            value=by_index * 1e3,
            unit="ms",
            note=f"rows {by_rows:.3g} s; {choosing * 1e3:.4g} ms of it to judge units by a measurement",
        )
        _beside_duckdb(report, kind, reader, index, folder, by_index, window)


def _beside_duckdb(
    report: Report,
    kind: str,
    reader: Reader,
    index: Index,
    folder: Path,
    found: Commonality,
    ours: float,
    window: Window,
) -> None:
    commonality_duckdb.write(reader, index, folder)
    theirs, counts = _best(lambda: commonality_duckdb.counted(folder, RULE.failed, CHARACTERISTIC))
    everything = commonality(reader, CommonalityQuestion(rule=RULE), window, index=index)
    ours_too = {
        (one.factor.value, one.value): (finding.cases_with, finding.controls_with)
        for finding in everything.findings
        for one in (finding, *finding.same_units)
    }
    differing = {key for key, count in ours_too.items() if counts.get(key) != count}
    assert not differing, [(key, ours_too[key], counts.get(key)) for key in sorted(differing)][:5]
    report.figure(
        "index ÷ DuckDB", kind, ratio=ours / theirs, goal=GOAL_DUCKDB, note=f"DuckDB {theirs * 1e3:.4g} ms on Parquet"
    )


def _best(work: Callable[[], T]) -> tuple[float, T]:
    times, found = zip(*(_timed(work) for _ in range(ROUNDS)), strict=True)
    return min(times), found[0]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found
