"""What a routing may look like."""

from decimal import Decimal

import pytest

from asbuilt.core.events.event import EventProblem
from asbuilt.core.events.routes import RouteComponent, RouteOperation, check_route, predecessors
from asbuilt.core.identifiers.subjects import Part, Routing
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.ledger.codec import text_of, values_from
from tests.world import START


def step(operation: str, **fields) -> RouteOperation:
    return RouteOperation(operation=operation, **fields)


MAIN = (step("OP-10"), step("OP-20"), step("OP-30"))
REPAIR = step("RW-1", is_rework=True, rejoins_at="OP-20")
A1 = RouteComponent(reference_designator="A1", part=Part("ACME", "PCB-10"))


def test_an_operation_comes_after_the_one_before_it():
    branches = (*MAIN[:2], step("OP-25", after=("OP-10",)), REPAIR, step("OP-30", after=("OP-20", "OP-25")))
    check_route(branches)
    assert predecessors(branches) == {
        "OP-10": (),
        "OP-20": ("OP-10",),
        "OP-25": ("OP-10",),
        "RW-1": ("OP-25",),
        "OP-30": ("OP-20", "OP-25"),
    }


def test_the_main_route_passes_by_its_rework():
    route = (*MAIN[:2], REPAIR, step("RW-2", is_rework=True, rejoins_at="OP-10"), MAIN[2])
    check_route(route)
    assert predecessors(route)["OP-30"] == ("OP-20",)
    assert predecessors(route)["RW-2"] == ("RW-1",)


def test_from_an_operation_on_is_all_that_depends_on_it():
    branches = (*MAIN[:2], step("OP-25", after=("OP-10",)), step("OP-30", after=("OP-20",)), REPAIR)
    routing = RoutingState(routing=Routing("R"), part=Part("ACME", "P"), effective_from=START, operations=branches)
    assert routing.from_there_on("OP-20") == {"OP-20", "OP-30"}
    assert routing.from_there_on("OP-10") == {"OP-10", "OP-20", "OP-25", "OP-30"}


def test_a_route_is_read_as_it_was_written():
    fit = RouteComponent(reference_designator="A1", part=A1.part, quantity=Decimal("1.50"), alternates=(A1.part,))
    route = (*MAIN, step("OP-40", components=(fit,), after=(), stations=()), REPAIR)
    assert values_from(RouteOperation, text_of(route)) == route


@pytest.mark.parametrize(
    ("operations", "told"),
    [
        ((step(""),), "operation is empty"),
        ((*MAIN, step("OP-10")), "names the same operation twice"),
        ((step("OP-10", after=("OP-20",)), step("OP-20")), "OP-10 is after OP-20, which is not listed before it"),
        ((step("OP-10", after=("OP-10",)),), "OP-10 is after OP-10"),
        ((*MAIN, REPAIR, step("OP-40", after=("RW-1",))), "OP-40 is after rework RW-1; say rejoins_at there"),
        ((step("OP-10", wait_min_s=60),), "there is nothing to wait for"),
        ((*MAIN, step("OP-40", wait_min_s=60, wait_max_s=59)), "no wait is from 60 to 59 seconds"),
        ((*MAIN, step("OP-40", wait_min_s=-1)), "no wait is from -1 to None"),
        ((step("OP-10", attempts_max=0),), "attempts_max 0 allows none"),
        ((step("OP-10", rejoins_at="OP-10"),), "only a rework operation has rejoins_at"),
        ((*MAIN, step("RW", is_rework=True, is_optional=True)), "so not is_optional"),
        ((step("RW", is_rework=True, rejoins_at="RW"),), "rework RW is after nothing"),
        ((*MAIN, step("RW", is_rework=True, rejoins_at="RW")), "RW rejoins_at RW, which is no operation of the main"),
        ((*MAIN, step("RW", is_rework=True)), "rework RW leads nowhere; say where it rejoins_at"),
        ((step("OP-10", components=(A1, A1)),), "names a reference designator twice"),
        (
            (step("OP-10", components=(RouteComponent(reference_designator="", part=A1.part),)),),
            "reference_designator is empty",
        ),
        (
            (step("OP-10", components=(RouteComponent(reference_designator="A", part=A1.part, quantity=Decimal(0)),)),),
            "quantity of A 0 must be above zero",
        ),
    ],
)
def test_a_route_that_leads_nowhere_is_named(operations, told):
    with pytest.raises(EventProblem, match=told):
        check_route(operations)
