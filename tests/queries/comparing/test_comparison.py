"""A unit beside its bill of materials, and beside itself at another time."""

from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import BillOfMaterialsDefined
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Part
from asbuilt.queries.comparing.comparison import Against, Baseline, Comparison, compare, designed_lines
from asbuilt.queries.naming import NotFound, unit_or_lot_meant
from asbuilt.queries.windows import Misasked
from tests.world import MINUTE, START, World

DESIGNED, NOW = Baseline.DESIGNED, Baseline.NOW
PCB, SPARE, OLD, CAP, SEAL, GLUE = (Part("ACME", name) for name in ("PCB", "SPARE", "OLD", "CAP", "SEAL", "GLUE"))
PUMP_LINES = (
    BillLine(
        item="10", part=PCB, alternates=(SPARE,), reference_designators=("A1",), revision="C", quantity=Decimal(1)
    ),
    BillLine(item="20", part=OLD, reference_designators=("A2",), serial_to="99", is_optional=True),
    BillLine(item="20", part=SEAL, reference_designators=("A2",), serial_from="100", is_optional=True),
    BillLine(item="30", part=GLUE, quantity=Decimal("2.5")),
)
BOARD_LINES = (BillLine(item="1", part=CAP, reference_designators=("C1", "C2"), quantity=Decimal(2)),)


def compared(world: World, name: str, against: Against, *, at=None) -> Comparison:
    with world.database.reading(world.site) as reader:
        return compare(reader, unit_or_lot_meant(reader, name), against=against, at=at)


def told(found: Comparison) -> list[str]:
    """Differences in short: where, what, expected and found."""
    return [
        f"{one.assembly[5:]} {one.difference}: {one.expected.replace('ACME:', '')}@{','.join(one.expected_places)}"
        f" → {one.found.replace('ACME:', '')}@{','.join(one.found_places)}"
        for one in found.differences
    ]


@pytest.fixture
def plant(world):
    """Pumps with boards in them, each with a bill of its own."""
    for name in ("PUMP", "PCB", "SPARE", "OLD", "SEAL", "FAN"):
        world.part(name)
    for name in ("CAP", "GLUE"):
        world.part(name, tracking="lot", uom="g" if name == "GLUE" else "")
    world.captures(BillOfMaterialsDefined, "B-PUMP/1", part="PUMP", lines=PUMP_LINES)
    world.captures(BillOfMaterialsDefined, "B-PCB/1", part="PCB", lines=BOARD_LINES)
    world.units("PUMP/1", "SPARE/1", "OLD/1", "FAN/1", "SEAL/1")
    world.captures(UnitCommissioned, "PCB/1", revision="C")
    world.captures(UnitCommissioned, "PCB/2", revision="B")
    world.lot("CAP/L1", quantity=100)
    world.lot("GLUE/G1", quantity=100, uom="g")
    return world


def test_what_is_not_there_yet_is_missing_on_every_level(plant):
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    plant.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C2")
    found = compared(plant, "PUMP/1", DESIGNED)
    assert told(found) == ["PUMP/1 missing: GLUE@ → @", "PCB/1 missing: CAP@C1 → @"]
    assert [(one.level, one.item, one.expected_quantity, one.expected_uom) for one in found.differences] == [
        (1, "30", Decimal("2.5"), "g"),
        (2, "1", Decimal(1), ""),
    ]
    assert (found.bill_of_materials, found.assembly_count, found.fault_count, found.note_count) == ("B-PUMP/1", 2, 2, 0)


def test_what_a_unit_should_contain_is_told_on_every_level(plant):
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    with plant.database.reading(plant.site) as reader:
        found = designed_lines(reader, unit_or_lot_meant(reader, "PUMP/1"))
    assert [(one.level, one.assembly, one.bill_of_materials, one.item, one.part) for one in found] == [
        (1, "ACME:PUMP/1", "B-PUMP/1", "10", "ACME:PCB"),
        (1, "ACME:PUMP/1", "B-PUMP/1", "20", "ACME:OLD"),
        (1, "ACME:PUMP/1", "B-PUMP/1", "30", "ACME:GLUE"),
        (2, "ACME:PCB/1", "B-PCB/1", "1", "ACME:CAP"),
    ]


