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
from asbuilt.api.problems import SAFE, takes
from asbuilt.api.ranges import RangeReserved, RangeWanted
from asbuilt.api.reads import ReadsAnswer, ReadsSent
from asbuilt.api.serials import KEY_HEADER, SerialsIssued, SerialsWanted
from asbuilt.api.shop_floor import HOURS_MAX, SPC_ROWS, YIELD_ROWS
from asbuilt.capture.capture import EVENTS_MAX
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.identifiers.text import NAME_MAX
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import event_schemas
from asbuilt.queries.as_built import AsBuilt, ComponentView
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.charts.constants import SIZE_MAX
from asbuilt.queries.charts.run_rules import RULE_SETS
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.identity import DuplicatePage, DuplicateView
from asbuilt.queries.lots import LotView
from asbuilt.queries.naming import Choice
from asbuilt.queries.record import UnitRecord
from asbuilt.queries.scans import Resolution
from asbuilt.queries.serials import SerialRangeView
from asbuilt.queries.spc import SUBGROUP_SIZE, Chart, ControlChart
from asbuilt.queries.units import UnitPage, UnitRow, UnitView
from asbuilt.queries.where_used import Affected
from asbuilt.queries.windows import SHIFTS
from asbuilt.queries.yields import STUCK_AFTER_H, GroupBy, YieldReport

_TYPES: tuple[type, ...] = (
    CaptureAnswer,
    ReadsSent,
    ReadsAnswer,
    SerialsWanted,
    SerialsIssued,
    RangeWanted,
    RangeReserved,
    SerialRangeView,
    UnitRow,
    UnitPage,
    DuplicatePage,
    DuplicateView,
    UnitView,
    UnitRecord,
    LotView,
    HistoryEntry,
    AsBuilt,
    ComponentView,
    Affected,
    Resolution,
    YieldReport,
    ControlChart,
    Choice,
    Broken,
)
_REF = "#/components/schemas/{name}"

_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "issuer:part/number, part/number, an alias, or a number that only one has. Slashes need no escape, "
    "but for those of a number that ends in /record, /history, /as-built or /where-used: %252F.",
}
_FORMAT = (
    "format",
    "json, csv or ndjson; by default what Accept asks for, else json",
    {"enum": ["json", "csv", "ndjson"]},
)
_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Made by the client for each issue. With it a request can be repeated until an answer comes: "
    "the same serial numbers are given again, and what is missing of them is issued.",
    "schema": {"type": "string", "maxLength": NAME_MAX},
}
_AT = ("at", "as it was at this time: ISO 8601 with zone (without one UTC is meant), or a date", {"type": "string"})
_SCAN = ("text", "what was scanned, as it came, separators included", {"type": "string"})
_REQUIRED = frozenset({"text", "characteristic"})
"""Parameters without which a request is not understood."""
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
    _FORMAT,
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
    _, records = msgspec.json.schema_components(_TYPES, schema_hook=_subject_schema, ref_template=_REF)
    events = event_schemas(ref_template=_REF)
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
            "schemas": dict(sorted({**records, **events, "Problem": _PROBLEM}.items())),
            "responses": _PROBLEMS,
        },
    }


def _subject_schema(kind: type) -> dict[str, Any]:
    if issubclass(kind, Subject):
        return {"type": "string", "description": f"{kind.__name__}: {(kind.__doc__ or '').splitlines()[0]}"}
    raise NotImplementedError(kind.__name__)


_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong and what to do, RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "description": "line of an NDJSON body"},
        "index": {"type": "integer", "description": "which event of a list"},
        "field": {"type": "string", "description": "which field of it"},
        "choices": {
            "type": "array",
            "items": {"$ref": _REF.format(name="Choice")},
            "description": "what is meant by it",
        },
        "broken": {"type": "array", "items": {"$ref": _REF.format(name="Broken")}, "description": "the rules broken"},
    },
}


