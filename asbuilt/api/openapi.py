"""The OpenAPI 3.1 description of the API, made from the same types that decode requests and encode answers."""

from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpResponse

from asbuilt import __version__
from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.api.capture import CaptureAnswer
from asbuilt.api.described_as_built import as_built_path
from asbuilt.api.described_commonality import COMMONALITY_TYPES, commonality_paths
from asbuilt.api.described_fleet import FLEET_TYPES, index_path, where_used_path
from asbuilt.api.described_labels import label_path, print_job_paths
from asbuilt.api.described_lists import COMPARED, defect_list, definition_lists, duplicate_list, order_lists
from asbuilt.api.described_recalls import RECALL_TYPES, recall_paths
from asbuilt.api.describing import (
    FORMAT,
    KEY,
    NAME,
    PROBLEM,
    PROBLEMS,
    REF,
    answer,
    get,
    list_schema,
    post,
    problem_refs,
    query_parameters,
    record_schema,
)
from asbuilt.api.labels import PrintWanted, RetryWanted, Settlement
from asbuilt.api.panels import PanelAnswer
from asbuilt.api.problems import SAFE, takes
from asbuilt.api.ranges import RangeReserved, RangeWanted
from asbuilt.api.reads import ReadsAnswer, ReadsSent
from asbuilt.api.serials import SerialsIssued, SerialsWanted
from asbuilt.api.shop_floor import HOURS_MAX, REFUSAL_ROWS, SPC_ROWS, YIELD_ROWS
from asbuilt.capture.capture import EVENTS_MAX
from asbuilt.capture.interlock import Judgement
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.rules.rule import Broken
from asbuilt.exchange.cfx.findings import CfxReport
from asbuilt.exchange.definitions.applying import DefinitionsReport
from asbuilt.exchange.panels.boards import PanelWork
from asbuilt.ledger.codec import event_schemas
from asbuilt.queries.as_built import AsBuilt, ComponentView
from asbuilt.queries.bills import AsDesigned, BillLineView, BillView
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.charts.constants import SIZE_MAX
from asbuilt.queries.charts.run_rules import RULE_SETS
from asbuilt.queries.defects import DefectPage, DefectView
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.identity import DuplicatePage, DuplicateView
from asbuilt.queries.lots import LotView
from asbuilt.queries.naming import Choice
from asbuilt.queries.orders import OrderPage, OrderRow, OrderView
from asbuilt.queries.panels import PanelView
from asbuilt.queries.parts import PartPage, PartView
from asbuilt.queries.print_jobs import PrintJobPage, PrintJobView
from asbuilt.queries.record import UnitRecord
from asbuilt.queries.refusals import RefusalReport
from asbuilt.queries.resources import CodeView, EquipmentView, WorkCenterView
from asbuilt.queries.scans import Resolution
from asbuilt.queries.serials import SerialRangeView
from asbuilt.queries.setups import SetupListView, SetupView, SlotView
from asbuilt.queries.spc import SUBGROUP_SIZE, Chart, ControlChart
from asbuilt.queries.units import UnitPage, UnitRow, UnitView
from asbuilt.queries.where_used import Affected
from asbuilt.queries.windows import SHIFTS
from asbuilt.queries.yields import STUCK_AFTER_H, GroupBy, YieldReport

