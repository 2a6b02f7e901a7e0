"""Where the pages and downloads of units and lots are. Names hold anything; addresses always lead to the one meant."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

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


def _query(given: dict[str, str]) -> str:
    said = {name: value for name, value in given.items() if value}
    return f"?{urlencode(said)}" if said else ""
