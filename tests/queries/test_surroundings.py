"""All links around a unit or lot, each thing once, on both databases."""

import pytest

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.queries.naming import unit_or_lot_meant
from asbuilt.queries.surroundings import surroundings

MOST = 100


def drawn(world, name: str, at=None) -> tuple[set[str], set[tuple[str, str, str, int]]]:
    """The numbers of what is around a unit or lot, and the links: above, below, evidence, how many."""
    with world.database.reading(world.site) as reader:
        found = surroundings(reader, unit_or_lot_meant(reader, name), at=at, most=MOST)
    numbers = {one: thing.number for one, thing in found.things.items()}
    links = {(numbers[one.above], numbers[one.below], one.evidence, one.times) for one in found.links}
    assert found.count == len(numbers)
    return set(numbers.values()), links


@pytest.fixture
def shared(world):
    """A lot in two boards of one pump, and in a third of another; a name declared, and not delivered."""
    world.units("PUMP/P1", "PUMP/P2", "PCB/B1", "PCB/B2", "PCB/B3")
    world.lot("CAP/L1", quantity=100)
    for board, pump in (("B1", "P1"), ("B2", "P1"), ("B3", "P2")):
        world.captures(ComponentInstalled, f"PCB/{board}", lot="CAP/L1", quantity=1, reference_designator="C1")
        world.captures(ComponentInstalled, f"PUMP/{pump}", component=f"PCB/{board}", reference_designator=board)
    return world


def test_each_thing_is_there_once_with_all_its_links(shared):
    things, links = drawn(shared, "PUMP/P1")
    assert things == {"P1", "B1", "B2", "L1"}
    assert links == {
        ("P1", "B1", "scanned", 1),
        ("P1", "B2", "scanned", 1),
        ("B1", "L1", "scanned", 1),
        ("B2", "L1", "scanned", 1),
    }
    assert drawn(shared, "PCB/B1")[0] == {"P1", "B1", "L1"}, (
        "what is in it, and what it is in, but not what is beside it"
    )
    assert drawn(shared, "CAP/L1")[0] == {"L1", "B1", "B2", "B3", "P1", "P2"}


def test_several_links_between_two_things_are_one_with_the_best_evidence(shared):
    shared.captures(ComponentInstalled, "PCB/B1", lot="CAP/L1", quantity=1, evidence=Evidence.BACKFLUSHED)
    assert ("B1", "L1", "scanned", 2) in drawn(shared, "PCB/B1")[1]


def test_at_a_time_only_what_was_there_then_is_drawn(shared):
    early = shared.captures(
        ComponentInstalled, "PCB/B1", lot="CAP/L1", quantity=1, reference_designator="C2"
    ).event_time
    shared.units("FAN/F1")
    shared.captures(ComponentInstalled, "PUMP/P1", component="FAN/F1", reference_designator="FAN")
    assert "F1" in drawn(shared, "PUMP/P1")[0]
    assert "F1" not in drawn(shared, "PUMP/P1", at=early)[0]
    assert "P1" in drawn(shared, "CAP/L1", at=early)[0]


def test_too_many_are_counted_and_not_drawn(shared):
    with shared.database.reading(shared.site) as reader:
        found = surroundings(reader, unit_or_lot_meant(reader, "CAP/L1"), most=5)
    assert (found.count, found.things, found.links) == (6, {}, ())
