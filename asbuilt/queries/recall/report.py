"""Recalls: which there are, what each covers, who was told, what became of it, and how long that took."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from asbuilt.core.events.recalls import RecallDisposition, RecallScopeFrozen
from asbuilt.core.identifiers.subjects import Recall, SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.identity import Custody
from asbuilt.core.states.records.recalls import RecallNotice, RecallState, ScopeCounts
from asbuilt.ledger.codec import moment_of, stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import moment_or_none
from asbuilt.projections.recalls import NOTICES, RECALLS, notice_from, recall_from, scope_counts
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.naming import NotFound
from asbuilt.queries.recall.asking import spelled_seed
from asbuilt.queries.recall.scope import Certainty, digest_of
from asbuilt.queries.recall.seeds import KEPT_RECORDS
from asbuilt.queries.recall.suspects import CHUNK
from asbuilt.queries.whereabouts import Places, Whereabouts

SHARE_PLACES = 4
"""Decimal places of a share."""

# The recalls of a site, the newest first (serves their list).
RECALLS_OF_SITE = """
SELECT state.recall_id, recall.name FROM recall_state AS state CROSS JOIN subject AS recall
WHERE state.site_id = $1 AND recall.subject_id = state.recall_id
ORDER BY state.opened_sequence DESC
"""
RECALL_NAMED = "SELECT subject_id, name FROM subject WHERE site_id = $1 AND name_key = $2 AND kind = $3"
# What a recall covers, page by page.
MEMBERS_OF = """
SELECT subject_id, is_certain, customer, disposition, dispositioned_at FROM recall_member
WHERE recall_id = $1 AND subject_id > $2 ORDER BY subject_id LIMIT $3
"""
# Which of some units and lots are held for a recall.
HELD_FOR = """
SELECT subject_id, placed_at FROM hold WHERE subject_id = ANY($1) AND hold = $2 AND released_sequence IS NULL
"""
# The holds that are on a unit or lot.
OPEN_HOLDS = "SELECT hold FROM hold WHERE subject_id = $1 AND released_sequence IS NULL ORDER BY hold"
# Who recorded some events, and when they were taken.
RECORDED_BY = "SELECT sequence, actor, record_time, payload FROM event WHERE sequence = ANY($1)"


class RecallStatus(StrEnum):
    """The one word shown for a recall."""

    OPEN = "open"
    SETTLED = "settled"
    """Open, and what it covers is settled."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRow:
    """A recall in a list. undecided: how many of its units and lots have no disposition."""

    recall: str
    status: RecallStatus
    is_drill: bool
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    units: int
    lots: int
    certain: int
    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A unit or lot that a recall covers, as it stands. customer: who had it when it was listed.

    is_held: by a hold with the number of the recall. with_customer: who has it now.
    """

    kind: str
    name: str
    part_number: str
    marked_as: str
    description: str
    certainty: Certainty
    customer: str
    disposition: str
    dispositioned_at: datetime | None
    is_held: bool
    status: str
    in_unit: str
    location: str
    custody: str
    container: str
    with_customer: str
    shipment: str
    work_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPage:
    """Some of what a recall covers, and where the next page begins (None: this is the last)."""

    members: tuple[MemberView, ...]
    next: int | None


@dataclass(slots=True, kw_only=True)
class CustomerCount:
    """What a customer had when it was listed ('': what was with nobody). in_field: of it, what is shipped still.

    accounted: what is corrected, returned, destroyed or cleared.
    """

    customer: str
    covered: int = 0
    in_field: int = 0
    accounted: int = 0
    lost: int = 0
    noticed_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """That a customer was told, and what he answered (None: nothing yet)."""

    customer: str
    reference: str
    medium: str
    issued_at: datetime
    answered_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A step of a recall, by whom it was recorded where one did it, and how long after the opening, in seconds."""

    step: str
    at: datetime
    by: str
    after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallReport:
    """A recall as it stands.

    seeds: as `asking.seed_of` reads them.
    digest_holds: whether what is listed has the digest that was settled; None while nothing is.
    signed_by: who signed the scope with his password; empty when nobody did.
    effectiveness: of what customers had when it was listed, the share that is accounted for; None when they had none.
    """

    recall: str
    status: RecallStatus
    is_drill: bool
    reason: str
    close_reason: str
    seeds: list[str]
    units: int
    lots: int
    certain: int
    undecided: int
    held: int
    returned: int
    digest: str
    digest_holds: bool | None
    meaning: str
    signed_by: str
    effectiveness: Decimal | None
    dispositions: dict[str, int]
    statuses: dict[str, int]
    customers: list[CustomerCount]
    notices: list[NoticeView]
    milestones: list[Milestone]


