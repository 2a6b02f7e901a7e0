"""A server as many are: looks first, and then writes what was free a moment ago. The negative control of every race.

It understands what the races send and answers in the same shapes; its tables have no constraint that would save it.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import apsw
import psycopg

URL = os.environ["ASBUILT_DATABASE_URL"]
WINDOW_S = 0.002
"""How long it takes from looking to writing: what an ORM with its validations takes at least."""

_local = threading.local()

TABLE = "CREATE TABLE IF NOT EXISTS naive_fact ({id}, kind TEXT, subject TEXT, object TEXT, amount INTEGER)"


def make() -> None:
    """The one table."""
    kind = "sequence INTEGER PRIMARY KEY" if URL.startswith("sqlite") else "sequence BIGSERIAL PRIMARY KEY"
    run(TABLE.format(id=kind))


def run(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """One statement, committed on its own."""
    if URL.startswith("sqlite"):
        if not hasattr(_local, "connection"):
            _local.connection = apsw.Connection(URL.removeprefix("sqlite:///"))
            _local.connection.set_busy_timeout(30_000 if os.environ.get("NAIVE_WAITS", "1") == "1" else 0)
        return list(_local.connection.execute(sql, parameters))
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(URL, autocommit=True)
    cursor = psycopg.RawCursor(_local.connection)
    cursor.execute(sql.replace("?", "$%d") % tuple(range(1, len(parameters) + 1)) if parameters else sql, parameters)
    return cursor.fetchall() if cursor.description else []


def look(kind: str, subject: str) -> list[tuple[Any, ...]]:
    found = run("SELECT object, amount FROM naive_fact WHERE kind = ? AND subject = ?", kind, subject)
    time.sleep(WINDOW_S)
    return found


def write(kind: str, subject: str, other: str = "", amount: int = 0) -> int:
    sql = "INSERT INTO naive_fact (kind, subject, object, amount) VALUES (?, ?, ?, ?) RETURNING sequence"
    return run(sql, kind, subject, other, amount)[0][0]


def issue(part: str, count: int) -> list[str]:
    last = max((amount for _, amount in look("serial", part)), default=0)
    for number in range(last + 1, last + 1 + count):
        write("serial", part, amount=number)
    return [f"{number:08d}" for number in range(last + 1, last + 1 + count)]


def record(event: dict[str, Any]) -> int | None:
    """The sequence of what was recorded; None when it was refused."""
    kind, unit = event["type"], event.get("unit", "")
    is_free = {
        "UnitCommissioned": lambda: not look(kind, unit),
        "ComponentInstalled": lambda: _may_install(event),
        "UnitShipped": lambda: not look("HoldPlaced", unit) and not look(kind, unit),
        "HoldPlaced": lambda: not look("UnitShipped", unit),
    }.get(kind, lambda: True)
    if not is_free():
        return None
    subject = event.get("component") or event.get("lot") or unit
    return write(kind, subject, unit, int(event.get("quantity", 0)))


def _may_install(event: dict[str, Any]) -> bool:
    if "lot" in event:
        used = sum(amount for _, amount in look("ComponentInstalled", event["lot"]))
        return used + int(event["quantity"]) <= 10
    free = not look("ComponentInstalled", event["component"])
    turned = [parent for parent, _ in look("ComponentInstalled", event["unit"])]
    return free and event["component"] not in turned


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    body = json.loads(environ["wsgi.input"].read() or b"null")
    status, answer = "200 OK", {}
    try:
        if environ["PATH_INFO"].endswith("/serials"):
            status, answer = "201 Created", {"serial_numbers": issue(body["part_number"], body["count"])}
        elif environ["PATH_INFO"].endswith("/events"):
            answers = [record(event) for event in (body if isinstance(body, list) else [body])]
            refused = sum(sequence is None for sequence in answers)
            status = "409 Conflict" if refused and not isinstance(body, list) else status
            told = [{"outcome": "refused" if one is None else "recorded", "sequence": one} for one in answers]
            answer = {"refused": refused, "answers": told}
    except (apsw.Error, psycopg.Error) as problem:
        status, answer = "500 Internal Server Error", {"detail": repr(problem)}
    raw = json.dumps(answer).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(raw)))])
    return [raw]


make()