_TYPES: tuple[type, ...] = (
    CaptureAnswer,
    ReadsSent,
    ReadsAnswer,
    CfxReport,
    DefinitionsReport,
    SerialsWanted,
    SerialsIssued,
    RangeWanted,
    RangeReserved,
    SerialRangeView,
    PrintWanted,
    RetryWanted,
    Settlement,
    PrintJobView,
    PrintJobPage,
    PartView,
    PartPage,
    UnitRow,
    UnitPage,
    DefectPage,
    DefectView,
    DuplicatePage,
    DuplicateView,
    UnitView,
    UnitRecord,
    LotView,
    HistoryEntry,
    AsBuilt,
    ComponentView,
    *COMPARED,
    Affected,
    AsDesigned,
    BillLineView,
    BillView,
    WorkCenterView,
    EquipmentView,
    CodeView,
    Resolution,
    Judgement,
    OrderPage,
    OrderRow,
    OrderView,
    PanelView,
    PanelWork,
    PanelAnswer,
    SetupListView,
    SetupView,
    SlotView,
    YieldReport,
    ControlChart,
    RefusalReport,
    *FLEET_TYPES,
    *RECALL_TYPES,
    *COMMONALITY_TYPES,
    Choice,
    Broken,
)
_INTERLOCK = (
    ("unit", "the unit: as in events, an alias, or a serial that only one has", {"type": "string"}),
    ("lot", "the lot instead, some of which it would be done to", {"type": "string"}),
    ("quantity", "how much of the lot", {"type": "string"}),
    ("is_retry", "whether that had failed there before", {"type": "boolean", "default": False}),
    ("operation", "the operation", {"type": "string"}),
    (
        "phase",
        "whether it would start, or be completed (as passed)",
        {"enum": ["start", "complete"], "default": "start"},
    ),
    ("station", "where", {"type": "string"}),
    ("work_order", "under which order", {"type": "string"}),
    ("tool", "with which tool", {"type": "string"}),
    ("program", "with which program", {"type": "string"}),
    ("operator", "who would do it", {"type": "string"}),
    ("at", "when: ISO 8601 with zone (without one UTC is meant); absent: now", {"type": "string"}),
)
_AT = ("at", "as it was at this time: ISO 8601 with zone (without one UTC is meant), or a date", {"type": "string"})
_SCAN = ("text", "what was scanned, as it came, separators included", {"type": "string"})
_UNIT_FILTERS = (
    ("q", "beginning of the serial number", {"type": "string"}),
    ("part_number", "part number, or issuer:part", {"type": "string"}),
    ("work_order", "work order", {"type": "string"}),
    ("status", "status", {"type": "string"}),
    ("location", "location", {"type": "string"}),
    ("customer", "customer that has it", {"type": "string"}),
    ("container", "container it is packed in", {"type": "string"}),
    ("limit", "units on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    ("after", "`next` of the page before", {"type": "string"}),
    FORMAT,
)

_PART_FILTERS = (
    ("q", "beginning of the part number", {"type": "string"}),
    ("tracking", "how individuals are told apart", {"enum": [one.value for one in Tracking]}),
    ("limit", "parts on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    ("after", "`next` of the page before", {"type": "string"}),
    FORMAT,
)


@takes(*SAFE)
@requires(Action.READ)
def document(request: ActorRequest) -> HttpResponse:
    """The OpenAPI description."""
    return HttpResponse(_encoded(), content_type="application/json")


@lru_cache(maxsize=1)
def _encoded() -> bytes:
    return msgspec.json.encode(openapi())


def openapi() -> dict[str, Any]:
    """The whole description, in an order that does not change."""
    _, records = msgspec.json.schema_components(_TYPES, schema_hook=_subject_schema, ref_template=REF)
    events = event_schemas(ref_template=REF)
    for schema in events.values():
        if "event_time" in schema.get("properties", ()):
            schema["properties"]["event_time"]["format"] = "date-time"  # with its zone, which is demanded
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "asbuilt",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "The record of truth for individually serialized units. Every request bears a token.",
        },
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(sorted({**records, **events, "Problem": PROBLEM}.items())),
            "responses": PROBLEMS,
        },
    }


def _subject_schema(kind: type) -> dict[str, Any]:
    if issubclass(kind, Subject):
        return {"type": "string", "description": f"{kind.__name__}: {(kind.__doc__ or '').splitlines()[0]}"}
    raise NotImplementedError(kind.__name__)


def _capture() -> dict[str, Any]:
    one, many = record_schema("Event"), {"type": "array", "items": record_schema("Event"), "maxItems": EVENTS_MAX}
    wrapped = {
        "type": "object",
        "required": ["events"],
        "properties": {"events": many},
        "additionalProperties": False,
    }
    bodies = {
        "application/json": {"schema": {"oneOf": [one, many, wrapped]}},
        "application/x-ndjson": {"schema": one},
    }
    answers = {
        "200": answer("What became of each event", "CaptureAnswer"),
        "409": answer("A single event, or one of an all-or-nothing call, was refused", "CaptureAnswer"),
    }
    atomic = query_parameters(("atomic", "record all events or none", {"type": "boolean", "default": False}))
    return post("Capture one event or a batch", bodies, answers, *atomic)


def _serials() -> dict[str, Any]:
    body = {"application/json": {"schema": record_schema("SerialsWanted")}}
    answers = {
        "201": answer("The serial numbers, issued", "SerialsIssued"),
        "409": {"$ref": "#/components/responses/Refused"},
        "422": {"$ref": "#/components/responses/KeyUsed"},
    }
    return post("Issue the next serial numbers of a part", body, answers, KEY)


