"""Somebody else's edges: taken over line by line, and compared closure by closure."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialLoaded
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.genealogy.comparing import compare
from asbuilt.exchange.genealogy.importing import Asked, import_edges
from asbuilt.projections.fleet.index import build, folder_of, opened
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.closures import Direction, closures
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, differing
from asbuilt.queries.naming import lot_meant
from tests.world import START

HEAD = "parent,component,reference_designator,quantity,uom,from,until,parent_kind,component_kind\n"


def day(number: int, hour: int = 6) -> str:
    return f"2026-04-{number:02}T{hour:02}:00:00Z"


def at(number: int, hour: int = 6) -> datetime:
    return datetime(2026, 4, number, hour, tzinfo=UTC)


FIRST = day(1)


def edge(parent, component, *, place="", quantity="1", since=FIRST, until="", kinds="unit,unit") -> str:
    return f"{parent},{component},{place},{quantity},,{since},{until},{kinds}\n"


def takes(world, *lines, head=HEAD, **asked):
    """Import a set from standard input."""
    stdin = io.BytesIO((head + "".join(lines)).encode())
    return import_edges(
        world.database,
        world.site,
        ["-"],
        actor=ActorName("anna"),
        clock=lambda: world.now,
        asked=Asked(**({"declare": True} | asked)),
        stdin=stdin,
    )


def compares(world, *lines, moment, head=HEAD, **more):
    stdin = io.BytesIO((head + "".join(lines)).encode())
    return compare(world.database, world.site, ["-"], at=moment, stdin=stdin, **more)


def where(findings):
    return [one.pointer for one in findings]


def test_a_set_is_taken_over_once_however_often_it_is_sent(world):
    lines = (
        edge("PUMP/1", "PCB/7", place="A1"),
        edge("PCB/7", "GLUE/G1", quantity="0.25", kinds="unit,lot"),
        edge("GLUE/G1", "RESIN/R1", quantity="3", kinds="lot,lot"),
    )
    report = takes(world, *lines)
    assert (report.refused, report.links, report.parts, report.units, report.lots) == (0, 3, 4, 2, 2)
    assert world.where_used("RESIN/R1") == ["GLUE/G1", "PCB/7", "PUMP/1"]
    assert {one.evidence for one in world.affected("RESIN/R1")} == {"declared"}
    again = takes(world, *reversed(lines))
    assert (again.recorded, again.repeated, again.links, again.units) == (0, 3, 3, 0)


def test_what_nobody_knows_is_refused_unless_it_is_declared(world):
    world.units("PUMP/1")
    report = takes(world, edge("PUMP/1", "PCB/7"), declare=False)
    assert where(report.refusals) == ["line 2, component"]
    assert "--declare" in report.refusals[0].reason
    assert report.recorded == 0


def test_a_kind_is_asked_for_only_where_nothing_tells_it(world):
    world.unit("PUMP/1")
    world.lot("GLUE/G1")
    untold = edge("PUMP/1", "GLUE/G2", kinds=",")
    assert takes(world, untold).refused == 0
    report = takes(world, edge("PUMP/1", "NEW/1", kinds=","))
    assert where(report.refusals) == ["line 2, component"]
    assert "component_kind" in report.refusals[0].reason


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (edge("", "PCB/7"), "parent"),
        (edge("PUMP/1", "7"), "component"),
        (edge("PUMP/1", "PCB/7", quantity="one"), "quantity"),
        (edge("PUMP/1", "PCB/7", quantity="0.0000001"), "quantity"),
        (edge("PUMP/1", "PCB/7", quantity="-1"), "quantity"),
        (edge("PUMP/1", "PCB/7", since="yesterday"), "from"),
        (edge("PUMP/1", "PCB/7", since=""), "from"),
        (edge("PUMP/1", "PCB/7", until=day(1)), "until"),
        (edge("PUMP/1", "PCB/7", kinds="unit,box"), "component_kind"),
        (edge("GLUE/1", "RESIN/7", until=day(2), kinds="lot,lot"), "until"),
        (edge("GLUE/1", "RESIN/7", place="A1", kinds="lot,lot"), "reference_designator"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(world, line, field):
    report = takes(world, edge("RACK/1", "PUMP/9"), line)
    assert where(report.refusals) == [f"line 3, {field}"]
    assert report.refusals[0].file == "standard input"
    assert report.links == 1


def test_rows_that_do_not_fit_the_heading_are_refused(world):
    report = takes(world, "PUMP/1,PCB/7\n", edge("PUMP/1", "PCB/8"))
    assert where(report.refusals) == ["line 2"]
    assert report.links == 1
    assert "no column component" in takes(world, head="parent,colour\n").refusals[0].reason


def test_json_lines_say_the_same_as_rows(world):
    lines = (
        '{"parent": "PUMP/1", "child": "PCB/7", "position": "A1", "quantity": 1, "from": "2026-04-01T06:00:00Z"}\n',
        '{"parent": "PUMP/1", "child": ["PCB/8"], "from": "2026-04-01T06:00:00Z"}\n',
        '{"parent": \n',
    )
    world.units("PUMP/1", "PCB/7")
    report = takes(world, *lines, head="")
    assert where(report.refusals) == ["line 2, component", "line 3"]
    assert report.links == 1
    assert takes(world, edge("PUMP/1", "PCB/7", place="A1")).repeated == 1


def test_a_component_moves_on_over_time_and_each_instant_is_right(world):
    lines = (
        edge("PUMP/2", "PCB/7", place="A1", since=day(5)),
        edge("PUMP/1", "PCB/7", place="A1", since=day(1), until=day(5)),
        edge("PUMP/1", "PCB/8", place="A1", since=day(5)),
    )
    report = takes(world, *lines)
    assert (report.refused, report.links, report.removals) == (0, 3, 1)
    assert world.components("PUMP/1", at=at(4)) == ["PCB/7"]
    assert world.components("PUMP/1", at=at(6)) == ["PCB/8"]
    for moment in (at(1), at(4), at(5), at(6)):
        assert compares(world, *lines, moment=moment).differences == []


def test_a_unit_in_two_places_at_once_is_refused_with_both_lines(world):
    report = takes(
        world,
        edge("PUMP/1", "PCB/7", until=day(5)),
        edge("PUMP/2", "PCB/7", since=day(4)),
        edge("PUMP/3", "PCB/8", place="A1"),
        edge("PUMP/3", "PCB/9", place="A1"),
    )
    assert where(report.refusals) == ["line 5, from", "line 3, from"]
    assert f"holds {world.site.issuer}:PCB/8" in report.refusals[0].reason
    assert "line 2 of standard input" in report.refusals[1].reason
    assert report.links == 2


def test_a_line_that_comes_twice_is_taken_once(world):
    line = edge("PUMP/1", "PCB/7", place="A1")
    report = takes(world, line, line)
    assert (report.refused, report.links, report.recorded) == (0, 1, 5)
    assert where(report.warnings) == ["line 3"]
    other = takes(world, line, edge("PUMP/1", "PCB/7", place="A1", quantity="2"))
    assert where(other.refusals) == ["line 3, from"]


def test_a_cycle_is_refused_at_the_line_that_closes_it(world):
    report = takes(
        world,
        edge("A/1", "B/1"),
        edge("B/1", "C/1"),
        edge("C/1", "A/1", since=day(2)),
        edge("D/1", "D/1"),
    )
    assert where(report.refusals) == ["line 5, component", "line 4, component"]
    assert all(line in report.refusals[1].reason for line in ("line 2 of", "line 3 of"))
    assert report.links == 2


def test_what_contained_each_other_one_after_the_other_is_no_cycle(world):
    lines = (edge("A/1", "B/1", until=day(3)), edge("B/1", "A/1", since=day(3)))
    assert takes(world, *lines).refused == 0
    assert compares(world, *lines, moment=at(2)).differences == []
    assert compares(world, *lines, moment=at(4)).differences == []


def test_a_cycle_with_what_is_on_record_is_refused_by_the_rule(world):
    world.units("A/1", "B/1")
    world.captures(ComponentInstalled, "A/1", component="B/1")
    report = takes(world, edge("B/1", "A/1", since=day(9)))
    assert [(one.rule, one.pointer) for one in report.refusals] == [("GEN-002", "line 2")]


def test_the_same_number_of_two_parts_is_two_units(world):
    assert takes(world, edge("PUMP/1", "PCB/7"), edge("PUMP/1", "BOARD/7")).links == 2
    assert world.components("PUMP/1") == ["PCB/7", "BOARD/7"]


def test_what_the_record_has_from_elsewhere_is_not_recorded_twice(world):
    world.units("PUMP/1", "PCB/7")
    world.lot("GLUE/G1")
    installed = world.captures(ComponentInstalled, "PUMP/1", component="PCB/7", reference_designator="A1")
    glued = world.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="0.5")
    lines = (
        edge("PUMP/1", "PCB/7", place="A1", quantity="", since=installed.event_time.isoformat(), until=day(9)),
        edge("PUMP/1", "GLUE/G1", quantity="0.75", since=glued.event_time.isoformat(), kinds="unit,lot"),
    )
    report = takes(world, *lines)
    assert (report.already_known, report.removals, report.recorded) == (2, 1, 1)
    assert where(report.warnings) == ["line 3, quantity"]
    assert world.components("PUMP/1", at=at(10)) == ["GLUE/G1"]
    assert world.as_built("PUMP/1").components[0].quantity == glued.quantity


def test_ten_thousand_units_of_one_lot_and_a_tree_fifty_deep(world):
    lines = [edge(f"PUMP/{n}", "GLUE/G1", quantity="0.1", kinds="unit,lot") for n in range(10_000)]
    lines += [edge(f"L{n}/1", f"L{n + 1}/1", since=day(2)) for n in range(50)]
    lines += [
        edge("L50/1", "RESIN/R1", since=day(2), kinds="unit,lot"),
        edge("GLUE/G1", "RESIN/R1", kinds="lot,lot"),
    ]
    report = takes(world, *lines)
    assert (report.refused, report.links) == (0, 10_052)
    found = compares(world, *lines, moment=at(3))
    assert (found.closures, found.equal, found.differences) == (10_003, 10_003, [])
    assert len(world.affected("RESIN/R1")) == 10_000 + 1 + 51
    with world.database.reading(world.site) as reader:
        (up,) = [one for one in closures(reader, Direction.UP, at(3)) if one.name.endswith("RESIN/R1")]
    assert len(up.members) == 10_052
    assert max(one.level for one in up.members) == 51


def test_closures_differ_where_the_set_and_the_record_do(world):
    lines = (edge("PUMP/1", "PCB/7"), edge("PCB/7", "GLUE/G1", kinds="unit,lot"), edge("PUMP/2", "PCB/9"))
    takes(world, *lines)
    world.captures(ComponentRemoved, "PUMP/2", component="PCB/9", reason="broken", at=at(2))
    world.unit("FAN/3")
    world.captures(ComponentInstalled, "PUMP/1", component="FAN/3", at=at(2))
    found = compares(world, *lines, edge("NEW/1", "PCB/99"), moment=at(3))
    own = f"{world.site.issuer}:"
    assert [
        (one.difference, one.direction, one.of.removeprefix(own), one.member.removeprefix(own), one.line)
        for one in found.differences
    ] == [
        ("extra", "down", "PUMP/1", "FAN/3", ""),
        ("missing", "down", "PUMP/2", "PCB/9", "line 4"),
        ("unknown", "down", "NEW/1", "", "line 5"),
        ("missing", "up", "PCB/9", "PUMP/2", "line 4"),
        ("unknown", "up", "PCB/99", "", "line 5"),
    ]
    assert (found.closures, found.equal) == (6, 1)
    assert compares(world, *lines, moment=at(1)).equal == 4


def test_line_fed_material_is_in_closures(world):
    world.lot("PASTE/L1")
    world.unit("PCB/1")
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F1")
    world.captures(OperationCompleted, "PCB/1", operation="OP-10", station="SMT-1")
    moment = world.now + timedelta(hours=1)
    line = edge("PCB/1", "PASTE/L1", since=START.isoformat(), kinds="unit,lot")
    assert compares(world, line, moment=moment).differences == []
    assert [one.difference for one in compares(world, line, moment=START - timedelta(hours=1)).differences] == []


def test_a_set_of_closures_is_compared_as_it_is_given(world):
    takes(world, edge("PUMP/1", "PCB/7"), edge("PCB/7", "GLUE/G1", kinds="unit,lot"))
    head = "direction,of,member\n"
    right = ("down,PUMP/1,PCB/7\n", "down,PUMP/1,GLUE/G1\n", "up,GLUE/G1,PUMP/1\n", "up,GLUE/G1,PCB/7\n")
    assert compares(world, *right, moment=at(2), head=head).equal == 2
    found = compares(world, *right[1:], moment=at(2), head=head)
    assert [(one.difference, one.direction) for one in found.differences] == [("extra", "down")]
    assert where(compares(world, "sideways,PUMP/1,PCB/7\n", moment=at(2), head=head).refusals) == ["line 2, direction"]


def test_the_index_counts_what_a_set_brought_as_sql_does(world, tmp_path):
    takes(world, *(edge(f"PUMP/{n}", "GLUE/G1", kinds="unit,lot", until=day(n % 9 + 2)) for n in range(20)))
    build(world.database, world.site, tmp_path)
    takes(world, edge("GLUE/G1", "RESIN/R1", kinds="lot,lot"), edge("PUMP/99", "GLUE/G1", kinds="unit,lot"))
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(tmp_path, world.site), reader)
        for moment in (None, at(1), at(5)):
            asked = Question(named=lot_meant(reader, "RESIN/R1"), by=(Grouping.STATUS,), at=moment)
            by_index, _ = counts_by_index(reader, index, asked)
            by_sql = counts_by_sql(reader, asked)
            assert list(differing(by_index, by_sql)) == []
            assert by_sql.total() == {None: 2, at(1): 22, at(5): 12}[moment]
