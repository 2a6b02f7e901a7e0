"""Likely parameters of the statements that the genealogy index is kept by, and that walk the genealogy by SQL."""

from tests.house.filled import COUNT, Filled

SEQUENCES = [7, 77, 777]
_READING = "projections.fleet.reading"
PIECES_OF_FLEET = {f"{_READING}.{name}" for name in ("_LINK", "_RUN", "_WINDOW", "_UNIT", "_LOT")}
WHOLE_SITE = {f"{_READING}.ALL_{name}" for name in ("LINKS", "RUNS", "WINDOWS", "UNITS", "LOTS")}


def of_fleet(filled: Filled) -> dict[str, tuple[object, ...]]:
    since, some_units, some_lots = (filled.site.site_id, COUNT - 9), filled.some("unit"), filled.some("lot")
    when = COUNT // 2 * 10**6
    return {
        "projections.fleet.index.LAST_EVENT": (filled.site.site_id, 2**62),
        "projections.fleet.index.THE_EVENT": (filled.site.site_id, 7),
        "projections.fleet.reading.LINKS_SINCE": since,
        "projections.fleet.reading.RUNS_SINCE": since,
        "projections.fleet.reading.WINDOWS_SINCE": since,
        "projections.fleet.reading.LINKS_BY_PARENT": (some_units,),
        "projections.fleet.reading.LINKS_BY_COMPONENT": (some_lots,),
        "projections.fleet.reading.RUNS_OF_UNITS": (some_units,),
        "projections.fleet.reading.WINDOWS_OF_LOTS": (some_lots,),
        "projections.fleet.reading.UNITS_OF": (some_units,),
        "projections.fleet.reading.LOTS_OF": (some_lots,),
        "projections.fleet.reading.NAMES": (some_units,),
        "projections.fleet.reading.PARTS": (filled.some("part"),),
        "projections.fleet.tail.EVENTS_SINCE": since,
        "projections.fleet.tail.PAYLOADS": (SEQUENCES,),
        "projections.fleet.tail.MERGED_INTO": (some_units,),
        "queries.walks.LINKS_BELOW.now": (some_units,),
        "queries.walks.LINKS_BELOW.at": (some_units, when),
        "queries.walks.FED_TO.now": (some_units,),
        "queries.walks.FED_TO.at": (some_units, when),
        "queries.walks.STEPS_ABOVE.now": (some_lots,),
        "queries.walks.STEPS_ABOVE.at": (some_lots, when),
        "queries.walks.STEPS_ABOVE.ever": (some_lots,),
        "queries.walks.EDGES_ABOVE.now": (some_lots,),
        "queries.walks.EDGES_ABOVE.ever": (some_lots,),
        "queries.walks.LINKS_BETWEEN.now": (some_units, some_lots),
        "queries.walks.LINKS_BETWEEN.ever": (some_units, some_lots),
        "queries.walks.FED_BETWEEN": (some_units, some_lots),
    }
