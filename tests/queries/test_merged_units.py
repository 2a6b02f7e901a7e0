"""Two records of one physical unit: found, shown and followed as one; and two again when that was wrong."""

import pytest

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.genealogy import ComponentDeclared, ComponentInstalled, ComponentRemoved, MaterialLoaded
from asbuilt.core.events.identity import AliasAssigned, UnitReidentified, UnitsMerged
from asbuilt.core.events.inventory import UnitMoved, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.projections.catalogue import TABLES
from asbuilt.projections.rebuild import rebuild
from asbuilt.queries.naming import unit_meant


@pytest.fixture
def pumps(world):
    """MOTOR/1, received under Bosch's number and once more under ours; each with components, one in a pump."""
    world.units("PUMP/1", "BOSCH:MOTOR/88", "MOTOR/2", "BRUSH/1", "BRUSH/2", "SEAL/1")
    world.lot("GLUE/L1")
    world.lot("OIL/L2")
    world.captures(ComponentInstalled, "BOSCH:MOTOR/88", component="BRUSH/1", reference_designator="B1")
    world.captures(ComponentInstalled, "MOTOR/2", component="BRUSH/2", reference_designator="B2")
    world.captures(ComponentInstalled, "MOTOR/2", lot="GLUE/L1")
    world.captures(ComponentDeclared, "MOTOR/2", scheme="catenax", value="urn:7")
    world.captures(MaterialLoaded, "OIL/L2", station="FILL", slot="T1")
    world.captures(OperationCompleted, "BOSCH:MOTOR/88", operation="OP-10")
    world.captures(OperationCompleted, "MOTOR/2", operation="OP-10", station="FILL", result="failed")
    world.captures(OperationStarted, "MOTOR/2", operation="OP-20")
    for motor in ("BOSCH:MOTOR/88", "MOTOR/2"):
        world.captures(AliasAssigned, motor, scheme="mac", value="00:1B")
    world.captures(AliasAssigned, "MOTOR/2", scheme="asset", value="A-77")
    world.captures(HoldPlaced, "MOTOR/2", hold="QH-1", reason="audit")
    world.captures(HoldReleased, "MOTOR/2", hold="QH-1", reason="good")
    world.captures(HoldPlaced, "MOTOR/2", hold="QH-2", reason="audit")
    world.captures(ComponentInstalled, "PUMP/1", component="BOSCH:MOTOR/88", reference_designator="M1")
    return world


def tables(world) -> dict[str, list]:
    """Every row of every table, but for what only says which events there were."""
    names = [table.name for table in TABLES if table.name not in ("correction", "event_subject")]
    return {
        name: sorted(world.rows(f"SELECT * FROM {name} WHERE site_id = $1", world.site.site_id), key=str)
        for name in names
    }


def merge(world):
    return world.captures(UnitsMerged, "BOSCH:MOTOR/88", duplicate="MOTOR/2", reason="the maker's plate was found")


def is_replayed(world) -> bool:
    differences = rebuild(world.database, world.site, keep=False).differences
    assert differences == ()
    return True


def test_the_names_of_both_mean_the_record_that_stays(pumps):
    pumps.captures(UnitReidentified, "MOTOR/2", marked_as="MOTOR/2-A", reason="label torn")
    merge(pumps)
    with pumps.database.reading(pumps.site) as reader:
        for text in ("BOSCH:MOTOR/88", "MOTOR/2", "ACME:MOTOR/2", "MOTOR/2-A", "88", "00:1B", "asset:A-77"):
            assert unit_meant(reader, text).name == "BOSCH:MOTOR/88", text
    view = pumps.unit_view("MOTOR/2")
    assert (view.unit, view.merged) == ("BOSCH:MOTOR/88", ("ACME:MOTOR/2",))
    assert [one.value for one in view.aliases] == ["00:1B", "A-77"]
    assert (view.installed_in, view.open_holds, view.status) == ("ACME:PUMP/1", ("QH-2",), "on_hold")


def test_genealogy_goes_through_both(pumps):
    before = pumps.now
    merge(pumps)
    inside = {"MOTOR/88", "BRUSH/1", "BRUSH/2", "GLUE/L1", "OIL/L2", "7"}
    assert {*pumps.components("PUMP/1")} == inside
    assert {*pumps.components("PUMP/1", at=before)} == inside
    for what in ("BRUSH/1", "BRUSH/2", "GLUE/L1", "OIL/L2"):
        assert pumps.where_used(what) == ["MOTOR/88", "PUMP/1"], what
        assert pumps.where_used(what, ever=True) == ["MOTOR/88", "PUMP/1"], what
    assert pumps.unit_view("BRUSH/2").in_unit == "ACME:PUMP/1"
    operations = pumps.as_built("MOTOR/2").operations
    assert [(one.attempt, one.result) for one in operations] == [(1, "passed"), (2, "failed")]
    assert is_replayed(pumps)


def test_the_history_of_one_shows_both_each_marked(pumps):
    merge(pumps)
    told = pumps.history("MOTOR/2")
    assert [one.sequence for one in told] == sorted({one.sequence for one in told})
    assert {one.recorded_as for one in told} == {"", "ACME:MOTOR/2"}
    assert [one.recorded_as for one in told if one.type == "AliasAssigned"] == ["", "ACME:MOTOR/2", "ACME:MOTOR/2"]
    assert [one.recorded_as for one in told if one.type == "UnitsMerged"] == [""]
    assert told == pumps.history("BOSCH:MOTOR/88")


