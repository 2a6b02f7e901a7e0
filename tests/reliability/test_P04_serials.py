"""P04: no serial number is given twice, however many ask at once, in whatever spelling, and never again afterwards.

Also the probes C1 and C1b.
"""

import pytest

from tests.api.talk import event
from tests.reliability.conftest import soak
from tests.reliability.races import Said, commissions, given_twice, issue, normal, post, race, unanswered, variants

pytestmark = pytest.mark.slow

FORMAT = "IPC26-É####"
PROCESSES = 16


def define(pair, line, *parts: str) -> None:
    with pair.servers[0].client(line.token) as client:
        events = [event("PartDefined", part=part, serial_format=FORMAT) for part in parts]
        assert client.post("/api/v1/events", json=events).json()["refused"] == 0


def units(pair, line, part: str) -> list[str]:
    """The serial numbers that exist."""
    with pair.servers[1].client(line.token) as client:
        answer = client.get("/api/v1/units", params={"part_number": part, "format": "csv"})
        return [row.split(",")[3] for row in answer.text.splitlines()[1:]]


def mixed(part: str, chance, *, rounds: int) -> list[list]:
    """What sixteen clients send: next numbers in blocks and alone, and numbers by hand that the counter is about to give."""
    jobs = []
    for client in range(PROCESSES):
        requests = []
        for _ in range(rounds):
            number = chance.randrange(1, PROCESSES * rounds)
            by_hand = chance.choice(variants(f"IPC26-É{number:04d}"))
            requests += [issue(part, 4)] if client % 2 else [issue(part, 1), *commissions(part, [by_hand])]
        jobs.append(requests)
    return jobs


def test_P04_no_serial_is_given_twice(pair, line, chance):
    define(pair, line, "PUMP-200")
    said = race(pair.ports, line.token, mixed("PUMP-200", chance, rounds=4))
    assert unanswered(said) == []
    assert given_twice(said) == {}
    assert len(units(pair, line, "PUMP-200")) == given(said) > 100


def test_P04_control_a_naive_server_gives_some_twice(naive, chance):
    said = race(naive.ports, "", mixed("PUMP-200", chance, rounds=4))
    assert given_twice(said)


def given(said: list[Said]) -> int:
    """How many serial numbers were given."""
    issued = sum(one.answer["count"] for one in said if one.status == 201)
    return issued + sum(one.is_done for one in said if one.status == 200)


def test_P04_none_is_given_again_after_scrap_shipping_or_correction(pair, line, chance):
    define(pair, line, "PUMP-200")
    with pair.servers[0].client(line.token) as client:
        numbers = client.post("/api/v1/serials", json={"part_number": "PUMP-200", "count": 12}).json()["serial_numbers"]
        names = [f"PUMP-200/{number}" for number in numbers]
        gone = [event("UnitScrapped", unit=name, reason="dropped") for name in names[:4]]
        gone += [event("UnitShipped", unit=name, customer="St. Anna") for name in names[4:8]]
        assert client.post("/api/v1/events", json=gone).json()["refused"] == 0
    again = [spelling for number in numbers for spelling in variants(number)]
    chance.shuffle(again)
    jobs = [[*commissions("PUMP-200", again[start::8]), issue("PUMP-200", 3)] for start in range(8)]
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    assert [one.body for one in said if one.status == 200] == []
    fresh = [normal(number) for one in said if one.status == 201 for number in one.answer["serial_numbers"]]
    assert len(set(fresh)) == 24
    assert not set(fresh) & {normal(number) for number in numbers}


def test_C1_eight_clients_post_the_same_twenty_serials(pair, line):
    define(pair, line, "PUMP-200")
    # Each client in its own spelling, all in the same order, so that they meet.
    jobs = [commissions("PUMP-200", [variants(f"AÉ-{n:02d}")[client % 5] for n in range(20)]) for client in range(8)]
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    assert given_twice(said) == {}
    assert len(units(pair, line, "PUMP-200")) == sum(one.is_done for one in said) == 20


def test_C1_control(naive):
    jobs = [commissions("PUMP-201", [f"AB-{number:02d}" for number in range(20)]) for _ in range(8)]
    assert given_twice(race(naive.ports, "", jobs))


def test_C1_as_batches_each_serial_is_recorded_by_one_client(pair, line):
    define(pair, line, "PUMP-200")
    batches = [
        [post(*[body for _, _, body in commissions("PUMP-200", [f"X-{n}" for n in range(20)])])] for _ in range(8)
    ]
    said = race(pair.ports, line.token, batches)
    assert unanswered(said) == []
    assert given_twice(said) == {}
    assert sum(one.answer["recorded"] for one in said) == 20


def test_C1b_eight_clients_ask_for_the_next_four(pair, line):
    define(pair, line, "PUMP-200")
    said = race(pair.ports, line.token, [[issue("PUMP-200", 4)] * 5 for _ in range(8)])
    assert unanswered(said) == []
    assert given_twice(said) == {}
    assert sorted(units(pair, line, "PUMP-200")) == [f"IPC26-É{number:04d}" for number in range(1, 161)]


def test_C1b_control(naive):
    assert given_twice(race(naive.ports, "", [[issue("PUMP-202", 4)] * 5 for _ in range(8)]))


@pytest.mark.soak
def test_P04_soak_no_serial_is_given_twice(pair, line, chance):
    """A million by blocks of 500, and by hand in between."""
    define(pair, line, "PUMP-200")
    total = soak(1_000_000)
    jobs = []
    for _ in range(PROCESSES):
        requests = []
        for _ in range(total // PROCESSES // 500):
            number = chance.randrange(1, total)
            by_hand = chance.choice(variants(f"IPC26-É{number:04d}"))
            requests += [issue("PUMP-200", 500), *commissions("PUMP-200", [by_hand])]
        jobs.append(requests)
    said = race(pair.ports, line.token, jobs, timeout_s=3600)
    assert unanswered(said) == []
    assert given_twice(said) == {}
    assert len(units(pair, line, "PUMP-200")) == given(said)
    print(f"{given(said)} serial numbers given, none twice")
