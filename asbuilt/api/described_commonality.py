"""The description of commonality."""

from typing import Any

from asbuilt.api.commonality import SHOWN, CommonalityWanted
from asbuilt.api.describing import FORMAT, answer, get, list_schema, post, problem_refs, record_schema
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.commonality.adjusting import Correction
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.ranking import Commonality, CommonFinding, Exposed

COMMONALITY_TYPES: tuple[type, ...] = (CommonalityWanted, Commonality, CommonFinding, Exposed)
"""What goes over the wire of it."""

_TEXT = {"type": "string"}
_PARAMETERS: tuple[Any, ...] = (
    ("defect", "units with a defect of this code failed", _TEXT),
    ("open_only", "with defect: only where it is not settled", {"type": "boolean", "default": False}),
    ("failed", "units of part_number that failed this operation failed", _TEXT),
    ("part_number", "with failed: the part; also issuer:part", _TEXT),
    ("attempts", "with failed: the first attempt failed, or any", {"enum": [Attempts.FIRST.value, Attempts.ALL.value]}),
    ("work_order", "only work under this order", _TEXT),
    ("station", "only work at this station", _TEXT),
    ("since", "from this time on: ISO 8601, or a date for its beginning", _TEXT),
    ("until", "before this time: ISO 8601, or a date for its end", _TEXT),
    ("zone", "zone of days, shifts and times without one", {"type": "string", "default": "UTC"}),
    ("by", f"only these factors, separated by commas: {', '.join(Factor)}", _TEXT),
    ("correction", "for the number of tests", {"enum": [one.value for one in Correction], "default": Correction.BH}),
    ("limit", "at most so many findings", {"type": "integer", "minimum": 1, "maximum": 10**9, "default": SHOWN}),
    ("factor", "with value: list the units that have it instead", {"enum": [*Factor]}),
    ("value", "as a finding spells it", _TEXT),
    FORMAT,
)

_CHARACTERISTIC = {
    "name": "characteristic",
    "in": "query",
    "description": "with failed: units that were outside its limits there",
    "schema": _TEXT,
}


def commonality_paths() -> dict[str, dict[str, Any]]:
    """Commonality, asked in an address or with lists of units."""
    summary = "What failing units have in common more often than others, by exact test"
    either = {"anyOf": [record_schema("Commonality"), list_schema("units", "Exposed")]}
    found = get(summary, either, *_PARAMETERS, named=False, rows="CommonFinding")
    found["get"]["parameters"].append(_CHARACTERISTIC)
    found["get"]["responses"] = dict(sorted({**found["get"]["responses"], **problem_refs(("404", "NotFound"))}.items()))
    told = {"200": answer(summary, "Commonality"), **problem_refs(("404", "NotFound"))}
    content = told["200"]["content"]
    content["application/json"]["schema"] = either
    content["application/x-ndjson"] = {"schema": {"anyOf": [record_schema("CommonFinding"), record_schema("Exposed")]}}
    content["text/csv"] = {"schema": {"type": "string"}}
    body = {"application/json": {"schema": record_schema("CommonalityWanted")}}
    return {"/api/v1/commonality": {**found, **post(summary, body, told)}}
