"""The builder of seeds: what units and lots have in common is chosen and filled in, and need not be written.

A seed is a line of `name=value`, as `asbuilt recall simulate` takes it; the address of the page holds all of them.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asbuilt.ledger.codec import Malformed
from asbuilt.queries.recall.asking import seed_of
from asbuilt.web.addresses import seeds_tried

_BREAKS = re.compile(r"[\r\n]+")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
MOMENTS, NUMBERS = ("since", "until"), ("above", "below")


@dataclass(frozen=True, slots=True)
class Kind:
    """A way in which things are suspect. fields: of a seed. fixed: what a seed of this kind says besides."""

    name: str
    title: Promise
    meaning: Promise
    fields: tuple[str, ...]
    fixed: str = ""


KINDS = (
    Kind("lot", gettext_lazy("A lot"), gettext_lazy("everything it went into, at every level"), ("lot",)),
    Kind("unit", gettext_lazy("A unit"), gettext_lazy("everything it is or was installed in"), ("unit",)),
    Kind(
        "supplied",
        gettext_lazy("A supplier's lot"),
        gettext_lazy("every lot that was delivered under its number"),
        ("supplier_lot", "supplier", "part"),
    ),
    Kind(
        "made",
        gettext_lazy("A part and a time"),
        gettext_lazy("its units and lots that came into being then"),
        ("part", "since", "until"),
    ),
    Kind(
        "worked",
        gettext_lazy("How they were worked on"),
        gettext_lazy("at a station, with a tool or program, by somebody"),
        ("station", "slot", "operation", "tool", "program", "operator", "part", "since", "until"),
    ),
    Kind(
        "measured",
        gettext_lazy("What was measured"),
        gettext_lazy("a value beyond a limit that you name"),
        ("characteristic", "above", "below", "operation", "station", "part", "since", "until"),
    ),
    Kind(
        "calibrated",
        gettext_lazy("A tool found out of calibration"),
        gettext_lazy("what was done with it since it was last found good"),
        ("tool", "operation", "part"),
        "since_calibration",
    ),
)

LABELS: dict[str, Promise] = {
    "lot": gettext_lazy("Lot"),
    "unit": gettext_lazy("Unit"),
    "supplier_lot": gettext_lazy("Supplier's lot"),
    "supplier": gettext_lazy("Supplier"),
    "part": gettext_lazy("Part number"),
    "station": gettext_lazy("Station"),
    "slot": gettext_lazy("Slot"),
    "operation": gettext_lazy("Operation"),
    "tool": gettext_lazy("Tool"),
    "program": gettext_lazy("Program"),
    "operator": gettext_lazy("Operator"),
    "characteristic": gettext_lazy("Characteristic"),
    "above": gettext_lazy("Above"),
    "below": gettext_lazy("Below"),
    "since": gettext_lazy("Since (UTC)"),
    "until": gettext_lazy("Until before (UTC)"),
    "since_calibration": gettext_lazy("Since its last good calibration"),
}
HINTS: dict[str, Promise] = {
    "lot": gettext_lazy("part/lot, as on its label"),
    "unit": gettext_lazy("part/serial number, as on its label"),
    "slot": gettext_lazy("needs the station"),
}


def builder(asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The kinds with their fields, as the page draws them; the first is chosen unless another is asked for."""
    chosen = asked.get("kind", "")
    chosen = chosen if any(kind.name == chosen for kind in KINDS) else KINDS[0].name
    return [
        {
            "kind": kind,
            "is_chosen": kind.name == chosen,
            "fields": [
                {
                    "id": f"seed-{kind.name}-{name}",
                    "name": f"{kind.name}-{name}",
                    "label": LABELS[name],
                    "hint": HINTS.get(name, ""),
                    "type": "datetime-local" if name in MOMENTS else "text",
                    "value": asked.get(f"{kind.name}-{name}", ""),
                }
                for name in kind.fields
            ],
        }
        for kind in KINDS
    ]


def built(asked: Mapping[str, str]) -> str:
    """The seed that was filled in as a line; '' when nothing was."""
    for kind in KINDS:
        if kind.name == asked.get("kind"):
            words = [
                f"{name}={shlex.quote(_spelled(name, value))}"
                for name in kind.fields
                if (value := asked.get(f"{kind.name}-{name}", "").strip())
            ]
            return " ".join([*words, kind.fixed]).strip() if words else ""
    return ""


def _spelled(name: str, value: str) -> str:
    """In one line; numbers with a point, whatever stands before the decimals where they are typed."""
    value = _BREAKS.sub(" ", value)
    return _COMMA.sub(".", value) if name in NUMBERS else value


def told(lines: Sequence[str]) -> list[dict[str, str]]:
    """Each seed in words, and the address of the page without it. One that cannot be read is told as it was written."""
    return [
        {"text": _in_words(line), "without": seeds_tried([*lines[:place], *lines[place + 1 :]])}
        for place, line in enumerate(lines)
    ]


def _in_words(line: str) -> str:
    try:
        found = seed_of(line)
    except Malformed:
        return line
    words = [
        str(LABELS[name]) if value is True else f"{LABELS[name]} {_shown_moment(value) if name in MOMENTS else value}"
        for name, value in found.items()
        if name in LABELS and value is not False
    ]
    return " · ".join(words)


def _shown_moment(value: str) -> str:
    """A time as it was written, without what every one of them has."""
    return value.replace("T", " ").removesuffix("+00:00").removesuffix(":00")


def nothing_said() -> str:
    """What is wrong when the builder came back empty."""
    return _("Fill in at least one field of what you chose.")
