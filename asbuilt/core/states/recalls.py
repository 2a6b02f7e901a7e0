"""Recalls are opened, settled and closed; what is called back gets a disposition, and what matches a seed is found."""

from dataclasses import replace
from datetime import UTC, datetime, time

from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.identifiers.subjects import Lot, Recall, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.definitions import LotState
from asbuilt.core.states.records.identity import UnitState
from asbuilt.core.states.records.recalls import RecallMember, RecallNotice, RecallState, ScopeCounts


def unit_after_disposition(state: UnitState | None, event: RecallDispositioned, unit: Unit) -> UnitState | None:
    """A recall decides nothing about a unit by itself: a hold stops it, scrap ends it."""
    return None if state is None else replace(state, last_event_time=event.event_time)


def fold_recall_opened(known: Known, event: RecallOpened, sequence: int) -> None:
    known.recalls.put(
        event.recall,
        RecallState(
            recall=event.recall,
            reason=event.reason,
            seeds=event.seeds,
            is_drill=event.is_drill,
            opened_at=event.event_time,
            opened_sequence=sequence,
        ),
    )


def fold_scope_listed(known: Known, event: RecallScopeListed, sequence: int) -> None:
    counts = known.scope_counts.get(event.recall, ScopeCounts())
    listed: tuple[Unit | Lot, ...] = (*event.units, *event.lots)
    for subject in listed:
        before = known.recall_members.get((event.recall, subject))
        if before is not None and (before.is_certain or not event.is_certain):
            continue
        if before is None:
            found = RecallMember(
                recall=event.recall,
                subject=subject,
                is_certain=event.is_certain,
                listed_sequence=sequence,
                customer=_who_has(known, subject),
            )
            counts = _with_one_more(counts, subject)
        else:
            found = replace(before, is_certain=True)
        known.recall_members.put(found.key, found)
        counts = replace(counts, certain=counts.certain + event.is_certain)
    known.scope_counts[event.recall] = counts


def _who_has(known: Known, subject: Unit | Lot) -> str:
    top = known.outermost(subject) if isinstance(subject, Unit) else None
    return "" if top is None else top.customer


def _with_one_more(counts: ScopeCounts, subject: Unit | Lot) -> ScopeCounts:
    is_unit = isinstance(subject, Unit)
    return replace(
        counts, units=counts.units + is_unit, lots=counts.lots + (not is_unit), undecided=counts.undecided + 1
    )


def fold_scope_frozen(known: Known, event: RecallScopeFrozen, sequence: int) -> None:
    frozen = replace(
        _state(known, event.recall),
        frozen_at=event.event_time,
        frozen_sequence=sequence,
        frozen_units=event.units,
        frozen_lots=event.lots,
        frozen_certain=event.certain,
        digest=event.digest.lower(),
        meaning=event.meaning,
    )
    known.recalls.put(event.recall, frozen)


def fold_notice_issued(known: Known, event: RecallNoticeIssued, sequence: int) -> None:
    known.recall_notices.put(
        sequence,
        RecallNotice(
            sequence=sequence,
            recall=event.recall,
            customer=event.customer,
            reference=event.reference,
            medium=event.medium,
            issued_at=event.event_time,
        ),
    )


def undo_notice_issued(known: Known, event: RecallNoticeIssued, sequence: int) -> None:
    known.recall_notices.take_out(sequence)


def fold_notice_answered(known: Known, event: RecallNoticeAnswered, sequence: int) -> None:
    for one in open_notices(known, event.recall, event.customer):
        answered = replace(one, answered_sequence=sequence, answered_at=event.event_time, note=event.note)
        known.recall_notices.put(one.sequence, answered)


def undo_notice_answered(known: Known, event: RecallNoticeAnswered, sequence: int) -> None:
    for one in list(known.recall_notices):
        if one.answered_sequence == sequence:
            waiting = replace(one, answered_sequence=None, answered_at=None, note="")
            known.recall_notices.put(one.sequence, waiting)