def test_a_unit_that_is_as_designed_differs_in_nothing(plant):
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="2", uom="g")
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="0.5", uom="g")
    for place in ("C1", "C2"):
        plant.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator=place)
    assert compared(plant, "PUMP/1", DESIGNED).differences == []
    before = compared(plant, "PUMP/1", DESIGNED, at=plant.now - MINUTE)
    assert told(before) == ["PCB/1 missing: CAP@C2 → @"]


def test_an_alternate_that_the_bill_allows_is_noted_and_no_fault(plant):
    plant.captures(ComponentInstalled, "PUMP/1", component="SPARE/1", reference_designator="A1")
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="2.5")
    found = compared(plant, "PUMP/1", DESIGNED)
    assert told(found) == ["PUMP/1 alternate_used: PCB or SPARE@A1 → SPARE/1@A1"]
    assert (found.fault_count, found.note_count, found.differences[0].is_fault) == (0, 1, False)


def declares(plant, name: str, place: str = "", **more) -> None:
    """A partner's word, which is kept whatever the bill says."""
    plant.captures(
        ComponentInstalled, "PUMP/1", evidence=Evidence.DECLARED, reference_designator=place, component=name, **more
    )


def told_of_pump(plant, *kinds: str) -> list[str]:
    return [one for one in told(compared(plant, "PUMP/1", DESIGNED)) if any(f" {kind}:" in one for kind in kinds)]


def test_a_wrong_part_is_told_from_one_that_is_for_other_units(plant):
    declares(plant, "FAN/1", "A1")
    declares(plant, "SEAL/1", "A2")
    assert told_of_pump(plant, "wrong_part", "wrong_alternate", "missing") == [
        "PUMP/1 missing: GLUE@ → @",
        "PUMP/1 wrong_part: PCB or SPARE@A1 → FAN/1@A1",
        "PUMP/1 wrong_alternate: OLD@A2 → SEAL/1@A2",
    ]


def test_a_wrong_revision_is_that_of_the_part_and_never_of_an_alternate(plant):
    declares(plant, "PCB/2", "A1")
    assert told_of_pump(plant, "wrong_revision", "alternate_used") == [
        "PUMP/1 wrong_revision: PCB or SPARE@A1 → PCB/2@A1"
    ]
    (wrong,) = [one for one in compared(plant, "PUMP/1", DESIGNED).differences if one.difference == "wrong_revision"]
    assert (wrong.expected_revision, wrong.found_revision) == ("C", "B")


def test_a_part_at_another_place_than_its_own_is_misplaced_and_one_too_many_is_extra(plant):
    declares(plant, "PCB/1", "X7")
    declares(plant, "SPARE/1", "X8")
    declares(plant, "FAN/1")
    assert told_of_pump(plant, "wrong_position", "extra", "missing") == [
        "PUMP/1 extra: @ → FAN/1@",
        "PUMP/1 missing: GLUE@ → @",
        "PUMP/1 wrong_position: PCB or SPARE@A1 → PCB/1@X7",
        "PUMP/1 extra: @ → SPARE/1@X8",
        "PCB/1 missing: CAP@C1,C2 → @",
    ]


def test_what_is_too_little_or_too_much_is_a_wrong_quantity(plant):
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="2")
    less = compared(plant, "PUMP/1", DESIGNED).differences[0]
    assert (less.difference, less.expected_quantity, less.found_quantity) == (
        "wrong_quantity",
        Decimal("2.5"),
        Decimal(2),
    )
    plant.captures(
        ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="3", evidence=Evidence.DECLARED, reference_designator=""
    )
    kinds = [(one.difference, one.found_quantity) for one in compared(plant, "PUMP/1", DESIGNED).differences]
    assert ("wrong_quantity", Decimal(5)) in kinds


def test_what_nobody_read_is_unproven(plant):
    declares(plant, "PCB/1", "A1")
    plant.captures(MaterialLoaded, "GLUE/G1", station="S1", slot="F1")
    plant.captures(OperationCompleted, "PUMP/1", operation="OP", station="S1", result="passed")
    found = compared(plant, "PUMP/1", DESIGNED)
    unproven = [one for one in found.differences if one.difference == "unproven"]
    assert [one.found_evidence for one in unproven] == ["declared"]
    assert told(found)[:1] == ["PUMP/1 unproven: PCB or SPARE@A1 → PCB/1@A1"]
    assert not any("GLUE/G1" in line and "unproven" in line for line in told(found)), "the lot was read at the slot"