def _problem_response(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


_PROBLEMS = {
    "Malformed": _problem_response("The request cannot be understood; nothing was stored"),
    "NotAuthenticated": _problem_response("No valid token"),
    "NotAllowed": _problem_response("The role does not allow it, or it is for another site"),
    "NotFound": _problem_response("Nothing of that name is known here"),
    "Ambiguous": _problem_response("The name means several things; `choices` says which"),
    "MethodNotAllowed": _problem_response("Nothing here is changed or deleted, only asked and added"),
    "LengthRequired": _problem_response("All-or-nothing lines without Content-Length; nothing was stored"),
    "TooLarge": _problem_response("The body is too large; nothing was stored"),
    "KeyUsed": _problem_response("The Idempotency-Key stands for another issue; nothing was issued"),
    "Refused": _problem_response("Refused by a rule; `broken` says which, and what to do"),
    "Unavailable": _problem_response("Cannot be done right now; nothing was stored; see Retry-After"),
}


def _refs(*statuses: tuple[str, str]) -> dict[str, Any]:
    always = (
        ("401", "NotAuthenticated"),
        ("403", "NotAllowed"),
        ("405", "MethodNotAllowed"),
        ("503", "Unavailable"),
    )
    return {code: {"$ref": f"#/components/responses/{name}"} for code, name in sorted((*statuses, *always))}


def _parameters(*parameters: tuple[str, str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "description": text,
            "schema": schema,
            **({"required": True} if name in _REQUIRED else {}),
        }
        for name, text, schema in parameters
    ]


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(member: str, row: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [member, "count"],
        "properties": {member: {"type": "array", "items": _schema(row)}, "count": {"type": "integer"}},
    }


def _get(
    summary: str,
    schema: dict[str, Any],
    *parameters: tuple[str, str, dict[str, Any]],
    named: bool = True,
    rows: str | None = None,
) -> dict[str, Any]:
    """A GET operation. rows: the record of a line, when CSV and NDJSON are offered."""
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if rows is not None:
        content["application/x-ndjson"] = {"schema": _schema(rows)}
        content["text/csv"] = {"schema": {"type": "string"}}
    problems = (("400", "Malformed"), *((("404", "NotFound"), ("409", "Ambiguous")) if named else ()))
    return {
        "get": {
            "summary": summary,
            "parameters": [*([_NAME] if named else []), *_parameters(*parameters)],
            "responses": {"200": {"description": summary, "content": content}, **_refs(*problems)},
        }
    }


def _post(
    summary: str, request: dict[str, Any], answers: dict[str, Any], *parameters: dict[str, Any]
) -> dict[str, Any]:
    problems = _refs(("400", "Malformed"), ("411", "LengthRequired"), ("413", "TooLarge"))
    return {
        "post": {
            "summary": summary,
            "parameters": list(parameters),
            "requestBody": {"required": True, "content": request},
            "responses": dict(sorted({**problems, **answers}.items())),
        }
    }


def _answer(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _schema(name)}}}


def _capture() -> dict[str, Any]:
    one, many = _schema("Event"), {"type": "array", "items": _schema("Event"), "maxItems": EVENTS_MAX}
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
        "200": _answer("What became of each event", "CaptureAnswer"),
        "409": _answer("A single event, or one of an all-or-nothing call, was refused", "CaptureAnswer"),
    }
    atomic = _parameters(("atomic", "record all events or none", {"type": "boolean", "default": False}))
    return _post("Capture one event or a batch", bodies, answers, *atomic)


def _serials() -> dict[str, Any]:
    body = {"application/json": {"schema": _schema("SerialsWanted")}}
    answers = {
        "201": _answer("The serial numbers, issued", "SerialsIssued"),
        "409": {"$ref": "#/components/responses/Refused"},
        "422": {"$ref": "#/components/responses/KeyUsed"},
    }
    return _post("Issue the next serial numbers of a part", body, answers, _KEY)


