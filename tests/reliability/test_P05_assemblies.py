"""P05: a component is in one parent at most, nothing is inside itself, and of a lot no more is taken than there was.

Also the probes C2 and C2b, and P19: transactions over many units in any order wait for each other and never deadlock.
"""

import pytest

from tests.api.talk import event
from tests.reliability.conftest import soak
from tests.reliability.races import cycles, in_two_places, post, race, taken, unanswered

pytestmark = pytest.mark.slow

CLIENTS = 8


def prepare(pair, line, *names: str, lot: str = "") -> None:
    """Define and commission units, and a lot of ten."""
    parts = sorted({name.partition("/")[0] for name in names})
    events = [event("PartDefined", part=part) for part in parts]
    events += [event("UnitCommissioned", unit=name) for name in names]
    if lot:
        events.append(event("PartDefined", part=lot.partition("/")[0], tracking="lot"))
        events.append(event("LotDefined", lot=lot, quantity="10"))
    with pair.servers[0].client(line.token) as client:
        for start in range(0, len(events), 5_000):
            answer = client.post("/api/v1/events", json=events[start : start + 5_000]).json()
            assert answer["refused"] == 0, answer


def install(component: str, unit: str, **more):
    return post(event("ComponentInstalled", unit=unit, component=component, **more))


def scramble(chance, count: int):
    """Every client puts every board into a pump of its own, in an order of its own."""
    boards = [f"PCB-10/{number}" for number in range(count)]
    jobs = []
    for client in range(CLIENTS):
        order = boards[:]
        chance.shuffle(order)
        # Half of them in the same order as another one, so that they meet at each.
        jobs.append([install(board, f"PUMP-200/{client}") for board in (order if client % 4 == 3 else boards)])
    return jobs


def rings(count: int):
    """Everybody tries to close the same rings: A into B, B into C, C into A."""
    links = [(f"RING-1/{n}-A", f"RING-1/{n}-B") for n in range(count)], [(f"RING-1/{n}-B", f"RING-1/{n}-C") for n in range(count)], [
        (f"RING-1/{n}-C", f"RING-1/{n}-A") for n in range(count)
    ]  # fmt: skip
    return [[install(*link) for link in links[client % 3]] for client in range(CLIENTS + 1)]


def takers(rounds: int, lot: str = "CAP-100N/L1"):
    return [
        [post(event("ComponentInstalled", unit=f"PUMP-200/{client}", lot=lot, quantity="3"))] * 1
        for client in range(CLIENTS)
    ] * rounds


def test_C2_P05_a_component_goes_into_one_parent(pair, line, chance):
    prepare(pair, line, *[f"PUMP-200/{n}" for n in range(CLIENTS)], *[f"PCB-10/{n}" for n in range(12)])
    said = race(pair.ports, line.token, scramble(chance, 12))
    assert unanswered(said) == []
    assert in_two_places(said) == {}
    assert sum(one.is_done for one in said) == 12
    with pair.servers[1].client(line.token) as client:
        counts = [client.get(f"/api/v1/units/PUMP-200/{n}/as-built").json()["component_count"] for n in range(CLIENTS)]
        assert sum(counts) == 12


def test_C2_P05_control(naive, chance):
    assert in_two_places(race(naive.ports, "", scramble(chance, 12)))


def test_P05_nothing_is_inside_itself(pair, line):
    prepare(pair, line, *[f"RING-1/{n}-{letter}" for n in range(8) for letter in "ABC"])
    said = race(pair.ports, line.token, rings(8))
    assert unanswered(said) == []
    assert cycles(said) == []
    assert sum(one.is_done for one in said) == 16, "two links of each ring hold, the third would close it"


def test_P05_cycles_control(naive):
    assert cycles(race(naive.ports, "", rings(8)))


def test_C2b_a_lot_of_ten_eight_clients_take_three(pair, line):
    prepare(pair, line, *[f"PUMP-200/{n}" for n in range(CLIENTS)], lot="CAP-100N/L1")
    said = race(pair.ports, line.token, takers(1))
    assert unanswered(said) == []
    assert taken(said) == 9
    with pair.servers[1].client(line.token) as client:
        lot = client.get("/api/v1/lots/CAP-100N/L1").json()
        assert (lot["quantity"], lot["used"], lot["remaining"]) == ("10", "9", "1")
        assert client.get("/api/v1/lots/CAP-100N/L1/where-used").json()["count"] == 3


def test_C2b_control(naive):
    assert max(taken(race(naive.ports, "", takers(1, f"CAP-100N/{attempt}"))) for attempt in range(5)) > 10


def test_P19_batches_over_the_same_units_in_any_order(pair, line, chance):
    names = [f"PUMP-200/{n}" for n in range(20)]
    prepare(pair, line, *names)
    jobs = []
    for client in range(CLIENTS):
        requests = []
        for turn in range(6):
            order = names[:]
            chance.shuffle(order)
            requests.append(post(*[event("UnitMoved", unit=name, location=f"{client}-{turn}") for name in order]))
        jobs.append(requests)
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    assert all(one.answer["recorded"] == 20 for one in said)
    with pair.servers[1].client(line.token) as client:
        assert client.get("/api/v1/units/PUMP-200/7/history").json()["count"] == 1 + 6 * CLIENTS


@pytest.mark.soak
def test_P05_P19_soak(pair, line, chance):
    """Thousands of boards wanted by eight, rings, and batches in any order."""
    boards = soak(2_000)
    names = [f"PUMP-200/{n}" for n in range(CLIENTS)] + [f"PCB-10/{n}" for n in range(boards)]
    names += [f"RING-1/{n}-{letter}" for n in range(boards // 4) for letter in "ABC"]
    prepare(pair, line, *names)
    said = race(pair.ports, line.token, scramble(chance, boards))
    assert unanswered(said) == []
    assert in_two_places(said) == {}
    assert sum(one.is_done for one in said) == boards
    turned = race(pair.ports, line.token, rings(boards // 4))
    assert unanswered(turned) == []
    assert cycles(turned) == []
    print(f"{len(said) + len(turned)} attempts, none in two places, none inside itself")