def test_one_of_several_is_unproven_and_neither_missing_nor_too_much(plant):
    for name in ("PCB/1", "PCB/2"):
        plant.captures(
            ComponentInstalled, "PUMP/1", component=name, reference_designator="A1", evidence=Evidence.ALTERNATIVE
        )
    assert told_of_pump(plant, "unproven", "missing", "wrong_quantity") == [
        "PUMP/1 missing: GLUE@ → @",
        "PUMP/1 unproven: PCB or SPARE@A1 → PCB/1@A1",
        "PUMP/1 unproven: PCB or SPARE@A1 → PCB/2@A1",
        "PCB/1 missing: CAP@C1,C2 → @",
        "PCB/2 missing: CAP@C1,C2 → @",
    ]


def test_a_serial_that_cannot_be_compared_is_said_and_not_guessed_about(plant):
    plant.captures(UnitReceived, "PUMP/SAMPLE")
    found = compared(plant, "PUMP/SAMPLE", DESIGNED)
    assert told(found) == ["PUMP/SAMPLE not_comparable: B-PUMP/1@ → @"]


def test_a_unit_without_a_bill_and_a_lot_are_not_compared_with_a_design(plant):
    with pytest.raises(NotFound, match="no bill of materials applies to ACME:FAN/1; define one before"):
        compared(plant, "FAN/1", DESIGNED)
    with pytest.raises(NotFound, match="a lot has none"):
        compared(plant, "CAP/L1", DESIGNED)


def test_a_moment_is_not_compared_with_itself(plant):
    for against, at in ((NOW, None), (START, START)):
        with pytest.raises(Misasked, match="say which other time"):
            compared(plant, "PUMP/1", against, at=at)


def test_two_times_differ_in_what_was_replaced_moved_added_and_taken_out(plant):
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    plant.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C1", quantity="1")
    then = plant.now
    plant.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C2", quantity="1")
    assert told(compared(plant, "PUMP/1", then)) == ["PCB/1 extra: @ → CAP/L1@C2"]
    assert told(compared(plant, "PUMP/1", NOW, at=then)) == ["PCB/1 missing: CAP/L1@C2 → @"]
    plant.captures(ComponentRemoved, "PUMP/1", component="PCB/1", reason="dead")
    assert told(compared(plant, "PUMP/1", then)) == ["PUMP/1 missing: PCB/1@A1 → @"]
    plant.captures(ComponentInstalled, "PUMP/1", component="SPARE/1", reference_designator="A1")
    found = compared(plant, "PUMP/1", then)
    assert told(found) == ["PUMP/1 replaced: PCB/1@A1 → SPARE/1@A1"]
    assert (found.against, found.against_at, found.at) == ("as_built", then, None)
    plant.captures(ComponentRemoved, "PUMP/1", component="SPARE/1", reason="swap")
    declares(plant, "PCB/1", "A2")
    assert told(compared(plant, "PUMP/1", then)) == [
        "PUMP/1 moved: PCB/1@A1 → PCB/1@A2",
        "PUMP/1 unproven: PCB/1@A1 → PCB/1@A2",
        "PCB/1 extra: @ → CAP/L1@C2",
    ]


def test_two_times_differ_in_how_much_of_a_lot_is_in_a_place_and_in_reels(plant):
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="1", uom="g")
    plant.captures(MaterialLoaded, "CAP/L1", station="S1", slot="F1")
    plant.captures(OperationCompleted, "PUMP/1", operation="OP", station="S1", result="passed")
    then = plant.now
    plant.captures(MaterialUnloaded, "CAP/L1", station="S1", slot="F1")
    plant.lot("CAP/L2", quantity=100)
    plant.captures(MaterialLoaded, "CAP/L2", station="S1", slot="F1")
    plant.captures(OperationCompleted, "PUMP/1", operation="OP", station="S1", result="passed")
    plant.captures(ComponentInstalled, "PUMP/1", lot="GLUE/G1", quantity="1.5", uom="g")
    found = compared(plant, "PUMP/1", then)
    assert told(found) == [
        "PUMP/1 quantity_changed: GLUE/G1@ → GLUE/G1@",
        "PUMP/1 extra: @ → CAP/L2@S1 F1",
    ]
    assert (found.differences[0].expected_quantity, found.differences[0].found_quantity) == (Decimal(1), Decimal("2.5"))


