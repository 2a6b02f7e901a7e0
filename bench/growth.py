"""Cost growth: capture per event and where-used per affected unit in a plant ten times as large."""

from collections.abc import Callable, Iterable, Sequence

from asbuilt.ledger.database import Database, Site
from asbuilt.queries.naming import lot_meant
from asbuilt.queries.where_used import where_used
from bench import door
from bench.clocks import Stopwatch
from bench.plant import Plant, module
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "cost in a plant ten times as large, in processor time"
GOAL = "≤ 1.3×"
ROUNDS = 7
EVENTS = 500
"""Events a batch."""
LOT = 999
"""Affected units of the lot asked about, the same in both plants."""

RESULTS, UNITS = "capture of results, per event", "capture of new units, per event"
INSTALLATIONS, WHERE_USED = "capture of installations, per event", "where-used, per affected unit"


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        small, large = plants.of(kind, size.grown_from), plants.of(kind, size.grown_to)
        with small[0].opened() as in_small, large[0].opened() as in_large:
            both = {"small": _Works(*in_small, small[1]), "large": _Works(*in_large, large[1])}
            for works in both.values():
                works.do_all(Stopwatch(), "")  # for warming, and to have the connections there
            pids = [*small[0].backends(), *large[0].backends()]
            watch = Stopwatch(lambda pids=pids: pids)
            for _ in range(ROUNDS):
                for name, works in both.items():
                    works.do_all(watch, name)
        _tell(report, kind, watch, small[1].units, large[1].units)


def _tell(report: Report, kind: str, watch: Stopwatch, small: int, large: int) -> None:
    for name in (RESULTS, UNITS, INSTALLATIONS, WHERE_USED):
        divisor = LOT if name == WHERE_USED else EVENTS
        costs = [watch.spent[f"{name} {plant}"].cpu_s * 1e6 / divisor for plant in ("small", "large")]
        report.figure(
            name,
            kind,
            ratio=watch.cpu_ratio(f"{name} large", f"{name} small"),
            value=costs[1],
            unit="µs",
            goal=GOAL,
            note=f"in {large:,} units; {costs[0]:.3g} µs in {small:,}",
        )


class _Works:
    """What is done in both plants, a round at a time."""

    def __init__(self, database: Database, site: Site, plant: Plant) -> None:
        self._database, self._site, self._plant = database, site, plant
        self._ids = door.Ids(0x40)
        self._round = 0

    def do_all(self, watch: Stopwatch, name: str) -> None:
        self._round += 1
        works: dict[str, Callable[[], None]] = {
            RESULTS: self._results,
            UNITS: self._units,
            INSTALLATIONS: self._installations,
            WHERE_USED: self._where_used,
        }
        for what, work in works.items():
            watch.measure(f"{what} {name}", work)

    def _record(self, events: Iterable[str]) -> None:
        (raw,) = door.batches(events, EVENTS)
        door.all_recorded(door.record(self._database, self._site, raw))

    def _results(self) -> None:
        """Of units all over the plant, as far as they are in house: every fifth was not shipped."""
        in_house = self._plant.trees // 5
        trees = (number * in_house // EVENTS * 5 for number in range(EVENTS))
        turn = self._round * EVENTS
        self._record(door.result(module(tree), self._ids.next(), turn) for tree in trees)

    def _units(self) -> None:
        names = (f"{part}/G{self._round}-{number}" for number in range(EVENTS // 2) for part in ("MOD-5", "PCB-10"))
        self._record(door.event("UnitCommissioned", self._ids.next(), unit=name) for name in names)

    def _installations(self) -> None:
        """Of the units made just before, each with a lot."""
        numbers = [f"G{self._round}-{number}" for number in range(EVENTS // 2)]
        self._record(
            door.event(
                "ComponentInstalled", self._ids.next(), unit=f"PCB-10/{number}", reference_designator=place, **what
            )
            for number in numbers
            for place, what in (("U1", {"component": f"MOD-5/{number}"}), ("C1", {"lot": "RES-10K/REST"}))
        )

    def _where_used(self) -> None:
        with self._database.reading(self._site) as reader:
            found = sum(1 for _ in where_used(reader, lot_meant(reader, self._plant.lots[LOT])))
        assert found == LOT, found
