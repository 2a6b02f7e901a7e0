"""P03: a capture that is sent again until it is answered is recorded exactly once, whatever the network does."""

import http.client
import random
import threading
from uuid import uuid4

import pytest

from tests.api.talk import event
from tests.reliability.conftest import soak
from tests.reliability.ledgers import differences, findings, recorded
from tests.reliability.proxy import Fault, FaultyNetwork
from tests.reliability.writers import ask

pytestmark = pytest.mark.slow

OUTBOXES = 8
TIMEOUT_S = 0.4
"""How long an outbox waits at first; it waits longer each time, so that a busy machine does not keep it for ever."""
TIMEOUT_MAX_S = 10


class Outbox(threading.Thread):
    """A station's outbox: its events leave in order, and each stays until it is acknowledged."""

    def __init__(self, port: int, token: str, rows: list, *, keeps_ids: bool = True) -> None:
        super().__init__(daemon=True)
        self._port, self._token, self._rows, self._keeps_ids = port, token, rows, keeps_ids
        self.strange: list[object] = []
        self.serials: list[str] = []

    def run(self) -> None:
        for number, (path, row) in enumerate(self._rows):
            body = row
            headers = {"Idempotency-Key": f"{self.name}-{number}"} if path.endswith("serials") else {}
            timeout_s = TIMEOUT_S
            while not self._is_delivered(path, body, timeout_s, headers):
                timeout_s = min(timeout_s * 1.5, TIMEOUT_MAX_S)
                if not self._keeps_ids:
                    body = [{**one, "event_id": str(uuid4())} for one in row]

    def _is_delivered(self, path: str, body: object, timeout_s: float, headers: dict[str, str]) -> bool:
        try:
            status, answer = ask(self._port, self._token, path, body, timeout_s=timeout_s, **headers)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if status == 201:
            self.serials += answer["serial_numbers"]
        elif status != 200 or answer["refused"]:
            self.strange.append((status, answer))
        return status != 503


def rows_of(station: int, chance: random.Random, calls: int) -> list:
    """What a station reports: movements of its unit, material of a lot they all take from, and serials it asks for."""
    rows = []
    for number in range(calls):
        if number % 10 == 9:
            rows.append(("/api/v1/serials", {"part_number": "PUMP-200", "count": 3}))
            continue
        unit = f"PUMP-200/STATION-{station}"
        batch = [event("UnitMoved", unit=unit, location=f"{number}.{n}") for n in range(chance.randrange(1, 6))]
        if number % 3 == 0:
            batch.append(event("ComponentInstalled", unit=unit, lot="GLUE-5/L1", quantity="1"))
        rows.append(("/api/v1/events", batch))
    return rows


def prepare(pair, line) -> None:
    events = [event("PartDefined", part="PUMP-200"), event("PartDefined", part="GLUE-5", tracking="lot")]
    events.append(event("LotDefined", lot="GLUE-5/L1", quantity="1000000"))
    events += [event("UnitCommissioned", unit=f"PUMP-200/STATION-{station}") for station in range(OUTBOXES)]
    with pair.servers[0].client(line.token) as client:
        assert client.post("/api/v1/events", json=events).json()["refused"] == 0


def deliver(pair, line, seed: int, calls: int) -> tuple[list[Outbox], FaultyNetwork]:
    """Every outbox delivers everything through the faulty network."""
    chance = random.Random(seed)
    with FaultyNetwork(pair.ports, seed) as network:
        outboxes = [Outbox(network.port, line.token, rows_of(n, chance, calls)) for n in range(OUTBOXES)]
        for outbox in outboxes:
            outbox.start()
        for outbox in outboxes:
            outbox.join(1_800)
            assert not outbox.is_alive(), "an outbox was not emptied"
    return outboxes, network


def check(pair, line, outboxes: list[Outbox]) -> int:
    """Everything is there once, in order. Gives how many events there were."""
    assert [outbox.strange for outbox in outboxes if outbox.strange] == []
    sent = [one for outbox in outboxes for path, body in outbox._rows if path.endswith("events") for one in body]
    stored = recorded(pair.plant, line.site)
    ids = [one["event_id"] for one in sent]
    assert set(ids) - set(stored) == set(), "lost"
    assert len(stored) == len(set(stored))
    given = [serial for outbox in outboxes for serial in outbox.serials]
    assert (
        len(given)
        == len(set(given))
        == 3 * sum(path.endswith("serials") for outbox in outboxes for path, _ in outbox._rows)
    )
    assert len(stored) == 3 + OUTBOXES + len(ids) + len(given), "nothing was doubled"
    with pair.servers[0].client(line.token) as client:
        used = client.get("/api/v1/lots/GLUE-5/L1").json()["used"]
        assert int(used) == sum(one["type"] == "ComponentInstalled" for one in sent)
        for station, outbox in enumerate(outboxes):
            told = client.get(f"/api/v1/units/PUMP-200/STATION-{station}/history").json()["history"]
            mine = [one["event_id"] for path, body in outbox._rows if path.endswith("events") for one in body]
            assert [one["event_id"] for one in told][1:] == mine, "in the order in which the station sent them"
    assert findings(pair.plant, line.site) == []
    assert differences(pair.plant, line.site) == 0
    return len(ids)


def test_P03_every_capture_is_recorded_exactly_once(pair, line, seed):
    prepare(pair, line)
    outboxes, network = deliver(pair, line, seed, calls=18)
    check(pair, line, outboxes)
    print(dict(network.met))
    assert network.met.total() >= 100
    assert set(network.met) == set(Fault)


def test_P03_control_a_client_that_makes_new_ids_doubles(pair, line, seed):
    prepare(pair, line)
    rows = [[event("UnitMoved", unit="PUMP-200/STATION-0", location=str(number))] for number in range(40)]
    with FaultyNetwork(pair.ports, seed) as network:
        outbox = Outbox(network.port, line.token, [("/api/v1/events", body) for body in rows], keeps_ids=False)
        outbox.start()
        outbox.join(300)
    assert len(recorded(pair.plant, line.site)) > 3 + OUTBOXES + 40


@pytest.mark.soak
def test_P03_soak(pair, line, seed):
    prepare(pair, line)
    outboxes, network = deliver(pair, line, seed, calls=soak(150))
    count = check(pair, line, outboxes)
    print(f"{network.met.total()} faults, {count} events: lost 0, doubled 0; {dict(network.met)}")
