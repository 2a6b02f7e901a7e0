"""Clients that write as fast as they are answered, and keep account of what was acknowledged to them."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.api.talk import event
from tests.reliability.server import HOST

PAUSE_S = 0.02
"""Before trying again after no answer came."""


@dataclass(slots=True)
class Account:
    """What became of the events of one writer. acknowledged: those that were answered as recorded or repeated."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    outcomes: list[str] = field(default_factory=list)
    without_answer: int = 0
    strange: list[Any] = field(default_factory=list)


def ask(port: int, token: str, path: str, body: Any, *, timeout_s: float = 30, **headers: str) -> tuple[int, Any]:
    """Post once, on a connection of its own. Raises OSError or HTTPException when no whole answer comes."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Writer(threading.Thread):
    """Moves a unit of its own about, one to twenty times a call, until it is told to stop. Repeats what got no answer."""

    def __init__(self, port: int, token: str, unit: str, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.account = Account()
        self._port, self._token, self._unit = port, token, unit
        self._chance = chance
        self._stopping = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            batch = []
            for _ in range(self._chance.choice([1, 1, 1, 5, 20])):
                number += 1
                batch.append(event("UnitMoved", unit=self._unit, location=f"CELL-{number}"))
            self._send(batch)

    def _send(self, batch: list[dict[str, Any]]) -> None:
        """Send until an answer comes, or the end."""
        self.account.sent.update(one["event_id"] for one in batch)
        while not self._stopping.is_set():
            try:
                status, answer = ask(self._port, self._token, "/api/v1/events", batch)
            except (OSError, http.client.HTTPException, ValueError):
                self.account.without_answer += 1
                time.sleep(PAUSE_S)
                continue
            if status == 503:
                time.sleep(PAUSE_S)
                continue
            if status != 200 or answer["refused"]:
                self.account.strange.append((status, answer))
                return
            for one in answer["answers"]:
                self.account.acknowledged.add(one["event_id"])
                self.account.outcomes.append(one["outcome"])
            return

    def stop(self) -> None:
        self._stopping.set()


def together(writers: list[Writer]) -> Account:
    """Stop all writers and add up their accounts."""
    for writer in writers:
        writer.stop()
    for writer in writers:
        writer.join()
    whole = Account()
    for writer in writers:
        whole.sent |= writer.account.sent
        whole.acknowledged |= writer.account.acknowledged
        whole.outcomes += writer.account.outcomes
        whole.without_answer += writer.account.without_answer
        whole.strange += writer.account.strange
    return whole