def _ranges() -> dict[str, Any]:
    body = {"application/json": {"schema": record_schema("RangeWanted")}}
    answers = {
        "201": answer("The range, reserved, with its serial numbers", "RangeReserved"),
        "409": {"$ref": "#/components/responses/Refused"},
        "422": {"$ref": "#/components/responses/KeyUsed"},
    }
    filters = (
        ("part_number", "part number, or issuer:part", {"type": "string"}),
        ("holder", "line, printer or supplier", {"type": "string"}),
        ("low", "only those below their low watermark", {"type": "boolean", "default": False}),
        FORMAT,
    )
    listed = list_schema("serial_ranges", "SerialRangeView")
    return {
        **get("List ranges of serial numbers", listed, *filters, named=False, rows="SerialRangeView"),
        **post("Reserve a range of serial numbers", body, answers, KEY),
    }


def _reads() -> dict[str, Any]:
    body = {"application/json": {"schema": record_schema("ReadsSent")}}
    answers = {"200": answer("What passed, and what became of it", "ReadsAnswer")}
    record = query_parameters(("record", "record movements of known units", {"type": "boolean", "default": True}))
    return post("Take a batch of RFID reads", body, answers, *record)


def _messages() -> dict[str, Any]:
    one = {"type": "object", "description": "An IPC-CFX message in its envelope"}
    body = {
        "application/json": {"schema": {"oneOf": [one, {"type": "array", "items": one}]}},
        "application/x-ndjson": {"schema": one},
    }
    answers = {"200": answer("What became of each message", "CfxReport")}
    parameters = query_parameters(
        ("part", "commission units that nobody knows yet, of this part", {"type": "string"}),
        ("operation", "the step that was done, instead of the station's name", {"type": "string"}),
    )
    return post("Take in IPC-CFX messages", body, answers, *parameters)


def _panel_events() -> dict[str, Any]:
    body = {"application/json": {"schema": record_schema("PanelWork")}}
    refused = answer("Everything was refused, or something with atomic", "PanelAnswer")
    answers = {
        "200": answer("What became of each board", "PanelAnswer"),
        "409": refused,
        **problem_refs(("404", "NotFound")),
    }
    atomic = ("atomic", "record all boards or none", {"type": "boolean", "default": False})
    return post("Record the same of every board of a panel", body, answers, NAME, *query_parameters(atomic))


def _definitions() -> dict[str, Any]:
    body = {"application/yaml": {"schema": {"type": "string", "description": "sections, as in concepts/definitions"}}}
    answers = {
        "200": answer("What is new, changed and the same; recorded, unless asked not to", "DefinitionsReport"),
        "409": answer("What is wrong, by line and field; nothing was recorded", "DefinitionsReport"),
    }
    parameters = query_parameters(("dry_run", "only say what would change", {"type": "boolean", "default": False}))
    return post("Make the plant have what a file says", body, answers, *parameters)


