"""A label is printed once for the asking, and again for a reason."""

import pytest

from asbuilt.capture.answers import Acknowledgement
from asbuilt.core.events.event import EventProblem
from asbuilt.core.events.identity import LabelPrinted, UnitReidentified, UnitsMerged


def prints(world, name: str, **fields):
    return world.captures(LabelPrinted, name, **{"template": "unit", "printer": "LINE-3", **fields})


def test_IDN_040_reprint_has_a_reason(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    prints(world, "PUMP-200/1")
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit") == ["IDN-040"]
    reason = world.reason(LabelPrinted, "PUMP-200/1", template="unit")
    assert "label unit of ACME:PUMP-200/1 was printed on 2026-03-02 06:04 at LINE-3; destroy that one" in reason
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit", reason=" ") == ["IDN-040"]
    prints(world, "PUMP-200/1", reason="label torn")
    prints(world, "PUMP-200/1", template="order")  # another template, so another label
    prints(world, "PUMP-200/2")


def test_IDN_040_reprint_has_a_reason_within_one_batch(world):
    world.unit("PUMP-200/1")
    first, second = (world.event(LabelPrinted, "PUMP-200/1", template="unit") for _ in range(2))
    recorded, refused = world.submit(first, second)
    assert isinstance(recorded, Acknowledgement)
    assert [one.rule for one in refused.broken] == ["IDN-040"]


def test_lots_have_a_label_for_each_box(world):
    world.lot("CAP/L1")
    for _ in range(2):
        prints(world, "CAP/L1", template="lot")


def test_a_print_that_did_not_occur_is_not_counted(world):
    world.unit("PUMP-200/1")
    wrong = prints(world, "PUMP-200/1")
    world.corrects(wrong)
    right = prints(world, "PUMP-200/1")
    again = prints(world, "PUMP-200/1", reason="torn")
    world.corrects(right)
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit") == ["IDN-040"]
    world.corrects(again)
    prints(world, "PUMP-200/1")


def test_a_unit_marked_anew_needs_no_reason_for_its_new_label(world):
    world.unit("PUMP-200/1")
    prints(world, "PUMP-200/1")
    marked = world.captures(UnitReidentified, "PUMP-200/1", marked_as="PUMP-200/1-A", reason="reworked")
    new = prints(world, "PUMP-200/1")
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit") == ["IDN-040"]
    world.corrects(new)
    world.corrects(marked)
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit") == ["IDN-040"]


def test_labels_of_a_merged_record_are_those_of_the_one_that_stays(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    prints(world, "PUMP-200/2")
    merge = world.captures(UnitsMerged, "PUMP-200/1", duplicate="PUMP-200/2", reason="plate found")
    assert world.refusals(LabelPrinted, "PUMP-200/1", template="unit") == ["IDN-040"]
    assert "PUMP-200/2 is the same physical unit as ACME:PUMP-200/1" in world.reason(
        LabelPrinted, "PUMP-200/2", template="unit", reason="torn"
    )
    world.corrects(merge)
    prints(world, "PUMP-200/1")
    assert world.refusals(LabelPrinted, "PUMP-200/2", template="unit") == ["IDN-040"]


@pytest.mark.parametrize("fields", [{"copies": 0}, {"copies": 1001}, {"template": " "}])
def test_a_label_says_how_many_were_printed_of_what(world, fields):
    unit = world.unit("PUMP-200/1")
    event = world.event(LabelPrinted, **{"unit": unit, "template": "unit", **fields})
    with pytest.raises(EventProblem):
        event.check()
