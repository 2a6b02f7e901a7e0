"""How many units and lots contain something, by where they are and how they stand: by the index, or by SQL alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Freshness, Index, freshness, live
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.breakdown import Counts, counted
from asbuilt.queries.fleet.walk import reached
from asbuilt.queries.naming import Named
from asbuilt.queries.walks import Moment
from asbuilt.queries.where_used import where_used


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: of which unit or lot, counted by what, now, at a time, or (ever) at any time."""

    named: Named
    by: tuple[Grouping, ...]
    at: datetime | None = None
    ever: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A group that the index and SQL count differently."""

    group: tuple[str, ...]
    by_index: int
    by_sql: int


def counts_by_index(reader: Reader, index: Index, asked: Question) -> tuple[Counts, Freshness]:
    """How many are in each group by the index, and how fresh that is.

    With all that was recorded since it was built, up to the reader's moment: the groups are those of `counts_by_sql`.
    """
    moment = Moment.EVER if asked.ever else Moment.NOW if asked.at is None else Moment.AT
    time = 0 if asked.at is None else microseconds(asked.at)
    now = live(index, reader)
    found = reached(now, [asked.named.subject_id], moment, time=time)
    return counted(now, found.numbers, asked.by), freshness(index, now.tail)


def counts_by_sql(reader: Reader, asked: Question) -> Counts:
    """How many are in each group, by reading every affected unit and lot."""
    affected = where_used(reader, asked.named, at=asked.at, ever=asked.ever)
    return Counter(tuple(getattr(one, grouping) for grouping in asked.by) for one in affected)


def differing(by_index: Counts, by_sql: Counts) -> Iterator[Differing]:
    """The groups that two ways of counting do not agree about; there should be none."""
    for group in sorted(by_index.keys() | by_sql.keys()):
        if by_index[group] != by_sql[group]:
            yield Differing(group=group, by_index=by_index[group], by_sql=by_sql[group])


def in_order(counts: Counts) -> Sequence[tuple[tuple[str, ...], int]]:
    """Groups, the largest first, and by name where they are of one size."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
