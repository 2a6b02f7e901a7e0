"""The history of a unit or lot as a timeline: days, and what happened on them, exceptions standing out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby, islice

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import OperationView
from asbuilt.queries.history import HistoryEntry, history
from asbuilt.queries.naming import Named
from asbuilt.web.measures import Reading, chips
from asbuilt.web.sentences import fitted, sentence
from asbuilt.web.telling import Sentence, Told, facts, happened_at, say
from asbuilt.web.templatetags.asbuilt import short_name, zone_name
from asbuilt.web.words import CORRECTION_WORDS, Said, Tone

EVENTS_ON_A_PAGE = 500
"""Events put in the order in which they happened; a longer history goes on on a further page."""

EVENTS_READ = 20_000
"""Events looked at for the facts about a unit; the facts of a longer history say that they are of its beginning."""

FOLDED_FROM = 4
"""So many components fitted one after another become one entry."""

FOLDED_SHOWN = 100
LATE_FOR_ALL = 0.8
"""When this share of a history was recorded late it was taken over from elsewhere, and is not marked one by one."""

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


class Show(StrEnum):
    """What part of a history is shown."""

    ALL = "all"
    EXCEPTIONS = "exceptions"
    TESTS = "tests"


SHOW_WORDS: dict[Show, Promise] = {
    Show.ALL: gettext_lazy("All"),
    Show.EXCEPTIONS: gettext_lazy("Exceptions"),
    Show.TESTS: gettext_lazy("Tests"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of the timeline. until: when the last of those folded into it happened.

    side: where it was done and by whom. late: how much later it was recorded. correction: why it does not count.
    recorded_as: the record it was made for, where that was merged into this one later.
    folded: the sentences of those that are folded into it, of which `count` there are.
    """

    when: datetime
    until: datetime | None
    sentence: Sentence
    side: tuple[str, ...]
    readings: Sequence[Reading]
    more_readings: int
    late: str
    correction: str
    recorded_as: str = ""
    folded: Sequence[SafeString] = ()
    count: int = 1

    @property
    def tone(self) -> Tone:
        """What the entry asks of the reader; a corrected one asks nothing any more."""
        return Tone.NEUTRAL if self.correction else self.sentence.tone

    @property
    def not_folded(self) -> int:
        """How many of those that are folded into it are not told."""
        return self.count - len(self.folded)

    @property
    def said(self) -> Said | None:
        """The word beside the title; a corrected entry has only its reason."""
        return None if self.correction else self.sentence.said


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

    recorded: when all of it was recorded, if that was long after it happened.
    """

    days: list[Day]
    show: Show
    count: int
    next: str
    after: int
    recorded: datetime | None

    @property
    def choices(self) -> list[tuple[str, Promise]]:
        """What part of the history can be asked for, with its word."""
        return [(show.value, SHOW_WORDS[show]) for show in Show]


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
    entries = list(islice((entry for entry in rest if _is_shown(entry, show)), EVENTS_ON_A_PAGE + 1))
    page = entries[:EVENTS_ON_A_PAGE]
    late = sum(entry.is_late for entry in page) > LATE_FOR_ALL * len(page)
    page.sort(key=lambda entry: (entry.event_time, entry.sequence))
    lines = list(_folded(_line(entry, beside, by_id, marks_late=not late) for entry in page))
    return Timeline(
        days=[_day(list(found)) for _, found in groupby(lines, key=lambda line: line.when.date())],
        show=show,
        count=len(page),
        next=str(page_end(entries)) if len(entries) > len(page) else "",
        after=after,
        recorded=max((entry.record_time for entry in page), default=None) if late else None,
    )


def page_end(entries: Sequence[HistoryEntry]) -> int:
    """The sequence of the last event on the page, by order of recording."""
    return max(entry.sequence for entry in entries[:EVENTS_ON_A_PAGE])


def is_exception(entry: HistoryEntry) -> bool:
    """Whether an event is out of the ordinary: failed, refused, removed, held, scrapped, returned, corrected …."""
    return (
        entry.corrected_by is not None
        or entry.result == "failed"
        or entry.event.get("result") == "failed"
        or entry.type in _EXCEPTIONS
    )


_EXCEPTIONS = frozenset(
    {
        "ComponentRemoved",
        "DefectDispositioned",
        "DefectRecorded",
        "DefectRepaired",
        "DuplicateReported",
        "DuplicateResolved",
        "EventCorrected",
        "HoldPlaced",
        "HoldReleased",
        "InterlockOverridden",
        "OperationRefused",
        "RecallDispositioned",
        "SerialNumberVoided",
        "UnitReidentified",
        "UnitReturned",
        "UnitScrapped",
        "UnitUnpacked",
        "UnitsMerged",
    }
)


def _is_shown(entry: HistoryEntry, show: Show) -> bool:
    if show is Show.EXCEPTIONS:
        return is_exception(entry)
    if show is Show.TESTS:
        has_measured = bool(entry.event.get("measurements") or entry.event.get("values"))
        return entry.type == "OperationCompleted" and (has_measured or is_exception(entry))
    return True


@dataclass(frozen=True, slots=True)
class _Told:
    """A line with the event it tells."""

    told: Told
    line: Line

    @property
    def entry(self) -> HistoryEntry:
        return self.told.entry


def _line(entry: HistoryEntry, beside: Beside, by_id: Mapping[str, HistoryEntry], *, marks_late: bool) -> _Told:
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
    return _Told(told, line)


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


def _folded(told: Iterable[_Told]) -> Iterator[Line]:
    """The lines, with components fitted one after another at one step told as one."""
    for key, run in groupby(told, key=_fitting):
        fitting = list(run)
        if not key or len(fitting) < FOLDED_FROM:
            yield from (one.line for one in fitting)
        else:
            yield _as_one(fitting)


def _fitting(told: _Told) -> tuple[object, ...]:
    """What has to be equal for components to be fitted at one step; nothing for any other event."""
    entry, line = told.entry, told.line
    if entry.type != "ComponentInstalled" or line.correction or line.late:
        return ()
    return (
        line.when.date(),
        entry.role,
        entry.event.get("operation"),
        entry.event.get("evidence"),
        line.side,
        line.recorded_as,
    )


def _as_one(run: list[_Told]) -> Line:
    first, last, count = run[0].line, run[-1].line, len(run)
    if run[0].entry.role == "subject":
        title = ngettext("{count} component installed", "{count} components installed", count)
    else:
        title = ngettext("Used in {count} place", "Used in {count} places", count)
    operation = str(run[0].entry.event.get("operation", ""))
    return replace(
        first,
        until=None if last.when.replace(second=0) == first.when.replace(second=0) else last.when,
        sentence=Sentence(say(title, count=count), facts(operation)),
        folded=[fitted(one.told) for one in run[:FOLDED_SHOWN]],
        count=count,
    )


def _day(lines: list[Line]) -> Day:
    return Day(first=lines[0].when, lines=lines)
