"""The description of lists: duplicates, defects, work orders, definitions."""

from typing import Any

from asbuilt.api.describing import FORMAT, get, list_schema, record_schema
from asbuilt.queries.comparing.comparison import Comparison
from asbuilt.queries.comparing.differences import DesignedLine, DifferenceView
from asbuilt.queries.completeness import Completeness, RequirementView
from asbuilt.queries.defects import DECISIONS

COMPARED: tuple[type, ...] = (Comparison, DifferenceView, DesignedLine, Completeness, RequirementView)
"""What comparisons and completeness are answered with."""

_DEFECT_FILTERS: tuple[Any, ...] = (
    ("unit", "all the defects of this unit, the open ones first", {"type": "string"}),
    ("part_number", "of units of this part; also issuer:part", {"type": "string"}),
    ("operation", "found by this operation", {"type": "string"}),
    ("station", "found at this station", {"type": "string"}),
    ("code", "with this code", {"type": "string"}),
    ("disposition", "of which this was decided, or nothing yet", {"type": "string", "enum": list(DECISIONS)}),
    ("settled", "also those that are settled", {"type": "boolean", "default": False}),
    ("after", "`next` of the page before", {"type": "integer", "minimum": 0}),
    ("limit", "defects on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    FORMAT,
)


def duplicate_list() -> dict[str, Any]:
    """Duplicates from outside."""
    return get(
        "Duplicates from outside that wait for a decision",
        record_schema("DuplicatePage"),
        ("after", "`next` of the page before", {"type": "integer", "minimum": 0}),
        ("limit", "questions on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
        FORMAT,
        named=False,
        rows="DuplicateView",
    )


def defect_list() -> dict[str, Any]:
    """Defects of units."""
    return get(
        "Defects of units: open ones, or all",
        record_schema("DefectPage"),
        *_DEFECT_FILTERS,
        named=False,
        rows="DefectView",
    )


def order_lists() -> dict[str, dict[str, Any]]:
    """Work orders."""
    listed = get(
        "Work orders, the newest first",
        record_schema("OrderPage"),
        ("status", "open ones (held ones too), held or closed ones", {"enum": ["open", "held", "closed"]}),
        ("part_number", "for this part; also issuer:part", {"type": "string"}),
        ("sales_order", "for this order of a customer", {"type": "string"}),
        ("after", "`next` of the page before", {"type": "integer", "minimum": 0}),
        ("limit", "orders on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
        FORMAT,
        named=False,
        rows="OrderRow",
    )
    one = get("A work order, and what has become of its pieces", record_schema("OrderView"))
    complete = _completeness("every unit of a work order")
    at = "/api/v1/work-orders"
    return {at: listed, f"{at}/{{name}}": one, f"{at}/{{name}}/completeness": complete}


def _completeness(of_what: str) -> dict[str, Any]:
    summary = f"How much of what has to be recorded of {of_what} is, and what is missing"
    return get(summary, record_schema("Completeness"), FORMAT, rows="RequirementView")


def comparison() -> dict[str, Any]:
    """What differs in a unit."""
    return get(
        "How a unit differs from its bill of materials, or from itself at another time",
        record_schema("Comparison"),
        (
            "against",
            "what is expected: designed (its bill of materials), now, or a time: ISO 8601 with zone, or a date",
            {"type": "string", "default": "designed"},
        ),
        ("at", "the time at which it is looked at; absent: now", {"type": "string"}),
        FORMAT,
        rows="DifferenceView",
    )


def definition_lists() -> dict[str, dict[str, Any]]:
    """What is defined, and what a unit should contain by it."""
    part = ("part_number", "part number, or issuer:part", {"type": "string"})
    code_list = ("code_list", "only this list", {"type": "string"})
    lists: tuple[tuple[str, str, str, tuple[tuple[str, str, dict[str, Any]], ...]], ...] = (
        ("bills-of-material", "Bills of materials with their lines", "BillView", (part,)),
        ("setups", "Setup lists, and where and since when each is in force", "SetupListView", ()),
        ("work-centers", "Work centers", "WorkCenterView", ()),
        ("equipment", "Stations", "EquipmentView", ()),
        ("codes", "Codes of defects, reasons and other lists", "CodeView", (code_list,)),
    )
    designed = get(
        "What a unit should contain, and what is installed",
        record_schema("AsDesigned"),
        (
            "levels",
            "all: also of every unit in it that has a bill, as rows",
            {"enum": ["one", "all"], "default": "one"},
        ),
        FORMAT,
        rows="BillLineView",
    )
    content = designed["get"]["responses"]["200"]["content"]
    both = [record_schema("AsDesigned"), list_schema("lines", "DesignedLine")]
    content["application/json"]["schema"] = {"anyOf": both}
    content["application/x-ndjson"]["schema"] = {
        "anyOf": [record_schema("BillLineView"), record_schema("DesignedLine")]
    }
    setup = get(
        "How a station is set up now: what each slot asks for, what is loaded, verified and left",
        record_schema("SetupView"),
        ("low_units", "what suffices for fewer units is low", {"type": "integer", "minimum": 0, "default": 20}),
        FORMAT,
        rows="SlotView",
    )
    single = {"units/{name}/as-designed": designed, "units/{name}/diff": comparison(), "setups/{name}": setup}
    single["units/{name}/completeness"] = _completeness("a unit and the units in it")
    return {f"/api/v1/{path}": one for path, one in single.items()} | {
        f"/api/v1/{path}": get(
            summary, list_schema(path.replace("-", "_"), row), *filters, FORMAT, named=False, rows=row
        )
        for path, summary, row, filters in lists
    }
