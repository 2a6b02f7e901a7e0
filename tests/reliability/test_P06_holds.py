"""P06: what is on hold is not shipped, nor what it is inside of, whoever is first."""

from itertools import pairwise

import pytest

from tests.api.talk import event
from tests.reliability.conftest import soak
from tests.reliability.races import post, race, shipped_on_hold, unanswered
from tests.reliability.test_P05_assemblies import prepare

pytestmark = pytest.mark.slow

CLIENTS = 8


def hold(unit: str, number: object):
    return post(event("HoldPlaced", unit=unit, hold=f"H-{number}", reason="leak"))


def ship(unit: str):
    return post(event("UnitShipped", unit=unit, customer="St. Anna"))


def hold_and_ship(pumps: list[str], held: list[str]):
    """Half of the clients hold what the other half ships, in the same order."""
    return [
        [hold(unit, client) for unit in held] if client % 4 < 2 else [ship(unit) for unit in pumps]
        for client in range(CLIENTS)
    ]


def assemble(pair, line, count: int, depth: int) -> tuple[list[str], list[str], dict[str, str]]:
    """Pumps with something in them, that many levels down. Gives pumps, innermost components, and pump by component."""
    levels = [[f"L{level}/{n}" for n in range(count)] for level in range(depth + 1)]
    prepare(pair, line, *[name for level in levels for name in level])
    links = [
        event("ComponentInstalled", unit=parent, component=component)
        for parents, components in pairwise(levels)
        for parent, component in zip(parents, components, strict=True)
    ]
    with pair.servers[0].client(line.token) as client:
        assert client.post("/api/v1/events", json=links).json()["refused"] == 0
    return levels[0], levels[-1], dict(zip(levels[-1], levels[0], strict=True))


def test_P06_what_is_on_hold_is_not_shipped(pair, line):
    units = [f"PUMP-200/{n}" for n in range(12)]
    prepare(pair, line, *units)
    said = race(pair.ports, line.token, hold_and_ship(units, units))
    assert unanswered(said) == []
    assert shipped_on_hold(said) == []
    ships = [one.body["unit"] for one in said if one.is_done and one.body["type"] == "UnitShipped"]
    assert len(ships) == len(set(ships)), "a unit is shipped once"


def test_P06_control(naive):
    found = []
    for attempt in range(3):
        units = [f"PUMP-20{attempt}/{n}" for n in range(12)]
        found += shipped_on_hold(race(naive.ports, "", hold_and_ship(units, units)))
    assert found


@pytest.mark.parametrize("depth", [1, 4])
def test_P06_what_contains_something_on_hold_is_not_shipped(pair, line, depth):
    pumps, innermost, inside = assemble(pair, line, 10, depth)
    said = race(pair.ports, line.token, hold_and_ship(pumps, innermost))
    assert unanswered(said) == []
    assert shipped_on_hold(said, inside) == []
    assert any(one.is_done for one in said)


def test_P06_depth_control(naive):
    """The naive server does not look inside: a hold on the component does not stop the pump."""
    units, parts = ([f"{part}/{n}" for n in range(12)] for part in ("PUMP-300", "PCB-300"))
    found = []
    for attempt in range(3):
        jobs = hold_and_ship([f"{unit}-{attempt}" for unit in units], [f"{part}-{attempt}" for part in parts])
        inside = {f"{part}-{attempt}": f"{unit}-{attempt}" for part, unit in zip(parts, units, strict=True)}
        found += shipped_on_hold(race(naive.ports, "", jobs), inside)
    assert found


def test_P06_a_component_is_not_installed_while_it_is_held(pair, line):
    boards = [f"PCB-10/{n}" for n in range(12)]
    pumps = [f"PUMP-200/{n}" for n in range(12)]
    prepare(pair, line, *boards, *pumps)
    put = [
        post(event("ComponentInstalled", unit=pump, component=board)) for pump, board in zip(pumps, boards, strict=True)
    ]
    jobs = [[hold(board, client) for board in boards] if client % 4 < 2 else put for client in range(CLIENTS)]
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    held = {one.body["unit"]: one.sequence for one in said if one.is_done and one.body["type"] == "HoldPlaced"}
    installed = {
        one.body["component"]: one.sequence for one in said if one.is_done and one.body["type"] != "HoldPlaced"
    }
    assert [board for board, sequence in installed.items() if board in held and held[board] < sequence] == []


@pytest.mark.soak
def test_P06_soak(pair, line):
    count = soak(3_000)
    pumps, innermost, inside = assemble(pair, line, count, 3)
    said = race(pair.ports, line.token, hold_and_ship(pumps, innermost))
    assert unanswered(said) == []
    assert shipped_on_hold(said, inside) == []
    print(f"{count} pumps held inside and shipped at once by {CLIENTS}: none shipped on hold")
