"""How a station is set up: what is loaded, verified and left."""

from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import SetupListDefined
from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part
from asbuilt.core.states.setups import SlotStatus
from asbuilt.queries.naming import NotFound
from asbuilt.queries.setups import SetupView, setup, setup_lists
from tests.world import MINUTE, World

CAP, RES, PASTE = (Part("ACME", name) for name in ("CAP", "RES", "PASTE"))
CAPS = SetupSlot(slot="F1", part=CAP, quantity=Decimal(4), reference_designators=("C1", "C2", "C3", "C4"))
RESISTORS = SetupSlot(slot="F2", part=RES, quantity=Decimal("0.5"))
SMT = {"station": "SMT-1"}


@pytest.fixture
def line(world) -> World:
    world.lot("CAP/R1", quantity=1000)
    world.lot("CAP/R2", quantity=1000)
    world.lot("RES/R4")
    world.lot("PASTE/T1", quantity=5)
    world.units(*(f"PCB/{number}" for number in range(1, 10)))
    world.captures(SetupListDefined, "SU-1/1", station="SMT-1", operation="OP-10", slots=(CAPS, RESISTORS))
    return world


def seen(world: World, *, at=None, low_units=20) -> SetupView:
    with world.database.reading(world.site) as reader:
        return setup(reader, "smt-1", at=at or world.now + MINUTE, low_units=low_units)


def passes(world: World, *numbers: int, operation="OP-10") -> None:
    for number in numbers:
        world.captures(OperationCompleted, f"PCB/{number}", operation=operation, **SMT)


def test_the_lists_say_which_is_in_force(line):
    line.order("WO-1", part="PCB")
    line.captures(SetupListDefined, "SU-1/2", station="SMT-1", part="PCB", program="P-7", slots=(CAPS,))
    active = line.captures(SetupActivated, "SMT-1", setup_list="SU-1/2", work_order="WO-1")
    with line.database.reading(line.site) as reader:
        first, second = setup_lists(reader)
    assert (first.setup_list, first.slots, first.in_force_since, first.work_order) == ("SU-1/1", 2, None, "")
    assert (second.part, second.program, second.work_order) == ("ACME:PCB", "P-7", "WO-1")
    assert second.in_force_since == active.event_time


def test_each_slot_says_what_it_needs(line):
    line.captures(MaterialLoaded, "PASTE/T1", slot="P1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F1", **SMT)
    bare = seen(line)
    assert (bare.setup_list, bare.may_run, [one.status for one in bare.slots]) == ("", True, ["not_listed"] * 2)
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    found = seen(line)
    assert [(one.slot, one.status) for one in found.slots] == [
        ("F1", SlotStatus.WRONG),
        ("F2", SlotStatus.EMPTY),
        ("P1", SlotStatus.NOT_LISTED),
    ]
    assert (found.slots[0].part, found.slots[0].reference_designators) == ("ACME:CAP", ("C1", "C2", "C3", "C4"))
    assert not found.may_run
    line.captures(MaterialUnloaded, "RES/R4", slot="F1", **SMT)
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    assert seen(line).may_run
    line.captures(HoldPlaced, None, lot="CAP/R1", hold="H-1", reason="recall")
    held = seen(line)
    assert (held.may_run, held.slots[0].loads[0].open_holds) == (False, ("H-1",))


def test_what_is_left_follows_from_the_passes(line):
    passes(line, 1)  # before the load
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", quantity=3, **SMT)
    passes(line, 1)  # before the setup
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    then = line.now
    passes(line, 2, 3)
    passes(line, 2, operation="OP-99")  # not what the list is for
    found = seen(line)
    assert [(one.left, one.units_left, one.is_low) for one in found.slots] == [
        (Decimal(992), 248, False),
        (Decimal(2), 4, True),
    ]
    assert [one.is_low for one in seen(line, low_units=4).slots] == [False, False]
    late = line.captures(OperationCompleted, "PCB/4", operation="OP-10", at=then, **SMT)
    assert seen(line).slots[0].left == 988
    line.corrects(late)
    assert seen(line).slots[0].left == 992


def test_a_list_that_ended_uses_nothing(line):
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    passes(line, 1)
    line.captures(SetupDeactivated, "SMT-1", setup_list="SU-1/1")
    passes(line, 2)
    line.captures(
        SetupListDefined, "SU-1/2", station="SMT-1", slots=(SetupSlot(slot="F1", part=CAP, quantity=Decimal(1)),)
    )
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/2")
    passes(line, 3, 4)
    assert seen(line).slots[0].loads[0].used == 4 + 2


def test_what_is_counted_says_what_was_lost(line):
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", quantity=100, **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    passes(line, 1, 2)
    wrong = line.captures(MaterialUnloaded, "CAP/R1", slot="F1", remaining=88, **SMT)
    (counted,) = seen(line).counted
    assert (counted.lot, counted.remaining, counted.scatter) == ("ACME:CAP/R1", 88, 4)
    line.corrects(wrong)
    assert seen(line).counted == ()
    line.captures(MaterialUnloaded, "RES/R4", slot="F2", remaining=12, **SMT)
    assert seen(line).counted[0].scatter is None  # nobody knew how much there was
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    assert seen(line).slots[1].left == 12  # now somebody does


def test_a_spliced_reel_begins_when_the_one_before_it_is_empty(line):
    line.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    line.captures(MaterialLoaded, "CAP/R1", slot="F1", quantity=10, **SMT)
    line.captures(MaterialLoaded, "RES/R4", slot="F2", **SMT)
    passes(line, 1)
    line.captures(MaterialLoaded, "CAP/R2", slot="F1", is_splice=True, **SMT)
    passes(line, 2, 3)
    first, second = seen(line).slots[0].loads
    assert (first.left, second.used, second.left) == (0, 2, 998)
    line.captures(MaterialUnloaded, "CAP/R1", slot="F1", reason="empty", **SMT)
    (second,) = seen(line).slots[0].loads
    assert (second.used, second.left) == (2, 998)
    # Between splice and unloading nobody knows from which of the two a board was fed.
    assert line.where_used("CAP/R1") == ["PCB/1", "PCB/2", "PCB/3"]
    assert line.where_used("CAP/R2") == ["PCB/2", "PCB/3"]


def test_a_station_that_nobody_knows(line):
    with line.database.reading(line.site) as reader, pytest.raises(NotFound, match="station SMT-9 is not known here"):
        setup(reader, "SMT-9", at=line.now)
