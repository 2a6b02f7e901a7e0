"""Likely parameters of the statements by which failing units are compared with others."""

from tests.house.filled import COUNT, Filled


def of_commonality(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, some_units = filled.site.site_id, filled.some("unit")
    first = COUNT // 2 * 10**6
    return {
        "queries.commonality.choosing.UNITS_WITH_DEFECT": (site, "CODE", first, first + 10**8, 0, 1, []),
        "queries.commonality.choosing.UNITS_OF_PARTS": (filled.some("part", 2),),
        "queries.commonality.exposures.LINKS_IN": (some_units,),
        "queries.commonality.exposures.COMPONENTS": (filled.some("lot"),),
        "queries.commonality.exposures.WORK": (some_units,),
    }
