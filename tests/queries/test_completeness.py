"""How complete the records of units and orders are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.capture.answers import Refusal
from asbuilt.core.events.definitions import PartDefined
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.queries import completeness as queries
from asbuilt.queries.completeness import Completeness, completeness, order_completeness
from asbuilt.queries.naming import NotFound, unit_meant
from tests.core.rules.test_inventory_completeness import builds, plant, works
from tests.world import World


def of_unit(world: World, name: str) -> Completeness:
    with world.database.reading(world.site) as reader:
        return completeness(reader, unit_meant(reader, name))


def of_order(world: World, name: str) -> Completeness:
    with world.database.reading(world.site) as reader:
        return order_completeness(reader, name)


def counts(found: Completeness) -> list[tuple[str, int, int]]:
    return [(one.unit.removeprefix("ACME:"), one.recorded_count, one.required_count) for one in found.units]


def test_what_is_missing_is_listed_with_the_level_that_asks_for_it(world):
    plant(world, gates=False)
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1")
    works(world, station=None)
    found = of_unit(world, "PUMP/1")
    assert (found.required_count, found.recorded_count, found.missing_count) == (5, 1, 4)
    assert [(one.matter, one.level, one.item, one.what, one.place) for one in found.missing] == [
        ("component", "place", "10", "ACME:PCB or ACME:SPARE", "A2"),
        ("component", "place", "20", "ACME:SEAL", ""),
        ("operation", "station", "", "OP-10", ""),
        ("operation", "station", "", "OP-30", ""),
    ]


def test_the_units_in_a_unit_are_counted_by_the_levels_of_their_own_parts(world):
    plant(world, gates=False)
    builds(world)
    works(world)
    assert counts(of_unit(world, "PUMP/1")) == [("PUMP/1", 5, 5)]
    world.captures(PartDefined, "PCB", process_record="passed")
    found = of_unit(world, "PUMP/1")
    assert counts(found) == [("PUMP/1", 5, 5), ("PCB/1", 0, 1)]
    assert [(one.unit, one.matter) for one in found.missing] == [("ACME:PCB/1", "routing")]
    world.units("RACK/1")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP/1")
    assert counts(of_unit(world, "RACK/1")) == [("PUMP/1", 5, 5), ("PCB/1", 0, 1)]


def test_an_order_is_the_sum_of_its_units(world, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 2)  # so that these few units are read in more than one go
    plant(world, gates=False)
    world.captures(WorkOrderReleased, "WO-1", part="PUMP", quantity=3)
    for number in (5, 6, 7):
        world.unit(f"PUMP/{number}", work_order="WO-1")
    world.captures(ComponentInstalled, "PUMP/6", lot="SEAL/L1")
    found = of_order(world, "wo-1")
    assert counts(found) == [("PUMP/5", 0, 5), ("PUMP/6", 1, 5), ("PUMP/7", 0, 5)]
    assert (found.recorded_count, found.required_count, len(found.missing)) == (1, 15, 14)


def test_what_asks_for_nothing_has_no_score(world):
    world.units("FAN/1")
    with pytest.raises(NotFound, match="define it with a component_record or process_record"):
        of_unit(world, "FAN/1")
    with pytest.raises(NotFound, match="`asbuilt order list` shows which there are"):
        of_order(world, "WO-9")
    world.captures(WorkOrderReleased, "WO-9", part="FAN", quantity=1)
    assert of_order(world, "WO-9").required_count == 0
    world.unit("FAN/2", work_order="WO-9")
    with pytest.raises(NotFound, match="no part in WO-9"):
        of_order(world, "WO-9")


parts = st.sampled_from(("PCB/1", "PCB/2", "SPARE/1", "SEAL/L1"))
installs = st.tuples(parts, st.sampled_from(("", "A1", "A2")), st.sampled_from(list(Evidence)))
LEVELS = ([*ComponentRecord], [*ProcessRecord])


def test_what_is_shipped_is_what_is_complete(opened):
    """The rule and the list never disagree, whatever was recorded, in however many calls."""

    @settings(max_examples={"sqlite": 40, "postgresql": 12}[opened.made.kind])
    @given(
        levels=st.tuples(*map(st.sampled_from, LEVELS)).filter(lambda two: two != ("not_asked", "not_asked")),
        done=st.lists(installs | st.sampled_from(("OP-10", "OP-30", "feed")), max_size=8).map(
            lambda all_of_it: [*all_of_it, "OP-10"]
        ),
        apart=st.integers(0, 8),
    )
    def the_rule_and_the_list_agree(levels: tuple, done: list, apart: int) -> None:
        world = plant(World(opened.database, opened.new_site()), components=levels[0], process=levels[1], gates=True)
        events = [what_happened(world, one) for one in done]
        ships = world.event(UnitShipped, "PUMP/1", customer="Lyon")
        for event in events[:apart]:
            world.submit(event)
        answers = world.submit(*events[apart:], ships)
        refused = [one.rule for one in answers[-1].broken] if isinstance(answers[-1], Refusal) else []
        assert set(refused) <= {"INV-007"}
        assert (of_unit(world, "PUMP/1").missing_count > 0) == (refused == ["INV-007"])

    the_rule_and_the_list_agree()


def what_happened(world: World, one: tuple | str) -> Event:
    if one == "feed":
        return world.event(MaterialLoaded, "SEAL/L1", station="S1", slot="F1")
    if isinstance(one, str):
        return world.event(OperationCompleted, "PUMP/1", operation=one, station="S1")
    name, place, evidence = one
    what = {"lot": name} if name == "SEAL/L1" else {"component": name}
    return world.event(ComponentInstalled, "PUMP/1", reference_designator=place, evidence=evidence, **what)
