from uuid import UUID

import pytest

from asbuilt.core.events.corrections import CorrectionReason, EventCorrected
from asbuilt.core.events.definitions import LotDefined, PartDefined, RoutingDefined, SpecificationDefined
from asbuilt.core.events.event import Characteristic, Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned, UnitReidentified
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.production import OperationCompleted, OperationStarted, WorkOrderClosed, WorkOrderReleased
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.events.routes import RouteOperation
from tests.world import recorded

NOBODY = UUID(int=7)


def rules(refusal) -> list[str]:
    return [one.rule for one in refusal.broken]


def test_COR_001_corrected_event_exists(world):
    world.unit("PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    refusal = world.correction_refused(NOBODY)
    assert rules(refusal) == ["COR-001"]
    assert f"event {NOBODY} was never recorded here; check the event id" in refusal.broken[0].reason
    world.corrects(moved)


def test_COR_001_corrected_event_exists_in_this_site_and_before(world, opened):
    world.unit("PUMP-200/1")
    moved = world.event(UnitMoved, "PUMP-200/1", location="CELL-4")
    correction = world.event(
        EventCorrected, moved, reason=CorrectionReason.DID_NOT_OCCUR, explanation="scanned at the wrong station"
    )
    assert recorded(world.submit(correction, moved)) == ["COR-001", "recorded"]
    neighbour = type(world)(world.database, opened.new_site())
    assert rules(neighbour.correction_refused(moved)) == ["COR-001"]
    assert recorded(world.submit(correction)) == ["recorded"]


def test_COR_002_corrected_event_counts(world):
    world.unit("PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    correction = world.corrects(moved)
    refusal = world.correction_refused(moved)
    assert rules(refusal) == ["COR-002"]
    assert f"event {moved.event_id} was corrected already" in refusal.broken[0].reason
    refusal = world.correction_refused(correction)
    assert rules(refusal) == ["COR-002"]
    assert "record again, as a new event, what did happen" in refusal.broken[0].reason


def test_COR_003_definitions_are_defined_anew(world):
    part = world.captures(PartDefined, "PUMP-200")
    lot_part = world.captures(PartDefined, "CAP", tracking="lot")
    order = world.captures(WorkOrderReleased, "WO-1", part="PUMP-200", quantity=5)
    specification = world.captures(
        SpecificationDefined, "ICT/1", characteristics=(Characteristic(characteristic="voltage"),)
    )
    routing = world.captures(RoutingDefined, "R-1", part="PUMP-200", operations=(RouteOperation(operation="OP-10"),))
    for definition in (part, lot_part, order, specification, routing):
        assert rules(world.correction_refused(definition)) == ["COR-003"]
    assert "PartDefined cannot be declared wrong; define ACME:PUMP-200 anew" in (
        world.correction_refused(part).broken[0].reason
    )
    world.corrects(world.captures(WorkOrderClosed, "WO-1", reason="released by mistake"))
    world.corrects(world.captures(LotDefined, "CAP/L1"))


def test_COR_004_nothing_later_depends_on_it(world):
    world.part("PUMP-200")
    commissioned = world.captures(UnitCommissioned, "PUMP-200/1")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    refusal = world.correction_refused(commissioned)
    assert rules(refusal) == ["COR-004"]
    assert "ACME:PUMP-200/1 has 1 more events that count; correct those first" in refusal.broken[0].reason


def test_COR_004_nothing_later_depends_on_a_commissioning_whose_other_events_were_corrected(world):
    world.part("PUMP-200")
    commissioned = world.captures(UnitCommissioned, "PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert rules(world.correction_refused(commissioned)) == ["COR-004"]
    world.corrects(moved)
    world.corrects(commissioned)
    assert world.refusals(UnitMoved, "PUMP-200/1", location="CELL-4") == ["IDN-001"]
    world.captures(UnitCommissioned, "PUMP-200/1")


def test_COR_004_nothing_later_depends_on_a_lots_definition(world):
    users = (
        (ComponentInstalled, "PUMP-200/1", {"lot": "CAP/L0"}),
        (MaterialConsumed, "CAP/L1", {"lot": "CAP/OTHER"}),
        (MaterialConsumed, "CAP/OTHER", {"lot": "CAP/L2"}),
        (MaterialLoaded, "CAP/L3", {"station": "SMT-1", "slot": "F01"}),
        (HoldPlaced, "CAP/L4", {"hold": "QH-1", "reason": "audit"}),
        (AliasAssigned, "CAP/L5", {"scheme": "supplier_lot", "value": "X9"}),
        (ComponentDeclared, "CAP/L6", {"scheme": "catenax", "value": "urn:uuid:7"}),
    )
    world.unit("PUMP-200/1")
    world.lot("CAP/OTHER")
    for number, (event_type, subject, fields) in enumerate(users):
        lot = world.lot(f"CAP/L{number}")
        defined = world.history(str(lot))[0].event_id
        use = world.captures(event_type, subject, **fields)
        refusal = world.correction_refused(defined)
        assert rules(refusal) == ["COR-004"], event_type.__name__
        assert "place a hold on the lot" in refusal.broken[0].reason
        world.corrects(use)
        world.corrects(defined)


@pytest.mark.parametrize(
    ("begins", "ends", "told"),
    [
        (
            (ComponentInstalled, "PUMP-200/1", {"component": "PCB-10/7"}),
            (ComponentRemoved, "PUMP-200/1", {"component": "PCB-10/7", "reason": "defective"}),
            "the component was removed later; correct the removal first",
        ),
        (
            (MaterialLoaded, "CAP/L1", {"station": "SMT-1", "slot": "F01"}),
            (MaterialUnloaded, "CAP/L1", {"station": "SMT-1", "slot": "F01"}),
            "the lot was unloaded later; correct the unloading first",
        ),
        (
            (HoldPlaced, "PUMP-200/1", {"hold": "QH-1", "reason": "audit"}),
            (HoldReleased, "PUMP-200/1", {"hold": "QH-1", "reason": "passed"}),
            "the hold was released later; correct the release first",
        ),
        (
            (OperationStarted, "PUMP-200/1", {"operation": "OP-10"}),
            (OperationCompleted, "PUMP-200/1", {"operation": "OP-10"}),
            "the operation was completed later; correct that first",
        ),
        (
            (UnitShipped, "PUMP-200/1", {"customer": "St. Anna"}),
            (UnitReturned, "PUMP-200/1", {"reason": "field report"}),
            "a later UnitReturned depends on it; correct that first",
        ),
        (
            (UnitPacked, "PUMP-200/1", {"container": "BOX-1"}),
            (UnitUnpacked, "PUMP-200/1", {"container": "BOX-1"}),
            "a later UnitUnpacked depends on it; correct that first",
        ),
    ],
)
def test_COR_004_nothing_later_depends_on_the_begin_of_what_has_ended(world, begins, ends, told):
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("CAP/L1")
    begin = world.captures(begins[0], begins[1], **begins[2])
    end = world.captures(ends[0], ends[1], **ends[2])
    refusal = world.correction_refused(begin)
    assert rules(refusal) == ["COR-004"]
    assert told in refusal.broken[0].reason
    world.corrects(end)
    world.corrects(begin)
    world.captures(begins[0], begins[1], **begins[2])


def test_COR_004_nothing_has_taken_the_place_that_a_removal_left(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7", "PCB-10/8")
    place = {"reference_designator": "A1"}
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", **place)
    removal = world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective")
    taken = world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", **place)
    told = world.correction_refused(removal).broken[0]
    assert told.rule == "COR-004"
    assert "A1 of ACME:PUMP-200/1: ACME:PCB-10/8 was installed since; correct that first" in told.reason
    world.corrects(taken)
    elsewhere = world.captures(ComponentInstalled, "PUMP-200/2", component="PCB-10/7")
    told = "ACME:PCB-10/7: a later ComponentInstalled depends on it; correct that first"
    assert world.correction_refused(removal).broken[0].reason == told
    world.corrects(elsewhere)
    packed = world.captures(UnitPacked, "PCB-10/7", container="BOX-1")
    unpacked = world.captures(UnitUnpacked, "PCB-10/7", container="BOX-1")
    assert "a later UnitPacked depends on it" in world.correction_refused(removal).broken[0].reason
    world.corrects(unpacked)
    world.corrects(packed)
    world.corrects(removal)
    assert world.components("PUMP-200/1") == ["PCB-10/7"]


@pytest.mark.parametrize("first", ["lot", "unit"])
def test_COR_004_nothing_has_taken_the_place_that_a_lot_left(world, first):
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("GLUE/L1")
    kinds = {"lot": {"lot": "GLUE/L1"}, "unit": {"component": "PCB-10/7"}}
    second = "unit" if first == "lot" else "lot"
    world.captures(ComponentInstalled, "PUMP-200/1", reference_designator="A1", **kinds[first])
    removal = world.captures(ComponentRemoved, "PUMP-200/1", reason="rework", **kinds[first])
    world.captures(ComponentInstalled, "PUMP-200/1", reference_designator="A1", **kinds[second])
    assert rules(world.correction_refused(removal)) == ["COR-004"]


def test_COR_004_no_later_removal_would_have_been_ambiguous(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", reference_designator="C1")
    removal = world.captures(
        ComponentRemoved, "PUMP-200/1", lot="CAP/L1", reference_designator="C1", reason="cold joint"
    )
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1", reference_designator="C2")
    somewhere = world.captures(ComponentRemoved, "PUMP-200/1", lot="CAP/L1", reason="cold joint")
    told = world.correction_refused(removal).broken[0].reason
    assert told == "ACME:PUMP-200/1: a later ComponentRemoved depends on it; correct that first"
    world.corrects(somewhere)
    world.corrects(removal)
    assert len(world.components("PUMP-200/1")) == 2


def test_COR_004_nothing_that_came_out_contains_by_now_what_it_came_out_of(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    removal = world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1")
    world.captures(ComponentInstalled, "PCB-10/7", component="RACK/1")
    told = world.correction_refused(removal).broken[0]
    assert told.rule == "COR-004"
    assert "ACME:PCB-10/7 contains ACME:PUMP-200/1 since" in told.reason
    assert world.unit_view("PUMP-200/1").in_unit == "ACME:PCB-10/7"


def test_COR_004_no_other_lot_is_in_the_slot_that_was_emptied(world):
    world.lot("CAP/L1")
    world.lot("CAP/L2")
    feeder = {"station": "SMT-1", "slot": "F01"}
    world.captures(MaterialLoaded, "CAP/L1", **feeder)
    unloaded = world.captures(MaterialUnloaded, "CAP/L1", **feeder)
    following = world.captures(MaterialLoaded, "CAP/L2", **feeder)
    told = world.correction_refused(unloaded).broken[0]
    assert told.rule == "COR-004"
    assert "slot F01 of SMT-1 was loaded with ACME:CAP/L2 since; correct that first" in told.reason
    emptied = world.captures(MaterialUnloaded, "CAP/L2", **feeder)
    assert rules(world.correction_refused(unloaded)) == ["COR-004"]
    world.corrects(emptied)
    world.corrects(following)
    world.corrects(unloaded)
    assert world.refusals(MaterialLoaded, "CAP/L2", **feeder) == ["GEN-006"]


@pytest.mark.parametrize("subject", ["PUMP-200/1", "CAP/L1"])
def test_COR_004_the_hold_was_not_placed_again(world, subject):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1")
    world.captures(HoldPlaced, subject, hold="QH-1", reason="audit")
    released = world.captures(HoldReleased, subject, hold="QH-1", reason="passed")
    again = world.captures(HoldPlaced, subject, hold="QH-1", reason="audit")
    told = world.correction_refused(released).broken[0]
    assert told.rule == "COR-004"
    assert f"hold QH-1 was placed on ACME:{subject} again; correct that first" in told.reason
    lifted = world.captures(HoldReleased, subject, hold="QH-1", reason="passed")
    assert rules(world.correction_refused(released)) == ["COR-004"]
    world.corrects(lifted)
    world.corrects(again)
    world.corrects(released)
    assert world.refusals(HoldPlaced, subject, hold="QH-1", reason="audit") == ["QUA-004"]


def test_COR_004_a_component_that_went_in_and_out_again_was_free(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    removal = world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="defective")
    again = world.captures(ComponentInstalled, "PUMP-200/2", component="PCB-10/7")
    out = world.captures(ComponentRemoved, "PUMP-200/2", component="PCB-10/7", reason="defective")
    assert rules(world.correction_refused(removal)) == ["COR-004"]
    world.corrects(out)
    world.corrects(again)
    world.corrects(removal)
    assert world.refusals(ComponentInstalled, "PUMP-200/2", component="PCB-10/7") == ["GEN-001"]


@pytest.mark.parametrize("first", [Evidence.ALTERNATIVE, Evidence.SCANNED])
def test_COR_004_an_alternative_was_not_fitted_since_nor_the_other_way_round(world, first):
    world.units("PUMP-200/1", "PCB-10/7")
    second = Evidence.SCANNED if first is Evidence.ALTERNATIVE else Evidence.ALTERNATIVE
    board = {"component": "PCB-10/7"}
    world.captures(ComponentInstalled, "PUMP-200/1", evidence=first, **board)
    removal = world.captures(ComponentRemoved, "PUMP-200/1", reason="x", **board)
    world.captures(ComponentInstalled, "PUMP-200/1", evidence=second, **board)
    world.captures(ComponentRemoved, "PUMP-200/1", reason="x", **board)
    told = world.correction_refused(removal).broken[0]
    assert told.rule == "COR-004"
    assert "a later ComponentInstalled depends on it" in told.reason


@pytest.mark.parametrize(
    ("event_type", "fields"),
    [
        (UnitMoved, {"location": "CELL-4"}),
        (OperationCompleted, {"operation": "OP-10"}),
        (UnitShipped, {"customer": "Charité"}),
        (UnitScrapped, {"reason": "dropped"}),
    ],
)
def test_COR_004_a_returned_unit_was_not_used_since(world, event_type, fields):
    world.unit("PUMP-200/1")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    returned = world.captures(UnitReturned, "PUMP-200/1", reason="field report")
    used = world.captures(event_type, "PUMP-200/1", **fields)
    told = f"ACME:PUMP-200/1: a later {event_type.__name__} depends on it; correct that first"
    assert world.correction_refused(returned).broken[0].reason == told
    world.corrects(used)
    world.corrects(returned)
    assert world.unit_view("PUMP-200/1").customer == "St. Anna"


def test_COR_004_a_start_was_not_ended_by_a_later_completion(world):
    world.unit("PUMP-200/1")
    work = {"operation": "OP-10"}
    world.captures(OperationStarted, "PUMP-200/1", **work)
    first = world.captures(OperationCompleted, "PUMP-200/1", **work)
    world.captures(OperationStarted, "PUMP-200/1", **work)
    world.captures(OperationCompleted, "PUMP-200/1", **work)
    second = world.captures(OperationCompleted, "PUMP-200/1", **work)
    assert "a later OperationCompleted depends on it" in world.correction_refused(first).broken[0].reason
    world.corrects(second)
    world.corrects(first)


def test_a_scrapping_that_did_not_occur_gives_the_unit_back(world):
    world.unit("PUMP-200/1", location="CELL-4")
    scrapped = world.captures(UnitScrapped, "PUMP-200/1", reason="dropped", location="CAGE")
    world.corrects(scrapped)
    view = world.unit_view("PUMP-200/1")
    assert (view.status, view.location) == ("issued", "CELL-4")
    world.captures(OperationStarted, "PUMP-200/1", operation="OP-10")


def test_a_component_of_a_mis_scan_is_moved_to_where_it_is_by_correcting_the_scan(world):
    world.units("PUMP-200/1", "PUMP-200/2", "PCB-10/7")
    wrong = world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    right = world.event(ComponentInstalled, "PUMP-200/2", component="PCB-10/7", reference_designator="A1")
    correction = world.event(
        EventCorrected,
        wrong,
        reason=CorrectionReason.INCORRECT_DATA,
        explanation="scanned at the neighbouring pump",
        corrective_event_ids=(right.event_id,),
    )
    assert recorded(world.submit(correction, right, atomic=True)) == ["recorded", "recorded"]
    assert (world.components("PUMP-200/1"), world.components("PUMP-200/2")) == ([], ["PCB-10/7"])
    assert world.where_used("PCB-10/7", ever=True) == ["PUMP-200/2"]
    assert world.history("PUMP-200/1")[-2].corrected_by == correction.event_id


def test_a_wrong_further_name_and_a_wrong_marking_are_corrected_like_any_event(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    alias = {"scheme": "mac", "value": "00:1B"}
    marking = {"marked_as": "PUMP-200/A1", "reason": "label torn"}
    for event_type, fields in ((AliasAssigned, alias), (UnitReidentified, marking)):
        wrong = world.captures(event_type, "PUMP-200/1", **fields)
        world.corrects(wrong)
        world.captures(event_type, "PUMP-200/2", **fields)
    assert world.unit_view("00:1B").unit == world.unit_view("PUMP-200/A1").unit == "ACME:PUMP-200/2"
    assert (world.unit_view("PUMP-200/1").aliases, world.unit_view("PUMP-200/1").marked_as) == ((), "")
