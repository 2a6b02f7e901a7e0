"""The parts of a history that can be asked for: what is out of the ordinary, and what is of one kind."""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.queries.history import HistoryEntry


class Show(StrEnum):
    """What part of a history is shown."""

    ALL = "all"
    EXCEPTIONS = "exceptions"
    OPERATIONS = "operations"
    TESTS = "tests"
    GENEALOGY = "genealogy"
    QUALITY = "quality"
    MOVEMENTS = "movements"
    IDENTITY = "identity"


SHOW_WORDS: dict[Show, Promise] = {
    Show.ALL: gettext_lazy("All"),
    Show.EXCEPTIONS: gettext_lazy("Exceptions"),
    Show.OPERATIONS: gettext_lazy("Operations"),
    Show.TESTS: gettext_lazy("Tests"),
    Show.GENEALOGY: gettext_lazy("Genealogy"),
    Show.QUALITY: gettext_lazy("Quality"),
    Show.MOVEMENTS: gettext_lazy("Movements"),
    Show.IDENTITY: gettext_lazy("Identity"),
}
NOTHING_OF_KIND = gettext_lazy("Nothing of this kind has happened.")
NOTHING_WORDS: dict[Show, Promise] = {
    Show.ALL: gettext_lazy("Nothing has happened yet."),
    Show.EXCEPTIONS: gettext_lazy("Nothing out of the ordinary happened."),
    Show.TESTS: gettext_lazy("Nothing was measured."),
}

ROOMS: dict[str, Show] = {
    "production": Show.OPERATIONS,
    "lots": Show.OPERATIONS,
    "genealogy": Show.GENEALOGY,
    "setups": Show.GENEALOGY,
    "quality": Show.QUALITY,
    "defects": Show.QUALITY,
    "recalls": Show.QUALITY,
    "corrections": Show.QUALITY,
    "inventory": Show.MOVEMENTS,
    "identity": Show.IDENTITY,
    "definitions": Show.IDENTITY,
    "messages": Show.IDENTITY,
}
"""The part of a history in which the events of each room are."""

_KINDS = {event_type.__name__: ROOMS[room] for event_type in EVENT_TYPES if (room := room_of(event_type)) in ROOMS}


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


def is_shown(entry: HistoryEntry, show: Show) -> bool:
    """Whether an event is in a part of the history."""
    if show is Show.ALL:
        return True
    if show is Show.EXCEPTIONS:
        return is_exception(entry)
    if show is Show.TESTS:
        has_measured = bool(entry.event.get("measurements") or entry.event.get("values"))
        return entry.type == "OperationCompleted" and (has_measured or is_exception(entry))
    return _KINDS.get(entry.type) is show


def parts_with_events(entries: Iterable[HistoryEntry]) -> frozenset[Show]:
    """The parts of a history in which anything is, beside the whole of it and what is out of the ordinary."""
    found: set[Show] = set()
    for entry in entries:
        found.update(show for show in (_KINDS.get(entry.type), Show.TESTS) if show and is_shown(entry, show))
    return frozenset(found)
