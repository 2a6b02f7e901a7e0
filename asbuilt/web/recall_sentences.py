"""Sentences about what is called back."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.core.events.recalls import RecallDisposition
from asbuilt.web.telling import Sentence, Told, facts, given, say
from asbuilt.web.words import Tone


def disposition_word(disposition: str) -> str:
    """What became of something, in a word; empty while nobody has said."""
    return {
        RecallDisposition.CORRECTED.value: _("corrected"),
        RecallDisposition.RETURNED.value: _("back in house"),
        RecallDisposition.DESTROYED.value: _("destroyed"),
        RecallDisposition.CLEARED.value: _("not affected"),
        RecallDisposition.LOST.value: _("not to be found"),
    }.get(disposition, disposition)


def milestone_word(step: str) -> str:
    """A step of a recall."""
    return {
        "opened": _("Opened"),
        "scope settled": _("Scope settled"),
        "first notice": _("First notice"),
        "last notice": _("Last notice"),
        "all notices answered": _("All notices answered"),
        "first disposition": _("First decision"),
        "last disposition": _("Last decision"),
        "closed": _("Closed"),
    }.get(step, step)


def recall_opened(told: Told) -> Sentence:
    drill = say(_("drill")) if told.entry.event.get("is_drill") else ""
    title = say(_("Recall {name} opened"), name=told.said("recall"))
    return Sentence(title, facts(drill, told.said("reason")), Tone.HOLD)


def scope_listed(told: Told) -> Sentence:
    count = len(told.entry.event.get("units", ())) + len(told.entry.event.get("lots", ()))
    text = ngettext("{count} unit or lot", "{count} units and lots", count)
    surely = _("certain") if told.entry.event["is_certain"] else _("possible")
    return Sentence(say(_("Listed for recall {name}"), name=told.said("recall")), facts(say(text, count=count), surely))


def scope_frozen(told: Told) -> Sentence:
    detail = facts(told.said("meaning"), given(_("signed by {value}"), told.said("signed_by")))
    return Sentence(say(_("Scope of recall {name} settled"), name=told.said("recall")), detail)


def notice_issued(told: Told) -> Sentence:
    text = facts(told.said("customer"), told.said("reference"), told.said("medium"))
    return Sentence(say(_("Told of recall {name}"), name=told.said("recall")), text)


def notice_answered(told: Told) -> Sentence:
    text = facts(told.said("customer"), told.said("note"))
    return Sentence(say(_("Answered about recall {name}"), name=told.said("recall")), text)


def recall_dispositioned(told: Told) -> Sentence:
    what = disposition_word(told.said("disposition"))
    detail = facts(told.said("reason"), given(_("see {value}"), told.said("reference")))
    return Sentence(say(_("Recall {name}: {what}"), name=told.said("recall"), what=what), detail, Tone.REWORK)


def recall_closed(told: Told) -> Sentence:
    return Sentence(say(_("Recall {name} closed"), name=told.said("recall")), facts(told.said("reason")))
