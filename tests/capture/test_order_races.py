"""An order makes no more units than were ordered, whoever makes them in the same moment."""

from collections import Counter

import pytest

from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationStarted, WorkOrderSplit
from asbuilt.ledger.postgresql import LOCK
from asbuilt.projections.rebuild import rebuild
from tests.capture.racing import Racers, racers
from tests.world import recorded

ROUNDS, CONTROL = 4, 60
ROOM = 5


def made_at_once(racing: Racers, number: int) -> Counter[str]:
    """Eight make a unit each under an order with room for five: half by birth, half by the first work on one."""
    world, order = racing.world, f"WO-{number}"
    world.order(order, part="PUMP-200", quantity=ROOM)
    calls = []
    for one in range(8):
        unit = f"PUMP-200/{number}-{one}"
        if one % 2:
            calls.append([world.event(UnitCommissioned, unit, work_order=order)])
        else:
            world.unit(unit)
            calls.append([world.event(OperationStarted, unit, operation="OP-10", work_order=order)])
    return Counter(one for answers in racing.race(*calls) for one in recorded(answers))


def test_an_order_makes_no_more_than_was_ordered(world, opened):
    with racers(opened.made, world, 8) as racing:
        for number in range(ROUNDS):
            assert made_at_once(racing, number) == {"recorded": ROOM, "PRO-031": 8 - ROOM}
    assert rebuild(world.database, world.site, keep=False).differences == ()


@pytest.mark.slow
def test_without_row_locks_an_order_makes_too_many(own, own_world, kind, monkeypatch):
    """The negative control."""
    if kind == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time, so there is no lock to leave out")
    monkeypatch.setattr("asbuilt.ledger.postgresql.LOCK", LOCK.replace("FOR UPDATE", ""))
    with racers(own, own_world, 8) as racing:
        assert any(made_at_once(racing, number)["recorded"] > ROOM for number in range(CONTROL))


def test_pieces_are_split_off_or_begun_and_not_both(world, opened):
    with racers(opened.made, world, 2) as racing:
        for number in range(ROUNDS):
            order = f"SO-{number}"
            world.order(order, part="PUMP-200", quantity=2)
            world.unit(f"PUMP-200/{order}-1", work_order=order)
            answers = racing.race(
                [world.event(UnitCommissioned, f"PUMP-200/{order}-2", work_order=order)],
                [world.event(WorkOrderSplit, order, into=f"{order}-B", quantity=1)],
            )
            told = [recorded(one)[0] for one in answers]
            assert told in (["recorded", "PRO-032"], ["PRO-031", "recorded"])
