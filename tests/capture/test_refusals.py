"""A refused operation leaves a note in the history of its unit, once, and changes nothing else."""

from dataclasses import asdict, replace

import pytest

from asbuilt.capture.capture import Submission
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.events.production import OperationCompleted, OperationRefused, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.events.routes import RouteOperation
from asbuilt.ledger.codec import captured
from asbuilt.ledger.verify import verify
from asbuilt.projections.rebuild import rebuild
from tests.capture.racing import racers
from tests.world import ACTOR, World, recorded

PUMP = "PUMP-200/1"


@pytest.fixture
def line(world) -> World:
    """Two pumps, to be made in two operations."""
    world.part("PUMP-200")
    route = (RouteOperation(operation="OP-10"), RouteOperation(operation="OP-20"))
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=route)
    world.unit(PUMP)
    world.unit("PUMP-200/2")
    return world


def refusals(world: World, unit: str = PUMP) -> list[str]:
    """The rules of the refusals that are noted on a unit."""
    return ["+".join(one["rule"] for one in told["reasons"]) for told in world.made(OperationRefused, unit)]


def call(*events, atomic: bool = False) -> Submission:
    return Submission(events=tuple(map(captured, events)), actor=ACTOR, atomic=atomic)


def test_a_refusal_is_noted_with_all_that_was_sent(line):
    done = {"operation": "OP-20", "station": "ICT-7", "tool": "T-1", "program": "P/1", "operator": "bert"}
    sent = line.event(OperationCompleted, PUMP, source="GATE", **done)
    assert recorded(line.submit(sent)) == ["PRO-011"]
    (told,) = line.made(OperationRefused, PUMP)
    assert told["reasons"] == [{"reason": "before OP-20, OP-10 has to pass; do OP-10 next", "rule": "PRO-011"}]
    assert {name: told[name] for name in done} == done
    assert (told["phase"], told["source"], told["refused_event_id"]) == ("complete", "GATE", str(sent.event_id))
    (entry,) = (one for one in line.history(PUMP) if one.type == "OperationRefused")
    assert (entry.actor, entry.event_time, entry.role) == (ACTOR, sent.event_time, "subject")


def test_the_same_refusal_is_noted_once(line):
    sent = line.event(OperationStarted, PUMP, operation="OP-20")
    assert recorded(line.submit(sent, sent)) == ["PRO-011", "PRO-011"]
    assert recorded(line.submit(sent)) == ["PRO-011"]
    assert refusals(line) == ["PRO-011"]
    assert recorded(line.submit(line.event(OperationStarted, PUMP, operation="OP-20"))) == ["PRO-011"]
    assert len(refusals(line)) == 2, "a further attempt is a further refusal"


def test_the_same_event_refused_for_another_reason_is_noted_again(line):
    sent = line.event(OperationStarted, PUMP, operation="OP-20")
    line.submit(sent)
    line.captures(HoldPlaced, PUMP, hold="H-1", reason="audit")
    assert recorded(line.submit(sent)) == ["PRO-011+QUA-001"]
    assert recorded(line.submit(replace(sent, station=None, source="GATE"))) == ["PRO-011+QUA-001"]
    assert refusals(line) == ["PRO-011", "PRO-011+QUA-001", "PRO-011+QUA-001"]
    line.captures(HoldReleased, PUMP, hold="H-1", reason="fine")
    line.captures(OperationCompleted, PUMP, operation="OP-10")
    assert recorded(line.submit(sent)) == ["recorded"]
    assert recorded(line.submit(sent)) == ["repeated"]
    assert len(refusals(line)) == 3


def test_a_refusal_changes_nothing_about_the_unit(line):
    before = asdict(line.unit_view(PUMP))
    line.refusals(OperationStarted, PUMP, operation="OP-20")
    after = asdict(line.unit_view(PUMP))
    assert after.pop("version") == before.pop("version") + 1
    assert after == before
    assert line.as_built(PUMP).operations == []
    assert line.rows("SELECT count(*) FROM operation_run WHERE site_id = $1", line.site.site_id) == [(0,)]
    line.captures(OperationCompleted, PUMP, operation="OP-10")