def _ranges() -> dict[str, Any]:
    body = {"application/json": {"schema": _schema("RangeWanted")}}
    answers = {
        "201": _answer("The range, reserved, with its serial numbers", "RangeReserved"),
        "409": {"$ref": "#/components/responses/Refused"},
        "422": {"$ref": "#/components/responses/KeyUsed"},
    }
    filters = (
        ("part_number", "part number, or issuer:part", {"type": "string"}),
        ("holder", "line, printer or supplier", {"type": "string"}),
        ("low", "only those below their low watermark", {"type": "boolean", "default": False}),
        _FORMAT,
    )
    listed = _list_of("serial_ranges", "SerialRangeView")
    return {
        **_get("List ranges of serial numbers", listed, *filters, named=False, rows="SerialRangeView"),
        **_post("Reserve a range of serial numbers", body, answers, _KEY),
    }


def _reads() -> dict[str, Any]:
    body = {"application/json": {"schema": _schema("ReadsSent")}}
    answers = {"200": _answer("What passed, and what became of it", "ReadsAnswer")}
    record = _parameters(("record", "record movements of known units", {"type": "boolean", "default": True}))
    return _post("Take a batch of RFID reads", body, answers, *record)


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
    found = _get(summary, _schema(record), *parameters, _shown(rows), _FORMAT, named=False, rows=next(iter(rows)))
    responses = found["get"]["responses"]
    content = responses["200"]["content"]
    content["application/json"]["schema"] = {"anyOf": [_schema(record), *(_rows(name, rows[name]) for name in rows)]}
    content["application/x-ndjson"]["schema"] = {"anyOf": [_schema(kind.__name__) for kind in rows.values()]}
    found["get"]["responses"] = dict(sorted({**responses, **_refs(("404", "NotFound"))}.items()))
    return found


def _rows(name: str, kind: type) -> dict[str, Any]:
    return _list_of(name, kind.__name__)


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


def _own() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"200": {"description": "OpenAPI 3.1", "content": content}, **_refs()}


def _paths() -> dict[str, Any]:
    ever = ("ever", "also what no longer contains it, with removed_at", {"type": "boolean", "default": False})
    after = ("after", "only what was recorded after this sequence", {"type": "integer", "minimum": 0})
    limit = ("limit", "at most so many events; absent: all", {"type": "integer", "minimum": 1})
    paths = {
        "/api/v1/events": _capture(),
        "/api/v1/duplicates": _get(
            "Duplicates from outside that wait for a decision",
            _schema("DuplicatePage"),
            ("after", "`next` of the page before", {"type": "integer", "minimum": 0}),
            ("limit", "questions on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
            _FORMAT,
            named=False,
            rows="DuplicateView",
        ),
        "/api/v1/openapi.json": {"get": {"summary": "This description", "responses": _own()}},
        "/api/v1/reads": _reads(),
        "/api/v1/scan": _get("What a scan says and means here", _schema("Resolution"), _SCAN, named=False),
        "/api/v1/serials": _serials(),
        "/api/v1/serial-ranges": _ranges(),
        "/api/v1/spc": _spc(),
        "/api/v1/yield": _yield(),
        "/api/v1/units": _get("List units", _schema("UnitPage"), *_UNIT_FILTERS, named=False, rows="UnitRow"),
        "/api/v1/units/{name}": _get("A unit: identity and state", _schema("UnitView")),
        "/api/v1/units/{name}/record": _get("Everything a unit page shows", _schema("UnitRecord")),
        "/api/v1/lots/{name}": _get("A lot: identity and state", _schema("LotView")),
    }
    for kind, what in (("units", "unit"), ("lots", "lot")):
        at = f"/api/v1/{kind}/{{name}}"
        history = _list_of("history", "HistoryEntry")
        paths[f"{at}/history"] = _get(f"What happened to a {what}", history, after, limit, _FORMAT, rows="HistoryEntry")
        paths[f"{at}/as-built"] = _get(
            f"What a {what} is made of", _schema("AsBuilt"), _AT, _FORMAT, rows="ComponentView"
        )
        affected = _list_of("affected", "Affected")
        paths[f"{at}/where-used"] = _get(f"Where a {what} went", affected, _AT, ever, _FORMAT, rows="Affected")
    return dict(sorted(paths.items()))
