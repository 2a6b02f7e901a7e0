"""What the interlock refused, how often which rule was in the way, and what was done in spite of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitCommissioned, UnitsMerged
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Station
from asbuilt.queries.naming import NotFound
from asbuilt.queries.refusals import RefusalReport, refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import window_of
from asbuilt.queries.yields import YieldQuestion, yield_report
from tests.world import START, World

PUMP, OTHER = "PUMP-200/1", "PUMP-200/2"


@pytest.fixture
def line(world) -> World:
    """Two pumps that were stopped three times; the second time at the wrong station too, and then let through."""
    world.part("PUMP-200")
    test = RouteOperation(operation="OP-20", stations=(Station("ICT-7"),))
    world.captures(RoutingDefined, "R/1", part="PUMP-200", operations=(RouteOperation(operation="OP-10"), test))
    for unit in (PUMP, OTHER):
        world.captures(UnitCommissioned, unit)
    world.refusals(OperationStarted, PUMP, operation="OP-20", station="ICT-7", tool="T-1", operator="bert", source="G")
    world.refusals(OperationCompleted, PUMP, operation="OP-20", station="ICT-1")
    world.refusals(OperationStarted, OTHER, operation="OP-20", station="ICT-7")
    world.overrides(OperationStarted, OTHER, operation="OP-20", station="ICT-7", why="trial run")
    return world


def report(world: World, *, rule: str = "", since: str = "", until: str = "", **work: str) -> RefusalReport:
    with world.database.reading(world.site) as reader:
        return refusal_report(reader, WorkFilter(**work), window_of(since, until, ""), rule=rule)


def test_a_refusal_is_told_with_everything(line):
    first, second, third = report(line).refusals
    assert (first.unit, first.operation, first.phase, first.station) == (f"ACME:{PUMP}", "OP-20", "start", "ICT-7")
    assert (first.tool, first.operator, first.by, first.source) == ("T-1", "bert", "anna", "G")
    assert [one.reason for one in first.reasons] == ["before OP-20, OP-10 has to pass; do OP-10 next"]
    assert (second.rules, second.phase) == (("PRO-011", "PRO-014"), "complete")
    assert first.refused_at < second.refused_at < third.refused_at


def test_reasons_are_ranked(line):
    first, second = report(line).reasons
    assert (first.rule, first.refusals, first.units) == ("PRO-011", 3, 2)
    assert first.title.startswith("An operation is done when those that it comes after have passed")
    assert (first.share, first.cumulative_share) == (Decimal("0.75"), Decimal("0.75"))
    assert (second.rule, second.refusals, second.share, second.cumulative_share) == ("PRO-014", 1, Decimal("0.25"), 1)


def test_an_override_is_told_with_who_and_why(line):
    (told,) = report(line).overrides
    assert (told.unit, told.operation, told.by, told.reason) == (f"ACME:{OTHER}", "OP-20", "anna", "trial run")
    assert (told.rules, told.is_corrected) == (("PRO-011",), False)
    line.corrects(told.overridden_event_id)
    (told,) = report(line).overrides
    assert told.is_corrected


def test_questions_narrow_it(line):
    assert [one.station for one in report(line, station="ICT-7").refusals] == ["ICT-7", "ICT-7"]
    assert [one.station for one in report(line, rule="pro-014").refusals] == ["ICT-1"]
    assert report(line, rule="PRO-01").refusals == report(line, operation="OP-10").refusals == []
    assert report(line, operation="OP-10").overrides == report(line, rule="PRO-014").overrides == []
    assert len(report(line, part_number="PUMP-200").refusals) == 3
    with pytest.raises(NotFound, match="no station 'ICT-99' is known"):
        report(line, station="ICT-99")
    when = (START + timedelta(minutes=7)).isoformat()
    assert [one.unit for one in report(line, since=when).refusals] == [f"ACME:{OTHER}"]
    assert len(report(line, until=when).refusals) == 2
    assert report(line, since="2026-03-03").reasons == []


def test_neither_yield_nor_attempts_count_a_refusal(line):
    line.captures(OperationCompleted, PUMP, operation="OP-10")
    with line.database.reading(line.site) as reader:
        found = yield_report(reader, YieldQuestion(work=WorkFilter()), window_of("", "", ""), now=line.now)
    assert [(one.operation, one.attempts, one.failed_attempts) for one in found.operations] == [("OP-10", 1, 0)]
    assert [one.attempt for one in line.as_built(PUMP).operations] == [1]


def test_an_override_stays_with_the_unit_the_assembly_and_the_record_that_stays(line):
    (told,) = line.unit_view(OTHER).overrides
    assert told.reason == "trial run"
    assert line.as_built(OTHER).overrides == (told,)
    assert line.unit_view(PUMP).overrides == line.as_built(PUMP).overrides == ()
    before = told.overridden_at - timedelta(minutes=1)
    assert line.as_built(OTHER, at=before).overrides == ()
    line.unit("RIG/1")
    line.captures(ComponentInstalled, "RIG/1", component=OTHER, reference_designator="A1")
    assert line.as_built("RIG/1").overrides == (told,)
    line.captures(UnitCommissioned, "PUMP-200/3")
    line.overrides(OperationStarted, "PUMP-200/3", operation="OP-20", why="by hand")
    merged = line.captures(UnitsMerged, OTHER, duplicate="PUMP-200/3", reason="plate found")
    assert [one.reason for one in line.unit_view(OTHER).overrides] == ["trial run", "by hand"]
    assert [one.reason for one in line.as_built("RIG/1").overrides] == ["trial run", "by hand"]
    line.corrects(merged)
    assert [one.reason for one in line.unit_view(OTHER).overrides] == ["trial run"]
