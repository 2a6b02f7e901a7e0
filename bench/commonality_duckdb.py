"""The same counts by DuckDB on Parquet: which tables it gets, and how it is asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Index
from asbuilt.projections.fleet.tables import LOT, Coded, Grouping, thing_of
from asbuilt.queries.commonality.indexed_components import Down

MEASURED = """
SELECT run.unit_id, run.completed_at, run.operation, event.payload FROM operation_run AS run CROSS JOIN event
WHERE run.site_id = $1 AND event.sequence = run.sequence
"""
NAMES = "SELECT subject_id, name FROM subject WHERE site_id = $1"
ROWS_A_GROUP = 500_000

Taken = tuple[int, int, str, str, float]
"""Unit, time, operation, characteristic and value."""
LOWER, UPPER = 4.5, 5.5

# Who is judged, and until when; every test counts.
JUDGED = """
CREATE TEMP TABLE judged AS
SELECT unit, bool_or(is_outside) AS is_case,
       CASE WHEN bool_or(is_outside) THEN min(at_us) FILTER (WHERE is_outside) ELSE max(at_us) END AS until
FROM (SELECT unit, at_us, value NOT BETWEEN {lower} AND {upper} AS is_outside
      FROM '{folder}/measures.parquet' WHERE operation = '{operation}' AND characteristic = '{characteristic}')
GROUP BY unit
"""
# Everything in them, by level.
INSIDE = """
CREATE TEMP TABLE inside AS
WITH RECURSIVE below (root, until, node, path, place, is_fed) AS (
    SELECT unit, until, unit, '', '', false FROM judged
    UNION
    SELECT below.root, below.until, link.component,
           CASE WHEN below.path = '' THEN thing.part ELSE below.path || ' > ' || thing.part END, link.place, link.is_fed
    FROM below
    JOIN '{folder}/links.parquet' AS link ON link.parent = below.node AND link.at_us <= below.until
    JOIN '{folder}/things.parquet' AS thing ON thing.id = link.component
)
SELECT root, path, place, is_fed, thing.* FROM below JOIN '{folder}/things.parquet' AS thing ON thing.id = below.node
WHERE below.path <> ''
"""
DONE = """
CREATE TEMP TABLE done AS
SELECT run.*, make_timestamp(run.at_us) AS moment FROM '{folder}/runs.parquet' AS run
JOIN judged ON judged.unit = run.unit AND run.at_us <= judged.until
"""
DAY = "strftime({}, '%Y-%m-%d')"
SHIFT = (
    "strftime(moment - INTERVAL 6 HOUR, '%Y-%m-%d ')"
    " || ['06:00', '14:00', '22:00'][1 + hour(moment - INTERVAL 6 HOUR) // 8]"
)
OF_WORK = {
    "station": "station",
    "tool": "tool",
    "program": "program",
    "operator": "operator",
    "work-order": "work_order",
    "day": "operation || ' ' || " + DAY.format("moment"),
    "week": "operation || ' ' || " + DAY.format("date_trunc('week', moment)"),
    "shift": "operation || ' ' || " + SHIFT,
}
OF_COMPONENTS = {
    "lot": "CASE WHEN is_lot THEN part || '/' || name END",
    "supplier": "supplier",
    "part": "rtrim(part || ' ' || revision)",
    "path": "path",
    "position": "CASE WHEN NOT is_fed AND place <> '' THEN place || ' ' || part END",
    "slot": "CASE WHEN is_fed THEN place || ' ' || part END",
}
COUNTS = """
SELECT value, count(DISTINCT unit) FILTER (WHERE is_case), count(DISTINCT unit) FILTER (WHERE NOT is_case)
FROM (SELECT {value} AS value, {unit} AS unit FROM {table}) JOIN judged USING (unit)
WHERE value IS NOT NULL AND value <> '' GROUP BY value
"""


def counted(folder: Path, operation: str, characteristic: str) -> dict[tuple[str, str], tuple[int, int]]:
    """By factor and value: failing units that have it, and others."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    with duckdb.connect() as database:
        for statement in (JUDGED, INSIDE, DONE):
            database.execute(
                statement.format(
                    folder=folder, operation=operation, characteristic=characteristic, lower=LOWER, upper=UPPER
                )
            )
        for table, unit, factors in (("done", "unit", OF_WORK), ("inside", "root", OF_COMPONENTS)):
            for factor, value in factors.items():
                rows = database.execute(COUNTS.format(value=value, unit=unit, table=table)).fetchall()
                found.update({(factor, row[0]): (row[1], row[2]) for row in rows})
    return found


