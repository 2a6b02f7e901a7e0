"""Where the pages and downloads of units and lots are. Names hold anything; addresses always lead to the one meant."""

import shlex
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from django.urls import reverse

from asbuilt.queries.naming import escaped

_VIEWS = {"unit": "web:unit", "lot": "web:lot"}
_DOWNLOADS = {"unit": "api:unit", "lot": "api:lot"}


def page_of(kind: str, name: str, **query: str) -> str:
    """The page of a unit or lot by its full name; nothing for what has none (a component known by a name only)."""
    if kind not in _VIEWS:
        return ""
    return reverse(_VIEWS[kind], args=(_segment(name),)) + _query(query)


def label_of(kind: str, name: str, **query: str) -> str:
    """The page on which the label of a unit or lot is seen and printed."""
    return reverse(f"web:{kind}-label", args=(_segment(name),)) + _query(query)


def components_of(name: str, **query: str) -> str:
    """The list of what is directly in a unit or lot."""
    return reverse("web:components", args=(_segment(name),)) + _query(query)


def graph_of(kind: str, name: str, **query: str) -> str:
    """Everything around a unit or lot, drawn."""
    return reverse(f"web:{kind}-graph", args=(_segment(name),)) + _query(query)


def graph_data_of(kind: str, name: str, **query: str) -> str:
    """What is drawn there: things with their places, and links."""
    return reverse(f"web:{kind}-graph-data", args=(_segment(name),)) + _query(query)


def comparison_of(name: str, **query: str) -> str:
    """How a unit differs from its design, or from another time."""
    return reverse("web:comparison", args=(_segment(name),)) + _query(query)


def differences_file(name: str, asked: dict[str, str]) -> str:
    """The same differences as a file, all of them."""
    return reverse("api:unit-diff", args=(_segment(name),)) + _query(asked)


def branch_of(name: str, **query: str) -> str:
    """The part of a tree that lies below a unit or lot."""
    return reverse("web:branch", args=(_segment(name),)) + _query(query)


def download_of(kind: str, what: str, name: str, **query: str) -> str:
    """A record of a unit or lot as a file. what: history, as-built, where-used."""
    return reverse(f"{_DOWNLOADS[kind]}-{what}", args=(_segment(name),)) + _query(query)


def units_with(**filters: str) -> str:
    """The list of units that a filter lets pass."""
    return reverse("web:units") + _query(filters)


def units_as_csv(**filters: str) -> str:
    """The same units as a file, all of them."""
    return reverse("api:units") + _query({**filters, "format": "csv"})


def part_page(issuer: str, part_number: str) -> str:
    """The page of a part: its serial profile, ranges and voided numbers."""
    return reverse("web:part", args=(f"{escaped(issuer)}:{escaped(part_number)}",))


def part_action(view: str, name: str, *more: object, **query: str) -> str:
    """Where something of a part is done or fetched, by the view and the full name of the part."""
    return reverse(f"web:{view}", args=(name, *more)) + _query(query)


def parts_with(**filters: str) -> str:
    """The list of parts that a filter lets pass."""
    return reverse("web:parts") + _query(filters)


def parts_as_csv(**filters: str) -> str:
    """The same parts as a file, all of them."""
    return reverse("api:parts") + _query({**filters, "format": "csv"})


def order_page(number: str) -> str:
    """The page of a work order. Its number may hold anything, so that it stands there as one segment."""
    return order_action("work-order", number)


def order_action(view: str, number: str) -> str:
    """Where something is done with a work order, by the view and the number of the order."""
    return reverse(f"web:{view}", args=(_one_segment(number),))


def setups_with(**query: str) -> str:
    """The list of the stations that are set up, from a name on."""
    return reverse("web:setups") + _query(query)


def setup_page(station: str, **query: str) -> str:
    """How a station is set up. form, slot, lot: which form of the page waits for a scan, and what is filled in."""
    return setup_action("setup", station) + _query(query)


def setup_action(view: str, station: str) -> str:
    """Where something is done with the setup of a station, by the view and the name of the station."""
    return reverse(f"web:{view}", args=(_one_segment(station),))


def station_page(station: str, **setting: str) -> str:
    """The page on which a station works. operation, tool, program, operator: as it is set."""
    return reverse("web:station", args=(_one_segment(station),)) + _query(setting)


def station_action(view: str, station: str) -> str:
    """Where something that happens at a station is sent to, by the view and the name of the station."""
    return reverse(f"web:{view}", args=(_one_segment(station),))


def orders_with(**filters: str) -> str:
    """The list of work orders that a filter lets pass."""
    return reverse("web:work-orders") + _query(filters)


def orders_as_csv(**filters: str) -> str:
    """The same work orders as a file, all of them."""
    return reverse("api:work-orders") + _query({**filters, "format": "csv"})


