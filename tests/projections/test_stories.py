"""P09 and more: whatever happens, the tables are the replay of the ledger, and the answers are those of common sense.

Random stories over a small plant, with late events, repetitions, all-or-nothing calls and corrections.
"""

import os
from datetime import timedelta

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from asbuilt.capture.answers import Acknowledgement, Outcome
from asbuilt.ledger.verify import verify
from asbuilt.projections.rebuild import rebuild
from asbuilt.queries.as_built import AsBuilt, ComponentView
from asbuilt.queries.identity import open_duplicates
from asbuilt.queries.naming import NotFound
from tests.projections.model import EVER, Plant, Record
from tests.projections.moves import LOTS, UNITS, Call, Story, stories
from tests.world import START, World

QUICK = {"sqlite": 30, "postgresql": 8}
"""How many stories are told in a quick run; a rebuild makes tables, for which PostgreSQL takes its time."""


def play(world: World, calls: list[Call]) -> Record:
    """Let a story happen, and keep what was accepted."""
    record = Record()
    story = Story(world, record)
    for event in story.begin():
        record.add(event)
    for call in calls:
        events = [story.event(move) for move in call.moves]
        answers = world.submit(*events, atomic=call.atomic)
        for event, answer in zip(events, answers, strict=True):
            note(f"{answer.outcome} {getattr(answer, 'broken', '')} {event}")
            if isinstance(answer, Acknowledgement) and answer.outcome is Outcome.RECORDED:
                record.add(event)
    return record


def edges_of(record: AsBuilt) -> set[tuple[str, str]]:
    def walk(name: str, components: list[ComponentView]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for one in components:
            found |= {(name, one.name), *walk(one.name, one.components)}
        return found

    return walk(record.name, record.components)


def compare_genealogy(world: World, plant: Plant, name: str, when) -> None:
    full = f"ACME:{name}"
    assert edges_of(world.as_built(name, at=when)) == plant.below(full, when), ("as built", name, when)
    above = {one.unit or f"{one.issuer}:{one.part_number}/{one.lot_number}" for one in world.affected(name, at=when)}
    assert above == plant.above(full, when), ("where used", name, when)


def compare_unit(world: World, plant: Plant, name: str) -> None:
    facts = plant.units.get(f"ACME:{name}")
    bearer = next((unit for unit, borne in plant.units.items() if f"ACME:{name}" in (*borne.marks, *borne.merged)), "")
    if facts is None and bearer:
        assert world.unit_view(name).unit == bearer
        return
    if facts is None:
        with pytest.raises(NotFound):
            world.unit_view(name)
        return
    view = world.unit_view(name)
    assert (view.status, view.location, view.container) == (facts.status, facts.location, facts.container)
    assert (view.panel, view.panel_position) == (facts.panel or ("", ""))
    assert (view.custody, view.customer, view.installed_in) == (facts.custody, facts.customer, facts.installed_in)
    assert (view.last_operation, view.last_result) == (facts.last_operation, facts.last_result)
    assert view.work_order == facts.order
    marked_as = facts.marks[-1] if facts.marks else ""
    assert view.marked_as == ("" if marked_as == view.unit else marked_as)
    for name_borne in (*facts.marks, *facts.merged):
        assert world.unit_view(name_borne).unit == view.unit
    assert view.open_holds == tuple(sorted(facts.holds))
    numbers = ("" if number.startswith("D") else number for number in world.open_defects(name))
    assert sorted(numbers) == sorted(one.number for one in facts.wrong)


ORDERS = """
SELECT subject.name, quantity, hold_reason, started, closed_started, closed_good, closed_scrapped
FROM work_order_state JOIN subject ON subject_id = work_order_id WHERE work_order_state.site_id = $1
"""


def compare_orders(world: World, plant: Plant) -> None:
    rows = {row[0]: row[1:] for row in world.rows(ORDERS, world.site.site_id)}
    assert rows == {
        name: (order.quantity, order.held, plant.made_under(name)[0], *(order.closed or (None, None, None)))
        for name, order in plant.orders.items()
    }


def compare_all(world: World, record: Record, moments: list) -> None:
    plant = record.plant
    for name in UNITS:
        compare_unit(world, plant, name)
    compare_orders(world, plant)
    with world.database.reading(world.site) as reader:
        asked = {one.question: one.unit for one in open_duplicates(reader, limit=1000).duplicates}
    assert asked == plant.questions
    known = [name for name in (*UNITS, *LOTS) if f"ACME:{name}" in plant.units or f"ACME:{name}" in plant.lots]
    for name in known:
        for when in (None, *moments):
            compare_genealogy(world, plant, name, when)
        assert {f"ACME:{one}" for one in world.where_used(name, ever=True)} == plant.above(f"ACME:{name}", EVER)
    for lot, quantity in plant.lots.items():
        ((used, scrapped, counted),) = world.rows(
            "SELECT used, scrapped, quantity FROM lot_state JOIN subject ON subject_id = lot_id"
            " WHERE lot_state.site_id = $1 AND name = $2",
            world.site.site_id,
            lot.partition("/")[2],
        )
        assert used == plant.used.get(lot, 0) * 10**6
        assert scrapped == plant.scrapped.get(lot, 0) * 10**6
        assert counted == (None if quantity is None else quantity * 10**6)


def compare_with_replay(world: World) -> None:
    report = rebuild(world.database, world.site, keep=False)
    assert report.differences == ()
    with world.database.reading(world.site) as reader:
        assert list(verify(reader)) == []


moments = st.lists(st.integers(-90, 120).map(lambda minutes: START + timedelta(minutes=minutes)), max_size=2)


def tell_stories(opened, count: int) -> None:
    @settings(max_examples=count)
    @given(calls=stories, moments=moments)
    def a_story_is_told_as_it_happened(calls: list[Call], moments: list) -> None:
        world = World(opened.database, opened.new_site())
        compare_all(world, play(world, calls), moments)
        compare_with_replay(world)

    a_story_is_told_as_it_happened()


def test_a_story_is_told_as_it_happened(opened):
    tell_stories(opened, QUICK[opened.made.kind])


@pytest.mark.slow
def test_many_stories_are_told_as_they_happened(opened):
    tell_stories(opened, 10 * QUICK[opened.made.kind])


@pytest.mark.soak
def test_every_story_is_told_as_it_happened(opened):
    tell_stories(opened, int(os.environ.get("ASBUILT_STORIES", "20000")))
