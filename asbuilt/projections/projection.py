"""How a kind of record is kept as a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from asbuilt.core.events.event import QUANTITY_PLACES
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.states.known import Known
from asbuilt.core.states.rows import Rows
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Row, Table, Writer

Ids = Mapping[Subject, int]


@dataclass(frozen=True, slots=True)
class Projection:
    """A table, the records of Known it keeps, and how a record becomes a row.

    Any: each projection has its own key and record; the functions beside it are typed.
    """

    table: Table
    records: Callable[[Known], Rows[Any, Any]]
    row: Callable[[Any, Ids, int], Row]
    key: Callable[[Any, Ids], Row]
    is_definition: bool = False
    """Whether nothing but definitions writes it, so that what was read of it is kept until one of them changes."""
    ends: Callable[[Any], bool] = lambda _: False
    """Whether a record has ended: ended ones are written first, to make room for those that follow."""


def write_changes(writer: Writer, projection: Projection, known: Known, ids: Ids) -> bool:
    """Write what a batch changed in one table: first what goes, then what ends, then what comes.

    Returns whether anything was written.
    """
    records = projection.records(known)
    if not records.changed:
        return False
    site_id = writer.site.site_id
    gone = [
        projection.key(key, ids) for key, record in records.changed.items() if record is None and key in records.loaded
    ]
    changed = [record for key, record in records.changed.items() if record is not None and key in records.loaded]
    new = [record for key, record in records.changed.items() if record is not None and key not in records.loaded]
    if gone:
        writer.delete(projection.table, gone)
    if changed:
        changed.sort(key=lambda record: not projection.ends(record))
        writer.upsert(projection.table, _rows(projection, changed, ids, site_id))
    if new:
        writer.insert(projection.table, _rows(projection, new, ids, site_id))
    return True


def _rows(projection: Projection, records: Iterable[Any], ids: Ids, site_id: int) -> Sequence[Row]:
    return [projection.row(record, ids, site_id) for record in records]


def by_sequence(sequence: int, ids: Ids) -> Row:
    """The key of a table whose rows are known by the sequence of their event."""
    return (sequence,)


def by_subject(subject: Subject, ids: Ids) -> Row:
    """The key of a table that has one row a subject."""
    return (ids[subject],)


def id_of(subject: Subject | None, ids: Ids) -> int | None:
    return None if subject is None else ids[subject]


def time_of(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)


def moment_or_none(microseconds_since_epoch: int | None) -> datetime | None:
    return None if microseconds_since_epoch is None else moment_of(microseconds_since_epoch)


def day_of(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def date_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def millionths(quantity: Decimal | None) -> int | None:
    """A quantity as a whole number of millionths of its uom; exact, because events carry no finer ones."""
    return None if quantity is None else int(quantity.scaleb(QUANTITY_PLACES))


def quantity_of(millionths_of_uom: int | None) -> Decimal | None:
    """A quantity from its millionths, without trailing zeros."""
    if millionths_of_uom is None:
        return None
    whole, rest = divmod(millionths_of_uom, 10**QUANTITY_PLACES)
    return Decimal(whole) if rest == 0 else Decimal(millionths_of_uom).scaleb(-QUANTITY_PLACES).normalize()
