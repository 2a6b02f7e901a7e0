"""Two or three things that bear one number, side by side: what is on record, what arrived, and a further record."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.database import Reader
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.identity import DuplicateView
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.units import AliasView, UnitView
from asbuilt.queries.units import unit as unit_view
from asbuilt.web.addresses import page_of
from asbuilt.web.telling import facts, number, say
from asbuilt.web.templatetags.asbuilt import moment, name_link, short_name, status
from asbuilt.web.timeline import beginning
from asbuilt.web.words import Said, Tone

NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one thing. said: whether it agrees with what is on record, where that tells something."""

    value: SafeString = NOTHING
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of all of them."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Compared:
    """Titles of the columns, and the facts that at least one of them has."""

    titles: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """A unit on record. received: how it came in, when it did."""

    unit: UnitView
    received: HistoryEntry | None

    def said(self, name: str) -> str:
        """Something that was said when it was received."""
        return "" if self.received is None else str(self.received.event.get(name, ""))


def compared(reader: Reader, asked: DuplicateView, named: Named, other: Named | None) -> Compared:
    """The unit that exists, what arrived under its number, and a further record when one is named."""
    own_issuer = reader.site.issuer
    record = _on_record(reader, named)
    further = None if other is None else _on_record(reader, other)
    columns = [_of_record(record, named, own_issuer), _of_arrival(asked, named, record, own_issuer)]
    titles = [_("On record"), _("What arrived")]
    if other is not None:
        columns.append(_of_record(further, other, own_issuer))
        titles.append(_("Other record"))
    lines = [
        Line(name, [column.get(name, Cell()) for column in columns])
        for name in dict.fromkeys(name for column in columns for name in column)
    ]
    return Compared(titles, [line for line in lines if any(cell.value for cell in line.cells)])


def _on_record(reader: Reader, named: Named) -> _OnRecord | None:
    """None when its commissioning was declared wrong."""
    try:
        view = unit_view(reader, named)
    except NotFound:
        return None
    read = (entry for entry in reversed(beginning(reader, named)) if entry.corrected_by is None)
    return _OnRecord(view, next((entry for entry in read if entry.type == "UnitReceived"), None))


def _of_record(found: _OnRecord | None, named: Named, own_issuer: str) -> dict[str, Cell]:
    name = name_link(page_of("unit", named.name), short_name(named.name, own_issuer))
    if found is None:
        return {_("Unit"): Cell(name), _("Status"): Cell(say(_("Declared wrong")))}
    unit = found.unit
    marked = say(_("now marked as {name}"), name=number(short_name(unit.marked_as, own_issuer)))
    return {
        _("Unit"): Cell(facts(name, marked if unit.marked_as else "")),
        _("Description"): Cell(facts(unit.description)),
        _("Supplier"): Cell(facts(found.said("supplier"))),
        _("Document"): Cell(facts(number(found.said("purchase_order")))),
        _("Further names"): Cell(_names(unit.aliases)),
        _("Where it is"): Cell(facts(unit.customer or unit.location, number(unit.container))),
        _("Installed in"): Cell(number(short_name(unit.installed_in, own_issuer)) if unit.installed_in else NOTHING),
        _("Work order"): Cell(facts(number(unit.work_order))),
        _("Status"): Cell(status(unit.status)),
        _("First recorded"): Cell(moment(unit.commissioned_at)),
        _("Last event"): Cell(moment(unit.last_event_time)),
    }


def _of_arrival(asked: DuplicateView, named: Named, record: _OnRecord | None, own_issuer: str) -> dict[str, Cell]:
    name = [AliasView(scheme=asked.scheme, value=asked.value, issuer="")] if asked.value else []
    return {
        _("Unit"): Cell(say(_("under the number {name}"), name=number(short_name(named.name, own_issuer)))),
        _("Description"): Cell(facts(asked.description)),
        _("Supplier"): Cell(facts(asked.supplier), _agreement(asked.supplier, record)),
        _("Document"): Cell(facts(number(asked.document))),
        _("Further names"): Cell(_names(name), _borne(asked, record)),
        _("Where it is"): Cell(facts(asked.location)),
        _("First recorded"): Cell(moment(asked.reported_at)),
    }


def _names(aliases: Sequence[AliasView]) -> SafeString:
    return format_html_join(", ", "{} {}", ((one.scheme, number(one.value)) for one in aliases))


def _agreement(seen: str, record: _OnRecord | None) -> Said | None:
    """Whether two suppliers are the same; nothing when one of them is missing."""
    recorded = "" if record is None else record.said("supplier")
    if not seen or not recorded:
        return None
    is_same = normal_form(seen) == normal_form(recorded)
    return Said(_("the same")) if is_same else Said(_("differs"), Tone.HOLD)


def _borne(asked: DuplicateView, record: _OnRecord | None) -> Said | None:
    """Whether the record bears the further name, or another one of its kind."""
    if not asked.value or record is None:
        return None
    of_kind = [one.value for one in record.unit.aliases if normal_form(one.scheme) == normal_form(asked.scheme)]
    if normal_form(asked.value) in map(normal_form, of_kind):
        return Said(_("the same"))
    return Said(_("differs"), Tone.HOLD) if of_kind else None
