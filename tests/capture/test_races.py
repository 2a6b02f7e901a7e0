"""What must hold when many do the same at the same moment. Small here; `make soak` does it for long."""

import os
import random
from collections import Counter
from decimal import Decimal
from uuid import uuid4

import pytest

from asbuilt.capture.answers import Acknowledgement, Outcome
from asbuilt.capture.capture import Submission, capture
from asbuilt.core.events.definitions import SerialProfileDefined, Tracking
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved, UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import WorkOrderClosed
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.ledger.codec import captured
from asbuilt.ledger.postgresql import LOCK
from asbuilt.projections.rebuild import rebuild
from tests.capture.racing import Racers, is_recorded, issue_in_processes, naive_doubles, naive_serials, racers
from tests.world import ACTOR, recorded

SHORT, LONG = 3, int(os.environ.get("ASBUILT_RACES", "2000"))
CONTROL = 60
"""Most rounds in which a race without locks must have gone wrong."""


@pytest.fixture(params=[SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def rounds(request) -> int:
    return request.param


def counted(answers) -> Counter[str]:
    return Counter(one for some in answers for one in recorded(some))


def test_looking_first_and_writing_then_makes_doubles(own):
    """The negative control: on the same database, writers without a constraint do what the others must not."""
    assert naive_doubles(own, writers=8) == 7


def test_the_next_number_looked_up_is_issued_twice(own):
    """The negative control of the serial counter."""
    serials = naive_serials(own, writers=8)
    assert len(serials) == 8
    assert len(set(serials)) < 8


def test_a_component_goes_into_one_of_two_parents(world, opened, rounds):
    world.units("PUMP-200/1", "PUMP-200/2")
    with racers(opened.made, world, 2) as racing:
        for number in range(rounds):
            world.unit(f"PCB-10/{number}")
            answers = racing.race(
                *[
                    [world.event(ComponentInstalled, f"PUMP-200/{pump}", component=f"PCB-10/{number}")]
                    for pump in (1, 2)
                ]
            )
            assert counted(answers) == {"recorded": 1, "GEN-001": 1}
    assert len(world.where_used("PCB-10/0", ever=True)) == 1


def test_two_components_meet_at_one_place(world, opened, rounds):
    world.units("PCB-10/1", "PCB-10/2")
    with racers(opened.made, world, 2) as racing:
        for number in range(rounds):
            world.units(f"PUMP-200/{number}", f"PCB-10/A{number}", f"PCB-10/B{number}")
            place = {"reference_designator": "A1"}
            answers = racing.race(
                *[
                    [world.event(ComponentInstalled, f"PUMP-200/{number}", component=f"PCB-10/{one}{number}", **place)]
                    for one in "AB"
                ]
            )
            assert counted(answers) == {"recorded": 1, "GEN-003": 1}


def test_eight_writers_commission_the_same_serials(world, opened, rounds):
    world.part("PUMP-200")
    with racers(opened.made, world, 8) as racing:
        for number in range(min(rounds, 200)):
            spellings = [lambda text: text, str.lower, lambda text: f" {text} ", lambda text: text.replace("-", "- ")]
            calls = [
                [
                    world.event(UnitCommissioned, spellings[writer % 4](f"PUMP-200/S{number}-{serial}"))
                    for serial in range(20)
                ]
                for writer in range(8)
            ]
            assert counted(racing.race(*calls)) == {"recorded": 20, "IDN-003": 140}
    assert len(world.rows("SELECT 1 FROM unit_state WHERE site_id = $1", world.site.site_id)) == 20 * min(rounds, 200)


def takers_served(racing: Racers, number: int) -> Counter[str]:
    """Eight take three each of a lot of ten."""
    world = racing.world
    world.lot(f"CAP/{number}", quantity=10)
    world.units(*[f"PUMP-200/{number}-{taker}" for taker in range(8)])
    return counted(
        racing.race(
            *[
                [world.event(ComponentInstalled, f"PUMP-200/{number}-{taker}", lot=f"CAP/{number}", quantity=3)]
                for taker in range(8)
            ]
        )
    )


def is_shipped_on_hold(racing: Racers, held: str, number: int) -> bool:
    """One puts on hold what another ships at the same moment: whether both came about, the hold first."""
    world = racing.world
    world.units(f"PUMP-200/{number}", f"PCB-10/{number}")
    world.lot(f"CAP/{number}")
    world.captures(ComponentInstalled, f"PCB-10/{number}", lot=f"CAP/{number}")
    world.captures(ComponentInstalled, f"PUMP-200/{number}", component=f"PCB-10/{number}")
    (hold,), (shipment,) = racing.race(
        [world.event(HoldPlaced, f"{held}/{number}", hold="QH-1", reason="audit")],
        [world.event(UnitShipped, f"PUMP-200/{number}", customer="St. Anna")],
    )
    assert isinstance(hold, Acknowledgement)
    if isinstance(shipment, Acknowledgement):
        return hold.sequence < shipment.sequence
    assert [one.rule for one in shipment.broken] == ["QUA-001"]
    return False


def ring_closed(racing: Racers, sides: int, number: int) -> Counter[str]:
    """Assemblies are put into each other, each by another hand."""
    world = racing.world
    tops = [f"TOP/{sides}-{number}-{side}" for side in range(sides)]
    bottoms = [f"BOTTOM/{sides}-{number}-{side}" for side in range(sides)]
    world.units(*tops, *bottoms)
    for top, bottom in zip(tops, bottoms, strict=True):
        world.captures(ComponentInstalled, top, component=bottom)
    following = [*bottoms[1:], bottoms[0]]
    pairs = zip(tops, following, strict=True)
    return counted(racing.race(*[[world.event(ComponentInstalled, below, component=top)] for top, below in pairs]))


def test_a_lot_of_ten_gives_three_to_three_of_eight(world, opened, rounds):
    with racers(opened.made, world, 8) as racing:
        for number in range(rounds):
            assert takers_served(racing, number) == {"recorded": 3, "GEN-005": 5}
    used = world.rows("SELECT used FROM lot_state WHERE site_id = $1", world.site.site_id)
    assert {used for (used,) in used} == {9 * 10**6}


def test_of_a_lot_of_ten_three_begin_three_of_eight(world, opened, rounds):
    with racers(opened.made, world, 8) as racing:
        for number in range(rounds):
            world.lot(f"HSG/{number}", quantity=10)
            part = {"operation": "DEBURR", "quantity": Decimal(3)}
            starts = [[world.event(LotOperationStarted, f"HSG/{number}", **part)] for _ in range(8)]
            assert counted(racing.race(*starts)) == {"recorded": 3, "PRO-061": 5}


def test_an_order_is_closed_with_all_that_was_done_to_lots_before(world, opened, rounds):
    """What is reported at the same moment is counted, or comes too late."""
    with racers(opened.made, world, 2) as racing:
        for number in range(rounds):
            order = str(world.order(f"WO-{number}", part="HSG", tracking=Tracking.LOT))
            world.lot(f"HSG/{number}", quantity=10)
            done = world.event(
                LotOperationCompleted, f"HSG/{number}", operation="WASH", passed=Decimal(10), work_order=order
            )
            (work,), (close,) = racing.race([done], [world.event(WorkOrderClosed, order, reason="full")])
            assert isinstance(close, Acknowledgement)
            ((started,),) = world.rows(
                "SELECT closed_started FROM work_order_state JOIN subject ON subject_id = work_order_id"
                " WHERE work_order_state.site_id = $1 AND name = $2",
                world.site.site_id,
                order,
            )
            if isinstance(work, Acknowledgement):
                assert started == 10
            else:
                assert ([one.rule for one in work.broken], started) == (["PRO-001"], 0)


@pytest.mark.parametrize("held", ["PUMP-200", "PCB-10", "CAP"])
def test_what_is_held_was_shipped_before_or_not_at_all(world, opened, rounds, held):
    """P06: the unit itself, a component in it, and a lot in the component."""
    with racers(opened.made, world, 2) as racing:
        for number in range(rounds):
            assert not is_shipped_on_hold(racing, held, number)


def test_no_ring_is_closed_from_two_or_three_sides(world, opened, rounds):
    for sides in (2, 3):
        with racers(opened.made, world, sides) as racing:
            for number in range(max(1, rounds // sides)):  # PostgreSQL takes a second to see a deadlock
                assert ring_closed(racing, sides, number) == {"recorded": sides - 1, "GEN-002": 1}


@pytest.mark.slow
def test_without_row_locks_the_same_races_go_wrong(own, own_world, kind, monkeypatch):
    """The negative control: the same stories on the same database show the fault as soon as nothing is locked."""
    if kind == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time, so there is no lock to leave out")
    monkeypatch.setattr("asbuilt.ledger.postgresql.LOCK", LOCK.replace("FOR UPDATE", ""))
    with racers(own, own_world, 8) as racing:
        assert any(takers_served(racing, number)["recorded"] > 3 for number in range(CONTROL))
    with racers(own, own_world, 2) as racing:
        assert any(is_shipped_on_hold(racing, "PCB-10", CONTROL + number) for number in range(CONTROL))
        assert any(ring_closed(racing, 2, number)["recorded"] == 2 for number in range(CONTROL))


def bearers(racing: Racers, number: int) -> Counter[str]:
    """Two parts are given the same serial at the same moment; that of one of them is unique within the site."""
    world = racing.world
    return counted(
        racing.race(*[[world.event(UnitCommissioned, f"{part}/{number}")] for part in ("BADGE", "PUMP-200")])
    )


def with_a_wide_profile(world) -> None:
    for part in ("BADGE", "PUMP-200"):
        world.part(part)
    world.captures(SerialProfileDefined, "BADGE", unique_within="site")


def test_a_serial_unique_within_the_site_is_borne_once(world, opened, rounds):
    with_a_wide_profile(world)
    with racers(opened.made, world, 2) as racing:
        for number in range(rounds):
            assert bearers(racing, number) == {"recorded": 1, "IDN-007": 1}


@pytest.mark.slow
def test_without_its_lock_such_a_serial_is_borne_twice(own, own_world, kind, monkeypatch):
    """The negative control."""
    if kind == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time, so there is no lock to leave out")
    monkeypatch.setattr("asbuilt.ledger.postgresql.PostgresqlWriter.lock_serials", lambda *_, **__: None)
    with_a_wide_profile(own_world)
    with racers(own, own_world, 2) as racing:
        assert any(bearers(racing, number)["recorded"] == 2 for number in range(CONTROL))


def test_a_slot_is_loaded_once(world, opened, rounds):
    with racers(opened.made, world, 4) as racing:
        for number in range(rounds):
            for one in range(4):
                world.lot(f"CAP/{number}-{one}")
            calls = [
                [world.event(MaterialLoaded, f"CAP/{number}-{one}", station=f"SMT-{number}", slot="F01")]
                for one in range(4)
            ]
            assert counted(racing.race(*calls)) == {"recorded": 1, "GEN-006": 3}


def test_one_event_sent_by_eight_at_once_is_recorded_once(world, opened, rounds):
    world.unit("PUMP-200/1")
    with racers(opened.made, world, 8) as racing:
        for _ in range(rounds):
            moved = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
            answers = racing.race(*[[moved]] * 8)
            assert counted(answers) == {"recorded": 1, "repeated": 7}
            assert len({answer.sequence for (answer,) in answers}) == 1
    assert len(world.history("PUMP-200/1")) == rounds + 1


def test_calls_that_name_units_in_any_order_do_not_lock_each_other_out(world, opened, rounds):
    """P19: a deadlock is tried again by us and never reaches the operator."""
    names = [f"PUMP-200/{number}" for number in range(12)]
    world.units(*names)
    seed = random.randrange(2**32)
    print(f"seed {seed}")

    def move_some(database) -> int:
        chance, done = random.Random(seed), 0
        for _ in range(rounds):
            events = [
                UnitMoved(event_id=uuid4(), event_time=world.now, unit=unit, location="CELL-4")
                for unit in chance.sample(units, 6)
            ]
            submission = Submission(events=tuple(map(captured, events)), actor=ACTOR)
            (answers,) = capture(database, world.site, [submission], now=world.now)
            done += sum(map(is_recorded, answers))
        return done

    units = [world.event(UnitMoved, name, location="X").unit for name in names]
    with racers(opened.made, world, 8) as racing:
        assert racing.each(move_some) == [6 * rounds] * 8
    assert rebuild(world.database, world.site, keep=False).differences == ()


@pytest.mark.slow
def test_processes_issue_no_serial_twice(world, opened):
    issue(world, opened, processes=4, calls=5, count=20)


@pytest.mark.soak
def test_a_million_serials_are_issued_once_each(world, opened):
    issue(world, opened, processes=16, calls=63, count=1000)


def issue(world, opened, *, processes: int, calls: int, count: int) -> None:
    """P04: processes draw from one counter; numbers given by hand are passed over."""
    world.part("PUMP-200", serial_format="IPC26-######")
    by_hand = {f"ACME:PUMP-200/IPC26-{number:06d}" for number in range(3, 60, 7)}
    world.units(*by_hand)
    issued = issue_in_processes(opened.made, world.site.name, "PUMP-200", processes=processes, calls=calls, count=count)
    assert len(issued) == len(set(issued)) == processes * calls * count
    assert not by_hand & set(issued)
    rows = world.rows("SELECT count(*) FROM unit_state WHERE site_id = $1", world.site.site_id)
    assert rows == [(len(issued) + len(by_hand),)]


def test_an_answer_to_a_race_is_an_outcome():
    """The controls above count by these words."""
    assert {outcome.value for outcome in Outcome} == {"recorded", "repeated", "refused"}
