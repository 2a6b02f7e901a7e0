"""Documents that depart from their schema are read as far as they can be understood; the rest is refused with reason."""

import json
from datetime import UTC, datetime

import pytest

from asbuilt.queries.naming import unit_meant
from asbuilt.queries.units import unit
from tests.exchange.catenax.made import MAKER, batch, bom, changed, child, item_id, reasons, serial_part


class TestDepartures:
    """What can be understood is imported, and every departure from the schema is said."""

    @pytest.mark.parametrize(
        ("changes", "pointers"),
        [
            ({"manufacturingInformation": {"date": "2022-02-04T14:48:54"}}, {("/manufacturingInformation/date", "schema"), ("/manufacturingInformation/date", "time")}),
            ({"manufacturingInformation": {"date": "yesterday"}}, {("/manufacturingInformation/date", "schema"), ("/manufacturingInformation/date", "time")}),
            ({"manufacturingInformation": None}, {("", "schema"), ("/manufacturingInformation", "time")}),
            ({"manufacturingInformation": {"date": "2022-02-04", "country": "Germany"}}, {("/manufacturingInformation/country", "schema")}),
            ({"localIdentifiers": [{"key": "partInstanceId", "value": 7}]}, {("/localIdentifiers/0/value", "schema"), ("/localIdentifiers", "text")}),
            ({"localIdentifiers": [{"key": "serialNo", "value": "7"}]}, {("/localIdentifiers/0/key", "schema")}),
            ({"localIdentifiers": "none"}, {("/localIdentifiers", "schema")}),
            ({"partTypeInformation": {"manufacturerPartId": "P"}}, {("/partTypeInformation", "schema")}),
            ({"partTypeInformation": {"manufacturerPartId": "P", "nameAtManufacturer": "a\x07b\n"}}, {("/partTypeInformation/nameAtManufacturer", "text")}),
        ],
    )  # fmt: skip
    def test_of_a_serial_part(self, plant, changes, pointers):
        document = serial_part(1, "7", **changes)
        report = plant.imports({"SerialPart": document})
        assert (report.units, report.refusals) == (1, ())
        assert {(one.pointer.removeprefix("/SerialPart"), one.rule) for one in report.warnings} == pointers
        strict = [one for one in report.warnings if one.rule == "schema"]
        refused = plant.imports({"SerialPart": {**document, "catenaXId": item_id(2)}}, strict=True, name="strict.json")
        assert [(one.pointer, one.rule) for one in refused.refusals] == [(one.pointer, one.rule) for one in strict]
        assert refused.units == (0 if strict else 1)

    @pytest.mark.parametrize(
        ("line", "pointers"),
        [
            (child(2, createdOn=None, lastModifiedOn=None), {("", "schema"), ("", "time")}),
            (child(2, createdOn="2022-02-30T00:00:00Z"), {("/createdOn", "time")}),
            (child(2, createdOn="2022-02-03T14:48:54"), {("/createdOn", "time")}),
            (child(2, hasAlternatives=None), {("", "schema")}),
            (child(2, businessPartner=None), {("", "schema")}),
            (child(2, businessPartner="someone"), {("/businessPartner", "schema")}),
            (child(2, quantity=1, unit="unit:bucket"), {("/quantity/unit", "schema")}),
            (changed(child(2), {"quantity": None}), {("", "schema"), ("/quantity", "quantity")}),
            (changed(child(2), {"quantity": {"value": 1}}), {("/quantity", "schema"), ("/quantity/unit", "quantity")}),
            (changed(child(2), {"quantity": {"quantityNumber": 1, "measurementUnit": "unit:piece"}}), {("/quantity", "schema")}),
            (child(2, quantity=0.123456789), {("/quantity/value", "quantity")}),
        ],
    )  # fmt: skip
    def test_of_a_bom(self, plant, line, pointers):
        report = plant.imports(serial_part(1, "7"), serial_part(2, "8"), bom(1, line))
        assert (report.links, report.refusals) == (1, ())
        assert {(one.pointer.removeprefix("/2/childItems/0"), one.rule) for one in report.warnings} == pointers

    def test_of_a_date_of_version_4(self, plant):
        report = plant.imports(
            serial_part(1, "7", version=4, manufacturingInformation={"productionDate": "2025-02-30"})
        )
        place = "/manufacturingInformation/productionDate"
        assert (report.units, reasons(report.warnings)) == (1, [(place, "schema"), (place, "time")])
        assert commissioned_at(plant, item_id(1)) == datetime(1970, 1, 1, tzinfo=UTC)

    def test_every_warning_names_file_and_value(self, plant):
        report = plant.imports(
            serial_part(1, "7", manufacturingInformation={"date": "2022-02-04T14:48:54"}), name="theirs.json"
        )
        assert {one.file for one in report.warnings} == {str(plant.folder / "theirs.json")}
        assert "2022-02-04T14:48:54" in report.warnings[0].reason

    def test_an_older_version_is_read_and_that_is_said(self, plant):
        item = {
            "catenaXId": item_id(1),
            "bpnl": MAKER,
            "urn:bamm:io.catenax.serial_part:1.1.0#SerialPart": [serial_part(1, "7")],
            "urn:bamm:io.catenax.single_level_bom_as_built:1.0.0#SingleLevelBomAsBuilt": [
                {"catenaXId": item_id(1), "childParts": [{"childCatenaXId": item_id(2), "assembledOn": "2022-02-03T14:48:54Z",
                  "quantity": {"quantityNumber": 2, "measurementUnit": {"lexicalValue": "piece"}}}]},
            ],
        }  # fmt: skip
        report = plant.imports(item, serial_part(2, "8"))
        assert (report.links, report.refusals) == (1, ())
        assert sum("not one of the versions known" in one.reason for one in report.warnings) == 2
        assert plant.as_built(item_id(1)).components[0].quantity == 2


