"""What changes after the index was built is in its answers; each kind of change with a control that overlooks it."""

from dataclasses import replace

import numpy as np
import pytest

from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.production import OperationCompleted, WorkOrderSplit
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.states.known import _LOT_FIELDS, UNIT_FIELDS
from asbuilt.projections.fleet import index as indexes
from asbuilt.projections.fleet import tail as tails
from asbuilt.projections.fleet.index import build, folder_of, opened
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, differing
from asbuilt.queries.naming import unit_or_lot_meant


def plant(world) -> dict[str, object]:
    """A lot in three boards, one of them in a pump; paste fed to two; what happened, by name."""
    world.lot("CAP/L1")
    world.lot("MIX/M1")
    world.lot("PASTE/P1")
    world.units("PCB/1", "PCB/2", "PCB/3", "PUMP/1", "PUMP/2")
    fed = {"station": "SMT-1", "slot": "F1"}
    happened = {
        "loaded": world.captures(MaterialLoaded, "PASTE/P1", **fed),
        "passed": world.captures(OperationCompleted, "PCB/1", operation="OP-10", station="SMT-1"),
        "installed": world.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", reference_designator="C1"),
        "mixed": world.captures(MaterialConsumed, "MIX/M1", lot="CAP/L1"),
        "mounted": world.captures(ComponentInstalled, "PUMP/1", component="PCB/1", reference_designator="A1"),
    }
    world.captures(ComponentInstalled, "PCB/2", lot="CAP/L1", reference_designator="C1")
    world.captures(ComponentInstalled, "PCB/3", lot="MIX/M1", reference_designator="C1")
    return happened


def found_wrong(world, home, ask=("CAP/L1", "PASTE/P1", "MIX/M1", "PCB/1", "PCB/2")) -> list:
    """What the index in a folder counts differently from SQL: now, at this time, and ever."""
    found = []
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(home, world.site), reader)
        for name in ask:
            named = unit_or_lot_meant(reader, name)
            for when in ({}, {"at": world.now}, {"ever": True}):
                asked = Question(named=named, by=tuple(Grouping), **when)
                counts, _ = counts_by_index(reader, index, asked)
                found += differing(counts, counts_by_sql(reader, asked))
    return found


def remove(world, happened):
    world.captures(ComponentRemoved, "PUMP/1", component="PCB/1", reference_designator="A1", reason="x")


def remove_lot(world, happened):
    world.captures(ComponentRemoved, "PCB/2", lot="CAP/L1", reference_designator="C1", reason="x")


def correct_installation(world, happened):
    world.corrects(happened["installed"])


def correct_mix(world, happened):
    world.corrects(happened["mixed"])


def correct_pass(world, happened):
    world.corrects(happened["passed"])


def correct_load(world, happened):
    world.corrects(happened["loaded"])


def unload(world, happened):
    world.captures(MaterialUnloaded, "PASTE/P1", station="SMT-1", slot="F1", at=happened["loaded"].event_time)


def merge(world, happened):
    world.unit("PCB/9", location="CELL-4")
    world.captures(UnitsMerged, "PCB/9", duplicate="PCB/2", reason="x")


def ship(world, happened):
    world.captures(UnitShipped, "PUMP/1", customer="St. Anna", shipment="800123")


def hold_lot(world, happened):
    world.captures(HoldPlaced, "MIX/M1", hold="QH-1", reason="audit")


CHANGES = {
    remove: "ComponentRemoved",
    remove_lot: "ComponentRemoved",
    correct_installation: "EventCorrected",
    correct_mix: "EventCorrected",
    correct_pass: "EventCorrected",
    correct_load: "EventCorrected",
    unload: "MaterialUnloaded",
    merge: "UnitsMerged",
    ship: "states",
    hold_lot: "states",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_changed_since_is_in_the_answer(world, tmp_path, change):
    happened = plant(world)
    build(world.database, world.site, tmp_path)
    change(world, happened)
    assert found_wrong(world, tmp_path) == []
    assert build(world.database, world.site, tmp_path).followed > 0
    assert found_wrong(world, tmp_path) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_that_is_overlooked_is_found_out(world, tmp_path, monkeypatch, change):
    """The negative control: an index that goes on believing what it says."""
    happened = plant(world)
    build(world.database, world.site, tmp_path)
    if CHANGES[change] == "states":
        monkeypatch.setattr(indexes, "tail_since", without_states)
    else:
        monkeypatch.setattr(tails, "ELSEWHERE", tails.ELSEWHERE | {CHANGES[change]})
        monkeypatch.setattr(tails, "ALONE", tails.ALONE | {CHANGES[change]})
    change(world, happened)
    assert found_wrong(world, tmp_path) != []


def without_states(reader, sequence):
    tail = tails.tail_since(reader, sequence)
    nobody = np.empty(0, np.int64)
    return replace(tail, restated=nobody, tables=replace(tail.tables, states=tails._states_now(reader, [])))


def test_a_merge_that_was_wrong_is_taken_back(world, tmp_path):
    plant(world)
    world.units("PCB/9")
    merged = world.captures(UnitsMerged, "PCB/9", duplicate="PCB/2", reason="x")
    build(world.database, world.site, tmp_path)
    world.captures(ComponentInstalled, "PUMP/2", component="PCB/9", reference_designator="A1")
    assert found_wrong(world, tmp_path) == []
    world.captures(ComponentRemoved, "PUMP/2", component="PCB/9", reference_designator="A1", reason="x")
    world.corrects(merged)
    assert found_wrong(world, tmp_path) == []


def test_it_says_how_fresh_it_is(world, tmp_path):
    happened = plant(world)
    built = build(world.database, world.site, tmp_path)
    ship(world, happened)
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(tmp_path, world.site), reader)
        asked = Question(named=unit_or_lot_meant(reader, "CAP/L1"), by=(Grouping.CUSTOMER,))
        counts, fresh = counts_by_index(reader, index, asked)
    assert counts == {("St. Anna",): 2, ("",): 3}
    assert (fresh.sequence, fresh.events_since) == (built.of.sequence, 1)
    assert fresh.until > fresh.sequence


def test_every_event_type_is_placed():
    names = {event_type.__name__ for event_type in EVENT_TYPES}
    placed = (tails.ADDING, tails.ENDING, tails.CHANGING, tails.ELSEWHERE)
    assert sorted(name for group in placed for name in group) == sorted(names)
    assert tails.change_of("SomethingNew") is tails.Change.WHAT_IT_CONCERNS


def test_what_concerns_more_than_it_is_about_is_read():
    """Events whose payload is not read name no unit or lot but the one they are about."""
    for event_type in EVENT_TYPES:
        named = (*UNIT_FIELDS[event_type], *_LOT_FIELDS[event_type])
        if event_type.__name__ in tails.ALONE:
            assert set(named) <= set(event_type.SUBJECT), event_type
            assert event_type is not WorkOrderSplit
