"""Sentences about what stations are set up with, and what is fed from their slots."""

from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.web.telling import Sentence, Told, facts, given, number, say
from asbuilt.web.words import shown_quantity


def setup_list_defined(told: Told) -> Sentence:
    count = len(told.entry.event["slots"])
    text = ngettext("{count} slot", "{count} slots", count)
    detail = facts(say(text, count=count), told.said("station"), told.said("description"))
    return Sentence(say(_("Setup list {name} defined"), name=told.said("setup_list")), detail)


def setup_activated(told: Told) -> Sentence:
    text = facts(told.said("station"), given(_("for work order {value}"), number(told.said("work_order"))))
    return Sentence(say(_("Setup {name} in force"), name=told.said("setup_list")), text)


def setup_deactivated(told: Told) -> Sentence:
    text = facts(told.said("station"), told.said("reason"))
    return Sentence(say(_("Setup {name} ended"), name=told.said("setup_list")), text)


def material_loaded(told: Told) -> Sentence:
    spliced = say(_("spliced")) if told.entry.event.get("is_splice") else ""
    return Sentence(
        say(_("Loaded at {station}"), station=told.said("station")), facts(_slot(told), told.quantity(), spliced)
    )


def material_unloaded(told: Told) -> Sentence:
    remaining = told.entry.event.get("remaining")
    left = "" if remaining is None else shown_quantity(Decimal(str(remaining)), told.said("uom"))
    text = facts(_slot(told), told.said("reason"), given(_("{value} counted to be left"), left))
    return Sentence(say(_("Unloaded at {station}"), station=told.said("station")), text)


def _slot(told: Told) -> SafeString:
    return say(_("slot {slot}"), slot=told.said("slot"))
