"""Nothing in a document brings the import down, and nothing harmful is recorded or shown."""

import json
import random
import string

import pytest

from asbuilt.exchange.intake.findings import shown
from tests.exchange.catenax.made import batch, bom, child, item_id, serial_part

TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff tail",
    "\u202edrawkcab",
    "\ufeff",
    "\u200b",
    "x" * 100_000,
    "'; DROP TABLE event; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "%2F%3A%",
    "a:b/c%d",
    "\u0130stanbul",
    "e\u0301",
    "😀" * 300,
    "null",
    "\r\nInjected: header",
]
VALUES = [None, True, 0, -1, 1e308, [], {}, [[]], [None], {"a": {"b": []}}, *TEXTS]


def everywhere(document, value):
    """The document with each of its values, in turn, replaced by `value`."""
    paths = []

    def walk(node, path):
        paths.append(path)
        if isinstance(node, dict):
            for key in node:
                walk(node[key], (*path, key))
        if isinstance(node, list):
            for number, element in enumerate(node):
                walk(element, (*path, number))

    walk(document, ())
    for path in paths[1:]:
        copy = json.loads(json.dumps(document))
        node = copy
        for token in path[:-1]:
            node = node[token]
        node[path[-1]] = value
        yield copy


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_any_value_may_stand_anywhere(plant, value):
    documents = [serial_part(1, "7", more_identifiers=[("van", "V")]), batch(2, "L"), bom(1, child(2))]
    hostile = [
        one
        for document in documents
        for one in everywhere({"catenaXId": item_id(3), "aspects": {"x": document}}, value)
    ]
    hostile += [one for document in documents for one in everywhere({"SerialPart": [document], "bpnl": "B"}, value)]
    report = plant.imports(*hostile)
    findings = [*report.refusals, *report.warnings]
    assert findings
    assert all(one.file and one.rule and one.reason for one in findings)
    assert all((one.pointer + one.reason).isprintable() for one in findings)
    assert max(len(one.reason) for one in findings) < 5_000
    again = plant.imports(*hostile)
    assert again.recorded == 0


@pytest.mark.parametrize("text", TEXTS, ids=lambda value: repr(value)[:20])
def test_any_key_may_stand_anywhere(plant, text):
    report = plant.imports(
        {text: serial_part(1, "7")},
        {"catenaXId": item_id(2), text: [text], "aspects": {text: {text: text}}},
        serial_part(3, "9", more_identifiers=[(text, "value"), ("van", text)]),
    )
    assert report.units == 2
    assert all((one.pointer + one.reason).isprintable() for one in [*report.refusals, *report.warnings])


def test_names_with_separators_are_one_thing_and_stay_readable(plant):
    report = plant.imports(
        serial_part(1, "a:b/c%d", part="P/1:2%", maker="MA:KER"), serial_part(2, "b/c%d", part="P/1:2%/a")
    )
    assert (report.units, report.refusals) == (2, ())
    assert plant.name_of(item_id(1)) == "MA%3AKER:P%2F1%3A2%25/a:b/c%25d"
    assert plant.name_of("MA%3AKER:P%2F1%3A2%25/a:b/c%25d") == plant.name_of(item_id(1))


def test_a_bom_of_many_lines_is_read(plant):
    plant.imports(
        serial_part(0, "0"), *(batch(number, f"L{number}") for number in range(1, 1_501)), bom(0, *range(1, 1_501))
    )
    assert len(plant.contents(item_id(0))) == 1_500


def test_a_chain_of_150_levels_is_read(plant):
    units = [serial_part(number, str(number)) for number in range(150)]
    report = plant.imports(*units, *(bom(number, number + 1) for number in range(149)))
    assert report.links == 149
    assert len(plant.names_below(item_id(0))) == 149
    assert len(plant.names_above(item_id(149))) == 149


def test_random_bytes_are_refused_not_fatal(plant):
    random.seed(7)
    text = json.dumps([serial_part(1, "7"), bom(1, 2)]).encode()
    for number in range(300):
        broken = bytearray(text)
        for _ in range(random.randint(1, 4)):
            broken[random.randrange(len(broken))] = random.randrange(256)
        if number % 3 == 0:
            del broken[random.randrange(len(broken)) :]
        report = plant.imports_text(bytes(broken))
        assert report.refused + sum(report.documents.values()) + sum(report.not_read.values()) > 0, bytes(broken)


def test_random_structures_are_refused_not_fatal(plant):
    random.seed(11)
    keys = ["catenaXId", "globalAssetId", "childItems", "payload", "aspectType", "submodels", "aspects", "SerialPart", "localIdentifiers", "key",
            "value", "quantity", "unit", "partTypeInformation", "manufacturerPartId", "bpnl", "semanticId", "keys", "assetMetaInfo"]  # fmt: skip

    def structure(depth):
        kind = random.random()
        if depth == 0 or kind < 0.3:
            return random.choice(
                [None, True, 1, -2.5, item_id(1), "SerialPart", "unit:piece", random.choice(string.printable)]
            )
        if kind < 0.5:
            return [structure(depth - 1) for _ in range(random.randint(0, 3))]
        return {random.choice(keys): structure(depth - 1) for _ in range(random.randint(0, 5))}

    for _ in range(300):
        plant.imports(structure(6))


def test_what_is_shown_is_printable():
    assert shown("a\x1b[31mb\ud800") == "a\\u001b[31mb\\ud800"
    assert shown("plain ü") == "plain ü"
