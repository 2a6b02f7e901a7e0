"""What is under way when a recall is opened: recorded before it, and found by its scope; or after it, and refused."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from asbuilt.capture import capture as door
from asbuilt.capture.answers import Acknowledgement
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.recalls import RecallOpened, RecallSeed
from asbuilt.ledger.postgresql import PostgresqlWriter
from tests.capture.racing import is_recorded, racers
from tests.capture.test_races import counted
from tests.databases import need_postgresql, opened_database
from tests.world import World

WAITS_S = 1.0
"""How long who is under way gives the recall to overtake it."""

BY_SUPPLIER = (RecallSeed(supplier_lot="Z-77"),)


@pytest.fixture
def floor(world) -> World:
    return stocked(world)


def stocked(world: World) -> World:
    world.lot("CAP/L1", quantity=1000, supplier="Zellora", supplier_lot="Z-77")
    world.units("PCB/1", "PCB/2")
    return world


def races(world: World, made, monkeypatch) -> tuple[list, list, bool]:
    """An installation that has been judged, and waits before it is written while a recall of its lot is opened.

    Gives both answers, and whether the recall was recorded while the other waited.
    """
    judged, opened = threading.Event(), threading.Event()
    overtaken = []
    written = door._write

    def slowly(writer, surroundings, accepted, record_time):
        if any(isinstance(one.event, ComponentInstalled) for one in accepted):
            judged.set()
            overtaken.append(opened.wait(WAITS_S))
        return written(writer, surroundings, accepted, record_time)

    monkeypatch.setattr(door, "_write", slowly)
    installed = world.event(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C1")
    recall = world.event(RecallOpened, "RC-1", reason="cracks", seeds=BY_SUPPLIER)

    def opens(database):
        assert judged.wait(30)
        answer = sends(database, world, recall)
        opened.set()
        return answer

    with made.opened() as one, made.opened() as other, ThreadPoolExecutor(2) as pool:
        first = pool.submit(sends, one, world, installed)
        second = pool.submit(opens, other)
        return first.result(60), second.result(60), overtaken[0]


def sends(database, world, event):
    submission = door.Submission(events=(door.captured(event),), actor="anna")
    (answers,) = door.capture(database, world.site, [submission], now=world.now)
    return answers


def test_REC_009_a_recall_waits_for_what_is_under_way(floor, opened, monkeypatch):
    (installed,), (recalled,), was_overtaken = races(floor, opened.made, monkeypatch)
    assert isinstance(installed, Acknowledgement)
    assert isinstance(recalled, Acknowledgement)
    assert not was_overtaken
    assert installed.sequence < recalled.sequence
    assert floor.where_used("CAP/L1") == ["PCB/1"]
    assert floor.refusals(ComponentInstalled, "PCB/2", lot="CAP/L1", reference_designator="C1") == ["REC-009"]


@pytest.mark.postgresql
def test_a_recall_that_waits_for_nobody_is_overtaken(monkeypatch):
    """The negative control: without the wait, something is used after the recall was acknowledged."""
    need_postgresql()
    monkeypatch.setattr(PostgresqlWriter, "exclude_others", lambda _: None)
    with opened_database("postgresql") as opened:
        world = stocked(World(opened.database, opened.new_site()))
        (installed,), (recalled,), was_overtaken = races(world, opened.made, monkeypatch)
        assert isinstance(installed, Acknowledgement)
        assert isinstance(recalled, Acknowledgement)
        assert was_overtaken


def test_REC_009_what_is_used_at_the_same_moment_is_before_the_recall_or_refused(floor, opened):
    """Installing, consuming, shipping and two recalls at once: nobody waits for ever, and nothing slips through."""
    floor.lot("MIX/1")
    floor.units(*(f"PCB/{number}" for number in range(10, 16)))
    with racers(opened.made, floor, 4) as racing:
        for number in range(6):
            lot = f"CAP/X{number}"
            floor.lot(lot, quantity=100, supplier="Zellora", supplier_lot=f"S-{number}")
            seeds = (RecallSeed(supplier_lot=f"S-{number}"),)
            floor.captures(ComponentInstalled, f"PCB/{number + 10}", lot=lot, reference_designator="C1")
            answers = racing.race(
                [floor.event(MaterialConsumed, "MIX/1", lot=lot, quantity=1)],
                [floor.event(UnitShipped, f"PCB/{number + 10}", customer="Lyon")],
                *([floor.event(RecallOpened, f"RC-{number}-{one}", reason="cracks", seeds=seeds)] for one in "AB"),
            )
            consumed, shipped, *recalls = (one for some in answers for one in some)
            assert all(map(is_recorded, recalls))
            opened_first = min(one.sequence for one in recalls)
            for used in (consumed, shipped):
                if is_recorded(used):
                    assert used.sequence < opened_first
                else:
                    assert [broken.rule for broken in used.broken] == ["REC-009"]
            assert set(counted(answers)) <= {"recorded", "REC-009"}
