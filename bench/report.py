"""What was measured, printed as it comes and kept for JSON."""

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import apsw
import django
import granian
import msgspec
import psycopg

from asbuilt import __version__
from bench import databases
from bench.clocks import Pace, pace

WIDTH = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line: a ratio, a quantity with its unit, or both; `goal` as docs/operating/performance.md has it."""

    benchmark: str
    what: str
    database: str
    ratio: float | None
    value: float | None
    unit: str
    goal: str
    note: str
    pace: Pace | None


@dataclass(slots=True)
class Report:
    """All figures of a run."""

    figures: list[Figure] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)
    machine: dict[str, object] = field(default_factory=dict)
    _benchmark: str = ""

    def start(self, *, size: str, kinds: tuple[str, ...]) -> None:
        """Say on what machine, and with which versions."""
        self.machine = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "size": size,
            "cpus": os.cpu_count(),
            "load": os.getloadavg(),
            "system": platform.platform(),
            "asbuilt": __version__,
            "python": platform.python_version(),
            "sqlite": apsw.sqlite_lib_version(),
            "postgresql": databases.server_version() if "postgresql" in kinds else None,
            "django": django.__version__,
            "granian": granian.__version__,
            "msgspec": msgspec.__version__,
            "psycopg": psycopg.__version__,
        }
        for name, value in self.machine.items():
            print(f"{name:>12}  {value}")

    @contextmanager
    def benchmark(self, name: str, title: str) -> Iterator[None]:
        """The figures of one benchmark, between two looks at the pace of the machine."""
        self._benchmark = name
        self.paces.append(pace())
        print(f"\n{name}: {title}\n{'':4}[{self.paces[-1]}]", flush=True)
        yield
        self.paces.append(pace())
        print(f"{'':4}[{self.paces[-1]}]", flush=True)

    def figure(
        self,
        what: str,
        database: str,
        *,
        ratio: float | None = None,
        value: float | None = None,
        unit: str = "",
        goal: str = "",
        note: str = "",
        at: Pace | None = None,
    ) -> None:
        """Print a line and keep it."""
        figure = Figure(
            benchmark=self._benchmark,
            what=what,
            database=database,
            ratio=ratio,
            value=value,
            unit=unit,
            goal=goal,
            note=note,
            pace=at,
        )
        self.figures.append(figure)
        print(_line(figure), flush=True)

    def say(self, text: str) -> None:
        print(f"    {text}", flush=True)

    def write(self, path: Path) -> None:
        """Everything as JSON."""
        content = {
            "machine": self.machine,
            "paces": [asdict(one) for one in self.paces],
            "figures": [asdict(one) for one in self.figures],
        }
        path.write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")
        print(f"\nwritten to {path}", file=sys.stderr)


def _line(figure: Figure) -> str:
    ratio = "" if figure.ratio is None else f"{_short(figure.ratio)} ×"
    value = "" if figure.value is None else f"{_short(figure.value)} {figure.unit}"
    goal = f"goal {figure.goal}" if figure.goal else ""
    line = f"    {figure.database:<10} {figure.what:<{WIDTH}} {ratio:>9} {value:>16}  {goal:<16} {figure.note}"
    return line.rstrip()


def _short(value: float) -> str:
    """Three digits are all that such a measurement is worth."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
