"""The events that list what a recall covers, and that hold it: many for one decision, cut to the size of one call."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.event import Event
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.core.events.recalls import LISTED_MAX, RecallDisposition, RecallDispositioned, RecallScopeListed
from asbuilt.core.identifiers.names import HoldNumber
from asbuilt.core.identifiers.subjects import Lot, Recall, Unit

NewId = Callable[[], UUID]


def listing(
    recall: Recall, found: Iterable[tuple[Unit | Lot, bool]], *, at: datetime, source: str, operator: str, new_id: NewId
) -> Iterator[RecallScopeListed]:
    """The events that list units and lots, each certainly (True) or possibly affected."""
    waiting: dict[bool, list[Unit | Lot]] = {True: [], False: []}

    def listed(*, is_certain: bool) -> RecallScopeListed:
        subjects = waiting[is_certain]
        event = RecallScopeListed(
            event_id=new_id(),
            event_time=at,
            source=source,
            operator=operator,
            recall=recall,
            is_certain=is_certain,
            units=tuple(one for one in subjects if isinstance(one, Unit)),
            lots=tuple(one for one in subjects if isinstance(one, Lot)),
        )
        subjects.clear()
        return event

    for subject, is_certain in found:
        waiting[is_certain].append(subject)
        if len(waiting[is_certain]) == LISTED_MAX:
            yield listed(is_certain=is_certain)
    yield from (listed(is_certain=is_certain) for is_certain in (True, False) if waiting[is_certain])


def holding(
    recall: Recall,
    subjects: Iterable[Unit | Lot],
    *,
    reason: str,
    at: datetime,
    source: str,
    operator: str,
    new_id: NewId,
) -> Iterator[HoldPlaced]:
    """The events that hold units and lots; the hold has the number of the recall."""
    for subject in subjects:
        yield HoldPlaced(
            event_id=new_id(),
            event_time=at,
            source=source,
            operator=operator,
            unit=subject if isinstance(subject, Unit) else None,
            lot=subject if isinstance(subject, Lot) else None,
            hold=HoldNumber(recall.name),
            reason=reason,
        )


GOOD_AGAIN = (RecallDisposition.CLEARED, RecallDisposition.CORRECTED)
"""What became of something that may be used again, so that it is held for the recall no more."""


def deciding(decision: RecallDispositioned, *, is_held: bool, released_id: UUID) -> Iterator[Event]:
    """The events by which is said what became of one unit or lot; what is good again is released from the hold.

    is_held: whether it is held for the recall. released_id: the event id of the release.
    """
    yield decision
    if is_held and decision.disposition in GOOD_AGAIN:
        yield HoldReleased(
            event_id=released_id,
            event_time=decision.event_time,
            source=decision.source,
            operator=decision.operator,
            unit=decision.unit,
            lot=decision.lot,
            hold=HoldNumber(decision.recall.name),
            reason=f"recall {decision.recall}: {decision.disposition.value}",
        )
