"""Closures: the whole set of what is in each of many units or lots, or of what contains each of them, at an instant.

They come from the same walks as as-built and where-used, for many at once; nothing is cut off.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.queries.walks import FED_TO, LINKS_BELOW, STEPS_ABOVE, Moment
from asbuilt.queries.whereabouts import Places

ROOTS_AT_ONCE = 500
"""Closures worked out at a time: the memory grows with what is in so many, not with the site."""

SCANNED_AT_ONCE = 5_000

# Some units or lots of a site, in order of registration (serves closures of a whole site).
SUBJECTS_AFTER = """
SELECT subject_id FROM subject
WHERE site_id = $1 AND subject_id > $2 AND kind = $3 AND version > 0 ORDER BY subject_id LIMIT $4
"""
# Which of some units and lots are directly in anything at a time (serves closures of what is outermost).
CONTAINED = """
SELECT component_id FROM installation
WHERE component_id = ANY($1) AND installed_at <= $2 AND (removed_at IS NULL OR removed_at > $2)
"""
# The kinds of some subjects.
KINDS = "SELECT subject_id, kind FROM subject WHERE subject_id = ANY($1)"


class Direction(StrEnum):
    """Which way a closure goes."""

    DOWN = "down"
    """Everything that is in it, at every level."""
    UP = "up"
    """Everything that contains it, at every level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A unit or lot of a closure. level: 1 for what is directly in it, or directly contains it, by the nearest way."""

    kind: str
    name: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """All that is in a unit or lot (down), or contains it (up), nearest first and then in order of registration."""

    direction: Direction
    kind: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRow:
    """One member of a closure, as a line of a table."""

    direction: str
    of: str
    of_kind: str
    member: str
    member_kind: str
    level: int


def closures(
    reader: Reader, direction: Direction, at: datetime, roots: Iterable[int] | None = None
) -> Iterator[Closure]:
    """The closures of some units and lots (ids) at a time. Those of nothing are left out where no roots are given.

    Without roots: downwards of every unit that is in nothing then, upwards of every lot.
    """
    places = Places(reader)
    is_all = roots is None
    for some in _in_parts(_all_roots(reader, direction, at) if roots is None else roots):
        reached = closures_of_ids(reader, direction, at, some)
        named = {*some, *(one for levels in reached.values() for one in levels)}
        names, kinds = places.names(named), kinds_of(reader, named)
        for root in some:
            if reached[root] or not is_all:
                yield Closure(
                    direction=direction,
                    kind=kinds[root],
                    name=names[root],
                    members=tuple(
                        Member(kind=kinds[one], name=names[one], level=level)
                        for one, level in sorted(reached[root].items(), key=lambda found: (found[1], found[0]))
                    ),
                )


def closures_of_ids(
    reader: Reader, direction: Direction, at: datetime, roots: Sequence[int]
) -> dict[int, dict[int, int]]:
    """What is reached from each of some units and lots, with its level, by ids."""
    edges = _below(reader, roots, at) if direction is Direction.DOWN else _above(reader, roots, at)
    return {root: reached_from(root, edges) for root in roots}


def reached_from(root: int, edges: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Everything that edges lead to from a root, without the root, with the least number of steps to it."""
    levels: dict[int, int] = {}
    waiting = deque([(root, 0)])
    while waiting:
        at, level = waiting.popleft()
        for following in edges.get(at, ()):
            if following != root and following not in levels:
                levels[following] = level + 1
                waiting.append((following, level + 1))
    return levels


def rows_of(closure: Closure) -> Iterator[ClosureRow]:
    """A closure, a member a line."""
    return (
        ClosureRow(
            direction=closure.direction.value,
            of=closure.name,
            of_kind=closure.kind,
            member=member.name,
            member_kind=member.kind,
            level=member.level,
        )
        for member in closure.members
    )


def _in_parts(roots: Iterable[int]) -> Iterator[list[int]]:
    some: list[int] = []
    for root in roots:
        some.append(root)
        if len(some) == ROOTS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _all_roots(reader: Reader, direction: Direction, at: datetime) -> Iterator[int]:
    kind = SubjectKind.UNIT if direction is Direction.DOWN else SubjectKind.LOT
    last = 0
    while True:
        found = [one for (one,) in reader.rows(SUBJECTS_AFTER, reader.site.site_id, last, int(kind), SCANNED_AT_ONCE)]
        if not found:
            return
        last = found[-1]
        if direction is Direction.DOWN:
            inside = {one for (one,) in reader.rows(CONTAINED, found, microseconds(at))}
            found = [one for one in found if one not in inside]
        yield from found


def _below(reader: Reader, roots: Sequence[int], at: datetime) -> dict[int, list[int]]:
    """What is directly in each thing below some roots. Line-fed lots have a make-up too: the walk goes on from them."""
    until = microseconds(at)
    edges: dict[int, dict[int, None]] = {}
    met: set[int] = set()
    frontier = set(roots)
    while frontier:
        new = set(frontier)
        for link in reader.rows(LINKS_BELOW[Moment.AT], sorted(frontier), until):
            edges.setdefault(link[1], {})[link[2]] = None
            new.add(link[2])
        new -= met
        met |= new
        frontier = set()
        for fed in reader.rows(FED_TO[Moment.AT], sorted(new), until):
            edges.setdefault(fed[0], {})[fed[3]] = None
            if fed[3] not in met:
                frontier.add(fed[3])
    return {parent: list(components) for parent, components in edges.items()}


def _above(reader: Reader, roots: Sequence[int], at: datetime) -> dict[int, list[int]]:
    """What directly contains each thing above some roots."""
    edges: dict[int, dict[int, None]] = {}
    for step in reader.rows(STEPS_ABOVE[reader.dialect][Moment.AT], list(roots), microseconds(at)):
        edges.setdefault(step[0], {})[step[1]] = None
    return {component: list(parents) for component, parents in edges.items()}


def kinds_of(reader: Reader, subject_ids: Iterable[int]) -> dict[int, str]:
    """Whether each of some subjects is a unit or a lot, by id."""
    rows = reader.rows(KINDS, sorted(subject_ids))
    return {subject_id: "unit" if kind == SubjectKind.UNIT else "lot" for subject_id, kind in rows}
