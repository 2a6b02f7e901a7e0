"""Lines of a history, and which of them are told as one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from asbuilt.queries.history import HistoryEntry
from asbuilt.web.history_parts import is_exception
from asbuilt.web.measures import Reading
from asbuilt.web.sentences import fitted
from asbuilt.web.telling import Sentence, Told, facts, say
from asbuilt.web.templatetags.asbuilt import MomentStyle, moment
from asbuilt.web.words import Said, Tone

FOLDED_FROM = 4
"""So many components fitted one after another become one entry."""

REPEATED_FROM = 2
"""So many attempts at an operation, one after another, are repeated ones."""

FOLDED_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of the timeline. until: when the last of those folded into it happened.

    side: where it was done and by whom. late: how much later it was recorded. correction: why it does not count.
    recorded_as: the record it was made for, where that was merged into this one later.
    folded: the sentences of those that are folded into it, of which `count` there are. attempts: how many attempts at
    the operation are told by this line; 0 where it tells no more than itself.
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
    attempts: int = 0

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


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line with the event it tells."""

    told: Told
    line: Line

    @property
    def entry(self) -> HistoryEntry:
        return self.told.entry


def folded(told: Iterable[LineTold]) -> Iterator[Line]:
    """The lines: components fitted one after another at one step are one, and so are attempts at one operation."""
    for key, run in groupby(told, key=_likeness):
        alike = list(run)
        if key and isinstance(key[0], _Attempts):
            yield from _attempts(alike)
        elif not key or len(alike) < FOLDED_FROM:
            yield from (one.line for one in alike)
        else:
            yield _as_one(alike)


class _Attempts(str):
    """An operation, as what its starts and attempts have in common."""

    __slots__ = ()


def _likeness(told: LineTold) -> tuple[object, ...]:
    """What has to be equal for entries that follow each other to be told as one; nothing for those told alone."""
    return _attempted(told) or _fitting(told)


def _attempted(told: LineTold) -> tuple[object, ...]:
    entry, line = told.entry, told.line
    if entry.type not in {"OperationStarted", "OperationCompleted"}:
        return ()
    return (_Attempts(entry.event["operation"]), line.when.date(), entry.role, line.recorded_as)


def _attempts(run: list[LineTold]) -> Iterator[Line]:
    """Repeated attempts at one operation: the last stands for those before, but what is an exception stays a line."""
    attempts = [one for one in run if one.entry.type == "OperationCompleted"]
    ordinary = [one for one in run if not _stands_out(one)]
    if len(attempts) < REPEATED_FROM or len(ordinary) < REPEATED_FROM:
        yield from (one.line for one in run)
        return
    *earlier, last = ordinary
    for one in run:
        if one is last:
            sentences = [_in_fold(each) for each in earlier[:FOLDED_SHOWN]]
            yield replace(one.line, folded=sentences, count=len(earlier), attempts=len(attempts))
        elif _stands_out(one):
            yield one.line


def _stands_out(told: LineTold) -> bool:
    """Whether an entry is never folded away."""
    line = told.line
    return bool(is_exception(told.entry) or line.late or any(reading.verdict for reading in line.readings))


def _in_fold(told: LineTold) -> SafeString:
    """An attempt or start in one line: when, what, how, what was read, and who."""
    line = told.line
    readings = [f"{one.characteristic} {one.value}" for one in line.readings]
    return facts(moment(line.when, MomentStyle.TIME), line.sentence.title, line.sentence.text, *readings, *line.side)


def _fitting(told: LineTold) -> tuple[object, ...]:
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


def _as_one(run: list[LineTold]) -> Line:
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
