"""An import may be run again, in part, later and with changed documents; what is recorded stays as it is."""

import copy
import json
from decimal import Decimal
from uuid import UUID

import pytest

from asbuilt.capture.capture import Submission, capture
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Unavailable
from asbuilt.ledger.opening import open_keeper
from tests.exchange.catenax.conftest import NOW, OWN_BPNL
from tests.exchange.catenax.made import MAKER, batch, bom, child, item_id, serial_part

SET = [
    serial_part(1, "7", more_identifiers=[("van", "V7")]),
    serial_part(2, "M1", part="MOTOR", version=4),
    batch(3, "L3"),
    batch(4, "L4", version=4),
    bom(1, 2, child(3, quantity=2.5, unit="unit:litre"), child(99)),
    bom(3, child(4, quantity=20.0, version=4), version=4),
]


def test_the_same_again_changes_nothing_and_is_all_repeated(any_plant):
    first = any_plant.imports(*SET)
    events = any_plant.events()
    again = any_plant.imports(*SET)
    assert (first.recorded, first.repeated, first.already_known) == (len(events), 0, 0)
    assert (again.recorded, again.repeated, again.already_known) == (0, len(events), 0)
    assert (again.units, again.lots, again.links) == (first.units, first.lots, first.links)
    assert (again.refusals, again.not_delivered) == (first.refusals, first.not_delivered)
    assert any_plant.events() == events


def test_other_files_orders_spellings_and_times_make_the_same_events(plant, other_plant):
    plant.imports(*SET)
    turned = copy.deepcopy(SET[::-1])
    for document in turned:
        for key in ("catenaXId", "globalAssetId"):
            if key in document:
                document[key] = document[key].removeprefix("urn:uuid:").upper()
        for line in document.get("childItems", ()):
            line["createdOn"] = "2025-03-01T10:00:00+02:00"
    container = {
        "https://catenax.io/schema/TestDataContainer/1.0.0": [{"aspects": [document]} for document in turned[2:]]
    }
    for number, text in enumerate([container, *turned[:2]]):
        (other_plant.folder / f"{9 - number}.json").write_text(json.dumps(text))
    other_plant.reads(*sorted(other_plant.folder.glob("*.json")))
    assert other_plant.events() == plant.events()


def test_an_interrupted_import_is_finished_by_the_next(plant):
    class Stopped(Exception):
        pass

    calls = []

    def clock():
        calls.append(1)
        if len(calls) == 3:
            raise Stopped
        return NOW

    with pytest.raises(Stopped):
        plant.imports(*SET, clock=clock)
    begun = plant.event_count()
    assert begun > 0
    finished = plant.imports(*SET)
    assert finished.repeated == begun
    assert len(plant.contents(item_id(1))) == 4


def test_a_database_that_cannot_serve_is_said_and_nothing_is_half_done(plant, monkeypatch):
    def refuse(*_):
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(plant.database), "writing", refuse)
    with pytest.raises(Unavailable):
        plant.imports(*SET)
    monkeypatch.undo()
    assert plant.event_count() == 0


def test_a_unit_registered_under_a_further_id_is_a_question_to_decide(any_plant):
    any_plant.imports(serial_part(1, "7"))
    again = any_plant.imports(serial_part(2, "7"), serial_part(3, "8"), serial_part(4, "8"), name="later.json")
    asked = [(one.unit, one.scheme, one.value) for one in any_plant.open_questions()]
    assert sorted(asked) == [
        (f"{MAKER}:PUMP-200/7", "catenax", item_id(2)),
        (f"{MAKER}:PUMP-200/8", "catenax", item_id(4)),
    ]
    once_more = any_plant.imports(serial_part(2, "7"), serial_part(3, "8"), serial_part(4, "8"), name="later.json")
    assert (once_more.recorded, once_more.repeated) == (0, again.recorded + again.repeated)
    any_plant.imports(serial_part(1, "7"), serial_part(4, "8"))
    assert len(any_plant.open_questions()) == 2


