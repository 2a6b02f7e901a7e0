"""The order of a routing: PRO-010 to PRO-016, and what may be corrected of it."""

from datetime import timedelta

import pytest

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.identity import UnitCommissioned, UnitsMerged
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Station
from tests.world import MINUTE, START, World, recorded

PUMP = "PUMP-200/1"


def step(operation: str, **fields) -> RouteOperation:
    return RouteOperation(operation=operation, **fields)


def routed(world: World, *operations: RouteOperation) -> None:
    """A part with a routing, and a unit of it."""
    world.part("PUMP-200")
    world.captures(RoutingDefined, "R-PUMP/1", part="PUMP-200", operations=operations)
    world.captures(UnitCommissioned, PUMP)


def passes(world: World, *operations: str):
    return [world.captures(OperationCompleted, PUMP, operation=one) for one in operations]


def fails(world: World, *operations: str):
    return [world.captures(OperationCompleted, PUMP, operation=one, result="failed") for one in operations]


def refused(world: World, operation: str, **fields) -> list[str]:
    """The rules that starting an operation breaks; the same as for completing it at once."""
    started = world.refusals(OperationStarted, PUMP, operation=operation, **fields)
    assert world.refusals(OperationCompleted, PUMP, operation=operation, **fields) == started
    return started


def told(world: World, operation: str, **fields) -> str:
    return world.reason(OperationStarted, PUMP, operation=operation, **fields)


LINE = (step("OP-10"), step("OP-20"), step("OP-30"))
REPAIRED = (
    step("OP-10"),
    step("OP-20"),
    step("OP-30", attempts_max=2),
    step("RW-1", is_rework=True),
    step("RW-2", is_rework=True, rejoins_at="OP-20"),
    step("OP-40"),
)


def test_PRO_010_operation_is_on_the_routing(world):
    routed(world, *LINE)
    passes(world, "OP-10")
    assert refused(world, "OP-11") == ["PRO-010"]
    assert told(world, "OP-11") == "OP-11 is not on routing R-PUMP/1 of ACME:PUMP-200/1; do OP-20 next"
    passes(world, "OP-20", "OP-30")
    assert "its routing is done: check the scan" in told(world, "OP-11")


def test_PRO_010_a_unit_keeps_the_routing_it_was_born_under(world):
    world.unit("PUMP-200/0")
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=LINE, effective_from=START + 30 * MINUTE)
    world.unit(PUMP, at=START + 30 * MINUTE)
    world.captures(RoutingDefined, "R/2", part="PUMP-200", operations=LINE[1:], effective_from=START + 60 * MINUTE)
    world.unit("PUMP-200/2", at=START + 60 * MINUTE)
    world.unit("PUMP-200/3", at=START + 29 * MINUTE)
    for unrouted in ("PUMP-200/0", "PUMP-200/3"):
        world.captures(OperationCompleted, unrouted, operation="OP-99")
    assert world.refusals(OperationStarted, PUMP, operation="OP-20") == ["PRO-011"]
    world.captures(OperationStarted, "PUMP-200/2", operation="OP-20")


def test_PRO_010_a_routing_holds_within_the_call_that_brings_it(world):
    world.part("PUMP-200")
    routing = world.event(RoutingDefined, "R/1", part="PUMP-200", operations=LINE)
    unit = world.event(UnitCommissioned, PUMP)
    work = [world.event(OperationCompleted, PUMP, operation=one) for one in ("OP-20", "OP-10", "OP-20")]
    assert recorded(world.submit(routing, unit, *work)) == ["recorded", "recorded", "PRO-011", "recorded", "recorded"]


def test_PRO_011_operations_before_it_have_passed(world):
    routed(world, *LINE)
    assert refused(world, "OP-20") == ["PRO-011"]
    assert told(world, "OP-30") == "before OP-30, OP-20 has to pass; do OP-10 next"
    fails(world, "OP-10")
    assert told(world, "OP-20") == "before OP-20, OP-10 has to pass (OP-10 failed last); do OP-10 next"
    passes(world, "OP-10", "OP-20", "OP-30")


def test_PRO_011_branches_meet(world):
    routed(world, step("OP-10"), step("OP-20", after=()), step("OP-30", after=("OP-10", "OP-20")))
    assert told(world, "OP-30") == ("before OP-30, OP-10 and OP-20 have to pass; do OP-10 or OP-20 next")
    passes(world, "OP-20")
    assert refused(world, "OP-30") == ["PRO-011"]
    passes(world, "OP-10", "OP-30")


