"""Counting: deep assemblies, many groups, nothing to count; and events that are committed out of their order."""

import threading
from pathlib import Path

import pytest

from asbuilt.capture import capture as door
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitShipped
from asbuilt.ledger.postgresql import PostgresqlWriter
from asbuilt.projections.fleet.index import build, folder_of, opened
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet import breakdown
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, in_order
from asbuilt.queries.naming import unit_or_lot_meant
from tests.queries.fleet.test_fleet_tail import found_wrong

DEPTH = breakdown.CLIMBS_MAX + 4


def counts(world, home: Path, name: str, *by: Grouping):
    """What the index counts; SQL counts the same."""
    with world.database.reading(world.site) as reader:
        asked = Question(named=unit_or_lot_meant(reader, name), by=by)
        found, _ = counts_by_index(reader, opened(folder_of(home, world.site), reader), asked)
        assert found == counts_by_sql(reader, asked)
    return found


def test_a_component_is_where_its_outermost_assembly_is_however_deep(world, tmp_path):
    world.lot("CAP/L1")
    world.units(*(f"BOX/{level}" for level in range(DEPTH)))
    world.captures(ComponentInstalled, "BOX/0", lot="CAP/L1")
    for level in range(1, DEPTH):
        world.captures(ComponentInstalled, f"BOX/{level}", component=f"BOX/{level - 1}")
    build(world.database, world.site, tmp_path)
    world.captures(UnitShipped, f"BOX/{DEPTH - 1}", customer="St. Anna", shipment="800123")
    assert counts(world, tmp_path, "CAP/L1", Grouping.CUSTOMER) == {("St. Anna",): DEPTH}
    build(world.database, world.site, tmp_path)
    found = counts(world, tmp_path, "CAP/L1", Grouping.STATUS, Grouping.SHIPMENT)
    assert list(in_order(found)) == [(("installed", "800123"), DEPTH - 1), (("shipped", "800123"), 1)]


def test_more_groups_than_are_counted_in_one_array(world, tmp_path, monkeypatch):
    monkeypatch.setattr(breakdown, "BINS_MAX", 1)
    world.lot("CAP/L1")
    for number in range(6):
        world.unit(f"PCB/{number}")
        world.captures(ComponentInstalled, f"PCB/{number}", lot="CAP/L1")
        world.captures(UnitMoved, f"PCB/{number}", location=f"CELL-{number % 3}")
    world.captures(UnitPacked, "PCB/1", container="BOX-1")
    build(world.database, world.site, tmp_path)
    found = counts(world, tmp_path, "CAP/L1", Grouping.CONTAINER, Grouping.LOCATION, Grouping.STATUS)
    assert sorted(found.values()) == [1, 1, 2, 2]


def test_there_may_be_nothing_to_count(world, tmp_path):
    world.lot("CAP/L1")
    build(world.database, world.site, tmp_path)
    assert counts(world, tmp_path, "CAP/L1", *Grouping) == {}
    world.lot("CAP/L2")
    assert counts(world, tmp_path, "CAP/L2", Grouping.STATUS) == {}


def built_around_a_late_commit(world, home: Path, monkeypatch) -> None:
    """An event takes its sequence, a later one is committed, the index is built, and only then the first commits."""
    world.lot("CAP/L1")
    world.units("PCB/1", "PCB/2")
    has_sequence, may_commit, write = threading.Event(), threading.Event(), door.write
    late = world.event(ComponentInstalled, "PCB/1", lot="CAP/L1")

    def slowly(writer, entries, known, ids):
        if any(entry.event.event_id == late.event_id for entry in entries):
            has_sequence.set()
            assert may_commit.wait(30)
        write(writer, entries, known, ids)

    monkeypatch.setattr(door, "write", slowly)
    recording = threading.Thread(target=world.submit, args=(late,))
    building = threading.Thread(target=build, args=(world.database, world.site, home))
    recording.start()
    assert has_sequence.wait(30)
    world.captures(UnitMoved, "PCB/2", location="CELL-4")
    building.start()
    building.join(0.5)
    may_commit.set()
    recording.join()
    building.join()


@pytest.fixture
def apart(opened, world):
    """A plant in which two events are recorded at once."""
    if opened.made.kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    return world


def test_an_event_committed_after_a_later_one_is_not_missed(apart, tmp_path, monkeypatch):
    built_around_a_late_commit(apart, tmp_path, monkeypatch)
    assert found_wrong(apart, tmp_path, ask=("CAP/L1",)) == []
    assert counts(apart, tmp_path, "CAP/L1", Grouping.STATUS).total() == 1


def test_a_builder_that_does_not_wait_misses_it(apart, tmp_path, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(PostgresqlWriter, "exclude_others", lambda _: None)
    built_around_a_late_commit(apart, tmp_path, monkeypatch)
    assert found_wrong(apart, tmp_path, ask=("CAP/L1",)) != []
