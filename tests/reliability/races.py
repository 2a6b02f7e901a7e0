"""Many clients at once: their requests, their answers, and what must hold of all answers together.

What must hold is asked of the answers alone, so that the same questions can be put to a server that is known to fail.
"""

import json
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.talk import event

RACER = Path(__file__).with_name("racer.py")
TIMEOUT_S = 120

Request = tuple[Any, ...]
"""Method, path, body, and headers if there are any."""


@dataclass(frozen=True, slots=True)
class Said:
    """A request and its answer."""

    body: Any
    status: int
    answer: Any

    @property
    def is_done(self) -> bool:
        """Whether what was asked for was done: of one event, that it was recorded now or before."""
        if self.status == 201:
            return True
        return self.status == 200 and self.answer["refused"] == 0

    @property
    def sequence(self) -> int:
        """Where the (one) event stands in the ledger."""
        return self.answer["answers"][0]["sequence"]


def post(*events: dict[str, Any]) -> Request:
    """Send one event, or several as a list."""
    return "POST", "/api/v1/events", events[0] if len(events) == 1 else list(events)


def issue(part: str, count: int) -> Request:
    return "POST", "/api/v1/serials", {"part_number": part, "count": count}


def race(
    ports: Sequence[int], token: str, jobs: Sequence[Sequence[Request]], *, timeout_s: float = TIMEOUT_S
) -> list[Said]:
    """Each job in a process of its own, in turn at one of the ports; all begin at the same moment."""
    clients = []
    for number, requests in enumerate(jobs):
        client = subprocess.Popen(
            [sys.executable, "-I", "-S", str(RACER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        job = {"port": ports[number % len(ports)], "token": token, "requests": requests}
        client.stdin.write(json.dumps(job) + "\n")
        client.stdin.flush()
        clients.append(client)
    try:
        for client in clients:
            assert client.stdout.readline() == "ready\n"
        for client in clients:
            client.stdin.write("go\n")
            client.stdin.flush()
        said = []
        for client, requests in zip(clients, jobs, strict=True):
            output, _ = client.communicate(timeout=timeout_s)
            answers = zip(requests, json.loads(output), strict=True)
            said += [Said(request[2], status, answer) for request, (status, answer) in answers]
        return said
    finally:
        for client in clients:
            client.kill()
            client.wait()
            client.stdin.close()
            client.stdout.close()


# What must hold


def unanswered(said: Iterable[Said]) -> list[Said]:
    """Requests that were answered neither with what became of them nor with a refusal."""
    return [one for one in said if one.status not in (200, 201, 409)]


def normal(serial: str) -> str:
    """The one form of all spellings of a serial number."""
    return unicodedata.normalize("NFC", "".join(serial.split())).upper()


def given_twice(said: Iterable[Said]) -> dict[str, int]:
    """Serial numbers of one part that were given more than once, by whatever request."""
    given = Counter()
    for one in said:
        if one.status == 201:
            given.update(normal(serial) for serial in one.answer["serial_numbers"])
        elif one.status == 200:
            events = one.body if isinstance(one.body, list) else [one.body]
            for sent, answer in zip(events, one.answer["answers"], strict=True):
                if sent["type"] == "UnitCommissioned" and answer["outcome"] == "recorded":
                    given[normal(sent["unit"].partition("/")[2])] += 1
    return {serial: count for serial, count in given.items() if count > 1}


def in_two_places(said: Iterable[Said]) -> dict[str, int]:
    """Components that were put into more than one parent, when none was taken out."""
    put = Counter(one.body["component"] for one in said if one.is_done)
    return {component: count for component, count in put.items() if count > 1}


def cycles(said: Iterable[Said]) -> list[str]:
    """Units that are inside themselves."""
    inside = {one.body["component"]: one.body["unit"] for one in said if one.is_done}
    found = []
    for unit in inside:
        seen, above = set(), inside.get(unit)
        while above is not None and above not in seen:
            seen.add(above)
            above = inside.get(above)
        if unit in seen:
            found.append(unit)
    return found


def shipped_on_hold(said: Iterable[Said], inside: dict[str, str] | None = None) -> list[str]:
    """Units that were shipped although they, or what is inside them, were held before. inside: parent by component."""
    held, shipped = {}, {}
    for one in sorted((one for one in said if one.is_done), key=lambda one: one.sequence):
        unit = (inside or {}).get(one.body["unit"], one.body["unit"])
        (held if one.body["type"] == "HoldPlaced" else shipped).setdefault(unit, one.sequence)
    return [unit for unit, sequence in shipped.items() if unit in held and held[unit] < sequence]


def taken(said: Iterable[Said]) -> int:
    """How much was taken of a lot."""
    return sum(int(one.body["quantity"]) for one in said if one.is_done)


# What is sent


def commissions(part: str, serials: Iterable[str]) -> list[Request]:
    return [post(event("UnitCommissioned", unit=f"{part}/{serial}")) for serial in serials]


def variants(serial: str) -> list[str]:
    """Spellings of one serial number that are seen on shop floors."""
    return [serial, serial.lower(), f" {serial} ", f"{serial[:2]} {serial[2:]}", unicodedata.normalize("NFD", serial)]