class TestDeliveredLater:
    def test_a_component_not_delivered_is_declared_and_listed(self, any_plant):
        report = any_plant.imports(
            serial_part(1, "7"), batch(4, "L"), bom(1, child(2, quantity=3)), bom(4, child(3, alternatives=True))
        )
        assert [(one.parent, one.component, one.business_partner) for one in report.not_delivered] == [
            (item_id(1), item_id(2), "BPNL00000000SUPP"),
            (item_id(4), item_id(3), "BPNL00000000SUPP"),
        ]
        assert report.not_delivered[0].pointer == "/2/childItems/0"
        (component,) = any_plant.as_built(item_id(1)).components
        assert (component.kind, component.name, component.status, component.quantity) == (
            "declared",
            item_id(2),
            "not_delivered",
            3,
        )
        assert component.issuer == "BPNL00000000SUPP"

    @pytest.mark.parametrize("with_bom", [False, True])
    def test_when_it_is_delivered_it_is_linked_as_the_bom_said(self, any_plant, with_bom):
        boms = [bom(1, child(2, quantity=3)), bom(4, child(3, quantity=0.5, unit="unit:litre", alternatives=True))]
        any_plant.imports(serial_part(1, "7"), batch(4, "L4"), *boms)
        later = [batch(2, "L2"), serial_part(3, "8"), *(boms if with_bom else [])]
        report = any_plant.imports(*later, name="later.json")
        assert (report.delivered, report.links, report.not_delivered) == (2, 2 if with_bom else 0, ())
        assert report.repeated == (4 if with_bom else 2)  # both parts, defined again as before, and the links
        assert any_plant.contents(item_id(1)) == [(1, f"{MAKER}:GLUE-5/L2", "declared")]
        assert any_plant.contents(item_id(4)) == [(1, f"{MAKER}:PUMP-200/8", "alternative")]
        assert any_plant.as_built(item_id(1)).components[0].quantity == 3
        assert any_plant.names_above(item_id(3)) == {f"{MAKER}:GLUE-5/L4"}

    def test_the_order_of_deliveries_makes_no_other_links(self, plant, other_plant):
        items, boms = (
            [serial_part(1, "7"), batch(2, "L2")],
            [bom(1, child(2, quantity=3.50, createdOn="2022-01-01T00:00:00+01:00"))],
        )
        plant.imports(*items, *boms)
        other_plant.imports(items[0], *boms)
        other_plant.imports(items[1], name="later.json")
        linked, linked_later = (
            {event for event in one.events() if b'"ComponentInstalled"' in event[1]} for one in (plant, other_plant)
        )
        assert linked == linked_later
        assert len(linked) == 1

    def test_the_bom_of_an_unknown_item_is_listed_and_can_be_read_later(self, any_plant):
        report = any_plant.imports(serial_part(2, "8"), bom(1, 2, 3))
        assert [(one.parent, one.component_count, one.pointer) for one in report.unknown_parents] == [
            (item_id(1), 2, "/1")
        ]
        assert (report.links, report.refusals) == (0, ())
        report = any_plant.imports(serial_part(1, "7"), bom(1, 2, 3), name="later.json")
        assert (report.links, report.unknown_parents, len(report.not_delivered)) == (1, (), 1)


class TestChangedDocuments:
    """A second document that says otherwise is reported and changes nothing."""

    def after(self, plant, before, *changed):
        plant.imports(*before)
        count = plant.event_count()
        report = plant.imports(*changed, name="changed.json")
        assert plant.event_count() == count
        assert report.refusals == ()
        return [one.rule for one in report.warnings]

    def test_another_production_date(self, plant):
        new = {"date": "2025-02-05T00:00:00Z"}
        assert self.after(plant, [serial_part(1, "7")], serial_part(1, "7", manufacturingInformation=new)) == [
            "difference"
        ]
        assert self.after(plant, [batch(2, "L")], batch(2, "L", manufacturingInformation=new)) == ["difference"]

    def test_the_day_of_a_known_time_is_no_difference(self, plant):
        assert self.after(plant, [serial_part(1, "7")], serial_part(1, "7", version=4)) == []

    def test_another_name(self, plant):
        new = {"manufacturerPartId": "PUMP-200", "nameAtManufacturer": "Pump, new"}
        assert self.after(plant, [serial_part(1, "7")], serial_part(1, "7", partTypeInformation=new)) == ["difference"]

    @pytest.mark.parametrize("line", [child(3, quantity=4), child(3, unit="unit:litre"), child(3, alternatives=True)])
    def test_another_quantity_of_a_lot_is_not_added_to_the_first(self, plant, line):
        items = [serial_part(1, "7"), batch(3, "L")]
        assert self.after(plant, [*items, bom(1, child(3))], bom(1, line)) == ["difference"]
        assert [one.quantity for one in plant.as_built(item_id(1)).components] == [1]

    def test_another_quantity_of_a_unit(self, plant):
        items = [serial_part(1, "7"), serial_part(3, "8")]
        assert self.after(plant, [*items, bom(1, child(3))], bom(1, child(3, quantity=2))) == ["difference"]

    def test_another_quantity_of_a_component_not_delivered(self, plant):
        assert self.after(plant, [serial_part(1, "7"), bom(1, child(3))], bom(1, child(3, quantity=2))) == [
            "difference"
        ]
        assert [one.quantity for one in plant.as_built(item_id(1)).components] == [1]

    def test_a_component_no_longer_named(self, plant):
        items = [serial_part(1, "7"), serial_part(2, "8"), batch(3, "L")]
        before = [*items, bom(1, 2, 3, 4)]
        assert self.after(plant, before, bom(1, 2)) == ["difference", "difference"]
        assert len(plant.contents(item_id(1))) == 3
        assert self.after(plant, before, bom(1, 3), bom(1, 2, 4)) == []  # in two parts nothing is missing
        plant.imports(batch(4, "L4"), name="later.json")
        assert self.after(plant, before, *before) == []

    def test_a_unit_named_twice_is_there_once(self, plant):
        later = child(2, createdOn="2025-03-02T08:00:00Z")
        documents = [serial_part(1, "7"), serial_part(2, "8"), bom(1, later, child(2))]
        for _ in range(2):
            report = plant.imports(*documents)
            assert (report.links, report.warnings, report.refusals) == (2, (), ())
            assert [one.installed_at.day for one in plant.as_built(item_id(1)).components] == [1]
        report = plant.imports(
            bom(1, child(2), {**later, "quantity": {"value": 2, "unit": "unit:piece"}}), name="more.json"
        )
        assert [one.rule for one in report.warnings] == ["difference"]

    def test_two_documents_of_one_import_that_contradict_each_other(self, plant):
        report = plant.imports(serial_part(1, "7"), batch(3, "L"), bom(1, child(3)), bom(1, child(3, quantity=2)))
        assert (report.links, [one.rule for one in report.warnings]) == (1, ["difference"])

    def test_a_further_charge_of_a_lot_is_new(self, plant):
        later = child(3, quantity=2, createdOn="2025-03-02T08:00:00Z")
        plant.imports(serial_part(1, "7"), batch(3, "L"), bom(1, child(3)))
        report = plant.imports(bom(1, child(3), later), name="grown.json")
        assert (report.links, report.recorded, report.warnings) == (2, 1, ())
        assert sorted(one.quantity for one in plant.as_built(item_id(1)).components) == [1, 2]


