"""The OpenAPI description: valid, complete, true, and the kept copy current."""

import json
import re
from decimal import Decimal

import jsonschema_rs
import pytest

from asbuilt.api import reference, urls
from asbuilt.api.openapi import openapi
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    SetupListDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.identity import AliasAssigned
from asbuilt.core.events.production import OperationCompleted, UnitPanelled, WorkOrderHeld
from asbuilt.core.events.recalls import (
    RecallDispositioned,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.events.setups import SetupActivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part, unit_named
from tests.api.examples import example, full_example, queue_label
from tests.api.talk import case, event, index_of
from tests.world import START

ASKED = {
    "scan": {"text": "PCB-10/7"},
    "interlock": {"unit": "PCB-10/7", "operation": "OP-1"},
    "commonality": {"failed": "OP-030", "part_number": "PCB-10", "attempts": "all"},
    "spc": {"part_number": "PCB-10", "operation": "OP-030", "characteristic": "gap", "attempts": "all"},
}
"""What is asked of routes that need to be told."""
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(scope="module")
def document(django_started) -> dict:
    return json.loads(json.dumps(openapi()))


def validator(document, name: str):
    """Validates against a schema of the document, with all it refers to."""
    schemas = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schemas, validate_formats=True)


def everywhere(node, path=""):
    """Every object in the document, with its path."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from everywhere(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from everywhere(value, f"{path}/{index}")


def test_the_kept_copy_is_current(django_started):
    assert reference.is_current(), "run: python -m asbuilt.api.reference"


def test_a_kept_copy_that_is_out_of_date_is_noticed(django_started, monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "DOCUMENT", tmp_path / "reference" / "openapi.json")
    assert not reference.is_current()
    reference.write()
    assert reference.is_current()
    reference.DOCUMENT.write_text(reference.DOCUMENT.read_text().replace("part_number", "part", 1))
    assert not reference.is_current()


def test_it_is_served_as_it_is_kept(api):
    assert api.json("openapi.json") == json.loads(reference.DOCUMENT.read_text())


def test_its_frame_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert {"title", "version", "license"} <= document["info"].keys()
    for path, item in document["paths"].items():
        assert path.startswith("/")
        assert item.keys() <= METHODS
        in_path = set(re.findall(r"{(\w+)}", path))
        for method, operation in item.items():
            with case(path, method):
                assert operation.keys() <= {"summary", "parameters", "requestBody", "responses"}
                parameters = operation.get("parameters", [])
                assert {one["name"] for one in parameters if one["in"] == "path"} == in_path
                assert len({(one["name"], one["in"]) for one in parameters}) == len(parameters)
                for one in parameters:
                    assert one["in"] in ("path", "query", "header")
                    assert one["schema"]
                    assert one["in"] != "path" or one["required"] is True
                assert operation["responses"]
                for status, response in operation["responses"].items():
                    assert re.fullmatch(r"[1-5]\d\d", status)
                    assert "$ref" in response or response["description"]


def test_every_reference_leads_somewhere(document):
    for path, node in everywhere(document):
        if "$ref" in node:
            with case(path, node["$ref"]):
                found = document
                for step in node["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
                assert isinstance(found, dict)


def test_every_schema_in_it_is_json_schema(document):
    schemas = list(document["components"]["schemas"].values())
    schemas += [node["schema"] for _, node in everywhere(document) if isinstance(node.get("schema"), dict)]
    assert len(schemas) > 80
    for schema in schemas:
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def test_every_route_is_in_it_and_nothing_else(document):
    paths = set()
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern).replace("<path:name>", "{name}").replace("<int:number>", "{number}")
        assert "<" not in route, "a new converter needs a word here and in the description"
        paths.add(f"/api/{route}")
    assert paths == set(document["paths"])


def test_every_method_in_it_is_taken_and_no_other(api, document):
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            with case(path, method):
                asked = path.removeprefix("/api/v1/").replace("{name}", "X/1").replace("{number}", "1")
                answer = api.request(method.upper(), asked)
                assert (answer.status_code != 405) == (method in item)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_event_is_described_as_it_is_taken(document, kind):
    for made in (example(kind), full_example(kind)):
        for name in (kind.__name__, "Event"):
            validator(document, name).validate(made)
        assert not validator(document, kind.__name__).is_valid({**made, "colour": "red"})
        for needed in document["components"]["schemas"][kind.__name__]["required"]:
            short = {key: value for key, value in made.items() if key != needed}
            assert not validator(document, kind.__name__).is_valid(short)


def call_back(world, unit: str) -> None:
    found = unit_named(unit, own_issuer="ACME")
    world.captures(RecallOpened, "RC-1", reason="cracks", seeds=(RecallSeed(unit=found),), is_drill=True)
    world.captures(RecallScopeListed, "RC-1", is_certain=True, units=(found,))
    world.captures(RecallScopeFrozen, "RC-1", units=1, lots=0, certain=1, digest="0" * 64)
    world.captures(RecallNoticeIssued, "RC-1", customer="St. Anna")
    world.captures(RecallDispositioned, unit, recall="RC-1", disposition="cleared")


@pytest.fixture
def filled(served, world):
    world.part("CAP-100N", tracking="lot")
    world.part("PCB-10", component_record="read", process_record="station")
    world.part("PUMP-200", process_record="passed")
    cap = BillLine(item="10", part=Part("ACME", "CAP-100N"), quantity=Decimal("1.5"), effective_from=START)
    world.captures(BillOfMaterialsDefined, "BOM-PCB/1", part="PCB-10", lines=(cap,))
    world.captures(WorkCenterDefined, "TEST", area="Hall 2")
    world.captures(EquipmentDefined, "ICT-1", work_center="TEST")
    world.captures(CodeDefined, "defect", code="OPEN")
    world.order("WO-1", part="PUMP-200")
    world.unit("PUMP-200/1", work_order="WO-1")
    world.captures(WorkOrderHeld, "WO-1", reason="no material")
    slot = SetupSlot(slot="F1", part=Part("ACME", "CAP-100N"), quantity=Decimal("1.5"))
    world.captures(SetupListDefined, "SU-1/1", station="SMT-1", slots=(slot,))
    world.captures(SetupActivated, "SMT-1", setup_list="SU-1/1")
    world.unit("PCB-10/7", expires_on="2030-01-31")
    world.lot("CAP-100N/L1", quantity="10.5", uom="m", expires_on="2030-01-31")
    world.captures(MaterialLoaded, "CAP-100N/L1", station="SMT-1", slot="F1", quantity="2.5")
    world.captures(MaterialUnloaded, "CAP-100N/L1", station="SMT-1", slot="F1", remaining="2")
    world.captures(MaterialLoaded, "CAP-100N/L1", station="SMT-1", slot="F1")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP-100N/L1", quantity="1.25")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="mac", value="00:11")
    world.captures(UnitPanelled, "PUMP-200/1", panel="P-1", position="A1")
    call_back(world, "PCB-10/7")
    gap = Measurement(characteristic="gap", value=Decimal("1.5"), uom="mm")
    for _ in range(2):
        world.captures(OperationCompleted, "PCB-10/7", operation="OP-030", station="ICT-1", measurements=(gap,))
    world.unit("PCB-10/8")
    world.captures(OperationCompleted, "PCB-10/8", operation="OP-030", station="ICT-2", result="failed")
    assert queue_label(world, "PUMP-200/1") == 1
    index_of(world)


def test_every_answer_is_as_described(api, document, filled):
    for path, item in document["paths"].items():
        if "get" not in item or path.endswith("openapi.json"):
            continue
        asked = path.removeprefix("/api/v1/").replace("lots/{name}", "lots/CAP-100N/L1")
        asked = (
            asked.replace("panels/{name}", "panels/P-1")
            .replace("work-orders/{name}", "work-orders/WO-1")
            .replace("setups/{name}", "setups/SMT-1")
            .replace("recalls/{name}", "recalls/RC-1")
            .replace("{name}", "PCB-10/7")
            .replace("{number}", "1")
        )
        given = ASKED.get(asked, {})
        content = item["get"]["responses"]["200"]["content"]
        if "application/json" not in content:
            assert api.get(asked)["Content-Type"] in content
            continue
        with case(path):
            schema = {**content["application/json"]["schema"], "components": document["components"]}
            told = api.json(asked, **given)
            jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(told)
            assert told != {}
        if "application/x-ndjson" in content:
            schema = {**content["application/x-ndjson"]["schema"], "components": document["components"]}
            for row in api.rows(asked, **given):
                jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(row)


def test_every_answer_to_a_capture_and_every_problem_is_as_described(api, document, filled, world):
    moved = event("UnitMoved", unit="PUMP-200/1", location="X")
    unknown = event("UnitMoved", unit="PUMP-200/404", location="X")
    for sent in ([moved, unknown], [moved], unknown):
        validator(document, "CaptureAnswer").validate(api.post("events", sent).json())
    issued = api.post("serials", {"part_number": "PUMP-200", "count": 2})
    validator(document, "SerialsIssued").validate(issued.json())
    world.unit("PUMP-200/7")
    for answer in (
        api.post("events", b"{"),
        api.post("events", event("UnitMoved", unit="X/1", location="X", site="GRAZ")),
        api.post("serials", {"part_number": "NONE", "count": 2}),
        api.get("units/NONE"),
        api.get("units/7"),
        api.request("DELETE", "units/7"),
    ):
        assert answer["Content-Type"] == "application/problem+json"
        validator(document, "Problem").validate(answer.json())


def test_the_statuses_that_are_given_are_described(api, document, filled, world):
    world.unit("PUMP-200/7")
    for method, asked, path, body in (
        ("get", "units/NONE", "units/{name}", ""),
        ("get", "units/7", "units/{name}", ""),
        ("get", "units?limit=0", "units", ""),
        ("post", "events", "events", "{"),
        ("post", "events", "events", json.dumps(event("UnitMoved", unit="X/1", location="X"))),
        ("post", "serials", "serials", '{"part_number": "NONE", "count": 1}'),
    ):
        answer = api.request(method.upper(), asked, body)
        assert answer.status_code != 200
        assert str(answer.status_code) in document["paths"][f"/api/v1/{path}"][method]["responses"]
