"""P01: what was acknowledged survives kill -9 of the server. C4: what was under way can be found out afterwards."""

import http.client
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from tests.api.talk import event
from tests.reliability.conftest import soak
from tests.reliability.ledgers import differences, findings, recorded
from tests.reliability.server import Plant, Server, made_plant
from tests.reliability.writers import Account, Writer, ask, together

pytestmark = pytest.mark.slow

WRITERS = 6


@pytest.fixture
def plant(kind, tmp_path):
    """On a real disk."""
    with made_plant(kind, folder=tmp_path) as plant:
        yield plant


def begin(server: Server, count: int) -> None:
    """Define a part, and commission a unit for each writer."""
    with server.client(server.plant.lines[0].token) as client:
        events = [event("PartDefined", part="PUMP-200")]
        events += [event("UnitCommissioned", unit=f"PUMP-200/{number}") for number in range(count)]
        assert client.post("/api/v1/events", json=events).json()["refused"] == 0


def killed(server: Server, chance: random.Random, *, kills: int) -> Account:
    """Writers write while the server is killed at random moments and started again."""
    begin(server, WRITERS)
    token = server.plant.lines[0].token
    writers = [
        Writer(server.port, token, f"PUMP-200/{number}", random.Random(chance.random())) for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.6))
        server.kill()
        server.start()
    time.sleep(0.3)
    return together(writers)


def lost(account: Account, plant: Plant) -> set[str]:
    return account.acknowledged - set(recorded(plant, plant.lines[0].site))


def check(account: Account, plant: Plant) -> None:
    stored = recorded(plant, plant.lines[0].site)
    assert lost(account, plant) == set()
    assert len(stored) == len(set(stored)), "nothing is recorded twice"
    assert set(stored[1 + WRITERS :]) <= account.sent
    assert account.strange == []
    assert account.without_answer > 0, "no kill met a request, so nothing was tried"
    assert findings(plant, plant.lines[0].site) == []
    assert differences(plant, plant.lines[0].site) == 0


def test_P01_what_was_acknowledged_survives_kill_9(plant, chance):
    server = Server(plant, unchecked=True)
    try:
        server.start()
        account = killed(server, chance, kills=5)
        check(account, plant)
        assert len(account.acknowledged) > 50
    finally:
        server.close()


def test_P01_control_a_server_that_answers_before_it_commits_loses(plant, chance):
    server = Server(plant, application="tests.reliability.doors:application", ASBUILT_TEST_DOOR="hasty")
    try:
        server.start()
        account = killed(server, chance, kills=2)
        assert lost(account, plant)
    finally:
        server.close()


@pytest.mark.soak
def test_P01_soak(plant, chance):
    server = Server(plant, unchecked=True)
    try:
        server.start()
        kills = soak(50)
        account = killed(server, chance, kills=kills)
        check(account, plant)
        print(
            f"{kills} kills, {len(account.acknowledged)} acknowledged, {account.without_answer} without an answer, lost 0"
        )
    finally:
        server.close()


# C4


def kill_during(server: Server, until: Callable[[], object], path: str, body: object, **headers: str) -> None:
    """Kill the server while it works on a request, when `until` is done waiting."""
    token, ended = server.plant.lines[0].token, threading.Event()

    def send() -> None:
        with suppress(OSError, http.client.HTTPException, ValueError):
            ask(server.port, token, path, body, **headers)
        ended.set()

    threading.Thread(target=send, daemon=True).start()
    until()
    server.kill()
    assert ended.wait(30)
    server.start()


def test_C4_after_a_kill_in_a_bulk_write_sending_again_tells_what_was_recorded(plant, chance):
    server = Server(plant, unchecked=True)
    try:
        server.start()
        begin(server, 0)
        expected = 1
        for query, after_s in (("", 0.1), ("?atomic=true", 0.3)):
            path = f"/api/v1/events{query}"
            batch = [event("UnitCommissioned", unit=f"PUMP-200/{after_s}-{n}") for n in range(2_000)]
            kill_during(server, partial(time.sleep, after_s + chance.uniform(-0.1, 0.2)), path, batch)
            before = len(recorded(plant, plant.lines[0].site))
            status, answer = ask(server.port, plant.lines[0].token, path, batch)
            assert status == 200, answer
            assert answer["repeated"] == before - expected, "what it calls repeated is what was there"
            assert answer["recorded"] in (0, 2_000), "a call of up to 10,000 events is one transaction"
            expected += 2_000
            assert len(recorded(plant, plant.lines[0].site)) == expected
    finally:
        server.close()


def issue_twice(plant: Plant, wanted: int, **headers: str) -> list[str]:
    """Ask for serial numbers, have the server killed when some of them are recorded, and ask again."""
    server = Server(plant, application="tests.reliability.doors:application", ASBUILT_TEST_DOOR="small_blocks")
    body = {"part_number": "PUMP-200", "count": wanted}
    site = plant.lines[0].site

    def until() -> None:
        while len(recorded(plant, site)) < 1 + wanted // 10:
            time.sleep(0.01)

    try:
        server.start()
        begin(server, 0)
        kill_during(server, until, "/api/v1/serials", body, **headers)
        issued = len(recorded(plant, site)) - 1
        print(f"{issued} of {wanted} were issued when the server was killed")
        assert 0 < issued < wanted
        status, answer = ask(server.port, plant.lines[0].token, "/api/v1/serials", body, timeout_s=120, **headers)
        assert status == 201, answer
        return answer["serial_numbers"]
    finally:
        server.close()


def test_C4_after_a_kill_in_a_serial_issue_the_same_key_gives_all_of_them(plant):
    given = issue_twice(plant, 3_000, **{"Idempotency-Key": "pallet 7"})
    assert len(set(given)) == 3_000
    assert len(recorded(plant, plant.lines[0].site)) == 1 + 3_000


def test_C4_control_without_a_key_there_are_units_that_nobody_knows_of(plant):
    given = issue_twice(plant, 3_000)
    assert len(recorded(plant, plant.lines[0].site)) > 1 + len(given)