class TestOurOwnRecord:
    """Documents about what the plant recorded itself add names, and nothing twice."""

    @pytest.fixture
    def built(self, plant):
        part, glue = Part(OWN_BPNL, "IPC-4500"), Part(OWN_BPNL, "GLUE")
        pump, lot = Unit(part, "1"), Lot(glue, "L")
        events = [
            PartDefined(**at(1), part=part, description="Controller", revision="B"),
            PartDefined(**at(2), part=glue, tracking=Tracking.LOT, uom="g"),
            PartDefined(**at(3), part=Part(OWN_BPNL, "SCREW"), tracking=Tracking.COUNTED),
            UnitCommissioned(**at(4), unit=pump),
            LotDefined(**at(5), lot=lot, quantity=Decimal(100), uom="g"),
            ComponentInstalled(**at(6), unit=pump, lot=lot, quantity=Decimal(3), uom="g"),
        ]
        submission = Submission(events=tuple(captured(event) for event in events), actor="tests")
        (answers,) = capture(plant.database, plant.site, [submission], now=NOW)
        assert {answer.outcome.value for answer in answers} == {"recorded"}
        return plant

    def test_a_document_about_a_unit_made_here_gives_it_its_id(self, built):
        report = built.imports(serial_part(1, "1", part="IPC-4500", maker=OWN_BPNL))
        assert (report.units, report.recorded, report.already_known) == (1, 1, 2)
        assert built.name_of(item_id(1)) == f"{OWN_BPNL}:IPC-4500/1"
        assert [one.rule for one in report.warnings] == ["difference"]  # it is called Controller here

    @pytest.mark.parametrize(("quantity", "differs"), [(3, False), (4, True)])
    def test_a_component_scanned_here_is_not_counted_twice(self, built, quantity, differs):
        items = [serial_part(1, "1", part="IPC-4500", maker=OWN_BPNL), batch(2, "L", part="GLUE", maker=OWN_BPNL)]
        report = built.imports(*items, bom(1, child(2, quantity=quantity, unit="unit:g")))
        assert any("contains" in one.reason for one in report.warnings) is differs
        assert report.links == (0 if differs else 1)
        assert built.contents(item_id(1)) == [(1, f"{OWN_BPNL}:GLUE/L", "scanned")]

    def test_a_part_that_is_counted_stays_counted(self, built):
        report = built.imports(serial_part(1, "1", part="SCREW", maker=OWN_BPNL))
        assert ([one.rule for one in report.refusals], report.units) == (["IDN-004"], 0)


def at(number):
    return {"event_id": UUID(int=number), "event_time": NOW}


def test_two_sites_do_not_share_events(plant, other_plant):
    keeper = open_keeper(f"sqlite:///{plant.database.name}")
    keeper.add_site("GRAZ", "BPNL00000000GRAZ")
    keeper.close()
    plant.imports(*SET)
    ids = {event_id for event_id, _ in plant.events()}
    graz = type(plant)(plant.database, plant.database.site("GRAZ"), plant.folder)
    assert graz.imports(*SET).recorded == len(ids)
    assert len({event_id for event_id, _ in graz.events()}) == 2 * len(ids)
