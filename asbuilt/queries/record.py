"""Everything a unit page shows, in one answer of one moment."""

from dataclasses import dataclass
from itertools import islice

from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import AsBuilt, as_built
from asbuilt.queries.defects import DefectView, defects_of
from asbuilt.queries.history import HistoryEntry, history
from asbuilt.queries.naming import Named
from asbuilt.queries.units import UnitView, unit
from asbuilt.queries.where_used import Affected, where_used

HISTORY_SHOWN = 1000
"""Events on a unit page; the whole history has an address of its own."""

WHERE_USED_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A unit with its history, what it is made of, what it is part of and what is or was wrong with it.

    is_cut: whether history or where_used are longer than shown here; each is complete under its own address.
    """

    unit: UnitView
    history: list[HistoryEntry]
    as_built: AsBuilt
    where_used: list[Affected]
    defects: tuple[DefectView, ...]
    is_cut: bool


def unit_record(reader: Reader, named: Named) -> UnitRecord:
    """The record of a unit as it is now. Raises NotFound when its commissioning was declared wrong."""
    view = unit(reader, named)
    entries = list(history(reader, named, limit=HISTORY_SHOWN + 1))
    affected = list(islice(where_used(reader, named), WHERE_USED_SHOWN + 1)) if view.installed_in else []
    return UnitRecord(
        unit=view,
        history=entries[:HISTORY_SHOWN],
        as_built=as_built(reader, named),
        where_used=affected[:WHERE_USED_SHOWN],
        defects=defects_of(reader, named),
        is_cut=len(entries) > HISTORY_SHOWN or len(affected) > WHERE_USED_SHOWN,
    )
