"""What a recall covers: what seeds mean and everything that contains it, certainly or possibly, and where it is now."""

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.recalls import RecallSeed
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.fleet.index import Index, live
from asbuilt.queries.fleet.walk import reached
from asbuilt.queries.recall.seeds import found_by
from asbuilt.queries.walks import STEPS_ABOVE, Moment
from asbuilt.queries.whereabouts import Places

CHUNK = 2000
"""Units and lots described at a time: the memory does not grow with the length of the answer."""

CERTAIN_DOWN_TO = Evidence.DECLARED
"""The weakest evidence that makes certain, when nobody says: what is weaker names no single place."""

_BY_STRENGTH = {evidence.value: place for place, evidence in enumerate(Evidence)}


class Certainty(StrEnum):
    """How surely a unit or lot is affected."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


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


@dataclass(frozen=True, slots=True)
class _Step:
    """How something is first reached: from where (None: a seed means it), and by which seed."""

    level: int
    seed: int
    row: Row | None = None


@dataclass(slots=True)
class Scope:
    """The units and lots that seeds mean, and everything that contains them, by id, nearest first.

    at_least: how many of them are affected at the very least.
    """

    steps: dict[int, _Step]
    certain: frozenset[int]
    at_least: int
    doubts: dict[int, tuple[str, list[int]]] = field(default_factory=dict)
    """By component: the weakest evidence of where it is, and what it may be in."""

    def __len__(self) -> int:
        return len(self.steps)

    def certainty(self, subject_id: int) -> Certainty:
        return Certainty.CERTAIN if subject_id in self.certain else Certainty.POSSIBLE


def scope_of(
    reader: Reader, seeds: Sequence[RecallSeed], *, certain_down_to: Evidence = CERTAIN_DOWN_TO, ever: bool = False
) -> Scope:
    """Everything that seeds mean and everything that contains it now, or (ever) at any time. Never cut off.

    What is reached by links that are as sure as `certain_down_to` alone is certain; all else is possible. Raises
    NotFound as `seeds.found_by`.
    """
    return affected_by(reader, found_by(reader, seeds), certain_down_to=certain_down_to, ever=ever)


def affected_by(reader: Reader, found: dict[int, int], *, certain_down_to: Evidence, ever: bool = False) -> Scope:
    """The scope of units and lots by id, each with the place of its seed."""
    moment = Moment.EVER if ever else Moment.NOW
    rows = reader.rows(STEPS_ABOVE[reader.dialect][moment], sorted(found)) if found else []
    above: dict[int, list[Row]] = {}
    for row in rows:
        above.setdefault(row[0], []).append(row)
    limit = _BY_STRENGTH[certain_down_to]
    steps = _reached(found, above)
    certain = frozenset(
        _reached(found, {one: [row for row in rows if _BY_STRENGTH[row[5]] <= limit] for one, rows in above.items()})
    )
    doubts = _doubts(above, certain, limit)
    return Scope(steps, certain, len(certain) + _further(doubts, certain), doubts)


def _reached(found: dict[int, int], above: dict[int, list[Row]]) -> dict[int, _Step]:
    """The first step by which each is reached, breadth first, in the order of level and then of registration."""
    steps = {subject_id: _Step(0, seed) for subject_id, seed in sorted(found.items())}
    waiting = deque(steps)
    while waiting:
        below = waiting.popleft()
        step = steps[below]
        for row in sorted(above.get(below, ()), key=lambda row: row[1]):
            if row[1] not in steps:
                steps[row[1]] = _Step(step.level + 1, step.seed, row)
                waiting.append(row[1])
    return dict(sorted(steps.items(), key=lambda one: (one[1].level, one[0])))


def _doubts(above: dict[int, list[Row]], certain: frozenset[int], limit: int) -> dict[int, tuple[str, list[int]]]:
    """What is certainly affected and may be in several things, of which no one is certain for it."""
    doubts = {}
    for component, rows in above.items():
        weak = [row for row in rows if _BY_STRENGTH[row[5]] > limit]
        if component in certain and weak and len(weak) == len(rows):
            weakest = max((row[5] for row in weak), key=_BY_STRENGTH.__getitem__)
            doubts[component] = weakest, sorted({row[1] for row in weak})
    return doubts


def _further(doubts: dict[int, tuple[str, list[int]]], certain: frozenset[int]) -> int:
    """How many more are affected at least: one for each component that is in one of several, where these differ."""
    taken: set[int] = set()
    count = 0
    for evidence, candidates in sorted(doubts.values(), key=lambda one: len(one[1])):
        if evidence != Evidence.ALTERNATIVE or not certain.isdisjoint(candidates) or not taken.isdisjoint(candidates):
            continue
        taken.update(candidates)
        count += 1
    return count


def differing_from_index(reader: Reader, index: Index, scope: Scope, *, ever: bool = False) -> list[str]:
    """The names of what the genealogy index and the scope do not agree about; there should be none."""
    now = live(index, reader)
    seeds = [subject_id for subject_id, step in scope.steps.items() if step.row is None]
    numbers = reached(now, seeds, Moment.EVER if ever else Moment.NOW).numbers
    by_index = {*now.ids(numbers).tolist(), *seeds}
    wrong = by_index ^ scope.steps.keys()
    return sorted(Places(reader).names(wrong).values())


def suspects(reader: Reader, scope: Scope) -> Iterator[Suspect]:
    """What a scope covers, as it stands now, nearest first."""
    places = Places(reader)
    order = list(scope.steps)
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        rows = {subject_id: row for subject_id in chunk if (row := scope.steps[subject_id].row) is not None}
        components = places.names({row[0] for row in rows.values()})
        for subject_id, where in places.of(chunk).items():
            step, row = scope.steps[subject_id], rows.get(subject_id)
            yield Suspect(
                level=step.level,
                certainty=scope.certainty(subject_id),
                seed=step.seed + 1,
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


def counted(found: Iterable[Suspect], by: Sequence[Grouping]) -> list[tuple[tuple[str, ...], int]]:
    """How many are in each group, the largest first, and by name where they are of one size."""
    counts = Counter(tuple(str(getattr(one, grouping)) for grouping in by) for one in found)
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


def digest_of(found: Iterable[tuple[Certainty, str]]) -> str:
    """SHA-256 of a scope, as RecallScopeFrozen has it."""
    lines = sorted(f"{certainty.value}\t{name}\n".encode() for certainty, name in found)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()
