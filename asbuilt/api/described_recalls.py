"""The description of recalls."""

from typing import Any

from asbuilt.api.describing import (
    FORMAT,
    NAME,
    PARQUET_TYPE,
    answer,
    get,
    list_schema,
    post,
    problem_refs,
    record_schema,
    with_parquet,
)
from asbuilt.api.recalls import RecallHeld, ScopeSettled, SettlingWanted, SimulationFound, SimulationWanted
from asbuilt.queries.recall.report import MemberView, RecallReport, RecallRow
from asbuilt.queries.recall.suspects import Suspect

RECALL_TYPES: tuple[type, ...] = (
    RecallRow,
    RecallReport,
    MemberView,
    SimulationWanted,
    SimulationFound,
    SettlingWanted,
    ScopeSettled,
    RecallHeld,
    Suspect,
)
"""What goes over the wire of them."""


def recall_paths() -> dict[str, dict[str, Any]]:
    """Recalls: simulated, listed, reported, settled, held."""
    at = "/api/v1/recalls"
    listed = get(
        "Recalls, the newest first", list_schema("recalls", "RecallRow"), FORMAT, named=False, rows="RecallRow"
    )
    covered = get(
        "Everything that a recall covers, as it stands",
        list_schema("members", "MemberView"),
        FORMAT,
        rows="MemberView",
    )
    settled = {
        "201": answer("What it covers, settled", "ScopeSettled"),
        "409": {"$ref": "#/components/responses/Refused"},
        **problem_refs(("404", "NotFound")),
    }
    held = {
        "201": answer("How many were held that were not held before", "RecallHeld"),
        "409": {"$ref": "#/components/responses/Refused"},
        **problem_refs(("404", "NotFound")),
    }
    return {
        at: listed,
        f"{at}/simulate": _simulate(),
        f"{at}/{{name}}": get("A recall, and what became of it", record_schema("RecallReport")),
        f"{at}/{{name}}/members": with_parquet(covered),
        f"{at}/{{name}}/freeze": post("Settle what a recall covers", _body("SettlingWanted"), settled, NAME),
        f"{at}/{{name}}/hold": post("Hold everything that a recall covers", {}, held, NAME),
    }


def _body(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": record_schema(name)}}


def _simulate() -> dict[str, Any]:
    found = {
        "200": answer("What it would cover", "SimulationFound"),
        **problem_refs(("404", "NotFound")),
    }
    found["200"]["content"]["application/x-ndjson"] = {"schema": record_schema("Suspect")}
    found["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    found["200"]["content"][PARQUET_TYPE] = {"schema": {"type": "string", "format": "binary"}}
    found |= problem_refs(("501", "ParquetMissing"))
    return post("What a recall with some seeds would cover, and where that is now", _body("SimulationWanted"), found)
