"""One start, completion or refusal, with everything the interlock asks, against a bare durable insert of one row."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import apsw
import psycopg

from asbuilt.capture.answers import Refusal
from asbuilt.ledger.append import EVENT
from asbuilt.ledger.database import Database, Row, Site
from bench import door
from bench.batches import WRITTEN
from bench.clocks import percentile
from bench.databases import Made, made
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "one operation through the whole interlock, a commit each, against a bare durable insert; wall time, p95"
GOAL = "≤ 3×"
UNITS = 300
WARMING = 20
DONE, NEXT, LATER = 5, 6, 9
"""Operations done before, the one that is next, and one that is not in its turn."""
OPERATIONS = 10
SHARE = 0.95

T = TypeVar("T")
Write = Callable[[Row], object]


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    for kind in kinds:
        with made(kind) as database:
            _measure(report, database)


def _measure(report: Report, made: Made) -> None:
    """Each unit in turn: a start, its completion, a refusal, a start without a routing; beside each a bare insert."""
    with made.opened() as (database, site), _bare(made) as write:
        _define(database, site)
        row = _any_row(database, site)
        took: dict[str, list[float]] = {}
        for number in range(UNITS):
            if number == WARMING:
                took.clear()
            for what, (text, is_taken) in _works(number).items():
                answers, spent = _timed(lambda text=text: door.record(database, site, f"[{text}]".encode()))
                assert isinstance(answers[0], Refusal) != is_taken, answers
                took.setdefault(what, []).append(spent)
                took.setdefault(f"bare after {what}", []).append(_timed(lambda: write(row))[1])
    for what in _works(0):
        ours, bare = (percentile(took[name], SHARE) for name in (what, f"bare after {what}"))
        middle, bare_middle = (percentile(took[name], 0.5) for name in (what, f"bare after {what}"))
        report.figure(
            what,
            made.kind,
            ratio=ours / bare,
            value=ours * 1e3,
            unit="ms",
            goal=GOAL,
            note=f"bare {bare * 1e3:.3g} ms; median {middle * 1e3:.3g} ms, {middle / bare_middle:.3g} ×",
        )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    answers = work()
    return answers, time.perf_counter() - began


def _works(number: int) -> dict[str, tuple[str, bool]]:
    """What is sent about a unit, and whether it is recorded."""
    ids = door.Ids(0x1000 + number)
    here = {"station": "ICT-1", "tool": "FIX-7", "program": "ICT5.3", "operator": "anna"}
    unit = {"unit": f"PUMP-200/U{number}", **here}
    values = {"specification": "ICT-5/1", "values": ["5.000"] * door.CHARACTERISTICS}

    def sent(kind: str, **fields: object) -> str:
        return door.event(kind, ids.next(), number, **fields)

    return {
        "start": (sent("OperationStarted", **unit, operation=_step(NEXT)), True),
        "completion, components and values checked": (
            sent("OperationCompleted", **unit, **values, operation=_step(NEXT)),
            True,
        ),
        "refused and noted": (sent("OperationStarted", **unit, operation=_step(LATER)), False),
        "start of a unit without a routing": (
            sent("OperationStarted", **{**unit, "unit": f"KIT-1/U{number}"}, operation=_step(NEXT)),
            True,
        ),
    }


def _step(number: int) -> str:
    return f"OP-{number:02d}0"


def _define(database: Database, site: Site) -> None:
    """Parts, a routing that asks for everything at every operation, and units that are half way through it."""
    door.define(database, site, door.catalogue())
    step = {
        "stations": ["ICT-1", "FCT-1"],
        "tool_class": "FIX",
        "program": "ICT5.3",
        "qualifications": ["solder", "test"],
        "attempts_max": 3,
        "specification": "ICT-5/1",
        "components": [{"reference_designator": "A1", "part": "PCB-10"}],
    }
    first, *rest = ({**step, "operation": _step(number)} for number in range(1, OPERATIONS + 1))
    operations = [first, *({**one, "wait_max_s": 10**8} for one in rest)]
    valid = [{"type": "OperatorQualified", "person": "anna", "qualification": one} for one in ("solder", "test")]
    tool = {"type": "ToolCalibrated", "tool": "FIX-7", "tool_class": "FIX", "due_on": "2027-01-31"}
    routing = {"type": "RoutingDefined", "routing": "R/1", "part": "PUMP-200", "operations": operations}
    early = {"event_time": door.BEFORE + timedelta(hours=1)}
    door.define(database, site, [*valid, tool, {**routing, **early}], start=2)
    door.define(database, site, ({**one, "event_time": door.BEFORE + timedelta(hours=2)} for one in _made()), start=3)


def _made() -> Iterator[dict[str, object]]:
    done = {
        "type": "OperationCompleted",
        "station": "ICT-1",
        "tool": "FIX-7",
        "program": "ICT5.3",
        "operator": "anna",
        "specification": "ICT-5/1",
        "values": ["5.000"] * door.CHARACTERISTICS,
    }
    for number in range(UNITS):
        pump, board = f"PUMP-200/U{number}", f"PCB-10/U{number}"
        for unit in (pump, board, f"KIT-1/U{number}"):
            yield {"type": "UnitCommissioned", "unit": unit}
        yield {"type": "ComponentInstalled", "unit": pump, "component": board, "reference_designator": "A1"}
        for step in range(1, DONE + 1):
            yield {**done, "unit": pump, "operation": _step(step)}


def _any_row(database: Database, site: Site) -> Row:
    """An event as it stands in the ledger: what the bare table gets, over and over."""
    with database.reading(site) as reader:
        return reader.rows(WRITTEN, 0)[-1]


@contextmanager
def _bare(made: Made) -> Iterator[Write]:
    """Writes one row into a table without keys, indexes or checks, durable at once."""
    columns = ", ".join(EVENT.column_names)
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.folder / "bare.sqlite3"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE bare ({columns})")
        insert = f"INSERT INTO bare VALUES ({', '.join('?' for _ in EVENT.columns)})"
        yield lambda row: connection.execute(insert, row)
        connection.close()
        return
    with psycopg.connect(made.url, autocommit=True) as server:
        server.execute(f"CREATE TABLE public.bare ({', '.join(f'{name} {kind}' for name, kind in EVENT.columns)})")
        insert = f"INSERT INTO public.bare VALUES ({', '.join('%s' for _ in EVENT.columns)})"
        yield lambda row: server.execute(insert, row)
