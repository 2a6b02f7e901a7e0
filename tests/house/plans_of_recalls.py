"""Likely parameters of the statements about what is called back."""

from tests.house.filled import COUNT, Filled

_SEEDS, _REPORT = "queries.recall.seeds", "queries.recall.report"
PIECES_OF_RECALLS = {
    "projections.recalls._MEMBER_COLUMNS",
    f"{_SEEDS}._WORK",
}
"""Parts of statements, asked by none by themselves."""


def of_recalls(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, some, units = filled.site.site_id, filled.some("recall"), filled.some("unit")
    late = (COUNT - 9) * 10**6
    work = (site, late + 9, late, 7, "OP", "F1")
    return {
        "projections.recalls.RECALLS": (some,),
        "projections.recalls.RECALLS_IN_FORCE": ([site],),
        "projections.recalls.MEMBERS": (some, units),
        "projections.recalls.SCOPE_COUNTS": (some,),
        "projections.recalls.NOTICES": (some,),
        f"{_SEEDS}.UNITS_BORN": (filled.some("part"), 0, 9),
        f"{_SEEDS}.LOTS_OF_PART": (filled.some("part"),),
        f"{_SEEDS}.LOTS_DELIVERED": (site,),
        f"{_SEEDS}.WORK": work,
        f"{_SEEDS}.WORK_AT": (*work, filled.some("station", 1)),
        f"{_SEEDS}.LOT_WORK": (site, late, late + 9, ""),
        f"{_SEEDS}.OF_PARTS": (units, filled.some("part")),
        f"{_SEEDS}.LAST_GOOD_CALIBRATION": (filled.some("tool"),),
        f"{_SEEDS}.KEPT_RECORDS": (units,),
        f"{_SEEDS}.TOOLS_NAMED": (site, "TOOL77", 9),
        f"{_REPORT}.RECALLS_OF_SITE": (site,),
        f"{_REPORT}.RECALL_NAMED": (site, "RECALL77", 15),
        f"{_REPORT}.MEMBERS_OF": (some[0], -1, 51),
        f"{_REPORT}.HELD_FOR": (units, "QH"),
        f"{_REPORT}.OPEN_HOLDS": (filled.one("unit"),),
        f"{_REPORT}.RECORDED_BY": ([7, 77],),
    }
