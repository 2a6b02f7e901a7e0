"""The history of a unit or lot as a timeline: days, and what happened on them, exceptions standing out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import OperationView
from asbuilt.queries.history import HistoryEntry, history
from asbuilt.queries.naming import Named
from asbuilt.web.history_lines import Line, LineTold, folded
from asbuilt.web.history_parts import NOTHING_OF_KIND, NOTHING_WORDS, SHOW_WORDS, Show, is_shown, parts_with_events
from asbuilt.web.measures import chips
from asbuilt.web.sentences import sentence
from asbuilt.web.telling import Told, happened_at
from asbuilt.web.templatetags.asbuilt import short_name, zone_name
from asbuilt.web.words import CORRECTION_WORDS

EVENTS_ON_A_PAGE = 500
"""Events put in the order in which they happened; a longer history goes on on a further page."""

EVENTS_READ = 20_000
"""Events looked at for the facts about a unit; the facts of a longer history say that they are of its beginning."""

LATE_FOR_ALL = 0.8
"""When this share of a history was recorded late it was taken over from elsewhere, and is not marked one by one."""

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened on one day."""

    first: datetime
    lines: list[Line]

    @property
    def zone(self) -> str:
        """The zone of the day's times, when they share one."""
        zones = {zone_name(line.when) for line in self.lines}
        return zones.pop() if len(zones) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of the timeline. count: of its events. next: the sequence after which the following page begins, if any.

    parts: those in which there is anything. recorded: when all of it was recorded, if that was long after it happened.
    """

    days: list[Day]
    show: Show
    parts: frozenset[Show]
    count: int
    next: str
    after: int
    recorded: datetime | None

    @property
    def choices(self) -> list[tuple[str, Promise]]:
        """What parts of the history can be asked for, with their words: those in which there is anything."""
        always = {Show.ALL, Show.EXCEPTIONS, self.show}
        return [(show.value, SHOW_WORDS[show]) for show in Show if show in always or show in self.parts]

    @property
    def nothing(self) -> Promise:
        """What is said where there is nothing of that part."""
        return NOTHING_WORDS.get(self.show, NOTHING_OF_KIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the sentences of a history need to know beside its events."""

    own_issuer: str
    descriptions: Mapping[str, str]
    operations: Mapping[str, OperationView]


def beginning(reader: Reader, named: Named) -> list[HistoryEntry]:
    """The events from which the facts about a unit are drawn: all, unless there are more than EVENTS_READ."""
    return list(history(reader, named, limit=EVENTS_READ))


def timeline(
    reader: Reader, named: Named, read: list[HistoryEntry], beside: Beside, *, show: Show, after: int
) -> Timeline:
    """A page of the history. read: its beginning, as far as it was read already."""
    rest: Iterable[HistoryEntry] = (entry for entry in read if entry.sequence > after)
    if len(read) == EVENTS_READ:
        rest = history(reader, named, after=after)
    by_id = {entry.event_id.hex: entry for entry in read}
    entries = list(islice((entry for entry in rest if is_shown(entry, show)), EVENTS_ON_A_PAGE + 1))
    page = entries[:EVENTS_ON_A_PAGE]
    late = sum(entry.is_late for entry in page) > LATE_FOR_ALL * len(page)
    page.sort(key=lambda entry: (entry.event_time, entry.sequence))
    lines = list(folded(_line(entry, beside, by_id, marks_late=not late) for entry in page))
    return Timeline(
        days=[_day(list(found)) for _, found in groupby(lines, key=lambda line: line.when.date())],
        show=show,
        parts=parts_with_events(read) if len(read) < EVENTS_READ else frozenset(Show),
        count=len(page),
        next=str(page_end(entries)) if len(entries) > len(page) else "",
        after=after,
        recorded=max((entry.record_time for entry in page), default=None) if late else None,
    )


def page_end(entries: Sequence[HistoryEntry]) -> int:
    """The sequence of the last event on the page, by order of recording."""
    return max(entry.sequence for entry in entries[:EVENTS_ON_A_PAGE])


def _line(entry: HistoryEntry, beside: Beside, by_id: Mapping[str, HistoryEntry], *, marks_late: bool) -> LineTold:
    told = _told(entry, beside, by_id)
    readings, more = chips(told.operation.measurements) if told.operation else ([], 0)
    line = Line(
        when=happened_at(entry),
        until=None,
        sentence=sentence(told),
        side=_side(entry),
        readings=readings,
        more_readings=more,
        late=_lateness(entry) if marks_late and entry.is_late else "",
        correction=_correction(entry),
        recorded_as=short_name(entry.recorded_as, beside.own_issuer) if entry.recorded_as else "",
    )
    return LineTold(told, line)


def _told(entry: HistoryEntry, beside: Beside, by_id: Mapping[str, HistoryEntry]) -> Told:
    told = Told(
        entry=entry,
        own_issuer=beside.own_issuer,
        descriptions=beside.descriptions,
        operation=beside.operations.get(str(entry.event_id)),
    )
    wrong = by_id.get(str(entry.event.get("corrected_event_id", "")).replace("-", ""))
    if wrong is None:
        return told
    return replace(told, corrected=sentence(_told(wrong, beside, {})).title)


def _side(entry: HistoryEntry) -> tuple[str, ...]:
    """Where it was done and who answers for it."""
    place, source = str(entry.event.get("station", "")), entry.source
    who = entry.operator or entry.actor
    return tuple(dict.fromkeys(text for text in (place, source, who) if text))


def _lateness(entry: HistoryEntry) -> str:
    seconds = int((entry.record_time - entry.event_time).total_seconds())
    if seconds < 0:
        return _("recorded before it happened")
    days, hours, minutes = seconds // DAY_S, seconds // HOUR_S, seconds // MINUTE_S
    if days:
        return ngettext("recorded {count} day later", "recorded {count} days later", days).format(count=days)
    if hours:
        return _("recorded {count} h later").format(count=hours)
    if minutes:
        return _("recorded {count} min later").format(count=minutes)
    return _("recorded {count} s later").format(count=seconds)


def _correction(entry: HistoryEntry) -> str:
    if entry.corrected_by is None:
        return ""
    return _("Does not count: {reason}. {explanation}").format(
        reason=CORRECTION_WORDS[entry.correction_reason], explanation=entry.correction_explanation
    )


def _day(lines: list[Line]) -> Day:
    return Day(first=lines[0].when, lines=lines)
