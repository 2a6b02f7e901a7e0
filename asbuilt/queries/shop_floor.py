"""What part of the work on the floor a question is about."""

from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import NotFound
from asbuilt.queries.units import ids_named
from asbuilt.queries.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilter:
    """Which work is meant; empty texts do not restrict. part_number: also issuer:part."""

    part_number: str = ""
    work_order: str = ""
    operation: str = ""
    station: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The same as the database knows it. None does not restrict."""

    window: Window
    operation: str
    part_ids: list[int] | None
    order_ids: list[int] | None
    station_ids: list[int] | None


def scope_of(reader: Reader, wanted: WorkFilter, window: Window) -> Scope:
    """Raises NotFound for a part, order or station that is not known: a misspelt name is no floor at rest."""
    return Scope(
        window=window,
        operation=wanted.operation.strip(),
        part_ids=ids_meant(reader, wanted.part_number, SubjectKind.PART, "part"),
        order_ids=ids_meant(reader, wanted.work_order, SubjectKind.WORK_ORDER, "work order"),
        station_ids=ids_meant(reader, wanted.station, SubjectKind.STATION, "station"),
    )


def ids_meant(reader: Reader, name: str, kind: SubjectKind, what: str) -> list[int] | None:
    """The ids of what a filter names; None when it names nothing. Raises NotFound."""
    if not name.strip():
        return None
    found = ids_named(reader, name.strip(), kind)
    if not found:
        raise NotFound(f"no {what} {name.strip()!r} is known here; check how it is written")
    return found


def restricted(ids: list[int] | None) -> tuple[int, list[int]]:
    """Two parameters of a statement: whether everything is meant (1), and otherwise what."""
    return (1, []) if ids is None else (0, ids)