def test_PRO_011_an_optional_operation_is_left_out_or_passed(world):
    routed(world, step("OP-10"), step("OP-20", is_optional=True), step("OP-25", is_optional=True), step("OP-30"))
    assert refused(world, "OP-30") == ["PRO-011"]
    passes(world, "OP-10")
    fails(world, "OP-25")
    assert told(world, "OP-30") == "before OP-30, OP-25 has to pass (OP-25 failed last); do OP-20 or OP-25 next"
    passes(world, "OP-25", "OP-30")


def test_PRO_011_what_failed_again_later_is_made_good_first(world):
    routed(world, step("OP-10", is_repeatable=True), step("OP-20"), step("OP-30"))
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-10")
    assert refused(world, "OP-30") == ["PRO-011"]
    assert told(world, "OP-30") == "before OP-30, OP-10 has to pass (OP-10 failed last); do OP-10 next"
    passes(world, "OP-10", "OP-30")


def test_PRO_011_what_began_in_its_turn_is_kept(world):
    routed(world, step("OP-10", is_repeatable=True), step("OP-20"))
    passes(world, "OP-10")
    world.captures(OperationStarted, PUMP, operation="OP-20")
    fails(world, "OP-10")
    assert refused_start(world, "OP-20") == ["PRO-011"]
    passes(world, "OP-20")


def refused_start(world: World, operation: str) -> list[str]:
    return world.refusals(OperationStarted, PUMP, operation=operation)


def test_PRO_011_no_main_operation_during_rework(world):
    routed(world, *REPAIRED)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30")
    passes(world, "RW-1")
    assert refused(world, "OP-30") == ["PRO-011"]
    assert told(world, "OP-30") == "ACME:PUMP-200/1 is in rework, RW-1 was done last; do RW-2 next"
    passes(world, "RW-2", "OP-20", "OP-30", "OP-40")


def test_PRO_012_rework_follows_a_failure(world):
    routed(world, *REPAIRED)
    passes(world, "OP-10", "OP-20")
    assert refused(world, "RW-1") == ["PRO-012"]
    assert told(world, "RW-1") == ("RW-1 is rework that follows OP-30, and nothing there calls for it; do OP-30 next")
    fails(world, "OP-30")
    assert refused(world, "RW-2") == ["PRO-012"]
    fails(world, "RW-1")
    assert refused(world, "RW-2") == ["PRO-012"]
    world.captures(OperationCompleted, PUMP, operation="RW-1")
    passes(world, "RW-2")
    assert refused(world, "RW-1") == ["PRO-012"]


def test_PRO_012_rework_that_rejoins_later_makes_good_what_failed(world):
    by_hand = step("RW-1", after=("OP-20",), is_rework=True, rejoins_at="OP-30")
    routed(world, *LINE, by_hand)
    passes(world, "OP-10")
    fails(world, "OP-20")
    passes(world, "RW-1")
    assert refused(world, "OP-20") == ["PRO-013"]
    passes(world, "OP-30")


def test_PRO_013_operation_has_not_passed(world):
    routed(world, step("OP-10"), step("OP-20", is_repeatable=True), step("OP-30"))
    passes(world, "OP-10")
    assert refused(world, "OP-10") == ["PRO-013"]
    assert told(world, "OP-10") == "OP-10 of ACME:PUMP-200/1 has passed already; do OP-20 next"
    passes(world, "OP-20", "OP-20", "OP-30", "OP-20")


def test_PRO_013_what_comes_after_the_place_of_rejoining_is_done_again(world):
    routed(world, *REPAIRED)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30")
    passes(world, "RW-1", "RW-2")
    assert refused(world, "OP-10") == ["PRO-013"]
    assert refused(world, "OP-30") == ["PRO-011"]
    passes(world, "OP-20", "OP-30")
    assert refused(world, "OP-20") == ["PRO-013"]


def test_PRO_013_two_stations_do_it_once(world):
    routed(world, *LINE)
    for station in ("ST-1", "ST-2"):
        world.captures(OperationStarted, PUMP, operation="OP-10", station=station)
    passes(world, "OP-10")
    assert world.refusals(OperationCompleted, PUMP, operation="OP-10") == ["PRO-013"]


