"""defect."""

from asbuilt.core.events.defects import Disposition
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Station, Unit
from asbuilt.core.states.records.defects import DefectKey, DefectState
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import Ids, Projection, id_of, moment_or_none, time_of

DEFECT = Table(
    "defect",
    (
        ("sequence", "bigint"),
        ("place", "integer"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("number", "text"),
        ("operation", "text"),
        ("station_id", "bigint"),
        ("code", "text"),
        ("position", "text"),
        ("component", "text"),
        ("quantity", "integer"),
        ("note", "text"),
        ("characteristic", "text"),
        ("found_at", "bigint"),
        ("disposition", "text"),
        ("rework", "text"),
        ("retest", "text"),
        ("reason", "text"),
        ("decided_sequence", "bigint"),
        ("decided_at", "bigint"),
        ("reworked_sequence", "bigint"),
        ("repaired_sequence", "bigint"),
        ("repaired_at", "bigint"),
        ("repair", "text"),
        ("replaced", "text"),
        ("settled_sequence", "bigint"),
        ("settled_at", "bigint"),
        ("settled_by", "text"),
    ),
    key=("sequence", "place"),
)

# Reads the defects, open and settled, of the units around a batch: most have none.
DEFECTS_OF_UNITS = """
SELECT sequence, place, unit_id, number, operation, station_id, code, position, component, quantity, note,
       characteristic, found_at, disposition, rework, retest, reason, decided_sequence, decided_at, reworked_sequence,
       repaired_sequence, repaired_at, repair, replaced, settled_sequence, settled_at, settled_by
FROM defect WHERE unit_id = ANY($1)
"""


def defect_row(defect: DefectState, ids: Ids, site_id: int) -> Row:
    return (
        defect.sequence,
        defect.place,
        site_id,
        ids[defect.unit],
        defect.number,
        defect.operation,
        id_of(defect.station, ids),
        defect.code,
        defect.position,
        defect.component,
        defect.quantity,
        defect.note,
        defect.characteristic,
        time_of(defect.found_at),
        defect.disposition or "",
        defect.rework,
        defect.retest,
        defect.reason,
        defect.decided_sequence,
        time_of(defect.decided_at),
        defect.reworked_sequence,
        defect.repaired_sequence,
        time_of(defect.repaired_at),
        defect.repair,
        defect.replaced,
        defect.settled_sequence,
        time_of(defect.settled_at),
        defect.settled_by or "",
    )


def load_defects(loading: Loading, unit_ids: list[int]) -> None:
    rows = loading.reader.rows(DEFECTS_OF_UNITS, unit_ids)
    names = loading.named(value for row in rows for value in (row[2], row[5]) if value is not None)
    for row in rows:
        unit, station = names[row[2]], names.get(row[5])
        assert isinstance(unit, Unit), "defects are of units"
        defect = DefectState(
            sequence=row[0],
            place=row[1],
            unit=unit,
            number=DefectNumber(row[3]),
            operation=Operation(row[4]),
            station=station if isinstance(station, Station) else None,
            code=row[6],
            position=ReferenceDesignator(row[7]),
            component=row[8],
            quantity=row[9],
            note=row[10],
            characteristic=row[11],
            found_at=moment_of(row[12]),
            disposition=Disposition(row[13]) if row[13] else None,
            rework=Operation(row[14]),
            retest=Operation(row[15]),
            reason=row[16],
            decided_sequence=row[17],
            decided_at=moment_or_none(row[18]),
            reworked_sequence=row[19],
            repaired_sequence=row[20],
            repaired_at=moment_or_none(row[21]),
            repair=row[22],
            replaced=ReferenceDesignator(row[23]),
            settled_sequence=row[24],
            settled_at=moment_or_none(row[25]),
            settled_by=Disposition(row[26]) if row[26] else None,
        )
        loading.known.defects.loaded[defect.key] = defect
        loading.known.index_defect(defect)


def _by_place(key: DefectKey, ids: Ids) -> Row:
    return (key.sequence, key.place)


PROJECTIONS: tuple[Projection, ...] = (Projection(DEFECT, lambda known: known.defects, defect_row, _by_place),)