def recall_page(number: str, **query: str) -> str:
    """The page of a recall. after: which page of what it covers."""
    return order_action("recall", number) + _query(query)


def members_as_csv(number: str) -> str:
    """Everything that a recall covers, as a file."""
    segment = quote(number, safe="")
    return reverse("api:recall-members", args=(segment,)) + _query({"format": "csv"})


def recalls_of(kind: str, name: str) -> str:
    """What a recall of a unit or lot would cover."""
    return reverse("web:recall-scope") + _query({"seeds": f"{kind}={shlex.quote(name)}"})


def seeds_tried(lines: Sequence[str], *, first: int = 0) -> str:
    """What a recall of some seeds, a line each, would cover; listed from a place on."""
    return reverse("web:recall-scope") + _query({"seeds": "\n".join(lines), "from": str(first) if first else ""})


def duplicates_after(after: int | None = None) -> str:
    """The list of open duplicates, from a page on."""
    return reverse("web:duplicates") + _query({"after": "" if after is None else str(after)})


def duplicate_page(question: UUID, **query: str) -> str:
    """Where the question that a duplicate raises is looked at and decided."""
    return reverse("web:duplicate", args=(question,)) + _query(query)


def defects_with(**filters: str) -> str:
    """The list of defects that a filter lets pass."""
    return reverse("web:defects") + _query(filters)


def defects_as_csv(**filters: str) -> str:
    """The same defects as a file, all of them."""
    return reverse("api:defects") + _query({**filters, "format": "csv"})


def defect_page(unit: str, number: str) -> str:
    """Where a defect of a unit is looked at and decided."""
    return defect_action("defect", unit) + _query({"number": number})


def defect_action(view: str, unit: str) -> str:
    """Where something is recorded about a defect of a unit, by the view and the full name of the unit."""
    return reverse(f"web:{view}", args=(_segment(unit),))


def refusals_with(**filters: str) -> str:
    """What the interlock stopped, as far as a filter lets it pass."""
    return reverse("web:refusals") + _query(filters)


def refusals_as_csv(**filters: str) -> str:
    """The same refusals as a file, all of them."""
    return reverse("api:refusals") + _query({**filters, "format": "csv"})


def board_with(**query: str) -> str:
    """The supervisor board. span: the window compared with; wall: without the frame; live=0: it stands still."""
    return reverse("web:board") + _query(query)


def charts_with(**query: str) -> str:
    """Process control: a chart of one characteristic, or what there is to choose from."""
    return reverse("web:charts") + _query(query)


def chart_as_csv(**query: str) -> str:
    """The points of the same chart as a file."""
    return reverse("api:spc") + _query({**query, "show": "points", "format": "csv"})


def tests_with(**query: str) -> str:
    """Serial × test: what was measured at an operation, unit by unit."""
    return reverse("web:tests") + _query(query)


def list_of(name: str, **query: str) -> str:
    """A list of what the floor works with, as far as its filters let it pass."""
    return reverse(f"web:{name}") + _query(query)


def commonality_with(**query: str) -> str:
    """What failing units have in common. factor, value: the units of one finding."""
    return reverse("web:commonality") + _query(query)


def commonality_as_csv(**query: str) -> str:
    """The same findings as a file, as far as the question fits into an address without lists of units."""
    given = {name: value for name, value in query.items() if name not in {"cases", "controls"}}
    return reverse("api:commonality") + _query({**given, "format": "csv"})


def found_by(text: str) -> str:
    """What the find box leads to."""
    return reverse("web:find") + _query({"text": text})


def name_in(path: str) -> str:
    """The name of a unit or lot as it stands in the path of its page."""
    return path.replace("%2E", ".")


def in_query(at: datetime | None) -> dict[str, str]:
    """A time as the parameters `at` and `zone` that a page takes."""
    if at is None:
        return {}
    return {"at": at.strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00"), "zone": at.strftime("%z")[:5]}


def _segment(name: str) -> str:
    """A name as one path segment behind the part number: browsers shorten a/../b, and take the slashes of a//b for one.

    A number that is nothing but dots is escaped beyond what names need, and `name_in` takes that back.
    """
    part, slash, number = name.partition("/")
    number = number.replace("/", "%2F")
    if number in {".", ".."}:
        number = number.replace(".", "%2E")
    return f"{part}{slash}{number}"


def _one_segment(name: str) -> str:
    """A name that may hold anything as one path segment; one that is nothing but dots is escaped, too."""
    segment = quote(name, safe="")
    return segment.replace(".", "%2E") if segment in {".", ".."} else segment


def _query(given: dict[str, str]) -> str:
    said = {name: value for name, value in given.items() if value}
    return f"?{urlencode(said)}" if said else ""
