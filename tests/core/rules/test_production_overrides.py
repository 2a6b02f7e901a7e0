"""What the interlock did: PRO-022 to PRO-024, and where a unit stands afterwards."""

import pytest

from asbuilt.capture.capture import Submission
from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import (
    BrokenRule,
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
)
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Station
from asbuilt.core.rules.catalogue import OVERRIDABLE, RULES
from asbuilt.ledger.codec import captured
from tests.world import ACTOR, World, recorded

PUMP = "PUMP-200/1"


@pytest.fixture
def routed(world) -> World:
    """A pump to be made in four operations, the second of them at ICT-7 only."""
    world.part("PUMP-200")
    test = RouteOperation(operation="OP-20", stations=(Station("ICT-7"),), attempts_max=1)
    route = (RouteOperation(operation="OP-10"), test, RouteOperation(operation="OP-30"), RouteOperation(operation="Z"))
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=route)
    world.captures(UnitCommissioned, PUMP)
    return world


def made_up(world: World, kind: type) -> object:
    """What only asbuilt itself records, as a client might send it."""
    told = {"reasons": (BrokenRule(rule="PRO-011", reason="x"),), "operation": "OP-20", "phase": "start"}
    more = {"refused_event_id": world.new_id()}
    if kind is InterlockOverridden:
        more = {"overridden_event_id": world.new_id(), "reason": "x"}
    return world.event(kind, PUMP, **told, **more)


def test_PRO_022_interlock_speaks_for_itself(routed):
    for kind in (OperationRefused, InterlockOverridden):
        assert recorded(routed.submit(made_up(routed, kind))) == ["PRO-022"]
        assert recorded(routed.submit(made_up(routed, kind), may_override=True)) == ["PRO-022"]
    (refusal,) = routed.submit(made_up(routed, OperationRefused))
    assert "send the start or completion of the work" in refusal.broken[0].reason
    assert routed.made(OperationRefused, PUMP) == []
    routed.refusals(OperationStarted, PUMP, operation="OP-20")
    routed.overrides(OperationStarted, PUMP, operation="OP-20")
    assert len(routed.made(OperationRefused, PUMP)) == len(routed.made(InterlockOverridden, PUMP)) == 1
    routed.captures(OperationStarted, PUMP, operation="OP-10")


def test_PRO_023_what_the_interlock_did_stands(routed):
    routed.refusals(OperationStarted, PUMP, operation="OP-20")
    work = routed.overrides(OperationStarted, PUMP, operation="OP-20")
    for kind in ("OperationRefused", "InterlockOverridden"):
        (entry,) = (one for one in routed.history(PUMP) if one.type == kind)
        refused = routed.correction_refused(entry.event_id)
        assert [one.rule for one in refused.broken] == ["PRO-023"]
        assert refused.broken[0].reason.endswith("correct the operation, if that did not occur")
    routed.corrects(work)
    assert len(routed.made(InterlockOverridden, PUMP)) == 1


def test_PRO_024_override_is_permitted(routed):
    given = {"operation": "OP-20", "station": "ICT-7", "override_reason": "line stopped"}
    assert routed.refusals(OperationStarted, PUMP, **given) == ["PRO-011", "PRO-024"]
    assert "needs the permission override_interlock; ask a supervisor" in routed.reason(OperationStarted, PUMP, **given)
    unneeded = {**given, "operation": "OP-10"}
    assert routed.refusals(OperationCompleted, PUMP, **unneeded) == ["PRO-024"]
    work = routed.event(OperationStarted, PUMP, **given)
    assert recorded(routed.submit(work, may_override=True)) == ["recorded"]
    assert recorded(routed.submit(work)) == ["repeated"]


def test_PRO_024_each_call_has_the_permission_of_its_own_actor(routed):
    def call(**permission) -> Submission:
        event = routed.event(OperationStarted, PUMP, operation="OP-30", override_reason="x")
        return Submission(events=(captured(event),), actor=ACTOR, **permission)

    answers = routed.submit_all(call(), call(may_override=True), call())
    assert [recorded(one) for one in answers] == [["PRO-011+PRO-024"], ["recorded"], ["PRO-011+PRO-024"]]


