"""How far the genealogy index of a site goes, and how large it is."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Index, freshness
from asbuilt.projections.fleet.tail import tail_since


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """An index as it stands. recorded_at: of its last event; events_since: not in it yet, read with each answer."""

    site: str
    sequence: int
    recorded_at: datetime | None
    events_since: int
    until: int
    units_and_lots: int
    links: int
    passes: int
    windows: int
    bytes: int


def status_of(reader: Reader, index: Index) -> IndexStatus:
    """How an index stands in the reader's moment."""
    fresh, arrays = freshness(index, tail_since(reader, index.of.sequence)), index.arrays
    return IndexStatus(
        site=reader.site.name,
        sequence=fresh.sequence,
        recorded_at=fresh.recorded_at,
        events_since=fresh.events_since,
        until=fresh.until,
        units_and_lots=len(arrays.ids),
        links=arrays.links,
        passes=len(arrays.passes.unit),
        windows=len(arrays.windows.lot),
        bytes=index.size,
    )
