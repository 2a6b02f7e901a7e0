"""`python -m bench [NAME…]`: measure, print ratios, never fail on slowness."""

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import (
    as_built,
    batches,
    commonality,
    databases,
    fleet,
    growth,
    interlock,
    ledger_size,
    pages,
    plans,
    proof,
    recalls,
    scans,
    serials,
    shop_floor,
    single,
    where_used,
    workload,
)
from bench.plants import Plants
from bench.report import Report
from bench.size import SIZES, Size

BENCHMARKS: dict[str, tuple[str, Callable[[Report, Size, Sequence[str], Plants], None]]] = {
    "plant": (proof.TITLE, proof.run),
    "batches": (batches.TITLE, batches.run),
    "single": (single.TITLE, single.run),
    "interlock": (interlock.TITLE, interlock.run),
    "serials": (serials.TITLE, serials.run),
    "where-used": (where_used.TITLE, where_used.run),
    "fleet": (fleet.TITLE, fleet.run),
    "recalls": (recalls.TITLE, recalls.run),
    "commonality": (commonality.TITLE, commonality.run),
    "pages": (pages.TITLE, pages.run),
    "as-built": (as_built.TITLE, as_built.run),
    "shop-floor": (shop_floor.TITLE, shop_floor.run),
    "plans": (plans.TITLE, plans.run),
    "growth": (growth.TITLE, growth.run),
    "workload": (workload.TITLE, workload.run),
    "size": (ledger_size.TITLE, ledger_size.run),
    "scans": (scans.TITLE, scans.run),
}
"""In the order in which they run."""


def main() -> None:
    options = _options()
    kinds = databases.KINDS if options.database == "both" else (options.database,)
    for kind in kinds:
        reason = databases.reachable(kind)
        if reason:
            print(f"{kind} is left out: {reason}")
    kinds = tuple(kind for kind in kinds if not databases.reachable(kind))
    report = Report()
    report.start(size=options.size, kinds=kinds)
    gc.freeze()  # what the imports have made is not looked through again and again
    began = time.monotonic()
    with ExitStack() as stack:
        plants = Plants(report, stack)
        for name in options.names or BENCHMARKS:
            title, run = BENCHMARKS[name]
            with report.benchmark(name, title):
                run(report, SIZES[options.size], kinds, plants)
    print(f"\n{time.monotonic() - began:.0f} s in all")
    if options.json is not None:
        report.write(options.json)


def _options() -> argparse.Namespace:
    names = ", ".join(BENCHMARKS)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {names}; all of them when none is named")
    parser.add_argument(
        "--size",
        choices=SIZES,
        default="small",
        help="small: 10 to 15 minutes; full: an hour or two; huge: ten million units, for fleet and recalls, 25 GB",
    )
    parser.add_argument("--database", choices=(*databases.KINDS, "both"), default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON, too")
    options = parser.parse_args()
    unknown = set(options.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there is {names}")
    return options


if __name__ == "__main__":
    main()
