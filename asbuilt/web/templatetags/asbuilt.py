"""How pages write what the trade knows: a status, a serial number, a moment, an icon."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from asbuilt.queries.naming import escaped
from asbuilt.web import addresses
from asbuilt.web.words import EVIDENCE_WORDS, Tone, shown_count, shown_quantity, shown_share, status_said

register = template.Library()

FONT_STYLESHEET = "asbuilt/fonts/fonts.css"
"""Made at installation; without it the pages take the system's fonts."""
SERIAL_ON_ONE_LINE = 32
"""Longest number that is kept on one line in a table, in characters."""


class MomentStyle(StrEnum):
    """How much of a moment is shown; the whole of it is always in the `datetime` attribute."""

    FULL = "full"
    """2026-11-04 08:12 +01:00"""
    DATE = "date"
    """2026-11-04"""
    TIME = "time"
    """08:12"""


_MOMENT_FORMATS = {
    MomentStyle.FULL: "%Y-%m-%d %H:%M",
    MomentStyle.DATE: "%Y-%m-%d",
    MomentStyle.TIME: "%H:%M",
}


@register.simple_tag
def pill(word: str, tone: str = Tone.NEUTRAL) -> SafeString:
    """`{% pill "On hold" "hold" %}`: a status by shape, word and colour. Raises ValueError for an unknown tone."""
    return format_html(
        '<span class="pill is-{}"><span class="shape" aria-hidden="true"></span>{}</span>', Tone(tone), word
    )


@register.filter
def serial(number: object) -> SafeString:
    """`{{ unit.serial_number|serial }}`: a number that is a name, letter by letter as it was marked, never cut off.

    A long one may be broken over lines even in a table; a shorter one is kept on one line there.
    """
    text = str(number)
    length = " is-long" if len(text) > SERIAL_ON_ONE_LINE else ""
    return format_html('<span class="serial{}" translate="no">{}</span>', length, text)


@register.simple_tag
def status(value: str) -> SafeString:
    """`{% status unit.status %}`: the status of a unit, lot or component as a pill."""
    said = status_said(value)
    return pill(str(said.word), said.tone)


@register.simple_tag
def evidence(value: str) -> SafeString | str:
    """`{% evidence component.evidence %}`: how surely a component is there; as a pill when that is weak."""
    said = EVIDENCE_WORDS[value]
    return pill(str(said.word), said.tone) if said.is_exception else str(said.word)


@register.simple_tag
def quantity(amount: Decimal | None, uom: str = "") -> str:
    """`{% quantity lot.used lot.uom %}`: an amount with its unit of measure, nothing for None."""
    return shown_quantity(amount, uom)


register.simple_tag(addresses.page_of, name="page_of")
register.simple_tag(addresses.units_with, name="units_with")
register.simple_tag(addresses.download_of, name="download_of")
register.simple_tag(addresses.label_of, name="label_of")
register.simple_tag(addresses.graph_of, name="graph_of")
register.simple_tag(addresses.comparison_of, name="comparison_of")
register.simple_tag(addresses.differences_file, name="differences_file")
register.simple_tag(addresses.part_page, name="part_link")
register.simple_tag(addresses.part_action, name="part_action")
register.simple_tag(addresses.order_action, name="order_action")
register.simple_tag(addresses.recall_page, name="recall_link")
register.simple_tag(addresses.recalls_of, name="recalls_of")
register.simple_tag(addresses.setup_action, name="setup_action")
register.simple_tag(addresses.setup_page, name="setup_link")
register.simple_tag(addresses.station_action, name="station_action")
register.simple_tag(addresses.duplicate_page, name="duplicate_link")
register.simple_tag(addresses.defect_page, name="defect_link")


@register.simple_tag
def refusals_of_rule(wanted: dict[str, str], rule: str) -> str:
    """`{% refusals_of_rule wanted one.rule %}`: the same refusals, of one rule."""
    return addresses.refusals_with(**wanted | {"rule": rule})


@register.simple_tag
def share(part: Decimal) -> str:
    """`{% share reason.share %}`: a share of one in percent, as the language writes it."""
    return shown_share(part)


@register.simple_tag
def name_link(path: str, text: str) -> SafeString:
    """`{% name_link row.path row.name %}`: a number that is a name, leading to its page; plain when it has none."""
    if not path:
        return serial(text)
    length = " is-long" if len(text) > SERIAL_ON_ONE_LINE else ""
    return format_html('<a class="serial{}" href="{}" translate="no">{}</a>', length, path, text)


@register.filter
def short_name(name: str, own_issuer: str) -> str:
    """A full name as it is written at home: without the issuer, where that is the site's own."""
    return name.removeprefix(f"{escaped(own_issuer)}:")


@register.filter
def short_names(names: str, own_issuer: str) -> str:
    """The same of several names with "or" between them."""
    return " / ".join(short_name(name, own_issuer) for name in names.split(" or "))


@register.filter
def count(number: int) -> str:
    """`{{ total|count }}`: a whole number with its thousands set apart."""
    return shown_count(number)


@register.filter
def three_digits(number: Decimal) -> str:
    """`{{ finding.odds_ratio|three_digits }}`: a worked-out figure, to three significant digits."""
    return number_format(f"{number:.3g}") if abs(number) < Decimal("0.0001") else number_format(f"{float(number):.3g}")


@register.simple_tag
def moment(when: datetime | None, style: str = MomentStyle.FULL) -> SafeString:
    """`{% moment event.event_time "time" %}`: in the zone in which it happened; nothing for None."""
    if when is None:
        return mark_safe("")
    assert when.tzinfo is not None, "a moment without a zone is not one"
    text = when.strftime(_MOMENT_FORMATS[MomentStyle(style)])
    if style == MomentStyle.FULL:
        text = f"{text} {zone_name(when)}"
    return format_html('<local-time><time datetime="{}">{}</time></local-time>', when.isoformat(), text)


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """`{% icon "scan" %}`: a lucide icon that goes with a word, hidden from screen readers."""
    return _icon(str(name), size)


@register.simple_tag
def font_stylesheet() -> SafeString:
    """The link to the built fonts, when there are any."""
    if not _has_fonts():
        return mark_safe("")
    return format_html('<link rel="stylesheet" href="{}">', static(FONT_STYLESHEET))


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    drawn = lucide(name, size=size, stroke_width="1.75", **{"class": "icon", "aria-hidden": "true"})
    return mark_safe(drawn)  # noqa: S308 - the icon set's own drawing


@lru_cache(maxsize=1)
def _has_fonts() -> bool:
    return finders.find(FONT_STYLESHEET) is not None


def zone_name(when: datetime) -> str:
    """The zone of a moment as its offset: +01:00, or UTC."""
    offset = when.strftime("%z")
    return "UTC" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}"