def write(reader: Reader, index: Index, folder: Path) -> None:
    """The tables as Parquet, texts as dictionaries."""
    for name, table in (
        ("runs", _runs(reader, index)),
        ("links", _links(reader, index)),
        ("things", _things(reader, index)),
    ):
        pq.write_table(table, folder / f"{name}.parquet")
    schema = pa.schema(
        {
            "unit": pa.int64(),
            "at_us": pa.int64(),
            "operation": pa.string(),
            "characteristic": pa.string(),
            "value": pa.float64(),
        }
    )
    with pq.ParquetWriter(folder / "measures.parquet", schema) as writer:
        for rows in _groups(_measures(reader)):
            columns = zip(*rows, strict=True)
            writer.write_table(pa.table(dict(zip(schema.names, columns, strict=True)), schema=schema))


def _measures(reader: Reader) -> Iterator[Taken]:
    for unit, at, operation, payload in reader.stream(MEASURED, reader.site.site_id):
        for number, value in enumerate(json.loads(payload).get("values", ()), start=1):
            yield unit, at, operation, f"U{number}", float(value)


def _groups(rows: Iterator[Taken]) -> Iterator[list[Taken]]:
    group: list[Taken] = []
    for row in rows:
        group.append(row)
        if len(group) == ROWS_A_GROUP:
            yield group
            group = []
    yield group


def _runs(reader: Reader, index: Index) -> pa.Table:
    arrays, details = index.arrays, index.arrays.details()
    passes, own = arrays.passes, details.work_order
    names = dict(reader.rows(NAMES, reader.site.site_id))
    stations = [names.get(one, "") for one in passes.stations.tolist()]
    orders = [*own.texts, *arrays.texts[Grouping.WORK_ORDER].all()]
    of_unit = arrays.codes[Grouping.WORK_ORDER][passes.unit] + len(own.texts)
    order = np.where(own.codes == 0, of_unit, own.codes).astype(np.int32)
    return pa.table(
        {
            "unit": arrays.ids[passes.unit],
            "at_us": passes.completed_at,
            "station": _texts(np.repeat(np.arange(len(stations), dtype=np.int32), np.diff(passes.start)), stations),
            "work_order": _texts(order, orders),
            **{name: _coded(getattr(details, name)) for name in ("operation", "tool", "program", "operator")},
        }
    )


def _links(reader: Reader, index: Index) -> pa.Table:
    arrays, details = index.arrays, index.arrays.details()
    down = Down(arrays)
    linked, fed = down.linked, down.fed(np.ones(len(arrays.ids), bool))
    names = dict(reader.rows(NAMES, reader.site.site_id))
    stations = arrays.windows.station.tolist()
    slots = [
        f"{names[station]} {details.slot.texts[code]}"
        for station, code in zip(stations, details.slot.codes.tolist(), strict=True)
    ]
    places = [*details.place.texts, *slots]
    ends = [np.repeat(np.arange(len(arrays.ids)), np.diff(one.start)) for one in (linked, fed)]
    return pa.table(
        {
            "parent": arrays.ids[np.concatenate(ends)],
            "component": arrays.ids[np.concatenate([linked.component, fed.component])],
            "place": _texts(np.concatenate([linked.place, fed.place + len(details.place.texts)]), places),
            "at_us": np.concatenate([linked.at, fed.at]),
            "is_fed": np.repeat([False, True], [len(linked.component), len(fed.component)]),
        }
    )


def _things(reader: Reader, index: Index) -> pa.Table:
    arrays, thing = index.arrays, index.arrays.details().thing
    names = dict(reader.rows(NAMES, reader.site.site_id))
    told = [thing_of(text) if text else None for text in thing.texts]
    return pa.table(
        {
            "id": arrays.ids,
            "is_lot": (arrays.marks & LOT) != 0,
            "name": [names.get(one, "") for one in arrays.ids.tolist()],
            "part": _texts(thing.codes, [f"{one.issuer}:{one.part_number}" if one else "" for one in told]),
            "supplier": _texts(thing.codes, [one.supplier if one else "" for one in told]),
            "revision": _texts(thing.codes, [one.revision if one else "" for one in told]),
        }
    )


def _coded(coded: Coded) -> pa.DictionaryArray:
    return _texts(coded.codes, coded.texts)


def _texts(codes: np.ndarray, texts: object) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(texts), pa.string()))