def open_notices(known: Known, recall: Recall, customer: str) -> list[RecallNotice]:
    """The notices to a customer that he has not answered, among those that were loaded or recorded."""
    return [one for one in known.recall_notices if one.is_open and (one.recall, one.customer) == (recall, customer)]


def fold_recall_dispositioned(known: Known, event: RecallDispositioned, sequence: int) -> None:
    member = member_of(known, event)
    assert member is not None, "REC-006: what gets a disposition is in the scope of the recall"
    decided = replace(
        member,
        disposition=event.disposition,
        dispositioned_sequence=sequence,
        dispositioned_at=event.event_time,
    )
    known.recall_members.put(decided.key, decided)
    _count_undecided(known, event.recall, -1)


def undo_recall_dispositioned(known: Known, event: RecallDispositioned, sequence: int) -> None:
    member = member_of(known, event)
    if member is not None and member.dispositioned_sequence == sequence:
        waiting = replace(member, disposition=None, dispositioned_sequence=None, dispositioned_at=None)
        known.recall_members.put(waiting.key, waiting)
        _count_undecided(known, event.recall, +1)


def _count_undecided(known: Known, recall: Recall, change: int) -> None:
    counts = known.scope_counts.get(recall)
    if counts is not None:
        known.scope_counts[recall] = replace(counts, undecided=counts.undecided + change)


def member_of(known: Known, event: RecallDispositioned) -> RecallMember | None:
    subject = event.unit or event.lot
    return None if subject is None else known.recall_members.get((event.recall, subject))


def fold_recall_closed(known: Known, event: RecallClosed, sequence: int) -> None:
    state, reason = _state(known, event.recall), event.reason.strip()
    closed = replace(state, closed_at=event.event_time, closed_sequence=sequence, close_reason=reason)
    known.recalls.put(event.recall, closed)


def undo_recall_closed(known: Known, event: RecallClosed, sequence: int) -> None:
    state = _state(known, event.recall)
    known.recalls.put(event.recall, replace(state, closed_at=None, closed_sequence=None, close_reason=""))


def _state(known: Known, recall: Recall) -> RecallState:
    state = known.recalls.get(recall)
    assert state is not None, "REC-002: a recall is opened before anything is said of it"
    return state


def containing(known: Known, subject: Unit | Lot) -> RecallState | None:
    """A recall that is open, no drill, and has a seed that a unit or lot matches by what it is."""
    for recall in known.recalls:
        if recall.is_open and not recall.is_drill and any(_matches(known, seed, subject) for seed in recall.seeds):
            return recall
    return None


def _matches(known: Known, seed: RecallSeed, subject: Unit | Lot) -> bool:
    """Whether a seed means a unit or lot by what it is. What was done to it has been done, and is held by name."""
    if seed.is_process:
        return False
    if seed.unit is not None or seed.lot is not None:
        return subject in (seed.unit, seed.lot)
    if seed.part is not None and subject.part != seed.part:
        return False
    if isinstance(subject, Unit):
        unit = known.unit(subject)
        return not seed.supplier_lot and unit is not None and is_between(seed, unit.commissioned_at)
    lot = known.lot(subject)
    if lot is None:
        return False
    if seed.supplier_lot:
        return is_delivered_as(seed, lot.supplier, lot.supplier_lot)
    return is_between(seed, made_at(lot))


def is_delivered_as(seed: RecallSeed, supplier: str, supplier_lot: str) -> bool:
    """Whether a lot is the supplier's lot that a seed names."""
    is_lot = normal_form(supplier_lot) == normal_form(seed.supplier_lot)
    return is_lot and (not seed.supplier or normal_form(supplier) == normal_form(seed.supplier))


def made_at(lot: LotState) -> datetime:
    """When a lot was made: at the start of the day (UTC) that its maker says, else when it became known."""
    if lot.manufactured_on is None:
        return lot.defined_at
    return datetime.combine(lot.manufactured_on, time(), tzinfo=UTC)


def is_between(seed: RecallSeed, moment: datetime) -> bool:
    """Whether a time is in that of a seed, which begins at `since` and ends before `until`."""
    return (seed.since is None or moment >= seed.since) and (seed.until is None or moment < seed.until)
