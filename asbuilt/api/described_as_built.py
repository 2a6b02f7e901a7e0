"""How the as-built record is described in OpenAPI: JSON, rows, or PDF/A-3 with the JSON inside."""

from typing import Any

from asbuilt.api.describing import get, problem_refs, record_schema

_FORMAT = (
    "format",
    "json, csv, ndjson or pdf (PDF/A-3b with the JSON attached); by default what Accept asks for, else json",
    {"enum": ["json", "csv", "ndjson", "pdf"]},
)


def as_built_path(what: str, at: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """The as-built record of a unit, or the make-up of a lot. at: the parameter that names the time."""
    described = get(f"What a {what} is made of", record_schema("AsBuilt"), at, _FORMAT, rows="ComponentView")
    responses = described["get"]["responses"]
    responses["200"]["content"]["application/pdf"] = {"schema": {"type": "string", "format": "binary"}}
    unprintable = problem_refs(("422", "Unprintable"), ("501", "TypstMissing"))
    described["get"]["responses"] = dict(sorted({**responses, **unprintable}.items()))
    return described
