"""What is called back is settled, told to whom it concerns, decided unit by unit, and not used meanwhile."""

from asbuilt.core.events.corrections import EventCorrected
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
from asbuilt.core.rules.quality import used_by
from asbuilt.core.rules.rule import rule
from asbuilt.core.states.known import Known
from asbuilt.core.states.recalls import containing, member_of, open_notices
from asbuilt.core.states.records.recalls import ScopeCounts

_WITHIN = (
    RecallScopeListed,
    RecallScopeFrozen,
    RecallNoticeIssued,
    RecallNoticeAnswered,
    RecallDispositioned,
    RecallClosed,
)
_Within = (
    RecallScopeListed
    | RecallScopeFrozen
    | RecallNoticeIssued
    | RecallNoticeAnswered
    | RecallDispositioned
    | RecallClosed
)
_LASTING = (RecallOpened, RecallScopeListed, RecallScopeFrozen)


@rule("REC-001", RecallOpened)
def recall_is_opened_once(event: RecallOpened, known: Known) -> str | None:
    """The number of a recall is given once."""
    there = known.recalls.get(event.recall)
    if there is None:
        return None
    return f"recall {there.recall} was opened on {there.opened_at:%Y-%m-%d}; give the new one a number of its own"


@rule("REC-002", *_WITHIN)
def recall_is_open(event: _Within, known: Known) -> str | None:
    """Whatever is recorded of a recall is of one that is open."""
    there = known.recalls.get(event.recall)
    if there is None:
        return f"recall {event.recall} is not known; check the number, or open it first"
    if not there.is_open:
        return f"recall {event.recall} was closed on {there.closed_at:%Y-%m-%d}; open a new one"
    return None


@rule("REC-003", RecallOpened, RecallScopeListed)
def recalled_things_exist(event: RecallOpened | RecallScopeListed, known: Known) -> str | None:
    """A recall names units and lots that are known."""
    if isinstance(event, RecallOpened):
        named = [one for seed in event.seeds for one in (seed.unit, seed.lot) if one is not None]
    else:
        named = [*event.units, *event.lots]
    unknown = [str(one) for one in named if not known.exists(one)]
    if not unknown:
        return None
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"{unknown[0]}{more} is not known; check the number"


@rule("REC-004", RecallScopeFrozen)
def scope_is_what_was_listed(event: RecallScopeFrozen, known: Known) -> str | None:
    """The scope of a recall is settled as it was listed."""
    there = known.scope_counts.get(event.recall, ScopeCounts())
    if known.recalls.get(event.recall) is None or (
        (event.units, event.lots, event.certain) == (there.units, there.lots, there.certain)
    ):
        return None
    return (
        f"{event.units} units and {event.lots} lots, {event.certain} certain, would be settled, and "
        f"{there.units} and {there.lots}, {there.certain} certain, are listed; count again"
    )


@rule("REC-010", RecallScopeFrozen, cites="21 CFR 11.200(a)(1): who signs is identified anew at each signing")
def who_signs_gives_a_password(event: RecallScopeFrozen, known: Known) -> str | None:
    """Who is named as having signed has given his password for it; a name alone signs nothing."""
    if not event.signed_by or event.signed_by == known.signed_by:
        return None
    return (
        f"{event.signed_by} has given no password for this; settle the scope on the page of the recall, over HTTP with "
        "a signature, or with `asbuilt recall freeze --sign-as`"
    )


@rule("REC-005", RecallNoticeAnswered)
def answer_follows_a_notice(event: RecallNoticeAnswered, known: Known) -> str | None:
    """A customer answers a notice that he was sent and has not answered."""
    if known.recalls.get(event.recall) is None or open_notices(known, event.recall, event.customer):
        return None
    return f"no notice of recall {event.recall} to {event.customer} waits for an answer; check the customer"


@rule("REC-006", RecallDispositioned)
def what_is_decided_is_in_the_scope(event: RecallDispositioned, known: Known) -> str | None:
    """What gets a disposition is in the scope of the recall, and has none yet."""
    if known.recalls.get(event.recall) is None:
        return None
    member = member_of(known, event)
    if member is None:
        return f"{event.unit or event.lot} is not in the scope of recall {event.recall}; check the number"
    if member.disposition is not None:
        return f"{member.subject} is {member.disposition} already; if that is wrong, correct it"
    return None


@rule("REC-007", RecallClosed, cites="21 CFR 7.55: a recall is ended when what can be done was done")
def recall_is_done(event: RecallClosed, known: Known) -> str | None:
    """A recall is closed when its scope is settled, and everything in it is decided or a reason is given."""
    there = known.recalls.get(event.recall)
    counts = known.scope_counts.get(event.recall, ScopeCounts())
    if there is None:
        return None
    if not there.is_settled_as(counts) and not event.reason.strip():
        return f"the scope of recall {event.recall} is not settled as it is listed; freeze it, or give a reason"
    if counts.undecided and not event.reason.strip():
        return f"{counts.undecided} units and lots have no disposition; decide about them, or give a reason"
    return None


@rule("REC-008", EventCorrected)
def what_a_recall_covers_stands(event: EventCorrected, known: Known) -> str | None:
    """What a recall covers stays; a wrong one is closed, and what it need not cover is cleared."""
    wrong = known.recorded.get(event.corrected_event_id)
    if wrong is None:
        return None
    if isinstance(wrong.event, _LASTING):
        return f"{type(wrong.event).__name__} stays; close the recall with a reason, or clear what is not affected"
    if isinstance(wrong.event, RecallDispositioned | RecallNoticeAnswered | RecallNoticeIssued):
        there = known.recalls.get(wrong.event.recall)
        if there is not None and not there.is_open:
            return f"recall {there.recall} is closed; correct its closing first"
    if isinstance(wrong.event, RecallNoticeIssued):
        notice = known.recall_notices.get(wrong.sequence)
        if notice is not None and not notice.is_open:
            return f"{notice.customer} has answered it; correct the answer first"
    return None


@rule(
    "REC-009",
    ComponentInstalled,
    MaterialConsumed,
    MaterialLoaded,
    UnitShipped,
    cites="ISO 9001:2015 clause 8.7.1; AS9100D clause 8.7.1: containment",
)
def nothing_used_is_recalled(event: Event, known: Known) -> str | None:
    """What matches a seed of an open recall is not installed, consumed, fed or shipped, nor what contains it."""
    if not any(one.is_open and not one.is_drill for one in known.recalls):
        return None
    for used in used_by(event, known):
        recall = containing(known, used.subject)
        if recall is not None:
            return f"{used} is called back ({recall.recall}: {recall.reason}); keep it aside and ask quality"
    return None