def test_a_name_in_a_document_is_one_thing_more(plant):
    plant.captures(ComponentDeclared, "PUMP/1", scheme="supplier", value="M-77", supplier="MOTORS")
    assert told_of_pump(plant, "extra") == ["PUMP/1 extra: @ → M-77@"]
    assert told(compared(plant, "PUMP/1", plant.now - timedelta(hours=1))) == ["PUMP/1 extra: @ → M-77@"]


def test_what_came_in_under_a_declared_name_is_the_same_thing(plant):
    plant.captures(ComponentDeclared, "PUMP/1", scheme="supplier", value="M-77", supplier="MOTORS")
    before = plant.now
    plant.captures(AliasAssigned, "PCB/1", scheme="supplier", value="M-77", issuer="MOTORS")
    # Delivered, and not fitted yet: the name is that of the board which the bill lists, on somebody's word.
    assert told_of_pump(plant, "missing", "extra") == ["PUMP/1 missing: GLUE@ → @"]
    assert told_of_pump(plant, "unproven") == ["PUMP/1 unproven: PCB or SPARE@A1 → M-77@"]
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    assert told(compared(plant, "PUMP/1", before)) == ["PUMP/1 unproven: M-77@ → PCB/1@A1"]
    assert told_of_pump(plant, "unproven", "extra") == []


def test_a_name_that_two_things_bear_is_guessed_for_neither(plant):
    plant.captures(ComponentDeclared, "PUMP/1", scheme="supplier", value="M-77")
    for board in ("PCB/1", "PCB/2"):
        plant.captures(AliasAssigned, board, scheme="supplier", value="M-77")
    assert told_of_pump(plant, "extra") == ["PUMP/1 extra: @ → M-77@"]


def test_a_missing_assembly_brings_what_would_be_in_it(plant):
    (glue, board) = compared(plant, "PUMP/1", DESIGNED).differences
    assert [(one.level, one.assembly, one.bill_of_materials, one.item, one.part) for one in board.contents] == [
        (2, "ACME:PCB", "B-PCB/1", "1", "ACME:CAP")
    ]
    assert (board.contents[0].reference_designators, board.contents[0].quantity) == (("C1", "C2"), Decimal(2))
    assert glue.contents == []
    plant.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    assert not any(one.contents for one in compared(plant, "PUMP/1", DESIGNED).differences)


def test_what_is_missing_with_a_missing_assembly_is_told_on_every_level(plant):
    plant.part("RACK")
    pump = BillLine(item="5", part=Part("ACME", "PUMP"), quantity=Decimal(1))
    plant.captures(BillOfMaterialsDefined, "B-RACK/1", part="RACK", lines=(pump,))
    plant.unit("RACK/1")
    (found,) = compared(plant, "RACK/1", DESIGNED).differences
    assert [(one.level, one.part) for one in found.contents] == [
        (2, "ACME:PCB"),
        (3, "ACME:CAP"),
        (2, "ACME:GLUE"),
    ]


def test_a_lot_is_compared_with_itself_at_another_time(plant):
    plant.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C1")
    assert compared(plant, "CAP/L1", START).differences == []


def test_what_is_only_counted_is_not_missed(world):
    world.part("SCREW", tracking="counted")
    world.part("PUMP")
    lines = (
        BillLine(item="10", part=Part("ACME", "SCREW"), quantity=Decimal(4)),
        BillLine(item="20", part=PCB, quantity=Decimal(1)),
    )
    world.part("PCB")
    world.captures(BillOfMaterialsDefined, "B-PUMP/1", part="PUMP", lines=lines)
    world.unit("PUMP/1")
    assert told(compared(world, "PUMP/1", DESIGNED)) == ["PUMP/1 missing: PCB@ → @"]
