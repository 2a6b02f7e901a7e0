"""The building blocks of the OpenAPI description: operations, parameters, answers and problems."""

from typing import Any

from asbuilt.api.serials import KEY_HEADER
from asbuilt.api.wire import PARQUET
from asbuilt.core.identifiers.text import NAME_MAX

REF = "#/components/schemas/{name}"
RESPONSE = "#/components/responses/"

NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "issuer:part/number, part/number, an alias, or a number that only one has. Slashes need no escape, "
    "but for those of a number that ends in /record, /history, /label, /as-built, /as-designed, /diff, /completeness "
    "or /where-used: %252F.",
}
PARQUET_TYPE = "application/vnd.apache.parquet"
FORMAT = (
    "format",
    "json, csv or ndjson; by default what Accept asks for, else json",
    {"enum": ["json", "csv", "ndjson"]},
)
_REQUIRED = frozenset({"text", "characteristic"})
"""Parameters without which a request is not understood."""

PROBLEM = {
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
            "items": {"$ref": REF.format(name="Choice")},
            "description": "what is meant by it",
        },
        "broken": {"type": "array", "items": {"$ref": REF.format(name="Broken")}, "description": "the rules broken"},
    },
}

KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Made by the client for each issue. With it a request can be repeated until an answer comes: "
    "the same serial numbers are given again, and what is missing of them is issued.",
    "schema": {"type": "string", "maxLength": NAME_MAX},
}


def _problem_response(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


PROBLEMS = {
    "Malformed": _problem_response("The request cannot be understood; nothing was stored"),
    "NotAuthenticated": _problem_response("No valid token"),
    "NotAllowed": _problem_response("The role does not allow it, or it is for another site"),
    "NotFound": _problem_response("Nothing of that name is known here"),
    "Ambiguous": _problem_response("The name means several things; `choices` says which"),
    "MethodNotAllowed": _problem_response("Nothing here is changed or deleted, only asked and added"),
    "LengthRequired": _problem_response("All-or-nothing lines without Content-Length; nothing was stored"),
    "TooLarge": _problem_response("The body is too large; nothing was stored"),
    "KeyUsed": _problem_response("The Idempotency-Key stands for another issue; nothing was issued"),
    "JobRefused": _problem_response("A rule refuses it, or it is not possible with this job; `broken` says which rule"),
    "NoLabel": _problem_response("There is no such label, or the key stands for another print; nothing was printed"),
    "LabelsMissing": _problem_response("The packages that make labels are not installed; the detail says how"),
    "Unprintable": _problem_response(
        "It cannot be printed: a character that no font has, too many levels, or too long"
    ),
    "ParquetMissing": _problem_response("The package that writes Parquet is not installed; the detail says how"),
    "TypstMissing": _problem_response("The package that sets PDFs is not installed; the detail says how"),
    "Refused": _problem_response("Refused by a rule; `broken` says which, and what to do"),
    "Unavailable": _problem_response("Cannot be done right now; nothing was stored; see Retry-After"),
}


def problem_refs(*statuses: tuple[str, str]) -> dict[str, Any]:
    always = (
        ("401", "NotAuthenticated"),
        ("403", "NotAllowed"),
        ("405", "MethodNotAllowed"),
        ("503", "Unavailable"),
    )
    return {code: {"$ref": f"#/components/responses/{name}"} for code, name in sorted((*statuses, *always))}


def query_parameters(*parameters: tuple[str, str, dict[str, Any]]) -> list[dict[str, Any]]:
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


def record_schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def list_schema(member: str, row: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [member, "count"],
        "properties": {member: {"type": "array", "items": record_schema(row)}, "count": {"type": "integer"}},
    }


def get(
    summary: str,
    schema: dict[str, Any],
    *parameters: tuple[str, str, dict[str, Any]],
    named: bool = True,
    rows: str | None = None,
) -> dict[str, Any]:
    """A GET operation. rows: the record of a line, when CSV and NDJSON are offered."""
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if rows is not None:
        content["application/x-ndjson"] = {"schema": record_schema(rows)}
        content["text/csv"] = {"schema": {"type": "string"}}
    problems = (("400", "Malformed"), *((("404", "NotFound"), ("409", "Ambiguous")) if named else ()))
    return {
        "get": {
            "summary": summary,
            "parameters": [*([NAME] if named else []), *query_parameters(*parameters)],
            "responses": {"200": {"description": summary, "content": content}, **problem_refs(*problems)},
        }
    }


def with_parquet(path: dict[str, Any]) -> dict[str, Any]:
    """The same operations, whose rows are given as Parquet too, where that is asked for by name."""
    for operation in path.values():
        operation["responses"]["200"]["content"][PARQUET_TYPE] = {"schema": {"type": "string", "format": "binary"}}
        operation["responses"] |= problem_refs(("501", "ParquetMissing"))
        for parameter in operation["parameters"]:
            if parameter.get("name") == "format":
                parameter["description"] += "; parquet by name only"
                parameter["schema"] = {"enum": [*parameter["schema"]["enum"], PARQUET]}
    return path


def post(summary: str, request: dict[str, Any], answers: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    problems = problem_refs(("400", "Malformed"), ("411", "LengthRequired"), ("413", "TooLarge"))
    return {
        "post": {
            "summary": summary,
            "parameters": list(parameters),
            "requestBody": {"required": True, "content": request},
            "responses": dict(sorted({**problems, **answers}.items())),
        }
    }


def answer(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": record_schema(name)}}}
