"""Group commit: calls that wait together are recorded together, and each gets its own answers."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from asbuilt.capture import collector as collecting
from asbuilt.capture.capture import Submission
from asbuilt.capture.collector import Collector, Overloaded
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Unavailable
from tests.world import ACTOR, World, recorded


@pytest.fixture
def collector(world) -> Iterator[Collector]:
    collector = Collector(world.database, clock=lambda: world.now)
    yield collector
    collector.close()


def call(*events, atomic: bool = False) -> Submission:
    return Submission(events=tuple(map(captured, events)), actor=ACTOR, atomic=atomic)


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(60_000):
        if is_so():
            return
        time.sleep(0.001)
    pytest.fail("waited for a minute in vain")


class Held:
    """Keeps the collector busy with its first call until others wait."""

    def __init__(self, monkeypatch) -> None:
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.groups: list[int] = []
        original = collecting.capture

        def slowly(database, site, submissions, *, now):
            self.groups.append(len(submissions))
            self.entered.set()
            assert self.go_on.wait(timeout=60)
            return original(database, site, submissions, now=now)

        monkeypatch.setattr(collecting, "capture", slowly)


def test_a_call_is_answered_as_by_capture_itself(world, collector):
    world.unit("PUMP-200/1")
    good = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
    bad = world.event(UnitMoved, "PUMP-200/2", location="CELL-4")
    assert recorded(collector.capture(world.site, call(good, bad))) == ["recorded", "IDN-001"]
    assert recorded(collector.capture(world.site, call(good, bad, atomic=True))) == ["repeated", "IDN-001"]
    assert collector.capture(world.site, call()) == []


def test_calls_that_wait_share_a_transaction(world, opened, collector, monkeypatch):
    neighbour = World(world.database, opened.new_site())
    for plant in (world, neighbour):
        plant.unit("PUMP-200/1")
    held = Held(monkeypatch)
    with ThreadPoolExecutor(9) as pool:
        sent = []
        for number in range(9):
            plant = neighbour if number == 8 else world
            event = plant.event(UnitMoved, f"PUMP-200/{2 if number == 5 else 1}", location=f"CELL-{number}")
            sent.append(pool.submit(collector.capture, plant.site, call(event)))
            if number == 0:
                assert held.entered.wait(timeout=60)
        wait_until(lambda: collector._queue.qsize() == 8)
        held.go_on.set()
        answers = [recorded(one.result(timeout=60)) for one in sent]
    assert held.groups == [1, 7, 1], "the first alone, those that waited together, the other site's by itself"
    assert answers == [["recorded"] if number != 5 else ["IDN-001"] for number in range(9)]


def test_one_call_that_fails_does_not_fail_its_neighbours(world, collector, monkeypatch, caplog):
    world.unit("PUMP-200/1")
    held = Held(monkeypatch)
    slowly = collecting.capture

    def failing(database, site, submissions, *, now):
        if any(one.events[0].event.location == "BROKEN" for one in submissions):
            raise ZeroDivisionError
        return slowly(database, site, submissions, now=now)

    monkeypatch.setattr(collecting, "capture", failing)
    places = ("CELL-1", "CELL-2", "BROKEN", "CELL-3")
    with ThreadPoolExecutor(4) as pool:
        sent = []
        for number, place in enumerate(places):
            event = world.event(UnitMoved, "PUMP-200/1", location=place)
            sent.append(pool.submit(collector.capture, world.site, call(event)))
            if number == 0:
                assert held.entered.wait(timeout=60)
        wait_until(lambda: collector._queue.qsize() == 3)
        held.go_on.set()
        for place, one in zip(places, sent, strict=True):
            if place == "BROKEN":
                with pytest.raises(ZeroDivisionError):
                    one.result(timeout=60)
            else:
                assert recorded(one.result(timeout=60)) == ["recorded"]
    assert "a common transaction failed; its 3 calls are tried one by one" in caplog.text


def test_too_much_waiting_is_turned_away_and_taken_later(world, collector, monkeypatch):
    world.unit("PUMP-200/1")
    monkeypatch.setattr(collecting, "EVENTS_WAITING_MAX", 5)
    held = Held(monkeypatch)
    many = [world.event(UnitMoved, "PUMP-200/1", location="CELL-4") for _ in range(9)]
    one_more = world.event(UnitMoved, "PUMP-200/1", location="CELL-5")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(collector.capture, world.site, call(*many))  # longer than the limit, but alone
        assert held.entered.wait(timeout=60)
        with pytest.raises(Overloaded, match="9 events are waiting to be recorded; send it again"):
            collector.capture(world.site, call(one_more))
        held.go_on.set()
        assert recorded(first.result(timeout=60)) == ["recorded"] * 9
    assert recorded(collector.capture(world.site, call(one_more))) == ["recorded"]


def test_what_waits_is_recorded_before_the_end_and_nothing_after_it(world, monkeypatch):
    world.unit("PUMP-200/1")
    collector = Collector(world.database, clock=lambda: world.now + timedelta(seconds=3))
    held = Held(monkeypatch)
    with ThreadPoolExecutor(3) as pool:
        events = [world.event(UnitMoved, "PUMP-200/1", location=f"CELL-{number}") for number in range(2)]
        sent = [pool.submit(collector.capture, world.site, call(event)) for event in events]
        assert held.entered.wait(timeout=60)
        wait_until(lambda: sum(held.groups) + collector._queue.qsize() == 2)
        closing = pool.submit(collector.close)
        held.go_on.set()
        closing.result(timeout=60)
        assert [recorded(one.result(timeout=60)) for one in sent] == [["recorded"]] * 2
    with pytest.raises(Unavailable, match="the server is stopping"):
        collector.capture(world.site, call(world.event(UnitMoved, "PUMP-200/1", location="CELL-9")))
    assert world.history("PUMP-200/1")[-1].record_time == world.now - timedelta(minutes=1) + timedelta(seconds=3)