def test_an_override_says_for_ever_who_overrode_what_and_why(routed):
    done = {"operation": "OP-20", "station": "ICT-1", "operator": "bert", "source": "ICT-1"}
    work = routed.overrides(OperationCompleted, PUMP, why="ICT-7 is being repaired", **done)
    (told,) = routed.made(InterlockOverridden, PUMP)
    assert [one["rule"] for one in told["reasons"]] == ["PRO-011", "PRO-014"]
    assert told["reasons"][0]["reason"] == "before OP-20, OP-10 has to pass; do OP-10 next"
    assert (told["reason"], told["operator"], told["phase"]) == ("ICT-7 is being repaired", "bert", "complete")
    assert told["overridden_event_id"] == str(work.event_id)
    (answer,) = routed.submit(work, may_override=True)
    assert recorded([answer]) == ["repeated"]
    assert len(routed.made(InterlockOverridden, PUMP)) == 1
    (operation, override) = routed.history(PUMP)[1:]
    assert (operation.sequence + 1, override.actor) == (override.sequence, "anna")


def test_a_reason_that_was_not_needed_overrides_nothing(routed):
    routed.overrides(OperationCompleted, PUMP, operation="OP-10")
    assert routed.made(InterlockOverridden, PUMP) == []
    assert routed.history(PUMP)[-1].event["override_reason"] == "agreed"


def test_an_override_lifts_what_asks_the_routing_and_nothing_else(routed):
    of_the_routing = {one.number for one in RULES if "PRO-010" <= one.number <= "PRO-021"}
    of_the_setup = {"PRO-046", "PRO-047", "PRO-049"}
    of_lots = {"PRO-060", "PRO-061", "PRO-062"}
    assert of_the_routing | of_the_setup | of_lots == OVERRIDABLE
    routed.captures(HoldPlaced, PUMP, hold="H-1", reason="audit")
    work = routed.event(OperationStarted, PUMP, operation="OP-20", station="ICT-7", override_reason="x")
    assert recorded(routed.submit(work, may_override=True)) == ["QUA-001"]
    unknown = routed.event(OperationStarted, "PUMP-200/404", operation="OP-20", override_reason="x")
    assert recorded(routed.submit(unknown, may_override=True)) == ["IDN-001"]
    closed = routed.event(OperationStarted, PUMP, operation="OP-10", work_order="WO-9", override_reason="x")
    assert recorded(routed.submit(closed, may_override=True)) == ["PRO-001+QUA-001"]
    routed.unit("PUMP-200/2")
    routed.captures(UnitScrapped, "PUMP-200/2", reason="dropped")
    scrapped = routed.event(OperationStarted, "PUMP-200/2", operation="OP-10", override_reason="x")
    assert recorded(routed.submit(scrapped, may_override=True)) == ["QUA-002"]


def test_what_was_left_out_is_still_to_be_done(routed):
    """An override lets one operation be done; it does not make up for those before it."""
    routed.captures(OperationCompleted, PUMP, operation="OP-10")
    routed.overrides(OperationCompleted, PUMP, operation="OP-30")
    assert routed.refusals(OperationStarted, PUMP, operation="Z") == ["PRO-011"]
    told = routed.reason(OperationStarted, PUMP, operation="Z")
    assert told == "before Z, OP-20 has to pass; do OP-20 next"
    routed.captures(OperationCompleted, PUMP, operation="OP-20", station="ICT-7")
    routed.captures(OperationCompleted, PUMP, operation="Z")


def test_a_further_attempt_by_override_counts_as_one(routed):
    ict = {"operation": "OP-20", "station": "ICT-7"}
    routed.captures(OperationCompleted, PUMP, operation="OP-10")
    routed.captures(OperationCompleted, PUMP, result="failed", **ict)
    assert routed.refusals(OperationStarted, PUMP, **ict) == ["PRO-015"]
    routed.overrides(OperationStarted, PUMP, **ict)
    assert routed.refusals(OperationCompleted, PUMP, **ict) == ["PRO-015"], "each event is overridden by itself"
    routed.overrides(OperationCompleted, PUMP, **ict)
    assert [one["phase"] for one in routed.made(InterlockOverridden, PUMP)] == ["start", "complete"]
    routed.captures(OperationCompleted, PUMP, operation="OP-30")


def test_the_birth_of_a_unit_is_corrected_whatever_the_interlock_did(world):
    born = world.unit("PUMP-200/1")
    assert born
    birth = next(one.event_id for one in world.history(PUMP))
    world.captures(HoldPlaced, PUMP, hold="H-1", reason="audit")
    assert world.refusals(OperationStarted, PUMP, operation="OP-10") == ["QUA-001"]
    hold = next(one.event_id for one in world.history(PUMP) if one.type == "HoldPlaced")
    world.corrects(hold)
    world.corrects(birth)
    assert world.refusals(OperationStarted, PUMP, operation="OP-10") == ["IDN-001"]
    assert len(world.made(OperationRefused, PUMP)) == 1, "of a unit that does not exist nothing is noted"
