"""What is written out and applied again changes nothing, whatever was defined."""

import pytest
from hypothesis import given

from asbuilt.capture.answers import Acknowledgement
from asbuilt.exchange.definitions.kinds import KINDS
from tests.exchange.definitions.files import COUNT, PLANT, applied, event_count, written
from tests.strategies import events_of
from tests.world import World


def test_a_plant_written_out_is_the_same_plant(world):
    applied(world, PLANT)
    text = written(world)
    assert applied(world, text).same == COUNT
    assert written(world) == text


def test_a_plant_can_be_moved_to_another_site(world, opened):
    applied(world, PLANT)
    other = World(opened.database, opened.new_site())
    assert applied(other, written(world)).recorded == COUNT
    assert written(other) == written(world)


@pytest.mark.parametrize("defined", KINDS, ids=lambda one: one.section)
def test_whatever_is_defined_comes_back(opened, defined):
    @given(event=events_of(defined.event_type))
    def comes_back(event):
        world = World(opened.database, opened.new_site())
        _define_what_it_names(world, event)
        (answer,) = world.submit(event)
        if not isinstance(answer, Acknowledgement):
            return  # a rule has something against it
        text = written(world)
        before = event_count(world)
        report = applied(world, text)
        assert report.faults == (), text
        assert (report.new, report.changed) == (0, 0), text
        assert report.same >= 1
        assert event_count(world) == before

    comes_back()


def _define_what_it_names(world: World, event) -> None:
    from asbuilt.core.events.definitions import PartDefined, SpecificationDefined, WorkCenterDefined
    from asbuilt.core.events.event import Characteristic
    from asbuilt.core.identifiers.subjects import Part

    if isinstance(event, PartDefined | SpecificationDefined):
        return
    parts, specifications = set(), set()
    for one in getattr(event, "operations", ()):
        specifications |= {one.specification} - {None}
        parts |= {part for component in one.components for part in (component.part, *component.alternates)}
    for line in getattr(event, "lines", ()):
        parts |= {line.part, *line.alternates}
    if getattr(event, "work_center", None) is not None and not isinstance(event, WorkCenterDefined):
        world.captures(WorkCenterDefined, work_center=event.work_center)
    if isinstance(getattr(event, "part", None), Part):
        parts.add(event.part)
    for part in parts:
        world.captures(PartDefined, part=part)
    for specification in specifications:
        one = Characteristic(characteristic="c")
        world.captures(SpecificationDefined, specification=specification, characteristics=(one,))
