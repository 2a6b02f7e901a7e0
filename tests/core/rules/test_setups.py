"""What a station is set up with, what is loaded there, and whether it may run: PRO-040 to PRO-049."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import RoutingDefined, SetupListDefined
from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import InterlockOverridden, OperationCompleted, OperationStarted, WorkOrderClosed
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part
from tests.world import START, World

CAP, CAP_B, RES, PASTE = (Part("ACME", name) for name in ("CAP", "CAP-B", "RES", "PASTE"))
CAPS = SetupSlot(slot="F1", part=CAP, alternates=(CAP_B,), quantity=Decimal(4), is_counted=True)
RESISTORS = SetupSlot(slot="F2", part=RES, quantity=Decimal(2))
SPARE = SetupSlot(slot="F3", part=PASTE, is_optional=True)
SMT = {"station": "SMT-1"}
OP = {"operation": "OP-10", **SMT}


@pytest.fixture
def line(world) -> World:
    """A placer with a list of three slots, reels for it, and some boards."""
    world.lot("CAP/R1", quantity=1000)
    world.lot("CAP/R2", quantity=1000)
    world.lot("CAP-B/R3", quantity=100)
    world.lot("RES/R4", quantity=1000)
    world.lot("RES/R5")
    world.lot("PASTE/T1", quantity=500)
    world.captures(SetupListDefined, "SU-1/1", station="SMT-1", operation="OP-10", slots=(CAPS, RESISTORS, SPARE))
    world.units(*(f"PCB/{number}" for number in range(1, 9)))
    return world


@pytest.fixture
def running(line) -> World:
    """The same, set up and loaded."""
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", quantity=10, **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    return line


def passes(world: World, *numbers: int, **fields) -> None:
    for number in numbers:
        world.captures(OperationCompleted, f"PCB/{number}", **{**OP, **fields})


def test_PRO_040_setup_list_is_for_the_station(line):
    assert line.refusals(SetupActivated, "SMT-1", setup_list="SU-9/1") == ["PRO-040"]
    assert line.reason(SetupActivated, "SMT-1", setup_list="SU-9/1") == (
        "setup list SU-9/1 is not defined here; check its name and revision, or define it first"
    )
    assert line.refusals(SetupActivated, "SMT-2", setup_list="SU-1/1") == ["PRO-040"]
    assert line.reason(SetupActivated, "SMT-2", setup_list="SU-1/1") == (
        "setup list SU-1/1 is for SMT-1, not SMT-2; take the list of that station"
    )
    line.captures(SetupActivated, "smt-1", setup_list="su-1/1")


def test_PRO_041_setup_follows_the_one_before_it(line):
    ending = {"setup_list": "SU-1/1"}
    assert line.refusals(SetupDeactivated, "SMT-1", **ending) == ["PRO-041"]
    assert line.reason(SetupDeactivated, "SMT-1", **ending) == (
        "no setup is in force at SMT-1, not SU-1/1; check the name"
    )
    line.captures(SetupActivated, "SMT-1", **ending)
    assert line.reason(SetupActivated, "SMT-1", **ending).endswith("in force at SMT-1 already; nothing is to be done")
    line.captures(SetupListDefined, "SU-1/2", station="SMT-1", slots=(CAPS,))
    early = line.reason(SetupActivated, "SMT-1", setup_list="SU-1/2", at=START)
    assert early.startswith("SU-1/1 is in force at SMT-1 since 2026-03-02")
    assert early.endswith("give a later event_time")
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    assert line.refusals(SetupDeactivated, "SMT-1", **ending) == ["PRO-041"]
    line.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/2")


def test_PRO_001_a_setup_comes_into_force_for_an_open_order(line):
    line.order("WO-1", part="PCB")
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1", work_order="WO-1")
    line.captures(WorkOrderClosed, "WO-1", reason="done")
    line.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/1")
    assert line.refusals(SetupActivated, "SMT-1", setup_list="SU-1/1", work_order="WO-1") == ["PRO-001"]


def test_PRO_042_lot_is_what_the_slot_takes(line):
    wrong = {"slot": "F1", **SMT}
    line.captures(MaterialLoaded, "RES/R4", slot="F9", **SMT)  # without a setup in force, anything goes anywhere
    line.captures(MaterialUnloaded, "RES/R4", slot="F9", **SMT)
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    assert line.refusals(MaterialLoaded, "RES/R4", **wrong) == ["PRO-042"]
    assert line.reason(MaterialLoaded, "RES/R4", **wrong) == (
        "slot F1 of SMT-1 takes ACME:CAP or ACME:CAP-B by SU-1/1, not ACME:RES; load that"
    )
    assert line.reason(MaterialLoaded, "RES/R4", slot="F9", **SMT) == (
        "SU-1/1 knows no slot F9 of SMT-1; ACME:RES goes to F2"
    )
    line.lot("DIODE/D1")
    assert line.reason(MaterialLoaded, "DIODE/D1", slot="F9", **SMT).endswith("check the slot and the lot")
    line.captures(MaterialLoaded, "CAP-B/R3", **wrong)


def test_PRO_042_a_load_that_is_sent_late_is_judged_by_the_list_of_its_time(running):
    then = running.now
    running.captures(SetupListDefined, "SU-1/2", station="SMT-1", slots=(RESISTORS,))
    running.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    running.captures(MaterialLoaded, "PASTE/T1", slot="F3", at=then, **SMT)
    assert running.refusals(MaterialLoaded, "PASTE/T1", slot="F4", **SMT) == ["PRO-042", "PRO-044"]


def test_PRO_043_splice_follows_one_load(running):
    splice = {"slot": "F1", "is_splice": True, **SMT}
    assert running.refusals(MaterialLoaded, "PASTE/T1", slot="F3", is_splice=True, **SMT) == ["PRO-043"]
    assert "slot F3 of SMT-1 is empty" in running.reason(MaterialLoaded, "PASTE/T1", **{**splice, "slot": "F3"})
    assert running.refusals(MaterialLoaded, "CAP/R2", slot="F1", **SMT) == ["GEN-006"]
    running.captures(MaterialLoaded, "CAP/R2", **splice)
    assert running.reason(MaterialLoaded, "CAP-B/R3", **splice) == (
        "slot F1 of SMT-1 is fed by ACME:CAP/R1 and ACME:CAP/R2; unload the first before a third is spliced"
    )
    running.captures(MaterialUnloaded, "CAP/R1", slot="F1", **SMT)
    third = running.captures(MaterialLoaded, "CAP-B/R3", **splice)
    running.corrects(third)
    running.captures(MaterialUnloaded, "CAP/R2", slot="F1", **SMT)
    assert running.refusals(MaterialUnloaded, "CAP/R2", slot="F1", **SMT) == ["GEN-007"]


def test_PRO_043_without_a_setup_a_splice_is_of_the_same_part(line):
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", **SMT)
    assert line.refusals(MaterialLoaded, "RES/R4", slot="F1", is_splice=True, **SMT) == ["PRO-043"]
    line.captures(MaterialLoaded, "CAP/R2", slot="F1", is_splice=True, **SMT)


def test_PRO_044_lot_is_at_one_place(running):
    twice = {"slot": "F1", "is_splice": True, **SMT}
    assert running.refusals(MaterialLoaded, "CAP/R1", **twice) == ["PRO-044"]
    assert running.reason(MaterialLoaded, "CAP/R1", **twice) == (
        "ACME:CAP/R1 feeds slot F1 of SMT-1: say the quantity on each reel; unload it there first"
    )
    assert running.reason(MaterialLoaded, "CAP/R1", quantity=995, **twice).startswith(
        "ACME:CAP/R1 has 1000, of which 10 feeds slot F1 of SMT-1; 995 more cannot be on this one"
    )
    running.captures(MaterialLoaded, "CAP/R1", quantity=990, **twice)  # a delivery on two reels


def test_PRO_044_a_reel_of_unknown_quantity_is_at_one_place(running):
    running.captures(SetupListDefined, "SU-2/1", station="SMT-2", slots=(RESISTORS,))
    running.captures(SetupActivated, "SMT-2", setup_list="SU-2/1")
    elsewhere = {"slot": "F2", "station": "SMT-2", "quantity": 10}
    assert running.refusals(MaterialLoaded, "RES/R4", **elsewhere) == ["PRO-044"]
    assert "a reel is at one place" in running.reason(MaterialLoaded, "RES/R4", **elsewhere)
    running.captures(MaterialUnloaded, "RES/R4", slot="F2", **SMT)
    running.captures(MaterialLoaded, "RES/R4", **elsewhere)


def test_PRO_045_load_is_counted_as_the_lot(line):
    line.part("GLUE", tracking="lot", uom="g")
    line.lot("GLUE/G1", quantity=50, uom="g")
    glue = {"slot": "G", **SMT}
    assert line.refusals(MaterialLoaded, "GLUE/G1", quantity=1, uom="kg", **glue) == ["PRO-045"]
    assert line.reason(MaterialLoaded, "GLUE/G1", quantity=1, uom="kg", **glue) == (
        "lot ACME:GLUE/G1 is kept in g, the quantity is in kg; give it in g"
    )
    assert line.reason(MaterialLoaded, "GLUE/G1", quantity=51, **glue) == (
        "51 of ACME:GLUE/G1 cannot be there, 50 was at most; check the count, or correct the lot's quantity"
    )
    line.captures(MaterialLoaded, "GLUE/G1", quantity=30, uom="g", **glue)
    assert line.refusals(MaterialUnloaded, "GLUE/G1", remaining=31, **glue) == ["PRO-045"]
    line.captures(MaterialUnloaded, "GLUE/G1", remaining=0, **glue)


def test_PRO_046_setup_is_complete(line):
    passes(line, 1)  # no setup in force
    line.captures(MaterialLoaded, "RES/R4", slot="F1", **SMT)
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    assert line.refusals(OperationStarted, "PCB/2", **OP) == ["PRO-046"]
    assert line.reason(OperationCompleted, "PCB/2", **OP) == (
        "SMT-1 is not set up as SU-1/1 says: slot F1 holds ACME:RES/R4, load ACME:CAP or ACME:CAP-B instead, "
        "slot F2 is empty, load ACME:RES"
    )
    line.captures(OperationCompleted, "PCB/2", operation="OP-20", station="SMT-1")  # not what the list is for
    line.captures(OperationCompleted, "PCB/2", operation="OP-10", station="SMT-2")
    line.captures(MaterialUnloaded, "RES/R4", slot="F1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    line.captures(MaterialLoaded, "CAP-B/R3", slot="F1", **SMT)
    passes(line, 2)


def test_PRO_046_what_was_loaded_before_is_verified_when_the_setup_comes_into_force(line):
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    passes(line, 1)


def test_PRO_046_work_that_began_is_not_judged_again(running):
    running.captures(OperationStarted, "PCB/1", **OP)
    running.captures(MaterialUnloaded, "RES/R4", slot="F2", **SMT)
    running.captures(OperationCompleted, "PCB/1", operation="OP-10")
    assert running.refusals(OperationStarted, "PCB/2", **OP) == ["PRO-046"]


def test_PRO_046_in_one_call_with_what_sets_the_line_up(line):
    answers = line.submit(
        line.event(SetupActivated, "SMT-1", setup_list="SU-1/1"),
        line.event(MaterialLoaded, "CAP/R1", slot="F1", **SMT),
        line.event(OperationCompleted, "PCB/1", **OP),
        line.event(MaterialLoaded, "RES/R4", slot="F2", **SMT),
        line.event(OperationCompleted, "PCB/1", **OP),
    )
    told = ["recorded" if not hasattr(one, "broken") else one.broken[0].rule for one in answers]
    assert told == ["recorded", "recorded", "PRO-046", "recorded", "recorded"]


def test_PRO_046_is_overridden_by_who_may(running):
    running.captures(MaterialUnloaded, "RES/R4", slot="F2", **SMT)
    running.overrides(OperationCompleted, "PCB/1", why="placed by hand", **OP)
    (made,) = running.made(InterlockOverridden, "PCB/1")
    assert [one["rule"] for one in made["reasons"]] == ["PRO-046"]


def test_PRO_046_the_last_setup_ended_and_nothing_is_asked(running):
    ended = running.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/1")
    running.captures(MaterialUnloaded, "RES/R4", slot="F2", **SMT)
    passes(running, 1)
    running.corrects(ended)
    assert running.refusals(OperationCompleted, "PCB/2", **OP) == ["PRO-046"]


def test_PRO_047_setup_is_for_the_work(line):
    line.part("OTHER")
    line.captures(UnitCommissioned, "OTHER/1")
    line.captures(
        SetupListDefined, "SU-1/2", station="SMT-1", part="PCB", program="P-7", slots=(SPARE,), description="One board"
    )
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    assert line.refusals(OperationStarted, "OTHER/1", program="P-7", **OP) == ["PRO-047"]
    assert line.reason(OperationStarted, "OTHER/1", program="P-7", **OP) == (
        "SU-1/2 at SMT-1 is for ACME:PCB, not ACME:OTHER; change the setup"
    )
    assert line.reason(OperationStarted, "PCB/1", program="P-6", **OP) == (
        "SU-1/2 is for program P-7, not P-6; load that one"
    )
    line.captures(OperationStarted, "PCB/1", program="P-7", **OP)


def test_PRO_047_a_setup_is_for_a_routing(line):
    line.captures(SetupListDefined, "SU-1/2", station="SMT-1", routing="R-PCB/1", slots=(SPARE,))
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    assert line.reason(OperationStarted, "PCB/1", **OP) == (
        "SU-1/2 is for routing R-PCB/1, ACME:PCB/1 has no routing; change the setup"
    )
    line.captures(RoutingDefined, "R-PCB/1", part="PCB", operations=(RouteOperation(operation="OP-10"),))
    line.unit("PCB/20")
    line.captures(OperationStarted, "PCB/20", **OP)


def test_PRO_048_what_is_fed_may_be_used(running):
    running.captures(OperationStarted, "PCB/1", **OP)
    running.captures(HoldPlaced, None, lot="CAP/R1", hold="H-1", reason="recall")
    running.captures(OperationCompleted, "PCB/1", **OP)
    assert running.refusals(OperationStarted, "PCB/2", **OP) == ["PRO-048"]
    assert running.reason(OperationStarted, "PCB/2", **OP) == (
        "slot F1: ACME:CAP/R1 is on hold (H-1); unload that at SMT-1 and load another"
    )
    running.captures(MaterialUnloaded, "CAP/R1", slot="F1", **SMT)
    running.captures(MaterialLoaded, "CAP/R2", slot="F1", **SMT)
    passes(running, 2)


def test_PRO_048_what_expires_in_its_slot_stops_the_line(running):
    running.lot("PASTE/T2", expires_on=date(2026, 3, 3))
    running.captures(MaterialLoaded, "PASTE/T2", slot="F3", **SMT)
    passes(running, 1)
    told = running.reason(OperationStarted, "PCB/2", at=START + timedelta(days=3), **OP)
    assert told == "slot F3: ACME:PASTE/T2 expired on 2026-03-03; unload that at SMT-1 and load another"


def test_PRO_049_counted_material_suffices(running):
    passes(running, 1, 2)  # ten on the reel, four a board
    assert running.refusals(OperationCompleted, "PCB/3", **OP) == ["PRO-049"]
    assert running.reason(OperationStarted, "PCB/3", **OP) == (
        "slot F1 has 2 of ACME:CAP/R1 left, which is not enough for a unit; splice or load another at SMT-1"
    )
    running.captures(MaterialLoaded, "CAP/R2", slot="F1", quantity=5, is_splice=True, **SMT)
    passes(running, 3)  # two from the end of the first, two from the second
    assert "slot F1 has 3 of" in running.reason(OperationStarted, "PCB/4", **OP)
    running.overrides(OperationCompleted, "PCB/4", why="the rest is placed by hand", **OP)


def test_PRO_049_holds_within_a_call(running):
    answers = running.submit(*(running.event(OperationCompleted, f"PCB/{number}", **OP) for number in (1, 2, 3)))
    assert [hasattr(one, "broken") for one in answers] == [False, False, True]


def test_PRO_049_a_pass_that_did_not_occur_used_nothing(running):
    passes(running, 1)
    wrong = running.captures(OperationCompleted, "PCB/2", **OP)
    assert running.refusals(OperationCompleted, "PCB/3", **OP) == ["PRO-049"]
    running.corrects(wrong)
    passes(running, 3)


def test_PRO_049_a_reel_goes_on_with_what_was_counted(running):
    passes(running, 1)
    running.captures(MaterialUnloaded, "CAP/R1", slot="F1", remaining=5, **SMT)
    running.captures(MaterialLoaded, "CAP/R2", slot="F1", quantity=3, **SMT)
    assert running.refusals(OperationCompleted, "PCB/2", **OP) == ["PRO-049"]
    running.captures(MaterialUnloaded, "CAP/R2", slot="F1", **SMT)
    running.lot("CAP/R9", quantity=9)
    running.captures(MaterialLoaded, "CAP/R9", slot="F1", **SMT)
    passes(running, 2)
    running.captures(MaterialUnloaded, "CAP/R9", slot="F1", remaining=4, **SMT)  # one was lost
    running.captures(MaterialLoaded, "CAP/R9", slot="F1", **SMT)
    passes(running, 3)
    assert "slot F1 has 0 of ACME:CAP/R9 left" in running.reason(OperationCompleted, "PCB/4", **OP)


def test_PRO_049_a_lot_of_unknown_quantity_stops_nothing(running):
    running.lot("CAP/R8")
    running.captures(MaterialUnloaded, "CAP/R1", slot="F1", **SMT)
    running.captures(MaterialLoaded, "CAP/R8", slot="F1", **SMT)
    passes(running, 1, 2, 3, 4)


def test_COR_004_a_setup_is_corrected_from_the_last(running):
    first = running.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/1")
    again = running.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    refused = running.correction_refused(first)
    assert refused.broken[0].reason == "SU-1/1 is in force there since; correct that first"
    ended = running.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/1")
    assert running.correction_refused(again).broken[0].reason == "the setup was ended later; correct that first"
    running.corrects(ended)
    running.corrects(again)
    running.corrects(first)
    assert running.refusals(SetupActivated, "SMT-1", setup_list="SU-1/1") == ["PRO-041"]


def test_COR_004_what_followed_a_setup_puts_it_back_in_force(running):
    running.captures(SetupListDefined, "SU-1/2", station="SMT-1", slots=(RESISTORS,))
    following = running.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    running.corrects(following)
    assert running.refusals(SetupActivated, "SMT-1", setup_list="SU-1/1") == ["PRO-041"]
    assert running.refusals(SetupDeactivated, "SMT-1", setup_list="SU-1/2") == ["PRO-041"]
