"""Time, processor time and memory of this and other processes, and loops that say how quick the machine is just now."""

import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

PYTHON_LOOPS = 400_000
SQLITE_ROWS = 12_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick the machine is: processor time of two fixed pieces of work, in ms, and the load of the last minute."""

    python_ms: float
    sqlite_ms: float
    load: float

    def __str__(self) -> str:
        return f"python loop {self.python_ms:.0f} ms, sqlite loop {self.sqlite_ms:.0f} ms, load {self.load:.1f}"


def pace() -> Pace:
    """The quicker of two goes of each loop, in processor time, so that waiting for others does not count."""
    return Pace(
        min(_cpu_ms(_python_loop) for _ in range(2)), min(_cpu_ms(_sqlite_loop) for _ in range(2)), os.getloadavg()[0]
    )


def _cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1e3


def _python_loop() -> int:
    total = 0
    for number in range(PYTHON_LOOPS):
        total += number & 7
    return total


def _sqlite_loop() -> object:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE loop (number INTEGER PRIMARY KEY, text TEXT, other INTEGER)")
    connection.execute("CREATE INDEX loop_text ON loop (text)")
    rows = ((number, f"{number * 7919 % 100_003:06d}", number % 97) for number in range(SQLITE_ROWS))
    connection.executemany("INSERT INTO loop VALUES (?, ?, ?)", rows)
    found = connection.execute("SELECT other, count(*) FROM loop WHERE text > '000100' GROUP BY other").fetchall()
    connection.close()
    return found


def cpu_of(pids: Iterable[int]) -> float:
    """Processor seconds that processes have used so far, all their threads together; ended processes count as none.

    Read from the processor clock that Linux keeps for every process (clock_getcpuclockid(3)): /proc/PID/stat has the
    same figure, but only in hundredths of a second.
    """
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            total += time.clock_gettime((~pid << 3) | 2)
    return total


def tree_of(pid: int) -> list[int]:
    """A process and everything it has started, by /proc/PID/stat."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name of the program stands in brackets and may hold anything.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found


def peak_memory(pids: Iterable[int]) -> float:
    """Most memory that processes have had so far (VmHWM), added up, in MB. Shared pages count in each of them."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    total += int(line.split()[1])
    return total / 1024


@dataclass(slots=True)
class Spent:
    """Wall and processor seconds of some pieces of work, one entry a repetition."""

    wall: list[float]
    cpu: list[float]

    @property
    def wall_s(self) -> float:
        return statistics.median(self.wall)

    @property
    def cpu_s(self) -> float:
        return statistics.median(self.cpu)


class Stopwatch:
    """Measures pieces of work side by side. others: further processes whose processor time counts."""

    def __init__(self, others: Callable[[], Sequence[int]] = lambda: ()) -> None:
        self._others = others
        self.spent: dict[str, Spent] = {}

    def measure(self, name: str, work: Callable[[], T]) -> T:
        """Do a piece of work, and note what it took under its name."""
        others = self._others()
        wall, cpu = time.perf_counter(), time.process_time() + cpu_of(others)
        result = work()
        spent = self.spent.setdefault(name, Spent([], []))
        spent.cpu.append(time.process_time() + cpu_of(others) - cpu)
        spent.wall.append(time.perf_counter() - wall)
        return result

    def wall_ratio(self, name: str, base: str) -> float:
        """How much longer one takes than the other: the median of the ratios, each of neighbours in time."""
        return _ratio(self.spent[name].wall, self.spent[base].wall)

    def cpu_ratio(self, name: str, base: str) -> float:
        return _ratio(self.spent[name].cpu, self.spent[base].cpu)


def _ratio(ours: Sequence[float], base: Sequence[float]) -> float:
    pairs = [one / other for one, other in zip(ours, base, strict=True) if other > 0]
    return statistics.median(pairs) if pairs else float("nan")


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which a share (0…1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
