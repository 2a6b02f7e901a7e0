"""What a scope covers, described and counted, and what would settle what is only possible."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.fleet.arrays import NOBODY
from asbuilt.projections.fleet.tables import I64, LOT
from asbuilt.projections.fleet.tables import Grouping as FleetGrouping
from asbuilt.queries.fleet.breakdown import Column, columns_of, counted_by, is_told
from asbuilt.queries.recall.scope import ByIndex, Certainty, Scope
from asbuilt.queries.walks import FED_BETWEEN, LINKS_BETWEEN, Moment
from asbuilt.queries.whereabouts import Places

CHUNK = 2000
"""Units and lots described at a time: the memory does not grow with the length of the answer."""

_KINDS, _CERTAINTIES = ("unit", "lot"), (Certainty.POSSIBLE.value, Certainty.CERTAIN.value)


class Grouping(StrEnum):
    """By what a scope is counted."""

    KIND = "kind"
    CERTAINTY = "certainty"
    STATUS = "status"
    CUSTODY = "custody"
    LOCATION = "location"
    CONTAINER = "container"
    CUSTOMER = "customer"
    SHIPMENT = "shipment"
    WORK_ORDER = "work_order"
    PART = "part_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A unit or lot in a scope.

    level: 0 for what a seed means itself, 1 for what contains that. seed: the place of the seed, from 1, by which it
    was reached. component, reference_designator, evidence: through what, at which place, how surely; empty at level 0.
    status and what follows: how it stands and where it is; in_unit is the outermost assembly it is part of.
    """

    level: int
    certainty: Certainty
    seed: int
    kind: str
    name: str
    part_number: str
    marked_as: str
    description: str
    component: str
    reference_designator: str
    evidence: str
    status: str
    in_unit: str
    location: str
    custody: str
    container: str
    customer: str
    shipment: str
    work_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What would settle where a component is: reading it in the candidates, `count` of them, some of them named."""

    component: str
    evidence: str
    count: int
    candidates: tuple[str, ...]


def suspects(reader: Reader, scope: Scope, *, first: int = 0, limit: int | None = None) -> Iterator[Suspect]:
    """What a scope covers, as it stands now, nearest first; all of it, or at most `limit` from the place `first` on."""
    places = Places(reader)
    end = len(scope) if limit is None else min(first + limit, len(scope))
    for start in range(first, end, CHUNK):
        yield from _described(reader, places, scope, slice(start, min(start + CHUNK, end)))


def _described(reader: Reader, places: Places, scope: Scope, chunk: slice) -> Iterator[Suspect]:
    ids, through = scope.ids[chunk].tolist(), scope.through[chunk]
    rows = _rows(reader, scope, scope.ids[chunk], through)
    components = places.names(set(through.tolist()) - {0})
    found = places.of(ids)
    for place, subject_id in enumerate(ids, start=chunk.start):
        where = found.get(subject_id)
        if where is None:
            continue
        row = rows.get((subject_id, int(scope.through[place])))
        yield Suspect(
            level=int(scope.levels[place]),
            certainty=Certainty.CERTAIN if scope.is_certain[place] else Certainty.POSSIBLE,
            seed=int(scope.seeds[place]) + 1,
            kind=where.kind,
            name=where.name,
            part_number=where.part_number,
            marked_as=where.marked_as,
            description=where.description,
            component="" if row is None else components[row[0]],
            reference_designator="" if row is None else row[2],
            evidence="" if row is None else row[5],
            status=where.status,
            in_unit=where.in_unit,
            location=where.location,
            custody=where.custody,
            container=where.container,
            customer=where.customer,
            shipment=where.shipment,
            work_order=where.work_order,
        )


def _rows(reader: Reader, scope: Scope, ids: I64, through: I64) -> dict[tuple[int, int], Row]:
    """The link, or the pass, through which each is reached: the first of them, and by name where several are."""
    above = np.flatnonzero(through)
    if not len(above):
        return {}
    asked = ids[above].tolist(), np.unique(through[above]).tolist()
    links = reader.rows(LINKS_BETWEEN[Moment.EVER if scope.ever else Moment.NOW], *asked)
    found: dict[tuple[int, int], Row] = {}
    for row in sorted((*links, *reader.rows(FED_BETWEEN, *asked)), key=lambda row: (row[6], row[2], row[5])):
        found.setdefault((row[1], row[0]), row)
    return found


def counted_in(reader: Reader, scope: Scope, by: Sequence[Grouping]) -> list[tuple[tuple[str, ...], int]]:
    """How many of a scope are in each group, the largest first; by the index where that found the scope."""
    return _in_order(_by_rows(reader, scope, by) if scope.by_index is None else _by_index(scope, scope.by_index, by))


def _by_rows(reader: Reader, scope: Scope, by: Sequence[Grouping]) -> Counter[tuple[str, ...]]:
    places = Places(reader)
    counts: Counter[tuple[str, ...]] = Counter()
    for start in range(0, len(scope), CHUNK):
        chunk = scope.ids[start : start + CHUNK].tolist()
        is_certain = dict(zip(chunk, scope.is_certain[start : start + CHUNK].tolist(), strict=True))
        for subject_id, where in places.of(chunk).items():
            certainty = _CERTAINTIES[is_certain[subject_id]]
            counts[tuple(certainty if one is Grouping.CERTAINTY else getattr(where, one) for one in by)] += 1
    return counts


def _by_index(scope: Scope, found: ByIndex, by: Sequence[Grouping]) -> Counter[tuple[str, ...]]:
    is_there = found.numbers != NOBODY
    is_there[is_there] = is_told(found.live, found.numbers[is_there])
    numbers = found.numbers[is_there]
    shared = {one: FleetGrouping(one.value) for one in by if one.value in set(FleetGrouping)}
    columns = columns_of(found.live, numbers, set(shared.values()))
    is_lot = ((found.live.marks.take(numbers) & LOT) != 0).astype(np.int32)
    said = {
        Grouping.KIND: Column(is_lot, len(_KINDS), _KINDS.__getitem__),
        Grouping.CERTAINTY: Column(
            scope.is_certain[is_there].astype(np.int32), len(_CERTAINTIES), _CERTAINTIES.__getitem__
        ),
    }
    return counted_by([said[one] if one in said else columns[shared[one]] for one in by], len(numbers))


def counted(found: Iterable[Suspect], by: Sequence[Grouping]) -> list[tuple[tuple[str, ...], int]]:
    """How many are in each group, the largest first, and by name where they are of one size."""
    return _in_order(Counter(tuple(str(getattr(one, grouping)) for grouping in by) for one in found))


def _in_order(counts: Counter[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def questions(reader: Reader, scope: Scope, *, named: int = 5) -> list[Question]:
    """What would settle what is only possible, the largest doubt first, with up to `named` candidates by name."""
    places = Places(reader)
    ids = {one for component, (_, candidates) in scope.doubts.items() for one in (component, *candidates[:named])}
    names = places.names(ids)
    found = [
        Question(
            component=names[component],
            evidence=evidence,
            count=len(candidates),
            candidates=tuple(names[one] for one in candidates[:named]),
        )
        for component, (evidence, candidates) in scope.doubts.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.component))
