"""Work centers, stations and codes, as they are defined now."""

from collections.abc import Iterator
from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.listings import Page
from asbuilt.queries.shop_floor import ids_meant, restricted
from asbuilt.queries.units import ids_named

PAGE = 1_000
"""Rows read at once of a list that is given whole."""

# The work centers of a site, in the order in which they came to be known.
WORK_CENTERS = """
SELECT state.work_center_id, center.name, state.area, state.description
FROM work_center_state AS state CROSS JOIN subject AS center
WHERE state.site_id = $1 AND state.work_center_id > $2 AND center.subject_id = state.work_center_id
ORDER BY state.work_center_id LIMIT $3
"""
# The stations of a site that were defined, in the order in which they came to be known.
EQUIPMENT = """
SELECT state.station_id, station.name, center.name, state.equipment_class, state.description
FROM equipment_state AS state CROSS JOIN subject AS station
LEFT JOIN subject AS center ON center.subject_id = state.work_center_id
WHERE state.site_id = $1 AND state.station_id > $2 AND station.subject_id = state.station_id
ORDER BY state.station_id LIMIT $3
"""
# A page of the stations of a site, of one work center when it is named (serves the list of stations).
EQUIPMENT_PAGE = """
SELECT state.station_id, station.name, center.name, state.equipment_class, state.description
FROM equipment_state AS state CROSS JOIN subject AS station
LEFT JOIN subject AS center ON center.subject_id = state.work_center_id
WHERE state.site_id = $1 AND state.station_id > $2 AND station.subject_id = state.station_id
  AND ($4 = 1 OR state.work_center_id = ANY($5))
ORDER BY state.station_id LIMIT $3
"""
# The codes of a site, or of one list, list by list.
CODES = """
SELECT list.name, state.code, state.description, state.is_retired
FROM code_state AS state CROSS JOIN subject AS list
WHERE state.site_id = $1 AND ($2 = 1 OR state.code_list_id = ANY($3)) AND list.subject_id = state.code_list_id
ORDER BY state.code_list_id, state.code_key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCenterView:
    """A work center."""

    work_center: str
    area: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentView:
    """A station; work_center is empty when nobody said where it is."""

    station: str
    work_center: str
    equipment_class: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code of a list."""

    code_list: str
    code: str
    description: str
    is_retired: bool


def pages(reader: Reader, statement: str) -> Iterator[Row]:
    """All rows of a list, page after page; the first column is where the next page goes on."""
    after = 0
    while rows := reader.rows(statement, reader.site.site_id, after, PAGE):
        yield from rows
        after = rows[-1][0]


def work_centers(reader: Reader) -> Iterator[WorkCenterView]:
    for _, name, area, description in pages(reader, WORK_CENTERS):
        yield WorkCenterView(work_center=name, area=area, description=description)


def equipment(reader: Reader) -> Iterator[EquipmentView]:
    for _, station, center, equipment_class, description in pages(reader, EQUIPMENT):
        yield EquipmentView(
            station=station, work_center=center or "", equipment_class=equipment_class, description=description
        )


def equipment_page(
    reader: Reader, *, work_center: str = "", after: int | None = None, limit: int = 50
) -> Page[EquipmentView]:
    """A page of the stations, of one work center when it is named. Raises NotFound for a work center not known."""
    centers = restricted(ids_meant(reader, work_center, SubjectKind.WORK_CENTER, "work center"))
    rows = reader.rows(EQUIPMENT_PAGE, reader.site.site_id, after or 0, limit + 1, *centers)
    views = tuple(
        EquipmentView(station=name, work_center=center or "", equipment_class=kind, description=description)
        for _, name, center, kind, description in rows[:limit]
    )
    return Page(rows=views, next=rows[limit - 1][0] if len(rows) > limit else None)


def codes(reader: Reader, *, code_list: str = "") -> Iterator[CodeView]:
    """The codes of all lists or of one, retired ones too."""
    lists = ids_named(reader, code_list, SubjectKind.CODE_LIST) if code_list else []
    for name, code, description, is_retired in reader.stream(CODES, reader.site.site_id, int(not code_list), lists):
        yield CodeView(code_list=name, code=code, description=description, is_retired=bool(is_retired))
