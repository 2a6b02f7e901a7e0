"""What documents say becomes units, lots and links; what they leave out or get wrong is reported."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.genealogy import MaterialConsumed
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.subjects import Part
from asbuilt.exchange.catenax.importing import import_documents
from asbuilt.exchange.catenax.known import Lookup
from asbuilt.ledger.codec import stored_event
from asbuilt.queries.naming import NotFound, unit_meant
from asbuilt.queries.units import unit
from tests.exchange.catenax.conftest import NOW, OWN_BPNL
from tests.exchange.catenax.made import MAKER, batch, bom, child, item_id, reasons, serial_part

PUMP = f"{MAKER}:PUMP-200/7"


def unit_view(plant, name):
    with plant.database.reading(plant.site) as reader:
        return unit(reader, unit_meant(reader, name))


def parts(plant, *names):
    with plant.database.reading(plant.site) as reader:
        found = Lookup(reader, plant.database).parts([Part(MAKER, name) for name in names])
    return {part.part_number: (state.tracking, state.description) for part, state in found.items()}


def stored_events(plant, kind):
    return [event for _, payload in plant.events() if isinstance(event := stored_event(payload), kind)]


@pytest.mark.parametrize("version", [3, 4])
def test_a_serial_part_is_a_unit_named_by_its_catenax_id(any_plant, version):
    report = any_plant.imports(
        serial_part(1, "7", version=version, more_identifiers=[("van", "VAN7"), ("jisNumber", "J1")])
    )
    assert (report.documents, report.units, report.lots, report.refusals) == ({"SerialPart": 1}, 1, 0, ())
    for name in (item_id(1), item_id(1).upper(), item_id(1).removeprefix("urn:uuid:"), "VAN7", "7", PUMP):
        assert any_plant.name_of(name) == PUMP
    found = unit_view(any_plant, item_id(1))
    assert {(one.scheme, one.value) for one in found.aliases} == {
        ("catenax", item_id(1)),
        ("van", "VAN7"),
        ("jisNumber", "J1"),
    }
    time = datetime(2025, 2, 4, 14, 48, 54, tzinfo=UTC) if version == 3 else datetime(2025, 2, 4, tzinfo=UTC)
    assert (found.commissioned_at, found.description) == (time, "Name of PUMP-200")
    assert [event.supplier for event in stored_events(any_plant, UnitReceived)] == [MAKER]


@pytest.mark.parametrize("version", [3, 4])
def test_a_batch_is_a_lot(any_plant, version):
    report = any_plant.imports(batch(1, "L-1", version=version))
    assert (report.documents, report.units, report.lots, report.refusals) == ({"Batch": 1}, 0, 1, ())
    assert any_plant.name_of(item_id(1)) == f"{MAKER}:GLUE-5/L-1"
    with any_plant.database.reading(any_plant.site) as reader:
        assert reader.rows("SELECT manufactured_on, supplier FROM lot_state") == [("2025-02-04", MAKER)]
    assert parts(any_plant, "GLUE-5") == {"GLUE-5": (Tracking.LOT, "Name of GLUE-5")}


def test_a_part_with_units_and_lots_is_tracked_by_both(plant):
    plant.imports(serial_part(1, "7", part="P"), batch(2, "7", part="P"), serial_part(3, "8", part="Q"))
    assert {name: tracking for name, (tracking, _) in parts(plant, "P", "Q").items()} == {
        "P": Tracking.SERIALIZED_AND_LOT,
        "Q": Tracking.SERIALIZED,
    }


def test_a_part_of_which_lots_come_later_is_then_tracked_by_both(plant):
    plant.imports(serial_part(1, "7", part="P"))
    report = plant.imports(batch(2, "L", part="P"))
    assert (report.lots, report.refusals) == (1, ())
    assert [one.rule for one in report.warnings] == ["part"]
    assert parts(plant, "P")["P"][0] is Tracking.SERIALIZED_AND_LOT


def test_a_bom_becomes_links_with_quantity_and_evidence(any_plant):
    report = any_plant.imports(
        serial_part(1, "7"),
        serial_part(2, "M1", part="MOTOR"),
        batch(3, "L3"),
        batch(4, "L4"),
        serial_part(5, "M2", part="MOTOR"),
        bom(1, 2, child(3, quantity=2.5, unit="unit:litre"), child(5, alternatives=True)),
        bom(3, child(4, quantity=0.25, unit="unit:kilogram")),
    )
    assert (report.links, report.refusals, report.warnings, report.not_delivered) == (4, (), (), ())
    assert any_plant.contents(item_id(1)) == [
        (1, f"{MAKER}:MOTOR/M1", "declared"),
        (1, f"{MAKER}:GLUE-5/L3", "declared"),
        (2, f"{MAKER}:GLUE-5/L4", "declared"),
        (1, f"{MAKER}:MOTOR/M2", "alternative"),
    ]
    glue = any_plant.as_built(item_id(1)).components[1]
    assert (glue.quantity, glue.uom, glue.installed_at) == (
        Decimal("2.5"),
        "litre",
        datetime(2025, 3, 1, 8, tzinfo=UTC),
    )
    assert any_plant.as_built(item_id(1)).components[0].quantity == 1
    assert any_plant.names_above(item_id(4)) == {PUMP, f"{MAKER}:GLUE-5/L3"}
    assert {event.evidence.value for event in stored_events(any_plant, MaterialConsumed)} == {"declared"}


@pytest.mark.parametrize(
    "spelled", [str.upper, str.lower, lambda text: text.removeprefix("urn:uuid:").upper(), str.title]
)
def test_ids_meet_however_they_are_spelled(plant, spelled):
    parent, component = (spelled(item_id(number)) for number in (1, 2))
    report = plant.imports(serial_part(1, "7"), serial_part(component, "8"), bom(parent, 2))
    assert (report.links, report.refusals) == (1, ())


def test_documents_come_in_any_order_and_any_file(plant):
    documents = [bom(1, 2), bom(2, 3), batch(3, "L"), serial_part(2, "8"), serial_part(1, "7")]
    folder = plant.folder / "in"
    folder.mkdir()
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document))
    report = plant.reads(folder)
    assert (report.links, report.not_delivered, report.refusals) == (2, (), ())
    assert len(plant.contents(item_id(1))) == 2


def test_standard_input_is_read(plant):
    report = plant.pipes("\n".join(json.dumps(one) for one in (bom(1, 2), serial_part(1, "7"), serial_part(2, "8"))))
    assert (report.units, report.links, report.refusals) == (2, 1, ())


class TestWhoMadeIt:
    def issuer(self, plant, *documents, **more):
        report = plant.imports(*documents, **more)
        return plant.name_of(item_id(1)).partition(":")[0], report

    def test_the_manufacturer_id_says_it(self, plant):
        container = {"catenaXId": item_id(1), "bpnl": "BPNL00000000CONT", "SerialPart": serial_part(1, "7")}
        assert self.issuer(plant, container)[0] == MAKER

    def test_else_the_container(self, plant):
        container = {"catenaXId": item_id(1), "bpnl": "BPNL00000000CONT", "SerialPart": serial_part(1, "7", maker=None)}
        assert self.issuer(plant, container, bom(2, child(1, partner="BPNL00000000BOMS")))[0] == "BPNL00000000CONT"

    def test_else_the_business_partner_of_a_bom(self, plant):
        documents = [bom(2, child(1, partner=one)) for one in ("BPNL00000000BOMT", "BPNL00000000BOMS")]
        assert self.issuer(plant, *documents, serial_part(1, "7", maker=None))[0] == "BPNL00000000BOMS"

    def test_else_we(self, plant):
        assert self.issuer(plant, serial_part(1, "7", maker=None))[0] == OWN_BPNL

    def test_what_was_imported_before_stays_where_it_is(self, plant):
        self.issuer(plant, serial_part(1, "7", maker=None))
        issuer, report = self.issuer(plant, serial_part(1, "7", maker=None), bom(2, 1), name="later.json")
        assert (issuer, report.recorded) == (OWN_BPNL, 0)
        issuer, report = self.issuer(plant, serial_part(1, "7"), name="corrected.json")
        assert (issuer, report.recorded) == (OWN_BPNL, 0)
        assert [one.rule for one in report.warnings] == ["difference"]

    def test_several_documents_may_say_it_together(self, plant):
        container = {"catenaXId": item_id(1), "bpnl": "BPNL00000000AAAA", "SerialPart": serial_part(1, "7", maker=None)}
        assert self.issuer(plant, container, serial_part(1, "7"))[0] == MAKER

    def test_an_unreadable_manufacturer_is_not_replaced_by_another(self, plant):
        report = plant.imports(serial_part(1, "7", maker="BPNL\x07X"), bom(2, 1))
        assert ("/0/localIdentifiers", "identity") in reasons(report.refusals)
        assert report.units == 0


class TestWhomItIsAbout:
    def test_a_document_without_id_is_about_the_item_of_its_container(self, plant):
        container = {
            "catenaXId": item_id(1),
            "SerialPart": serial_part(9, "7", catenaXId=None),
            "SingleLevelBomAsBuilt": bom(9, 2, catenaXId=None),
        }
        report = plant.imports(container, serial_part(2, "8"))
        assert (report.units, report.links, report.refusals) == (2, 1, ())
        assert [one.rule for one in report.warnings] == ["schema", "identity"] * 2
        assert plant.names_below(item_id(1)) == {f"{MAKER}:PUMP-200/8"}

    def test_its_own_id_counts_before_that_of_its_container(self, plant):
        report = plant.imports({"catenaXId": item_id(2), "SerialPart": serial_part(1, "7")})
        assert [one.rule for one in report.warnings] == ["identity"]
        assert plant.name_of(item_id(1)) == PUMP


class TestSerialNumbers:
    @pytest.mark.parametrize(
        ("identifiers", "number"),
        [
            ([("partInstanceId", "B"), ("van", "V"), ("partInstanceId", "A")], "A"),
            ([("van", "V"), ("customKey:x", "C")], "V"),
            ([("PartInstanceID", "old spelling")], "old spelling"),
            ([("jisNumber", "J"), ("customKey:x", "C"), ("batchId", "L")], item_id(1).removeprefix("urn:uuid:")),
            ([], item_id(1).removeprefix("urn:uuid:")),
        ],
    )
    def test_the_serial_number_is_what_identifies_the_unit(self, plant, identifiers, number):
        plant.imports({"SerialPart": serial_part(1, more_identifiers=identifiers)})
        assert plant.name_of(item_id(1)) == f"{MAKER}:PUMP-200/{number}"

    def test_all_other_names_of_the_unit_find_it_and_those_of_other_things_do_not(self, plant):
        identifiers = [
            ("van", "V"),
            ("customKey:x", "C"),
            ("jisNumber", "J"),
            ("batchId", "L"),
            ("jisCallDate", "2025"),
            ("parentOrderNumber", "O"),
        ]
        plant.imports({"SerialPart": serial_part(1, "S", more_identifiers=identifiers)})
        assert {plant.name_of(name) for name in "SVCJ"} == {f"{MAKER}:PUMP-200/S"}
        for name in ("L", "2025", "O", "C-1"):
            with pytest.raises(NotFound):
                plant.name_of(name)

    def test_a_lot_without_batch_id_bears_its_uuid(self, plant):
        plant.imports({"Batch": batch(1)})
        assert plant.name_of(item_id(1)) == f"{MAKER}:GLUE-5/{item_id(1).removeprefix('urn:uuid:')}"

    def test_one_serial_number_with_two_ids_is_one_unit_with_two_ids(self, plant):
        report = plant.imports(
            serial_part(1, "7"), serial_part(2, " 7 "), bom(3, 1), bom(2, 4), serial_part(3, "8"), serial_part(4, "9")
        )
        assert (report.units, report.links) == (3, 2)
        assert [one.rule for one in report.warnings] == ["identity"]
        assert plant.name_of(item_id(1)) == plant.name_of(item_id(2)) == PUMP
        assert plant.names_below(item_id(3)) == {PUMP, f"{MAKER}:PUMP-200/9"}
        assert [one.rule for one in plant.imports(serial_part(5, "7"), name="more.json").warnings] == ["identity"]


class TestWithoutManufacturerPartId:
    def test_a_serial_part_4_may_do_with_the_customers_part_number(self, plant):
        document = serial_part(1, "7", version=4)
        del document["partTypeInformation"]["manufacturerPartId"]
        report = plant.imports(document)
        assert (report.units, reasons(report.warnings)) == (1, [("/partTypeInformation", "part")])
        assert plant.name_of(item_id(1)) == f"{MAKER}:C-1/7"

    def test_a_serial_part_3_must_say_it(self, plant):
        document = serial_part(1, "7")
        del document["partTypeInformation"]["manufacturerPartId"]
        document["partTypeInformation"]["customerPartId"] = "C-1"
        assert reasons(plant.imports(document).refusals) == [("/partTypeInformation/manufacturerPartId", "part")]


def test_a_component_of_two_assemblies_is_found_through_both_and_that_is_said(any_plant):
    documents = [serial_part(1, "7"), serial_part(2, "8"), serial_part(3, "M"), bom(1, 3), bom(2, 3)]
    report = any_plant.imports(*documents)
    assert (report.links, report.refusals, [one.rule for one in report.warnings]) == (2, (), ["conflict"])
    assert any_plant.contents(item_id(1)) == [(1, f"{MAKER}:PUMP-200/M", "declared")]
    assert any_plant.contents(item_id(2)) == [(1, f"{MAKER}:PUMP-200/M", "alternative")]
    assert any_plant.names_above(item_id(3)) == {PUMP, f"{MAKER}:PUMP-200/8"}
    again = any_plant.imports(*documents)
    assert (again.recorded, again.links, [one.rule for one in again.warnings]) == (0, 2, ["conflict"])


class TestOneIdForSeveralThings:
    @pytest.mark.parametrize("turned", [False, True])
    def test_a_unit_and_a_lot_are_both_recorded_and_links_go_to_the_unit(self, plant, turned):
        documents = [serial_part(1, "7"), batch(1, "L")]
        for _ in range(2):
            report = plant.imports(*(reversed(documents) if turned else documents), bom(1, 2), batch(2, "L2"))
            assert (report.units, report.lots, report.links) == (1, 2, 1)
            assert [one.rule for one in report.warnings if "is a unit by another" in one.reason] == ["identity"]
        assert plant.names_below(PUMP) == {f"{MAKER}:GLUE-5/L2"}
        assert plant.names_below(f"{MAKER}:GLUE-5/L") == set()

    def test_what_was_there_first_keeps_the_links(self, plant):
        plant.imports(batch(1, "L"), batch(2, "L2"), bom(1, 2))
        report = plant.imports(serial_part(1, "7"), bom(1, 2), name="later.json")
        assert (report.units, report.links, report.repeated) == (1, 1, 1)
        assert [one.rule for one in report.warnings] == ["identity"]
        assert plant.names_below(f"{MAKER}:GLUE-5/L") == {f"{MAKER}:GLUE-5/L2"}
        assert plant.names_below(PUMP) == set()

    @pytest.mark.parametrize("turned", [False, True])
    def test_of_two_units_the_higher_version_counts_and_the_other_is_refused(self, plant, turned):
        documents = [
            {"urn:samm:io.catenax.serial_part:2.0.0#SerialPart": [serial_part(1, "A")]},
            {"urn:samm:io.catenax.serial_part:3.0.0#SerialPart": [serial_part(1, "B")]},
        ]
        report = plant.imports(*(reversed(documents) if turned else documents))
        assert (report.units, [one.rule for one in report.refusals]) == (1, ["identity"])
        assert plant.name_of(item_id(1)) == f"{MAKER}:PUMP-200/B"

    def test_a_unit_recorded_before_is_not_replaced(self, plant):
        plant.imports(serial_part(1, "A"))
        report = plant.imports(serial_part(1, "B"), name="later.json")
        assert (report.units, report.recorded, [one.rule for one in report.refusals]) == (0, 0, ["identity"])


def test_what_is_not_read_is_counted(plant):
    item = {
        "catenaXId": item_id(1),
        "SerialPart": [serial_part(1, "7")],
        "singleLevelUsageAsBuilt": [{"parentItems": []}] * 2,
    }
    report = plant.imports_text(
        json.dumps(
            {"policies": {"x": {}}, "https://catenax.io/schema/TestDataContainer/1.0.0": [item, {"PlainObject": [{}]}]}
        )
    )
    assert report.not_read == {"PlainObject": 1, "SingleLevelUsageAsBuilt": 2, "policies": 1}
    assert (report.units, report.refusals) == (1, ())


def test_names_of_a_part_that_differ_are_said_and_the_most_frequent_is_taken(plant):
    documents = [serial_part(number, str(number), partTypeInformation={"manufacturerPartId": "P", "nameAtManufacturer": name})
                 for number, name in enumerate(["Pump", "Door", "Pump", "Alpha", "Door"])]  # fmt: skip
    report = plant.imports(*documents)
    assert [one.rule for one in report.warnings] == ["conflict"]
    assert parts(plant, "P")["P"][1] == "Door"


@pytest.mark.parametrize("turned", [False, True])
def test_a_time_is_taken_before_a_day(plant, turned):
    documents = [serial_part(1, "7"), serial_part(1, "7", version=4)]
    report = plant.imports(*(reversed(documents) if turned else documents))
    assert (report.documents, report.units, report.warnings) == ({"SerialPart": 2}, 1, ())
    assert unit_view(plant, item_id(1)).commissioned_at == datetime(2025, 2, 4, 14, 48, 54, tzinfo=UTC)


def test_a_document_is_held_against_the_version_it_says(plant):
    said_4 = {"urn:samm:io.catenax.serial_part:4.0.0#SerialPart": [serial_part(1, "7")]}
    missing = {
        one.reason.split(" is a required")[0] for one in plant.imports(said_4).warnings if "required" in one.reason
    }
    assert missing == {
        '"globalAssetId"',
        '"productionDate"',
        '"customerPartId"',
        '"nameAtCustomer"',
        '"partClassification"',
    }


def test_progress_is_told(plant):
    told = []
    plant.imports(serial_part(1, "7"), bom(1), progress=lambda stage, done, total: told.append((stage, done, total)))
    assert told == [("reading", 0, 1), ("reading", 1, 1), ("units and lots", 1, 1), ("links", 0, 1), ("links", 1, 1)]


def test_the_record_time_is_the_clocks_and_the_actor_answers(plant):
    import_documents(plant.database, plant.site, [], actor="nobody", clock=lambda: NOW, stdin=None)
    plant.imports(serial_part(1, "7"))
    with plant.database.reading(plant.site) as reader:
        rows = reader.rows("SELECT DISTINCT actor, source, record_time FROM event")
    assert rows == [("tests", "catenax", int(NOW.timestamp() * 1_000_000))]


def test_a_day_of_production_is_the_day_where_it_was_made(plant):
    plant.imports(batch(1, "L", manufacturingInformation={"date": "2025-09-26T00:30:00+02:00"}))
    with plant.database.reading(plant.site) as reader:
        assert reader.rows("SELECT manufactured_on FROM lot_state") == [(date(2025, 9, 26).isoformat(),)]


def test_supplier_of_our_own_parts_is_left_empty(plant):
    plant.imports(serial_part(1, "7", maker=OWN_BPNL.lower()))
    assert [event.supplier for event in stored_events(plant, UnitReceived)] == [""]
