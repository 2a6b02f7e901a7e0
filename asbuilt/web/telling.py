"""What sentences about events are made of: an event with what is known beside it, and pieces of translated text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from asbuilt.queries.as_built import OperationView
from asbuilt.queries.history import HistoryEntry
from asbuilt.web.addresses import page_of
from asbuilt.web.templatetags.asbuilt import name_link, short_name
from asbuilt.web.words import Said, Tone, shown_quantity

NOTHING = mark_safe("")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened: in a few words, then in detail. said: a word that stands out beside the title."""

    title: SafeString
    text: SafeString = NOTHING
    tone: Tone = Tone.NEUTRAL
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event with what its sentence needs to know beside it.

    descriptions: of components, by their part. operation: what was measured, when it is a completed one that counts.
    corrected: the title of the event that a correction declares wrong, when that stands in the same history.
    """

    entry: HistoryEntry
    own_issuer: str
    descriptions: Mapping[str, str] = field(default_factory=dict)
    operation: OperationView | None = None
    corrected: SafeString = NOTHING

    @property
    def is_subject(self) -> bool:
        """Whether the event is about the unit or lot whose history this is."""
        return self.entry.role == "subject"

    def said(self, name: str) -> str:
        """A text of the event; empty when it says nothing of that."""
        return str(self.entry.event.get(name, ""))

    def quantity(self) -> str:
        quantity = self.entry.event.get("quantity")
        if quantity is None or (quantity == "1" and not self.said("uom")):
            return ""  # one piece needs no saying
        return shown_quantity(Decimal(str(quantity)), self.said("uom"))

    def link(self, *fields: str) -> SafeString:
        """The unit or lot that the first filled of these fields names, as a link."""
        for name in fields:
            if self.said(name):
                return self.linked("lot" if name.endswith("lot") else "unit", self.said(name))
        return NOTHING

    def linked(self, kind: str, name: str) -> SafeString:
        return name_link(page_of(kind, name), short_name(name, self.own_issuer))

    def subject(self) -> SafeString:
        """What the event is about, as a link: a unit, or the lot that was made."""
        return self.link("unit", "output_lot")

    def description(self) -> str:
        """What the component is, when that is known here."""
        return self.descriptions.get(part_of(self.said("component") or self.said("lot")), "")


def part_of(name: str) -> str:
    """The part, with its issuer, in the full name of a unit or lot."""
    return name.partition("/")[0]


def say(text: str | Promise, **values: object) -> SafeString:
    """A translated text with values in braces, which are shown letter by letter."""
    return format_html(str(text), **values) if values else escape(text)


def facts(*parts: str) -> SafeString:
    """Those parts that say something, set apart."""
    return format_html_join(" · ", "{}", ((part,) for part in parts if part))


def number(text: str) -> SafeString:
    """A number that is a name."""
    return format_html('<span class="serial" translate="no">{}</span>', text) if text else NOTHING


def given(text: str, value: str) -> SafeString:
    """`text` about `value`, when there is one."""
    return say(text, value=value) if value else NOTHING


def happened_at(entry: HistoryEntry) -> datetime:
    """When it happened, in the zone in which it was reported."""
    return datetime.fromisoformat(entry.event["event_time"])
