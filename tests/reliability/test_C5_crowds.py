"""C5: of many clients at once none is told of a lock. P21: too many are told when to come again, and nothing is lost."""

import itertools
import threading
import time
from dataclasses import dataclass, field

import httpx
import pytest

from tests.api.talk import event
from tests.reliability.ledgers import differences, findings, recorded
from tests.reliability.races import commissions, issue, post, race, unanswered
from tests.reliability.server import THREADS, Server, made_plant, serving
from tests.reliability.test_P05_assemblies import prepare

pytestmark = pytest.mark.slow

CLIENTS = 8


def shift(client: int):
    """What a client does of everything that a plant does, some of it to units that the others work on too."""
    shared, own = "PUMP-200/SHARED", f"PUMP-200/C{client}"
    requests = [post(event("UnitCommissioned", unit=own)), issue("PUMP-200", 20)]
    for step in range(10):
        requests += [
            post(event("UnitMoved", unit=shared, location=f"CELL-{client}-{step}")),
            post(*(event("UnitMoved", unit=own, location=f"CELL-{step}-{n}") for n in range(50))),
            ("GET", f"/api/v1/units/{shared}", None),
            ("GET", "/api/v1/units?limit=50", None),
        ]
    return requests


def test_C5_no_request_fails_with_a_lock(pair, line):
    prepare(pair, line, "PUMP-200/SHARED")
    jobs = [shift(client) for client in range(CLIENTS)]
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    assert [one for one in said if one.status == 409] == []
    assert findings(pair.plant, line.site) == []
    moved = CLIENTS * 10 * 51
    assert len(recorded(pair.plant, line.site)) == 2 + CLIENTS * 21 + moved


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_C5_control_a_server_that_does_not_wait_for_its_turn_fails(kind):
    how = {"application": "tests.reliability.naive:application", "NAIVE_WAITS": "0"}
    with made_plant(kind) as plant, serving(plant, **how) as first, serving(plant, **how) as second:
        jobs = [commissions("PUMP-200", [f"{client}-{n}" for n in range(50)]) for client in range(CLIENTS)]
        assert unanswered(race([first.port, second.port], "", jobs))


@dataclass(slots=True)
class Crowd:
    """What a crowd of clients was told."""

    acknowledged: set[str] = field(default_factory=set)
    told_to_wait: int = 0
    without_a_time: int = 0
    strange: list[object] = field(default_factory=list)

    def come(self, server: Server, batches: list[list[dict]]) -> None:
        """Send each batch until it is taken."""
        with server.client(server.plant.lines[0].token) as client:
            for batch in batches:
                while (answer := client.post("/api/v1/events", json=batch)).status_code in (429, 503):
                    self.told_to_wait += 1
                    self.without_a_time += "Retry-After" not in answer.headers
                    time.sleep(0.1)
                if answer.status_code != httpx.codes.OK or answer.json()["refused"]:
                    self.strange.append(answer.text)
                    return
                self.acknowledged.update(one["event_id"] for one in answer.json()["answers"])


def crowd(kind: str, door: str) -> tuple[Crowd, set[str], set[str]]:
    """Ten times what a slow server takes. Gives what was told, what was sent and what is recorded."""
    door_is = {"application": "tests.reliability.doors:application", "ASBUILT_TEST_DOOR": door, "threads": 2 * THREADS}
    with made_plant(kind) as plant, serving(plant, **door_is) as server:
        with server.client(plant.lines[0].token) as client:
            client.post("/api/v1/events", json=[event("PartDefined", part="PUMP-200")])
        numbers = itertools.count(1)
        jobs = [
            [[event("UnitCommissioned", unit=f"PUMP-200/{next(numbers)}") for _ in range(20)] for _ in range(3)]
            for _ in range(24)
        ]
        told = Crowd()
        clients = [threading.Thread(target=told.come, args=(server, job), daemon=True) for job in jobs]
        for one in clients:
            one.start()
        for one in clients:
            one.join(120)
        sent = {one["event_id"] for job in jobs for batch in job for one in batch}
        stored = recorded(plant, plant.lines[0].site)
        assert len(stored) == len(set(stored))
        assert differences(plant, plant.lines[0].site) == 0
        return told, sent, set(stored[1:])


def test_P21_who_comes_when_too_many_wait_is_told_when_to_come_again(kind):
    told, sent, stored = crowd(kind, "crowded")
    assert told.strange == []
    assert told.told_to_wait > 0
    assert told.without_a_time == 0
    assert told.acknowledged == stored == sent


def test_P21_control_without_a_bound_everybody_waits_in_memory(kind):
    told, _, _ = crowd(kind, "unbounded")
    assert told.told_to_wait == 0
