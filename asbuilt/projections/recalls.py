"""recall_state, recall_member and recall_notice."""

from functools import lru_cache

from asbuilt.core.events.recalls import RecallDisposition, RecallSeed
from asbuilt.core.identifiers.subjects import Lot, Recall, Unit
from asbuilt.core.states.records.recalls import RecallMember, RecallNotice, RecallState, ScopeCounts
from asbuilt.ledger.codec import moment_of, text_of, values_from
from asbuilt.ledger.database import Reader, Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, by_subject, moment_or_none, time_of

RECALL_STATE = Table(
    "recall_state",
    (
        ("recall_id", "bigint"),
        ("site_id", "integer"),
        ("reason", "text"),
        ("seeds", "text"),
        ("is_drill", "smallint"),
        ("opened_at", "bigint"),
        ("opened_sequence", "bigint"),
        ("frozen_at", "bigint"),
        ("frozen_sequence", "bigint"),
        ("frozen_units", "bigint"),
        ("frozen_lots", "bigint"),
        ("frozen_certain", "bigint"),
        ("digest", "text"),
        ("meaning", "text"),
        ("closed_at", "bigint"),
        ("closed_sequence", "bigint"),
        ("close_reason", "text"),
    ),
)
RECALL_MEMBER = Table(
    "recall_member",
    (
        ("recall_id", "bigint"),
        ("subject_id", "bigint"),
        ("site_id", "integer"),
        ("is_certain", "smallint"),
        ("listed_sequence", "bigint"),
        ("customer", "text"),
        ("disposition", "text"),
        ("dispositioned_sequence", "bigint"),
        ("dispositioned_at", "bigint"),
    ),
    key=("recall_id", "subject_id"),
)
RECALL_NOTICE = Table(
    "recall_notice",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("recall_id", "bigint"),
        ("customer", "text"),
        ("reference", "text"),
        ("medium", "text"),
        ("issued_at", "bigint"),
        ("answered_sequence", "bigint"),
        ("answered_at", "bigint"),
        ("note", "text"),
    ),
)

_STATE_COLUMNS = """recall_id, reason, seeds, is_drill, opened_at, opened_sequence, frozen_at, frozen_sequence,
       frozen_units, frozen_lots, frozen_certain, digest, meaning, closed_at, closed_sequence, close_reason"""
# Reads the recalls that a batch is about.
RECALLS = f"SELECT {_STATE_COLUMNS} FROM recall_state WHERE recall_id = ANY($1)"
# Reads the recalls that are open and no drills, of a site (serves what uses units and lots).
RECALLS_IN_FORCE = f"""
SELECT site_id, {_STATE_COLUMNS} FROM recall_state
WHERE site_id = ANY($1) AND closed_sequence IS NULL AND is_drill = 0
"""
_MEMBER_COLUMNS = """
SELECT recall_id, subject_id, is_certain, listed_sequence, customer, disposition, dispositioned_sequence,
       dispositioned_at
FROM recall_member
"""
# Reads what recalls say of the units and lots of a batch.
MEMBERS = f"{_MEMBER_COLUMNS} WHERE recall_id = ANY($1) AND subject_id = ANY($2)"
# Counts what recalls cover (serves settling and closing them, and their report).
SCOPE_COUNTS = """
SELECT member.recall_id,
       sum(CASE WHEN subject.kind = 3 THEN 1 ELSE 0 END), sum(CASE WHEN subject.kind = 4 THEN 1 ELSE 0 END),
       sum(member.is_certain), sum(CASE WHEN member.disposition = '' THEN 1 ELSE 0 END)
FROM recall_member AS member CROSS JOIN subject
WHERE member.recall_id = ANY($1) AND subject.subject_id = member.subject_id
GROUP BY member.recall_id
"""
# Reads who was told of recalls.
NOTICES = """
SELECT sequence, recall_id, customer, reference, medium, issued_at, answered_sequence, answered_at, note
FROM recall_notice WHERE recall_id = ANY($1) ORDER BY sequence
"""


def recall_row(state: RecallState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.recall],
        site_id,
        state.reason,
        text_of(state.seeds),
        int(state.is_drill),
        time_of(state.opened_at),
        state.opened_sequence,
        time_of(state.frozen_at),
        state.frozen_sequence,
        state.frozen_units,
        state.frozen_lots,
        state.frozen_certain,
        state.digest,
        state.meaning,
        time_of(state.closed_at),
        state.closed_sequence,
        state.close_reason,
    )


def load_recalls(loading: Loading, recall_ids: list[int]) -> None:
    _load(loading, loading.reader.rows(RECALLS, recall_ids))


def load_recalls_in_force(loading: Loading) -> None:
    """Read, once until it changes, which recalls stop what is done."""
    rows = loading.definitions(RECALLS_IN_FORCE, [loading.reader.site.site_id])
    _load(loading, [row[1:] for row in rows])


