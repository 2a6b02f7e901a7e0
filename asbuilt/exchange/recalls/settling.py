"""A recall is settled: what its seeds reach is found, checked, listed and frozen; and held where that is asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.recalls import RecallScopeFrozen
from asbuilt.core.identifiers.subjects import Lot, Unit, lot_named, unit_named
from asbuilt.core.states.records.recalls import RecallState
from asbuilt.exchange.recalls.events import holding, listing
from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.projections.fleet.files import IndexUnfit
from asbuilt.projections.fleet.index import opened
from asbuilt.queries.recall.report import MemberView, members, recall_state
from asbuilt.queries.recall.scope import (
    CERTAIN_DOWN_TO,
    Certainty,
    Scope,
    differing_from_index,
    digest_of,
    scope_of,
)
from asbuilt.queries.recall.suspects import suspects

PER_CALL = 2000
"""Holds recorded in one transaction."""

Record = Callable[[Sequence[Event]], None]
"""Records events in one call, all or none, and raises what its caller wants to be told when they are refused."""


class IndexDiffers(RuntimeError):
    """The genealogy index and SQL do not agree about what a recall covers; nothing was recorded."""


class NothingToHold(ValueError):
    """A drill holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How a scope is settled. index: the folder of the genealogy index to check it against, None: SQL alone.

    meaning: what whoever settles it answers for. signed_by: who gave his password for it; `record` has to know that
    too, or it is refused (REC-010). event_id: of the event that settles it, by default a new one.
    certain_down_to, ever: as `queries.recall.scope.scope_of` has them.
    """

    meaning: str = "approved"
    signed_by: str = ""
    certain_down_to: Evidence = CERTAIN_DOWN_TO
    ever: bool = False
    index: Path | None = None
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does it: the source and operator of the events."""

    source: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was frozen, and how the scope was checked: by the index too, or why not."""

    frozen: RecallScopeFrozen
    checked: str


def settle(
    database: Database, site: Site, number: str, asked: Settling, *, by: By, record: Record, now: datetime
) -> Settled:
    """List what the seeds of a recall reach and freeze the list. What was listed before stays.

    Raises NotFound, IndexDiffers, or what `record` raises. Stopped on the way, it can be done again.
    """
    with database.reading(site) as reader:
        state = recall_state(reader, number)
        scope = scope_of(reader, state.seeds, certain_down_to=asked.certain_down_to, ever=asked.ever)
        checked = _checked(reader, scope, asked)
        new = list(_new(reader, number, scope))
    said = {"source": by.source, "operator": by.operator}
    for event in listing(state.recall, new, at=now, new_id=new_event_id, **said):
        record([event])
    frozen = _frozen(database, site, state, asked, by, now)
    record([frozen])
    return Settled(frozen, checked)


def _checked(reader: Reader, scope: Scope, asked: Settling) -> str:
    if asked.index is None:
        return "found by SQL alone"
    try:
        index = opened(asked.index, reader)
    except IndexUnfit as unfit:
        return f"found by SQL alone: {unfit}"
    wrong = differing_from_index(reader, index, scope)
    if wrong:
        raise IndexDiffers(
            f"the genealogy index and SQL do not agree about {len(wrong):,} units and lots, the first {wrong[0]}; "
            "build the index anew with `asbuilt index build --anew`, and report this"
        )
    return "the genealogy index reaches the same"


def _new(reader: Reader, number: str, scope: Scope) -> Iterator[tuple[Unit | Lot, bool]]:
    """What a scope has and the recall does not list yet, or lists as possible where it is certain."""
    listed = {one.name: one.certainty for one in members(reader, number)}
    for one in suspects(reader, scope):
        if listed.get(one.name) not in (Certainty.CERTAIN, one.certainty):
            yield _named(one.kind, one.name), one.certainty is Certainty.CERTAIN


def _named(kind: str, name: str) -> Unit | Lot:
    # A full name spells its issuer.
    return lot_named(name, own_issuer="?") if kind == "lot" else unit_named(name, own_issuer="?")


def _frozen(
    database: Database, site: Site, state: RecallState, asked: Settling, by: By, now: datetime
) -> RecallScopeFrozen:
    with database.reading(site) as reader:
        listed = [(one.certainty, one.name, one.kind) for one in members(reader, str(state.recall))]
    lots = sum(kind == "lot" for _, _, kind in listed)
    return RecallScopeFrozen(
        event_id=asked.event_id or new_event_id(),
        event_time=now,
        source=by.source,
        operator=by.operator,
        recall=state.recall,
        units=len(listed) - lots,
        lots=lots,
        certain=sum(certainty is Certainty.CERTAIN for certainty, _, _ in listed),
        digest=digest_of((certainty, name) for certainty, name, _ in listed),
        meaning=asked.meaning,
        signed_by=asked.signed_by,
    )


def hold_all(database: Database, site: Site, number: str, *, by: By, record: Record, now: datetime) -> int:
    """Hold everything that a recall covers and that is not held for it yet; gives how much that is.

    What is scrapped or has a disposition is left alone. Raises NotFound, NothingToHold, or what `record` raises.
    """
    with database.reading(site) as reader:
        state = recall_state(reader, number)
        if state.is_drill:
            raise NothingToHold(f"recall {state.recall} is a drill; it holds nothing")
        waiting = [_named(one.kind, one.name) for one in members(reader, number) if _is_to_be_held(one)]
    events = holding(
        state.recall,
        waiting,
        reason=f"recall {state.recall}: {state.reason}",
        at=now,
        source=by.source,
        operator=by.operator,
        new_id=new_event_id,
    )
    while some := list(islice(events, PER_CALL)):
        record(some)
    return len(waiting)


def _is_to_be_held(one: MemberView) -> bool:
    return bool(one.kind) and not one.is_held and one.status != "scrapped" and not one.disposition
