"""Documents are found in whatever they come wrapped in."""

from collections import Counter

import pytest

from asbuilt.exchange.catenax.documents import Document, NotRead, documents_in
from asbuilt.exchange.catenax.reading import Piece
from asbuilt.exchange.intake.findings import Place
from tests.exchange.catenax.made import batch, bom, item_id, serial_part

SERIAL = "urn:samm:io.catenax.serial_part:3.0.0#SerialPart"
BATCH = "urn:samm:io.catenax.batch:4.0.0#Batch"
BOM = "urn:bamm:io.catenax.single_level_bom_as_built:1.0.0#SingleLevelBomAsBuilt"
USAGE = "urn:samm:io.catenax.single_level_usage_as_built:3.0.0#SingleLevelUsageAsBuilt"


def found_in(value, *, file="x.json"):
    """(aspect, version, pointer) of each document, how much is not read, and what is not recognised."""
    documents, not_read, unrecognised = [], Counter(), []
    for one in documents_in(Piece(value, Place(file))):
        if isinstance(one, Document):
            documents.append((one.aspect.value, one.version, one.place.pointer))
        elif isinstance(one, NotRead):
            not_read[one.name] += 1
        else:
            unrecognised.append(one.place.pointer)
    return documents, dict(not_read), unrecognised


@pytest.mark.parametrize("version", [3, 4])
def test_a_document_is_known_by_its_fields(version):
    assert found_in(serial_part(1, "7", version=version)) == ([("SerialPart", "", "")], {}, [])
    assert found_in(batch(1, "L7", version=version)) == ([("Batch", "", "")], {}, [])
    assert found_in(bom(1, 2, version=version)) == ([("SingleLevelBomAsBuilt", "", "")], {}, [])


@pytest.mark.parametrize(
    ("document", "aspect"),
    [
        (serial_part(1, more_identifiers=[("van", "V1")]), "SerialPart"),
        (serial_part(1, more_identifiers=[("PartInstanceID", "V1")]), "SerialPart"),
        (serial_part(1, version=4), "SerialPart"),
        (batch(1, version=4), "Batch"),
        (serial_part(1, "7", more_identifiers=[("batchId", "L1")]), "SerialPart"),
        (serial_part(1), "SerialPart"),
        (serial_part(1, "7", version=4, more_identifiers=[("jisNumber", "J1")]), "SerialPart"),
    ],
)
def test_serial_parts_and_batches_are_told_apart_by_what_identifies_them(document, aspect):
    assert found_in(document)[0] == [(aspect, "", "")]


def test_the_name_of_the_file_decides_where_nothing_else_does():
    assert found_in(batch(1), file="in/Batch-17.json")[0] == [("Batch", "", "")]
    assert found_in(batch(1), file="in/17.json")[0] == [("SerialPart", "", "")]


def test_documents_that_are_not_imported_are_named():
    planned = {"catenaXId": item_id(1), "childItems": [{"catenaXId": item_id(2), "validityPeriod": {}}]}
    usage = {"catenaXId": item_id(1), "parentItems": []}
    in_sequence = serial_part(1, more_identifiers=[("jisNumber", "J1")])
    part_type = {"catenaXId": item_id(1), "partTypeInformation": {"manufacturerPartId": "P"}}
    part_as_planned = serial_part(1, localIdentifiers=[], validityPeriod={})
    assert found_in([planned, usage, in_sequence, part_type, part_as_planned]) == (
        [],
        dict.fromkeys(
            (
                "SingleLevelBomAsPlanned",
                "SingleLevelUsageAsBuilt",
                "JustInSequencePart",
                "PartTypeInformation",
                "PartAsPlanned",
            ),
            1,
        ),
        [],
    )


def test_the_items_of_a_test_data_container_are_read_by_their_urns():
    item = {
        "catenaXId": item_id(1),
        "bpnl": "BPNL00000000MAKE",
        "PlainObject": [{"CREATION_DATE": "2022-09-26"}],
        SERIAL: [serial_part(1, "7")],
        BOM: [bom(1, 2)],
        USAGE: [{"parentItems": []}, {"parentItems": []}],
        "urn:samm:io.catenax.traction_battery_code:2.0.0#TractionBatteryCode": [{"subcomponents": [{}]}],
    }
    documents, not_read, unrecognised = found_in(item)
    assert documents == [
        ("SerialPart", "3.0.0", f"/{SERIAL}/0"),
        ("SingleLevelBomAsBuilt", "1.0.0", f"/{BOM}/0"),
    ]
    assert not_read == {"PlainObject": 1, "SingleLevelUsageAsBuilt": 2, "TractionBatteryCode": 1}
    assert unrecognised == []