def _load(loading: Loading, rows: list[Row]) -> None:
    if not rows:
        return
    names = loading.named(row[0] for row in rows)
    for row in rows:
        recall = names[row[0]]
        assert isinstance(recall, Recall), "recall_state rows are about recalls"
        loading.known.recalls.loaded.setdefault(recall, recall_from(recall, row))


def recall_from(recall: Recall, row: Row) -> RecallState:
    """A recall from the columns of RECALLS."""
    return RecallState(
        recall=recall,
        reason=row[1],
        seeds=_seeds(row[2]),
        is_drill=bool(row[3]),
        opened_at=moment_of(row[4]),
        opened_sequence=row[5],
        frozen_at=moment_or_none(row[6]),
        frozen_sequence=row[7],
        frozen_units=row[8],
        frozen_lots=row[9],
        frozen_certain=row[10],
        digest=row[11],
        meaning=row[12],
        closed_at=moment_or_none(row[13]),
        closed_sequence=row[14],
        close_reason=row[15],
    )


@lru_cache(maxsize=256)
def _seeds(text: str) -> tuple[RecallSeed, ...]:
    # The seeds of a recall never change, so that one reading serves all batches.
    return values_from(RecallSeed, text)


def recall_member_row(member: RecallMember, ids: Ids, site_id: int) -> Row:
    return (
        ids[member.recall],
        ids[member.subject],
        site_id,
        int(member.is_certain),
        member.listed_sequence,
        member.customer,
        "" if member.disposition is None else member.disposition.value,
        member.dispositioned_sequence,
        time_of(member.dispositioned_at),
    )


def by_recall_and_subject(key: tuple[Recall, Unit | Lot], ids: Ids) -> Row:
    return (ids[key[0]], ids[key[1]])


def load_members(loading: Loading, recall_ids: list[int], subject_ids: list[int]) -> None:
    rows = loading.reader.rows(MEMBERS, recall_ids, subject_ids)
    names = loading.named(value for row in rows for value in row[:2])
    for recall_id, subject_id, is_certain, listed, customer, disposition, dispositioned, dispositioned_at in rows:
        recall, subject = names[recall_id], names[subject_id]
        assert isinstance(recall, Recall), "recall_member rows are about recalls"
        assert isinstance(subject, Unit | Lot), "and about units and lots"
        member = RecallMember(
            recall=recall,
            subject=subject,
            is_certain=bool(is_certain),
            listed_sequence=listed,
            customer=customer,
            disposition=RecallDisposition(disposition) if disposition else None,
            dispositioned_sequence=dispositioned,
            dispositioned_at=moment_or_none(dispositioned_at),
        )
        loading.known.recall_members.loaded[member.key] = member


def load_scope_counts(loading: Loading, recall_ids: list[int]) -> None:
    names = loading.named(recall_ids)
    for recall_id, counts in scope_counts(loading.reader, recall_ids).items():
        recall = names[recall_id]
        assert isinstance(recall, Recall), "what has a scope is a recall"
        loading.known.scope_counts[recall] = counts


def scope_counts(reader: Reader, recall_ids: list[int]) -> dict[int, ScopeCounts]:
    """What recalls cover, by the id of the recall; those that cover nothing yet are left out."""
    return {
        recall_id: ScopeCounts(units=int(units), lots=int(lots), certain=int(certain), undecided=int(undecided))
        for recall_id, units, lots, certain, undecided in reader.rows(SCOPE_COUNTS, recall_ids)
    }


def recall_notice_row(notice: RecallNotice, ids: Ids, site_id: int) -> Row:
    return (
        notice.sequence,
        site_id,
        ids[notice.recall],
        notice.customer,
        notice.reference,
        notice.medium,
        time_of(notice.issued_at),
        notice.answered_sequence,
        time_of(notice.answered_at),
        notice.note,
    )


def notice_from(recall: Recall, row: Row) -> RecallNotice:
    """A notice from the columns of NOTICES."""
    return RecallNotice(
        sequence=row[0],
        recall=recall,
        customer=row[2],
        reference=row[3],
        medium=row[4],
        issued_at=moment_of(row[5]),
        answered_sequence=row[6],
        answered_at=moment_or_none(row[7]),
        note=row[8],
    )


def load_notices(loading: Loading, recall_ids: list[int]) -> None:
    rows = loading.reader.rows(NOTICES, recall_ids)
    names = loading.named(row[1] for row in rows)
    for row in rows:
        recall = names[row[1]]
        assert isinstance(recall, Recall), "notices are of recalls"
        loading.known.recall_notices.loaded[row[0]] = notice_from(recall, row)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(RECALL_STATE, lambda known: known.recalls, recall_row, by_subject, is_definition=True),
    Projection(RECALL_MEMBER, lambda known: known.recall_members, recall_member_row, by_recall_and_subject),
    Projection(RECALL_NOTICE, lambda known: known.recall_notices, recall_notice_row, by_sequence),
)