def recalls(reader: Reader) -> Iterator[RecallRow]:
    """The recalls of the site, the newest first."""
    names: dict[int, str] = dict(reader.rows(RECALLS_OF_SITE, reader.site.site_id))
    ids = list(names)
    states = {row[0]: recall_from(Recall(names[row[0]]), row) for row in reader.rows(RECALLS, ids)} if ids else {}
    counts = scope_counts(reader, ids) if ids else {}
    for recall_id in ids:
        yield _row(states[recall_id], counts.get(recall_id, ScopeCounts()))


def _row(state: RecallState, counts: ScopeCounts) -> RecallRow:
    return RecallRow(
        recall=str(state.recall),
        status=_status(state, counts),
        is_drill=state.is_drill,
        reason=state.reason,
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        units=counts.units,
        lots=counts.lots,
        certain=counts.certain,
        undecided=counts.undecided,
    )


def _status(state: RecallState, counts: ScopeCounts) -> RecallStatus:
    if not state.is_open:
        return RecallStatus.CLOSED
    return RecallStatus.SETTLED if state.is_settled_as(counts) else RecallStatus.OPEN


def recall_state(reader: Reader, number: str) -> RecallState:
    """A recall by its number. Raises NotFound."""
    return _found(reader, number)[1]


def open_holds(reader: Reader, subject_id: int) -> list[str]:
    """The numbers of the holds on a unit or lot."""
    return [hold for (hold,) in reader.rows(OPEN_HOLDS, subject_id)]


def _found(reader: Reader, number: str) -> tuple[int, RecallState]:
    named = reader.rows(RECALL_NAMED, reader.site.site_id, normal_form(number), SubjectKind.RECALL.value)
    rows = reader.rows(RECALLS, [named[0][0]]) if named else []
    if not rows:
        raise NotFound(f"no recall {number.strip()!r} is known here; `asbuilt recall list` shows which there are")
    return named[0][0], recall_from(Recall(named[0][1]), rows[0])


def members(reader: Reader, number: str) -> Iterator[MemberView]:
    """Everything that a recall covers, as it stands now, page after page. Raises NotFound."""
    recall_id, state = _found(reader, number)
    return _members(reader, recall_id, state)


def _members(reader: Reader, recall_id: int, state: RecallState) -> Iterator[MemberView]:
    places, after = Places(reader), -1
    while True:
        rows = reader.rows(MEMBERS_OF, recall_id, after, CHUNK)
        yield from _views(reader, places, state, rows)
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def member_page(reader: Reader, number: str, *, after: int | None = None, limit: int = 50) -> MemberPage:
    """A page of what a recall covers, read by its key however many there are. Raises NotFound."""
    recall_id, state = _found(reader, number)
    rows = reader.rows(MEMBERS_OF, recall_id, -1 if after is None else after, limit + 1)
    page = rows[:limit]
    return MemberPage(
        members=tuple(_views(reader, Places(reader), state, page)), next=page[-1][0] if len(rows) > limit else None
    )


def _views(reader: Reader, places: Places, state: RecallState, rows: list[Row]) -> Iterator[MemberView]:
    ids = [row[0] for row in rows]
    held: dict[int, int] = dict(reader.rows(HELD_FOR, ids, str(state.recall))) if ids else {}
    kept: dict[int, int] = dict(reader.rows(KEPT_RECORDS, ids)) if ids else {}
    where, names = places.of({kept.get(one, one) for one in ids}), places.names(ids)
    for row in rows:
        yield _member(row, names[row[0]], where.get(kept.get(row[0]) or row[0]), is_held=row[0] in held)


def _member(row: Row, name: str, where: Whereabouts | None, *, is_held: bool) -> MemberView:
    """where: None for what was declared never to have been; what is known of it is then its name."""
    _, is_certain, customer, disposition, decided_at = row
    return MemberView(
        kind=where.kind if where else "",
        name=name,
        part_number=where.part_number if where else "",
        marked_as=where.marked_as if where else "",
        description=where.description if where else "",
        certainty=Certainty.CERTAIN if is_certain else Certainty.POSSIBLE,
        customer=customer,
        disposition=disposition,
        dispositioned_at=moment_or_none(decided_at),
        is_held=is_held,
        status=where.status if where else "",
        in_unit=where.in_unit if where else "",
        location=where.location if where else "",
        custody=where.custody if where else "",
        container=where.container if where else "",
        with_customer=where.customer if where else "",
        shipment=where.shipment if where else "",
        work_order=where.work_order if where else "",
    )


