"""hold."""

from asbuilt.core.identifiers.names import HoldNumber
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.records.quality import Hold
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, by_sequence, moment_or_none, time_of

HOLD = Table(
    "hold",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("hold", "text"),
        ("subject_id", "bigint"),
        ("reason", "text"),
        ("placed_at", "bigint"),
        ("released_sequence", "bigint"),
        ("released_at", "bigint"),
        ("release_reason", "text"),
    ),
)

_HOLD_COLUMNS = """
SELECT sequence, hold, subject_id, reason, placed_at, released_sequence, released_at, release_reason FROM hold
"""
# Reads the open holds of the units and lots on which a batch places or releases one.
OPEN_HOLDS = f"{_HOLD_COLUMNS} WHERE subject_id = ANY($1) AND released_sequence IS NULL"
# Reads the holds, open and released, of the units and lots that corrections concern.
HOLDS_OF_SUBJECTS = f"{_HOLD_COLUMNS} WHERE subject_id = ANY($1)"
# What is on hold (serves the check of what line-fed material a shipped unit holds).
HELD = "SELECT subject_id FROM hold WHERE site_id = $1 AND released_sequence IS NULL"


def hold_row(hold: Hold, ids: Ids, site_id: int) -> Row:
    return (
        hold.sequence,
        site_id,
        hold.hold,
        ids[hold.subject],
        hold.reason,
        time_of(hold.placed_at),
        hold.released_sequence,
        time_of(hold.released_at),
        hold.release_reason,
    )


def load_open_holds(loading: Loading, subject_ids: list[int]) -> None:
    _load_holds(loading, loading.reader.rows(OPEN_HOLDS, subject_ids))


def load_holds_of_subjects(loading: Loading, subject_ids: list[int]) -> None:
    _load_holds(loading, loading.reader.rows(HOLDS_OF_SUBJECTS, subject_ids))


def held_ids(loading: Loading) -> list[int]:
    """The units and lots on hold at the site."""
    return [subject_id for (subject_id,) in loading.reader.rows(HELD, loading.reader.site.site_id)]


def _load_holds(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(row[2] for row in rows)
    for sequence, number, subject_id, reason, placed_at, released_sequence, released_at, release_reason in rows:
        subject = names[subject_id]
        assert isinstance(subject, Unit | Lot), "units and lots are put on hold"
        hold = Hold(
            sequence=sequence,
            hold=HoldNumber(number),
            subject=subject,
            reason=reason,
            placed_at=moment_of(placed_at),
            released_sequence=released_sequence,
            released_at=moment_or_none(released_at),
            release_reason=release_reason,
        )
        loading.known.holds.loaded[sequence] = hold
        loading.known.holds_of.setdefault(subject, set()).add(sequence)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(HOLD, lambda known: known.holds, hold_row, by_sequence, ends=lambda hold: not hold.is_open),
)
