"""Reads the recalls that a batch is about, and those in force where it uses units and lots."""

from collections.abc import Sequence

from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
)
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.projections import recalls
from asbuilt.projections.loading import Loading

_USING = (ComponentInstalled, MaterialConsumed, MaterialLoaded, UnitShipped)
_COUNTED = (RecallScopeListed, RecallScopeFrozen, RecallDispositioned, RecallClosed)
_TOLD = (RecallNoticeIssued, RecallNoticeAnswered)
_ABOUT = (RecallOpened, *_COUNTED, *_TOLD)


def load(loading: Loading, events: Sequence[Event]) -> None:
    """Read the recalls of a batch; most batches are about none, and then one kept reading answers."""
    if any(isinstance(event, _USING) for event in events):
        recalls.load_recalls_in_force(loading)
    about = [event for event in events if isinstance(event, _ABOUT)]
    recall_ids = loading.ids(event.recall for event in about)
    if not recall_ids:
        return
    recalls.load_recalls(loading, recall_ids)
    named: set[Subject] = set()
    for event in about:
        if isinstance(event, RecallScopeListed):
            named |= {*event.units, *event.lots}
        elif isinstance(event, RecallDispositioned):
            named |= {one for one in (event.unit, event.lot) if one is not None}
    subject_ids = loading.ids(named)
    if subject_ids:
        recalls.load_members(loading, recall_ids, subject_ids)
    if any(isinstance(event, _COUNTED) for event in about):
        recalls.load_scope_counts(loading, recall_ids)
    if any(isinstance(event, _TOLD) for event in about):
        recalls.load_notices(loading, recall_ids)
