"""Control charts and yields, against a bare read of the same rows."""

from collections.abc import Callable, Sequence

from asbuilt.ledger.database import Reader
from asbuilt.queries.characteristic import COMPLETIONS, Attempts
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.spc import ControlChart, SpcQuestion, control_chart
from asbuilt.queries.windows import BEGINNING, END, window_of
from asbuilt.queries.yields import YieldQuestion, yield_report
from bench import door
from bench.clocks import Stopwatch
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "control chart of one of 10 characteristics, and yield of all operations, against a bare read; processor time"
ROUNDS = 5
PART, OPERATION = "MOD-5", "OP-TEST"

# The rows of the runs, and nothing of what was measured: what yield cannot do without.
BARE_RUNS = """
SELECT unit_id, operation, station_id, started_at, completed_at, result FROM operation_run
WHERE site_id = $1 AND completed_at >= $2 AND completed_at < $3
"""
PART_ID = "SELECT subject_id FROM subject WHERE site_id = $1 AND kind = 2 AND name = $2"


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        made, _ = plants.of(kind, size.grown_to)
        with made.opened() as (database, site), database.reading(site) as reader:
            works = _works(reader)
            counts = {name: work() for name, work in works.items()}
            assert counts["chart and its points"] == counts["bare chart"], "every value is charted"
            assert counts["yield"] == counts["bare yield"], "every run is counted"
            backends = made.backends()
            watch = Stopwatch(lambda backends=backends: backends)
            for _ in range(ROUNDS):
                for name, work in works.items():
                    watch.measure(name, work)
        for name, bare in (
            ("chart", "bare chart"),
            ("chart of first attempts", "bare chart"),
            ("chart and its points", "bare chart"),
            ("yield", "bare yield"),
        ):
            each = 1e6 / counts[bare]
            report.figure(
                f"{name} of {counts[bare]:,}",
                kind,
                ratio=watch.cpu_ratio(name, bare),
                value=watch.spent[name].cpu_s * each,
                unit="µs each",
                note=f"bare read {watch.spent[bare].cpu_s * each:.3g} µs each",
            )


def _works(reader: Reader) -> dict[str, Callable[[], int]]:
    """What is measured side by side; each says how many rows it was about."""
    window = window_of("", "", "")
    site_id = reader.site.site_id
    ((part_id,),) = reader.rows(PART_ID, site_id, PART)
    rows = (site_id, BEGINNING, END, OPERATION, [part_id], 1, [], 1, [])

    def chart(attempts: Attempts, *, with_points: bool = False) -> ControlChart:
        asked = {"part_number": PART, "operation": OPERATION, "characteristic": "U3", "rules": "western-electric"}
        return control_chart(reader, SpcQuestion(**asked, attempts=attempts, with_points=with_points), window)

    def counted() -> int:
        report = yield_report(reader, YieldQuestion(work=WorkFilter()), window, now=door.NOW)
        return sum(one.attempts for one in report.operations)

    return {
        "bare chart": lambda: sum(1 for _ in reader.stream(COMPLETIONS, *rows)),
        "chart": lambda: chart(Attempts.ALL).values,
        "chart of first attempts": lambda: chart(Attempts.FIRST).values,
        "chart and its points": lambda: len(chart(Attempts.ALL, with_points=True).points),
        "bare yield": lambda: sum(1 for _ in reader.stream(BARE_RUNS, site_id, BEGINNING, END)),
        "yield": counted,
    }
