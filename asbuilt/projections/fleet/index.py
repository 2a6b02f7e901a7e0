"""Builds the index of a site, lets it follow the ledger, and opens it for those who ask.

It is keyed to the ledger it was built of: to the last event in it, by sequence, id, digests and the time it was taken.
A database without that very event (another one, or a backup that went another way since) is refused the index.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Collision, Database, Reader, Site, Unavailable
from asbuilt.ledger.migrations import MIGRATIONS
from asbuilt.projections.corrections import END_OF_LEDGER
from asbuilt.projections.fleet import files
from asbuilt.projections.fleet.arrays import Arrays, Details, PassList, Texts, WindowList, arranged, texts_of
from asbuilt.projections.fleet.files import LATER, IndexUnfit, Of, Sections
from asbuilt.projections.fleet.live import Live, followed
from asbuilt.projections.fleet.reading import all_tables
from asbuilt.projections.fleet.tables import Coded, Grouping
from asbuilt.projections.fleet.tail import Tail, tail_since

# The last event of a site, up to a sequence (serves keying an index to the ledger).
LAST_EVENT = """
SELECT sequence, event_id, payload_digest, previous_digest, record_time FROM event
WHERE sequence <= $2 AND site_id + 0 = $1 ORDER BY sequence DESC LIMIT 1
"""
# The same event again (serves refusing the index of another ledger).
THE_EVENT = """
SELECT sequence, event_id, payload_digest, previous_digest, record_time FROM event WHERE sequence = $2 AND site_id = $1
"""
ATTEMPTS_MAX = 20
"""How often a builder that collided with another transaction tries again to see where the ledger stands."""

_ARRAYS = (
    "ids",
    "marks",
    "open_start",
    "open_parent",
    "open_installed_at",
    "open_evidence",
    "ended_component",
    "ended_parent",
    "ended_installed_at",
    "ended_removed_at",
    "ended_evidence",
    "installed_in",
)
_PASSES = ("stations", "start", "unit", "completed_at")
_DETAILS = tuple(one.name for one in fields(Details))
_WINDOWS = ("lot", "station", "loaded_at", "unloaded_at", "first", "last")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index as it lies in its folder. size: bytes."""

    of: Of
    size: int
    arrays: Arrays


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far an answer goes back to the index, and how much of the ledger came to it since.

    sequence, recorded_at: of the last event in the index; events_since: those after it, which were read from the
    database and are in the answer, up to `until`.
    """

    sequence: int
    recorded_at: datetime | None
    events_since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a builder made: how many rows, bytes, and events since the index it followed (None: from nothing)."""

    of: Of
    size: int
    subjects: int
    links: int
    passes: int
    windows: int
    followed: int | None


def folder_of(home: Path, site: Site) -> Path:
    """Where the index of a site lies in the folder of all of them."""
    return home / f"site-{site.site_id}"


def build(
    database: Database, site: Site, home: Path, *, anew: bool = False, progress: Callable[[int], None] | None = None
) -> Built:
    """Build the index of a site, or let the one there is follow the ledger. Raises IndexBusy, TooLarge.

    anew: from nothing, also where there is one. progress: is told how many rows were read.
    """
    folder = folder_of(home, site)
    with files.building(folder):
        until = _settled(database, site)
        with database.reading(site) as reader:
            there = None if anew else _index_or_none(folder, reader)
            if there is None:
                arrays, events = arranged(all_tables(reader, until=until, progress=progress)), None
            else:
                tail = tail_since(reader, there.of.sequence)
                arrays, events = followed(there.arrays, tail), tail.events
            of = _of(reader, until)
        size = files.write(folder, of, sections_of(arrays))
    return Built(
        of=of,
        size=size,
        subjects=len(arrays.ids),
        links=arrays.links,
        passes=len(arrays.passes.unit),
        windows=len(arrays.windows.lot),
        followed=events,
    )


def _settled(database: Database, site: Site) -> int:
    """A sequence up to which all events of a site are recorded. Raises Unavailable.

    PostgreSQL hands out sequences before it commits, so that a lower one may appear after a higher one was seen. For
    an instant nobody else writes to the site: then no lower one is still to come.
    """
    for _ in range(ATTEMPTS_MAX):
        try:
            with database.writing(site) as writer:
                writer.exclude_others()
                rows = writer.rows(LAST_EVENT, site.site_id, END_OF_LEDGER)
                return int(rows[0][0]) if rows else 0
        except Collision:
            continue
    raise Unavailable(f"{database.name} is busy; try again")