def test_only_what_was_refused_itself_is_noted(line):
    moved = line.event(UnitMoved, PUMP, location="CELL-4")
    first = line.event(OperationCompleted, "PUMP-200/2", operation="OP-10")
    wrong = line.event(OperationStarted, PUMP, operation="OP-20")
    assert recorded(line.submit(moved, first, wrong, atomic=True)) == ["CAP-002", "CAP-002", "PRO-011"]
    assert (refusals(line), refusals(line, "PUMP-200/2")) == (["PRO-011"], [])
    assert recorded(line.submit(moved, first, wrong, atomic=True)) == ["CAP-002", "CAP-002", "PRO-011"]
    assert refusals(line) == ["PRO-011"]
    assert recorded(line.submit(moved, wrong)) == ["recorded", "PRO-011"]
    assert refusals(line) == ["PRO-011"]


def test_calls_that_share_a_transaction_keep_their_own(line):
    wrong = line.event(OperationStarted, PUMP, operation="OP-20")
    other = line.event(OperationStarted, "PUMP-200/2", operation="OP-20")
    first = line.event(OperationCompleted, PUMP, operation="OP-10")
    answers = line.submit_all(call(wrong, atomic=True), call(first), call(other, first), call(wrong, atomic=True))
    assert [recorded(one) for one in answers] == [["PRO-011"], ["recorded"], ["PRO-011", "repeated"], ["recorded"]]
    assert (refusals(line), refusals(line, "PUMP-200/2")) == (["PRO-011"], ["PRO-011"])


def test_a_unit_that_came_with_the_call_that_was_refused_has_no_history(line):
    new = line.event(UnitCommissioned, "PUMP-200/3")
    wrong = line.event(OperationStarted, "PUMP-200/3", operation="OP-20")
    assert recorded(line.submit(new, wrong, atomic=True)) == ["CAP-002", "PRO-011"]
    assert line.rows("SELECT count(*) FROM operation_refusal WHERE site_id = $1", line.site.site_id) == [(0,)]
    assert recorded(line.submit(new, wrong)) == ["recorded", "PRO-011"]
    assert refusals(line, "PUMP-200/3") == ["PRO-011"]


def test_a_content_that_does_not_fit_its_id_is_no_refusal_by_the_interlock(line):
    done = line.captures(OperationCompleted, PUMP, operation="OP-10")
    assert recorded(line.submit(replace(done, operation="OP-20"))) == ["CAP-001"]
    assert refusals(line) == []


def test_a_long_reason_is_cut_off_and_kept(line):
    line.captures(HoldPlaced, PUMP, hold="H-1", reason="x" * 4000)
    assert line.refusals(OperationCompleted, PUMP, operation="OP-10") == ["QUA-001"]
    (told,) = line.made(OperationRefused, PUMP)
    assert 0 < len(told["reasons"][0]["reason"]) <= 4000


def test_the_record_holds_together(own_world):
    """The chain verifies, and the tables are the replay."""
    world = own_world
    world.part("PUMP-200")
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=(RouteOperation(operation="OP-10"),))
    world.unit(PUMP)
    wrong = world.event(OperationStarted, PUMP, operation="OP-20", station="ICT-9")
    forced = world.event(OperationCompleted, PUMP, operation="OP-20", override_reason="trial", station="ICT-9")
    good = world.event(OperationCompleted, PUMP, operation="OP-10")
    assert recorded(world.submit(wrong, forced, good, may_override=True)) == ["PRO-010", "recorded", "recorded"]
    assert [one.type for one in world.history(PUMP)[1:]] == [
        "OperationCompleted",
        "InterlockOverridden",
        "OperationCompleted",
        "OperationRefused",
    ]
    with world.database.reading(world.site) as reader:
        assert list(verify(reader)) == []
    assert rebuild(world.database, world.site, keep=False).differences == ()


def test_the_same_event_refused_at_once_by_many_is_noted_once(own, own_world):
    own_world.part("PUMP-200")
    own_world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=(RouteOperation(operation="OP-10"),))
    own_world.unit(PUMP)
    with racers(own, own_world, 6) as racing:
        for number in range(5):
            wrong = own_world.event(OperationStarted, PUMP, operation=f"OP-9{number}")
            assert [recorded(one) for one in racing.race(*[[wrong]] * 6)] == [["PRO-010"]] * 6
        control = [[own_world.event(OperationStarted, PUMP, operation="OP-99")] for _ in range(6)]
        racing.race(*control)
    assert len(refusals(own_world)) == 5 + 6, "the control: six ids are six refusals"