def test_what_was_begun_under_one_is_ended_under_the_other(pumps):
    merge(pumps)
    pumps.captures(HoldReleased, "BOSCH:MOTOR/88", hold="QH-2", reason="good")
    pumps.captures(OperationCompleted, "BOSCH:MOTOR/88", operation="OP-20")
    assert pumps.as_built("MOTOR/2").operations[-1].started_at is not None
    pumps.captures(ComponentRemoved, "BOSCH:MOTOR/88", component="BRUSH/2", reason="worn", destination="STORE")
    assert (pumps.unit_view("BRUSH/2").installed_in, pumps.unit_view("BRUSH/2").location) == ("", "STORE")
    assert pumps.refusals(ComponentInstalled, "BOSCH:MOTOR/88", component="BRUSH/2", reference_designator="B1") == [
        "GEN-003"
    ]
    pumps.captures(ComponentRemoved, "PUMP/1", component="BOSCH:MOTOR/88", reason="noise")
    assert is_replayed(pumps)


def test_what_is_held_in_either_stops_what_contains_them(pumps):
    merge(pumps)
    pumps.captures(HoldReleased, "BOSCH:MOTOR/88", hold="QH-2", reason="good")
    pumps.captures(OperationCompleted, "BOSCH:MOTOR/88", operation="OP-10")
    pumps.captures(HoldPlaced, "BRUSH/2", hold="QH-3", reason="audit")
    assert pumps.refusals(UnitShipped, "PUMP/1", customer="St. Anna") == ["QUA-001"]
    assert "BRUSH/2 inside ACME:PUMP/1" in pumps.reason(UnitShipped, "PUMP/1", customer="St. Anna")


def test_a_wrong_merge_is_undone_and_both_are_as_they_were(pumps):
    before = tables(pumps)
    merged = merge(pumps)
    assert tables(pumps) != before
    pumps.corrects(merged)
    assert tables(pumps) == before
    assert pumps.unit_view("MOTOR/2").unit == "ACME:MOTOR/2"
    pumps.captures(UnitMoved, "MOTOR/2", location="STORE")
    assert is_replayed(pumps)
    merge(pumps)
    assert is_replayed(pumps)


def test_a_merge_on_which_something_relies_is_not_undone(pumps):
    merged = merge(pumps)
    released = pumps.captures(HoldReleased, "BOSCH:MOTOR/88", hold="QH-2", reason="good")
    removed = pumps.captures(ComponentRemoved, "BOSCH:MOTOR/88", component="BRUSH/2", reason="worn")
    completed = pumps.captures(OperationCompleted, "BOSCH:MOTOR/88", operation="OP-20")
    for event, told in ((completed, "completed"), (released, "released"), (removed, "removed")):
        refusal = pumps.correction_refused(merged)
        assert [one.rule for one in refusal.broken] == ["COR-004"]
        assert "under ACME:MOTOR/2 was" in refusal.broken[0].reason, told
        assert "under BOSCH:MOTOR/88 since; correct that first" in refusal.broken[0].reason
        pumps.corrects(event)
        assert is_replayed(pumps)
    pumps.corrects(merged)
    assert {*pumps.components("MOTOR/2")} == {"BRUSH/2", "GLUE/L1", "OIL/L2", "7"}


def test_an_event_by_which_a_merge_was_judged_is_corrected_after_the_merge(pumps):
    moved = pumps.captures(UnitMoved, "MOTOR/2", location="STORE")
    merged = merge(pumps)
    refusal = pumps.correction_refused(moved)
    assert "ACME:MOTOR/2 was merged into BOSCH:MOTOR/88 since; correct that first, and merge them again" in (
        refusal.broken[0].reason
    )
    pumps.corrects(merged)
    pumps.corrects(moved)
    merge(pumps)
    assert is_replayed(pumps)


def test_what_was_recorded_since_a_merge_is_corrected_as_anything(pumps):
    merge(pumps)
    removed = pumps.captures(ComponentRemoved, "BOSCH:MOTOR/88", component="BRUSH/2", reason="worn")
    before = pumps.unit_view("BRUSH/2").installed_in
    pumps.corrects(removed)
    assert (before, pumps.unit_view("BRUSH/2").installed_in) == ("", "BOSCH:MOTOR/88")
    assert pumps.unit_view("MOTOR/2").installed_in == "ACME:PUMP/1"
    assert is_replayed(pumps)


def test_a_merge_and_what_follows_are_folded_in_one_batch_as_one_by_one(world):
    world.units("MOTOR/1", "MOTOR/2", "BRUSH/1")
    events = [
        world.event(ComponentInstalled, "MOTOR/2", component="BRUSH/1"),
        world.event(UnitsMerged, "MOTOR/1", duplicate="MOTOR/2", reason="plate found"),
        world.event(ComponentRemoved, "MOTOR/1", component="BRUSH/1", reason="worn"),
    ]
    events.append(world.event(EventCorrected, events[2], reason="did_not_occur", explanation="another motor"))
    world.submit(*events, atomic=True)
    assert world.components("MOTOR/2") == ["BRUSH/1"]
    assert world.unit_view("BRUSH/1").installed_in == "ACME:MOTOR/1"
    assert is_replayed(world)
