"""The genealogy index and what it counts, as OpenAPI describes them."""

from typing import Any

from asbuilt.api.describing import FORMAT, get, list_schema, record_schema, with_parquet
from asbuilt.api.fleet import WhereUsedCounted
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.status import IndexStatus

FLEET_TYPES: tuple[type, ...] = (IndexStatus, WhereUsedCounted)


def index_path() -> dict[str, Any]:
    return get("How far the genealogy index goes", record_schema("IndexStatus"), named=False)


def where_used_path(what: str, *asked: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """Where a unit or lot went: listed, or counted."""
    by = ("by", f"count instead, by some of {', '.join(Grouping)}, with commas", {"type": "string"})
    affected = list_schema("affected", "Affected")
    path = get(f"Where a {what} went, listed or counted", affected, *asked, by, FORMAT, rows="Affected")
    content = path["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"anyOf": [affected, record_schema("WhereUsedCounted")]}
    return with_parquet(path)
