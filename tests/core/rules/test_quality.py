from datetime import UTC, datetime, timedelta, timezone

import pytest

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped


def test_QUA_001_nothing_used_is_on_hold(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("CAP/L1")
    world.lot("MIX/1")
    world.captures(HoldPlaced, "PCB-10/7", hold="QH-1", reason="solder voids")
    world.captures(HoldPlaced, "CAP/L1", hold="QH-2", reason="wrong value")
    assert world.refusals(OperationStarted, "PCB-10/7", operation="OP-10") == ["QUA-001"]
    assert world.refusals(OperationCompleted, "PCB-10/7", operation="OP-10") == ["QUA-001"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7") == ["QUA-001"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="CAP/L1") == ["QUA-001"]
    assert world.refusals(ComponentInstalled, "PCB-10/7", component="PUMP-200/1") == ["QUA-001"]
    assert world.refusals(MaterialConsumed, "MIX/1", lot="CAP/L1") == ["QUA-001"]
    assert world.refusals(MaterialLoaded, "CAP/L1", station="SMT-1", slot="F01") == ["QUA-001"]
    assert world.refusals(UnitShipped, "PCB-10/7", customer="St. Anna") == ["QUA-001"]
    reason = world.reason(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    assert "ACME:PCB-10/7 is on hold (QH-1); keep it aside and ask quality" in reason
    world.captures(UnitMoved, "PCB-10/7", location="QUARANTINE")
    world.captures(HoldReleased, "PCB-10/7", hold="QH-1", reason="reworked")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")


def test_QUA_001_nothing_shipped_holds_anything_on_hold_at_any_depth(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.lot("CAP/L1")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(HoldPlaced, "CAP/L1", hold="QH-1", reason="wrong value")
    assert world.refusals(ComponentInstalled, "RACK/1", component="PUMP-200/1") == ["QUA-001"]
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-001"]
    reason = world.reason(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert "ACME:CAP/L1 inside ACME:PUMP-200/1 is on hold (QH-1)" in reason
    world.captures(OperationStarted, "PUMP-200/1", operation="REWORK")
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="wrong value")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")


def test_QUA_001_nothing_shipped_was_fed_with_a_lot_on_hold(world):
    world.units("RACK/1", "PUMP-200/1", "PUMP-200/2")
    world.lot("PASTE/L1")
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F01")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", station="SMT-1")
    world.captures(MaterialUnloaded, "PASTE/L1", station="SMT-1", slot="F01")
    world.captures(OperationCompleted, "PUMP-200/2", operation="OP-10", station="SMT-1")
    world.captures(HoldPlaced, "PASTE/L1", hold="QH-1", reason="expired in the freezer")
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-001"]
    assert "ACME:PASTE/L1 inside ACME:PUMP-200/1" in world.reason(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert world.refusals(ComponentInstalled, "RACK/1", component="PUMP-200/1") == ["QUA-001"]
    world.captures(UnitShipped, "PUMP-200/2", customer="St. Anna")


@pytest.mark.parametrize("on_hold", ["RESIN/L1", "TANK/1"])
def test_QUA_001_nothing_shipped_was_fed_with_a_lot_made_of_something_on_hold(world, on_hold):
    world.units("PUMP-200/1", "TANK/1")
    for lot in ("RESIN/L1", "GLUE/L1", "GLUE/L2"):
        world.lot(lot)
    world.captures(MaterialConsumed, "GLUE/L1", lot="RESIN/L1")
    world.captures(MaterialConsumed, "GLUE/L1", component="TANK/1")
    world.captures(MaterialConsumed, "GLUE/L2", lot="GLUE/L1")
    world.captures(MaterialLoaded, "GLUE/L2", station="DISPENSER", slot="1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", station="DISPENSER")
    world.captures(MaterialUnloaded, "GLUE/L2", station="DISPENSER", slot="1")
    world.captures(HoldPlaced, on_hold, hold="QH-1", reason="contaminated")
    assert f"ACME:{on_hold} inside ACME:PUMP-200/1 is on hold (QH-1)" in world.reason(
        UnitShipped, "PUMP-200/1", customer="St. Anna"
    )
    assert world.refusals(MaterialLoaded, "GLUE/L2", station="DISPENSER", slot="1") == ["QUA-001"]
    world.captures(HoldReleased, on_hold, hold="QH-1", reason="tested")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")


def test_QUA_001_nothing_is_used_that_the_same_call_puts_on_hold(world):
    world.units("PUMP-200/1")
    world.lot("PASTE/L1")
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F01")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10", station="SMT-1")
    answers = world.submit(
        world.event(HoldPlaced, "PASTE/L1", hold="QH-1", reason="wrong alloy"),
        world.event(UnitShipped, "PUMP-200/1", customer="St. Anna"),
    )
    assert [answer.outcome for answer in answers] == ["recorded", "refused"]


def test_QUA_001_nothing_is_shipped_that_passed_a_lot_on_hold_in_the_same_call(world):
    world.unit("PUMP-200/1")
    world.lot("PASTE/L1")
    world.captures(MaterialLoaded, "PASTE/L1", station="SMT-1", slot="F01")
    world.captures(HoldPlaced, "PASTE/L1", hold="QH-1", reason="wrong alloy")
    answers = world.submit(
        world.event(OperationCompleted, "PUMP-200/1", operation="OP-10", station="SMT-1"),
        world.event(UnitShipped, "PUMP-200/1", customer="St. Anna"),
    )
    assert [answer.outcome for answer in answers] == ["recorded", "refused"]


def test_QUA_001_work_begun_before_the_hold_is_ended(world):
    world.unit("PUMP-200/1")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10")
    world.captures(HoldPlaced, "PUMP-200/1", hold="QH-1", reason="solder voids")
    assert world.refusals(OperationCompleted, "PUMP-200/1", operation="OP-20") == ["QUA-001"]
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10")
    assert world.refusals(OperationCompleted, "PUMP-200/1", operation="OP-10") == ["QUA-001"]


def test_QUA_002_nothing_used_is_scrapped(world):
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    world.lot("MIX/1")
    world.captures(ComponentInstalled, "PCB-10/7", component="PCB-10/8")
    world.captures(UnitScrapped, "PCB-10/7", reason="dropped")
    assert world.refusals(OperationStarted, "PCB-10/7", operation="OP-10") == ["QUA-002"]
    assert world.refusals(OperationCompleted, "PCB-10/7", operation="OP-10") == ["QUA-002"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7") == ["QUA-002"]
    assert world.refusals(ComponentInstalled, "PCB-10/7", component="PUMP-200/1") == ["QUA-002"]
    assert world.refusals(MaterialConsumed, "MIX/1", component="PCB-10/7") == ["QUA-002"]
    assert world.refusals(UnitPacked, "PCB-10/7", container="BOX-1") == ["QUA-002"]
    assert world.refusals(UnitShipped, "PCB-10/7", customer="St. Anna") == ["QUA-002"]
    assert world.refusals(UnitScrapped, "PCB-10/7", reason="dropped") == ["QUA-002"]
    reason = world.reason(UnitPacked, "PCB-10/7", container="BOX-1")
    assert "ACME:PCB-10/7 is scrapped; do not use it: put it into the scrap cage" in reason
    world.captures(UnitMoved, "PCB-10/7", location="SCRAP-CAGE")
    world.captures(ComponentRemoved, "PCB-10/7", component="PCB-10/8", reason="salvaged")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8")


def test_QUA_002_nothing_shipped_holds_anything_scrapped_at_any_depth(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(UnitScrapped, "PCB-10/7", reason="burnt in test")
    assert world.refusals(ComponentInstalled, "RACK/1", component="PUMP-200/1") == ["QUA-002"]
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-002"]
    reason = world.reason(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert "ACME:PCB-10/7 inside ACME:PUMP-200/1 is scrapped" in reason
    world.captures(OperationStarted, "PUMP-200/1", operation="REWORK")
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="burnt in test")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")


def test_QUA_002_nothing_shipped_was_fed_with_a_lot_made_of_something_scrapped(world):
    world.units("RACK/1", "PUMP-200/1", "CARTRIDGE/1", "VALVE/1")
    for lot in ("GLUE/L1", "GLUE/L2"):
        world.lot(lot)
    world.captures(ComponentInstalled, "CARTRIDGE/1", component="VALVE/1")
    world.captures(MaterialConsumed, "GLUE/L1", component="CARTRIDGE/1")
    world.captures(MaterialConsumed, "GLUE/L2", lot="GLUE/L1")
    _fed(world, "GLUE/L2", "PUMP-200/1", station="DISPENSER")
    scrapping = world.event(UnitScrapped, "VALVE/1", reason="wrong steel")
    shipping = world.event(UnitShipped, "PUMP-200/1", customer="St. Anna")
    assert [answer.outcome for answer in world.submit(scrapping, shipping)] == ["recorded", "refused"]
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-002"]
    assert world.refusals(ComponentInstalled, "RACK/1", component="PUMP-200/1") == ["QUA-002"]
    assert world.refusals(MaterialLoaded, "GLUE/L2", station="DISPENSER", slot="1") == ["QUA-002"]
    assert "ACME:VALVE/1 inside ACME:PUMP-200/1" in world.reason(UnitShipped, "PUMP-200/1", customer="St. Anna")


def test_QUA_002_a_unit_fed_into_a_lot_was_fed_with_a_lot_in_its_turn(world):
    world.units("PUMP-200/1", "CARTRIDGE/1", "VALVE/1")
    for lot in ("PASTE/L1", "GLUE/L1"):
        world.lot(lot)
    world.captures(MaterialConsumed, "PASTE/L1", component="VALVE/1")
    _fed(world, "PASTE/L1", "CARTRIDGE/1", station="SMT-1")
    world.captures(MaterialConsumed, "GLUE/L1", component="CARTRIDGE/1")
    _fed(world, "GLUE/L1", "PUMP-200/1", station="DISPENSER")
    world.captures(HoldPlaced, "PASTE/L1", hold="QH-1", reason="wrong alloy")
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-001"]
    world.captures(HoldReleased, "PASTE/L1", hold="QH-1", reason="tested")
    world.captures(UnitScrapped, "VALVE/1", reason="wrong steel")
    assert world.refusals(UnitShipped, "PUMP-200/1", customer="St. Anna") == ["QUA-002"]


def test_QUA_002_what_is_scrapped_counts_for_a_unit_that_passes_the_lot_in_the_same_call(world):
    world.units("PUMP-200/1", "VALVE/1")
    world.lot("GLUE/L1")
    world.captures(MaterialConsumed, "GLUE/L1", component="VALVE/1")
    world.captures(MaterialLoaded, "GLUE/L1", station="DISPENSER", slot="1")
    world.captures(UnitScrapped, "VALVE/1", reason="wrong steel")
    answers = world.submit(
        world.event(OperationCompleted, "PUMP-200/1", operation="OP-10", station="DISPENSER"),
        world.event(UnitShipped, "PUMP-200/1", customer="St. Anna"),
    )
    assert [answer.outcome for answer in answers] == ["recorded", "refused"]


def _fed(world, lot, unit, *, station):
    """The unit passed the station while the lot was fed there."""
    world.captures(MaterialLoaded, lot, station=station, slot="1")
    world.captures(OperationCompleted, unit, operation="OP-10", station=station)
    world.captures(MaterialUnloaded, lot, station=station, slot="1")


def test_QUA_003_nothing_used_is_expired(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    world.unit("FILTER/1", expires_on="2026-03-02")
    world.lot("GLUE/L1", expires_on="2026-03-02")
    world.lot("MIX/1")
    last_minute = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    next_day = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", at=last_minute)
    world.captures(MaterialLoaded, "GLUE/L1", station="DISPENSER", slot="1", at=last_minute)
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", at=next_day) == ["QUA-003"]
    assert world.refusals(MaterialConsumed, "MIX/1", lot="GLUE/L1", at=next_day) == ["QUA-003"]
    assert world.refusals(MaterialLoaded, "GLUE/L1", station="DISPENSER", slot="2", at=next_day) == ["QUA-003"]
    assert world.refusals(ComponentInstalled, "PUMP-200/2", component="FILTER/1", at=next_day) == ["QUA-003"]
    assert world.refusals(OperationStarted, "FILTER/1", operation="OP-10", at=next_day) == ["QUA-003"]
    assert world.refusals(UnitShipped, "FILTER/1", customer="St. Anna", at=next_day) == ["QUA-003"]
    reason = world.reason(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", at=next_day)
    assert "ACME:GLUE/L1 expired on 2026-03-02; put it aside and take another" in reason


def test_QUA_003_nothing_shipped_holds_an_expired_unit_but_glue_used_in_time_is_good(world):
    world.unit("PUMP-200/1")
    world.unit("FILTER/1", expires_on="2026-06-30")
    world.lot("GLUE/L1", expires_on="2026-03-02")
    world.captures(ComponentInstalled, "FILTER/1", lot="GLUE/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="FILTER/1")
    in_time = datetime(2026, 6, 30, 12, tzinfo=UTC)
    shipment = {"customer": "St. Anna"}
    reason = world.reason(UnitShipped, "PUMP-200/1", at=in_time + timedelta(days=1), **shipment)
    assert "ACME:FILTER/1 inside ACME:PUMP-200/1 expired on 2026-06-30" in reason
    world.captures(UnitShipped, "PUMP-200/1", at=in_time, **shipment)


def test_QUA_003_nothing_shipped_was_fed_with_a_lot_that_an_expired_unit_went_into(world):
    world.unit("PUMP-200/1")
    world.unit("FILTER/1", expires_on="2026-06-30")
    world.lot("GLUE/L1")
    world.captures(MaterialConsumed, "GLUE/L1", component="FILTER/1")
    _fed(world, "GLUE/L1", "PUMP-200/1", station="DISPENSER")
    next_day = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert world.refusals(UnitShipped, "PUMP-200/1", at=next_day, customer="St. Anna") == ["QUA-003"]
    world.captures(UnitShipped, "PUMP-200/1", at=next_day - timedelta(days=1), customer="St. Anna")


def test_QUA_003_the_day_is_that_of_the_place(world):
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1", expires_on="2026-03-02")
    in_denver = datetime(2026, 3, 2, 22, 0, tzinfo=timezone(timedelta(hours=-7)))
    in_tokyo = datetime(2026, 3, 3, 5, 0, tzinfo=timezone(timedelta(hours=9)))
    assert in_denver > in_tokyo
    world.captures(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", at=in_denver)
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", at=in_tokyo) == ["QUA-003"]


def test_QUA_004_hold_is_not_on_it_yet(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    for subject in ("PUMP-200/1", "CAP/L1"):
        world.captures(HoldPlaced, subject, hold="QH-1", reason="audit")
        world.captures(HoldPlaced, subject, hold="QH-2", reason="audit")
        assert world.refusals(HoldPlaced, subject, hold="QH-1", reason="audit") == ["QUA-004"]
        reason = world.reason(HoldPlaced, subject, hold="QH-1", reason="audit")
        assert f"hold QH-1 is on ACME:{subject} already; nothing is to be done" in reason
        world.captures(HoldReleased, subject, hold="QH-1", reason="passed")
        world.captures(HoldPlaced, subject, hold="QH-1", reason="audit again")
    assert world.unit_view("PUMP-200/1").open_holds == ("QH-1", "QH-2")


def test_QUA_005_hold_is_on_it(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    for subject in ("PUMP-200/1", "CAP/L1"):
        assert world.refusals(HoldReleased, subject, hold="QH-1", reason="passed") == ["QUA-005"]
        assert "it is not on hold" in world.reason(HoldReleased, subject, hold="QH-1", reason="passed")
        world.captures(HoldPlaced, subject, hold="QH-2", reason="audit")
        assert world.reason(HoldReleased, subject, hold="QH-1", reason="passed") == (
            f"hold QH-1 is not on ACME:{subject}; its holds are QH-2"
        )
        world.captures(HoldReleased, subject, hold="QH-2", reason="passed")
        assert world.refusals(HoldReleased, subject, hold="QH-2", reason="passed") == ["QUA-005"]


def test_a_returned_unit_is_usable_again(world):
    world.units("RACK/1", "PUMP-200/1")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    world.captures(UnitReturned, "PUMP-200/1", reason="ordered too many", location="RETURNS")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1")
    world.captures(UnitShipped, "RACK/1", customer="Charité")


def test_QUA_001_nothing_used_is_on_hold_but_a_partners_statement_is_taken(world):
    world.units("PUMP-200/1", "MOTOR/7", "ROTOR/9")
    world.captures(HoldPlaced, "ROTOR/9", hold="H-1", reason="crack")
    world.captures(ComponentInstalled, "MOTOR/7", component="ROTOR/9", evidence=Evidence.DECLARED)
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="MOTOR/7") == ["QUA-001"]
    assert world.refusals(UnitShipped, "MOTOR/7", customer="C-1") == ["QUA-001"]


def test_INV_001_unit_is_in_house_but_a_statement_on_a_shipped_assembly_is_taken(world):
    world.units("MOTOR/7", "ROTOR/9", "ROTOR/10")
    world.captures(UnitShipped, "MOTOR/7", customer="C-1")
    assert world.refusals(ComponentInstalled, "MOTOR/7", component="ROTOR/9") == ["INV-001"]
    world.captures(ComponentInstalled, "MOTOR/7", component="ROTOR/9", evidence=Evidence.DECLARED)
    world.captures(UnitShipped, "ROTOR/10", customer="C-2")
    assert world.refusals(ComponentInstalled, "MOTOR/7", component="ROTOR/10", evidence=Evidence.DECLARED) == [
        "INV-001"
    ]


def test_a_statement_about_a_scrapped_unit_leaves_it_scrapped(world):
    world.units("PUMP-200/1", "PCB-10/7")
    world.captures(UnitScrapped, "PUMP-200/1", reason="dropped")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", evidence=Evidence.DECLARED)
    assert world.unit_view("PUMP-200/1").status == "scrapped"