class TestRefusals:
    """What cannot be understood is refused with file, pointer and reason; nothing else is lost."""

    @pytest.mark.parametrize(
        ("document", "pointer", "rule"),
        [
            (serial_part(1, "7", catenaXId=None), "/0", "identity"),
            (serial_part("4711", "7"), "/0/catenaXId", "identity"),
            (serial_part(1, "7", catenaXId=12), "/0/catenaXId", "identity"),
            (serial_part(1, "7", partTypeInformation=None), "/0/partTypeInformation/manufacturerPartId", "part"),
            (serial_part(1, "7", partTypeInformation={"manufacturerPartId": " "}), "/0/partTypeInformation/manufacturerPartId", "part"),
            (serial_part(1, "7", partTypeInformation={"manufacturerPartId": 12}), "/0/partTypeInformation/manufacturerPartId", "part"),
            (serial_part(1, "7", part="P\x00"), "/0/partTypeInformation/manufacturerPartId", "part"),
            (serial_part(1, "7", part="P" * 201), "/0/partTypeInformation/manufacturerPartId", "part"),
            ({"SerialPart": None}, "/0", "unrecognised"),
            ({"SerialPart": ["text"]}, "/0/SerialPart/0", "unrecognised"),
            ({"SingleLevelBomAsBuilt": {"catenaXId": item_id(8)}}, "/0/SingleLevelBomAsBuilt/childItems", "component"),
            ({"catenaXId": item_id(8), "childItems": "none"}, "/0/childItems", "component"),
            ({"childItems": []}, "/0", "identity"),
            (bom("no id", 9), "/0/catenaXId", "identity"),
            (bom(9, child("no id")), "/0/childItems/0/catenaXId", "component"),
            (bom(9, child(8, catenaXId=None)), "/0/childItems/0/catenaXId", "component"),
            (bom(9, "text"), "/0/childItems/0", "component"),
            (bom(9, child(8, quantity=0)), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity=-2.5)), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity="two")), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity=None)), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity=1e300)), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity=float("nan"))), "/0/childItems/0/quantity/value", "quantity"),
            (bom(9, child(8, quantity=float("inf"))), "/0/childItems/0/quantity/value", "quantity"),
            (42, "/0", "unrecognised"),
            ({"hello": "world"}, "/0", "unrecognised"),
        ],
    )  # fmt: skip
    def test_with_place_and_reason(self, plant, document, pointer, rule):
        good = [serial_part(9, "9"), serial_part(8, "8"), serial_part(6, "6"), bom(6, 5), serial_part(5, "5")]
        report = plant.imports(document, *good)
        assert (report.refusals[0].pointer, report.refusals[0].rule) == (pointer, rule)
        assert len(report.refusals) == report.refused == 1
        assert report.refusals[0].reason
        assert report.refusals[0].file == str(plant.folder / "documents.json")
        assert (report.units, report.links) == (4, 1)

    def test_one_bad_line_does_not_lose_the_others(self, plant):
        report = plant.imports(
            serial_part(1, "7"), serial_part(2, "8"), batch(3, "L"), bom(1, 2, child("x"), child(3, quantity=0), 3)
        )
        assert (report.links, len(report.refusals)) == (2, 2)

    def test_a_file_that_is_no_json_stops_no_other(self, plant):
        (plant.folder / "a.json").write_text('{"catenaXId": ')
        (plant.folder / "b.json").write_text(json.dumps(serial_part(1, "7")))
        report = plant.reads(plant.folder)
        assert (report.units, [(one.file, one.rule) for one in report.refusals]) == (
            1,
            [(str(plant.folder / "a.json"), "file")],
        )

    def test_rules_of_the_record_hold_and_are_named(self, plant):
        report = plant.imports(serial_part(1, "7"), serial_part(2, "8"), bom(1, 1, 2), bom(2, 1))
        assert [(one.pointer, one.rule) for one in report.refusals] == [
            ("/2/childItems/0", "GEN-002"),
            ("/3/childItems/0", "GEN-002"),
        ]
        assert (report.links, plant.names_below(item_id(1))) == (1, {f"{MAKER}:PUMP-200/8"})


def commissioned_at(plant, name):
    with plant.database.reading(plant.site) as reader:
        return unit(reader, unit_meant(reader, name)).commissioned_at
