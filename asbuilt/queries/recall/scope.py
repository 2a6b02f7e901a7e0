"""What a recall covers: what seeds mean and everything that contains it, certainly or possibly.

It is found by the genealogy index where there is one, else by SQL; both find the same.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.recalls import RecallSeed
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Freshness, Index, freshness, live
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import I32, I64, STRENGTHS
from asbuilt.queries.fleet.closure import NOTHING, Closure, closure
from asbuilt.queries.fleet.surely import StepsOfIndex, StepsOfRows
from asbuilt.queries.recall.seeds import found_by
from asbuilt.queries.whereabouts import Places

CERTAIN_DOWN_TO = Evidence.DECLARED
"""The weakest evidence that makes certain, when nobody says: what is weaker names no single place."""

EVIDENCE = tuple(Evidence)


class Certainty(StrEnum):
    """How surely a unit or lot is affected."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class ByIndex:
    """What found a scope: an index with its tail, how fresh it is, and the numbers it gives to what was found.

    A seed that the index does not know of has the number NOBODY: it is a name without a record.
    """

    live: Live
    freshness: Freshness
    numbers: I32


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The units and lots that seeds mean, and everything that contains them, nearest first and by id in each level.

    ids: of the subjects. levels: 0 for what a seed means. through: the lowest id of the level before by which each is
    reached, 0 at level 0. seeds: the place of the seed by which that was. at_least: how many are affected at the very
    least. doubts: by component, the weakest evidence of where it is and what it may be in. certain_down_to, ever: as
    they were asked. by_index: None when it was found by SQL alone.
    """

    ids: I64
    levels: I32
    through: I64
    seeds: I32
    is_certain: NDArray[np.bool_]
    at_least: int
    doubts: Mapping[int, tuple[str, list[int]]]
    certain_down_to: Evidence
    ever: bool
    by_index: ByIndex | None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def certain(self) -> int:
        """How many are certainly affected."""
        return int(self.is_certain.sum())


def scope_of(
    reader: Reader,
    seeds: Sequence[RecallSeed],
    *,
    certain_down_to: Evidence = CERTAIN_DOWN_TO,
    ever: bool = False,
    index: Index | None = None,
) -> Scope:
    """Everything that seeds mean and everything that contains it now, or (ever) at any time. Never cut off.

    What is reached by links that are as sure as `certain_down_to` alone is certain; all else is possible. index: walks
    it, with what was recorded since it was built. Raises NotFound as `seeds.found_by`.
    """
    return affected_by(reader, found_by(reader, seeds), certain_down_to=certain_down_to, ever=ever, index=index)


def affected_by(
    reader: Reader,
    found: Mapping[int, int],
    *,
    certain_down_to: Evidence,
    ever: bool = False,
    index: Index | None = None,
) -> Scope:
    """The scope of units and lots by id, each with the place of its seed."""
    limit, seed_ids = STRENGTHS[certain_down_to], np.array(sorted(found), np.int64)
    places = np.array([found[one] for one in seed_ids.tolist()], np.int32)
    now = None if index is None else live(index, reader)
    steps = StepsOfRows(reader, seed_ids, is_ever=ever) if now is None else StepsOfIndex(now, seed_ids, is_ever=ever)
    numbers = np.searchsorted(steps.ids, seed_ids).astype(np.int32)
    reached = closure(steps.above, len(steps.ids), numbers, places, limit=limit)
    by_index = None
    if index is not None and isinstance(steps, StepsOfIndex):
        by_index = ByIndex(steps.live, freshness(index, steps.live.tail), steps.numbers(reached.numbers))
    return _scope(reached, steps.ids, certain_down_to=certain_down_to, ever=ever, by_index=by_index)


def _scope(found: Closure, ids: I64, *, certain_down_to: Evidence, ever: bool, by_index: ByIndex | None) -> Scope:
    of_found = ids[found.numbers]
    through = np.where(found.through == NOTHING, 0, ids[np.maximum(found.through, 0)])
    doubts = {
        int(ids[one.component]): (EVIDENCE[one.strength].value, sorted(ids[one.candidates].tolist()))
        for one in found.doubts
    }
    certain = of_found[found.is_certain]
    return Scope(
        ids=of_found,
        levels=found.levels,
        through=through,
        seeds=found.seeds,
        is_certain=found.is_certain,
        at_least=len(certain) + (_further(doubts, frozenset(certain.tolist())) if doubts else 0),
        doubts=doubts,
        certain_down_to=certain_down_to,
        ever=ever,
        by_index=by_index,
    )


def _further(doubts: Mapping[int, tuple[str, list[int]]], certain: frozenset[int]) -> int:
    """How many more are affected at least: one for each component that is in one of several, where these differ."""
    taken: set[int] = set()
    count = 0
    for _, (evidence, candidates) in sorted(doubts.items(), key=lambda one: (len(one[1][1]), one[0])):
        if evidence != Evidence.ALTERNATIVE or not certain.isdisjoint(candidates) or not taken.isdisjoint(candidates):
            continue
        taken.update(candidates)
        count += 1
    return count


def differing_from_index(reader: Reader, index: Index, scope: Scope) -> list[str]:
    """The names of what the genealogy index and a scope found by SQL do not agree about; there should be none."""
    is_seed = scope.levels == 0
    found = dict(zip(scope.ids[is_seed].tolist(), scope.seeds[is_seed].tolist(), strict=True))
    other = affected_by(reader, found, certain_down_to=scope.certain_down_to, ever=scope.ever, index=index)
    wrong = _told(scope) ^ _told(other)
    return sorted(Places(reader).names({subject_id for subject_id, _ in wrong}).values())


def _told(scope: Scope) -> set[tuple[int, bool]]:
    return set(zip(scope.ids.tolist(), scope.is_certain.tolist(), strict=True))


def digest_of(found: Iterable[tuple[Certainty, str]]) -> str:
    """SHA-256 of a scope, as RecallScopeFrozen has it."""
    lines = sorted(f"{certainty.value}\t{name}\n".encode() for certainty, name in found)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()
