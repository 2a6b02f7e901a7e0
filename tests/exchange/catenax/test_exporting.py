"""What is exported satisfies the published schemas, and comes back as the same genealogy."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import jsonschema_rs
import pytest

from asbuilt.capture.capture import Submission, capture
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.genealogy import ComponentDeclared, ComponentInstalled, ComponentRemoved, MaterialLoaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.subjects import Lot, Part, Station, Unit
from asbuilt.exchange.catenax.exporting import CannotExport
from asbuilt.exchange.catenax.validating import units_of_measure
from asbuilt.ledger.codec import captured
from asbuilt.ledger.opening import open_database, open_keeper
from tests.exchange.catenax.conftest import NOW, OWN_BPNL, Plant
from tests.exchange.catenax.generated import documents, lay_out, supply_chain
from tests.exchange.catenax.made import MAKER, SUPPLIER, batch, bom, child, item_id, serial_part
from tests.exchange.catenax.test_generated_set import closures

SEED = 4


@pytest.fixture(scope="session")
def departures(standards):
    """What the published schemas find wrong with an exported document of a version."""
    validators = {}
    for folder, name in (
        ("serial_part", "SerialPart"),
        ("batch", "Batch"),
        ("single_level_bom_as_built", "SingleLevelBomAsBuilt"),
    ):
        for version in (3, 4):
            path = standards / f"io.catenax.{folder}" / f"{version}.0.0" / "gen" / f"{name}-schema.json"
            validators[name, version] = jsonschema_rs.Draft4Validator(
                json.loads(path.read_text("utf-8")), validate_formats=True
            )

    def find(document, version):
        if "childItems" in document:
            name = "SingleLevelBomAsBuilt"
        else:
            name = "Batch" if any(one["key"] == "batchId" for one in document["localIdentifiers"]) else "SerialPart"
        text = json.loads(json.dumps(document, allow_nan=False))
        return [error.message for error in validators[name, version].iter_errors(text)]

    return find


@pytest.mark.parametrize("version", [3, 4])
def test_export_and_import_keep_the_genealogy(plant, other_plant, departures, version):
    chain = supply_chain(SEED, products=15, items_max=260)
    lay_out(documents(chain, SEED), plant.folder / "in", SEED)
    plant.reads(plant.folder / "in")
    exported = {}
    for item in chain.items.values():
        if item.level == 0:
            for document in plant.exports(item.item_id, version=version):
                assert departures(document, version) == []
                exported.setdefault(json.dumps(document, sort_keys=True), document)
    assert len(exported) > 250
    (other_plant.folder / "out.json").write_text(json.dumps(list(exported.values())))
    report = other_plant.reads(other_plant.folder / "out.json", strict=True)
    assert (report.refusals, report.warnings) == ((), ())
    assert sum(report.documents.values()) == len(exported)
    reached = {item.item_id for item in chain.items.values() if item.level == 0}
    reached |= {one for top in list(reached) for one in chain.below(top) if chain.items[one].is_delivered}
    kept = type(chain)({one: item for one, item in chain.items.items() if one in reached})
    below, above = closures(other_plant, kept)
    expected = chain.above()
    assert below == {one: chain.below(one) for one in reached}
    assert above == {one: expected[one] & reached for one in reached}
    for one in reached:
        assert other_plant.name_of(one) == plant.name_of(one)
    # Exporting what was imported from an export gives the same documents.
    top = next(iter(reached))
    assert _sorted(other_plant.exports(top, version=version)) == _sorted(plant.exports(top, version=version))


def _sorted(some):
    for document in some:
        document.get("childItems", []).sort(key=json.dumps)
    return sorted(json.dumps(document, sort_keys=True) for document in some)


class TestDocuments:
    @pytest.fixture
    def filled(self, plant):
        plant.imports(
            serial_part(1, "7", more_identifiers=[("van", "V7"), ("jisNumber", "J"), ("customKey:line", "L1")]),
            batch(2, "L2"),
            serial_part(3, "8", version=4),
            batch(4, "L4", version=4),
            bom(1, child(2, quantity=2.5, unit="unit:litre"), child(3, alternatives=True), child(9, quantity=2)),
            bom(2, 4),
        )
        return plant

    def test_of_version_3(self, filled, departures):
        unit, unit_bom, *rest = filled.exports(item_id(1), version=3)
        assert unit == {
            "catenaXId": item_id(1),
            "localIdentifiers": [
                {"key": "manufacturerId", "value": MAKER},
                {"key": "partInstanceId", "value": "7"},
                {"key": "customKey:line", "value": "L1"},
                {"key": "van", "value": "V7"},
            ],
            "manufacturingInformation": {"date": "2025-02-04T14:48:54Z"},
            "partTypeInformation": {"manufacturerPartId": "PUMP-200", "nameAtManufacturer": "Name of PUMP-200"},
        }
        assert unit_bom == {
            "catenaXId": item_id(1),
            "childItems": [
                _child("catenaXId", 2, MAKER, 2.5, "unit:litre", alternatives=False),
                _child("catenaXId", 3, MAKER, 1, "unit:piece", alternatives=True),
                _child("catenaXId", 9, SUPPLIER, 2, "unit:piece", alternatives=False),
            ],
        }
        assert [one["catenaXId"] for one in rest] == [item_id(2), item_id(2), item_id(3), item_id(4)]
        assert all(departures(one, 3) == [] for one in (unit, unit_bom, *rest))

    def test_of_version_4(self, filled, departures):
        unit, unit_bom, lot, *rest = filled.exports(item_id(1), version=4)
        assert unit["globalAssetId"] == item_id(1)
        assert unit["manufacturingInformation"] == {"productionDate": "2025-02-04"}
        assert unit["partTypeInformation"] == {
            "manufacturerPartId": "PUMP-200",
            "nameAtManufacturer": "Name of PUMP-200",
            "customerPartId": "PUMP-200",
            "nameAtCustomer": "Name of PUMP-200",
            "partClassification": [],
        }
        assert {one["key"] for one in unit["localIdentifiers"]} == {
            "manufacturerId",
            "partInstanceId",
            "van",
            "jisNumber",
            "customKey",
        }
        assert lot["partTypeInformation"] == {"manufacturerPartId": "GLUE-5", "nameAtManufacturer": "Name of GLUE-5"}
        assert all(departures(one, 4) == [] for one in (unit, unit_bom, lot, *rest))

    def test_a_single_level_is_two_documents(self, filled):
        assert filled.exports(item_id(1), levels="single", version=3) == filled.exports(item_id(1), version=3)[:2]
        assert len(filled.exports(item_id(4), levels="single")) == 1

    def test_what_was_delivered_later_is_exported_as_linked(self, filled):
        filled.imports(serial_part(9, "late"), name="late.json")
        children = filled.exports(item_id(1), version=3)[1]["childItems"]
        assert [(one["catenaXId"], one["businessPartner"]) for one in children][2:] == [(item_id(9), MAKER)]

    def test_alternatives_not_delivered_stay_alternatives(self, plant):
        plant.imports(serial_part(1, "7"), bom(1, child(2, alternatives=True)))
        assert plant.exports(item_id(1))[1]["childItems"][0]["hasAlternatives"] is True


def _child(key, number, partner, quantity, unit, *, alternatives):
    return {
        key: item_id(number),
        "quantity": {"value": quantity, "unit": unit},
        "hasAlternatives": alternatives,
        "createdOn": "2025-03-01T08:00:00Z",
        "businessPartner": partner,
    }


class TestOurOwnRecord:
    """What was built here, without any Catena-X document."""

    @pytest.fixture
    def built(self, plant):
        part, board, glue = Part(OWN_BPNL, "IPC-4500"), Part("ACME", "PCB"), Part(OWN_BPNL, "GLUE")
        pump, pcb, old, tube, fed = Unit(part, "1"), Unit(board, "1"), Unit(board, "2"), Lot(glue, "1"), Lot(glue, "2")
        station = Station("ST-1")
        events = [
            PartDefined(**at(1), part=part),
            PartDefined(**at(2), part=board, description="Board"),
            PartDefined(**at(3), part=glue, tracking=Tracking.LOT, uom="g"),
            UnitCommissioned(**at(4), unit=pump),
            UnitCommissioned(**at(5), unit=pcb),
            UnitCommissioned(**at(6), unit=old),
            LotDefined(**at(7), lot=tube, quantity=Decimal(100), uom="g", manufactured_on=date(2025, 1, 2)),
            LotDefined(**at(8), lot=fed),
            ComponentInstalled(**at(9), unit=pump, component=old, reference_designator="A1"),
            ComponentRemoved(**at(10), unit=pump, component=old, reason="broken"),
            ComponentInstalled(**at(11), unit=pump, component=pcb, reference_designator="A1"),
            ComponentInstalled(
                **at(12), unit=pump, lot=tube, quantity=Decimal("1.5"), uom="g", reference_designator="C1"
            ),
            ComponentInstalled(
                **at(12.5), unit=pump, lot=tube, quantity=Decimal(2), uom="g", reference_designator="C2"
            ),
            ComponentDeclared(**at(13), unit=pcb, scheme="supplier_serial", value="X-1", supplier="ACME"),
            MaterialLoaded(**at(14), lot=fed, station=station, slot="1"),
            OperationCompleted(**at(15), unit=pump, operation="OP-10", station=station),
            OperationCompleted(**at(16), unit=pump, operation="OP-20", station=station),
        ]
        submission = Submission(events=tuple(captured(event) for event in events), actor="tests")
        (answers,) = capture(plant.database, plant.site, [submission], now=NOW)
        assert {answer.outcome.value for answer in answers} == {"recorded"}
        return plant

    def test_it_is_exported_with_ids_that_stay(self, built, departures):
        first = built.exports("IPC-4500/1", bpnls={"Acme": MAKER}, version=3)
        again = built.exports("IPC-4500/1", bpnls={"ACME": MAKER}, version=3)
        assert first == again
        assert all(departures(one, 3) == [] for one in first)
        unit, unit_bom, *rest = first
        assert unit["catenaXId"].startswith("urn:uuid:")
        # The unit and the lot numbered 1 of two parts have ids of their own, and so has what is only declared.
        assert len({one["catenaXId"] for one in (unit, *rest)}) == 4
        quantities = [
            (one["quantity"]["value"], one["quantity"]["unit"], one["businessPartner"])
            for one in unit_bom["childItems"]
        ]
        assert quantities == [(1, "unit:piece", MAKER), (3.5, "unit:gram", OWN_BPNL), (1, "unit:piece", OWN_BPNL)]
        assert [one["manufacturingInformation"]["date"] for one in rest if "localIdentifiers" in one] == [
            "2026-01-01T00:00:05Z",
            "2025-01-02",
            "2026-01-01T00:00:08Z",
        ]

    def test_it_can_be_read_by_another(self, built, other_plant):
        exported = built.exports("IPC-4500/1", bpnls={"ACME": MAKER})
        report = other_plant.imports(*exported)
        assert (report.refusals, report.units, report.lots, report.links, len(report.not_delivered)) == ((), 2, 2, 3, 1)
        assert other_plant.names_below(f"{OWN_BPNL}:IPC-4500/1") >= {
            f"{MAKER}:PCB/1",
            f"{OWN_BPNL}:GLUE/1",
            f"{OWN_BPNL}:GLUE/2",
        }

    def test_reading_it_back_changes_nothing_but_gives_ids(self, built):
        before = built.contents("IPC-4500/1")
        report = built.imports(*built.exports("IPC-4500/1", bpnls={"ACME": "BPNL00000000LYON"}, levels="single"))
        assert report.refusals == ()
        assert built.contents("IPC-4500/1")[: len(before)] == before

    def test_a_business_partner_without_bpnl_is_named_with_what_to_do(self, built):
        with pytest.raises(CannotExport, match=r"no BPNL is known for 'ACME': give bpnls=\{'ACME': 'BPNL…'\}"):
            built.exports("IPC-4500/1")
        with pytest.raises(CannotExport, match="no BPNL is known for 'ACME'"):
            built.exports("IPC-4500/1", bpnls={"ACME": "BPNX"})

    def test_our_own_bpnl_can_be_given_where_the_issuer_is_none(self, tmp_path):
        keeper = open_keeper(f"sqlite:///{tmp_path / 'acme.sqlite'}")
        keeper.migrate()
        keeper.add_site("LYON", "ACME")
        keeper.close()
        database = open_database(f"sqlite:///{tmp_path / 'acme.sqlite'}")
        acme = Plant(database, database.site("LYON"), tmp_path)
        acme.imports(serial_part(1, "7", maker=None))
        with pytest.raises(CannotExport):
            acme.exports(item_id(1))
        (exported,) = acme.exports(item_id(1), own_bpnl=MAKER)
        assert exported["localIdentifiers"][0] == {"key": "manufacturerId", "value": MAKER}
        database.close()


def at(second):
    return {"event_id": UUID(int=int(second * 10)), "event_time": datetime(2026, 1, 1, 0, 0, int(second), tzinfo=UTC)}


def test_a_unit_of_measure_the_standard_lacks_is_named_with_what_to_do(plant):
    plant.imports(serial_part(1, "7"), batch(2, "L"), bom(1, child(2, quantity=3, unit="unit:reel")))
    with pytest.raises(CannotExport, match=r"the standard has no unit for 'reel': give uoms=\{'reel': 'unit:…'\}"):
        plant.exports(item_id(1))
    (line,) = plant.exports(item_id(1), uoms={"reel": "unit:piece"})[1]["childItems"]
    assert line["quantity"] == {"value": 3, "unit": "unit:piece"}


def test_the_units_of_the_standard_are_known():
    assert len(units_of_measure()) == 35
    assert "piece" in units_of_measure()