def test_PRO_014_station_is_allowed(world):
    routed(world, step("OP-10", stations=(Station("ICT-1"), Station("ICT-2"))), step("OP-20"))
    assert refused(world, "OP-10", station="FCT-1") == ["PRO-014"]
    assert told(world, "OP-10", station="FCT-1") == (
        "OP-10 is done at ICT-1 and ICT-2, not at FCT-1; take the unit there"
    )
    assert "and no station was named; take the unit there" in told(world, "OP-10")
    world.captures(OperationStarted, PUMP, operation="OP-10", station="ict-2")
    passes(world, "OP-10")
    world.captures(OperationCompleted, PUMP, operation="OP-20", station="FCT-1")


def test_PRO_015_attempts_are_left(world):
    routed(world, *REPAIRED)
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30", "OP-30")
    assert refused(world, "OP-30") == ["PRO-015"]
    assert told(world, "OP-30") == ("OP-30 of ACME:PUMP-200/1 was tried 2 times, and 2 are allowed; do RW-1 next")
    passes(world, "RW-1", "RW-2", "OP-20")
    fails(world, "OP-30")
    world.captures(OperationCompleted, PUMP, operation="OP-30")


def test_PRO_015_rework_ends_at_last(world):
    routed(world, *LINE, step("RW-1", is_rework=True, attempts_max=1, rejoins_at="OP-30"))
    passes(world, "OP-10", "OP-20")
    fails(world, "OP-30")
    passes(world, "RW-1")
    fails(world, "OP-30")
    assert refused(world, "RW-1") == ["PRO-015"]


def test_PRO_016_wait_is_kept(world):
    routed(world, step("OP-10"), step("OP-20", wait_min_s=600, wait_max_s=1200))
    (glued,) = passes(world, "OP-10")
    assert refused(world, "OP-20") == ["PRO-016"]
    assert told(world, "OP-20") == "OP-20 begins 600 s after what is before it; wait until 06:14:00"
    late = glued.event_time + timedelta(seconds=1201)
    assert refused(world, "OP-20", at=late) == ["PRO-016"]
    assert "had to begin by 2026-03-02 06:24:00; put the unit aside and ask quality" in told(world, "OP-20", at=late)
    world.captures(OperationStarted, PUMP, operation="OP-20", at=glued.event_time + timedelta(seconds=1200))
    world.captures(OperationCompleted, PUMP, operation="OP-20", result="failed", at=late)
    world.captures(OperationCompleted, PUMP, operation="OP-20", at=late)


def test_PRO_016_the_open_time_begins_anew_after_rework(world):
    routed(world, *LINE[:1], step("OP-20", wait_max_s=120), step("RW-1", is_rework=True, rejoins_at="OP-20"))
    passes(world, "OP-10")
    fails(world, "OP-20")
    world.now += 10 * MINUTE
    passes(world, "RW-1", "OP-20")


# Corrections


@pytest.mark.parametrize("work", [OperationStarted, OperationCompleted])
def test_COR_004_what_came_after_on_the_routing_is_corrected_first(world, work):
    routed(world, *LINE)
    (first,) = passes(world, "OP-10")
    later = world.captures(work, PUMP, operation="OP-20")
    refusal = world.correction_refused(first)
    assert [one.rule for one in refusal.broken] == ["COR-004"]
    assert "OP-20 was done since, which comes after this; correct that first" in refusal.broken[0].reason
    world.corrects(later)
    world.corrects(first)
    assert refused(world, "OP-20") == ["PRO-011"]
    passes(world, "OP-10", "OP-20")


def test_COR_004_a_failure_that_led_to_rework_stands(world):
    routed(world, *REPAIRED)
    passes(world, "OP-10", "OP-20")
    needless, failure = fails(world, "OP-30", "OP-30")
    passes(world, "RW-1")
    world.corrects(needless)
    assert [one.rule for one in world.correction_refused(failure).broken] == ["COR-004"]


def test_COR_004_on_no_routing_nothing_comes_after(world):
    world.unit(PUMP)
    (first,) = passes(world, "OP-10")
    passes(world, "OP-20")
    world.corrects(first)


def test_a_merged_unit_has_come_as_far_as_both_records(world):
    routed(world, *LINE)
    world.captures(UnitCommissioned, "PUMP-200/2")
    passes(world, "OP-10")
    world.captures(UnitsMerged, "PUMP-200/2", duplicate=PUMP, reason="plate found")
    world.captures(OperationCompleted, "PUMP-200/2", operation="OP-20")
    assert world.refusals(OperationStarted, "PUMP-200/2", operation="OP-10") == ["PRO-013"]
