"""Sentences about work on part of a lot."""

from decimal import Decimal

from django.utils.translation import gettext as _

from asbuilt.web.defects import found
from asbuilt.web.telling import Sentence, Told, facts, given, number, say
from asbuilt.web.words import Said, Tone, shown_number


def lot_operation_started(told: Told) -> Sentence:
    text = facts(
        _amount(told, "quantity"),
        _again(told),
        told.said("station"),
        given(_("order {value}"), number(told.said("work_order"))),
    )
    return Sentence(say(_("{operation} started on some of the lot"), operation=told.said("operation")), text)


def lot_operation_completed(told: Told) -> Sentence:
    has_failed = bool(_amount(told, "failed") or _amount(told, "scrapped"))
    text = facts(
        _again(told),
        given(_("{value} passed"), _amount(told, "passed")),
        given(_("{value} failed"), _amount(told, "failed")),
        given(_("{value} scrapped"), _amount(told, "scrapped")),
        found(told),
        given(_("tool {value}"), told.said("tool")),
        given(_("program {value}"), told.said("program")),
    )
    return Sentence(
        say(_("{operation} done on some of the lot"), operation=told.said("operation")),
        text,
        Tone.FAIL if has_failed else Tone.NEUTRAL,
        Said(_("Not all passed"), Tone.FAIL) if has_failed else None,
    )


def _again(told: Told) -> str:
    return say(_("tried again")) if told.entry.event.get("is_retry") else ""


def _amount(told: Told, name: str) -> str:
    """A quantity; its unit of measure is that of the lot, which the event does not say."""
    said = Decimal(told.said(name) or 0)
    return shown_number(said) if said else ""
