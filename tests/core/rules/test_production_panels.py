from asbuilt.capture.answers import Acknowledgement
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.production import UnitDepanelled, UnitPanelled


def on(position, panel="P7"):
    return {"panel": panel, "position": position}


def test_PRO_050_panel_position_is_free(world):
    world.units("PCB-10/1", "PCB-10/2")
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    assert world.refusals(UnitPanelled, "PCB-10/2", **on("3", panel="p 7")) == ["PRO-050"]
    reason = world.reason(UnitPanelled, "PCB-10/2", **on("3"))
    assert "position 3 of panel P7 holds ACME:PCB-10/1; check the position, or separate that first" in reason
    world.captures(UnitPanelled, "PCB-10/2", **on("3", panel="P8"))


def test_PRO_050_panel_position_is_free_after_separation(world):
    world.units("PCB-10/1", "PCB-10/2")
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    world.captures(UnitDepanelled, "PCB-10/1", **on("3"))
    world.captures(UnitPanelled, "PCB-10/2", **on("3"))


def test_PRO_051_unit_is_on_one_panel(world):
    world.unit("PCB-10/1")
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    assert world.refusals(UnitPanelled, "PCB-10/1", **on("4")) == ["PRO-051"]
    assert world.refusals(UnitPanelled, "PCB-10/1", **on("3", panel="P8")) == ["PRO-051"]
    assert world.refusals(UnitPanelled, "PCB-10/1", **on("3")) == ["PRO-051"]
    assert "is at position 3 of panel P7; separate it there first" in world.reason(UnitPanelled, "PCB-10/1", **on("4"))
    world.captures(UnitDepanelled, "PCB-10/1", **on("3"))
    world.captures(UnitPanelled, "PCB-10/1", **on("4"))


def test_PRO_052_unit_is_at_that_position(world):
    world.unit("PCB-10/1")
    assert world.refusals(UnitDepanelled, "PCB-10/1", **on("3")) == ["PRO-052"]
    assert "is on no panel; check the panel" in world.reason(UnitDepanelled, "PCB-10/1", **on("3"))
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    assert world.refusals(UnitDepanelled, "PCB-10/1", **on("4")) == ["PRO-052"]
    assert "is at position 3 of panel P7" in world.reason(UnitDepanelled, "PCB-10/1", **on("4"))
    world.captures(UnitDepanelled, "PCB-10/1", **on("3", panel="p7"))


def test_PRO_053_unit_is_separated(world):
    world.unit("PCB-10/1")
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    assert world.refusals(UnitShipped, "PCB-10/1", customer="St. Anna") == ["PRO-053"]
    assert world.refusals(UnitPacked, "PCB-10/1", container="BOX-1") == ["PRO-053"]
    assert "separate it first" in world.reason(UnitShipped, "PCB-10/1", customer="St. Anna")
    world.captures(UnitDepanelled, "PCB-10/1", **on("3"))
    world.captures(UnitPacked, "PCB-10/1", container="BOX-1")


def test_two_boards_change_places_in_one_call(world):
    world.units("PCB-10/1", "PCB-10/2")
    world.captures(UnitPanelled, "PCB-10/1", **on("1"))
    world.captures(UnitPanelled, "PCB-10/2", **on("2"))
    answers = world.submit(
        world.event(UnitDepanelled, "PCB-10/1", **on("1")),
        world.event(UnitDepanelled, "PCB-10/2", **on("2")),
        world.event(UnitPanelled, "PCB-10/1", **on("2")),
        world.event(UnitPanelled, "PCB-10/2", **on("1")),
    )
    assert all(isinstance(answer, Acknowledgement) for answer in answers)
    assert world.refusals(UnitDepanelled, "PCB-10/1", **on("1")) == ["PRO-052"]
    world.captures(UnitDepanelled, "PCB-10/1", **on("2"))


def test_a_board_that_was_put_on_the_wrong_panel_leaves_it_by_a_correction(world):
    world.units("PCB-10/1", "PCB-10/2")
    wrong = world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    world.corrects(wrong)
    world.captures(UnitPanelled, "PCB-10/2", **on("3"))
    world.captures(UnitPanelled, "PCB-10/1", **on("3", panel="P8"))


def test_a_placement_is_not_corrected_after_the_separation(world):
    world.unit("PCB-10/1")
    placed = world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    separated = world.captures(UnitDepanelled, "PCB-10/1", **on("3"))
    assert world.correction_refused(placed).broken[0].rule == "COR-004"
    world.corrects(separated)
    assert world.refusals(UnitShipped, "PCB-10/1", customer="St. Anna") == ["PRO-053"]
    world.captures(UnitDepanelled, "PCB-10/1", **on("3"))


def test_a_separation_is_not_corrected_when_another_board_is_there(world):
    world.units("PCB-10/1", "PCB-10/2")
    world.captures(UnitPanelled, "PCB-10/1", **on("3"))
    separated = world.captures(UnitDepanelled, "PCB-10/1", **on("3"))
    world.captures(UnitPanelled, "PCB-10/2", **on("3"))
    assert world.correction_refused(separated).broken[0].rule == "COR-004"


def test_records_are_merged_when_none_is_on_a_panel(world):
    world.units("PCB-10/1", "PCB-10/2")
    world.captures(UnitPanelled, "PCB-10/2", **on("3"))
    assert world.refusals(UnitsMerged, "PCB-10/1", duplicate="PCB-10/2", reason="x") == ["IDN-027"]