@dataclass(slots=True)
class _Tally:
    """What is counted of the units and lots of a recall."""

    held: int = 0
    returned: int = 0
    dispositions: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    customers: dict[str, CustomerCount] = field(default_factory=dict)
    listed: list[tuple[Certainty, str]] = field(default_factory=list)
    decided: list[datetime] = field(default_factory=list)

    def add(self, one: MemberView) -> None:
        in_field = one.custody == Custody.SHIPPED
        self.held += one.is_held
        self.returned += bool(one.customer) and not in_field
        self.dispositions[one.disposition] = self.dispositions.get(one.disposition, 0) + 1
        self.statuses[one.status] = self.statuses.get(one.status, 0) + 1
        row = self.customers.setdefault(one.customer, CustomerCount(customer=one.customer))
        row.covered += 1
        row.in_field += in_field
        is_lost = one.disposition == RecallDisposition.LOST
        row.lost += is_lost
        row.accounted += bool(one.disposition) and not is_lost
        self.listed.append((one.certainty, one.name))
        if one.dispositioned_at is not None:
            self.decided.append(one.dispositioned_at)


def report(reader: Reader, number: str) -> RecallReport:
    """A recall with everything that became of it. Raises NotFound."""
    recall_id, state = _found(reader, number)
    counts = scope_counts(reader, [recall_id]).get(recall_id, ScopeCounts())
    by = _recorded_by(reader, state)
    tally = _Tally()
    for one in _members(reader, recall_id, state):
        tally.add(one)
    notices = [notice_from(state.recall, row) for row in reader.rows(NOTICES, [recall_id])]
    for notice in notices:
        row = tally.customers.setdefault(notice.customer, CustomerCount(customer=notice.customer))
        row.noticed_at = row.noticed_at or notice.issued_at
        row.answered_at = row.answered_at or notice.answered_at
    return RecallReport(
        recall=str(state.recall),
        status=_status(state, counts),
        is_drill=state.is_drill,
        reason=state.reason,
        close_reason=state.close_reason,
        seeds=[spelled_seed(one) for one in state.seeds],
        units=counts.units,
        lots=counts.lots,
        certain=counts.certain,
        undecided=counts.undecided,
        held=tally.held,
        returned=tally.returned,
        digest=state.digest,
        digest_holds=digest_of(tally.listed) == state.digest if state.digest else None,
        meaning=state.meaning,
        signed_by=_signed_by(state, by),
        effectiveness=_effectiveness(tally),
        dispositions=dict(sorted(tally.dispositions.items())),
        statuses=dict(sorted(tally.statuses.items())),
        customers=sorted(tally.customers.values(), key=lambda one: (-one.covered, one.customer)),
        notices=[_notice(one) for one in notices],
        milestones=_milestones(state, by, notices, tally.decided),
    )


def _notice(one: RecallNotice) -> NoticeView:
    return NoticeView(
        customer=one.customer,
        reference=one.reference,
        medium=one.medium,
        issued_at=one.issued_at,
        answered_at=one.answered_at,
        note=one.note,
    )


def _effectiveness(tally: _Tally) -> Decimal | None:
    with_customers = [one for customer, one in tally.customers.items() if customer]
    covered = sum(one.covered for one in with_customers)
    return rounded(Fraction(sum(one.accounted for one in with_customers), covered), SHARE_PLACES) if covered else None


def _recorded_by(reader: Reader, state: RecallState) -> dict[int, Row]:
    """The entries of the ledger that opened, settled and closed a recall, by sequence."""
    sequences = [state.opened_sequence, state.frozen_sequence, state.closed_sequence]
    return {row[0]: row for row in reader.rows(RECORDED_BY, [one for one in sequences if one is not None])}


def _signed_by(state: RecallState, by: dict[int, Row]) -> str:
    entry = by.get(state.frozen_sequence or 0)
    frozen = None if entry is None else stored_event(entry[3])
    return frozen.signed_by if isinstance(frozen, RecallScopeFrozen) else ""


def _milestones(
    state: RecallState, by: dict[int, Row], notices: list[RecallNotice], decided: list[datetime]
) -> list[Milestone]:
    """The steps that were reached, in order. Times are those of the events; who recorded them is in the ledger."""
    answered = [one.answered_at for one in notices if one.answered_at is not None]
    reached: list[tuple[str, datetime | None, int | None]] = [
        ("opened", state.opened_at, state.opened_sequence),
        ("scope settled", state.frozen_at, state.frozen_sequence),
        ("first notice", min((one.issued_at for one in notices), default=None), None),
        ("last notice", max((one.issued_at for one in notices), default=None), None),
        ("all notices answered", max(answered) if notices and len(answered) == len(notices) else None, None),
        ("first disposition", min(decided, default=None), None),
        ("last disposition", max(decided, default=None), None),
        ("closed", state.closed_at, state.closed_sequence),
    ]
    return [
        Milestone(
            step=step, at=at, by=_actor(by.get(sequence or 0)), after_s=int((at - state.opened_at).total_seconds())
        )
        for step, at, sequence in reached
        if at is not None
    ]


def _actor(row: Row | None) -> str:
    return "" if row is None else f"{row[1]}, recorded {moment_of(row[2]):%Y-%m-%d %H:%M:%S} UTC"