def test_an_asset_with_submodels_is_read_by_their_aspect_types():
    asset = {
        "assetMetaInfo": {"catenaXId": item_id(1)},
        "submodels": [
            {"aspectType": BATCH, "payload": batch(1, "L1", version=4)},
            {"aspectType": USAGE, "payload": {}},
            {"aspectType": BOM, "payload": None},
        ],
    }
    assert found_in(asset) == (
        [("Batch", "4.0.0", "/submodels/0/payload")],
        {"SingleLevelUsageAsBuilt": 1},
        ["/submodels/2"],
    )


@pytest.mark.parametrize("key", ["aspects", "submodels", "submodelPayloads", "anythingElse"])
@pytest.mark.parametrize(
    "name", ["SerialPart", "serialPart", "serial_part", SERIAL, "https://catenax.io/schema/SerialPart/1.0.0"]
)
def test_payloads_lie_under_aspect_names_in_any_way(key, name):
    payload = serial_part(1, "7")
    for held in (payload, [payload], {"payload": payload}, [{"data": payload}]):
        for item in ({"catenaXId": item_id(1), key: {name: held}}, {"catenaXId": item_id(1), name: held}):
            documents, not_read, unrecognised = found_in(item)
            assert [aspect for aspect, _, _ in documents] == ["SerialPart"], item
            assert (not_read, unrecognised) == ({}, [])


def test_payloads_lie_in_lists_with_or_without_a_type():
    item = {
        "catenaXId": item_id(1),
        "aspects": [
            {"aspect": "SerialPart", "content": serial_part(1, "7")},
            {"semanticId": {"keys": [{"type": "GlobalReference", "value": BATCH}]}, "payload": batch(1, "L")},
            {"x-samm-aspect-model-urn": BOM, **bom(1, 2)},
            bom(1, 3),
        ],
    }
    assert [(aspect, version) for aspect, version, _ in found_in(item)[0]] == [
        ("SerialPart", ""),
        ("Batch", "4.0.0"),
        ("SingleLevelBomAsBuilt", "1.0.0"),
        ("SingleLevelBomAsBuilt", ""),
    ]


def test_a_result_of_the_item_relationship_service_is_searched():
    result = {
        "job": {"globalAssetId": item_id(9), "parameter": {"aspects": ["SerialPart"]}},
        "relationships": [{"catenaXId": item_id(1), "linkedItem": {"childCatenaXId": item_id(2)}}],
        "submodels": [{"identification": "x", "aspectType": SERIAL, "payload": serial_part(1, "7")}],
    }
    documents, not_read, unrecognised = found_in(result)
    assert documents == [("SerialPart", "3.0.0", "/submodels/0/payload")]
    assert not_read == {"job": 1, "relationships": 1}
    assert unrecognised == []


def test_two_aspects_laid_together_are_both_read():
    assert [aspect for aspect, _, _ in found_in({**serial_part(1, "7"), **bom(1, 2)})[0]] == [
        "SingleLevelBomAsBuilt",
        "SerialPart",
    ]


@pytest.mark.parametrize("value", [None, 7, "text", {}, {"name": "x"}, {"submodels": [7, {}, {"x": 1}]}])
def test_what_holds_nothing_is_said_to_hold_nothing(value):
    documents, not_read, unrecognised = found_in(value)
    assert (documents, not_read) == ([], {})
    assert unrecognised


def test_nothing_is_searched_for_ever():
    value = {"catenaXId": item_id(1)}
    for _ in range(500):
        value = {"x": value}
    assert found_in(value)[0] == []


def test_the_schema_of_a_document_is_no_document():
    schema = {"$schema": "http://json-schema.org/draft-04/schema", "properties": {"catenaXId": {}, "childItems": {}}}
    assert found_in(schema) == ([], {"JSON Schema": 1}, [])
