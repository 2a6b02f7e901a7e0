"""`python -m bench.profiling WHAT`: where the time goes, by cProfile. It more than doubles it, in small functions most.

For the server itself: py-spy record -d 10 -o profile.svg -p PID (py-spy is not among our dependencies).
"""

import argparse
import cProfile
import gc
import pstats
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from asbuilt.ledger.database import Database, Site
from asbuilt.queries.as_built import as_built
from asbuilt.queries.naming import lot_meant, unit_meant
from asbuilt.queries.where_used import where_used
from asbuilt.queries.wire import encode
from bench import door
from bench.databases import KINDS, made
from bench.plant import fill, pump, trees_for

AFFECTED = 999
LINES = 40
UNITS = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("what", choices=("batch", "inline", "single", "as-built", "where-used"))
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--times", type=int, default=10, help="how often")
    options = parser.parse_args()
    with _work(options.what, options.database) as work:
        work()
        gc.collect()
        gc.freeze()
        profile = cProfile.Profile()
        with profile:
            for _ in range(options.times):
                work()
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(LINES)


@contextmanager
def _work(what: str, kind: str) -> Iterator[Callable[[], object]]:
    with made(kind) as database:
        plant = fill(database, trees_for(AFFECTED))
        with database.opened() as (opened, site):
            if what == "as-built":
                yield lambda: _as_built(opened, site)
            elif what == "where-used":
                yield lambda: _where_used(opened, site, plant.any_lot())
            else:
                yield _capturing(opened, site, what)


def _capturing(database: Database, site: Site, what: str) -> Callable[[], object]:
    units = ({"type": "UnitCommissioned", "unit": f"MOD-5/U{number}"} for number in range(UNITS))
    door.define(database, site, units, start=0x60)
    ids, turns = door.Ids(0x61), iter(range(10**9))
    size = 1 if what == "single" else door.BATCH

    def capture() -> object:
        texts = (
            door.result(f"MOD-5/U{turn % UNITS}", ids.next(), turn, inline=what == "inline")
            for turn, _ in zip(turns, range(size), strict=False)
        )
        return [door.record(database, site, raw) for raw in door.batches(texts)]

    return capture


def _as_built(database: Database, site: Site) -> object:
    with database.reading(site) as reader:
        return [encode(as_built(reader, unit_meant(reader, pump(tree)))) for tree in range(20)]


def _where_used(database: Database, site: Site, lot: str) -> object:
    with database.reading(site) as reader:
        return [encode(one) for one in where_used(reader, lot_meant(reader, lot))]


if __name__ == "__main__":
    main()