def _of(reader: Reader, until: int) -> Of:
    """The key of an index of the reader's site up to a sequence, which one of its events has."""
    site = reader.site
    rows = reader.rows(THE_EVENT, site.site_id, until) if until else []
    sequence, event_id, payload_digest, previous_digest, record_time = (
        rows[0] if rows else (0, UUID(int=0), b"", b"", 0)
    )
    return Of(
        site=site.name,
        issuer=site.issuer,
        schema=MIGRATIONS[-1],
        sequence=sequence,
        event_id=(event_id if isinstance(event_id, UUID) else UUID(bytes=bytes(event_id))).hex,
        event_digest=bytes(payload_digest).hex(),
        previous_digest=bytes(previous_digest).hex(),
        record_time=record_time,
    )


def check_fit(of: Of, reader: Reader) -> None:
    """Raise IndexUnfit when an index is of another site, ledger or schema than the reader's."""
    now = _of(reader, of.sequence)
    if (of.site, of.issuer) != (now.site, now.issuer):
        raise IndexUnfit(f"the index is of site {of.site} of {of.issuer}, not of {now.site} of {now.issuer}")
    if of.schema != now.schema:
        raise IndexUnfit(f"the index was built before {now.schema}")
    if of != now:
        raise IndexUnfit(f"the index is of another ledger: event {of.sequence} is not the one it was built up to")


def opened(folder: Path, reader: Reader) -> Index:
    """The index in a folder, checked to be whole and of the reader's ledger. Raises IndexUnfit."""
    of, _ = files.read_of(folder)
    check_fit(of, reader)
    found = files.read(folder)
    check_fit(found.of, reader)  # another may have come to its place
    return Index(of=found.of, size=found.size, arrays=arrays_of(found.sections))


def live(index: Index, reader: Reader) -> Live:
    """An index as of the reader's moment, with what was recorded since it was built."""
    return Live(index.arrays, tail_since(reader, index.of.sequence))


def freshness(index: Index, tail: Tail) -> Freshness:
    recorded_at = moment_of(index.of.record_time) if index.of.sequence else None
    return Freshness(sequence=index.of.sequence, recorded_at=recorded_at, events_since=tail.events, until=tail.until)


def _index_or_none(folder: Path, reader: Reader) -> Index | None:
    """The index to follow from, whole to the last byte."""
    try:
        found = opened(folder, reader)
        found.arrays.details()
    except IndexUnfit:
        return None
    return found


def sections_of(arrays: Arrays) -> Sections:
    """The arrays by the names they have in the file."""
    found = {name: getattr(arrays, name) for name in _ARRAYS}
    found |= {f"passes.{name}": getattr(arrays.passes, name) for name in _PASSES}
    found |= {f"windows.{name}": getattr(arrays.windows, name) for name in _WINDOWS}
    for grouping in Grouping:
        found[f"codes.{grouping}"] = arrays.codes[grouping]
        found[f"texts.{grouping}"] = arrays.texts[grouping].data
        found[f"texts.{grouping}.start"] = arrays.texts[grouping].start
    details = arrays.details()
    for name in _DETAILS:
        coded: Coded = getattr(details, name)
        texts = texts_of(coded.texts)
        found[f"{LATER}{name}"] = coded.codes
        found[f"{LATER}{name}.texts"] = texts.data
        found[f"{LATER}{name}.texts.start"] = texts.start
    return found


def arrays_of(sections: Sections) -> Arrays:
    """The arrays that `sections_of` named."""

    @cache
    def details() -> Details:
        return Details(**{name: _coded_of(sections, f"{LATER}{name}") for name in _DETAILS})

    arrays = {name: sections[name] for name in _ARRAYS}
    return Arrays(
        **arrays,
        passes=PassList(**{name: sections[f"passes.{name}"] for name in _PASSES}),
        windows=WindowList(**{name: sections[f"windows.{name}"] for name in _WINDOWS}),
        codes={grouping: sections[f"codes.{grouping}"] for grouping in Grouping},
        texts={
            grouping: Texts(sections[f"texts.{grouping}"], sections[f"texts.{grouping}.start"]) for grouping in Grouping
        },
        details=details,
    )


def _coded_of(sections: Sections, name: str) -> Coded:
    return Coded(sections[name], Texts(sections[f"{name}.texts"], sections[f"{name}.texts.start"]).all())
