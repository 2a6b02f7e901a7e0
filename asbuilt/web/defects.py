"""What is wrong with a unit: the open defects first, and events about them as sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.queries.defects import DefectView
from asbuilt.web.telling import NOTHING, Sentence, Told, facts, given, number, say
from asbuilt.web.words import DISPOSITION_WORDS, SETTLED_WORDS, Tone

SHOWN = 50
"""Defects on a unit page; all of them have an address of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectLine:
    """A defect as a line of the page: what and where, who found it, and how far it has come."""

    number: str
    what: SafeString
    found: SafeString
    found_at: datetime
    state: SafeString
    is_open: bool


def defect_lines(defects: Iterable[DefectView], zone: tzinfo) -> list[DefectLine]:
    """Defects in the order in which they were asked for."""
    return [
        DefectLine(
            number=one.number,
            what=_what(one.code or _outside(one.characteristic), one.position, one.component, one.quantity, one.note),
            found=facts(one.operation or _("outside an operation"), one.station),
            found_at=one.found_at.astimezone(zone),
            state=_open(one) if one.is_open else facts(str(SETTLED_WORDS[one.settled_by]), one.repair, one.reason),
            is_open=one.is_open,
        )
        for one in defects
    ]


def _what(code: str, position: str, component: str, quantity: int, note: str) -> SafeString:
    times = "" if quantity == 1 else say(ngettext("{count} time", "{count} times", quantity), count=quantity)
    return facts(code or _("not said"), position, number(component), times, note)


def _outside(characteristic: str) -> str:
    return str(given(_("{value} out of limits"), characteristic))


def _open(one: DefectView) -> SafeString:
    """What was decided about an open defect, and what has to be done."""
    if not one.disposition:
        todo = given(_("{value} has to pass, or quality decides"), one.retest) or _("quality has to decide")
        return facts(todo, one.repair)
    return facts(str(DISPOSITION_WORDS[one.disposition]), _left_to_do(one), one.reason)


def _left_to_do(one: DefectView) -> SafeString:
    if one.disposition == "rework" and not one.is_reworked:
        return given(_("do {value}"), one.rework)
    if one.disposition == "repair" and one.repaired_at is None:
        return NOTHING
    return given(_("{value} has to pass"), one.retest)


def found(told: Told) -> SafeString:
    """The defects that a failed operation names."""
    return facts(*(_what_of(one) for one in told.entry.event.get("defects", ())))


def _what_of(defect: Mapping[str, str]) -> SafeString:
    return say("{what}", what=" ".join(filter(None, (defect["code"], defect.get("position", "")))))


def defect_recorded(told: Told) -> Sentence:
    """Something is wrong with the unit."""
    text = facts(told.said("code"), told.said("position"), number(told.said("component")), told.said("note"))
    return Sentence(say(_("Defect found")), text, Tone.FAIL)


def defect_dispositioned(told: Told) -> Sentence:
    """What becomes of a defect."""
    text = facts(
        str(DISPOSITION_WORDS[told.said("disposition")]),
        told.said("rework"),
        given(_("settled by {value}"), told.said("retest")),
        told.said("reason"),
    )
    tone = Tone.FAIL if told.said("disposition") == "scrap" else Tone.NEUTRAL
    return Sentence(say(_("Decided on defect {number}"), number=told.said("defect")), text, tone)


def defect_repaired(told: Told) -> Sentence:
    """What was done about a defect."""
    text = facts(told.said("action"), given(_("at {value}"), told.said("replaced")), told.said("note"))
    return Sentence(say(_("Defect {number} repaired"), number=told.said("defect")), text, Tone.REWORK)