def _work(*, one_chart: bool) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Which work is meant, and when it was done. one_chart: part and operation are needed."""
    needed = " (needed)" if one_chart else ""
    return (
        ("part_number", f"part number, or issuer:part{needed}", {"type": "string"}),
        ("operation", f"step of the routing{needed}", {"type": "string"}),
        ("station", "where it was done", {"type": "string"}),
        ("work_order", "of the result, else of the unit", {"type": "string"}),
        ("since", "from this time on: ISO 8601, or a date for its beginning", {"type": "string"}),
        ("until", "before this time: ISO 8601, or a date for its end", {"type": "string"}),
        ("zone", "zone of days, shifts and times without one", {"type": "string", "default": "UTC"}),
    )


def _shown(rows: dict[str, type]) -> tuple[str, str, dict[str, Any]]:
    what = f"only this list; of CSV and NDJSON, by default {next(iter(rows))}"
    return ("show", what, {"enum": [*rows]})


def _report(
    summary: str, record: str, rows: dict[str, type], *parameters: tuple[str, str, dict[str, Any]]
) -> dict[str, Any]:
    """A GET of a report whose lists can be had by themselves."""
    found = get(summary, record_schema(record), *parameters, _shown(rows), FORMAT, named=False, rows=next(iter(rows)))
    responses = found["get"]["responses"]
    content = responses["200"]["content"]
    lists = (_rows(name, kind) for name, kind in rows.items())
    content["application/json"]["schema"] = {"anyOf": [record_schema(record), *lists]}
    content["application/x-ndjson"]["schema"] = {"anyOf": [record_schema(kind.__name__) for kind in rows.values()]}
    found["get"]["responses"] = dict(sorted({**responses, **problem_refs(("404", "NotFound"))}.items()))
    return found


def _rows(name: str, kind: type) -> dict[str, Any]:
    return list_schema(name, kind.__name__)


def _yield() -> dict[str, Any]:
    hours = {"type": "integer", "minimum": 0, "maximum": HOURS_MAX, "default": STUCK_AFTER_H}
    return _report(
        "What was made: throughput, yields, defects, units stuck, cycle and waiting times",
        "YieldReport",
        YIELD_ROWS,
        *_work(one_chart=False),
        ("group_by", "what is kept apart", {"enum": [*GroupBy], "default": GroupBy.NOTHING}),
        ("shifts", "when shifts begin", {"type": "string", "default": ",".join(SHIFTS)}),
        ("last_operation", "a unit that passed it is finished", {"type": "string"}),
        ("stuck_after_h", "hours without an event after which a unit is stuck", hours),
    )


def _spc() -> dict[str, Any]:
    size = {"type": "integer", "minimum": 2, "maximum": SIZE_MAX, "default": SUBGROUP_SIZE}
    return _report(
        "Control chart of a characteristic: limits, points, broken rules, capability",
        "ControlChart",
        SPC_ROWS,
        ("characteristic", "what was measured, as it was recorded", {"type": "string"}),
        ("uom", "only what was measured in this unit of measure", {"type": "string"}),
        *_work(one_chart=True),
        ("attempts", "which of the times it was done", {"enum": [*Attempts], "default": Attempts.FIRST}),
        ("chart", "single values, or means of subgroups", {"enum": [*Chart], "default": Chart.I_MR}),
        ("subgroup_size", "values in a subgroup", size),
        ("baseline_since", "limits are frozen from this time on", {"type": "string"}),
        ("baseline_until", "and before this one", {"type": "string"}),
        ("moving", "limits from so many points before each", {"type": "integer", "minimum": 2}),
        ("rules", "run rules", {"enum": [*RULE_SETS], "default": "both"}),
    )


def _refusals() -> dict[str, Any]:
    work = (one for one in _work(one_chart=False) if one[0] != "work_order")
    rule = ("rule", "only what this rule was in the way of, such as PRO-011", {"type": "string"})
    return _report(
        "Operations that were refused, why, and what was done in spite of the interlock",
        "RefusalReport",
        REFUSAL_ROWS,
        *work,
        rule,
    )


def _own() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"200": {"description": "OpenAPI 3.1", "content": content}, **problem_refs()}


def _paths() -> dict[str, Any]:
    ever = ("ever", "also what no longer contains it, with removed_at", {"type": "boolean", "default": False})
    after = ("after", "only what was recorded after this sequence", {"type": "integer", "minimum": 0})
    limit = ("limit", "at most so many events; absent: all", {"type": "integer", "minimum": 1})
    paths = {
        "/api/v1/events": _capture(),
        "/api/v1/duplicates": duplicate_list(),
        "/api/v1/defects": defect_list(),
        "/api/v1/index": index_path(),
        "/api/v1/interlock": get("May this operation be done?", record_schema("Judgement"), *_INTERLOCK, named=False),
        "/api/v1/openapi.json": {"get": {"summary": "This description", "responses": _own()}},
        "/api/v1/parts": get("List parts", record_schema("PartPage"), *_PART_FILTERS, named=False, rows="PartView"),
        "/api/v1/definitions": _definitions(),
        "/api/v1/messages/cfx": _messages(),
        "/api/v1/panels/{name}": get("The boards on a panel", record_schema("PanelView")),
        "/api/v1/panels/{name}/events": _panel_events(),
        "/api/v1/reads": _reads(),
        "/api/v1/refusals": _refusals(),
        "/api/v1/scan": get("What a scan says and means here", record_schema("Resolution"), _SCAN, named=False),
        "/api/v1/serials": _serials(),
        "/api/v1/serial-ranges": _ranges(),
        "/api/v1/spc": _spc(),
        "/api/v1/yield": _yield(),
        "/api/v1/units": get("List units", record_schema("UnitPage"), *_UNIT_FILTERS, named=False, rows="UnitRow"),
        "/api/v1/units/{name}": get("A unit: identity and state", record_schema("UnitView")),
        "/api/v1/units/{name}/record": get("Everything a unit page shows", record_schema("UnitRecord")),
        "/api/v1/lots/{name}": get("A lot: identity and state", record_schema("LotView")),
        **print_job_paths(),
        **recall_paths(),
        **commonality_paths(),
        **definition_lists(),
        **order_lists(),
    }
    for kind, what in (("units", "unit"), ("lots", "lot")):
        at = f"/api/v1/{kind}/{{name}}"
        paths[f"{at}/label"] = label_path(what)
        history = list_schema("history", "HistoryEntry")
        paths[f"{at}/history"] = get(f"What happened to a {what}", history, after, limit, FORMAT, rows="HistoryEntry")
        paths[f"{at}/as-built"] = as_built_path(what, _AT)
        paths[f"{at}/where-used"] = where_used_path(what, _AT, ever)
    return dict(sorted(paths.items()))
